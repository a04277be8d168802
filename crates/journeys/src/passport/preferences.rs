//! By which channels somebody is told of credentials and reminded of them. Messages about security are not asked about.

use crate::session::Person;
use crate::{Refusal, Service};
use store::audit::Event;
use store::passport_opt_out::OptOut;

/// What the person has switched off.
///
/// # Errors
/// Where the database fails.
pub async fn read(service: &Service, person: &Person) -> Result<OptOut, Refusal> {
    Ok(service.store.passport_opt_out(person.account.id).await?)
}

/// Sets what the person has switched off.
///
/// # Errors
/// Where the database fails.
pub async fn set(service: &Service, person: &Person, off: OptOut) -> Result<(), Refusal> {
    let (account, now) = (person.account.id, service.clock.now());
    let mut tx = service.store.begin().await?;
    if tx.passport_opt_out(account).await? != off {
        tx.set_passport_opt_out(account, off, now).await?;
        let off = off.channels().map(str::to_owned).collect();
        tx.audit(Event::PassportNotificationsSet { account, off }, now);
    }
    tx.commit().await?;
    Ok(())
}
