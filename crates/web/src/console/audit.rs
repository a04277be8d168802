//! The audit of the organisation.

use super::{console_shell, frame, staff};
use crate::render::{Answer, on_page, page_with};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::console::audit::{self, Asked, Entry, Named};
use pages::{AuditLine, ConsoleAudit, ConsolePart, FieldErrors, Link};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_AUDIT, get(show))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Filter {
    person: String,
    kind: String,
    from: String,
    to: String,
    before: String,
}

async fn show(State(web): State<Web>, Query(filter): Query<Filter>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_AUDIT).await?;
    let asked = Asked {
        person: &filter.person,
        kind: &filter.kind,
        from: &filter.from,
        to: &filter.to,
        before: &filter.before,
    };
    let shell = console_shell(&web, &staff);
    match audit::page(&web, &staff, asked).await {
        Ok(found) => {
            let lines = found.entries.into_iter().map(|entry| line(&web, entry)).collect();
            let older = found.older.map(|before| older_href(&filter, before));
            let shown = audit_page(&web, &staff, filter, lines, older);
            page_with(&shell, &shown, &FieldErrors::none(), StatusCode::OK)
        }
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &audit_page(&web, &staff, filter, Vec::new(), None), &errors, status)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn audit_page(
    web: &Web,
    staff: &Staff,
    filter: Filter,
    lines: Vec<AuditLine>,
    older_href: Option<String>,
) -> ConsoleAudit {
    let mut kinds: Vec<(String, String)> = wording::keys::AUDIT
        .iter()
        .map(|kind| ((*kind).to_owned(), web.word(&format!("audit-{}", kind.replace('_', "-")), &[])))
        .collect();
    kinds.sort_by(|one, other| one.1.cmp(&other.1));
    ConsoleAudit {
        frame: frame(staff, ConsolePart::Audit),
        action: urls::CONSOLE_AUDIT.into(),
        person: filter.person,
        kind: filter.kind,
        kinds,
        from: filter.from,
        to: filter.to,
        lines,
        older_href,
    }
}

fn older_href(filter: &Filter, before: i64) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in
        [("person", &filter.person), ("kind", &filter.kind), ("from", &filter.from), ("to", &filter.to)]
    {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    let query = query.append_pair("before", &before.to_string()).finish();
    format!("{}?{query}", urls::CONSOLE_AUDIT)
}

fn line(web: &Web, entry: Entry) -> AuditLine {
    let link = |named: Named| Link::new(named.name, urls::console_person(&named.id.to_string()));
    AuditLine {
        number: entry.seq,
        when: wording::date_and_time(Language::En, web.local(entry.at).datetime()),
        what: words(web, &format!("audit-{}", entry.kind.replace('_', "-")), &entry.kind.replace('_', " ")),
        about: entry.about.map(link),
        by: entry.by.map(link),
        details: entry
            .details
            .into_iter()
            .map(|(key, value)| {
                let said = match key.as_str() {
                    "role" => words(web, &format!("role-{value}"), &value),
                    "right" => words(web, &format!("audit-right-{value}"), &value),
                    "since" => moment(web, value),
                    "kind" | "how" => words(web, &format!("means-{value}"), &value),
                    _ => value,
                };
                (words(web, &format!("audit-detail-{key}"), &key), said)
            })
            .collect(),
    }
}

/// The text of a key, or `otherwise` where there is none: a record is shown even if nobody has found words for it.
fn words(web: &Web, key: &str, otherwise: &str) -> String {
    if wording::exists(Language::En, key) { web.word(key, &[]) } else { otherwise.to_owned() }
}

/// A moment in words.
fn moment(web: &Web, value: String) -> String {
    match value.parse::<Timestamp>() {
        Ok(moment) => wording::date_and_time(Language::En, web.local(moment).datetime()),
        Err(_) => value,
    }
}
