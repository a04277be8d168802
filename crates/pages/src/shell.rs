//! What surrounds every page.

use serde::Serialize;

use crate::Brand;

/// What surrounds a page: whose service it is, who is signed in, where the links of the footer lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shell {
    /// The language of the page as a BCP 47 tag, for the `lang` attribute.
    pub lang: String,
    /// The name of the service, as the organisation calls it.
    pub service_name: String,
    /// Whose pages these are; `None` before the person has chosen one.
    pub organisation: Option<Brand>,
    /// The name of the person who is signed in. With it goes the *Sign out* button.
    pub person: Option<String>,
    /// Where the person can go from any page; empty where nobody is signed in.
    pub navigation: Vec<NavigationLink>,
    /// What waits for the review of the person who is signed in; none where nothing does.
    pub review: Option<ReviewBanner>,
    /// When the session ends, for a person who is signed in.
    pub session: Option<SessionEnd>,
    /// What the rules say where the page is shown.
    pub rules: HouseRules,
    /// Where the links of header and footer lead.
    pub links: Links,
    /// Whether a strip on top says that everyone here is invented. Only the demonstration sets it.
    pub demonstration: bool,
}

/// Numbers of the rules that pages speak of: each organisation may have made its own stricter. Times are in words: "15 minutes".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HouseRules {
    /// How long a one-time code is good.
    pub code_lifetime: String,
    /// How many codes may be asked for in an hour.
    pub codes_per_hour: u32,
    /// So many wrong tries end a code.
    pub code_wrong_tries: u32,
    /// How long a half-done registration is kept.
    pub registration_lifetime: String,
    /// Silence after which a session ends.
    pub session_idle: String,
    /// Age at which a session ends.
    pub session_absolute: String,
}

/// The yellow banner of guide 000, on every page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReviewBanner {
    /// How many credentials; at least 1.
    pub count: u32,
    /// Where they are listed.
    pub href: String,
}

/// A part of the service that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Where a person begins.
    Home,
    /// *Security info*.
    SecurityInfo,
    /// The *Self Service Portal* for smartcards, for those who have one.
    Smartcard,
    /// The staff passport.
    Passport,
    /// *Recent activity*.
    Activity,
    /// *Devices and sessions*.
    Devices,
    /// The console, for those who have a role in it.
    Console,
}

/// One entry of the navigation. Its words are in the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NavigationLink {
    /// Which part.
    pub place: Place,
    /// Where it is.
    pub href: String,
}

/// When a session ends, so that its owner can be warned and stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionEnd {
    /// When it ends if nothing is done, in words: "2:59am".
    pub at: String,
    /// Seconds until then.
    pub seconds_left: u64,
    /// How many seconds before the end the warning appears.
    pub warn_seconds: u64,
    /// Where a script asks how many seconds are left; that is no use of the session.
    pub left_href: String,
    /// Where *Stay signed in* posts to.
    pub stay_action: String,
    /// Where the person is led when it has ended.
    pub over_href: String,
}

/// Where the links of header and footer lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Links {
    /// The name of the service in the header.
    pub home: String,
    /// Help and contact.
    pub help: String,
    /// The accessibility statement.
    pub accessibility: String,
    /// The cookies page.
    pub cookies: String,
    /// The privacy notice.
    pub privacy: String,
    /// Where the *Sign out* button posts to.
    pub sign_out: String,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            home: "/".into(),
            help: "/help".into(),
            accessibility: "/accessibility".into(),
            cookies: "/cookies".into(),
            privacy: "/privacy".into(),
            sign_out: "/sign-out".into(),
        }
    }
}

impl Shell {
    /// The shell of an English page on which nobody is signed in and no organisation chosen.
    pub fn new(service_name: impl Into<String>) -> Self {
        Self {
            lang: "en-GB".into(),
            service_name: service_name.into(),
            organisation: None,
            person: None,
            navigation: Vec::new(),
            review: None,
            session: None,
            rules: HouseRules::default(),
            links: Links::default(),
            demonstration: false,
        }
    }

    /// The same for one organisation's pages.
    #[must_use]
    pub fn of(mut self, organisation: Brand) -> Self {
        self.organisation = Some(organisation);
        self
    }

    /// The same for a person who is signed in.
    #[must_use]
    pub fn for_person(mut self, name: impl Into<String>) -> Self {
        self.person = Some(name.into());
        self
    }
}
