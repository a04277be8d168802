//! *Provide a credential*: which one, and its form.

use super::super::{console_shell, frame, fresh_staff, trouble};
use super::row;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, upload, urls};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::console::job_roles;
use journeys::console::provide::{Asked, Filled, YES_AND_NO, begin, label, provide, there, to_whom};
use journeys::console::{self, Staff};
use journeys::{Refusal, Service};
use pages::{
    Choice, ConsolePart, ConsoleProvide, ConsoleProvideForm, CredentialGroup, Link, ProvideField,
    ProvideInput,
};
use rules::passport::{
    Attribute, AttributeForm, CredentialFamily, CredentialKind, CredentialType, Words, assurance,
};
use store::account::Account;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_PROVIDE, get(choose))
}

/// There may be a photo in it.
pub(super) fn form() -> Router<Web> {
    Router::new().route(urls::CONSOLE_PROVIDE_FORM, get(show).post(send))
}

async fn choose(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_provide(&id)).await?;
    let account = to_whom(&web, &staff, console::id(&id)?).await?;
    let to = |what: Asked, code: &str| Link::new(title(&web, what), urls::console_provide_form(&id, code));
    let one = |each: &CredentialType| to(Asked::One(*each), each.code());
    let group = |family: &CredentialFamily| {
        let several = CredentialKind::all().filter(|kind| kind.day_of_a_variant().is_some());
        let several = several.filter(|kind| kind.family() == *family);
        let several = several.map(|kind| to(Asked::Several(kind), kind.as_str()));
        let types = CredentialType::all().filter(|each| each.kind.family() == *family);
        CredentialGroup {
            title: web.word(&format!("credential-family-{}", family.as_str()), &[]),
            credentials: several.chain(types.map(|each| one(&each))).collect(),
        }
    };
    let requirement = job_roles::whose(&web, &staff, account.id).await?.requirement;
    let missing = requirement.map(|requirement| requirement.progress.missing).unwrap_or_default();
    let needed = (!missing.is_empty()).then(|| CredentialGroup {
        title: web.word("provide-needed", &[]),
        credentials: missing.iter().map(one).collect(),
    });
    let shown = ConsoleProvide {
        frame: frame(&staff, ConsolePart::Passports),
        name: format!("{} {}", account.first_name, account.last_name),
        groups: needed.into_iter().chain(CredentialFamily::ALL.iter().map(group)).collect(),
        back: Some(urls::console_passport(&id)),
    };
    page(&console_shell(&web, &staff), &shown)
}

async fn show(State(web): State<Web>, Path((id, code)): Path<(String, String)>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_provide_form(&id, &code)).await?;
    let what = Asked::parse(&code).ok_or(Refusal::NotFound)?;
    let (account, filled) = begin(&web, &staff, console::id(&id)?, what).await?;
    page(&console_shell(&web, &staff), &form_page(&web, &staff, &account, what, &filled).await?)
}

/// *Provide*.
async fn send(
    State(web): State<Web>,
    Path((id, code)): Path<(String, String)>,
    jar: CookieJar,
    request: Request,
) -> Answer {
    let here = urls::console_provide_form(&id, &code);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let what = Asked::parse(&code).ok_or(Refusal::NotFound)?;
    let to = console::id(&id)?;
    // Who may is asked before a file is read.
    to_whom(&web, &staff, to).await?;
    let upload::Form { fields, file } = upload::form(request).await?;
    let mut filled = Filled::new(fields);
    match provide(&web, &staff, to, what, &mut filled, file).await {
        Ok(credential) => Ok(match what {
            Asked::One(_) => see_other(&urls::console_credential(credential, "")),
            Asked::Several(_) => see_other(&urls::console_passport(&id)),
        }),
        Err(refusal @ Refusal::Fields(_)) => {
            let account = to_whom(&web, &staff, to).await?;
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            let shown = form_page(&web, &staff, &account, what, &filled).await?;
            page_with(&console_shell(&web, &staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

async fn form_page(
    web: &Web,
    staff: &Staff,
    account: &Account,
    what: Asked,
    filled: &Filled,
) -> Result<ConsoleProvideForm, Refusal> {
    let there = there(web, staff, account.id, what).await?;
    let id = account.id.to_string();
    let fields = |attributes: &[Attribute]| -> Vec<ProvideField> {
        attributes.iter().map(|attribute| field(web, attribute, filled)).collect()
    };
    let (code, months) = match what {
        Asked::One(one) => (one.code(), one.valid_months()),
        Asked::Several(kind) => (kind.as_str(), None),
    };
    let ends: Vec<_> = what.kind().ends().collect();
    Ok(ConsoleProvideForm {
        frame: frame(staff, ConsolePart::Passports),
        title: title(web, what),
        name: format!("{} {}", account.first_name, account.last_name),
        email: account.email.clone(),
        action: urls::console_provide_form(&id, code),
        there: there.iter().map(|each| row(web, each)).collect(),
        form: filled.text("form").to_owned(),
        claims: fields(&what.claims()),
        valid_until: what.valid_until().map(|attribute| field(web, &attribute, filled)),
        renewal_months: months,
        always_ends: ends.iter().any(|each| each.required),
        ends: ends.into_iter().map(|each| label(web, each)).collect(),
        assurance: fields(assurance()),
        back: Some(urls::console_provide(&id)),
    })
}

fn title(service: &Service, what: Asked) -> String {
    let words = |words: Words| words.get(Language::En.tag()).to_owned();
    match what {
        Asked::One(one) => words(one.title()),
        Asked::Several(kind) => service.word("provide-several", &[("kind", &words(kind.title()))]),
    }
}

fn field(service: &Service, attribute: &Attribute, filled: &Filled) -> ProvideField {
    let value = filled.text(attribute.name).to_owned();
    let input = match attribute.form {
        AttributeForm::Day | AttributeForm::PastDay => {
            let [day, month, year] = filled.day(attribute.name).map(str::to_owned);
            ProvideInput::Day { day, month, year }
        }
        AttributeForm::OneOf(terms) => {
            let choices = terms.iter().map(|term| Choice::new(*term, *term)).collect();
            ProvideInput::Choice { choices, value }
        }
        AttributeForm::YesNo => {
            let answer = |name| Choice::new(name, service.word(&format!("answer-{name}"), &[]));
            ProvideInput::Choice { choices: YES_AND_NO.map(answer).into(), value }
        }
        AttributeForm::Text => ProvideInput::Text { value },
        AttributeForm::Picture => ProvideInput::Photo { kept: filled.kept_photo(attribute).to_owned() },
    };
    let optional = !attribute.required;
    ProvideField { name: attribute.name.to_owned(), label: label(service, attribute), optional, input }
}
