//! *History of your passport*.

use crate::person::{shell, signed_in};
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::passport::{history, title};
use pages::{PassportHappening, PassportHistory};
use rules::passport::CredentialKind;
use serde::Deserialize;
use store::passport_event::PassportEvent;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::PASSPORT_HISTORY, get(show))
}

/// From where the list goes on.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Before {
    before: Option<String>,
}

async fn show(State(web): State<Web>, Query(before): Query<Before>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let read = history::read(&web, &person, before.before.as_deref()).await?;
    let list = PassportHistory {
        happenings: read.events.iter().map(|event| happening(&web, event, "history")).collect(),
        older_href: read.older_than.map(|id| format!("{}?before={id}", urls::PASSPORT_HISTORY)),
        newest_href: before.before.map(|_| urls::PASSPORT_HISTORY.to_owned()),
        back: Some(urls::PASSPORT.into()),
    };
    page(&shell(&web, &person), &list)
}

/// Something that happened, in the words that begin with `words`: for its owner, or for a trust.
pub(crate) fn happening(web: &Web, event: &PassportEvent, words: &str) -> PassportHappening {
    let of_credential =
        event.kind.as_ref().and_then(|(kind, variant)| Some(title(CredentialKind::parse(kind)?, variant)));
    // What was asked for is no credential yet.
    let asked_for = event.detail.as_deref().and_then(CredentialKind::parse).map(|kind| title(kind, ""));
    let verb = match event.what.as_str() {
        "rejected" => "reject",
        "rejection-resolved" => "resolve",
        "withdrawn" => "withdraw",
        "share-rejected" => "not-taken",
        _ => "revoke",
    };
    let reason = event.detail.as_deref().map(|detail| format!("{verb}-{detail}"));
    PassportHappening {
        what: web.word(&format!("{words}-{}", event.what), &[]),
        title: of_credential.or(asked_for),
        when: wording::date_and_time(Language::En, web.local(event.at).datetime()),
        organisation: event.organisation.clone(),
        by: event.by.clone(),
        reason: reason.filter(|key| wording::exists(Language::En, key)).map(|key| web.word(&key, &[])),
    }
}
