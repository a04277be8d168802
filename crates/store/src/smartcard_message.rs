//! The daily round through all cards: what a decision needs of each, how far the round has come, and which messages were written.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis};
use crate::smartcard::maybe_day;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// What is needed of a live card to know what falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardFacts {
    /// Which card.
    pub id: Uuid,
    /// The employer, whose rules hold.
    pub organisation_id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// The local day on which its passcode was set.
    pub passcode_set_on: Option<Date>,
    /// The local day on which the Registration Authority opened it for new passcodes.
    pub unlocked_on: Option<Date>,
    /// The local day since which new passcodes are asked for.
    pub forced_on: Option<Date>,
    /// How often its owner has renewed it.
    pub renewals_used: u32,
    /// When the first of its current certificates expires, UTC.
    pub expires_at: Option<Timestamp>,
}

/// How far a day's round has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The last card that was looked at; the nil id before the first.
    pub after: Uuid,
    /// How many cards were looked at.
    pub cards: u64,
    /// How many messages were written.
    pub messages: u64,
    /// Whether all were.
    pub ended: bool,
}

statements! {
    FACTS = "SELECT id, organisation_id, account_id, passcode_set_on, unlocked_on, forced_on, renewals_used, expires_at
        FROM smartcard WHERE id > $1 AND account_id IS NOT NULL AND issued_at IS NOT NULL AND cancelled_at IS NULL
            AND revoked_at IS NULL
        ORDER BY id LIMIT $2";
    ROUND = "SELECT last_card, cards, messages, ended_at FROM smartcard_round WHERE day = $1";
    BEGIN = "INSERT INTO smartcard_round (day, last_card, began_at) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING";
    MOVE_ON = "UPDATE smartcard_round SET last_card = $3, cards = cards + $4
        WHERE day = $1 AND last_card = $2 AND ended_at IS NULL";
    COUNT = "UPDATE smartcard_round SET messages = messages + $2, ended_at = $3 WHERE day = $1
        RETURNING last_card, cards, messages, ended_at";
    WRITTEN = "INSERT INTO smartcard_message (smartcard_id, kind, day, written_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (smartcard_id, kind, day) DO NOTHING";
    ERASE_MESSAGES = "DELETE FROM smartcard_message WHERE day < $1";
    ERASE_ROUNDS = "DELETE FROM smartcard_round WHERE day < $1";
}

#[derive(sqlx::FromRow)]
struct FactsRow {
    id: Uuid,
    organisation_id: Uuid,
    account_id: Uuid,
    passcode_set_on: Option<String>,
    unlocked_on: Option<String>,
    forced_on: Option<String>,
    renewals_used: i64,
    expires_at: Option<i64>,
}

impl TryFrom<FactsRow> for CardFacts {
    type Error = StoreError;

    fn try_from(row: FactsRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            account_id: row.account_id,
            passcode_set_on: maybe_day(row.passcode_set_on.as_deref())?,
            unlocked_on: maybe_day(row.unlocked_on.as_deref())?,
            forced_on: maybe_day(row.forced_on.as_deref())?,
            renewals_used: u32::try_from(row.renewals_used).unwrap_or(u32::MAX),
            expires_at: maybe_moment(row.expires_at)?,
        })
    }
}

type RoundRow = (Uuid, i64, i64, Option<i64>);

fn round((after, cards, messages, ended): RoundRow) -> Round {
    let count = |number| u64::try_from(number).unwrap_or(0);
    Round { after, cards: count(cards), messages: count(messages), ended: ended.is_some() }
}

impl Store {
    /// The live cards after the card `after` in the order of their ids, at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_facts(&self, after: Uuid, at_most: u32) -> Result<Vec<CardFacts>, StoreError> {
        let rows: Vec<FactsRow> = reading!(self, FACTS, sqlx::query_as, |q, c| q
            .bind(after)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(CardFacts::try_from).collect()
    }

    /// How far the round of a local day has come; none where it has not begun.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn round(&self, day: Date) -> Result<Option<Round>, StoreError> {
        let row: Option<RoundRow> =
            reading!(self, ROUND, sqlx::query_as, |q, c| q.bind(day.to_string()).fetch_optional(c))?;
        Ok(row.map(round))
    }
}

impl Tx {
    /// Begins the round of a local day. Answers false where it has begun.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_round(&mut self, day: Date, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, BEGIN, day.to_string(), Uuid::nil(), millis(now))? == 1)
    }

    /// Moves the round of a day on over `cards` cards, from the card `from` to the card `to`, whose messages are this
    /// transaction's to write: nobody else moves it until this one ends. Answers false where another node was faster: then drop
    /// the transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn move_round(
        &mut self,
        day: Date,
        from: Uuid,
        to: Uuid,
        cards: u32,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, MOVE_ON, day.to_string(), from, to, i64::from(cards))? == 1)
    }

    /// Counts the messages that were written; `ended` tells that no card is left. Answers how far the round has come.
    ///
    /// # Errors
    /// Where the database refuses, or the round has not begun.
    pub async fn count_round(
        &mut self,
        day: Date,
        messages: u32,
        ended: Option<Timestamp>,
    ) -> Result<Round, StoreError> {
        let row: Option<RoundRow> = in_tx!(self, COUNT, sqlx::query_as, |q, c| q
            .bind(day.to_string())
            .bind(i64::from(messages))
            .bind(ended.map(millis))
            .fetch_optional(c))?;
        row.map(round).ok_or(StoreError::Corrupt("a round has not begun"))
    }

    /// Notes that a message about a card is written on a local day. Answers false where it was before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn card_message_written(
        &mut self,
        card: Uuid,
        kind: &str,
        day: Date,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, WRITTEN, card, kind, day.to_string(), millis(now))? == 1)
    }

    /// Erases which messages were written on days before `day`, and the rounds of those days.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_rounds(&mut self, day: Date) -> Result<(), StoreError> {
        execute!(self, ERASE_MESSAGES, day.to_string())?;
        execute!(self, ERASE_ROUNDS, day.to_string()).map(|_| ())
    }
}
