//! Teams of an organisation that look after credentials of their areas: who is told of what people do with them, and what stands open on
//! a Monday.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::{CredentialFamily, CredentialKind, MOST_TEAMS};
use uuid::Uuid;

/// A team.
#[derive(Clone, PartialEq, Eq)]
pub struct Team {
    /// Never changes.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Where it is written to.
    pub email: String,
    /// What it looks after.
    pub families: Vec<CredentialFamily>,
    /// Whether it gets a summary every Monday.
    pub weekly: bool,
}

impl std::fmt::Debug for Team {
    /// Says nothing of where it is written to.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Team").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// What became of a team that was to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamSaved {
    /// It is.
    Done,
    /// The organisation has another one of this name.
    NameTaken,
    /// It has as many as it may.
    TooMany,
    /// It has none with this id.
    Unknown,
    /// The form was sent before and said something else, which is kept.
    SentBefore,
}

/// What stands open in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamTally {
    /// Credentials that people rejected and nobody has looked into.
    pub rejected: u64,
    /// Credentials that wait for their owners' review.
    pub to_review: u64,
    /// Credentials in wallets of which the last day is near.
    pub expiring: u64,
}

statements! {
    LIST = "SELECT id, name, email, families, weekly FROM passport_team WHERE organisation_id = $1 ORDER BY name_folded";
    DUE = "SELECT id, organisation_id FROM passport_team WHERE weekly = 1 AND (summary_day IS NULL OR summary_day < $1)
        ORDER BY id LIMIT 1";
    OF_FORM = "SELECT id, name, email, families, weekly, organisation_id FROM passport_team WHERE id = $1";
    NAMED = "SELECT id FROM passport_team WHERE organisation_id = $1 AND name_folded = $2";
    COUNT = "SELECT COUNT(*) FROM passport_team WHERE organisation_id = $1";
    ADD = "INSERT INTO passport_team (id, organisation_id, name, name_folded, email, families, weekly, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    CHANGE = "UPDATE passport_team SET name = $3, name_folded = $4, email = $5, families = $6, weekly = $7, changed_at = $8
        WHERE id = $1 AND organisation_id = $2";
    DELETE = "DELETE FROM passport_team WHERE id = $1 AND organisation_id = $2";
    // Whoever comes second finds that the summary of the day is written.
    SUMMARISE = "UPDATE passport_team SET summary_day = $2 WHERE id = $1 AND weekly = 1
        AND (summary_day IS NULL OR summary_day < $2)";
    REJECTED = "SELECT kind, COUNT(*) FROM credential
        WHERE organisation_id = $1 AND rejected_at IS NOT NULL AND resolved_at IS NULL GROUP BY kind";
    TO_REVIEW = "SELECT kind, COUNT(*) FROM credential WHERE organisation_id = $1 AND accepted_at IS NULL AND rejected_at IS NULL
        AND withdrawn_at IS NULL AND archived_at IS NULL AND (valid_until IS NULL OR valid_until >= $2) GROUP BY kind";
    EXPIRING = "SELECT kind, COUNT(*) FROM credential WHERE organisation_id = $1 AND accepted_at IS NOT NULL
        AND revoked_at IS NULL AND archived_at IS NULL AND valid_until >= $2 AND valid_until <= $3 GROUP BY kind";
}

type Row = (Uuid, String, String, String, i64);

fn team((id, name, email, families, weekly): Row) -> Team {
    let families = families.split(' ').filter_map(CredentialFamily::parse).collect();
    Team { id, name, email, families, weekly: weekly == 1 }
}

/// How many credentials of these families there are among the counts of kinds.
fn of_families(counts: &[(String, i64)], families: &[CredentialFamily]) -> u64 {
    let is_theirs =
        |kind: &str| CredentialKind::parse(kind).is_some_and(|kind| families.contains(&kind.family()));
    let theirs = counts.iter().filter(|(kind, _)| is_theirs(kind));
    theirs.map(|(_, count)| u64::try_from(*count).unwrap_or(0)).sum()
}

impl Store {
    /// The teams of an organisation, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_teams(&self, organisation: Uuid) -> Result<Vec<Team>, StoreError> {
        let rows: Vec<Row> = reading!(self, LIST, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        Ok(rows.into_iter().map(team).collect())
    }

    /// A team that has not got its summary of a local day, and its organisation; none where all have.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn team_to_summarise(&self, day: Date) -> Result<Option<(Uuid, Uuid)>, StoreError> {
        reading!(self, DUE, sqlx::query_as, |q, c| q.bind(day.to_string()).fetch_optional(c))
            .map_err(StoreError::from)
    }

    /// What stands open on a local day among an organisation's credentials of some families; those that end until `until` are near
    /// their last day.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn team_tally(
        &self,
        organisation: Uuid,
        families: &[CredentialFamily],
        (day, until): (Date, Date),
    ) -> Result<TeamTally, StoreError> {
        let rejected = reading!(self, REJECTED, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        let to_review = reading!(self, TO_REVIEW, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(day.to_string())
            .fetch_all(c))?;
        let expiring = reading!(self, EXPIRING, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(day.to_string())
            .bind(until.to_string())
            .fetch_all(c))?;
        let [rejected, to_review, expiring] =
            [rejected, to_review, expiring].map(|counts: Vec<_>| of_families(&counts, families));
        Ok(TeamTally { rejected, to_review, expiring })
    }
}

impl Tx {
    /// The teams of an organisation, as this transaction sees them.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_teams(&mut self, organisation: Uuid) -> Result<Vec<Team>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, LIST, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        Ok(rows.into_iter().map(team).collect())
    }

    /// Adds a team, or changes the one with this id where `known`. Those who save one for an organisation take turns.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn save_passport_team(
        &mut self,
        organisation: Uuid,
        new: &Team,
        known: bool,
        now: Timestamp,
    ) -> Result<TeamSaved, StoreError> {
        self.one_at_a_time("passport-teams", organisation.as_bytes(), now).await?;
        let folded = new.name.to_lowercase();
        let families: Vec<_> = new.families.iter().map(|family| family.as_str()).collect();
        let (families, weekly) = (families.join(" "), i64::from(new.weekly));
        let taken: Option<(Uuid,)> =
            in_tx!(self, NAMED, sqlx::query_as, |q, c| q.bind(organisation).bind(&folded).fetch_optional(c))?;
        if taken.is_some_and(|(other,)| other != new.id) {
            return Ok(TeamSaved::NameTaken);
        }
        let (id, name, email) = (new.id, &new.name, &new.email);
        if known {
            let changed =
                execute!(self, CHANGE, id, organisation, name, folded, email, families, weekly, millis(now))?;
            return Ok(if changed == 1 { TeamSaved::Done } else { TeamSaved::Unknown });
        }
        // The same form, sent twice, adds it once.
        let before: Option<(Uuid, String, String, String, i64, Uuid)> =
            in_tx!(self, OF_FORM, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        if let Some((id, name, email, families, weekly, whose)) = before {
            let same = team((id, name, email, families, weekly)) == *new;
            return Ok(match (whose == organisation, same) {
                (false, _) => TeamSaved::Unknown,
                (true, true) => TeamSaved::Done,
                (true, false) => TeamSaved::SentBefore,
            });
        }
        let (count,): (i64,) = in_tx!(self, COUNT, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        if count >= i64::from(MOST_TEAMS) {
            return Ok(TeamSaved::TooMany);
        }
        execute!(self, ADD, id, organisation, name, folded, email, families, weekly, millis(now))?;
        Ok(TeamSaved::Done)
    }

    /// Deletes a team. Answers false where there is none.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn delete_passport_team(&mut self, organisation: Uuid, id: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, DELETE, id, organisation)? == 1)
    }

    /// The summary of a local day is this transaction's to write. Answers false where another node has it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn summarise_for_team(&mut self, id: Uuid, day: Date) -> Result<bool, StoreError> {
        Ok(execute!(self, SUMMARISE, id, day.to_string())? == 1)
    }
}
