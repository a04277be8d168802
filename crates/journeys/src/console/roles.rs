//! Roles: administrators give and take them within their organisation, by two where the organisation asks so. The last
//! administrator stays, and nobody gives or takes their own.

use crate::console::{Staff, by_staff, person_of, reason};
use crate::{Refusal, Service, session};
use jiff::Timestamp;
use rules::desk::{PROPOSAL_LIFETIME, Reason, is_open};
use rules::email::EmailAddress;
use rules::role::Act;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::organisation::Organisation;
use store::role::{Role, RoleHolder, RoleProposal};
use uuid::Uuid;
use wording::SecurityChange;

/// Giving or taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The person gets the role.
    Give,
    /// The person loses it.
    Take,
}

/// A proposal with the names that a page shows.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// The proposal.
    pub proposal: RoleProposal,
    /// Whose role it is about.
    pub person: Account,
    /// The administrator who made it.
    pub proposer: Account,
}

/// Who has which role, and what waits for a second administrator.
#[derive(Debug, Clone)]
pub struct Roles {
    /// Everybody with a role, by name.
    pub holders: Vec<RoleHolder>,
    /// What waits, the oldest first.
    pub proposed: Vec<Proposed>,
    /// Whether roles are given and taken by two administrators here.
    pub two_administrators: bool,
}

/// What became of giving or taking a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is so from now on.
    Changed,
    /// A second administrator must confirm it.
    Proposed,
    /// It was so already, or waits already.
    Unchanged,
}

/// What an administrator fills in.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The role, as the form names it.
    pub role: &'a str,
    /// Giving or taking.
    pub change: Change,
    /// Why.
    pub reason: &'a str,
}

/// The page of roles.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn show(service: &Service, staff: &Staff) -> Result<Roles, Refusal> {
    staff.demand(Act::SeeRoles)?;
    let after = opened_after(service.clock.now());
    let holders = service.store.role_holders(staff.organisation()).await?;
    let mut proposed = Vec::new();
    for proposal in service.store.role_proposals(staff.organisation(), after).await? {
        let person = service.store.account(proposal.account_id).await?;
        let asked_by = service.store.account(proposal.proposed_by).await?;
        if let (Some(person), Some(proposer)) = (person, asked_by) {
            proposed.push(Proposed { proposal, person, proposer });
        }
    }
    Ok(Roles { holders, proposed, two_administrators: staff.person.policy.two_administrators })
}

fn opened_after(now: Timestamp) -> Timestamp {
    now.checked_sub(PROPOSAL_LIFETIME).unwrap_or(Timestamp::MIN)
}

/// Whether this administrator may change the roles of this person.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`].
pub async fn may_change(service: &Service, staff: &Staff, id: Uuid) -> Result<(Account, Vec<Role>), Refusal> {
    staff.demand(Act::ChangeRoles)?;
    let account = person_of(service, staff, id).await?;
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    let roles = service.store.roles_of(account.id).await?;
    Ok((account, roles))
}

/// Gives or takes a role, or proposes it where two administrators must agree.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`],
/// [`Refusal::Fields`], [`Refusal::LastAdministrator`].
pub async fn change(service: &Service, staff: &Staff, id: Uuid, asked: Asked<'_>) -> Result<Done, Refusal> {
    let (account, _) = may_change(service, staff, id).await?;
    session::fresh(service, &staff.person)?;
    let mut problems = Vec::new();
    let role =
        Role::parse(asked.role).map_err(|_| problems.push(crate::FieldProblem::new("role", "role-empty")));
    let reason = reason(asked.reason).map_err(|problem| problems.push(problem));
    let (Ok(role), Ok(reason)) = (role, reason) else { return Err(Refusal::Fields(problems)) };
    let now = service.clock.now();
    let mut tx = begin(service, staff.organisation(), Some(staff.id())).await?;
    let changing = Changing {
        organisation: &staff.person.organisation,
        by: Some(staff.id()),
        reason: reason.as_str(),
        now,
    };
    let done = if staff.person.policy.two_administrators {
        propose(service, &mut tx, staff, &account, (role, asked.change), &reason, now).await?
    } else {
        apply(service, &mut tx, &account, (role, asked.change), changing).await?
    };
    tx.commit().await?;
    service.written.notify_one();
    Ok(done)
}

/// A transaction in which nobody else changes roles of the organisation, and in which whoever acts is an administrator
/// still: the other one may have been faster.
async fn begin(service: &Service, organisation: Uuid, by: Option<Uuid>) -> Result<Tx, Refusal> {
    let mut tx = service.store.begin().await?;
    tx.lock_roles(organisation).await?;
    if let Some(by) = by
        && !rules::role::may(&tx.roles_of(by).await?, Act::ChangeRoles)
    {
        return Err(Refusal::RoleMissing);
    }
    Ok(tx)
}

async fn propose(
    service: &Service,
    tx: &mut Tx,
    staff: &Staff,
    account: &Account,
    (role, change): (Role, Change),
    reason: &Reason,
    now: Timestamp,
) -> Result<Done, Refusal> {
    let gives = change == Change::Give;
    if tx.roles_of(account.id).await?.contains(&role) == gives {
        return Ok(Done::Unchanged);
    }
    let proposal = RoleProposal {
        id: vault::new_id(now, service.random.as_ref()),
        organisation_id: staff.organisation(),
        account_id: account.id,
        role,
        gives,
        reason: reason.as_str().to_owned(),
        proposed_by: staff.id(),
        proposed_at: now,
        decided_at: None,
    };
    if !tx.propose_role(&proposal, opened_after(now)).await? {
        return Ok(Done::Unchanged);
    }
    let (account, by) = (account.id, staff.id());
    let (role, reason) = (role.as_str().to_owned(), reason.as_str().to_owned());
    tx.audit(
        match change {
            Change::Give => Event::RoleGiftProposed { account, role, by, reason },
            Change::Take => Event::RoleRemovalProposed { account, role, by, reason },
        },
        now,
    );
    Ok(Done::Proposed)
}

/// By whom and why a role changes.
#[derive(Debug, Clone, Copy)]
struct Changing<'a> {
    organisation: &'a Organisation,
    by: Option<Uuid>,
    reason: &'a str,
    now: Timestamp,
}

/// The change itself, with audit, recent activity, and word to the person by every channel.
async fn apply(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    (role, change): (Role, Change),
    changing: Changing<'_>,
) -> Result<Done, Refusal> {
    let Changing { organisation, by, reason, now } = changing;
    let changed = match change {
        Change::Give => tx.give_role(account.id, role, by, now).await?,
        Change::Take => {
            if tx.is_last_administrator(organisation.id, account.id, role).await? {
                return Err(Refusal::LastAdministrator);
            }
            tx.take_role(account.id, role, now).await?
        }
    };
    if !changed {
        return Ok(Done::Unchanged);
    }
    let (name, reason) = (role.as_str().to_owned(), reason.to_owned());
    let (kind, told, event) = match change {
        Change::Give => (
            ActivityKind::RoleGiven,
            SecurityChange::RoleGiven,
            Event::RoleGiven { account: account.id, role: name, by, reason },
        ),
        Change::Take => (
            ActivityKind::RoleTaken,
            SecurityChange::RoleTaken,
            Event::RoleTaken { account: account.id, role: name, by, reason },
        ),
    };
    if change == Change::Give {
        // Whoever has a role is asked for the second factor on every browser.
        tx.forget_devices(account.id).await?;
    }
    service.note(tx, account.id, kind, by_staff(Some(role.as_str())), now).await?;
    service.tell_everywhere(tx, account, organisation, told, &[], now).await?;
    tx.audit(event, now);
    Ok(Done::Changed)
}

/// What a second administrator, or the first one about their own proposal, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The role changes.
    Confirm,
    /// It does not. Whoever made the proposal withdraws it so.
    Decline,
}

/// Confirms or declines a proposal.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::ProposalOver`] after seven days, where somebody was
/// faster, or whoever made it may not any more, [`Refusal::OwnProposal`] where the administrator who made it would confirm it, [`Refusal::OwnAccount`],
/// [`Refusal::LastAdministrator`].
pub async fn decide(service: &Service, staff: &Staff, id: Uuid, decision: Decision) -> Result<Done, Refusal> {
    staff.demand(Act::ChangeRoles)?;
    session::fresh(service, &staff.person)?;
    let now = service.clock.now();
    let proposal = service
        .store
        .role_proposal(id)
        .await?
        .filter(|proposal| proposal.organisation_id == staff.organisation())
        .filter(|proposal| proposal.decided_at.is_none() && is_open(proposal.proposed_at, now))
        .ok_or(Refusal::ProposalOver)?;
    let account = person_of(service, staff, proposal.account_id).await?;
    if decision == Decision::Confirm && proposal.proposed_by == staff.id() {
        return Err(Refusal::OwnProposal);
    }
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    let mut tx = begin(service, staff.organisation(), Some(staff.id())).await?;
    // Two must agree: what somebody proposed who may change no roles now is the word of one.
    if decision == Decision::Confirm
        && !rules::role::may(&tx.roles_of(proposal.proposed_by).await?, Act::ChangeRoles)
    {
        return Err(Refusal::ProposalOver);
    }
    if !tx.decide_role_proposal(id, staff.id(), decision == Decision::Confirm, now).await? {
        return Err(Refusal::ProposalOver);
    }
    let done = match decision {
        Decision::Confirm => {
            let change = if proposal.gives { Change::Give } else { Change::Take };
            let changing = Changing {
                organisation: &staff.person.organisation,
                by: Some(staff.id()),
                reason: &proposal.reason,
                now,
            };
            apply(service, &mut tx, &account, (proposal.role, change), changing).await?
        }
        Decision::Decline => {
            let role = proposal.role.as_str().to_owned();
            tx.audit(Event::RoleProposalDeclined { account: account.id, role, by: staff.id() }, now);
            Done::Unchanged
        }
    };
    tx.commit().await?;
    service.written.notify_one();
    Ok(done)
}

/// Gives or takes a role at the command line, where an organisation's first administrator comes from.
///
/// # Errors
/// [`Refusal::NotFound`] where nobody of the organisation has the address, [`Refusal::LastAdministrator`].
pub async fn at_the_command_line(
    service: &Service,
    organisation: &Organisation,
    email: &str,
    role: Role,
    change: Change,
) -> Result<Done, Refusal> {
    let email = EmailAddress::parse(email).map_err(|_| Refusal::NotFound)?;
    let id = service.store.account_by_email(email.as_str()).await?.ok_or(Refusal::NotFound)?;
    let account = service
        .store
        .account(id)
        .await?
        .filter(|account| account.organisation_id == organisation.id)
        .ok_or(Refusal::NotFound)?;
    let now = service.clock.now();
    let mut tx = begin(service, organisation.id, None).await?;
    let changing = Changing { organisation, by: None, reason: "command line", now };
    let done = apply(service, &mut tx, &account, (role, change), changing).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(done)
}
