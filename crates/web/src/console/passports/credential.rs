//! A credential, as whoever provided it sees it, and its end.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use super::offered;
use super::rejections::line;
use crate::errors::Trouble;
use crate::passport::{archived, content, facts, in_words, picture_in, state};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::console::{self, Staff, archive, passports};
use journeys::passport::title;
use journeys::{Refusal, Service};
use pages::{Choice, ConsoleCredential, ConsolePart, EndCredential};
use rules::passport::{RevokeReason, TrustEnds, WithdrawReason, assurance};
use rules::role::Act;
use serde::Deserialize;
use store::account::Account;
use store::credential::Credential;
use store::credential_rejection::Rejection;
use uuid::Uuid;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CREDENTIAL, get(show))
        .route(urls::CONSOLE_CREDENTIAL_PICTURE, get(picture))
        .route(urls::CONSOLE_CREDENTIAL_END, post(end))
        .route(urls::CONSOLE_CREDENTIAL_ARCHIVE, post(archive))
        .route(urls::CONSOLE_CREDENTIAL_RESTORE, post(restore))
}

/// Why a credential ends.
#[derive(Deserialize, Default)]
#[serde(default)]
struct EndForm {
    reason: String,
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_credential(id, "")).await?;
    let (account, credential) = passports::one(&web, &staff, id).await?;
    let shown = details(&web, &staff, &account, &credential, String::new()).await?;
    page(&console_shell(&web, &staff), &shown)
}

async fn details(
    web: &Web,
    staff: &Staff,
    account: &Account,
    credential: &Credential,
    reason: String,
) -> Result<ConsoleCredential, Trouble> {
    let picture = urls::console_credential(credential.id, "picture");
    let revoked = credential.revoke_reason.map(|why| format!("end-revoke-{}", why.as_str()));
    let content = content(&credential.content)?;
    let withdrawn = credential.withdraw_reason.map(|why| format!("end-withdraw-{}", why.as_str()));
    let archives = offered(staff, account, Act::ProvideCredentials) && credential.kind.is_reviewed();
    Ok(ConsoleCredential {
        frame: frame(staff, ConsolePart::Passports),
        title: title(credential.kind, &credential.variant),
        name: format!("{} {}", account.first_name, account.last_name),
        state: state(credential.state(web.today())),
        provided: in_words(web.local(credential.provided_at).date()),
        valid_until: credential.moments.valid_until.map(in_words),
        facts: facts(web, &content["claims"], credential.kind.attributes(), &picture),
        assurance: facts(web, &content["assurance"], assurance(), &picture),
        reason: revoked.or(withdrawn).map(|key| web.word(&key, &[])),
        rejection: rejection(account, credential).map(|rejection| line(web, staff, &rejection)),
        end: ending(web, staff, credential, reason),
        archived: archived(web, credential).await?,
        archive_action: (archives && credential.moments.can_be_archived())
            .then(|| urls::console_credential(credential.id, "archive")),
        restore_action: (archives && credential.moments.is_archived())
            .then(|| urls::console_credential(credential.id, "restore")),
        back: Some(urls::console_passport(&account.id.to_string())),
    })
}

/// Why its owner rejected it, as the list of rejections has it.
fn rejection(account: &Account, credential: &Credential) -> Option<Rejection> {
    Some(Rejection {
        credential: credential.id,
        email: account.email.clone(),
        kind: credential.kind,
        variant: credential.variant.clone(),
        reason: credential.reject_reason?,
        details: credential.reject_details.clone(),
        rejected_at: credential.moments.rejected_at?,
        resolved_at: credential.resolved_at,
        corrected_by: None,
    })
}

fn ending(
    service: &Service,
    staff: &Staff,
    credential: &Credential,
    reason: String,
) -> Option<EndCredential> {
    if !staff.may(Act::EndCredentials) || credential.account_id == staff.id() {
        return None;
    }
    let choices = |verb: &str, names: Vec<&'static str>| -> Vec<Choice> {
        let choice = |name| Choice::new(name, service.word(&format!("end-{verb}-{name}"), &[]));
        names.into_iter().map(choice).collect()
    };
    let action = urls::console_credential(credential.id, "end");
    Some(match credential.moments.trust_ends()? {
        TrustEnds::ByWithdrawing => {
            let names = WithdrawReason::ALL.iter().map(|reason| reason.as_str()).collect();
            EndCredential { revokes: false, action, reasons: choices("withdraw", names), reason }
        }
        TrustEnds::ByRevoking => {
            let names = RevokeReason::ALL.iter().map(|reason| reason.as_str()).collect();
            EndCredential { revokes: true, action, reasons: choices("revoke", names), reason }
        }
    })
}

/// The picture in a credential, for whoever provided it.
async fn picture(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_credential(id, "")).await?;
    let (_, credential) = passports::one(&web, &staff, id).await?;
    picture_in(&content(&credential.content)?["claims"])
}

/// *Withdraw*, *Revoke*.
async fn end(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<EndForm>,
) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_credential(id, "")).await?;
    let done = passports::end(&web, &staff, id, &form.reason).await.map(|_| ());
    done_with(&web, &staff, id, done, form.reason).await
}

/// *Archive*.
async fn archive(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_credential(id, "")).await?;
    let done = archive::archive(&web, &staff, id).await;
    done_with(&web, &staff, id, done, String::new()).await
}

/// *Restore*.
async fn restore(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_credential(id, "")).await?;
    let done = archive::restore(&web, &staff, id).await;
    done_with(&web, &staff, id, done, String::new()).await
}

/// The page again, with what is wrong where something is.
async fn done_with(web: &Web, staff: &Staff, id: Uuid, done: Result<(), Refusal>, reason: String) -> Answer {
    let here = urls::console_credential(id, "");
    match done {
        Ok(()) => Ok(see_other(&here)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (account, credential) = passports::one(web, staff, id).await?;
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            let shown = details(web, staff, &account, &credential, reason).await?;
            page_with(&console_shell(web, staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
