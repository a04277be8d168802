//! *Renew Certificates*.

use crate::forms::Typed;
use crate::person::shell;
use crate::render::{Answer, on_page, page_with, see_other};
use crate::smartcard::{doing, frame};
use crate::{Web, urls};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use jiff::civil::Date;
use journeys::session::Person;
use journeys::smartcard::renewal::{self, Way};
use pages::{FieldErrors, PortalTab, RenewCertificates, RenewalVisit, RenewalWay};
use rules::smartcard::{Gate, PasscodeEntry};
use serde::Deserialize;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::SMARTCARD_RENEW, get(show).post(renew))
}

/// *Smartcard Passcode*.
#[derive(Deserialize, Default)]
#[serde(default)]
struct PasscodeForm {
    passcode: Typed,
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let (person, gate) = doing(&web, &jar, urls::SMARTCARD_RENEW).await?;
    renew_page(&web, &person, &gate, &FieldErrors::none(), StatusCode::OK)
}

fn renew_page(web: &Web, person: &Person, gate: &Gate, errors: &FieldErrors, status: StatusCode) -> Answer {
    let words = |day: Date| wording::date(Language::En, day);
    let visit = |why, until: Option<Date>| RenewalWay::Visit { why, until: until.map(words) };
    let renewal = match renewal::way(web, person) {
        Way::Now { left, last_day, days_left } => RenewalWay::Now { left, until: words(last_day), days_left },
        Way::Later { from, last_day } => RenewalWay::Later { from: words(from), until: words(last_day) },
        Way::RenewalsUsedUp { last_day } => visit(RenewalVisit::ThirdRenewal, Some(last_day)),
        Way::Expired { last_day } => visit(RenewalVisit::Expired, Some(last_day)),
        Way::NoCard => visit(RenewalVisit::NoCard, None),
    };
    let page = RenewCertificates {
        frame: frame(person, Some(PortalTab::RenewCertificates)),
        action: urls::SMARTCARD_RENEW.into(),
        cancel_href: urls::SMARTCARD.into(),
        forced: matches!(gate, Gate::MustRenew { .. }),
        agent_asks: person.policy.smartcard.passcode_entry == PasscodeEntry::Agent,
        renewal,
    };
    page_with(&shell(web, person), &page, errors, status)
}

/// *OK*.
async fn renew(State(web): State<Web>, jar: CookieJar, Form(form): Form<PasscodeForm>) -> Answer {
    let (person, gate) = doing(&web, &jar, urls::SMARTCARD_RENEW).await?;
    match renewal::begin(&web, &person, &form.passcode.0).await {
        Ok(job) => Ok(see_other(&urls::smartcard_job(job))),
        Err(refusal) => {
            let (errors, status) = on_page(&web, Some(&person.organisation), refusal)?;
            renew_page(&web, &person, &gate, &errors, status)
        }
    }
}
