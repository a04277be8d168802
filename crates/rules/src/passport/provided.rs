//! Reading a credential that a trust provides, as JSON:
//! `{"kind": "dbs", "claims": {…}, "assurance": {…}, "valid_until": "2027-03-31"}`.
//!
//! What comes out is brought to one shape, so that two trusts that write the same say the same; what is wrong is named by its place,
//! all of it at once. Nothing of what it says is in a problem: problems are logged and printed.

use super::picture::{self, LARGEST_PICTURE, MOST_PROVIDED, PictureMistake};
use super::{Attribute, AttributeForm, CredentialKind, CredentialVariant, assurance};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::fmt;

/// At most so many signs in a text.
pub const LONGEST_TEXT: usize = 300;
/// At most so many credentials at once.
pub const MOST_AT_ONCE: usize = 50;

/// A credential that can be provided.
#[derive(Clone, PartialEq, Eq)]
pub struct Provided {
    /// What kind.
    pub kind: CredentialKind,
    /// What tells two of a kind apart: the code of its variant, such as a core skill; else empty.
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
    /// A last day after the one that the credential states itself, in this attribute.
    #[error("is after the day in {}, with which it ends", .0.name)]
    AfterItsEnd(&'static Attribute),
    /// Neither yes nor no.
    #[error("write true or false")]
    NotYesOrNo,
    /// Not one of the terms.
    #[error("write one of: {}", .0.join("; "))]
    NotOneOf(Vec<&'static str>),
    /// Not a picture.
    #[error("write a JPEG or PNG as data:image/…;base64,… of at most {LARGEST_PICTURE} bytes")]
    NotAPicture,
    /// A picture with too many pixels.
    #[error("write a picture of 1 to {MOST_PROVIDED} pixels each way")]
    PictureTooLarge,
    /// A picture, and what a camera wrote beside it.
    #[error("the picture holds more than itself, such as what its camera wrote (Exif, XMP): save it without")]
    PictureTellsMore,
    /// What stands above has one of these beside it; or none.
    #[error("{}", beside(.0))]
    Beside(Vec<&'static str>),
}

fn kinds() -> String {
    let names: Vec<_> =
        CredentialKind::all().filter(|kind| kind.is_reviewed()).map(CredentialKind::as_str).collect();
    names.join(", ")
}

fn beside(terms: &[&str]) -> String {
    if terms.is_empty() {
        "what it is has none: leave it out".to_owned()
    } else {
        format!("write one of: {}", terms.join("; "))
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

    /// Reads one credential, also one that has run out: see [`Provided::is_over`].
    ///
    /// # Errors
    /// All that is wrong, in the order in which it stands there.
    pub fn read_one(json: &Value, today: Date) -> Result<Self, Vec<ProvidedProblem>> {
        Self::read_whenever(json, "", today).map(|(read, _)| read)
    }

    /// Whether its last day is over.
    pub fn is_over(&self, today: Date) -> bool {
        self.valid_until.is_some_and(|last| last < today)
    }

    /// What it says, but for the day on which somebody last looked whether it is still so: a system that looks every night says the same
    /// every night.
    pub fn says(&self) -> String {
        let mut content: Value = serde_json::from_str(&self.content).unwrap_or_default();
        if let Some(assured) = content.get_mut("assurance").and_then(Value::as_object_mut) {
            assured.remove("last_refresh");
        }
        let until = self.valid_until.map(|last| last.to_string());
        serde_json::json!([self.kind.as_str(), self.variant, content, until]).to_string()
    }

    fn read(json: &Value, place: &str, today: Date) -> Result<Self, Vec<ProvidedProblem>> {
        let (read, ends_at) = Self::read_whenever(json, place, today)?;
        if read.is_over(today) {
            return Err(vec![ProvidedProblem { pointer: ends_at, what: ProvidedMistake::Over }]);
        }
        Ok(read)
    }

    /// Reads one credential, and answers the place of its last day, too.
    fn read_whenever(json: &Value, place: &str, today: Date) -> Result<(Self, String), Vec<ProvidedProblem>> {
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
        let assured = reading.part(object, place, "assurance", Some(assurance()));
        let (Some(kind), Some(mut claims), Some(assured)) = (kind, claims, assured) else {
            return Err(reading.problems);
        };
        let variant = reading.variant(kind, &mut claims, &inner(place, "claims"));
        let day_in = |name: &str| claims.get(name)?.as_str()?.parse::<Date>().ok();
        let (sent_at, stated) = (inner(place, "valid_until"), kind.stated_end(day_in));
        if let (Some(sent), Some((attribute, last))) = (valid_until, stated)
            && sent > last
        {
            reading.wrong(&sent_at, ProvidedMistake::AfterItsEnd(attribute));
        }
        if !reading.problems.is_empty() {
            return Err(reading.problems);
        }
        // Some run out by themselves: nothing makes them hold longer.
        let valid_until = valid_until.into_iter().chain(kind.valid_until(variant, day_in)).min();
        let ends_at = match stated {
            Some((attribute, last)) if Some(last) == valid_until => {
                inner(&inner(place, "claims"), attribute.name)
            }
            _ => sent_at,
        };
        let content = serde_json::json!({ "claims": claims, "assurance": assured }).to_string();
        let variant = variant.map_or("", |variant| variant.code);
        Ok((Self { kind, variant, content, valid_until }, ends_at))
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
                let address = text.ok_or(ProvidedMistake::NotAPicture)?;
                picture::look_at(address).map(|()| Value::from(address)).map_err(|mistake| match mistake {
                    PictureMistake::None => ProvidedMistake::NotAPicture,
                    PictureMistake::TooLarge => ProvidedMistake::PictureTooLarge,
                    PictureMistake::TellsMore => ProvidedMistake::PictureTellsMore,
                })
            }
        }
    }

    /// Finds the variant that the claims name, and brings them to its words: subject and level of a core skill to those of the framework.
    fn variant(
        &mut self,
        kind: CredentialKind,
        claims: &mut Map<String, Value>,
        place: &str,
    ) -> Option<&'static CredentialVariant> {
        let mut left: Vec<&CredentialVariant> = kind.variants().iter().collect();
        for (number, name) in kind.variants_by().iter().enumerate() {
            let said = claims.get(*name).and_then(Value::as_str).map(str::to_lowercase);
            let mut possible: Vec<_> = left.iter().filter_map(|variant| variant.claim(name)).collect();
            left.retain(|variant| variant.claim(name).map(str::to_lowercase) == said);
            if left.is_empty() {
                possible.dedup();
                match (number, said) {
                    // That it is missing was told.
                    (0, None) => {}
                    (0, Some(_)) => self.wrong(&inner(place, name), ProvidedMistake::NotOneOf(possible)),
                    _ => self.wrong(&inner(place, name), ProvidedMistake::Beside(possible)),
                }
                return None;
            }
        }
        let variant = *left.first()?;
        for (name, words) in &variant.claims {
            claims.insert((*name).to_owned(), Value::from(*words));
        }
        Some(variant)
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

#[cfg(test)]
mod tests;
