use super::credential_request::ResponseEncryption;
use crate::Random;
use crate::jose::EncryptionProblem;
use serde_json::{Value, json};

/// What a wallet is answered (OpenID4VCI 1.0, sections 8.3 and 9.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialResponse {
    /// Credentials, one for each key.
    Issued {
        /// As they go over the wire.
        credentials: Vec<String>,
        /// By what the wallet tells what became of them. Better none in the answer to a deferred request, where it may be but some wallets
        /// take it for a mistake (those with the library @openid4vc/openid4vci up to 0.4.6).
        notification_id: Option<String>,
    },
    /// Later: the wallet asks again.
    Deferred {
        /// By what it asks.
        transaction_id: String,
        /// Not before so many seconds.
        interval: u32,
    },
}

/// A body with its media type, never to be stored by anybody on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// `application/json`, or `application/jwt` where it is encrypted.
    pub media_type: &'static str,
    /// The content.
    pub content: String,
}

impl CredentialResponse {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Issued { .. } => 200,
            Self::Deferred { .. } => 202,
        }
    }

    /// The body of the answer, encrypted if the wallet asked for that.
    ///
    /// # Errors
    ///
    /// When the library for cryptography refuses.
    pub fn body(
        &self,
        encryption: Option<&ResponseEncryption>,
        random: &dyn Random,
    ) -> Result<Body, EncryptionProblem> {
        let content = self.content().to_string();
        Ok(match encryption {
            None => Body { media_type: "application/json", content },
            Some(ResponseEncryption { recipient, encryption }) => {
                let content = recipient.encrypt(content.as_bytes(), *encryption, random)?;
                Body { media_type: "application/jwt", content }
            }
        })
    }

    fn content(&self) -> Value {
        match self {
            Self::Issued { credentials, notification_id } => {
                let credentials: Vec<_> =
                    credentials.iter().map(|one| json!({ "credential": one })).collect();
                let mut content = json!({ "credentials": credentials });
                if let Some(id) = notification_id {
                    content["notification_id"] = id.clone().into();
                }
                content
            }
            Self::Deferred { transaction_id, interval } => {
                json!({ "transaction_id": transaction_id, "interval": interval })
            }
        }
    }
}
