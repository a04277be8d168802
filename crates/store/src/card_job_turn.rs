//! How a job on a card begins, goes from order to order, and ends.

use crate::card_job::{count, held_context, order_context, typed_context};
use crate::db::{execute, in_tx};
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A job that begins.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of CardJob")]
pub struct NewCardJob<'a> {
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub smartcard_id: Option<Uuid>,
    pub kind: &'a str,
    pub started_by: Uuid,
    pub account_id: Option<Uuid>,
    pub act_id: Option<Uuid>,
    pub request: &'a str,
    /// Not yet sealed; and until when they are kept.
    pub typed: Option<(&'a [u8], Timestamp)>,
    /// Not yet sealed.
    pub held: Option<&'a [u8]>,
    pub facts: &'a str,
    pub progress: &'a str,
    pub ticket_expires_at: Timestamp,
}

/// The next order of a job, which takes the place of the one before.
#[derive(Debug, Clone, Copy)]
pub struct NextOrder<'a> {
    /// What the agent shows, as its keyed hash: an older agent is refused by it.
    pub token_hash: &'a [u8],
    /// The order before, whose number the new one follows.
    pub after: u32,
    /// What became of that, in one word; none where there was none in this run.
    pub outcome: Option<&'a str>,
    /// What is known now, as JSON.
    pub facts: &'a str,
    /// What the new order is about, as JSON.
    pub step: &'a str,
    /// The same in one word.
    pub step_name: &'a str,
    /// The order, not yet sealed.
    pub order: &'a [u8],
    /// What the person is shown.
    pub progress: &'a str,
    /// Why this run goes no further, where it does not.
    pub trouble: Option<&'a str>,
    /// How many tries the card has left, where that was said.
    pub tries_left: Option<u8>,
    /// Whether the typed passcodes were wrong, and are erased.
    pub forgets_typed: bool,
}

statements! {
    ADD = "INSERT INTO card_job (id, organisation_id, smartcard_id, kind, started_by, account_id, act_id, request, typed,
            typed_until, held, facts, run, run_from, seq, progress, ticket_number, ticket_expires_at, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, $13, 1, $14, $15)
        ON CONFLICT DO NOTHING";
    NEW_TICKET = "UPDATE card_job SET ticket_number = ticket_number + 1, ticket_expires_at = $3, ticket_used_at = NULL
        WHERE id = $1 AND started_by = $2 AND ended_at IS NULL RETURNING ticket_number";
    // Number, time and that it is the first claim are one condition of one statement: however many agents come, one wins. From
    // then on the agent before is refused, for its token is no longer the job's.
    CLAIM = "UPDATE card_job SET ticket_used_at = $3, token_hash = $4, run = run + 1, run_from = seq, heard_at = $3,
            trouble = NULL, tries_left = NULL
        WHERE id = $1 AND ticket_number = $2 AND ticket_used_at IS NULL AND ticket_expires_at > $3 AND ended_at IS NULL";
    // A number is given once: whoever answers the same order at the same time comes second and is told what the first was.
    ADVANCE = "UPDATE card_job SET seq = seq + 1, facts = $4, step = $5, last_order = $6, progress = $7, trouble = $8,
            tries_left = COALESCE($9, tries_left), heard_at = $10,
            typed = CASE WHEN CAST($11 AS BIGINT) = 1 THEN NULL ELSE typed END
        WHERE id = $1 AND token_hash = $2 AND seq = $3 AND ended_at IS NULL RETURNING run";
    GIVEN = "INSERT INTO card_job_step (job_id, seq, run, step, given_at) VALUES ($1, $2, $3, $4, $5)";
    ANSWERED = "UPDATE card_job_step SET outcome = $3, answered_at = $4 WHERE job_id = $1 AND seq = $2 AND answered_at IS NULL";
    TYPE_AGAIN = "UPDATE card_job SET typed = $2, typed_until = $3 WHERE id = $1 AND ended_at IS NULL";
    SETTLE_CARD = "UPDATE card_job SET smartcard_id = $2 WHERE id = $1 AND smartcard_id IS NULL AND ended_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM card_job AS other WHERE other.smartcard_id = $2 AND other.ended_at IS NULL)";
    END = "UPDATE card_job SET ended_at = $3, verdict = $2, trouble = COALESCE($4, trouble), typed = NULL, held = NULL,
            progress = 'ended', last_order = CASE WHEN CAST($5 AS BIGINT) = 1 THEN last_order END
        WHERE id = $1 AND ended_at IS NULL";
    ERASE_TYPED = "UPDATE card_job SET typed = NULL WHERE typed IS NOT NULL AND typed_until <= $1";
    FACTS = "UPDATE card_job SET facts = $2 WHERE id = $1 AND ended_at IS NULL";
}

impl Tx {
    fn sealed(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.store.keys.seal(context, plain, self.store.random.as_ref())
    }

    /// Begins a job. Answers whether it did: a card that has one already gets no other.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_card_job(&mut self, new: NewCardJob<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let typed = new.typed.map(|(plain, _)| self.sealed(&typed_context(new.id), plain));
        let held = new.held.map(|plain| self.sealed(&held_context(new.id), plain));
        let added = execute!(
            self,
            ADD,
            new.id,
            new.organisation_id,
            new.smartcard_id,
            new.kind,
            new.started_by,
            new.account_id,
            new.act_id,
            new.request,
            typed,
            new.typed.map(|(_, until)| millis(until)),
            held,
            new.facts,
            new.progress,
            millis(new.ticket_expires_at),
            millis(now)
        )?;
        Ok(added == 1)
    }

    /// Makes a new ticket for a job of `starter` that has not ended: the one before is worth nothing. Answers its number.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn new_card_ticket(
        &mut self,
        job: Uuid,
        starter: Uuid,
        expires_at: Timestamp,
    ) -> Result<Option<u32>, StoreError> {
        let row: Option<(i64,)> = in_tx!(self, NEW_TICKET, sqlx::query_as, |q, c| q
            .bind(job)
            .bind(starter)
            .bind(millis(expires_at))
            .fetch_optional(c))?;
        row.map(|(number,)| count(number)).transpose()
    }

    /// Trades in a ticket. Answers whether it was good: however many agents try at once, one does.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn claim_card_job(
        &mut self,
        job: Uuid,
        ticket: u32,
        token_hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, CLAIM, job, i64::from(ticket), millis(now), token_hash)? == 1)
    }

    /// Journals what became of an order, and the next one. Answers whether it did: of those who answer the same order at once
    /// one does, and an agent whose token is no longer the job's does not.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn advance_card_job(
        &mut self,
        job: Uuid,
        next: NextOrder<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed = self.sealed(&order_context(job), next.order);
        let row: Option<(i64,)> = in_tx!(self, ADVANCE, sqlx::query_as, |q, c| q
            .bind(job)
            .bind(next.token_hash)
            .bind(i64::from(next.after))
            .bind(next.facts)
            .bind(next.step)
            .bind(sealed)
            .bind(next.progress)
            .bind(next.trouble)
            .bind(next.tries_left.map(i64::from))
            .bind(millis(now))
            .bind(i64::from(next.forgets_typed))
            .fetch_optional(c))?;
        let Some((run,)) = row else { return Ok(false) };
        if let Some(outcome) = next.outcome {
            execute!(self, ANSWERED, job, i64::from(next.after), outcome, millis(now))?;
        }
        execute!(self, GIVEN, job, i64::from(next.after) + 1, run, next.step_name, millis(now))?;
        Ok(true)
    }

    /// Puts other typed passcodes in the place of those that a job had.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn retype_card_job(
        &mut self,
        job: Uuid,
        typed: &[u8],
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.sealed(&typed_context(job), typed);
        execute!(self, TYPE_AGAIN, job, sealed, millis(until)).map(|_| ())
    }

    /// A blank card was read: from now on the job is about it. Answers whether it may be: a card has one job at a time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn settle_card_of_job(&mut self, job: Uuid, smartcard: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, SETTLE_CARD, job, smartcard)? == 1)
    }

    /// What is known anew of a card, outside a turn.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn facts_of_card_job(&mut self, job: Uuid, facts: &str) -> Result<(), StoreError> {
        execute!(self, FACTS, job, facts).map(|_| ())
    }

    /// Ends a job, erases what was typed and what is held, and the last order unless it only says that all is over
    /// (`keeps_order`). Answers whether it had not ended before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_card_job(
        &mut self,
        job: Uuid,
        verdict: &str,
        trouble: Option<&str>,
        keeps_order: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, END, job, verdict, millis(now), trouble, i64::from(keeps_order))? == 1)
    }

    /// Erases what was typed for jobs and has run out by `now`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_card_job_passcodes(&mut self, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE_TYPED, millis(now)).map(|_| ())
    }
}
