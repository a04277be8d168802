//! By which channels one is told of credentials.

use serde::Serialize;

use crate::{Page, Place};

/// *Notifications*.
#[derive(Debug, Clone, Serialize)]
pub struct PassportNotifications {
    /// Where the form posts to.
    pub action: String,
    /// Whether e-mails are wanted.
    pub email: bool,
    /// Whether text messages are wanted.
    pub text: bool,
    /// The address that e-mails go to.
    pub address: String,
    /// The mobile number that texts go to, as a hint: "ending in 23".
    pub mobile: Option<String>,
    /// When the next reminder would come, in words.
    pub next_reminder: Option<String>,
    /// The list.
    pub back: Option<String>,
}

impl Page for PassportNotifications {
    const TEMPLATE: &'static str = "passport-notifications.html";
    const PLACE: Option<Place> = Some(Place::Passport);

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/passport/notifications".into(),
            email: true,
            text: true,
            address: "amina.khan@northfield.example".into(),
            mobile: Some("ending in 23".into()),
            next_reminder: Some("23 November 2026 at 8am".into()),
            back: Some("/passport".into()),
        };
        let off = Self { email: false, text: false, mobile: None, ..plain.clone() };
        vec![plain, off]
    }
}
