//! *Remind the person*, *Remind everybody*.

use super::super::{console_shell, fresh_staff, trouble};
use super::passport_page;
use crate::render::{Answer, on_page, page_with, see_other};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::{self, reminders};

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_REMIND_ALL, post(all)).route(urls::CONSOLE_REMIND, post(one))
}

async fn all(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_PASSPORTS).await?;
    match reminders::all(&web, &staff).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_PASSPORTS)),
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_PASSPORTS)),
    }
}

async fn one(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let here = urls::console_passport(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    match reminders::one(&web, &staff, console::id(&id)?).await {
        Ok(()) => Ok(see_other(&here)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            let shown = passport_page(&web, &staff, console::id(&id)?).await?;
            page_with(&console_shell(&web, &staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
