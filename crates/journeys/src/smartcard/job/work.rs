//! One report's work: what the database and the facts say before it, and what is written besides the journal.

use super::claim::{CORRUPT, facts_of};
use super::facts::{Facts, Which};
use super::give::Effects;
use super::issue::Issued;
use super::learn::{Heard, Senses};
use super::order::{Hands, request};
use super::plan::Given;
use super::request::{Plain, Typed, kind_named};
use super::step::Step;
use crate::smartcard::keys::management_key;
use crate::visitor::About;
use crate::{Refusal, Service};
use card_jobs::{JobKind, Order, PasscodeFrom};
use jiff::Timestamp;
use pki::Subject;
use rules::smartcard::{CardProfile, Charset, Merged};
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::card_job::CardJob;
use store::organisation::Organisation;
use store::smartcard::Smartcard;
use store::smartcard_certificate::NewCardCertificate;

/// What one report is worked on with.
pub(super) struct Work {
    pub job: CardJob,
    pub kind: JobKind,
    pub plain: Plain,
    pub facts: Facts,
    pub typed: Typed,
    pub card: Option<Smartcard>,
    pub owner: Option<Account>,
    pub organisation: Organisation,
    pub ask_new: PasscodeFrom,
    /// The country that certificates name.
    country: String,
    guid: Option<Vec<u8>>,
}

impl Work {
    /// Reads what there is.
    pub async fn of(service: &Service, job: &CardJob, now: Timestamp) -> Result<Self, Refusal> {
        let store = &service.store;
        let organisation = store.organisation(job.organisation_id).await?.ok_or(CORRUPT)?;
        let card = match job.smartcard_id {
            Some(card) => store.smartcard(card).await?,
            None => None,
        };
        let owner = match job.account_id {
            Some(account) => store.account(account).await?,
            None => None,
        };
        let typed = match store.card_job_typed(job, now)? {
            Some(typed) => serde_json::from_slice(typed.expose()).map_err(|_| CORRUPT)?,
            None => Typed::default(),
        };
        let ask_new = ask_new(service, &organisation, card.as_ref())?;
        let guid = card.as_ref().map(|card| card.guid.to_vec());
        Ok(Self {
            kind: kind_named(&job.kind).ok_or(CORRUPT)?,
            plain: serde_json::from_str(&job.request).map_err(|_| CORRUPT)?,
            facts: facts_of(job)?,
            job: job.clone(),
            typed,
            card,
            owner,
            organisation,
            ask_new,
            country: service.settings.certificate_country.clone(),
            guid,
        })
    }

    /// Whom certificates name: from the record, never from a request.
    pub fn subject(&self) -> Option<Subject> {
        self.owner.as_ref().map(|owner| subject(owner, &self.organisation, &self.country))
    }

    pub fn given<'a>(&'a self, fresh: &'a [u8; 32], now: Timestamp) -> Given<'a> {
        Given {
            kind: self.kind,
            plain: &self.plain,
            has_new: self.typed.new.is_some(),
            has_card: self.card.is_some(),
            unblocking: self.card.as_ref().map_or(0, |card| card.unblock_generation),
            fresh,
            now: now.as_second(),
        }
    }

    /// Hears something with all that it is looked at with.
    pub fn sense(&mut self, service: &Service, hear: impl FnOnce(&mut Facts, Senses<'_>) -> Heard) -> Heard {
        let subject = self.subject();
        let is_request = |which: Which, pair: &super::facts::Pair, signature: &[u8]| {
            let (Some(subject), Some(key)) = (&subject, &pair.key) else { return false };
            request(subject, which, key).is_ok_and(|request| request.finish(signature).is_ok())
        };
        let management = |guid: &[u8]| Some(management_key(&service.keys, guid));
        let senses = Senses {
            guid: self.guid.as_deref(),
            run: self.job.run,
            management: &management,
            is_request: &is_request,
            typed_current: self.typed.current.is_some(),
        };
        let heard = hear(&mut self.facts, senses);
        if heard.forget_typed {
            self.typed = Typed::default();
        }
        heard
    }

    /// The order that a step stands for.
    pub fn order(&self, service: &Service, step: &Step) -> Result<Order, Refusal> {
        let subject = self.subject();
        let hands = Hands {
            service,
            facts: &self.facts,
            typed: &self.typed,
            ask_new: &self.ask_new,
            guid: self.guid.as_deref(),
            subject: subject.as_ref(),
        };
        hands.order(step)
    }

    /// Writes what follows from what was heard. Answers false where the card is not what it was.
    pub async fn write(
        &self,
        service: &Service,
        tx: &mut Tx,
        effects: &Effects,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        if let Some(card) = effects.settles {
            let owner = self.job.account_id.ok_or(CORRUPT)?;
            if !tx.settle_card_of_job(self.job.id, card).await?
                || !tx.bind_smartcard(card, owner, now).await?
            {
                return Ok(false);
            }
        }
        let Some(card) = &self.card else { return Ok(true) };
        self.note_tries(service, tx, card, effects.heard, now).await?;
        if let Some(generation) = self.facts.unblocking.now {
            for from in card.unblock_generation..generation {
                tx.unblocking_key_replaced(card.id, from).await?;
            }
        }
        self.write_issued(tx, &effects.issued, now).await?;
        Ok(true)
    }

    /// Writes certificates down before anybody sees them.
    pub async fn write_issued(&self, tx: &mut Tx, issued: &[Issued], now: Timestamp) -> Result<(), Refusal> {
        let (Some(card), Some(owner)) = (&self.card, &self.owner) else { return Ok(()) };
        for issued in issued {
            let new = NewCardCertificate {
                id: issued.id,
                smartcard_id: card.id,
                account_id: owner.id,
                slot: issued.slot,
                serial: &issued.serial,
                der: &issued.der,
                not_before: issued.not_before,
                not_after: issued.not_after,
                job_id: self.job.id,
            };
            tx.add_card_certificate(new, now).await?;
            tx.certificate_issued_by(issued.id, &issued.issuer).await?;
            let (account, slot) = (owner.id, issued.slot.as_str().to_owned());
            let serial = card_jobs::Hex(issued.serial.clone()).digits();
            tx.audit(Event::CertificateIssued { account, card: card.id, slot, serial }, now);
        }
        Ok(())
    }

    async fn note_tries(
        &self,
        service: &Service,
        tx: &mut Tx,
        card: &Smartcard,
        heard: Heard,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let all = CardProfile::parse(&card.profile).ok().filter(|_| heard.right).map(CardProfile::tries);
        if let Some(left) = all.or(self.facts.tries_left) {
            tx.card_tries_seen(card.id, left, now).await?;
        }
        let Some(owner) = &self.owner else { return Ok(()) };
        let about = About { by_staff: self.job.act_id.is_some(), ..About::default() };
        if heard.wrong.is_some() {
            service.note(tx, owner.id, ActivityKind::PasscodeRefused, about, now).await?;
            let kind = "smartcard".to_owned();
            tx.audit(Event::PasscodeRefused { account: owner.id, card: Some(card.id), kind }, now);
        }
        if heard.blocked {
            service.note(tx, owner.id, ActivityKind::SmartcardBlocked, about, now).await?;
            tx.audit(Event::SmartcardBlocked { account: owner.id, card: card.id }, now);
        }
        Ok(())
    }
}

/// Whom a certificate of this account names.
fn subject(owner: &Account, organisation: &Organisation, country: &str) -> Subject {
    Subject {
        common_name: format!("{} {}", owner.first_name, owner.last_name),
        number: owner.id.to_string(),
        organisation: organisation.name.clone(),
        country: country.to_owned(),
        user_principal_name: Some(owner.email.clone()),
        email: Some(owner.email.clone()),
        security_identifier: None,
    }
}

/// What the agent says when it asks for a new passcode: what suits both the organisation and the card.
fn ask_new(
    service: &Service,
    organisation: &Organisation,
    card: Option<&Smartcard>,
) -> Result<PasscodeFrom, Refusal> {
    let policy = service.policy(organisation)?;
    let profile =
        card.and_then(|card| CardProfile::parse(&card.profile).ok()).unwrap_or(CardProfile::Piv6To8Digits);
    let suits = Merged::of(&policy.smartcard.passcode.card, profile).passcode;
    let length = |characters: u32| u8::try_from(characters).unwrap_or(8);
    Ok(PasscodeFrom::AskNew {
        min: length(suits.min),
        max: length(suits.max),
        letters: suits.charset != Charset::Digits,
    })
}
