//! *A wallet asks for your credentials*: where a wallet leads its person's browser, so that they sign in and say yes or no
//! (OpenID4VCI 1.0, section 5).

use crate::cookies::Kind;
use crate::person::{proved, shell, signed_in};
use crate::protect::FormsLeadTo;
use crate::render::{Answer, page, see_other};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::passport::{authorise, title};
use pages::{WalletAsksFor, WalletWish};
use serde::Deserialize;

pub(crate) fn routes() -> Router<Web> {
    let page = || get(async || see_other(urls::PASSPORT_WALLET));
    Router::new()
        .route(urls::VC_AUTHORIZE, get(open))
        .route(urls::PASSPORT_WALLET, get(show).post(accept))
        .route(urls::PASSPORT_WALLET_CANCEL, page().merge(post(cancel)))
}

/// What a wallet leads here with. Everything else was pushed, and is not looked at here (RFC 9126, section 4).
#[derive(Deserialize, Default)]
#[serde(default)]
struct Opened {
    client_id: String,
    request_uri: String,
}

/// A wallet opened this browser. The cookie leads through the sign-in, and nothing has changed yet.
async fn open(
    State(web): State<Web>,
    Path(organisation): Path<String>,
    Query(opened): Query<Opened>,
    jar: CookieJar,
) -> Answer {
    let cookie = authorise::open(&web, &organisation, &opened.client_id, &opened.request_uri).await?;
    let jar = jar.add(web.cookies().make(Kind::WalletAsks, &cookie));
    Ok((jar, see_other(urls::PASSPORT_WALLET)).into_response())
}

/// Who asks for what. Whoever says yes has proved a second factor in the last minutes: there is no code by text message here.
async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = proved(&web, signed_in(&web, &jar).await?, urls::PASSPORT_WALLET)?;
    let cookie = web.cookies().read(&jar, Kind::WalletAsks);
    let asks = authorise::asks(&web, &person, cookie.as_ref()).await?;
    let wished = |credential: &store::credential::Credential| WalletWish {
        id: credential.id.to_string(),
        title: title(credential.kind, &credential.variant),
    };
    let shown = WalletAsksFor {
        wallet: asks.wallet.clone(),
        organisation: asks.organisation.name.clone(),
        credentials: asks.credentials.iter().map(wished).collect(),
        accept_action: urls::PASSPORT_WALLET.into(),
        cancel_action: urls::PASSPORT_WALLET_CANCEL.into(),
        passport_href: urls::PASSPORT.into(),
    };
    let mut answer = page(&shell(&web, &person), &shown)?;
    if let Some(there) = FormsLeadTo::new(asks.back()) {
        answer.extensions_mut().insert(there);
    }
    Ok(answer)
}

/// *Accept and add to my wallet*.
async fn accept(State(web): State<Web>, jar: CookieJar, Form(fields): Form<Vec<(String, String)>>) -> Answer {
    let person = proved(&web, signed_in(&web, &jar).await?, urls::PASSPORT_WALLET)?;
    let chosen: Vec<String> =
        fields.into_iter().filter(|(name, _)| name == "credentials").map(|(_, id)| id).collect();
    let cookie = web.cookies().read(&jar, Kind::WalletAsks);
    let back = authorise::accept(&web, &person, cookie.as_ref(), &chosen).await?;
    Ok((jar.add(web.cookies().gone(Kind::WalletAsks)), see_other(back.as_str())).into_response())
}

/// *Cancel*.
async fn cancel(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let cookie = web.cookies().read(&jar, Kind::WalletAsks);
    let back = authorise::cancel(&web, &person, cookie.as_ref()).await?;
    Ok((jar.add(web.cookies().gone(Kind::WalletAsks)), see_other(back.as_str())).into_response())
}
