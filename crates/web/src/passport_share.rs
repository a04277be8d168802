//! *Share your credentials* with a trust: choose, check, let the wallet show them.

use crate::cookies::Kind;
use crate::errors::{Again, Trouble};
use crate::person::{proved, shell, shell_of_whoever, signed_in};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::visitor::Caller;
use crate::wallet_page::{Looking, Place, look_again, state, wallet_page};
use crate::{Web, urls, wallet_events};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::passport::asking::Standing;
use journeys::passport::share::{self, Chosen, FromElsewhere};
use journeys::passport::title;
use journeys::session::Person;
use pages::{
    Choice, FieldErrors, HeldCredential, PassportReturn, PassportShare, PassportShareCheck, PassportShared,
    WalletPurpose, WalletState,
};
use store::credential::Credential;
use store::organisation::Organisation;
use uuid::Uuid;

pub(crate) fn routes() -> Router<Web> {
    let page = || get(async || see_other(urls::SHARE_QR));
    Router::new()
        .route(urls::SHARE, get(show).post(check))
        .route(urls::SHARE_BEGIN, get(async || see_other(urls::SHARE)).post(begin))
        .route(urls::SHARE_QR, get(show_qr))
        .route(urls::SHARE_EVENTS, get(events))
        .route(urls::SHARE_GO, page().post(go_on))
        .route(urls::SHARE_AGAIN, page().post(again))
        .route(urls::SHARE_BACK, get(back))
}

/// A form in which a field may come several times.
type Fields = Form<Vec<(String, String)>>;

/// The trust and the credentials that a form names.
fn named(fields: Vec<(String, String)>) -> (String, Vec<String>) {
    let (mut trust, mut credentials) = (String::new(), Vec::new());
    for (name, value) in fields {
        match name.as_str() {
            "trust" => trust = value,
            "credentials" => credentials.push(value),
            _ => {}
        }
    }
    (trust, credentials)
}

/// Who is there proved it in the last minutes, since what is shared cannot be taken back; and nothing on a smartcard comes first.
async fn person(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    proved(web, signed_in(web, jar).await?, urls::SHARE)
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    choose_page(&web, &person, "", &[], &FieldErrors::none(), StatusCode::OK).await
}

async fn choose_page(
    web: &Web,
    person: &Person,
    trust: &str,
    chosen: &[String],
    errors: &FieldErrors,
    status: StatusCode,
) -> Answer {
    let credentials = share::held(web, person).await?;
    let issuers = web.store.organisations().await.map_err(Refusal::from)?;
    let trusts = share::trusts(web, person).await?;
    let outside = share::from_elsewhere(web, &trusts).await?;
    let mut credentials = held(&credentials, &issuers, |id| chosen.contains(&id.to_string()));
    credentials.extend(outside.into_iter().map(|each| elsewhere(each, |value| chosen.contains(value))));
    let shown = PassportShare {
        action: urls::SHARE.into(),
        trusts: trusts.iter().map(|each| Choice::new(&each.code, &each.name)).collect(),
        chosen: trust.to_owned(),
        credentials,
        back: Some(urls::PASSPORT.into()),
    };
    page_with(&shell(web, person), &shown, errors, status)
}

fn held(
    credentials: &[Credential],
    issuers: &[Organisation],
    chosen: impl Fn(Uuid) -> bool,
) -> Vec<HeldCredential> {
    let issuer = |id| issuers.iter().find(|each| each.id == id).map(|each| each.name.clone());
    let held = |each: &Credential| HeldCredential {
        id: each.id.to_string(),
        title: title(each.kind, &each.variant),
        issuer: issuer(each.organisation_id).unwrap_or_default(),
        chosen: chosen(each.id),
    };
    credentials.iter().map(held).collect()
}

fn elsewhere(each: FromElsewhere, chosen: impl Fn(&String) -> bool) -> HeldCredential {
    let id = each.value();
    HeldCredential { chosen: chosen(&id), id, title: title(each.kind, ""), issuer: each.issuer }
}

/// Are these the ones?
async fn check(State(web): State<Web>, jar: CookieJar, Form(fields): Fields) -> Answer {
    let person = person(&web, &jar).await?;
    let (trust, credentials) = named(fields);
    match share::choose(&web, &person, &trust, &credentials).await {
        Ok(chosen) => {
            let issuers = web.store.organisations().await.map_err(Refusal::from)?;
            let outside: Vec<_> = chosen.from_elsewhere().map(|each| elsewhere(each, |_| true)).collect();
            let Chosen { trust, credentials, .. } = chosen;
            let mut credentials = held(&credentials, &issuers, |_| true);
            credentials.extend(outside);
            let check = PassportShareCheck {
                action: urls::SHARE_BEGIN.into(),
                trust: Choice::new(&trust.code, &trust.name),
                credentials,
                back: Some(urls::SHARE.into()),
            };
            page(&shell(&web, &person), &check)
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            choose_page(&web, &person, &trust, &credentials, &errors, status).await
        }
    }
}

/// *Show the QR code*.
async fn begin(
    State(web): State<Web>,
    Caller(visitor): Caller,
    jar: CookieJar,
    Form(fields): Fields,
) -> Answer {
    let person = person(&web, &jar).await?;
    let (trust, credentials) = named(fields);
    match share::begin(&web, &person, &trust, &credentials, &visitor).await {
        Ok(cookie) => {
            let jar = jar.add(web.cookies().make(Kind::Wallet, &cookie));
            Ok((jar, see_other(urls::SHARE_QR)).into_response())
        }
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)
                .map_err(|trouble| trouble.without_qr_code(the_same(&trust, &credentials)))?;
            choose_page(&web, &person, &trust, &credentials, &errors, status).await
        }
    }
}

async fn standing(web: &Web, person: &Person, jar: &CookieJar) -> Result<Option<Standing>, Refusal> {
    share::standing(web, person, web.cookies().read(jar, Kind::Wallet).as_ref()).await
}

async fn show_qr(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Query(looking): Query<Looking>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let Some(standing) = standing(&web, &person, &jar).await? else { return Ok(see_other(urls::SHARE)) };
    page(&shell(&web, &person), &wallet_page(&standing, PLACE, &looking, &visitor))
}

const PLACE: Place = Place {
    purpose: WalletPurpose::Share,
    answered: WalletState::Done,
    events_href: urls::SHARE_EVENTS,
    continue_action: urls::SHARE_GO,
    again_action: urls::SHARE_AGAIN,
    cancel_action: urls::SHARE_AGAIN,
    back: urls::SHARE,
};

async fn events(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let whose = web.cookies().read(&jar, Kind::Wallet);
    let follow = wallet_events::follow(web, whose.as_ref(), move |web| {
        let (person, jar) = (person.clone(), jar.clone());
        async move {
            let standing = standing(&web, &person, &jar).await?;
            Ok(standing.map_or(WalletState::Over, |standing| state(standing.state, PLACE.answered)))
        }
    });
    Ok(follow)
}

/// *Continue*: what was shown is kept for the trust.
async fn go_on(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let before = standing(&web, &person, &jar).await?;
    match share::go_on(&web, &person, web.cookies().read(&jar, Kind::Wallet).as_ref()).await? {
        Some(shared) => {
            let jar = jar.add(web.cookies().gone(Kind::Wallet));
            let done = PassportShared {
                trust: shared.trust.name,
                count: shared.count,
                missing: shared.missing.into_iter().map(|each| elsewhere(each, |_| true)).collect(),
                passport_href: urls::PASSPORT.into(),
            };
            Ok((jar, page(&shell(&web, &person), &done)?).into_response())
        }
        None => Ok(look_again(urls::SHARE_QR, before.as_ref())),
    }
}

/// *Get a new QR code*, for the same.
async fn again(State(web): State<Web>, Caller(visitor): Caller, jar: CookieJar) -> Answer {
    let person = person(&web, &jar).await?;
    let cookie = web.cookies().read(&jar, Kind::Wallet);
    let Some((trust, credentials)) = share::asked(&web, &person, cookie.as_ref()).await? else {
        return Ok(see_other(urls::SHARE));
    };
    share::cancel(&web, &person, cookie.as_ref()).await?;
    match share::begin(&web, &person, &trust, &credentials, &visitor).await {
        Ok(cookie) => {
            let jar = jar.add(web.cookies().make(Kind::Wallet, &cookie));
            Ok((jar, see_other(urls::SHARE_QR)).into_response())
        }
        // What was chosen is held no more.
        Err(Refusal::Fields(_)) => Ok(see_other(urls::SHARE)),
        Err(refusal) => Err(Trouble::refused(refusal, Some(&person.organisation))
            .without_qr_code(the_same(&trust, &credentials))),
    }
}

/// What was chosen, to be asked for again.
fn the_same(trust: &str, credentials: &[String]) -> Again {
    let credentials = credentials.iter().map(|each| ("credentials".to_owned(), each.clone()));
    let fields = std::iter::once(("trust".to_owned(), trust.to_owned())).chain(credentials).collect();
    Again { action: urls::SHARE_BEGIN.into(), fields, back: urls::SHARE }
}

/// The wallet led its owner here: to the page on this device, or on the other one.
async fn back(State(web): State<Web>, jar: CookieJar) -> Answer {
    if let Ok(person) = signed_in(&web, &jar).await
        && standing(&web, &person, &jar).await?.is_some()
    {
        return Ok(see_other(urls::SHARE_QR));
    }
    page(&shell_of_whoever(&web, &jar).await, &PassportReturn {})
}
