//! The screens of the phone: mail, texts and the authenticator's codes.

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::Timestamp;
use journeys::Clock as _;
use serde::Deserialize;
use url::form_urlencoded;

use crate::authenticator::{Account, NoAccount, seconds_left};
use crate::calls::Act;
use crate::people::{Person, as_written};
use crate::phone::{Content, Message};
use crate::render::{
    AddAccount, App, Calling, Codes, Inbox, Line, NotHere, OpenMail, OpenText, Phone, ShownAccount, page,
};
use crate::{Room, RoomParts};

const MAIL: &str = "/demo/phone/mail";
const TEXTS: &str = "/demo/phone/texts";
const CODES: &str = "/demo/phone/codes";
const APP: &str = "/demo/phone/app";

/// An e-mail is shown as it came, styles and all, and can do nothing.
const MAIL_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'",
);

pub(crate) fn routes() -> Router<Room> {
    Router::new()
        .route("/demo/phone", get(async || Redirect::to(MAIL)))
        .route(MAIL, get(mails))
        .route("/demo/phone/mail/{number}", get(mail).post(open_mail))
        .route("/demo/phone/mail/{number}/content", get(mail_content))
        .route(TEXTS, get(texts))
        .route("/demo/phone/texts/{number}", get(text).post(open_text))
        .route(APP, get(app))
        .route(CODES, get(codes).post(add_account))
        .route("/demo/phone/calls/{number}", get(async || Redirect::to(TEXTS)).post(act_on_call))
        .route("/demo/phone/codes/new", get(new_account))
        .route("/demo/phone/codes/{number}/remove", post(remove_account))
}

/// Whose phone it is, carried in every address: nothing of it is kept.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Holder {
    /// The person's address; empty: everybody's.
    of: String,
}

impl Holder {
    fn person<'a>(&self, room: &'a RoomParts) -> Option<&'a Person> {
        let mut people = room.settings.staff.iter().flat_map(|staff| &staff.people);
        people.find(|person| person.email == self.of)
    }

    fn receives(&self, room: &RoomParts, message: &Message) -> bool {
        self.person(room).is_none_or(|person| person.receives_at(&message.to))
    }

    fn query(&self) -> String {
        if self.of.is_empty() {
            return String::new();
        }
        let of = form_urlencoded::Serializer::new(String::new()).append_pair("of", &self.of).finish();
        format!("?{of}")
    }

    fn to(&self, path: &str) -> Redirect {
        Redirect::to(&format!("{path}{}", self.query()))
    }

    /// A call to this person's phone, or to anybody's where it is everybody's.
    fn call(&self, room: &RoomParts) -> Option<Calling> {
        let is_theirs =
            |to: &str| !to.is_empty() && self.person(room).is_none_or(|person| person.receives_at(to));
        room.demo.calls.current(is_theirs).map(|call| Calling {
            number: call.number,
            from: room.settings.service_name.clone(),
            to: as_written(&call.to),
            words: call.is_answered.then_some(call.words),
            keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'],
        })
    }

    fn phone<'a>(&'a self, room: &'a RoomParts, tab: &'static str) -> Phone<'a> {
        let unread = |is_mail: bool| {
            let counts = |message: &&Message| {
                !message.is_read && message.is_mail() == is_mail && self.receives(room, message)
            };
            room.demo.kept.read(|drawer| drawer.messages.iter().filter(counts).count())
        };
        Phone {
            time: room.local_now().strftime("%H:%M").to_string(),
            tab,
            unread_mails: unread(true),
            unread_texts: unread(false),
            call: self.call(room),
            of: &self.of,
            staff: &room.settings.staff,
            query: self.query(),
        }
    }
}

async fn mails(State(room): State<Room>, Query(holder): Query<Holder>) -> Response {
    inbox(&room, &holder, "mail")
}

async fn texts(State(room): State<Room>, Query(holder): Query<Holder>) -> Response {
    inbox(&room, &holder, "texts")
}

/// The authenticator keeps what it holds in the browser, so it is the same whoever holds the phone.
async fn app(State(room): State<Room>, Query(holder): Query<Holder>) -> Response {
    page(&App { phone: holder.phone(&room, "app") })
}

fn inbox(room: &RoomParts, holder: &Holder, tab: &'static str) -> Response {
    let messages = room.demo.kept.read(|drawer| {
        let newest_first = drawer.messages.iter().rev();
        newest_first
            .filter(|message| message.is_mail() == (tab == "mail") && holder.receives(room, message))
            .map(|message| line(room, message))
            .collect()
    });
    page(&Inbox { phone: holder.phone(room, tab), messages })
}

fn line(room: &RoomParts, message: &Message) -> Line {
    let (from, subject, preview) = match &message.content {
        Content::Mail { from, subject, text, .. } => (sender(from), subject.clone(), text),
        Content::Text { body } => (room.settings.service_name.clone(), String::new(), body),
    };
    let words = preview.split_whitespace().take(20);
    Line {
        number: message.number,
        from,
        to: as_written(&message.to),
        when: when(room, message.arrived),
        subject,
        preview: words.collect::<Vec<_>>().join(" "),
        is_read: message.is_read,
    }
}

/// The time alone for today's messages, the day for others.
fn when(room: &RoomParts, moment: Timestamp) -> String {
    let (moment, now) = (room.local(moment), room.local_now());
    let format = if moment.date() == now.date() { "%H:%M" } else { "%-d %b, %H:%M" };
    moment.strftime(format).to_string()
}

/// `Fobwatch` of `Fobwatch <no-reply@…>`.
fn sender(from: &str) -> String {
    match from.split_once('<') {
        Some((name, _)) if !name.trim().is_empty() => name.trim().trim_matches('"').to_owned(),
        _ => from.to_owned(),
    }
}

async fn open_mail(
    State(room): State<Room>,
    Path(number): Path<u64>,
    Query(holder): Query<Holder>,
) -> Redirect {
    open(&room, &holder, number, MAIL)
}

async fn open_text(
    State(room): State<Room>,
    Path(number): Path<u64>,
    Query(holder): Query<Holder>,
) -> Redirect {
    open(&room, &holder, number, TEXTS)
}

/// A message is opened by a form, so that a GET changes nothing here, either.
fn open(room: &RoomParts, holder: &Holder, number: u64, path: &str) -> Redirect {
    room.demo.kept.change(|drawer| {
        let opened = drawer.messages.iter_mut().filter(|message| message.number == number);
        opened.for_each(|message| message.is_read = true);
    });
    holder.to(&format!("{path}/{number}"))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CallForm {
    act: String,
}

/// *Answer*, *Decline*, *Hang up*, or a key.
async fn act_on_call(
    State(room): State<Room>,
    Path(number): Path<u64>,
    Query(holder): Query<Holder>,
    Form(form): Form<CallForm>,
) -> Redirect {
    let mut signs = form.act.chars();
    let act = match (form.act.as_str(), signs.next(), signs.next()) {
        ("answer", ..) => Some(Act::Answer),
        ("decline", ..) => Some(Act::Decline),
        ("hang-up", ..) => Some(Act::HangUp),
        (_, Some(key), None) => Some(Act::Press(key)),
        _ => None,
    };
    if let Some(act) = act {
        room.demo.calls.act(number, act);
    }
    holder.to(TEXTS)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part {
    part: String,
}

async fn mail(
    State(room): State<Room>,
    Path(number): Path<u64>,
    Query(holder): Query<Holder>,
    Query(part): Query<Part>,
) -> Response {
    let Some(message) = room.demo.kept.read(|drawer| drawer.message(number).cloned()) else {
        return not_here(&room, &holder, "mail");
    };
    let Content::Mail { from, subject, text, .. } = message.content else {
        return not_here(&room, &holder, "mail");
    };
    page(&OpenMail {
        phone: holder.phone(&room, "mail"),
        number,
        from,
        to: message.to,
        when: when(&room, message.arrived),
        subject,
        links: links(&text, room.settings.public_url.as_str()),
        text: (part.part == "text").then_some(text),
    })
}

/// Addresses of the service in a message, as paths.
fn links(text: &str, public_url: &str) -> Vec<String> {
    let base = public_url.trim_end_matches('/');
    let mut links: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let path = word.strip_prefix(base).filter(|path| path.starts_with('/'));
        if let Some(path) = path.map(|path| path.trim_end_matches(['.', ',', ')', '>']))
            && !links.iter().any(|link| link == path)
        {
            links.push(path.to_owned());
        }
    }
    links
}

async fn mail_content(State(room): State<Room>, Path(number): Path<u64>) -> Response {
    let message = room.demo.kept.read(|drawer| drawer.message(number).cloned());
    match message.map(|message| message.content) {
        Some(Content::Mail { html, .. }) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                (CONTENT_SECURITY_POLICY, MAIL_POLICY),
            ];
            // As in any mail program, links open elsewhere.
            (headers, html.replacen("<head>", "<head><base target=\"_blank\">", 1)).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn text(State(room): State<Room>, Path(number): Path<u64>, Query(holder): Query<Holder>) -> Response {
    let Some(message) = room.demo.kept.read(|drawer| drawer.message(number).cloned()) else {
        return not_here(&room, &holder, "texts");
    };
    let Content::Text { body } = message.content else {
        return not_here(&room, &holder, "texts");
    };
    page(&OpenText {
        phone: holder.phone(&room, "texts"),
        from: room.settings.service_name.clone(),
        to: as_written(&message.to),
        when: when(&room, message.arrived),
        body,
    })
}

fn not_here(room: &RoomParts, holder: &Holder, tab: &'static str) -> Response {
    let gone = NotHere { phone: holder.phone(room, tab) };
    (StatusCode::NOT_FOUND, page(&gone)).into_response()
}

async fn codes(State(room): State<Room>, Query(holder): Query<Holder>) -> Response {
    let now = room.demo.clock.now();
    let accounts = room.demo.kept.read(|drawer| {
        let shown = drawer.accounts.iter().map(|account| ShownAccount {
            number: account.number,
            issuer: account.issuer.clone(),
            name: account.name.clone(),
            code: account.code(now),
        });
        shown.collect()
    });
    page(&Codes { phone: holder.phone(&room, "codes"), accounts, seconds_left: seconds_left(now) })
}

async fn new_account(State(room): State<Room>, Query(holder): Query<Holder>) -> Response {
    page(&AddAccount { phone: holder.phone(&room, "codes"), name: String::new(), wrong: None })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AccountForm {
    key: String,
    name: String,
}

async fn add_account(
    State(room): State<Room>,
    Query(holder): Query<Holder>,
    Form(form): Form<AccountForm>,
) -> Response {
    let mut account = match Account::read(&form.key, &form.name) {
        Ok(account) => account,
        Err(why) => {
            let wrong = Some(match why {
                NoAccount::Empty => "empty",
                NoAccount::NotAKey => "not-a-key",
                NoAccount::OtherCodes => "other-codes",
            });
            let phone = holder.phone(&room, "codes");
            let again = AddAccount { phone, name: form.name, wrong };
            return (StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response();
        }
    };
    room.demo.kept.change(|drawer| {
        drawer.accounts.retain(|known| !known.is_same(&account));
        account.number = drawer.next_number();
        drawer.accounts.push(account);
    });
    holder.to(CODES).into_response()
}

async fn remove_account(
    State(room): State<Room>,
    Path(number): Path<u64>,
    Query(holder): Query<Holder>,
) -> Redirect {
    room.demo.kept.change(|drawer| drawer.accounts.retain(|account| account.number != number));
    holder.to(CODES)
}

#[cfg(test)]
mod tests {
    use super::{links, sender};

    #[test]
    fn only_addresses_of_the_service_lead_to_the_portal() {
        let text = "Sign in: http://localhost:8400/sign-in. Not http://localhost:8400.evil.example/x, nor\n\
            http://elsewhere.example/sign-in but (http://localhost:8400/sign-in) again.";
        assert_eq!(links(text, "http://localhost:8400/"), ["/sign-in"]);
    }

    #[test]
    fn a_sender_is_shown_by_name() {
        assert_eq!(sender("Fobwatch <no-reply@fobwatch.example>"), "Fobwatch");
        assert_eq!(sender("no-reply@fobwatch.example"), "no-reply@fobwatch.example");
    }
}
