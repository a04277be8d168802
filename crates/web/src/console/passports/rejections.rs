//! What people rejected, and what to do about it.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use crate::render::{Answer, page, see_other};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::console::{self, Staff, passports};
use journeys::passport::rejections::{Mark, advice};
use journeys::passport::title;
use pages::{ConsolePart, ConsoleRejections, RejectionLine};
use rules::role::Act;
use serde::Deserialize;
use store::credential_rejection::Rejection;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_REJECTIONS, get(show))
        .route(urls::CONSOLE_CREDENTIAL_RESOLVE, post(resolve))
        .route(urls::CONSOLE_CREDENTIAL_REOPEN, post(reopen))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Which {
    resolved: Option<String>,
    after: Option<Uuid>,
}

async fn show(State(web): State<Web>, Query(which): Query<Which>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_REJECTIONS).await?;
    let resolved = which.resolved.is_some();
    let list = passports::rejected(&web, &staff, resolved, which.after).await?;
    let with_resolved = format!("{}?resolved=yes", urls::CONSOLE_REJECTIONS);
    let (same, other) = if resolved {
        (format!("{with_resolved}&"), urls::CONSOLE_REJECTIONS.to_owned())
    } else {
        (format!("{}?", urls::CONSOLE_REJECTIONS), with_resolved)
    };
    let shown = ConsoleRejections {
        frame: frame(&staff, ConsolePart::Passports),
        lines: list.rejections.iter().map(|each| line(&web, &staff, each)).collect(),
        resolved,
        other_href: other,
        next_href: list.next.map(|after| format!("{same}after={after}")),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// One rejection, with what this member of staff may do about it.
pub(super) fn line(web: &Web, staff: &Staff, rejection: &Rejection) -> RejectionLine {
    let when = |at: Timestamp| wording::date_and_time(Language::En, web.local(at).datetime());
    let act = if rejection.resolved_at.is_some() { "reopen" } else { "resolve" };
    let action = || urls::console_credential(rejection.credential, act);
    RejectionLine {
        title: title(rejection.kind, &rejection.variant),
        href: urls::console_credential(rejection.credential, ""),
        email: rejection.email.clone(),
        when: when(rejection.rejected_at),
        reason: web.word(&format!("reject-{}", rejection.reason.as_str()), &[]),
        details: rejection.details.clone(),
        advice: advice(web, rejection.reason),
        resolved: rejection.resolved_at.map(when),
        action: staff.may(Act::ResolveRejections).then(action),
    }
}

async fn resolve(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    mark(&web, &jar, &id, Mark::Resolved).await
}

async fn reopen(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    mark(&web, &jar, &id, Mark::Open).await
}

async fn mark(web: &Web, jar: &CookieJar, id: &str, mark: Mark) -> Answer {
    let id = console::id(id)?;
    let here = urls::console_credential(id, "");
    let staff = fresh_staff(web, jar, &here).await?;
    match passports::mark(web, &staff, id, mark).await {
        Ok(()) => Ok(see_other(&here)),
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
