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
    /// Where the links of header and footer lead.
    pub links: Links,
    /// Whether a strip on top says that everyone here is invented. Only the demonstration sets it.
    pub demonstration: bool,
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
