//! *Provide a credential*: which one, and its form.

use super::super::{console_shell, frame, fresh_staff, trouble};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::console::provide::{Filled, VALID_UNTIL, YES_AND_NO, asked, begin, label, provide, to_whom};
use journeys::console::{self, Staff};
use journeys::{Refusal, Service};
use pages::{
    Choice, ConsolePart, ConsoleProvide, ConsoleProvideForm, CredentialGroup, Link, ProvideField,
    ProvideInput,
};
use rules::passport::{Attribute, AttributeForm, CredentialFamily, CredentialType};
use std::collections::HashMap;
use store::account::Account;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_PROVIDE, get(choose))
        .route(urls::CONSOLE_PROVIDE_FORM, get(show).post(send))
}

async fn choose(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_provide(&id)).await?;
    let account = to_whom(&web, &staff, console::id(&id)?).await?;
    let group = |family: &CredentialFamily| CredentialGroup {
        title: web.word(&format!("credential-family-{}", family.as_str()), &[]),
        credentials: CredentialType::all()
            .filter(|each| each.kind.family() == *family)
            .map(|each| Link::new(title(each), urls::console_provide_form(&id, each.code())))
            .collect(),
    };
    let shown = ConsoleProvide {
        frame: frame(&staff, ConsolePart::Passports),
        name: format!("{} {}", account.first_name, account.last_name),
        groups: CredentialFamily::ALL.iter().map(group).collect(),
        back: Some(urls::console_passport(&id)),
    };
    page(&console_shell(&web, &staff), &shown)
}

async fn show(State(web): State<Web>, Path((id, code)): Path<(String, String)>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_provide_form(&id, &code)).await?;
    let what = CredentialType::parse(&code).ok_or(Refusal::NotFound)?;
    let (account, filled) = begin(&web, &staff, console::id(&id)?, what).await?;
    page(&console_shell(&web, &staff), &form(&web, &staff, &account, what, &filled))
}

/// *Provide*.
async fn send(
    State(web): State<Web>,
    Path((id, code)): Path<(String, String)>,
    jar: CookieJar,
    Form(fields): Form<HashMap<String, String>>,
) -> Answer {
    let here = urls::console_provide_form(&id, &code);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let what = CredentialType::parse(&code).ok_or(Refusal::NotFound)?;
    let (to, filled) = (console::id(&id)?, Filled::new(fields));
    match provide(&web, &staff, to, what, &filled).await {
        Ok(credential) => Ok(see_other(&urls::console_credential(credential, ""))),
        Err(refusal @ Refusal::Fields(_)) => {
            let account = to_whom(&web, &staff, to).await?;
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            let shown = form(&web, &staff, &account, what, &filled);
            page_with(&console_shell(&web, &staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

fn form(
    web: &Web,
    staff: &Staff,
    account: &Account,
    what: CredentialType,
    filled: &Filled,
) -> ConsoleProvideForm {
    let id = account.id.to_string();
    let (claims, assurance) = asked(what);
    let fields = |attributes: Vec<&Attribute>| -> Vec<ProvideField> {
        attributes.into_iter().map(|attribute| field(web, attribute, filled)).collect()
    };
    ConsoleProvideForm {
        frame: frame(staff, ConsolePart::Passports),
        title: title(what),
        name: format!("{} {}", account.first_name, account.last_name),
        email: account.email.clone(),
        action: urls::console_provide_form(&id, what.code()),
        form: filled.text("form").to_owned(),
        claims: fields(claims),
        valid_until: field(web, &VALID_UNTIL, filled),
        renewal_months: what.valid_months(),
        assurance: fields(assurance),
        back: Some(urls::console_provide(&id)),
    }
}

fn title(what: CredentialType) -> String {
    what.title().get(Language::En.tag()).to_owned()
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
        AttributeForm::Text | AttributeForm::Picture => ProvideInput::Text { value },
    };
    let optional = !attribute.required;
    ProvideField { name: attribute.name.to_owned(), label: label(service, attribute), optional, input }
}
