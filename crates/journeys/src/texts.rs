//! What text messages may cost: budgets of the day, ranges of numbers that somebody earns by, and the alarms about both.

use crate::codes::Destination;
use crate::deliver::GIVE_UP_AFTER;
use crate::notices::Concerning;
use crate::{Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use rules::limits::{BudgetAlarm, number_range};
use rules::policy::Policy;
use store::audit::Event;
use store::outbox::Channel;
use store::texts::TextCode;
use store::{StoreError, Tx};
use uuid::Uuid;
use wording::{AlarmCause, Message};

impl Service {
    /// What a range of numbers is counted by.
    fn range_hash(&self, e164: &str) -> [u8; 32] {
        self.keys.keyed_hash("number-range", &[number_range(e164).as_bytes()])
    }

    /// Takes one text of today's budgets: that of the installation, and the organisation's own. `policy` is the
    /// organisation's. Answers false where one of them is used up.
    ///
    /// Whoever hides whether a name is known takes one for an unknown name, too, without an organisation.
    pub(crate) async fn take_text(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        organisation: Option<Uuid>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let day = self.local(now).date();
        if !tx.take_text(None, day, self.settings.policy.texts_per_day).await? {
            return Ok(false);
        }
        let Some(organisation) = organisation else { return Ok(true) };
        if tx.take_text(Some(organisation), day, policy.texts_per_day).await? {
            return Ok(true);
        }
        // Nothing is sent, and whoever asked may go on and commit: without this, one trust at its limit would use up everybody's.
        // The installation's is asked first all the same, so that all wait for one another in the same order.
        tx.give_back_text(None, day).await?;
        Ok(false)
    }

    /// Takes what a code by text needs: room in the budgets, and a range of numbers whose codes come back.
    pub(crate) async fn allow_text_code(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        organisation: Option<Uuid>,
        code: (Uuid, store::code::CodeFor, Destination<'_>),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (message, code_for, destination) = code;
        if destination.channel != Channel::Text {
            return Ok(());
        }
        let range = self.range_hash(destination.to);
        let codes = tx.text_range(&range, self.settings.policy.code_lifetime, now).await?;
        if codes.is_pumped() || !self.take_text(tx, policy, organisation, now).await? {
            return Err(Refusal::NoTextsNow);
        }
        let (purpose, subject) = (code_for.purpose(), code_for.subject());
        tx.add_text_code(TextCode { message, range: &range, purpose, subject }, now).await?;
        Ok(())
    }
}

/// How far a budget of the day is used up, or which range is paused.
enum Cause {
    Budget { organisation: Option<Uuid>, alarm: BudgetAlarm, budget: u32 },
    Range { range: Vec<u8>, sent: u32, used: u32 },
}

/// Looks whether the budgets of the day come to their end, and whether codes to a range of numbers don't come back, and raises
/// each alarm once: in the log, in the audit and, where one is configured, at the operator's address. Answers how many.
///
/// # Errors
/// Where the database fails; the next look does it again.
pub async fn look(service: &Service) -> Result<usize, Refusal> {
    let now = service.clock.now();
    let day = service.local(now).date();
    let mut policies = Vec::new();
    for organisation in service.store.organisations().await? {
        policies.push((organisation.id, service.policy(&organisation)?.texts_per_day));
    }
    let mut tx = service.store.begin().await?;
    let mut causes = Vec::new();
    for used in tx.texts_used(day).await? {
        let budget = match used.organisation {
            None => Some(service.settings.policy.texts_per_day),
            Some(id) => policies.iter().find(|(known, _)| *known == id).map(|(_, budget)| *budget),
        };
        let Some(budget) = budget else { continue };
        if let Some(alarm) = BudgetAlarm::of(used.used, budget) {
            causes.push(Cause::Budget { organisation: used.organisation, alarm, budget });
        }
    }
    for judged in tx.text_ranges(service.settings.policy.code_lifetime, now).await? {
        if judged.codes.is_pumped() {
            let (sent, used) = (judged.codes.sent, judged.codes.used);
            causes.push(Cause::Range { range: judged.range, sent, used });
        }
    }
    let mut raised = 0;
    for cause in causes {
        if tx.raise_alarm(&key(&cause, day, now), now).await? {
            raise(service, &mut tx, &cause, now).await?;
            raised += 1;
        }
    }
    tx.commit().await?;
    if raised > 0 {
        service.written.notify_one();
    }
    Ok(raised)
}

/// Once a day and step for a budget, once in an hour for a range.
fn key(cause: &Cause, day: jiff::civil::Date, now: Timestamp) -> String {
    match cause {
        Cause::Budget { organisation, alarm, .. } => {
            format!("texts-budget:{}:{}:{day}", organisation.unwrap_or_default(), alarm.percent())
        }
        Cause::Range { range, .. } => {
            let range = range.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            format!("texts-range:{range}:{}", now.as_second() / SignedDuration::from_hours(1).as_secs())
        }
    }
}

async fn raise(service: &Service, tx: &mut Tx, cause: &Cause, now: Timestamp) -> Result<(), Refusal> {
    let (what, organisation) = match cause {
        Cause::Budget { organisation, alarm, budget } => {
            let percent = alarm.percent();
            tracing::error!(
                alarm = true,
                ?organisation,
                percent,
                budget,
                "the day's text messages are being used up"
            );
            tx.audit(Event::TextBudgetUsed { organisation: *organisation, percent, budget: *budget }, now);
            let name = match organisation {
                Some(id) => tx.organisation(*id).await?.map(|organisation| organisation.name),
                None => None,
            };
            (AlarmCause::TextBudget { organisation: name, percent, budget: *budget }, *organisation)
        }
        Cause::Range { sent, used, .. } => {
            tracing::error!(
                alarm = true,
                sent,
                used,
                "codes sent by text to one range of numbers are not used"
            );
            tx.audit(Event::TextRangePaused { sent: *sent, used: *used }, now);
            (AlarmCause::TextRange { sent: *sent, used: *used }, None)
        }
    };
    let Some(to) = &service.settings.alarm_email else { return Ok(()) };
    let id = vault::new_id(now, service.random.as_ref());
    let to = Destination { channel: Channel::Email, to };
    let message = Message::Alarm { service: service.settings.service_name.clone(), what };
    let concerning = Concerning { organisation, ..Concerning::default() };
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    service.write_message(tx, concerning, id, to, message, give_up_at, now).await?;
    Ok(())
}
