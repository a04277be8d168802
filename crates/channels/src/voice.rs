//! A telephone call that asks for one key, and what can place it.

use std::fmt;

use async_trait::async_trait;
use tokio::sync::mpsc::UnboundedSender;

use crate::{BadReport, ReportRequest, SendError};

/// One call to one phone, which says something and waits for **#**.
#[derive(Clone)]
pub struct Call {
    /// The number in E.164: `+447700900123`.
    pub to: String,
    /// What the caller of this channel knows the call by: letters, digits and hyphens.
    pub reference: String,
    /// What is said. `#` is spoken as "hash".
    pub words: String,
    /// Bytes that nobody can foresee: what the call is known by on the wire is made of them.
    pub seed: [u8; 32],
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallEnd {
    /// Somebody answered and pressed #.
    Pressed,
    /// It rang as long as it may, or the phone cannot be reached.
    NoAnswer,
    /// The line is engaged, or the call was declined.
    Engaged,
    /// It was answered, and no key came until all was said: a voicemail, or somebody who only listened.
    Voicemail,
    /// Whoever answered hung up before pressing a key.
    HungUp,
    /// Another key than # was pressed.
    WrongKey,
    /// The call could not be placed, or broke off.
    Failed,
}

/// What happens with a call, in this order; the end always comes, and once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallNews {
    /// The phone rings.
    Ringing,
    /// Somebody or something answered.
    Answered,
    /// It is over.
    Ended(CallEnd),
}

/// What a request of the provider's about a call says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// [`Call::reference`].
    pub reference: String,
    /// What happened, where the request says something new.
    pub news: Option<CallNews>,
    /// What the provider wants to be told.
    pub reply: HookReply,
}

/// What the provider wants for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookReply {
    /// Nothing.
    Nothing,
    /// [`VoiceChannel::script`]: what to say and which key to wait for.
    Script,
    /// [`VoiceChannel::farewell`]: that the call is over.
    Farewell,
}

/// Places calls.
#[async_trait]
pub trait VoiceChannel: Send + Sync {
    /// Who carries the calls, in a word for logs, figures and the delivery log: `sip`, `twilio`.
    fn name(&self) -> &'static str;

    /// Places `call`. A channel that carries the sound itself returns when the call is over, and has told all of its `news`;
    /// one whose provider reports over HTTP returns at once, and [`Self::read_hook`] reads the news. Gives back what the
    /// provider calls the call, where it says.
    ///
    /// # Errors
    /// [`SendError`] where the call cannot be placed, by what can be done about it. Nothing rang then.
    async fn call(&self, call: &Call, news: &UnboundedSender<CallNews>) -> Result<Option<String>, SendError>;

    /// Reads what somebody who claims to be `provider` says about a call over HTTP.
    ///
    /// # Errors
    /// [`BadReport`], where it is forged, cannot be read, or this provider tells in another way.
    fn read_hook(&self, provider: &str, request: &ReportRequest<'_>) -> Result<Hook, BadReport> {
        let _ = (provider, request);
        Err(BadReport::NotExpected)
    }

    /// What to answer to [`HookReply::Script`]: say `words`, and wait for a key. It is XML.
    fn script(&self, reference: &str, words: &str) -> String {
        let _ = (reference, words);
        String::new()
    }

    /// What to answer to [`HookReply::Farewell`]: hang up. It is XML.
    fn farewell(&self) -> String {
        String::new()
    }

    /// Goes as far as it can without ringing any phone.
    ///
    /// # Errors
    /// [`SendError`], as a call would have met it.
    async fn check(&self) -> Result<(), SendError>;
}
