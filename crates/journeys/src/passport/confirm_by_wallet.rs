//! *Use my wallet* where somebody confirms that it is them: after the password, in the place of a code, their wallet shows its access key.
//!
//! It is asked for in one browser, in one session, for one sign-in under way, and used there alone: by the way back on the same device, or
//! by the digits that the phone shows on another. No browser is spared them here, since this is asked before what matters. What that is
//! worth is said in [`rules::passport::confirms`].

use crate::passport::answer::{Why, asks_for_access_key, counts, response_hash};
use crate::passport::asking::{Asking, Standing, ask, bound_to, of_browser, standing_of};
use crate::passport::passport_sign_in::{Back, KIND, back_from, confirmed, disown_of, is_here, of_response};
use crate::passport::{PresentationRefusal, access_key};
use crate::second_factor::{Proving, SigningIn, finish};
use crate::session::{Person, SignedIn};
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::passport::{PresentationPurpose, PresentationState, confirms};
use std::collections::BTreeSet;
use store::Tx;
use store::audit::Event;
use store::presentation::Presentation;
use vault::Token;

/// Whether *Use my wallet* is offered for a sign-in whose password was right: where it confirms who is in a session that no wallet began,
/// and there is an access key in a wallet.
///
/// # Errors
/// Where the database fails.
pub async fn is_offered(service: &Service, signing_in: &SigningIn) -> Result<bool, Refusal> {
    let Some(session) = signing_in.sign_in.session_id else { return Ok(false) };
    let Some(session) = service.store.session_not_ended(session).await? else { return Ok(false) };
    Ok(confirms(session.began_by.as_deref()) && access_key::is_held(service, signing_in.account.id).await?)
}

/// The sign-in under way must be for the very session that the browser is in.
fn is_of(signing_in: &SigningIn, person: &Person) -> Result<(), Refusal> {
    if signing_in.sign_in.session_id == Some(person.session.id) { Ok(()) } else { Err(Refusal::SignInOver) }
}

/// *Use my wallet*: asks for the access key. Answers the cookie of the browser in which it was asked.
///
/// # Errors
/// [`Refusal::WrongStep`] where it is not offered, [`Refusal::SignInOver`], [`Refusal::NetworkBusy`].
pub async fn begin(
    service: &Service,
    person: &Person,
    signing_in: &SigningIn,
    visitor: &Visitor,
) -> Result<Token, Refusal> {
    is_of(signing_in, person)?;
    if !is_offered(service, signing_in).await? {
        return Err(Refusal::WrongStep);
    }
    let asking = Asking {
        purpose: PresentationPurpose::Confirm,
        organisation: &person.organisation,
        session: Some(person.session.id),
        query: asks_for_access_key(service),
        chosen: BTreeSet::new(),
        elsewhere: BTreeSet::new(),
    };
    ask(service, asking, visitor, service.clock.now()).await
}

/// What this browser shows, if that was asked in this session.
async fn shown(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
) -> Result<Option<Presentation>, Refusal> {
    let found = of_browser(service, cookie, PresentationPurpose::Confirm).await?;
    Ok(found.filter(|presentation| presentation.session_id == Some(person.session.id)))
}

/// How the request stands that this browser shows; none where it shows none.
///
/// # Errors
/// Where the database fails.
pub async fn standing(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
) -> Result<Option<Standing>, Refusal> {
    match shown(service, person, cookie).await? {
        Some(presentation) => standing_of(service, &presentation, false).await.map(Some),
        None => Ok(None),
    }
}

/// *Continue* on the page that asked, with the digits from the phone. Answers none where there is nothing to go on with yet, or any more:
/// the page says how it stands.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodesEnded`], [`Refusal::SignInOver`], [`PresentationRefusal::Refused`],
/// [`Refusal::AccountDisabled`].
pub async fn go_on(
    service: &Service,
    person: &Person,
    signing_in: &SigningIn,
    (cookie, typed): (Option<&Token>, Option<&str>),
    visitor: &Visitor,
) -> Result<Option<SignedIn>, Refusal> {
    is_of(signing_in, person)?;
    let now = service.clock.now();
    let presentation = shown(service, person, cookie).await?;
    let (Some(cookie), Some(presentation), Some(typed)) = (cookie, presentation, typed) else {
        return Ok(None);
    };
    if presentation.state(now) != PresentationState::Answered {
        return Ok(None);
    }
    let tx = confirmed(service, &presentation, &bound_to(service, cookie), typed, visitor, now).await?;
    proves(service, tx, signing_in, &presentation, visitor, now).await.map(Some)
}

/// The wallet led its owner to some browser, with a code.
///
/// # Errors
/// [`PresentationRefusal::Over`] where the code leads nowhere any more.
pub async fn back(service: &Service, cookie: Option<&Token>, response_code: &str) -> Result<Back, Refusal> {
    back_from(service, cookie, response_code, PresentationPurpose::Confirm).await
}

/// *Continue* in the browser to which the wallet led back: confirms if it is the one that asked, and in the session in which it did.
///
/// # Errors
/// [`PresentationRefusal::Over`] in any other browser or session, a second time and after two minutes; those of [`go_on`].
pub async fn come_back(
    service: &Service,
    person: &Person,
    signing_in: &SigningIn,
    (cookie, response_code): (Option<&Token>, &str),
    visitor: &Visitor,
) -> Result<SignedIn, Refusal> {
    is_of(signing_in, person)?;
    let now = service.clock.now();
    let (presentation, code) = of_response(service, response_code, PresentationPurpose::Confirm).await?;
    let cookie = cookie.filter(|cookie| is_here(service, &presentation, Some(*cookie)));
    let in_session = presentation.session_id == Some(person.session.id);
    let Some(cookie) = cookie.filter(|_| in_session) else { return Err(PresentationRefusal::Over.into()) };
    let (bound_to, code) = (bound_to(service, cookie), response_hash(service, &code));
    let mut tx = service.store.begin().await?;
    if !tx.come_back_from_wallet(presentation.id, &bound_to, &code, now).await? {
        return Err(PresentationRefusal::Over.into());
    }
    proves(service, tx, signing_in, &presentation, visitor, now).await
}

/// *Cancel and return to QR code*: what this browser asked is over.
///
/// # Errors
/// Where the database fails.
pub async fn cancel(service: &Service, person: &Person, cookie: Option<&Token>) -> Result<(), Refusal> {
    if let Some(presentation) = shown(service, person, cookie).await? {
        let mut tx = service.store.begin().await?;
        tx.cancel_presentation(presentation.id, service.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// *I did not start this*, on the phone.
///
/// # Errors
/// [`PresentationRefusal::Over`] where the code leads nowhere any more.
pub async fn disown(service: &Service, response_code: &str, visitor: &Visitor) -> Result<(), Refusal> {
    disown_of(service, response_code, PresentationPurpose::Confirm, visitor).await
}

/// Proves anew who is in the session, in the transaction in which the answer was used: if the access key is that of the person who is
/// signed in, and counts still.
async fn proves(
    service: &Service,
    mut tx: Tx,
    signing_in: &SigningIn,
    presentation: &Presentation,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<SignedIn, Refusal> {
    let (Some(account), Some(copy)) = (presentation.account_id, presentation.credential_copy_id) else {
        return Err(Refusal::Fault("an answer without an access key"));
    };
    let copy = tx.shown_copy(copy).await?.ok_or(Refusal::Fault("an access key that is gone"))?;
    let counted = counts(service, &copy, signing_in.organisation.id).map_err(Why::as_str);
    let theirs = if account == signing_in.account.id { Ok(()) } else { Err("not-theirs") };
    if let Err(why) = counted.and(theirs) {
        let account = Some(signing_in.account.id);
        let why = why.to_owned();
        tx.audit(Event::PassportSignInRefused { account, presentation: presentation.id, why }, now);
        tx.commit().await?;
        return Err(PresentationRefusal::Refused.into());
    }
    tx.forget_presented(presentation.id).await?;
    let proving = Proving { device: None, remember: false, visitor };
    finish(service, tx, signing_in, KIND, proving, now).await
}
