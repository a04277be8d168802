//! *Manage Passcodes*.

use crate::errors::Trouble;
use crate::forms::Typed;
use crate::person::{proved, shell};
use crate::render::{Answer, on_page, page_with, see_other};
use crate::smartcard::home::{Done, passcode_lines};
use crate::smartcard::{card_rule, doing, frame};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::session::Person;
use journeys::smartcard::passcodes::{self, Pair};
use pages::{FieldErrors, ForcedWhy, ManagePasscodes, PasscodeName, PasscodeState, PortalTab};
use rules::smartcard::{Gate, MustSet, PasscodeEntry, PasscodeKind, Strength, UnlockBy};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SMARTCARD_PASSCODES, get(show).post(update))
        .route(urls::SMARTCARD_STRENGTH_OF, post(strength))
}

/// The form of *Reset Passcodes*. None of its passcodes is kept or shown again.
#[derive(Deserialize, Default)]
#[serde(default)]
struct PasscodesForm {
    recovery: Typed,
    recovery_again: Typed,
    blank_recovery: String,
    verification: Typed,
    verification_again: Typed,
    blank_verification: String,
    smartcard: Typed,
    smartcard_again: Typed,
    change_smartcard: String,
    current: Typed,
}

/// What of the form is shown again.
#[derive(Default)]
struct Ticked {
    blank_recovery: bool,
    blank_verification: bool,
    change_smartcard: bool,
}

async fn person(web: &Web, jar: &CookieJar) -> Result<(Person, Gate), Trouble> {
    let (person, gate) = doing(web, jar, urls::SMARTCARD_PASSCODES).await?;
    Ok((proved(web, person, urls::SMARTCARD_PASSCODES)?, gate))
}

async fn show(State(web): State<Web>, Query(done): Query<Done>, jar: CookieJar) -> Answer {
    let (person, gate) = person(&web, &jar).await?;
    let updated = done.done == "passcodes";
    let none = FieldErrors::none();
    passcodes_page(&web, &person, &gate, &Ticked::default(), updated, &none, StatusCode::OK).await
}

async fn passcodes_page(
    web: &Web,
    person: &Person,
    gate: &Gate,
    ticked: &Ticked,
    updated: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let rules = &person.policy.smartcard;
    let passcodes = passcode_lines(web, person).await?;
    let has = |name| passcodes.iter().any(|line| line.name == name && line.state != PasscodeState::NotSet);
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let manage = ManagePasscodes {
        frame: frame(person, Some(PortalTab::ManagePasscodes)),
        action: urls::SMARTCARD_PASSCODES.into(),
        cancel_href: urls::SMARTCARD.into(),
        updated,
        forced: match gate {
            Gate::MustSetPasscodes { why: MustSet::Overdue { .. } } => Some(ForcedWhy::Overdue),
            Gate::MustSetPasscodes { .. } => Some(ForcedWhy::RegistrationAuthority),
            _ => None,
        },
        recovery_unlocks: rules.unlock == UnlockBy::RecoveryPasscode,
        has_recovery: has(PasscodeName::Recovery),
        has_verification: has(PasscodeName::Verification),
        passcodes,
        server_min: small(rules.passcode.server.min),
        server_max: small(rules.passcode.server.max),
        card: card_rule(person)?,
        remembered: small(rules.passcode.remembered),
        agent_asks: rules.passcode_entry == PasscodeEntry::Agent,
        change_smartcard: ticked.change_smartcard,
        blank_recovery: ticked.blank_recovery,
        blank_verification: ticked.blank_verification,
        strength_action: urls::SMARTCARD_STRENGTH.into(),
        unlock_href: Some(urls::SMARTCARD_UNLOCK.into()),
    };
    page_with(&shell(web, person), &manage, errors, status)
}

/// *Update*.
async fn update(State(web): State<Web>, jar: CookieJar, Form(form): Form<PasscodesForm>) -> Answer {
    let (person, gate) = person(&web, &jar).await?;
    let ticked = Ticked {
        blank_recovery: !form.blank_recovery.is_empty(),
        blank_verification: !form.blank_verification.is_empty(),
        change_smartcard: !form.change_smartcard.is_empty(),
    };
    let typed = passcodes::Typed {
        recovery: Pair { new: &form.recovery.0, again: &form.recovery_again.0 },
        blank_recovery: ticked.blank_recovery,
        verification: Pair { new: &form.verification.0, again: &form.verification_again.0 },
        blank_verification: ticked.blank_verification,
        smartcard: Pair { new: &form.smartcard.0, again: &form.smartcard_again.0 },
        change_smartcard: ticked.change_smartcard,
        current: &form.current.0,
    };
    match passcodes::update(&web, &person, &typed).await {
        Ok(job) => Ok(see_other(&urls::smartcard_job(job))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            passcodes_page(&web, &person, &gate, &ticked, false, &errors, status).await
        }
    }
}

/// A passcode while it is typed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct StrengthForm {
    password: Typed,
}

/// For the script alone. Strength is shown and never forced.
async fn strength(
    State(web): State<Web>,
    Path(kind): Path<String>,
    Form(form): Form<StrengthForm>,
) -> Answer {
    PasscodeKind::parse(&kind).map_err(|_| Trouble::Status(StatusCode::NOT_FOUND))?;
    let typed: String = form.password.0.expose().chars().take(64).collect();
    let strength = Strength::of(&typed);
    let (score, key) = match strength {
        Strength::Weak => ("1", "strength-passcode-weak"),
        Strength::Fair => ("3", "strength-passcode-fair"),
        Strength::Good => ("4", "strength-passcode-good"),
    };
    let answer = json!({ "score": score, "text": web.word(key, &[]) });
    Ok(([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response())
}
