//! *Forgotten password* and *Unlock my account*, at any hour: the user name, and what the account can be proved by. The
//! proofs are in [`crate::reset_gate`], the new password is in [`crate::reset_finish`].
//!
//! A user name that nobody has cannot be told from another: it has methods, too, which look like everybody's and of which no
//! code ever comes. So have accounts without a method for resets and those that may not be used; their owner is told at the
//! address of record what to do. Until the first proof the pages show nothing of whose account it is, and hold to the
//! strictest rules of all organisations.

use crate::codes::Destination;
use crate::deliver::{Envelope, GIVE_UP_AFTER};
use crate::notices::Concerning;
use crate::organisation_rules::own_rules;
use crate::password_check::{device_hash, user_name, who};
use crate::reset_ways::{decoys, resets, second_ways};
use crate::robots::{self, Wait};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::limits::{Limit, RESET_ADVICE, RESETS_NOTED, RESETS_PER_NETWORK, RESETS_WITHOUT_CHECK};
use rules::policy::Policy;
pub use rules::reset::Purpose;
use rules::reset::{Gate, gates_needed, is_open};
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
use store::method::SignInMethod;
use store::organisation::Organisation;
use store::outbox::Channel;
use store::reset::{NewReset, Reset};
use uuid::Uuid;
use vault::Token;
use wording::Message;

/// Who asks, as far as it can be seen.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Who sends the request.
    pub visitor: &'a Visitor,
    /// The cookie by which this browser may be known.
    pub device: Option<&'a Token>,
}

/// What a reset begins with.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// What was typed as user name: an e-mail address or a staff number.
    pub user_name: &'a str,
    /// What is wanted.
    pub purpose: Purpose,
    /// What the check against robots gave to wait for; empty where it did not.
    pub ticket: &'a str,
    /// Who asks.
    pub asking: Asking<'a>,
}

/// What comes of it.
#[derive(Debug)]
pub enum Begun {
    /// The reset is under way; the cookie by which this browser is in it.
    UnderWay(Token),
    /// The check against robots comes first.
    Wait(Wait),
}

/// What comes next in a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Choose what to prove it by.
    Choose,
    /// Prove it.
    Prove,
    /// Choose a new password.
    NewPassword,
    /// Sign in.
    Done,
}

/// A reset under way.
#[derive(Debug)]
pub struct Resetting {
    /// As it stands.
    pub reset: Reset,
    /// The cookie by which the browser is in it.
    pub cookie: Token,
    /// What the next proof can be, in the order in which it is offered.
    pub ways: Vec<SignInMethod>,
    /// Whose it is, once that was proved a first time.
    pub known: Option<Known>,
    /// The numbers that hold for codes.
    pub policy: Policy,
    /// Whose account it may be. Nothing of it is shown before the first proof.
    pub(crate) account: Option<Account>,
    /// Whether the ways lead anywhere.
    pub(crate) real: bool,
}

/// Whose reset it is.
#[derive(Debug)]
pub struct Known {
    /// The account.
    pub account: Account,
    /// Its employer.
    pub organisation: Organisation,
    /// The numbers that hold there.
    pub policy: Policy,
    /// How many proofs are needed: 1 or 2.
    pub needed: u32,
    /// Whether there is a role in the console.
    pub(crate) has_role: bool,
}

impl Resetting {
    /// What comes next.
    pub fn step(&self) -> Step {
        if self.reset.finished_at.is_some() {
            Step::Done
        } else if self.is_proved() {
            Step::NewPassword
        } else if self.way().is_some() {
            Step::Prove
        } else {
            Step::Choose
        }
    }

    /// The way that was chosen.
    pub fn way(&self) -> Option<&SignInMethod> {
        self.ways.iter().find(|way| Some(way.id) == self.reset.method_id)
    }

    /// Whether a recovery code can be the next proof. Before the first one that is so for everybody.
    pub fn takes_recovery_code(&self) -> bool {
        self.reset.first.is_none_or(|first| Gate::RecoveryCode.may_follow(first.by, false))
    }

    /// Whether all is proved that is needed.
    fn is_proved(&self) -> bool {
        match (&self.known, self.reset.first, self.reset.second) {
            (Some(_), Some(_), Some(_)) => true,
            (Some(known), Some(_), None) => known.needed == 1,
            _ => false,
        }
    }
}

/// Begins a reset. Whoever the user name belongs to, the answer is the same and takes the same work.
///
/// # Errors
/// [`Refusal::Fields`] where the user name is empty, [`Refusal::ResetsBusy`], [`Refusal::ResetClosed`] where self-service is
/// closed for this name.
pub async fn begin(service: &Service, start: Start<'_>) -> Result<Begun, Refusal> {
    if start.user_name.trim().is_empty() {
        return Err(Refusal::field("user_name", "user-name-empty"));
    }
    let name = user_name(start.user_name);
    let now = service.clock.now();
    let network = &start.asking.visitor.network;
    let whose = Whose::of(service, &name).await?;
    let failures = failures(service, &whose.who, whose.account_id, start.asking.device).await?;
    let range = service.keys.keyed_hash("network", &[network.bytes()]);
    let (id, cookie) = (vault::new_id(now, service.random.as_ref()), Token::new(service.random.as_ref()));

    let mut tx = service.store.begin().await?;
    if tx.take(&RESETS_PER_NETWORK, &range, now).await? != Allowance::Granted {
        return Err(Refusal::ResetsBusy);
    }
    if tx.take(&RESETS_WITHOUT_CHECK, &range, now).await? != Allowance::Granted
        && let Some(wait) = robots::passed(service, &mut tx, start.ticket, &name, network, now).await?
    {
        return Ok(Begun::Wait(wait));
    }
    refuse_closed(&mut tx, &whose.policy, &failures, now).await?;
    let new = NewReset {
        id,
        token: &cookie_hash(service, &cookie),
        account_id: whose.account_id,
        who: &whose.who,
        purpose: start.purpose,
        network: &range,
        by_start_code: false,
    };
    tx.add_reset(new, now).await?;
    let noted = tx.take(&RESETS_NOTED, &whose.who, now).await? == Allowance::Granted;
    let about = About {
        detail: Some(start.purpose.as_str()),
        visitor: Some(start.asking.visitor),
        ..About::default()
    };
    let noted = whose.account_id.filter(|_| noted).unwrap_or(Uuid::nil());
    service.note(&mut tx, noted, ActivityKind::ResetStarted, about, now).await?;
    advise(service, &mut tx, &whose, now).await?;
    let purpose = start.purpose.as_str().to_owned();
    tx.audit(Event::ResetStarted { reset: id, account: whose.account_id, purpose }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(Begun::UnderWay(cookie))
}

/// Tells the owner of an account that cannot be reset what to do, once a day; everybody else costs the same.
async fn advise(service: &Service, tx: &mut Tx, whose: &Whose, now: Timestamp) -> Result<(), Refusal> {
    let granted = tx.take(&RESET_ADVICE, &whose.who, now).await? == Allowance::Granted;
    let organisation = whose
        .account
        .as_ref()
        .and_then(|account| whose.organisations.iter().find(|known| known.id == account.organisation_id));
    let message = Message::ResetNotPossible {
        service: service.settings.service_name.clone(),
        support: organisation.map_or_else(
            || service.word("support-unknown", &[]),
            |organisation| service.support(organisation),
        ),
    };
    let id = vault::new_id(now, service.random.as_ref());
    match &whose.account {
        Some(account) if granted && !whose.can_reset => {
            let to = Destination { channel: Channel::Email, to: &account.email };
            let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
            let concerning = Concerning { subject: None, ..Concerning::account(account) };
            service.write_message(tx, concerning, id, to, message, give_up_at, now).await?;
        }
        _ => {
            let payload = Envelope { to: String::new(), message }.to_bytes();
            tx.add_decoy_message(id, Channel::Email, None, &payload, now).await?;
        }
    }
    Ok(())
}

/// Who has a user name; the same questions are asked whether somebody has it or not.
pub(crate) struct Whose {
    pub account_id: Option<Uuid>,
    pub account: Option<Account>,
    pub who: [u8; 32],
    pub organisations: Vec<Organisation>,
    pub policy: Policy,
    can_reset: bool,
}

impl Whose {
    pub async fn of(service: &Service, name: &str) -> Result<Self, Refusal> {
        let account_id = service.store.credentials(name).await?.map(|credentials| credentials.account_id);
        let account = service.store.account(account_id.unwrap_or(Uuid::nil())).await?;
        let methods = service.store.sign_in_methods(account_id.unwrap_or(Uuid::nil())).await?;
        let organisations = service.store.organisations().await?;
        let policy = strictest(service, &organisations);
        let usable = account.as_ref().is_some_and(|account| account.disabled_at.is_none());
        let can_reset = usable && methods.iter().any(|method| resets(service, &policy, method));
        Ok(Self {
            who: who(service, account_id, name),
            account_id,
            account,
            organisations,
            policy,
            can_reset,
        })
    }
}

/// The reset that the browser with this cookie is in. What is asked of the database does not depend on whose it is.
///
/// # Errors
/// [`Refusal::ResetOver`] where there is none, it is too old or was ended; [`Refusal::AccountDisabled`] where that happened
/// after the first proof.
pub async fn current(service: &Service, token: Option<&Token>) -> Result<Resetting, Refusal> {
    let cookie = token.ok_or(Refusal::ResetOver)?;
    let reset = service.store.reset(&cookie_hash(service, cookie)).await?.ok_or(Refusal::ResetOver)?;
    if reset.failed_at.is_some() || !is_open(reset.started_at, service.clock.now()) {
        return Err(Refusal::ResetOver);
    }
    load(service, reset, cookie.clone()).await
}

/// The reset with all that belongs to it.
async fn load(service: &Service, reset: Reset, cookie: Token) -> Result<Resetting, Refusal> {
    let id = reset.account_id.unwrap_or(Uuid::nil());
    let account = service.store.account(id).await?;
    let methods = service.store.sign_in_methods(id).await?;
    let has_role = !service.store.roles_of(id).await?.is_empty();
    let organisations = service.store.organisations().await?;
    let policy = strictest(service, &organisations);
    let usable = account.as_ref().filter(|account| account.disabled_at.is_none());
    let Some(first) = reset.first else {
        let ways: Vec<_> = match usable {
            Some(_) => methods.into_iter().filter(|method| resets(service, &policy, method)).collect(),
            None => Vec::new(),
        };
        let real = !ways.is_empty();
        let ways = if real { ways } else { decoys(service, &reset.who) };
        return Ok(Resetting { reset, cookie, ways, known: None, policy, account, real });
    };
    let account = usable.cloned().ok_or(Refusal::AccountDisabled)?;
    let organisation = organisations
        .into_iter()
        .find(|organisation| organisation.id == account.organisation_id)
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let own = service.policy(&organisation)?;
    let ways = second_ways(service, &own, &account, methods, first.by, first.method_id);
    let needed = gates_needed(own.reset_gates, has_role, first.by);
    let policy = own.clone();
    let known = Known { account: account.clone(), organisation, policy: own, needed, has_role };
    Ok(Resetting { reset, cookie, ways, known: Some(known), policy, account: Some(account), real: true })
}

/// The strictest of all organisations' rules: before it is proved whose account it is, these hold for everybody, so that no
/// number on a page tells where somebody works.
fn strictest(service: &Service, organisations: &[Organisation]) -> Policy {
    let mut policy = service.settings.policy.clone();
    for organisation in organisations {
        let own = own_rules(&organisation.policy).unwrap_or_default();
        // One that is looser than what holds already is passed over.
        (policy, _) = policy.with_own(&own);
    }
    policy
}

/// What failed resets are counted by: apart for each browser that is known for the account, so that strangers cannot close it
/// there, and together for all others.
pub(crate) async fn failures(
    service: &Service,
    who: &[u8],
    account: Option<Uuid>,
    device: Option<&Token>,
) -> Result<[u8; 32], Refusal> {
    let device = device.map(|device| device_hash(service, device));
    let known = match &device {
        Some(device) => service.store.known_device(device, account.unwrap_or(Uuid::nil())).await?.is_some(),
        None => false,
    };
    let from: &[u8] = match &device {
        Some(device) if known => device,
        _ => b"strange",
    };
    Ok(service.keys.keyed_hash("failed-resets", &[who, from]))
}

/// While this is full, self-service is closed.
pub(crate) fn closed(policy: &Policy) -> Limit {
    Limit { name: "reset-closed", at_most: 1, within: policy.failed_resets.within }
}

/// Wrong proofs of all resets together: who abandons each reset before it fails gets no further.
pub(crate) fn wrong_proofs(policy: &Policy) -> Limit {
    let at_most = policy.failed_resets.at_most.saturating_mul(policy.code_wrong_tries);
    Limit { name: "reset-wrong-proofs", at_most, within: policy.failed_resets.within }
}

pub(crate) async fn refuse_closed(
    tx: &mut Tx,
    policy: &Policy,
    failures: &[u8],
    now: Timestamp,
) -> Result<(), Refusal> {
    let open = tx.has_room(&closed(policy), failures, now).await?
        & tx.has_room(&wrong_proofs(policy), failures, now).await?;
    if open { Ok(()) } else { Err(Refusal::ResetClosed) }
}

pub(crate) fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("reset-cookie", &[token.as_str().as_bytes()])
}
