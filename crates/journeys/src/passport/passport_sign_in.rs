//! *Sign in with your staff passport*: a wallet shows its access key, and the browser that asked is signed in.
//!
//! Who scans a QR code does not see in which browser it stands: somebody else's may be shown to them, on a page of a stranger's or in a
//! message. So a browser is signed in in three ways alone. On the phone itself the wallet leads back to the very browser that asked. On
//! another device the phone shows six digits, with where the question comes from, and they are typed into the page that asked. And
//! a browser that its owner has made known by password and second factor, and asked to remember, needs no more.

use crate::codes::typed_code;
use crate::numbers::is_disabled;
use crate::passport::PresentationRefusal;
use crate::passport::answer::{asks_for_access_key, confirm_code, confirm_hash, counts, response_hash};
use crate::passport::asking::{Asking, Standing, ask, bound_to, of_browser, organisation_of, standing_of};
use crate::password_check::device_hash;
use crate::session::{Begin, SignedIn, begin_session};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::desk::Reason;
use rules::method::MethodKind;
use rules::passport::{PresentationPurpose, PresentationState, WRONG_CONFIRMS};
use rules::preview::Alive;
use std::collections::BTreeSet;
use store::Tx;
use store::activity::ActivityKind;
use store::audit::Event;
use store::console_figures::Reach;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::presentation::{Confirmed, Presentation};
use uuid::Uuid;
use vault::{Secret, Token};
use wording::SecurityChange;

/// What this way is called in the audit, the activity and the session.
pub(super) const KIND: &str = "passport";

/// Whose staff passports sign in here.
///
/// # Errors
/// Where the database fails.
pub async fn organisations(service: &Service) -> Result<Vec<Organisation>, Refusal> {
    Ok(service.store.organisations().await?)
}

/// Asks for an access key of the organisation with this code, or, where none is named, of the only one. Answers the cookie of the
/// browser in which it was asked.
///
/// # Errors
/// [`Refusal::NoSuchOrganisation`], also where there are several and none is named; [`Refusal::NetworkBusy`].
pub async fn begin(service: &Service, code: &str, visitor: &Visitor) -> Result<Token, Refusal> {
    let mut all = organisations(service).await?;
    let only = code.is_empty() && all.len() == 1;
    all.retain(|organisation| only || organisation.code == code);
    let organisation = all.first().ok_or(Refusal::NoSuchOrganisation)?;
    let query = asks_for_access_key(service);
    let asking = Asking {
        purpose: PresentationPurpose::SignIn,
        organisation,
        session: None,
        query,
        chosen: BTreeSet::new(),
        elsewhere: BTreeSet::new(),
    };
    ask(service, asking, visitor, service.clock.now()).await
}

/// How the request stands that the browser with this cookie shows; none where it shows none.
///
/// # Errors
/// Where the database fails.
pub async fn standing(
    service: &Service,
    cookie: Option<&Token>,
    device: Option<&Token>,
) -> Result<Option<Standing>, Refusal> {
    let Some(presentation) = of_browser(service, cookie, PresentationPurpose::SignIn).await? else {
        return Ok(None);
    };
    let spared = spared(service, &presentation, device).await?;
    standing_of(service, &presentation, spared).await.map(Some)
}

/// Whether the code is not asked for in this browser: its owner made it known by both factors and asked to remember it, not long ago
/// by the organisation's rule, and has no role in the console.
async fn spared(
    service: &Service,
    presentation: &Presentation,
    device: Option<&Token>,
) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let (Some(account), Some(device), PresentationState::Answered) =
        (presentation.account_id, device, presentation.state(now))
    else {
        return Ok(false);
    };
    let known = service.store.known_device(&device_hash(service, device), account).await?;
    let Some(device) = known.filter(|device| device.remembered_at.is_some()) else { return Ok(false) };
    let policy = service.policy(&organisation_of(service, presentation).await?)?;
    let remembered = policy.is_remembered(device.remembered_at, now);
    Ok(remembered && service.store.roles_of(account).await?.is_empty())
}

/// *Continue* on the page that asked.
#[derive(Debug)]
pub enum Continued {
    /// The person is signed in.
    SignedIn(SignedIn),
    /// There is nothing to go on with yet, or any more: the page says how it stands.
    Look,
}

/// *Continue* on the page that asked, with the digits from the phone where they are needed.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodesEnded`], [`PresentationRefusal::Refused`], [`Refusal::AccountDisabled`].
pub async fn go_on(
    service: &Service,
    cookie: Option<&Token>,
    typed: Option<&str>,
    device: Option<&Token>,
    visitor: &Visitor,
) -> Result<Continued, Refusal> {
    let now = service.clock.now();
    let presentation = of_browser(service, cookie, PresentationPurpose::SignIn).await?;
    let (Some(cookie), Some(presentation)) = (cookie, presentation) else { return Ok(Continued::Look) };
    if presentation.state(now) != PresentationState::Answered {
        return Ok(Continued::Look);
    }
    let bound_to = bound_to(service, cookie);
    let tx = match typed {
        Some(typed) => confirmed(service, &presentation, &bound_to, typed, visitor, now).await?,
        None if spared(service, &presentation, device).await? => {
            let mut tx = service.store.begin().await?;
            if !tx.use_presentation(presentation.id, &bound_to, now).await? {
                return Ok(Continued::Look);
            }
            tx
        }
        None => return Ok(Continued::Look),
    };
    signs_in(service, tx, &presentation, device, visitor, now).await.map(Continued::SignedIn)
}

/// The transaction in which the typed digits were right, and the answer used.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodesEnded`].
pub(super) async fn confirmed(
    service: &Service,
    presentation: &Presentation,
    bound_to: &[u8],
    typed: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Tx, Refusal> {
    let typed = typed_code(MethodKind::Text, typed)?;
    let hash = confirm_hash(service, presentation.id, typed.digits());
    let account = presentation.account_id.ok_or(Refusal::Fault("an access key of nobody's"))?;
    let counted = service.keys.keyed_hash("passport-confirm", &[account.as_bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&WRONG_CONFIRMS, &counted, now).await? != Allowance::Granted {
        return Err(Refusal::CodesEnded);
    }
    let confirmed = tx.confirm_presentation(presentation.id, bound_to, &hash, now).await?;
    if confirmed == Confirmed::Right {
        tx.give_back(&WRONG_CONFIRMS, &counted, now).await?;
        return Ok(tx);
    }
    let about = About { detail: Some(KIND), visitor: Some(visitor), ..About::default() };
    service.note(&mut tx, account, ActivityKind::FactorWrong, about, now).await?;
    tx.audit(Event::SecondFactorRefused { account }, now);
    tx.commit().await?;
    Err(match confirmed {
        Confirmed::Wrong { left } => Refusal::CodeWrong { left: Some(left) },
        _ => Refusal::CodesEnded,
    })
}

/// What the page is for to which the wallet led its owner.
#[derive(Debug)]
pub enum Back {
    /// This browser asked: *Continue* signs in here.
    Here,
    /// Another one did: these are the digits to type there, and what is known of it. Nobody is signed in here.
    Elsewhere(Box<AskedElsewhere>),
}

/// What is known of the browser that asked.
#[derive(Debug)]
pub struct AskedElsewhere {
    /// Six digits.
    pub code: Secret<String>,
    /// Who asks.
    pub organisation: Organisation,
    /// Browser and system.
    pub browser: Option<String>,
    /// The range of its network.
    pub network: Option<String>,
    /// When the QR code was made, UTC.
    pub at: Timestamp,
}

/// The wallet led its owner to some browser, with a code.
///
/// # Errors
/// [`PresentationRefusal::Over`] where the code leads nowhere any more.
pub async fn back(service: &Service, cookie: Option<&Token>, response_code: &str) -> Result<Back, Refusal> {
    back_from(service, cookie, response_code, PresentationPurpose::SignIn).await
}

/// As [`back`], from what was asked for this purpose.
pub(super) async fn back_from(
    service: &Service,
    cookie: Option<&Token>,
    response_code: &str,
    purpose: PresentationPurpose,
) -> Result<Back, Refusal> {
    let (presentation, code) = of_response(service, response_code, purpose).await?;
    if is_here(service, &presentation, cookie) {
        return Ok(Back::Here);
    }
    Ok(Back::Elsewhere(Box::new(AskedElsewhere {
        code: confirm_code(service, &code),
        organisation: organisation_of(service, &presentation).await?,
        browser: presentation.browser.clone(),
        network: presentation.network.clone(),
        at: presentation.made_at,
    })))
}

pub(super) fn is_here(service: &Service, presentation: &Presentation, cookie: Option<&Token>) -> bool {
    cookie.is_some_and(|cookie| presentation.bound_to == bound_to(service, cookie))
}

/// The answered request to which a code leads back.
///
/// # Errors
/// [`PresentationRefusal::Over`] where it leads nowhere any more.
pub(super) async fn of_response(
    service: &Service,
    code: &str,
    purpose: PresentationPurpose,
) -> Result<(Presentation, Token), Refusal> {
    let code = Token::parse(code).ok_or(PresentationRefusal::Over)?;
    let found = service.store.presentation_of_response(&response_hash(service, &code)).await?;
    let answered = |presentation: &Presentation| {
        presentation.purpose == purpose
            && presentation.state(service.clock.now()) == PresentationState::Answered
    };
    Ok((found.filter(answered).ok_or(PresentationRefusal::Over)?, code))
}

/// *Continue* in the browser to which the wallet led back: signs in if it is the one that asked.
///
/// # Errors
/// [`PresentationRefusal::Over`] in any other browser, a second time and after two minutes; [`PresentationRefusal::Refused`],
/// [`Refusal::AccountDisabled`].
pub async fn come_back(
    service: &Service,
    cookie: Option<&Token>,
    response_code: &str,
    device: Option<&Token>,
    visitor: &Visitor,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let (presentation, code) = of_response(service, response_code, PresentationPurpose::SignIn).await?;
    let Some(cookie) = cookie.filter(|cookie| is_here(service, &presentation, Some(*cookie))) else {
        return Err(PresentationRefusal::Over.into());
    };
    let (bound_to, code) = (bound_to(service, cookie), response_hash(service, &code));
    let mut tx = service.store.begin().await?;
    if !tx.come_back_from_wallet(presentation.id, &bound_to, &code, now).await? {
        return Err(PresentationRefusal::Over.into());
    }
    signs_in(service, tx, &presentation, device, visitor, now).await
}

/// *Cancel and return to QR code*: what this browser asked is over.
///
/// # Errors
/// Where the database fails.
pub async fn cancel(service: &Service, cookie: Option<&Token>) -> Result<(), Refusal> {
    if let Some(presentation) = of_browser(service, cookie, PresentationPurpose::SignIn).await? {
        let mut tx = service.store.begin().await?;
        tx.cancel_presentation(presentation.id, service.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// *I did not start this*, on the phone: the browser that asked gets nothing, and it is written down.
///
/// # Errors
/// [`PresentationRefusal::Over`] where the code leads nowhere any more.
pub async fn disown(service: &Service, response_code: &str, visitor: &Visitor) -> Result<(), Refusal> {
    disown_of(service, response_code, PresentationPurpose::SignIn, visitor).await
}

/// As [`disown`], of what was asked for this purpose.
pub(super) async fn disown_of(
    service: &Service,
    response_code: &str,
    purpose: PresentationPurpose,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let now = service.clock.now();
    let (presentation, _) = of_response(service, response_code, purpose).await?;
    let mut tx = service.store.begin().await?;
    if tx.cancel_presentation(presentation.id, now).await? {
        let account = presentation.account_id;
        if let Some(account) = account {
            let about = About { detail: Some(KIND), visitor: Some(visitor), ..About::default() };
            service.note(&mut tx, account, ActivityKind::WalletDisowned, about, now).await?;
        }
        tx.audit(Event::WalletAnswerDisowned { account, presentation: presentation.id }, now);
        tx.commit().await?;
    }
    Ok(())
}

/// Begins a session for the owner of the access key, as part of the transaction in which the answer was used. It is a limited one: what
/// keeps an account safe asks for a second factor first.
async fn signs_in(
    service: &Service,
    mut tx: Tx,
    presentation: &Presentation,
    device: Option<&Token>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<SignedIn, Refusal> {
    let (Some(account), Some(copy)) = (presentation.account_id, presentation.credential_copy_id) else {
        return Err(Refusal::Fault("an answer without an access key"));
    };
    let organisation = tx
        .organisation(presentation.organisation_id)
        .await?
        .ok_or(Refusal::Fault("a request to a wallet of no organisation"))?;
    // What was true when the wallet answered may not be any more: what counts is read in the transaction that begins the session.
    let shown = tx.shown_copy(copy).await?.ok_or(Refusal::Fault("an access key that is gone"))?;
    let account = tx.account(account).await?.ok_or(Refusal::Fault("an access key of nobody's"))?;
    let counted = counts(service, &shown, organisation.id);
    let refused = counted
        .err()
        .map(crate::passport::answer::Why::as_str)
        .or_else(|| (account.organisation_id != organisation.id).then_some("another-organisation"));
    if let Some(why) = refused {
        let event = Event::PassportSignInRefused {
            account: Some(account.id),
            presentation: presentation.id,
            why: why.to_owned(),
        };
        tx.audit(event, now);
        tx.commit().await?;
        return Err(PresentationRefusal::Refused.into());
    }
    let policy = service.policy(&organisation)?;
    if is_disabled(service, &mut tx, &account, &organisation, &policy, now).await? {
        tx.audit(Event::DisabledSignInRefused { account: account.id }, now);
        tx.commit().await?;
        service.written.notify_one();
        return Err(Refusal::AccountDisabled);
    }
    let begin = Begin { how: KIND, proved: false, remember: false, device, visitor };
    let signed_in = begin_session(service, &mut tx, &account, begin, now).await?;
    tx.session_is_of_passport(signed_in.id, copy).await?;
    tx.forget_presented(presentation.id).await?;
    if signed_in.device.is_some() {
        // Whoever was lured into showing their access key learns of it where they read their mail.
        service.tell_by_email(&mut tx, &account, &organisation, SecurityChange::PassportSignIn, now).await?;
    }
    let (account, session) = (account.id, signed_in.id);
    tx.audit(Event::SignedIn { account, session, kind: KIND.to_owned() }, now);
    tx.commit().await?;
    service.written.notify_one();
    Ok(signed_in)
}

/// *End all sessions begun by QR code since …*, where somebody has lured people: each session of an organisation's people that a staff
/// passport began at or after `since` ends. `by` is the administrator, with the reason; none at the command line. Answers how many
/// could be used until now.
///
/// # Errors
/// Where the database fails.
pub async fn end_begun_since(
    service: &Service,
    organisation: &Organisation,
    since: Timestamp,
    by: Option<(Uuid, &Reason)>,
) -> Result<Reach, Refusal> {
    let now = service.clock.now();
    let alive = Alive::at(&service.policy(organisation)?, now);
    let mut tx = service.store.begin().await?;
    let ended = tx.end_sessions_begun_by_passport(organisation.id, since, alive, now).await?;
    let event = Event::PassportSessionsEnded {
        organisation: organisation.id,
        by: by.map(|(by, _)| by),
        since: since.to_string(),
        count: ended.things,
        reason: by.map(|(_, reason)| reason.as_str().to_owned()),
    };
    tx.audit(event, now);
    tx.commit().await?;
    Ok(ended)
}
