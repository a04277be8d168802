//! Guide 002: "users will need to have at least one authentication method set up on their account". Who has none that resets a
//! password is asked when they sign in.

use crate::session::Person;
use crate::{Refusal, Service};
use rules::campaign::Asked;
use store::audit::Event;

/// Whether the person is asked in this session, as it stands.
pub fn asked(person: &Person) -> Asked {
    Asked::of(!person.session.set_up_due, person.account.put_off, person.policy.put_offs)
}

/// *Not now, ask me again next time*. Pressed twice it counts once.
///
/// # Errors
/// [`Refusal::WrongStep`] where it has been put off as often as can be.
pub async fn put_off(service: &Service, person: &Person) -> Result<(), Refusal> {
    match asked(person) {
        Asked::No => return Ok(()),
        Asked::First => return Err(Refusal::WrongStep),
        Asked::MayPutOff { .. } => {}
    }
    let (account, session) = (person.account.id, person.session.id);
    let mut tx = service.store.begin().await?;
    if tx.set_up_is_put_off(session).await? {
        tx.put_off(account).await?;
        tx.audit(Event::SetUpPutOff { account, session }, service.clock.now());
    }
    tx.commit().await?;
    Ok(())
}
