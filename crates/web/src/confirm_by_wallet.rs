//! *Use my wallet* where somebody confirms that it is them: the page with the QR code, and the page to which the wallet leads.

use crate::cookies::Kind;
use crate::errors::{Again, Trouble};
use crate::passport_sign_in::{Returned, TypedForm, code_page};
use crate::person::arrived;
use crate::render::{Answer, explain, on_page, page, page_with, see_other};
use crate::second_factor::{signed_in_answer, signing_in, ways_page};
use crate::visitor::Caller;
use crate::wallet_page::{Looking, Place, look_again, state, wallet_page};
use crate::{Web, urls, wallet_events};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::passport::asking::Standing;
use journeys::passport::confirm_by_wallet;
use journeys::passport::passport_sign_in::Back;
use journeys::second_factor::SigningIn;
use pages::{FieldErrors, PassportBack, PassportCode, PassportDisowned, WalletPurpose, WalletState};
use rules::passport::PresentationState;

pub(crate) fn routes() -> Router<Web> {
    let page = || get(async || see_other(urls::CONFIRM_PASSPORT));
    Router::new()
        .route(urls::CONFIRM_PASSPORT, get(show).post(begin))
        .route(urls::CONFIRM_PASSPORT_EVENTS, get(events))
        .route(urls::CONFIRM_PASSPORT_GO, page().post(go_on))
        .route(urls::CONFIRM_PASSPORT_AGAIN, page().post(again))
        .route(urls::CONFIRM_PASSPORT_BACK, get(back).post(come_back))
        .route(urls::CONFIRM_PASSPORT_NOT_ME, post(disown))
}

/// The page as the request of this browser stands; where it asked for nothing, the page on which a way is chosen.
async fn show(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Query(looking): Query<Looking>,
    jar: CookieJar,
) -> Answer {
    match standing(&web, &jar).await? {
        Some(standing) if standing.state != PresentationState::Used => {
            let shown = wallet_page(&standing, PLACE, &looking, &visitor);
            page(&web.shell_of(&standing.organisation), &shown)
        }
        _ => Ok(see_other(urls::SIGN_IN_METHOD)),
    }
}

async fn standing(web: &Web, jar: &CookieJar) -> Result<Option<Standing>, Trouble> {
    let person = arrived(web, jar).await?;
    let cookie = web.cookies().read(jar, Kind::Wallet);
    Ok(confirm_by_wallet::standing(web, &person, cookie.as_ref()).await?)
}

const PLACE: Place = Place {
    purpose: WalletPurpose::Confirm,
    answered: WalletState::Code,
    events_href: urls::CONFIRM_PASSPORT_EVENTS,
    continue_action: urls::CONFIRM_PASSPORT_GO,
    again_action: urls::CONFIRM_PASSPORT_AGAIN,
    cancel_action: urls::CONFIRM_PASSPORT_AGAIN,
    back: urls::SIGN_IN_METHOD,
};

/// *Use my wallet*: makes the QR code.
async fn begin(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let person = arrived(&web, &jar).await?;
    let signing_in = signing_in(&web, &jar).await?;
    match confirm_by_wallet::begin(&web, &person, &signing_in, &visitor).await {
        Ok(cookie) => {
            let jar = jar.add(web.cookies().make(Kind::Wallet, &cookie));
            Ok((jar, see_other(urls::CONFIRM_PASSPORT)).into_response())
        }
        Err(Refusal::WrongStep) => Ok(see_other(urls::SIGN_IN_METHOD)),
        Err(refusal) => Err(Trouble::refused(refusal, Some(&person.organisation))
            .without_qr_code(Again::at(urls::CONFIRM_PASSPORT, urls::SIGN_IN_METHOD))),
    }
}

async fn events(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = arrived(&web, &jar).await?;
    let whose = web.cookies().read(&jar, Kind::Wallet);
    let follow = wallet_events::follow(web, whose.as_ref(), move |web| {
        let (person, cookie) = (person.clone(), web.cookies().read(&jar, Kind::Wallet));
        async move {
            let standing = confirm_by_wallet::standing(&web, &person, cookie.as_ref()).await?;
            Ok(standing.map_or(WalletState::Over, |standing| state(standing.state, PLACE.answered)))
        }
    });
    Ok(follow)
}

/// *Continue*: with the digits from the phone, or to look.
async fn go_on(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(form): Form<TypedForm>,
) -> Answer {
    let person = arrived(&web, &jar).await?;
    let signing_in = signing_in(&web, &jar).await?;
    let cookie = web.cookies().read(&jar, Kind::Wallet);
    let before = standing(&web, &jar).await?;
    let typed = (cookie.as_ref(), form.code.as_deref());
    match confirm_by_wallet::go_on(&web, &person, &signing_in, typed, &visitor).await {
        Ok(Some(signed_in)) => {
            let jar = jar.add(web.cookies().gone(Kind::Wallet));
            Ok(signed_in_answer(&web, jar, &signed_in))
        }
        Ok(None) => Ok(look_again(urls::CONFIRM_PASSPORT, before.as_ref())),
        Err(refusal @ (Refusal::Fields(_) | Refusal::CodeWrong { .. })) => match before {
            Some(standing) => {
                let (errors, status) = on_page(&web, Some(&standing.organisation), refusal)?;
                let shown = wallet_page(&standing, PLACE, &Looking::default(), &visitor);
                page_with(&web.shell_of(&standing.organisation), &shown, &errors, status)
            }
            None => Ok(see_other(urls::CONFIRM_PASSPORT)),
        },
        // The page says that it is over.
        Err(Refusal::CodesEnded) => Ok(see_other(urls::CONFIRM_PASSPORT)),
        Err(refusal) => refused(&web, &signing_in, refusal).await,
    }
}

/// *Get a new QR code*.
async fn again(state: State<Web>, caller: Caller, jar: CookieJar) -> Answer {
    let web = &state.0;
    let person = arrived(web, &jar).await?;
    confirm_by_wallet::cancel(web, &person, web.cookies().read(&jar, Kind::Wallet).as_ref()).await?;
    begin(state, caller, jar).await
}

/// Back from the wallet: nothing happens before *Continue*. On another device nobody is signed in.
async fn back(State(web): State<Web>, Query(returned): Query<Returned>, jar: CookieJar) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::Wallet);
    match confirm_by_wallet::back(&web, cookie.as_ref(), &returned.response_code).await {
        Ok(Back::Here) => {
            let back = PassportBack {
                confirms: true,
                action: urls::CONFIRM_PASSPORT_BACK.into(),
                code: returned.response_code,
            };
            page(&web.shell(), &back)
        }
        Ok(Back::Elsewhere(asked)) => {
            let shown = PassportCode {
                confirms: true,
                disown_action: urls::CONFIRM_PASSPORT_NOT_ME.into(),
                ..code_page(&web, &asked, returned.response_code)
            };
            page(&web.shell_of(&asked.organisation), &shown)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// *Continue* in the browser to which the wallet led back.
async fn come_back(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(returned): Form<Returned>,
) -> Answer {
    let person = arrived(&web, &jar).await?;
    let signing_in = signing_in(&web, &jar).await?;
    let cookie = web.cookies().read(&jar, Kind::Wallet);
    let brought = (cookie.as_ref(), returned.response_code.as_str());
    match confirm_by_wallet::come_back(&web, &person, &signing_in, brought, &visitor).await {
        Ok(signed_in) => {
            let jar = jar.add(web.cookies().gone(Kind::Wallet));
            Ok(signed_in_answer(&web, jar, &signed_in))
        }
        Err(refusal) => refused(&web, &signing_in, refusal).await,
    }
}

/// *I did not start this*.
async fn disown(State(web): State<Web>, Caller(visitor): Caller, Form(returned): Form<Returned>) -> Answer {
    match confirm_by_wallet::disown(&web, &returned.response_code, &visitor).await {
        Ok(()) | Err(Refusal::Presentation(_)) => {
            page(&web.shell(), &PassportDisowned { activity_href: urls::ACTIVITY.into() })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// A wallet's answer proved nothing: the page on which a way is chosen says why.
async fn refused(web: &Web, signing_in: &SigningIn, refusal: Refusal) -> Answer {
    let Refusal::Presentation(_) = refusal else {
        return Err(Trouble::refused(refusal, Some(&signing_in.organisation)));
    };
    let text = explain(web, Some(&signing_in.organisation), &refusal).text;
    ways_page(web, signing_in, &FieldErrors::one("", text), StatusCode::UNPROCESSABLE_ENTITY).await
}
