use super::error::{CredentialError, Refused};
use serde_json::{Map, Value};

/// What a wallet tells of credentials that it was given (OpenID4VCI 1.0, section 11). It may tell it twice, or never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Which ones.
    pub notification_id: String,
    /// What became of them.
    pub event: Event,
}

/// What became of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// They are in the wallet.
    Accepted,
    /// The person did not want them.
    Deleted,
    /// The wallet could not keep them.
    Failure,
}

impl Notification {
    /// Reads a body. Members that nobody knows are passed over.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(body: &[u8]) -> Result<Self, Refused<CredentialError>> {
        let invalid = |why| Refused::new(CredentialError::InvalidNotificationRequest, why);
        let members: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| invalid("no JSON object"))?;
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let event = match text("event") {
            Some("credential_accepted") => Event::Accepted,
            Some("credential_deleted") => Event::Deleted,
            Some("credential_failure") => Event::Failure,
            _ => return Err(invalid("event is missing or unknown")),
        };
        let notification_id =
            text("notification_id").ok_or(invalid("notification_id is missing"))?.to_owned();
        Ok(Self { notification_id, event })
    }
}
