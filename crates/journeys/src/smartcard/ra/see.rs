//! A person's cards, and one card: what the portal knows of them. Never a passcode.

use crate::console::find::count_look;
use crate::console::{Staff, person_of};
use crate::smartcard::ra::{Deed, State, card_of, identity, may, name, rules_of, state};
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::desk::{RA_REQUEST_LIFETIME, is_waiting};
use rules::role::Act;
use store::account::Account;
use store::audit::Event;
use store::registration_authority::RaAct;
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use store::smartcard_certificate::CardCertificate;
use uuid::Uuid;

/// So many acts on a card are shown.
const LATEST: u32 = 30;

/// A person as the Registration Authority sees them.
#[derive(Debug, Clone)]
pub struct SeenPerson {
    /// Who it is.
    pub account: Account,
    /// Their cards with how each stands, the newest first.
    pub cards: Vec<(Smartcard, State)>,
    /// When the Account Recovery Passcode was set, UTC.
    pub recovery_set: Option<Timestamp>,
    /// When the Verification Passcode was set, UTC.
    pub verification_set: Option<Timestamp>,
    /// Whether it is whoever looks.
    pub own: bool,
    /// Whether whoever looks may make sure who it is.
    pub may_check: bool,
    /// Until when they are sure of them, UTC.
    pub checked_until: Option<Timestamp>,
    /// What can be done for the person, beside what is done to a card.
    pub deeds: Vec<Deed>,
}

/// Shows a person of the organisation. Whoever looks at too many is stopped.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::TooManyLookups`].
pub async fn person(service: &Service, staff: &Staff, id: Uuid) -> Result<SeenPerson, Refusal> {
    staff.demand(Act::SeeCards)?;
    let account = person_of(service, staff, id).await?;
    looked_at(service, staff, account.id).await?;
    let rules = rules_of(staff);
    let cards: Vec<_> = service
        .store
        .smartcards_of(account.id)
        .await?
        .into_iter()
        .map(|card| (state(service, &card, rules), card))
        .map(|(state, card)| (card, state))
        .collect();
    let mut deeds = Vec::new();
    if may(service, staff, account.id, Act::IssueCard).await.is_ok() {
        deeds.push(Deed::Issue);
    }
    let any_card = cards.iter().any(|(_, state)| !state.cancelled);
    if any_card && may(service, staff, account.id, Act::CancelCard).await.is_ok() {
        deeds.push(Deed::CancelAll);
    }
    let passcode = async |kind| -> Result<Option<Timestamp>, Refusal> {
        Ok(service.store.server_passcode(account.id, kind).await?.map(|passcode| passcode.set_at))
    };
    Ok(SeenPerson {
        recovery_set: passcode(ServerPasscodeKind::Recovery).await?,
        verification_set: passcode(ServerPasscodeKind::Verification).await?,
        own: account.id == staff.id(),
        may_check: may(service, staff, account.id, Act::CheckIdentity).await.is_ok(),
        checked_until: identity::checked_until(service, staff, account.id).await?,
        deeds,
        cards,
        account,
    })
}

async fn looked_at(service: &Service, staff: &Staff, account: Uuid) -> Result<(), Refusal> {
    let now = service.clock.now();
    if count_look(service, staff, account, now).await? {
        let mut tx = service.store.begin().await?;
        tx.audit(Event::SmartcardsSeen { account, by: staff.id() }, now);
        tx.commit().await?;
    }
    Ok(())
}

/// An act with the name of who did it.
#[derive(Debug, Clone)]
pub struct Happened {
    /// The act.
    pub act: RaAct,
    /// What was done.
    pub deed: Option<Deed>,
    /// First and last name.
    pub by: Option<String>,
}

/// A card as the Registration Authority sees it.
#[derive(Debug, Clone)]
pub struct SeenCard {
    /// The card.
    pub card: Smartcard,
    /// How it stands.
    pub state: State,
    /// Whose it is.
    pub owner: Option<Account>,
    /// Its certificates, the current ones first.
    pub certificates: Vec<CardCertificate>,
    /// In so many days its passcode locks the account; none where it does not, or has.
    pub locks_in: Option<i64>,
    /// What can be done.
    pub deeds: Vec<Deed>,
    /// Whether whoever looks may make sure who its owner is.
    pub may_check: bool,
    /// Until when they are sure, UTC.
    pub checked_until: Option<Timestamp>,
    /// What waits for a second member of staff.
    pub waiting: Vec<Deed>,
    /// What was done to it here, the newest first.
    pub acts: Vec<Happened>,
    /// The job on it that whoever looks began and that has not ended.
    pub job: Option<Uuid>,
}

/// Shows a card of the organisation.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::TooManyLookups`].
pub async fn card(service: &Service, staff: &Staff, id: Uuid) -> Result<SeenCard, Refusal> {
    staff.demand(Act::SeeCards)?;
    let card = card_of(service, staff, id).await?;
    let state = state(service, &card, rules_of(staff));
    let owner = match card.account_id {
        Some(owner) => service.store.account(owner).await?,
        None => None,
    };
    if let Some(owner) = &owner {
        looked_at(service, staff, owner.id).await?;
    }
    let mut deeds = Vec::new();
    for deed in Deed::ALL {
        let shown = !matches!(deed, Deed::Issue | Deed::CancelAll) && state.allows(deed);
        if shown && may_do(service, staff, owner.as_ref(), deed.act(state.expired())).await {
            deeds.push(deed);
        }
    }
    let mut certificates = service.store.card_certificates(card.id).await?;
    certificates.sort_by_key(|each| (each.revoked_at.is_some(), std::cmp::Reverse(each.issued_at)));
    let checks = match &owner {
        Some(owner) => may(service, staff, owner.id, Act::CheckIdentity).await.is_ok(),
        None => false,
    };
    let checked_until = match &owner {
        Some(owner) => identity::checked_until(service, staff, owner.id).await?,
        None => None,
    };
    let open = service.store.open_card_job(card.id).await?;
    Ok(SeenCard {
        job: open.filter(|job| job.started_by == staff.id()).map(|job| job.id),
        locks_in: locks_in(service, staff, &card, &state),
        waiting: waiting(service, staff, &card).await?,
        acts: acts(service, &card).await?,
        may_check: checks,
        checked_until,
        certificates,
        deeds,
        owner,
        state,
        card,
    })
}

async fn may_do(service: &Service, staff: &Staff, owner: Option<&Account>, act: Act) -> bool {
    match owner {
        Some(owner) => may(service, staff, owner.id, act).await.is_ok(),
        None => staff.may(act),
    }
}

fn locks_in(service: &Service, staff: &Staff, card: &Smartcard, state: &State) -> Option<i64> {
    let set_on = card.passcode_set_on.filter(|_| state.live && !state.locked)?;
    let [.., locks] = rules_of(staff).timeline.days(set_on);
    Some(rules::days::between(service.today(), locks)).filter(|days| *days > 0)
}

async fn waiting(service: &Service, staff: &Staff, card: &Smartcard) -> Result<Vec<Deed>, Refusal> {
    let now = service.clock.now();
    let after = now.checked_sub(RA_REQUEST_LIFETIME).unwrap_or(Timestamp::MIN);
    let requests = service.store.ra_requests(staff.organisation(), after).await?;
    Ok(requests
        .iter()
        .filter(|request| is_waiting(request.asked_at, now))
        .filter(|request| match request.smartcard_id {
            Some(id) => id == card.id,
            None => Some(request.account_id) == card.account_id,
        })
        .filter_map(|request| Deed::parse(&request.kind))
        .collect())
}

async fn acts(service: &Service, card: &Smartcard) -> Result<Vec<Happened>, Refusal> {
    let mut happened = Vec::new();
    for act in service.store.ra_acts_on(card.id, LATEST).await? {
        let by = service.store.account(act.by_id).await?.map(|by| name(&by));
        happened.push(Happened { deed: Deed::parse(&act.kind), by, act });
    }
    Ok(happened)
}
