//! Reading a credential that a trust provides, as JSON:
//! `{"kind": "dbs", "claims": {…}, "assurance": {…}, "valid_until": "2027-03-31"}`.
//!
//! What comes out is brought to one shape, so that two trusts that write the same say the same; what is wrong is named by its place,
//! all of it at once. Nothing of what it says is in a problem: problems are logged and printed.

use super::attribute::{ASSURANCE, Attribute, AttributeForm};
use super::{CoreSkill, CredentialKind};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::fmt;

/// At most so many signs in a text.
pub const LONGEST_TEXT: usize = 300;
/// A picture takes at most so many bytes of base64.
pub const LARGEST_PICTURE: usize = 64 * 1_024;
/// At most so many credentials at once.
pub const MOST_AT_ONCE: usize = 50;

/// A credential that can be provided.
#[derive(Clone, PartialEq, Eq)]
pub struct Provided {
    /// What kind.
    pub kind: CredentialKind,
    /// What tells two of a kind apart: the code of a core skill; else empty.
    pub variant: &'static str,
    /// What is kept: `{"claims": {…}, "assurance": {…}}`.
    pub content: String,
    /// The last local day on which it holds; none where it holds until it is revoked.
    pub valid_until: Option<Date>,
}

impl fmt::Debug for Provided {
    /// Says nothing of what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provided").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvidedProblem {
    /// Where, as a JSON pointer (RFC 6901): `/claims/issued_on`.
    pub pointer: String,
    /// What.
    pub what: ProvidedMistake,
}

impl fmt::Display for ProvidedProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{place}: {}", self.what)
    }
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvidedMistake {
    /// Neither a credential nor a list of them.
    #[error("write an object, or a list of objects")]
    NotAnObject,
    /// Not an object.
    #[error("write an object")]
    NotOneObject,
    /// No credential, or too many at once.
    #[error("write 1 to {MOST_AT_ONCE} credentials")]
    HowMany,
    /// Nothing stands there that must.
    #[error("is missing")]
    Missing,
    /// No such thing belongs here.
    #[error("is not known here")]
    Unknown,
    /// No such kind.
    #[error("is none of the kinds: {}", kinds())]
    UnknownKind,
    /// An access key is collected by its owner.
    #[error("an access key is collected by its owner, not provided")]
    AccessKey,
    /// Not text.
    #[error("write text of 1 to {LONGEST_TEXT} characters on one line")]
    NotText,
    /// Not a day.
    #[error("write a day as YYYY-MM-DD")]
    NotADay,
    /// A day to come, where it must have come.
    #[error("is in the future")]
    InFuture,
    /// The last day is over.
    #[error("is over already")]
    Over,
    /// Neither yes nor no.
    #[error("write true or false")]
    NotYesOrNo,
    /// Not one of the terms.
    #[error("write one of: {}", .0.join("; "))]
    NotOneOf(Vec<&'static str>),
    /// Not a picture.
    #[error("write a JPEG or PNG as data:image/…;base64,… of at most {LARGEST_PICTURE} bytes")]
    NotAPicture,
    /// The subject has levels, and this is none of them; or it has none.
    #[error("{}", levels(.0))]
    Level(Vec<&'static str>),
}

fn kinds() -> String {
    let names: Vec<_> =
        CredentialKind::ALL.iter().filter(|kind| kind.is_reviewed()).map(|kind| kind.as_str()).collect();
    names.join(", ")
}

fn levels(levels: &[&str]) -> String {
    if levels.is_empty() {
        "the subject has no levels: leave it out".to_owned()
    } else {
        format!("write one of: {}", levels.join("; "))
    }
}

impl Provided {
    /// Reads what one request or file provides: a credential, or a list of them. `today` is the organisation's local day.
    ///
    /// # Errors
    /// All that is wrong, in the order in which it stands there.
    pub fn read_all(json: &Value, today: Date) -> Result<Vec<Self>, Vec<ProvidedProblem>> {
        let problem = |what| vec![ProvidedProblem { pointer: String::new(), what }];
        let all = match json {
            Value::Object(_) => return Self::read(json, "", today).map(|one| vec![one]),
            Value::Array(all) => all,
            _ => return Err(problem(ProvidedMistake::NotAnObject)),
        };
        if all.is_empty() || all.len() > MOST_AT_ONCE {
            return Err(problem(ProvidedMistake::HowMany));
        }
        let (mut provided, mut problems) = (Vec::with_capacity(all.len()), Vec::new());
        for (number, one) in all.iter().enumerate() {
            match Self::read(one, &format!("/{number}"), today) {
                Ok(one) => provided.push(one),
                Err(wrong) => problems.extend(wrong),
            }
        }
        if problems.is_empty() { Ok(provided) } else { Err(problems) }
    }

    fn read(json: &Value, place: &str, today: Date) -> Result<Self, Vec<ProvidedProblem>> {
        let mut reading = Reading { today, problems: Vec::new() };
        let Value::Object(object) = json else {
            reading.wrong(place, ProvidedMistake::NotAnObject);
            return Err(reading.problems);
        };
        for name in object.keys() {
            if !["kind", "claims", "assurance", "valid_until"].contains(&name.as_str()) {
                reading.wrong(&inner(place, name), ProvidedMistake::Unknown);
            }
        }
        let kind = reading.kind(object, place);
        let valid_until = reading.valid_until(object, place);
        let attributes = kind.map(CredentialKind::attributes);
        let claims = reading.part(object, place, "claims", attributes);
        let assurance = reading.part(object, place, "assurance", Some(ASSURANCE));
        let (Some(kind), Some(mut claims), Some(assurance)) = (kind, claims, assurance) else {
            return Err(reading.problems);
        };
        let skill = match kind {
            CredentialKind::CoreSkill => reading.skill(&mut claims, &inner(place, "claims")),
            _ => None,
        };
        if !reading.problems.is_empty() {
            return Err(reading.problems);
        }
        let awarded = || {
            let day = claims.get("last_awarded_on").or_else(|| claims.get("attained_on"))?;
            day.as_str()?.parse::<Date>().ok()
        };
        // A core skill runs out by itself.
        let runs_out = || Some(skill?.valid_until(awarded()?));
        let valid_until = valid_until.or_else(runs_out);
        if valid_until.is_some_and(|last| last < today) {
            reading.wrong(&inner(place, "valid_until"), ProvidedMistake::Over);
            return Err(reading.problems);
        }
        let content = serde_json::json!({ "claims": claims, "assurance": assurance }).to_string();
        Ok(Self { kind, variant: skill.map_or("", |skill| skill.code), content, valid_until })
    }
}

/// The place of `name` in the object at `place` (RFC 6901).
fn inner(place: &str, name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))
}

struct Reading {
    today: Date,
    problems: Vec<ProvidedProblem>,
}

impl Reading {
    fn wrong(&mut self, pointer: &str, what: ProvidedMistake) {
        self.problems.push(ProvidedProblem { pointer: pointer.to_owned(), what });
    }

    fn kind(&mut self, object: &Map<String, Value>, place: &str) -> Option<CredentialKind> {
        let place = inner(place, "kind");
        let Some(name) = object.get("kind") else {
            self.wrong(&place, ProvidedMistake::Missing);
            return None;
        };
        let kind = name.as_str().and_then(CredentialKind::parse);
        match kind {
            None => self.wrong(&place, ProvidedMistake::UnknownKind),
            Some(kind) if !kind.is_reviewed() => self.wrong(&place, ProvidedMistake::AccessKey),
            Some(_) => {}
        }
        kind.filter(|kind| kind.is_reviewed())
    }

    fn valid_until(&mut self, object: &Map<String, Value>, place: &str) -> Option<Date> {
        let value = object.get("valid_until").filter(|value| !value.is_null())?;
        let day = value.as_str().and_then(day);
        if day.is_none() {
            self.wrong(&inner(place, "valid_until"), ProvidedMistake::NotADay);
        }
        day
    }

    /// Reads `claims` or `assurance`. Where the kind is not known nothing is said of what it holds.
    fn part(
        &mut self,
        object: &Map<String, Value>,
        place: &str,
        name: &str,
        attributes: Option<&[Attribute]>,
    ) -> Option<Map<String, Value>> {
        let place = inner(place, name);
        let held = match object.get(name) {
            None => {
                self.wrong(&place, ProvidedMistake::Missing);
                return None;
            }
            Some(Value::Object(held)) => held,
            Some(_) => {
                self.wrong(&place, ProvidedMistake::NotAnObject);
                return None;
            }
        };
        let attributes = attributes?;
        for name in held.keys() {
            if !attributes.iter().any(|attribute| attribute.name == name) {
                self.wrong(&inner(&place, name), ProvidedMistake::Unknown);
            }
        }
        let mut read = Map::new();
        for attribute in attributes {
            match held.get(attribute.name).filter(|value| !value.is_null()) {
                None if attribute.required => {
                    self.wrong(&inner(&place, attribute.name), ProvidedMistake::Missing);
                }
                None => {}
                Some(value) => match self.value(value, attribute.form) {
                    Ok(value) => {
                        read.insert(attribute.name.to_owned(), value);
                    }
                    Err(what) => self.wrong(&inner(&place, attribute.name), what),
                },
            }
        }
        Some(read)
    }

    fn value(&self, value: &Value, form: AttributeForm) -> Result<Value, ProvidedMistake> {
        let text = value.as_str();
        match form {
            AttributeForm::Text => line(text).map(Value::from).ok_or(ProvidedMistake::NotText),
            AttributeForm::Day => {
                text.and_then(day).map(|day| Value::from(day.to_string())).ok_or(ProvidedMistake::NotADay)
            }
            AttributeForm::PastDay => {
                let day = text.and_then(day).ok_or(ProvidedMistake::NotADay)?;
                if day > self.today {
                    return Err(ProvidedMistake::InFuture);
                }
                Ok(Value::from(day.to_string()))
            }
            AttributeForm::OneOf(terms) => {
                let wanted = text.unwrap_or_default().trim().to_lowercase();
                let term = terms.iter().find(|term| term.to_lowercase() == wanted);
                term.map(|term| Value::from(*term)).ok_or_else(|| ProvidedMistake::NotOneOf(terms.to_vec()))
            }
            AttributeForm::YesNo => value.as_bool().map(Value::from).ok_or(ProvidedMistake::NotYesOrNo),
            AttributeForm::Picture => {
                text.filter(|text| is_picture(text)).map(Value::from).ok_or(ProvidedMistake::NotAPicture)
            }
        }
    }

    /// Brings subject and level to the framework's words.
    fn skill(&mut self, claims: &mut Map<String, Value>, place: &str) -> Option<CoreSkill> {
        let subject = claims.get("subject")?.as_str().unwrap_or_default().to_owned();
        let levels: Vec<CoreSkill> = CoreSkill::of_subject(&subject).collect();
        if levels.is_empty() {
            let mut subjects: Vec<_> = CoreSkill::ALL.iter().map(|skill| skill.subject).collect();
            subjects.dedup();
            self.wrong(&inner(place, "subject"), ProvidedMistake::NotOneOf(subjects));
            return None;
        }
        let level = claims.get("level").and_then(Value::as_str).map(str::to_lowercase);
        let wanted = |skill: &&CoreSkill| skill.level.map(str::to_lowercase) == level;
        let Some(skill) = levels.iter().find(wanted) else {
            let levels = levels.iter().filter_map(|skill| skill.level).collect();
            self.wrong(&inner(place, "level"), ProvidedMistake::Level(levels));
            return None;
        };
        claims.insert("subject".to_owned(), Value::from(skill.subject));
        if let Some(level) = skill.level {
            claims.insert("level".to_owned(), Value::from(level));
        }
        Some(*skill)
    }
}

/// A line of text without spaces around it.
fn line(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let good =
        !text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    good.then(|| text.to_owned())
}

/// A day, written as YYYY-MM-DD and nothing else.
fn day(text: &str) -> Option<Date> {
    let day = text.parse::<Date>().ok()?;
    (day.to_string() == text).then_some(day)
}

fn is_picture(text: &str) -> bool {
    let data = ["data:image/jpeg;base64,/9j/", "data:image/png;base64,iVBORw0KGgo"]
        .iter()
        .find_map(|head| text.strip_prefix(head));
    let Some(data) = data else { return false };
    let digits = data.trim_end_matches('=');
    data.len() - digits.len() <= 2
        && text.len() <= LARGEST_PICTURE
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests;
