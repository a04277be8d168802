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
    /// All of them.
    pub cookies: Vec<NamedCookie>,
}

/// A cookie that the service sets.
#[derive(Debug, Clone, Serialize)]
pub struct NamedCookie {
    /// What it is for.
    pub purpose: CookiePurpose,
    /// What it is called in the browser.
    pub name: String,
}

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CookiePurpose {
    /// Keeps a person signed in.
    Session,
    /// Holds a registration together.
    Join,
    /// Holds a sign-in together.
    SignIn,
    /// Holds a reset together.
    Reset,
    /// Tells which browser asked a wallet.
    Wallet,
    /// Holds together what a wallet asks for.
    WalletAsks,
    /// Lets a browser be known again.
    Device,
    /// Keeps which page was asked for before signing in.
    Wanted,
}

impl CookiePurpose {
    /// All of them, as the page tells them.
    pub const ALL: [Self; 8] = [
        Self::Session,
        Self::Join,
        Self::SignIn,
        Self::Reset,
        Self::Wallet,
        Self::WalletAsks,
        Self::Device,
        Self::Wanted,
    ];
}

impl Page for Cookies {
    const TEMPLATE: &'static str = "cookies.html";

    fn samples() -> Vec<Self> {
        let named = |(number, purpose)| NamedCookie { purpose, name: format!("__Host-cookie-{number}") };
        vec![Self { cookies: CookiePurpose::ALL.into_iter().enumerate().map(named).collect() }]
    }
}

/// The privacy notice.
#[derive(Debug, Clone, Serialize)]
pub struct Privacy {
    /// For how many days what people did is shown to them and to the service desk.
    pub activity_days: u32,
    /// For how many days messages are kept after they were sent, without their text.
    pub message_days: u32,
}

impl Page for Privacy {
    const TEMPLATE: &'static str = "privacy.html";

    fn samples() -> Vec<Self> {
        vec![Self { activity_days: 90, message_days: 30 }]
    }
}
