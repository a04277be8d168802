//! The page of the card reader: the card in it, and the window of the program that works it.

use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Room;
use crate::card_window::Answer;
use crate::reader::HalfWay;
use crate::render::{CardChoice, CardReader, CardStock, page};

const READER: &str = "/demo/reader";

pub(crate) fn routes() -> Router<Room> {
    Router::new()
        .route(READER, get(reader).post(act))
        .route("/demo/reader/link", get(async || Redirect::to(READER)).post(follow))
        .route("/demo/reader/answer", get(async || Redirect::to(READER)).post(answer))
}

async fn reader(State(room): State<Room>) -> Response {
    let reader = &room.reader;
    let choice = |card: &crate::DemoCard| {
        let held = card.look();
        CardChoice {
            label: card.label.clone(),
            hospital: card.hospital,
            is_blank: held.0.is_blank(),
            tries_left: held.0.tries_left(),
            is_loose: held.0.will_be_pulled_out(),
        }
    };
    let mut stocks: Vec<CardStock> = Vec::new();
    for card in reader.cards() {
        match stocks.last_mut().filter(|stock| stock.hospital == card.hospital) {
            Some(stock) => stock.cards.push(choice(card)),
            None => stocks.push(CardStock { hospital: card.hospital, cards: vec![choice(card)] }),
        }
    }
    page(&CardReader { inserted: reader.inserted().map(choice), stocks, window: reader.shown() })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ActForm {
    act: String,
    card: String,
    when: String,
}

/// *Put in*, *Take out*, *Pull out half-way*.
async fn act(State(room): State<Room>, Form(form): Form<ActForm>) -> Redirect {
    match form.act.as_str() {
        "insert" => room.reader.insert(&form.card),
        "remove" => room.reader.remove(),
        "half-way" => {
            let when = match form.when.as_str() {
                "certificate" => HalfWay::Certificate,
                "passcode" => HalfWay::Passcode,
                _ => HalfWay::Key,
            };
            room.reader.pull_half_way(when);
        }
        "close" => room.reader.close(),
        _ => {}
    }
    Redirect::to(READER)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LinkForm {
    link: String,
}

/// The portal's page has a link that starts the program on a workstation; here it starts the one on the screen.
async fn follow(State(room): State<Room>, Form(form): Form<LinkForm>) -> Redirect {
    room.reader.start(&form.link, &room.settings.public_url);
    Redirect::to(READER)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AnswerForm {
    number: u64,
    act: String,
    passcode: String,
    again: String,
}

async fn answer(State(room): State<Room>, Form(form): Form<AnswerForm>) -> Redirect {
    let (passcode, again) =
        (Zeroizing::new(form.passcode.into_bytes()), Zeroizing::new(form.again.into_bytes()));
    let answer = match form.act.as_str() {
        "yes" => Answer::Yes,
        "typed" => Answer::Typed(passcode, again),
        _ => Answer::No,
    };
    if let Some(window) = room.reader.window() {
        window.answer(form.number, answer);
    }
    Redirect::to(READER)
}
