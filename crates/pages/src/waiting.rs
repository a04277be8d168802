//! Something is asked on another device: in the authenticator, with a number to match, or in a call.

use serde::Serialize;

use crate::Page;

/// Where it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskedIn {
    /// In our authenticator.
    App,
    /// In a call.
    Call,
}

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is a journey of the guides")]
pub enum AskedFor {
    SignIn,
    Confirm,
    Reset,
    SetUp,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words of each are in the template")]
pub enum AskedState {
    Waiting,
    Approved,
    Refused,
    WrongNumber,
    /// Its time has run out.
    Over,
    /// Nothing is asked for a while.
    NotAsked,
    NoAnswer,
    Engaged,
    Voicemail,
    HungUp,
    WrongKey,
    Failed,
}

/// The page that waits. With scripts it goes on by itself; without, by its button.
#[derive(Debug, Clone, Serialize)]
pub struct Waiting {
    /// Where it is asked.
    pub how: AskedIn,
    /// What for.
    pub what_for: AskedFor,
    /// How it stands.
    pub state: AskedState,
    /// How far it came: "fetched"; "ringing" or "answered".
    pub progress: Option<String>,
    /// The two digits to be entered in the app.
    pub number: Option<String>,
    /// A hint of the number that is called: "ending in 23". Empty for an app.
    pub sent_to: String,
    /// Where the script asks how it stands.
    pub state_href: String,
    /// Where *Continue* posts to.
    pub continue_action: String,
    /// Where *Send it again* or *Call me again* posts to.
    pub again_action: String,
    /// Where a code from the app is typed; none where there is none.
    pub code_href: Option<String>,
    /// Where another way is chosen.
    pub other_ways_href: Option<String>,
    /// Whether *Continue* was pressed before there was an answer.
    pub looked: bool,
    /// For how many days the person may ask to be spared this in their browser; none where they may not.
    pub remember_days: Option<u32>,
    /// Whether the person ticked that box before.
    pub remember: bool,
    /// The page before.
    pub back: Option<String>,
}

impl Page for Waiting {
    const TEMPLATE: &'static str = "waiting.html";

    fn samples() -> Vec<Self> {
        let app = Self {
            how: AskedIn::App,
            what_for: AskedFor::SignIn,
            state: AskedState::Waiting,
            progress: None,
            number: Some("42".into()),
            sent_to: String::new(),
            state_href: "/sign-in/waiting/state".into(),
            continue_action: "/sign-in/waiting".into(),
            again_action: "/sign-in/waiting/again".into(),
            code_href: Some("/sign-in/code".into()),
            other_ways_href: Some("/sign-in/method".into()),
            looked: false,
            remember_days: Some(30),
            remember: false,
            back: Some("/sign-in".into()),
        };
        let call = Self {
            how: AskedIn::Call,
            progress: Some("ringing".into()),
            number: None,
            sent_to: "ending in 23".into(),
            code_href: None,
            remember_days: None,
            ..app.clone()
        };
        let set_up = Self {
            what_for: AskedFor::SetUp,
            progress: Some("fetched".into()),
            looked: true,
            code_href: None,
            other_ways_href: None,
            remember_days: None,
            ..app.clone()
        };
        let app_at = |state| Self { state, ..app.clone() };
        let call_at = |state| Self { state, ..call.clone() };
        vec![
            app.clone(),
            call.clone(),
            set_up,
            app_at(AskedState::Approved),
            app_at(AskedState::Refused),
            app_at(AskedState::WrongNumber),
            app_at(AskedState::Over),
            app_at(AskedState::NotAsked),
            call_at(AskedState::Approved),
            call_at(AskedState::Over),
            call_at(AskedState::NotAsked),
            call_at(AskedState::NoAnswer),
            call_at(AskedState::Engaged),
            call_at(AskedState::Voicemail),
            call_at(AskedState::HungUp),
            call_at(AskedState::WrongKey),
            call_at(AskedState::Failed),
        ]
    }
}
