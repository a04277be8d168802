//! The second factor: its code, another way, a recovery code; at sign-in and where a person confirms that it is them.

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::forms::{CodeForm, FactorForm, MethodForm};
use crate::registration::{Sent, method};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Caller;
use crate::waiting::{Looked, Place, state_for, waiting_page};
use crate::{Web, urls, wanted};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::asked::standing;
use journeys::passport::confirm_by_wallet;
use journeys::second_factor::{self, Proving, SigningIn};
use journeys::session::SignedIn;
use journeys::{Refusal, calls, join, passkey, recovery_code};
use pages::{AskedFor, FieldErrors, PasskeyForm, SignInCode, SignInRecoveryCode, SignInWays, WayToSignIn};
use rules::email::EmailAddress;
use rules::method::MethodKind;
use store::asked::WhatFor;
use store::method::SignInMethod;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SIGN_IN_CODE, get(show_code).post(prove))
        .route(urls::SIGN_IN_NEW_CODE, get(async || see_other(urls::SIGN_IN_CODE)).post(send_new_code))
        .route(urls::SIGN_IN_WAITING, get(show_waiting).post(prove_elsewhere))
        .route(urls::SIGN_IN_WAITING_STATE, get(waiting_state))
        .route(urls::SIGN_IN_WAITING_AGAIN, get(async || see_other(urls::SIGN_IN_WAITING)).post(ask_again))
        .route(urls::SIGN_IN_METHOD, get(ways).post(choose))
        .route(urls::SIGN_IN_RECOVERY_CODE, get(show_recovery_code).post(prove_recovery_code))
}

/// The password was right: the page of the second factor comes next.
pub(crate) fn go_on(web: &Web, jar: CookieJar, signing_in: &SigningIn) -> Response {
    let jar = jar.add(web.cookies().make(Kind::SignIn, &signing_in.cookie));
    let sent = if signing_in.code_sent { "" } else { Sent::NOT };
    let page = if signing_in.called || signing_in.method.kind == MethodKind::Approval {
        urls::SIGN_IN_WAITING.to_owned()
    } else {
        format!("{}{sent}", urls::SIGN_IN_CODE)
    };
    (jar, see_other(&page)).into_response()
}

/// The page before the second factor.
fn before(signing_in: &SigningIn) -> String {
    match signing_in.sign_in.next.as_deref() {
        Some(next) => urls::confirm(next),
        None => urls::SIGN_IN.to_owned(),
    }
}

/// "Are you trying to sign in?" is asked on another device: the page waits.
async fn show_waiting(State(web): State<Web>, Query(looked): Query<Looked>, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let asked = standing(&web, signing_in.code_for()).await?;
    // Another method was chosen meanwhile.
    let asked = asked.filter(|(asked, _)| asked.method_id == Some(signing_in.method.id));
    let is_ours = signing_in.method.kind == MethodKind::Approval;
    if asked.is_none() && !is_ours {
        return Ok(see_other(urls::SIGN_IN_CODE));
    }
    let place = Place {
        what_for: match signing_in.what_for() {
            WhatFor::Confirm => AskedFor::Confirm,
            _ => AskedFor::SignIn,
        },
        path: urls::SIGN_IN_WAITING.into(),
        code_href: is_ours.then(|| urls::SIGN_IN_CODE.into()),
        other_ways_href: Some(urls::SIGN_IN_METHOD.into()),
        remember_days: signing_in.may_remember().then_some(signing_in.policy.remember_device_days),
        back: Some(before(&signing_in)),
    };
    let waiting = waiting_page(place, asked, hint(&web, &signing_in.method), looked.is());
    page(&web.shell_of(&signing_in.organisation), &waiting)
}

async fn waiting_state(State(web): State<Web>, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    state_for(&web, signing_in.code_for()).await
}

/// *Continue*.
async fn prove_elsewhere(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<FactorForm>,
) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let proving = Proving { device: device.as_ref(), remember: !form.remember.is_empty(), visitor: &visitor };
    match second_factor::prove_elsewhere(&web, &signing_in, proving).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(Refusal::NotApproved) => Ok(see_other(&format!("{}{}", urls::SIGN_IN_WAITING, Looked::YES))),
        Err(refusal) => Err(Trouble::refused(refusal, Some(&signing_in.organisation))),
    }
}

/// *Send it again*.
async fn ask_again(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let again = match signing_in.method.kind {
        MethodKind::Text => second_factor::call_again(&web, &signing_in, &visitor).await,
        _ => second_factor::send_new_code(&web, &signing_in, &visitor).await,
    };
    match again {
        Ok(()) => Ok(see_other(urls::SIGN_IN_WAITING)),
        Err(Refusal::WrongStep) => Ok(see_other(urls::SIGN_IN_CODE)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            ways_page(&web, &signing_in, &errors, status).await
        }
    }
}

/// The person is signed in: the cookies, and on to where they were going.
pub(crate) fn signed_in_answer(web: &Web, jar: CookieJar, signed_in: &SignedIn) -> Response {
    let cookies = web.cookies();
    let wanted = wanted::or_home(web, &jar);
    let mut jar = jar
        .add(cookies.make(Kind::Session, &signed_in.session))
        .add(cookies.gone(Kind::SignIn))
        .add(cookies.gone(Kind::Join))
        .add(cookies.no_longer_wanted());
    if let Some(device) = &signed_in.device {
        jar = jar.add(cookies.make(Kind::Device, device));
    }
    // Whoever came here because their wallet sent them goes on with that.
    let start = match cookies.read(&jar, Kind::WalletAsks) {
        Some(_) => urls::PASSPORT_WALLET,
        None => wanted,
    };
    (jar, see_other(signed_in.next.as_deref().unwrap_or(start))).into_response()
}

pub(crate) async fn signing_in(web: &Web, jar: &CookieJar) -> Result<SigningIn, Trouble> {
    Ok(second_factor::current(web, web.cookies().read(jar, Kind::SignIn).as_ref()).await?)
}

/// As much of where a code went as may be shown: enough to know it again.
pub(crate) fn hint(web: &Web, sign_in_method: &SignInMethod) -> String {
    let address = sign_in_method.secret.as_address();
    match sign_in_method.kind {
        MethodKind::Email => EmailAddress::parse(address).map(|email| email.hint()).unwrap_or_default(),
        MethodKind::Text | MethodKind::AlternativePhone | MethodKind::OfficePhone => {
            let digits = address.get(address.len().saturating_sub(2)..).unwrap_or_default();
            web.word("hint-number", &[("digits", digits)])
        }
        MethodKind::App | MethodKind::Approval => String::new(),
    }
}

async fn show_code(State(web): State<Web>, Query(sent): Query<Sent>, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let errors =
        if sent.not() { FieldErrors::one("", web.word("code-not-sent", &[])) } else { FieldErrors::none() };
    code_page(&web, &signing_in, FactorForm::default(), &sent, &errors, StatusCode::OK).await
}

async fn code_page(
    web: &Web,
    signing_in: &SigningIn,
    form: FactorForm,
    sent: &Sent,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let is_app = signing_in.method.kind.is_app();
    let delivery = if is_app {
        join::CodeDelivery::default()
    } else {
        join::code_delivery(web, signing_in.sign_in.id).await?
    };
    let wallet_action = wallet_action(web, signing_in).await?;
    let code = SignInCode {
        wallet_action,
        action: urls::SIGN_IN_CODE.into(),
        resend_action: (!is_app).then(|| urls::SIGN_IN_NEW_CODE.into()),
        method: method(signing_in.method.kind),
        sent_to: hint(web, &signing_in.method),
        undelivered: delivery.undelivered,
        delivered: delivery.delivered,
        just_resent: sent.again(),
        not_sent: sent.not(),
        code: form.code,
        other_ways_href: urls::SIGN_IN_METHOD.into(),
        remember_days: signing_in.may_remember().then_some(signing_in.policy.remember_device_days),
        remember: !form.remember.is_empty(),
        back: Some(before(signing_in)),
    };
    page_with(&web.shell_of(&signing_in.organisation), &code, errors, status)
}

/// Where *Use my wallet* posts to, where it is offered.
async fn wallet_action(web: &Web, signing_in: &SigningIn) -> Result<Option<String>, Refusal> {
    let offered = confirm_by_wallet::is_offered(web, signing_in).await?;
    Ok(offered.then(|| urls::CONFIRM_PASSPORT.to_owned()))
}

/// *Verify Code*.
async fn prove(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<FactorForm>,
) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let proving = Proving { device: device.as_ref(), remember: !form.remember.is_empty(), visitor: &visitor };
    match second_factor::prove(&web, &signing_in, &form.code, proving).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            code_page(&web, &signing_in, form, &Sent::default(), &errors, status).await
        }
    }
}

/// *Send New Code*.
async fn send_new_code(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    match second_factor::send_new_code(&web, &signing_in, &visitor).await {
        Ok(()) => Ok(see_other(&format!("{}{}", urls::SIGN_IN_CODE, Sent::AGAIN))),
        Err(Refusal::WrongStep) => Ok(see_other(urls::SIGN_IN_CODE)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            code_page(&web, &signing_in, FactorForm::default(), &Sent::default(), &errors, status).await
        }
    }
}

/// *Use another way to sign in*.
async fn ways(State(web): State<Web>, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    ways_page(&web, &signing_in, &FieldErrors::none(), StatusCode::OK).await
}

pub(crate) async fn ways_page(
    web: &Web,
    signing_in: &SigningIn,
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let has_passkey = passkey::any(web, signing_in.account.id).await?;
    let has_codes = recovery_code::any_left(web, signing_in.account.id).await?;
    let wallet_action = wallet_action(web, signing_in).await?;
    let ways = SignInWays {
        wallet_action,
        action: urls::SIGN_IN_METHOD.into(),
        ways: signing_in
            .methods
            .iter()
            .flat_map(|known| {
                let way = |by_call: bool| WayToSignIn {
                    value: format!("{}{}", known.id, if by_call { second_factor::BY_CALL } else { "" }),
                    method: method(known.kind),
                    by_call,
                    hint: hint(web, known),
                    name: known.name.clone(),
                };
                let rings = known.kind == MethodKind::Text && calls::are_offered(web);
                [Some(way(false)), rings.then(|| way(true))].into_iter().flatten()
            })
            .collect(),
        chosen: signing_in.method.id.to_string(),
        passkey: has_passkey
            .then(|| PasskeyForm::new(urls::SIGN_IN_METHOD_PASSKEY, urls::SIGN_IN_METHOD_PASSKEY_QUESTION)),
        recovery_code_href: has_codes.then(|| urls::SIGN_IN_RECOVERY_CODE.into()),
        back: Some(urls::SIGN_IN_CODE.into()),
    };
    page_with(&web.shell_of(&signing_in.organisation), &ways, errors, status)
}

async fn choose(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<MethodForm>,
) -> Answer {
    let before = signing_in(&web, &jar).await?;
    match second_factor::choose(&web, before, &form.method, &visitor).await {
        Ok(signing_in) => Ok(go_on(&web, jar, &signing_in)),
        Err(refusal) => {
            let signing_in = signing_in(&web, &jar).await?;
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            ways_page(&web, &signing_in, &errors, status).await
        }
    }
}

async fn show_recovery_code(State(web): State<Web>, jar: CookieJar) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    recovery_code_page(&web, &signing_in, &FieldErrors::none(), StatusCode::OK)
}

fn recovery_code_page(web: &Web, signing_in: &SigningIn, errors: &FieldErrors, status: StatusCode) -> Answer {
    let code = SignInRecoveryCode {
        action: urls::SIGN_IN_RECOVERY_CODE.into(),
        back: Some(urls::SIGN_IN_METHOD.into()),
    };
    page_with(&web.shell_of(&signing_in.organisation), &code, errors, status)
}

async fn prove_recovery_code(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<CodeForm>,
) -> Answer {
    let signing_in = signing_in(&web, &jar).await?;
    let device = web.cookies().read(&jar, Kind::Device);
    let proving = Proving { device: device.as_ref(), remember: false, visitor: &visitor };
    match recovery_code::prove(&web, &signing_in, &form.code, proving).await {
        Ok(signed_in) => Ok(signed_in_answer(&web, jar, &signed_in)),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&signing_in.organisation), refusal)?;
            recovery_code_page(&web, &signing_in, &errors, status)
        }
    }
}
