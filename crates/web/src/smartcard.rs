//! Guide 001: the *Self Service Portal* for smartcards.

mod gate;
mod home;
mod job;
mod passcodes;
mod renew;
mod revoke;
mod unlock;

use crate::errors::Trouble;
use crate::person::kept_safe;
use crate::{Web, urls};
use axum::Router;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use journeys::session::Person;
use journeys::smartcard::{SmartcardRefusal, due, passcodes as rules_of};
use pages::{CardPasscodeRule, PortalFrame, PortalTab, PortalTabLink, RegistrationAuthority};
use rules::smartcard::{Charset, Gate, Merged, MustSet, Renewal};
use store::organisation::Organisation;

pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .merge(home::routes())
        .merge(passcodes::routes())
        .merge(renew::routes())
        .merge(revoke::routes())
        .merge(unlock::routes())
        .merge(gate::routes())
        .merge(job::routes())
}

/// The page on which that is done which comes before anything else.
pub(crate) fn comes_first(gate: &Gate) -> Option<&'static str> {
    match gate {
        Gate::Open => None,
        Gate::Alert(_) => Some(urls::SMARTCARD_ALERT),
        // Handed over locked: nobody knows a passcode that could be changed.
        Gate::MustSetPasscodes { why: MustSet::NeverSet } => Some(urls::SMARTCARD_UNLOCK),
        Gate::MustSetPasscodes { .. } => Some(urls::SMARTCARD_PASSCODES),
        Gate::MustRenew { renewal: Renewal::SelfService { .. }, .. } => Some(urls::SMARTCARD_RENEW),
        Gate::MustRenew { renewal: Renewal::AtTheRegistrationAuthority, .. }
        | Gate::Locked
        | Gate::Expired => Some(urls::SMARTCARD_STOPPED),
    }
}

/// Who is signed in, on the page (one of [`comes_first`]'s) on which they do what comes before anything else. An alert keeps nobody
/// from it; whatever else comes first does.
async fn doing(web: &Web, jar: &CookieJar, page: &str) -> Result<(Person, Gate), Trouble> {
    let person = kept_safe(web, jar).await?;
    let gate = due::gate(web, &person).await?;
    match comes_first(&gate) {
        None => {}
        Some(first) if first == page || first == urls::SMARTCARD_ALERT => {}
        Some(first) => return Err(Trouble::Elsewhere(first.to_owned())),
    }
    Ok((person, gate))
}

/// The same for what helps with whatever comes first, such as unlocking a card: only who is sent to the Registration Authority is
/// kept from it.
async fn helping(web: &Web, jar: &CookieJar) -> Result<Person, Trouble> {
    let person = kept_safe(web, jar).await?;
    match comes_first(&due::gate(web, &person).await?) {
        Some(urls::SMARTCARD_STOPPED) => Err(Trouble::Elsewhere(urls::SMARTCARD_STOPPED.to_owned())),
        _ => Ok(person),
    }
}

/// The tabs of the guide, and how the Registration Authority is reached.
fn frame(person: &Person, current: Option<PortalTab>) -> PortalFrame {
    let tabs = [
        (PortalTab::Home, urls::SMARTCARD),
        (PortalTab::ManagePasscodes, urls::SMARTCARD_PASSCODES),
        (PortalTab::RenewCertificates, urls::SMARTCARD_RENEW),
        (PortalTab::RevokeCertificates, urls::SMARTCARD_REVOKE),
    ];
    PortalFrame {
        tabs: tabs
            .into_iter()
            .map(|(tab, href)| PortalTabLink { tab, href: href.into(), current: current == Some(tab) })
            .collect(),
        authority: authority(&person.organisation),
    }
}

/// How the Registration Authority is reached; none where the organisation's support tells. Where alone its place is set, support is
/// whom to call.
fn authority(organisation: &Organisation) -> Option<RegistrationAuthority> {
    let Organisation { ra_email, ra_phone, ra_place, support_email, support_phone, .. } = organisation;
    let (email, phone) = match (ra_email, ra_phone, ra_place) {
        (None, None, None) => return None,
        (None, None, Some(_)) => (support_email, support_phone),
        _ => (ra_email, ra_phone),
    };
    Some(RegistrationAuthority { email: email.clone(), phone: phone.clone(), place: ra_place.clone() })
}

/// What a passcode of the person's card must be.
fn card_rule(person: &Person) -> Result<CardPasscodeRule, Trouble> {
    let card = person.smartcard.as_ref().ok_or_else(|| refused(person, SmartcardRefusal::NoCard))?;
    let profile = rules_of::profile(card)?;
    let Merged { passcode, .. } = Merged::of(&person.policy.smartcard.passcode.card, profile);
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    Ok(CardPasscodeRule {
        min: small(passcode.min),
        max: small(passcode.max),
        letters: passcode.charset == Charset::LettersDigitsSigns,
    })
}

fn refused(person: &Person, refusal: impl Into<journeys::Refusal>) -> Trouble {
    Trouble::refused(refusal.into(), Some(&person.organisation))
}

/// The HTTP status of a page that tells why the portal does not go on.
pub(crate) fn status_of(refusal: SmartcardRefusal) -> StatusCode {
    match refusal {
        SmartcardRefusal::NoCard => StatusCode::NOT_FOUND,
        SmartcardRefusal::ChangedMeanwhile | SmartcardRefusal::NotDue => StatusCode::CONFLICT,
        SmartcardRefusal::RecoveryPaused { .. } => StatusCode::TOO_MANY_REQUESTS,
        SmartcardRefusal::Locked
        | SmartcardRefusal::Expired
        | SmartcardRefusal::RenewalByAuthority
        | SmartcardRefusal::NotUnlockable => StatusCode::FORBIDDEN,
    }
}
