//! Who has which role, and changing that.

use super::person::staff_role;
use super::{console_shell, frame, fresh_staff, staff, trouble};
use crate::forms::RoleForm;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::roles::{self, Asked, Change, Decision, Done, Proposed};
use journeys::console::{self, Staff};
use pages::{ConsoleChangeRoles, ConsolePart, ConsoleRoles, ProposalLine, RoleLine};
use rules::desk::PROPOSAL_LIFETIME;
use rules::role::{Act, Role};
use serde::Deserialize;
use store::account::Account;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_ROLES, get(show))
        .route(urls::CONSOLE_CHANGE_ROLES, get(ask).post(change))
        .route(urls::CONSOLE_CONFIRM, post(confirm))
        .route(urls::CONSOLE_DECLINE, post(decline))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    done: Option<String>,
}

async fn show(State(web): State<Web>, Query(told): Query<Told>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_ROLES).await?;
    let roles = roles::show(&web, &staff).await?;
    let shown = ConsoleRoles {
        frame: frame(&staff, ConsolePart::Roles),
        done: told.done,
        holders: roles
            .holders
            .into_iter()
            .map(|holder| RoleLine {
                name: format!("{} {}", holder.first_name, holder.last_name),
                role: staff_role(holder.role),
                since: wording::date(Language::En, web.local(holder.given_at).date()),
                href: urls::console_person(&holder.account_id.to_string()),
                email: holder.email,
            })
            .collect(),
        proposed: roles.proposed.into_iter().map(|each| proposal(&web, &staff, each)).collect(),
        two_administrators: roles.two_administrators,
        find_href: staff.may(Act::ChangeRoles).then(|| urls::CONSOLE_PEOPLE.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

fn name(account: &Account) -> String {
    format!("{} {}", account.first_name, account.last_name)
}

fn proposal(web: &Web, staff: &Staff, each: Proposed) -> ProposalLine {
    let Proposed { proposal, person, proposer } = each;
    let own = proposer.id == staff.id();
    let may = staff.may(Act::ChangeRoles) && person.id != staff.id();
    let until = proposal.proposed_at.saturating_add(PROPOSAL_LIFETIME).unwrap_or(proposal.proposed_at);
    let id = proposal.id.to_string();
    ProposalLine {
        name: name(&person),
        role: staff_role(proposal.role),
        gives: proposal.gives,
        reason: proposal.reason,
        proposer: name(&proposer),
        until: wording::date_and_time(Language::En, web.local(until).datetime()),
        confirm_action: (may && !own).then(|| urls::console_confirm(&id)),
        decline_action: may.then(|| urls::console_decline(&id)),
        own,
    }
}

fn form_page(staff: &Staff, account: &Account, has: &[Role], form: RoleForm) -> ConsoleChangeRoles {
    let id = account.id.to_string();
    let choices = Role::ALL.into_iter().map(|role| {
        let gives = !has.contains(&role);
        let word = if gives { "give" } else { "take" };
        (format!("{word}-{}", role.as_str()), staff_role(role), gives)
    });
    ConsoleChangeRoles {
        frame: frame(staff, ConsolePart::Roles),
        name: name(account),
        has: has.iter().map(|role| staff_role(*role)).collect(),
        choices: choices.collect(),
        chosen: form.change,
        reason: form.reason,
        action: urls::console_change_roles(&id),
        two_administrators: staff.person.policy.two_administrators,
        back: Some(urls::console_person(&id)),
    }
}

async fn ask(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_change_roles(&id)).await?;
    let (account, has) = roles::may_change(&web, &staff, console::id(&id)?).await?;
    page(&console_shell(&web, &staff), &form_page(&staff, &account, &has, RoleForm::default()))
}

/// `give-auditor`, `take-auditor`.
fn asked(form: &RoleForm) -> Asked<'_> {
    let (change, role) = match form.change.split_once('-') {
        Some(("give", role)) => (Change::Give, role),
        Some(("take", role)) => (Change::Take, role),
        _ => (Change::Give, ""),
    };
    Asked { role, change, reason: &form.reason }
}

async fn change(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<RoleForm>,
) -> Answer {
    let here = urls::console_change_roles(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    match roles::change(&web, &staff, console::id(&id)?, asked(&form)).await {
        Ok(done) => Ok(see_other(&urls::console_done(
            &id,
            match done {
                Done::Changed => "role-changed",
                Done::Proposed => "role-proposed",
                Done::Unchanged => "role-unchanged",
            },
        ))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (account, has) = roles::may_change(&web, &staff, console::id(&id)?).await?;
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &form_page(&staff, &account, &has, form), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

async fn confirm(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    decide(&web, &jar, &id, Decision::Confirm, "confirmed").await
}

async fn decline(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    decide(&web, &jar, &id, Decision::Decline, "declined").await
}

async fn decide(web: &Web, jar: &CookieJar, id: &str, decision: Decision, word: &str) -> Answer {
    let staff = fresh_staff(web, jar, urls::CONSOLE_ROLES).await?;
    match roles::decide(web, &staff, console::id(id)?, decision).await {
        Ok(_) => Ok(see_other(&format!("{}?done={word}", urls::CONSOLE_ROLES))),
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_ROLES)),
    }
}
