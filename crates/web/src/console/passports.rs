//! Staff passports, as the trust looks after them: whose passport is looked for, and somebody's passport.

mod credential;
mod invitation;
mod invitations;
mod job_roles;
mod provide;
mod rejections;
mod reminders;
mod reports;
mod requirement;
mod shares;
mod staff_records;
mod teams;

use super::{console_shell, find, frame, staff, trouble};
use crate::forms::SearchForm;
use crate::passport::{Reader, happening, in_words, state};
use crate::render::{Answer, on_page, page, page_with};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::find::FoundPeople;
use journeys::console::{
    self, Staff, invitations as invited, passports, reminders as reminded, shares as received,
};
use journeys::passport::title;
use pages::{ConsolePart, ConsolePassport, ConsolePassports, ProvidedRow, RemindedLine};
use rules::passport::{CredentialState, InvitationFilter};
use rules::role::Act;
use store::account::Account;
use store::credential_list::ListedCredential;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_PASSPORTS, get(show).post(search))
        .route(urls::CONSOLE_PASSPORT, get(passport))
        .merge(credential::routes())
        .merge(invitation::routes())
        .merge(invitations::routes())
        .merge(job_roles::routes())
        .merge(provide::routes())
        .merge(rejections::routes())
        .merge(reminders::routes())
        .merge(reports::routes())
        .merge(requirement::routes())
        .merge(shares::routes())
        .merge(staff_records::routes())
        .merge(teams::routes())
}

/// Pages to which a file is sent.
pub(super) fn uploads() -> Router<Web> {
    invitations::uploads()
}

/// Pages to which a photo is sent.
pub(super) fn photos() -> Router<Web> {
    provide::form()
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_PASSPORTS).await?;
    let shown = search_page(&web, &staff, String::new(), None).await?;
    page(&console_shell(&web, &staff), &shown)
}

async fn search_page(
    web: &Web,
    staff: &Staff,
    search: String,
    found: Option<FoundPeople>,
) -> Result<ConsolePassports, Refusal> {
    let (to_review, asked) = reminded::see(web, staff).await?;
    let may_remind = staff.may(Act::RemindPeople) && asked.is_none();
    Ok(ConsolePassports {
        frame: frame(staff, ConsolePart::Passports),
        action: urls::CONSOLE_PASSPORTS.into(),
        search,
        found: found.map(|found| find::listed(found, urls::console_passport)),
        rejecters: passports::open_rejections(web, staff).await?,
        rejections_href: urls::CONSOLE_REJECTIONS.into(),
        to_judge: invited::to_judge(web, staff).await?,
        invitations_href: urls::CONSOLE_INVITATIONS.into(),
        registered_href: urls::console_invitations(InvitationFilter::Registered.as_str()),
        shares: received::waiting(web, staff).await?,
        shares_href: urls::CONSOLE_SHARES.into(),
        to_review: to_review.min(reminded::COUNTED.into()),
        more_to_review: to_review > reminded::COUNTED.into(),
        remind_action: may_remind.then(|| urls::CONSOLE_REMIND_ALL.into()),
        reminded: asked.map(|asked| RemindedLine {
            by: asked.by,
            at: wording::time(Language::En, web.local(asked.at).time()),
            finished: asked.finished,
        }),
        job_roles_href: urls::CONSOLE_JOB_ROLES.into(),
        teams_href: urls::CONSOLE_TEAMS.into(),
        staff_records_href: urls::CONSOLE_STAFF_RECORDS.into(),
        reports_href: urls::CONSOLE_REPORTS.into(),
    })
}

/// By POST: names that somebody looks for belong in no log of addresses.
async fn search(State(web): State<Web>, jar: CookieJar, Form(form): Form<SearchForm>) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_PASSPORTS).await?;
    let shell = console_shell(&web, &staff);
    let wanted = form.page.parse().unwrap_or(1);
    match console::find::search(&web, &staff, Act::SeePassports, &form.search, wanted).await {
        Ok(found) => page(&shell, &search_page(&web, &staff, form.search, Some(found)).await?),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &search_page(&web, &staff, form.search, None).await?, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_PASSPORTS)),
    }
}

async fn passport(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, &urls::console_passport(&id)).await?;
    page(&console_shell(&web, &staff), &passport_page(&web, &staff, console::id(&id)?).await?)
}

async fn passport_page(web: &Web, staff: &Staff, id: Uuid) -> Result<ConsolePassport, Refusal> {
    let seen = passports::see(web, staff, id).await?;
    let today = web.today();
    let accepted = |each: &&ListedCredential| each.state(today) == CredentialState::Accepted;
    let row = |each: &ListedCredential| row(web, each);
    let happenings = seen.happenings.iter();
    let to_review = seen.credentials.iter().filter(|each| each.kind.is_reviewed());
    let to_review = to_review.filter(|each| each.state(today) == CredentialState::ToReview).count();
    Ok(ConsolePassport {
        frame: frame(staff, ConsolePart::Passports),
        name: format!("{} {}", seen.account.first_name, seen.account.last_name),
        email: seen.account.email.clone(),
        accepted: seen.credentials.iter().filter(accepted).count(),
        credentials: seen
            .credentials
            .iter()
            .rev()
            .filter(|each| !each.moments.is_archived())
            .map(row)
            .collect(),
        archived: seen.credentials.iter().rev().filter(|each| each.moments.is_archived()).map(row).collect(),
        requirement: requirement::shown(web, staff, &seen.account, seen.requirement.as_ref()),
        happenings: happenings.map(|event| happening(web, event, Reader::Trust)).collect(),
        provide: offered(staff, &seen.account, Act::ProvideCredentials)
            .then(|| urls::console_provide(&id.to_string())),
        remind_action: (to_review > 0 && offered(staff, &seen.account, Act::RemindPeople))
            .then(|| urls::CONSOLE_REMIND.replace("{id}", &id.to_string())),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    })
}

/// A credential that the trust provided, as it is listed.
fn row(web: &Web, each: &ListedCredential) -> ProvidedRow {
    ProvidedRow {
        title: title(each.kind, &each.variant),
        state: state(each.state(web.today())),
        provided: in_words(web.local(each.provided_at).date()),
        valid_until: each.moments.valid_until.map(in_words),
        href: urls::console_credential(each.id, ""),
    }
}

/// Whether this member of staff may do it for this person: nobody does anything for themselves.
fn offered(staff: &Staff, account: &Account, act: Act) -> bool {
    staff.may(act) && account.id != staff.id()
}
