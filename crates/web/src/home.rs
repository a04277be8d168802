//! Where a person who is signed in begins.

use crate::cookies::Kind;
use crate::registration::method;
use crate::render::{Answer, page, see_other};
use crate::sign_in::hint;
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::{Refusal, session};
use pages::{Home, PartOfDay, SignInMethod};
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/", get(async || see_other(urls::HOME))).route(urls::HOME, get(home))
}

async fn home(State(web): State<Web>, jar: CookieJar) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::Session);
    let person = match session::current(&web, cookie.as_ref()).await {
        Ok(person) => person,
        // Whose session has ended is told so; others have only opened the first page.
        Err(Refusal::NotSignedIn) if cookie.is_none() => return Ok(see_other(urls::SIGN_IN)),
        Err(refusal) => return Err(refusal.into()),
    };
    let methods = session::methods(&web, &person).await?;
    let account = &person.account;
    let shell = web
        .shell_of(&person.organisation)
        .for_person(format!("{} {}", account.first_name, account.last_name));
    let home = Home {
        name: account.first_name.clone(),
        user_name: account.email.clone(),
        part_of_day: PartOfDay::at_hour(web.local(web.clock.now()).hour()),
        last_sign_in: account
            .previous_sign_in_at
            .map(|moment| wording::date_and_time(Language::En, web.local(moment).datetime())),
        methods: methods
            .iter()
            .map(|known| SignInMethod {
                method: method(known.kind),
                hint: hint(&web, known),
                added: wording::date(Language::En, web.local(known.added_at).date()),
            })
            .collect(),
    };
    page(&shell, &home)
}
