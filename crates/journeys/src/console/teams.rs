//! Teams of a trust: each looks after credentials of its areas, and is told by e-mail what people do with them.

use super::Staff;
use crate::{FieldProblem, Refusal, Service, session};
use rules::email::EmailAddress;
use rules::passport::{CredentialFamily, LONGEST_TEAM, MOST_TEAMS};
use rules::role::Act;
use store::audit::Event;
use store::passport_team::{Team, TeamSaved};
use uuid::Uuid;

/// The teams of the trust, by name.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn list(service: &Service, staff: &Staff) -> Result<Vec<Team>, Refusal> {
    staff.demand(Act::SeePassports)?;
    Ok(service.store.passport_teams(staff.organisation()).await?)
}

/// One of them.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`].
pub async fn one(service: &Service, staff: &Staff, id: Uuid) -> Result<Team, Refusal> {
    let all = list(service, staff).await?;
    all.into_iter().find(|team| team.id == id).ok_or(Refusal::NotFound)
}

/// A team, as it was typed.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of the form")]
pub struct Typed {
    pub name: String,
    pub email: String,
    pub families: Vec<String>,
    pub weekly: bool,
}

/// Saves a team: a new one under the number of its form, or the one with this id where `known`.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::NotFound`], [`Refusal::Fields`].
pub async fn save(
    service: &Service,
    staff: &Staff,
    (id, known): (Uuid, bool),
    typed: &Typed,
) -> Result<(), Refusal> {
    staff.demand(Act::SetRequirements)?;
    session::fresh(service, &staff.person)?;
    let team = read(id, typed)?;
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let mut tx = service.store.begin().await?;
    match tx.save_passport_team(organisation, &team, known, now).await? {
        TeamSaved::Done => {}
        TeamSaved::NameTaken => return Err(Refusal::field("name", "team-name-taken")),
        TeamSaved::TooMany => {
            return Err(Refusal::Fields(vec![
                FieldProblem::new("name", "team-too-many").with("most", &MOST_TEAMS),
            ]));
        }
        TeamSaved::Unknown => return Err(Refusal::NotFound),
        TeamSaved::SentBefore => return Err(Refusal::field("", "form-sent-before")),
    }
    tx.audit(Event::PassportTeamSaved { organisation, team: id, by: staff.id() }, now);
    tx.commit().await?;
    Ok(())
}

fn read(id: Uuid, typed: &Typed) -> Result<Team, Refusal> {
    let name = typed.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut problems = Vec::new();
    match name.chars().count() {
        0 => problems.push(FieldProblem::new("name", "team-name-empty")),
        1..=LONGEST_TEAM if !name.chars().any(char::is_control) => {}
        _ => problems.push(FieldProblem::new("name", "team-name-malformed").with("most", &LONGEST_TEAM)),
    }
    let email = EmailAddress::parse(&typed.email);
    if email.is_err() {
        problems.push(FieldProblem::new("email", "team-email-malformed"));
    }
    let is_chosen = |family: &CredentialFamily| typed.families.iter().any(|name| name == family.as_str());
    let families: Vec<_> = CredentialFamily::ALL.iter().copied().filter(is_chosen).collect();
    if families.is_empty() {
        problems.push(FieldProblem::new("families", "team-families-empty"));
    }
    match email {
        Ok(email) if problems.is_empty() => {
            Ok(Team { id, name, email: email.as_str().to_owned(), families, weekly: typed.weekly })
        }
        _ => Err(Refusal::Fields(problems)),
    }
}

/// Deletes a team: what it was told goes to the address of the organisation's support again.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::NotFound`].
pub async fn delete(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    staff.demand(Act::SetRequirements)?;
    session::fresh(service, &staff.person)?;
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let mut tx = service.store.begin().await?;
    if !tx.delete_passport_team(organisation, id).await? {
        return Err(Refusal::NotFound);
    }
    tx.audit(Event::PassportTeamDeleted { organisation, team: id, by: staff.id() }, now);
    tx.commit().await?;
    Ok(())
}
