use super::credential_request::Encryption;
use crate::jose::{Algorithm, CertificateChain, ContentEncryption, DecryptionKey, SignProblem, Signer, sign};
use crate::sd_jwt_vc;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;

/// What an issuer says of itself (OpenID4VCI 1.0, section 12.2).
#[derive(Debug)]
pub struct IssuerMetadata<'a> {
    /// Its identifier: an address, compared letter by letter.
    pub issuer: &'a str,
    /// Its name, for the wallet to show.
    pub name: &'a str,
    /// Where credentials are asked for.
    pub credential_endpoint: &'a str,
    /// Where numbers are fetched.
    pub nonce_endpoint: &'a str,
    /// Where deferred credentials are asked for, if any are.
    pub deferred_endpoint: Option<&'a str>,
    /// Where wallets tell what became of credentials.
    pub notification_endpoint: &'a str,
    /// What it wants of encryption.
    pub encryption: Encryption<'a>,
    /// So many credentials at most for one request; fewer than two is none of batches.
    pub batch: usize,
    /// What it issues, by name.
    pub configurations: BTreeMap<String, CredentialConfiguration>,
}

/// A credential that is issued, in the format `dc+sd-jwt`.
#[derive(Debug, Clone)]
pub struct CredentialConfiguration {
    /// Its kind (`vct`).
    pub kind: String,
    /// By what it is asked for in an authorisation request; one scope for one kind, as HAIP 1.0 wants.
    pub scope: String,
    /// What proofs must be like ([`super::ProofRules::metadata`]).
    pub proof_types: Value,
    /// How it is shown, as `display` and `claims` of the standard.
    pub display: Value,
}

/// What the authorisation server says of itself (RFC 8414).
#[derive(Debug)]
pub struct AuthorizationServer<'a> {
    /// Its identifier: that of the issuer.
    pub issuer: &'a str,
    /// Where tokens are fetched.
    pub token_endpoint: &'a str,
    /// Where people sign in and agree, and where requests for that are pushed; nothing where the codes of offers are the only way.
    pub authorization: Option<AuthorizationEndpoints<'a>>,
    /// Where wallets fetch challenges for attestations; nothing where those are not taken.
    pub challenge_endpoint: Option<&'a str>,
    /// Whether wallets must be attested, and codes of offers are not taken: HAIP 1.0.
    pub haip: bool,
}

/// Where wallets send people to sign in and agree.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizationEndpoints<'a> {
    /// Where people sign in and agree.
    pub authorize: &'a str,
    /// Where requests for that are pushed (RFC 9126).
    pub push: &'a str,
}

/// The addresses of what an issuer says of itself: the standard's, between host and path (RFC 8414, section 3.1), and the one after the
/// path, which some wallets still ask for.
pub fn well_known(issuer: &Url, name: &str) -> [Url; 2] {
    let path = issuer.path().trim_end_matches('/');
    let with = |path: String| {
        let mut url = issuer.clone();
        url.set_path(&path);
        url
    };
    [with(format!("/.well-known/{name}{path}")), with(format!("{path}/.well-known/{name}"))]
}

impl IssuerMetadata<'_> {
    /// As it is answered, `application/json`.
    pub fn to_json(&self) -> Value {
        let encodings: Value = ContentEncryption::ALL.map(ContentEncryption::name).to_vec().into();
        let mut metadata = json!({
            "credential_issuer": self.issuer,
            "credential_endpoint": self.credential_endpoint,
            "nonce_endpoint": self.nonce_endpoint,
            "notification_endpoint": self.notification_endpoint,
            "display": [{ "name": self.name }],
            "credential_configurations_supported":
                self.configurations.iter().map(|(name, one)| (name.clone(), one.to_json())).collect::<Map<_, _>>(),
        });
        if let Some(deferred) = self.deferred_endpoint {
            metadata["deferred_credential_endpoint"] = deferred.into();
        }
        if self.batch >= 2 {
            metadata["batch_credential_issuance"] = json!({ "batch_size": self.batch });
        }
        // Without a key for requests nobody can ask for an encrypted answer safely.
        if let Some(key) = self.encryption.keys.first() {
            let keys: Vec<_> = [key].into_iter().map(DecryptionKey::to_jwk).collect();
            metadata["credential_request_encryption"] = json!({
                "jwks": { "keys": keys },
                "enc_values_supported": encodings,
                "encryption_required": self.encryption.request_required,
            });
            metadata["credential_response_encryption"] = json!({
                "alg_values_supported": ["ECDH-ES"],
                "enc_values_supported": encodings,
                "encryption_required": self.encryption.response_required,
            });
        }
        metadata
    }

    /// The same signed, `application/jwt` (section 12.2.3).
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn signed(
        &self,
        chain: &CertificateChain,
        key: &dyn Signer,
        now: Timestamp,
    ) -> Result<String, SignProblem> {
        let mut claims = self.to_json();
        claims["sub"] = self.issuer.into();
        claims["iat"] = now.as_second().into();
        sign(&json!({ "typ": "openidvci-issuer-metadata+jwt", "x5c": chain.to_header() }), &claims, key)
    }
}

impl CredentialConfiguration {
    fn to_json(&self) -> Value {
        json!({
            "format": sd_jwt_vc::TYPE,
            "vct": self.kind,
            "scope": self.scope,
            "credential_signing_alg_values_supported": [Algorithm::Es256.name()],
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": self.proof_types,
            "credential_metadata": self.display,
        })
    }
}

impl AuthorizationServer<'_> {
    /// As it is answered, `application/json`.
    pub fn to_json(&self) -> Value {
        let algorithms: Value = Algorithm::ALL.map(Algorithm::name).to_vec().into();
        let mut grants = Vec::new();
        if self.authorization.is_some() {
            grants.push("authorization_code");
        }
        if !self.haip {
            grants.push("urn:ietf:params:oauth:grant-type:pre-authorized_code");
        }
        let mut authentication = Vec::new();
        if !self.haip {
            authentication.push("none");
        }
        if self.challenge_endpoint.is_some() {
            authentication.push("attest_jwt_client_auth");
        }
        let mut told = json!({
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "response_types_supported": [],
            "grant_types_supported": grants,
            "token_endpoint_auth_methods_supported": authentication,
            "dpop_signing_alg_values_supported": algorithms,
            "pre-authorized_grant_anonymous_access_supported": !self.haip,
        });
        if let Some(authorization) = self.authorization {
            told["authorization_endpoint"] = authorization.authorize.into();
            told["pushed_authorization_request_endpoint"] = authorization.push.into();
            told["require_pushed_authorization_requests"] = true.into();
            told["response_types_supported"] = json!(["code"]);
            told["code_challenge_methods_supported"] = json!(["S256"]);
            told["authorization_response_iss_parameter_supported"] = true.into();
            told["authorization_details_types_supported"] = json!(["openid_credential"]);
        }
        if let Some(challenge) = self.challenge_endpoint {
            told["challenge_endpoint"] = challenge.into();
            told["client_attestation_signing_alg_values_supported"] = algorithms.clone();
            told["client_attestation_pop_signing_alg_values_supported"] = algorithms;
        }
        told
    }
}
