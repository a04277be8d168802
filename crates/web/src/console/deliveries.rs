//! The delivery log.

use super::{console_shell, frame, staff, trouble};
use crate::render::{Answer, on_page, page_with};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::console::deliveries::{self, Asked, Log};
use pages::{ConsoleDeliveries, ConsolePart, DeliveryLine, FieldErrors};
use rules::role::Act;
use serde::Deserialize;
use store::delivery::DeliveryEntry;
use url::form_urlencoded::Serializer;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_DELIVERIES, get(show))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Filter {
    channel: String,
    state: String,
    person: String,
    from: String,
    to: String,
    page: String,
}

impl Filter {
    /// The log with this filter, at a page, for a person or for everybody.
    fn href(&self, person: &str, page: u32) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [
            ("channel", self.channel.as_str()),
            ("state", &self.state),
            ("person", person),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            urls::CONSOLE_DELIVERIES.to_owned()
        } else {
            format!("{}?{query}", urls::CONSOLE_DELIVERIES)
        }
    }
}

async fn show(State(web): State<Web>, Query(filter): Query<Filter>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_DELIVERIES).await?;
    let asked = Asked {
        channel: &filter.channel,
        state: &filter.state,
        person: &filter.person,
        from: &filter.from,
        to: &filter.to,
        page: filter.page.parse().unwrap_or(1),
    };
    let shell = console_shell(&web, &staff);
    match deliveries::log(&web, &staff, asked).await {
        Ok(log) => {
            let shown = log_page(&web, &staff, filter, log);
            page_with(&shell, &shown, &FieldErrors::none(), StatusCode::OK)
        }
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &log_page(&web, &staff, filter, Log::default()), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_DELIVERIES)),
    }
}

fn log_page(web: &Web, staff: &Staff, filter: Filter, log: Log) -> ConsoleDeliveries {
    let lines = log
        .entries
        .iter()
        .map(|entry| {
            let person = entry.account.and_then(|id| log.names.get(&id).map(|name| (id, name.clone())));
            line(web, staff, &filter, entry, person)
        })
        .collect();
    ConsoleDeliveries {
        frame: frame(staff, ConsolePart::Deliveries),
        action: urls::CONSOLE_DELIVERIES.into(),
        everybody_href: filter.href("", 1),
        newer_href: (log.page > 1).then(|| filter.href(&filter.person, log.page - 1)),
        older_href: log.more.then(|| filter.href(&filter.person, log.page + 1)),
        only: log.only.map(|(_, name)| name),
        lines,
        channel: filter.channel,
        state: filter.state,
        person: filter.person,
        from: filter.from,
        to: filter.to,
    }
}

fn line(
    web: &Web,
    staff: &Staff,
    filter: &Filter,
    entry: &DeliveryEntry,
    person: Option<(Uuid, String)>,
) -> DeliveryLine {
    let id = person.as_ref().map(|(id, _)| id.to_string());
    DeliveryLine {
        when: wording::date_and_time(Language::En, web.local(entry.written_at).datetime()),
        kind: entry.kind.clone(),
        channel: entry.channel.as_str().to_owned(),
        provider: entry.provider.clone(),
        state: entry.status.as_str().to_owned(),
        failure: entry.failure.clone(),
        tries: entry.tries,
        href: id.as_deref().filter(|_| staff.may(Act::SeePeople)).map(urls::console_person),
        only_href: id.as_deref().map(|id| filter.href(id, 1)),
        name: person.map(|(_, name)| name),
    }
}
