//! What the authenticator on a phone may do: hear what it is asked, answer, say where pushes go, and leave. Every request is
//! signed by the phone's key for this service, is not older than five minutes, and is taken once.

use crate::approval::{forget, pause};
use crate::{Refusal, Service};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rules::asked::Answer;
use rules::authenticator::{HEARD_PER_MINUTE, LONGEST_WAIT, is_in_time, minute_before, stale};
use rules::method::{MethodKind, SET_UP_LIFETIME};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use store::account::Account;
use store::activity::{ActivityKind, NewActivity};
use store::asked::{AppAnswer, Asked};
use store::audit::Event;
use store::authenticator::Device;
use store::method_setup::MethodSetup;
use store::organisation::Organisation;
use store::{StoreError, Tx};
use uuid::Uuid;
use vault::signed::{DeviceKey, SignedProblem, Signer, Unverified};
use wording::SecurityChange;

/// Why the app is refused. Each has a name for it; none holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum AppRefusal {
    /// It is not what the app sends.
    #[error("this is no request of the app")]
    BadRequest,
    /// The phone's clock is wrong by more than five minutes.
    #[error("the phone's clock is wrong")]
    Clock,
    /// It was taken before.
    #[error("it was taken before")]
    Replayed,
    /// The phone was removed, or another took its place.
    #[error("the phone is not known any more")]
    UnknownDevice,
    /// The QR code was used, or is too old.
    #[error("the QR code is over")]
    EnrolOver,
    /// The question was answered, or is too old, or is not this phone's.
    #[error("the question is over")]
    Over,
    /// The number is not the one on the page.
    #[error("the number is wrong")]
    WrongNumber,
    /// More than a phone asks for in a minute, or a network enrols in an hour.
    #[error("too many requests")]
    TooMany,
    /// Another key signed it, or it was signed for another service.
    #[error("the signature is wrong")]
    WrongSignature,
    /// A fault that is ours.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

impl From<StoreError> for AppRefusal {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<SignedProblem> for AppRefusal {
    fn from(problem: SignedProblem) -> Self {
        match problem {
            SignedProblem::Malformed => Self::BadRequest,
            SignedProblem::Signature => Self::WrongSignature,
        }
    }
}

/// What every request says.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims<T> {
    /// Seconds since 1970.
    pub iat: i64,
    pub jti: Uuid,
    pub act: String,
    #[serde(flatten)]
    pub body: T,
}

/// For what service the app signs.
pub(crate) fn audience(service: &Service) -> String {
    service.settings.public_url.origin().ascii_serialization()
}

pub(crate) fn is_under_way(setup: &MethodSetup, now: Timestamp) -> bool {
    setup.kind == MethodKind::Approval
        && setup.finished_at.is_none()
        && now.duration_since(setup.started_at) < SET_UP_LIFETIME
}

pub(crate) async fn owner(tx: &mut Tx, account: Uuid) -> Result<(Account, Organisation), AppRefusal> {
    let account = tx.account(account).await?.ok_or(Refusal::Fault("a phone of no account"))?;
    let organisation = tx
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    Ok((account, organisation))
}

pub(crate) fn look_at<T>(claims: &Claims<T>, act: &str, now: Timestamp) -> Result<(), AppRefusal> {
    if claims.act != act {
        return Err(AppRefusal::BadRequest);
    }
    if is_in_time(claims.iat, now) { Ok(()) } else { Err(AppRefusal::Clock) }
}

/// A phone, what it says, and the transaction in which it was heard.
struct Heard<T> {
    device: Device,
    body: T,
    tx: Tx,
    now: Timestamp,
}

/// Makes sure that a phone of ours says it now and for the first time.
async fn hear<T: DeserializeOwned>(service: &Service, jws: &str, act: &str) -> Result<Heard<T>, AppRefusal> {
    let unverified = Unverified::read(jws)?;
    let Signer::Device(id) = unverified.signer() else { return Err(AppRefusal::BadRequest) };
    let device = service.store.authenticator(*id).await?.ok_or(AppRefusal::UnknownDevice)?;
    let key = DeviceKey::from_bytes(device.public_key.clone());
    let claims: Claims<T> = unverified.verify(&key, &audience(service))?;
    let now = service.clock.now();
    look_at(&claims, act, now)?;
    if let Some(setup) = device.setup_id {
        let setup = service.store.method_setup(setup).await?;
        setup.filter(|setup| is_under_way(setup, now)).ok_or(AppRefusal::UnknownDevice)?;
    }
    let mut tx = service.store.begin().await?;
    if tx.heard_since(device.id, minute_before(now)).await? >= HEARD_PER_MINUTE {
        return Err(AppRefusal::TooMany);
    }
    if !tx.hear(device.id, claims.jti, now).await? {
        return Err(AppRefusal::Replayed);
    }
    if device.last_seen_at < stale(now) {
        tx.authenticator_seen(device.id, stale(now), now).await?;
    }
    Ok(Heard { device, body: claims.body, tx, now })
}

#[derive(Debug, Deserialize)]
struct Requests {
    #[serde(default)]
    wait: u64,
}

/// What a phone is asked.
#[derive(Debug)]
pub struct Questions {
    /// Oldest first.
    pub questions: Vec<Asked>,
    /// Until when nobody is asked, UTC.
    pub paused_until: Option<Timestamp>,
    /// Now, UTC.
    pub now: Timestamp,
}

/// What the phone is asked; where there is nothing it waits a while for something. Nothing of the database is held meanwhile.
///
/// # Errors
/// [`AppRefusal`].
pub async fn questions(service: &Service, jws: &str) -> Result<Questions, AppRefusal> {
    let Heard { device, body: Requests { wait }, tx, .. } = hear(service, jws, "requests").await?;
    tx.commit().await?;
    let wait = Duration::from_secs(wait).min(LONGEST_WAIT);
    let listener = service.watch.listen(device.account_id);
    let mut rung = std::pin::pin!(listener.bell.notified());
    rung.as_mut().enable();
    let mut questions = service.store.open_questions(device.id, service.clock.now()).await?;
    if questions.is_empty() && !wait.is_zero() {
        let waiting = async {
            loop {
                rung.as_mut().await;
                rung.set(listener.bell.notified());
                rung.as_mut().enable();
                let found = service.store.open_questions(device.id, service.clock.now()).await?;
                if !found.is_empty() {
                    return Ok::<_, StoreError>(found);
                }
            }
        };
        questions = tokio::time::timeout(wait, waiting).await.unwrap_or(Ok(Vec::new()))?;
    }
    let now = service.clock.now();
    let new: Vec<_> = questions.iter().filter(|question| question.progress.is_none()).collect();
    if !new.is_empty() {
        let mut tx = service.store.begin().await?;
        for question in new {
            tx.asked_progress(question.id, "fetched", now).await?;
        }
        tx.commit().await?;
    }
    let counted = crate::approval::counted(service, device.account_id);
    let paused = rules::limits::APPROVALS_PAUSED;
    let paused_until = service.store.exhausted_until(&paused, &counted, now).await?;
    Ok(Questions { questions, paused_until, now })
}

#[derive(Debug, Deserialize)]
struct Given {
    request: Uuid,
    challenge: String,
    answer: String,
    number: Option<String>,
}

/// *Yes* with the number, or *No, it's not me*. Answers whether it was approved.
///
/// # Errors
/// [`AppRefusal::Over`], [`AppRefusal::WrongNumber`] and the others.
pub async fn answer(service: &Service, jws: &str) -> Result<bool, AppRefusal> {
    let Heard { device, body, mut tx, now } = hear::<Given>(service, jws, "answer").await?;
    let challenge = URL_SAFE_NO_PAD.decode(&body.challenge).map_err(|_| AppRefusal::BadRequest)?;
    let number = match (body.answer.as_str(), body.number.as_deref()) {
        ("approve", Some(number)) => Some(number),
        ("refuse", _) => None,
        _ => return Err(AppRefusal::BadRequest),
    };
    let given = AppAnswer { device: device.id, challenge: &challenge, number };
    let Some(answer) = tx.answer_in_app(body.request, given, now).await? else {
        tx.commit().await?;
        return Err(AppRefusal::Over);
    };
    let question = tx.asked(body.request).await?.ok_or(Refusal::Fault("an answer to no question"))?;
    let (account, organisation) = owner(&mut tx, device.account_id).await?;
    let policy = service.policy(&organisation)?;
    let counted = question.counted.clone().unwrap_or_default();
    let event = Event::ApprovalAnswered {
        account: account.id,
        device: device.id,
        answer: answer.as_str().to_owned(),
    };
    tx.audit(event, now);
    if answer.is_yes() {
        forget(&mut tx, &policy, &counted).await?;
        tx.commit().await?;
        return Ok(true);
    }
    note_refusal(service, &mut tx, &account, &question, now).await?;
    tx.forget_limit(&policy.approvals_unanswered, &counted).await?;
    tx.take(&policy.approvals_refused, &counted, now).await?;
    if !tx.has_room(&policy.approvals_refused, &counted, now).await? {
        pause(service, &mut tx, Some(account.id), &counted, &policy, now).await?;
    }
    tx.commit().await?;
    service.written.notify_one();
    if answer == Answer::WrongNumber { Err(AppRefusal::WrongNumber) } else { Ok(false) }
}

/// Its owner sees under *Recent activity* what was refused, and from where it was asked.
async fn note_refusal(
    service: &Service,
    tx: &mut Tx,
    account: &Account,
    question: &Asked,
    now: Timestamp,
) -> Result<(), AppRefusal> {
    let new = NewActivity {
        id: vault::new_id(now, service.random.as_ref()),
        account_id: account.id,
        kind: ActivityKind::ApprovalRefused,
        detail: None,
        session_id: None,
        browser: question.browser.as_deref(),
        network: question.network.as_deref(),
        by_staff: false,
    };
    Ok(tx.add_activity(new, now).await?)
}

#[derive(Debug, Deserialize)]
struct Push {
    subscription: Option<serde_json::Value>,
}

/// Where pushes go from now on; nowhere without a subscription.
///
/// # Errors
/// [`AppRefusal`].
pub async fn push(service: &Service, jws: &str) -> Result<(), AppRefusal> {
    let Heard { device, body, mut tx, .. } = hear::<Push>(service, jws, "push").await?;
    let kept = match body.subscription {
        None => None,
        Some(subscription) => {
            Some(crate::push::readable(service, &subscription).ok_or(AppRefusal::BadRequest)?)
        }
    };
    tx.set_push(device.id, kept.as_deref()).await?;
    tx.commit().await?;
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Leave {}

/// The app took the account off the phone: the method goes with it, and the person is told.
///
/// # Errors
/// [`AppRefusal`].
pub async fn leave(service: &Service, jws: &str) -> Result<(), AppRefusal> {
    let Heard { device, mut tx, now, .. } = hear::<Leave>(service, jws, "leave").await?;
    let (account, organisation) = owner(&mut tx, device.account_id).await?;
    let Some(method) = device.method_id else {
        if let Some(setup) = device.setup_id {
            tx.forget_enrolled(setup).await?;
        }
        return Ok(tx.commit().await?);
    };
    tx.one_at_a_time("methods-of-account", account.id.as_bytes(), now).await?;
    let before = tx.sign_in_methods(account.id).await?;
    if !tx.remove_method(method, account.id).await? {
        return Err(AppRefusal::UnknownDevice);
    }
    crate::security_info::forget_preference(&mut tx, account.id, method).await?;
    let kind = MethodKind::Approval;
    let about = crate::visitor::About { detail: Some(kind.as_str()), ..Default::default() };
    service.note(&mut tx, account.id, ActivityKind::MethodRemoved, about, now).await?;
    tx.audit(Event::MethodRemoved { account: account.id, method, kind: kind.as_str().to_owned() }, now);
    service.tell_everywhere(&mut tx, &account, &organisation, SecurityChange::AppLeft, &before, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}
