//! Guide 002: the *Security info* page: which methods a person has, what they are called, which comes first, and their end.

use crate::notices::named;
use crate::second_factor::in_order;
use crate::session::Person;
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use store::Tx;
use store::activity::ActivityKind;
use store::audit::Event;
use store::method::SignInMethod;
use store::recovery::RecoveryCodes;
use uuid::Uuid;
use wording::SecurityChange;

/// When a method is offered at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// First.
    Default,
    /// After the default.
    BackUp,
    /// Later, or never.
    Other,
}

/// A method on the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The method.
    pub method: SignInMethod,
    /// When it is offered.
    pub rank: Rank,
}

/// What a person has.
#[derive(Debug)]
pub struct Overview {
    /// The methods, oldest first.
    pub methods: Vec<Listed>,
    /// How the recovery codes stand; none where there are none.
    pub recovery_codes: Option<RecoveryCodes>,
}

/// What the person has.
///
/// # Errors
/// Where the database fails.
pub async fn overview(service: &Service, person: &Person) -> Result<Overview, Refusal> {
    let methods = service.store.sign_in_methods(person.account.id).await?;
    let offered: Vec<Uuid> =
        in_order(&person.account, methods.clone()).into_iter().map(|method| method.id).collect();
    let rank = |id: Uuid| match offered.iter().position(|offered| *offered == id) {
        Some(0) => Rank::Default,
        Some(1) => Rank::BackUp,
        _ => Rank::Other,
    };
    Ok(Overview {
        methods: methods.into_iter().map(|method| Listed { rank: rank(method.id), method }).collect(),
        recovery_codes: service.store.recovery_codes(person.account.id).await?,
    })
}

/// One method of the person's.
///
/// # Errors
/// [`Refusal::MethodGone`] where they do not have it.
pub async fn method(service: &Service, person: &Person, id: Uuid) -> Result<SignInMethod, Refusal> {
    let method = service.store.sign_in_method(id).await?;
    method.filter(|method| method.account_id == person.account.id).ok_or(Refusal::MethodGone)
}

/// *Rename*: the name that its owner gives a method; nothing typed takes the name away. Nobody need be told of it.
///
/// # Errors
/// [`Refusal::Fields`] where the name is too long, [`Refusal::MethodGone`].
pub async fn rename(service: &Service, person: &Person, id: Uuid, typed: &str) -> Result<(), Refusal> {
    let name = rules::method::name(typed).map_err(|_| Refusal::field("name", "method-name-too-long"))?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.rename_method(id, person.account.id, name.as_deref()).await? {
        return Err(Refusal::MethodGone);
    }
    tx.audit(Event::MethodRenamed { account: person.account.id, method: id }, now);
    tx.commit().await?;
    Ok(())
}

/// *Default* and *back-up*: which methods are offered first and second at sign-in. No back-up is the one that has been there
/// longest.
///
/// # Errors
/// [`Refusal::Fields`] where one of them is no second factor of the person's, or both are the same.
pub async fn prefer(service: &Service, person: &Person, default: &str, backup: &str) -> Result<(), Refusal> {
    let now = service.clock.now();
    let account = person.account.id;
    let mut tx = service.store.begin().await?;
    lock(&mut tx, account, now).await?;
    let methods = tx.sign_in_methods(account).await?;
    let chosen = |typed: &str| {
        let id = Uuid::parse_str(typed).ok()?;
        methods
            .iter()
            .find(|method| method.id == id && method.kind.is_second_factor())
            .map(|method| method.id)
    };
    let default = chosen(default).ok_or_else(|| Refusal::field("default", "default-method-empty"))?;
    let backup = match backup {
        "" => None,
        typed => Some(chosen(typed).ok_or_else(|| Refusal::field("backup", "backup-method-unknown"))?),
    };
    if backup == Some(default) {
        return Err(Refusal::field("backup", "backup-method-same"));
    }
    tx.prefer_methods(account, Some(default), backup).await?;
    tx.audit(Event::MethodsPreferred { account, default: Some(default), backup }, now);
    tx.commit().await?;
    Ok(())
}

/// What is lost with a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// It is the only second factor: codes go to the address of record after it.
    pub last_factor: bool,
    /// It is the only one that resets a password.
    pub last_reset: bool,
}

impl Loss {
    /// Whether the person must say that they know.
    pub fn is_some(self) -> bool {
        self.last_factor || self.last_reset
    }

    fn of(method: &SignInMethod, methods: &[SignInMethod]) -> Self {
        let others = || methods.iter().filter(|other| other.id != method.id);
        let kind = method.kind;
        Self {
            last_factor: kind.is_second_factor() && !others().any(|other| other.kind.is_second_factor()),
            last_reset: kind.resets_passwords() && !others().any(|other| other.kind.resets_passwords()),
        }
    }
}

/// What would be lost with a method of the person's.
///
/// # Errors
/// [`Refusal::MethodGone`].
pub async fn loss(service: &Service, person: &Person, id: Uuid) -> Result<(SignInMethod, Loss), Refusal> {
    let methods = service.store.sign_in_methods(person.account.id).await?;
    let method = methods.iter().find(|method| method.id == id).ok_or(Refusal::MethodGone)?;
    Ok((method.clone(), Loss::of(method, &methods)))
}

/// *Delete*. What is lost with the last method of its sort must have been confirmed. The back-up takes the default's place.
///
/// # Errors
/// [`Refusal::Fields`] where it was not confirmed, [`Refusal::MethodGone`].
pub async fn delete(
    service: &Service,
    person: &Person,
    id: Uuid,
    confirmed: bool,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let account = person.account.id;
    let mut tx = service.store.begin().await?;
    lock(&mut tx, account, now).await?;
    let before = tx.sign_in_methods(account).await?;
    let method = before.iter().find(|method| method.id == id).ok_or(Refusal::MethodGone)?;
    // Looked at again where nobody else can change it: two last ones deleted at once in two tabs are one too many.
    if Loss::of(method, &before).is_some() && !confirmed {
        return Err(Refusal::field("confirm", "delete-method-not-confirmed"));
    }
    if !tx.remove_method(id, account).await? {
        return Err(Refusal::MethodGone);
    }
    forget_preference(&mut tx, account, id).await?;
    let about = About {
        detail: Some(method.kind.as_str()),
        session: Some(person.session.id),
        visitor: Some(visitor),
        by_staff: false,
    };
    service.note(&mut tx, account, ActivityKind::MethodRemoved, about, now).await?;
    tx.audit(Event::MethodRemoved { account, method: id, kind: method.kind.as_str().to_owned() }, now);
    let change = SecurityChange::MethodRemoved(named(method.kind));
    service.tell_everywhere(&mut tx, &person.account, &person.organisation, change, &before, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// The method is gone: the back-up becomes the default.
pub(crate) async fn forget_preference(tx: &mut Tx, account: Uuid, gone: Uuid) -> Result<(), Refusal> {
    let Some(account) = tx.account(account).await? else { return Ok(()) };
    let (default, backup) = (account.default_method_id, account.backup_method_id);
    if default == Some(gone) {
        tx.prefer_methods(account.id, backup, None).await?;
    } else if backup == Some(gone) {
        tx.prefer_methods(account.id, default, None).await?;
    }
    Ok(())
}

/// The methods of one account are changed one after the other.
async fn lock(tx: &mut Tx, account: Uuid, now: Timestamp) -> Result<(), Refusal> {
    Ok(tx.one_at_a_time("methods-of-account", account.as_bytes(), now).await?)
}
