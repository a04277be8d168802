//! The person who is signed in, for every page that needs one.

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::{Web, urls};
use axum_extra::extract::CookieJar;
use journeys::session::{self, Person};
use journeys::smartcard::due;
use journeys::{Refusal, campaign};
use pages::{NavigationLink, Place, ReviewBanner, SessionEnd, Shell};
use rules::campaign::Asked;
use rules::session::WARNING;
use wording::Language;

/// Who is signed in in this browser. Whose session has ended is told so; others are led to the sign-in page. Who has still to be
/// asked to set up a method for resets is asked first, and what falls due on a smartcard comes before anything else.
pub(crate) async fn signed_in(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    let person = kept_safe(web, jar).await?;
    match crate::smartcard::comes_first(&due::gate(web, &person).await?) {
        None => Ok(person),
        Some(page) => Err(Trouble::First(page)),
    }
}

/// The same for the pages that keep an account safe, which nobody is kept from by a card: *Security info*, *Revoke Certificates*.
pub(crate) async fn kept_safe(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    let person = arrived(web, jar).await?;
    match campaign::asked(&person) {
        Asked::No => Ok(person),
        Asked::MayPutOff { .. } | Asked::First => Err(Trouble::First(urls::SET_UP_DUE)),
    }
}

/// The same for the pages on which they are asked, and do it.
pub(crate) async fn arrived(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    let cookie = web.cookies().read(jar, Kind::Session);
    match session::current(web, cookie.as_ref()).await {
        Ok(person) => Ok(person),
        Err(Refusal::NotSignedIn) if cookie.is_none() => Err(Trouble::First(urls::SIGN_IN)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Who is signed in and proved it in the last minutes, for what keeps an account safe. Whoever did not is led to *Confirm that it
/// is you*, and from there to `next`.
pub(crate) async fn fresh(web: &Web, jar: &CookieJar, next: &str) -> Result<Person, Trouble> {
    proved(web, kept_safe(web, jar).await?, next)
}

/// The same for the pages on which a method is set up.
pub(crate) async fn fresh_to_set_up(web: &Web, jar: &CookieJar, next: &str) -> Result<Person, Trouble> {
    proved(web, arrived(web, jar).await?, next)
}

pub(crate) fn proved(web: &Web, person: Person, next: &str) -> Result<Person, Trouble> {
    match session::fresh(web, &person) {
        Ok(()) => Ok(person),
        Err(Refusal::ProofNeeded) => Err(Trouble::Elsewhere(urls::confirm(next))),
        Err(refusal) => Err(refusal.into()),
    }
}

/// What surrounds pages that are for everybody: whoever is signed in has their name, their places and what waits for them there, too.
pub(crate) async fn shell_of_whoever(web: &Web, jar: &CookieJar) -> Shell {
    let cookie = web.cookies().read(jar, Kind::Session);
    if cookie.is_none() {
        return web.shell();
    }
    session::current(web, cookie.as_ref()).await.map_or_else(|_| web.shell(), |person| shell(web, &person))
}

/// What surrounds the pages of a person who is signed in.
pub(crate) fn shell(web: &Web, person: &Person) -> Shell {
    let account = &person.account;
    let console = crate::console::beginning(&person.roles).map(|href| (Place::Console, href));
    let mut shell = web
        .shell_of(&person.organisation)
        .for_person(format!("{} {}", account.first_name, account.last_name));
    shell.navigation = [
        (Place::Home, urls::HOME),
        (Place::SecurityInfo, urls::SECURITY_INFO),
        (Place::Passport, urls::PASSPORT),
        (Place::Activity, urls::ACTIVITY),
        (Place::Devices, urls::DEVICES),
    ]
    .into_iter()
    .chain(person.smartcard.is_some().then_some((Place::Smartcard, urls::SMARTCARD)))
    .chain(console)
    .map(|(place, href)| NavigationLink { place, href: href.to_owned() })
    .collect();
    shell.review = (person.to_review > 0)
        .then(|| ReviewBanner { count: person.to_review, href: urls::PASSPORT.to_owned() });
    shell.session = Some(SessionEnd {
        at: wording::time(Language::En, web.local(person.ends_at()).time()),
        seconds_left: seconds_left(web, person),
        warn_seconds: WARNING.as_secs().unsigned_abs(),
        left_href: urls::SESSION.into(),
        stay_action: urls::SESSION_STAY.into(),
        over_href: format!("{}?signed=ended", urls::SIGN_IN),
    });
    shell
}

/// Until the session ends if nothing is done. Never more than there is: a part of a second does not count.
pub(crate) fn seconds_left(web: &Web, person: &Person) -> u64 {
    u64::try_from(person.ends_at().duration_since(web.clock.now()).as_secs()).unwrap_or(0)
}
