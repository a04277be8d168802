//! Cookies: essential ones only, none of which a script can read.

use crate::wanted::Wanted;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use pages::CookiePurpose;
use vault::Token;

/// Which cookies there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Holds a registration together; 24 hours.
    Join,
    /// Holds a sign-in together between password and second factor.
    SignIn,
    /// Tells which browser asked a wallet: an answer is used there alone.
    Wallet,
    /// Holds together what a wallet asks for that opened this browser, while its person signs in.
    WalletAsks,
    /// Holds a reset together.
    Reset,
    /// Keeps a person signed in.
    Session,
    /// Tells that this person has signed in with this browser before; a year.
    Device,
}

/// The names of the cookies. Behind HTTPS they begin with `__Host-`, so that no other host and no page without HTTPS can
/// set them (RFC 6265bis, section 4.1.3.2); on a loopback address without HTTPS browsers would refuse that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CookieNames {
    secure: bool,
}

impl CookieNames {
    pub(crate) fn new(secure: bool) -> Self {
        Self { secure }
    }

    pub(crate) fn of(self, kind: Kind) -> &'static str {
        match (kind, self.secure) {
            (Kind::Join, true) => "__Host-fobwatch-join",
            (Kind::Join, false) => "fobwatch-join",
            (Kind::SignIn, true) => "__Host-fobwatch-sign-in",
            (Kind::SignIn, false) => "fobwatch-sign-in",
            (Kind::Wallet, true) => "__Host-fobwatch-wallet",
            (Kind::Wallet, false) => "fobwatch-wallet",
            (Kind::WalletAsks, true) => "__Host-fobwatch-wallet-asks",
            (Kind::WalletAsks, false) => "fobwatch-wallet-asks",
            (Kind::Reset, true) => "__Host-fobwatch-reset",
            (Kind::Reset, false) => "fobwatch-reset",
            (Kind::Session, true) => "__Host-fobwatch-session",
            (Kind::Session, false) => "fobwatch-session",
            (Kind::Device, true) => "__Host-fobwatch-device",
            (Kind::Device, false) => "fobwatch-device",
        }
    }

    /// The name of the cookie that is for this.
    pub(crate) fn of_purpose(self, purpose: CookiePurpose) -> &'static str {
        match purpose {
            CookiePurpose::Session => self.of(Kind::Session),
            CookiePurpose::Join => self.of(Kind::Join),
            CookiePurpose::SignIn => self.of(Kind::SignIn),
            CookiePurpose::Reset => self.of(Kind::Reset),
            CookiePurpose::Wallet => self.of(Kind::Wallet),
            CookiePurpose::WalletAsks => self.of(Kind::WalletAsks),
            CookiePurpose::Device => self.of(Kind::Device),
            CookiePurpose::Wanted => self.of_wanted(),
        }
    }

    /// The token in a visitor's cookie.
    pub(crate) fn read(self, jar: &CookieJar, kind: Kind) -> Option<Token> {
        jar.get(self.of(kind)).and_then(|cookie| Token::parse(cookie.value()))
    }

    /// A cookie with a token.
    pub(crate) fn make(self, kind: Kind, token: &Token) -> Cookie<'static> {
        let mut cookie = self.bare(kind);
        cookie.set_value(token.as_str().to_owned());
        match kind {
            Kind::Join => cookie.set_max_age(time::Duration::hours(24)),
            Kind::Device => cookie.set_max_age(time::Duration::days(365)),
            // As long as a yes or no is waited for: afterwards nobody is led there after signing in.
            Kind::WalletAsks => cookie.set_max_age(time::Duration::minutes(10)),
            Kind::SignIn | Kind::Wallet | Kind::Reset | Kind::Session => {}
        }
        cookie
    }

    /// A cookie to be removed.
    pub(crate) fn gone(self, kind: Kind) -> Cookie<'static> {
        let mut cookie = self.bare(kind);
        cookie.make_removal();
        cookie
    }

    /// The name of the cookie that keeps the page which somebody asked for until they are signed in.
    pub(crate) fn of_wanted(self) -> &'static str {
        if self.secure { "__Host-fobwatch-wanted" } else { "fobwatch-wanted" }
    }

    /// The page in that cookie. What names none of them is nothing.
    pub(crate) fn wanted(self, jar: &CookieJar) -> Option<Wanted> {
        jar.get(self.of_wanted()).and_then(|cookie| Wanted::named(cookie.value()))
    }

    /// That cookie, with a page.
    pub(crate) fn want(self, page: Wanted) -> Cookie<'static> {
        let mut cookie = self.named(self.of_wanted());
        cookie.set_value(page.name());
        // As long as somebody may take to sign in.
        cookie.set_max_age(time::Duration::minutes(30));
        cookie
    }

    /// That cookie, to be removed.
    pub(crate) fn no_longer_wanted(self) -> Cookie<'static> {
        let mut cookie = self.named(self.of_wanted());
        cookie.make_removal();
        cookie
    }

    fn bare(self, kind: Kind) -> Cookie<'static> {
        self.named(self.of(kind))
    }

    fn named(self, name: &'static str) -> Cookie<'static> {
        Cookie::build((name, ""))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            // Lax, not Strict: the links in our messages lead to pages of people who are signed in.
            .same_site(SameSite::Lax)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::{CookieNames, Kind};
    use crate::wanted::Wanted;
    use axum_extra::extract::CookieJar;
    use axum_extra::extract::cookie::Cookie;
    use vault::{SystemRandom, Token};

    #[test]
    fn behind_https_a_cookie_is_bound_to_this_host_and_hidden_from_scripts() {
        let token = Token::new(&SystemRandom::new());
        let names = CookieNames::new(true);
        for cookie in [names.make(Kind::Session, &token), names.want(Wanted::Passport)] {
            let cookie = cookie.to_string();
            assert!(cookie.starts_with("__Host-fobwatch-"), "{cookie}");
            for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(attribute), "{attribute} is missing in {cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    }

    #[test]
    fn only_the_names_of_our_pages_are_read_from_a_cookie() {
        let names = CookieNames::new(false);
        let read =
            |value: &'static str| names.wanted(&CookieJar::new().add(Cookie::new("fobwatch-wanted", value)));
        assert_eq!(read("access-key"), Some(Wanted::AccessKey));
        for other in ["", "/passport", "https://evil.example/", "//evil.example", "PASSPORT", "home"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
