//! Staff passports, as the trust looks after them: what it provided to its people, what became of it, and what they rejected. It sees
//! what it provided itself, and nothing that another trust did.

use super::find::count_look;
use super::job_roles;
use super::{Staff, person_of};
use crate::passport::rejections::{self, Mark, Marked, Marking};
use crate::passport::requirement::Requirement;
use crate::passport::withdraw::{Ended, Ending, revoked, withdrawn};
use crate::{Refusal, Service, session};
use rules::passport::{CredentialState, RevokeReason, TrustEnds, WithdrawReason};
use rules::role::Act;
use store::account::Account;
use store::credential::Credential;
use store::credential_list::ListedCredential;
use store::passport_event::PassportEvent;
use uuid::Uuid;

/// So much of what happened is shown with a passport.
const HAPPENINGS: u32 = 20;

/// How many people of the trust rejected something that nobody has looked into.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn open_rejections(service: &Service, staff: &Staff) -> Result<u64, Refusal> {
    staff.demand(Act::SeePassports)?;
    Ok(service.store.people_with_open_rejections(staff.organisation()).await?)
}

/// Somebody's passport, as far as it is the trust's.
#[derive(Debug)]
pub struct Passport {
    /// Whose it is.
    pub account: Account,
    /// What the trust provided, the oldest first.
    pub credentials: Vec<ListedCredential>,
    /// What the trust requires of it; none where they have no job role.
    pub requirement: Option<Requirement>,
    /// What happened to it, the newest first.
    pub happenings: Vec<PassportEvent>,
}

/// Looks at somebody's passport, which is recorded.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`] where they are nobody of the trust, [`Refusal::TooManyLookups`].
pub async fn see(service: &Service, staff: &Staff, account: Uuid) -> Result<Passport, Refusal> {
    staff.demand(Act::SeePassports)?;
    let account = person_of(service, staff, account).await?;
    count_look(service, staff, account.id, service.clock.now()).await?;
    let credentials = service.store.credentials_listed(staff.organisation(), Some(account.id)).await?;
    let requirement = job_roles::required(service, staff, account.id, &credentials).await?;
    let happenings = service.store.passport_events_of(account.id, staff.organisation(), HAPPENINGS).await?;
    Ok(Passport { account, credentials, requirement, happenings })
}

/// Looks at one credential that the trust provided, which is recorded as a look at its owner.
///
/// # Errors
/// Those of [`see`].
pub async fn one(service: &Service, staff: &Staff, id: Uuid) -> Result<(Account, Credential), Refusal> {
    staff.demand(Act::SeePassports)?;
    let (account, credential) = theirs(service, staff, id).await?;
    count_look(service, staff, account.id, service.clock.now()).await?;
    Ok((account, credential))
}

/// A credential that the trust provided to one of its people, and whose it is.
pub(super) async fn theirs(
    service: &Service,
    staff: &Staff,
    id: Uuid,
) -> Result<(Account, Credential), Refusal> {
    let found = service.store.credential(id).await?;
    let credential = found
        .filter(|credential| credential.organisation_id == staff.organisation())
        .ok_or(Refusal::NotFound)?;
    Ok((person_of(service, staff, credential.account_id).await?, credential))
}

/// Ends a credential: takes it back where its owner has not accepted it, and revokes it where they have. `reason` is the name of one that
/// is for that.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where the reason
/// is none of those or the credential stands otherwise meanwhile.
pub async fn end(
    service: &Service,
    staff: &Staff,
    id: Uuid,
    reason: &str,
) -> Result<CredentialState, Refusal> {
    staff.demand(Act::EndCredentials)?;
    let (account, credential) = theirs(service, staff, id).await?;
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    session::fresh(service, &staff.person)?;
    let organisation = &staff.person.organisation;
    let ending = Ending { organisation, client: None, by: Some(staff.id()) };
    let problem = |key| Refusal::field("reason", key);
    let (ended, state) = match credential.moments.trust_ends() {
        Some(TrustEnds::ByWithdrawing) => {
            let reason = WithdrawReason::parse(reason).ok_or_else(|| problem("end-no-reason"))?;
            (withdrawn(service, ending, id, reason).await?, CredentialState::Withdrawn)
        }
        Some(TrustEnds::ByRevoking) => {
            let reason = RevokeReason::parse(reason).ok_or_else(|| problem("end-no-reason"))?;
            (revoked(service, ending, id, reason).await?, CredentialState::Revoked)
        }
        None => return Err(problem("end-not-now")),
    };
    match ended {
        Ended::Done => Ok(state),
        // Its owner was faster, or another member of staff.
        Ended::NotNow => Err(problem("end-not-now")),
        Ended::Unknown => Err(Refusal::NotFound),
    }
}

/// What people rejected, after the credential `after`; with what is resolved, where `resolved`.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn rejected(
    service: &Service,
    staff: &Staff,
    resolved: bool,
    after: Option<Uuid>,
) -> Result<rejections::Page, Refusal> {
    staff.demand(Act::SeePassports)?;
    rejections::list(service, &staff.person.organisation, resolved, after).await
}

/// Says that a rejection is resolved, or open again. Said twice it counts once.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`].
pub async fn mark(service: &Service, staff: &Staff, id: Uuid, mark: Mark) -> Result<(), Refusal> {
    staff.demand(Act::ResolveRejections)?;
    let (account, _) = theirs(service, staff, id).await?;
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    session::fresh(service, &staff.person)?;
    let organisation = &staff.person.organisation;
    let marking = Marking { organisation, client: None, by: Some(staff.id()) };
    match rejections::marked(service, marking, id, mark).await? {
        Marked::Done | Marked::Before => Ok(()),
        Marked::NotRejected | Marked::Unknown => Err(Refusal::NotFound),
    }
}
