//! Job roles that are given because the employer's list names them: to one who registers, and to those who are there.

use crate::db::{Inner, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::folded_job_role;
use uuid::Uuid;

/// To at most so many people a job role is given in one transaction.
pub const GIVEN_AT_ONCE: usize = 500;

/// A job role that is given to whom the employer's list names.
#[derive(Debug, Clone, Copy)]
pub struct ByRecord<'a> {
    /// Whose job role, and whose people.
    pub organisation: Uuid,
    /// The job role.
    pub job_role: Uuid,
    /// What people call it.
    pub name: &'a str,
    /// The member of staff who gives it: to anybody but themselves.
    pub by: Uuid,
}

/// What became of a stretch of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Given {
    /// So many have the job role now.
    pub people: u64,
    /// The entry of the list after which the next stretch begins; none where this was the last.
    pub after: Option<Uuid>,
}

statements! {
    // Whoever has one already keeps it.
    GIVE = "INSERT INTO passport_job_role (id, organisation_id, account_id, job_role_id, given_by, given_at)
        SELECT $1, j.organisation_id, a.id, j.id, $3, $4 FROM account a JOIN roster_entry r ON r.id = a.roster_entry_id
            JOIN job_role j ON j.organisation_id = r.organisation_id AND j.name_folded = r.job_role_folded
        WHERE a.id = $2 ON CONFLICT DO NOTHING
        RETURNING job_role_id, (SELECT name FROM job_role WHERE job_role.id = passport_job_role.job_role_id)";
    COUNT = "SELECT COUNT(*) FROM roster_entry r JOIN account a ON a.roster_entry_id = r.id
        WHERE r.organisation_id = $1 AND r.job_role_folded = $2 AND r.left_at IS NULL AND a.organisation_id = $1 AND a.id <> $3
            AND NOT EXISTS (SELECT 1 FROM passport_job_role p WHERE p.organisation_id = $1 AND p.account_id = a.id)";
    NEXT = "SELECT r.id AS entry, a.id AS account FROM roster_entry r JOIN account a ON a.roster_entry_id = r.id
        WHERE r.organisation_id = $1 AND r.job_role_folded = $2 AND r.left_at IS NULL AND a.organisation_id = $1 AND a.id <> $3
            AND NOT EXISTS (SELECT 1 FROM passport_job_role p WHERE p.organisation_id = $1 AND p.account_id = a.id)
            AND r.id > $4 ORDER BY r.id LIMIT $5";
}

const HELD: &str =
    "INSERT INTO passport_job_role (id, organisation_id, account_id, job_role_id, given_by, given_at) ";
const HELD_ALREADY: &str = " ON CONFLICT DO NOTHING RETURNING account_id";
const HAPPENED: &str =
    "INSERT INTO passport_event (id, account_id, at, what, organisation_id, by_account, job_role) ";

impl Store {
    /// How many people have no job role in the organisation, and are named as having this one by its list.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn named_by_record(&self, which: ByRecord<'_>) -> Result<u64, StoreError> {
        let (count,): (i64,) = reading!(self, COUNT, sqlx::query_as, |q, c| q
            .bind(which.organisation)
            .bind(folded_job_role(which.name))
            .bind(which.by)
            .fetch_one(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

impl Tx {
    /// Gives somebody the job role that the employer's list names for them, where there is one of that name and they have none. Nobody
    /// gives it: who that was stays nil. Answers which, and its name.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_job_role_by_record(
        &mut self,
        id: Uuid,
        account: Uuid,
        now: Timestamp,
    ) -> Result<Option<(Uuid, String)>, StoreError> {
        Ok(in_tx!(self, GIVE, sqlx::query_as, |q, c| q
            .bind(id)
            .bind(account)
            .bind(Uuid::nil())
            .bind(millis(now))
            .fetch_optional(c))?)
    }

    /// Gives a job role to the next [`GIVEN_AT_ONCE`] people after the entry `after` who have none and whom the list names as having it,
    /// and notes for each what happened: `what`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_job_role_to_named(
        &mut self,
        which: ByRecord<'_>,
        after: Uuid,
        what: &str,
        now: Timestamp,
    ) -> Result<Given, StoreError> {
        let ByRecord { organisation, job_role, name, by } = which;
        let at_most = i64::try_from(GIVEN_AT_ONCE).unwrap_or(i64::MAX);
        let named: Vec<(Uuid, Uuid)> = in_tx!(self, NEXT, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(folded_job_role(name))
            .bind(by)
            .bind(after)
            .bind(at_most)
            .fetch_all(c))?;
        let Some((last, _)) = named.last() else { return Ok(Given::default()) };
        let (held, at) = (self.with_new_ids(named.iter().map(|(_, account)| *account), now), millis(now));
        macro_rules! give {
            ($tx:expr, $database:ty) => {{
                let mut query = sqlx::QueryBuilder::<$database>::new(HELD);
                query.push_values(&held, |mut line, (id, account)| {
                    line.push_bind(*id).push_bind(organisation).push_bind(*account);
                    line.push_bind(job_role).push_bind(by).push_bind(at);
                });
                query.push(HELD_ALREADY);
                query.build_query_as::<(Uuid,)>().fetch_all(&mut **$tx).await?
            }};
        }
        self.store.count_statement();
        let given: Vec<(Uuid,)> = match &mut self.inner {
            Inner::Sqlite(tx) => give!(tx, sqlx::Sqlite),
            Inner::Postgres(tx) => give!(tx, sqlx::Postgres),
        };
        if !given.is_empty() {
            self.note_for_each(which, given.iter().map(|(account,)| *account), what, now).await?;
        }
        Ok(Given { people: given.len() as u64, after: (named.len() == GIVEN_AT_ONCE).then_some(*last) })
    }

    async fn note_for_each(
        &mut self,
        which: ByRecord<'_>,
        accounts: impl Iterator<Item = Uuid>,
        what: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (events, at) = (self.with_new_ids(accounts, now), millis(now));
        macro_rules! note {
            ($tx:expr, $database:ty) => {{
                let mut query = sqlx::QueryBuilder::<$database>::new(HAPPENED);
                query.push_values(&events, |mut line, (id, account)| {
                    line.push_bind(*id).push_bind(*account).push_bind(at).push_bind(what);
                    line.push_bind(which.organisation).push_bind(which.by).push_bind(which.name);
                });
                query.build().execute(&mut **$tx).await?;
            }};
        }
        self.store.count_statement();
        match &mut self.inner {
            Inner::Sqlite(tx) => note!(tx, sqlx::Sqlite),
            Inner::Postgres(tx) => note!(tx, sqlx::Postgres),
        }
        Ok(())
    }

    fn with_new_ids(&self, accounts: impl Iterator<Item = Uuid>, now: Timestamp) -> Vec<(Uuid, Uuid)> {
        let random = self.store.random.as_ref();
        accounts.map(|account| (vault::new_id(now, random), account)).collect()
    }
}
