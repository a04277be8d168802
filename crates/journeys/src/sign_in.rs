//! *Login to …*: user name and password, then the second factor.

use crate::codes::{Destination, typed_code};
use crate::factor::{channel_of, prove_app};
use crate::password::canonical;
use crate::{Network, Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use rules::email::EmailAddress;
use rules::limits::STRANGE_PASSWORDS_PER_DAY;
use rules::policy::Policy;
use store::Tx;
use store::account::Account;
use store::audit::Event;
use store::code::CodeFor;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::sign_in::{MethodKind, PasswordTry, SignIn, SignInMethod};
use uuid::Uuid;
use vault::{Secret, Token, Verdict};
use wording::Message;

/// How long a person may take between password and second factor.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// What a person typed, and from where.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The user name: an e-mail address.
    pub user_name: &'a str,
    /// The password.
    pub password: &'a Secret<String>,
    /// The cookie of a sign-in under way in this browser: it goes on, and so does the code that was sent for it.
    pub cookie: Option<&'a Token>,
    /// The cookie that this browser got at an earlier sign-in, if it did.
    pub device: Option<&'a Token>,
    /// Where the request came from.
    pub network: &'a Network,
}

/// A sign-in whose password was right.
#[derive(Debug)]
pub struct SigningIn {
    /// The sign-in under way.
    pub sign_in: SignIn,
    /// Whose it is.
    pub account: Account,
    /// What proves it.
    pub method: SignInMethod,
    /// The account's employer.
    pub organisation: Organisation,
    policy: Policy,
}

/// The password was right.
#[derive(Debug)]
pub struct PasswordRight {
    /// The cookie of the sign-in under way.
    pub cookie: Token,
    /// Whether the second factor can be proved: false where a code is needed and none may be sent just now.
    pub code_sent: bool,
}

/// What a browser gets at a sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's cookie.
    pub session: Token,
    /// The cookie by which this browser is known from now on; none where it is known already.
    pub device: Option<Token>,
}

/// Checks user name and password. An unknown user name costs the same: hashes, statements and the answer are alike.
///
/// # Errors
/// [`Refusal::Fields`] where a field is empty, [`Refusal::SignInWrong`], [`Refusal::SignInPaused`],
/// [`Refusal::NetworkBusy`], [`Refusal::Busy`].
pub async fn give_password(service: &Service, attempt: Attempt<'_>) -> Result<PasswordRight, Refusal> {
    let user_name = read(&attempt)?;
    let now = service.clock.now();
    let credentials = service.store.credentials(&user_name).await?;
    let account = credentials.as_ref().map(|credentials| credentials.account_id);
    let password = canonical(attempt.password);
    let guard = Guard::of(service, &user_name, account, &attempt).await?;

    guard.count_try(service, attempt.network, now).await?;
    let right = match &credentials {
        Some(credentials) => service.hasher.verify(&password, &credentials.password).await?,
        None => {
            service.hasher.verify_nobody(&password).await?;
            Verdict::Wrong
        }
    };
    let (Verdict::Right { outdated }, Some(credentials)) = (right, credentials) else {
        let mut tx = service.store.begin().await?;
        tx.audit(Event::PasswordRefused { account }, now);
        tx.commit().await?;
        return Err(Refusal::SignInWrong);
    };
    let better_hash =
        if outdated { Some(service.hasher.hash(&password, service.random.as_ref()).await?) } else { None };

    let under_way = current(service, attempt.cookie).await.ok();
    let mut tx = service.store.begin().await?;
    guard.forget(&mut tx, now).await?;
    if let Some(hash) = better_hash {
        tx.replace_hash(credentials.account_id, &credentials.password, &hash).await?;
    }
    let methods = tx.sign_in_methods(credentials.account_id).await?;
    let method = methods.first().ok_or(Refusal::Fault("an account without a second factor"))?;
    let (id, cookie, new) = match (under_way, attempt.cookie) {
        (Some(before), Some(cookie)) if before.method.id == method.id => {
            (before.sign_in.id, cookie.clone(), false)
        }
        _ => (vault::new_id(now, service.random.as_ref()), Token::new(service.random.as_ref()), true),
    };
    if new {
        let hash = cookie_hash(service, &cookie);
        tx.add_sign_in(id, &hash, Some(credentials.account_id), Some(method.id), now).await?;
    }
    tx.audit(Event::PasswordAccepted { account: credentials.account_id }, now);
    let code_sent = match send_first_code(service, &mut tx, method, id, attempt.network, now).await {
        Ok(()) => true,
        // A code was sent just now: it counts if it was for this very sign-in.
        Err(Refusal::CodeTooSoon { .. }) => !new,
        Err(Refusal::TooManyCodes) => false,
        Err(other) => return Err(other),
    };
    tx.commit().await?;
    service.written.notify_one();
    Ok(PasswordRight { cookie, code_sent })
}

/// The user name, normalised. One that is no address is unknown like any other.
fn read(attempt: &Attempt<'_>) -> Result<String, Refusal> {
    let mut problems = Vec::new();
    if attempt.user_name.trim().is_empty() {
        problems.push(crate::FieldProblem::new("user_name", "email-empty"));
    }
    if attempt.password.expose().is_empty() {
        problems.push(crate::FieldProblem::new("password", "sign-in-password-empty"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    Ok(EmailAddress::parse(attempt.user_name)
        .map_or_else(|_| attempt.user_name.trim().to_lowercase(), |email| email.as_str().to_owned()))
}

/// Who is kept from guessing. Wrong passwords are counted apart for a known browser and for each range of the network, so
/// that a stranger's tries keep nobody out of their account who comes from elsewhere; and for all strange browsers
/// together, so that a guesser with many addresses gets no further.
struct Guard {
    here: [u8; 32],
    strangers: Option<[u8; 32]>,
}

impl Guard {
    async fn of(
        service: &Service,
        user_name: &str,
        account: Option<Uuid>,
        attempt: &Attempt<'_>,
    ) -> Result<Self, Refusal> {
        let device = attempt.device.map(|device| device_hash(service, device));
        let known = match &device {
            Some(device) => service.store.is_known_device(device, account.unwrap_or(Uuid::nil())).await?,
            None => false,
        };
        let by: &[u8] = match &device {
            Some(device) if known => device,
            _ => attempt.network.bytes(),
        };
        let hash = |purpose, parts: &[&[u8]]| service.keys.keyed_hash(purpose, parts);
        Ok(Self {
            here: hash("password-guard", &[user_name.as_bytes(), by]),
            strangers: (!known).then(|| hash("password-strangers", &[user_name.as_bytes()])),
        })
    }

    /// Counts a try before it is made, so that a hundred at once are no more than one after the other: each finds the
    /// pause that those before it earned. A right password forgets them all.
    async fn count_try(&self, service: &Service, network: &Network, now: Timestamp) -> Result<(), Refusal> {
        let policy = &service.settings.policy;
        let network = service.keys.keyed_hash("network", &[network.bytes()]);
        let paused = |until: Timestamp| Refusal::SignInPaused { wait: until.duration_since(now) };
        let mut tx = service.store.begin().await?;
        if tx.take(&policy.sign_ins_per_network, &network, now).await? != Allowance::Granted {
            return Err(Refusal::NetworkBusy);
        }
        let failures = match tx.count_password(&self.here, now).await? {
            PasswordTry::Counted { failures } => failures,
            PasswordTry::Paused { until } => return Err(paused(until)),
        };
        if let Some(strangers) = &self.strangers
            && let Allowance::Exhausted { until } =
                tx.take(&STRANGE_PASSWORDS_PER_DAY, strangers, now).await?
        {
            return Err(paused(until));
        }
        if let Some(pause) = policy.pause_after(failures) {
            tx.pause_passwords(&self.here, now.checked_add(pause).unwrap_or(Timestamp::MAX)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The password was right: this was no guess.
    async fn forget(&self, tx: &mut Tx, counted_at: Timestamp) -> Result<(), Refusal> {
        tx.clear_password_guard(&self.here).await?;
        if let Some(strangers) = &self.strangers {
            tx.give_back(&STRANGE_PASSWORDS_PER_DAY, strangers, counted_at).await?;
        }
        Ok(())
    }
}

/// Sends a code where the method needs one.
async fn send_first_code(
    service: &Service,
    tx: &mut Tx,
    method: &SignInMethod,
    sign_in: Uuid,
    network: &Network,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(channel) = channel_of(method.kind) else { return Ok(()) };
    let policy = &service.settings.policy;
    let to = Destination { channel, to: method.secret.as_address() };
    service.allow_code(tx, policy, CodeFor::SignIn(sign_in), to, network, now).await?;
    write_code(service, tx, policy, sign_in, to, now).await
}

async fn write_code(
    service: &Service,
    tx: &mut Tx,
    policy: &Policy,
    sign_in: Uuid,
    to: Destination<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let service_name = service.settings.service_name.clone();
    service
        .write_code(tx, policy, CodeFor::SignIn(sign_in), to, now, move |code, minutes| Message::SignInCode {
            service: service_name,
            code,
            minutes,
        })
        .await
}

/// The sign-in that the browser with this cookie is in.
///
/// # Errors
/// [`Refusal::SignInOver`] where there is none, or it is too old or done.
pub async fn current(service: &Service, token: Option<&Token>) -> Result<SigningIn, Refusal> {
    let token = token.ok_or(Refusal::SignInOver)?;
    let sign_in = service.store.sign_in(&cookie_hash(service, token)).await?.ok_or(Refusal::SignInOver)?;
    let age = service.clock.now().duration_since(sign_in.started_at);
    if sign_in.finished_at.is_some() || age >= LIFETIME {
        return Err(Refusal::SignInOver);
    }
    let account = service.store.account(sign_in.account_id).await?.ok_or(Refusal::SignInOver)?;
    let method = service.store.sign_in_method(sign_in.method_id).await?.ok_or(Refusal::SignInOver)?;
    let organisation = service
        .store
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let policy = service.policy(&organisation)?;
    Ok(SigningIn { sign_in, account, method, organisation, policy })
}

/// *Send New Code* at sign-in.
///
/// # Errors
/// [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`], [`Refusal::WrongStep`] where the method is an app.
pub async fn send_new_code(
    service: &Service,
    signing_in: &SigningIn,
    network: &Network,
) -> Result<(), Refusal> {
    let channel = channel_of(signing_in.method.kind).ok_or(Refusal::WrongStep)?;
    let to = Destination { channel, to: signing_in.method.secret.as_address() };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    service
        .allow_code(&mut tx, &signing_in.policy, CodeFor::SignIn(signing_in.sign_in.id), to, network, now)
        .await?;
    write_code(service, &mut tx, &signing_in.policy, signing_in.sign_in.id, to, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// *Verify Code* at sign-in: begins the session. `device` is the cookie by which this browser may be known already.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`],
/// [`Refusal::SignInOver`] where another tab was faster.
pub async fn prove(
    service: &Service,
    signing_in: &SigningIn,
    typed: &str,
    device: Option<&Token>,
) -> Result<SignedIn, Refusal> {
    let typed = typed_code(signing_in.method.kind, typed)?;
    let now = service.clock.now();
    let SigningIn { sign_in, method, policy, .. } = signing_in;
    let mut tx = match method.kind {
        MethodKind::App => {
            let (mut tx, step) = prove_app(service, policy, method.id, &method.secret, &typed, now).await?;
            // A code that was used before, here or by somebody looking over a shoulder.
            if !tx.use_step(method.id, step, now).await? {
                return Err(Refusal::CodeWrong { left: None });
            }
            tx
        }
        MethodKind::Email | MethodKind::Text => {
            let (mut tx, _proof) =
                service.prove_code(policy, CodeFor::SignIn(sign_in.id), &typed, now).await?;
            tx.use_method(method.id, now).await?;
            tx
        }
    };
    if !tx.finish_sign_in(sign_in.id, now).await? {
        return Err(Refusal::SignInOver);
    }
    let session = Token::new(service.random.as_ref());
    let id = vault::new_id(now, service.random.as_ref());
    tx.add_session(id, &crate::session::cookie_hash(service, &session), sign_in.account_id, now).await?;
    let known = match device {
        Some(device) => tx.touch_device(&device_hash(service, device), sign_in.account_id, now).await?,
        None => false,
    };
    let device = if known {
        None
    } else {
        let token = Token::new(service.random.as_ref());
        let id = vault::new_id(now, service.random.as_ref());
        tx.add_device(id, &device_hash(service, &token), sign_in.account_id, now).await?;
        Some(token)
    };
    let kind = method.kind.as_str().to_owned();
    tx.audit(Event::SignedIn { account: sign_in.account_id, session: id, kind }, now);
    tx.commit().await?;
    Ok(SignedIn { session, device })
}

fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("sign-in-cookie", &[token.as_str().as_bytes()])
}

fn device_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("device-cookie", &[token.as_str().as_bytes()])
}
