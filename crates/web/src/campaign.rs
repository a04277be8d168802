//! After signing in: who has no method for resets is asked to set one up.

use crate::person::{arrived, shell};
use crate::render::{Answer, page, see_other};
use crate::{Web, urls, wanted};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::{Refusal, campaign};
use pages::SetUpDue;
use rules::campaign::Asked;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::SET_UP_DUE, get(show).post(put_off))
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = arrived(&web, &jar).await?;
    let left = match campaign::asked(&person) {
        Asked::No => return Ok(see_other(urls::HOME)),
        Asked::First => 0,
        Asked::MayPutOff { left } => left,
    };
    let due =
        SetUpDue { set_up_href: urls::SECURITY_ADD.into(), put_off_action: urls::SET_UP_DUE.into(), left };
    page(&shell(&web, &person), &due)
}

/// *Not now, ask me again next time*.
async fn put_off(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = arrived(&web, &jar).await?;
    match campaign::put_off(&web, &person).await {
        Ok(()) => Ok(wanted::go_on(&web, jar)),
        Err(Refusal::WrongStep) => Ok(see_other(urls::SET_UP_DUE)),
        Err(refusal) => Err(refusal.into()),
    }
}
