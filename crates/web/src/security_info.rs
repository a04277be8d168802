//! Guide 002: *Security info*: the list, *Add sign-in method*, *Change*, *Rename*, *Delete*, default and back-up.

use crate::errors::Trouble;
use crate::forms::{ConfirmForm, MethodForm, NameForm, PreferForm};
use crate::method_setup::start_of;
use crate::person::{fresh, fresh_to_set_up, kept_safe, shell};
use crate::registration::method as named;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::second_factor::hint;
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::security_info::{self, Rank};
use journeys::session::Person;
use journeys::{Refusal, method_setup};
use pages::{
    AddMethod, Candidate, ChangeMethod, DeleteMethod, FieldErrors, KnownMethod, ListedMethod, Offered,
    PreferMethods, RecoveryCodesState, RenameMethod, SecurityDone, SecurityInfo,
};
use rules::email::EmailAddress;
use serde::Deserialize;
use store::method::SignInMethod;
use store::recovery::RecoveryCodes;
use uuid::Uuid;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SECURITY_INFO, get(list))
        .route(urls::SECURITY_ADD, get(show_add).post(add))
        .route(urls::SECURITY_DEFAULT, get(show_default).post(prefer))
        .route("/security-info/method/{id}/change", get(show_change).post(change))
        .route("/security-info/method/{id}/name", get(show_name).post(rename))
        .route("/security-info/method/{id}/delete", get(show_delete).post(delete))
}

/// A refusal on a page of the person's organisation.
pub(crate) fn refused(person: &Person, refusal: Refusal) -> Trouble {
    Trouble::refused(refusal, Some(&person.organisation))
}

fn method_id(typed: &str) -> Result<Uuid, Trouble> {
    Ok(Uuid::parse_str(typed).map_err(|_| Refusal::MethodGone)?)
}

fn known(web: &Web, method: &SignInMethod) -> KnownMethod {
    KnownMethod { method: named(method.kind), hint: hint(web, method), name: method.name.clone() }
}

/// How recovery codes stand, in words.
pub(crate) fn codes_state(web: &Web, codes: RecoveryCodes) -> RecoveryCodesState {
    RecoveryCodesState {
        made: wording::date(Language::En, web.local(codes.made_at).date()),
        left: codes.left,
    }
}

/// What was done just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Done {
    done: String,
}

impl Done {
    fn told(&self) -> Option<SecurityDone> {
        match self.done.as_str() {
            "renamed" => Some(SecurityDone::Renamed),
            "deleted" => Some(SecurityDone::Deleted),
            "preferred" => Some(SecurityDone::Preferred),
            _ => None,
        }
    }
}

async fn list(State(web): State<Web>, Query(done): Query<Done>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let overview = security_info::overview(&web, &person).await?;
    let factors = overview.methods.iter().filter(|listed| listed.method.kind.is_second_factor()).count();
    let kinds = method_setup::kinds(&web);
    let methods = overview
        .methods
        .iter()
        .map(|listed| {
            let method = &listed.method;
            let path = |act| urls::security_method(method.id, act);
            ListedMethod {
                known: known(&web, method),
                added: wording::date(Language::En, web.local(method.added_at).date()),
                last_used: method
                    .last_used_at
                    .map(|moment| wording::date_and_time(Language::En, web.local(moment).datetime())),
                offered: match listed.rank {
                    Rank::Default => Offered::First,
                    Rank::BackUp => Offered::Second,
                    Rank::Other => Offered::Later,
                },
                change_href: kinds.contains(&method.kind).then(|| path("change")),
                rename_href: path("name"),
                delete_href: path("delete"),
            }
        })
        .collect();
    let info = SecurityInfo {
        done: done.told(),
        methods,
        add_href: urls::SECURITY_ADD.into(),
        default_href: (factors > 1).then(|| urls::SECURITY_DEFAULT.into()),
        passkeys: crate::passkeys::rows(&web, &journeys::passkey::list(&web, &person).await?),
        add_passkey_href: journeys::passkey_proof::possible(&web).then(|| urls::PASSKEY_ADD.into()),
        user_name: person.account.email.clone(),
        password_href: Some(urls::CHANGE_PASSWORD.into()),
        recovery_codes: overview.recovery_codes.map(|codes| codes_state(&web, codes)),
        recovery_codes_href: urls::SECURITY_RECOVERY_CODES.into(),
        back: Some(urls::HOME.into()),
    };
    page(&shell(&web, &person), &info)
}

/// *Add a method*.
async fn show_add(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = fresh_to_set_up(&web, &jar, urls::SECURITY_ADD).await?;
    add_page(&web, &person, &FieldErrors::none(), StatusCode::OK)
}

fn add_page(web: &Web, person: &Person, errors: &FieldErrors, status: StatusCode) -> Answer {
    let add = AddMethod {
        action: urls::SECURITY_ADD.into(),
        methods: method_setup::offered(web).into_iter().map(named).collect(),
        back: Some(urls::SECURITY_INFO.into()),
    };
    page_with(&shell(web, person), &add, errors, status)
}

/// *Add*.
async fn add(State(web): State<Web>, jar: CookieJar, Form(form): Form<MethodForm>) -> Answer {
    let person = fresh_to_set_up(&web, &jar, urls::SECURITY_ADD).await?;
    match method_setup::add(&web, &person, &form.method).await {
        Ok(setup) => Ok(see_other(&start_of(&setup))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            add_page(&web, &person, &errors, status)
        }
    }
}

async fn show_change(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = method_id(&id)?;
    let action = urls::security_method(id, "change");
    let person = fresh(&web, &jar, &action).await?;
    let method = security_info::method(&web, &person, id).await.map_err(|why| refused(&person, why))?;
    let change = ChangeMethod { action, known: known(&web, &method), back: Some(urls::SECURITY_INFO.into()) };
    page(&shell(&web, &person), &change)
}

/// *Next*: the wizard in which the new one is set up.
async fn change(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = method_id(&id)?;
    let person = fresh(&web, &jar, &urls::security_method(id, "change")).await?;
    match method_setup::change(&web, &person, id).await {
        Ok(setup) => Ok(see_other(&start_of(&setup))),
        Err(Refusal::WrongStep) => Ok(see_other(urls::SECURITY_INFO)),
        Err(refusal) => Err(refused(&person, refusal)),
    }
}

async fn show_name(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = method_id(&id)?;
    let person = fresh(&web, &jar, &urls::security_method(id, "name")).await?;
    let method = security_info::method(&web, &person, id).await.map_err(|why| refused(&person, why))?;
    let name = method.name.clone().unwrap_or_default();
    name_page(&web, &person, &method, name, &FieldErrors::none(), StatusCode::OK)
}

fn name_page(
    web: &Web,
    person: &Person,
    method: &SignInMethod,
    name: String,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let rename = RenameMethod {
        action: urls::security_method(method.id, "name"),
        known: known(web, method),
        name,
        back: Some(urls::SECURITY_INFO.into()),
    };
    page_with(&shell(web, person), &rename, errors, status)
}

/// *Rename*.
async fn rename(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<NameForm>,
) -> Answer {
    let id = method_id(&id)?;
    let person = fresh(&web, &jar, &urls::security_method(id, "name")).await?;
    match security_info::rename(&web, &person, id, &form.name).await {
        Ok(()) => Ok(see_other(&urls::security_info_done("renamed"))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            let method =
                security_info::method(&web, &person, id).await.map_err(|why| refused(&person, why))?;
            name_page(&web, &person, &method, form.name, &errors, status)
        }
    }
}

async fn show_delete(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = method_id(&id)?;
    let person = fresh(&web, &jar, &urls::security_method(id, "delete")).await?;
    delete_page(&web, &person, id, &FieldErrors::none(), StatusCode::OK).await
}

async fn delete_page(
    web: &Web,
    person: &Person,
    id: Uuid,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let (method, loss) = security_info::loss(web, person, id).await.map_err(|why| refused(person, why))?;
    let of_record =
        || EmailAddress::parse(&person.account.email).map(|email| email.hint()).unwrap_or_default();
    let delete = DeleteMethod {
        action: urls::security_method(id, "delete"),
        known: known(web, &method),
        last_factor: loss.last_factor.then(of_record),
        last_reset: loss.last_reset,
        back: Some(urls::SECURITY_INFO.into()),
    };
    page_with(&shell(web, person), &delete, errors, status)
}

/// *Delete*.
async fn delete(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<ConfirmForm>,
) -> Answer {
    let id = method_id(&id)?;
    let person = fresh(&web, &jar, &urls::security_method(id, "delete")).await?;
    match security_info::delete(&web, &person, id, form.confirmed(), &visitor).await {
        Ok(()) => Ok(see_other(&urls::security_info_done("deleted"))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            delete_page(&web, &person, id, &errors, status).await
        }
    }
}

/// Default and back-up.
async fn show_default(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, urls::SECURITY_DEFAULT).await?;
    default_page(&web, &person, None, &FieldErrors::none(), StatusCode::OK).await
}

async fn default_page(
    web: &Web,
    person: &Person,
    typed: Option<PreferForm>,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let overview = security_info::overview(web, person).await?;
    let factors: Vec<_> =
        overview.methods.iter().filter(|listed| listed.method.kind.is_second_factor()).collect();
    let now = PreferForm {
        default: factors
            .iter()
            .find(|listed| listed.rank == Rank::Default)
            .map(|listed| listed.method.id.to_string())
            .unwrap_or_default(),
        backup: person.account.backup_method_id.map(|id| id.to_string()).unwrap_or_default(),
    };
    let PreferForm { default, backup } = typed.unwrap_or(now);
    let prefer = PreferMethods {
        action: urls::SECURITY_DEFAULT.into(),
        methods: factors
            .iter()
            .map(|listed| Candidate {
                value: listed.method.id.to_string(),
                known: known(web, &listed.method),
            })
            .collect(),
        default,
        backup,
        back: Some(urls::SECURITY_INFO.into()),
    };
    page_with(&shell(web, person), &prefer, errors, status)
}

async fn prefer(State(web): State<Web>, jar: CookieJar, Form(form): Form<PreferForm>) -> Answer {
    let person = fresh(&web, &jar, urls::SECURITY_DEFAULT).await?;
    match security_info::prefer(&web, &person, &form.default, &form.backup).await {
        Ok(()) => Ok(see_other(&urls::security_info_done("preferred"))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            default_page(&web, &person, Some(form), &errors, status).await
        }
    }
}
