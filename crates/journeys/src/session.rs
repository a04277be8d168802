//! A person who is signed in.

use crate::password_check::device_hash;
use crate::smartcard::due;
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::{SignedDuration, Timestamp};
use rules::method::MethodKind;
use rules::policy::Policy;
use rules::session::SessionAge;
use rules::smartcard::RevocationReason;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::device::DeviceSeen;
use store::method::SignInMethod;
use store::organisation::Organisation;
use store::role::Role;
use store::session::{NewSession, Session};
use store::smartcard::Smartcard;
use uuid::Uuid;
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
    /// The numbers that hold there.
    pub policy: Policy,
    /// The smartcard that the person uses; none where they have none that can be used.
    pub smartcard: Option<Smartcard>,
    /// How many credentials wait for their review today.
    pub to_review: u32,
    /// The roles that the person has in the organisation's console; as a rule none.
    pub roles: Vec<Role>,
}

impl Person {
    /// When the session ends if nothing more is done, UTC.
    pub fn ends_at(&self) -> Timestamp {
        let idle =
            self.session.last_seen_at.saturating_add(self.policy.session_idle).unwrap_or(Timestamp::MAX);
        idle.min(self.over_at())
    }

    /// When the session ends however busy it is, UTC.
    pub fn over_at(&self) -> Timestamp {
        self.session.started_at.saturating_add(self.policy.session_absolute).unwrap_or(Timestamp::MAX)
    }
}

/// Who is signed in in the browser with this cookie.
///
/// # Errors
/// [`Refusal::NotSignedIn`] where nobody is, or the session was idle for 30 minutes, is 12 hours old or was ended, or the
/// account is disabled.
pub async fn current(service: &Service, token: Option<&Token>) -> Result<Person, Refusal> {
    let person = peek(service, token).await?;
    let now = service.clock.now();
    if now.duration_since(person.session.last_seen_at) < TOUCH_EVERY {
        return Ok(person);
    }
    touch(service, person, now).await
}

/// *Stay signed in*: from now on the session is idle again.
///
/// # Errors
/// As [`current`].
pub async fn stay(service: &Service, token: Option<&Token>) -> Result<Person, Refusal> {
    let person = peek(service, token).await?;
    touch(service, person, service.clock.now()).await
}

async fn touch(service: &Service, mut person: Person, now: Timestamp) -> Result<Person, Refusal> {
    let mut tx = service.store.begin().await?;
    tx.touch_session(person.session.id, now).await?;
    tx.commit().await?;
    person.session.last_seen_at = person.session.last_seen_at.max(now);
    Ok(person)
}

/// Who is signed in in the browser with this cookie, which is not noted as a use of the session.
///
/// # Errors
/// As [`current`].
pub async fn peek(service: &Service, token: Option<&Token>) -> Result<Person, Refusal> {
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
    if session.ended_at.is_some() || !alive || account.disabled_at.is_some() {
        return Err(Refusal::NotSignedIn);
    }
    // Whoever revoked the card has ended its sessions in the same transaction; this holds even where that was forgotten.
    let renewed = RevocationReason::Renewed.as_str();
    if session.card_serial.is_some() && service.store.session_card_is_revoked(session.id, renewed).await? {
        return Err(Refusal::NotSignedIn);
    }
    // A lost phone: whoever revokes the access key, or gives its owner a new one, has ended this, too.
    if let Some(copy) = session.credential_copy_id {
        let copy = service.store.shown_copy(copy).await?;
        if copy.is_none_or(|copy| !copy.counts(service.today())) {
            return Err(Refusal::NotSignedIn);
        }
    }
    let roles = service.store.roles_of(account.id).await?;
    let smartcard = due::live(service.store.smartcards_of(account.id).await?);
    let to_review = service.store.credentials_to_review(account.id, service.today()).await?;
    Ok(Person { session, account, organisation, policy, smartcard, to_review, roles })
}

/// Whether the person proved a second factor in the last minutes, without which nothing sensitive is shown or changed.
///
/// # Errors
/// [`Refusal::ProofNeeded`] where they did not: *Confirm that it is you* comes first.
pub fn fresh(service: &Service, person: &Person) -> Result<(), Refusal> {
    if person.policy.is_fresh(person.session.proved_at, service.clock.now()) {
        Ok(())
    } else {
        Err(Refusal::ProofNeeded)
    }
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
pub async fn end(service: &Service, person: &Person, visitor: &Visitor) -> Result<(), Refusal> {
    let now = service.clock.now();
    let (account, session) = (person.account.id, person.session.id);
    let mut tx = service.store.begin().await?;
    if tx.end_session(session, account, now).await? {
        let about = About { session: Some(session), visitor: Some(visitor), ..About::default() };
        service.note(&mut tx, account, ActivityKind::SignedOut, about, now).await?;
        tx.audit(Event::SignedOut { account, session }, now);
    }
    tx.commit().await?;
    Ok(())
}

/// What a browser gets at a sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's id.
    pub id: Uuid,
    /// The session's cookie.
    pub session: Token,
    /// The cookie by which this browser is known from now on; none where it is known already.
    pub device: Option<Token>,
    /// Where the person was going; none where that is home.
    pub next: Option<String>,
}

/// How a session begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begin<'a> {
    /// What proved it: a kind of method.
    pub how: &'a str,
    /// Whether that was a second factor or a passkey.
    pub proved: bool,
    /// Whether the person asks to be spared the second factor in this browser from now on.
    pub remember: bool,
    /// The cookie by which this browser may be known already.
    pub device: Option<&'a Token>,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// Begins a session for the owner of `account`, as part of the transaction in which they proved that it is them. The caller
/// writes the audit's record and has looked whether the account is disabled.
pub(crate) async fn begin_session(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    begin: Begin<'_>,
    now: Timestamp,
) -> Result<SignedIn, Refusal> {
    let range = begin.visitor.network.range();
    let (browser, network) = (begin.visitor.browser.as_deref(), Some(range.as_str()));
    let seen = DeviceSeen { account_id: account.id, browser, network, remember: begin.remember };
    let known = match begin.device {
        Some(device) => tx.touch_device(&device_hash(service, device), seen, now).await?,
        None => None,
    };
    let (device_id, device) = match known {
        Some(id) => (id, None),
        None => {
            let token = Token::new(service.random.as_ref());
            let id = vault::new_id(now, service.random.as_ref());
            tx.add_device(id, &device_hash(service, &token), seen, now).await?;
            (id, Some(token))
        }
    };
    let session = Token::new(service.random.as_ref());
    let id = vault::new_id(now, service.random.as_ref());
    let new = NewSession {
        id,
        token: &cookie_hash(service, &session),
        account_id: account.id,
        proved: begin.proved,
        device_id: Some(device_id),
        browser,
        network,
    };
    tx.add_session(new, now).await?;
    if !tx.method_kinds(account.id).await?.into_iter().any(MethodKind::resets_passwords) {
        tx.set_up_is_due(id).await?;
    }
    let about =
        About { detail: Some(begin.how), session: Some(id), visitor: Some(begin.visitor), by_staff: false };
    service.note(tx, account.id, ActivityKind::SignedIn, about, now).await?;
    if begin.remember {
        service.note(tx, account.id, ActivityKind::DeviceRemembered, about, now).await?;
    }
    Ok(SignedIn { id, session, device, next: None })
}

/// Proves anew who is in a session, as part of the transaction in which they did. The session gets another cookie.
pub(crate) async fn prove_again(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    session: Uuid,
    kind: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<SignedIn, Refusal> {
    let token = Token::new(service.random.as_ref());
    if !tx.prove_session(session, account.id, &cookie_hash(service, &token), now).await? {
        return Err(Refusal::NotSignedIn);
    }
    let about = About { detail: Some(kind), session: Some(session), visitor: Some(visitor), by_staff: false };
    service.note(tx, account.id, ActivityKind::ProvedAgain, about, now).await?;
    tx.audit(Event::ProvedAgain { account: account.id, session, kind: kind.to_owned() }, now);
    Ok(SignedIn { id: session, session: token, device: None, next: None })
}

pub(crate) fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("session-cookie", &[token.as_str().as_bytes()])
}
