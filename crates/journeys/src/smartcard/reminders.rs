//! The daily messages about smartcards (guide 001, sections 1.1 and 2): a round through all live cards decides who gets which.
//!
//! A round goes through the cards in the order of their ids, a stretch at a time. How far it has come, which messages it wrote and
//! the messages themselves are one transaction for each stretch: whichever node takes the next one, and whatever falls over, each
//! card is looked at once a day and each message written once. What is read to decide is only a sieve; what counts is the card as
//! the transaction sees it.

use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::smartcard::{DueMessage, Renewal, SmartcardRules, Standing, due_messages};
use std::collections::HashMap;
use std::time::Duration;
use store::audit::Event;
use store::organisation::Organisation;
use store::smartcard::Smartcard;
use store::smartcard_message::CardFacts;
use store::{StoreError, Tx};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wording::{Message, SmartcardDue, SmartcardVisit};

/// Nobody is written to before this hour of the local day. A service that was down at the hour does it later the same day.
const FROM_HOUR: i8 = 8;
/// How often a node looks whether there is something to do.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// So many cards are read at once.
const PAGE: u32 = 10_000;
/// A stretch ends after so many cards for which something is due, so that its transaction is short.
const MOST_DUE: usize = 200;
/// Or after so many cards in all, so that a round that is broken off has come that far.
const MOST_CARDS: u32 = 100_000;
/// Where the messages lead.
const PORTAL: &str = "/smartcard";

/// Decides what falls due on a local day, by the rules of each organisation.
#[derive(Debug)]
pub struct Decider {
    day: Date,
    zone: TimeZone,
    rules: HashMap<Uuid, SmartcardRules>,
}

impl Decider {
    /// For the local day `day` of `zone`, with the rules of each organisation. A card of another one has the guide's.
    pub fn new(day: Date, zone: TimeZone, rules: HashMap<Uuid, SmartcardRules>) -> Self {
        Self { day, zone, rules }
    }

    /// The messages that are due about a card on that day.
    pub fn due(&self, card: &CardFacts) -> impl Iterator<Item = DueMessage> + use<> {
        let standing = Standing {
            passcode_set_on: card.passcode_set_on,
            ra_unlocked_on: card.unlocked_on,
            passcodes_forced_on: card.forced_on,
            certificates_last_day: card.expires_at.map(|moment| self.zone.to_datetime(moment).date()),
            renewals_used: card.renewals_used,
            withdrawn: false,
        };
        let rules = self.rules.get(&card.organisation_id).copied().unwrap_or_default();
        due_messages(&standing, self.day, &rules).collect::<Vec<_>>().into_iter()
    }
}

/// What became of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// It is too early in the day.
    TooEarly,
    /// The day's round has ended.
    Ended,
    /// Another node took this stretch.
    Overtaken,
    /// The round came so much further.
    Went {
        /// Cards that were looked at.
        cards: u32,
        /// Messages that were written; one to an address and a number counts once.
        messages: u32,
    },
}

/// Goes one stretch of today's round.
///
/// # Errors
/// Where the database fails; nothing of the stretch is kept then, and the next try does it again.
pub async fn stretch(service: &Service) -> Result<Stretch, Refusal> {
    let local = service.local(service.clock.now());
    if local.hour() < FROM_HOUR {
        return Ok(Stretch::TooEarly);
    }
    let day = local.date();
    let from = match service.store.round(day).await? {
        Some(round) if round.ended => return Ok(Stretch::Ended),
        Some(round) => round.after,
        None => begin(service, day).await?,
    };
    let organisations = organisations(service).await?;
    let decider = decider(service, day, &organisations)?;
    let sieved = sieve(service, &decider, from).await?;

    let mut tx = service.store.begin().await?;
    let now = service.clock.now();
    // Midnight has passed: what was due yesterday is not told today.
    if service.local(now).date() != day || !tx.move_round(day, from, sieved.to, sieved.cards).await? {
        return Ok(Stretch::Overtaken);
    }
    let mut messages = 0;
    for card in &sieved.due {
        messages += tell(service, &mut tx, card, &decider, &organisations, now).await?;
    }
    let round = tx.count_round(day, messages, sieved.is_last.then_some(now)).await?;
    if round.ended && round.cards > 0 {
        let (cards, messages) = (round.cards, round.messages);
        tx.audit(Event::SmartcardRoundEnded { day: day.to_string(), cards, messages }, now);
    }
    tx.commit().await?;
    if messages > 0 {
        service.written.notify_one();
    }
    Ok(Stretch::Went { cards: sieved.cards, messages })
}

/// Begins the day's round, unless another node has.
async fn begin(service: &Service, day: Date) -> Result<Uuid, Refusal> {
    let mut tx = service.store.begin().await?;
    tx.begin_round(day, service.clock.now()).await?;
    tx.commit().await?;
    Ok(service.store.round(day).await?.map_or(Uuid::nil(), |round| round.after))
}

async fn organisations(service: &Service) -> Result<HashMap<Uuid, Organisation>, StoreError> {
    let all = service.store.organisations().await?;
    Ok(all.into_iter().map(|organisation| (organisation.id, organisation)).collect())
}

fn decider(
    service: &Service,
    day: Date,
    organisations: &HashMap<Uuid, Organisation>,
) -> Result<Decider, Refusal> {
    let mut rules = HashMap::with_capacity(organisations.len());
    for (id, organisation) in organisations {
        rules.insert(*id, service.policy(organisation)?.smartcard);
    }
    Ok(Decider::new(day, service.settings.time_zone.clone(), rules))
}

/// What a stretch is about.
struct Sieved {
    /// Cards for which something seems to be due.
    due: Vec<CardFacts>,
    /// The last card that was looked at.
    to: Uuid,
    /// How many were.
    cards: u32,
    /// Whether there is none after it.
    is_last: bool,
}

async fn sieve(service: &Service, decider: &Decider, from: Uuid) -> Result<Sieved, StoreError> {
    let mut sieved = Sieved { due: Vec::new(), to: from, cards: 0, is_last: false };
    loop {
        let page = service.store.card_facts(sieved.to, PAGE).await?;
        let short = page.len() < PAGE as usize;
        for card in page {
            sieved.to = card.id;
            sieved.cards += 1;
            if decider.due(&card).next().is_some() {
                sieved.due.push(card);
                if sieved.due.len() == MOST_DUE {
                    return Ok(sieved);
                }
            }
        }
        if short || sieved.cards >= MOST_CARDS {
            sieved.is_last = short;
            return Ok(sieved);
        }
    }
}

/// Writes what is due about a card as this transaction sees it: its owner may have been here a moment ago. Answers how many
/// messages that were. Who has several cards is told of the one that they got last; whose account is disabled is told nothing.
async fn tell(
    service: &Service,
    tx: &mut Tx,
    sieved: &CardFacts,
    decider: &Decider,
    organisations: &HashMap<Uuid, Organisation>,
    now: Timestamp,
) -> Result<u32, Refusal> {
    let cards = tx.smartcards_of(sieved.account_id).await?;
    let card = cards.iter().find_map(Smartcard::facts).filter(|card| card.id == sieved.id);
    let (Some(card), Some(account)) = (card, tx.account(sieved.account_id).await?) else { return Ok(0) };
    let Some(organisation) = organisations.get(&card.organisation_id) else { return Ok(0) };
    if account.disabled_at.is_some() {
        return Ok(0);
    }
    let mut written = 0;
    for due in decider.due(&card) {
        if tx.card_message_written(card.id, due.as_str(), due.day(decider.day), now).await? {
            let message = message(service, organisation, due);
            service.remind(tx, &account, organisation, message, is_last_call(due), now).await?;
            written += 1;
        }
    }
    Ok(written)
}

/// Whether the person cannot work from today or tomorrow on without doing something: then a text goes out, too.
fn is_last_call(due: DueMessage) -> bool {
    match due {
        DueMessage::PasscodesRemind { days_left: days }
        | DueMessage::PasscodesOverdue { days_until_locked: days }
        | DueMessage::CertificatesRemind { days_left: days, .. }
        | DueMessage::CertificatesForced { days_left: days, .. } => days <= 1,
        DueMessage::PasscodesLocked { .. } | DueMessage::CertificatesExpired { .. } => true,
    }
}

/// What the person reads: what they do in the portal, or that they must visit the Registration Authority.
fn message(service: &Service, organisation: &Organisation, due: DueMessage) -> Message {
    let portal = |due| Message::SmartcardDue {
        service: service.settings.service_name.clone(),
        due,
        portal_url: service.address(PORTAL),
        support: service.support(organisation),
    };
    let visit = |visit| Message::SmartcardVisit {
        service: service.settings.service_name.clone(),
        visit,
        support: service.registration_authority(organisation),
    };
    match due {
        DueMessage::PasscodesRemind { days_left } => portal(SmartcardDue::Passcodes { days_left }),
        DueMessage::PasscodesOverdue { days_until_locked } => {
            portal(SmartcardDue::PasscodesOverdue { days_until_locked })
        }
        DueMessage::PasscodesLocked { .. } => visit(SmartcardVisit::PasscodesLocked),
        DueMessage::CertificatesRemind { days_left, renewal: Renewal::SelfService { .. } } => {
            portal(SmartcardDue::Certificates { days_left, forced: false })
        }
        DueMessage::CertificatesForced { days_left, renewal: Renewal::SelfService { .. } } => {
            portal(SmartcardDue::Certificates { days_left, forced: true })
        }
        DueMessage::CertificatesRemind { days_left, renewal: Renewal::AtTheRegistrationAuthority }
        | DueMessage::CertificatesForced { days_left, renewal: Renewal::AtTheRegistrationAuthority } => {
            visit(SmartcardVisit::Certificates { days_left })
        }
        DueMessage::CertificatesExpired { .. } => visit(SmartcardVisit::CertificatesExpired),
    }
}

/// Goes through all cards every day until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    while rounds.next().await {
        while !stop.is_cancelled() {
            match stretch(&service).await {
                Ok(Stretch::Went { .. } | Stretch::Overtaken) => {}
                Ok(Stretch::TooEarly | Stretch::Ended) => break,
                Err(error) => {
                    tracing::error!(%error, "the daily messages about smartcards cannot be written");
                    break;
                }
            }
        }
    }
}
