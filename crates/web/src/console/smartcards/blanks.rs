//! *Register blank cards*, one by one or as a file.

use crate::console::{console_shell, frame, fresh_staff, trouble};
use crate::forms::BlankForm;
use crate::render::{Answer, on_page, page_with, see_other};
use crate::{Web, upload, urls};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::smartcard::ra::blanks::{self, Registered, Row};
use pages::{ConsolePart, FieldErrors, RaBadRow, RaBlanks};
use rules::smartcard::CardProfile;
use serde::Deserialize;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_CARDS_BLANK, get(show).post(register))
}

pub(super) fn uploads() -> Router<Web> {
    Router::new().route(urls::CONSOLE_CARDS_BLANK_FILE, post(file))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    registered: Option<u64>,
}

async fn blanks_page(web: &Web, staff: &Staff, filled: BlankForm) -> Result<RaBlanks, Refusal> {
    Ok(RaBlanks {
        frame: frame(staff, ConsolePart::Smartcards),
        registered: None,
        blank: blanks::count(web, staff).await?,
        action: urls::CONSOLE_CARDS_BLANK.into(),
        guid: filled.guid,
        profile: filled.profile,
        profiles: CardProfile::ALL.map(|profile| profile.as_str().to_owned()).to_vec(),
        label: filled.label,
        file_action: urls::CONSOLE_CARDS_BLANK_FILE.into(),
        bad_rows: Vec::new(),
        bad_count: 0,
        back: Some(urls::CONSOLE_CARDS.into()),
    })
}

async fn show(State(web): State<Web>, Query(told): Query<Told>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_CARDS_BLANK).await?;
    let shown =
        RaBlanks { registered: told.registered, ..blanks_page(&web, &staff, BlankForm::default()).await? };
    page_with(&console_shell(&web, &staff), &shown, &FieldErrors::none(), StatusCode::OK)
}

/// The page again, with how many cards there are now.
fn registered(count: u64) -> axum::response::Response {
    see_other(&format!("{}?registered={count}", urls::CONSOLE_CARDS_BLANK))
}

async fn register(State(web): State<Web>, jar: CookieJar, Form(filled): Form<BlankForm>) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_CARDS_BLANK).await?;
    let row = Row { guid: &filled.guid, profile: &filled.profile, label: &filled.label };
    match blanks::register(&web, &staff, row).await {
        Ok(()) => Ok(registered(1)),
        Err(refusal) => wrong(&web, &staff, filled, refusal).await,
    }
}

async fn wrong(web: &Web, staff: &Staff, filled: BlankForm, refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Fields(_) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            let shown = blanks_page(web, staff, filled).await?;
            page_with(&console_shell(web, staff), &shown, &errors, status)
        }
        refusal => Err(trouble(refusal, urls::CONSOLE_CARDS_BLANK)),
    }
}

/// Who may is asked before the file is read.
async fn file(
    State(web): State<Web>,
    jar: CookieJar,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_CARDS_BLANK).await?;
    blanks::count(&web, &staff).await?;
    let bytes = upload::file(multipart).await?;
    match blanks::register_file(&web, &staff, &bytes).await {
        Ok(Registered::All(count)) => Ok(registered(count)),
        Ok(Registered::None { bad, count }) => {
            let bad_rows =
                bad.into_iter().map(|(row, why)| RaBadRow { row, why: why.as_str().to_owned() }).collect();
            let shown = RaBlanks {
                bad_rows,
                bad_count: count,
                ..blanks_page(&web, &staff, BlankForm::default()).await?
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page_with(&console_shell(&web, &staff), &shown, &FieldErrors::none(), status)
        }
        Err(refusal) => wrong(&web, &staff, BlankForm::default(), refusal).await,
    }
}
