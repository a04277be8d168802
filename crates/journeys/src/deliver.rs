//! Delivering what the outbox holds: retried with growing pauses, given up with an alarm, never sent twice by design.

use crate::passport::reminders;
use crate::{Refusal, Service};
use channels::{Email, SendError, Text};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::audit::Event;
use store::outbox::{Channel, ClaimedMessage};
use tokio_util::sync::CancellationToken;
use wording::{Language, Message};

/// What a message in the outbox holds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Envelope {
    /// Address, or number in E.164.
    pub to: String,
    /// What it says.
    pub message: Message,
}

impl Envelope {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Longer than any channel takes to answer: after this a claim's worker must be dead.
const CLAIM: SignedDuration = SignedDuration::from_mins(2);
/// So many messages are claimed at once.
const BATCH: u32 = 20;
/// The first pause after a failed try; each further one is three times as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How long a message that carries no code is tried.
pub(crate) const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How often a worker looks by itself; it is also woken when a message is written on its own node.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Messages that the mail server or provider took.
    pub sent: usize,
    /// Messages to be tried again.
    pub retried: usize,
    /// Messages given up.
    pub given_up: usize,
}

impl Round {
    /// How many messages it dealt with.
    pub fn total(self) -> usize {
        self.sent + self.retried + self.given_up
    }
}

/// Claims what is due and tries to deliver each of it once.
///
/// # Errors
/// Where the database fails. What had been claimed is tried again when its claim has run out.
pub async fn deliver_due(service: &Service) -> Result<Round, Refusal> {
    let now = service.clock.now();
    // Most of the time there is none, and whoever wants to write need not wait for this.
    if !service.store.has_due_message(now).await? {
        return Ok(Round::default());
    }
    let claim = vault::new_id(now, service.random.as_ref());
    let mut tx = service.store.begin().await?;
    let messages = tx.claim_messages(claim, now, later(now, CLAIM), BATCH).await?;
    tx.commit().await?;
    let mut round = Round::default();
    let deliveries =
        futures::future::join_all(messages.iter().map(|message| deliver(service, message))).await;
    for outcome in deliveries {
        match outcome? {
            Outcome::Sent => round.sent += 1,
            Outcome::Retried => round.retried += 1,
            Outcome::GivenUp => round.given_up += 1,
        }
    }
    Ok(round)
}

/// Delivers until `stop`: a claim that has begun is finished first.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = service.written.notified() => {}
            _ = look.tick() => {}
        }
        loop {
            // Between all that there is to send: a phone waits for a push however much that is.
            if let Err(error) = crate::push::push_due(&service).await {
                tracing::error!(%error, "pushes cannot be sent");
            }
            match deliver_due(&service).await {
                Ok(round) if round.total() > 0 && !stop.is_cancelled() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be worked");
                    break;
                }
            }
        }
    }
}

enum Outcome {
    Sent,
    Retried,
    GivenUp,
}

async fn deliver(service: &Service, message: &ClaimedMessage) -> Result<Outcome, Refusal> {
    let sent = if message.give_up_at <= service.clock.now() {
        Err(SendError::Permanent("its time has run out".to_owned()))
    } else {
        send(service, message).await
    };
    let now = service.clock.now();
    let channel = message.channel.as_str();
    let mut tx = service.store.begin().await?;
    let outcome = match sent {
        Ok(receipt) => {
            let reference = receipt.provider_reference.as_deref();
            match receipt.provider {
                Some(provider) => tx.message_taken(message, provider, reference, now).await?,
                None => tx.message_sent(message, reference, now).await?,
            };
            tracing::info!(message = %message.id, channel, tries = message.tries, "message sent");
            Outcome::Sent
        }
        Err(error) => {
            let next = later(now, pause(service, message.tries));
            // A code that could not be sent in its lifetime is worth nothing; other messages have a day.
            if matches!(error, SendError::Permanent(_)) || next >= message.give_up_at {
                tx.give_up_message(message, &error.to_string(), now).await?;
                let event = Event::MessageGivenUp { message: message.id, channel: channel.to_owned() };
                tx.audit(event, now);
                // All reminders of a day run out together: one of them raises the alarm.
                let alarm = match reminders::day_of(&message.key) {
                    Some(day) if next >= message.give_up_at => {
                        tx.raise_alarm(&format!("reminders-given-up:{day}"), now).await?
                    }
                    _ => true,
                };
                tracing::error!(message = %message.id, channel, %error, alarm, "message given up");
                Outcome::GivenUp
            } else {
                tx.retry_message(message, next, &error.to_string()).await?;
                let tries = message.tries;
                // No message goes until somebody mends something.
                if matches!(error, SendError::Misconfigured(_)) {
                    tracing::error!(message = %message.id, channel, %error, tries, alarm = true, "message not sent");
                } else {
                    tracing::warn!(message = %message.id, channel, %error, tries, "message not sent");
                }
                Outcome::Retried
            }
        }
    };
    tx.commit().await?;
    let name = match outcome {
        Outcome::Sent => "sent",
        Outcome::Retried => "retried",
        Outcome::GivenUp => "given_up",
    };
    metrics::counter!("fobwatch_messages_total", "channel" => channel, "outcome" => name).increment(1);
    Ok(outcome)
}

async fn send(service: &Service, message: &ClaimedMessage) -> Result<channels::Receipt, SendError> {
    let envelope: Envelope = serde_json::from_slice(&message.payload)
        .map_err(|_| SendError::Permanent("the outbox holds a message that cannot be read".to_owned()))?;
    match message.channel {
        Channel::Email => {
            let parts = envelope.message.email(Language::En);
            let email = Email {
                to: envelope.to,
                from: service.settings.email_from.clone(),
                subject: parts.subject,
                text: parts.text,
                html: parts.html,
                message_id: format!("{}@{}", message.id, host(service)),
                date: message.written_at,
            };
            service.email.send(&email).await
        }
        Channel::Text => {
            let Some(text) = &service.text else {
                return Err(SendError::Misconfigured(
                    "no provider for text messages is configured".to_owned(),
                ));
            };
            let body = envelope.message.text_message(Language::En);
            let (reference, report_token) = (message.id.to_string(), Some(service.report_token(message.id)));
            text.send(&Text { to: envelope.to, body, reference, report_token }).await
        }
        // Calls are written down as placed; nothing is left to carry.
        Channel::Call => Err(SendError::Permanent("a call is not sent from the outbox".to_owned())),
    }
}

fn host(service: &Service) -> &str {
    service.settings.public_url.host_str().unwrap_or("localhost")
}

/// 5 s, 15 s, 45 s, … up to half an hour, each shortened by up to a quarter by chance, so that many do not come at once.
fn pause(service: &Service, tries: u32) -> SignedDuration {
    let factor = 3_i32.saturating_pow(tries.saturating_sub(1).min(10));
    let pause = FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE);
    let mut byte = [0];
    service.random.fill(&mut byte);
    pause.saturating_sub(pause.saturating_mul(i32::from(byte[0])) / 1_024)
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}
