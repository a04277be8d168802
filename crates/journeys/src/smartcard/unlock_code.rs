//! A blocked card is opened by a one-time code to an address or number of its owner's.

use rules::method::MethodKind;
use rules::smartcard::UnlockBy;
use store::code::CodeFor;
use store::method::SignInMethod;
use store::outbox::Channel;
use store::smartcard::Smartcard;
use uuid::Uuid;
use wording::Message;

use crate::codes::{Destination, Sending, typed_code};
use crate::numbers::usable as usable_methods;
use crate::session::Person;
use crate::smartcard::job::{Request, Unblock};
use crate::smartcard::passcodes::{Pair, begin};
use crate::smartcard::unlock::new_passcode;
use crate::smartcard::{SmartcardRefusal, due};
use crate::{FieldProblem, Network, Refusal, Service};

/// The address that the employer holds, as forms name it.
pub const ADDRESS_OF_RECORD: &str = "record";

/// Where a code can be sent.
#[derive(Debug, Clone)]
pub struct WayToSend {
    /// What a form sends: [`ADDRESS_OF_RECORD`], or the id of a method.
    pub id: String,
    /// By e-mail or by text.
    pub by_text: bool,
    /// The address or number.
    pub to: String,
}

impl WayToSend {
    fn destination(&self) -> Destination<'_> {
        let channel = if self.by_text { Channel::Text } else { Channel::Email };
        Destination { channel, to: &self.to }
    }
}

/// Where the person can have a code sent: the address of record, and their own addresses and mobile numbers.
///
/// # Errors
/// [`Refusal::Smartcard`] where cards are not unlocked by codes here, or the person is sent to the Registration Authority.
pub async fn ways(service: &Service, person: &Person) -> Result<Vec<WayToSend>, Refusal> {
    card(service, person)?;
    let record =
        WayToSend { id: ADDRESS_OF_RECORD.to_owned(), by_text: false, to: person.account.email.clone() };
    let methods = usable_methods(service.store.sign_in_methods(person.account.id).await?, &person.policy);
    let texts = service.text.is_some();
    let own = methods.into_iter().filter_map(|method: SignInMethod| {
        let by_text = match method.kind {
            MethodKind::Email => false,
            MethodKind::Text if texts => true,
            _ => return None,
        };
        Some(WayToSend { id: method.id.to_string(), by_text, to: method.secret.as_address().to_owned() })
    });
    Ok(std::iter::once(record).chain(own).collect())
}

fn card<'a>(service: &Service, person: &'a Person) -> Result<&'a Smartcard, Refusal> {
    if person.policy.smartcard.unlock != UnlockBy::OneTimeCode {
        return Err(SmartcardRefusal::NotUnlockable.into());
    }
    due::usable(service, person)
}

/// The way that was chosen.
///
/// # Errors
/// [`Refusal::Fields`] where none was, and those of [`ways`].
pub async fn chosen(service: &Service, person: &Person, way: &str) -> Result<WayToSend, Refusal> {
    let ways = ways(service, person).await?;
    ways.into_iter().find(|each| each.id == way).ok_or_else(|| Refusal::field("way", "unlock-way-empty"))
}

/// *Send Code*, *Send New Code*. The caller has asked for a fresh proof.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`], [`Refusal::NoTextsNow`], and those of [`ways`].
pub async fn send(service: &Service, person: &Person, way: &str, network: &Network) -> Result<(), Refusal> {
    let card = card(service, person)?;
    let way = chosen(service, person, way).await?;
    let (policy, now) = (&person.policy, service.clock.now());
    let code_for = CodeFor::CardUnlock(card.id);
    let mut tx = service.store.begin().await?;
    service.allow_code(&mut tx, policy, code_for, way.destination(), network, now).await?;
    let sending = Sending {
        code_for,
        to: way.destination(),
        account: Some(person.account.id),
        organisation: Some(person.organisation.id),
    };
    let name = service.settings.service_name.clone();
    let message = |code, minutes| Message::CardUnlockCode { service: name, code, minutes };
    service.write_code(&mut tx, policy, sending, now, message).await?;
    tx.commit().await?;
    service.tell_workers();
    Ok(())
}

/// *Unlock*: the code opens the way to the job that sets a new passcode. The caller has asked for a fresh proof.
///
/// # Errors
/// [`Refusal::Fields`], those of a code, those of [`ways`] and of [`crate::smartcard::job::begin`].
pub async fn by_code(
    service: &Service,
    person: &Person,
    typed: &str,
    new: Pair<'_>,
) -> Result<Uuid, Refusal> {
    let card = card(service, person)?;
    let mut problems: Vec<FieldProblem> = Vec::new();
    let code = match typed_code(MethodKind::Email, typed) {
        Ok(code) => Some(code),
        Err(Refusal::Fields(wrong)) => {
            problems.extend(wrong);
            None
        }
        Err(other) => return Err(other),
    };
    let new = new_passcode(service, person, card, new, &mut problems)?;
    let (Some(code), true) = (code, problems.is_empty()) else { return Err(Refusal::Fields(problems)) };
    let now = service.clock.now();
    let (tx, _proof) = service.prove_code(&person.policy, CodeFor::CardUnlock(card.id), &code, now).await?;
    tx.commit().await?;
    begin(service, person, card, Request::Unblock(Unblock { new, how: "one-time-code" })).await
}

/// Whether the newest message with a code could not be delivered.
///
/// # Errors
/// Where the database fails.
pub async fn undelivered(service: &Service, person: &Person) -> Result<bool, Refusal> {
    match &person.smartcard {
        Some(card) => crate::join::undelivered(service, card.id).await,
        None => Ok(false),
    }
}
