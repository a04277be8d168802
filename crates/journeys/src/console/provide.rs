//! A member of staff provides a credential to one of the trust's people: what they fill in is read as what a system sends is.

use super::{Staff, person_of};
use crate::passport::provide;
use crate::{FieldProblem, Refusal, Service, session};
use rules::passport::{
    Attribute, AttributeForm, CredentialType, LONGEST_TEXT, Provided, ProvidedMistake, Words, assurance,
};
use rules::role::Act;
use rules::typed_day::typed_day;
use serde_json::{Map, Value};
use std::collections::HashMap;
use store::account::Account;
use uuid::Uuid;
use wording::Language;

/// Until when the credential holds: a field like those of its attributes.
pub const VALID_UNTIL: Attribute =
    Attribute { name: "valid_until", label: Words::NONE, form: AttributeForm::Day, required: false };

/// Yes and no, as forms send them.
pub const YES_AND_NO: [&str; 2] = ["yes", "no"];

/// What was filled in, by the name of the field; a day stands in three, of which the first has its name.
#[derive(Debug, Clone, Default)]
pub struct Filled(HashMap<String, String>);

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
            // A picture comes from a system: nobody types one.
            AttributeForm::Picture => None,
        }
    }
}

/// What a form asks for about a credential of this type: what it says, and how that was assured.
pub fn asked(what: CredentialType) -> (Vec<&'static Attribute>, Vec<&'static Attribute>) {
    let typed = |each: &&'static Attribute| each.form != AttributeForm::Picture;
    (what.asked().filter(typed).collect(), assurance().iter().collect())
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
    what: CredentialType,
) -> Result<(Account, Filled), Refusal> {
    let account = to_whom(service, staff, account).await?;
    let now = service.clock.now();
    let today = service.today();
    let mut filled = Filled::default();
    filled.fill("form", vault::new_id(now, service.random.as_ref()).to_string());
    let colleague = &staff.person.account;
    filled.fill("provider", &staff.person.organisation.name);
    filled.fill("verifier", format!("{} {}", colleague.first_name, colleague.last_name));
    filled.fill("policy", what.kind.usual_policy().unwrap_or_default());
    filled.fill("last_refresh", today.day().to_string());
    filled.fill("last_refresh_month", today.month().to_string());
    filled.fill("last_refresh_year", today.year().to_string());
    for attribute in what.asked() {
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

/// Provides what was filled in. Answers the credential. The same form, sent twice, provides it once.
///
/// # Errors
/// Those of [`to_whom`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn provide(
    service: &Service,
    staff: &Staff,
    account: Uuid,
    what: CredentialType,
    filled: &Filled,
) -> Result<Uuid, Refusal> {
    let account = to_whom(service, staff, account).await?;
    session::fresh(service, &staff.person)?;
    let provided = read(service, what, filled)?;
    let new = || vault::new_id(service.clock.now(), service.random.as_ref());
    let id = filled.form().unwrap_or_else(new);
    let organisation = &staff.person.organisation;
    provide::by_staff(service, (&account, organisation), staff.id(), id, &provided).await?;
    Ok(id)
}

/// Reads a form by the rules for what a system sends.
fn read(service: &Service, what: CredentialType, filled: &Filled) -> Result<Provided, Refusal> {
    let (claims, assured) = asked(what);
    let part = |attributes: &[&Attribute]| -> Map<String, Value> {
        let value = |each: &&Attribute| Some((each.name.to_owned(), filled.value(each)?));
        attributes.iter().filter_map(value).collect()
    };
    let mut said = part(&claims);
    let told_apart = what.kind.variants_by().iter();
    said.extend(told_apart.filter_map(|name| Some(((*name).to_owned(), what.variant?.claim(name)?.into()))));
    let json = serde_json::json!({
        "kind": what.kind.as_str(),
        "claims": said,
        "assurance": part(&assured),
        "valid_until": filled.value(&VALID_UNTIL),
    });
    let problems = match Provided::read_all(&json, service.today()) {
        Ok(mut provided) => return provided.pop().ok_or(Refusal::Fault("a form provides nothing")),
        Err(problems) => problems,
    };
    // In the order in which they stand on the page.
    let fields = claims.into_iter().chain([&VALID_UNTIL]).chain(assured);
    let wrong = fields.filter_map(|attribute| {
        let is_here = |pointer: &str| pointer.rsplit('/').next() == Some(attribute.name);
        let problem = problems.iter().find(|problem| is_here(&problem.pointer))?;
        let key = key(&problem.what, attribute.form)?;
        let labelled = FieldProblem::new(attribute.name, key).with("label", &label(service, attribute));
        Some(labelled.with("most", &LONGEST_TEXT))
    });
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() {
        Err(Refusal::Fault("what a form lacks is in none of its fields"))
    } else {
        Err(Refusal::Fields(wrong))
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
        _ => return None,
    })
}
