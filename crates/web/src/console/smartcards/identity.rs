//! *Check identity*.

use super::time;
use crate::console::{console_shell, frame, fresh_staff, trouble};
use crate::forms::IdentityForm;
use crate::render::{Answer, on_page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::{self, Staff};
use journeys::smartcard::ra::{identity, name};
use pages::{ConsolePart, FieldErrors, RaIdentity};
use rules::desk::Document;
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CARDS_IDENTITY, get(show))
        .route(urls::CONSOLE_CARDS_IDENTITY_PASSCODE, post(passcode))
        .route(urls::CONSOLE_CARDS_IDENTITY_DOCUMENTS, post(documents))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Next {
    next: String,
}

/// Where it goes on: within this part of the console alone.
fn ours(next: &str) -> Option<&str> {
    rules::path::local(next).filter(|next| next.starts_with(urls::CONSOLE_CARDS))
}

/// What was filled in before.
#[derive(Default)]
struct Filled {
    documents: Vec<String>,
    next: String,
}

async fn show(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(next): Query<Next>,
    jar: CookieJar,
) -> Answer {
    let here = urls::console_cards_identity(&id, &next.next);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let filled = Filled { next: next.next, ..Filled::default() };
    shown(&web, &staff, console::id(&id)?, filled, &FieldErrors::none(), StatusCode::OK).await
}

async fn shown(
    web: &Web,
    staff: &Staff,
    id: Uuid,
    filled: Filled,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let checking = identity::show(web, staff, id).await?;
    let id = id.to_string();
    let page = RaIdentity {
        frame: frame(staff, ConsolePart::Smartcards),
        name: name(&checking.account),
        has_passcode: checking.has_passcode,
        passcode_action: urls::console_cards(urls::CONSOLE_CARDS_IDENTITY_PASSCODE, &id),
        documents_action: urls::console_cards(urls::CONSOLE_CARDS_IDENTITY_DOCUMENTS, &id),
        kinds: Document::ALL.map(|document| document.as_str().to_owned()).to_vec(),
        documents: filled.documents,
        checked_until: checking.checked_until.map(|until| time(web, until)),
        next: ours(&filled.next).unwrap_or_default().to_owned(),
        back: Some(urls::console_cards(urls::CONSOLE_CARDS_PERSON, &id)),
    };
    page_with(&console_shell(web, staff), &page, errors, status)
}

async fn passcode(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<IdentityForm>,
) -> Answer {
    let here = urls::console_cards_identity(&id, ours(&form.next).unwrap_or_default());
    let staff = fresh_staff(&web, &jar, &here).await?;
    let done = identity::by_passcode(&web, &staff, console::id(&id)?, &form.passcode.0).await;
    answer(&web, &staff, &id, done, Filled { next: form.next, ..Filled::default() }).await
}

/// A form may send the same field several times, once for each box that is ticked.
async fn documents(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer {
    let field = |wanted: &'static str| {
        fields.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let next = field("next").next().unwrap_or_default().to_owned();
    let here = urls::console_cards_identity(&id, ours(&next).unwrap_or_default());
    let staff = fresh_staff(&web, &jar, &here).await?;
    let seen = Document::among(field("document"));
    let done = identity::by_documents(&web, &staff, console::id(&id)?, &seen).await;
    let documents = seen.iter().map(|document| document.as_str().to_owned()).collect();
    answer(&web, &staff, &id, done, Filled { documents, next }).await
}

async fn answer(web: &Web, staff: &Staff, id: &str, done: Result<(), Refusal>, filled: Filled) -> Answer {
    let person = urls::console_cards(urls::CONSOLE_CARDS_PERSON, id);
    match done {
        Ok(()) => Ok(match ours(&filled.next) {
            Some(next) => see_other(next),
            None => see_other(&format!("{person}?done=identity-checked")),
        }),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            shown(web, staff, console::id(id)?, filled, &errors, status).await
        }
        Err(refusal) => Err(trouble(refusal, &urls::console_cards_identity(id, ""))),
    }
}
