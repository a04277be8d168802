//! What takes the card in the reader of this workstation: each goes on at the page of its job.

use super::before_form;
use crate::console::{console_shell, frame, fresh_staff, trouble};
use crate::forms::{IssueForm, RaForm};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::{self, Staff};
use journeys::smartcard::ra::reader::{self, Asked, Pair};
use journeys::smartcard::ra::{Deed, name, rules_of};
use pages::{ConsolePart, RaIssue};
use rules::role::Act;
use rules::smartcard::Charset;
use store::account::Account;
use store::smartcard::Smartcard;
use uuid::Uuid;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_CARDS_ISSUE, get(ask_issue).post(issue))
}

/// Between how many characters a new passcode has, and whether these are digits alone, by the organisation and by the card.
pub(super) fn lengths(staff: &Staff, card: &Smartcard) -> (u32, u32, bool) {
    let house = rules_of(staff).passcode.card;
    let own = reader::profile(card).map_or(house, rules::smartcard::CardProfile::passcode);
    let digits = [house.charset, own.charset].contains(&Charset::Digits);
    (house.min.max(own.min), house.max.min(own.max), digits)
}

/// Begins it. Answers the page of the job.
pub(super) async fn begin(
    web: &Web,
    staff: &Staff,
    card: Uuid,
    deed: Deed,
    filled: &RaForm,
) -> Result<String, Refusal> {
    let job = match deed {
        Deed::Renew => reader::renew(web, staff, card, &filled.current_passcode.0, &filled.reason).await?,
        Deed::Wipe => reader::wipe(web, staff, card, &filled.reason).await?,
        _ => {
            let typed = Pair { new: &filled.new_passcode.0, again: &filled.new_passcode_again.0 };
            reader::unblock(web, staff, card, typed, &filled.reason).await?
        }
    };
    Ok(urls::console_card_job(&job.to_string()))
}

fn form(staff: &Staff, account: &Account, filled: &IssueForm) -> RaIssue {
    let id = account.id.to_string();
    RaIssue {
        frame: frame(staff, ConsolePart::Smartcards),
        name: name(account),
        action: urls::console_cards(urls::CONSOLE_CARDS_ISSUE, &id),
        card: filled.card.clone(),
        handed_over: filled.handed_over.clone(),
        reason: filled.reason.clone(),
        takes_new: reader::on_page(staff),
        blanks_href: staff.may(Act::IssueCard).then(|| urls::CONSOLE_CARDS_BLANK.into()),
        back: Some(urls::console_cards(urls::CONSOLE_CARDS_PERSON, &id)),
    }
}

async fn ask_issue(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let here = urls::console_cards(urls::CONSOLE_CARDS_ISSUE, &id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    match reader::may_issue(&web, &staff, console::id(&id)?).await {
        Ok(account) => page(&console_shell(&web, &staff), &form(&staff, &account, &IssueForm::default())),
        Err(refusal) => Err(before_form(refusal, &here)),
    }
}

async fn issue(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(filled): Form<IssueForm>,
) -> Answer {
    let here = urls::console_cards(urls::CONSOLE_CARDS_ISSUE, &id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let account = reader::may_issue(&web, &staff, console::id(&id)?).await?;
    let asked = Asked {
        card: &filled.card,
        handed_over: &filled.handed_over,
        passcode: Pair { new: &filled.new_passcode.0, again: &filled.new_passcode_again.0 },
        reason: &filled.reason,
    };
    match reader::issue(&web, &staff, account.id, asked).await {
        Ok(job) => Ok(see_other(&urls::console_card_job(&job.to_string()))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &form(&staff, &account, &filled), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
