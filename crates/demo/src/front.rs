//! The page with portal, phone, clock and people; the clock; and what browsers load beside the pages.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use jiff::SignedDuration;
use serde::Deserialize;
use wording::Language;

use crate::at_work::{AT_WORK, PASSCODE, PASSWORD, RECOVERY};
use crate::render::{ClockFace, Front, page};
use crate::{PATH, Room};

const CLOCK: &str = "/demo/clock";

pub(crate) fn routes() -> Router<Room> {
    Router::new()
        .route(PATH, get(front))
        .route(CLOCK, get(clock).post(turn))
        .route("/demo/assets/{name}", get(asset))
}

async fn front(State(room): State<Room>) -> Response {
    page(&Front {
        service_name: &room.settings.service_name,
        staff: &room.settings.staff,
        at_work: &AT_WORK,
        password: PASSWORD,
        passcode: PASSCODE,
        recovery: RECOVERY,
    })
}

async fn clock(State(room): State<Room>) -> Response {
    let now = room.local_now();
    let minutes = room.demo.clock.turned().as_mins();
    page(&ClockFace {
        time: now.strftime("%H:%M").to_string(),
        weekday: now.weekday().to_monday_one_offset(),
        date: wording::date(Language::En, now.date()),
        ahead_days: minutes / (24 * 60),
        ahead_hours: minutes / 60 % 24,
        ahead_minutes: minutes % 60,
    })
}

/// By how much the clock is turned.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Turn {
    Minute,
    QuarterHour,
    Hour,
    Day,
    Week,
    BackToNow,
}

#[derive(Deserialize)]
struct TurnForm {
    turn: Turn,
}

async fn turn(State(room): State<Room>, Form(form): Form<TurnForm>) -> Redirect {
    let clock = &room.demo.clock;
    match form.turn {
        Turn::Minute => clock.turn(SignedDuration::from_mins(1)),
        Turn::QuarterHour => clock.turn(SignedDuration::from_mins(15)),
        Turn::Hour => clock.turn(SignedDuration::from_hours(1)),
        Turn::Day => clock.turn(SignedDuration::from_hours(24)),
        Turn::Week => clock.turn(SignedDuration::from_hours(7 * 24)),
        Turn::BackToNow => clock.turn_back(),
    }
    Redirect::to(CLOCK)
}

async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "demo.css" => ("text/css", include_str!("../assets/demo.css")),
        "icon.svg" => ("image/svg+xml", include_str!("../assets/icon.svg")),
        "front.js" => ("text/javascript", include_str!("../assets/front.js")),
        "live.js" => ("text/javascript", include_str!("../assets/live.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))], text).into_response()
}
