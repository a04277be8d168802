//! *End sessions begun by QR code*: since when, how many that would be, and done.

use super::{console_shell, frame, staff, trouble};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::console::wallet_sessions::{self, Typed};
use pages::{ConsolePart, ConsoleWalletSessions, ConsoleWalletSessionsPreview, FieldErrors};
use rules::role::Act;
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_WALLET_SESSIONS, get(show).post(end))
        .route(urls::CONSOLE_WALLET_SESSIONS_PREVIEW, get(preview))
}

/// How many have just ended.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ended {
    ended: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SinceForm {
    day: String,
    time: String,
    reason: String,
}

impl SinceForm {
    fn typed(&self) -> Typed<'_> {
        Typed { day: &self.day, time: &self.time }
    }

    /// The page that shows what would end; after *Confirm that it is you* the person comes back to it.
    fn preview_href(&self) -> String {
        let query = Serializer::new(String::new())
            .append_pair("day", &self.day)
            .append_pair("time", &self.time)
            .finish();
        format!("{}?{query}", urls::CONSOLE_WALLET_SESSIONS_PREVIEW)
    }
}

async fn show(State(web): State<Web>, Query(ended): Query<Ended>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_WALLET_SESSIONS).await?;
    staff.demand(Act::EndWalletSessions)?;
    let ended = ended.ended.and_then(|ended| ended.parse().ok());
    let form = SinceForm { day: web.today().to_string(), ..SinceForm::default() };
    page(&console_shell(&web, &staff), &form_page(&staff, form, ended))
}

fn form_page(staff: &Staff, form: SinceForm, ended: Option<u64>) -> ConsoleWalletSessions {
    ConsoleWalletSessions {
        frame: frame(staff, ConsolePart::Settings),
        action: urls::CONSOLE_WALLET_SESSIONS_PREVIEW.into(),
        day: form.day,
        time: form.time,
        ended,
        back: Some(urls::CONSOLE_SETTINGS.into()),
    }
}

/// By GET: it changes nothing.
async fn preview(State(web): State<Web>, Query(form): Query<SinceForm>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, &form.preview_href()).await?;
    preview_page(&web, &staff, form, &FieldErrors::none(), StatusCode::OK).await
}

/// What would end; the form again where no moment was typed.
async fn preview_page(
    web: &Web,
    staff: &Staff,
    form: SinceForm,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let shell = console_shell(web, staff);
    match wallet_sessions::preview(web, staff, form.typed()).await {
        Ok(concerned) => {
            let since = web.local(concerned.since).datetime();
            let preview = ConsoleWalletSessionsPreview {
                frame: frame(staff, ConsolePart::Settings),
                since: wording::date_and_time(Language::En, since),
                sessions: concerned.reach.things,
                people: concerned.reach.people,
                action: urls::CONSOLE_WALLET_SESSIONS.into(),
                day: form.day,
                time: form.time,
                reason: form.reason,
                back: Some(urls::CONSOLE_WALLET_SESSIONS.into()),
            };
            page_with(&shell, &preview, errors, status)
        }
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &form_page(staff, form, None), &errors, status)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn end(State(web): State<Web>, jar: CookieJar, Form(form): Form<SinceForm>) -> Answer {
    let here = form.preview_href();
    let staff = staff(&web, &jar, &here).await?;
    match wallet_sessions::end(&web, &staff, form.typed(), &form.reason).await {
        Ok(ended) => Ok(see_other(&format!("{}?ended={}", urls::CONSOLE_WALLET_SESSIONS, ended.things))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            preview_page(&web, &staff, form, &errors, status).await
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
