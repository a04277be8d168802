//! The templates, each with the struct that it shows.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, context};
use serde::Serialize;

use crate::at_work::AtWork;
use crate::card_window::Shown;
use crate::people::Staff;

/// What a template shows.
pub(crate) trait View: Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;
}

/// Makes the templates known by name and ties each struct to its template.
macro_rules! templates {
    ($($name:literal $(=> $view:ty)?),+ $(,)?) => {
        static TEMPLATES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../templates/", $name)))),+];
        $($(impl View for $view { const TEMPLATE: &'static str = $name; })?)+
    };
}

templates! {
    "layout.html",
    "phone.html",
    "front.html" => Front<'_>,
    "clock.html" => ClockFace,
    "list.html" => Inbox<'_>,
    "mail.html" => OpenMail<'_>,
    "text.html" => OpenText<'_>,
    "app.html" => App<'_>,
    "codes.html" => Codes<'_>,
    "add-account.html" => AddAccount<'_>,
    "reader.html" => CardReader,
    "elsewhere.html" => Elsewhere,
    "not-here.html" => NotHere<'_>,
}

/// The page with portal, phone, clock and people.
#[derive(Serialize)]
pub(crate) struct Front<'a> {
    pub service_name: &'a str,
    pub staff: &'a [Staff],
    /// Who has joined already.
    pub at_work: &'a [AtWork],
    /// What they type.
    pub password: &'a str,
    pub passcode: &'a str,
    pub recovery: &'a str,
}

/// What the clock shows.
#[derive(Serialize)]
pub(crate) struct ClockFace {
    /// `10:41`
    pub time: String,
    pub weekday: i8,
    /// In words.
    pub date: String,
    /// Since the real time, in whole units; the largest that are not zero are shown.
    pub ahead_days: i64,
    pub ahead_hours: i64,
    pub ahead_minutes: i64,
}

/// What every screen of the phone has around it.
#[derive(Serialize)]
pub(crate) struct Phone<'a> {
    /// `10:41`
    pub time: String,
    pub tab: &'static str,
    pub unread_mails: usize,
    pub unread_texts: usize,
    /// Who is calling just now.
    pub call: Option<Calling>,
    /// The address of the person whose phone it is; empty: everybody's.
    pub of: &'a str,
    pub staff: &'a [Staff],
    /// Ends every address within the phone.
    pub query: String,
}

/// A call that rings, or was answered.
#[derive(Serialize)]
pub(crate) struct Calling {
    pub number: u64,
    /// Who calls.
    pub from: String,
    pub to: String,
    /// What is said, once it was answered.
    pub words: Option<String>,
    pub keys: [char; 12],
}

/// The list of e-mails or of texts, newest first.
#[derive(Serialize)]
pub(crate) struct Inbox<'a> {
    pub phone: Phone<'a>,
    pub messages: Vec<Line>,
}

/// One message in a list.
#[derive(Serialize)]
pub(crate) struct Line {
    pub number: u64,
    pub from: String,
    pub to: String,
    pub when: String,
    /// An e-mail's subject, or empty.
    pub subject: String,
    pub preview: String,
    pub is_read: bool,
}

/// An opened e-mail.
#[derive(Serialize)]
pub(crate) struct OpenMail<'a> {
    pub phone: Phone<'a>,
    pub number: u64,
    pub from: String,
    pub to: String,
    pub when: String,
    pub subject: String,
    /// The text part, where it is asked for.
    pub text: Option<String>,
    /// Addresses of the service that the message names.
    pub links: Vec<String>,
}

/// An opened text message.
#[derive(Serialize)]
pub(crate) struct OpenText<'a> {
    pub phone: Phone<'a>,
    pub from: String,
    pub to: String,
    pub when: String,
    pub body: String,
}

/// The authenticator.
#[derive(Serialize)]
pub(crate) struct App<'a> {
    pub phone: Phone<'a>,
}

/// The accounts of the app for time-based codes.
#[derive(Serialize)]
pub(crate) struct Codes<'a> {
    pub phone: Phone<'a>,
    pub accounts: Vec<ShownAccount>,
    pub seconds_left: u64,
}

#[derive(Serialize)]
pub(crate) struct ShownAccount {
    pub number: u64,
    pub issuer: String,
    pub name: String,
    pub code: String,
}

/// The form for a set-up key.
#[derive(Serialize)]
pub(crate) struct AddAccount<'a> {
    pub phone: Phone<'a>,
    pub name: String,
    /// `empty`, `not-a-key` or `other-codes`.
    pub wrong: Option<&'static str>,
}

/// The card reader, and the window of the program that works the card.
#[derive(Serialize)]
pub(crate) struct CardReader {
    /// The card that is in.
    pub inserted: Option<CardChoice>,
    /// What can be put in.
    pub stocks: Vec<CardStock>,
    pub window: Option<Shown>,
}

/// The cards of one hospital.
#[derive(Serialize)]
pub(crate) struct CardStock {
    pub hospital: &'static str,
    pub cards: Vec<CardChoice>,
}

#[derive(Serialize)]
pub(crate) struct CardChoice {
    pub label: String,
    pub hospital: &'static str,
    /// Whether nothing was written on it yet.
    pub is_blank: bool,
    pub tries_left: u8,
    /// Whether it will be pulled out half-way.
    pub is_loose: bool,
}

/// For whoever asks from another machine.
#[derive(Serialize)]
pub(crate) struct Elsewhere {}

/// For what is not on the phone any more.
#[derive(Serialize)]
pub(crate) struct NotHere<'a> {
    pub phone: Phone<'a>,
}

static ENGINE: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, text) in TEMPLATES {
        engine.add_template(name, text)?;
    }
    Ok(engine)
});

/// A page, or status 500 with the cause in the log where a template has a defect.
pub(crate) fn page<V: View>(view: &V) -> Response {
    match html(view) {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the demonstration cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn html<V: View>(view: &V) -> Result<String, Error> {
    let engine = ENGINE.as_ref().map_err(|error| Error::new(error.kind(), error.to_string()))?;
    engine.get_template(V::TEMPLATE)?.render(context! { page => Serde(view) })
}
