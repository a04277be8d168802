use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

/// What a wallet is invited to fetch (OpenID4VCI 1.0, section 4.1). It cannot be signed: whoever reads it must not believe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The issuer, by its identifier.
    pub credential_issuer: String,
    /// Which credentials, by their names in the issuer's metadata.
    pub credential_configuration_ids: Vec<String>,
    /// How the wallet comes to a token.
    pub grants: Grants,
}

/// Ways to a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// By a code that is in the offer, short-lived and used once, and, where wanted, a transaction code that is not.
    pub pre_authorized: Option<(String, Option<TransactionCode>)>,
    /// By signing in at the issuer's; the text comes back with the request (`issuer_state`).
    pub authorization_code: Option<String>,
}

/// A code that reaches the person another way than the offer, so that the offer alone is worth nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionCode {
    /// `numeric` or `text`.
    pub input_mode: String,
    /// Digits or letters.
    pub length: u8,
    /// Where the person finds it: at most 300 characters.
    pub description: String,
}

const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

impl Offer {
    /// What the QR code holds: where the offer is fetched. `scheme` is `openid-credential-offer`, or `haip-vci` for wallets of that profile.
    pub fn link(scheme: &str, offer: &Url) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("credential_offer_uri", offer.as_str())
            .finish();
        format!("{scheme}://?{query}")
    }
}

impl Serialize for Grants {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut grants = Map::new();
        if let Some((code, transaction_code)) = &self.pre_authorized {
            let mut grant = json!({ "pre-authorized_code": code });
            if let Some(transaction_code) = transaction_code {
                grant["tx_code"] = json!(transaction_code);
            }
            grants.insert(PRE_AUTHORIZED.to_owned(), grant);
        }
        if let Some(state) = &self.authorization_code {
            grants.insert("authorization_code".to_owned(), json!({ "issuer_state": state }));
        }
        grants.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Grants {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let grants = Map::<String, Value>::deserialize(deserializer)?;
        let text = |grant: &str, name: &str| grants.get(grant)?.get(name)?.as_str().map(str::to_owned);
        let transaction_code = grants.get(PRE_AUTHORIZED).and_then(|grant| grant.get("tx_code"));
        let transaction_code = transaction_code
            .map(TransactionCode::deserialize)
            .transpose()
            .map_err(serde::de::Error::custom)?;
        Ok(Self {
            pre_authorized: text(PRE_AUTHORIZED, "pre-authorized_code").map(|code| (code, transaction_code)),
            authorization_code: text("authorization_code", "issuer_state"),
        })
    }
}
