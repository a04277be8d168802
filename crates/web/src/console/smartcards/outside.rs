//! Revocations that the authority outside is to be told of.

use super::{Told, card_href, moment};
use crate::console::{console_shell, frame, fresh_staff, staff, trouble};
use crate::render::{Answer, page, see_other};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use journeys::console;
use journeys::smartcard::ra::outside::{self, ToTell};
use pages::{ConsolePart, Link, RaOutside, RaToTell};

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_CARDS_OUTSIDE, get(show)).route(urls::CONSOLE_CARDS_TOLD, post(told))
}

async fn show(State(web): State<Web>, Query(said): Query<Told>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS_OUTSIDE).await?;
    let lines = outside::to_tell(&web, &staff).await?;
    let shown = RaOutside {
        frame: frame(&staff, ConsolePart::Smartcards),
        done: said.done.is_some(),
        lines: lines.iter().map(|line| to_tell(&web, line)).collect(),
        back: Some(urls::CONSOLE_CARDS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

fn to_tell(web: &Web, line: &ToTell) -> RaToTell {
    RaToTell {
        serial: line.serial.clone(),
        name: line.name.clone(),
        card: Link::new(line.label.clone(), card_href(line.card)),
        reason: line.reason.clone(),
        revoked: moment(web, line.revoked_at),
        action: urls::console_cards(urls::CONSOLE_CARDS_TOLD, &line.id.to_string()),
    }
}

async fn told(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let here = urls::CONSOLE_CARDS_OUTSIDE;
    let staff = fresh_staff(&web, &jar, here).await?;
    match outside::told(&web, &staff, console::id(&id)?).await {
        Ok(()) => Ok(see_other(&format!("{here}?done=told"))),
        Err(refusal) => Err(trouble(refusal, here)),
    }
}
