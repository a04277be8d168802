//! What somebody's job role requires of their passport, and how far they have come (guide 000): for them, and for the trust.

use crate::console::shares;
use crate::session::Person;
use crate::{Refusal, Service};
use rules::passport::{CredentialKind, CredentialState, PassportStanding, Progress};
use std::time::Duration;
use store::credential::Credential;
use store::job_role::HeldJobRole;
use tokio::time::timeout;
use uuid::Uuid;

/// A page waits so long in all for issuers elsewhere to say whether what was shared still holds. What could not be found out by then does
/// not count this time, as where they do not say it at all.
const ASKED_ELSEWHERE: Duration = Duration::from_secs(10);

/// What somebody's job role requires, and how far their passport has come.
#[derive(Debug)]
pub struct Requirement {
    /// The job role.
    pub held: HeldJobRole,
    /// What is there, and what is not.
    pub progress: Progress,
}

impl Requirement {
    /// How the passport stands.
    pub fn standing(&self) -> PassportStanding {
        self.progress.standing(self.held.bypass.as_ref().map_or(&[], |bypass| &bypass.covers))
    }
}

/// What an organisation requires of somebody; none where they have no job role in it. What it provided itself counts once it is in their
/// wallet (`accepted`, each as its kind and variant), and what they shared once it was taken; while it holds.
pub(crate) async fn required(
    service: &Service,
    organisation: Uuid,
    account: Uuid,
    accepted: impl Iterator<Item = (CredentialKind, &str)>,
) -> Result<Option<Requirement>, Refusal> {
    let Some(held) = service.store.job_role_held(organisation, account).await? else { return Ok(None) };
    let asked = timeout(ASKED_ELSEWHERE, shares::held(service, organisation, account)).await;
    let shared: Vec<(CredentialKind, &str)> = asked.unwrap_or_else(|_| Ok(Vec::new()))?;
    let progress = Progress::of(held.requires.iter().copied(), accepted.chain(shared));
    Ok(Some(Requirement { held, progress }))
}

/// What is required of a person, by the organisation that does: their own, and others that they shared with. `all` is what they have.
///
/// # Errors
/// Where the database fails.
pub async fn of_owner(
    service: &Service,
    person: &Person,
    all: &[Credential],
) -> Result<Vec<(Uuid, Requirement)>, Refusal> {
    let (account, today) = (person.account.id, service.today());
    let mut found = Vec::new();
    for organisation in service.store.organisations_with_job_role(account).await? {
        let accepted = all.iter().filter(|each| {
            each.organisation_id == organisation && each.state(today) == CredentialState::Accepted
        });
        let accepted = accepted.map(|each| (each.kind, each.variant.as_str()));
        if let Some(requirement) = required(service, organisation, account, accepted).await? {
            found.push((organisation, requirement));
        }
    }
    Ok(found)
}
