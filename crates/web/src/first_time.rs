//! First-time sign-in of training users and authorisers, who need not register: a code to their address, then the same
//! rooms as everybody.

use crate::forms::EmailForm;
use crate::registration::{begin, choose};
use crate::render::{Answer, on_page, page, page_with};
use crate::visitor::Visitor;
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::join::{self, Journey};
use pages::Email;
use store::organisation::Organisation;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::FIRST_TIME, get(async |State(web): State<Web>| choose(&web, urls::first_time_at).await))
        .route("/first-time/{organisation}", get(email).post(send_code))
}

async fn email(State(web): State<Web>, Path(code): Path<String>) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    page(&web.shell_of(&organisation), &email_page(&organisation, String::new()))
}

fn email_page(organisation: &Organisation, email: String) -> Email {
    Email {
        action: urls::first_time_at(&organisation.code),
        email,
        first_time: true,
        back: Some(urls::SIGN_IN.into()),
    }
}

/// *Send Code*.
async fn send_code(
    State(web): State<Web>,
    Path(code): Path<String>,
    Visitor(network): Visitor,
    jar: CookieJar,
    Form(form): Form<EmailForm>,
) -> Answer {
    let organisation = join::organisation(&web, &code).await?;
    match begin(&web, &organisation, Journey::FirstSignIn, None, &form.email, &jar, &network).await {
        Ok(answer) => Ok(answer),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&organisation), refusal)?;
            page_with(&web.shell_of(&organisation), &email_page(&organisation, form.email), &errors, status)
        }
    }
}
