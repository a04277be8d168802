//! A job on a card: the link that starts the program on the workstation, and how far it has come.

use crate::errors::Trouble;
use crate::person::{kept_safe, shell};
use crate::render::{Answer, page, see_other};
use crate::smartcard::{frame, refused};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use card_jobs::{JobKind, Progress, Verdict};
use journeys::Refusal;
use journeys::session::Person;
use journeys::smartcard::job::{self, JobState, JobView};
use pages::{CardJobKind, CardJobProgress, CardJobState, PortalTab, SmartcardJob};
use serde_json::json;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SMARTCARD_JOB, get(show))
        .route(urls::SMARTCARD_JOB_STATE, get(state))
        .route(urls::SMARTCARD_JOB_AGAIN, post(again))
        .route(urls::SMARTCARD_JOB_CANCEL, post(cancel))
}

fn job_id(typed: &str) -> Result<Uuid, Trouble> {
    Ok(Uuid::parse_str(typed).map_err(|_| Refusal::NotFound)?)
}

async fn view(web: &Web, person: &Person, id: &str) -> Result<JobView, Trouble> {
    let id = job_id(id)?;
    job::watch(web, person.account.id, id).await.map_err(|why| refused(person, why))
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let view = view(&web, &person, &id).await?;
    let state = state_of(&view);
    let shown = SmartcardJob {
        frame: frame(&person, tab(view.kind)),
        kind: kind_of(view.kind),
        state,
        progress: progress_of(view.progress),
        words: web.word(&view.words, &[]),
        tries_left: view.tries_left,
        link: view.link.clone(),
        again_action: urls::smartcard_job_again(view.id),
        cancel_action: matches!(state, CardJobState::Waiting | CardJobState::Stopped)
            .then(|| urls::smartcard_job_cancel(view.id)),
        state_href: urls::smartcard_job_state(view.id),
        continue_href: continue_href(&view),
    };
    page(&shell(&web, &person), &shown)
}

/// For the script alone; the page loads itself again without it.
async fn state(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let view = view(&web, &person, &id).await?;
    let answer = json!({
        "state": state_of(&view),
        "progress": progress_of(view.progress),
        "link": view.link.is_some(),
    });
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, answer.to_string()).into_response())
}

/// *Go on*: a new link.
async fn again(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let id = job_id(&id)?;
    job::new_ticket(&web, person.account.id, id).await.map_err(|why| refused(&person, why))?;
    Ok(see_other(&urls::smartcard_job(id)))
}

/// *Stop*.
async fn cancel(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let id = job_id(&id)?;
    job::cancel(&web, person.account.id, id).await.map_err(|why| refused(&person, why))?;
    Ok(see_other(&urls::smartcard_job(id)))
}

fn state_of(view: &JobView) -> CardJobState {
    match (view.state, view.verdict) {
        (JobState::Waiting, _) => CardJobState::Waiting,
        (JobState::Running, _) => CardJobState::Running,
        (JobState::Stopped, _) => CardJobState::Stopped,
        (JobState::Ended, Some(Verdict::Done)) => CardJobState::Done,
        (JobState::Ended, _) => CardJobState::Refused,
    }
}

fn kind_of(kind: JobKind) -> CardJobKind {
    match kind {
        JobKind::Read => CardJobKind::Read,
        JobKind::SetPasscodes => CardJobKind::SetPasscodes,
        JobKind::Unblock => CardJobKind::Unblock,
        JobKind::Renew => CardJobKind::Renew,
        JobKind::Wipe => CardJobKind::Wipe,
        JobKind::Issue => CardJobKind::Issue,
    }
}

fn progress_of(progress: Progress) -> CardJobProgress {
    match progress {
        Progress::ReadingCard => CardJobProgress::ReadingCard,
        Progress::CheckingPasscode => CardJobProgress::CheckingPasscode,
        Progress::CreatingCard => CardJobProgress::CreatingCard,
        Progress::WritingCertificates => CardJobProgress::WritingCertificates,
        Progress::Proving => CardJobProgress::Proving,
        Progress::SettingPasscode => CardJobProgress::SettingPasscode,
        Progress::Wiping => CardJobProgress::Wiping,
        Progress::Ended => CardJobProgress::Ended,
    }
}

fn tab(kind: JobKind) -> Option<PortalTab> {
    match kind {
        JobKind::SetPasscodes | JobKind::Unblock => Some(PortalTab::ManagePasscodes),
        JobKind::Renew => Some(PortalTab::RenewCertificates),
        JobKind::Read | JobKind::Wipe | JobKind::Issue => None,
    }
}

/// Where *Continue* leads: to the portal with word of what was done, or back to what was tried; the Registration Authority to the
/// card that they work on.
fn continue_href(view: &JobView) -> String {
    if let (Some(_), Some(card)) = (view.act, view.card) {
        return urls::console_cards(urls::CONSOLE_CARD, &card.to_string());
    }
    let done = view.verdict == Some(Verdict::Done);
    match view.kind {
        JobKind::SetPasscodes if done => format!("{}?done=passcodes", urls::SMARTCARD_PASSCODES),
        JobKind::Unblock if done => urls::smartcard_done("unlocked"),
        JobKind::Renew if done => urls::smartcard_done("renewed"),
        JobKind::SetPasscodes => urls::SMARTCARD_PASSCODES.to_owned(),
        JobKind::Unblock => urls::SMARTCARD_UNLOCK.to_owned(),
        JobKind::Renew => urls::SMARTCARD_RENEW.to_owned(),
        JobKind::Read | JobKind::Wipe | JobKind::Issue => urls::SMARTCARD.to_owned(),
    }
}
