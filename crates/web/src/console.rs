//! The console: pages for people with a role, behind a second factor that was proved in this session.

mod audit;
mod caller;
mod dashboard;
mod deliveries;
mod find;
mod help;
mod passports;
mod person;
mod roles;
mod settings;
mod smartcards;
mod verification;
mod wallet_sessions;

use crate::errors::Trouble;
use crate::person::{shell, signed_in};
use crate::render::{Answer, see_other};
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::{self, Staff};
use pages::{ConsoleEntry, ConsoleFrame, ConsolePart, Shell};
use rules::role::{Act, Role, may};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE, get(begin))
        .merge(find::routes())
        .merge(passports::routes())
        .merge(person::routes())
        .merge(caller::routes())
        .merge(help::routes())
        .merge(roles::routes())
        .merge(audit::routes())
        .merge(deliveries::routes())
        .merge(settings::routes())
        .merge(dashboard::routes())
        .merge(smartcards::routes())
        .merge(verification::routes())
        .merge(wallet_sessions::routes())
}

/// The parts of the console: who sees them, and where they begin.
const PARTS: [(ConsolePart, Act, &str); 9] = [
    (ConsolePart::People, Act::SeePeople, urls::CONSOLE_PEOPLE),
    (ConsolePart::Passports, Act::SeePassports, urls::CONSOLE_PASSPORTS),
    (ConsolePart::Smartcards, Act::SeeCards, urls::CONSOLE_CARDS),
    (ConsolePart::Verification, Act::CheckVerification, urls::CONSOLE_VERIFICATION),
    (ConsolePart::Roles, Act::SeeRoles, urls::CONSOLE_ROLES),
    (ConsolePart::Audit, Act::SeeAudit, urls::CONSOLE_AUDIT),
    (ConsolePart::Deliveries, Act::SeeDeliveries, urls::CONSOLE_DELIVERIES),
    (ConsolePart::Settings, Act::SeeSettings, urls::CONSOLE_SETTINGS),
    (ConsolePart::Dashboard, Act::SeeDashboard, urls::CONSOLE_DASHBOARD),
];

/// Where the console begins for somebody with these roles: at the first part that they open. None where they open none.
pub(crate) fn beginning(roles: &[Role]) -> Option<&'static str> {
    PARTS.into_iter().find(|(_, act, _)| may(roles, *act)).map(|(_, _, href)| href)
}

async fn begin(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE).await?;
    match beginning(&staff.person.roles) {
        Some(href) => Ok(see_other(href)),
        None => Err(Refusal::RoleMissing.into()),
    }
}

/// Who is signed in with a role, for the page at `here`. Whoever proved no second factor in this session is led to *Confirm that
/// it is you*, and from there to `here`.
pub(crate) async fn staff(web: &Web, jar: &CookieJar, here: &str) -> Result<Staff, Trouble> {
    let person = signed_in(web, jar).await?;
    match console::enter(person) {
        Ok(staff) => Ok(staff),
        Err(refusal) => Err(trouble(refusal, here)),
    }
}

/// The same for a page on which something is done: the proof must be of the last minutes.
pub(crate) async fn fresh_staff(web: &Web, jar: &CookieJar, here: &str) -> Result<Staff, Trouble> {
    let staff = staff(web, jar, here).await?;
    journeys::session::fresh(web, &staff.person).map_err(|refusal| trouble(refusal, here))?;
    Ok(staff)
}

/// What a journey of the console refused, at the page `here`: an old proof is made anew first.
pub(crate) fn trouble(refusal: Refusal, here: &str) -> Trouble {
    match refusal {
        Refusal::ProofNeeded => Trouble::Elsewhere(urls::confirm(here)),
        refusal => refusal.into(),
    }
}

/// The navigation, on a page of the part `current`.
pub(crate) fn frame(staff: &Staff, current: ConsolePart) -> ConsoleFrame {
    let entries = PARTS
        .into_iter()
        .filter(|(_, act, _)| staff.may(*act))
        .map(|(part, _, href)| ConsoleEntry { part, href: href.to_owned(), current: part == current })
        .collect();
    ConsoleFrame { entries }
}

/// What surrounds the frame.
pub(crate) fn console_shell(web: &Web, staff: &Staff) -> Shell {
    shell(web, &staff.person)
}

/// Pages with forms that are longer than others.
pub(crate) fn uploads() -> Router<Web> {
    smartcards::uploads().merge(passports::uploads())
}

/// Pages with a form in which there may be a photo.
pub(crate) fn photos() -> Router<Web> {
    passports::photos()
}
