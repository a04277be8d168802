//! Which credential of ours a wallet shows: found by the place that its copy has in a status list. The database is asked, not the list
//! that is made of it, so that what was revoked a moment ago is known to be.

use crate::db::{in_tx, reading};
use crate::moment::maybe_moment;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::{CredentialKind, CredentialMoments, CredentialState};
use uuid::Uuid;

/// A copy of one of our credentials, with as much of the credential as says whether it counts.
#[derive(Debug, Clone)]
pub struct ShownCopy {
    /// The copy.
    pub copy_id: Uuid,
    /// RFC 7638 thumbprint of the key that it is bound to.
    pub thumbprint: String,
    /// When the copy was revoked, UTC.
    pub copy_revoked_at: Option<Timestamp>,
    /// What it is a copy of.
    pub credential_id: Uuid,
    /// Whose that is.
    pub account_id: Uuid,
    /// Who issued it.
    pub organisation_id: Uuid,
    /// What kind.
    pub kind: CredentialKind,
    /// What was done with it.
    pub moments: CredentialMoments,
}

impl ShownCopy {
    /// Whether it counts on a local day: in its owner's wallet, and neither it nor the credential revoked, expired or put away.
    pub fn counts(&self, day: Date) -> bool {
        self.copy_revoked_at.is_none() && CredentialState::on(day, &self.moments) == CredentialState::Accepted
    }
}

statements! {
    AT_PLACE = "SELECT credential_copy.id AS copy_id, thumbprint, credential_copy.revoked_at AS copy_revoked_at,
            credential.id AS credential_id, account_id, organisation_id, kind, accepted_at, rejected_at, withdrawn_at,
            credential.revoked_at AS revoked_at, archived_at, valid_until
        FROM credential_copy JOIN credential ON credential.id = credential_id WHERE status_list_id = $1 AND place = $2";
    BY_ID = "SELECT credential_copy.id AS copy_id, thumbprint, credential_copy.revoked_at AS copy_revoked_at,
            credential.id AS credential_id, account_id, organisation_id, kind, accepted_at, rejected_at, withdrawn_at,
            credential.revoked_at AS revoked_at, archived_at, valid_until
        FROM credential_copy JOIN credential ON credential.id = credential_id WHERE credential_copy.id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    copy_id: Uuid,
    thumbprint: String,
    copy_revoked_at: Option<i64>,
    credential_id: Uuid,
    account_id: Uuid,
    organisation_id: Uuid,
    kind: String,
    accepted_at: Option<i64>,
    rejected_at: Option<i64>,
    withdrawn_at: Option<i64>,
    revoked_at: Option<i64>,
    archived_at: Option<i64>,
    valid_until: Option<String>,
}

impl TryFrom<Row> for ShownCopy {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let valid_until = row.valid_until.map(|day| day.parse::<Date>()).transpose();
        Ok(Self {
            copy_id: row.copy_id,
            thumbprint: row.thumbprint,
            copy_revoked_at: maybe_moment(row.copy_revoked_at)?,
            credential_id: row.credential_id,
            account_id: row.account_id,
            organisation_id: row.organisation_id,
            kind: CredentialKind::parse(&row.kind)
                .ok_or(StoreError::Corrupt("a credential of an unknown kind"))?,
            moments: CredentialMoments {
                accepted_at: maybe_moment(row.accepted_at)?,
                rejected_at: maybe_moment(row.rejected_at)?,
                withdrawn_at: maybe_moment(row.withdrawn_at)?,
                revoked_at: maybe_moment(row.revoked_at)?,
                archived_at: maybe_moment(row.archived_at)?,
                valid_until: valid_until
                    .map_err(|_| StoreError::Corrupt("a credential's last day is no day"))?,
            },
        })
    }
}

impl Store {
    /// The copy at this place of this list.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shown_copy_at(&self, list: Uuid, place: u32) -> Result<Option<ShownCopy>, StoreError> {
        let row: Option<Row> = reading!(self, AT_PLACE, sqlx::query_as, |q, c| q
            .bind(list)
            .bind(i64::from(place))
            .fetch_optional(c))?;
        row.map(ShownCopy::try_from).transpose()
    }

    /// The copy with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shown_copy(&self, id: Uuid) -> Result<Option<ShownCopy>, StoreError> {
        let row: Option<Row> = reading!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(ShownCopy::try_from).transpose()
    }
}

impl Tx {
    /// The copy with this id, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn shown_copy(&mut self, id: Uuid) -> Result<Option<ShownCopy>, StoreError> {
        let row: Option<Row> = in_tx!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(ShownCopy::try_from).transpose()
    }
}
