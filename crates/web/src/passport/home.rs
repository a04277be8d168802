//! The list of credentials.

use super::progress::progress;
use super::{in_words, issuers, state};
use crate::errors::Trouble;
use crate::person::{shell, signed_in};
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::passport::{review, title};
use journeys::session::Person;
use pages::{PassportAnswered, PassportHome, PassportRow, PassportSection};
use rules::passport::CredentialState;
use serde::Deserialize;
use std::collections::HashMap;
use store::credential::Credential;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::PASSPORT, get(show))
}

/// What was just done. It is only told where it is true: anybody can send somebody a link.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Just {
    added: String,
    rejected: String,
    asked: String,
    saved: String,
}

/// How credentials stand that were reviewed, in the order of their sections.
const SECTIONS: [CredentialState; 6] = [
    CredentialState::Accepted,
    CredentialState::Expired,
    CredentialState::Revoked,
    CredentialState::Rejected,
    CredentialState::Withdrawn,
    CredentialState::Archived,
];

async fn show(State(web): State<Web>, Query(just): Query<Just>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let all = review::all(&web, &person).await?;
    let list = list(&web, &person, &all, &just).await?;
    page(&shell(&web, &person), &list)
}

async fn list(web: &Web, person: &Person, all: &[Credential], just: &Just) -> Result<PassportHome, Trouble> {
    let today = web.today();
    let issuers = issuers(web).await.map_err(journeys::Refusal::from)?;
    let rows = |wanted: CredentialState| -> Vec<PassportRow> {
        let listed = |each: &&Credential| CredentialState::listed_on(today, &each.moments) == wanted;
        let stand = all.iter().filter(listed);
        stand.map(|each| row(web, each, &issuers)).collect()
    };
    let sections =
        SECTIONS.into_iter().map(|stands| PassportSection { state: state(stands), rows: rows(stands) });
    Ok(PassportHome {
        answered: answered(web, all, just, &issuers),
        next_href: review::next(web, all).map(|id| urls::passport_credential(id, "")),
        to_review: rows(CredentialState::ToReview),
        progress: progress(web, person, all, &issuers).await?,
        sections: sections.filter(|section| !section.rows.is_empty()).collect(),
        request_href: urls::PASSPORT_REQUEST.into(),
        access_key_href: urls::ACCESS_KEY.into(),
        share_href: urls::SHARE.into(),
        history_href: urls::PASSPORT_HISTORY.into(),
        notifications_href: urls::PASSPORT_NOTIFICATIONS.into(),
    })
}

fn answered(
    web: &Web,
    all: &[Credential],
    just: &Just,
    issuers: &HashMap<Uuid, String>,
) -> Option<PassportAnswered> {
    let today = web.today();
    let is = |id: &str, wanted: CredentialState| {
        let id = Uuid::parse_str(id).ok()?;
        all.iter().find(|each| each.id == id && each.state(today) == wanted)
    };
    if let Some(added) = is(&just.added, CredentialState::Accepted) {
        return Some(PassportAnswered::Added { title: title(added.kind, &added.variant) });
    }
    if let Some(rejected) = is(&just.rejected, CredentialState::Rejected) {
        return Some(PassportAnswered::Rejected {
            title: title(rejected.kind, &rejected.variant),
            issuer: issuers.get(&rejected.organisation_id).cloned().unwrap_or_default(),
        });
    }
    match (just.asked.as_str(), just.saved.as_str()) {
        ("yes", _) => Some(PassportAnswered::Requested),
        (_, "yes") => Some(PassportAnswered::Saved),
        _ => None,
    }
}

fn row(web: &Web, credential: &Credential, issuers: &HashMap<Uuid, String>) -> PassportRow {
    PassportRow {
        title: title(credential.kind, &credential.variant),
        issuer: issuers.get(&credential.organisation_id).cloned().unwrap_or_default(),
        provided: in_words(web.local(credential.provided_at).date()),
        valid_until: credential.moments.valid_until.map(in_words),
        href: urls::passport_credential(credential.id, ""),
    }
}
