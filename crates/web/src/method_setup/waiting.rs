//! Guide 002: the pages of a wizard that wait for an answer on another device: *Let's try it out*, and our call.

use super::{at, entered, phone_page, start_of, wizard};
use crate::person::shell;
use crate::render::{Answer, on_page, page, see_other};
use crate::security_info::refused;
use crate::visitor::Caller;
use crate::waiting::{Looked, Place, state_for, waiting_page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::asked::standing;
use journeys::{Refusal, method_setup};
use pages::AskedFor;
use rules::method::MethodKind;
use uuid::Uuid;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/security-info/setup/{id}/waiting", get(show_waiting).post(prove_elsewhere))
        .route("/security-info/setup/{id}/waiting/state", get(waiting_state))
        .route("/security-info/setup/{id}/waiting/again", get(back_to_waiting).post(try_again))
}

/// *Let's try it out*, or our call: the page waits.
async fn show_waiting(
    State(web): State<Web>,
    Query(looked): Query<Looked>,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "waiting").await?;
    let asked = standing(&web, method_setup::code_for(&setup)).await?;
    if setup.finished_at.is_some() || asked.is_none() {
        return Ok(see_other(&start_of(&setup)));
    }
    let is_ours = setup.kind == MethodKind::Approval;
    let place = Place {
        what_for: AskedFor::SetUp,
        path: at(&setup, "waiting"),
        code_href: None,
        other_ways_href: (!is_ours).then(|| at(&setup, "phone")),
        remember_days: None,
        back: Some(at(&setup, if is_ours { "scan" } else { "phone" })),
    };
    let sent_to = if is_ours { String::new() } else { entered(&setup) };
    page(&shell(&web, &person), &waiting_page(place, asked, sent_to, looked.is()))
}

async fn waiting_state(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let (_, setup) = wizard(&web, &jar, &id, "waiting").await?;
    state_for(&web, method_setup::code_for(&setup)).await
}

/// *Next* after the yes.
async fn prove_elsewhere(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "waiting").await?;
    match method_setup::prove_elsewhere(&web, &person, &setup, &visitor).await {
        Ok(()) => Ok(see_other(&at(&setup, "done"))),
        Err(Refusal::WrongStep) => Ok(see_other(&start_of(&setup))),
        Err(Refusal::NotApproved) => Ok(see_other(&format!("{}{}", at(&setup, "waiting"), Looked::YES))),
        Err(refusal) => Err(refused(&person, refusal)),
    }
}

async fn back_to_waiting(Path(id): Path<String>) -> Answer {
    let id = Uuid::parse_str(&id).map_err(|_| Refusal::SetUpOver)?;
    Ok(see_other(&urls::security_setup(id, "waiting")))
}

/// *Send it again*.
async fn try_again(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let (person, setup) = wizard(&web, &jar, &id, "waiting").await?;
    let again = match setup.kind {
        MethodKind::Text => method_setup::call_again(&web, &person, &setup, &visitor).await,
        _ => method_setup::try_out(&web, &person, &setup, true, &visitor).await,
    };
    match again {
        Ok(()) => Ok(see_other(&at(&setup, "waiting"))),
        Err(Refusal::WrongStep) => Ok(see_other(&start_of(&setup))),
        Err(refusal) if setup.kind == MethodKind::Text => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            phone_page(&web, &person, &setup, entered(&setup), true, &errors, status)
        }
        Err(refusal) => Err(refused(&person, refusal)),
    }
}
