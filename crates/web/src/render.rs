//! From an outcome to a page.

use crate::Web;
use crate::errors::Trouble;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use journeys::smartcard::SmartcardRefusal;
use journeys::{FieldProblem, Refusal};
use pages::{FieldErrors, Page, Shell};
use store::organisation::Organisation;
use wording::Language;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Trouble>;

/// A page without errors.
pub(crate) fn page(shell: &Shell, page: &impl Page) -> Answer {
    page_with(shell, page, &FieldErrors::none(), StatusCode::OK)
}

/// A page with what is wrong on it.
pub(crate) fn page_with(shell: &Shell, page: &impl Page, errors: &FieldErrors, status: StatusCode) -> Answer {
    let html = pages::render(shell, page, errors)?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

/// Post, redirect, get: a reload sends nothing twice.
pub(crate) fn see_other(url: &str) -> Response {
    Redirect::to(url).into_response()
}

/// What is wrong, in words, where the page with the form says it; otherwise the refusal has a page of its own.
pub(crate) fn on_page(
    web: &Web,
    organisation: Option<&Organisation>,
    refusal: Refusal,
) -> Result<(FieldErrors, StatusCode), Trouble> {
    let code = |key, values: &[(&str, &str)]| FieldErrors::one("code", web.word(key, values));
    let bad = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(match refusal {
        Refusal::Fields(problems) => (fields(web, &problems), bad),
        Refusal::CodeWrong { left: Some(left) } => {
            (code("code-wrong-left", &[("left", &left.to_string())]), bad)
        }
        Refusal::CodeWrong { left: None } => (code("totp-wrong", &[]), bad),
        Refusal::CodeExpired => (code("code-expired", &[]), bad),
        Refusal::CodesEnded => (code("code-used-up", &[]), bad),
        Refusal::SignInWrong => (FieldErrors::one("user_name", web.word("sign-in-wrong", &[])), bad),
        Refusal::CodeTooSoon { .. }
        | Refusal::TooManyCodes
        | Refusal::CallTooSoon { .. }
        | Refusal::TooManyCalls
        | Refusal::NoTextsNow
        | Refusal::ApprovalsPaused
        | Refusal::NetworkBusy
        | Refusal::ResetsBusy
        | Refusal::TooManyCardJobs
        | Refusal::Smartcard(SmartcardRefusal::RecoveryPaused { .. })
        | Refusal::SignInPaused { .. } => {
            (FieldErrors::one("", explain(web, organisation, &refusal).text), StatusCode::TOO_MANY_REQUESTS)
        }
        Refusal::CardBusy => {
            (FieldErrors::one("", explain(web, organisation, &refusal).text), StatusCode::CONFLICT)
        }
        Refusal::CardPasscodeUsed => {
            (FieldErrors::one("smartcard", explain(web, organisation, &refusal).text), bad)
        }
        Refusal::DetailsMismatch { .. }
        | Refusal::PasskeyOver
        | Refusal::PasskeyRefused
        | Refusal::Presentation(_)
        | Refusal::CardSignIn(_) => (FieldErrors::one("", explain(web, organisation, &refusal).text), bad),
        other => return Err(Trouble::refused(other, organisation)),
    })
}

fn fields(web: &Web, problems: &[FieldProblem]) -> FieldErrors {
    problems.iter().fold(FieldErrors::none(), |errors, problem| {
        let values: Vec<(&str, &str)> =
            problem.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        errors.with(problem.field, web.word(problem.key, &values))
    })
}

/// Title and text of a refusal, with what they show.
pub(crate) fn explain(
    web: &Web,
    organisation: Option<&Organisation>,
    refusal: &Refusal,
) -> wording::RefusalText {
    let support = match (organisation, refusal) {
        (None, _) => web.word("support-unknown", &[]),
        // What is put right by a visit.
        (Some(organisation), Refusal::Smartcard(_)) => web.registration_authority(organisation),
        (Some(organisation), _) => web.support(organisation),
    };
    let minutes = |wait: jiff::SignedDuration| ((wait.as_secs() + 59) / 60).max(1).to_string();
    let (name, value) = match refusal {
        Refusal::CodeTooSoon { wait } | Refusal::CallTooSoon { wait } => {
            ("seconds", wait.as_secs().max(1).to_string())
        }
        Refusal::DetailsMismatch { left } => ("left", left.to_string()),
        Refusal::SignInPaused { wait } | Refusal::Smartcard(SmartcardRefusal::RecoveryPaused { wait }) => {
            ("minutes", minutes(*wait))
        }
        _ => ("support", support.clone()),
    };
    let rules = web.rules_of(organisation);
    let [code_lifetime, registration_lifetime, session_idle, session_absolute] =
        [rules.code_lifetime, rules.registration_lifetime, rules.session_idle, rules.session_absolute]
            .map(|span| wording::span(Language::En, span));
    let values = [
        (name, value.as_str()),
        ("support", &support),
        ("lifetime", &code_lifetime),
        ("kept", &registration_lifetime),
        ("idle", &session_idle),
        ("longest", &session_absolute),
    ];
    wording::refusal(Language::En, refusal.code(), &values)
}
