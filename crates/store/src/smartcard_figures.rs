//! How many smartcards and people a rule of an organisation would concern, before it is saved.

use crate::db::reading;
use crate::moment::millis;
use crate::server_passcode::ServerPasscodeKind;
use crate::statement::statements;
use crate::{Store, StoreError};
use jiff::Timestamp;
use rules::preview::Days;
use rules::role::{Act, Role};
use uuid::Uuid;

statements! {
    // Days sort as text.
    SET_BETWEEN = "SELECT COUNT(*) FROM smartcard WHERE organisation_id = $1 AND account_id IS NOT NULL
        AND cancelled_at IS NULL AND revoked_at IS NULL AND passcode_set_on >= $2 AND passcode_set_on <= $3";
    END_BETWEEN = "SELECT COUNT(*) FROM smartcard WHERE organisation_id = $1 AND account_id IS NOT NULL
        AND cancelled_at IS NULL AND revoked_at IS NULL AND expires_at >= $2 AND expires_at < $3";
    RENEWED = "SELECT COUNT(*) FROM smartcard WHERE organisation_id = $1 AND account_id IS NOT NULL
        AND cancelled_at IS NULL AND revoked_at IS NULL AND renewals_used >= $2 AND renewals_used < $3";
    WITHOUT_PASSCODE = "SELECT COUNT(DISTINCT account_id) FROM smartcard WHERE organisation_id = $1
        AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND NOT EXISTS (SELECT 1
            FROM server_passcode WHERE server_passcode.account_id = smartcard.account_id AND kind = $2 AND ended_at IS NULL)";
    WITH_EITHER_ROLE = "SELECT COUNT(DISTINCT account.id) FROM console_role JOIN account ON account.id = console_role.account_id
        WHERE account.organisation_id = $1 AND console_role.role IN ($2, $3) AND account.disabled_at IS NULL";
}

fn count((number,): (i64,)) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl Store {
    /// Cards in use whose passcode was set on one of these local days.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn cards_with_passcode_of(&self, organisation: Uuid, days: Days) -> Result<u64, StoreError> {
        let found = reading!(self, SET_BETWEEN, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(days.from.to_string())
            .bind(days.to.to_string())
            .fetch_one(c))?;
        Ok(count(found))
    }

    /// Cards in use whose certificates end at `from` or later and before `until`, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn cards_that_end(
        &self,
        organisation: Uuid,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        let found = reading!(self, END_BETWEEN, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(from))
            .bind(millis(until))
            .fetch_one(c))?;
        Ok(count(found))
    }

    /// Cards in use that were renewed without a visit at least `from` times and less than `below` times.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn cards_renewed(
        &self,
        organisation: Uuid,
        from: u32,
        below: Option<u32>,
    ) -> Result<u64, StoreError> {
        let found = reading!(self, RENEWED, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(i64::from(from))
            .bind(below.map_or(i64::MAX, i64::from))
            .fetch_one(c))?;
        Ok(count(found))
    }

    /// People with a card in use and no passcode of this kind.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_holders_without(
        &self,
        organisation: Uuid,
        kind: ServerPasscodeKind,
    ) -> Result<u64, StoreError> {
        let found = reading!(self, WITHOUT_PASSCODE, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(kind.as_str())
            .fetch_one(c))?;
        Ok(count(found))
    }

    /// People whose accounts can be used and who may approve what a colleague of the Registration Authority does.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn count_approvers(&self, organisation: Uuid) -> Result<u64, StoreError> {
        let mut roles = Role::ALL.into_iter().filter(|role| role.may(Act::ApproveRa)).map(Role::as_str);
        let [one, other] = std::array::from_fn(|_| roles.next().unwrap_or_default());
        let found = reading!(self, WITH_EITHER_ROLE, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(one)
            .bind(other)
            .fetch_one(c))?;
        Ok(count(found))
    }
}
