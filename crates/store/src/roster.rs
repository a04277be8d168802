//! Rosters: the employer's list of who may register.

use crate::db::{Inner, execute, in_tx};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::folded_job_role;
use rules::roster::{EmploymentStatus, PersonKind, RosterRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a registration is compared with.
#[derive(Debug, Clone)]
pub struct RosterEntry {
    /// Never changes.
    pub id: Uuid,
    /// As the employer wrote it.
    pub last_name: String,
    /// The day.
    pub date_of_birth: Date,
    /// Who the person is to the employer: it decides which door they come in by.
    pub kind: PersonKind,
    /// Whether the person has left the employer.
    pub left: bool,
}

/// What an import did, in people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RosterImport {
    /// New on the roster.
    pub added: u64,
    /// There already, now with other details.
    pub changed: u64,
    /// There already, just so.
    pub unchanged: u64,
    /// Not in the list any more, or named as leavers in it: marked as left from now on.
    pub left: u64,
    /// Roles in the console that people lost because they have left: in roles, not in people.
    pub roles_taken: u64,
    /// Whether the organisation's last administrator has left, who keeps that role until somebody else has it.
    pub last_administrator_left: bool,
}

/// What is to be done about people who are on the roster and missing from the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// They have left.
    MarkAsLeft,
    /// They stay as they are: the list is not whole.
    Keep,
    /// They are too many: the list must be a mistake, and nothing is imported.
    Refuse,
}

statements! {
    BY_EMAIL = "SELECT id, last_name, date_of_birth, kind, left_at IS NOT NULL AS has_left FROM roster_entry
        WHERE organisation_id = $1 AND email = $2";
    BY_ID = "SELECT id, last_name, date_of_birth, kind, left_at IS NOT NULL AS has_left FROM roster_entry
        WHERE id = $1";
    // Two imports for one organisation take turns.
    LOCK = "UPDATE organisation SET code = code WHERE id = $1";
    EXISTING = "SELECT id, email, fingerprint, left_at IS NOT NULL AS has_left, by_invitation FROM roster_entry
        WHERE organisation_id = $1";
    LEFT = "UPDATE roster_entry SET left_at = $2, changed_at = $2 WHERE id = $1 AND left_at IS NULL";
    // Their account stays, and opens at their next sign-in, not on the screens that they left behind.
    END_SESSIONS_OF_LEAVERS = "UPDATE session SET ended_at = $2 WHERE ended_at IS NULL AND account_id IN (
            SELECT account.id FROM roster_entry JOIN account ON account.roster_entry_id = roster_entry.id
            WHERE roster_entry.organisation_id = $1 AND roster_entry.left_at = $2)";
}

const UPSERT_HEAD: &str = "INSERT INTO roster_entry (id, organisation_id, email, first_name, last_name, \
    date_of_birth, phone, staff_group, job_role, job_role_folded, employment_type, employment_status, esr_number, kind, fingerprint, \
    added_at, changed_at, left_at) ";
const UPSERT_TAIL: &str = " ON CONFLICT (organisation_id, email) DO UPDATE SET first_name = excluded.first_name, \
    last_name = excluded.last_name, date_of_birth = excluded.date_of_birth, phone = excluded.phone, \
    staff_group = excluded.staff_group, job_role = excluded.job_role, job_role_folded = excluded.job_role_folded, \
    employment_type = excluded.employment_type, employment_status = excluded.employment_status, \
    esr_number = excluded.esr_number, kind = excluded.kind, fingerprint = excluded.fingerprint, by_invitation = 0, \
    changed_at = excluded.changed_at, left_at = excluded.left_at";

/// Rows of one statement.
const BATCH: usize = 200;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    last_name: String,
    date_of_birth: String,
    kind: String,
    has_left: bool,
}

impl Row {
    fn entry(self) -> Result<RosterEntry, StoreError> {
        Ok(RosterEntry {
            id: self.id,
            last_name: self.last_name,
            date_of_birth: self
                .date_of_birth
                .parse()
                .map_err(|_| StoreError::Corrupt("a date of birth on the roster is not a date"))?,
            kind: PersonKind::from_code(&self.kind)
                .ok_or(StoreError::Corrupt("a person of an unknown kind on the roster"))?,
            left: self.has_left,
        })
    }
}

/// A row with what the database needs beside it. `id` is the entry's own where there is one: sealing is bound to it.
struct Upsert<'a> {
    id: Uuid,
    row: &'a RosterRow,
    phone: Option<Vec<u8>>,
    fingerprint: Vec<u8>,
    left: bool,
}

/// An entry that is there before an import.
struct Known {
    id: Uuid,
    fingerprint: Vec<u8>,
    left: bool,
    /// No list has named it yet.
    by_invitation: bool,
}

impl Known {
    /// Whether it is for a list to say that this person has left, by naming them no more.
    fn can_be_missing(&self) -> bool {
        !self.left && !self.by_invitation
    }

    fn is_just_so(&self, fingerprint: &[u8], left: bool) -> bool {
        self.fingerprint == fingerprint && self.left == left && !self.by_invitation
    }
}

impl Tx {
    /// The roster's entry for an address (normalised).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn roster_entry_by_email(
        &mut self,
        organisation: Uuid,
        email: &str,
    ) -> Result<Option<RosterEntry>, StoreError> {
        let row: Option<Row> = in_tx!(self, BY_EMAIL, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(email)
            .fetch_optional(c))?;
        row.map(Row::entry).transpose()
    }

    /// One entry.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn roster_entry(&mut self, id: Uuid) -> Result<Option<RosterEntry>, StoreError> {
        let row: Option<Row> = in_tx!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Row::entry).transpose()
    }

    /// Takes `rows` as the whole roster of an organisation: adds and changes what is new, marks as left whoever is not
    /// in it. Whoever is there by an invitation alone is left out of account. Importing the same twice changes nothing. `progress` is told how many rows are dealt with.
    ///
    /// Whoever has left has no role in the console any more and no running session; the account stays.
    ///
    /// `about_missing` is asked, before anything is changed, what is to be done about so many (of so many on the roster)
    /// who are missing; if they are refused, nothing is changed and the answer is `None`.
    ///
    /// # Errors
    /// [`StoreError::Taken`], with nothing changed, where two rows have one address; and where the database refuses.
    pub async fn import_roster(
        &mut self,
        organisation: Uuid,
        rows: &[RosterRow],
        now: Timestamp,
        about_missing: &(dyn Fn(usize, usize) -> Missing + Sync),
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Option<RosterImport>, StoreError> {
        let addresses: HashSet<&str> = rows.iter().map(|row| row.email.as_str()).collect();
        if addresses.len() < rows.len() {
            return Err(StoreError::Taken("e-mail address"));
        }
        self.lock_roster(organisation).await?;
        let existing: Vec<(Uuid, String, Vec<u8>, bool, i64)> =
            in_tx!(self, EXISTING, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        let existing = existing.into_iter().map(|(id, email, fingerprint, left, by_invitation)| {
            (email, Known { id, fingerprint, left, by_invitation: by_invitation != 0 })
        });
        let mut known: HashMap<String, Known> = existing.collect();
        let present = known.values().filter(|known| known.can_be_missing()).count();

        let mut import = RosterImport::default();
        let mut upserts = Vec::new();
        for row in rows {
            let fingerprint = self.store.fingerprint(row);
            let left = row.employment_status == EmploymentStatus::Leaver;
            let before = known.remove(row.email.as_str());
            match &before {
                Some(before) if before.is_just_so(&fingerprint, left) => {
                    import.unchanged += 1;
                    continue;
                }
                Some(before) if left && !before.left => import.left += 1,
                Some(_) => import.changed += 1,
                None => import.added += 1,
            }
            let id =
                before.map_or_else(|| vault::new_id(now, self.store.random.as_ref()), |before| before.id);
            let phone = self.sealed_phone(id, row);
            upserts.push(Upsert { id, row, phone, fingerprint, left });
        }
        let mut missing: Vec<Uuid> =
            known.into_values().filter(Known::can_be_missing).map(|known| known.id).collect();
        if !missing.is_empty() {
            match about_missing(missing.len(), present) {
                Missing::MarkAsLeft => {}
                Missing::Keep => missing.clear(),
                Missing::Refuse => return Ok(None),
            }
        }
        let mut done = rows.len() - upserts.len();
        progress(done);
        for batch in upserts.chunks(BATCH) {
            self.upsert(organisation, batch, now).await?;
            done += batch.len();
            progress(done);
        }
        for id in missing {
            import.left += execute!(self, LEFT, id, millis(now))?;
        }
        if import.left > 0 {
            execute!(self, END_SESSIONS_OF_LEAVERS, organisation, millis(now))?;
        }
        let roles = self.take_roles_of_leavers(organisation, now).await?;
        (import.roles_taken, import.last_administrator_left) = (roles.taken, roles.last_administrator);
        Ok(Some(import))
    }

    /// Whoever changes the roster of an organisation, or invites for it, waits until this transaction ends.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn lock_roster(&mut self, organisation: Uuid) -> Result<(), StoreError> {
        execute!(self, LOCK, organisation).map(|_| ())
    }

    /// Adds a person who is not on it. Answers the entry.
    pub(crate) async fn add_to_roster(
        &mut self,
        organisation: Uuid,
        row: &RosterRow,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let id = vault::new_id(now, self.store.random.as_ref());
        let (phone, fingerprint) = (self.sealed_phone(id, row), self.store.fingerprint(row));
        self.upsert(organisation, &[Upsert { id, row, phone, fingerprint, left: false }], now).await?;
        Ok(id)
    }

    fn sealed_phone(&self, entry: Uuid, row: &RosterRow) -> Option<Vec<u8>> {
        let (keys, random) = (&self.store.keys, self.store.random.as_ref());
        let phone = row.phone.as_ref()?;
        Some(keys.seal(&phone_context(entry), phone.e164().as_bytes(), random))
    }

    async fn upsert(
        &mut self,
        organisation: Uuid,
        batch: &[Upsert<'_>],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.count_statement();
        let now = millis(now);
        macro_rules! run_on {
            ($tx:expr, $database:ty) => {{
                let mut query = sqlx::QueryBuilder::<$database>::new(UPSERT_HEAD);
                query.push_values(batch, |mut line, upsert| {
                    let row = upsert.row;
                    line.push_bind(upsert.id)
                        .push_bind(organisation)
                        .push_bind(row.email.as_str())
                        .push_bind(row.first_name.as_str())
                        .push_bind(row.last_name.as_str())
                        .push_bind(row.date_of_birth.to_string())
                        .push_bind(upsert.phone.clone())
                        .push_bind(row.staff_group.code())
                        .push_bind(row.job_role.clone())
                        .push_bind(row.job_role.as_deref().map(folded_job_role))
                        .push_bind(row.employment_type.code())
                        .push_bind(row.employment_status.code())
                        .push_bind(row.esr_number.clone())
                        .push_bind(row.kind.code())
                        .push_bind(upsert.fingerprint.clone())
                        .push_bind(now)
                        .push_bind(now)
                        .push_bind(upsert.left.then_some(now));
                });
                query.push(UPSERT_TAIL);
                query.build().execute(&mut **$tx).await?;
            }};
        }
        match &mut self.inner {
            Inner::Sqlite(tx) => run_on!(tx, sqlx::Sqlite),
            Inner::Postgres(tx) => run_on!(tx, sqlx::Postgres),
        }
        Ok(())
    }
}

impl Store {
    /// A keyed hash of all that a row says, so that an import knows an unchanged one.
    fn fingerprint(&self, row: &RosterRow) -> Vec<u8> {
        let date_of_birth = row.date_of_birth.to_string();
        let parts: [&[u8]; 11] = [
            row.email.as_str().as_bytes(),
            row.first_name.as_str().as_bytes(),
            row.last_name.as_str().as_bytes(),
            date_of_birth.as_bytes(),
            row.phone.as_ref().map_or("", |phone| phone.e164()).as_bytes(),
            row.staff_group.code().as_bytes(),
            row.job_role.as_deref().unwrap_or("").as_bytes(),
            row.employment_type.code().as_bytes(),
            row.employment_status.code().as_bytes(),
            row.esr_number.as_deref().unwrap_or("").as_bytes(),
            row.kind.code().as_bytes(),
        ];
        self.keys.keyed_hash("roster-row", &parts).to_vec()
    }
}

pub(crate) fn phone_context(entry: Uuid) -> String {
    format!("roster_entry.phone:{entry}")
}
