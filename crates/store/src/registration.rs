//! Registrations under way: guide 003, from the e-mail address to the account.

use crate::code::CodeProof;
use crate::db::{execute, in_tx, reading};
use crate::method::{MethodKind, MethodSecret};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// Which door the person came in by; both lead through the same rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journey {
    /// Guide 003: a member of staff creates an account.
    Join,
    /// Training users and authorisers, who need not register: first-time sign-in.
    FirstSignIn,
}

impl Journey {
    fn as_str(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::FirstSignIn => "first-sign-in",
        }
    }
}

/// A registration as it stands.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Never changes.
    pub id: Uuid,
    /// The employer it is for.
    pub organisation_id: Uuid,
    /// The door.
    pub journey: Journey,
    /// The staff group chosen at the start, by its code.
    pub staff_group: Option<String>,
    /// The address that is being, or has been, proved; normalised.
    pub email: String,
    /// Whom the address belongs to on the roster; none where it is not there, or may not register.
    pub roster_entry_id: Option<Uuid>,
    /// UTC. It ends 24 hours later.
    pub started_at: Timestamp,
    /// When the address was proved, UTC.
    pub email_verified_at: Option<Timestamp>,
    /// How often the details did not match the roster.
    pub mismatches: u32,
    /// When password and details were accepted, UTC.
    pub details_at: Option<Timestamp>,
    /// The second factor chosen, not yet proved.
    pub method: Option<ChosenMethod>,
    /// The account that came of it.
    pub account_id: Option<Uuid>,
}

/// The second factor that is being set up.
#[derive(Debug, Clone)]
pub struct ChosenMethod {
    /// Its kind.
    pub kind: MethodKind,
    /// Address, number in E.164, or the app's seed; none while it is chosen but not entered.
    pub secret: Option<MethodSecret>,
}

statements! {
    ADD = "INSERT INTO registration (id, token, organisation_id, journey, staff_group, email, roster_entry_id,
        started_at, mismatches) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    BY_TOKEN = "SELECT id, organisation_id, journey, staff_group, email, roster_entry_id, started_at,
        email_verified_at, mismatches, details_at, method_kind, method_secret, account_id
        FROM registration WHERE token = $1";
    CHANGE_EMAIL = "UPDATE registration SET email = $2, roster_entry_id = $3
        WHERE id = $1 AND email_verified_at IS NULL";
    VERIFY_EMAIL = "UPDATE registration SET email_verified_at = $2 WHERE id = $1 AND email_verified_at IS NULL";
    MISMATCH = "UPDATE registration SET mismatches = mismatches + 1
        WHERE id = $1 AND mismatches < $2 RETURNING mismatches";
    SAVE_DETAILS = "UPDATE registration SET first_name = $2, last_name = $3, password = $4, details_at = $5
        WHERE id = $1 AND email_verified_at IS NOT NULL AND account_id IS NULL AND mismatches < $6";
    CHOOSE_METHOD = "UPDATE registration SET method_kind = $2, method_secret = $3
        WHERE id = $1 AND details_at IS NOT NULL AND account_id IS NULL";
    // Whoever gives the registration up at the same time waits, so that an account is never left without it.
    LOCK = "UPDATE registration SET finished_at = finished_at WHERE id = $1 AND account_id IS NULL";
    ADD_ACCOUNT = "INSERT INTO account (id, organisation_id, roster_entry_id, email, first_name, last_name,
            staff_group, kind, password, password_set_at, created_at)
        SELECT $2, r.organisation_id, e.id, r.email, r.first_name, r.last_name, e.staff_group, e.kind, r.password,
            $3, $3
        FROM registration r JOIN roster_entry e ON e.id = r.roster_entry_id
        WHERE r.id = $1 AND r.details_at IS NOT NULL AND r.account_id IS NULL AND e.left_at IS NULL
        ON CONFLICT DO NOTHING";
    FINISH = "UPDATE registration SET account_id = $2, finished_at = $3, password = NULL, method_secret = NULL
        WHERE id = $1 AND account_id IS NULL";
    DROP_CODES = "DELETE FROM code_set WHERE subject = $1";
    ABANDON = "DELETE FROM registration WHERE id = $1 AND account_id IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    journey: String,
    staff_group: Option<String>,
    email: String,
    roster_entry_id: Option<Uuid>,
    started_at: i64,
    email_verified_at: Option<i64>,
    mismatches: i64,
    details_at: Option<i64>,
    method_kind: Option<String>,
    method_secret: Option<Vec<u8>>,
    account_id: Option<Uuid>,
}

impl Store {
    /// The registration that the browser with this cookie (its keyed hash) is in.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn registration(&self, token: &[u8]) -> Result<Option<Registration>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(|row| self.registration_from(row)).transpose()
    }

    fn registration_from(&self, row: Row) -> Result<Registration, StoreError> {
        let method = match row.method_kind {
            None => None,
            Some(kind) => Some(ChosenMethod {
                kind: crate::method::kind(&kind)?,
                secret: match row.method_secret {
                    None => None,
                    Some(sealed) => Some(self.open_secret(&method_context(row.id), &sealed)?),
                },
            }),
        };
        Ok(Registration {
            id: row.id,
            organisation_id: row.organisation_id,
            journey: match row.journey.as_str() {
                "join" => Journey::Join,
                "first-sign-in" => Journey::FirstSignIn,
                _ => return Err(StoreError::Corrupt("a registration of an unknown journey")),
            },
            staff_group: row.staff_group,
            email: row.email,
            roster_entry_id: row.roster_entry_id,
            started_at: moment(row.started_at)?,
            email_verified_at: maybe_moment(row.email_verified_at)?,
            mismatches: u32::try_from(row.mismatches).unwrap_or(u32::MAX),
            details_at: maybe_moment(row.details_at)?,
            method,
            account_id: row.account_id,
        })
    }
}

/// What a registration begins with.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields of Registration, and the keyed hash of its cookie")]
pub struct NewRegistration<'a> {
    pub id: Uuid,
    pub token: &'a [u8],
    pub organisation_id: Uuid,
    pub journey: Journey,
    pub staff_group: Option<&'a str>,
    pub email: &'a str,
    pub roster_entry_id: Option<Uuid>,
}

impl Tx {
    /// Begins a registration.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_registration(
        &mut self,
        new: &NewRegistration<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            ADD,
            new.id,
            new.token,
            new.organisation_id,
            new.journey.as_str(),
            new.staff_group,
            new.email,
            new.roster_entry_id,
            millis(now)
        )
        .map(|_| ())
    }

    /// Corrects the address of a registration, as long as none has been proved. Answers whether it was.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn change_registration_email(
        &mut self,
        id: Uuid,
        email: &str,
        roster_entry_id: Option<Uuid>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, CHANGE_EMAIL, id, email, roster_entry_id)? == 1)
    }

    /// The address is proved.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn mark_email_verified(
        &mut self,
        proof: &CodeProof,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, VERIFY_EMAIL, proof.subject(), millis(now))? == 1)
    }

    /// Counts a mismatch of the details, up to `at_most`. Answers how many there are now.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn count_mismatch(&mut self, id: Uuid, at_most: u32) -> Result<u32, StoreError> {
        let row: Option<(i64,)> = in_tx!(self, MISMATCH, sqlx::query_as, |q, c| q
            .bind(id)
            .bind(i64::from(at_most))
            .fetch_optional(c))?;
        Ok(row.map_or(at_most, |(count,)| u32::try_from(count).unwrap_or(at_most)))
    }

    /// Keeps names and password hash until the second factor is proved. Answers whether the registration was at that step.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn save_details(
        &mut self,
        id: Uuid,
        first_name: &str,
        last_name: &str,
        password: &str,
        mismatches: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self,
            SAVE_DETAILS,
            id,
            first_name,
            last_name,
            password,
            millis(now),
            i64::from(mismatches)
        )?;
        Ok(changed == 1)
    }

    /// Keeps the second factor that is to be proved. Answers whether the registration was at that step.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn choose_method(
        &mut self,
        id: Uuid,
        kind: MethodKind,
        secret: Option<&MethodSecret>,
    ) -> Result<bool, StoreError> {
        let sealed = secret.map(|secret| self.store.seal_secret(&method_context(id), secret));
        Ok(execute!(self, CHOOSE_METHOD, id, kind.as_str(), &sealed)? == 1)
    }

    /// Makes the account of a registration whose second factor is proved, and ends the registration. Answers false,
    /// having made nothing, where somebody else has this roster entry or address, or the person has left.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_account(
        &mut self,
        registration: Uuid,
        account: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if execute!(self, LOCK, registration)? != 1
            || execute!(self, ADD_ACCOUNT, registration, account, millis(now))? != 1
        {
            return Ok(false);
        }
        self.fold_names(account).await?;
        Ok(execute!(self, FINISH, registration, account, millis(now))? == 1)
    }

    /// Erases a registration that the person gives up. Answers whether there was one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn abandon_registration(&mut self, id: Uuid) -> Result<bool, StoreError> {
        execute!(self, DROP_CODES, id)?;
        Ok(execute!(self, ABANDON, id)? == 1)
    }
}

pub(crate) fn method_context(registration: Uuid) -> String {
    format!("registration.method_secret:{registration}")
}
