//! Files of people to be invited: what was uploaded, whether it was confirmed, and how far the invitations have come.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A file of people to be invited.
#[derive(Debug, Clone)]
pub struct InvitationBatch {
    /// Never changes.
    pub id: Uuid,
    /// Who invites.
    pub organisation_id: Uuid,
    /// The member of staff who uploaded it.
    pub account_id: Uuid,
    /// UTC.
    pub uploaded_at: Timestamp,
    /// How many people stand in it.
    pub people: u32,
    /// When it was confirmed, UTC: nobody is invited before.
    pub confirmed_at: Option<Timestamp>,
    /// So many of them were dealt with, in their order.
    pub done: u32,
    /// So many of those were not invited by it: they had been otherwise by then, or too many messages had gone to their address.
    pub passed_over: u32,
    /// When all of them were dealt with, UTC.
    pub finished_at: Option<Timestamp>,
}

statements! {
    ADD = "INSERT INTO invitation_batch (id, organisation_id, account_id, uploaded_at, file, people)
        VALUES ($1, $2, $3, $4, $5, $6)";
    ONE = "SELECT id, organisation_id, account_id, uploaded_at, people, confirmed_at, done, passed_over, finished_at
        FROM invitation_batch WHERE id = $1";
    CONTENT = "SELECT file FROM invitation_batch WHERE id = $1 AND file IS NOT NULL";
    UNDER_WAY = "SELECT id, organisation_id, account_id, uploaded_at, people, confirmed_at, done, passed_over, finished_at
        FROM invitation_batch WHERE confirmed_at IS NOT NULL AND finished_at IS NULL ORDER BY confirmed_at, id";
    CONFIRM = "UPDATE invitation_batch SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL AND file IS NOT NULL";
    // Whoever comes second waits here until the first has invited, and then finds that it was overtaken.
    MOVE_ON = "UPDATE invitation_batch SET done = $3 WHERE id = $1 AND done = $2 AND finished_at IS NULL";
    PASS_OVER = "UPDATE invitation_batch SET passed_over = passed_over + $2 WHERE id = $1";
    FINISH = "UPDATE invitation_batch SET finished_at = $2, file = NULL WHERE id = $1";
    FORGET_FILES = "UPDATE invitation_batch SET file = NULL WHERE uploaded_at <= $1 AND confirmed_at IS NULL AND file IS NOT NULL";
    ERASE = "DELETE FROM invitation_batch WHERE uploaded_at <= $1 AND (confirmed_at IS NULL OR finished_at IS NOT NULL)";
}

type Row = (Uuid, Uuid, Uuid, i64, i64, Option<i64>, i64, i64, Option<i64>);

fn batch(row: Row) -> Result<InvitationBatch, StoreError> {
    let (id, organisation_id, account_id, uploaded, people, confirmed, done, passed_over, finished) = row;
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(InvitationBatch {
        id,
        organisation_id,
        account_id,
        uploaded_at: moment(uploaded)?,
        people: number(people),
        confirmed_at: maybe_moment(confirmed)?,
        done: number(done),
        passed_over: number(passed_over),
        finished_at: maybe_moment(finished)?,
    })
}

/// What a sealed file is bound to.
pub(crate) fn file_context(id: Uuid) -> String {
    format!("invitation_batch/{id}/file")
}

impl Store {
    /// The file with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn invitation_batch(&self, id: Uuid) -> Result<Option<InvitationBatch>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(batch).transpose()
    }

    /// What stands in a file; none where that is no longer kept.
    ///
    /// # Errors
    /// Where the database cannot be read or the file not be opened.
    pub async fn invitation_file(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> =
            reading!(self, CONTENT, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        let Some((sealed,)) = row else { return Ok(None) };
        Ok(Some(self.keys.open(&file_context(id), &sealed)?.to_vec()))
    }

    /// The files that were confirmed, and whose people are not all invited.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn invitation_batches_under_way(&self) -> Result<Vec<InvitationBatch>, StoreError> {
        let rows: Vec<Row> = reading!(self, UNDER_WAY, sqlx::query_as, |q, c| q.fetch_all(c))?;
        rows.into_iter().map(batch).collect()
    }
}

impl Tx {
    /// Keeps a file of so many people.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_invitation_batch(
        &mut self,
        id: Uuid,
        (organisation, by): (Uuid, Uuid),
        file: &[u8],
        people: u32,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.store.keys.seal(&file_context(id), file, self.store.random.as_ref());
        execute!(self, ADD, id, organisation, by, millis(now), sealed, i64::from(people)).map(|_| ())
    }

    /// Its people are to be invited. Answers false where somebody has said so before, or the file is kept no longer.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn confirm_invitation_batch(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, CONFIRM, id, millis(now))? == 1)
    }

    /// The people from the one after `from` to `to` are this transaction's to invite. Answers false where another node was faster: then
    /// drop the transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn move_invitation_batch(&mut self, id: Uuid, from: u32, to: u32) -> Result<bool, StoreError> {
        Ok(execute!(self, MOVE_ON, id, i64::from(from), i64::from(to))? == 1)
    }

    /// So many of them are not invited by it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn pass_over_invitations(&mut self, id: Uuid, count: u32) -> Result<(), StoreError> {
        execute!(self, PASS_OVER, id, i64::from(count)).map(|_| ())
    }

    /// All of them were dealt with: the file is kept no longer.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_invitation_batch(&mut self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, FINISH, id, millis(now)).map(|_| ())
    }

    /// Erases what was uploaded up to `unconfirmed` and not confirmed, and forgets all files up to `old` that are over.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_invitation_batches(
        &mut self,
        unconfirmed: Timestamp,
        old: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, FORGET_FILES, millis(unconfirmed))?;
        execute!(self, ERASE, millis(old)).map(|_| ())
    }
}
