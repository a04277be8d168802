//! A trust reviews what people shared with it (guide 000): each credential by itself, or all that hold at once. It sees who issued each,
//! what it says, and whether it holds now. The person is told when nothing waits any more.

use super::Staff;
use super::find::count_look;
use crate::passport::answer::Why;
use crate::passport::reject::{Chosen, read};
use crate::passport::{elsewhere, notify};
use crate::{Refusal, Service, session};
use jiff::Timestamp;
use openid4vc::status_list::Reference;
use rules::passport::{CredentialKind, CredentialState};
use rules::role::Act;
use store::Tx;
use store::account::Account;
use store::audit::Event;
use store::passport_event::{About, NewPassportEvent};
use store::share::SharedCredential;
use store::share_review::{ListedShare, ShareVerdict};
use uuid::Uuid;
use wording::Message;

/// So many shares stand on one page.
const PER_PAGE: u32 = 50;

/// How a shared credential stands now, as far as its issuer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Holds,
    /// Its issuer has revoked it.
    Revoked,
    /// Its last day is over.
    Expired,
    /// Its issuer is believed no longer.
    NotBelieved,
    /// That cannot be found out.
    Unknown,
}

/// A page of shares.
#[derive(Debug, Clone)]
pub struct Page {
    /// The oldest first.
    pub shares: Vec<ListedShare>,
    /// The share after which the next page begins; none where this is the last.
    pub next: Option<Uuid>,
}

/// A credential that was shared, with what is known of it.
#[derive(Debug)]
pub struct Shared {
    /// As it was shown.
    pub credential: SharedCredential,
    /// Who issued it.
    pub issuer: String,
    /// How it stands.
    pub standing: Standing,
    /// The name of whoever reviewed it.
    pub reviewer: Option<String>,
    /// The name of whoever archived it; none where it is not archived.
    pub archiver: Option<String>,
}

/// In how many shares something waits for the trust's review.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn waiting(service: &Service, staff: &Staff) -> Result<u64, Refusal> {
    staff.demand(Act::SeePassports)?;
    Ok(service.store.shares_waiting(staff.organisation()).await?)
}

/// What was shared with the trust, after the share `after`; with what is reviewed already, where `reviewed`.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn list(
    service: &Service,
    staff: &Staff,
    reviewed: bool,
    after: Option<Uuid>,
) -> Result<Page, Refusal> {
    staff.demand(Act::SeePassports)?;
    let after = after.unwrap_or(Uuid::nil());
    let mut shares = service.store.shares_listed(staff.organisation(), reviewed, after, PER_PAGE + 1).await?;
    let more = shares.len() > PER_PAGE as usize;
    shares.truncate(PER_PAGE as usize);
    let next = shares.last().filter(|_| more).map(|last| last.id);
    Ok(Page { shares, next })
}

/// Looks at what somebody shared at once, which is recorded.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::TooManyLookups`].
pub async fn see(service: &Service, staff: &Staff, id: Uuid) -> Result<(ListedShare, Vec<Shared>), Refusal> {
    staff.demand(Act::SeePassports)?;
    let share = share(service, staff, id).await?;
    count_look(service, staff, share.account, service.clock.now()).await?;
    let mut all = Vec::new();
    for credential in service.store.shared_credentials(share.id).await? {
        all.push(shared(service, staff, credential).await?);
    }
    Ok((share, all))
}

/// Looks at one credential, which is recorded as a look at whoever shared it.
///
/// # Errors
/// Those of [`see`].
pub async fn one(service: &Service, staff: &Staff, id: Uuid) -> Result<(ListedShare, Shared), Refusal> {
    staff.demand(Act::SeePassports)?;
    let (share, credential) = theirs(service, staff, id).await?;
    count_look(service, staff, share.account, service.clock.now()).await?;
    Ok((share, shared(service, staff, credential).await?))
}

/// Takes one credential.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where it does
/// not hold or somebody has reviewed it.
pub async fn accept(service: &Service, staff: &Staff, id: Uuid) -> Result<Uuid, Refusal> {
    let (share, credential) = reviewing(service, staff, id).await?;
    match standing(service, staff.organisation(), &credential).await? {
        Standing::Holds => {}
        Standing::Unknown => return Err(Refusal::field("", "share-standing-unknown")),
        _ => return Err(Refusal::field("", "share-holds-no-more")),
    }
    review(service, staff, &share, &[(&credential, ShareVerdict::Accepted)]).await?;
    Ok(share.id)
}

/// Takes one not, with a reason.
///
/// # Errors
/// As [`accept`], and [`Refusal::Fields`] where the reason is none.
pub async fn reject(service: &Service, staff: &Staff, id: Uuid, chosen: Chosen<'_>) -> Result<Uuid, Refusal> {
    let (share, credential) = reviewing(service, staff, id).await?;
    let (reason, details) = read(chosen)?;
    review(service, staff, &share, &[(&credential, ShareVerdict::Rejected(reason, details))]).await?;
    Ok(share.id)
}

/// Takes everything in a share that waits and holds. What does not hold goes on waiting.
///
/// # Errors
/// As [`accept`].
pub async fn accept_all(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    staff.demand(Act::ReviewShares)?;
    let share = share(service, staff, id).await?;
    not_own(staff, &share)?;
    session::fresh(service, &staff.person)?;
    let mut hold = Vec::new();
    for credential in service.store.shared_credentials(share.id).await? {
        if credential.waits()
            && standing(service, staff.organisation(), &credential).await? == Standing::Holds
        {
            hold.push(credential);
        }
    }
    if hold.is_empty() {
        return Err(Refusal::field("", "share-nothing-holds"));
    }
    let verdicts: Vec<_> = hold.iter().map(|credential| (credential, ShareVerdict::Accepted)).collect();
    review(service, staff, &share, &verdicts).await
}

/// Which variant of its kind a credential says that it is; nothing where its kind has none.
fn variant(shared: &SharedCredential) -> &'static str {
    let claims: serde_json::Value = serde_json::from_str(&shared.content).unwrap_or_default();
    let said = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
    shared.kind.variant_that_says(said).map_or("", |variant| variant.code)
}

/// What it is in the history of a passport.
pub(super) fn about(shared: &SharedCredential) -> About<'static> {
    shared.credential_id.map_or_else(|| About::Kind(shared.kind, variant(shared)), About::Credential)
}

/// What somebody shared with the trust that it took, uses still, and that holds: each as its kind and variant.
pub(crate) async fn held(
    service: &Service,
    organisation: Uuid,
    account: Uuid,
) -> Result<Vec<(CredentialKind, &'static str)>, Refusal> {
    let mut held = Vec::new();
    let shares = service.store.shares_of(account).await?;
    for share in shares.iter().filter(|share| share.organisation_id == organisation) {
        for credential in service.store.shared_credentials(share.id).await? {
            // What the trust issued itself counts by itself, and no more once it was archived.
            let own = credential.issuer_organisation_id == Some(organisation);
            let counts = credential.accepted_at.is_some() && credential.archived_at.is_none() && !own;
            if !counts || standing(service, organisation, &credential).await? != Standing::Holds {
                continue;
            }
            held.push((credential.kind, variant(&credential)));
        }
    }
    Ok(held)
}

async fn share(service: &Service, staff: &Staff, id: Uuid) -> Result<ListedShare, Refusal> {
    service.store.share_with(staff.organisation(), id).await?.ok_or(Refusal::NotFound)
}

/// A credential that was shared with the trust, and with what.
async fn theirs(
    service: &Service,
    staff: &Staff,
    id: Uuid,
) -> Result<(ListedShare, SharedCredential), Refusal> {
    let of = service.store.share_of(id).await?.ok_or(Refusal::NotFound)?;
    let share = share(service, staff, of).await?;
    let all = service.store.shared_credentials(share.id).await?;
    let credential = all.into_iter().find(|each| each.id == id).ok_or(Refusal::NotFound)?;
    Ok((share, credential))
}

/// As [`theirs`], for a member of staff who may review it and has just proved who they are.
pub(super) async fn reviewing(
    service: &Service,
    staff: &Staff,
    id: Uuid,
) -> Result<(ListedShare, SharedCredential), Refusal> {
    staff.demand(Act::ReviewShares)?;
    let (share, credential) = theirs(service, staff, id).await?;
    not_own(staff, &share)?;
    session::fresh(service, &staff.person)?;
    Ok((share, credential))
}

fn not_own(staff: &Staff, share: &ListedShare) -> Result<(), Refusal> {
    if share.account == staff.id() { Err(Refusal::OwnAccount) } else { Ok(()) }
}

async fn shared(service: &Service, staff: &Staff, credential: SharedCredential) -> Result<Shared, Refusal> {
    let name = match (credential.issuer_organisation_id, credential.trusted_issuer_id) {
        (Some(id), _) => service.store.organisation(id).await?.map(|organisation| organisation.name),
        (None, Some(id)) => service.store.trusted_issuer_name(id).await?,
        (None, None) => None,
    };
    let (reviewer, archiver) =
        (named(service, credential.reviewed_by).await?, named(service, credential.archived_by).await?);
    Ok(Shared {
        standing: standing(service, staff.organisation(), &credential).await?,
        issuer: name.unwrap_or_default(),
        reviewer,
        archiver,
        credential,
    })
}

/// The name of a member of staff.
async fn named(service: &Service, id: Option<Uuid>) -> Result<Option<String>, Refusal> {
    let account = match id {
        Some(id) => service.store.account(id).await?,
        None => None,
    };
    Ok(account.map(|Account { first_name, last_name, .. }| format!("{first_name} {last_name}")))
}

/// How a credential stands: by our own record where an organisation of this installation issued it, and by its issuer's list else.
async fn standing(
    service: &Service,
    organisation: Uuid,
    shared: &SharedCredential,
) -> Result<Standing, Refusal> {
    if let Some(id) = shared.credential_id {
        let credential = service.store.credential(id).await?;
        return Ok(match credential.map(|credential| credential.state(service.today())) {
            Some(CredentialState::Accepted | CredentialState::Archived) => Standing::Holds,
            Some(CredentialState::Expired) => Standing::Expired,
            Some(_) => Standing::Revoked,
            None => Standing::Unknown,
        });
    }
    let believed = service.store.trusted_issuers(organisation).await?;
    let Some(issuer) = believed.iter().find(|issuer| Some(issuer.id) == shared.trusted_issuer_id) else {
        return Ok(Standing::NotBelieved);
    };
    let now = service.clock.now();
    if expired(shared, now) {
        return Ok(Standing::Expired);
    }
    let Some((uri, idx)) = shared.status.clone() else { return Ok(Standing::Unknown) };
    Ok(match elsewhere::holds(service, issuer, &Reference { uri, idx }, now).await? {
        Ok(()) => Standing::Holds,
        Err(Why::StatusUnknown) => Standing::Unknown,
        Err(_) => Standing::Revoked,
    })
}

/// Whether the moment is over that the credential itself names as its end (`exp`, RFC 7519).
fn expired(shared: &SharedCredential, now: Timestamp) -> bool {
    let claims: Option<serde_json::Value> = serde_json::from_str(&shared.content).ok();
    claims.and_then(|claims| claims.get("exp")?.as_i64()).is_some_and(|end| end <= now.as_second())
}

/// Keeps what is said of credentials of one share: all of it or nothing.
async fn review(
    service: &Service,
    staff: &Staff,
    share: &ListedShare,
    verdicts: &[(&SharedCredential, ShareVerdict<'_>)],
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    // Of two who review the last two at once, one finds that nothing waits any more.
    tx.one_at_a_time("share-reviewed", share.id.as_bytes(), now).await?;
    for (credential, verdict) in verdicts {
        if !tx.review_shared(credential.id, *verdict, staff.id(), now).await? {
            return Err(Refusal::field("", "share-reviewed-before"));
        }
        let (what, reason) = match verdict {
            ShareVerdict::Accepted => ("share-accepted", None),
            ShareVerdict::Rejected(reason, _) => ("share-rejected", Some(reason.as_str())),
        };
        let event = NewPassportEvent {
            id: vault::new_id(now, service.random.as_ref()),
            account: share.account,
            what,
            about: about(credential),
            organisation: Some(staff.organisation()),
            by: Some(staff.id()),
            detail: reason,
        };
        tx.add_passport_event(event, now).await?;
        let audited = Event::SharedCredentialReviewed {
            account: share.account,
            share: share.id,
            shared: credential.id,
            organisation: staff.organisation(),
            rejected: reason.map(str::to_owned),
            by: staff.id(),
        };
        tx.audit(audited, now);
    }
    tell_if_whole(service, &mut tx, staff, share, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

async fn tell_if_whole(
    service: &Service,
    tx: &mut Tx,
    staff: &Staff,
    share: &ListedShare,
    now: Timestamp,
) -> Result<(), Refusal> {
    let tally = tx.share_tally(share.id).await?;
    if !tally.is_whole() {
        return Ok(());
    }
    let organisation = &staff.person.organisation;
    let account = tx.account(share.account).await?.ok_or(Refusal::Fault("a share of no account"))?;
    let message = Message::PassportShareReviewed {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        accepted: tally.accepted,
        count: tally.count,
        portal_url: service.address(notify::PORTAL),
        support: service.support(organisation),
    };
    let off = tx.passport_opt_out(account.id).await?;
    notify::tell_owner(service, tx, (&account, organisation), &message, off, now).await
}
