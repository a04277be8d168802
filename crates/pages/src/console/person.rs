//! How a person's account stands, and what can be done for them.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Happening, Method, Page, Place};

/// Whether an account can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum AccountState {
    /// It can.
    Active,
    /// Too many wrong passwords.
    Locked {
        /// Until when, in words.
        until: String,
    },
    /// The organisation has stopped it.
    Disabled {
        /// Since when, in words.
        since: String,
        /// Why: `number-not-allowed`, or another word.
        reason: String,
    },
}

/// A role, as forms send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the role that its name says; its words are in console-words.html")]
pub enum StaffRole {
    ServiceDesk,
    Administrator,
    Auditor,
    RaManager,
    RaAgent,
    RaSponsor,
    RaUnlocker,
    PassportManager,
    PassportOfficer,
}

/// Something that can be done for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsoleAct {
    /// *Unlock the account*.
    Unlock,
    /// *Sign the person out everywhere*.
    EndSessions,
    /// *Start a password reset with the person*.
    AssistedReset,
    /// *Put the mobile number right*.
    RepairNumber,
    /// *Remove* a lost method.
    RemoveMethod,
    /// *Change roles*.
    Roles,
}

/// A sign-in method, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsoleMethod {
    /// Its kind.
    pub method: Method,
    /// In words.
    pub added: String,
    /// In words; none where it was never used.
    pub last_used: Option<String>,
    /// Where it is removed; none for those who may not.
    pub remove_href: Option<String>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum MessageState {
    Waiting,
    Sent,
    Delivered,
    Failed,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsoleMessage {
    /// In words.
    pub when: String,
    /// `email`, `text` or `call`.
    pub channel: String,
    /// What became of it.
    pub state: MessageState,
}

/// A person's page.
#[derive(Debug, Clone, Serialize)]
pub struct ConsolePerson {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// The user name: the address that the employer holds.
    pub email: String,
    /// What was done just now.
    pub done: Option<String>,
    /// How the account stands.
    pub state: AccountState,
    /// When the account was made, in words.
    pub created: String,
    /// When the person last signed in, in words.
    pub last_sign_in: Option<String>,
    /// Until when the person cannot reset the password by themselves, in words.
    pub reset_closed_until: Option<String>,
    /// In how many browsers the person is signed in now.
    pub sessions: usize,
    /// How many recovery codes are left.
    pub recovery_codes: Option<u32>,
    /// The person's roles.
    pub roles: Vec<StaffRole>,
    /// Where one makes sure who is calling; none for those who may not help this person.
    pub caller_href: Option<String>,
    /// Until when that is sure, in words.
    pub checked_until: Option<String>,
    /// What can be done, with where it is done.
    pub acts: Vec<(ConsoleAct, String)>,
    /// The sign-in methods.
    pub methods: Vec<ConsoleMethod>,
    /// What happened lately.
    pub activity: Vec<Happening>,
    /// What became of the newest messages.
    pub messages: Vec<ConsoleMessage>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for ConsolePerson {
    const TEMPLATE: &'static str = "console-person.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let message = |channel: &str, state| ConsoleMessage {
            when: "22 November 2026 at 9:58am".into(),
            channel: channel.into(),
            state,
        };
        let method = |method, remove: bool| ConsoleMethod {
            method,
            added: "1 September 2026".into(),
            last_used: remove.then(|| "22 November 2026 at 9:58am".into()),
            remove_href: remove.then(|| "/console/people/0193a0f0/methods/0193a0f1/remove".into()),
        };
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::People),
            name: "Amina Khan".into(),
            email: "amina.khan@northfield.example".into(),
            done: None,
            state: AccountState::Active,
            created: "1 September 2026".into(),
            last_sign_in: Some("22 November 2026 at 9:58am".into()),
            reset_closed_until: None,
            sessions: 1,
            recovery_codes: Some(10),
            roles: Vec::new(),
            caller_href: Some("/console/people/0193a0f0/caller".into()),
            checked_until: None,
            acts: vec![
                (ConsoleAct::Unlock, "/console/people/0193a0f0/unlock".into()),
                (ConsoleAct::EndSessions, "/console/people/0193a0f0/sessions".into()),
                (ConsoleAct::AssistedReset, "/console/people/0193a0f0/reset".into()),
            ],
            methods: vec![
                method(Method::Text, true),
                method(Method::App, true),
                method(Method::Approval, true),
            ],
            activity: Happening::samples(),
            messages: vec![
                message("text", MessageState::Delivered),
                message("email", MessageState::Sent),
                message("call", MessageState::Failed),
                message("email", MessageState::Waiting),
            ],
            back: Some("/console/people".into()),
        };
        let locked = Self {
            state: AccountState::Locked { until: "22 November 2026 at 10:13am".into() },
            reset_closed_until: Some("23 November 2026 at 9:40am".into()),
            sessions: 0,
            last_sign_in: None,
            recovery_codes: None,
            checked_until: Some("10:08am".into()),
            done: Some("caller-checked".into()),
            ..plain.clone()
        };
        let disabled = Self {
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            email: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            state: AccountState::Disabled {
                since: "21 November 2026".into(),
                reason: "number-not-allowed".into(),
            },
            sessions: 3,
            roles: vec![
                StaffRole::ServiceDesk,
                StaffRole::Administrator,
                StaffRole::Auditor,
                StaffRole::RaManager,
            ],
            acts: vec![
                (ConsoleAct::RepairNumber, "/console/people/0193a0f0/number".into()),
                (ConsoleAct::Roles, "/console/people/0193a0f0/roles".into()),
            ],
            ..plain.clone()
        };
        let seen = Self {
            state: AccountState::Disabled { since: "21 November 2026".into(), reason: "another".into() },
            caller_href: None,
            acts: Vec::new(),
            methods: vec![method(Method::Email, false), method(Method::OfficePhone, false)],
            activity: Vec::new(),
            messages: Vec::new(),
            ..plain.clone()
        };
        vec![plain, locked, disabled, seen]
    }
}
