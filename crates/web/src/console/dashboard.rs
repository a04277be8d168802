//! The dashboard.

use super::{console_shell, frame, staff};
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::civil::Date;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::console::dashboard::{self, Dashboard, DayFigures, RANGES};
use pages::{ConsoleDashboard, ConsolePart, Plot, PlotRow, ProviderLine, RangeLink, RefusedTries};
use rules::activity::ActivityKind;
use serde::Deserialize;
use store::delivery::ProviderDeliveries;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_DASHBOARD, get(show))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Range {
    days: String,
}

async fn show(State(web): State<Web>, Query(range): Query<Range>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_DASHBOARD).await?;
    let figures = dashboard::show(&web, &staff, dashboard::range(&range.days)).await?;
    page(&console_shell(&web, &staff), &dashboard_page(&staff, &figures))
}

fn dashboard_page(staff: &Staff, figures: &Dashboard) -> ConsoleDashboard {
    let days = |counts: fn(&DayFigures) -> Vec<u64>| -> Vec<PlotRow> {
        figures.days.iter().map(|day| day_row(day.day, counts(day))).collect()
    };
    let ranges = RANGES
        .into_iter()
        .map(|days| RangeLink {
            days,
            href: (days != figures.range).then(|| format!("{}?days={days}", urls::CONSOLE_DASHBOARD)),
        })
        .collect();
    let mut methods = figures.methods.clone();
    methods.sort_by(|one, other| other.1.things.cmp(&one.1.things).then(one.0.cmp(&other.0)));
    ConsoleDashboard {
        frame: frame(staff, ConsolePart::Dashboard),
        range: figures.range,
        ranges,
        accounts: figures.accounts,
        sign_ins: Plot::standing("sign-ins", 2, days(|day| vec![day.signed_in, day.not_signed_in])),
        resets: Plot::standing("resets", 3, days(|day| vec![day.reset, day.unlocked, day.reset_failed])),
        methods: Plot::lying(
            "methods",
            1,
            methods.iter().map(|(kind, reach)| row(kind.as_str(), vec![reach.things])).collect(),
        ),
        method_people: methods.iter().map(|(_, reach)| reach.people).collect(),
        refused: Plot::lying(
            "refused",
            1,
            figures.failed.iter().map(|tries| row(tries.kind.as_str(), vec![tries.count])).collect(),
        ),
        refused_tries: figures
            .failed
            .iter()
            .map(|tries| RefusedTries {
                kind: tries.kind.as_str().to_owned(),
                detail: tries.detail.clone(),
                code: refusal_of(tries.kind),
                count: tries.count,
            })
            .collect(),
        deliveries: Plot::lying("deliveries", 3, figures.deliveries.iter().map(delivery_row).collect()),
        providers: figures.deliveries.iter().map(|provider| provider_line(provider, figures)).collect(),
    }
}

fn row(label: &str, counts: Vec<u64>) -> PlotRow {
    PlotRow { label: label.to_owned(), short: label.to_owned(), counts }
}

fn day_row(day: Date, counts: Vec<u64>) -> PlotRow {
    let label = wording::date(Language::En, day);
    // "22 November 2026" has room in the table, "22 Nov" below a bar.
    let mut words = label.split(' ');
    let (number, month) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let short = format!("{number} {}", month.chars().take(3).collect::<String>());
    PlotRow { label, short, counts }
}

/// The code that somebody sees whose try failed so.
fn refusal_of(kind: ActivityKind) -> Option<String> {
    match kind {
        ActivityKind::PasswordWrong => Some(Refusal::SignInWrong.code().to_owned()),
        ActivityKind::FactorWrong => Some(Refusal::CodeWrong { left: None }.code().to_owned()),
        _ => None,
    }
}

fn delivery_row(each: &ProviderDeliveries) -> PlotRow {
    row(
        each.provider.as_deref().unwrap_or_default(),
        vec![each.sent, each.delivered, each.failed + each.given_up],
    )
}

fn provider_line(each: &ProviderDeliveries, figures: &Dashboard) -> ProviderLine {
    let time =
        figures.times.iter().find(|time| time.channel == each.channel && time.provider == each.provider);
    ProviderLine {
        channel: each.channel.as_str().to_owned(),
        provider: each.provider.clone(),
        median_seconds: time.map(|time| u64::try_from(time.median.as_secs()).unwrap_or(0)),
        waiting: each.waiting,
    }
}
