//! A trust's credentials, as its people of HR list them.

use crate::db::reading;
use crate::moment::{maybe_moment, moment};
use crate::statement::statements;
use crate::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::{CredentialKind, CredentialMoments, CredentialState};
use uuid::Uuid;

/// A credential in a list: what it says stays sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCredential {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The address that they sign in with.
    pub email: String,
    /// What kind.
    pub kind: CredentialKind,
    /// What tells two of a kind apart.
    pub variant: String,
    /// UTC.
    pub provided_at: Timestamp,
    /// What was done with it.
    pub moments: CredentialMoments,
    /// The name of the reason why it was rejected, withdrawn or revoked.
    pub reason: Option<String>,
}

impl ListedCredential {
    /// How it stands on a local day.
    pub fn state(&self, day: Date) -> CredentialState {
        CredentialState::on(day, &self.moments)
    }
}

statements! {
    OF_ORGANISATION = "SELECT c.id, c.account_id, a.email, c.kind, c.variant, c.provided_at, c.valid_until, c.accepted_at,
            c.rejected_at, c.withdrawn_at, c.revoked_at, c.archived_at,
            COALESCE(c.revoke_reason, c.withdraw_reason, c.reject_reason) AS reason
        FROM credential c JOIN account a ON a.id = c.account_id
        WHERE c.organisation_id = $1 ORDER BY c.provided_at, c.id";
    // Along the credentials of the person: an organisation has a hundred thousand times as many.
    OF_PERSON = "SELECT c.id, c.account_id, a.email, c.kind, c.variant, c.provided_at, c.valid_until, c.accepted_at,
            c.rejected_at, c.withdrawn_at, c.revoked_at, c.archived_at,
            COALESCE(c.revoke_reason, c.withdraw_reason, c.reject_reason) AS reason
        FROM credential c JOIN account a ON a.id = c.account_id
        WHERE c.account_id = $2 AND c.organisation_id = $1 ORDER BY c.provided_at, c.id";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    email: String,
    kind: String,
    variant: String,
    provided_at: i64,
    valid_until: Option<String>,
    accepted_at: Option<i64>,
    rejected_at: Option<i64>,
    withdrawn_at: Option<i64>,
    revoked_at: Option<i64>,
    archived_at: Option<i64>,
    reason: Option<String>,
}

impl TryFrom<Row> for ListedCredential {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let valid_until = row.valid_until.map(|day| day.parse::<Date>()).transpose();
        Ok(Self {
            id: row.id,
            account: row.account_id,
            email: row.email,
            kind: CredentialKind::parse(&row.kind)
                .ok_or(StoreError::Corrupt("a credential of an unknown kind"))?,
            variant: row.variant,
            provided_at: moment(row.provided_at)?,
            moments: CredentialMoments {
                accepted_at: maybe_moment(row.accepted_at)?,
                rejected_at: maybe_moment(row.rejected_at)?,
                withdrawn_at: maybe_moment(row.withdrawn_at)?,
                revoked_at: maybe_moment(row.revoked_at)?,
                archived_at: maybe_moment(row.archived_at)?,
                valid_until: valid_until
                    .map_err(|_| StoreError::Corrupt("a credential's last day is no day"))?,
            },
            reason: row.reason,
        })
    }
}

impl Store {
    /// The credentials that an organisation provided, to one person or to all, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credentials_listed(
        &self,
        organisation: Uuid,
        account: Option<Uuid>,
    ) -> Result<Vec<ListedCredential>, StoreError> {
        let rows: Vec<Row> = match account {
            None => {
                reading!(self, OF_ORGANISATION, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?
            }
            Some(account) => reading!(self, OF_PERSON, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(account)
                .fetch_all(c))?,
        };
        rows.into_iter().map(ListedCredential::try_from).collect()
    }
}
