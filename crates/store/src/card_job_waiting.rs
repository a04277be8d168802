//! Jobs that wait for an authority which takes its time.

use crate::card_job::CardJob;
use crate::db::execute;
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// What an authority that was asked again has answered.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// What is known now, as JSON.
    pub facts: &'a str,
    /// How the job stands, for its page.
    pub trouble: &'a str,
    /// When it is asked again; none where it has decided.
    pub ask_again_at: Option<Timestamp>,
    /// How long the job is kept for its person.
    pub keep_until: Timestamp,
}

statements! {
    WAITS = "UPDATE card_job SET ask_again_at = $2, keep_until = $3 WHERE id = $1 AND ended_at IS NULL";
    // Of several nodes one asks. Where it dies, another one does when this time has come.
    TAKE = "UPDATE card_job SET ask_again_at = $3 WHERE id = $1 AND ask_again_at = $2 AND ended_at IS NULL";
    // An agent that has come meanwhile knows better.
    ANSWERED = "UPDATE card_job SET facts = $4, trouble = $5, ask_again_at = $6, keep_until = $7
        WHERE id = $1 AND run = $2 AND seq = $3 AND ended_at IS NULL";
}

impl Tx {
    /// The job waits for the authority, which is asked again at `ask_again_at`; it is kept until `keep_until`, whenever it began.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn card_job_waits(
        &mut self,
        job: Uuid,
        ask_again_at: Timestamp,
        keep_until: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, WAITS, job, millis(ask_again_at), millis(keep_until)).map(|_| ())
    }

    /// Takes it on to ask for a job, which others do again from `next` on. Answers whether nobody else has.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take_card_job_to_ask_for(
        &mut self,
        job: &CardJob,
        next: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(due) = job.ask_again_at else { return Ok(false) };
        Ok(execute!(self, TAKE, job.id, millis(due), millis(next))? == 1)
    }

    /// Notes what the authority answered about a job that no agent has gone on with since it was read. Answers whether so.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn card_job_answered(
        &mut self,
        job: &CardJob,
        answered: Answered<'_>,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            ANSWERED,
            job.id,
            i64::from(job.run),
            i64::from(job.seq),
            answered.facts,
            answered.trouble,
            answered.ask_again_at.map(millis),
            millis(answered.keep_until)
        )?;
        Ok(changed == 1)
    }
}
