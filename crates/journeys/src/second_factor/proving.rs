//! The second factor was given: right, it begins the session or proves anew who is in it; wrong, its owner sees it.

use super::SigningIn;
use crate::approval;
use crate::asked::{claim, means};
use crate::codes::typed_code;
use crate::factor::prove_app;
use crate::numbers::is_disabled;
use crate::password_check::{device_hash, who};
use crate::session::{Begin, SignedIn, begin_session, prove_again};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::limits::{STRANGE_APP_CODES_PER_DAY, STRANGE_APP_CODES_TOLD};
use rules::method::MethodKind;
use store::Tx;
use store::activity::ActivityKind;
use store::audit::Event;
use store::code::CodeFor;
use store::limits::Allowance;
use vault::Token;
use wording::SecurityChange;

/// What a browser brings with the second factor.
#[derive(Debug, Clone, Copy)]
pub struct Proving<'a> {
    /// The cookie by which this browser may be known already.
    pub device: Option<&'a Token>,
    /// Whether the person asks to be spared the second factor here from now on.
    pub remember: bool,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// *Verify Code* at sign-in: begins the session, or proves anew who is in it.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`],
/// [`Refusal::SignInOver`] where another tab was faster, [`Refusal::AccountDisabled`].
pub async fn prove(
    service: &Service,
    signing_in: &SigningIn,
    typed: &str,
    proving: Proving<'_>,
) -> Result<SignedIn, Refusal> {
    let typed = typed_code(signing_in.method.kind, typed)?;
    let now = service.clock.now();
    let SigningIn { sign_in, method, policy, .. } = signing_in;
    let mut strange = None;
    let proved = match method.kind {
        MethodKind::App | MethodKind::Approval => {
            strange = count_strange(service, signing_in, proving.device, now).await?;
            match prove_app(service, policy, method.id, &method.secret, &typed, now).await {
                // A code that was used before, here or by somebody looking over a shoulder, is wrong.
                Ok((mut tx, step)) => {
                    if tx.use_step(method.id, step, now).await? {
                        Ok(tx)
                    } else {
                        Err(Refusal::CodeWrong { left: None })
                    }
                }
                Err(refusal) => Err(refusal),
            }
        }
        _ => match service.prove_code(policy, CodeFor::SignIn(sign_in.id), &typed, now).await {
            Ok((mut tx, _proof)) => {
                tx.use_method(method.id, now).await?;
                Ok(tx)
            }
            Err(refusal) => Err(refusal),
        },
    };
    match proved {
        Ok(mut tx) => {
            if let Some(who) = strange {
                tx.give_back(&STRANGE_APP_CODES_PER_DAY, &who, now).await?;
            }
            finish(service, tx, signing_in, method.kind.as_str(), proving, now).await
        }
        Err(refusal) => {
            note_failure(service, signing_in, &refusal, method.kind.as_str(), proving.visitor, now).await?;
            if let Some(who) = strange {
                strange_was_refused(service, signing_in, &refusal, &who, now).await?;
            }
            Err(refusal)
        }
    }
}

/// Counts a code of an app before it is looked at, for all apps of the account together, where the browser is not known for it. Answers
/// for whom it was counted; nothing in a browser that is known.
async fn count_strange(
    service: &Service,
    signing_in: &SigningIn,
    device: Option<&Token>,
    now: Timestamp,
) -> Result<Option<[u8; 32]>, Refusal> {
    let account = signing_in.account.id;
    if let Some(device) = device
        && service.store.known_device(&device_hash(service, device), account).await?.is_some()
    {
        return Ok(None);
    }
    let who = who(service, Some(account), "");
    let mut tx = service.store.begin().await?;
    if tx.take(&STRANGE_APP_CODES_PER_DAY, &who, now).await? != Allowance::Granted {
        return Err(Refusal::field("code", "totp-used-up-today"));
    }
    tx.commit().await?;
    Ok(Some(who))
}

/// What was not looked at was no guess. With the last wrong code of a day the person is told: somebody has their password.
async fn strange_was_refused(
    service: &Service,
    signing_in: &SigningIn,
    refusal: &Refusal,
    who: &[u8; 32],
    now: Timestamp,
) -> Result<(), Refusal> {
    let SigningIn { account, organisation, .. } = signing_in;
    let mut tx = service.store.begin().await?;
    if !matches!(refusal, Refusal::CodeWrong { .. }) {
        tx.give_back(&STRANGE_APP_CODES_PER_DAY, who, now).await?;
    } else if !tx.has_room(&STRANGE_APP_CODES_PER_DAY, who, now).await?
        && tx.take(&STRANGE_APP_CODES_TOLD, who, now).await? == Allowance::Granted
    {
        service
            .tell_everywhere(&mut tx, account, organisation, SecurityChange::CodesGuessed, &[], now)
            .await?;
        tx.audit(Event::CodesGuessed { account: account.id }, now);
    }
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// *Continue* after a yes on the other device: begins the session, or proves anew who is in it.
///
/// # Errors
/// [`Refusal::NotApproved`], [`Refusal::SignInOver`] where another tab was faster, [`Refusal::AccountDisabled`].
pub async fn prove_elsewhere(
    service: &Service,
    signing_in: &SigningIn,
    proving: Proving<'_>,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let (mut tx, proof) = claim(service, signing_in.code_for(), now).await?;
    // Another method was chosen since.
    if proof.method_id() != Some(signing_in.method.id) {
        return Err(Refusal::NotApproved);
    }
    tx.use_method(signing_in.method.id, now).await?;
    finish(service, tx, signing_in, means(proof.how()), proving, now).await
}

/// Its owner sees every wrong try under *Recent activity*.
pub(crate) async fn note_failure(
    service: &Service,
    signing_in: &SigningIn,
    refusal: &Refusal,
    kind: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !matches!(refusal, Refusal::CodeWrong { .. } | Refusal::CodesEnded | Refusal::CodeExpired) {
        return Ok(());
    }
    let mut tx = service.store.begin().await?;
    let about = About { detail: Some(kind), visitor: Some(visitor), ..About::default() };
    service.note(&mut tx, signing_in.account.id, ActivityKind::FactorWrong, about, now).await?;
    tx.audit(Event::SecondFactorRefused { account: signing_in.account.id }, now);
    tx.commit().await?;
    Ok(())
}

/// The second factor was right, as `tx` has it: ends the sign-in by beginning the session or proving anew who is in it.
pub(crate) async fn finish(
    service: &Service,
    mut tx: Tx,
    signing_in: &SigningIn,
    kind: &str,
    proving: Proving<'_>,
    now: Timestamp,
) -> Result<SignedIn, Refusal> {
    let SigningIn { sign_in, account, organisation, policy, .. } = signing_in;
    if !tx.finish_sign_in(sign_in.id, now).await? {
        return Err(Refusal::SignInOver);
    }
    // Whoever proves in another way that it is them may let questions in the app go by.
    if signing_in.methods.iter().any(|known| known.kind == MethodKind::Approval) {
        approval::forget(&mut tx, policy, &approval::counted(service, account.id)).await?;
    }
    if is_disabled(service, &mut tx, account, organisation, policy, now).await? {
        tx.audit(Event::DisabledSignInRefused { account: account.id }, now);
        tx.commit().await?;
        service.written.notify_one();
        return Err(Refusal::AccountDisabled);
    }
    let mut signed_in = match sign_in.session_id {
        Some(session) => prove_again(service, &mut tx, account, session, kind, proving.visitor, now).await?,
        None => {
            let remember =
                proving.remember && signing_in.may_remember() && tx.roles_of(account.id).await?.is_empty();
            let begin =
                Begin { how: kind, proved: true, remember, device: proving.device, visitor: proving.visitor };
            let signed_in = begin_session(service, &mut tx, account, begin, now).await?;
            let (account, session) = (account.id, signed_in.id);
            tx.audit(Event::SignedIn { account, session, kind: kind.to_owned() }, now);
            signed_in
        }
    };
    signed_in.next.clone_from(&sign_in.next);
    tx.commit().await?;
    Ok(signed_in)
}
