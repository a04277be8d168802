//! *End sessions begun by QR code*: where people were lured into scanning somebody else's QR code, an administrator ends all sessions
//! that staff passports began since a moment. How many that would be is shown before.

use crate::console::{Staff, reason};
use crate::passport::passport_sign_in::end_begun_since;
use crate::{FieldProblem, Refusal, Service, session};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rules::preview::Alive;
use rules::role::Act;
use store::console_figures::Reach;

/// A moment as it was typed, in the organisation's zone.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    /// A day like 2026-11-22.
    pub day: &'a str,
    /// A time like 14:30.
    pub time: &'a str,
}

/// What would end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concerned {
    /// UTC.
    pub since: Timestamp,
    /// Sessions that can be used, and whose they are.
    pub reach: Reach,
}

/// The sessions that would end: those begun at that moment or later.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::Fields`].
pub async fn preview(service: &Service, staff: &Staff, typed: Typed<'_>) -> Result<Concerned, Refusal> {
    staff.demand(Act::EndWalletSessions)?;
    let since = read(service, typed).map_err(Refusal::Fields)?;
    let alive = Alive::at(&staff.person.policy, service.clock.now());
    let reach = service.store.sessions_begun_by_passport(staff.organisation(), since, alive).await?;
    Ok(Concerned { since, reach })
}

/// Ends them. Answers how many could be used until now.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn end(service: &Service, staff: &Staff, typed: Typed<'_>, why: &str) -> Result<Reach, Refusal> {
    staff.demand(Act::EndWalletSessions)?;
    session::fresh(service, &staff.person)?;
    let since = read(service, typed).map_err(Refusal::Fields)?;
    let reason = reason(why).map_err(|problem| Refusal::Fields(vec![problem]))?;
    end_begun_since(service, &staff.person.organisation, since, Some((staff.id(), &reason))).await
}

/// The moment. Of an hour that the clocks go through twice it is the first, so that more ends and not less.
fn read(service: &Service, typed: Typed<'_>) -> Result<Timestamp, Vec<FieldProblem>> {
    let day = typed.day.trim().parse::<Date>().ok();
    let (day, time) = match (day, time(typed.time)) {
        (Some(day), Some(time)) => (day, time),
        (day, time) => {
            let day = day.is_none().then(|| FieldProblem::new("day", "since-day-malformed"));
            let time = time.is_none().then(|| FieldProblem::new("time", "since-time-malformed"));
            return Err(day.into_iter().chain(time).collect());
        }
    };
    let moment = day.to_datetime(time).to_zoned(service.settings.time_zone.clone());
    let moment = moment.map(|moment| moment.timestamp());
    match moment {
        Ok(moment) if moment <= service.clock.now() => Ok(moment),
        Ok(_) => Err(vec![FieldProblem::new("time", "since-in-future")]),
        Err(_) => Err(vec![FieldProblem::new("day", "since-day-malformed")]),
    }
}

/// A time of the day on a clock with 24 hours.
fn time(typed: &str) -> Option<Time> {
    let (hour, minute) = typed.trim().split_once([':', '.'])?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let good = matches!(hour.len(), 1 | 2) && minute.len() == 2 && digits(hour) && digits(minute);
    Time::new(good.then(|| hour.parse().ok())??, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time as at;

    #[test]
    fn a_time_is_read_as_people_write_it_and_nothing_else_is_one() {
        for (typed, hour, minute) in [("14:30", 14, 30), (" 0:05 ", 0, 5), ("09.00", 9, 0), ("23:59", 23, 59)]
        {
            assert_eq!(time(typed), Some(at(hour, minute, 0, 0)), "{typed}");
        }
        for typed in ["", "14", "24:00", "12:60", "1:5", "+1:30", "1:+5", "half past two", "2:30pm", "014:30"]
        {
            assert_eq!(time(typed), None, "{typed}");
        }
    }
}
