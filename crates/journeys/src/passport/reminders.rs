//! Guide 000: "there is a weekly email / SMS reminder, sent out every Monday morning, of any outstanding credentials".
//!
//! The trust can also have one person reminded, or all of its own, of what it provided: each once a day, the Monday's reminder included.
//!
//! A round goes through the people who have something to review, in the order of their ids, a stretch at a time. How far it has come
//! and the reminders themselves are one transaction for each stretch: whichever node takes the next one, and whatever falls over,
//! nobody is reminded twice. What is due is a matter of the local day: a round that midnight overtakes is not gone on with.

use crate::deliver::{Envelope, GIVE_UP_AFTER};
use crate::numbers::is_number_allowed;
use crate::passport::notify;
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::days;
use rules::method::MethodKind;
use rules::passport::reminder;
use rules::phone::PhonePolicy;
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
/// How often it looks whether a trust has asked for reminders.
const LOOK_FOR_ASKED_EVERY: Duration = Duration::from_secs(5);
/// So many people are reminded in one transaction.
const STRETCH: u32 = 500;

/// What the key of a reminder by text ends with.
const TEXT: &str = "text";

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
    let people = service.store.people_to_remind(from, day, STRETCH).await?;
    let is_last = people.len() < STRETCH as usize;
    let to = people.last().map_or(from, |last| last.account);
    let mut writer = Writer::between(service, (from, to), day).await?;
    let mut tx = service.store.begin().await?;
    let now = writer.now;
    let still_due = reminder::due(&service.local(now)) == Some(day);
    if !still_due || !tx.move_reminders(day, from, to, is_last.then_some(now)).await? {
        return Ok(Stretch::Overtaken);
    }
    // As this transaction sees them: whoever has reviewed the last one a moment ago is not reminded of it.
    let mut people = tx.people_to_remind(from, day, STRETCH).await?;
    people.retain(|person| person.account <= to);
    let messages = writer.remind_all(&mut tx, &people).await?;
    if is_last {
        tx.audit(Event::PassportRemindersWritten { day: day.to_string() }, now);
    }
    commit(service, tx, &people, messages).await
}

async fn commit(service: &Service, tx: Tx, people: &[ToRemind], messages: u32) -> Result<Stretch, Refusal> {
    tx.commit().await?;
    if messages > 0 {
        service.written.notify_one();
    }
    Ok(Stretch::Went { people: u32::try_from(people.len()).unwrap_or(u32::MAX), messages })
}

/// Goes one stretch of a round that a trust asked for today, if one is open.
///
/// # Errors
/// As [`stretch`].
pub async fn asked_stretch(service: &Service) -> Result<Stretch, Refusal> {
    let day = service.today();
    let Some(round) = service.store.open_reminders(day).await? else { return Ok(Stretch::NotDue) };
    let (of, from) = (round.organisation, round.done_to);
    let people = service.store.people_to_remind_of(of, from, day, STRETCH).await?;
    let is_last = people.len() < STRETCH as usize;
    let to = people.last().map_or(from, |last| last.account);
    let mut writer = Writer::between(service, (from, to), day).await?;
    let mut tx = service.store.begin().await?;
    let still_today = service.local(writer.now).date() == day;
    if !still_today || !tx.move_asked_reminders(round.id, from, to, is_last.then_some(writer.now)).await? {
        return Ok(Stretch::Overtaken);
    }
    let mut people = tx.people_to_remind_of(of, from, day, STRETCH).await?;
    people.retain(|person| person.account <= to);
    let messages = writer.remind_all(&mut tx, &people).await?;
    commit(service, tx, &people, messages).await
}

/// Reminds one person of what their trust provided and they have not reviewed. Answers how many messages were written: none where they
/// were reminded today, or have switched that off.
///
/// # Errors
/// Where the database fails.
pub(crate) async fn remind_one(
    service: &Service,
    tx: &mut Tx,
    organisation: Uuid,
    account: Uuid,
) -> Result<Option<u32>, Refusal> {
    let day = service.today();
    let Some(person) = tx.person_to_remind(organisation, account, day).await? else { return Ok(None) };
    // The accounts after the one before theirs, up to theirs.
    let before = Uuid::from_u128(account.as_u128().saturating_sub(1));
    let mut writer = Writer::between(service, (before, account), day).await?;
    writer.remind_all(tx, &[person]).await.map(Some)
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
        all.entry(number.account).or_default().push(number);
    }
    Ok(all)
}

/// Whether an organisation takes a number.
fn is_taken(number: &NumberToRemind, phones: PhonePolicy) -> bool {
    is_number_allowed(MethodKind::Text, number.number.as_address(), phones)
}

/// The day of a reminder, by the key of its message; none where it is another message.
pub(crate) fn day_of(key: &str) -> Option<&str> {
    key.strip_prefix("passport-reminder:")?.split(':').next()
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

impl<'a> Writer<'a> {
    /// For the people after one account up to another. Their numbers are opened before the transaction, which is short.
    async fn between(service: &'a Service, (from, to): (Uuid, Uuid), day: Date) -> Result<Self, Refusal> {
        let numbers = match service.text {
            Some(_) => numbers(service, from, to).await?,
            None => HashMap::new(),
        };
        let organisations = organisations(service).await?;
        Ok(Self { service, organisations, numbers, day, now: service.clock.now(), messages: 0 })
    }

    /// Answers how many messages were written.
    async fn remind_all(&mut self, tx: &mut Tx, people: &[ToRemind]) -> Result<u32, Refusal> {
        for person in people {
            self.remind(tx, person).await?;
        }
        Ok(self.messages)
    }

    async fn remind(&mut self, tx: &mut Tx, person: &ToRemind) -> Result<(), Refusal> {
        let Some(employer) = self.organisations.get(&person.organisation) else { return Ok(()) };
        let phones = employer.policy.phones;
        let message = Message::PassportReminder {
            service: self.service.settings.service_name.clone(),
            count: person.count,
            portal_url: self.service.address(notify::PORTAL),
            access_key_url: self.service.address(notify::ACCESS_KEY),
            support: self.service.support(&employer.organisation),
        };
        if !person.no_email {
            let to = (Channel::Email, person.email.as_str(), "email");
            self.write(tx, person, message.clone(), to).await?;
        }
        if person.no_text {
            return Ok(());
        }
        let numbers = self.numbers.remove(&person.account).unwrap_or_default();
        let mut texts = numbers.iter().filter(|number| is_taken(number, phones));
        let preferred = texts.clone().find(|number| number.preferred);
        let Some(number) = preferred.or_else(|| texts.next()) else { return Ok(()) };
        if !self.has_had_text(tx, person, &message, &numbers).await?
            && self.has_text(tx, person.organisation).await?
        {
            let to = (Channel::Text, number.number.as_address(), TEXT);
            self.write(tx, person, message, to).await?;
        }
        Ok(())
    }

    /// Whether somebody was reminded by text today. The keys of versions before this one name the number instead: on the Monday on which
    /// this one comes nobody is told twice.
    async fn has_had_text(
        &self,
        tx: &mut Tx,
        person: &ToRemind,
        message: &Message,
        numbers: &[NumberToRemind],
    ) -> Result<bool, Refusal> {
        let by_number = numbers.iter().map(|number| number.method.to_string());
        for by in std::iter::once(TEXT.to_owned()).chain(by_number) {
            if tx.is_written(&self.key(person, message, &by)).await? {
                return Ok(true);
            }
        }
        Ok(false)
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

    /// The key of a message says for which day it is, so that nobody is reminded twice on one.
    fn key(&self, person: &ToRemind, message: &Message, by: &str) -> String {
        format!("{}:{}:{}:{by}", message.kind(), self.day, person.account)
    }

    /// A reminder is of its day: what has not gone out when that ends never does.
    fn give_up_at(&self) -> Timestamp {
        let midnight = days::begins(days::after(self.day, 1), &self.service.settings.time_zone);
        self.now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX).min(midnight)
    }

    async fn write(
        &mut self,
        tx: &mut Tx,
        person: &ToRemind,
        message: Message,
        (channel, to, by): (Channel, &str, &str),
    ) -> Result<(), Refusal> {
        let key = self.key(person, &message, by);
        let payload = Envelope { to: to.to_owned(), message }.to_bytes();
        let new = NewMessage {
            id: vault::new_id(self.now, self.service.random.as_ref()),
            key: &key,
            channel,
            subject: None,
            account: Some(person.account),
            organisation: Some(person.organisation),
            payload: &payload,
            give_up_at: self.give_up_at(),
        };
        if tx.add_message(&new, self.now).await? {
            self.messages += 1;
        }
        Ok(())
    }
}

/// Looks every minute whether weekly reminders are due, until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    while rounds.next().await {
        while !stop.is_cancelled() && goes_on(stretch(&service).await) {}
    }
}

/// Looks every few seconds whether a trust has asked for reminders, until `stop`.
pub async fn run_asked(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_FOR_ASKED_EVERY, stop.clone());
    while rounds.next().await {
        while !stop.is_cancelled() && goes_on(asked_stretch(&service).await) {}
    }
}

fn goes_on(stretch: Result<Stretch, Refusal>) -> bool {
    match stretch {
        Ok(Stretch::Went { .. } | Stretch::Overtaken) => true,
        Ok(Stretch::NotDue | Stretch::Ended) => false,
        Err(error) => {
            tracing::error!(%error, "reminders of credentials cannot be written");
            false
        }
    }
}
