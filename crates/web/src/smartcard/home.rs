//! *Home* of the Self Service Portal.

use crate::person::{shell, signed_in};
use crate::render::{Answer, page};
use crate::smartcard::frame;
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::civil::Date;
use journeys::session::Person;
use journeys::smartcard::portal::{self, CardView, PasscodeView};
use pages::{
    CalendarEntry, CalendarWhat, CardState, CardSummary, CertificateLine, CertificatePurpose,
    CertificateState, PasscodeLine, PasscodeName, PasscodeState, PortalDone, PortalTab, RenewalsLeft,
    SmartcardHome,
};
use rules::smartcard::{CertificateAge, Falls, PasscodeAge, PasscodeKind, Renewal};
use serde::Deserialize;
use store::smartcard_certificate::CertificateSlot;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route(urls::SMARTCARD, get(show))
}

/// What was done just now.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Done {
    pub done: String,
}

impl Done {
    fn told(&self) -> Option<PortalDone> {
        match self.done.as_str() {
            "passcodes" => Some(PortalDone::PasscodesUpdated),
            "renewed" => Some(PortalDone::Renewed),
            "revoked" => Some(PortalDone::Revoked),
            "unlocked" => Some(PortalDone::Unlocked),
            _ => None,
        }
    }
}

async fn show(State(web): State<Web>, Query(done): Query<Done>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let overview = portal::overview(&web, &person).await?;
    let by_authority =
        overview.cards.first().is_some_and(|card| card.renewal == Renewal::AtTheRegistrationAuthority);
    let today = web.today();
    let home = SmartcardHome {
        frame: frame(&person, Some(PortalTab::Home)),
        done: done.told(),
        cards: overview.cards.iter().map(|card| summary(&web, card)).collect(),
        passcodes: overview.passcodes.iter().map(line).collect(),
        calendar: overview
            .calendar
            .iter()
            .map(|entry| falls(entry.day, entry.falls, today, by_authority))
            .collect(),
        resume_href: portal::job_to_resume(&web, &person).await?.map(urls::smartcard_job),
        unlock_href: person.smartcard.is_some().then(|| urls::SMARTCARD_UNLOCK.into()),
    };
    page(&shell(&web, &person), &home)
}

fn words(day: Date) -> String {
    wording::date(Language::En, day)
}

fn summary(web: &Web, view: &CardView) -> CardSummary {
    let card = &view.card;
    let local = |moment| words(web.local(moment).date());
    let state = match (card.cancelled_at.or(card.revoked_at), card.tries_left) {
        (Some(moment), _) => CardState::Cancelled { when: local(moment) },
        (None, Some(0)) => CardState::Blocked,
        (None, _) => CardState::Live,
    };
    CardSummary {
        label: web.word("card-label", &[("label", &card.label)]),
        issued: card.issued_at.map(local).unwrap_or_default(),
        state,
        tries_left: card.tries_left,
        certificates: view
            .certificates
            .iter()
            .map(|(certificate, last_day, age)| CertificateLine {
                purpose: match certificate.slot {
                    CertificateSlot::Authentication => CertificatePurpose::SignIn,
                    CertificateSlot::Signature => CertificatePurpose::Signature,
                },
                serial: card_jobs::Hex(certificate.serial.clone()).digits(),
                until: words(*last_day),
                state: match *age {
                    CertificateAge::Valid { .. } => CertificateState::Valid,
                    CertificateAge::Reminding { days_left } => CertificateState::Reminding { days_left },
                    CertificateAge::Forced { days_left } => CertificateState::Forced { days_left },
                    CertificateAge::Expired => CertificateState::Expired,
                },
            })
            .collect(),
        renewals: match view.renewal {
            Renewal::SelfService { left: Some(left) } => RenewalsLeft::Person { left },
            Renewal::SelfService { left: None } => RenewalsLeft::PersonAlways,
            Renewal::AtTheRegistrationAuthority => RenewalsLeft::RegistrationAuthority,
        },
    }
}

/// One line of *Passcode Status*.
pub(super) fn line(view: &PasscodeView) -> PasscodeLine {
    PasscodeLine {
        name: match view.kind {
            PasscodeKind::Smartcard => PasscodeName::Smartcard,
            PasscodeKind::Recovery => PasscodeName::Recovery,
            PasscodeKind::Verification => PasscodeName::Verification,
        },
        set_on: view.set_on.map(words),
        due: view.due.map(words),
        state: match (view.set_on, view.age) {
            (None, _) => PasscodeState::NotSet,
            (_, None | Some(PasscodeAge::Current)) => PasscodeState::Current,
            (_, Some(PasscodeAge::Reminding { days_left })) => PasscodeState::Reminding { days_left },
            (_, Some(PasscodeAge::Overdue { days_until_locked })) => {
                PasscodeState::Overdue { days_until_locked }
            }
            (_, Some(PasscodeAge::Locked)) => PasscodeState::Locked,
        },
    }
}

/// *Passcode Status*.
pub(super) async fn passcode_lines(
    web: &Web,
    person: &Person,
) -> Result<Vec<PasscodeLine>, journeys::Refusal> {
    Ok(portal::passcodes(web, person).await?.iter().map(line).collect())
}

/// One day of the calendar.
fn falls(day: Date, falls: Falls, today: Date, by_authority: bool) -> CalendarEntry {
    let (what, certificates) = match falls {
        Falls::PasscodesRemind => (CalendarWhat::PasscodeReminders, false),
        Falls::PasscodesComeFirst => (CalendarWhat::PasscodeForced, false),
        Falls::PasscodesLock => (CalendarWhat::PasscodeLocks, false),
        Falls::CertificatesRemind => (CalendarWhat::CertificateReminders, true),
        Falls::CertificatesComeFirst => (CalendarWhat::CertificatesForced, true),
        Falls::CertificatesEnd => (CalendarWhat::CertificatesExpire, true),
    };
    CalendarEntry {
        day: words(day),
        iso: day.to_string(),
        in_days: u32::try_from(rules::days::between(today, day)).unwrap_or(0),
        what,
        at_the_registration_authority: certificates && by_authority,
    }
}
