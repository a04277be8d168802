//! The staff passport (guide 000): what waits for a review, what was reviewed, and how one is told.

mod api;
mod credential;
mod history;
mod home;
mod notifications;
mod progress;
mod reject;
mod request;

pub(crate) use api::routes as interface;
pub(crate) use credential::{archived, content, facts, picture_in};
pub(crate) use history::{Reader, happening};
pub(crate) use progress::standing;

use crate::Web;
use axum::Router;
use jiff::civil::Date;
use pages::PassportState;
use rules::passport::CredentialState;
use std::collections::HashMap;
use store::StoreError;
use uuid::Uuid;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .merge(home::routes())
        .merge(credential::routes())
        .merge(reject::routes())
        .merge(request::routes())
        .merge(history::routes())
        .merge(notifications::routes())
}

/// The names of all organisations, by their ids.
async fn issuers(web: &Web) -> Result<HashMap<Uuid, String>, StoreError> {
    let all = web.store.organisations().await?;
    Ok(all.into_iter().map(|organisation| (organisation.id, organisation.name)).collect())
}

pub(crate) fn state(state: CredentialState) -> PassportState {
    match state {
        CredentialState::ToReview => PassportState::ToReview,
        CredentialState::Accepted => PassportState::Accepted,
        CredentialState::Rejected => PassportState::Rejected,
        CredentialState::Withdrawn => PassportState::Withdrawn,
        CredentialState::Revoked => PassportState::Revoked,
        CredentialState::Expired => PassportState::Expired,
        CredentialState::Archived => PassportState::Archived,
    }
}

pub(crate) fn in_words(day: Date) -> String {
    wording::date(Language::En, day)
}
