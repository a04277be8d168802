//! Which authority issued a certificate, and what an authority outside was not told yet.

use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A revocation that an authority outside is to be told of, by people: its protocol has no word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToTell {
    /// The certificate.
    pub id: Uuid,
    /// Without leading zeros.
    pub serial: Vec<u8>,
    /// UTC.
    pub revoked_at: Timestamp,
    /// The name of the reason (`rules::smartcard::RevocationReason`).
    pub reason: String,
    /// Whom it names.
    pub account_id: Uuid,
    /// For which card it was.
    pub smartcard_id: Uuid,
    /// What is printed on that.
    pub label: String,
}

statements! {
    ISSUED_BY = "UPDATE smartcard_certificate SET issuer = $2 WHERE id = $1";
    TO_TELL = "SELECT c.id, c.serial, c.revoked_at, c.revoked_for, c.account_id, c.smartcard_id, s.label
        FROM smartcard_certificate c JOIN smartcard s ON s.id = c.smartcard_id
        WHERE c.issuer IS NOT NULL AND c.issuer NOT IN ($2, $3) AND c.revoked_at IS NOT NULL AND c.told_at IS NULL
            AND c.not_after > $4 AND s.organisation_id = $1
        ORDER BY c.revoked_at, c.serial LIMIT 100";
    TOLD = "UPDATE smartcard_certificate SET told_at = $3, told_by = $4
        WHERE id = $1 AND revoked_at IS NOT NULL AND told_at IS NULL
            AND smartcard_id IN (SELECT id FROM smartcard WHERE organisation_id = $2)
        RETURNING account_id, smartcard_id, serial";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    serial: Vec<u8>,
    revoked_at: i64,
    revoked_for: Option<String>,
    account_id: Uuid,
    smartcard_id: Uuid,
    label: String,
}

impl Store {
    /// Revocations in an organisation that authorities other than `ours` (by the SHA-256 of their keys) are to be told of, the
    /// earliest first, at most a hundred. What has expired by `now` is over.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revocations_to_tell(
        &self,
        organisation: Uuid,
        ours: [&[u8]; 2],
        now: Timestamp,
    ) -> Result<Vec<ToTell>, StoreError> {
        let [one, other] = ours;
        let rows: Vec<Row> = reading!(self, TO_TELL, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(one)
            .bind(other)
            .bind(millis(now))
            .fetch_all(c))?;
        rows.into_iter()
            .map(|row| {
                Ok(ToTell {
                    id: row.id,
                    serial: row.serial,
                    revoked_at: moment(row.revoked_at)?,
                    reason: row.revoked_for.unwrap_or_default(),
                    account_id: row.account_id,
                    smartcard_id: row.smartcard_id,
                    label: row.label,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Notes who issued a certificate, by the SHA-256 of the authority's key.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn certificate_issued_by(
        &mut self,
        certificate: Uuid,
        issuer: &[u8],
    ) -> Result<(), StoreError> {
        execute!(self, ISSUED_BY, certificate, issuer).map(|_| ())
    }

    /// `by` has told the authority outside that a certificate of their organisation was revoked. Answers account, card and serial
    /// number, where nobody has noted so before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revocation_told(
        &mut self,
        certificate: Uuid,
        organisation: Uuid,
        by: Uuid,
        now: Timestamp,
    ) -> Result<Option<(Uuid, Uuid, Vec<u8>)>, StoreError> {
        Ok(in_tx!(self, TOLD, sqlx::query_as, |q, c| q
            .bind(certificate)
            .bind(organisation)
            .bind(millis(now))
            .bind(by)
            .fetch_optional(c))?)
    }
}
