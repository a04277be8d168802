//! The outbox: messages written in the transaction of what they tell of, delivered afterwards by workers on any node.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By text message.
    Text,
    /// By telephone call, which no worker carries: it is only written down here.
    Call,
}

impl Channel {
    /// Its name in the database, the audit and the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Text => "text",
            Self::Call => "call",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, StoreError> {
        match name {
            "email" => Ok(Self::Email),
            "text" => Ok(Self::Text),
            "call" => Ok(Self::Call),
            _ => Err(StoreError::Corrupt("a message of an unknown channel")),
        }
    }
}

/// A message to be written.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// New.
    pub id: Uuid,
    /// What makes it unique: the same key is never written twice.
    pub key: &'a str,
    /// How it travels.
    pub channel: Channel,
    /// The registration or sign-in that waits for it, so that its page can tell what became of it.
    pub subject: Option<Uuid>,
    /// Whom it is about, for the delivery log; none where there is no account.
    pub account: Option<Uuid>,
    /// Whose delivery log lists it; none where no organisation is known.
    pub organisation: Option<Uuid>,
    /// Destination and content, to be sealed.
    pub payload: &'a [u8],
    /// When trying ends, UTC.
    pub give_up_at: Timestamp,
}

/// A message that one worker has claimed.
#[derive(Debug)]
pub struct ClaimedMessage {
    /// Its id.
    pub id: Uuid,
    /// Its unique key.
    pub key: String,
    /// How it travels.
    pub channel: Channel,
    /// Destination and content.
    pub payload: Vec<u8>,
    /// Which try this is: 1 for the first.
    pub tries: u32,
    /// When trying ends, UTC.
    pub give_up_at: Timestamp,
    /// When it was written, UTC: the date that an e-mail carries, the same at every try.
    pub written_at: Timestamp,
    pub(crate) claim: Uuid,
}

/// What became of the newest message for a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It waits for its first try or the next one.
    Waiting {
        /// How many tries failed.
        tries: u32,
    },
    /// The mail server or provider has taken it.
    Sent,
    /// The phone has it.
    Delivered,
    /// It was taken, and could not be delivered.
    Failed,
    /// It could not be handed over.
    GivenUp,
}

/// A message that is not sent, or was and could not be delivered: what the console shows of it. Where it goes and what it says is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsentMessage {
    /// Its id.
    pub id: Uuid,
    /// Its unique key: the kind of message, and an id.
    pub key: String,
    /// How it travels.
    pub channel: Channel,
    /// When it was written, UTC.
    pub written_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it was given up, UTC; none while it is still tried.
    pub gave_up_at: Option<Timestamp>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// Who took it, where somebody did and could not deliver it.
    pub provider: Option<String>,
    /// When they told that they could not deliver it, UTC.
    pub failed_at: Option<Timestamp>,
    /// How that failed: `permanent`, `temporary` or `technical`.
    pub failure: Option<String>,
}

/// How the outbox stands, for the console, metrics and alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxState {
    /// Neither sent nor given up.
    pub waiting: u64,
    /// Given up in the last day.
    pub given_up: u64,
    /// When the oldest waiting one was written, UTC.
    pub oldest_waiting: Option<Timestamp>,
}

statements! {
    ADD = "INSERT INTO outbox (id, key, channel, subject, payload, written_at, next_try_at, give_up_at, tries,
            claimed_until, account_id, organisation_id)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7, 0, 0, $8, $9) ON CONFLICT (key) DO NOTHING";
    DUE = "SELECT id FROM outbox WHERE sent_at IS NULL AND gave_up_at IS NULL AND next_try_at <= $1 AND claimed_until <= $1
        LIMIT 1";
    IS_WRITTEN = "SELECT COUNT(*) FROM outbox WHERE key = $1";
    // Materialized: as a subquery it might be run anew for every row, and lock more rows than its limit.
    // A code that somebody waits for does not stand behind what goes to many.
    CLAIM_AWAITED = "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE sent_at IS NULL AND gave_up_at IS NULL
            AND next_try_at <= $2 AND claimed_until <= $2 AND subject IS NOT NULL ORDER BY next_try_at LIMIT $4",
    skip locked,
    ") UPDATE outbox SET claim = $1, claimed_until = $3, tries = tries + 1 WHERE id IN (SELECT id FROM due)
        RETURNING id, key, channel, payload, tries, give_up_at, written_at";
    CLAIM_OTHERS = "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE sent_at IS NULL AND gave_up_at IS NULL
            AND next_try_at <= $2 AND claimed_until <= $2 AND subject IS NULL ORDER BY next_try_at LIMIT $4",
    skip locked,
    ") UPDATE outbox SET claim = $1, claimed_until = $3, tries = tries + 1 WHERE id IN (SELECT id FROM due)
        RETURNING id, key, channel, payload, tries, give_up_at, written_at";
    SENT = "UPDATE outbox SET sent_at = $3, payload = NULL, provider_reference = $4, last_error = NULL,
        claimed_until = 0 WHERE id = $1 AND claim = $2 AND sent_at IS NULL";
    RETRY = "UPDATE outbox SET next_try_at = $3, last_error = $4, claimed_until = 0
        WHERE id = $1 AND claim = $2 AND sent_at IS NULL";
    GIVE_UP = "UPDATE outbox SET gave_up_at = $3, last_error = $4, payload = NULL, claimed_until = 0
        WHERE id = $1 AND claim = $2 AND sent_at IS NULL";
    NEWEST = "SELECT tries, sent_at, gave_up_at, delivered_at, failed_at FROM outbox WHERE subject = $1
        ORDER BY written_at DESC, id DESC LIMIT 1";
    UNSENT = "SELECT id, key, channel, written_at, tries, gave_up_at, last_error, provider, failed_at, failure FROM outbox
        WHERE (sent_at IS NULL OR failed_at IS NOT NULL) AND channel <> 'call' ORDER BY written_at DESC, id DESC LIMIT $1";
    STATE = "SELECT
        (SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND gave_up_at IS NULL) AS waiting,
        (SELECT COUNT(*) FROM outbox WHERE gave_up_at > $1) AS given_up,
        (SELECT MIN(written_at) FROM outbox WHERE sent_at IS NULL AND gave_up_at IS NULL) AS oldest";
}

type ClaimedRow = (Uuid, String, String, Option<Vec<u8>>, i64, i64, i64);

impl Tx {
    /// Writes a message. Answers false where its key is there already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_message(
        &mut self,
        message: &NewMessage<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed =
            self.store.keys.seal(&payload_context(message.id), message.payload, self.store.random.as_ref());
        let added = execute!(
            self,
            ADD,
            message.id,
            message.key,
            message.channel.as_str(),
            message.subject,
            sealed,
            millis(now),
            millis(message.give_up_at),
            message.account,
            message.organisation
        )?;
        Ok(added == 1)
    }

    /// Whether a message with this key has been written, whatever became of it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn is_written(&mut self, key: &str) -> Result<bool, StoreError> {
        let (count,): (i64,) = in_tx!(self, IS_WRITTEN, sqlx::query_as, |q, c| q.bind(key).fetch_one(c))?;
        Ok(count > 0)
    }

    /// Claims up to `at_most` messages that are due, until `claimed_until`: no other worker gets them before then. A
    /// claim that is not answered by then, because its worker died, is void. Those that somebody waits for (that have a `subject`) come
    /// first, however many others were written before.
    ///
    /// A message that cannot be read, because its row is damaged or its key is missing, is left out: it stays claimed,
    /// keeps none of the others back, and raises an alarm whenever it is due.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn claim_messages(
        &mut self,
        claim: Uuid,
        now: Timestamp,
        claimed_until: Timestamp,
        at_most: u32,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        let mut rows: Vec<ClaimedRow> = Vec::new();
        for statement in [CLAIM_AWAITED, CLAIM_OTHERS] {
            let room = usize::try_from(at_most).unwrap_or(usize::MAX).saturating_sub(rows.len());
            if room == 0 {
                break;
            }
            let claimed: Vec<ClaimedRow> = in_tx!(self, statement, sqlx::query_as, |q, c| q
                .bind(claim)
                .bind(millis(now))
                .bind(millis(claimed_until))
                .bind(i64::try_from(room).unwrap_or(i64::MAX))
                .fetch_all(c))?;
            rows.extend(claimed);
        }
        let readable = rows.into_iter().filter_map(|row| {
            let message = row.0;
            self.store
                .claimed(row, claim)
                .inspect_err(
                    |error| tracing::error!(%message, %error, alarm = true, "a message cannot be read"),
                )
                .ok()
        });
        Ok(readable.collect())
    }

    /// The message was taken by the mail server or provider; its content is erased here. Answers false where the claim
    /// had run out and somebody else has sent it meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn message_sent(
        &mut self,
        message: &ClaimedMessage,
        provider_reference: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, SENT, message.id, message.claim, millis(now), provider_reference)? == 1)
    }

    /// The message is to be tried again at `next`. `error` says why, without address or content.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn retry_message(
        &mut self,
        message: &ClaimedMessage,
        next: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        execute!(self, RETRY, message.id, message.claim, millis(next), error).map(|_| ())
    }

    /// The message is given up; its content is erased.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_up_message(
        &mut self,
        message: &ClaimedMessage,
        error: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, GIVE_UP, message.id, message.claim, millis(now), error).map(|_| ())
    }
}

impl Store {
    /// Whether a message waits to be claimed now.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn has_due_message(&self, now: Timestamp) -> Result<bool, StoreError> {
        let due: Option<(Uuid,)> =
            reading!(self, DUE, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_optional(c))?;
        Ok(due.is_some())
    }

    fn claimed(&self, row: ClaimedRow, claim: Uuid) -> Result<ClaimedMessage, StoreError> {
        let (id, key, channel, payload, tries, give_up_at, written_at) = row;
        let sealed = payload.ok_or(StoreError::Corrupt("a waiting message without content"))?;
        Ok(ClaimedMessage {
            payload: self.keys.open(&payload_context(id), &sealed)?.to_vec(),
            id,
            key,
            channel: Channel::parse(&channel)?,
            tries: u32::try_from(tries).unwrap_or(u32::MAX),
            give_up_at: moment(give_up_at)?,
            written_at: moment(written_at)?,
            claim,
        })
    }

    /// What became of the newest message for `subject`; none where there never was one.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn delivery(&self, subject: Uuid) -> Result<Option<Delivery>, StoreError> {
        type Row = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
        let row: Option<Row> =
            reading!(self, NEWEST, sqlx::query_as, |q, c| q.bind(subject).fetch_optional(c))?;
        Ok(row.map(|(tries, sent, gave_up, delivered, failed)| match (failed, delivered, sent, gave_up) {
            (Some(_), ..) => Delivery::Failed,
            (None, Some(_), ..) => Delivery::Delivered,
            (None, None, Some(_), _) => Delivery::Sent,
            (None, None, None, Some(_)) => Delivery::GivenUp,
            (None, None, None, None) => Delivery::Waiting { tries: u32::try_from(tries).unwrap_or(u32::MAX) },
        }))
    }

    /// Messages that are waiting, given up or reported as undeliverable, the newest first, at most `at_most`. Not calls: that
    /// nobody answered one is no fault to look into.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn unsent_messages(&self, at_most: u32) -> Result<Vec<UnsentMessage>, StoreError> {
        type Row = (
            Uuid,
            String,
            String,
            i64,
            i64,
            Option<i64>,
            Option<String>,
            Option<String>,
            Option<i64>,
            Option<String>,
        );
        let rows: Vec<Row> =
            reading!(self, UNSENT, sqlx::query_as, |q, c| q.bind(i64::from(at_most)).fetch_all(c))?;
        rows.into_iter()
            .map(
                |(id, key, channel, written_at, tries, gave_up_at, last_error, provider, failed, failure)| {
                    Ok(UnsentMessage {
                        id,
                        key,
                        channel: Channel::parse(&channel)?,
                        written_at: crate::moment::moment(written_at)?,
                        tries: u32::try_from(tries).unwrap_or(u32::MAX),
                        gave_up_at: maybe_moment(gave_up_at)?,
                        last_error,
                        provider,
                        failed_at: maybe_moment(failed)?,
                        failure,
                    })
                },
            )
            .collect()
    }

    /// How the outbox stands. `since` is when the last day began, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn outbox_state(&self, since: Timestamp) -> Result<OutboxState, StoreError> {
        let (waiting, given_up, oldest): (i64, i64, Option<i64>) =
            reading!(self, STATE, sqlx::query_as, |q, c| q.bind(millis(since)).fetch_one(c))?;
        Ok(OutboxState {
            waiting: u64::try_from(waiting).unwrap_or(0),
            given_up: u64::try_from(given_up).unwrap_or(0),
            oldest_waiting: maybe_moment(oldest)?,
        })
    }
}

pub(crate) fn payload_context(message: Uuid) -> String {
    format!("outbox.payload:{message}")
}
