//! *Devices and sessions*, *Sign out everywhere*, and how long the session lasts.

use crate::cookies::Kind;
use crate::person::{seconds_left, shell, signed_in};
use crate::render::{Answer, page, see_other};
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::session::Person;
use journeys::{Refusal, devices, session};
use pages::{Devices, RememberedBrowser, SignedInSession};
use serde::Deserialize;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::DEVICES, get(show))
        .route(urls::SESSION_END, post(end_session))
        .route(urls::DEVICE_FORGET, post(forget))
        .route(urls::SIGN_OUT_EVERYWHERE, post(sign_out_everywhere))
        .route(urls::SESSION, get(left))
        .route(urls::SESSION_STAY, get(async || see_other(urls::HOME)).post(stay))
}

/// Whether something was just done.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Done {
    done: Option<String>,
}

/// Back to the list, which says that it was done.
fn done() -> axum::response::Response {
    see_other(&format!("{}?done=1", urls::DEVICES))
}

async fn show(State(web): State<Web>, Query(done): Query<Done>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let overview = devices::overview(&web, &person).await?;
    let words = |moment: Timestamp| wording::date_and_time(Language::En, web.local(moment).datetime());
    let devices = Devices {
        sessions: overview
            .sessions
            .into_iter()
            .map(|session| SignedInSession {
                started: words(session.started_at),
                last_used: words(session.last_seen_at),
                end_action: (session.id != person.session.id).then(|| urls::session_end(session.id)),
                browser: session.browser,
                network: session.network,
            })
            .collect(),
        remembered: overview
            .remembered
            .into_iter()
            .map(|remembered| RememberedBrowser {
                last_used: words(remembered.device.last_seen_at),
                until: words(remembered.until),
                forget_action: urls::device_forget(remembered.device.id),
                browser: remembered.device.browser,
                network: remembered.device.network,
            })
            .collect(),
        everywhere_action: urls::SIGN_OUT_EVERYWHERE.into(),
        done: done.done.is_some(),
    };
    page(&shell(&web, &person), &devices)
}

async fn end_session(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    devices::end_session(&web, &person, &id, &visitor).await?;
    Ok(done())
}

async fn forget(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    devices::forget(&web, &person, &id, &visitor).await?;
    Ok(done())
}

async fn sign_out_everywhere(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    devices::sign_out_everywhere(&web, &person, &visitor).await?;
    let jar = jar.add(web.cookies().gone(Kind::Session));
    Ok((jar, see_other(&format!("{}?signed=everywhere", urls::SIGN_IN))).into_response())
}

/// For the script that warns: how many seconds are left, none where nobody is signed in. To look is no use of the session.
async fn left(State(web): State<Web>, jar: CookieJar) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::Session);
    answer_left(&web, session::peek(&web, cookie.as_ref()).await)
}

fn answer_left(web: &Web, person: Result<Person, Refusal>) -> Answer {
    let left = match person {
        Ok(person) => seconds_left(web, &person),
        Err(Refusal::NotSignedIn) => 0,
        Err(refusal) => return Err(refusal.into()),
    };
    Ok(left.to_string().into_response())
}

/// *Stay signed in*: the script gets the seconds that are left now; without it, the way leads home.
async fn stay(State(web): State<Web>, headers: HeaderMap, jar: CookieJar) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::Session);
    let person = session::stay(&web, cookie.as_ref()).await;
    if headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"text/plain") {
        return answer_left(&web, person);
    }
    person?;
    Ok(see_other(urls::HOME))
}
