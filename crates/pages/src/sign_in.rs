//! Signing in: the password, then the second factor.

use serde::Serialize;

use crate::{Method, Page, PasskeyForm};

/// *Email address or staff number* and *Password*.
#[derive(Debug, Clone, Serialize)]
pub struct SignIn {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before. The password never comes back.
    pub user_name: String,
    /// First-time sign-in, for online training users and authorisers.
    pub first_time_href: String,
    /// Where an account is created.
    pub join_href: String,
    /// Where a forgotten password is reset; none while that cannot be done.
    pub forgotten_href: Option<String>,
    /// How the person has just left, if so.
    pub left: Option<Leaving>,
    /// *Sign in with a passkey*; none where this service can have no passkeys.
    pub passkey: Option<PasskeyForm>,
    /// *Sign in with your smartcard*; none where this service has no smartcards.
    pub card_href: Option<String>,
    /// Where *Sign in with your staff passport* posts to.
    pub passport_action: String,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// *Sign out*.
    SignedOut,
    /// *Sign out everywhere*.
    Everywhere,
    /// Nothing was done for a while.
    TimedOut,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "sign-in.html";
    const FIELDS: &'static [&'static str] = &["user_name", "password"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/sign-in".into(),
            user_name: String::new(),
            first_time_href: "/first-time".into(),
            join_href: "/join".into(),
            forgotten_href: Some("/reset".into()),
            left: None,
            passkey: Some(PasskeyForm::new("/sign-in/passkey", "/sign-in/passkey/question")),
            card_href: Some("/sign-in/card".into()),
            passport_action: "/sign-in/passport".into(),
        };
        let typed = Self {
            user_name: "AMINA.KHAN@NORTHFIELD.EXAMPLE".into(),
            passkey: None,
            card_href: None,
            ..plain.clone()
        };
        let left = |how| Self { left: Some(how), ..plain.clone() };
        vec![
            plain.clone(),
            typed,
            left(Leaving::SignedOut),
            left(Leaving::Everywhere),
            left(Leaving::TimedOut),
        ]
    }
}

/// The second factor at sign-in. The address or number cannot be seen or changed here.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the page says or not")]
pub struct SignInCode {
    /// Where the form with the code posts to.
    pub action: String,
    /// Where *Send New Code* posts to; an app needs none.
    pub resend_action: Option<String>,
    /// Where the code comes from.
    pub method: Method,
    /// A hint of the address or number: "a•••@northfield.example", "ending in 23". Empty for an app.
    pub sent_to: String,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// Whether the provider says that the phone has it.
    pub delivered: bool,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// Whether none was sent for this sign-in: an error says why.
    pub not_sent: bool,
    /// What was typed before, when it may be shown again: as a rule nothing.
    pub code: String,
    /// Where another way is chosen.
    pub other_ways_href: String,
    /// For how many days the person may ask to be spared this in their browser; none where they may not.
    pub remember_days: Option<u32>,
    /// Whether the person ticked that box before.
    pub remember: bool,
    /// Where *Use my wallet* posts to; none where that proves nothing.
    pub wallet_action: Option<String>,
    /// Back to the password.
    pub back: Option<String>,
}

impl Page for SignInCode {
    const TEMPLATE: &'static str = "sign-in-code.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let email = Self {
            action: "/sign-in/code".into(),
            resend_action: Some("/sign-in/code/new".into()),
            method: Method::Email,
            sent_to: "a•••@northfield.example".into(),
            undelivered: false,
            delivered: false,
            just_resent: false,
            not_sent: false,
            code: String::new(),
            other_ways_href: "/sign-in/method".into(),
            remember_days: Some(30),
            remember: false,
            wallet_action: None,
            back: Some("/sign-in".into()),
        };
        let text =
            Self { method: Method::Text, sent_to: "ending in 23".into(), just_resent: true, ..email.clone() };
        let delivered = Self { delivered: true, just_resent: false, ..text.clone() };
        let undelivered = Self { undelivered: true, just_resent: false, ..text.clone() };
        let app = Self {
            method: Method::App,
            sent_to: String::new(),
            resend_action: None,
            remember_days: None,
            ..email.clone()
        };
        let wallet = Self { wallet_action: Some("/confirm/passport".into()), ..app.clone() };
        let not_sent = Self { not_sent: true, just_resent: false, ..text.clone() };
        vec![email, text, delivered, undelivered, app, wallet, not_sent]
    }
}

/// One way to prove who one is at sign-in.
#[derive(Debug, Clone, Serialize)]
pub struct WayToSignIn {
    /// What the form sends.
    pub value: String,
    /// Its kind.
    pub method: Method,
    /// Whether it is called rather than texted.
    pub by_call: bool,
    /// A hint of the address or number; empty for an app.
    pub hint: String,
    /// The name that its owner gave it.
    pub name: Option<String>,
}

/// *Use another way to sign in*.
#[derive(Debug, Clone, Serialize)]
pub struct SignInWays {
    /// Where the form posts to, with the choice as `method`.
    pub action: String,
    /// The ways that the account has.
    pub ways: Vec<WayToSignIn>,
    /// The one that is used now.
    pub chosen: String,
    /// Where a recovery code is typed; none where the account has none left.
    pub recovery_code_href: Option<String>,
    /// *Use a passkey*; none where the account has none.
    pub passkey: Option<PasskeyForm>,
    /// Where *Use my wallet* posts to; none where that proves nothing.
    pub wallet_action: Option<String>,
    /// Back to the code.
    pub back: Option<String>,
}

impl Page for SignInWays {
    const TEMPLATE: &'static str = "sign-in-ways.html";
    const FIELDS: &'static [&'static str] = &["method"];

    fn samples() -> Vec<Self> {
        let way = |value: &str, method, hint: &str, name: Option<&str>| WayToSignIn {
            value: value.into(),
            method,
            by_call: value.ends_with(":call"),
            hint: hint.into(),
            name: name.map(Into::into),
        };
        let one = Self {
            action: "/sign-in/method".into(),
            ways: vec![way("a", Method::Text, "ending in 23", None)],
            chosen: "a".into(),
            recovery_code_href: None,
            passkey: None,
            wallet_action: None,
            back: Some("/sign-in/code".into()),
        };
        let many = Self {
            ways: vec![
                way(
                    "a",
                    Method::Approval,
                    "",
                    Some("Work phone that the ward’s manager gave me, the blue one"),
                ),
                way("b", Method::Text, "ending in 23", None),
                way("b:call", Method::Text, "ending in 23", None),
                way("c", Method::Email, "g•••@ysbyty-llanfihangel-y-creuddyn.northfield.example", None),
            ],
            recovery_code_href: Some("/sign-in/recovery-code".into()),
            passkey: Some(PasskeyForm::new("/sign-in/method/passkey", "/sign-in/method/passkey/question")),
            wallet_action: Some("/confirm/passport".into()),
            ..one.clone()
        };
        vec![many, one]
    }
}

/// A recovery code in the place of the second factor.
#[derive(Debug, Clone, Serialize)]
pub struct SignInRecoveryCode {
    /// Where the form posts to.
    pub action: String,
    /// Back to the other ways.
    pub back: Option<String>,
}

impl Page for SignInRecoveryCode {
    const TEMPLATE: &'static str = "sign-in-recovery-code.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        vec![Self { action: "/sign-in/recovery-code".into(), back: Some("/sign-in/method".into()) }]
    }
}

/// *Confirm that it is you*: the password again, before something sensitive.
#[derive(Debug, Clone, Serialize)]
pub struct Confirm {
    /// Where the form posts to.
    pub action: String,
    /// The user name, which cannot be changed here.
    pub user_name: String,
    /// For how many minutes that is enough.
    pub minutes: u32,
    /// *Use a passkey*; none where the account has none.
    pub passkey: Option<PasskeyForm>,
    /// Where the person comes from.
    pub back: Option<String>,
}

impl Page for Confirm {
    const TEMPLATE: &'static str = "confirm.html";
    const FIELDS: &'static [&'static str] = &["password"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/confirm?next=%2Fsecurity-info".into(),
            user_name: "amina.khan@northfield.example".into(),
            minutes: 10,
            passkey: None,
            back: Some("/home".into()),
        };
        let passkey = PasskeyForm::new("/confirm/passkey?next=%2Fsecurity-info", "/confirm/passkey/question");
        vec![Self { passkey: Some(passkey), ..plain.clone() }, plain]
    }
}
