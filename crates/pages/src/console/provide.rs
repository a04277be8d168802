//! A credential is provided by a form.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart, ProvidedRow};
use crate::{Choice, Link, Page, Place};

/// Credentials that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialGroup {
    /// What they are.
    pub title: String,
    /// Each with the address of its form.
    pub credentials: Vec<Link>,
}

/// *Provide a credential*: which one.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleProvide {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// To whom.
    pub name: String,
    /// What can be provided.
    pub groups: Vec<CredentialGroup>,
    /// Back to the passport.
    pub back: Option<String>,
}

impl Page for ConsoleProvide {
    const TEMPLATE: &'static str = "console-provide.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let link = |label: &str| Link::new(label, "/console/passports/people/0193a0f0/provide/dbs");
        let group = |title: &str, credentials: &[&str]| CredentialGroup {
            title: title.into(),
            credentials: credentials.iter().map(|label| link(label)).collect(),
        };
        vec![Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            groups: vec![
                group("Employment checks", &["Right to work", "Disclosure and Barring Service (DBS)"]),
                group(
                    "Core skills",
                    &[
                        "Fire safety",
                        "Resuscitation, Paediatric immediate life support",
                        "Moving and handling, Level 1",
                    ],
                ),
            ],
            back: Some("/console/passports/people/0193a0f0".into()),
        }]
    }
}

/// How an answer is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "input", rename_all = "kebab-case")]
pub enum ProvideInput {
    /// One line.
    Text {
        /// What stands there.
        value: String,
    },
    /// A day, in three fields: the first is named as the question is, the others with `_month` and `_year` behind it.
    Day {
        /// What was typed.
        day: String,
        /// What was typed.
        month: String,
        /// What was typed.
        year: String,
    },
    /// One of several answers.
    Choice {
        /// The answers.
        choices: Vec<Choice>,
        /// The chosen one.
        value: String,
    },
    /// A photo, as a file.
    Photo {
        /// The one that was chosen before, as a `data:` address; empty where none was.
        kept: String,
    },
}

impl ProvideInput {
    fn sample_day(day: &str, month: &str, year: &str) -> Self {
        Self::Day { day: day.into(), month: month.into(), year: year.into() }
    }
}

/// A question about a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvideField {
    /// The name and id of the field.
    pub name: String,
    /// The question.
    pub label: String,
    /// Whether it may stay without an answer.
    pub optional: bool,
    /// How the answer is given.
    #[serde(flatten)]
    pub input: ProvideInput,
}

/// The form of a credential.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleProvideForm {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What the credential is called.
    pub title: String,
    /// To whom it is provided.
    pub name: String,
    /// Their address, which tells people of one name apart.
    pub email: String,
    /// What the person has of it already: in their wallet, or waiting for their review.
    pub there: Vec<ProvidedRow>,
    /// Where the form posts to.
    pub action: String,
    /// The number of this form.
    pub form: String,
    /// What it says.
    pub claims: Vec<ProvideField>,
    /// Until when it holds; none where several are provided together.
    pub valid_until: Option<ProvideField>,
    /// Where it runs out by itself: after so many months.
    pub renewal_months: Option<u32>,
    /// The questions in which it states its own end.
    pub ends: Vec<String>,
    /// Whether one of them must be answered.
    pub always_ends: bool,
    /// How that was assured.
    pub assurance: Vec<ProvideField>,
    /// Back to what can be provided.
    pub back: Option<String>,
}

impl Page for ConsoleProvideForm {
    const TEMPLATE: &'static str = "console-provide-form.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] =
        &["dbs_level", "certificate_number", "issued_on", "valid_until", "origin"];

    fn samples() -> Vec<Self> {
        let field = |name: &str, label: &str, input| ProvideField {
            name: name.into(),
            label: label.into(),
            optional: false,
            input,
        };
        let day = ProvideInput::sample_day;
        let text = |value: &str| ProvideInput::Text { value: value.into() };
        let choice = |choices: &[&str], value: &str| ProvideInput::Choice {
            choices: choices.iter().map(|each| Choice::new(*each, *each)).collect(),
            value: value.into(),
        };
        let levels = ["Basic", "Standard", "Enhanced", "Enhanced with barred lists"];
        let valid_until =
            ProvideField { optional: true, ..field("valid_until", "Valid until", day("", "", "")) };
        let empty = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            title: "Disclosure and Barring Service (DBS)".into(),
            name: "Amina Khan".into(),
            email: "amina.khan@northfield.example".into(),
            there: Vec::new(),
            action: "/console/passports/people/0193a0f0/provide/dbs".into(),
            form: "0193a0f0".into(),
            claims: vec![
                field("dbs_level", "Level of check", choice(&levels, "")),
                field("certificate_number", "Certificate reference", text("")),
                field("issued_on", "Issued", day("", "", "")),
            ],
            valid_until: Some(valid_until.clone()),
            renewal_months: None,
            ends: Vec::new(),
            always_ends: false,
            assurance: vec![
                field("origin", "Origin", text("")),
                field("verifier", "Verifier", text("Ben Adeyemi")),
            ],
            back: Some("/console/passports/people/0193a0f0/provide".into()),
        };
        let filled = Self {
            title: "Resuscitation, Paediatric immediate life support".into(),
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            email: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            there: ProvidedRow::samples(),
            claims: vec![
                field("dbs_level", "Level of check", choice(&levels, "Enhanced with barred lists")),
                field("certificate_number", "Certificate reference", text("001234567890")),
                field("issued_on", "Issued", day("27", "mar", "2026")),
                ProvideField {
                    optional: true,
                    ..field(
                        "picture",
                        "Photo",
                        ProvideInput::Photo { kept: "data:image/jpeg;base64,/9j/".into() },
                    )
                },
                ProvideField {
                    optional: true,
                    ..field(
                        "update_service",
                        "Registered with the update service",
                        choice(&["Yes", "No"], ""),
                    )
                },
            ],
            valid_until: Some(ProvideField { input: day("1", "4", "2027"), ..valid_until }),
            renewal_months: Some(12),
            ..empty.clone()
        };
        let ending = |ends: &[&str], always_ends, renewal_months| Self {
            ends: ends.iter().map(|each| (*each).into()).collect(),
            always_ends,
            renewal_months,
            ..empty.clone()
        };
        let skill =
            |name: &str, label: &str| ProvideField { optional: true, ..field(name, label, day("", "", "")) };
        let several = Self {
            title: "Core skill: several at once".into(),
            action: "/console/passports/people/0193a0f0/provide/core-skill".into(),
            claims: vec![
                ProvideField {
                    input: day("27", "3", "2026"),
                    ..skill("conflict-resolution", "Conflict resolution")
                },
                skill(
                    "resuscitation-paediatric-immediate",
                    "Resuscitation, Paediatric immediate life support",
                ),
            ],
            there: ProvidedRow::samples(),
            valid_until: None,
            ..empty.clone()
        };
        let registration = ending(&["Expires"], false, None);
        let placement = ending(&["Ends"], true, None);
        let mask = ending(&["Thrown away", "Used up"], false, Some(24));
        vec![empty, filled, several, registration, placement, mask]
    }
}
