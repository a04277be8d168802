//! What comes before anything else at sign-in: alerts with *now* and *later*, and the way to the Registration Authority.

use crate::person::{kept_safe, shell};
use crate::render::{Answer, page, see_other};
use crate::smartcard::{comes_first, frame};
use crate::{Web, urls, wanted};
use axum::extract::State;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::smartcard::{SmartcardRefusal, alerts, due};
use pages::{AlertLine, SmartcardAlert, SmartcardStopped, StoppedWhy};
use rules::smartcard::{Alert, Gate, Renewal};
use serde::Deserialize;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::SMARTCARD_ALERT, get(show).post(answer))
        .route(urls::SMARTCARD_STOPPED, get(stopped))
}

/// What the person answered.
#[derive(Deserialize, Default)]
#[serde(default)]
struct AnswerForm {
    answer: String,
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let alerts = match due::gate(&web, &person).await? {
        Gate::Alert(alerts) => alerts,
        other => return Ok(see_other(comes_first(&other).unwrap_or(urls::HOME))),
    };
    let alert = SmartcardAlert {
        frame: frame(&person, None),
        action: urls::SMARTCARD_ALERT.into(),
        alerts: alerts.into_iter().map(|alert| line(&web, alert)).collect(),
    };
    page(&shell(&web, &person), &alert)
}

fn line(web: &Web, alert: Alert) -> AlertLine {
    let days = |days: u32| web.today().saturating_add(jiff::Span::new().days(i64::from(days)));
    match alert {
        Alert::Passcodes { days_left } => {
            AlertLine::Passcodes { days_left, due: wording::date(Language::En, days(days_left)) }
        }
        Alert::Certificates { days_left, renewal } => AlertLine::Certificates {
            days_left,
            until: wording::date(Language::En, days(days_left)),
            at_the_registration_authority: renewal == Renewal::AtTheRegistrationAuthority,
        },
    }
}

/// *Renew now*, *Yes* or *Later*.
async fn answer(State(web): State<Web>, jar: CookieJar, Form(form): Form<AnswerForm>) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let next = match form.answer.as_str() {
        "passcodes" => urls::SMARTCARD_PASSCODES,
        "certificates" => urls::SMARTCARD_RENEW,
        "later" => {
            alerts::later(&web, &person).await?;
            return Ok(wanted::go_on(&web, jar));
        }
        _ => return Ok(see_other(urls::SMARTCARD_ALERT)),
    };
    alerts::now(&web, &person).await?;
    Ok(see_other(next))
}

/// Visit the Registration Authority.
async fn stopped(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = kept_safe(&web, &jar).await?;
    let gate = due::gate(&web, &person).await?;
    let standing = person.smartcard.as_ref().map(|card| due::standing(&web, card));
    let rules = &person.policy.smartcard;
    let until = standing
        .and_then(|standing| standing.certificates_last_day)
        .map(|day| wording::date(Language::En, day))
        .unwrap_or_default();
    let (why, refusal) = match gate {
        Gate::Locked => {
            let since = standing.and_then(|standing| standing.passcode_set_on).map(|set_on| {
                let [_, _, locks] = rules.timeline.days(set_on);
                wording::date(Language::En, locks)
            });
            (StoppedWhy::Locked { since: since.unwrap_or_default() }, SmartcardRefusal::Locked)
        }
        Gate::Expired => (StoppedWhy::Expired { until }, SmartcardRefusal::Expired),
        Gate::MustRenew { renewal: Renewal::AtTheRegistrationAuthority, .. } => {
            (StoppedWhy::ThirdRenewal { until }, SmartcardRefusal::RenewalByAuthority)
        }
        other => return Ok(see_other(comes_first(&other).unwrap_or(urls::HOME))),
    };
    let stopped = SmartcardStopped {
        frame: frame(&person, None),
        why,
        code: refusal.code().to_owned(),
        security_href: urls::SECURITY_INFO.into(),
        revoke_href: urls::SMARTCARD_REVOKE.into(),
    };
    page(&shell(&web, &person), &stopped)
}
