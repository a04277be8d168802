use super::error::{OAuthError, Refused};
use super::token::{is_challenge, verifies};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// A wallet's request that its person sign in here and agree (RFC 6749, section 4.1.1; OpenID4VCI 1.0, section 5.1), as it was pushed
/// (RFC 9126). Nothing in it is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the person goes back to.
    pub redirect_uri: Url,
    /// What comes back with them.
    pub state: Option<String>,
    /// By what only the wallet that asked can redeem the code.
    pub code_challenge: CodeChallenge,
    /// Scopes that were asked for.
    pub scopes: BTreeSet<String>,
    /// Credentials that were asked for by their names in the metadata (`authorization_details`, RFC 9396).
    pub configurations: BTreeSet<String>,
    /// What the offer gave it, if there was one.
    pub issuer_state: Option<String>,
    /// The thumbprint of the key that the token is to be bound to (`dpop_jkt`, RFC 9449, section 10), where the wallet names one.
    pub dpop_thumbprint: Option<String>,
}

/// The SHA-256 of a secret of the wallet's (RFC 7636, S256 alone).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// So many bytes at most are taken of what a wallet pushes: some of it is kept, and sent back in an address.
const LONGEST: [(&str, usize); 6] = [
    ("client_id", 512),
    ("redirect_uri", 2_048),
    ("state", 2_048),
    ("scope", 2_048),
    ("issuer_state", 512),
    ("authorization_details", 16_384),
];

#[derive(Deserialize)]
struct Detail {
    #[serde(rename = "type")]
    kind: String,
    credential_configuration_id: Option<String>,
}

impl CodeChallenge {
    /// A challenge as it was kept.
    pub fn kept(text: String) -> Option<Self> {
        is_challenge(&text).then_some(Self(text))
    }

    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the wallet that redeems a code with `verifier` is the one that asked for it.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        verifies(verifier, &self.0)
    }
}

impl AuthorizationRequest {
    /// Reads the fields of the pushed form.
    ///
    /// # Errors
    ///
    /// When one is missing or is not what is offered. Such an error is answered, and nobody is sent anywhere.
    pub fn read(fields: &BTreeMap<String, String>) -> Result<Self, Refused<OAuthError>> {
        let get = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
        let invalid = |why| Refused::new(OAuthError::InvalidRequest, why);
        let too_long =
            |(name, most): &(&str, usize)| fields.get(*name).is_some_and(|value| value.len() > *most);
        if LONGEST.iter().any(too_long) {
            return Err(invalid("a field is longer than is taken here"));
        }
        if fields.contains_key("request_uri") {
            // RFC 9126, section 2.1.
            return Err(invalid("request_uri must not be pushed"));
        }
        if fields.contains_key("request") {
            // RFC 9101: nothing here says that signed requests are taken.
            return Err(invalid("send the request as fields, not as a signed object"));
        }
        if get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(invalid("response_mode must be query"));
        }
        if get("response_type").as_deref() != Some("code") {
            return Err(invalid("response_type must be code"));
        }
        if get("code_challenge_method").as_deref() != Some("S256") {
            return Err(invalid("PKCE with S256 is required"));
        }
        let redirect_uri = get("redirect_uri").and_then(|text| Url::parse(&text).ok());
        let redirect_uri = redirect_uri.filter(|url| url.fragment().is_none() && !is_script(url));
        let scopes: BTreeSet<_> =
            get("scope").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        let configurations =
            get("authorization_details").map_or_else(|| Ok(BTreeSet::new()), |text| configurations(&text))?;
        if scopes.is_empty() && configurations.is_empty() {
            return Err(Refused::new(OAuthError::InvalidScope, "no credential was asked for"));
        }
        // RFC 9449, section 10: what RFC 7638 makes by SHA-256.
        let dpop_thumbprint = get("dpop_jkt");
        if dpop_thumbprint.as_deref().is_some_and(|thumbprint| !is_challenge(thumbprint)) {
            return Err(invalid("dpop_jkt is no SHA-256"));
        }
        Ok(Self {
            client_id: get("client_id").ok_or(invalid("client_id is missing"))?,
            redirect_uri: redirect_uri
                .ok_or(invalid("redirect_uri is missing or no address to go back to"))?,
            state: get("state"),
            code_challenge: get("code_challenge")
                .and_then(CodeChallenge::kept)
                .ok_or(invalid("code_challenge is missing or is no SHA-256"))?,
            scopes,
            configurations,
            issuer_state: get("issuer_state"),
            dpop_thumbprint,
        })
    }

    /// Where the person is sent with a code (RFC 6749, section 4.1.2; RFC 9207).
    pub fn granted(&self, code: &str, issuer: &str) -> Url {
        authorization_response(self.redirect_uri.clone(), self.state.as_deref(), issuer, &[("code", code)])
    }

    /// Where the person is sent without one.
    pub fn refused(&self, issuer: &str) -> Url {
        authorization_response(
            self.redirect_uri.clone(),
            self.state.as_deref(),
            issuer,
            &[("error", "access_denied")],
        )
    }
}

/// The address that a person goes back to, with what the wallet is told. It says which issuer answers, so that two cannot be mixed up.
pub fn authorization_response(
    mut redirect_uri: Url,
    state: Option<&str>,
    issuer: &str,
    with: &[(&str, &str)],
) -> Url {
    let mut query = redirect_uri.query_pairs_mut();
    query.extend_pairs(with);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    drop(query);
    redirect_uri
}

/// Addresses that a browser would run instead of opening them.
fn is_script(url: &Url) -> bool {
    matches!(url.scheme(), "javascript" | "data" | "vbscript" | "blob" | "file" | "about")
}

fn configurations(text: &str) -> Result<BTreeSet<String>, Refused<OAuthError>> {
    let invalid = |why| Refused::new(OAuthError::InvalidAuthorizationDetails, why);
    let details: Vec<Detail> =
        serde_json::from_str(text).map_err(|_| invalid("authorization_details cannot be read"))?;
    let named = |detail: Detail| match (detail.kind.as_str(), detail.credential_configuration_id) {
        ("openid_credential", Some(id)) => Ok(id),
        ("openid_credential", None) => Err(invalid("credential_configuration_id is missing")),
        _ => Err(invalid("the type of authorization_details must be openid_credential")),
    };
    details.into_iter().map(named).collect()
}
