//! Passkeys under *Security info*: the list, adding one, its name, removing it.

use crate::forms::{CredentialForm, NameForm};
use crate::passkey::question;
use crate::person::{fresh, kept_safe, shell};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passkey::{self, Passkey};
use journeys::session::Person;
use journeys::{Refusal, passkey_proof};
use pages::{
    FieldErrors, PasskeyAdd, PasskeyDone, PasskeyForm, PasskeyName, PasskeyRemove, PasskeyRow, Passkeys,
};
use serde::Deserialize;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::PASSKEYS, get(list))
        .route(urls::PASSKEY_ADD, get(show_add).post(add))
        .route(urls::PASSKEY_ADD_QUESTION, post(ask))
        .route(urls::PASSKEY_NAME, get(show_name).post(rename))
        .route(urls::PASSKEY_REMOVE, get(show_remove).post(remove))
}

/// What was just done.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Done {
    done: String,
}

/// The rows of the list, for every page that shows it.
pub(crate) fn rows(web: &Web, passkeys: &[Passkey]) -> Vec<PasskeyRow> {
    let date = |moment| wording::date(Language::En, web.local(moment).date());
    passkeys
        .iter()
        .map(|passkey| PasskeyRow {
            name: passkey.name.clone(),
            synced: passkey.credential.backed_up,
            added: date(passkey.added_at),
            last_used: passkey.last_used_at.map(date),
            rename_href: urls::passkey_name(&passkey.id.to_string()),
            remove_href: urls::passkey_remove(&passkey.id.to_string()),
        })
        .collect()
}

async fn list(State(web): State<Web>, Query(done): Query<Done>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let passkeys = Passkeys {
        passkeys: rows(&web, &passkey::list(&web, &person).await?),
        add_href: passkey_proof::possible(&web).then(|| urls::PASSKEY_ADD.into()),
        done: match done.done.as_str() {
            "saved" => Some(PasskeyDone::Saved),
            "removed" => Some(PasskeyDone::Removed),
            _ => None,
        },
        back: Some(urls::SECURITY_INFO.into()),
    };
    page(&shell(&web, &person), &passkeys)
}

async fn show_add(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, urls::PASSKEY_ADD).await?;
    add_page(&web, &person, &FieldErrors::none(), StatusCode::OK)
}

fn add_page(web: &Web, person: &Person, errors: &FieldErrors, status: StatusCode) -> Answer {
    let add = PasskeyAdd {
        passkey: PasskeyForm::new(urls::PASSKEY_ADD, urls::PASSKEY_ADD_QUESTION),
        back: Some(urls::PASSKEYS.into()),
    };
    page_with(&shell(web, person), &add, errors, status)
}

async fn ask(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, urls::PASSKEY_ADD).await?;
    Ok(question(&passkey::begin_adding(&web, &person, &visitor).await?))
}

/// *Create a passkey*.
async fn add(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CredentialForm>,
) -> Answer {
    let person = fresh(&web, &jar, urls::PASSKEY_ADD).await?;
    match passkey::add(&web, &person, &form.credential, &visitor).await {
        Ok(id) => Ok(see_other(&format!("{}?done=added", urls::passkey_name(&id.to_string())))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            add_page(&web, &person, &errors, status)
        }
    }
}

async fn show_name(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(done): Query<Done>,
    jar: CookieJar,
) -> Answer {
    let person = fresh(&web, &jar, &urls::passkey_name(&id)).await?;
    let passkey = passkey::one(&web, &person, &id).await?;
    let just_added = done.done == "added";
    name_page(&web, &person, (&id, passkey.name), just_added, &FieldErrors::none(), StatusCode::OK)
}

fn name_page(
    web: &Web,
    person: &Person,
    (id, name): (&str, String),
    just_added: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let back = (!just_added).then(|| urls::PASSKEYS.into());
    let name = PasskeyName { action: urls::passkey_name(id), name, just_added, back };
    page_with(&shell(web, person), &name, errors, status)
}

/// *Save*.
async fn rename(
    State(web): State<Web>,
    Path(id): Path<String>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<NameForm>,
) -> Answer {
    let person = fresh(&web, &jar, &urls::passkey_name(&id)).await?;
    match passkey::rename(&web, &person, &id, &form.name, &visitor).await {
        Ok(()) => Ok(see_other(&format!("{}?done=saved", urls::PASSKEYS))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            name_page(&web, &person, (&id, form.name), false, &errors, status)
        }
    }
}

async fn show_remove(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, &urls::passkey_remove(&id)).await?;
    let passkey = passkey::one(&web, &person, &id).await?;
    let remove = PasskeyRemove {
        action: urls::passkey_remove(&id),
        name: passkey.name,
        synced: passkey.credential.backed_up,
        added: wording::date(Language::En, web.local(passkey.added_at).date()),
        keep_href: urls::PASSKEYS.into(),
        back: Some(urls::PASSKEYS.into()),
    };
    page(&shell(&web, &person), &remove)
}

/// *Delete passkey*. One that is gone already is gone: a second press of the button shows the list.
async fn remove(
    State(web): State<Web>,
    Path(id): Path<String>,
    Caller(visitor): Caller,
    jar: CookieJar,
) -> Answer {
    let person = fresh(&web, &jar, &urls::passkey_remove(&id)).await?;
    match passkey::remove(&web, &person, &id, &visitor).await {
        Ok(()) => Ok(see_other(&format!("{}?done=removed", urls::PASSKEYS))),
        Err(Refusal::NotFound) => Ok(see_other(urls::PASSKEYS)),
        Err(refusal) => Err(refusal.into()),
    }
}
