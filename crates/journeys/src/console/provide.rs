//! A member of staff provides a credential to one of the trust's people: what they fill in is read as what a system sends is.

use super::{Staff, person_of};
use crate::passport::provide;
use crate::photo::{self, FEWEST_PIXELS, PhotoMistake};
use crate::{FieldProblem, Refusal, Service, session};
use rules::passport::{
    Attribute, AttributeForm, CredentialKind, CredentialState, CredentialType, CredentialVariant,
    LONGEST_TEXT, Provided, ProvidedMistake, Words, assurance,
};
use rules::role::Act;
use rules::typed_day::typed_day;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;
use store::account::Account;
use store::credential_list::ListedCredential;
use uuid::Uuid;
use wording::Language;

/// Until when the credential holds: a field like those of its attributes.
pub const VALID_UNTIL: Attribute =
    Attribute { name: "valid_until", label: Words::NONE, form: AttributeForm::Day, required: false };

/// Yes and no, as forms send them.
pub const YES_AND_NO: [&str; 2] = ["yes", "no"];

/// What was filled in, by the name of the field; a day stands in three, of which the first has its name.
#[derive(Clone, Default)]
pub struct Filled(HashMap<String, String>);

impl fmt::Debug for Filled {
    /// Says nothing of what was filled in, but which form it was.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled").field("form", &self.form()).finish_non_exhaustive()
    }
}

impl Filled {
    /// What a form holds.
    pub fn new(fields: HashMap<String, String>) -> Self {
        Self(fields)
    }

    /// What stands in a field; nothing where it is missing.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// Day, month and year, as they were typed.
    pub fn day(&self, name: &str) -> [&str; 3] {
        [self.text(name), self.text(&format!("{name}_month")), self.text(&format!("{name}_year"))]
    }

    /// The number of the form, under which what is sent twice is done once.
    fn form(&self) -> Option<Uuid> {
        Uuid::parse_str(self.text("form")).ok().filter(|id| id.get_version_num() == 7)
    }

    fn fill(&mut self, name: &str, text: impl Into<String>) {
        self.0.insert(name.to_owned(), text.into());
    }

    /// The photo that was chosen when the form was sent before; nothing where there is none.
    pub fn kept_photo(&self, attribute: &Attribute) -> &str {
        self.text(&format!("{}_kept", attribute.name))
    }

    fn value(&self, attribute: &Attribute) -> Option<Value> {
        let text = self.text(attribute.name);
        match attribute.form {
            AttributeForm::Day | AttributeForm::PastDay => {
                let [day, month, year] = self.day(attribute.name);
                let typed = [day, month, year].iter().any(|part| !part.is_empty());
                // What is no day is not read as one further on, either.
                let read = || typed_day(day, month, year).map_or_else(String::new, |day| day.to_string());
                typed.then(|| Value::from(read()))
            }
            AttributeForm::YesNo => match text {
                "yes" => Some(Value::from(true)),
                "no" => Some(Value::from(false)),
                _ => None,
            },
            AttributeForm::Text | AttributeForm::OneOf(_) => (!text.is_empty()).then(|| Value::from(text)),
            // As it was prepared when it was chosen. The form has carried it since, so it is looked at like one that a system sends.
            AttributeForm::Picture => {
                let kept = self.kept_photo(attribute);
                (!kept.is_empty()).then(|| Value::from(kept))
            }
        }
    }
}

/// What a form provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// One credential.
    One(CredentialType),
    /// Several of a kind, each by the day that is all that has to be said of it: the field of each has the code of its type.
    Several(CredentialKind),
}

impl Asked {
    /// What the form with this name provides: that of a type, or of a kind of which several are provided together.
    pub fn parse(name: &str) -> Option<Self> {
        let several = || CredentialKind::parse(name).filter(|kind| kind.day_of_a_variant().is_some());
        CredentialType::parse(name).map(Self::One).or_else(|| several().map(Self::Several))
    }

    /// What kind of credentials.
    pub const fn kind(self) -> CredentialKind {
        match self {
            Self::One(what) => what.kind,
            Self::Several(kind) => kind,
        }
    }

    /// What is asked for about what it says, in the order of the page.
    pub fn claims(self) -> Vec<Attribute> {
        match self {
            Self::One(what) => what.asked().copied().collect(),
            Self::Several(kind) => {
                let form = kind.day_of_a_variant().map_or(AttributeForm::Day, |day| day.form);
                let day = |variant: &'static CredentialVariant| Attribute {
                    name: variant.code,
                    label: variant.title,
                    form,
                    required: false,
                };
                kind.variants().iter().map(day).collect()
            }
        }
    }

    /// The last day can be typed where there is one credential.
    pub fn valid_until(self) -> Option<Attribute> {
        matches!(self, Self::One(_)).then_some(VALID_UNTIL)
    }
}

/// What stands behind the name of an attribute, in words.
pub fn label(service: &Service, attribute: &Attribute) -> String {
    if attribute.name == VALID_UNTIL.name {
        return service.word("provide-valid-until", &[]);
    }
    attribute.label.get(Language::En.tag()).to_owned()
}

/// A form to fill in, with what is known already.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::OwnAccount`].
pub async fn begin(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    what: Asked,
) -> Result<(Account, Filled), Refusal> {
    let account = to_whom(service, staff, account).await?;
    let now = service.clock.now();
    let today = service.today();
    let mut filled = Filled::default();
    filled.fill("form", vault::new_id(now, service.random.as_ref()).to_string());
    let colleague = &staff.person.account;
    filled.fill("provider", &staff.person.organisation.name);
    filled.fill("verifier", format!("{} {}", colleague.first_name, colleague.last_name));
    filled.fill("policy", what.kind().usual_policy().unwrap_or_default());
    filled.fill("last_refresh", today.day().to_string());
    filled.fill("last_refresh_month", today.month().to_string());
    filled.fill("last_refresh_year", today.year().to_string());
    for attribute in what.claims() {
        match attribute.name {
            "given_name" => filled.fill("given_name", &account.first_name),
            "family_name" => filled.fill("family_name", &account.last_name),
            "email" => filled.fill("email", &account.email),
            "employer" => filled.fill("employer", &staff.person.organisation.name),
            _ => {}
        }
    }
    Ok((account, filled))
}

/// To whom something may be provided by this member of staff.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`] where they are nobody of the trust, [`Refusal::OwnAccount`].
pub async fn to_whom(service: &Service, staff: &Staff, account: Uuid) -> Result<Account, Refusal> {
    staff.demand(Act::ProvideCredentials)?;
    let account = person_of(service, staff, account).await?;
    if account.id == staff.id() { Err(Refusal::OwnAccount) } else { Ok(account) }
}

/// What the trust has provided to somebody of what is asked for, and what waits for their review or is in their wallet; the newest first.
///
/// # Errors
/// Where the database fails.
pub async fn there(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    what: Asked,
) -> Result<Vec<ListedCredential>, Refusal> {
    let today = service.today();
    let is_it = |each: &ListedCredential| match what {
        Asked::One(one) => each.kind == one.kind && each.variant == one.variant_code(),
        Asked::Several(kind) => each.kind == kind,
    };
    let counts = |each: &ListedCredential| {
        matches!(each.state(today), CredentialState::ToReview | CredentialState::Accepted)
    };
    let provided = service.store.credentials_listed(staff.organisation(), Some(account)).await?;
    Ok(provided.into_iter().rev().filter(|each| is_it(each) && counts(each)).collect())
}

/// Provides what was filled in, with a photo where a file was chosen. Answers the first credential. The same form, sent twice, provides it
/// once. A photo that is none to complain of stays in `filled`, so that nobody has to choose it again.
///
/// # Errors
/// Those of [`to_whom`], [`Refusal::ProofNeeded`], [`Refusal::Fields`], [`Refusal::Busy`] where too many photos wait.
pub async fn provide(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    what: Asked,
    filled: &mut Filled,
    file: Vec<u8>,
) -> Result<Uuid, Refusal> {
    let account = to_whom(service, staff, account).await?;
    session::fresh(service, &staff.person)?;
    let mistake = take_photo(what, filled, file).await?;
    let provided = read(service, what, filled, mistake)?;
    let new = || vault::new_id(service.clock.now(), service.random.as_ref());
    let id = filled.form().unwrap_or_else(new);
    let organisation = &staff.person.organisation;
    provide::by_staff(service, (&account, organisation), staff.id(), id, &provided).await?;
    Ok(id)
}

/// Puts the photo that was chosen in its field, where what is provided has one. Answers what is wrong with the file.
async fn take_photo(
    what: Asked,
    filled: &mut Filled,
    file: Vec<u8>,
) -> Result<Option<PhotoMistake>, Refusal> {
    let field = what.claims().into_iter().find(|each| each.form == AttributeForm::Picture);
    let Some(field) = field.filter(|_| !file.is_empty()) else { return Ok(None) };
    match photo::prepared(file).await? {
        Ok(photo) => filled.fill(&format!("{}_kept", field.name), photo),
        Err(mistake) => return Ok(Some(mistake)),
    }
    Ok(None)
}

/// Reads a form by the rules for what a system sends. `photo` is what is wrong with the file that was chosen.
fn read(
    service: &Service,
    what: Asked,
    filled: &Filled,
    photo: Option<PhotoMistake>,
) -> Result<Vec<Provided>, Refusal> {
    let sent = sent(what, filled);
    let first = || what.claims().first().map_or("", |field| field.name);
    if sent.is_empty() {
        return Err(Refusal::field(first(), "provide-nothing"));
    }
    let json: Vec<_> = sent.iter().map(|(_, json)| json.clone()).collect();
    let problems = match Provided::read_all(&Value::from(json), service.today()) {
        Ok(provided) if photo.is_none() => return Ok(provided),
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    };
    // In the order in which they stand on the page.
    let mut wrong = Vec::new();
    for field in what.claims().iter().chain(&what.valid_until()).chain(assurance()) {
        let is_here = |pointer: &str| {
            let mut parts = pointer.split('/').skip(1);
            let number = parts.next().and_then(|number| number.parse::<usize>().ok());
            let of = number.and_then(|number| Some(sent.get(number)?.0)).unwrap_or_default();
            // A day that stands for a whole credential is wrong in whatever is wrong with what that says.
            of == Some(field.name) && !pointer.contains("/assurance/") || parts.last() == Some(field.name)
        };
        let of_photo = photo.filter(|_| field.form == AttributeForm::Picture).map(photo_key);
        let problem = problems.iter().find(|problem| is_here(&problem.pointer));
        if let Some(key) = of_photo.or_else(|| key(&problem?.what, field.form)) {
            let labelled = FieldProblem::new(field.name, key).with("label", &label(service, field));
            let stated = problem.map_or_else(String::new, |problem| stated(service, &problem.what));
            let labelled = labelled.with("stated", &stated);
            wrong.push(labelled.with("most", &LONGEST_TEXT).with("fewest", &FEWEST_PIXELS));
        }
    }
    if wrong.is_empty() {
        Err(Refusal::Fault("what a form lacks is in none of its fields"))
    } else {
        Err(Refusal::Fields(wrong))
    }
}

/// What a system would send for what was filled in: each credential, and the field that stands for it where it is one of several.
fn sent(what: Asked, filled: &Filled) -> Vec<(Option<&'static str>, Value)> {
    let part = |attributes: &[Attribute]| -> Map<String, Value> {
        let value = |each: &Attribute| Some((each.name.to_owned(), filled.value(each)?));
        attributes.iter().filter_map(value).collect()
    };
    let credential = |variant: Option<&CredentialVariant>, mut said: Map<String, Value>| {
        let told_apart = what.kind().variants_by().iter();
        said.extend(told_apart.filter_map(|name| Some(((*name).to_owned(), variant?.claim(name)?.into()))));
        serde_json::json!({
            "kind": what.kind().as_str(),
            "claims": said,
            "assurance": part(assurance()),
            "valid_until": what.valid_until().and_then(|field| filled.value(&field)),
        })
    };
    match what {
        Asked::One(one) => vec![(None, credential(one.variant, part(&what.claims())))],
        Asked::Several(kind) => {
            let day = kind.day_of_a_variant().map_or("", |day| day.name);
            let fields = what.claims();
            let each = kind.variants().iter().zip(&fields).filter_map(|(variant, field)| {
                let said = Map::from_iter([(day.to_owned(), filled.value(field)?)]);
                Some((Some(field.name), credential(Some(variant), said)))
            });
            each.collect()
        }
    }
}

/// What stands behind the name of the attribute that a mistake speaks of; nothing where it speaks of none.
fn stated(service: &Service, mistake: &ProvidedMistake) -> String {
    match mistake {
        ProvidedMistake::AfterItsEnd(attribute) => label(service, attribute),
        _ => String::new(),
    }
}

const fn photo_key(mistake: PhotoMistake) -> &'static str {
    match mistake {
        PhotoMistake::NotAPhoto => "provide-not-a-photo",
        PhotoMistake::TooLarge => "provide-photo-too-large",
        PhotoMistake::TooSmall => "provide-photo-too-small",
    }
}

/// The text of a mistake in a field; none for what no form can send.
fn key(mistake: &ProvidedMistake, form: AttributeForm) -> Option<&'static str> {
    let chosen = matches!(form, AttributeForm::OneOf(_) | AttributeForm::YesNo);
    Some(match mistake {
        ProvidedMistake::Missing if chosen => "provide-choose",
        ProvidedMistake::NotOneOf(_) | ProvidedMistake::NotYesOrNo => "provide-choose",
        ProvidedMistake::Missing => "provide-missing",
        ProvidedMistake::NotText => "provide-not-text",
        ProvidedMistake::NotADay => "provide-not-a-day",
        ProvidedMistake::InFuture => "provide-in-future",
        ProvidedMistake::Over => "provide-over",
        ProvidedMistake::NotAPicture | ProvidedMistake::PictureTellsMore => {
            photo_key(PhotoMistake::NotAPhoto)
        }
        ProvidedMistake::PictureTooLarge => photo_key(PhotoMistake::TooLarge),
        ProvidedMistake::AfterItsEnd(_) => "provide-after-its-end",
        _ => return None,
    })
}
