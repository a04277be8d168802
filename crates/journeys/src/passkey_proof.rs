//! Proving who is there by a passkey: to sign in with nothing else, after a password, and where a person proves anew who is in
//! a session.
//!
//! The browser is asked (a random challenge, of which a keyed hash is kept) and answers; the answer is taken once, within five
//! minutes, for what was asked, and in the browser that was asked. Web Authentication, level 3, sections 7.1 and 7.2.

use crate::numbers::is_disabled;
use crate::passkey::{Passkey, offered};
use crate::second_factor::{Proving, SigningIn, finish};
use crate::session::{Begin, Person, SignedIn, begin_session, prove_again};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::passkey::{QUESTIONS_PER_NETWORK, asked_after};
use serde_json::Value;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::passkey::{Ceremony, CeremonyKind};
use url::Url;
use uuid::Uuid;
use vault::Token;
use vault::passkey::{PasskeyProblem, RelyingParty, RequestAnswer};
use wording::SecurityChange;

/// What a passkey is called in the audit, the activity and the session.
const KIND: &str = "passkey";

/// Whether this service can have passkeys: they belong to a name, and an address in numbers is none.
pub fn possible(service: &Service) -> bool {
    relying_party(service).is_ok()
}

/// The service as authenticators know it: by the host of its public address.
pub(crate) fn relying_party(service: &Service) -> Result<RelyingParty, Refusal> {
    party_at(&service.settings.public_url, &service.settings.service_name).ok_or(Refusal::PasskeyRefused)
}

fn party_at(public_url: &Url, name: &str) -> Option<RelyingParty> {
    Some(RelyingParty::new(public_url.domain()?, &public_url.origin().ascii_serialization(), name))
}

/// What a browser is asked for, and where: the cookie, the sign-in or the session, without which nobody can answer.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub kind: CeremonyKind,
    pub where_asked: &'a [u8],
}

impl Asked<'_> {
    fn challenge_hash(self, service: &Service, challenge: &Token) -> [u8; 32] {
        let kind = self.kind.as_str().as_bytes();
        service.keys.keyed_hash("passkey-challenge", &[kind, challenge.as_str().as_bytes()])
    }

    fn bound_to(self, service: &Service) -> [u8; 32] {
        service.keys.keyed_hash("passkey-bound-to", &[self.kind.as_str().as_bytes(), self.where_asked])
    }
}

/// Asks: the challenge for the browser.
pub(crate) async fn ask(
    service: &Service,
    tx: &mut Tx,
    asked: Asked<'_>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Token, Refusal> {
    let network = service.keys.keyed_hash("network", &[visitor.network.bytes()]);
    if tx.take(&QUESTIONS_PER_NETWORK, &network, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    let challenge = Token::new(service.random.as_ref());
    let (hash, bound_to) = (asked.challenge_hash(service, &challenge), asked.bound_to(service));
    let ceremony = Ceremony { challenge: &hash, kind: asked.kind, bound_to: &bound_to };
    tx.add_passkey_ceremony(ceremony, now).await?;
    Ok(challenge)
}

/// Takes the answer to a challenge of ours, once.
pub(crate) async fn take_answer(
    service: &Service,
    tx: &mut Tx,
    asked: Asked<'_>,
    challenge: &Token,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (hash, bound_to) = (asked.challenge_hash(service, challenge), asked.bound_to(service));
    let ceremony = Ceremony { challenge: &hash, kind: asked.kind, bound_to: &bound_to };
    let taken = tx.answer_passkey_ceremony(ceremony, asked_after(now), now).await?;
    if taken { Ok(()) } else { Err(Refusal::PasskeyOver) }
}

/// A passkey that was used well, and whose.
struct Proved {
    tx: Tx,
    account: Account,
    organisation: Organisation,
}

/// Whose passkey may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Whoever has one: the passkey itself says who.
    Anybodys,
    /// This account's.
    Of(Uuid),
}

/// Checks what the browser sent. A refusal has used the question up, and is in the audit; its owner sees it under *Recent
/// activity*, and is told by every channel where there may be a copy of the passkey.
async fn check(
    service: &Service,
    asked: Asked<'_>,
    whose: Whose,
    answer: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Proved, Refusal> {
    let party = relying_party(service)?;
    let answer = RequestAnswer::parse(answer).map_err(|_| Refusal::PasskeyRefused)?;
    let challenge = answer.challenge().map_err(|_| Refusal::PasskeyRefused)?;
    let passkey = service.store.passkey_by_credential(answer.credential_id()).await?;
    let owner = match &passkey {
        Some(passkey) => Some(owner_of(service, passkey).await?),
        None => None,
    };
    let mut tx = service.store.begin().await?;
    take_answer(service, &mut tx, asked, &challenge, now).await?;
    let (Some(passkey), Some((account, organisation))) = (passkey, owner) else {
        return Err(refuse(service, tx, None, PasskeyProblem::Unknown, visitor, now).await?);
    };
    let used = belongs(&answer, &passkey, whose)
        .and_then(|()| party.authenticate(&answer, &challenge, &passkey.credential));
    let why = match used {
        Ok(used) if tx.use_passkey(passkey.id, used, now).await? => {
            return Ok(Proved { tx, account, organisation });
        }
        // Another use with this count was faster.
        Ok(_) => PasskeyProblem::Count,
        Err(why) => why,
    };
    Err(refuse(service, tx, Some((&account, &organisation)), why, visitor, now).await?)
}

async fn owner_of(service: &Service, passkey: &Passkey) -> Result<(Account, Organisation), Refusal> {
    let fault = Refusal::Fault("a passkey of no account");
    let Some(account) = service.store.account(passkey.account_id).await? else { return Err(fault) };
    let organisation = service.store.organisation(account.organisation_id).await?.ok_or(fault)?;
    Ok((account, organisation))
}

/// Whose it is (section 7.2, step 6): where nobody has said who they are, the authenticator must; it never says another name.
fn belongs(answer: &RequestAnswer, passkey: &Passkey, whose: Whose) -> Result<(), PasskeyProblem> {
    let named = answer.user_handle()?;
    let right_name = match (&named, whose) {
        (Some(handle), _) => *handle == passkey.user_handle,
        (None, Whose::Anybodys) => false,
        (None, Whose::Of(_)) => true,
    };
    let right_account = match whose {
        Whose::Anybodys => true,
        Whose::Of(account) => passkey.account_id == account,
    };
    if right_name && right_account { Ok(()) } else { Err(PasskeyProblem::Owner) }
}

async fn refuse(
    service: &Service,
    mut tx: Tx,
    owner: Option<(&Account, &Organisation)>,
    why: PasskeyProblem,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Refusal, Refusal> {
    if let Some((account, organisation)) = owner {
        let about = About { detail: Some(why.as_str()), visitor: Some(visitor), ..About::default() };
        service.note(&mut tx, account.id, ActivityKind::PasskeyRefused, about, now).await?;
        if why == PasskeyProblem::Count {
            service
                .tell_everywhere(&mut tx, account, organisation, SecurityChange::PasskeyRefused, &[], now)
                .await?;
        }
    }
    let account = owner.map(|(account, _)| account.id);
    tx.audit(Event::PasskeyRefused { account, why: why.as_str().to_owned() }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(Refusal::PasskeyRefused)
}

/// The question of the page for signing in, which names nobody: the same for whoever asks.
#[derive(Debug)]
pub struct Question {
    /// For the browser, as JSON.
    pub options: Value,
    /// The cookie of the browser in which it can be answered.
    pub cookie: Token,
}

/// *Sign in with a passkey*: asks for any passkey that the browser finds. `cookie` is that of a sign-in under way.
///
/// # Errors
/// [`Refusal::NetworkBusy`], [`Refusal::PasskeyRefused`] where there can be no passkeys.
pub async fn begin_sign_in(
    service: &Service,
    cookie: Option<&Token>,
    visitor: &Visitor,
) -> Result<Question, Refusal> {
    let party = relying_party(service)?;
    let now = service.clock.now();
    let cookie = cookie.cloned().unwrap_or_else(|| Token::new(service.random.as_ref()));
    let asked = Asked { kind: CeremonyKind::SignIn, where_asked: cookie.as_str().as_bytes() };
    let mut tx = service.store.begin().await?;
    let challenge = ask(service, &mut tx, asked, visitor, now).await?;
    tx.commit().await?;
    Ok(Question { options: party.request_options(&challenge, &[]), cookie })
}

/// Signs in by a passkey alone: it is something that the person has, unlocked by finger, face or PIN. Wrong passwords lock
/// nobody out of this way.
///
/// # Errors
/// [`Refusal::PasskeyOver`], [`Refusal::PasskeyRefused`], [`Refusal::AccountDisabled`].
pub async fn sign_in(
    service: &Service,
    cookie: Option<&Token>,
    answer: &str,
    device: Option<&Token>,
    visitor: &Visitor,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let cookie = cookie.ok_or(Refusal::PasskeyOver)?;
    let asked = Asked { kind: CeremonyKind::SignIn, where_asked: cookie.as_str().as_bytes() };
    let Proved { mut tx, account, organisation } =
        check(service, asked, Whose::Anybodys, answer, visitor, now).await?;
    let policy = service.policy(&organisation)?;
    if is_disabled(service, &mut tx, &account, &organisation, &policy, now).await? {
        tx.audit(Event::DisabledSignInRefused { account: account.id }, now);
        tx.commit().await?;
        service.written.notify_one();
        return Err(Refusal::AccountDisabled);
    }
    let begin = Begin { how: KIND, proved: true, remember: false, device, visitor };
    let signed_in = begin_session(service, &mut tx, &account, begin, now).await?;
    let (account, session) = (account.id, signed_in.id);
    tx.audit(Event::SignedIn { account, session, kind: KIND.to_owned() }, now);
    tx.commit().await?;
    Ok(signed_in)
}

/// *Use another way to sign in*, after the password: asks for a passkey of this account.
///
/// # Errors
/// [`Refusal::NetworkBusy`], [`Refusal::PasskeyRefused`] where there can be no passkeys.
pub async fn begin_second_factor(
    service: &Service,
    signing_in: &SigningIn,
    visitor: &Visitor,
) -> Result<Value, Refusal> {
    let asked = Asked { kind: CeremonyKind::SecondFactor, where_asked: signing_in.sign_in.id.as_bytes() };
    ask_for_one_of(service, signing_in.account.id, asked, visitor).await
}

async fn ask_for_one_of(
    service: &Service,
    account: Uuid,
    asked: Asked<'_>,
    visitor: &Visitor,
) -> Result<Value, Refusal> {
    let party = relying_party(service)?;
    let now = service.clock.now();
    let passkeys = service.store.passkeys_of(account).await?;
    if passkeys.is_empty() {
        return Err(Refusal::PasskeyRefused);
    }
    let mut tx = service.store.begin().await?;
    let challenge = ask(service, &mut tx, asked, visitor, now).await?;
    tx.commit().await?;
    Ok(party.request_options(&challenge, &offered(&passkeys)))
}

/// The second factor by a passkey: begins the session, or proves anew who is in it.
///
/// # Errors
/// [`Refusal::PasskeyOver`], [`Refusal::PasskeyRefused`], [`Refusal::SignInOver`] where another tab was faster,
/// [`Refusal::AccountDisabled`].
pub async fn prove(
    service: &Service,
    signing_in: &SigningIn,
    answer: &str,
    proving: Proving<'_>,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let asked = Asked { kind: CeremonyKind::SecondFactor, where_asked: signing_in.sign_in.id.as_bytes() };
    let whose = Whose::Of(signing_in.account.id);
    let Proved { tx, .. } = check(service, asked, whose, answer, proving.visitor, now).await?;
    finish(service, tx, signing_in, KIND, proving, now).await
}

/// *Confirm that it is you* by a passkey: asks for one of the person who is signed in.
///
/// # Errors
/// [`Refusal::NetworkBusy`], [`Refusal::PasskeyRefused`] where there can be no passkeys.
pub async fn begin_confirm(service: &Service, person: &Person, visitor: &Visitor) -> Result<Value, Refusal> {
    let asked = Asked { kind: CeremonyKind::Confirm, where_asked: person.session.id.as_bytes() };
    ask_for_one_of(service, person.account.id, asked, visitor).await
}

/// Proves anew who is in a session by a passkey alone. `next` is the page that asked for it.
///
/// # Errors
/// [`Refusal::PasskeyOver`], [`Refusal::PasskeyRefused`], [`Refusal::NotSignedIn`] where the session ended meanwhile.
pub async fn confirm(
    service: &Service,
    person: &Person,
    answer: &str,
    next: &str,
    visitor: &Visitor,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let session = person.session.id;
    let asked = Asked { kind: CeremonyKind::Confirm, where_asked: session.as_bytes() };
    let whose = Whose::Of(person.account.id);
    let Proved { mut tx, account, .. } = check(service, asked, whose, answer, visitor, now).await?;
    let mut signed_in = prove_again(service, &mut tx, &account, session, KIND, visitor, now).await?;
    signed_in.next = rules::path::local(next).map(str::to_owned);
    tx.commit().await?;
    Ok(signed_in)
}

#[cfg(test)]
mod tests {
    use super::party_at;

    #[test]
    fn passkeys_belong_to_a_name_and_not_to_an_address_in_numbers() {
        let party = |url: &str| party_at(&url.parse().unwrap(), "Fobwatch");
        let shown = format!("{:?}", party("https://id.northfield.example:8443/").unwrap());
        assert!(shown.contains("\"id.northfield.example\""), "{shown}");
        assert!(shown.contains("\"https://id.northfield.example:8443\""), "{shown}");
        assert!(party("http://localhost:8080").is_some());
        assert!(party("https://192.0.2.1/").is_none());
        assert!(party("https://[2001:db8::1]/").is_none());
    }
}
