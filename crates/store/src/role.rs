//! Roles in the console.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
pub use rules::role::Role;
use uuid::Uuid;

statements! {
    OF_ACCOUNT = "SELECT role FROM console_role WHERE account_id = $1 ORDER BY role";
    GIVE = "INSERT INTO console_role (account_id, role, given_at, given_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, role) DO NOTHING";
    TAKE = "DELETE FROM console_role WHERE account_id = $1 AND role = $2";
}

impl Store {
    /// The roles that an account has in its organisation's console.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn roles_of(&self, account: Uuid) -> Result<Vec<Role>, StoreError> {
        let rows: Vec<(String,)> =
            reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|(role,)| known(role)).collect()
    }
}

fn known(role: &str) -> Result<Role, StoreError> {
    Role::parse(role).map_err(|_| StoreError::Corrupt("an unknown role"))
}

impl Tx {
    /// The roles that an account has in its organisation's console.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn roles_of(&mut self, account: Uuid) -> Result<Vec<Role>, StoreError> {
        let rows: Vec<(String,)> =
            in_tx!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|(role,)| known(role)).collect()
    }

    /// Gives a role; `by` is the account of the administrator, none at the command line. Answers whether it is new.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_role(
        &mut self,
        account: Uuid,
        role: Role,
        by: Option<Uuid>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, GIVE, account, role.as_str(), millis(now), by)? == 1)
    }

    /// Takes a role away. Answers whether the account had it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take_role(&mut self, account: Uuid, role: Role) -> Result<bool, StoreError> {
        Ok(execute!(self, TAKE, account, role.as_str())? == 1)
    }
}
