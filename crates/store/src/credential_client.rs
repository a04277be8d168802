//! Which system of a trust provided a credential: it alone ends it over the interface.

use crate::db::{execute, in_tx};
use crate::passport_client::PassportClient;
use crate::statement::statements;
use crate::{StoreError, Tx};
use uuid::Uuid;

statements! {
    IS_FROM = "UPDATE credential SET client_id = $2 WHERE id = $1";
    // A system that has got another key goes on under its name.
    FROM = "SELECT COUNT(*) FROM credential JOIN passport_client ON passport_client.id = credential.client_id
        WHERE credential.id = $1 AND passport_client.organisation_id = $2 AND passport_client.name = $3";
}

impl Tx {
    /// Notes that a credential came from a system.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn credential_came_from(&mut self, credential: Uuid, client: Uuid) -> Result<(), StoreError> {
        execute!(self, IS_FROM, credential, client).map(|_| ())
    }

    /// Whether a credential came from a system, under whichever key it had then.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn is_credential_of(
        &mut self,
        credential: Uuid,
        client: &PassportClient,
    ) -> Result<bool, StoreError> {
        let row: (i64,) = in_tx!(self, FROM, sqlx::query_as, |q, c| q
            .bind(credential)
            .bind(client.organisation_id)
            .bind(&client.name)
            .fetch_one(c))?;
        Ok(row.0 > 0)
    }
}
