//! Guide 001, sections 1.1 and 2: an alert once a day, with *now* and *later*.

use rules::smartcard::{Alert, AlertKind, Gate};
use store::audit::Event;
use store::smartcard_alert::AlertAnswer;

use crate::session::Person;
use crate::smartcard::due;
use crate::{Refusal, Service};

/// The alerts that are shown today and were not put off.
///
/// # Errors
/// Where the database fails.
pub async fn shown(service: &Service, person: &Person) -> Result<Vec<Alert>, Refusal> {
    match due::gate(service, person).await? {
        Gate::Alert(alerts) => Ok(alerts),
        _ => Ok(Vec::new()),
    }
}

/// *Later*: none of today's alerts is shown again until tomorrow. Pressed twice it counts once.
///
/// # Errors
/// Where the database fails.
pub async fn later(service: &Service, person: &Person) -> Result<(), Refusal> {
    answer(service, person, AlertAnswer::Later).await
}

/// *Renew now*, *Yes*: it is noted, and asked again where nothing comes of it.
///
/// # Errors
/// Where the database fails.
pub async fn now(service: &Service, person: &Person) -> Result<(), Refusal> {
    answer(service, person, AlertAnswer::Now).await
}

async fn answer(service: &Service, person: &Person, answer: AlertAnswer) -> Result<(), Refusal> {
    let kinds: Vec<AlertKind> = shown(service, person).await?.into_iter().map(Alert::kind).collect();
    let (account, now, today) = (person.account.id, service.clock.now(), service.today());
    let said = if answer == AlertAnswer::Later { "later" } else { "now" };
    let mut tx = service.store.begin().await?;
    for kind in kinds {
        if tx.answer_alert(account, kind.as_str(), today, answer, now).await? {
            let (kind, answer) = (kind.as_str().to_owned(), said.to_owned());
            tx.audit(Event::SmartcardAlertAnswered { account, kind, answer }, now);
        }
    }
    tx.commit().await?;
    Ok(())
}
