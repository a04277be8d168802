//! Something is asked of the wallet on a phone, by a QR code or, on the phone itself, by a button.

use serde::Serialize;

use crate::{Page, QrSvg};

/// What is asked of the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WalletPurpose {
    /// Show the access key, to sign in.
    SignIn,
    /// Show the access key, before something that matters.
    Confirm,
    /// Take the access key.
    AccessKey,
    /// Take a credential that was accepted.
    Accept,
    /// Take a new copy of a credential.
    Reissue,
    /// Show credentials to a trust.
    Share,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WalletState {
    /// Nobody has scanned the code.
    Waiting,
    /// A wallet has looked at it.
    Scanned,
    /// The wallet has answered, on another device: the code that it shows is typed here.
    Code,
    /// It is done: *Continue*.
    Done,
    /// Its time has run out.
    Over,
    /// The person said no in the wallet.
    Declined,
    /// What the wallet answered is not good.
    Refused,
    /// It cannot be found out whether what the wallet showed still holds.
    Unchecked,
    /// Something went wrong on our side, or on the wallet's.
    Failed,
}

/// The page with the QR code. With scripts it follows what happens and goes on by itself; without, it loads itself again.
#[derive(Debug, Clone, Serialize)]
pub struct WalletQr {
    /// What is asked.
    pub purpose: WalletPurpose,
    /// What it is about: a credential's name, a trust's.
    pub about: String,
    /// How it stands.
    pub state: WalletState,
    /// The code, while it can be scanned.
    pub qr: Option<QrSvg>,
    /// The same for a wallet on this device.
    pub link: Option<String>,
    /// To which number the code went that the wallet asks for: "ending in 23"; none where it asks for none.
    pub code_sent_to: Option<String>,
    /// Where the script listens to what happens.
    pub events_href: String,
    /// Where *Continue* posts to; with the typed code as `code` where one is typed.
    pub continue_action: String,
    /// Where *Get a new QR code* posts to.
    pub again_action: String,
    /// Where *Cancel and return to QR code* posts to.
    pub cancel_action: String,
    /// Whether *Continue* was pressed before there was an answer.
    pub looked: bool,
    /// The page before.
    pub back: Option<String>,
}

impl Page for WalletQr {
    const TEMPLATE: &'static str = "wallet.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let waiting = Self {
            purpose: WalletPurpose::SignIn,
            about: "Northfield Hospitals".into(),
            state: WalletState::Waiting,
            qr: QrSvg::of(
                "openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fnorthfield.example",
            )
            .ok(),
            link: Some("openid4vp://?client_id=x509_hash%3Aabc".into()),
            code_sent_to: None,
            events_href: "/sign-in/passport/events".into(),
            continue_action: "/sign-in/passport/go".into(),
            again_action: "/sign-in/passport/again".into(),
            cancel_action: "/sign-in/passport/again".into(),
            looked: false,
            back: Some("/sign-in".into()),
        };
        let at = |state, purpose, about: &str| Self {
            state,
            purpose,
            about: about.into(),
            qr: None,
            link: None,
            ..waiting.clone()
        };
        let taking = |purpose, about: &str| Self {
            purpose,
            about: about.into(),
            code_sent_to: Some("ending in 23".into()),
            ..waiting.clone()
        };
        vec![
            at(WalletState::Code, WalletPurpose::SignIn, "Northfield Hospitals"),
            at(WalletState::Code, WalletPurpose::Confirm, "Northfield Hospitals"),
            waiting.clone(),
            // On a phone the code is not shown first.
            Self { qr: None, ..waiting.clone() },
            taking(WalletPurpose::AccessKey, "Access key"),
            taking(WalletPurpose::Accept, "Fire safety"),
            taking(WalletPurpose::Reissue, "Fire safety"),
            Self {
                link: Some("openid-vc://?request_uri=https%3A%2F%2Fverifiedid.example".into()),
                ..taking(WalletPurpose::Accept, "Fire safety")
            },
            Self { purpose: WalletPurpose::Share, looked: true, ..waiting.clone() },
            Self { purpose: WalletPurpose::Confirm, ..waiting.clone() },
            at(WalletState::Scanned, WalletPurpose::SignIn, "Northfield Hospitals"),
            at(WalletState::Done, WalletPurpose::Accept, "Fire safety"),
            at(WalletState::Over, WalletPurpose::SignIn, "Northfield Hospitals"),
            at(WalletState::Declined, WalletPurpose::Share, "Southmere Community Trust"),
            at(WalletState::Refused, WalletPurpose::SignIn, "Northfield Hospitals"),
            at(WalletState::Unchecked, WalletPurpose::Share, "Southmere Community Trust"),
            at(WalletState::Failed, WalletPurpose::Accept, "Fire safety"),
        ]
    }
}
