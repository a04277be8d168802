//! *Staff records*: what was read from the HR system.

use super::super::{console_shell, frame, staff};
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::Service;
use journeys::console::staff_records::{self, StaffRecordsSeen, Vanished};
use pages::{ConsolePart, ConsoleStaffRecords, FailedPull, FoundRecords, Link};
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_STAFF_RECORDS, get(show))
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_STAFF_RECORDS).await?;
    let seen = staff_records::see(&web, &staff).await?;
    let shown = ConsoleStaffRecords {
        frame: frame(&staff, ConsolePart::Passports),
        under_way: seen.as_ref().is_some_and(|seen| seen.under_way),
        failed: seen.as_ref().and_then(|seen| seen.failed.as_ref()).map(|failed| FailedPull {
            at: moment(&web, failed.at),
            again_at: time(&web, failed.again_at),
            problem: failed.problem.clone(),
        }),
        found: seen.and_then(|seen| found(&web, seen)),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

fn found(service: &Service, seen: StaffRecordsSeen) -> Option<FoundRecords> {
    let (at, pulled) = seen.ended?;
    let link = |vanished: &Vanished| {
        let text = format!("{}: {}", vanished.title, vanished.name);
        Link::new(text, urls::console_credential(vanished.id, ""))
    };
    Some(FoundRecords {
        at: moment(service, at),
        provided: pulled.provided,
        unchanged: pulled.unchanged,
        without_account: pulled.without_account,
        run_out: pulled.run_out,
        wrong: pulled.wrong,
        wrong_at: pulled.wrong_at,
        vanished: pulled.vanished,
        vanished_links: seen.vanished.iter().map(link).collect(),
    })
}

fn time(service: &Service, at: Timestamp) -> String {
    wording::time(Language::En, service.local(at).time())
}

fn moment(service: &Service, at: Timestamp) -> String {
    wording::date_and_time(Language::En, service.local(at).datetime())
}
