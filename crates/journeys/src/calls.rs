//! Calling a phone that is asked to press #. The question is written in a transaction; the call is placed after it, and what
//! becomes of it is entered as it happens: by this node where it carries the sound itself, by whichever node the provider tells
//! where it reports over HTTP. A call whose node fell over ends by its date, as every question does.

use crate::asked::{Question, ask};
use crate::codes::Destination;
use crate::{Network, Refusal, Service};
use channels::{BadReport, Call, CallEnd, CallNews, HookReply, ReportRequest, VoiceChannel};
use jiff::Timestamp;
use rules::asked::LIFETIME;
use rules::limits::CALLS_AT_ONCE;
use rules::policy::Policy;
use std::sync::Arc;
use store::Tx;
use store::asked::{Answer, Asked, How, Status, WhatFor};
use store::audit::Event;
use store::call_log::NewCall;
use store::code::CodeFor;
use store::limits::Allowance;
use store::outbox::Channel;
use tokio::sync::mpsc::unbounded_channel;
use uuid::Uuid;

/// Whether people can be called.
pub fn are_offered(service: &Service) -> bool {
    service.voice.is_some()
}

/// A call that is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Calling<'a> {
    /// What a pressed key proves, and whose phone it is.
    pub question: Question<'a>,
    /// The number in E.164.
    pub number: &'a str,
    /// The numbers that hold.
    pub policy: &'a Policy,
    /// Whose budget it counts in.
    pub organisation: Option<Uuid>,
    /// From where it is asked for.
    pub network: &'a Network,
    /// Whether the phone rings; for a user name that nobody has all else is the same.
    pub rings: bool,
    /// Where no page may tell whether a phone rings: what stands for whoever the user name names. What becomes of the call then
    /// changes nothing about what may be asked next.
    pub veiled_for: Option<&'a [u8]>,
}

/// A call that is to be placed once its question is committed.
#[must_use = "a question that nobody is called for is never answered"]
pub(crate) struct Pending(Option<Call>);

/// Writes the question and takes what it costs. A call for the same that is still under way goes on.
pub(crate) async fn ask_by_call(
    service: &Service,
    tx: &mut Tx,
    calling: Calling<'_>,
    now: Timestamp,
) -> Result<Pending, Refusal> {
    let Calling { question, number, policy, organisation, veiled_for, .. } = calling;
    let voice = service.voice.as_ref().ok_or(Refusal::WrongStep)?;
    let open = tx.last_asked(question.code_for).await?.is_some_and(|last| {
        let goes_on = match veiled_for {
            Some(_) => last.expires_at > now,
            None => last.status(now) == Status::Waiting,
        };
        goes_on && last.method_id == question.method && last.how == How::Call
    });
    if open {
        return Ok(Pending(None));
    }
    let rings = has_a_free_line(tx, calling, now).await?;
    allow(service, tx, calling, now).await?;
    let to = Destination { channel: Channel::Text, to: number };
    let id = vault::new_id(now, service.random.as_ref());
    service.allow_text_code(tx, policy, organisation, (id, question.code_for, to), now).await?;
    let expires_at = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
    let id = ask(service, tx, question, expires_at, now).await?;
    let mut seed = [0; 32];
    service.random.fill(&mut seed);
    // A user name that nobody has leaves the same trace, in nobody's log.
    let entry = NewCall {
        asked: id,
        what_for: question.what_for,
        account: question.account.filter(|_| rings),
        organisation: organisation.filter(|_| rings),
        provider: voice.name(),
    };
    tx.call_placed(entry, now).await?;
    let call = Call {
        to: number.to_owned(),
        reference: id.to_string(),
        words: words(service, question.what_for),
        seed,
    };
    Ok(Pending(rings.then_some(call)))
}

/// Takes the one line to a person, and answers whether the phone may ring. Where that may not be told, another call to them that
/// goes on keeps the phone silent and the page as it is.
async fn has_a_free_line(tx: &mut Tx, calling: Calling<'_>, now: Timestamp) -> Result<bool, Refusal> {
    let Calling { question, rings, veiled_for, .. } = calling;
    let person = person(question.account, question.code_for.subject());
    if let Some(who) = veiled_for
        && let Allowance::Exhausted { until } = tx.take(&CALLS_AT_ONCE, who, now).await?
    {
        return Err(Refusal::CallTooSoon { wait: until.duration_since(now) });
    }
    match tx.take(&CALLS_AT_ONCE, person.as_bytes(), now).await? {
        Allowance::Granted => Ok(rings),
        Allowance::Exhausted { .. } if veiled_for.is_some() => Ok(false),
        Allowance::Exhausted { until } => Err(Refusal::CallTooSoon { wait: until.duration_since(now) }),
    }
}

/// What limits one call at a time: a person, or whoever a user name that nobody has stands for.
fn person(account: Option<Uuid>, subject: Uuid) -> Uuid {
    account.unwrap_or(subject)
}

/// As often as a code may be sent. A call has pauses of its own, so that whoever was texted just now can be called at once.
async fn allow(service: &Service, tx: &mut Tx, calling: Calling<'_>, now: Timestamp) -> Result<(), Refusal> {
    let Calling { question, number, policy, network, .. } = calling;
    let everywhere = service.destination_hash(Destination { channel: Channel::Text, to: number });
    let purpose = question.code_for.purpose().as_bytes();
    let here = service.keys.keyed_hash("call-from-network", &[purpose, &everywhere, network.bytes()]);
    let texts = service.keys.keyed_hash("texts-from-network", &[network.bytes()]);
    let granted = tx.take(&policy.codes_per_hour, &here, now).await? == Allowance::Granted
        && tx.take(&policy.messages_per_destination_day, &everywhere, now).await? == Allowance::Granted
        && tx.take(&policy.texts_per_network_day, &texts, now).await? == Allowance::Granted;
    if granted { Ok(()) } else { Err(Refusal::TooManyCalls) }
}

fn words(service: &Service, what_for: WhatFor) -> String {
    service.word(&format!("call-{}", what_for.as_str()), &[("service", &service.settings.service_name)])
}

/// Places the call; nobody waits for it.
pub(crate) fn place(service: &Service, pending: Pending) {
    let (Some(call), Some(voice)) = (pending.0, service.voice.clone()) else { return };
    let service = service.clone();
    tokio::spawn(async move { follow(&service, voice, call).await });
}

async fn follow(service: &Service, voice: Arc<dyn VoiceChannel>, call: Call) {
    let Ok(id) = Uuid::parse_str(&call.reference) else { return };
    let (tell, mut told) = unbounded_channel();
    let carried = async {
        let result = voice.call(&call, &tell).await;
        // All has been told, or will be by the provider.
        drop(tell);
        result
    };
    let entered = async {
        while let Some(news) = told.recv().await {
            enter_or_log(service, id, news).await;
        }
    };
    let (result, ()) = tokio::join!(carried, entered);
    let outcome = match &result {
        Ok(_) => "placed",
        Err(error) => {
            let alarm = matches!(error, channels::SendError::Misconfigured(_));
            tracing::warn!(call = %id, provider = voice.name(), %error, alarm, "a call cannot be placed");
            enter_or_log(service, id, CallNews::Ended(CallEnd::Failed)).await;
            error.kind()
        }
    };
    metrics::counter!("fobwatch_calls_total", "provider" => voice.name(), "outcome" => outcome).increment(1);
}

async fn enter_or_log(service: &Service, id: Uuid, news: CallNews) {
    if let Err(error) = enter(service, id, news).await {
        tracing::error!(call = %id, %error, "what became of a call cannot be entered");
    }
}

/// Enters what happened with a call. What comes late, twice or in another order changes nothing.
async fn enter(service: &Service, id: Uuid, news: CallNews) -> Result<(), Refusal> {
    let Some(asked) = service.store.asked(id).await?.filter(|asked| asked.how == How::Call) else {
        return Ok(());
    };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    match news {
        // An answer that was told before is not taken back.
        CallNews::Ringing if asked.progress.is_some() => {}
        CallNews::Ringing => {
            tx.asked_progress(id, "ringing", now).await?;
        }
        CallNews::Answered => {
            tx.asked_progress(id, "answered", now).await?;
        }
        CallNews::Ended(end) => ended(&mut tx, &asked, answer(end), now).await?,
    }
    tx.commit().await?;
    Ok(())
}

async fn ended(tx: &mut Tx, asked: &Asked, answer: Answer, now: Timestamp) -> Result<(), Refusal> {
    // The line is free, whatever has become of the question: the person can be called again.
    let person = person(asked.account_id, asked.subject);
    tx.give_back(&CALLS_AT_ONCE, person.as_bytes(), asked.asked_at).await?;
    if !tx.answer_asked(asked.id, answer, now).await? {
        return Ok(());
    }
    if answer.is_yes() {
        let code_for = match asked.what_for {
            WhatFor::SignIn | WhatFor::Confirm => CodeFor::SignIn(asked.subject),
            WhatFor::Reset | WhatFor::Unlock => CodeFor::Reset(asked.subject),
            WhatFor::SetUp => CodeFor::MethodSetup(asked.subject),
        };
        tx.text_code_used(code_for.purpose(), asked.subject, now).await?;
    }
    tx.call_ended(asked.id, answer, now).await?;
    tx.audit(Event::CallEnded { subject: asked.subject, answer: answer.as_str().to_owned() }, now);
    Ok(())
}

fn answer(end: CallEnd) -> Answer {
    match end {
        CallEnd::Pressed => Answer::Pressed,
        CallEnd::NoAnswer => Answer::NoAnswer,
        CallEnd::Engaged => Answer::Engaged,
        CallEnd::Voicemail => Answer::Voicemail,
        CallEnd::HungUp => Answer::HungUp,
        CallEnd::WrongKey => Answer::WrongKey,
        CallEnd::Failed => Answer::Failed,
    }
}

/// A provider asks what to say, or tells what happened. Answers the XML that it wants, or nothing.
///
/// # Errors
/// [`Refusal::ReportRefused`] where it does not prove that it comes from the provider, or cannot be read.
pub async fn hook(service: &Service, provider: &str, request: &ReportRequest<'_>) -> Result<String, Refusal> {
    let Some(voice) = &service.voice else { return Err(BadReport::NotExpected.into()) };
    let hook = voice.read_hook(provider, request)?;
    let id = Uuid::parse_str(&hook.reference).map_err(|_| BadReport::Unreadable)?;
    if let Some(news) = hook.news {
        enter(service, id, news).await?;
    }
    Ok(match hook.reply {
        HookReply::Nothing => String::new(),
        HookReply::Farewell => voice.farewell(),
        HookReply::Script => match service.store.asked(id).await? {
            Some(asked) if asked.how == How::Call && asked.status(service.clock.now()) == Status::Waiting => {
                voice.script(&hook.reference, &words(service, asked.what_for))
            }
            // Nobody waits for it any longer.
            _ => voice.farewell(),
        },
    })
}
