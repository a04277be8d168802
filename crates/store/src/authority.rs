//! What the certificate authority says to the world: how a certificate stands, signed lists, and who answers for it.

use crate::db::{execute, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;

/// How a certificate stands, by its serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateStanding {
    /// Issued and not revoked. It may have expired.
    Good,
    /// Revoked.
    Revoked(Revocation),
    /// Not issued here.
    Unknown,
}

/// When and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// UTC.
    pub at: Timestamp,
    /// The name of the reason (`rules::smartcard::RevocationReason`).
    pub reason: String,
}

/// A certificate that was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedSerial {
    /// Without leading zeros.
    pub serial: Vec<u8>,
    /// When and why.
    pub revocation: Revocation,
}

/// A signed list of revoked certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedList {
    /// Each list has a higher one than all before.
    pub number: u64,
    /// As it was signed.
    pub der: Vec<u8>,
    /// When it was made, UTC.
    pub this_update: Timestamp,
    /// By when there will be another, UTC.
    pub next_update: Timestamp,
}

statements! {
    STANDING = "SELECT revoked_at, revoked_for FROM smartcard_certificate WHERE serial = $1
        AND (issuer IS NULL OR issuer = $2)";
    IS_RESPONDER = "SELECT issued_at FROM responder_certificate WHERE serial = $1";
    REVOKED = "SELECT serial, revoked_at, revoked_for FROM smartcard_certificate
        WHERE revoked_at IS NOT NULL AND not_after > $1 AND (issuer IS NULL OR issuer = $2) ORDER BY revoked_at, serial";
    REVOKED_SINCE = "SELECT serial, revoked_at, revoked_for FROM smartcard_certificate
        WHERE revoked_at IS NOT NULL AND revoked_at >= $1 AND not_after > $2 AND (issuer IS NULL OR issuer = $3)
        ORDER BY revoked_at, serial";
    LIST_NUMBER = "SELECT MAX(number) FROM revocation_list";
    LIST = "SELECT number, der, this_update, next_update FROM revocation_list WHERE issuer IS NULL OR issuer = $1
        ORDER BY number DESC LIMIT 1";
    ADD_LIST = "INSERT INTO revocation_list (number, der, this_update, next_update, issuer) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (number) DO NOTHING";
    // The newest list of another authority of ours may be much older.
    DROP_LISTS = "DELETE FROM revocation_list WHERE number <= $1 AND (issuer IS NULL OR issuer = $2)";
    RESPONDER = "SELECT der FROM responder_certificate WHERE not_after > $1 ORDER BY issued_at DESC, serial LIMIT 32";
    ADD_RESPONDER = "INSERT INTO responder_certificate (serial, der, issued_at, not_after) VALUES ($1, $2, $3, $4)";
}

/// So many lists are kept, so that somebody who looks into an incident sees what was said.
const LISTS_KEPT: i64 = 50;

type Row = (Vec<u8>, Option<i64>, Option<String>);

fn revoked((serial, at, reason): Row) -> Result<RevokedSerial, StoreError> {
    let at = at.ok_or(StoreError::Corrupt("a certificate that was revoked at no time"))?;
    Ok(RevokedSerial { serial, revocation: revocation(at, reason)? })
}

fn revocation(at: i64, reason: Option<String>) -> Result<Revocation, StoreError> {
    Ok(Revocation { at: moment(at)?, reason: reason.unwrap_or_default() })
}

fn number(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value)
        .map_err(|_| StoreError::Corrupt("a list of revoked certificates with a negative number"))
}

impl Store {
    /// How the certificate with this serial number (without leading zeros) stands that `issuer` has issued, by its key's SHA-256.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn certificate_standing(
        &self,
        issuer: &[u8],
        serial: &[u8],
    ) -> Result<CertificateStanding, StoreError> {
        let row: Option<(Option<i64>, Option<String>)> =
            reading!(self, STANDING, sqlx::query_as, |q, c| q.bind(serial).bind(issuer).fetch_optional(c))?;
        match row {
            Some((Some(at), reason)) => Ok(CertificateStanding::Revoked(revocation(at, reason)?)),
            Some((None, _)) => Ok(CertificateStanding::Good),
            None => {
                let responder: Option<(i64,)> =
                    reading!(self, IS_RESPONDER, sqlx::query_as, |q, c| q.bind(serial).fetch_optional(c))?;
                Ok(responder.map_or(CertificateStanding::Unknown, |_| CertificateStanding::Good))
            }
        }
    }

    /// All of `issuer` that were revoked and had not expired at `still_valid`, the earliest revocation first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revoked_certificates(
        &self,
        issuer: &[u8],
        still_valid: Timestamp,
    ) -> Result<Vec<RevokedSerial>, StoreError> {
        let rows: Vec<Row> = reading!(self, REVOKED, sqlx::query_as, |q, c| q
            .bind(millis(still_valid))
            .bind(issuer)
            .fetch_all(c))?;
        rows.into_iter().map(revoked).collect()
    }

    /// All of `issuer` that were revoked at `since` or later and had not expired at `still_valid`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revoked_since(
        &self,
        issuer: &[u8],
        since: Timestamp,
        still_valid: Timestamp,
    ) -> Result<Vec<RevokedSerial>, StoreError> {
        let rows: Vec<Row> = reading!(self, REVOKED_SINCE, sqlx::query_as, |q, c| q
            .bind(millis(since))
            .bind(millis(still_valid))
            .bind(issuer)
            .fetch_all(c))?;
        rows.into_iter().map(revoked).collect()
    }

    /// The number of the newest list of whichever of our authorities; none where there is none yet.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revocation_list_number(&self) -> Result<Option<u64>, StoreError> {
        let (newest,): (Option<i64>,) = reading!(self, LIST_NUMBER, sqlx::query_as, |q, c| q.fetch_one(c))?;
        newest.map(number).transpose()
    }

    /// The newest list of `issuer`; none where there is none yet.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revocation_list(&self, issuer: &[u8]) -> Result<Option<SignedList>, StoreError> {
        let row: Option<(i64, Vec<u8>, i64, i64)> =
            reading!(self, LIST, sqlx::query_as, |q, c| q.bind(issuer).fetch_optional(c))?;
        row.map(|(newest, der, this_update, next_update)| {
            Ok(SignedList {
                number: number(newest)?,
                der,
                this_update: moment(this_update)?,
                next_update: moment(next_update)?,
            })
        })
        .transpose()
    }

    /// Certificates (DER) of responders that hold after `now`, the newest first, at most 32: of whichever of our authorities.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn responder_certificates(&self, now: Timestamp) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows: Vec<(Vec<u8>,)> =
            reading!(self, RESPONDER, sqlx::query_as, |q, c| q.bind(millis(now)).fetch_all(c))?;
        Ok(rows.into_iter().map(|(der,)| der).collect())
    }
}

impl Tx {
    /// Keeps a list that `issuer` has just signed. Answers whether it is the one with its number: of several nodes that make one at once,
    /// one does.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_revocation_list(
        &mut self,
        issuer: &[u8],
        list: &SignedList,
    ) -> Result<bool, StoreError> {
        let newest = i64::try_from(list.number).unwrap_or(i64::MAX);
        let added = execute!(
            self,
            ADD_LIST,
            newest,
            list.der.as_slice(),
            millis(list.this_update),
            millis(list.next_update),
            issuer
        )? == 1;
        if added {
            execute!(self, DROP_LISTS, newest.saturating_sub(LISTS_KEPT), issuer)?;
        }
        Ok(added)
    }

    /// Keeps a certificate of a responder before it leaves the house.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_responder_certificate(
        &mut self,
        serial: &[u8],
        der: &[u8],
        not_after: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD_RESPONDER, serial, der, millis(now), millis(not_after)).map(|_| ())
    }
}
