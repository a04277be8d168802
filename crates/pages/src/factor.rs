//! Guide 003, steps 7 to 9: choosing the second factor, setting it up and proving it.

use std::fmt;

use serde::Serialize;

use crate::{Page, QrSvg};

/// A second factor. Forms send it as `email`, `text` or `app`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A code by e-mail.
    Email,
    /// A code by text message.
    Text,
    /// A code from an authenticator app.
    App,
    /// Approved in our authenticator app.
    Approval,
    /// A number kept for contact; it proves nothing.
    AlternativePhone,
    /// A number at work, kept for contact; it proves nothing.
    OfficePhone,
    /// A passkey. Only the console names it among the methods.
    Passkey,
}

impl Method {
    /// Reads what the form sent.
    pub fn from_form(value: &str) -> Option<Self> {
        match value {
            "email" => Some(Self::Email),
            "text" => Some(Self::Text),
            "app" => Some(Self::App),
            _ => None,
        }
    }
}

/// Step 7: which second factor?
#[derive(Debug, Clone, Serialize)]
pub struct ChooseSecondFactor {
    /// Where the form posts to, with the choice as `method`.
    pub action: String,
    /// What was chosen before.
    pub chosen: Option<Method>,
    /// Whether text messages can be sent here.
    pub texts: bool,
}

impl Page for ChooseSecondFactor {
    const TEMPLATE: &'static str = "choose-second-factor.html";
    const FIELDS: &'static [&'static str] = &["method"];

    fn samples() -> Vec<Self> {
        [(None, true), (Some(Method::Text), true), (None, false)]
            .map(|(chosen, texts)| Self { action: "/join/factor".into(), chosen, texts })
            .to_vec()
    }
}

/// Step 8 for codes by e-mail: the address, *Send Code*.
#[derive(Debug, Clone, Serialize)]
pub struct FactorEmail {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before, or the address that was proved already.
    pub email: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for FactorEmail {
    const TEMPLATE: &'static str = "factor-email.html";
    const FIELDS: &'static [&'static str] = &["email"];

    fn samples() -> Vec<Self> {
        ["", "amina.khan@northfield.example"]
            .map(|email| Self {
                action: "/join/factor/email".into(),
                email: email.into(),
                back: Some("/join/factor".into()),
            })
            .to_vec()
    }
}

/// Step 8 for codes by text message: the number, *Send Code*.
#[derive(Debug, Clone, Serialize)]
pub struct FactorPhone {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before.
    pub number: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for FactorPhone {
    const TEMPLATE: &'static str = "factor-phone.html";
    const FIELDS: &'static [&'static str] = &["number"];

    fn samples() -> Vec<Self> {
        ["", "+44 (0)7700 900 123 (my own, not the ward’s)"]
            .map(|number| Self {
                action: "/join/factor/phone".into(),
                number: number.into(),
                back: Some("/join/factor".into()),
            })
            .to_vec()
    }
}

/// Steps 8 and 9 for an authenticator app: the QR code, its text, and the first code, *Verify Code*.
#[derive(Clone, Serialize)]
pub struct FactorApp {
    /// Where the form posts to.
    pub action: String,
    /// The QR code of `otpauth_uri`.
    pub qr_svg: QrSvg,
    /// The same secret to be typed or copied: base32 in groups of four.
    pub secret_text: String,
    /// The address that opens an app on the same device: `otpauth://…`.
    pub otpauth_uri: String,
    /// The name under which the app lists the account: as a rule the e-mail address.
    pub account: String,
    /// The page before.
    pub back: Option<String>,
}

impl fmt::Debug for FactorApp {
    /// Leaves the secret out, in all of its three forms.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactorApp").field("action", &self.action).finish_non_exhaustive()
    }
}

impl Page for FactorApp {
    const TEMPLATE: &'static str = "factor-app.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let uri = "otpauth://totp/Northfield%20Staff:amina.khan%40northfield.example\
                   ?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Northfield%20Staff";
        QrSvg::of(uri)
            .map(|qr_svg| Self {
                action: "/join/factor/app".into(),
                qr_svg,
                secret_text: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(),
                otpauth_uri: uri.into(),
                account: "amina.khan@northfield.example".into(),
                back: Some("/join/factor".into()),
            })
            .into_iter()
            .collect()
    }
}

/// After step 9: it works, *Continue*.
#[derive(Debug, Clone, Serialize)]
pub struct FactorVerified {
    /// What was proved.
    pub method: Method,
    /// Where *Continue* leads.
    pub continue_href: String,
}

impl Page for FactorVerified {
    const TEMPLATE: &'static str = "factor-verified.html";

    fn samples() -> Vec<Self> {
        [Method::Email, Method::Text, Method::App]
            .map(|method| Self { method, continue_href: "/join/complete".into() })
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_an_app_is_not_in_what_is_logged() {
        for page in FactorApp::samples() {
            let logged = format!("{page:?}");
            assert!(!logged.contains("JBSW") && !logged.contains("otpauth"), "{logged}");
        }
    }

    #[test]
    fn a_method_is_read_as_the_page_sends_it() {
        let sent = ["email", "text", "app", "", "Email", "fax"].map(Method::from_form);
        assert_eq!(sent, [Some(Method::Email), Some(Method::Text), Some(Method::App), None, None, None]);
    }
}
