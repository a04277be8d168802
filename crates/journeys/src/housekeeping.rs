//! Erasing what must not be kept: half-done registrations after their 24 hours or less, and traces that have served.

use crate::activity::KEPT_DAYS;
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use store::audit::Event;
use tokio_util::sync::CancellationToken;

/// For so many days the trace of a message is kept, without its content.
pub const MESSAGES_KEPT_DAYS: u32 = 30;
/// How often it is done.
const EVERY: Duration = Duration::from_mins(5);
/// Limits look back a day at most, and pauses last hours.
const KEEP_COUNTS: SignedDuration = SignedDuration::from_hours(48);
/// A session lives 12 hours at most; its row is kept a while for the page that says so.
const KEEP_SIGN_INS: SignedDuration = SignedDuration::from_hours(48);
/// A reset lives half an hour; a start code no longer than an organisation lets it.
const KEEP_RESETS: SignedDuration = SignedDuration::from_hours(2);
/// What happened around an account is shown to its owner for so long.
const KEEP_ACTIVITY: SignedDuration = SignedDuration::from_hours(24 * KEPT_DAYS as i64);
/// It serves the service desk.
const KEEP_MESSAGES: SignedDuration = SignedDuration::from_hours(24 * MESSAGES_KEPT_DAYS as i64);

/// What people were told of their smartcards on a day, and what they answered, counts on that day alone; kept a while for the
/// service desk.
const KEEP_SMARTCARD_DAYS: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A system that provides credentials asks again within a day or two, if it does.
const KEEP_PROVISIONS: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A file of people to be invited waits a day for whoever uploaded it to confirm it.
const KEEP_UNCONFIRMED: SignedDuration = SignedDuration::from_hours(24);

/// Erases what has run out by now.
///
/// # Errors
/// Where the database fails; the next round does it again.
pub async fn erase(service: &Service) -> Result<(), Refusal> {
    let now = service.clock.now();
    let before = |age: SignedDuration| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let organisations = service.store.organisations().await?;
    let mut tx = service.store.begin().await?;
    let mut count = 0;
    for organisation in &organisations {
        // One whose rules cannot be read keeps nothing for longer than the installation does.
        let policy = service.policy(organisation).unwrap_or_else(|_| service.settings.policy.clone());
        count += tx.erase_registrations(organisation.id, before(policy.registration_lifetime)).await?;
    }
    if count > 0 {
        tx.audit(Event::RegistrationsErased { count }, now);
    }
    tx.erase_method_setups(before(rules::method::SET_UP_LIFETIME)).await?;
    tx.erase_sign_ins(before(KEEP_SIGN_INS)).await?;
    tx.erase_passkey_ceremonies(rules::passkey::asked_after(now)).await?;
    tx.erase_card_questions(rules::passkey::asked_after(now)).await?;
    tx.erase_offers(before(KEEP_SIGN_INS)).await?;
    tx.erase_authorisations(before(KEEP_SIGN_INS)).await?;
    tx.erase_undecided_authorisations(before(rules::passport::issuing::AUTHORISATION_LIFETIME)).await?;
    tx.erase_deferred(before(KEEP_SIGN_INS)).await?;
    tx.erase_request_keys(now).await?;
    tx.erase_used(before(rules::passport::issuing::USED_KEPT)).await?;
    tx.erase_presentations(before(KEEP_SIGN_INS)).await?;
    tx.erase_backend_requests(before(KEEP_SIGN_INS)).await?;
    tx.erase_backend_revocations(before(KEEP_MESSAGES)).await?;
    tx.erase_asked(before(KEEP_SIGN_INS)).await?;
    tx.erase_heard(before(rules::authenticator::HEARD_KEPT)).await?;
    tx.erase_card_job_passcodes(now).await?;
    tx.erase_resets(before(KEEP_RESETS)).await?;
    tx.erase_counts(before(KEEP_COUNTS)).await?;
    tx.erase_activity(before(KEEP_ACTIVITY)).await?;
    tx.erase_caller_checks(before(KEEP_SIGN_INS)).await?;
    tx.erase_messages(before(KEEP_MESSAGES)).await?;
    tx.erase_texts(before(KEEP_COUNTS), service.local(before(KEEP_COUNTS)).date()).await?;
    let smartcard_day = service.local(before(KEEP_SMARTCARD_DAYS)).date();
    tx.erase_alerts(smartcard_day).await?;
    tx.erase_rounds(smartcard_day).await?;
    tx.erase_reminder_rounds(smartcard_day).await?;
    tx.erase_asked_reminders(smartcard_day).await?;
    tx.erase_invitation_batches(before(KEEP_UNCONFIRMED), before(KEEP_PROVISIONS)).await?;
    tx.erase_passport_provisions(before(KEEP_PROVISIONS)).await?;
    tx.commit().await?;
    crate::smartcard::job::give_up_abandoned(service).await?;
    crate::smartcard::upkeep::tidy(service).await?;
    let state = service.store.outbox_state(before(SignedDuration::from_hours(24))).await?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge of messages needs no more than 52 bits")]
    {
        metrics::gauge!("fobwatch_outbox_waiting").set(state.waiting as f64);
        metrics::gauge!("fobwatch_outbox_given_up_in_a_day").set(state.given_up as f64);
    }
    Ok(())
}

/// Erases again and again until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(EVERY, stop);
    while rounds.next().await {
        if let Err(error) = erase(&service).await {
            tracing::error!(%error, "what has run out cannot be erased");
        }
    }
}
