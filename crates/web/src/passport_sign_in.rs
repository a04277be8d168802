//! *Sign in with your staff passport*: the page with the QR code, and the page to which a wallet leads.

use crate::cookies::Kind;
use crate::errors::Again;
use crate::render::{Answer, explain, on_page, page, page_with, see_other};
use crate::second_factor::signed_in_answer;
use crate::visitor::Caller;
use crate::wallet_page::{Looking, Place, look_again, state, wallet_page};
use crate::{Web, urls, wallet_events};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passport::asking::Standing;
use journeys::passport::passport_sign_in::{self, AskedElsewhere, Back, Continued};
use journeys::{Refusal, session};
use pages::{
    Choice, FieldErrors, PassportBack, PassportCode, PassportDisowned, PassportSignIn, WalletPurpose,
    WalletState,
};
use rules::passport::PresentationState;
use serde::Deserialize;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    let page = || get(async || see_other(urls::SIGN_IN_PASSPORT));
    Router::new()
        .route(urls::SIGN_IN_PASSPORT, get(show).post(begin))
        .route(urls::SIGN_IN_PASSPORT_EVENTS, get(events))
        .route(urls::SIGN_IN_PASSPORT_GO, page().post(go_on))
        .route(urls::SIGN_IN_PASSPORT_AGAIN, page().post(again))
        .route(urls::SIGN_IN_PASSPORT_CANCEL, page().post(cancel))
        .route(urls::SIGN_IN_PASSPORT_BACK, get(back).post(come_back))
        .route(urls::SIGN_IN_PASSPORT_NOT_ME, post(disown))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chosen {
    organisation: String,
}

/// Whether another organisation is chosen.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Choosing {
    choose: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct TypedForm {
    pub(crate) code: Option<String>,
}

/// What a wallet's way back holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Returned {
    pub(crate) response_code: String,
}

/// The page as the request of this browser stands; where it asked for nothing, the page on which that begins.
async fn show(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Query(looking): Query<Looking>,
    Query(choosing): Query<Choosing>,
    jar: CookieJar,
) -> Answer {
    if is_signed_in(&web, &jar).await {
        return Ok(see_other(urls::HOME));
    }
    let standing = standing(&web, &jar).await?.filter(|_| choosing.choose.is_empty());
    match standing {
        Some(standing) if standing.state != PresentationState::Used => {
            let shown = wallet_page(&standing, place(&standing), &looking, &visitor);
            page(&web.shell_of(&standing.organisation), &shown)
        }
        _ => start_page(&web, &FieldErrors::none(), StatusCode::OK).await,
    }
}

async fn start_page(web: &Web, errors: &FieldErrors, status: StatusCode) -> Answer {
    let organisations = passport_sign_in::organisations(web).await?;
    let choices = organisations.iter().map(|each| Choice::new(&each.code, &each.name)).collect();
    let start = PassportSignIn {
        action: urls::SIGN_IN_PASSPORT.into(),
        organisations: if organisations.len() > 1 { choices } else { Vec::new() },
        other_ways_href: urls::SIGN_IN.into(),
        back: Some(urls::SIGN_IN.into()),
    };
    page_with(&web.shell(), &start, errors, status)
}

async fn standing(web: &Web, jar: &CookieJar) -> Result<Option<Standing>, Refusal> {
    let (cookie, device) = (web.cookies().read(jar, Kind::Wallet), web.cookies().read(jar, Kind::Device));
    passport_sign_in::standing(web, cookie.as_ref(), device.as_ref()).await
}

fn place(standing: &Standing) -> Place {
    Place {
        purpose: WalletPurpose::SignIn,
        answered: answered(standing),
        events_href: urls::SIGN_IN_PASSPORT_EVENTS,
        continue_action: urls::SIGN_IN_PASSPORT_GO,
        again_action: urls::SIGN_IN_PASSPORT_AGAIN,
        cancel_action: urls::SIGN_IN_PASSPORT_CANCEL,
        back: urls::SIGN_IN,
    }
}

/// In a browser that is remembered no code is typed.
fn answered(standing: &Standing) -> WalletState {
    if standing.spared { WalletState::Done } else { WalletState::Code }
}

/// *Sign in with your staff passport*, *Continue*: makes the QR code.
async fn begin(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(chosen): Form<Chosen>,
) -> Answer {
    if is_signed_in(&web, &jar).await {
        return Ok(see_other(urls::HOME));
    }
    match passport_sign_in::begin(&web, &chosen.organisation, &visitor).await {
        Ok(cookie) => {
            let jar = jar.add(web.cookies().make(Kind::Wallet, &cookie));
            Ok((jar, see_other(urls::SIGN_IN_PASSPORT)).into_response())
        }
        Err(Refusal::NoSuchOrganisation) if chosen.organisation.is_empty() => {
            Ok(see_other(&format!("{}?choose=yes", urls::SIGN_IN_PASSPORT)))
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, None, refusal).map_err(|trouble| {
                let fields = vec![("organisation".to_owned(), chosen.organisation)];
                trouble.without_qr_code(Again { fields, ..Again::at(urls::SIGN_IN_PASSPORT, urls::SIGN_IN) })
            })?;
            start_page(&web, &errors, status).await
        }
    }
}

async fn events(State(web): State<Web>, jar: CookieJar) -> Answer {
    let whose = web.cookies().read(&jar, Kind::Wallet);
    let follow = wallet_events::follow(web, whose.as_ref(), move |web| {
        let jar = jar.clone();
        async move {
            let standing = standing(&web, &jar).await?;
            Ok(standing.map_or(WalletState::Over, |standing| state(standing.state, answered(&standing))))
        }
    });
    Ok(follow)
}

/// *Continue*: with the digits from the phone, without them in a browser that is remembered, or to look.
async fn go_on(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<TypedForm>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::Wallet), web.cookies().read(&jar, Kind::Device));
    let typed = form.code.as_deref();
    let before = standing(&web, &jar).await?;
    match passport_sign_in::go_on(&web, cookie.as_ref(), typed, device.as_ref(), &visitor).await {
        Ok(Continued::SignedIn(signed_in)) => {
            let jar = jar.add(web.cookies().gone(Kind::Wallet));
            Ok(signed_in_answer(&web, jar, &signed_in))
        }
        Ok(Continued::Look) => Ok(look_again(urls::SIGN_IN_PASSPORT, before.as_ref())),
        Err(refusal @ (Refusal::Fields(_) | Refusal::CodeWrong { .. })) => match before {
            Some(standing) => {
                let (errors, status) = on_page(&web, Some(&standing.organisation), refusal)?;
                let shown = wallet_page(&standing, place(&standing), &Looking::default(), &visitor);
                page_with(&web.shell_of(&standing.organisation), &shown, &errors, status)
            }
            None => Ok(see_other(urls::SIGN_IN_PASSPORT)),
        },
        // The page says that it is over.
        Err(Refusal::CodesEnded) => Ok(see_other(urls::SIGN_IN_PASSPORT)),
        Err(refusal) => refused(&web, refusal),
    }
}

/// *Get a new QR code*, of the same organisation.
async fn again(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let organisation = match standing(&web, &jar).await? {
        Some(standing) => standing.organisation.code,
        None => String::new(),
    };
    passport_sign_in::cancel(&web, web.cookies().read(&jar, Kind::Wallet).as_ref()).await?;
    begin(State(web), Caller(visitor), jar, Form(Chosen { organisation })).await
}

/// *Cancel and return to QR code*.
async fn cancel(state: State<Web>, caller: Caller, jar: CookieJar) -> Answer {
    again(state, caller, jar).await
}

/// Back from the wallet: nothing happens before *Continue*.
async fn back(State(web): State<Web>, Query(returned): Query<Returned>, jar: CookieJar) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::Wallet);
    match passport_sign_in::back(&web, cookie.as_ref(), &returned.response_code).await {
        Ok(Back::Here) => {
            let back = PassportBack {
                confirms: false,
                action: urls::SIGN_IN_PASSPORT_BACK.into(),
                code: returned.response_code,
            };
            page(&web.shell(), &back)
        }
        Ok(Back::Elsewhere(asked)) => {
            let shown = PassportCode {
                disown_action: urls::SIGN_IN_PASSPORT_NOT_ME.into(),
                ..code_page(&web, &asked, returned.response_code)
            };
            page(&web.shell_of(&asked.organisation), &shown)
        }
        // Whoever signed in here already, in this browser, is at home.
        Err(Refusal::Presentation(_)) if is_signed_in(&web, &jar).await => Ok(see_other(urls::HOME)),
        Err(refusal) => refused(&web, refusal),
    }
}

/// The digits on the phone, and who asks for them.
pub(crate) fn code_page(web: &Web, asked: &AskedElsewhere, code: String) -> PassportCode {
    PassportCode {
        confirms: false,
        digits: asked.code.expose().clone(),
        host: web.settings.public_url.host_str().unwrap_or_default().to_owned(),
        organisation: asked.organisation.name.clone(),
        browser: asked.browser.clone(),
        network: asked.network.clone(),
        when: wording::date_and_time(Language::En, web.local(asked.at).datetime()),
        disown_action: String::new(),
        code,
    }
}

/// *Continue* in the browser to which the wallet led back.
async fn come_back(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(returned): Form<Returned>,
) -> Answer {
    let (cookie, device) = (web.cookies().read(&jar, Kind::Wallet), web.cookies().read(&jar, Kind::Device));
    let code = &returned.response_code;
    match passport_sign_in::come_back(&web, cookie.as_ref(), code, device.as_ref(), &visitor).await {
        Ok(signed_in) => {
            let jar = jar.add(web.cookies().gone(Kind::Wallet));
            Ok(signed_in_answer(&web, jar, &signed_in))
        }
        Err(Refusal::Presentation(_)) if is_signed_in(&web, &jar).await => Ok(see_other(urls::HOME)),
        Err(refusal) => refused(&web, refusal),
    }
}

/// *I did not start this*.
async fn disown(State(web): State<Web>, Caller(visitor): Caller, Form(returned): Form<Returned>) -> Answer {
    match passport_sign_in::disown(&web, &returned.response_code, &visitor).await {
        Ok(()) | Err(Refusal::Presentation(_)) => {
            page(&web.shell(), &PassportDisowned { activity_href: urls::ACTIVITY.into() })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// A wallet's answer opened nothing: the page on which it begins says why.
fn refused(web: &Web, refusal: Refusal) -> Answer {
    let Refusal::Presentation(_) = refusal else { return Err(refusal.into()) };
    let text = explain(web, None, &refusal).text;
    let (errors, status) = (FieldErrors::one("", text), StatusCode::UNPROCESSABLE_ENTITY);
    let start = PassportSignIn {
        action: urls::SIGN_IN_PASSPORT.into(),
        organisations: Vec::new(),
        other_ways_href: urls::SIGN_IN.into(),
        back: Some(urls::SIGN_IN.into()),
    };
    page_with(&web.shell(), &start, &errors, status)
}

async fn is_signed_in(web: &Web, jar: &CookieJar) -> bool {
    session::current(web, web.cookies().read(jar, Kind::Session).as_ref()).await.is_ok()
}
