//! What is done to a card, each with its mandatory reason; and the end of all cards of somebody who leaves.

use super::{before_form, card_href, deed_of, ra_act, reader, word};
use crate::console::{console_shell, frame, fresh_staff, trouble};
use crate::forms::{HelpForm, RaForm};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::{self, Staff};
use journeys::smartcard::ra::acts::{self, Asked, Done};
use journeys::smartcard::ra::{self, Deed, Serving, name};
use pages::{ConsolePart, RaActForm};
use rules::role::Act;
use rules::smartcard::RevocationReason;
use store::account::Account;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CARD_ACT, get(ask).post(act))
        .route(urls::CONSOLE_CARDS_LEAVES, get(ask_leaves).post(leaves))
}

/// The form of an act, with what was filled in before. Nothing of a passcode comes back.
fn form(staff: &Staff, serving: &Serving, deed: Deed, filled: &RaForm) -> RaActForm {
    let id = serving.card.id;
    let needs_card = matches!(deed, Deed::Unblock | Deed::Renew | Deed::Wipe);
    let typed = needs_card && journeys::smartcard::ra::reader::on_page(staff);
    let (min, max, digits) = reader::lengths(staff, &serving.card);
    let cause = RevocationReason::parse(&filled.why).ok();
    RaActForm {
        frame: frame(staff, ConsolePart::Smartcards),
        name: serving.owner.as_ref().map(name),
        label: Some(serving.card.label.clone()),
        act: ra_act(deed),
        action: urls::console_card_act(&id.to_string(), word(deed)),
        reason: filled.reason.clone(),
        takes_why: acts::takes_cause(deed),
        why: filled.why.clone(),
        takes_current: typed && deed == Deed::Renew,
        takes_new: typed && deed == Deed::Unblock,
        min,
        max,
        digits,
        needs_card,
        second: serving.owner.is_some() && acts::needs_second(staff, deed, cause),
        back: Some(card_href(id)),
    }
}

async fn ask(State(web): State<Web>, Path((id, act)): Path<(String, String)>, jar: CookieJar) -> Answer {
    let here = urls::console_card_act(&id, &act);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let deed = deed_of(&act)?;
    match ra::ready(&web, &staff, console::id(&id)?, deed).await {
        Ok(serving) => page(&console_shell(&web, &staff), &form(&staff, &serving, deed, &RaForm::default())),
        Err(refusal) => Err(before_form(refusal, &here)),
    }
}

async fn act(
    State(web): State<Web>,
    Path((id, act)): Path<(String, String)>,
    jar: CookieJar,
    Form(filled): Form<RaForm>,
) -> Answer {
    let here = urls::console_card_act(&id, &act);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let (deed, card) = (deed_of(&act)?, console::id(&id)?);
    // As it stands before: what is done may end that.
    let serving = ra::ready(&web, &staff, card, deed).await?;
    let done = match deed {
        Deed::Unblock | Deed::Renew | Deed::Wipe => reader::begin(&web, &staff, card, deed, &filled).await,
        deed => {
            let asked = Asked { reason: &filled.reason, why: &filled.why };
            let done = acts::act(&web, &staff, card, deed, asked).await;
            done.map(|done| afterwards(&serving, deed, done))
        }
    };
    match done {
        Ok(url) => Ok(see_other(&url)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &form(&staff, &serving, deed, &filled), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

/// Where it goes on.
fn afterwards(serving: &Serving, deed: Deed, done: Done) -> String {
    let card = card_href(serving.card.id);
    let owner = serving.owner.as_ref().map(|owner| owner.id.to_string());
    let word = match (done, deed) {
        (Done::Waits, _) => "asked",
        (Done::Done, Deed::Unlock) => "unlocked",
        (Done::Done, Deed::ForcePasscodes) => "passcodes-forced",
        (Done::Done, Deed::Revoke) => "revoked",
        (Done::Done, Deed::Clear) => "cleared",
        (Done::Done, Deed::Replace) => {
            // Another card comes next.
            return match owner {
                Some(owner) => urls::console_cards(urls::CONSOLE_CARDS_ISSUE, &owner),
                None => format!("{card}?done=cancelled"),
            };
        }
        (Done::Done, _) => "cancelled",
    };
    format!("{card}?done={word}")
}

fn leaves_form(staff: &Staff, account: &Account, reason: String) -> RaActForm {
    let id = account.id.to_string();
    RaActForm {
        frame: frame(staff, ConsolePart::Smartcards),
        name: Some(name(account)),
        label: None,
        act: ra_act(Deed::CancelAll),
        action: urls::console_cards(urls::CONSOLE_CARDS_LEAVES, &id),
        reason,
        takes_why: false,
        why: String::new(),
        takes_current: false,
        takes_new: false,
        min: 0,
        max: 0,
        digits: false,
        needs_card: false,
        second: acts::needs_second(staff, Deed::CancelAll, Some(RevocationReason::Left)),
        back: Some(urls::console_cards(urls::CONSOLE_CARDS_PERSON, &id)),
    }
}

async fn ask_leaves(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let here = urls::console_cards(urls::CONSOLE_CARDS_LEAVES, &id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let account = ra::may(&web, &staff, console::id(&id)?, Act::CancelCard).await?;
    page(&console_shell(&web, &staff), &leaves_form(&staff, &account, String::new()))
}

async fn leaves(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(filled): Form<HelpForm>,
) -> Answer {
    let here = urls::console_cards(urls::CONSOLE_CARDS_LEAVES, &id);
    let staff = fresh_staff(&web, &jar, &here).await?;
    let account = ra::may(&web, &staff, console::id(&id)?, Act::CancelCard).await?;
    match acts::cancel_all(&web, &staff, account.id, &filled.reason).await {
        Ok(done) => {
            let word = if done == Done::Waits { "asked" } else { "cancelled-all" };
            let person = urls::console_cards(urls::CONSOLE_CARDS_PERSON, &id);
            Ok(see_other(&format!("{person}?done={word}")))
        }
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            let form = leaves_form(&staff, &account, filled.reason);
            page_with(&console_shell(&web, &staff), &form, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
