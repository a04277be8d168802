//! The pages on which somebody waits for a yes on another device: one page, and one way to look how it stands, at sign-in, in a
//! reset and where a method is set up.

use crate::Web;
use crate::render::Answer;
use axum::Json;
use axum::response::{IntoResponse, Response};
use journeys::asked::standing;
use pages::{AskedFor, AskedIn, AskedState, Waiting};
use serde::{Deserialize, Serialize};
use store::asked::{Answer as Given, Asked, How, Status};
use store::code::CodeFor;

/// Whether *Continue* was pressed before there was an answer.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Looked {
    looked: String,
}

impl Looked {
    pub const YES: &'static str = "?looked=yes";

    pub fn is(&self) -> bool {
        !self.looked.is_empty()
    }
}

/// Where the page stands: its forms and links.
pub(crate) struct Place {
    pub what_for: AskedFor,
    /// The address of the page; what it asks and posts is below.
    pub path: String,
    pub code_href: Option<String>,
    pub other_ways_href: Option<String>,
    pub remember_days: Option<u32>,
    pub back: Option<String>,
}

/// The page, as a question stands. Without one nothing was asked.
pub(crate) fn waiting_page(
    place: Place,
    asked: Option<(Asked, Status)>,
    sent_to: String,
    looked: bool,
) -> Waiting {
    let state = asked.as_ref().map_or(AskedState::NotAsked, |(_, status)| state(*status));
    let asked = asked.map(|(asked, _)| asked);
    let Place { what_for, path, code_href, other_ways_href, remember_days, back } = place;
    Waiting {
        how: match asked.as_ref().map(|asked| asked.how) {
            Some(How::Call) => AskedIn::Call,
            Some(How::App) | None => AskedIn::App,
        },
        what_for,
        state,
        progress: asked.as_ref().and_then(|asked| asked.progress.clone()),
        number: asked.and_then(|asked| asked.number),
        sent_to,
        state_href: format!("{path}/state"),
        again_action: format!("{path}/again"),
        continue_action: path,
        code_href,
        other_ways_href,
        looked,
        remember_days,
        remember: false,
        back,
    }
}

fn state(status: Status) -> AskedState {
    match status {
        Status::Waiting => AskedState::Waiting,
        Status::Approved => AskedState::Approved,
        Status::Over => AskedState::Over,
        Status::No(answer) => match answer {
            Given::Approved | Given::Pressed => AskedState::Approved,
            Given::Refused => AskedState::Refused,
            Given::WrongNumber => AskedState::WrongNumber,
            Given::NoAnswer => AskedState::NoAnswer,
            Given::Engaged => AskedState::Engaged,
            Given::Voicemail => AskedState::Voicemail,
            Given::HungUp => AskedState::HungUp,
            Given::WrongKey => AskedState::WrongKey,
            Given::Failed => AskedState::Failed,
        },
    }
}

#[derive(Serialize)]
struct Standing {
    state: AskedState,
    progress: Option<String>,
}

/// How the last question for this stands, for the script of the page. It changes nothing.
pub(crate) async fn state_for(web: &Web, code_for: CodeFor) -> Answer {
    Ok(state_of(standing(web, code_for).await?))
}

/// The same of a question that was looked up.
pub(crate) fn state_of(asked: Option<(Asked, Status)>) -> Response {
    let state = asked.as_ref().map_or(AskedState::NotAsked, |(_, status)| state(*status));
    Json(Standing { state, progress: asked.and_then(|(asked, _)| asked.progress) }).into_response()
}
