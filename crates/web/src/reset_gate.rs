//! A reset under way: how it is proved whose account it is.

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::forms::{CodeForm, MethodForm};
use crate::registration::{Sent, method};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::reset::{go_on, page_of, reset_shell, resetting};
use crate::second_factor::hint;
use crate::visitor::Caller;
use crate::waiting::{Looked, Place, state_of, waiting_page};
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::reset::{Asking, Resetting, Step};
use journeys::{Refusal, calls, join, reset_gate};
use pages::{AskedFor, FieldErrors, ResetCode, ResetWays, SignInRecoveryCode, WayToProve};
use rules::method::MethodKind;
use store::organisation::Organisation;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::RESET_METHODS, get(ways).post(choose))
        .route(urls::RESET_CODE, get(show_code).post(prove))
        .route(urls::RESET_NEW_CODE, get(async || see_other(urls::RESET_CODE)).post(send_new_code))
        .route(urls::RESET_WAITING, get(show_waiting).post(prove_elsewhere))
        .route(urls::RESET_WAITING_STATE, get(waiting_state))
        .route(urls::RESET_WAITING_AGAIN, get(async || see_other(urls::RESET_WAITING)).post(ask_again))
        .route(urls::RESET_RECOVERY_CODE, get(show_recovery_code).post(prove_recovery_code))
}

fn organisation(resetting: &Resetting) -> Option<&Organisation> {
    resetting.known.as_ref().map(|known| &known.organisation)
}

/// *How do you want to prove that it is you?*
async fn ways(State(web): State<Web>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    ways_page(&web, &resetting, &FieldErrors::none(), StatusCode::OK)
}

fn ways_page(web: &Web, resetting: &Resetting, errors: &FieldErrors, status: StatusCode) -> Answer {
    if !matches!(resetting.step(), Step::Choose | Step::Prove) {
        return Ok(see_other(page_of(resetting.step())));
    }
    let second = resetting.reset.first.is_some();
    let ways = ResetWays {
        action: urls::RESET_METHODS.into(),
        ways: resetting
            .ways
            .iter()
            .flat_map(|way| {
                let shown = |value, by_call| WayToProve {
                    value,
                    method: method(way.kind),
                    by_call,
                    hint: hint(web, way),
                };
                let rings = way.kind == MethodKind::Text && calls::are_offered(web);
                let call = rings.then(|| shown(reset_gate::call_choice(web, resetting, way), true));
                [Some(shown(reset_gate::choice(web, resetting, way), false)), call].into_iter().flatten()
            })
            .collect(),
        chosen: resetting.way().map(|way| reset_gate::choice(web, resetting, way)).unwrap_or_default(),
        second,
        recovery_code_href: resetting.takes_recovery_code().then(|| urls::RESET_RECOVERY_CODE.into()),
        start_code_href: urls::RESET_START_CODE.into(),
        back: (!second).then(|| urls::reset_for(resetting.reset.purpose.as_str())),
    };
    page_with(&reset_shell(web, resetting), &ways, errors, status)
}

async fn choose(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<MethodForm>,
) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    let called = calls::are_offered(&web)
        && resetting.ways.iter().any(|way| reset_gate::call_choice(&web, &resetting, way) == form.method);
    let chosen = if called {
        reset_gate::choose_call(&web, &resetting, &form.method, asking).await
    } else {
        reset_gate::choose(&web, &resetting, &form.method, asking).await
    };
    match chosen {
        Ok(()) if called => Ok(see_other(urls::RESET_WAITING)),
        Ok(()) => {
            let chosen =
                resetting.ways.iter().find(|way| reset_gate::choice(&web, &resetting, way) == form.method);
            let waits = chosen.is_some_and(|way| way.kind == MethodKind::Approval);
            Ok(see_other(if waits { urls::RESET_WAITING } else { urls::RESET_CODE }))
        }
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, organisation(&resetting), refusal)?;
            ways_page(&web, &resetting, &errors, status)
        }
    }
}

async fn show_code(State(web): State<Web>, Query(sent): Query<Sent>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    code_page(&web, &resetting, sent.again(), &FieldErrors::none(), StatusCode::OK).await
}

async fn code_page(
    web: &Web,
    resetting: &Resetting,
    just_resent: bool,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let (Step::Prove, Some(way)) = (resetting.step(), resetting.way()) else {
        return Ok(see_other(page_of(resetting.step())));
    };
    let is_app = way.kind.is_app();
    // Before something was proved, what became of the message would tell that there is an account.
    let may_tell = resetting.known.is_some() && !is_app;
    let code = ResetCode {
        action: urls::RESET_CODE.into(),
        resend_action: (!is_app).then(|| urls::RESET_NEW_CODE.into()),
        method: method(way.kind),
        sent_to: hint(web, way),
        minutes: u32::try_from(resetting.policy.code_lifetime.as_mins()).unwrap_or(u32::MAX),
        undelivered: may_tell && join::undelivered(web, resetting.reset.id).await?,
        just_resent,
        other_ways_href: urls::RESET_METHODS.into(),
        back: Some(urls::RESET_METHODS.into()),
    };
    page_with(&reset_shell(web, resetting), &code, errors, status)
}

/// *Verify Code*.
async fn prove(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    match reset_gate::prove(&web, &resetting, &form.code, asking).await {
        Ok(passed) => Ok(go_on(&web, jar, &passed.cookie, passed.step)),
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, organisation(&resetting), refusal)?;
            code_page(&web, &resetting, false, &errors, status).await
        }
    }
}

/// *Send New Code*.
async fn send_new_code(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    match reset_gate::send_new_code(&web, &resetting, asking).await {
        Ok(()) => Ok(see_other(&format!("{}{}", urls::RESET_CODE, Sent::AGAIN))),
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, organisation(&resetting), refusal)?;
            code_page(&web, &resetting, false, &errors, status).await
        }
    }
}

/// It is asked on another device: the page waits. It is the same for a user name that nobody has.
async fn show_waiting(State(web): State<Web>, Query(looked): Query<Looked>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let (Step::Prove, Some(way)) = (resetting.step(), resetting.way()) else {
        return Ok(see_other(page_of(resetting.step())));
    };
    let asked = reset_gate::standing(&web, &resetting).await?;
    let asked = asked.filter(|(asked, _)| asked.method_id == Some(way.id));
    let is_ours = way.kind == MethodKind::Approval;
    if asked.is_none() && !is_ours {
        return Ok(see_other(urls::RESET_CODE));
    }
    let place = Place {
        what_for: AskedFor::Reset,
        path: urls::RESET_WAITING.into(),
        code_href: is_ours.then(|| urls::RESET_CODE.into()),
        other_ways_href: Some(urls::RESET_METHODS.into()),
        remember_days: None,
        back: Some(urls::RESET_METHODS.into()),
    };
    let waiting = waiting_page(place, asked, hint(&web, way), looked.is());
    page(&reset_shell(&web, &resetting), &waiting)
}

async fn waiting_state(State(web): State<Web>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    Ok(state_of(reset_gate::standing(&web, &resetting).await?))
}

/// *Continue*.
async fn prove_elsewhere(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    match reset_gate::prove_elsewhere(&web, &resetting, asking).await {
        Ok(passed) => Ok(go_on(&web, jar, &passed.cookie, passed.step)),
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(Refusal::NotApproved) => Ok(see_other(&format!("{}{}", urls::RESET_WAITING, Looked::YES))),
        Err(refusal) => Err(Trouble::refused(refusal, organisation(&resetting))),
    }
}

/// *Send it again*.
async fn ask_again(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    let again = match resetting.way().map(|way| way.kind) {
        Some(MethodKind::Text) => reset_gate::call_again(&web, &resetting, asking).await,
        _ => reset_gate::send_new_code(&web, &resetting, asking).await,
    };
    match again {
        Ok(()) => Ok(see_other(urls::RESET_WAITING)),
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, organisation(&resetting), refusal)?;
            ways_page(&web, &resetting, &errors, status)
        }
    }
}

/// *Use a recovery code*.
async fn show_recovery_code(State(web): State<Web>, jar: CookieJar) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    recovery_code_page(&web, &resetting, &FieldErrors::none(), StatusCode::OK)
}

fn recovery_code_page(web: &Web, resetting: &Resetting, errors: &FieldErrors, status: StatusCode) -> Answer {
    let proving = matches!(resetting.step(), Step::Choose | Step::Prove);
    if !proving || !resetting.takes_recovery_code() {
        return Ok(see_other(page_of(resetting.step())));
    }
    let code = SignInRecoveryCode {
        action: urls::RESET_RECOVERY_CODE.into(),
        back: Some(urls::RESET_METHODS.into()),
    };
    page_with(&reset_shell(web, resetting), &code, errors, status)
}

async fn prove_recovery_code(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let resetting = resetting(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let asking = Asking { visitor: &visitor, device: device.as_ref() };
    match reset_gate::prove_recovery_code(&web, &resetting, &form.code, asking).await {
        Ok(passed) => Ok(go_on(&web, jar, &passed.cookie, passed.step)),
        Err(Refusal::WrongStep) => Ok(see_other(page_of(resetting.step()))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, organisation(&resetting), refusal)?;
            recovery_code_page(&web, &resetting, &errors, status)
        }
    }
}
