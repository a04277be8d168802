//! What texts may cost a day, whether their codes come back, and alarms that are raised once.

use crate::db::{execute, in_tx};
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::limits::{RangeUse, TEXT_RANGE_JUDGED};
use uuid::Uuid;

/// How much of a day's texts was used, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextsUsed {
    /// The organisation; none for the whole installation.
    pub organisation: Option<Uuid>,
    /// Texts written on that day.
    pub used: u32,
}

/// A range of numbers whose codes are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRange {
    /// Keyed hash of the range.
    pub range: Vec<u8>,
    /// What became of the codes sent to it.
    pub codes: RangeUse,
}

/// A code that is sent by text.
#[derive(Debug, Clone, Copy)]
pub struct TextCode<'a> {
    /// The message that carries it.
    pub message: Uuid,
    /// Keyed hash of the range that its number is in.
    pub range: &'a [u8],
    /// What the code is for.
    pub purpose: &'a str,
    /// What it belongs to.
    pub subject: Uuid,
}

statements! {
    TAKE = "INSERT INTO text_budget (day, whose, used) VALUES ($1, $2, 1)
        ON CONFLICT (day, whose) DO UPDATE SET used = text_budget.used + 1 WHERE text_budget.used < $3";
    GIVE_BACK = "UPDATE text_budget SET used = used - 1 WHERE day = $1 AND whose = $2 AND used > 0";
    USED = "SELECT whose, used FROM text_budget WHERE day = $1 ORDER BY used DESC";
    ADD_CODE = "INSERT INTO text_code (message_id, number_range, purpose, subject, sent_at) VALUES ($1, $2, $3, $4, $5)";
    CODE_USED = "UPDATE text_code SET used_at = $3 WHERE purpose = $1 AND subject = $2 AND used_at IS NULL";
    RANGE = "SELECT COUNT(*), COUNT(used_at) FROM text_code WHERE number_range = $1 AND sent_at > $2 AND sent_at <= $3";
    RANGES = "SELECT number_range, COUNT(*) AS sent, COUNT(used_at) AS used FROM text_code
        WHERE sent_at > $1 AND sent_at <= $2 GROUP BY number_range HAVING COUNT(*) >= $3";
    RAISE = "INSERT INTO alarm (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    ERASE_BUDGETS = "DELETE FROM text_budget WHERE day < $1";
    ERASE_CODES = "DELETE FROM text_code WHERE sent_at <= $1";
    ERASE_REPORTS = "DELETE FROM early_report WHERE at <= $1";
    ERASE_ALARMS = "DELETE FROM alarm WHERE at <= $1";
}

/// The codes that are judged at `now`: sent after the first moment and up to the second, so that each has had its time.
fn judged(now: Timestamp, settled: jiff::SignedDuration) -> (i64, i64) {
    let until = now.saturating_sub(settled).unwrap_or(Timestamp::MIN);
    let since = until.saturating_sub(TEXT_RANGE_JUDGED.within).unwrap_or(Timestamp::MIN);
    (millis(since), millis(until))
}

impl Tx {
    /// Takes one of `budget` texts of a local day, for an organisation or (none) for the whole installation. Answers false
    /// where the day's texts are used up.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take_text(
        &mut self,
        organisation: Option<Uuid>,
        day: Date,
        budget: u32,
    ) -> Result<bool, StoreError> {
        if budget == 0 {
            return Ok(false);
        }
        let whose = organisation.unwrap_or_default();
        Ok(execute!(self, TAKE, day.to_string(), whose, i64::from(budget))? == 1)
    }

    /// Gives back a text that was taken on a local day and is not sent.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_back_text(&mut self, organisation: Option<Uuid>, day: Date) -> Result<(), StoreError> {
        let whose = organisation.unwrap_or_default();
        execute!(self, GIVE_BACK, day.to_string(), whose).map(|_| ())
    }

    /// How much of a local day's texts was used, by each organisation and by the whole installation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn texts_used(&mut self, day: Date) -> Result<Vec<TextsUsed>, StoreError> {
        let rows: Vec<(Uuid, i64)> =
            in_tx!(self, USED, sqlx::query_as, |q, c| q.bind(day.to_string()).fetch_all(c))?;
        let used = |(whose, used): (Uuid, i64)| TextsUsed {
            organisation: (!whose.is_nil()).then_some(whose),
            used: u32::try_from(used).unwrap_or(u32::MAX),
        };
        Ok(rows.into_iter().map(used).collect())
    }

    /// Remembers that a code is sent by text to a range of numbers.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_text_code(&mut self, code: TextCode<'_>, now: Timestamp) -> Result<(), StoreError> {
        let TextCode { message, range, purpose, subject } = code;
        execute!(self, ADD_CODE, message, range, purpose, subject, millis(now)).map(|_| ())
    }

    /// The codes of this purpose and subject have served: one of them was used.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn text_code_used(
        &mut self,
        purpose: &str,
        subject: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, CODE_USED, purpose, subject, millis(now)).map(|_| ())
    }

    /// What became of the codes sent to a range of numbers that have had `settled`, their lifetime.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn text_range(
        &mut self,
        range: &[u8],
        settled: jiff::SignedDuration,
        now: Timestamp,
    ) -> Result<RangeUse, StoreError> {
        let (since, until) = judged(now, settled);
        let (sent, used): (i64, i64) =
            in_tx!(self, RANGE, sqlx::query_as, |q, c| q.bind(range).bind(since).bind(until).fetch_one(c))?;
        Ok(range_use(sent, used))
    }

    /// The same for every range to which enough codes were sent to judge it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn text_ranges(
        &mut self,
        settled: jiff::SignedDuration,
        now: Timestamp,
    ) -> Result<Vec<JudgedRange>, StoreError> {
        let (since, until) = judged(now, settled);
        let rows: Vec<(Vec<u8>, i64, i64)> = in_tx!(self, RANGES, sqlx::query_as, |q, c| q
            .bind(since)
            .bind(until)
            .bind(i64::from(TEXT_RANGE_JUDGED.at_most))
            .fetch_all(c))?;
        let judged = |(range, sent, used)| JudgedRange { range, codes: range_use(sent, used) };
        Ok(rows.into_iter().map(judged).collect())
    }

    /// Notes that an alarm is raised. Answers false where it was raised before, by whichever node.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn raise_alarm(&mut self, key: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, RAISE, key, millis(now))? == 1)
    }

    /// Erases what was counted of texts before the moment `before`, and budgets of days before `day`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_texts(&mut self, before: Timestamp, day: Date) -> Result<(), StoreError> {
        execute!(self, ERASE_BUDGETS, day.to_string())?;
        execute!(self, ERASE_CODES, millis(before))?;
        execute!(self, ERASE_REPORTS, millis(before))?;
        execute!(self, ERASE_ALARMS, millis(before)).map(|_| ())
    }
}

fn range_use(sent: i64, used: i64) -> RangeUse {
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    RangeUse { sent: count(sent), used: count(used) }
}
