//! A trust invites people to a staff passport, sees who has followed, and says whose identity it has confirmed (guide 000; whoever
//! issues a credential about somebody knows who that is).
//!
//! Whoever is invited is on the employer's list from then on, and registers like everybody else. What they told there is what the trust
//! compares with what it knows.

pub mod many;

use super::Staff;
use super::find::count_look;
use super::provide::{self, Asked};
use crate::codes::Destination;
use crate::deliver::GIVE_UP_AFTER;
use crate::notices::Concerning;
use crate::{FieldProblem, Refusal, Service, session};
use jiff::{SignedDuration, Timestamp};
use rules::limits::Limit;
use rules::passport::{CredentialType, DeclineReason, IdentityCheck, InvitationFilter, InvitationState};
use rules::role::Act;
use rules::roster::{COLUMNS, RosterFields, RosterRow};
use rules::typed_day::typed_day;
use std::fmt;
use store::Tx;
use store::audit::Event;
use store::invitation::{Invitation, Invited, Judgement, NewInvitation};
use store::limits::Allowance;
use store::organisation::Organisation;
use store::outbox::Channel;
use uuid::Uuid;
use wording::Message;

/// The type that says who somebody is.
pub const IDENTITY: &str = "identity";

/// So many invitations stand on one page.
const PER_PAGE: u32 = 50;

/// So often does a trust send an invitation to one address in a day: the same again, or a new one after that was deleted.
const SENT: Limit = Limit { name: "invitation-sent", at_most: 3, within: SignedDuration::from_hours(24) };

/// Somebody to be invited, as it was typed.
#[derive(Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields of the form")]
pub struct Person<'a> {
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub day: &'a str,
    pub month: &'a str,
    pub year: &'a str,
    pub email: &'a str,
    pub phone: &'a str,
    pub staff_group: &'a str,
    pub job_role: &'a str,
    pub employment_type: &'a str,
    pub employment_status: &'a str,
    pub esr_number: &'a str,
}

impl fmt::Debug for Person<'_> {
    /// Says nothing of who it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").finish_non_exhaustive()
    }
}

/// The field of a form for each column of the employer's list.
const FIELDS: [&str; COLUMNS.len()] = [
    "first_name",
    "last_name",
    "birth",
    "email",
    "phone",
    "staff_group",
    "job_role",
    "employment_type",
    "employment_status",
    "esr_number",
    "user_type",
];

/// The texts about what is wrong with each column of the employer's list.
const WRONG: [&str; COLUMNS.len()] = [
    "row-first-name",
    "row-last-name",
    "row-date-of-birth",
    "row-email",
    "row-phone",
    "row-staff-group",
    "row-job-role",
    "row-employment-type",
    "row-employment-status",
    "row-esr-number",
    "row-user-type",
];

/// The text about what is wrong with a column.
fn wrong(column: &str) -> (&'static str, &'static str) {
    let at = COLUMNS.iter().position(|each| *each == column).unwrap_or_default();
    (FIELDS[at], WRONG[at])
}

/// Why somebody cannot be invited, as a problem with a field; none where they can.
fn refused(invited: Invited) -> Option<(&'static str, &'static str)> {
    match invited {
        Invited::Done => None,
        Invited::EmailInvited => Some(("email", "invite-email-invited")),
        Invited::PhoneInvited => Some(("phone", "invite-phone-invited")),
        Invited::AnotherPerson => Some(("email", "invite-another-person")),
        Invited::NumberTaken => Some(("esr_number", "invite-number-taken")),
        Invited::Left => Some(("email", "invite-left")),
        Invited::NotStaff => Some(("user_type", "invite-not-staff")),
    }
}

/// Invites one person. Answers the invitation.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn invite(service: &Service, staff: &Staff, person: Person<'_>) -> Result<Uuid, Refusal> {
    staff.demand(Act::InvitePeople)?;
    session::fresh(service, &staff.person)?;
    let row = read(service, staff, person)?;
    let now = service.clock.now();
    let id = vault::new_id(now, service.random.as_ref());
    let organisation = &staff.person.organisation;
    let mut tx = service.store.begin().await?;
    let new = NewInvitation { id, organisation: organisation.id, row: &row, batch: None, by: staff.id() };
    if let Some((field, key)) = refused(tx.invite(new, now).await?) {
        return Err(Refusal::field(field, key));
    }
    if !may_send(service, &mut tx, organisation.id, row.email.as_str(), now).await? {
        return Err(Refusal::field("email", "invite-sent-too-often"));
    }
    tx.audit(Event::PersonInvited { organisation: organisation.id, invitation: id, by: staff.id() }, now);
    write(service, &mut tx, organisation, row.email.as_str(), now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(id)
}

fn read(service: &Service, staff: &Staff, person: Person<'_>) -> Result<RosterRow, Refusal> {
    let typed = [person.day, person.month, person.year];
    let born = match typed_day(person.day, person.month, person.year) {
        Some(day) => day.to_string(),
        // What is no day is not read as one further on, either.
        None => typed.concat(),
    };
    let fields = RosterFields {
        first_name: person.first_name,
        last_name: person.last_name,
        date_of_birth: &born,
        email: person.email,
        phone: person.phone,
        staff_group: person.staff_group,
        job_role: person.job_role,
        employment_type: person.employment_type,
        employment_status: person.employment_status,
        esr_number: person.esr_number,
        user_type: "",
    };
    RosterRow::parse(&fields, service.today(), staff.person.policy.phones).map_err(|problems| {
        let problem = |column| {
            let (field, key) = wrong(column);
            FieldProblem::new(field, key)
        };
        Refusal::Fields(problems.iter().map(|each| problem(each.column)).collect())
    })
}

/// Takes one of the day's invitations to an address. Answers false where there have been as many as there may be.
async fn may_send(
    service: &Service,
    tx: &mut Tx,
    organisation: Uuid,
    email: &str,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let to = service.keys.keyed_hash("invitation-sent", &[organisation.as_bytes(), email.as_bytes()]);
    Ok(tx.take(&SENT, &to, now).await? == Allowance::Granted)
}

/// Writes the invitation to an address.
async fn write(
    service: &Service,
    tx: &mut Tx,
    organisation: &Organisation,
    email: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let message = Message::PassportInvitation {
        service: service.settings.service_name.clone(),
        organisation: organisation.name.clone(),
        start_url: service.address(START),
        portal_url: service.address(crate::passport::notify::PORTAL),
        support: service.support(organisation),
    };
    let concerning = Concerning { subject: None, account: None, organisation: Some(organisation.id) };
    let to = Destination { channel: Channel::Email, to: email };
    let id = vault::new_id(now, service.random.as_ref());
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    Ok(service.write_message(tx, concerning, id, to, message, give_up_at, now).await?)
}

/// Where somebody without an account begins.
const START: &str = "/";

/// Of how many people who were invited the identity is to be checked.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn to_judge(service: &Service, staff: &Staff) -> Result<u64, Refusal> {
    staff.demand(Act::SeePassports)?;
    Ok(service.store.invitations_to_judge(staff.organisation()).await?)
}

/// A page of invitations.
#[derive(Debug, Clone)]
pub struct Page {
    /// The newest first.
    pub invitations: Vec<Invitation>,
    /// The invitation before which the next page begins; none where this is the last.
    pub next: Option<Uuid>,
}

/// These invitations of the trust before the one `before`.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn list(
    service: &Service,
    staff: &Staff,
    which: InvitationFilter,
    before: Option<Uuid>,
) -> Result<Page, Refusal> {
    staff.demand(Act::SeePassports)?;
    let before = before.unwrap_or(Uuid::max());
    let mut invitations =
        service.store.invitations(staff.organisation(), which, before, PER_PAGE + 1).await?;
    let more = invitations.len() > PER_PAGE as usize;
    invitations.truncate(PER_PAGE as usize);
    let next = invitations.last().filter(|_| more).map(|last| last.id);
    Ok(Page { invitations, next })
}

/// Looks at an invitation, which is recorded where the person has an account. Answers the name of whoever said what there is to say of it,
/// too.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::TooManyLookups`].
pub async fn see(
    service: &Service,
    staff: &Staff,
    id: Uuid,
) -> Result<(Invitation, Option<String>), Refusal> {
    staff.demand(Act::SeePassports)?;
    let invitation = theirs(service, staff, id).await?;
    if let Some(account) = invitation.account {
        count_look(service, staff, account, service.clock.now()).await?;
    }
    let judge = match invitation.judged_by {
        Some(id) => service.store.account(id).await?,
        None => None,
    };
    let name = judge.map(|account| format!("{} {}", account.first_name, account.last_name));
    Ok((invitation, name))
}

/// Whether the identity credential is to be provided to somebody now: who they are is confirmed, and none waits for their review or is in
/// their wallet.
///
/// # Errors
/// Where the database fails.
pub async fn needs_identity(
    service: &Service,
    staff: &Staff,
    invitation: &Invitation,
) -> Result<bool, Refusal> {
    let identity = CredentialType::parse(IDENTITY).map(Asked::One);
    let (Some(account), Some(identity)) = (invitation.account, identity) else { return Ok(false) };
    Ok(invitation.state() == InvitationState::Confirmed
        && provide::there(service, staff, account, identity).await?.is_empty())
}

async fn theirs(service: &Service, staff: &Staff, id: Uuid) -> Result<Invitation, Refusal> {
    service.store.invitation(staff.organisation(), id).await?.ok_or(Refusal::NotFound)
}

/// An invitation with which this member of staff may do something now.
async fn doing(service: &Service, staff: &Staff, act: Act, id: Uuid) -> Result<Invitation, Refusal> {
    staff.demand(act)?;
    let invitation = theirs(service, staff, id).await?;
    if invitation.account == Some(staff.id()) {
        return Err(Refusal::OwnAccount);
    }
    session::fresh(service, &staff.person)?;
    Ok(invitation)
}

/// Sends an invitation again, to somebody who has not followed it.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn send_again(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    let invitation = doing(service, staff, Act::InvitePeople, id).await?;
    if !invitation.can_be_sent_again() {
        return Err(Refusal::field("", "invite-not-now"));
    }
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !may_send(service, &mut tx, staff.organisation(), &invitation.email, now).await? {
        return Err(Refusal::field("", "invite-sent-too-often"));
    }
    tx.invitation_sent_again(id, now).await?;
    tx.audit(
        Event::InvitationSentAgain { organisation: staff.organisation(), invitation: id, by: staff.id() },
        now,
    );
    write(service, &mut tx, &staff.person.organisation, &invitation.email, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Deletes an invitation. Whoever is on the employer's list by it alone and has no account can register no more.
///
/// # Errors
/// Those of [`send_again`].
pub async fn delete(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    let invitation = doing(service, staff, Act::InvitePeople, id).await?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.delete_invitation(&invitation).await? {
        return Err(Refusal::NotFound);
    }
    tx.audit(
        Event::InvitationDeleted { organisation: staff.organisation(), invitation: id, by: staff.id() },
        now,
    );
    Ok(tx.commit().await?)
}

/// What a member of staff says of somebody's identity, as it was chosen.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// *Appointment needed*.
    AppointmentNeeded,
    /// *Confirm*, with how that was checked.
    Confirmed(&'a str),
    /// *Decline*, with a reason.
    Declined(&'a str),
}

/// Keeps what a member of staff says of somebody's identity: they are the named person who checked it.
///
/// # Errors
/// Those of [`send_again`].
pub async fn judge(service: &Service, staff: &Staff, id: Uuid, said: Said<'_>) -> Result<(), Refusal> {
    let invitation = doing(service, staff, Act::ConfirmIdentity, id).await?;
    let judgement = match said {
        Said::AppointmentNeeded => Judgement::AppointmentNeeded,
        Said::Confirmed(how) => Judgement::Confirmed(
            IdentityCheck::parse(how).ok_or_else(|| Refusal::field("how", "invite-no-how"))?,
        ),
        Said::Declined(reason) => Judgement::Declined(
            DeclineReason::parse(reason).ok_or_else(|| Refusal::field("reason", "invite-no-reason"))?,
        ),
    };
    let (Some(account), true) = (invitation.account, invitation.state().can_be_judged()) else {
        return Err(Refusal::field("", "invite-not-now"));
    };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.judge_invitation(id, judgement, staff.id(), now).await? {
        return Err(Refusal::field("", "invite-not-now"));
    }
    let state = match judgement {
        Judgement::AppointmentNeeded => InvitationState::AppointmentNeeded,
        Judgement::Confirmed(_) => InvitationState::Confirmed,
        Judgement::Declined(_) => InvitationState::Declined,
    };
    let how = match judgement {
        Judgement::AppointmentNeeded => None,
        Judgement::Confirmed(how) => Some(how.as_str()),
        Judgement::Declined(reason) => Some(reason.as_str()),
    };
    let event = Event::InvitationJudged {
        organisation: staff.organisation(),
        invitation: id,
        account,
        state: state.as_str().to_owned(),
        how: how.map(str::to_owned),
        by: staff.id(),
    };
    tx.audit(event, now);
    Ok(tx.commit().await?)
}
