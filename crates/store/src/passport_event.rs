//! What happened to somebody's passport, for them and for the trust.

use crate::db::execute;
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub struct NewPassportEvent<'a> {
    /// New.
    pub id: Uuid,
    /// Whose passport.
    pub account_id: Uuid,
    /// In a word: `added`.
    pub what: &'a str,
    /// Which credential it was about.
    pub credential_id: Option<Uuid>,
    /// Which organisation had to do with it.
    pub organisation_id: Option<Uuid>,
    /// Who did it, where it was not the person.
    pub by_account: Option<Uuid>,
    /// A word more.
    pub detail: Option<&'a str>,
}

statements! {
    ADD = "INSERT INTO passport_event (id, account_id, at, what, credential_id, organisation_id, by_account, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

impl Tx {
    /// Remembers it.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_passport_event(
        &mut self,
        new: NewPassportEvent<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            ADD,
            new.id,
            new.account_id,
            millis(now),
            new.what,
            new.credential_id,
            new.organisation_id,
            new.by_account,
            new.detail
        )
        .map(|_| ())
    }
}
