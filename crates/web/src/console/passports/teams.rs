//! *Teams*: who looks after which credentials.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::console::teams::{self, Typed};
use journeys::console::{self, Staff};
use journeys::{Refusal, Service};
use pages::{Choice, ConsolePart, ConsoleTeam, ConsoleTeams, TeamLine};
use rules::passport::CredentialFamily;
use rules::role::Act;
use store::passport_team::Team;
use uuid::Uuid;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_TEAMS, get(list))
        .route(urls::CONSOLE_TEAM_NEW, get(new).post(add))
        .route(urls::CONSOLE_TEAM, get(show).post(change))
        .route(urls::CONSOLE_TEAM_DELETE, post(delete))
}

type Fields = Form<Vec<(String, String)>>;

fn area(service: &Service, family: CredentialFamily) -> String {
    service.word(&format!("credential-family-{}", family.as_str()), &[])
}

async fn list(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_TEAMS).await?;
    let may = staff.may(Act::SetRequirements);
    let line = |team: &Team| TeamLine {
        name: team.name.clone(),
        email: team.email.clone(),
        areas: team.families.iter().map(|family| area(&web, *family)).collect(),
        weekly: team.weekly,
        href: may.then(|| urls::console_team(team.id, "")),
    };
    let shown = ConsoleTeams {
        frame: frame(&staff, ConsolePart::Passports),
        lines: teams::list(&web, &staff).await?.iter().map(line).collect(),
        add: may.then(|| urls::CONSOLE_TEAM_NEW.into()),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// What was typed, and the number of the form.
fn typed(fields: Vec<(String, String)>) -> (Typed, String) {
    let (mut typed, mut form) = (Typed::default(), String::new());
    for (field, value) in fields {
        match field.as_str() {
            "form" => form = value,
            "name" => typed.name = value,
            "email" => typed.email = value,
            "families" => typed.families.push(value),
            "weekly" => typed.weekly = value == "yes",
            _ => {}
        }
    }
    (typed, form)
}

async fn new(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_TEAM_NEW).await?;
    staff.demand(Act::SetRequirements)?;
    let id = vault::new_id(web.clock.now(), web.random.as_ref());
    let typed = Typed { weekly: true, ..Typed::default() };
    page(&console_shell(&web, &staff), &form_page(&web, &staff, id, None, typed))
}

async fn add(State(web): State<Web>, jar: CookieJar, Form(fields): Fields) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_TEAM_NEW).await?;
    let (typed, form) = typed(fields);
    let form = Uuid::parse_str(&form).ok().filter(|id| id.get_version_num() == 7);
    let id = form.unwrap_or_else(|| vault::new_id(web.clock.now(), web.random.as_ref()));
    saved(&web, &staff, id, None, typed).await
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_team(id, "")).await?;
    let team = teams::one(&web, &staff, id).await?;
    if !staff.may(Act::SetRequirements) {
        return Ok(see_other(urls::CONSOLE_TEAMS));
    }
    let families = team.families.iter().map(|family| family.as_str().to_owned()).collect();
    let typed = Typed { name: team.name.clone(), email: team.email.clone(), families, weekly: team.weekly };
    page(&console_shell(&web, &staff), &form_page(&web, &staff, id, Some(&team), typed))
}

async fn change(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(fields): Fields,
) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_team(id, "")).await?;
    let team = teams::one(&web, &staff, id).await?;
    saved(&web, &staff, id, Some(&team), typed(fields).0).await
}

async fn saved(web: &Web, staff: &Staff, id: Uuid, team: Option<&Team>, typed: Typed) -> Answer {
    match teams::save(web, staff, (id, team.is_some()), &typed).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_TEAMS)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            let shown = form_page(web, staff, id, team, typed);
            page_with(&console_shell(web, staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_TEAMS)),
    }
}

async fn delete(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_team(id, "");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match teams::delete(&web, &staff, id).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_TEAMS)),
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

fn form_page(service: &Service, staff: &Staff, id: Uuid, team: Option<&Team>, typed: Typed) -> ConsoleTeam {
    let choice = |family: &CredentialFamily| Choice::new(family.as_str(), area(service, *family));
    ConsoleTeam {
        frame: frame(staff, ConsolePart::Passports),
        called: team.map(|team| team.name.clone()),
        action: team.map_or(urls::CONSOLE_TEAM_NEW.to_owned(), |team| urls::console_team(team.id, "")),
        form: team.is_none().then(|| id.to_string()),
        name: typed.name,
        email: typed.email,
        areas: CredentialFamily::ALL.iter().map(choice).collect(),
        families: typed.families,
        weekly: typed.weekly,
        delete_action: team.map(|team| urls::console_team(team.id, "delete")),
        back: Some(urls::CONSOLE_TEAMS.into()),
    }
}
