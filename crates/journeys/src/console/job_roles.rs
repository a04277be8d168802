//! What a trust requires of its people's passports: job roles with the credentials that each requires, who has which, how far they have
//! come, and that somebody need not have the rest (guide 000).

use super::{Staff, person_of};
use crate::passport::job_role_by_record::GIVEN;
use crate::passport::requirement::{self, Requirement};
use crate::{FieldProblem, Refusal, Service, session};
use rules::passport::{
    CredentialState, CredentialType, LONGEST_BYPASS_REASON, LONGEST_JOB_ROLE, MOST_JOB_ROLES,
    PassportStanding,
};
use rules::role::Act;
use store::Tx;
use store::account::Account;
use store::audit::Event;
use store::credential_list::ListedCredential;
use store::job_role::{JobRole, JobRoleSaved, NewBypass};
use store::job_role_by_record::ByRecord;
use store::passport_event::{About, NewPassportEvent};
use uuid::Uuid;

/// The job roles of the trust, by name.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn list(service: &Service, staff: &Staff) -> Result<Vec<JobRole>, Refusal> {
    staff.demand(Act::SeePassports)?;
    Ok(service.store.job_roles(staff.organisation()).await?)
}

/// One of them.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`].
pub async fn one(service: &Service, staff: &Staff, id: Uuid) -> Result<JobRole, Refusal> {
    staff.demand(Act::SeePassports)?;
    service.store.job_role(staff.organisation(), id).await?.ok_or(Refusal::NotFound)
}

/// Which job role is saved.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// A new one: the number of its form, under which what is sent twice is done once.
    New(Uuid),
    /// One that there is.
    Known(Uuid),
}

/// Saves a job role: its name, and the codes of the types that it requires.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::NotFound`], [`Refusal::Fields`].
pub async fn save(
    service: &Service,
    staff: &Staff,
    which: Which,
    name: &str,
    codes: &[String],
) -> Result<(), Refusal> {
    staff.demand(Act::SetRequirements)?;
    session::fresh(service, &staff.person)?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let requires: Vec<_> =
        CredentialType::all().filter(|each| codes.iter().any(|code| code == each.code())).collect();
    let mut problems = Vec::new();
    match name.chars().count() {
        0 => problems.push(FieldProblem::new("name", "job-role-name-empty")),
        1..=LONGEST_JOB_ROLE if !name.chars().any(char::is_control) => {}
        _ => problems
            .push(FieldProblem::new("name", "job-role-name-malformed").with("most", &LONGEST_JOB_ROLE)),
    }
    if requires.is_empty() {
        problems.push(FieldProblem::new("requires", "job-role-requires-empty"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let (id, known) = match which {
        Which::New(id) => (id, false),
        Which::Known(id) => (id, true),
    };
    let mut tx = service.store.begin().await?;
    match tx.save_job_role(organisation, (id, known), &name, &requires, now).await? {
        JobRoleSaved::Done => {}
        JobRoleSaved::NameTaken => return Err(Refusal::field("name", "job-role-name-taken")),
        JobRoleSaved::TooMany => {
            let problem = FieldProblem::new("name", "job-role-too-many").with("most", &MOST_JOB_ROLES);
            return Err(Refusal::Fields(vec![problem]));
        }
        JobRoleSaved::Unknown => return Err(Refusal::NotFound),
        JobRoleSaved::SentBefore => return Err(Refusal::field("", "form-sent-before")),
    }
    let count = u32::try_from(requires.len()).unwrap_or(u32::MAX);
    tx.audit(Event::JobRoleSaved { organisation, job_role: id, required: count, by: staff.id() }, now);
    tx.commit().await?;
    Ok(())
}

/// Deletes a job role that nobody has.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::NotFound`], [`Refusal::Fields`] where somebody has it.
pub async fn delete(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    staff.demand(Act::SetRequirements)?;
    session::fresh(service, &staff.person)?;
    one(service, staff, id).await?;
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let mut tx = service.store.begin().await?;
    if !tx.delete_job_role(organisation, id).await? {
        return Err(Refusal::field("", "job-role-in-use"));
    }
    tx.audit(Event::JobRoleDeleted { organisation, job_role: id, by: staff.id() }, now);
    tx.commit().await?;
    Ok(())
}

/// What the trust requires of somebody to whom it has provided these; none where they have no job role in it.
pub(super) async fn required(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    provided: &[ListedCredential],
) -> Result<Option<Requirement>, Refusal> {
    let today = service.today();
    let own = provided.iter().filter(|each| each.state(today) == CredentialState::Accepted);
    let own = own.map(|each| (each.kind, each.variant.as_str()));
    requirement::required(service, staff.organisation(), account, own).await
}

/// Somebody to whom the trust can give a job role.
#[derive(Debug)]
pub struct Subject {
    /// Who.
    pub account: Account,
    /// What they shared last with the trust, where they are not one of its people.
    pub share: Option<Uuid>,
    /// What is required of them.
    pub requirement: Option<Requirement>,
}

/// Somebody to whom the trust can give a job role: one of its people, or somebody who shared with it.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`].
pub async fn whose(service: &Service, staff: &Staff, account: Uuid) -> Result<Subject, Refusal> {
    staff.demand(Act::SeePassports)?;
    let (account, share) = match person_of(service, staff, account).await {
        Err(Refusal::NotFound) => {
            // The newest comes first.
            let shares = service.store.shares_of(account).await?;
            let share = shares.iter().find(|share| share.organisation_id == staff.organisation());
            let share = share.ok_or(Refusal::NotFound)?.id;
            (service.store.account(account).await?.ok_or(Refusal::NotFound)?, Some(share))
        }
        found => (found?, None),
    };
    let provided = service.store.credentials_listed(staff.organisation(), Some(account.id)).await?;
    let requirement = required(service, staff, account.id, &provided).await?;
    Ok(Subject { account, share, requirement })
}

/// As [`whose`], by somebody who may do it and has just proved who they are.
async fn doing(service: &Service, staff: &Staff, act: Act, account: Uuid) -> Result<Subject, Refusal> {
    staff.demand(act)?;
    let subject = whose(service, staff, account).await?;
    if subject.account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    session::fresh(service, &staff.person)?;
    Ok(subject)
}

/// Gives somebody a job role, or none. What was bypassed for the one before is not any more.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where there is
/// no such job role.
pub async fn give(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    job_role: Option<Uuid>,
) -> Result<(), Refusal> {
    let Subject { account, requirement, .. } = doing(service, staff, Act::GiveJobRoles, account).await?;
    let before = requirement.map(|before| before.held);
    if before.as_ref().map(|before| before.job_role) == job_role {
        return Ok(());
    }
    // What is kept is the name: a job role can be renamed, and deleted once nobody has it.
    let (what, name) = match (job_role, before) {
        (Some(id), _) => {
            let new = service.store.job_role(staff.organisation(), id).await?;
            (GIVEN, new.ok_or_else(|| Refusal::field("job_role", "job-role-unknown"))?.name)
        }
        (None, Some(before)) => ("job-role-ended", before.name),
        (None, None) => return Ok(()),
    };
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let id = vault::new_id(now, service.random.as_ref());
    let mut tx = service.store.begin().await?;
    if !tx.give_job_role(id, organisation, account.id, job_role, staff.id(), now).await? {
        return Err(Refusal::field("job_role", "job-role-unknown"));
    }
    note(service, &mut tx, staff, (account.id, &name), what).await?;
    tx.audit(Event::JobRoleGiven { account: account.id, organisation, job_role, by: Some(staff.id()) }, now);
    tx.commit().await?;
    Ok(())
}

fn by_record<'a>(staff: &Staff, role: &'a JobRole) -> ByRecord<'a> {
    ByRecord { organisation: staff.organisation(), job_role: role.id, name: &role.name, by: staff.id() }
}

/// A job role, and how many people [`give_to_named`] would give it to: whom the employer's list names as having it, who have an account and
/// no job role. Whoever asks is not counted.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`].
pub async fn named(service: &Service, staff: &Staff, id: Uuid) -> Result<(JobRole, u64), Refusal> {
    staff.demand(Act::GiveJobRoles)?;
    let role = one(service, staff, id).await?;
    let people = service.store.named_by_record(by_record(staff, &role)).await?;
    Ok((role, people))
}

/// Gives a job role to all of them, a stretch of people in each transaction: cut off, it is begun again and goes on where it was.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::ProofNeeded`].
pub async fn give_to_named(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    staff.demand(Act::GiveJobRoles)?;
    session::fresh(service, &staff.person)?;
    let role = one(service, staff, id).await?;
    let (organisation, job_role, by) = (staff.organisation(), role.id, staff.id());
    let mut after = Some(Uuid::nil());
    while let Some(entry) = after {
        let now = service.clock.now();
        let mut tx = service.store.begin().await?;
        let given = tx.give_job_role_to_named(by_record(staff, &role), entry, GIVEN, now).await?;
        if given.people > 0 {
            tx.audit(Event::JobRoleGivenToNamed { organisation, job_role, people: given.people, by }, now);
        }
        tx.commit().await?;
        after = given.after;
    }
    Ok(())
}

/// Says that what is missing need not be there, and why: the passport is active.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`] where they have no job role, [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`],
/// [`Refusal::Fields`] where nothing is missing or no reason is given.
pub async fn bypass(service: &Service, staff: &Staff, account: Uuid, reason: &str) -> Result<(), Refusal> {
    let Subject { account, requirement, .. } = doing(service, staff, Act::SetRequirements, account).await?;
    let requirement = requirement.ok_or(Refusal::NotFound)?;
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match reason.chars().count() {
        0 => return Err(Refusal::field("reason", "bypass-reason-empty")),
        1..=LONGEST_BYPASS_REASON => {}
        _ => {
            let problem = FieldProblem::new("reason", "bypass-reason-too-long");
            return Err(Refusal::Fields(vec![problem.with("most", &LONGEST_BYPASS_REASON)]));
        }
    }
    if requirement.standing() != PassportStanding::Pending {
        return Err(Refusal::field("", "bypass-not-now"));
    }
    let (covers, held) = (&requirement.progress.missing, &requirement.held);
    let instead_of = held.bypass.as_ref().map(|bypass| bypass.at);
    let new = NewBypass { held: held.id, instead_of, covers, reason: &reason };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.bypass_requirements(new, staff.id(), now).await? {
        // A colleague was faster.
        return Err(Refusal::field("", "bypass-not-now"));
    }
    let missing = u32::try_from(covers.len()).unwrap_or(u32::MAX);
    said(service, tx, staff, (account.id, &held.name), Some(missing)).await
}

/// Says that what is missing must be there, again.
///
/// # Errors
/// As [`bypass`].
pub async fn require(service: &Service, staff: &Staff, account: Uuid) -> Result<(), Refusal> {
    let Subject { account, requirement, .. } = doing(service, staff, Act::SetRequirements, account).await?;
    let requirement = requirement.ok_or(Refusal::NotFound)?;
    let mut tx = service.store.begin().await?;
    if !tx.require_again(requirement.held.id).await? {
        return Err(Refusal::field("", "bypass-not-now"));
    }
    said(service, tx, staff, (account.id, &requirement.held.name), None).await
}

/// Keeps what was said of what is missing: so much is bypassed, or nothing any more.
async fn said(
    service: &Service,
    mut tx: Tx,
    staff: &Staff,
    (account, job_role): (Uuid, &str),
    missing: Option<u32>,
) -> Result<(), Refusal> {
    let what = if missing.is_some() { "bypassed" } else { "bypass-ended" };
    note(service, &mut tx, staff, (account, job_role), what).await?;
    let organisation = staff.organisation();
    let audited = Event::RequirementsBypassed { account, organisation, missing, by: staff.id() };
    tx.audit(audited, service.clock.now());
    tx.commit().await?;
    Ok(())
}

async fn note(
    service: &Service,
    tx: &mut Tx,
    staff: &Staff,
    (account, job_role): (Uuid, &str),
    what: &str,
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account,
        what,
        about: About::JobRole(job_role),
        organisation: Some(staff.organisation()),
        by: Some(staff.id()),
        detail: None,
    };
    Ok(tx.add_passport_event(event, now).await?)
}
