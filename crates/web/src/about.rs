//! The pages behind the links of the footer.

use crate::cookies::Kind;
use crate::person::shell_of_whoever;
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use pages::{Accessibility, Cookies, Help, Privacy};

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/help", get(help))
        .route("/accessibility", get(accessibility))
        .route("/cookies", get(cookies))
        .route("/privacy", get(privacy))
}

async fn help(State(web): State<Web>, jar: CookieJar) -> Answer {
    page(
        &shell_of_whoever(&web, &jar).await,
        &Help {
            join_href: urls::JOIN.into(),
            sign_in_href: urls::SIGN_IN.into(),
            first_time_href: urls::FIRST_TIME.into(),
        },
    )
}

async fn accessibility(State(web): State<Web>, jar: CookieJar) -> Answer {
    page(&shell_of_whoever(&web, &jar).await, &Accessibility {})
}

async fn cookies(State(web): State<Web>, jar: CookieJar) -> Answer {
    let names = web.cookies();
    page(
        &shell_of_whoever(&web, &jar).await,
        &Cookies {
            session_cookie: names.of(Kind::Session).into(),
            join_cookie: names.of(Kind::Join).into(),
            sign_in_cookie: names.of(Kind::SignIn).into(),
            reset_cookie: names.of(Kind::Reset).into(),
            device_cookie: names.of(Kind::Device).into(),
            wanted_cookie: names.of_wanted().into(),
        },
    )
}

async fn privacy(State(web): State<Web>, jar: CookieJar) -> Answer {
    page(&shell_of_whoever(&web, &jar).await, &Privacy {})
}
