//! *Ask for a credential*.

use crate::person::{shell, signed_in};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passport::request::{self, LONGEST_NOTE};
use journeys::passport::title;
use journeys::session::Person;
use pages::{Choice, FieldErrors, RequestCredential};
use rules::passport::CredentialType;
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::PASSPORT_REQUEST, get(show).post(send))
}

/// What is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct RequestForm {
    kind: String,
    note: String,
}

/// What is missing for a job role, by the code of its type.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Missing {
    r#type: String,
}

impl Missing {
    /// The form with that chosen. Which one of a kind with several is for the note.
    fn chosen(&self) -> RequestForm {
        let Some(missing) = CredentialType::parse(&self.r#type) else { return RequestForm::default() };
        let kind = missing.kind.as_str().to_owned();
        let note = missing.variant.map(|variant| title(missing.kind, variant.code));
        RequestForm { kind, note: note.unwrap_or_default() }
    }
}

async fn show(State(web): State<Web>, Query(missing): Query<Missing>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    form_page(&web, &person, missing.chosen(), &FieldErrors::none(), StatusCode::OK)
}

fn form_page(
    web: &Web,
    person: &Person,
    form: RequestForm,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let page = RequestCredential {
        action: urls::PASSPORT_REQUEST.into(),
        organisation: person.organisation.name.clone(),
        kinds: request::kinds().map(|kind| Choice::new(kind.as_str(), title(kind, ""))).collect(),
        kind: form.kind,
        note: form.note,
        longest: LONGEST_NOTE,
        back: Some(urls::PASSPORT.into()),
    };
    page_with(&shell(web, person), &page, errors, status)
}

async fn send(State(web): State<Web>, jar: CookieJar, Form(form): Form<RequestForm>) -> Answer {
    let person = signed_in(&web, &jar).await?;
    match request::ask(&web, &person, &form.kind, &form.note).await {
        Ok(()) => Ok(see_other(&format!("{}?asked=yes", urls::PASSPORT))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            form_page(&web, &person, form, &errors, status)
        }
    }
}
