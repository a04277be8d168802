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
        happenings: read.events.iter().map(|event| happening(&web, event, Reader::Owner)).collect(),
        older_href: read.older_than.map(|id| format!("{}?before={id}", urls::PASSPORT_HISTORY)),
        newest_href: before.before.map(|_| urls::PASSPORT_HISTORY.to_owned()),
        back: Some(urls::PASSPORT.into()),
    };
    page(&shell(&web, &person), &list)
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Whose passport it is.
    Owner,
    /// The trust's people.
    Trust,
}

impl Reader {
    /// What happened, in words for them.
    fn what(self, web: &Web, what: &str) -> String {
        let words = match self {
            Self::Owner => "history",
            Self::Trust => "trust-history",
        };
        web.word(&format!("{words}-{what}"), &[])
    }

    /// How the keys of the reasons begin for which this happens: people are told in other words than those who chose the reason.
    fn reasons(self, what: &str) -> &'static str {
        match (what, self) {
            ("rejected", _) => "reject",
            ("rejection-resolved", _) => "resolve",
            ("withdrawn", Self::Owner) => "withdraw",
            ("withdrawn", Self::Trust) => "end-withdraw",
            ("share-rejected", Self::Owner) => "not-taken",
            ("share-rejected", Self::Trust) => "share-reject",
            (_, Self::Owner) => "revoke",
            (_, Self::Trust) => "end-revoke",
        }
    }
}

/// Something that happened, in words for who reads it.
pub(crate) fn happening(web: &Web, event: &PassportEvent, reader: Reader) -> PassportHappening {
    let of_credential =
        event.kind.as_ref().and_then(|(kind, variant)| Some(title(CredentialKind::parse(kind)?, variant)));
    // Until the kind had a place of its own, it was the word more.
    let of_detail = || event.detail.as_deref().and_then(CredentialKind::parse).map(|kind| title(kind, ""));
    let reason = event.detail.as_deref().map(|detail| format!("{}-{detail}", reader.reasons(&event.what)));
    PassportHappening {
        what: reader.what(web, &event.what),
        title: of_credential.or_else(|| event.job_role.clone()).or_else(of_detail),
        when: wording::date_and_time(Language::En, web.local(event.at).datetime()),
        organisation: event.organisation.clone(),
        by: event.by.clone(),
        reason: reason.filter(|key| wording::exists(Language::En, key)).map(|key| web.word(&key, &[])),
    }
}
