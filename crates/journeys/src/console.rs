//! The console: what people with a role do for those who have none, within their own organisation.
//!
//! Whoever has no role is told that there is no such page. The console opens for a session in which a second factor was
//! proved, whether the browser is remembered or not; every act asks for a proof of the last minutes. Nobody acts on their
//! own account, and people of other organisations are not found.

pub mod archive;
pub mod audit;
pub mod caller;
pub mod dashboard;
pub mod deliveries;
pub mod find;
pub mod help;
pub mod invitations;
pub mod job_roles;
pub mod number;
pub mod passports;
pub mod provide;
pub mod reminders;
pub mod reports;
pub mod roles;
pub mod see;
pub mod settings;
pub mod shares;
pub mod staff_records;
pub mod teams;
pub mod wallet_sessions;

use crate::session::{self, Person};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service, Visitor};
use rules::desk::{Reason, ReasonProblem};
use rules::role::{Act, helping, may};
use store::account::Account;
use uuid::Uuid;

/// Somebody with a role, who is signed in and has proved a second factor. Only [`enter`] makes one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Staff {
    /// Who it is.
    pub person: Person,
}

impl Staff {
    /// Whether one of their roles may do it.
    pub fn may(&self, act: Act) -> bool {
        may(&self.person.roles, act)
    }

    /// As [`Staff::may`].
    ///
    /// # Errors
    /// [`Refusal::RoleMissing`] where none of their roles may do it.
    pub fn demand(&self, act: Act) -> Result<(), Refusal> {
        if self.may(act) { Ok(()) } else { Err(Refusal::RoleMissing) }
    }

    /// Their account's id.
    pub fn id(&self) -> Uuid {
        self.person.account.id
    }

    /// Their employer's id.
    pub fn organisation(&self) -> Uuid {
        self.person.organisation.id
    }
}

/// Opens the console for a person who is signed in.
///
/// # Errors
/// [`Refusal::NotFound`] where they have no role, [`Refusal::ProofNeeded`] where no second factor was proved in this session.
pub fn enter(person: Person) -> Result<Staff, Refusal> {
    if person.roles.is_empty() {
        return Err(Refusal::NotFound);
    }
    if person.session.proved_at.is_none() {
        return Err(Refusal::ProofNeeded);
    }
    Ok(Staff { person })
}

/// The person of the organisation with this id.
///
/// # Errors
/// [`Refusal::NotFound`] where there is none, or they are another organisation's.
pub async fn person_of(service: &Service, staff: &Staff, id: Uuid) -> Result<Account, Refusal> {
    match service.store.account(id).await? {
        Some(account) if account.organisation_id == staff.organisation() => Ok(account),
        _ => Err(Refusal::NotFound),
    }
}

/// Whether this member of staff may help this person at all.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::RoleMissing`], [`Refusal::RoleHolder`].
pub async fn may_help(service: &Service, staff: &Staff, id: Uuid) -> Result<Account, Refusal> {
    let account = person_of(service, staff, id).await?;
    if account.id == staff.id() {
        return Err(Refusal::OwnAccount);
    }
    let needed = helping(&service.store.roles_of(account.id).await?);
    match (needed, staff.may(needed)) {
        (_, true) => Ok(account),
        (Act::HelpRoleHolders, false) if staff.may(Act::HelpPeople) => Err(Refusal::RoleHolder),
        _ => Err(Refusal::RoleMissing),
    }
}

/// As [`may_help`], by somebody who has just proved who they are.
///
/// # Errors
/// Those of [`may_help`], [`Refusal::ProofNeeded`].
pub(crate) async fn begin_act(service: &Service, staff: &Staff, id: Uuid) -> Result<Account, Refusal> {
    let account = may_help(service, staff, id).await?;
    session::fresh(service, &staff.person)?;
    Ok(account)
}

/// As [`begin_act`], for what weakens the security of the account: it takes being sure who is calling, too.
///
/// # Errors
/// Those of [`begin_act`], [`Refusal::CallerNotChecked`].
pub(crate) async fn begin_weakening(service: &Service, staff: &Staff, id: Uuid) -> Result<Account, Refusal> {
    let account = begin_act(service, staff, id).await?;
    must_be_sure(service, staff, account.id).await?;
    Ok(account)
}

/// Whether this member of staff is sure enough of a person for what weakens the security of the account.
///
/// # Errors
/// [`Refusal::CallerNotChecked`] where they are not.
pub async fn must_be_sure(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    match caller::checked_until(service, staff, id).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::CallerNotChecked { account: id }),
    }
}

/// Reads the reason that every act takes.
pub(crate) fn reason(typed: &str) -> Result<Reason, FieldProblem> {
    Reason::parse(typed).map_err(|problem| match problem {
        ReasonProblem::Empty => FieldProblem::new("reason", "reason-empty"),
        ReasonProblem::TooShort => FieldProblem::new("reason", "reason-too-short"),
        ReasonProblem::TooLong => FieldProblem::new("reason", "reason-too-long"),
    })
}

/// What the person is shown of an act by staff: where the member of staff sits is nothing for them.
pub(crate) fn by_staff(detail: Option<&str>) -> About<'_> {
    About { detail, by_staff: true, ..About::default() }
}

/// Reads the id in an address of the console.
///
/// # Errors
/// [`Refusal::NotFound`] where it is none.
pub fn id(text: &str) -> Result<Uuid, Refusal> {
    Uuid::parse_str(text).map_err(|_| Refusal::NotFound)
}

/// Who acts, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Acting<'a> {
    /// Somebody with a role.
    pub staff: &'a Staff,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}
