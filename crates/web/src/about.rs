//! The pages behind the links of the footer.

use crate::person::shell_of_whoever;
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::activity::KEPT_DAYS;
use journeys::housekeeping::MESSAGES_KEPT_DAYS;
use pages::{Accessibility, CookiePurpose, Cookies, Help, NamedCookie, Privacy};

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
            cookies: CookiePurpose::ALL
                .into_iter()
                .map(|purpose| NamedCookie { purpose, name: names.of_purpose(purpose).to_owned() })
                .collect(),
        },
    )
}

async fn privacy(State(web): State<Web>, jar: CookieJar) -> Answer {
    let privacy = Privacy { activity_days: KEPT_DAYS, message_days: MESSAGES_KEPT_DAYS };
    page(&shell_of_whoever(&web, &jar).await, &privacy)
}
