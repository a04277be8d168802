//! Reading credential types from files: those of the field, which are part of this program, and a trust's own beside them.
//!
//! A file `NAME.toml` is a kind, `KIND/NAME.toml` a variant of one. What is wrong in a file is told with its name, so that whoever wrote
//! it can mend it.

use super::kind::{Kind, Validity};
use super::{Attribute, AttributeForm, CredentialFamily, CredentialVariant, Words};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A file of a credential type.
#[derive(Debug, Clone, Copy)]
pub struct TypeFile<'a> {
    /// Its name below the folder, without the ending: `dbs` or `core-skill/fire-safety`.
    pub name: &'a str,
    /// What it holds: TOML.
    pub text: &'a str,
}

/// The types of the field.
const OF_THE_FIELD: &[TypeFile<'_>] = include!(concat!(env!("OUT_DIR"), "/credential_types.rs"));

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}.toml: {mistake}")]
pub struct TypeProblem {
    /// Its name, as in [`TypeFile`].
    pub file: String,
    /// What is wrong.
    pub mistake: TypeMistake,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypeMistake {
    /// It is no TOML, or a key is missing, unknown or holds what it cannot.
    #[error("{0}")]
    Toml(String),
    /// Its name cannot stand in an address.
    #[error("call the file by 1 to {LONGEST_NAME} letters a to z, digits and hyphens")]
    FileName,
    /// There is a type of this name.
    #[error("there is a credential type of this name already: call the file by another")]
    Twice,
    /// Words are missing or too long.
    #[error("write {0}.en, a line of 1 to {LONGEST_WORDS} characters")]
    Words(String),
    /// A kind that says nothing.
    #[error("write at least one [[attribute]], and at most {MOST_ATTRIBUTES}")]
    Attributes,
    /// The name of an attribute cannot be a claim.
    #[error("attribute {0:?}: write a name of 1 to {LONGEST_NAME} letters a to z and underscores")]
    AttributeName(String),
    /// The credential itself needs the name, or it stands twice.
    #[error("attribute {0:?}: the name is taken; write another")]
    AttributeTaken(String),
    /// Terms belong to `one-of`, and nowhere else.
    #[error("attribute {0:?}: write terms = [\"…\", …] where form = \"one-of\", each once, and nowhere else")]
    Terms(String),
    /// There is one picture, and it has a name.
    #[error("attribute {0:?}: a picture is called \"picture\"")]
    Picture(String),
    /// A period needs a day and a number of months.
    #[error("validity.from: write names of attributes that are days; and months, from 1 to 1200")]
    Validity,
    /// An end is a day to come.
    #[error("validity.until: write names of attributes whose form is \"day\"")]
    Until,
    /// Nothing says until when.
    #[error("[validity]: write from and months, or until, or leave it out")]
    NoValidity,
    /// The kind of a variant is missing, or has no variants.
    #[error("there is no kind {0:?} with variants_by")]
    NoKind(String),
    /// The attributes that tell variants apart are texts of the kind.
    #[error("variants_by: write names of attributes whose form is \"text\", the first of them required")]
    VariantsBy,
    /// A variant says what the kind's `variants_by` names, and no two the same.
    #[error("[claims]: write what tells it from all others: {0}")]
    Claims(String),
}

/// At most so many signs in a name.
const LONGEST_NAME: usize = 40;
/// At most so many characters in a title, a label or a term.
const LONGEST_WORDS: usize = 100;
/// At most so many attributes of a kind.
const MOST_ATTRIBUTES: usize = 60;
/// A period is at most so many months.
const MOST_MONTHS: u32 = 1_200;

/// SD-JWT VC, section 3.2.2.2, and RFC 7519, section 4.1: these say something about the credential itself. The last stand beside what a
/// credential says, in forms and in what is kept.
const RESERVED: [&str; 15] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "cnf",
    "vct",
    "status",
    "_sd",
    "_sd_alg",
    "assurance",
    "valid_until",
    "form",
];

static IN_USE: OnceLock<Vec<Kind>> = OnceLock::new();

/// The kinds in use: where nobody said which, those of the field alone.
pub(super) fn known() -> &'static [Kind] {
    IN_USE.get_or_init(|| read(OF_THE_FIELD).unwrap_or_default())
}

/// Uses a trust's own types beside those of the field, for as long as the process lives. Called once, before anything asks for a type.
///
/// # Errors
/// The first file that cannot be used.
///
/// # Panics
/// Where types are in use already: it was called too late.
pub fn use_own_types(own: &[TypeFile<'_>]) -> Result<(), TypeProblem> {
    let mut files = OF_THE_FIELD.to_vec();
    files.extend(own);
    let kinds = read(&files)?;
    assert!(IN_USE.set(kinds).is_ok(), "credential types are told before anything asks for them");
    Ok(())
}

/// The attributes of what every credential says about its assurance.
pub(super) fn assurance_attributes() -> &'static [Attribute] {
    #[derive(Deserialize)]
    struct AssuranceFile {
        attribute: Vec<AttributeFile>,
    }
    let file = toml::from_str::<AssuranceFile>(include_str!("../../assurance.toml"));
    let attributes = file.map(|file| file.attribute).unwrap_or_default();
    let attributes: Result<Vec<_>, _> = attributes.into_iter().map(AttributeFile::checked).collect();
    attributes.unwrap_or_default().leak()
}

type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindFile {
    place: u32,
    family: String,
    usual_policy: Option<String>,
    title: Texts,
    about: Texts,
    validity: Option<ValidityFile>,
    #[serde(default)]
    variants_by: Vec<String>,
    #[serde(default)]
    attribute: Vec<AttributeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidityFile {
    #[serde(default)]
    from: Vec<String>,
    months: Option<u32>,
    #[serde(default)]
    until: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributeFile {
    name: String,
    label: Texts,
    form: FormFile,
    #[serde(default)]
    terms: Vec<String>,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum FormFile {
    Text,
    Day,
    PastDay,
    OneOf,
    YesOrNo,
    Picture,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantFile {
    place: u32,
    title: Texts,
    valid_months: Option<u32>,
    claims: Texts,
}

/// Reads all files. Kinds come before their variants, and in the order in which they are shown.
fn read(files: &[TypeFile<'_>]) -> Result<Vec<Kind>, TypeProblem> {
    let (variants, kinds): (Vec<TypeFile<'_>>, Vec<_>) =
        files.iter().copied().partition(|file| file.name.contains('/'));
    let mut read: Vec<Kind> = Vec::with_capacity(kinds.len());
    let mut names = BTreeSet::new();
    for file in kinds {
        let in_file = |mistake| TypeProblem { file: file.name.to_owned(), mistake };
        read.push(
            names_itself(file.name, &mut names).and_then(|name| kind(name, file.text)).map_err(in_file)?,
        );
    }
    for file in variants {
        let in_file = |mistake| TypeProblem { file: file.name.to_owned(), mistake };
        let (kind, name) = file.name.split_once('/').unwrap_or_default();
        let name = names_itself(name, &mut names).map_err(in_file)?;
        let of_kind = read.iter_mut().find(|each| each.name == kind && !each.variants_by.is_empty());
        let of_kind = of_kind.ok_or_else(|| in_file(TypeMistake::NoKind(kind.to_owned())))?;
        let variant = variant(name, file.text, of_kind).map_err(in_file)?;
        of_kind.variants.push(variant);
    }
    for kind in &mut read {
        kind.variants.sort_by_key(|variant| (variant.place, variant.code));
    }
    read.sort_by(|one, other| (one.place, &one.name).cmp(&(other.place, &other.name)));
    Ok(read)
}

fn names_itself<'a>(name: &'a str, taken: &mut BTreeSet<String>) -> Result<&'a str, TypeMistake> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(good) {
        return Err(TypeMistake::FileName);
    }
    if taken.insert(name.to_owned()) { Ok(name) } else { Err(TypeMistake::Twice) }
}

fn toml<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, TypeMistake> {
    toml::from_str(text).map_err(|problem| TypeMistake::Toml(problem.to_string().trim_end().to_owned()))
}

fn kind(name: &str, text: &str) -> Result<Kind, TypeMistake> {
    let file: KindFile = toml(text)?;
    let families = || {
        let names: Vec<_> = CredentialFamily::ALL.iter().map(|family| family.as_str()).collect();
        TypeMistake::Toml(format!("family: write one of: {}", names.join(", ")))
    };
    let family = CredentialFamily::parse(&file.family).ok_or_else(families)?;
    let says_nothing = name == "access-key";
    if file.attribute.is_empty() != says_nothing || file.attribute.len() > MOST_ATTRIBUTES {
        return Err(TypeMistake::Attributes);
    }
    let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
    taken.extend(super::assurance().iter().map(|attribute| attribute.name.to_owned()));
    let mut attributes = Vec::with_capacity(file.attribute.len());
    for attribute in file.attribute {
        let attribute = attribute.checked()?;
        if !taken.insert(attribute.name.to_owned()) {
            return Err(TypeMistake::AttributeTaken(attribute.name.to_owned()));
        }
        attributes.push(attribute);
    }
    let has = |name: &String, fits: &dyn Fn(&Attribute) -> bool| {
        attributes.iter().any(|attribute| attribute.name == *name && fits(attribute))
    };
    let is_text = |attribute: &Attribute| attribute.form == AttributeForm::Text;
    let first = |attribute: &Attribute| is_text(attribute) && attribute.required;
    if !file.variants_by.iter().all(|each| has(each, &is_text))
        || !file.variants_by.iter().take(1).all(|each| has(each, &first))
    {
        return Err(TypeMistake::VariantsBy);
    }
    let is_day =
        |attribute: &Attribute| matches!(attribute.form, AttributeForm::Day | AttributeForm::PastDay);
    let is_end = |attribute: &Attribute| attribute.form == AttributeForm::Day;
    let validity = match file.validity {
        None => None,
        Some(ValidityFile { from, months, until }) => {
            // Without a number of its own it is for the variants to say.
            let said = months.is_some() || !file.variants_by.is_empty();
            let counts = !from.is_empty() && said && months.is_none_or(is_a_period);
            let counts = counts && from.iter().all(|each| has(each, &is_day));
            let ends_alone = from.is_empty() && months.is_none();
            if ends_alone && until.is_empty() {
                return Err(TypeMistake::NoValidity);
            }
            if !ends_alone && !counts {
                return Err(TypeMistake::Validity);
            }
            if !until.iter().all(|each| has(each, &is_end)) {
                return Err(TypeMistake::Until);
            }
            Some(Validity { from: kept_all(from), months, until: kept_all(until) })
        }
    };
    Ok(Kind {
        name: name.to_owned(),
        place: file.place,
        family,
        usual_policy: file.usual_policy,
        title: words("title", file.title)?,
        about: words("about", file.about)?,
        attributes: attributes.leak(),
        validity,
        variants_by: kept_all(file.variants_by),
        variants: Vec::new(),
    })
}

impl AttributeFile {
    fn checked(self) -> Result<Attribute, TypeMistake> {
        let Self { name, label, form, terms, required } = self;
        let good = |c: char| c.is_ascii_lowercase() || c == '_';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(good) {
            return Err(TypeMistake::AttributeName(name));
        }
        let different: BTreeSet<_> = terms.iter().map(|term| term.to_lowercase()).collect();
        let readable = different.len() == terms.len() && terms.iter().all(|term| is_a_line(term));
        if terms.is_empty() == (form == FormFile::OneOf) || !readable {
            return Err(TypeMistake::Terms(name));
        }
        let form = match form {
            FormFile::Text => AttributeForm::Text,
            FormFile::Day => AttributeForm::Day,
            FormFile::PastDay => AttributeForm::PastDay,
            FormFile::OneOf => AttributeForm::OneOf(kept_all(terms)),
            FormFile::YesOrNo => AttributeForm::YesNo,
            FormFile::Picture if name != "picture" => return Err(TypeMistake::Picture(name)),
            FormFile::Picture => AttributeForm::Picture,
        };
        let label = words(&format!("attribute {name:?}: label"), label)?;
        Ok(Attribute { name: kept(name), label, form, required })
    }
}

fn variant(name: &str, text: &str, of: &Kind) -> Result<CredentialVariant, TypeMistake> {
    let file: VariantFile = toml(text)?;
    let told = || TypeMistake::Claims(of.variants_by.join(", "));
    let known =
        file.claims.iter().all(|(name, words)| of.variants_by.contains(&name.as_str()) && is_a_line(words));
    let complete = of.variants_by.first().is_some_and(|first| file.claims.contains_key(*first));
    let claims: Vec<_> = file.claims.into_iter().map(|(name, words)| (kept(name), kept(words))).collect();
    let same = |other: &CredentialVariant| {
        of.variants_by.iter().all(|name| {
            let said = claims.iter().find(|(each, _)| each == name).map(|(_, words)| words.to_lowercase());
            other.claim(name).map(str::to_lowercase) == said
        })
    };
    if !known || !complete || of.variants.iter().any(same) {
        return Err(told());
    }
    let counts = of.validity.as_ref().is_some_and(|validity| !validity.from.is_empty());
    if !file.valid_months.is_none_or(is_a_period) || (file.valid_months.is_some() && !counts) {
        return Err(TypeMistake::Validity);
    }
    let title = words("title", file.title)?;
    Ok(CredentialVariant {
        code: kept(name.to_owned()),
        title,
        valid_months: file.valid_months,
        place: file.place,
        claims,
    })
}

fn is_a_period(months: u32) -> bool {
    (1..=MOST_MONTHS).contains(&months)
}

fn is_a_line(words: &str) -> bool {
    let length = words.chars().count();
    (1..=LONGEST_WORDS).contains(&length) && words.trim() == words && !words.chars().any(char::is_control)
}

fn words(key: &str, texts: Texts) -> Result<Words, TypeMistake> {
    if !texts.contains_key("en") || !texts.values().all(|text| is_a_line(text)) {
        return Err(TypeMistake::Words(key.to_owned()));
    }
    let texts: Vec<_> = texts.into_iter().map(|(language, text)| (kept(language), kept(text))).collect();
    Ok(Words::new(texts.leak()))
}

/// Types live as long as the process: what they say is kept for ever, once.
fn kept(text: String) -> &'static str {
    text.leak()
}

fn kept_all(texts: Vec<String>) -> &'static [&'static str] {
    texts.into_iter().map(kept).collect::<Vec<_>>().leak()
}

#[cfg(test)]
mod tests;
