//! Checking a password that somebody typed, and what keeps guessers out without keeping people out.

use crate::password::canonical;
use crate::visitor::About;
use crate::{Network, Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::email::EmailAddress;
use rules::limits::{STRANGE_APP_CODES_PER_DAY, STRANGE_PASSWORDS_PER_DAY};
use store::Tx;
use store::account::Credentials;
use store::activity::ActivityKind;
use store::audit::Event;
use store::device::Device;
use store::guard::PasswordTry;
use store::limits::Allowance;
use uuid::Uuid;
use vault::{Secret, Token, Verdict};

/// A password that was right. What it changes is written by [`Checked::settle`], in the transaction of what it is for.
pub(crate) struct Checked {
    /// Whose it is.
    pub account: Uuid,
    /// This browser, where it is known for the account.
    pub device: Option<Device>,
    set_at: Timestamp,
    old_hash: String,
    better_hash: Option<String>,
    guard: Guard,
    counted_at: Timestamp,
}

/// A user name as it is kept: an address is normalised; anything else is a staff number, or unknown like any other.
pub(crate) fn user_name(typed: &str) -> String {
    EmailAddress::parse(typed).map_or_else(|_| typed.trim().to_lowercase(), |email| email.as_str().to_owned())
}

/// Whose password, or whose reset, it is, for limits: an account is one person by whichever name they come.
pub(crate) fn who(service: &Service, account: Option<Uuid>, user_name: &str) -> [u8; 32] {
    match account {
        Some(account) => service.keys.keyed_hash("who", &[b"account", account.as_bytes()]),
        None => service.keys.keyed_hash("who", &[b"name", user_name.as_bytes()]),
    }
}

/// The keyed hash of the cookie by which a browser is known.
pub(crate) fn device_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("device-cookie", &[token.as_str().as_bytes()])
}

/// Checks a password. An unknown user name costs the same: hashes, statements and the answer are alike.
pub(crate) async fn check(
    service: &Service,
    user_name: &str,
    password: &Secret<String>,
    device: Option<&Token>,
    visitor: &Visitor,
) -> Result<Checked, Refusal> {
    let now = service.clock.now();
    let credentials = service.store.credentials(user_name).await?;
    let account = credentials.as_ref().map(|credentials| credentials.account_id);
    let password = canonical(password);
    let (guard, device) = Guard::of(service, user_name, account, device, &visitor.network).await?;

    guard.count_try(service, &visitor.network, now).await?;
    let right = match &credentials {
        Some(credentials) => service.hasher.verify(&password, &credentials.password).await?,
        None => {
            service.hasher.verify_nobody(&password).await?;
            Verdict::Wrong
        }
    };
    let (
        Verdict::Right { outdated },
        Some(Credentials { account_id, password: old_hash, password_set_at: set_at }),
    ) = (right, credentials)
    else {
        let mut tx = service.store.begin().await?;
        let about = About { visitor: Some(visitor), ..About::default() };
        service
            .note(&mut tx, account.unwrap_or(Uuid::nil()), ActivityKind::PasswordWrong, about, now)
            .await?;
        tx.audit(Event::PasswordRefused { account }, now);
        tx.commit().await?;
        return Err(Refusal::SignInWrong);
    };
    let better_hash =
        if outdated { Some(service.hasher.hash(&password, service.random.as_ref()).await?) } else { None };
    Ok(Checked { account: account_id, device, set_at, old_hash, better_hash, guard, counted_at: now })
}

impl Checked {
    /// The password was right: this was no guess, and a hash of other settings is made anew.
    ///
    /// # Errors
    /// [`Refusal::SignInWrong`] where another password was set while this one was being checked.
    pub async fn settle(&self, tx: &mut Tx) -> Result<(), Refusal> {
        if !tx.hold_password(self.account, self.set_at).await? {
            return Err(Refusal::SignInWrong);
        }
        tx.clear_password_guard(&self.guard.here).await?;
        if self.guard.strange {
            tx.give_back(&STRANGE_PASSWORDS_PER_DAY, &self.guard.who, self.counted_at).await?;
        }
        if let Some(hash) = &self.better_hash {
            tx.replace_hash(self.account, &self.old_hash, hash).await?;
        }
        Ok(())
    }
}

/// Forgets the wrong passwords of an account from everywhere: after a reset or an unlock nobody is still locked.
pub(crate) async fn forget_wrong_passwords(
    service: &Service,
    tx: &mut Tx,
    account: Uuid,
) -> Result<(), Refusal> {
    let who = who(service, Some(account), "");
    tx.clear_password_guards_of(&who).await?;
    tx.forget_limit(&STRANGE_PASSWORDS_PER_DAY, &who).await?;
    tx.forget_limit(&STRANGE_APP_CODES_PER_DAY, &who).await?;
    Ok(())
}

/// Who is kept from guessing. Wrong passwords are counted apart for a known browser and for each range of the network, so
/// that a stranger's tries keep nobody out of their account who comes from elsewhere; and for all strange browsers
/// together, so that a guesser with many addresses gets no further.
struct Guard {
    here: [u8; 32],
    who: [u8; 32],
    strange: bool,
}

impl Guard {
    async fn of(
        service: &Service,
        user_name: &str,
        account: Option<Uuid>,
        device: Option<&Token>,
        network: &Network,
    ) -> Result<(Self, Option<Device>), Refusal> {
        let device = device.map(|device| device_hash(service, device));
        let known = match &device {
            Some(device) => service.store.known_device(device, account.unwrap_or(Uuid::nil())).await?,
            None => None,
        };
        let by: &[u8] = match &device {
            Some(device) if known.is_some() => device,
            _ => network.bytes(),
        };
        let who = who(service, account, user_name);
        let here = service.keys.keyed_hash("password-guard", &[&who, by]);
        Ok((Self { here, who, strange: known.is_none() }, known))
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
        let failures = match tx.count_password(&self.here, &self.who, now).await? {
            PasswordTry::Counted { failures } => failures,
            PasswordTry::Paused { until } => return Err(paused(until)),
        };
        if self.strange
            && let Allowance::Exhausted { until } =
                tx.take(&STRANGE_PASSWORDS_PER_DAY, &self.who, now).await?
        {
            return Err(paused(until));
        }
        if let Some(pause) = policy.pause_after(failures) {
            tx.pause_passwords(&self.here, now.checked_add(pause).unwrap_or(Timestamp::MAX)).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
