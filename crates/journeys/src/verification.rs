//! Telephone services make sure who is calling, by Verification Passcode: over an interface, or on a page of the console. The
//! caller says the passcode, whoever asks types it whole, and all that they learn is whether it is the person's.
//!
//! An unknown user name, a person of another employer and one who has no such passcode cost the same as any other, and count
//! against a limit of their own, so that nobody learns by asking who has an account.

use crate::console::Staff;
use crate::password::canonical;
use crate::password_check::{user_name, who};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use rules::limits::{Limit, VERIFICATIONS_PER_CHECKER, VERIFICATIONS_WRONG, VERIFICATIONS_WRONG_PER_CHECKER};
use rules::role::Act;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
use store::server_passcode::ServerPasscodeKind;
use store::verification::VerificationClient;
use uuid::Uuid;
use vault::{Secret, Token, Verdict};

/// What is compared, as it was typed.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Whom the caller says they are: an e-mail address or a staff number.
    pub user_name: &'a str,
    /// What the caller said.
    pub passcode: &'a Secret<String>,
}

/// Why a telephone service is not answered.
#[derive(Debug, thiserror::Error)]
pub enum ClientRefusal {
    /// No key of a service that may ask.
    #[error("the key is not one that may ask")]
    UnknownKey,
    /// A passcode that is empty, or longer than any: nothing was compared.
    #[error("there is nothing to compare")]
    Nothing,
    /// Too many wrong ones for this person, or too many from this service.
    #[error("too many passcodes were compared")]
    TooMany {
        /// How long to wait.
        wait: SignedDuration,
    },
    /// The database or the queue of hashes.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

/// No passcode is longer, in bytes.
const LONGEST: usize = 200;

/// Who asks.
#[derive(Debug, Clone)]
struct Checker {
    id: Uuid,
    /// Whose people it may ask about; none: everybody's.
    organisation: Option<Uuid>,
    /// The member of staff.
    by: Option<Uuid>,
    /// The name of the service.
    name: Option<String>,
}

/// What was found, or that it was not looked at.
enum Answer {
    Compared(bool),
    TooMany { until: Timestamp },
}

/// A telephone service asks with its key.
///
/// # Errors
/// [`ClientRefusal`].
pub async fn by_client(service: &Service, bearer: &str, asked: Asked<'_>) -> Result<bool, ClientRefusal> {
    let client = client(service, bearer).await?.ok_or(ClientRefusal::UnknownKey)?;
    if !is_something(&asked) {
        return Err(ClientRefusal::Nothing);
    }
    let checker =
        Checker { id: client.id, organisation: client.organisation_id, by: None, name: Some(client.name) };
    let account = account_of(service, asked.user_name, checker.organisation).await?;
    match compare(service, &checker, account, asked).await? {
        Answer::Compared(right) => Ok(right),
        Answer::TooMany { until } => {
            Err(ClientRefusal::TooMany { wait: until.duration_since(service.clock.now()) })
        }
    }
}

/// The service with this key.
async fn client(service: &Service, bearer: &str) -> Result<Option<VerificationClient>, Refusal> {
    let Some(key) = Token::parse(bearer) else { return Ok(None) };
    Ok(service.store.verification_client_by_key(&key_hash(service, &key)).await?)
}

fn key_hash(service: &Service, key: &Token) -> [u8; 32] {
    service.keys.keyed_hash("verification-client", &[key.as_str().as_bytes()])
}

fn is_something(asked: &Asked<'_>) -> bool {
    let passcode = asked.passcode.expose();
    !asked.user_name.trim().is_empty() && !passcode.is_empty() && passcode.len() <= LONGEST
}

/// A member of staff asks about a person of their organisation.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::Fields`], [`Refusal::OwnAccount`].
pub async fn by_staff(service: &Service, staff: &Staff, asked: Asked<'_>) -> Result<bool, Refusal> {
    staff.demand(Act::CheckVerification)?;
    let mut problems = Vec::new();
    if asked.user_name.trim().is_empty() {
        problems.push(FieldProblem::new("user_name", "user-name-empty"));
    }
    if asked.passcode.expose().is_empty() {
        problems.push(FieldProblem::new("passcode", "verification-empty"));
    } else if !is_something(&Asked { user_name: "-", ..asked }) {
        problems.push(FieldProblem::new("passcode", "verification-too-long"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let checker = Checker {
        id: staff.id(),
        organisation: Some(staff.organisation()),
        by: Some(staff.id()),
        name: None,
    };
    let account = account_of(service, asked.user_name, checker.organisation).await?;
    if account.as_ref().is_some_and(|account| account.id == staff.id()) {
        return Err(Refusal::OwnAccount);
    }
    match compare(service, &checker, account, asked).await? {
        Answer::Compared(right) => Ok(right),
        Answer::TooMany { .. } => Err(Refusal::field("passcode", "verification-used-up")),
    }
}

/// The account with this user name that may be asked about and used; the same statements where there is none.
async fn account_of(
    service: &Service,
    typed: &str,
    organisation: Option<Uuid>,
) -> Result<Option<Account>, Refusal> {
    let found = service.store.credentials(&user_name(typed)).await?;
    let id = found.map_or(Uuid::nil(), |credentials| credentials.account_id);
    let account = service.store.account(id).await?;
    Ok(account.filter(|account| {
        account.disabled_at.is_none() && organisation.is_none_or(|own| own == account.organisation_id)
    }))
}

async fn compare(
    service: &Service,
    checker: &Checker,
    account: Option<Account>,
    asked: Asked<'_>,
) -> Result<Answer, Refusal> {
    let now = service.clock.now();
    let person = account.as_ref().map_or(Uuid::nil(), |account| account.id);
    let counted = Counted::of(service, checker, account.as_ref(), asked.user_name);
    let kept = service.store.server_passcode(person, ServerPasscodeKind::Verification).await?;
    // Counted before it is compared, so that a hundred guesses at once are no more than one after the other.
    if let Some(until) = counted.take(service, now).await? {
        return Ok(Answer::TooMany { until });
    }
    let typed = canonical(asked.passcode);
    let right = match &kept {
        Some(kept) => matches!(service.hasher.verify(&typed, &kept.hash).await?, Verdict::Right { .. }),
        None => {
            service.hasher.verify_nobody(&typed).await?;
            false
        }
    };
    let mut tx = service.store.begin().await?;
    if right {
        tx.give_back(&VERIFICATIONS_WRONG, &counted.person, now).await?;
        tx.give_back(&VERIFICATIONS_WRONG_PER_CHECKER, &counted.checker, now).await?;
    }
    let kind = if right { ActivityKind::VerificationChecked } else { ActivityKind::VerificationRefused };
    let about = About { by_staff: checker.by.is_some(), ..About::default() };
    service.note(&mut tx, person, kind, about, now).await?;
    let account = account.map(|account| account.id);
    let event = Event::VerificationChecked { account, by: checker.by, service: checker.name.clone(), right };
    tx.audit(event, now);
    tx.commit().await?;
    Ok(Answer::Compared(right))
}

/// What a comparison counts against.
struct Counted {
    person: [u8; 32],
    checker: [u8; 32],
}

impl Counted {
    fn of(service: &Service, checker: &Checker, account: Option<&Account>, typed: &str) -> Self {
        Self {
            person: who(service, account.map(|account| account.id), &user_name(typed)),
            checker: service.keys.keyed_hash("verification-checker", &[checker.id.as_bytes()]),
        }
    }

    /// Takes one of each; answers until when there is no room where there is none.
    async fn take(&self, service: &Service, now: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        let limits: [(&Limit, &[u8]); 3] = [
            (&VERIFICATIONS_PER_CHECKER, &self.checker),
            (&VERIFICATIONS_WRONG_PER_CHECKER, &self.checker),
            (&VERIFICATIONS_WRONG, &self.person),
        ];
        let mut tx = service.store.begin().await?;
        for (limit, subject) in limits {
            if let Allowance::Exhausted { until } = tx.take(limit, subject, now).await? {
                return Ok(Some(until));
            }
        }
        tx.commit().await?;
        Ok(None)
    }
}

/// Registers a telephone service. Its key is answered here and never again. None where there is one of this name.
///
/// # Errors
/// Where the database fails.
pub async fn add_client(
    service: &Service,
    name: &str,
    organisation: Option<Uuid>,
) -> Result<Option<Token>, Refusal> {
    let now = service.clock.now();
    let key = Token::new(service.random.as_ref());
    let id = vault::new_id(now, service.random.as_ref());
    let mut tx = service.store.begin().await?;
    if !tx.add_verification_client(id, name, organisation, &key_hash(service, &key), now).await? {
        return Ok(None);
    }
    tx.audit(Event::VerificationClientAdded { client: id, service: name.to_owned(), organisation }, now);
    tx.commit().await?;
    Ok(Some(key))
}

/// Stops the key of a telephone service at once. Answers whether there was one of this name.
///
/// # Errors
/// Where the database fails.
pub async fn end_client(service: &Service, name: &str) -> Result<bool, Refusal> {
    let Some(client) = service.store.verification_client(name).await? else { return Ok(false) };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.end_verification_client(client.id, now).await? {
        return Ok(false);
    }
    let organisation = client.organisation_id;
    tx.audit(Event::VerificationClientEnded { client: client.id, service: client.name, organisation }, now);
    tx.commit().await?;
    Ok(true)
}
