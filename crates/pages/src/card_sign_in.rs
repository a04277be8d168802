//! Signing in with a smartcard: by the browser's extension, and by the card's certificate on a host of its own.

use serde::Serialize;

use crate::Page;

/// *Sign in with your smartcard*.
#[derive(Debug, Clone, Serialize)]
pub struct CardSignIn {
    /// Where the form posts to: the question as `nonce`, what the card signed as `token`.
    pub action: String,
    /// Where the script fetches the question, by POST.
    pub question: String,
    /// The extension that the script speaks to.
    pub extension: String,
    /// The host for certificates; none where there is none.
    pub certificate_href: Option<String>,
    /// The page before.
    pub back: Option<String>,
}

impl Page for CardSignIn {
    const TEMPLATE: &'static str = "card-sign-in.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/sign-in/card".into(),
            question: "/sign-in/card/question".into(),
            extension: "abcdefghijklmnopabcdefghijklmnop".into(),
            certificate_href: None,
            back: Some("/sign-in".into()),
        };
        let both = Self {
            certificate_href: Some("https://certificates.northfield.example/?browser=00".into()),
            ..plain.clone()
        };
        vec![plain, both]
    }
}

/// Back from the host for certificates, with a code that is good once.
#[derive(Debug, Clone, Serialize)]
pub struct CardSignInBack {
    /// Where the form posts to, with the code as `code`.
    pub action: String,
    /// The code.
    pub code: String,
}

impl Page for CardSignInBack {
    const TEMPLATE: &'static str = "card-sign-in-back.html";

    fn samples() -> Vec<Self> {
        vec![Self { action: "/sign-in/card/certificate".into(), code: "01.1764035000000.00".into() }]
    }
}
