//! What the service of a wallet's maker can do.

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::fmt;
use url::Url;
use uuid::Uuid;
use vault::Token;

/// The service of a wallet's maker: it hands credentials to the wallet, asks it to show some, and tells by calling back.
#[async_trait]
pub trait WalletBackend: Send + Sync {
    /// The service in a word, for the database, logs and addresses: `entra`.
    fn name(&self) -> &'static str;

    /// Whether it hands out credentials of this kind.
    fn issues(&self, kind: &str) -> bool;

    /// Whether it can be told to revoke what it handed out.
    fn revokes(&self) -> bool;

    /// Whether the service takes us, asked without handing anything out: for the doctor.
    ///
    /// # Errors
    /// [`BackendError`], by what can be done about it.
    async fn check(&self, now: Timestamp) -> Result<(), BackendError>;

    /// Begins to hand out a credential: to the wallet that follows the link in the answer.
    ///
    /// # Errors
    /// [`BackendError`], by what can be done about it.
    async fn begin_issuance(&self, issuance: Issuance<'_>, now: Timestamp) -> Result<Begun, BackendError>;

    /// Begins to ask for credentials: the wallet that follows the link in the answer.
    ///
    /// # Errors
    /// [`BackendError`], by what can be done about it.
    async fn begin_presentation(
        &self,
        presentation: Presentation<'_>,
        now: Timestamp,
    ) -> Result<Begun, BackendError>;

    /// Reads what somebody who claims to be the service called back with. Whether they are is for the caller to find out, by the key and
    /// the state that they show.
    ///
    /// # Errors
    /// [`BadCallback`] where the service says no such thing.
    fn read_callback(&self, body: &[u8]) -> Result<Callback, BadCallback>;

    /// Revokes what was handed out under this name. Once is enough; again changes nothing. Answers whether there was anything.
    ///
    /// # Errors
    /// [`BackendError`], by what can be done about it; [`BackendError::Misconfigured`] where it [cannot](Self::revokes).
    async fn revoke(&self, kind: &str, copy: Uuid, now: Timestamp) -> Result<bool, BackendError>;
}

/// Where the service calls back, and what it shows then.
#[derive(Debug, Clone, Copy)]
pub struct CallBack<'a> {
    /// An address that it reaches over the internet.
    pub url: &'a Url,
    /// What it is about. It stands in the body of every call.
    pub state: &'a Token,
    /// What it proves itself by. It stands in a header of every call.
    pub api_key: &'a Token,
}

/// A credential to be handed out.
#[derive(Clone, Copy)]
pub struct Issuance<'a> {
    /// What kind, as [`WalletBackend::issues`] knows it.
    pub kind: &'a str,
    /// The name of what is handed out: it is shown again with it, and revoked by it.
    pub copy: Uuid,
    /// Who hands it out, as people call them.
    pub client_name: &'a str,
    /// What it says, whole: such wallets show all of a credential or nothing.
    pub claims: &'a Map<String, Value>,
    /// Digits that the wallet asks its person for, who got them by another way.
    pub pin: Option<&'a str>,
    /// When it ends to hold, UTC; none where the service decides.
    pub expires_at: Option<Timestamp>,
    /// Where the service tells what became of it.
    pub call_back: CallBack<'a>,
}

impl fmt::Debug for Issuance<'_> {
    /// Says nothing of what it says, and nothing of the PIN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuance").field("kind", &self.kind).field("copy", &self.copy).finish_non_exhaustive()
    }
}

/// What a wallet is asked to show.
#[derive(Debug, Clone, Copy)]
pub struct Presentation<'a> {
    /// Which kinds, each of which must be there.
    pub kinds: &'a [&'a str],
    /// Who asks, as people call them.
    pub client_name: &'a str,
    /// What for, in words for the person.
    pub purpose: &'a str,
    /// Where the service tells what became of it.
    pub call_back: CallBack<'a>,
}

/// The service has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// What the service calls it, in every call back.
    pub request_id: String,
    /// What a QR code, or a link on the same device, holds.
    pub link: String,
    /// When the service forgets it, UTC.
    pub expires_at: Timestamp,
}

impl fmt::Debug for Begun {
    /// Whoever has the link may have the credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// What the service calls back with.
#[derive(Clone, PartialEq)]
pub struct Callback {
    /// What it calls the request.
    pub request_id: String,
    /// What it was told to say.
    pub state: String,
    /// What happened.
    pub happened: Happened,
}

impl fmt::Debug for Callback {
    /// The state is half of what such a call proves itself by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("request_id", &self.request_id)
            .field("happened", &self.happened)
            .finish_non_exhaustive()
    }
}

/// What happened to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// A wallet has followed the link.
    Retrieved,
    /// The credential is in the wallet.
    Issued,
    /// It is not, for this reason, in a word of the service's.
    NotIssued(String),
    /// The wallet has shown these: of kinds and of the issuer that were asked for, and no others.
    Presented(Vec<Shown>),
    /// It has not, for this reason, in a word of the service's.
    NotPresented(String),
}

/// A credential that a wallet has shown to the service, which has verified it.
#[derive(Clone, PartialEq)]
pub struct Shown {
    /// What kind.
    pub kind: String,
    /// The name under which it was handed out, if it says one.
    pub copy: Option<Uuid>,
    /// What it says.
    pub claims: Map<String, Value>,
    /// Whether the service knows that it was not revoked.
    pub holds: bool,
}

impl fmt::Debug for Shown {
    /// Says nothing of what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").field("kind", &self.kind).field("holds", &self.holds).finish_non_exhaustive()
    }
}

/// Why the service did not do what it was asked. The texts are for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// It may do so later.
    #[error("not done at the moment: {0}")]
    Transient(String),
    /// It will not before an administrator mends something; the text says what.
    #[error("set up wrongly: {0}")]
    Misconfigured(String),
    /// This one it never will.
    #[error("refused for good: {0}")]
    Permanent(String),
}

impl BackendError {
    /// A stable word for metrics, the audit and the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Transient(_) => "transient",
            Self::Misconfigured(_) => "misconfigured",
            Self::Permanent(_) => "permanent",
        }
    }
}

/// What was called back with is nothing that the service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no call back of the service")]
pub struct BadCallback;
