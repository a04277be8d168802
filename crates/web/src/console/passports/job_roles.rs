//! *Job roles*: what each requires of a staff passport.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use crate::errors::Trouble;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::console::job_roles::{self, Which};
use journeys::console::{self, Staff};
use journeys::{Refusal, Service};
use pages::{
    Choice, ConsoleJobRole, ConsoleJobRoleNamed, ConsoleJobRoles, ConsolePart, JobRoleLine, RequiredGroup,
};
use rules::passport::{CredentialFamily, CredentialType};
use rules::role::Act;
use store::job_role::JobRole;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_JOB_ROLES, get(list))
        .route(urls::CONSOLE_JOB_ROLE_NEW, get(new).post(add))
        .route(urls::CONSOLE_JOB_ROLE, get(show).post(change))
        .route(urls::CONSOLE_JOB_ROLE_DELETE, post(delete))
        .route(urls::CONSOLE_JOB_ROLE_NAMED, get(named).post(give_to_named))
}

async fn list(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_JOB_ROLES).await?;
    let line = |each: &JobRole| JobRoleLine {
        name: each.name.clone(),
        required: each.requires.len(),
        people: each.people,
        href: urls::console_job_role(each.id, ""),
    };
    let shown = ConsoleJobRoles {
        frame: frame(&staff, ConsolePart::Passports),
        lines: job_roles::list(&web, &staff).await?.iter().map(line).collect(),
        add: staff.may(Act::SetRequirements).then(|| urls::CONSOLE_JOB_ROLE_NEW.into()),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// A job role as it is filled in: its name, and the codes of what it requires.
#[derive(Default)]
struct Filled {
    form: String,
    name: String,
    requires: Vec<String>,
}

type Fields = Form<Vec<(String, String)>>;

impl Filled {
    fn new(fields: Vec<(String, String)>) -> Self {
        let mut filled = Self::default();
        for (field, value) in fields {
            match field.as_str() {
                "form" => filled.form = value,
                "name" => filled.name = value,
                "requires" => filled.requires.push(value),
                _ => {}
            }
        }
        filled
    }

    /// What there is now.
    fn of(role: &JobRole) -> Self {
        let requires = role.requires.iter().map(|each| each.code().to_owned()).collect();
        Self { form: String::new(), name: role.name.clone(), requires }
    }
}

async fn new(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_JOB_ROLE_NEW).await?;
    staff.demand(Act::SetRequirements)?;
    let form = vault::new_id(web.clock.now(), web.random.as_ref()).to_string();
    let filled = Filled { form, ..Filled::default() };
    page(&console_shell(&web, &staff), &form_page(&web, &staff, None, filled))
}

async fn add(State(web): State<Web>, jar: CookieJar, Form(fields): Fields) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_JOB_ROLE_NEW).await?;
    let mut filled = Filled::new(fields);
    let form = Uuid::parse_str(&filled.form).ok().filter(|id| id.get_version_num() == 7);
    let id = form.unwrap_or_else(|| vault::new_id(web.clock.now(), web.random.as_ref()));
    filled.form = id.to_string();
    match job_roles::save(&web, &staff, Which::New(id), &filled.name, &filled.requires).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_JOB_ROLES)),
        Err(refusal) => again(&web, &staff, refusal, None, filled),
    }
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_job_role(id, "");
    let staff = staff(&web, &jar, &here).await?;
    let role = job_roles::one(&web, &staff, id).await?;
    let filled = Filled::of(&role);
    page(&console_shell(&web, &staff), &form_page(&web, &staff, Some(&role), filled))
}

async fn change(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(fields): Fields,
) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_job_role(id, "")).await?;
    let filled = Filled::new(fields);
    match job_roles::save(&web, &staff, Which::Known(id), &filled.name, &filled.requires).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_JOB_ROLES)),
        Err(refusal @ Refusal::Fields(_)) => {
            let role = job_roles::one(&web, &staff, id).await?;
            again(&web, &staff, refusal, Some(&role), filled)
        }
        Err(refusal) => Err(trouble(refusal, &urls::console_job_role(id, ""))),
    }
}

async fn delete(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_job_role(id, "");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match job_roles::delete(&web, &staff, id).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_JOB_ROLES)),
        Err(refusal @ Refusal::Fields(_)) => {
            let role = job_roles::one(&web, &staff, id).await?;
            let filled = Filled::of(&role);
            again(&web, &staff, refusal, Some(&role), filled)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

/// How many people it would be.
async fn named(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_job_role(id, "named");
    let staff = fresh_staff(&web, &jar, &here).await?;
    let (role, people) = job_roles::named(&web, &staff, id).await?;
    let shown = ConsoleJobRoleNamed {
        frame: frame(&staff, ConsolePart::Passports),
        job_role: role.name,
        people,
        action: (people > 0).then_some(here),
        back: Some(urls::console_job_role(id, "")),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// *Give it to so many people*.
async fn give_to_named(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_job_role(id, "named");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match job_roles::give_to_named(&web, &staff, id).await {
        Ok(()) => Ok(see_other(&urls::console_job_role(id, ""))),
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(web: &Web, staff: &Staff, refusal: Refusal, role: Option<&JobRole>, filled: Filled) -> Answer {
    let Refusal::Fields(_) = refusal else { return Err(Trouble::from(refusal)) };
    let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
    page_with(&console_shell(web, staff), &form_page(web, staff, role, filled), &errors, status)
}

fn form_page(service: &Service, staff: &Staff, role: Option<&JobRole>, filled: Filled) -> ConsoleJobRole {
    let group = |family: &CredentialFamily| RequiredGroup {
        title: service.word(&format!("credential-family-{}", family.as_str()), &[]),
        types: CredentialType::all()
            .filter(|each| each.kind.family() == *family)
            .map(|each| Choice::new(each.code(), each.title().get(Language::En.tag())))
            .collect(),
    };
    let at = |act: &str| {
        role.map_or(urls::CONSOLE_JOB_ROLE_NEW.to_owned(), |role| urls::console_job_role(role.id, act))
    };
    let may = staff.may(Act::SetRequirements);
    ConsoleJobRole {
        frame: frame(staff, ConsolePart::Passports),
        called: role.map(|role| role.name.clone()),
        action: may.then(|| at("")),
        form: role.is_none().then_some(filled.form),
        name: filled.name,
        groups: CredentialFamily::ALL.iter().map(group).collect(),
        requires: filled.requires,
        people: role.map_or(0, |role| role.people),
        named: (staff.may(Act::GiveJobRoles) && role.is_some()).then(|| at("named")),
        delete_action: (may && role.is_some()).then(|| at("delete")),
        back: Some(urls::CONSOLE_JOB_ROLES.into()),
    }
}
