//! What falls due on the person's card, looked at on every page: what comes before anything else, and what is only told.

use jiff::civil::Date;
use rules::smartcard::{AlertKind, Gate, Standing};
use store::smartcard::Smartcard;

use crate::session::Person;
use crate::smartcard::SmartcardRefusal;
use crate::{Refusal, Service};

/// How a card stands by its dates.
pub fn standing(service: &Service, card: &Smartcard) -> Standing {
    Standing {
        passcode_set_on: card.passcode_set_on,
        ra_unlocked_on: card.unlocked_on,
        passcodes_forced_on: card.forced_on,
        certificates_last_day: card.expires_at.map(|moment| service.local(moment).date()),
        renewals_used: card.renewals_used,
        withdrawn: !card.is_live(),
    }
}

/// The card that the person uses: the last one that they got of those that can be used.
pub fn live(cards: Vec<Smartcard>) -> Option<Smartcard> {
    cards.into_iter().find(Smartcard::is_live)
}

/// What stands between the person and their work today. It reads nothing where they have no card, or nothing falls due.
///
/// # Errors
/// Where the database fails.
pub async fn gate(service: &Service, person: &Person) -> Result<Gate, Refusal> {
    let Some(card) = &person.smartcard else { return Ok(Gate::Open) };
    let (today, rules) = (service.today(), &person.policy.smartcard);
    let standing = standing(service, card);
    match Gate::at(&standing, &[], today, rules) {
        Gate::Alert(_) => {
            let put_off = put_off(service, person, today).await?;
            Ok(Gate::at(&standing, &put_off, today, rules))
        }
        other => Ok(other),
    }
}

async fn put_off(service: &Service, person: &Person, today: Date) -> Result<Vec<AlertKind>, Refusal> {
    let names = service.store.alerts_put_off(person.account.id, today).await?;
    Ok(names.iter().filter_map(|name| AlertKind::parse(name)).collect())
}

/// The card that the person uses, for what only somebody may do who is not sent to the Registration Authority.
pub(crate) fn usable<'a>(service: &Service, person: &'a Person) -> Result<&'a Smartcard, Refusal> {
    let card = person.smartcard.as_ref().ok_or(SmartcardRefusal::NoCard)?;
    match Gate::at(&standing(service, card), &[], service.today(), &person.policy.smartcard) {
        Gate::Locked => Err(SmartcardRefusal::Locked.into()),
        Gate::Expired => Err(SmartcardRefusal::Expired.into()),
        _ => Ok(card),
    }
}
