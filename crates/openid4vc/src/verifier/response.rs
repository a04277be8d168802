use super::{Request, ResponseMode};
use crate::jose::EncryptionProblem;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a wallet sent (section 8). Nothing in it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// Presentations.
    Presented(VpToken),
    /// The person said no, or the wallet could not answer.
    Declined(Declined),
}

/// Presentations by the names of the credentials that were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct VpToken(pub(super) BTreeMap<String, Vec<String>>);

/// Why there is no answer, in the words of the standard (section 8.5). A wallet may send any text: it is for the log, cut short, and for no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// Such as `access_denied`.
    pub error: String,
    /// What the wallet says about it.
    pub description: Option<String>,
}

/// What was sent is no answer to this request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseProblem {
    /// Neither presentations nor an error.
    #[error("the wallet's answer cannot be read")]
    Format,
    /// It was to be encrypted and is not, or the other way round.
    #[error("the wallet's answer is not in the mode that was asked for")]
    Mode,
    /// It does not decrypt.
    #[error(transparent)]
    Encryption(#[from] EncryptionProblem),
    /// It belongs to another request.
    #[error("the wallet's answer is for another request")]
    State,
}

/// What a wallet says of an error is cut after so many characters.
const LONGEST_ERROR: usize = 200;

impl Response {
    /// Reads the fields of the form that a wallet posted as an answer to `request`. Fields that nobody knows are passed over.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(fields: &BTreeMap<String, String>, request: &Request) -> Result<Self, ResponseProblem> {
        // An error may come as it is, whatever was asked for: a wallet that does not understand the request cannot encrypt.
        if let Some(error) = fields.get("error") {
            same_state(fields.get("state").map(String::as_str), request)?;
            return Ok(Self::Declined(Declined::new(
                error,
                fields.get("error_description").map(String::as_str),
            )));
        }
        match (request.response_mode(), &request.encrypt_for, fields.get("response")) {
            (ResponseMode::DirectPostJwt, Some(key), Some(encrypted)) => {
                let content: Map<String, Value> =
                    serde_json::from_slice(&key.decrypt(encrypted)?).map_err(|_| ResponseProblem::Format)?;
                Self::from_encrypted(&content, request)
            }
            (ResponseMode::DirectPost, None, None) => {
                let token = fields.get("vp_token").ok_or(ResponseProblem::Format)?;
                same_state(fields.get("state").map(String::as_str), request)?;
                serde_json::from_str(token).map(Self::Presented).map_err(|_| ResponseProblem::Format)
            }
            _ => Err(ResponseProblem::Mode),
        }
    }

    fn from_encrypted(content: &Map<String, Value>, request: &Request) -> Result<Self, ResponseProblem> {
        let text = |name: &str| content.get(name).and_then(Value::as_str);
        same_state(text("state"), request)?;
        if let Some(error) = text("error") {
            return Ok(Self::Declined(Declined::new(error, text("error_description"))));
        }
        let token = content.get("vp_token").ok_or(ResponseProblem::Format)?;
        VpToken::deserialize(token).map(Self::Presented).map_err(|_| ResponseProblem::Format)
    }
}

/// Whoever found the request by the address alone sends no state; one that is there must be right.
fn same_state(state: Option<&str>, request: &Request) -> Result<(), ResponseProblem> {
    if state.is_none_or(|state| state == request.state) { Ok(()) } else { Err(ResponseProblem::State) }
}

impl Declined {
    fn new(error: &str, description: Option<&str>) -> Self {
        let cut = |text: &str| text.chars().take(LONGEST_ERROR).collect();
        Self { error: cut(error), description: description.map(cut) }
    }

    /// Whether the person said no, or has nothing to show.
    pub fn is_refusal(&self) -> bool {
        self.error == "access_denied"
    }
}
