//! *Reject this credential*: the reason.

use crate::person::{shell, signed_in};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::passport::reject::{self, Chosen, LONGEST_DETAILS};
use journeys::passport::{PassportRefusal, review, title};
use journeys::session::Person;
use pages::{Choice, FieldErrors, RejectCredential};
use rules::passport::{CredentialState, RejectReason};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::PASSPORT_REJECT, get(show).post(send))
}

/// Why.
#[derive(Deserialize, Default)]
#[serde(default)]
struct RejectForm {
    reason: String,
    details: String,
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    form_page(&web, &person, &id, RejectForm::default(), &FieldErrors::none(), StatusCode::OK).await
}

async fn form_page(
    web: &Web,
    person: &Person,
    id: &str,
    form: RejectForm,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let credential = review::one(web, person, id).await?;
    if credential.state(web.today()) != CredentialState::ToReview {
        return Err(Refusal::from(PassportRefusal::NotWaiting).into());
    }
    let issuer = web.store.organisation(credential.organisation_id).await.map_err(Refusal::from)?;
    let reasons = RejectReason::ALL.iter().map(|reason| reason.as_str());
    let page = RejectCredential {
        action: urls::passport_credential(credential.id, "reject"),
        title: title(credential.kind, &credential.variant),
        issuer: issuer.map(|organisation| organisation.name).unwrap_or_default(),
        reasons: reasons.map(|name| Choice::new(name, web.word(&format!("reject-{name}"), &[]))).collect(),
        reason: form.reason,
        details: form.details,
        longest: LONGEST_DETAILS,
        back: Some(urls::passport_credential(credential.id, "")),
    };
    page_with(&shell(web, person), &page, errors, status)
}

async fn send(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<RejectForm>,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let credential = review::one(&web, &person, &id).await?.id;
    let chosen = Chosen { reason: &form.reason, details: &form.details };
    match reject::reject(&web, &person, &id, chosen).await {
        Ok(()) => Ok(see_other(&urls::passport_answered("rejected", credential))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            form_page(&web, &person, &id, form, &errors, status).await
        }
    }
}
