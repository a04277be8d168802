//! The pages behind the links of the footer.

use serde::Serialize;

use crate::Page;

/// Help and contact.
#[derive(Debug, Clone, Serialize)]
pub struct Help {
    /// Where an account is created.
    pub join_href: String,
    /// Where people sign in.
    pub sign_in_href: String,
    /// First-time sign-in, for online training users and authorisers.
    pub first_time_href: String,
}

impl Page for Help {
    const TEMPLATE: &'static str = "help.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            join_href: "/join".into(),
            sign_in_href: "/sign-in".into(),
            first_time_href: "/first-time".into(),
        }]
    }
}

/// The accessibility statement.
#[derive(Debug, Clone, Serialize)]
pub struct Accessibility {}

impl Page for Accessibility {
    const TEMPLATE: &'static str = "accessibility.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// Which cookies there are: essential ones only, so that nobody needs to be asked.
#[derive(Debug, Clone, Serialize)]
pub struct Cookies {
    /// The name of the cookie that keeps a person signed in.
    pub session_cookie: String,
    /// The name of the cookie that holds a registration together.
    pub join_cookie: String,
    /// The name of the cookie that holds a sign-in together.
    pub sign_in_cookie: String,
    /// The name of the cookie that holds a reset together.
    pub reset_cookie: String,
    /// The name of the cookie by which a browser is known again.
    pub device_cookie: String,
    /// The name of the cookie that keeps which page was asked for before signing in.
    pub wanted_cookie: String,
}

impl Page for Cookies {
    const TEMPLATE: &'static str = "cookies.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            session_cookie: "__Host-session".into(),
            join_cookie: "__Host-join".into(),
            sign_in_cookie: "__Host-sign-in".into(),
            reset_cookie: "__Host-reset".into(),
            device_cookie: "__Host-device".into(),
            wanted_cookie: "__Host-wanted".into(),
        }]
    }
}

/// The privacy notice.
#[derive(Debug, Clone, Serialize)]
pub struct Privacy {}

impl Page for Privacy {
    const TEMPLATE: &'static str = "privacy.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
