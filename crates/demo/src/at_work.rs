//! People of Northfield who have joined already: one of the Registration Authority, and two whom it has issued a smartcard to.

use std::sync::Arc;

use card_agent::{InProcessReaders, Missing, NewPasscode, Passcode, Person, Portal, PortalProblem};
use card_agent::{Unanswered, Workstation};
use card_jobs::{About, Claim, Claimed, Next, Refused, Report, Verdict};
use jiff::Timestamp;
use journeys::smartcard::job::{self, Asked, Issue, JobRefusal, Request};
use journeys::{Refusal, Service};
use rand_core::OsRng;
use rules::role::Role;
use rules::roster::RosterRow;
use serde::Serialize;
use store::Tx;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::organisation::Organisation;
use store::registration::{Journey, NewRegistration};
use store::registration_authority::RaAct;
use store::server_passcode::ServerPasscodeKind;
use uuid::Uuid;
use vault::{Random, Secret};

use crate::DemoCard;

/// The password of all of them.
pub const PASSWORD: &str = "Lanterns on the quiet river";
/// The Smartcard Passcode of their cards.
pub const PASSCODE: &str = "482913";
/// Their Account Recovery Passcode.
pub const RECOVERY: &str = "quiet-Lantern-9";
/// So many days the certificates of the card that is due have: in the days in which an alert is shown and nothing is forced.
pub const DUE_IN_DAYS: u32 = 24;

/// What is to be seen of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// Works at the Registration Authority.
    Authority,
    /// The certificates of their card are due.
    Due,
    /// Their card is blocked.
    Blocked,
}

/// Somebody who has joined already.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AtWork {
    /// First and last name.
    pub name: &'static str,
    /// The address that they sign in with.
    pub email: &'static str,
    /// What is to be seen of them.
    pub stands: Stands,
    /// What is printed on their card; empty where they have none.
    pub card: &'static str,
}

/// All of them: the first issues the cards of the others.
pub const AT_WORK: [AtWork; 3] = [
    AtWork {
        name: "Priya Raghunathan",
        email: "priya.raghunathan@northfield.example",
        stands: Stands::Authority,
        card: "",
    },
    AtWork { name: "Ivy Ng", email: "ivy.ng@northfield.example", stands: Stands::Due, card: "NTH 0007" },
    AtWork {
        name: "Hamish MacLeod",
        email: "hamish.macleod@northfield.example",
        stands: Stands::Blocked,
        card: "NTH 0008",
    },
];

/// Lets them join and issues their cards, unless that was done before. `soon` is the service with certificates of
/// [`DUE_IN_DAYS`]; `rows` are the hospital's people, and `cards` its cards.
///
/// # Errors
/// Where the database or a card refuses.
pub async fn settle(
    service: &Service,
    soon: &Service,
    organisation: &Organisation,
    rows: &[RosterRow],
    cards: &[DemoCard],
) -> Result<(), Refusal> {
    const UNKNOWN: Refusal = Refusal::Fault("somebody of the demonstration is not on the roster");
    let row = |one: &AtWork| rows.iter().find(|row| row.email.as_str() == one.email).ok_or(UNKNOWN);
    let [authority, others @ ..] = &AT_WORK;
    if service.store.credentials(authority.email).await?.is_some() {
        return Ok(());
    }
    let hash = service.hasher.hash(&Secret::new(PASSWORD.to_owned()), service.random.as_ref()).await?;
    let by = joins(service, organisation, row(authority)?, &hash).await?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    tx.give_role(by, Role::RaAgent, None, now).await?;
    tx.commit().await?;
    for one in others {
        let owner = joins(service, organisation, row(one)?, &hash).await?;
        let card = cards.iter().find(|card| card.label == one.card);
        let card = card.ok_or(Refusal::Fault("the demonstration has no such card"))?;
        let issuing = if one.stands == Stands::Due { soon } else { service };
        issue(issuing, organisation, (by, owner), card).await?;
        sets_recovery(service, owner).await?;
        if one.stands == Stands::Blocked {
            blocks(service, card).await?;
        }
    }
    crate::passport::issue(service, organisation).await
}

/// Guide 003, without the pages: with text messages as the second step. Answers the account.
async fn joins(
    service: &Service,
    organisation: &Organisation,
    row: &RosterRow,
    hash: &str,
) -> Result<Uuid, Refusal> {
    const MISSING: Refusal = Refusal::Fault("the demonstration's roster has changed");
    let (now, random) = (service.clock.now(), service.random.as_ref());
    let mut tx = service.store.begin().await?;
    let email = row.email.as_str();
    let entry = tx.roster_entry_by_email(organisation.id, email).await?.ok_or(MISSING)?;
    let phone = row.phone.as_ref().ok_or(MISSING)?;
    let (registration, account) = (vault::new_id(now, random), vault::new_id(now, random));
    let token = drawn(random);
    let new = NewRegistration {
        id: registration,
        token: &token,
        organisation_id: organisation.id,
        journey: Journey::Join,
        staff_group: Some(row.staff_group.code()),
        email,
        roster_entry_id: Some(entry.id),
    };
    tx.add_registration(&new, now).await?;
    verifies(&mut tx, registration, &token, now, random).await?;
    tx.save_details(registration, row.first_name.as_str(), row.last_name.as_str(), hash, 3, now).await?;
    let secret = MethodSecret::address(phone.e164());
    tx.choose_method(registration, MethodKind::Text, Some(&secret)).await?;
    if !tx.add_account(registration, account, now).await? {
        return Err(MISSING);
    }
    tx.add_sign_in_method(vault::new_id(now, random), account, MethodKind::Text, &secret, 0, now).await?;
    tx.commit().await?;
    Ok(account)
}

/// The address is verified by a code that nobody had to read.
async fn verifies(
    tx: &mut Tx,
    registration: Uuid,
    token: &[u8; 32],
    now: Timestamp,
    random: &dyn Random,
) -> Result<(), Refusal> {
    let code_for = CodeFor::RegistrationEmail(registration);
    let ends = now.saturating_add(rules::code::LIFETIME).unwrap_or(Timestamp::MAX);
    tx.add_code(vault::new_id(now, random), code_for, token, token, 5, now, ends).await?;
    let proof = tx.consume_code(code_for, token, 5, now).await?;
    tx.mark_email_verified(&proof.map_err(|_| Refusal::Fault("a code of our own is not right"))?, now)
        .await?;
    Ok(())
}

fn drawn(random: &dyn Random) -> [u8; 32] {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    bytes
}

/// The Registration Authority issues a card, as it does at its console.
async fn issue(
    service: &Service,
    organisation: &Organisation,
    (by, owner): (Uuid, Uuid),
    card: &DemoCard,
) -> Result<(), Refusal> {
    const REASON: &str = "A new colleague, when the demonstration began";
    let kept = service.store.smartcard_by_guid(&card.guid).await?;
    let kept = kept.ok_or(Refusal::Fault("a card of the demonstration is not registered"))?;
    let now = service.clock.now();
    let act = RaAct {
        id: vault::new_id(now, service.random.as_ref()),
        organisation_id: organisation.id,
        smartcard_id: kept.id,
        account_id: Some(owner),
        kind: "issue".to_owned(),
        reason: REASON.to_owned(),
        by_id: by,
        at: now,
    };
    let mut tx = service.store.begin().await?;
    tx.add_ra_act(&act).await?;
    tx.commit().await?;
    let (card_id, act) = (Some(kept.id), Some(act.id));
    let asked = Asked { organisation, by, card: card_id, act, reason: Some(REASON) };
    let new = Some(job::NewPasscode::Typed(Secret::new(PASSCODE.to_owned())));
    let id = job::begin(service, asked, Request::Issue(Issue { owner, new })).await?;
    let link =
        job::watch(service, by, id).await?.link.and_then(|link| card_agent::JobLink::parse(&link).ok());
    let link = link.ok_or(Refusal::Fault("a job has no link"))?;

    let mut readers = InProcessReaders::new();
    card.look().0.put_in();
    let shared = Arc::clone(&card.card);
    readers.insert("Counter", &vcard::ATR, shared);
    let at = Workstation { readers: &mut readers, person: &mut Agrees, randomness: &mut OsRng, pauses: &[] };
    let done = card_agent::run(&mut Here(service), at, &link.ticket, "the demonstration").await;
    card.look().0.pull_out();
    match done {
        Ok(Verdict::Done) => Ok(()),
        _ => Err(Refusal::Fault("a card of the demonstration cannot be issued")),
    }
}

async fn sets_recovery(service: &Service, owner: Uuid) -> Result<(), Refusal> {
    let (now, random) = (service.clock.now(), service.random.as_ref());
    let hash = service.hasher.hash(&Secret::new(RECOVERY.to_owned()), random).await?;
    let mut tx = service.store.begin().await?;
    let kind = ServerPasscodeKind::Recovery;
    tx.set_server_passcode(vault::new_id(now, random), owner, kind, &hash, None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody types a wrong passcode until the card takes none any more.
async fn blocks(service: &Service, card: &DemoCard) -> Result<(), Refusal> {
    const WRONG: Refusal = Refusal::Fault("a card of the demonstration does not answer");
    {
        let mut held = card.look();
        held.0.put_in();
        let passcode = piv::Passcode::new(b"000000").map_err(|_| WRONG)?;
        let commands = [piv::commands::select()].into_iter();
        let tries = (0..rules::smartcard::CardProfile::Piv6To8Digits.tries())
            .map(|_| piv::passcode::verify(&passcode));
        for command in commands.chain(tries) {
            piv::exchange(&command, |bytes| held.0.answer(bytes)).map_err(|_| WRONG)?;
        }
        held.0.pull_out();
    }
    let kept = service.store.smartcard_by_guid(&card.guid).await?.ok_or(WRONG)?;
    let mut tx = service.store.begin().await?;
    tx.card_tries_seen(kept.id, 0, service.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The portal without the way to it.
struct Here<'a>(&'a Service);

fn refused(refusal: &JobRefusal) -> PortalProblem {
    PortalProblem::Refused(Refused { code: refusal.code().to_owned(), words: refusal.to_string() })
}

impl Portal for Here<'_> {
    async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PortalProblem> {
        job::claim(self.0, claim).await.map_err(|why| refused(&why))
    }

    async fn next(&mut self, job: Uuid, token: &str, report: &Report) -> Result<Next, PortalProblem> {
        job::next(self.0, job, token, report).await.map_err(|why| refused(&why))
    }
}

/// Nobody sits there: what is asked beyond agreeing is not answered.
struct Agrees;

impl Person for Agrees {
    fn agrees(&mut self, _: &About, _: &str) -> Result<(), Unanswered> {
        Ok(())
    }

    fn puts_in_card(&mut self, _: &About, _: Missing) -> Result<(), Unanswered> {
        Err(Unanswered::Declined)
    }

    fn types_passcode(&mut self, _: &About, _: Option<u8>, _: bool) -> Result<Passcode, Unanswered> {
        Err(Unanswered::Declined)
    }

    fn chooses_passcode(&mut self, _: &About, _: NewPasscode) -> Result<Passcode, Unanswered> {
        Err(Unanswered::Declined)
    }

    fn risks_last_try(&mut self, _: &About) -> Result<(), Unanswered> {
        Err(Unanswered::Declined)
    }

    fn hears(&mut self, _: Verdict, _: &str) {}
}
