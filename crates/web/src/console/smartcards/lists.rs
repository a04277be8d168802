//! Who must come in, and what falls due: as pages, and as files for a spreadsheet.

use super::{flags, found_card, guid};
use crate::console::{console_shell, frame, staff};
use crate::render::{Answer, page};
use crate::spreadsheet::file;
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::civil::Date;
use journeys::smartcard::ra::forecast::{self, Due};
use journeys::smartcard::ra::queue;
use pages::{ConsolePart, Plot, PlotRow, RaForecast, RaQueue, RaQueueLine};
use serde::Deserialize;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CARDS_QUEUE, get(show_queue))
        .route(urls::CONSOLE_CARDS_QUEUE_FILE, get(queue_file))
        .route(urls::CONSOLE_CARDS_FORECAST, get(show_forecast))
        .route(urls::CONSOLE_CARDS_FORECAST_FILE, get(forecast_file))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Paged {
    page: String,
}

async fn show_queue(State(web): State<Web>, Query(paged): Query<Paged>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS_QUEUE).await?;
    let found = queue::show(&web, &staff, paged.page.parse().unwrap_or(1)).await?;
    let at = |page: u32| format!("{}?page={page}", urls::CONSOLE_CARDS_QUEUE);
    let lines = found.cards.into_iter().map(|found| {
        let line = found_card(found);
        RaQueueLine {
            name: line.name.unwrap_or_default(),
            label: line.label,
            flags: line.flags,
            href: line.href,
        }
    });
    let shown = RaQueue {
        frame: frame(&staff, ConsolePart::Smartcards),
        lines: lines.collect(),
        page: found.page,
        previous: (found.page > 1).then(|| at(found.page - 1)),
        next: found.more.then(|| at(found.page + 1)),
        csv_href: urls::CONSOLE_CARDS_QUEUE_FILE.into(),
        back: Some(urls::CONSOLE_CARDS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

async fn queue_file(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS_QUEUE).await?;
    let rows = queue::all(&web, &staff).await?.into_iter().map(|found| {
        let ends = found.card.expires_at.map(|ends| web.local(ends).date().to_string());
        let why: Vec<String> = flags(&found.state).into_iter().filter_map(flag_word).collect();
        vec![
            found.owner.clone().unwrap_or_default(),
            found.card.label.clone(),
            guid(&found.card),
            why.join(" "),
            ends.unwrap_or_default(),
            found.card.passcode_set_on.map(|day| day.to_string()).unwrap_or_default(),
            found.card.renewals_used.to_string(),
        ]
    });
    let heading = ["name", "card", "guid", "why", "certificates_end", "passcode_set", "renewals_used"]
        .map(String::from);
    file("who-must-come-in.csv", std::iter::once(heading.to_vec()).chain(rows))
}

fn flag_word(flag: pages::RaFlag) -> Option<String> {
    serde_json::to_value(flag).ok()?.as_str().map(str::to_owned)
}

async fn show_forecast(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS_FORECAST).await?;
    let forecast = forecast::show(&web, &staff).await?;
    let nothing = forecast.months.values().all(|due| *due == Due::default());
    let rows: Vec<PlotRow> = forecast
        .months
        .iter()
        .filter(|_| !nothing)
        .map(|(month, due)| month_row(*month, vec![due.alone, due.here, due.locks]))
        .collect();
    let shown = RaForecast {
        frame: frame(&staff, ConsolePart::Smartcards),
        cards: forecast.cards,
        now: forecast.now,
        months: Plot::standing("due", 3, rows),
        busiest: forecast.busiest().map(|(day, most)| (wording::date(Language::En, day), most)),
        csv_href: urls::CONSOLE_CARDS_FORECAST_FILE.into(),
        queue_href: urls::CONSOLE_CARDS_QUEUE.into(),
        back: Some(urls::CONSOLE_CARDS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// "December 2026" has room in the table, "Dec 26" below a bar.
fn month_row(month: Date, counts: Vec<u64>) -> PlotRow {
    let day = wording::date(Language::En, month);
    let label = day.split_once(' ').map_or_else(|| day.clone(), |(_, label)| label.to_owned());
    let name: String = label.chars().take(3).collect();
    PlotRow { short: format!("{name} {:02}", month.year() % 100), label, counts }
}

async fn forecast_file(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS_FORECAST).await?;
    let forecast = forecast::show(&web, &staff).await?;
    let rows = forecast.days.iter().map(|(day, due)| {
        vec![day.to_string(), due.alone.to_string(), due.here.to_string(), due.locks.to_string()]
    });
    let heading = ["day", "certificates_alone", "certificates_here", "passcodes_lock"].map(String::from);
    file("smartcards-forecast.csv", std::iter::once(heading.to_vec()).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_named_in_full_and_short() {
        let row = month_row(jiff::civil::date(2026, 12, 1), vec![1]);
        assert_eq!((row.label.as_str(), row.short.as_str()), ("December 2026", "Dec 26"));
    }
}
