//! Jobs on cards: one at a time for each card, an order at a time for each job, and a journal of both.

use crate::db::{in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;
use vault::Secret;

/// A job, as it stands.
#[derive(Clone)]
pub struct CardJob {
    /// Never changes.
    pub id: Uuid,
    /// The employer.
    pub organisation_id: Uuid,
    /// Which card; none until a blank one was read.
    pub smartcard_id: Option<Uuid>,
    /// The name of its kind: "renew".
    pub kind: String,
    /// Who asked for it.
    pub started_by: Uuid,
    /// Whose card it is, or becomes.
    pub account_id: Option<Uuid>,
    /// What the Registration Authority does by it.
    pub act_id: Option<Uuid>,
    /// What is asked, as JSON without secrets.
    pub request: String,
    /// Sealed: passcodes that were typed on the page.
    typed: Option<Vec<u8>>,
    /// When those are erased, UTC.
    pub typed_until: Option<Timestamp>,
    /// Sealed: hashes that take effect at the end.
    held: Option<Vec<u8>>,
    /// What is known, as JSON.
    pub facts: String,
    /// How many agents have claimed it so far.
    pub run: u32,
    /// The number of the last order before this run.
    pub run_from: u32,
    /// The number of the last order.
    pub seq: u32,
    /// What that was about, as JSON.
    pub step: Option<String>,
    /// Sealed: that order.
    last_order: Option<Vec<u8>>,
    /// The name of what the person is shown.
    pub progress: String,
    /// The number of the ticket that counts.
    pub ticket_number: u32,
    /// UTC.
    pub ticket_expires_at: Timestamp,
    /// UTC.
    pub ticket_used_at: Option<Timestamp>,
    /// Keyed hash of what the agent of this run shows.
    pub token_hash: Option<Vec<u8>>,
    /// When the agent was heard last, UTC.
    pub heard_at: Option<Timestamp>,
    /// UTC.
    pub started_at: Timestamp,
    /// Why the last run went no further.
    pub trouble: Option<String>,
    /// How many tries the card has left, where a passcode was wrong.
    pub tries_left: Option<u8>,
    /// UTC.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub verdict: Option<String>,
    /// When the authority is asked again whether it has decided about a certificate; none where nobody waits for it. UTC.
    pub ask_again_at: Option<Timestamp>,
}

impl std::fmt::Debug for CardJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardJob").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardJobStep {
    /// 1, 2, 3, … without a gap.
    pub seq: u32,
    /// In which run.
    pub run: u32,
    /// What the order was about, in one word.
    pub step: String,
    /// UTC.
    pub given_at: Timestamp,
    /// What became of it, in one word.
    pub outcome: Option<String>,
    /// UTC.
    pub answered_at: Option<Timestamp>,
}

statements! {
    ONE = "SELECT id, organisation_id, smartcard_id, kind, started_by, account_id, act_id, request, typed, typed_until, held, facts,
            run, run_from, seq, step, last_order, progress, ticket_number, ticket_expires_at, ticket_used_at, token_hash,
            heard_at, started_at, trouble, tries_left, ended_at, verdict, ask_again_at
        FROM card_job WHERE id = $1";
    OPEN_OF_CARD = "SELECT id, organisation_id, smartcard_id, kind, started_by, account_id, act_id, request, typed, typed_until,
            held, facts, run, run_from, seq, step, last_order, progress, ticket_number, ticket_expires_at, ticket_used_at,
            token_hash, heard_at, started_at, trouble, tries_left, ended_at, verdict, ask_again_at
        FROM card_job WHERE smartcard_id = $1 AND ended_at IS NULL";
    LEFT_OPEN = "SELECT id, organisation_id, smartcard_id, kind, started_by, account_id, act_id, request, typed, typed_until,
            held, facts, run, run_from, seq, step, last_order, progress, ticket_number, ticket_expires_at, ticket_used_at,
            token_hash, heard_at, started_at, trouble, tries_left, ended_at, verdict, ask_again_at
        FROM card_job WHERE ended_at IS NULL AND started_at <= $1 AND (keep_until IS NULL OR keep_until <= $2)
        ORDER BY started_at LIMIT 100";
    TO_ASK = "SELECT id, organisation_id, smartcard_id, kind, started_by, account_id, act_id, request, typed, typed_until,
            held, facts, run, run_from, seq, step, last_order, progress, ticket_number, ticket_expires_at, ticket_used_at,
            token_hash, heard_at, started_at, trouble, tries_left, ended_at, verdict, ask_again_at
        FROM card_job WHERE ended_at IS NULL AND ask_again_at <= $1 ORDER BY ask_again_at LIMIT 100";
    LAST_OF = "SELECT id, organisation_id, smartcard_id, kind, started_by, account_id, act_id, request, typed, typed_until,
            held, facts, run, run_from, seq, step, last_order, progress, ticket_number, ticket_expires_at, ticket_used_at,
            token_hash, heard_at, started_at, trouble, tries_left, ended_at, verdict, ask_again_at
        FROM card_job WHERE account_id = $1 ORDER BY started_at DESC, id DESC LIMIT 1";
    STEPS = "SELECT seq, run, step, given_at, outcome, answered_at FROM card_job_step WHERE job_id = $1 ORDER BY seq";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    smartcard_id: Option<Uuid>,
    kind: String,
    started_by: Uuid,
    account_id: Option<Uuid>,
    act_id: Option<Uuid>,
    request: String,
    typed: Option<Vec<u8>>,
    typed_until: Option<i64>,
    held: Option<Vec<u8>>,
    facts: String,
    run: i64,
    run_from: i64,
    seq: i64,
    step: Option<String>,
    last_order: Option<Vec<u8>>,
    progress: String,
    ticket_number: i64,
    ticket_expires_at: i64,
    ticket_used_at: Option<i64>,
    token_hash: Option<Vec<u8>>,
    heard_at: Option<i64>,
    started_at: i64,
    trouble: Option<String>,
    tries_left: Option<i64>,
    ended_at: Option<i64>,
    verdict: Option<String>,
    ask_again_at: Option<i64>,
}

pub(crate) fn count(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Corrupt("a job's number is out of range"))
}

impl TryFrom<Row> for CardJob {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            smartcard_id: row.smartcard_id,
            kind: row.kind,
            started_by: row.started_by,
            account_id: row.account_id,
            act_id: row.act_id,
            request: row.request,
            typed: row.typed,
            typed_until: maybe_moment(row.typed_until)?,
            held: row.held,
            facts: row.facts,
            run: count(row.run)?,
            run_from: count(row.run_from)?,
            seq: count(row.seq)?,
            step: row.step,
            last_order: row.last_order,
            progress: row.progress,
            ticket_number: count(row.ticket_number)?,
            ticket_expires_at: moment(row.ticket_expires_at)?,
            ticket_used_at: maybe_moment(row.ticket_used_at)?,
            token_hash: row.token_hash,
            heard_at: maybe_moment(row.heard_at)?,
            started_at: moment(row.started_at)?,
            trouble: row.trouble,
            tries_left: row.tries_left.and_then(|left| u8::try_from(left).ok()),
            ended_at: maybe_moment(row.ended_at)?,
            verdict: row.verdict,
            ask_again_at: maybe_moment(row.ask_again_at)?,
        })
    }
}

pub(crate) fn typed_context(id: Uuid) -> String {
    format!("card_job/typed/{id}")
}

pub(crate) fn held_context(id: Uuid) -> String {
    format!("card_job/held/{id}")
}

pub(crate) fn order_context(id: Uuid) -> String {
    format!("card_job/last_order/{id}")
}

/// Number, run, step, given, outcome, answered.
type StepRow = (i64, i64, String, i64, Option<String>, Option<i64>);

impl Store {
    /// One job.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_job(&self, id: Uuid) -> Result<Option<CardJob>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(CardJob::try_from).transpose()
    }

    /// The job of a card that has not ended.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn open_card_job(&self, smartcard: Uuid) -> Result<Option<CardJob>, StoreError> {
        let row: Option<Row> =
            reading!(self, OPEN_OF_CARD, sqlx::query_as, |q, c| q.bind(smartcard).fetch_optional(c))?;
        row.map(CardJob::try_from).transpose()
    }

    /// The newest job on a card of this account.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn last_card_job_of(&self, account: Uuid) -> Result<Option<CardJob>, StoreError> {
        let row: Option<Row> =
            reading!(self, LAST_OF, sqlx::query_as, |q, c| q.bind(account).fetch_optional(c))?;
        row.map(CardJob::try_from).transpose()
    }

    /// Jobs that began at or before `started` and have not ended, but for those that are kept beyond `now`; at most a hundred, the
    /// oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_jobs_left_open(
        &self,
        started: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<CardJob>, StoreError> {
        let rows: Vec<Row> = reading!(self, LEFT_OPEN, sqlx::query_as, |q, c| q
            .bind(millis(started))
            .bind(millis(now))
            .fetch_all(c))?;
        rows.into_iter().map(CardJob::try_from).collect()
    }

    /// Jobs for which the authority is to be asked again by `now`; at most a hundred.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_jobs_to_ask_for(&self, now: Timestamp) -> Result<Vec<CardJob>, StoreError> {
        let rows: Vec<Row> = reading!(self, TO_ASK, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_all(c))?;
        rows.into_iter().map(CardJob::try_from).collect()
    }

    /// The journal of a job, in its order.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_job_steps(&self, job: Uuid) -> Result<Vec<CardJobStep>, StoreError> {
        let rows: Vec<StepRow> = reading!(self, STEPS, sqlx::query_as, |q, c| q.bind(job).fetch_all(c))?;
        rows.into_iter()
            .map(|(seq, run, step, given_at, outcome, answered_at)| {
                Ok(CardJobStep {
                    seq: count(seq)?,
                    run: count(run)?,
                    step,
                    given_at: moment(given_at)?,
                    outcome,
                    answered_at: maybe_moment(answered_at)?,
                })
            })
            .collect()
    }

    /// What was typed on the page for a job; none where it was erased or has run out.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn card_job_typed(
        &self,
        job: &CardJob,
        now: Timestamp,
    ) -> Result<Option<Secret<Vec<u8>>>, StoreError> {
        let alive = job.typed_until.is_some_and(|until| until > now);
        self.opened(job.typed.as_deref().filter(|_| alive), &typed_context(job.id))
    }

    /// What is held for the end of a job.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn card_job_held(&self, job: &CardJob) -> Result<Option<Secret<Vec<u8>>>, StoreError> {
        self.opened(job.held.as_deref(), &held_context(job.id))
    }

    /// The last order of a job.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn card_job_order(&self, job: &CardJob) -> Result<Option<Secret<Vec<u8>>>, StoreError> {
        self.opened(job.last_order.as_deref(), &order_context(job.id))
    }

    fn opened(&self, sealed: Option<&[u8]>, context: &str) -> Result<Option<Secret<Vec<u8>>>, StoreError> {
        let plain = sealed.map(|sealed| self.keys.open(context, sealed)).transpose()?;
        Ok(plain.map(|plain| Secret::new(plain.to_vec())))
    }
}

impl Tx {
    /// One job, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_job(&mut self, id: Uuid) -> Result<Option<CardJob>, StoreError> {
        let row: Option<Row> = in_tx!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(CardJob::try_from).transpose()
    }

    /// The job of a card that has not ended, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn open_card_job(&mut self, smartcard: Uuid) -> Result<Option<CardJob>, StoreError> {
        let row: Option<Row> =
            in_tx!(self, OPEN_OF_CARD, sqlx::query_as, |q, c| q.bind(smartcard).fetch_optional(c))?;
        row.map(CardJob::try_from).transpose()
    }
}
