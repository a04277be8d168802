//! *Revoke Certificates*. Nobody is kept from it by what falls due.

use crate::person::{fresh, shell};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::smartcard::frame;
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::session::Person;
use journeys::smartcard::revocation::{self, Chosen};
use pages::{CardChoice, FieldErrors, PortalTab, RevokeCertificates};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::SMARTCARD_REVOKE, get(show).post(revoke))
}

/// Which card, why, and whether the person knows what it means.
#[derive(Deserialize, Default)]
#[serde(default)]
struct RevokeForm {
    card: String,
    reason: String,
    confirm: String,
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = fresh(&web, &jar, urls::SMARTCARD_REVOKE).await?;
    revoke_page(&web, &person, RevokeForm::default(), &FieldErrors::none(), StatusCode::OK).await
}

async fn revoke_page(
    web: &Web,
    person: &Person,
    form: RevokeForm,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let cards = revocation::revocable(web, person).await?;
    let page = RevokeCertificates {
        frame: frame(person, Some(PortalTab::RevokeCertificates)),
        action: urls::SMARTCARD_REVOKE.into(),
        cancel_href: urls::SMARTCARD.into(),
        cards: cards
            .iter()
            .map(|card| CardChoice {
                id: card.id.to_string(),
                label: web.word("card-label", &[("label", &card.label)]),
            })
            .collect(),
        card: form.card,
        reason: form.reason,
    };
    page_with(&shell(web, person), &page, errors, status)
}

/// *Revoke certificates*.
async fn revoke(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<RevokeForm>,
) -> Answer {
    let person = fresh(&web, &jar, urls::SMARTCARD_REVOKE).await?;
    let chosen = Chosen { card: &form.card, reason: &form.reason, confirmed: !form.confirm.is_empty() };
    match revocation::revoke(&web, &person, chosen, &visitor).await {
        Ok(()) => Ok(see_other(&urls::smartcard_done("revoked"))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            revoke_page(&web, &person, form, &errors, status).await
        }
    }
}
