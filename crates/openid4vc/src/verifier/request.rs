use super::{ClientId, ClientIdProblem};
use crate::dcql::Query;
use crate::jose::{Algorithm, CertificateChain, ContentEncryption, DecryptionKey, SignProblem, Signer, sign};
use crate::sd_jwt_vc;
use serde_json::{Map, Value, json};
use url::Url;

/// Who a request is for when nobody knows yet which wallet will fetch it (section 5.8).
const ANY_WALLET: &str = "https://self-issued.me/v2";
/// The type of a signed request (RFC 9101), also its media type, after `application/`.
const TYPE: &str = "oauth-authz-req+jwt";

/// How the wallet sends its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// As a form (`direct_post`, section 8.2).
    DirectPost,
    /// Encrypted for the request's own key (`direct_post.jwt`, section 8.3.1).
    DirectPostJwt,
}

/// How the wallet is asked to fetch the request (section 5.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestUriMethod {
    /// By GET, as every wallet can.
    Get,
    /// By POST, so that it can send a number of its own. Wallets that cannot, use GET.
    Post,
}

/// A request to be shown credentials. It can be fetched more than once: phones lose their connection.
#[derive(Debug)]
pub struct Request {
    /// Who asks.
    pub client_id: ClientId,
    /// What is asked for.
    pub query: Query,
    /// A number that is used for this question alone: 128 random bits.
    pub nonce: String,
    /// By what the answer is found again. It is known to the wallet, and not to the browser that shows the QR code.
    pub state: String,
    /// Where the answer goes.
    pub response_uri: Url,
    /// The key that answers are encrypted for, which makes it `direct_post.jwt`.
    pub encrypt_for: Option<DecryptionKey>,
    /// The verifier's name, for the wallet to show.
    pub client_name: Option<String>,
}

/// A request cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum RequestProblem {
    /// One of its name is signed, or is not.
    #[error("a request in the name of {0} cannot be {1}")]
    Signing(String, &'static str),
    /// Its name is not that of the certificate which signs it, or of the host that is answered.
    #[error(transparent)]
    Client(#[from] ClientIdProblem),
    /// The key does not sign.
    #[error(transparent)]
    Sign(#[from] SignProblem),
}

impl Request {
    /// How the answer is sent.
    pub fn response_mode(&self) -> ResponseMode {
        if self.encrypt_for.is_some() { ResponseMode::DirectPostJwt } else { ResponseMode::DirectPost }
    }

    /// What the QR code holds: a link that a wallet opens and that says where to fetch the request. `scheme` is `openid4vp`, or `haip-vp`
    /// for wallets of that profile.
    pub fn link(&self, scheme: &str, request_uri: &Url, method: RequestUriMethod) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &self.client_id.to_string());
        query.append_pair("request_uri", request_uri.as_str());
        if method == RequestUriMethod::Post {
            query.append_pair("request_uri_method", "post");
        }
        format!("{scheme}://?{}", query.finish())
    }

    /// The signed request that a wallet fetches, for its number if it sent one (`wallet_nonce`).
    ///
    /// # Errors
    ///
    /// When requests of this name are not signed, or not below this certificate, or are answered elsewhere, or the key does not sign.
    pub fn signed(
        &self,
        wallet_nonce: Option<&str>,
        chain: &CertificateChain,
        key: &dyn Signer,
    ) -> Result<String, RequestProblem> {
        if !self.client_id.signs() {
            return Err(RequestProblem::Signing(self.client_id.to_string(), "signed"));
        }
        self.client_id.check(chain, &self.response_uri)?;
        let mut claims = self.parameters();
        claims.insert("aud".to_owned(), ANY_WALLET.into());
        if let Some(nonce) = wallet_nonce {
            claims.insert("wallet_nonce".to_owned(), nonce.into());
        }
        Ok(sign(&json!({ "typ": TYPE, "x5c": chain.to_header() }), &claims, key)?)
    }

    /// The link with the whole request in it, for wallets that take unsigned ones.
    ///
    /// # Errors
    ///
    /// When requests of this name are signed.
    pub fn unsigned_link(&self, scheme: &str) -> Result<String, RequestProblem> {
        if self.client_id.signs() {
            return Err(RequestProblem::Signing(self.client_id.to_string(), "unsigned"));
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.parameters() {
            query.append_pair(&name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        Ok(format!("{scheme}://?{}", query.finish()))
    }

    fn parameters(&self) -> Map<String, Value> {
        let mode = match self.response_mode() {
            ResponseMode::DirectPost => "direct_post",
            ResponseMode::DirectPostJwt => "direct_post.jwt",
        };
        let mut parameters = Map::new();
        let mut insert = |name: &str, value: Value| parameters.insert(name.to_owned(), value);
        insert("client_id", self.client_id.to_string().into());
        insert("response_type", "vp_token".into());
        insert("response_mode", mode.into());
        insert("response_uri", self.response_uri.as_str().into());
        insert("nonce", self.nonce.clone().into());
        insert("state", self.state.clone().into());
        insert("dcql_query", json!(self.query));
        insert("client_metadata", self.client_metadata());
        parameters
    }

    fn client_metadata(&self) -> Value {
        let algorithms: Vec<_> = Algorithm::ALL.map(Algorithm::name).into();
        let mut metadata = json!({
            "vp_formats_supported": {
                sd_jwt_vc::TYPE: { "sd-jwt_alg_values": algorithms, "kb-jwt_alg_values": algorithms },
            },
        });
        if let Some(name) = &self.client_name {
            metadata["client_name"] = name.clone().into();
        }
        if let Some(key) = &self.encrypt_for {
            metadata["jwks"] = json!({ "keys": [key.to_jwk()] });
            metadata["encrypted_response_enc_values_supported"] =
                json!(ContentEncryption::ALL.map(ContentEncryption::name));
        }
        metadata
    }
}
