//! *Renew Certificates*: guide 001, section 2.1.

use jiff::civil::Date;
use rules::smartcard::{CertificateAge, PasscodeEntry, Renewal};
use uuid::Uuid;
use vault::Secret;

use crate::session::Person;
use crate::smartcard::job::{Renew, Request};
use crate::smartcard::passcodes::begin as begin_job;
use crate::smartcard::{SmartcardRefusal, due};
use crate::{Refusal, Service};

/// How the person's certificates can be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// There is no card that can be used.
    NoCard,
    /// By the person, now.
    Now {
        /// How often they can do it, with this time; none where nobody counts.
        left: Option<u32>,
        /// The last local day on which the certificates are good.
        last_day: Date,
        /// Whole days until then.
        days_left: u32,
    },
    /// By the person, from this local day on.
    Later {
        /// The first day.
        from: Date,
        /// The last day of the certificates.
        last_day: Date,
    },
    /// By the Registration Authority: the person's own renewals are used up.
    RenewalsUsedUp {
        /// The last day of the certificates.
        last_day: Date,
    },
    /// By the Registration Authority: they have expired.
    Expired {
        /// The last day on which they were good.
        last_day: Date,
    },
}

/// How the person's certificates can be renewed today.
pub fn way(service: &Service, person: &Person) -> Way {
    let rules = &person.policy.smartcard;
    let Some(standing) = person.smartcard.as_ref().map(|card| due::standing(service, card)) else {
        return Way::NoCard;
    };
    let Some(last_day) = standing.certificates_last_day else { return Way::NoCard };
    let [from, _] = rules.renewal.days(last_day);
    match (CertificateAge::at(last_day, service.today(), &rules.renewal), standing.renewal(rules)) {
        (CertificateAge::Expired, _) => Way::Expired { last_day },
        (_, Renewal::AtTheRegistrationAuthority) => Way::RenewalsUsedUp { last_day },
        (CertificateAge::Valid { .. }, Renewal::SelfService { .. }) => Way::Later { from, last_day },
        (
            CertificateAge::Reminding { days_left } | CertificateAge::Forced { days_left },
            Renewal::SelfService { left },
        ) => Way::Now { left, last_day, days_left },
    }
}

/// *OK*: begins the job that renews. The passcode is the proof: without it the card makes no keys and signs nothing.
///
/// # Errors
/// [`Refusal::Fields`] where it was not typed, [`Refusal::Smartcard`], and those of [`crate::smartcard::job::begin`].
pub async fn begin(service: &Service, person: &Person, passcode: &Secret<String>) -> Result<Uuid, Refusal> {
    let card = due::usable(service, person)?;
    match way(service, person) {
        Way::Now { .. } => {}
        Way::NoCard => return Err(SmartcardRefusal::NoCard.into()),
        Way::Later { .. } => return Err(SmartcardRefusal::NotDue.into()),
        Way::RenewalsUsedUp { .. } => return Err(SmartcardRefusal::RenewalByAuthority.into()),
        Way::Expired { .. } => return Err(SmartcardRefusal::Expired.into()),
    }
    let on_page = person.policy.smartcard.passcode_entry == PasscodeEntry::Page;
    if on_page && passcode.expose().is_empty() {
        return Err(Refusal::field("passcode", "renew-passcode-empty"));
    }
    let current = on_page.then(|| Secret::new(passcode.expose().clone()));
    begin_job(service, person, card, Request::Renew(Renew { current, by_ra: false })).await
}
