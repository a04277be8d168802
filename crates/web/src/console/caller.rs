//! *Make sure who is calling*.

use super::{console_shell, frame, fresh_staff, trouble};
use crate::forms::{ChannelForm, CodeForm};
use crate::registration::method;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::{Caller, Visitor};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::caller::{self, Checking};
use journeys::console::{self, Acting, Staff};
use pages::{CallerChannel, ConsoleCaller, ConsoleCode, ConsolePart, FieldErrors};
use rules::desk::Document;
use rules::method::MethodKind;
use store::outbox::Delivery;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CALLER, get(show))
        .route(urls::CONSOLE_CALLER_SEND, post(send))
        .route(urls::CONSOLE_CALLER_CODE, get(show_code).post(prove))
        .route(urls::CONSOLE_CALLER_DOCUMENTS, post(documents))
}

/// What was chosen before.
#[derive(Default)]
struct Chosen {
    channel: String,
    documents: Vec<String>,
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_caller(&id)).await?;
    caller_page(&web, &staff, console::id(&id)?, Chosen::default(), &FieldErrors::none(), StatusCode::OK)
        .await
}

async fn caller_page(
    web: &Web,
    staff: &Staff,
    id: Uuid,
    chosen: Chosen,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let checking = caller::show(web, staff, id).await?;
    let id = id.to_string();
    let page = ConsoleCaller {
        frame: frame(staff, ConsolePart::People),
        name: format!("{} {}", checking.account.first_name, checking.account.last_name),
        channels: checking
            .channels
            .iter()
            .map(|channel| CallerChannel {
                value: channel.id.to_string(),
                method: method(channel.kind),
                of_record: channel.of_record,
            })
            .collect(),
        channel: chosen.channel,
        send_action: urls::console_caller_send(&id),
        sent: checking.sent.as_ref().and_then(|check| MethodKind::parse(&check.how).ok()).map(method),
        undelivered: checking.delivery == Some(Delivery::GivenUp),
        prove_action: urls::console_caller_code(&id),
        documents_action: urls::console_caller_documents(&id),
        documents: chosen.documents,
        checked_until: checking
            .checked_until
            .map(|until| wording::time(Language::En, web.local(until).time())),
        back: Some(urls::console_person(&id)),
    };
    page_with(&console_shell(web, staff), &page, errors, status)
}

async fn send(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<ChannelForm>,
) -> Answer {
    let here = urls::console_caller(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let person = console::id(&id)?;
    match caller::send_code(&web, &staff, person, &form.channel, &network).await {
        Ok(()) => Ok(see_other(&urls::console_caller_code(&id))),
        Err(refusal @ (Refusal::Fields(_) | Refusal::CodeTooSoon { .. } | Refusal::TooManyCodes)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            let chosen = Chosen { channel: form.channel, ..Chosen::default() };
            caller_page(&web, &staff, person, chosen, &errors, status).await
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

async fn show_code(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, &urls::console_caller_code(&id)).await?;
    let checking = caller::show(&web, &staff, console::id(&id)?).await?;
    match code_page(&staff, &checking, &id) {
        Some(shown) => page(&console_shell(&web, &staff), &shown),
        None => Ok(see_other(&urls::console_caller(&id))),
    }
}

/// None where no code is under way.
fn code_page(staff: &Staff, checking: &Checking, id: &str) -> Option<ConsoleCode> {
    let kind = MethodKind::parse(&checking.sent.as_ref()?.how).ok()?;
    Some(ConsoleCode {
        frame: frame(staff, ConsolePart::People),
        name: format!("{} {}", checking.account.first_name, checking.account.last_name),
        method: method(kind),
        number: None,
        undelivered: checking.delivery == Some(Delivery::GivenUp),
        action: urls::console_caller_code(id),
        again_href: urls::console_caller(id),
        back: Some(urls::console_caller(id)),
    })
}

async fn prove(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let here = urls::console_caller_code(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let person = console::id(&id)?;
    let acting = Acting { staff: &staff, visitor: &visitor };
    // As it stands before the try: a code that has expired is still one that was sent.
    let before = caller::show(&web, &staff, person).await?;
    match caller::prove(&web, acting, person, &form.code).await {
        Ok(()) => Ok(see_other(&urls::console_done(&id, "caller-checked"))),
        Err(
            refusal @ (Refusal::Fields(_)
            | Refusal::CodeWrong { .. }
            | Refusal::CodeExpired
            | Refusal::CodesEnded),
        ) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            match code_page(&staff, &before, &id) {
                Some(shown) => page_with(&console_shell(&web, &staff), &shown, &errors, status),
                None => {
                    let said = errors.iter().map(|error| error.text.clone()).collect::<Vec<_>>().join(" ");
                    let errors = FieldErrors::one("", said);
                    caller_page(&web, &staff, person, Chosen::default(), &errors, status).await
                }
            }
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

/// A form may send the same field several times, once for each box that is ticked.
async fn documents(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer {
    let here = urls::console_caller(&id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let person = console::id(&id)?;
    let acting = Acting { staff: &staff, visitor: &visitor };
    let ticked = fields.iter().filter(|(name, _)| name == "document").map(|(_, value)| value.as_str());
    match caller::documents_seen(&web, acting, person, &Document::among(ticked)).await {
        Ok(()) => Ok(see_other(&urls::console_done(&id, "caller-checked"))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            caller_page(&web, &staff, person, Chosen::default(), &errors, status).await
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
