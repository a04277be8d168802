//! *Check a Verification Passcode*: whoever answers the telephone types what the caller says.

use super::{console_shell, frame, staff, trouble};
use crate::forms::Typed;
use crate::render::{Answer, on_page, page, page_with};
use crate::{Web, urls};
use axum::extract::State;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::verification::{Asked, by_staff};
use pages::{ConsolePart, ConsoleVerification};
use rules::role::Act;
use serde::Deserialize;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_VERIFICATION, get(show).post(check))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CheckForm {
    user_name: String,
    passcode: Typed,
}

fn form_page(staff: &Staff, user_name: String, matches: Option<bool>) -> ConsoleVerification {
    ConsoleVerification {
        frame: frame(staff, ConsolePart::Verification),
        action: urls::CONSOLE_VERIFICATION.into(),
        user_name,
        matches,
    }
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_VERIFICATION).await?;
    staff.demand(Act::CheckVerification)?;
    page(&console_shell(&web, &staff), &form_page(&staff, String::new(), None))
}

/// The answer stands on the page that was posted: whom somebody asked about belongs in no log of addresses.
async fn check(State(web): State<Web>, jar: CookieJar, Form(form): Form<CheckForm>) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_VERIFICATION).await?;
    let CheckForm { user_name, passcode } = form;
    let shell = console_shell(&web, &staff);
    match by_staff(&web, &staff, Asked { user_name: &user_name, passcode: &passcode.0 }).await {
        Ok(matches) => page(&shell, &form_page(&staff, user_name, Some(matches))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &form_page(&staff, user_name, None), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_VERIFICATION)),
    }
}
