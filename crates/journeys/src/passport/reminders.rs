//! Guide 000: "there is a weekly email / SMS reminder, sent out every Monday morning, of any outstanding credentials".
//!
//! A round goes through the people who have something to review, in the order of their ids, a stretch at a time. How far it has come
//! and the reminders themselves are one transaction for each stretch: whichever node takes the next one, and whatever falls over,
//! nobody is reminded twice. What is due is a matter of the local day: a round that midnight overtakes is not gone on with.

use crate::deliver::{Envelope, GIVE_UP_AFTER};
use crate::notices::is_uk;
use crate::passport::notify;
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::reminder;
use rules::policy::Policy;
use std::collections::HashMap;
use std::time::Duration;
use store::Tx;
use store::audit::Event;
use store::organisation::Organisation;
use store::outbox::{Channel, NewMessage};
use store::passport_reminder::{NumberToRemind, ToRemind};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wording::Message;

/// How often a node looks whether it is Monday morning.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// So many people are reminded in one transaction.
const STRETCH: u32 = 500;

/// What became of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// It is not Monday, or too early on it.
    NotDue,
    /// Everybody has been reminded today.
    Ended,
    /// Another node took this stretch.
    Overtaken,
    /// The round came so much further.
    Went {
        /// People who were looked at.
        people: u32,
        /// Messages that were written.
        messages: u32,
    },
}

/// Goes one stretch of today's round, if one is due.
///
/// # Errors
/// Where the database fails; nothing of the stretch is kept then, and the next try does it again.
pub async fn stretch(service: &Service) -> Result<Stretch, Refusal> {
    let Some(day) = reminder::due(&service.local(service.clock.now())) else { return Ok(Stretch::NotDue) };
    let from = match service.store.reminder_round(day).await? {
        Some(round) if round.finished => return Ok(Stretch::Ended),
        Some(round) => round.done_to,
        None => begin(service, day).await?,
    };
    let organisations = organisations(service).await?;
    let people = service.store.people_to_remind(from, day, STRETCH).await?;
    let is_last = people.len() < STRETCH as usize;
    let to = people.last().map_or(from, |last| last.account);
    // Numbers are opened before the transaction, which is short.
    let numbers = match service.text {
        Some(_) => numbers(service, from, to).await?,
        None => HashMap::new(),
    };

    let mut tx = service.store.begin().await?;
    let now = service.clock.now();
    let still_due = reminder::due(&service.local(now)) == Some(day);
    if !still_due || !tx.move_reminders(day, from, to, is_last.then_some(now)).await? {
        return Ok(Stretch::Overtaken);
    }
    let mut writer = Writer { service, organisations, numbers, day, now, messages: 0 };
    // As this transaction sees them: whoever has reviewed the last one a moment ago is not reminded of it.
    let people = tx.people_to_remind(from, day, STRETCH).await?;
    let mut looked_at = 0;
    for person in people.iter().filter(|person| person.account <= to) {
        writer.remind(&mut tx, person).await?;
        looked_at += 1;
    }
    let messages = writer.messages;
    if is_last {
        tx.audit(Event::PassportRemindersWritten { day: day.to_string() }, now);
    }
    tx.commit().await?;
    if messages > 0 {
        service.written.notify_one();
    }
    Ok(Stretch::Went { people: looked_at, messages })
}

/// Begins the day's round, unless another node has.
async fn begin(service: &Service, day: Date) -> Result<Uuid, Refusal> {
    let mut tx = service.store.begin().await?;
    tx.begin_reminders(day, service.clock.now()).await?;
    tx.commit().await?;
    Ok(service.store.reminder_round(day).await?.map_or(Uuid::nil(), |round| round.done_to))
}

async fn organisations(service: &Service) -> Result<HashMap<Uuid, Employer>, Refusal> {
    let mut all = HashMap::new();
    for organisation in service.store.organisations().await? {
        let policy = service.policy(&organisation)?;
        all.insert(organisation.id, Employer { organisation, policy, texts: service.text.is_some() });
    }
    Ok(all)
}

async fn numbers(
    service: &Service,
    from: Uuid,
    to: Uuid,
) -> Result<HashMap<Uuid, Vec<NumberToRemind>>, Refusal> {
    let mut all: HashMap<Uuid, Vec<NumberToRemind>> = HashMap::new();
    for number in service.store.numbers_to_remind(from, to).await? {
        if is_uk(number.number.as_address()) {
            all.entry(number.account).or_default().push(number);
        }
    }
    Ok(all)
}

/// An organisation with what holds for its messages.
struct Employer {
    organisation: Organisation,
    policy: Policy,
    /// Whether there are texts left for today.
    texts: bool,
}

/// Writes the reminders of one stretch.
struct Writer<'a> {
    service: &'a Service,
    organisations: HashMap<Uuid, Employer>,
    numbers: HashMap<Uuid, Vec<NumberToRemind>>,
    day: Date,
    now: Timestamp,
    messages: u32,
}

impl Writer<'_> {
    async fn remind(&mut self, tx: &mut Tx, person: &ToRemind) -> Result<(), Refusal> {
        let Some(employer) = self.organisations.get(&person.organisation) else { return Ok(()) };
        let message = Message::PassportReminder {
            service: self.service.settings.service_name.clone(),
            count: person.count,
            portal_url: self.service.address(notify::PORTAL),
            access_key_url: self.service.address(notify::ACCESS_KEY),
            support: self.service.support(&employer.organisation),
        };
        if !person.no_email {
            let to = (Channel::Email, person.email.as_str(), "email".to_owned());
            self.write(tx, person, message.clone(), to).await?;
        }
        if person.no_text {
            return Ok(());
        }
        for number in self.numbers.remove(&person.account).unwrap_or_default() {
            if self.has_text(tx, person.organisation).await? {
                let to = (Channel::Text, number.number.as_address(), number.method.to_string());
                self.write(tx, person, message.clone(), to).await?;
            }
        }
        Ok(())
    }

    /// Takes one of the organisation's texts of today. Once there are none left nobody asks for more.
    async fn has_text(&mut self, tx: &mut Tx, organisation: Uuid) -> Result<bool, Refusal> {
        let Some(employer) = self.organisations.get_mut(&organisation) else { return Ok(false) };
        if employer.texts {
            let taken = self.service.take_text(tx, &employer.policy, Some(organisation), self.now).await?;
            employer.texts = taken;
        }
        Ok(employer.texts)
    }

    /// The key of a message says for which Monday it is, so that it is never written twice.
    async fn write(
        &mut self,
        tx: &mut Tx,
        person: &ToRemind,
        message: Message,
        (channel, to, by): (Channel, &str, String),
    ) -> Result<(), Refusal> {
        let key = format!("{}:{}:{}:{by}", message.kind(), self.day, person.account);
        let payload = Envelope { to: to.to_owned(), message }.to_bytes();
        let new = NewMessage {
            id: vault::new_id(self.now, self.service.random.as_ref()),
            key: &key,
            channel,
            subject: None,
            account: Some(person.account),
            organisation: Some(person.organisation),
            payload: &payload,
            give_up_at: self.now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX),
        };
        if tx.add_message(&new, self.now).await? {
            self.messages += 1;
        }
        Ok(())
    }
}

/// Looks every minute whether reminders are due, until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    while rounds.next().await {
        while !stop.is_cancelled() {
            match stretch(&service).await {
                Ok(Stretch::Went { .. } | Stretch::Overtaken) => {}
                Ok(Stretch::NotDue | Stretch::Ended) => break,
                Err(error) => {
                    tracing::error!(%error, "the weekly reminders of credentials cannot be written");
                    break;
                }
            }
        }
    }
}
