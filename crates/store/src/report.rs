//! What providers tell of messages after they took them, and asking where they tell nothing.

use crate::db::{execute, in_tx};
use crate::moment::millis;
use crate::outbox::ClaimedMessage;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// What a provider says of a message that it took, where it says something final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// The phone has it.
    Delivered,
    /// The number does not exist or takes no messages.
    Permanent,
    /// The phone was off or full for long.
    Temporary,
    /// The provider failed.
    Technical,
}

impl Reported {
    /// Its name in the database; for a failure the word of [`crate::delivery::DeliveryEntry::failure`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Permanent => "permanent",
            Self::Temporary => "temporary",
            Self::Technical => "technical",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        match name {
            "delivered" => Ok(Self::Delivered),
            "permanent" => Ok(Self::Permanent),
            "temporary" => Ok(Self::Temporary),
            "technical" => Ok(Self::Technical),
            _ => Err(StoreError::Corrupt("a delivery report of an unknown kind")),
        }
    }
}

/// Which message a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportAbout<'a> {
    /// Our own id of it, which the provider handed back.
    Message(Uuid),
    /// What the provider calls it.
    Reference {
        /// Who reports.
        provider: &'a str,
        /// What they called it when they took it.
        reference: &'a str,
    },
}

/// What a report changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportEffect {
    /// The message stands as reported from now on.
    Changed,
    /// It stood so already, or a failure is known of it: a report that comes again changes nothing.
    KnownBefore,
    /// There is no such message (yet).
    Unknown,
}

/// A text of which nothing was heard, to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnheardMessage {
    /// Its id.
    pub id: Uuid,
    /// Who took it.
    pub provider: String,
    /// What they call it.
    pub reference: String,
}

statements! {
    TAKEN = "UPDATE outbox SET sent_at = $3, payload = NULL, provider = $5, provider_reference = $4, last_error = NULL,
        claimed_until = 0 WHERE id = $1 AND claim = $2 AND sent_at IS NULL";
    // A failure may come after 'delivered' and overrides it; nothing overrides a failure.
    DELIVERED = "UPDATE outbox SET delivered_at = $2 WHERE id = $1 AND delivered_at IS NULL AND failed_at IS NULL";
    FAILED = "UPDATE outbox SET failed_at = $2, failure = $3 WHERE id = $1 AND failed_at IS NULL";
    IS_THERE = "SELECT id FROM outbox WHERE id = $1";
    BY_REFERENCE = "SELECT id FROM outbox WHERE provider_reference = $1 AND provider = $2";
    KEEP_EARLY = "INSERT INTO early_report (provider, provider_reference, state, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (provider, provider_reference) DO UPDATE SET state = CASE
            WHEN early_report.state = 'delivered' THEN excluded.state ELSE early_report.state END";
    EARLY = "SELECT provider, provider_reference, state FROM early_report
        WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.provider_reference = early_report.provider_reference
            AND outbox.provider = early_report.provider) ORDER BY at LIMIT $1";
    FORGET_EARLY = "DELETE FROM early_report WHERE provider = $1 AND provider_reference = $2";
    // Asked after one minute, and again whenever as long has passed as between handing over and the last time.
    CLAIM_UNHEARD = "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE delivered_at IS NULL AND failed_at IS NULL
            AND provider IS NOT NULL AND provider_reference IS NOT NULL AND sent_at > $2 AND sent_at <= $3
            AND (asked_at IS NULL OR $1 - asked_at >= asked_at - sent_at) ORDER BY sent_at LIMIT $4",
    skip locked,
    ") UPDATE outbox SET asked_at = $1 WHERE id IN (SELECT id FROM due) RETURNING id, provider, provider_reference";
}

impl Tx {
    /// The message was taken by `provider`; its content is erased here. Otherwise as [`Tx::message_sent`].
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn message_taken(
        &mut self,
        message: &ClaimedMessage,
        provider: &str,
        reference: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, claim) = (message.id, message.claim);
        Ok(execute!(self, TAKEN, id, claim, millis(now), reference, provider)? == 1)
    }

    /// Enters what a provider reports. A report that comes again, or after a failure, changes nothing.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn report_delivery(
        &mut self,
        about: ReportAbout<'_>,
        reported: Reported,
        now: Timestamp,
    ) -> Result<ReportEffect, StoreError> {
        let found: Option<(Uuid,)> = match about {
            ReportAbout::Message(id) => {
                in_tx!(self, IS_THERE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?
            }
            ReportAbout::Reference { provider, reference } => {
                in_tx!(self, BY_REFERENCE, sqlx::query_as, |q, c| q
                    .bind(reference)
                    .bind(provider)
                    .fetch_optional(c))?
            }
        };
        let Some((id,)) = found else {
            return Ok(ReportEffect::Unknown);
        };
        let changed = match reported {
            Reported::Delivered => execute!(self, DELIVERED, id, millis(now))?,
            failure => execute!(self, FAILED, id, millis(now), failure.as_str())?,
        };
        Ok(if changed == 1 { ReportEffect::Changed } else { ReportEffect::KnownBefore })
    }

    /// Keeps a report of which the message is not known yet: it came before the message was marked as sent.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn keep_early_report(
        &mut self,
        provider: &str,
        reference: &str,
        reported: Reported,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, KEEP_EARLY, provider, reference, reported.as_str(), millis(now)).map(|_| ())
    }

    /// Enters up to `at_most` reports that came early and whose message is known by now. Answers how many.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn enter_early_reports(&mut self, at_most: u32, now: Timestamp) -> Result<u64, StoreError> {
        let rows: Vec<(String, String, String)> =
            in_tx!(self, EARLY, sqlx::query_as, |q, c| q.bind(i64::from(at_most)).fetch_all(c))?;
        let mut entered = 0;
        for (provider, reference, state) in rows {
            let about = ReportAbout::Reference { provider: &provider, reference: &reference };
            self.report_delivery(about, Reported::parse(&state)?, now).await?;
            entered += execute!(self, FORGET_EARLY, provider.as_str(), reference.as_str())?;
        }
        Ok(entered)
    }

    /// Claims up to `at_most` messages of which nothing was heard since they were taken after `after` and up to `before`
    /// (UTC), to ask their providers: no other worker gets them before the next time is due. The pauses double.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn claim_unheard(
        &mut self,
        now: Timestamp,
        after: Timestamp,
        before: Timestamp,
        at_most: u32,
    ) -> Result<Vec<UnheardMessage>, StoreError> {
        let rows: Vec<(Uuid, String, String)> = in_tx!(self, CLAIM_UNHEARD, sqlx::query_as, |q, c| q
            .bind(millis(now))
            .bind(millis(after))
            .bind(millis(before))
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        let unheard = |(id, provider, reference)| UnheardMessage { id, provider, reference };
        Ok(rows.into_iter().map(unheard).collect())
    }
}
