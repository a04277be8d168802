//! Passkeys: the list under *Security info*, adding one, its name, removing it; and the form by which a page asks for one.

use serde::Serialize;

use crate::Page;

/// A form that a script fills in: it fetches the question, asks the browser, and sends the answer as `credential`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PasskeyForm {
    /// Where the form posts to.
    pub action: String,
    /// Where the script fetches the question, by POST.
    pub question: String,
}

impl PasskeyForm {
    /// A form from its addresses.
    pub fn new(action: impl Into<String>, question: impl Into<String>) -> Self {
        Self { action: action.into(), question: question.into() }
    }
}

/// A passkey, as its owner sees it in the list (`passkeys-list.html`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PasskeyRow {
    /// The name that its owner gave it.
    pub name: String,
    /// Whether it is copied to its owner's other devices by the maker of one of them.
    pub synced: bool,
    /// When it was added, in words: "22 November 2026".
    pub added: String,
    /// When it was last used, in words.
    pub last_used: Option<String>,
    /// Where its name is changed.
    pub rename_href: String,
    /// Where it is removed.
    pub remove_href: String,
}

impl PasskeyRow {
    /// Two of them, for the samples of pages.
    pub(crate) fn samples() -> Vec<Self> {
        rows()
    }
}

fn rows() -> Vec<PasskeyRow> {
    let row = |name: &str, synced, last_used: Option<&str>| PasskeyRow {
        name: name.into(),
        synced,
        added: "22 November 2026".into(),
        last_used: last_used.map(Into::into),
        rename_href: "/security-info/passkeys/0192f0c1/name".into(),
        remove_href: "/security-info/passkeys/0192f0c1/delete".into(),
    };
    vec![
        row("Chrome, Windows 10", false, Some("24 November 2026")),
        row("Ffôn gwaith a roddwyd i mi gan reolwr y ward, yr un glas", true, None),
    ]
}

/// What was just done to the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasskeyDone {
    /// A passkey was added and has its name.
    Saved,
    /// One was removed.
    Removed,
}

/// The person's passkeys.
#[derive(Debug, Clone, Serialize)]
pub struct Passkeys {
    /// All of them, oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Where one is added; none where this service can have no passkeys.
    pub add_href: Option<String>,
    /// What was just done.
    pub done: Option<PasskeyDone>,
    /// The page before.
    pub back: Option<String>,
}

impl Page for Passkeys {
    const TEMPLATE: &'static str = "passkeys.html";

    fn samples() -> Vec<Self> {
        let none = Self {
            passkeys: Vec::new(),
            add_href: Some("/security-info/passkeys/add".into()),
            done: None,
            back: Some("/home".into()),
        };
        let some = Self { passkeys: rows(), done: Some(PasskeyDone::Saved), ..none.clone() };
        let impossible = Self { add_href: None, done: Some(PasskeyDone::Removed), ..none.clone() };
        vec![some, none, impossible]
    }
}

/// *Create a passkey*.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyAdd {
    /// What the script fills in.
    pub passkey: PasskeyForm,
    /// The page before.
    pub back: Option<String>,
}

impl Page for PasskeyAdd {
    const TEMPLATE: &'static str = "passkey-add.html";

    fn samples() -> Vec<Self> {
        let passkey = PasskeyForm::new("/security-info/passkeys/add", "/security-info/passkeys/add/question");
        vec![Self { passkey, back: Some("/security-info/passkeys".into()) }]
    }
}

/// The name of a passkey: after it was made, and later.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyName {
    /// Where the form posts to.
    pub action: String,
    /// The name that it has, or what was typed before.
    pub name: String,
    /// Whether it was made just now.
    pub just_added: bool,
    /// The page before.
    pub back: Option<String>,
}

impl Page for PasskeyName {
    const TEMPLATE: &'static str = "passkey-name.html";
    const FIELDS: &'static [&'static str] = &["name"];

    fn samples() -> Vec<Self> {
        let added = Self {
            action: "/security-info/passkeys/0192f0c1/name".into(),
            name: "Chrome, Windows 10".into(),
            just_added: true,
            back: None,
        };
        let later = Self {
            name: "Ffôn gwaith a roddwyd i mi gan reolwr y ward, yr un glas".into(),
            just_added: false,
            back: Some("/security-info/passkeys".into()),
            ..added.clone()
        };
        vec![added, later]
    }
}

/// *Remove passkey*, to be confirmed.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyRemove {
    /// Where the form posts to.
    pub action: String,
    /// Its name.
    pub name: String,
    /// Whether it is copied to its owner's other devices.
    pub synced: bool,
    /// When it was added, in words.
    pub added: String,
    /// Where *Keep it* leads.
    pub keep_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for PasskeyRemove {
    const TEMPLATE: &'static str = "passkey-remove.html";

    fn samples() -> Vec<Self> {
        rows()
            .into_iter()
            .map(|row| Self {
                action: row.remove_href,
                name: row.name,
                synced: row.synced,
                added: row.added,
                keep_href: "/security-info/passkeys".into(),
                back: Some("/security-info/passkeys".into()),
            })
            .collect()
    }
}
