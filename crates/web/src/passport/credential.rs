//! The full details of a credential, the picture in it, *Archive* and *Restore*.

use super::{in_words, state};
use crate::errors::Trouble;
use crate::person::{shell, signed_in};
use crate::render::{Answer, page, see_other};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use journeys::Refusal;
use journeys::console::archive;
use journeys::passport::{review, title};
use pages::{ArchivedBy, ArchivedLine, CredentialFact, CredentialValue, PassportCredential};
use rules::passport::{Attribute, AttributeForm, assurance, can_be_shown};
use serde_json::Value;
use store::credential::Credential;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::PASSPORT_CREDENTIAL, get(show))
        .route(urls::PASSPORT_PICTURE, get(picture))
        .route(urls::PASSPORT_ARCHIVE, post(archive))
        .route(urls::PASSPORT_RESTORE, post(restore))
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let credential = review::one(&web, &person, &id).await?;
    let issuer = web.store.organisation(credential.organisation_id).await.map_err(Refusal::from)?;
    let issuer = issuer.map(|organisation| organisation.name).unwrap_or_default();
    let archived = archived(&web, &credential).await?;
    page(&shell(&web, &person), &PassportCredential { archived, ..details(&web, &credential, issuer)? })
}

/// That a credential lies in the archive, and who has put it there.
pub(crate) async fn archived(web: &Web, credential: &Credential) -> Result<Option<ArchivedLine>, Refusal> {
    Ok(archive::archived(web, credential).await?.map(|(at, by)| ArchivedLine {
        when: wording::date_and_time(Language::En, web.local(at).datetime()),
        by: match by {
            archive::ArchivedBy::Owner => ArchivedBy::Owner,
            archive::ArchivedBy::Newer => ArchivedBy::Newer,
            archive::ArchivedBy::Staff(name) => ArchivedBy::Staff(name),
        },
    }))
}

fn details(web: &Web, credential: &Credential, issuer: String) -> Result<PassportCredential, Trouble> {
    let at = |act: &str| urls::passport_credential(credential.id, act);
    let content = content(&credential.content)?;
    Ok(PassportCredential {
        title: title(credential.kind, &credential.variant),
        state: state(credential.state(web.today())),
        issuer,
        provided: in_words(web.local(credential.provided_at).date()),
        valid_until: credential.moments.valid_until.map(in_words),
        facts: facts(web, &content["claims"], credential.kind.attributes(), &at("picture")),
        assurance: facts(web, &content["assurance"], assurance(), &at("picture")),
        reason: reason(web, credential),
        details: credential.reject_details.clone(),
        archived: None,
        accept_action: at("add"),
        reject_href: at("reject"),
        archive_action: credential.moments.can_be_archived().then(|| at("archive")),
        restore_action: at("restore"),
        back: Some(urls::PASSPORT.into()),
    })
}

/// What a credential says, as it is kept.
pub(crate) fn content(kept: &str) -> Result<Value, Refusal> {
    serde_json::from_str(kept).map_err(|_| Refusal::Fault("a credential that is no JSON"))
}

/// What a part of a credential says, in its order; a picture is at `picture`.
pub(crate) fn facts(web: &Web, held: &Value, attributes: &[Attribute], picture: &str) -> Vec<CredentialFact> {
    let told = |attribute: &Attribute| fact(web, attribute, held.get(attribute.name)?, picture);
    attributes.iter().filter_map(told).collect()
}

/// One thing that it says: days in words, yes and no as words, a picture by its address.
fn fact(web: &Web, attribute: &Attribute, value: &Value, picture: &str) -> Option<CredentialFact> {
    let label = attribute.label.get(Language::En.tag()).to_owned();
    let text = match (attribute.form, value) {
        (AttributeForm::Picture, Value::String(_)) => {
            return Some(CredentialFact { label, value: CredentialValue::Picture(picture.to_owned()) });
        }
        (AttributeForm::Day | AttributeForm::PastDay, Value::String(day)) => {
            day.parse::<Date>().map_or_else(|_| day.clone(), in_words)
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(yes)) => web.word(if *yes { "answer-yes" } else { "answer-no" }, &[]),
        _ => return None,
    };
    Some(CredentialFact::text(label, text))
}

fn reason(web: &Web, credential: &Credential) -> Option<String> {
    let revoked = credential.revoke_reason.map(|reason| format!("revoke-{}", reason.as_str()));
    let withdrawn = credential.withdraw_reason.map(|reason| format!("withdraw-{}", reason.as_str()));
    let rejected = credential.reject_reason.map(|reason| format!("reject-{}", reason.as_str()));
    revoked.or(withdrawn).or(rejected).map(|key| web.word(&key, &[]))
}

/// The picture in a credential, for its owner.
async fn picture(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let credential = review::one(&web, &person, &id).await?;
    picture_in(&content(&credential.content)?["claims"])
}

/// The picture among what a credential says. The browser is told not to guess what it is, and gets none that would fill its memory: what
/// an issuer elsewhere signed was looked at by nobody here.
pub(crate) fn picture_in(claims: &Value) -> Answer {
    let data = claims["picture"].as_str().and_then(|data| data.split_once(";base64,"));
    let (kind, data) = data.ok_or(Refusal::NotFound)?;
    let kind = match kind {
        "data:image/png" => "image/png",
        "data:image/jpeg" => "image/jpeg",
        _ => return Err(Refusal::NotFound.into()),
    };
    let bytes = STANDARD.decode(data).ok().filter(|file| can_be_shown(file)).ok_or(Refusal::NotFound)?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

async fn archive(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    review::archive(&web, &person, &id).await?;
    Ok(see_other(urls::PASSPORT))
}

async fn restore(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    review::restore(&web, &person, &id).await?;
    Ok(see_other(urls::PASSPORT))
}
