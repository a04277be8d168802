//! Staff records of HR systems: who pulls those of an organisation at present, and what was provided from them.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// What a source said last of somebody, of one type of credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRecord {
    /// The kind of credential.
    pub kind: String,
    /// What tells two of a kind apart; else empty.
    pub variant: String,
    /// A keyed hash of what it said.
    pub said: Vec<u8>,
    /// The pull that provided it.
    pub pull: Uuid,
}

/// A record that was provided once, whoever may have pulled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecord {
    /// Whose.
    pub account: Uuid,
    /// The kind of credential.
    pub kind: String,
    /// What tells two of a kind apart; else empty.
    pub variant: String,
    /// The credential that says it.
    pub credential: Uuid,
}

/// A record that is about to be provided.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of KeptRecord and ListedRecord")]
pub struct NewRecord<'a> {
    pub organisation: Uuid,
    pub account: Uuid,
    pub kind: &'a str,
    pub variant: &'a str,
    pub said: &'a [u8; 32],
    pub credential: Uuid,
    pub pull: Uuid,
}

/// Who wants to pull the records of an organisation.
#[derive(Debug, Clone, Copy)]
pub struct Puller {
    /// The organisation.
    pub organisation: Uuid,
    /// The local day whose pull it is; none by hand.
    pub day: Option<Date>,
    /// Whoever pulls, different for each try.
    pub holder: Uuid,
    /// The id of the pull, where it is not one that was cut off and is gone on with.
    pub pull: Uuid,
}

/// How the pulls of an organisation stand. Moments are UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullsSeen {
    /// Whoever pulls at present is believed to do so until then; none while nobody does.
    pub held_until: Option<Timestamp>,
    /// When the last one came to its end.
    pub ended_at: Option<Timestamp>,
    /// What that one found, as JSON.
    pub found: Option<String>,
    /// When one failed since then, and why.
    pub failed: Option<(Timestamp, String)>,
    /// Before this moment nobody tries again by themselves.
    pub not_before: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SeenRow {
    held_until: Option<i64>,
    ended_at: Option<i64>,
    found: Option<String>,
    failed_at: Option<i64>,
    problem: Option<String>,
    not_before: i64,
}

statements! {
    SEE = "SELECT CASE WHEN holder IS NULL THEN NULL ELSE held_until END AS held_until, ended_at, found, failed_at, problem, not_before
        FROM staff_pull WHERE organisation_id = $1";
    NOT_NOW = "SELECT COUNT(*) FROM staff_pull WHERE organisation_id = $1
        AND (done_day >= $2 OR not_before > $3 OR (holder IS NOT NULL AND held_until > $3))";
    FIRST = "INSERT INTO staff_pull (organisation_id, pull_id, held_until, not_before) VALUES ($1, $2, 0, 0)
        ON CONFLICT (organisation_id) DO NOTHING";
    // A day's pull that was cut off or failed is gone on with under its id; nothing holds up one that somebody asks for.
    CLAIM = "UPDATE staff_pull SET pull_id = CASE WHEN day = CAST($3 AS TEXT) THEN pull_id ELSE $4 END, day = $3, holder = $2, held_until = $5
        WHERE organisation_id = $1 AND (holder IS NULL OR held_until <= $6)
            AND (CAST($3 AS TEXT) IS NULL OR ((done_day IS NULL OR done_day < $3) AND not_before <= $6)) RETURNING pull_id";
    HOLD = "UPDATE staff_pull SET held_until = $3 WHERE organisation_id = $1 AND holder = $2";
    FINISH = "UPDATE staff_pull SET holder = NULL, done_day = COALESCE(day, done_day), day = NULL, ended_at = $3, found = $4,
        failed_at = NULL, problem = NULL WHERE organisation_id = $1 AND holder = $2";
    GIVE_UP = "UPDATE staff_pull SET holder = NULL, not_before = $3 WHERE organisation_id = $1 AND holder = $2";
    FAIL = "UPDATE staff_pull SET holder = NULL, not_before = $3, failed_at = $4, problem = $5
        WHERE organisation_id = $1 AND holder = $2";
    // One that two people of an organisation have is nobody's.
    BY_NUMBER = "SELECT account.id FROM account JOIN roster_entry ON roster_entry.id = account.roster_entry_id
        WHERE account.organisation_id = $1 AND roster_entry.esr_number = $2 LIMIT 2";
    BY_EMAIL = "SELECT id FROM account WHERE organisation_id = $1 AND email = $2";
    OF_ACCOUNT = "SELECT kind, variant, said, pull_id FROM staff_record WHERE organisation_id = $1 AND account_id = $2";
    // Whoever comes second waits here, and then finds that it was said before.
    REMEMBER = "INSERT INTO staff_record (organisation_id, account_id, kind, variant, said, credential_id, pull_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (organisation_id, account_id, kind, variant) DO UPDATE SET said = excluded.said,
            before_id = staff_record.credential_id, credential_id = excluded.credential_id, pull_id = excluded.pull_id
        WHERE staff_record.said <> excluded.said RETURNING before_id";
    LIST = "SELECT account_id, kind, variant, credential_id FROM staff_record
        WHERE organisation_id = $1 AND (account_id, kind, variant) > ($2, $3, $4)
        ORDER BY account_id, kind, variant LIMIT $5";
}

impl Store {
    /// Whether the pull of a local day may begin, or go on, as far as a look can tell.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn may_pull(&self, organisation: Uuid, day: Date, now: Timestamp) -> Result<bool, StoreError> {
        let (held_up,): (i64,) = reading!(self, NOT_NOW, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(day.to_string())
            .bind(millis(now))
            .fetch_one(c))?;
        Ok(held_up == 0)
    }

    /// How the pulls of an organisation stand; none where there never was one.
    ///
    /// # Errors
    /// Where the database cannot be read, or holds what it should not.
    pub async fn pulls_seen(&self, organisation: Uuid) -> Result<Option<PullsSeen>, StoreError> {
        let row: Option<SeenRow> =
            reading!(self, SEE, sqlx::query_as, |q, c| q.bind(organisation).fetch_optional(c))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(PullsSeen {
            held_until: maybe_moment(row.held_until)?,
            ended_at: maybe_moment(row.ended_at)?,
            found: row.found,
            failed: maybe_moment(row.failed_at)?.zip(row.problem),
            not_before: moment(row.not_before)?,
        }))
    }

    /// Whose account of an organisation has this address or staff number.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn account_in_records(
        &self,
        organisation: Uuid,
        user_name: &str,
    ) -> Result<Option<Uuid>, StoreError> {
        let by = if user_name.contains('@') { BY_EMAIL } else { BY_NUMBER };
        let found: Vec<(Uuid,)> =
            reading!(self, by, sqlx::query_as, |q, c| q.bind(organisation).bind(user_name).fetch_all(c))?;
        Ok(match found.as_slice() {
            [(account,)] => Some(*account),
            _ => None,
        })
    }

    /// What was provided to somebody from the records of an organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn kept_records(
        &self,
        organisation: Uuid,
        account: Uuid,
    ) -> Result<Vec<KeptRecord>, StoreError> {
        let rows: Vec<(String, String, Vec<u8>, Uuid)> =
            reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(account)
                .fetch_all(c))?;
        let kept = |(kind, variant, said, pull)| KeptRecord { kind, variant, said, pull };
        Ok(rows.into_iter().map(kept).collect())
    }

    /// What was ever provided from the records of an organisation, in a fixed order, after `after`; at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn records_listed(
        &self,
        organisation: Uuid,
        after: Option<&ListedRecord>,
        at_most: u32,
    ) -> Result<Vec<ListedRecord>, StoreError> {
        let (account, kind, variant) = match after {
            Some(after) => (after.account, after.kind.as_str(), after.variant.as_str()),
            None => (Uuid::nil(), "", ""),
        };
        let rows: Vec<(Uuid, String, String, Uuid)> = reading!(self, LIST, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(account)
            .bind(kind)
            .bind(variant)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        let listed =
            |(account, kind, variant, credential)| ListedRecord { account, kind, variant, credential };
        Ok(rows.into_iter().map(listed).collect())
    }
}

impl Tx {
    /// Begins to pull, or goes on with what was cut off: until `until` nobody else pulls the records of this organisation. Answers the
    /// id of the pull, or none where somebody pulls already, or it is not the time for it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn begin_pull(
        &mut self,
        puller: Puller,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Uuid>, StoreError> {
        execute!(self, FIRST, puller.organisation, puller.pull)?;
        let day = puller.day.map(|day| day.to_string());
        let row: Option<(Uuid,)> = in_tx!(self, CLAIM, sqlx::query_as, |q, c| q
            .bind(puller.organisation)
            .bind(puller.holder)
            .bind(day)
            .bind(puller.pull)
            .bind(millis(until))
            .bind(millis(now))
            .fetch_optional(c))?;
        Ok(row.map(|(pull,)| pull))
    }

    /// Goes on with a pull until `until`. Answers false where somebody else has taken it over: then drop the transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn hold_pull(&mut self, puller: Puller, until: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, HOLD, puller.organisation, puller.holder, millis(until))? == 1)
    }

    /// A pull is over, and has `found` this, as JSON. Answers false where somebody else has taken it over.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn finish_pull(
        &mut self,
        puller: Puller,
        found: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, FINISH, puller.organisation, puller.holder, millis(now), found)? == 1)
    }

    /// A pull has failed, for this reason: nobody goes on with it by themselves before `not_before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn fail_pull(
        &mut self,
        puller: Puller,
        not_before: Timestamp,
        problem: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (organisation, holder) = (puller.organisation, puller.holder);
        execute!(self, FAIL, organisation, holder, millis(not_before), millis(now), problem).map(|_| ())
    }

    /// A pull is left to others, who do not go on with it by themselves before `not_before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_pull_up(&mut self, puller: Puller, not_before: Timestamp) -> Result<(), StoreError> {
        execute!(self, GIVE_UP, puller.organisation, puller.holder, millis(not_before)).map(|_| ())
    }

    /// Keeps what a source says of somebody now. Answers none where it said the same before; else what said otherwise before, if
    /// anything did: `Some(None)` is the first time.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn remember_record(&mut self, new: NewRecord<'_>) -> Result<Option<Option<Uuid>>, StoreError> {
        let row: Option<(Option<Uuid>,)> = in_tx!(self, REMEMBER, sqlx::query_as, |q, c| q
            .bind(new.organisation)
            .bind(new.account)
            .bind(new.kind)
            .bind(new.variant)
            .bind(new.said.as_slice())
            .bind(new.credential)
            .bind(new.pull)
            .fetch_optional(c))?;
        Ok(row.map(|(before,)| before))
    }
}
