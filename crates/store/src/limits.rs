//! Limits, in the database so that they hold across nodes and restarts.

use crate::db::{Inner, execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::limits::Limit;

/// What a limit says of one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// It is counted and may be done.
    Granted,
    /// It is not counted; at this moment there is room again.
    Exhausted {
        /// UTC.
        until: Timestamp,
    },
}

statements! {
    LOCK_GATE = "INSERT INTO limit_gate (name, subject, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (name, subject) DO UPDATE SET changed_at = excluded.changed_at";
    COUNT = "SELECT COUNT(*) FROM limit_event WHERE name = $1 AND subject = $2 AND at > $3";
    ENTER_IF_ROOM = "INSERT INTO limit_event (name, subject, at)
        SELECT CAST($1 AS TEXT), $2, CAST($3 AS BIGINT) WHERE
            (SELECT COUNT(*) FROM limit_event WHERE name = $1 AND subject = $2 AND at > $4) < $5";
    // The event whose end of life makes room: with n events and room for m, the (n - m + 1)th oldest.
    MAKES_ROOM = "SELECT at FROM limit_event WHERE name = $1 AND subject = $2 AND at > $3
        ORDER BY at DESC LIMIT 1 OFFSET $4";
    ENTER = "INSERT INTO limit_event (name, subject, at) VALUES ($1, $2, $3)";
    FORGET = "DELETE FROM limit_event WHERE name = $1 AND subject = $2";
    GIVE_BACK = "DELETE FROM limit_event WHERE name = $1 AND subject = $2 AND at = $3";
}

impl Store {
    /// When `limit` has room for `subject` again, UTC; none where it has room now.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn exhausted_until(
        &self,
        limit: &Limit,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let makes_room: Option<(i64,)> = reading!(self, MAKES_ROOM, sqlx::query_as, |q, c| q
            .bind(limit.name)
            .bind(subject)
            .bind(millis(limit.counts_after(now)))
            .bind(i64::from(limit.at_most.saturating_sub(1)))
            .fetch_optional(c))?;
        let Some((at,)) = makes_room else { return Ok(None) };
        Ok(Some(moment(at)?.checked_add(limit.within).unwrap_or(Timestamp::MAX)))
    }
}

impl Tx {
    /// Takes one of `limit` for `subject` (a keyed hash): in every span of `limit.within` at most `limit.at_most` are
    /// granted, on any number of nodes. The gate is locked until this transaction ends.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take(
        &mut self,
        limit: &Limit,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<Allowance, StoreError> {
        self.lock_gate(limit, subject, now).await?;
        let (since, at_most) = (limit.counts_after(now), i64::from(limit.at_most));
        if execute!(self, ENTER_IF_ROOM, limit.name, subject, millis(now), millis(since), at_most)? == 1 {
            return Ok(Allowance::Granted);
        }
        let oldest: Option<(i64,)> = in_tx!(self, MAKES_ROOM, sqlx::query_as, |q, c| q
            .bind(limit.name)
            .bind(subject)
            .bind(millis(since))
            .bind(i64::from(limit.at_most.saturating_sub(1)))
            .fetch_optional(c))?;
        let from = oldest.map_or(Ok(now), |(at,)| moment(at))?;
        Ok(Allowance::Exhausted { until: from.checked_add(limit.within).unwrap_or(Timestamp::MAX) })
    }

    /// Whether `limit` has room for `subject`, without taking any.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn has_room(
        &mut self,
        limit: &Limit,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.room_left(limit, subject, now).await? > 0)
    }

    /// How many more `limit` grants to `subject` now.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn room_left(
        &mut self,
        limit: &Limit,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let (count,): (i64,) = in_tx!(self, COUNT, sqlx::query_as, |q, c| q
            .bind(limit.name)
            .bind(subject)
            .bind(millis(limit.counts_after(now)))
            .fetch_one(c))?;
        Ok(limit.at_most.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// Gives back one of those taken at `now`: the try was no failure after all.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_back(
        &mut self,
        limit: &Limit,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.lock_gate(limit, subject, now).await?;
        let taken = execute!(self, GIVE_BACK, limit.name, subject, millis(now))?;
        // Others may have taken theirs in the same millisecond.
        for _ in 1..taken {
            execute!(self, ENTER, limit.name, subject, millis(now))?;
        }
        Ok(())
    }

    /// Lets what is done to one thing (`subject`) be done one after the other: whoever comes second waits until this transaction
    /// ends.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn one_at_a_time(
        &mut self,
        name: &'static str,
        subject: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if matches!(self.inner, Inner::Postgres(_)) {
            execute!(self, LOCK_GATE, name, subject, millis(now))?;
        }
        Ok(())
    }

    /// Forgets all that was counted for `subject`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn forget_limit(&mut self, limit: &Limit, subject: &[u8]) -> Result<(), StoreError> {
        execute!(self, FORGET, limit.name, subject).map(|_| ())
    }

    /// On SQLite a transaction that writes is the only one: there is nothing to lock.
    async fn lock_gate(&mut self, limit: &Limit, subject: &[u8], now: Timestamp) -> Result<(), StoreError> {
        if matches!(self.inner, Inner::Postgres(_)) {
            execute!(self, LOCK_GATE, limit.name, subject, millis(now))?;
        }
        Ok(())
    }
}
