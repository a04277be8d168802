//! Unlock, end sessions, remove a lost method, put a number right: each with its mandatory reason.

use super::{console_shell, frame, fresh_staff, trouble};
use crate::forms::{CodeForm, HelpForm, NumberHelpForm};
use crate::registration::method;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::{Caller, Visitor};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::number::Asked;
use journeys::console::{self, Staff, help, number};
use pages::{
    ConsoleAct, ConsoleCode, ConsoleHelp, ConsoleNumber, ConsolePart, ConsoleStartCode, FieldErrors, Method,
};
use store::account::Account;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_UNLOCK, get(ask_unlock).post(unlock))
        .route(urls::CONSOLE_SESSIONS, get(ask_end_sessions).post(end_sessions))
        .route(urls::CONSOLE_RESET, get(ask_start_reset).post(start_reset))
        .route(urls::CONSOLE_REMOVE, get(ask_remove).post(remove))
        .route(urls::CONSOLE_NUMBER, get(ask_number).post(send_number_code))
        .route(urls::CONSOLE_NUMBER_CODE, get(ask_number_code).post(prove_number))
}

fn name(account: &Account) -> String {
    format!("{} {}", account.first_name, account.last_name)
}

fn help_page(
    staff: &Staff,
    account: &Account,
    act: ConsoleAct,
    action: String,
    reason: String,
) -> ConsoleHelp {
    ConsoleHelp {
        frame: frame(staff, ConsolePart::People),
        name: name(account),
        act,
        method: None,
        added: None,
        action,
        reason,
        back: Some(urls::console_person(&account.id.to_string())),
    }
}

/// The answer to an act: the person's page, or the form again with what was typed.
fn answer(
    web: &Web,
    staff: &Staff,
    done: Result<(), Refusal>,
    form: &ConsoleHelp,
    (id, word): (&str, &str),
) -> Answer {
    match done {
        Ok(()) => Ok(see_other(&urls::console_done(id, word))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(web, staff), form, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &form.action)),
    }
}

async fn ask_unlock(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let action = urls::console_unlock(&id);
    let staff = fresh_staff(&web, &jar, &action).await?;
    let account = console::may_help(&web, &staff, console::id(&id)?).await?;
    page(
        &console_shell(&web, &staff),
        &help_page(&staff, &account, ConsoleAct::Unlock, action, String::new()),
    )
}

async fn unlock(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<HelpForm>,
) -> Answer {
    let action = urls::console_unlock(&id);
    let staff = fresh_staff(&web, &jar, &action).await?;
    let account = console::may_help(&web, &staff, console::id(&id)?).await?;
    let done = help::unlock(&web, &staff, account.id, &form.reason).await;
    let form = help_page(&staff, &account, ConsoleAct::Unlock, action, form.reason);
    answer(&web, &staff, done, &form, (&id, "unlocked"))
}

async fn ask_end_sessions(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let action = urls::console_sessions(&id);
    let staff = fresh_staff(&web, &jar, &action).await?;
    let account = console::may_help(&web, &staff, console::id(&id)?).await?;
    let form = help_page(&staff, &account, ConsoleAct::EndSessions, action, String::new());
    page(&console_shell(&web, &staff), &form)
}

async fn end_sessions(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<HelpForm>,
) -> Answer {
    let action = urls::console_sessions(&id);
    let staff = fresh_staff(&web, &jar, &action).await?;
    let account = console::may_help(&web, &staff, console::id(&id)?).await?;
    let done = help::end_sessions(&web, &staff, account.id, &form.reason).await;
    let form = help_page(&staff, &account, ConsoleAct::EndSessions, action, form.reason);
    answer(&web, &staff, done, &form, (&id, "sessions-ended"))
}

/// Who is calling must be sure before the form is filled in.
async fn ask_start_reset(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let action = urls::console_reset(&id);
    let staff = fresh_staff(&web, &jar, &action).await?;
    let account = console::may_help(&web, &staff, console::id(&id)?).await?;
    console::must_be_sure(&web, &staff, account.id).await?;
    let form = help_page(&staff, &account, ConsoleAct::AssistedReset, action, String::new());
    page(&console_shell(&web, &staff), &form)
}

/// The answer is the page with the code, for it is shown once and kept nowhere.
async fn start_reset(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<HelpForm>,
) -> Answer {
    let action = urls::console_reset(&id);
    let staff = fresh_staff(&web, &jar, &action).await?;
    let account = console::may_help(&web, &staff, console::id(&id)?).await?;
    match help::start_reset(&web, &staff, account.id, &form.reason, &visitor).await {
        Ok(start) => {
            let address = web.settings.public_url.join(urls::RESET_START_CODE);
            let shown = ConsoleStartCode {
                frame: frame(&staff, ConsolePart::People),
                name: name(&account),
                code: start.code.expose().clone(),
                until: wording::time(Language::En, web.local(start.expires_at).time()),
                address: address.map_or_else(|_| urls::RESET_START_CODE.to_owned(), String::from),
                person_href: urls::console_person(&id),
            };
            page(&console_shell(&web, &staff), &shown)
        }
        Err(refusal) => {
            let form = help_page(&staff, &account, ConsoleAct::AssistedReset, action, form.reason);
            answer(&web, &staff, Err(refusal), &form, (&id, ""))
        }
    }
}

/// The form for removing one method. Who is calling must be sure before it is filled in.
async fn remove_page(
    web: &Web,
    staff: &Staff,
    (id, removed): (Uuid, Uuid),
    reason: String,
) -> Result<ConsoleHelp, Refusal> {
    let (account, kind, added) = help::method(web, staff, id, removed).await?;
    console::must_be_sure(web, staff, id).await?;
    let action = urls::console_remove(&id.to_string(), &removed.to_string());
    let form = help_page(staff, &account, ConsoleAct::RemoveMethod, action, reason);
    let added = Some(wording::date(Language::En, web.local(added).date()));
    Ok(ConsoleHelp { method: Some(kind.map_or(Method::Passkey, method)), added, ..form })
}

async fn ask_remove(
    State(web): State<Web>,
    Path((id, removed)): Path<(String, String)>,
    jar: CookieJar,
) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_remove(&id, &removed)).await?;
    let ids = (console::id(&id)?, console::id(&removed)?);
    page(&console_shell(&web, &staff), &remove_page(&web, &staff, ids, String::new()).await?)
}

async fn remove(
    State(web): State<Web>,
    Path((id, removed)): Path<(String, String)>,
    jar: CookieJar,
    Form(form): Form<HelpForm>,
) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_remove(&id, &removed)).await?;
    let ids = (console::id(&id)?, console::id(&removed)?);
    let shown = remove_page(&web, &staff, ids, form.reason.clone()).await?;
    let done = help::remove_method(&web, &staff, ids.0, ids.1, &form.reason).await;
    answer(&web, &staff, done, &shown, (&id, "method-removed"))
}

fn number_page(staff: &Staff, account: &Account, form: NumberHelpForm) -> ConsoleNumber {
    let id = account.id.to_string();
    ConsoleNumber {
        frame: frame(staff, ConsolePart::People),
        name: name(account),
        action: urls::console_number(&id),
        number: form.number,
        reason: form.reason,
        back: Some(urls::console_person(&id)),
    }
}

async fn ask_number(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_number(&id)).await?;
    let account = number::person(&web, &staff, console::id(&id)?).await?;
    console::must_be_sure(&web, &staff, account.id).await?;
    page(&console_shell(&web, &staff), &number_page(&staff, &account, NumberHelpForm::default()))
}

async fn send_number_code(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<NumberHelpForm>,
) -> Answer {
    let here = urls::console_number(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let account = number::person(&web, &staff, console::id(&id)?).await?;
    let asked = Asked { number: &form.number, reason: &form.reason };
    match number::send_code(&web, &staff, account.id, asked, &network).await {
        Ok(()) => Ok(see_other(&urls::console_number_code(&id))),
        Err(refusal @ (Refusal::Fields(_) | Refusal::CodeTooSoon { .. } | Refusal::TooManyCodes)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &number_page(&staff, &account, form), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

async fn number_code_page(
    web: &Web,
    staff: &Staff,
    id: &str,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let (account, digits) = number::under_way(web, staff, console::id(id)?).await?;
    let shown = ConsoleCode {
        frame: frame(staff, ConsolePart::People),
        name: name(&account),
        method: Method::Text,
        number: Some(digits),
        undelivered: false,
        action: urls::console_number_code(id),
        again_href: urls::console_number(id),
        back: Some(urls::console_number(id)),
    };
    page_with(&console_shell(web, staff), &shown, errors, status)
}

async fn ask_number_code(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_number_code(&id)).await?;
    number_code_page(&web, &staff, &id, &FieldErrors::none(), StatusCode::OK).await
}

async fn prove_number(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let here = urls::console_number_code(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    match number::prove(&web, &staff, console::id(&id)?, &form.code).await {
        Ok(()) => Ok(see_other(&urls::console_done(&id, "number-repaired"))),
        Err(
            refusal @ (Refusal::Fields(_)
            | Refusal::CodeWrong { .. }
            | Refusal::CodeExpired
            | Refusal::CodesEnded),
        ) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            number_code_page(&web, &staff, &id, &errors, status).await
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
