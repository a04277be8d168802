//! New passwords: the field that asks for one, and what its script is told while it is typed.

use crate::forms::StrengthForm;
use crate::render::Answer;
use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::post;
use axum::{Form, Router};
use journeys::password_strength::{self, Typed};
use pages::NewPassword;
use rules::password::PasswordPolicy;
use serde_json::json;
use store::organisation::Organisation;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::PASSWORD_STRENGTH, post(strength))
}

/// The field of a person of this organisation. `name_fields` are the names of the form's fields that hold the person's names
/// and addresses, with a space between them.
pub(crate) fn new_password(
    organisation: &Organisation,
    policy: &PasswordPolicy,
    name_fields: &str,
) -> NewPassword {
    NewPassword {
        min: policy.min,
        strength_action: urls::PASSWORD_STRENGTH.into(),
        organisation: organisation.code.clone(),
        name_fields: name_fields.to_owned(),
    }
}

/// For the script alone; the page says the same without it when the form is sent.
async fn strength(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Form(form): Form<StrengthForm>,
) -> Answer {
    let typed = Typed { password: &form.password.0, organisation: &form.organisation, names: &form.names };
    let rating = password_strength::rate(&web, typed, &network).await?;
    let values: Vec<(&str, &str)> =
        rating.said.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = json!({ "score": rating.score, "text": web.word(rating.said.key, &values) });
    Ok(([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response())
}
