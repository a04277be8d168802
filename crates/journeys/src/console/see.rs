//! How a person's account stands: never secrets, numbers or addresses beyond the one that the employer holds.

use crate::console::caller::checked_until;
use crate::console::find::count_look;
use crate::console::help::reset_closed_until;
use crate::console::{Staff, may_help, person_of};
use crate::password_check::who;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::method::MethodKind;
use rules::role::Act;
use rules::session::SessionAge;
use store::account::Account;
use store::activity::Activity;
use store::people::MessageTrace;
use store::role::Role;
use uuid::Uuid;

/// So many happenings and messages are shown.
const LATEST: u32 = 20;

/// A sign-in method, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMethod {
    /// Never changes.
    pub id: Uuid,
    /// Its kind; none for a passkey.
    pub kind: Option<MethodKind>,
    /// UTC.
    pub added_at: Timestamp,
    /// UTC.
    pub last_used_at: Option<Timestamp>,
}

/// How an account stands.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The account.
    pub account: Account,
    /// The roles that the person has.
    pub roles: Vec<Role>,
    /// Until when no password counts from where it was guessed, UTC.
    pub paused_until: Option<Timestamp>,
    /// Until when the person cannot reset the password by themselves, UTC.
    pub reset_closed_until: Option<Timestamp>,
    /// In how many browsers the person is signed in now.
    pub sessions: usize,
    /// What the person proves themselves by.
    pub methods: Vec<SeenMethod>,
    /// How many recovery codes are left; none where none were ever made.
    pub recovery_codes: Option<u32>,
    /// What happened lately, the newest first.
    pub activity: Vec<Activity>,
    /// What became of the newest messages.
    pub messages: Vec<MessageTrace>,
    /// Whether whoever looks may help this person.
    pub may_help: bool,
    /// Until when whoever looks is sure of this person, UTC.
    pub checked_until: Option<Timestamp>,
}

/// Shows one person of the organisation. Whoever looks at too many is stopped.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::TooManyLookups`].
pub async fn person(service: &Service, staff: &Staff, id: Uuid) -> Result<Seen, Refusal> {
    staff.demand(Act::SeePeople)?;
    let account = person_of(service, staff, id).await?;
    let now = service.clock.now();
    count_look(service, staff, account.id, now).await?;
    let store = &service.store;
    let who = who(service, Some(account.id), "");
    let policy = &staff.person.policy;
    let alive = |session: &store::session::Session| {
        policy.session_age(session.started_at, session.last_seen_at, now) == SessionAge::Live
    };
    let methods = store.sign_in_methods(account.id).await?.into_iter().map(|method| SeenMethod {
        id: method.id,
        kind: Some(method.kind),
        added_at: method.added_at,
        last_used_at: method.last_used_at,
    });
    let passkeys = store.passkeys_of(account.id).await?.into_iter().map(|passkey| SeenMethod {
        id: passkey.id,
        kind: None,
        added_at: passkey.added_at,
        last_used_at: passkey.last_used_at,
    });
    Ok(Seen {
        roles: store.roles_of(account.id).await?,
        paused_until: store.passwords_paused_until(&who, now).await?,
        reset_closed_until: reset_closed_until(service, policy, account.id, now).await?,
        sessions: store.sessions_of(account.id).await?.iter().filter(|session| alive(session)).count(),
        methods: methods.chain(passkeys).collect(),
        recovery_codes: store.recovery_codes(account.id).await?.map(|codes| codes.left),
        activity: store.activity_of(account.id, (Timestamp::MAX, Uuid::max()), LATEST).await?,
        messages: store.messages_to(account.id, LATEST).await?,
        may_help: may_help(service, staff, account.id).await.is_ok(),
        checked_until: checked_until(service, staff, account.id).await?,
        account,
    })
}
