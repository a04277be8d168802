//! Pages on which something is done for a person: being sure who is calling, and acts with their reason.

use serde::Serialize;

use crate::console::{ConsoleAct, ConsoleFrame, ConsolePart};
use crate::{Method, Page, Place};

/// A channel by which a caller can be sent a code. Where it leads is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallerChannel {
    /// What the form sends.
    pub value: String,
    /// `email` or `text`.
    pub method: Method,
    /// Whether it is the address that the employer holds.
    pub of_record: bool,
}

/// *Make sure who is calling*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleCaller {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// The channels.
    pub channels: Vec<CallerChannel>,
    /// What was chosen before.
    pub channel: String,
    /// Where the choice posts to, as `channel`.
    pub send_action: String,
    /// By which kind of channel a code was sent; none where none is under way.
    pub sent: Option<Method>,
    /// Whether that message could not be delivered.
    pub undelivered: bool,
    /// Where the code posts to.
    pub prove_action: String,
    /// Where the documents post to, each as `document`.
    pub documents_action: String,
    /// Which documents were ticked before.
    pub documents: Vec<String>,
    /// Until when it is sure who this is, in words.
    pub checked_until: Option<String>,
    /// Back to the person.
    pub back: Option<String>,
}

impl Page for ConsoleCaller {
    const TEMPLATE: &'static str = "console-caller.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["channel", "documents"];

    fn samples() -> Vec<Self> {
        let channel =
            |value: &str, method, of_record| CallerChannel { value: value.into(), method, of_record };
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            name: "Amina Khan".into(),
            channels: vec![
                channel("a", Method::Text, false),
                channel("b", Method::Email, false),
                channel("c", Method::Email, true),
            ],
            channel: String::new(),
            send_action: "/console/people/0193a0f0/caller/send".into(),
            sent: None,
            undelivered: false,
            prove_action: "/console/people/0193a0f0/caller/code".into(),
            documents_action: "/console/people/0193a0f0/caller/documents".into(),
            documents: Vec::new(),
            checked_until: None,
            back: Some("/console/people/0193a0f0".into()),
        };
        let one = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            channels: vec![channel("c", Method::Email, true)],
            channel: "c".into(),
            documents: vec!["passport".into(), "staff-card".into()],
            checked_until: Some("10:08am".into()),
            ..plain.clone()
        };
        vec![plain, one]
    }
}

/// The caller reads out the code that was sent.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleCode {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// By which kind of channel it was sent.
    pub method: Method,
    /// The last two digits of the number that the desk has just typed; none where the channel was registered before.
    pub number: Option<String>,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// Where the code posts to.
    pub action: String,
    /// Where another one is sent from.
    pub again_href: String,
    /// Back.
    pub back: Option<String>,
}

impl Page for ConsoleCode {
    const TEMPLATE: &'static str = "console-code.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            name: "Amina Khan".into(),
            method: Method::Text,
            number: None,
            undelivered: false,
            action: "/console/people/0193a0f0/caller/code".into(),
            again_href: "/console/people/0193a0f0/caller".into(),
            back: Some("/console/people/0193a0f0/caller".into()),
        };
        let email = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            method: Method::Email,
            undelivered: true,
            ..plain.clone()
        };
        let number = Self { number: Some("23".into()), ..plain.clone() };
        vec![plain, email, number]
    }
}

/// An act for a person, with its mandatory reason.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleHelp {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// What is done.
    pub act: ConsoleAct,
    /// The method that is removed.
    pub method: Option<Method>,
    /// When that was added, in words.
    pub added: Option<String>,
    /// Where the form posts to, with `reason`.
    pub action: String,
    /// What was typed before.
    pub reason: String,
    /// Back to the person.
    pub back: Option<String>,
}

impl Page for ConsoleHelp {
    const TEMPLATE: &'static str = "console-help.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            name: "Amina Khan".into(),
            act: ConsoleAct::Unlock,
            method: None,
            added: None,
            action: "/console/people/0193a0f0/unlock".into(),
            reason: String::new(),
            back: Some("/console/people/0193a0f0".into()),
        };
        let remove = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            act: ConsoleAct::RemoveMethod,
            method: Some(Method::Text),
            added: Some("1 September 2026".into()),
            reason: "The person lost the phone on the bus this morning.".into(),
            ..plain.clone()
        };
        let end = Self { act: ConsoleAct::EndSessions, ..plain.clone() };
        let reset = Self { act: ConsoleAct::AssistedReset, ..plain.clone() };
        vec![plain, remove, end, reset]
    }
}

/// A start code, shown once, to be read out to the person.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleStartCode {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// "abcde-23456".
    pub code: String,
    /// Until when it is good, in words: "3:31am".
    pub until: String,
    /// The address at which the person uses it.
    pub address: String,
    /// Back to the person.
    pub person_href: String,
}

impl Page for ConsoleStartCode {
    const TEMPLATE: &'static str = "console-start-code.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        vec![Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            name: "Amina Khan".into(),
            code: "abcde-23456".into(),
            until: "3:31am".into(),
            address: "https://staff.northfield.example/reset/start-code".into(),
            person_href: "/console/people/0193a0f0".into(),
        }]
    }
}

/// *Put the mobile number right*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleNumber {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// Where the form posts to.
    pub action: String,
    /// What was typed before.
    pub number: String,
    /// What was typed before.
    pub reason: String,
    /// Back to the person.
    pub back: Option<String>,
}

impl Page for ConsoleNumber {
    const TEMPLATE: &'static str = "console-number.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["number", "reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            name: "Amina Khan".into(),
            action: "/console/people/0193a0f0/number".into(),
            number: String::new(),
            reason: String::new(),
            back: Some("/console/people/0193a0f0".into()),
        };
        let typed = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            number: "07700 900123".into(),
            reason: "The employer's list had a number of another country.".into(),
            ..plain.clone()
        };
        vec![plain, typed]
    }
}
