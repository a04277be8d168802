//! What people shared with the trust, and what the trust says of it.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use super::requirement;
use crate::errors::Trouble;
use crate::passport::{content, facts, picture_in};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::Refusal;
use journeys::console::shares::{self, Shared, Standing};
use journeys::console::{self, Staff, archive, job_roles};
use journeys::passport::reject::Chosen;
use journeys::passport::title;
use pages::{
    Choice, ConsolePart, ConsoleShare, ConsoleShared, ConsoleShares, RejectShared, ShareLine, ShareStanding,
    ShareVerdict, SharedLine,
};
use rules::passport::{CredentialKind, RejectReason, assurance};
use rules::role::Act;
use serde::Deserialize;
use serde_json::Value;
use store::share_review::ListedShare;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_SHARES, get(list))
        .route(urls::CONSOLE_SHARE, get(show))
        .route(urls::CONSOLE_SHARE_ACCEPT, post(accept_all))
        .route(urls::CONSOLE_SHARED, get(details))
        .route(urls::CONSOLE_SHARED_PICTURE, get(picture))
        .route(urls::CONSOLE_SHARED_ACCEPT, post(accept))
        .route(urls::CONSOLE_SHARED_REJECT, post(reject))
        .route(urls::CONSOLE_SHARED_ARCHIVE, post(archive))
        .route(urls::CONSOLE_SHARED_RESTORE, post(restore))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Which {
    reviewed: Option<String>,
    after: Option<Uuid>,
}

/// Why a credential is not taken.
#[derive(Deserialize, Default)]
#[serde(default)]
struct RejectForm {
    reason: String,
    details: String,
}

fn when(web: &Web, at: Timestamp) -> String {
    wording::date_and_time(Language::En, web.local(at).datetime())
}

fn name(share: &ListedShare) -> String {
    format!("{} {}", share.first_name, share.last_name)
}

async fn list(State(web): State<Web>, Query(which): Query<Which>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_SHARES).await?;
    let reviewed = which.reviewed.is_some();
    let list = shares::list(&web, &staff, reviewed, which.after).await?;
    let with_reviewed = format!("{}?reviewed=yes", urls::CONSOLE_SHARES);
    let (same, other) = if reviewed {
        (format!("{with_reviewed}&"), urls::CONSOLE_SHARES.to_owned())
    } else {
        (format!("{}?", urls::CONSOLE_SHARES), with_reviewed)
    };
    let line = |share: &ListedShare| ShareLine {
        name: name(share),
        email: share.email.clone(),
        when: when(&web, share.shared_at),
        count: share.count,
        waiting: share.waiting,
        href: urls::console_share(share.id, ""),
    };
    let shown = ConsoleShares {
        frame: frame(&staff, ConsolePart::Passports),
        lines: list.shares.iter().map(line).collect(),
        reviewed,
        other_href: other,
        next_href: list.next.map(|after| format!("{same}after={after}")),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_share(id, "")).await?;
    page(&console_shell(&web, &staff), &share(&web, &staff, id).await?)
}

async fn share(web: &Web, staff: &Staff, id: Uuid) -> Result<ConsoleShare, Trouble> {
    let (share, all) = shares::see(web, staff, id).await?;
    let (mut lines, mut archived) = (Vec::new(), Vec::new());
    for each in &all {
        let list = if each.credential.archived_at.is_some() { &mut archived } else { &mut lines };
        list.push(SharedLine {
            title: called(each.credential.kind, &content(&each.credential.content)?),
            issuer: each.issuer.clone(),
            standing: standing(each.standing),
            verdict: verdict(each),
            href: urls::console_shared(each.credential.id, ""),
        });
    }
    let subject = job_roles::whose(web, staff, share.account).await?;
    let may = staff.may(Act::ReviewShares) && share.account != staff.id();
    let can_be_accepted = |each: &&Shared| each.credential.waits() && each.standing == Standing::Holds;
    Ok(ConsoleShare {
        frame: frame(staff, ConsolePart::Passports),
        name: name(&share),
        email: share.email.clone(),
        when: when(web, share.shared_at),
        accept_all: may.then(|| urls::console_share(id, "accept")),
        acceptable: all.iter().filter(can_be_accepted).count(),
        waiting: share.waiting,
        requirement: requirement::shown(web, staff, &subject.account, subject.requirement.as_ref()),
        lines,
        archived,
        back: Some(urls::CONSOLE_SHARES.into()),
    })
}

/// *Accept all*.
async fn accept_all(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_share(id, "");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match shares::accept_all(&web, &staff, id).await {
        Ok(()) => Ok(see_other(&here)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &share(&web, &staff, id).await?, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

async fn details(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_shared(id, "")).await?;
    let shown = shared(&web, &staff, id, RejectForm::default()).await?;
    page(&console_shell(&web, &staff), &shown)
}

async fn shared(web: &Web, staff: &Staff, id: Uuid, form: RejectForm) -> Result<ConsoleShared, Trouble> {
    let (share, shared) = shares::one(web, staff, id).await?;
    let credential = &shared.credential;
    let claims = content(&credential.content)?;
    let picture = urls::console_shared(id, "picture");
    let may_ever = staff.may(Act::ReviewShares) && share.account != staff.id();
    let may = may_ever && credential.waits();
    let archived = credential.archived_at.map(|at| when(web, at));
    let may_put_away = may_ever && credential.accepted_at.is_some();
    let reason = |reason: RejectReason| web.word(&format!("share-reject-{}", reason.as_str()), &[]);
    let choices = RejectReason::ALL.iter().map(|each| Choice::new(each.as_str(), reason(*each)));
    Ok(ConsoleShared {
        frame: frame(staff, ConsolePart::Passports),
        title: called(credential.kind, &claims),
        name: name(&share),
        issuer: shared.issuer.clone(),
        shared: when(web, share.shared_at),
        held: credential.held_at.map(|at| when(web, at)),
        standing: standing(shared.standing),
        verdict: verdict(&shared),
        reviewed: credential.accepted_at.or(credential.rejected_at).map(|at| when(web, at)),
        reviewer: shared.reviewer.clone(),
        reason: credential.reject_reason.map(reason),
        details: credential.reject_details.clone(),
        facts: facts(web, &claims, credential.kind.attributes(), &picture),
        assurance: facts(web, &claims["assurance"], assurance(), &picture),
        accept_action: (may && shared.standing == Standing::Holds)
            .then(|| urls::console_shared(id, "accept")),
        reject: may.then(|| RejectShared {
            action: urls::console_shared(id, "reject"),
            reasons: choices.collect(),
            reason: form.reason,
            details: form.details,
        }),
        archive_action: (may_put_away && archived.is_none()).then(|| urls::console_shared(id, "archive")),
        restore_action: (may_put_away && archived.is_some()).then(|| urls::console_shared(id, "restore")),
        archived: archived.zip(shared.archiver.clone()),
        back: Some(urls::console_share(share.id, "")),
    })
}

/// What a credential is called that another trust may have issued: a core skill by its subject and level.
fn called(kind: CredentialKind, claims: &Value) -> String {
    let said = |name: &str| claims.get(name).and_then(Value::as_str);
    title(kind, kind.variant_that_says(said).map_or("", |variant| variant.code))
}

fn standing(standing: Standing) -> ShareStanding {
    match standing {
        Standing::Holds => ShareStanding::Holds,
        Standing::Revoked => ShareStanding::Revoked,
        Standing::Expired => ShareStanding::Expired,
        Standing::NotBelieved => ShareStanding::NotBelieved,
        Standing::Unknown => ShareStanding::Unknown,
    }
}

fn verdict(Shared { credential, .. }: &Shared) -> ShareVerdict {
    match (credential.accepted_at, credential.rejected_at) {
        (Some(_), _) => ShareVerdict::Accepted,
        (None, Some(_)) => ShareVerdict::Rejected,
        (None, None) => ShareVerdict::Waits,
    }
}

/// The picture in a credential, for the trust that it was shared with.
async fn picture(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_shared(id, "")).await?;
    let (_, shared) = shares::one(&web, &staff, id).await?;
    picture_in(&content(&shared.credential.content)?)
}

/// *Accept*.
async fn accept(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_shared(id, "")).await?;
    let done = shares::accept(&web, &staff, id).await;
    reviewed(&web, &staff, id, done, RejectForm::default()).await
}

/// *Reject*.
async fn reject(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<RejectForm>,
) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_shared(id, "")).await?;
    let chosen = Chosen { reason: &form.reason, details: &form.details };
    let done = shares::reject(&web, &staff, id, chosen).await;
    reviewed(&web, &staff, id, done, form).await
}

/// *Archive*.
async fn archive(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_shared(id, "")).await?;
    let done = archive::archive_shared(&web, &staff, id).await;
    reviewed(&web, &staff, id, done, RejectForm::default()).await
}

/// *Restore*.
async fn restore(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_shared(id, "")).await?;
    let done = archive::restore_shared(&web, &staff, id).await;
    reviewed(&web, &staff, id, done, RejectForm::default()).await
}

/// Back to what came with it, or the page again with what is wrong.
async fn reviewed(
    web: &Web,
    staff: &Staff,
    id: Uuid,
    done: Result<Uuid, Refusal>,
    form: RejectForm,
) -> Answer {
    match done {
        Ok(share) => Ok(see_other(&urls::console_share(share, ""))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(web, staff), &shared(web, staff, id, form).await?, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &urls::console_shared(id, ""))),
    }
}
