//! The page that somebody asked for before they were signed in: the links in our messages lead to it, by way of the sign-in.

use crate::errors::Trouble;
use crate::render::see_other;
use crate::{Web, urls};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;

/// A page that a message of ours links to. The browser keeps one by its name, never by an address: whatever else its cookie holds
/// leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// *Your staff passport*: the first link of a message about credentials.
    Passport,
    /// *Collect your access key*: the second one.
    AccessKey,
    /// The Self Service Portal, of which reminders about a smartcard tell.
    Smartcard,
    /// *Staff passports* in the console, of which a team reads on Mondays.
    StaffPassports,
}

impl Wanted {
    const ALL: [Self; 4] = [Self::Passport, Self::AccessKey, Self::Smartcard, Self::StaffPassports];

    /// The page at this path.
    fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.path() == path)
    }

    /// The page with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }

    /// Its name in the cookie.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::AccessKey => "access-key",
            Self::Smartcard => "smartcard",
            Self::StaffPassports => "staff-passports",
        }
    }

    /// Its address.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Passport => urls::PASSPORT,
            Self::AccessKey => urls::ACCESS_KEY,
            Self::Smartcard => urls::SMARTCARD,
            Self::StaffPassports => urls::CONSOLE_PASSPORTS,
        }
    }

    /// Where somebody who wants it signs in. Whoever comes for their passport has an access key by then, or another way from there;
    /// whoever comes for the key itself has none.
    fn sign_in(self) -> &'static str {
        match self {
            Self::Passport => urls::SIGN_IN_PASSPORT,
            Self::AccessKey | Self::Smartcard | Self::StaffPassports => urls::SIGN_IN,
        }
    }
}

/// Where somebody goes on who has signed in: the page that they asked for before, or else the one where people begin.
pub(crate) fn or_home(web: &Web, jar: &CookieJar) -> &'static str {
    web.cookies().wanted(jar).map_or(urls::HOME, Wanted::path)
}

/// The way there, after what came first. It is wanted no longer.
pub(crate) fn go_on(web: &Web, jar: CookieJar) -> Response {
    let next = see_other(or_home(web, &jar));
    (jar.add(web.cookies().no_longer_wanted()), next).into_response()
}

/// Has a browser remember the page that it asked for, where signing in comes first, or what is asked of people just after it.
pub(crate) async fn remember(
    State(web): State<Web>,
    jar: CookieJar,
    request: Request,
    next: Next,
) -> Response {
    let page = Some(request.uri().path()).filter(|_| request.method() == Method::GET).and_then(Wanted::at);
    let response = next.run(request).await;
    let Some(page) = page else { return response };
    let jar = jar.add(web.cookies().want(page));
    match response.extensions().get::<Trouble>() {
        Some(Trouble::First(first)) if *first == urls::SIGN_IN => {
            (jar, Trouble::First(page.sign_in())).into_response()
        }
        Some(trouble) if matches!(trouble, Trouble::First(_)) || trouble.is_not_signed_in() => {
            (jar, response).into_response()
        }
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn a_page_is_found_by_its_path_and_by_its_name_and_by_nothing_else() {
        for page in Wanted::ALL {
            assert_eq!((Wanted::at(page.path()), Wanted::named(page.name())), (Some(page), Some(page)));
        }
        assert_eq!(Wanted::at("/passport/share"), None);
        assert_eq!(Wanted::named("/passport"), None);
    }
}
