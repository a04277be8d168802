//! *Reports*: what the trust's staff passports amount to, as tables on a page and as files for a spreadsheet.

use super::super::{console_shell, frame, staff};
use crate::render::{Answer, page};
use crate::spreadsheet::file;
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::civil::Date;
use journeys::console::Staff;
use journeys::console::reports::{self, Area, Reports};
use journeys::{Refusal, Service};
use pages::{Choice, ConsolePart, ConsoleReports, ReportRow, ReportTable, ReportsCounted};
use rules::passport::{
    CredentialFamily, CredentialState, CredentialType, InvitationState, JobRoleCounts, RejectReason, Report,
    SharedVerdict,
};
use serde::Deserialize;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_REPORTS, get(show)).route(urls::CONSOLE_REPORT_FILE, get(download))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Which {
    area: String,
}

async fn show(State(web): State<Web>, Query(which): Query<Which>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_REPORTS).await?;
    let seen = reports::see(&web, &staff, &which.area).await?;
    page(&console_shell(&web, &staff), &shown(&web, &staff, &seen))
}

fn shown(web: &Web, staff: &Staff, seen: &Reports) -> ConsoleReports {
    let area = seen.area.name();
    let counted = seen.counted.as_ref().map(|(at, report)| {
        let table = |which: Table| -> ReportTable {
            let (name, all) = (which.name(), which.rows(web, report, &seen.area));
            ReportTable { rows: all, csv_href: urls::console_report_file(name, &area) }
        };
        ReportsCounted {
            when: wording::date_and_time(Language::En, web.local(*at).datetime()),
            passports: table(Table::Passports),
            credentials: table(Table::Credentials),
            months: report.months().into_iter().map(month_in_words).collect(),
            ending: table(Table::Ending),
            invitations: table(Table::Invitations),
            rejections: table(Table::Rejections),
            shared: table(Table::Shared),
        }
    });
    ConsoleReports {
        frame: frame(staff, ConsolePart::Passports),
        action: urls::CONSOLE_REPORTS.into(),
        families: CredentialFamily::ALL.iter().map(|family| family_choice(web, *family)).collect(),
        teams: seen.teams.iter().map(|team| Choice::new(team.id.to_string(), &team.name)).collect(),
        area,
        counted,
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    }
}

fn family_choice(service: &Service, family: CredentialFamily) -> Choice {
    let name = family.as_str();
    Choice::new(name, service.word(&format!("credential-family-{name}"), &[]))
}

/// "December 2026".
fn month_in_words(first: Date) -> String {
    let day = wording::date(Language::En, first);
    day.split_once(' ').map_or_else(|| day.clone(), |(_, month)| month.to_owned())
}

/// The tables, as their files are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Passports,
    Credentials,
    Ending,
    Invitations,
    Rejections,
    Shared,
}

impl Table {
    const ALL: [Self; 6] =
        [Self::Passports, Self::Credentials, Self::Ending, Self::Invitations, Self::Rejections, Self::Shared];

    const fn name(self) -> &'static str {
        match self {
            Self::Passports => "passports",
            Self::Credentials => "credentials",
            Self::Ending => "credentials-ending",
            Self::Invitations => "invitations",
            Self::Rejections => "rejections",
            Self::Shared => "shared-credentials",
        }
    }

    /// The names of its columns in a file.
    fn columns(self, report: &Report) -> Vec<String> {
        let fixed: &[&str] = match self {
            Self::Passports => {
                &["job_role", "people", "active", "bypassed", "pending", "completed", "required"]
            }
            Self::Credentials => &["credential"],
            Self::Ending => &["credential", "within_30_days", "within_60_days", "within_90_days"],
            Self::Invitations => {
                &["status", "invitations", "up_to_7_days", "8_to_30_days", "longer", "longest_days"]
            }
            Self::Rejections => &["reason", "open", "resolved", "median_days"],
            Self::Shared => &["verdict", "reason", "credentials"],
        };
        let more: Vec<String> = match self {
            Self::Credentials => {
                CredentialState::ALL.iter().map(|each| each.as_str().replace('-', "_")).collect()
            }
            Self::Ending => report.months().iter().map(|first| first.strftime("%Y-%m").to_string()).collect(),
            _ => Vec::new(),
        };
        fixed.iter().map(|name| (*name).to_owned()).chain(more).collect()
    }

    fn rows(self, service: &Service, report: &Report, area: &Area) -> Vec<ReportRow> {
        let families = area.families();
        match self {
            Self::Passports => passports(report),
            Self::Credentials => credentials(report, families),
            Self::Ending => ending(report, families),
            Self::Invitations => invitations(report),
            Self::Rejections => rejections(service, report, families),
            Self::Shared => shared(service, report, families),
        }
    }
}

/// A number, or what stands for one.
fn cells(counts: impl IntoIterator<Item = u64>) -> Vec<String> {
    counts.into_iter().map(|count| count.to_string()).collect()
}

fn passports(report: &Report) -> Vec<ReportRow> {
    let row = |role: &JobRoleCounts| {
        let JobRoleCounts { people, active, bypassed, pending, completed, required, .. } = role;
        let counts = [people, active, bypassed, pending, completed, required].map(|count| *count);
        ReportRow::plain(&role.name, cells(counts))
    };
    let none = cells([report.without_job_role]);
    let none = (report.without_job_role > 0).then(|| ReportRow::keyed("no-job-role", none));
    report.job_roles.iter().map(row).chain(none).collect()
}

fn name(each: CredentialType) -> String {
    each.title().get(Language::En.tag()).to_owned()
}

fn credentials(report: &Report, families: &[CredentialFamily]) -> Vec<ReportRow> {
    let types = report.types(families);
    let row = |(each, counts): &(CredentialType, &rules::passport::TypeCounts)| {
        ReportRow::plain(name(*each), cells(CredentialState::ALL.iter().map(|state| counts.in_state(*state))))
    };
    types.iter().map(row).collect()
}

fn ending(report: &Report, families: &[CredentialFamily]) -> Vec<ReportRow> {
    let months = report.months();
    let types = report.types(families).into_iter().filter(|(_, counts)| counts.ends());
    types
        .map(|(each, counts)| {
            let in_months = months.iter().map(|first| counts.in_month(*first));
            ReportRow::plain(name(each), cells(counts.ending.into_iter().chain(in_months)))
        })
        .collect()
}

fn invitations(report: &Report) -> Vec<ReportRow> {
    let row = |state: &InvitationState| {
        let counts = report.invitations(*state);
        let is_over = matches!(state, InvitationState::Confirmed | InvitationState::Declined);
        let waits = counts.waited.into_iter().chain([counts.longest.into()]);
        let all = [counts.count].into_iter().chain(waits.filter(|_| !is_over));
        (counts.count > 0).then(|| ReportRow::keyed(state.as_str(), cells(all)))
    };
    InvitationState::ALL.iter().filter_map(row).collect()
}

fn rejections(service: &Service, report: &Report, families: &[CredentialFamily]) -> Vec<ReportRow> {
    let row = |reason: &RejectReason| {
        let counts = report.rejections(families, *reason);
        let (open, resolved) = (counts.open, counts.resolved());
        let median = counts.median_in_halves().map(halves).unwrap_or_default();
        let name = service.word(&format!("reject-{}", reason.as_str()), &[]);
        let all = [cells([open, resolved]), vec![median]].concat();
        (open + resolved > 0).then(|| ReportRow::plain(name, all))
    };
    RejectReason::ALL.iter().filter_map(row).collect()
}

/// Halves of a day as days: "2", or "2.5".
fn halves(count: u32) -> String {
    let half = if count.is_multiple_of(2) { "" } else { ".5" };
    format!("{}{half}", count / 2)
}

fn shared(service: &Service, report: &Report, families: &[CredentialFamily]) -> Vec<ReportRow> {
    let counts = report.shared(families);
    let mut rows = Vec::new();
    for verdict in SharedVerdict::ALL {
        if *verdict != SharedVerdict::Rejected {
            rows.push((
                ReportRow::keyed(verdict.as_str(), cells([counts.of(*verdict)])),
                counts.of(*verdict),
            ));
            continue;
        }
        for reason in RejectReason::ALL {
            let why = service.word(&format!("share-reject-{}", reason.as_str()), &[]);
            let count = counts.rejected(*reason);
            let row = ReportRow { detail: Some(why), ..ReportRow::keyed(verdict.as_str(), cells([count])) };
            rows.push((row, count));
        }
    }
    rows.into_iter().filter(|(_, count)| *count > 0).map(|(row, _)| row).collect()
}

async fn download(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(which): Query<Which>,
    jar: CookieJar,
) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_REPORTS).await?;
    let seen = reports::see(&web, &staff, &which.area).await?;
    let table =
        name.strip_suffix(".csv").and_then(|name| Table::ALL.into_iter().find(|each| each.name() == name));
    let (table, (_, report)) = table.zip(seen.counted.as_ref()).ok_or(Refusal::NotFound)?;
    let columns = table.columns(report);
    let line = |row: ReportRow| -> Vec<String> {
        let mut fields = vec![row.name];
        if table == Table::Shared {
            fields.push(row.detail.unwrap_or_default());
        }
        fields.extend(row.cells);
        fields.resize(columns.len(), String::new());
        fields
    };
    let lines: Vec<_> = table.rows(&web, report, &seen.area).into_iter().map(line).collect();
    file(&format!("staff-passports-{}-{name}", report.day), std::iter::once(columns.clone()).chain(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_a_day_are_said_as_days() {
        assert_eq!([0, 1, 2, 5].map(halves), ["0", "0.5", "1", "2.5"]);
    }

    #[test]
    fn a_month_is_named_without_a_day() {
        assert_eq!(month_in_words(jiff::civil::date(2026, 12, 1)), "December 2026");
    }
}
