//! *Choose how you are told*.

use crate::person::{shell, signed_in};
use crate::render::{Answer, page, see_other};
use crate::second_factor::hint;
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::{CookieJar, Form};
use journeys::passport::offer::preferred_mobile;
use journeys::passport::preferences;
use journeys::session;
use pages::PassportNotifications;
use rules::passport::reminder;
use serde::Deserialize;
use store::passport_opt_out::OptOut;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::PASSPORT_NOTIFICATIONS, get(show).post(save))
}

/// The channels that are wanted.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ChannelsForm {
    channel: Vec<String>,
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let off = preferences::read(&web, &person).await?;
    let methods = session::methods(&web, &person).await?;
    let next = reminder::next(&web.local(web.clock.now()));
    let shown = PassportNotifications {
        action: urls::PASSPORT_NOTIFICATIONS.into(),
        email: !off.email,
        text: !off.text,
        address: person.account.email.clone(),
        mobile: preferred_mobile(&methods, &person).map(|method| hint(&web, method)),
        next_reminder: next.map(|at| wording::date_and_time(Language::En, at.datetime())),
        back: Some(urls::PASSPORT.into()),
    };
    page(&shell(&web, &person), &shown)
}

async fn save(State(web): State<Web>, jar: CookieJar, Form(form): Form<ChannelsForm>) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let wants = |name: &str| form.channel.iter().any(|channel| channel == name);
    preferences::set(&web, &person, OptOut { email: !wants("email"), text: !wants("text") }).await?;
    Ok(see_other(&format!("{}?saved=yes", urls::PASSPORT)))
}
