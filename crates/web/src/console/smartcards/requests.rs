//! What waits for a second member of staff.

use super::{Told, card_href, moment, ra_act};
use crate::console::{console_shell, frame, fresh_staff, staff, trouble};
use crate::render::{Answer, page, see_other};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use journeys::console;
use journeys::console::Staff;
use journeys::smartcard::ra::requests::{self, Decision, Waiting};
use journeys::smartcard::ra::{name, rules_of};
use pages::{ConsolePart, Link, RaRequestLine, RaRequests};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CARDS_REQUESTS, get(show))
        .route(urls::CONSOLE_CARDS_CONFIRM, post(confirm))
        .route(urls::CONSOLE_CARDS_DECLINE, post(decline))
}

async fn show(State(web): State<Web>, Query(told): Query<Told>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS_REQUESTS).await?;
    let waiting = requests::all(&web, &staff).await?;
    let shown = RaRequests {
        frame: frame(&staff, ConsolePart::Smartcards),
        done: told.done,
        requests: waiting.iter().map(|each| line(&web, &staff, each)).collect(),
        second_approver: rules_of(&staff).ra_second_approver,
        back: Some(urls::CONSOLE_CARDS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

fn line(web: &Web, staff: &Staff, each: &Waiting) -> RaRequestLine {
    let id = each.request.id.to_string();
    RaRequestLine {
        act: ra_act(each.deed),
        name: name(&each.person),
        card: each.card.as_ref().map(|card| Link::new(card.label.clone(), card_href(card.id))),
        reason: each.request.reason.clone(),
        asker: name(&each.asker),
        until: moment(web, each.until),
        confirm_action: each.may_approve.then(|| urls::console_cards(urls::CONSOLE_CARDS_CONFIRM, &id)),
        decline_action: each.may_decline.then(|| urls::console_cards(urls::CONSOLE_CARDS_DECLINE, &id)),
        own: each.asker.id == staff.id(),
    }
}

async fn confirm(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    decide(&web, &jar, &id, Decision::Approve, "confirmed").await
}

async fn decline(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    decide(&web, &jar, &id, Decision::Decline, "declined").await
}

async fn decide(web: &Web, jar: &CookieJar, id: &str, decision: Decision, word: &str) -> Answer {
    let here = urls::CONSOLE_CARDS_REQUESTS;
    let staff = fresh_staff(web, jar, here).await?;
    match requests::decide(web, &staff, console::id(id)?, decision).await {
        Ok(()) => Ok(see_other(&format!("{here}?done={word}"))),
        Err(refusal) => Err(trouble(refusal, here)),
    }
}
