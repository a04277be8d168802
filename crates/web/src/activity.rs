//! *Recent activity*, and *report this*.

use crate::cookies::Kind;
use crate::person::{shell, signed_in};
use crate::render::{Answer, page};
use crate::visitor::Caller;
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::activity::{self, KEPT_DAYS};
use journeys::session::Person;
use pages::{Happening, RecentActivity, ReportActivity, Reported};
use serde::Deserialize;
use store::activity::Activity;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::ACTIVITY, get(show)).route(urls::ACTIVITY_REPORT, get(ask).post(report))
}

/// From where the list goes on.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Before {
    before: Option<String>,
}

async fn show(State(web): State<Web>, Query(before): Query<Before>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let recent = activity::recent(&web, &person, before.before.as_deref()).await?;
    let list = RecentActivity {
        happenings: recent.activities.iter().map(|each| happening(&web, &person, each)).collect(),
        older_href: recent.older_than.map(|id| format!("{}?before={id}", urls::ACTIVITY)),
        newest_href: before.before.map(|_| urls::ACTIVITY.to_owned()),
        kept_days: KEPT_DAYS,
    };
    page(&shell(&web, &person), &list)
}

/// One thing that happened, in words.
pub(crate) fn happening(web: &Web, person: &Person, activity: &Activity) -> Happening {
    let means = activity.detail.as_deref().map(|detail| format!("means-{detail}"));
    Happening {
        what: web.word(&format!("activity-{}", activity.kind.as_str()), &[]),
        means: means.filter(|key| wording::exists(Language::En, key)).map(|key| web.word(&key, &[])),
        when: wording::date_and_time(Language::En, web.local(activity.at).datetime()),
        browser: activity.browser.clone(),
        network: activity.network.clone(),
        attempt: activity.kind.is_attempt(),
        by_staff: activity.by_staff,
        this_session: activity.session_id == Some(person.session.id),
        report_number: activity.report_number.clone(),
        report_href: activity.report_number.is_none().then(|| urls::activity_report(activity.id)),
    }
}

async fn ask(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let activity = activity::one(&web, &person, &id).await?;
    let ask = ReportActivity {
        action: urls::activity_report(activity.id),
        happening: happening(&web, &person, &activity),
        back: Some(urls::ACTIVITY.into()),
    };
    page(&shell(&web, &person), &ask)
}

/// The answer is the page itself: it shows the number, and sent again it shows the same one.
async fn report(
    State(web): State<Web>,
    Caller(visitor): Caller,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let reported = activity::report(&web, &person, &id, &visitor).await?;
    let jar = match &reported.session {
        Some(session) => jar.add(web.cookies().make(Kind::Session, session)),
        None => jar,
    };
    let shown = Reported { number: reported.number, password_href: urls::CHANGE_PASSWORD.into() };
    Ok((jar, page(&shell(&web, &person), &shown)?).into_response())
}
