//! The phone: it receives what the service sends.

use std::sync::Arc;

use async_trait::async_trait;
use channels::{DeliveryState, Email, EmailChannel, Receipt, SendError, Text, TextChannel};
use jiff::Timestamp;
use journeys::Clock as _;
use serde::{Deserialize, Serialize};

use crate::TurnedClock;
use crate::kept::Kept;

/// One message on the phone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    /// Its number on this phone.
    pub number: u64,
    /// What every attempt to send it carries.
    key: String,
    /// Address, or number in E.164.
    pub to: String,
    /// When it came, by the turned clock.
    pub arrived: Timestamp,
    /// Whether it was opened.
    pub is_read: bool,
    /// What it says.
    pub content: Content,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Content {
    Mail { from: String, subject: String, text: String, html: String },
    Text { body: String },
}

impl Message {
    pub(crate) fn is_mail(&self) -> bool {
        matches!(self.content, Content::Mail { .. })
    }
}

/// Both channels deliver in the same way.
#[derive(Clone)]
struct Network {
    kept: Arc<Kept>,
    clock: Arc<TurnedClock>,
}

impl Network {
    /// A message that was sent twice, as happens after a crash, is one message.
    fn deliver(&self, key: &str, to: &str, content: Content) -> Receipt {
        let arrived = self.clock.now();
        self.kept.change(|drawer| {
            if !drawer.messages.iter().any(|message| message.key == key) {
                let number = drawer.next_number();
                drawer.messages.push(Message {
                    number,
                    key: key.to_owned(),
                    to: to.to_owned(),
                    arrived,
                    is_read: false,
                    content,
                });
            }
        });
        Receipt { provider_reference: Some(key.to_owned()), provider: Some("demonstration") }
    }
}

/// Brings e-mails to the phone.
#[derive(Clone)]
pub struct PhoneEmail(Network);

/// Brings text messages to the phone.
#[derive(Clone)]
pub struct PhoneText(Network);

impl PhoneEmail {
    pub(crate) fn new(kept: Arc<Kept>, clock: Arc<TurnedClock>) -> Self {
        Self(Network { kept, clock })
    }
}

impl PhoneText {
    pub(crate) fn new(kept: Arc<Kept>, clock: Arc<TurnedClock>) -> Self {
        Self(Network { kept, clock })
    }
}

#[async_trait]
impl EmailChannel for PhoneEmail {
    async fn send(&self, email: &Email) -> Result<Receipt, SendError> {
        let content = Content::Mail {
            from: email.from.clone(),
            subject: email.subject.clone(),
            text: email.text.clone(),
            html: email.html.clone(),
        };
        Ok(self.0.deliver(&email.message_id, &email.to, content))
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }
}

#[async_trait]
impl TextChannel for PhoneText {
    fn name(&self) -> &'static str {
        "demonstration"
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let body = text.body.clone();
        Ok(self.0.deliver(&text.reference, &text.to, Content::Text { body }))
    }

    async fn status(&self, provider_reference: &str) -> Result<DeliveryState, SendError> {
        let is_here = |message: &Message| message.key == provider_reference;
        let delivered = self.0.kept.read(|drawer| drawer.messages.iter().any(is_here));
        Ok(if delivered { DeliveryState::Delivered } else { DeliveryState::Unknown })
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }
}
