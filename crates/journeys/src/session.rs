//! A person who is signed in.

use crate::{Refusal, Service};
use jiff::SignedDuration;
use rules::session::SessionAge;
use store::account::Account;
use store::audit::Event;
use store::organisation::Organisation;
use store::sign_in::{Session, SignInMethod};
use vault::Token;

/// The session's last use is written down once a minute at most: reading a page costs no write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// The account's employer.
    pub organisation: Organisation,
}

/// Who is signed in in the browser with this cookie.
///
/// # Errors
/// [`Refusal::NotSignedIn`] where nobody is, or the session was idle for 30 minutes, is 12 hours old or was ended.
pub async fn current(service: &Service, token: Option<&Token>) -> Result<Person, Refusal> {
    let token = token.ok_or(Refusal::NotSignedIn)?;
    let session = service.store.session(&cookie_hash(service, token)).await?.ok_or(Refusal::NotSignedIn)?;
    let account = service.store.account(session.account_id).await?.ok_or(Refusal::NotSignedIn)?;
    let organisation = service
        .store
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let policy = service.policy(&organisation)?;
    let now = service.clock.now();
    let alive = policy.session_age(session.started_at, session.last_seen_at, now) == SessionAge::Live;
    if session.ended_at.is_some() || !alive {
        return Err(Refusal::NotSignedIn);
    }
    if now.duration_since(session.last_seen_at) >= TOUCH_EVERY {
        let mut tx = service.store.begin().await?;
        tx.touch_session(session.id, now).await?;
        tx.commit().await?;
    }
    Ok(Person { session, account, organisation })
}

/// The person's sign-in methods, oldest first.
///
/// # Errors
/// Where the database fails.
pub async fn methods(service: &Service, person: &Person) -> Result<Vec<SignInMethod>, Refusal> {
    Ok(service.store.sign_in_methods(person.account.id).await?)
}

/// *Sign out*.
///
/// # Errors
/// Where the database fails.
pub async fn end(service: &Service, person: &Person) -> Result<(), Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.end_session(person.session.id, now).await? {
        let event = Event::SignedOut { account: person.account.id, session: person.session.id };
        tx.audit(event, now);
    }
    tx.commit().await?;
    Ok(())
}

pub(crate) fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("session-cookie", &[token.as_str().as_bytes()])
}
