//! What somebody's job role requires of their passport: which job role they have, how far they have come, *Bypass what is missing*.

use super::super::{console_shell, frame, fresh_staff, trouble};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::console::job_roles::{self, Subject};
use journeys::console::{self, Staff};
use journeys::passport::requirement::Requirement;
use journeys::{Refusal, Service};
use pages::{
    BypassLine, Choice, ConsoleBypass, ConsoleGiveJobRole, ConsolePart, FieldErrors, MissingLine,
    RequirementShown,
};
use rules::passport::{CredentialType, PassportStanding};
use rules::role::Act;
use serde::Deserialize;
use store::account::Account;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_GIVE_JOB_ROLE, get(choose).post(give))
        .route(urls::CONSOLE_BYPASS, get(show_bypass).post(bypass))
        .route(urls::CONSOLE_REQUIRE, post(require))
}

/// How far somebody has come, with what this member of staff may do about it.
pub(super) fn shown(
    service: &Service,
    staff: &Staff,
    account: &Account,
    requirement: Option<&Requirement>,
) -> RequirementShown {
    let may = |act| staff.may(act) && account.id != staff.id();
    let at = |act: &str| urls::console_requirement(account.id, act);
    let change = may(Act::GiveJobRoles).then(|| at("job-role"));
    let Some(requirement) = requirement else { return RequirementShown::none(change) };
    let provides = may(Act::ProvideCredentials) && account.organisation_id == staff.organisation();
    let missing = |each: &CredentialType| MissingLine {
        title: title(*each),
        href: provides.then(|| urls::console_provide_form(&account.id.to_string(), each.code())),
    };
    let (held, progress, standing) = (&requirement.held, &requirement.progress, requirement.standing());
    RequirementShown {
        job_role: Some(held.name.clone()),
        completed: progress.completed.len(),
        required: held.requires.len(),
        standing: crate::passport::standing(standing),
        missing: progress.missing.iter().map(missing).collect(),
        bypass: held.bypass.as_ref().filter(|_| standing == PassportStanding::Bypassed).map(|bypass| {
            BypassLine {
                by: bypass.by.clone(),
                when: wording::date_and_time(Language::En, service.local(bypass.at).datetime()),
                reason: bypass.reason.clone(),
            }
        }),
        change_href: change,
        bypass_href: (standing == PassportStanding::Pending && may(Act::SetRequirements))
            .then(|| at("bypass")),
        require_action: (standing == PassportStanding::Bypassed && may(Act::SetRequirements))
            .then(|| at("require")),
    }
}

fn title(each: CredentialType) -> String {
    each.title().get(Language::En.tag()).to_owned()
}

fn name(account: &Account) -> String {
    format!("{} {}", account.first_name, account.last_name)
}

/// The page that shows how far somebody has come: their passport, or what they shared last.
fn home(subject: &Subject) -> String {
    subject.share.map_or_else(
        || urls::console_passport(&subject.account.id.to_string()),
        |share| urls::console_share(share, ""),
    )
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RoleForm {
    job_role: String,
}

async fn choose(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_requirement(id, "job-role")).await?;
    staff.demand(Act::GiveJobRoles)?;
    let subject = job_roles::whose(&web, &staff, id).await?;
    let now = subject.requirement.as_ref().map(|requirement| requirement.held.job_role.to_string());
    let shown = choices(&web, &staff, &subject, now.unwrap_or_default()).await?;
    page(&console_shell(&web, &staff), &shown)
}

async fn choices(
    web: &Web,
    staff: &Staff,
    subject: &Subject,
    job_role: String,
) -> Result<ConsoleGiveJobRole, Refusal> {
    let none = Choice::new("", web.word("no-job-role", &[]));
    let roles = job_roles::list(web, staff).await?;
    let roles = roles.iter().map(|role| Choice::new(role.id.to_string(), role.name.clone()));
    Ok(ConsoleGiveJobRole {
        frame: frame(staff, ConsolePart::Passports),
        name: name(&subject.account),
        action: urls::console_requirement(subject.account.id, "job-role"),
        job_roles: [none].into_iter().chain(roles).collect(),
        job_role,
        back: Some(home(subject)),
    })
}

async fn give(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<RoleForm>,
) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_requirement(id, "job-role");
    let staff = fresh_staff(&web, &jar, &here).await?;
    let chosen = match form.job_role.as_str() {
        "" => None,
        role => Some(Uuid::parse_str(role).unwrap_or_default()),
    };
    match job_roles::give(&web, &staff, id, chosen).await {
        Ok(()) => Ok(see_other(&home(&job_roles::whose(&web, &staff, id).await?))),
        Err(refusal @ Refusal::Fields(_)) => {
            let subject = job_roles::whose(&web, &staff, id).await?;
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            let shown = choices(&web, &staff, &subject, form.job_role).await?;
            page_with(&console_shell(&web, &staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BypassForm {
    reason: String,
}

fn bypass_page(staff: &Staff, subject: &Subject, reason: String) -> Result<ConsoleBypass, Refusal> {
    let requirement = subject.requirement.as_ref().ok_or(Refusal::NotFound)?;
    Ok(ConsoleBypass {
        frame: frame(staff, ConsolePart::Passports),
        name: name(&subject.account),
        job_role: requirement.held.name.clone(),
        missing: requirement.progress.missing.iter().map(|each| title(*each)).collect(),
        action: urls::console_requirement(subject.account.id, "bypass"),
        reason,
        back: Some(home(subject)),
    })
}

async fn show_bypass(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_requirement(id, "bypass")).await?;
    staff.demand(Act::SetRequirements)?;
    let subject = job_roles::whose(&web, &staff, id).await?;
    let pending = |requirement: &Requirement| requirement.standing() == PassportStanding::Pending;
    if !subject.requirement.as_ref().is_some_and(pending) {
        return Ok(see_other(&home(&subject)));
    }
    page(&console_shell(&web, &staff), &bypass_page(&staff, &subject, String::new())?)
}

async fn bypass(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<BypassForm>,
) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_requirement(id, "bypass");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match job_roles::bypass(&web, &staff, id, &form.reason).await {
        Ok(()) => Ok(see_other(&home(&job_roles::whose(&web, &staff, id).await?))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            bypass_again(&web, &staff, id, form.reason, (&errors, status)).await
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

async fn bypass_again(
    web: &Web,
    staff: &Staff,
    id: Uuid,
    reason: String,
    (errors, status): (&FieldErrors, axum::http::StatusCode),
) -> Answer {
    let subject = job_roles::whose(web, staff, id).await?;
    page_with(&console_shell(web, staff), &bypass_page(staff, &subject, reason)?, errors, status)
}

/// *Require it again*.
async fn require(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_requirement(id, "bypass");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match job_roles::require(&web, &staff, id).await {
        // Where a colleague was faster it is so already.
        Ok(()) | Err(Refusal::Fields(_)) => Ok(see_other(&home(&job_roles::whose(&web, &staff, id).await?))),
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
