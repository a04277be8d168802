//! The person who is signed in, for every page that needs one.

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::{Web, urls};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::session::{self, Person};
use pages::Shell;

/// Who is signed in in this browser. Whose session has ended is told so; others are led to the sign-in page.
pub(crate) async fn signed_in(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    let cookie = web.cookies().read(jar, Kind::Session);
    match session::current(web, cookie.as_ref()).await {
        Ok(person) => Ok(person),
        Err(Refusal::NotSignedIn) if cookie.is_none() => Err(Trouble::Elsewhere(urls::SIGN_IN.to_owned())),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Who is signed in and proved it in the last minutes. Whoever did not is led to *Confirm that it is you*, and from there
/// to `next`.
pub(crate) async fn fresh(web: &Web, jar: &CookieJar, next: &str) -> Result<Person, Trouble> {
    let person = signed_in(web, jar).await?;
    match session::fresh(web, &person) {
        Ok(()) => Ok(person),
        Err(Refusal::ProofNeeded) => Err(Trouble::Elsewhere(urls::confirm(next))),
        Err(refusal) => Err(refusal.into()),
    }
}

/// What surrounds the pages of a person who is signed in.
pub(crate) fn shell(web: &Web, person: &Person) -> Shell {
    let account = &person.account;
    web.shell_of(&person.organisation).for_person(format!("{} {}", account.first_name, account.last_name))
}
