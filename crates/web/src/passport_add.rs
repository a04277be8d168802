//! *Accept credential and add it to my wallet*: the page with the QR code, and what its buttons do.

use crate::cookies::Kind;
use crate::errors::{Again, Trouble};
use crate::person::{proved, shell, signed_in};
use crate::render::{Answer, page, see_other};
use crate::visitor::Visitor;
use crate::waiting::Looked;
use crate::wallet_events::follow;
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passport::offer::{self, Shown, Standing};
use journeys::passport::title;
use journeys::session::{self, Person};
use journeys::{Network, Refusal};
use pages::{QrSvg, WalletPurpose, WalletQr, WalletState};
use rules::passport::CredentialState;
use serde::Deserialize;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::PASSPORT_ADD, get(show).post(begin))
        .route(urls::PASSPORT_ADD_EVENTS, get(events))
        .route(urls::PASSPORT_ADD_GO, post(go_on))
        .route(urls::PASSPORT_ADD_AGAIN, post(again))
        .route(urls::PASSPORT_ADD_CANCEL, post(cancel))
}

/// Whether it is a new copy for a new phone.
#[derive(Deserialize, Default)]
#[serde(default)]
struct AddForm {
    reissue: String,
}

/// Which offer the page shows.
#[derive(Deserialize)]
struct Which {
    offer: Uuid,
}

/// The page of a credential, by its address.
fn here(credential: Uuid) -> String {
    urls::passport_add(urls::PASSPORT_ADD, &credential.to_string())
}

/// Offers the credential, and goes to the page that shows the offer.
pub(crate) async fn offered(
    web: &Web,
    person: &Person,
    credential: Uuid,
    reissue: bool,
    network: &Network,
) -> Answer {
    match offer::offer(web, person, credential, reissue, network).await {
        Ok(_) => Ok(see_other(&here(credential))),
        Err(refusal) => Err(no_qr_code(person, credential, refusal)),
    }
}

/// There is none, for this reason: where it is a fault of ours, a button asks for another one.
fn no_qr_code(person: &Person, credential: Uuid, refusal: Refusal) -> Trouble {
    let again = urls::passport_add(urls::PASSPORT_ADD_AGAIN, &credential.to_string());
    Trouble::refused(refusal, Some(&person.organisation)).without_qr_code(Again::at(again, urls::PASSPORT))
}

/// *Accept credential and add it to my wallet*, *Reissue*.
async fn begin(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(credential): Path<Uuid>,
    jar: CookieJar,
    Form(form): Form<AddForm>,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let reissue = !form.reissue.is_empty();
    // Whoever has an access key signs in with it.
    let shown = offer::shown(&web, &person, credential).await;
    let shown = shown.map_err(|refusal| no_qr_code(&person, credential, refusal))?;
    let is_access_key = shown.credential.kind.is_access_key();
    let person = match reissue {
        _ if is_access_key => proved(&web, person, urls::ACCESS_KEY)?,
        true => proved(&web, person, urls::PASSPORT)?,
        false => person,
    };
    offered(&web, &person, credential, reissue, &network).await
}

async fn show(
    State(web): State<Web>,
    Path(credential): Path<Uuid>,
    Query(looked): Query<Looked>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let shown = offer::shown(&web, &person, credential).await?;
    page(&shell(&web, &person), &wallet_page(&web, shown, looked.is()))
}

fn wallet_page(web: &Web, shown: Shown, looked: bool) -> WalletQr {
    let Shown { credential, offer, standing, link, sent_to } = shown;
    let at = |page: &str| urls::passport_add(page, &credential.id.to_string());
    let reissue = offer.as_ref().is_some_and(|offer| offer.reissue);
    let events = offer.map(|offer| format!("{}?offer={}", at(urls::PASSPORT_ADD_EVENTS), offer.id));
    let purpose = match reissue {
        _ if credential.kind.is_access_key() => WalletPurpose::AccessKey,
        true => WalletPurpose::Reissue,
        false => WalletPurpose::Accept,
    };
    WalletQr {
        purpose,
        about: title(credential.kind, &credential.variant),
        state: state(standing),
        qr: link.as_deref().and_then(|link| QrSvg::of(link).ok()),
        link,
        code_sent_to: sent_to.map(|number| number_hint(web, &number)),
        events_href: events.unwrap_or_default(),
        continue_action: at(urls::PASSPORT_ADD_GO),
        again_action: at(urls::PASSPORT_ADD_AGAIN),
        cancel_action: at(urls::PASSPORT_ADD_CANCEL),
        looked,
        back: Some(urls::PASSPORT.into()),
    }
}

/// As much of a number as may be shown.
pub(crate) fn number_hint(web: &Web, number: &str) -> String {
    let digits: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    web.word("hint-number", &[("digits", &digits)])
}

fn state(standing: Standing) -> WalletState {
    match standing {
        Standing::Waiting => WalletState::Waiting,
        Standing::Scanned => WalletState::Scanned,
        Standing::Done => WalletState::Done,
        Standing::Over => WalletState::Over,
        Standing::Declined => WalletState::Declined,
        Standing::Failed => WalletState::Failed,
    }
}

/// Follows what the wallet does. It is no use of the session.
async fn events(
    State(web): State<Web>,
    Path(_credential): Path<Uuid>,
    Query(which): Query<Which>,
    jar: CookieJar,
) -> Answer {
    let cookie = web.cookies().read(&jar, Kind::Session);
    session::peek(&web, cookie.as_ref()).await?;
    let whose = cookie.clone();
    Ok(follow(web, whose.as_ref(), move |web| {
        let cookie = cookie.clone();
        async move {
            let person = session::peek(&web, cookie.as_ref()).await?;
            offer::standing(&web, &person, which.offer).await.map(state)
        }
    }))
}

/// *Continue*.
async fn go_on(State(web): State<Web>, Path(credential): Path<Uuid>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let shown = offer::shown(&web, &person, credential).await?;
    if shown.standing != Standing::Done {
        return Ok(see_other(&format!("{}{}", here(credential), Looked::YES)));
    }
    Ok(if shown.credential.kind.is_access_key() {
        see_other(urls::ACCESS_KEY_ADDED)
    } else {
        see_other(&urls::passport_answered("added", credential))
    })
}

/// *Get a new QR code*, for what the last one was for.
async fn again(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(credential): Path<Uuid>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let shown = offer::shown(&web, &person, credential).await;
    let shown = shown.map_err(|refusal| no_qr_code(&person, credential, refusal))?;
    renew(&web, person, shown, &network).await
}

/// *Cancel and return to QR code*: whoever scanned the last one gets nothing, and there is another one.
async fn cancel(
    State(web): State<Web>,
    Visitor(network): Visitor,
    Path(credential): Path<Uuid>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let shown = offer::shown(&web, &person, credential).await?;
    if shown.standing == Standing::Done {
        return Ok(see_other(&here(credential)));
    }
    if let Some(offer) = &shown.offer {
        offer::cancel(&web, &person, offer.id).await?;
    }
    renew(&web, person, shown, &network).await
}

async fn renew(web: &Web, person: Person, shown: Shown, network: &Network) -> Answer {
    let credential = shown.credential;
    let accepted = credential.state(web.today()) == CredentialState::Accepted;
    let reissue = shown.offer.map_or(accepted, |offer| offer.reissue);
    let is_access_key = credential.kind.is_access_key();
    let person = match reissue {
        _ if is_access_key => proved(web, person, urls::ACCESS_KEY)?,
        true => proved(web, person, urls::PASSPORT)?,
        false => person,
    };
    if is_access_key && accepted {
        return Err(Refusal::NotFound.into());
    }
    offered(web, &person, credential.id, reissue, network).await
}
