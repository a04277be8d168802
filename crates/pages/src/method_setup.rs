//! Guide 002: the wizards in which a sign-in method is set up.

use std::fmt;

use serde::Serialize;

use crate::{Method, Page, Place, QrSvg};

/// *Phone*: country, number, *Text me a code*, *Next*; and the phones that are kept for contact only.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpPhone {
    /// Where the form posts to.
    pub action: String,
    /// What it will be: a phone for codes, an alternative or an office phone.
    pub method: Method,
    /// What was typed before.
    pub number: String,
    /// Whether *Call me* is offered.
    pub may_call: bool,
    /// Whether it was chosen before.
    pub by_call: bool,
    /// The page before.
    pub back: Option<String>,
}

impl Page for SetUpPhone {
    const TEMPLATE: &'static str = "set-up-phone.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["number"];

    fn samples() -> Vec<Self> {
        [
            (Method::Text, ""),
            (Method::OfficePhone, "020 7946 0123 (the ward, not the switchboard)"),
            (Method::AlternativePhone, "07700 900123"),
        ]
        .map(|(method, number)| Self {
            action: "/security-info/setup/0/phone".into(),
            method,
            number: number.into(),
            may_call: true,
            by_call: false,
            back: Some("/security-info/add".into()),
        })
        .to_vec()
    }
}

/// *Email*: the address, *Next*.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpEmail {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before.
    pub email: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for SetUpEmail {
    const TEMPLATE: &'static str = "set-up-email.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["email"];

    fn samples() -> Vec<Self> {
        ["", "amina@home.example"]
            .map(|email| Self {
                action: "/security-info/setup/0/email".into(),
                email: email.into(),
                back: Some("/security-info/add".into()),
            })
            .to_vec()
    }
}

/// *Start by getting the app*.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpAppStart {
    /// Where our own app is opened on the phone; none for an app of somebody else's.
    pub app_address: Option<String>,
    /// Where *I want to use a different authenticator app* posts to; none where there is no choice.
    pub other_action: Option<String>,
    /// *Next*.
    pub next_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for SetUpAppStart {
    const TEMPLATE: &'static str = "set-up-app-start.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        let theirs = Self {
            app_address: None,
            other_action: None,
            next_href: "/security-info/setup/0/account".into(),
            back: Some("/security-info/add".into()),
        };
        let ours = Self {
            app_address: Some("https://id.northfield.example/authenticator".into()),
            other_action: Some("/security-info/add".into()),
            ..theirs.clone()
        };
        vec![ours, theirs]
    }
}

/// *Set up your account*.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpAppAccount {
    /// *Next*.
    pub next_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for SetUpAppAccount {
    const TEMPLATE: &'static str = "set-up-app-account.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        vec![Self {
            next_href: "/security-info/setup/0/scan".into(),
            back: Some("/security-info/setup/0/app".into()),
        }]
    }
}

/// *Scan the QR code*, with its text beside it.
#[derive(Clone, Serialize)]
pub struct SetUpAppScan {
    /// The QR code of `otpauth_uri`.
    pub qr_svg: QrSvg,
    /// The same secret to be typed or copied: base32 in groups of four.
    pub secret_text: String,
    /// The address that opens an app on the same device: `otpauth://…`.
    pub otpauth_uri: String,
    /// The name under which the app lists the account.
    pub account: String,
    /// *Next*.
    pub next_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl fmt::Debug for SetUpAppScan {
    /// Leaves the secret out, in all of its three forms.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetUpAppScan").field("next_href", &self.next_href).finish_non_exhaustive()
    }
}

impl Page for SetUpAppScan {
    const TEMPLATE: &'static str = "set-up-app-scan.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        let uri = "otpauth://totp/Northfield%20Staff:amina.khan%40northfield.example\
                   ?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Northfield%20Staff";
        QrSvg::of(uri)
            .map(|qr_svg| Self {
                qr_svg,
                secret_text: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(),
                otpauth_uri: uri.into(),
                account: "amina.khan@northfield.example".into(),
                next_href: "/security-info/setup/0/code".into(),
                back: Some("/security-info/setup/0/account".into()),
            })
            .into_iter()
            .collect()
    }
}

/// *Scan the QR code* with our authenticator.
#[derive(Clone, Serialize)]
pub struct SetUpApprovalScan {
    /// The QR code of `app_href`.
    pub qr_svg: QrSvg,
    /// What it holds, to be typed: letters and digits in groups of four.
    pub text: String,
    /// The same, for the app on this very phone.
    pub app_href: String,
    /// Whether a phone has scanned it.
    pub done: bool,
    /// Where *Next* posts to.
    pub action: String,
    /// The page before.
    pub back: Option<String>,
}

impl fmt::Debug for SetUpApprovalScan {
    /// Leaves out what connects a phone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetUpApprovalScan").field("action", &self.action).finish_non_exhaustive()
    }
}

impl Page for SetUpApprovalScan {
    const TEMPLATE: &'static str = "set-up-approval-scan.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        let address = "https://id.northfield.example/authenticator#enrol=abcd2345efgh6789jkmnpqrs\
                       &aud=https%3A%2F%2Fid.northfield.example";
        let Ok(qr_svg) = QrSvg::of(address) else { return Vec::new() };
        [false, true]
            .map(|done| Self {
                qr_svg: qr_svg.clone(),
                text: "abcd 2345 efgh 6789 jkmn pqrs".into(),
                app_href: address.into(),
                done,
                action: "/security-info/setup/0/scan".into(),
                back: Some("/security-info/setup/0/account".into()),
            })
            .to_vec()
    }
}

/// The six digits, *Next*.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpCode {
    /// Where the form with the code posts to.
    pub action: String,
    /// Where *Send New Code* posts to; an app needs none.
    pub resend_action: Option<String>,
    /// Where a mistyped address or number is corrected; an app has none.
    pub change_href: Option<String>,
    /// What is being set up.
    pub method: Method,
    /// The address or number that was typed. Empty for an app.
    pub sent_to: String,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// What was typed before, when it may be shown again.
    pub code: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for SetUpCode {
    const TEMPLATE: &'static str = "set-up-code.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let text = Self {
            action: "/security-info/setup/0/code".into(),
            resend_action: Some("/security-info/setup/0/code/new".into()),
            change_href: Some("/security-info/setup/0/phone".into()),
            method: Method::Text,
            sent_to: "+44 7700 900123".into(),
            undelivered: false,
            just_resent: false,
            code: String::new(),
            back: Some("/security-info/setup/0/phone".into()),
        };
        let email = Self {
            method: Method::Email,
            sent_to: "amina@home.example".into(),
            just_resent: true,
            code: "12345".into(),
            ..text.clone()
        };
        let undelivered = Self { undelivered: true, ..text.clone() };
        let app = Self {
            method: Method::App,
            resend_action: None,
            change_href: None,
            sent_to: String::new(),
            back: Some("/security-info/setup/0/scan".into()),
            ..text.clone()
        };
        vec![text, email, undelivered, app]
    }
}

/// *SMS verified*, or what it is for the other methods; *Done*.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpDone {
    /// What is set up.
    pub method: Method,
    /// Whether a phone was called rather than texted.
    pub by_call: bool,
    /// Where *Done* leads.
    pub done_href: String,
}

impl Page for SetUpDone {
    const TEMPLATE: &'static str = "set-up-done.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        [
            (Method::Text, false),
            (Method::Text, true),
            (Method::Approval, false),
            (Method::App, false),
            (Method::Email, false),
            (Method::AlternativePhone, false),
            (Method::OfficePhone, false),
        ]
        .map(|(method, by_call)| Self { method, by_call, done_href: "/security-info".into() })
        .to_vec()
    }
}

/// After signing in: no method resets the password yet.
#[derive(Debug, Clone, Serialize)]
pub struct SetUpDue {
    /// *Set up now*.
    pub set_up_href: String,
    /// Where *Not now, ask me again next time* posts to.
    pub put_off_action: String,
    /// How often that can be done, with this time; 0 where it comes before anything else.
    pub left: u32,
}

impl Page for SetUpDue {
    const TEMPLATE: &'static str = "set-up-due.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        [3, 1, 0]
            .map(|left| Self {
                set_up_href: "/security-info/add".into(),
                put_off_action: "/security-info/set-up-due".into(),
                left,
            })
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_an_app_is_not_in_what_is_logged() {
        for page in SetUpAppScan::samples() {
            let logged = format!("{page:?}");
            assert!(!logged.contains("JBSW") && !logged.contains("otpauth"), "{logged}");
        }
    }
}
