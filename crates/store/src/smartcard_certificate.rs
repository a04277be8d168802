//! The certificates of smartcards: issued, proved by the card, and revoked.
//!
//! Each card has a pair, made together. A pair becomes current when the card has proved that it has both keys, and in the same
//! moment the one before it is revoked.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// What a certificate is for, by the place of its key on the card (SP 800-73-4, part 1, table 4b).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateSlot {
    /// 9A, PIV authentication: signs in.
    Authentication,
    /// 9C, digital signature.
    Signature,
}

impl CertificateSlot {
    /// Its name: `9a`, `9c`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "9a",
            Self::Signature => "9c",
        }
    }

    fn parse(name: &str) -> Result<Self, StoreError> {
        [Self::Authentication, Self::Signature]
            .into_iter()
            .find(|slot| slot.as_str() == name)
            .ok_or(StoreError::Corrupt("a certificate for an unknown place on the card"))
    }
}

/// A certificate that was issued for a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCertificate {
    /// Never changes.
    pub id: Uuid,
    /// For which card.
    pub smartcard_id: Uuid,
    /// Whom it names: the card may be another's by now.
    pub account_id: Uuid,
    /// What it is for.
    pub slot: CertificateSlot,
    /// Its serial number, as in the certificate, without leading zeros.
    pub serial: Vec<u8>,
    /// The whole certificate.
    pub der: Vec<u8>,
    /// UTC.
    pub not_before: Timestamp,
    /// UTC.
    pub not_after: Timestamp,
    /// The job in which it was made.
    pub job_id: Uuid,
    /// UTC.
    pub issued_at: Timestamp,
    /// When the card showed that it has the key, and the certificate became one of the current pair, UTC.
    pub proved_at: Option<Timestamp>,
    /// UTC.
    pub revoked_at: Option<Timestamp>,
    /// Why: the name of a reason.
    pub revoked_for: Option<String>,
}

/// A certificate that was just issued.
#[derive(Debug, Clone, Copy)]
pub struct NewCardCertificate<'a> {
    /// New.
    pub id: Uuid,
    /// For which card.
    pub smartcard_id: Uuid,
    /// Whom it names.
    pub account_id: Uuid,
    /// What it is for.
    pub slot: CertificateSlot,
    /// Its serial number, without leading zeros.
    pub serial: &'a [u8],
    /// The whole certificate.
    pub der: &'a [u8],
    /// UTC.
    pub not_before: Timestamp,
    /// UTC.
    pub not_after: Timestamp,
    /// The job in which it was made.
    pub job_id: Uuid,
}

/// How a new pair counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewalCount {
    /// Its owner renewed: one more.
    OneMore,
    /// The Registration Authority issued or renewed: the count starts again.
    StartsAgain,
}

/// A certificate that is revoked from now on. The certificate authority is told in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// Which.
    pub id: Uuid,
    /// For which card it was.
    pub smartcard_id: Uuid,
    /// Its serial number, without leading zeros.
    pub serial: Vec<u8>,
}

statements! {
    ADD = "INSERT INTO smartcard_certificate (id, smartcard_id, account_id, slot, serial, der, not_before, not_after, job_id,
            issued_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    OF_CARD = "SELECT id, smartcard_id, account_id, slot, serial, der, not_before, not_after, job_id, issued_at, proved_at,
            revoked_at, revoked_for
        FROM smartcard_certificate WHERE smartcard_id = $1 ORDER BY issued_at DESC, id DESC";
    CURRENT = "SELECT id, smartcard_id, account_id, slot, serial, der, not_before, not_after, job_id, issued_at, proved_at,
            revoked_at, revoked_for
        FROM smartcard_certificate WHERE smartcard_id = $1 AND proved_at IS NOT NULL AND revoked_at IS NULL
        ORDER BY slot";
    OF_JOB = "SELECT id, smartcard_id, account_id, slot, serial, der, not_before, not_after, job_id, issued_at, proved_at,
            revoked_at, revoked_for
        FROM smartcard_certificate WHERE job_id = $1 ORDER BY issued_at, id";
    BY_SERIAL = "SELECT id, smartcard_id, account_id, slot, serial, der, not_before, not_after, job_id, issued_at, proved_at,
            revoked_at, revoked_for
        FROM smartcard_certificate WHERE serial = $1";
    // Holds the card, so that of two pairs one is before the other; a card that is cancelled gets no new pair.
    HOLD = "UPDATE smartcard SET revoked_at = NULL
        WHERE id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL";
    PROVE = "UPDATE smartcard_certificate SET proved_at = $3
        WHERE smartcard_id = $1 AND job_id = $2 AND proved_at IS NULL AND revoked_at IS NULL
            AND account_id = (SELECT account_id FROM smartcard WHERE id = $1) AND id IN ($4, $5)";
    REVOKE_OTHERS = "UPDATE smartcard_certificate SET revoked_at = $3, revoked_for = $4
        WHERE smartcard_id = $1 AND job_id <> $2 AND revoked_at IS NULL RETURNING id, smartcard_id, serial";
    REVOKE_REST = "UPDATE smartcard_certificate SET revoked_at = $3, revoked_for = $4
        WHERE smartcard_id = $1 AND job_id = $2 AND proved_at IS NULL AND revoked_at IS NULL
        RETURNING id, smartcard_id, serial";
    COUNT_ONE_MORE = "UPDATE smartcard SET renewals_used = renewals_used + 1, wiped_at = NULL,
            expires_at = (SELECT MIN(not_after) FROM smartcard_certificate
                WHERE smartcard_id = $1 AND proved_at IS NOT NULL AND revoked_at IS NULL)
        WHERE id = $1";
    COUNT_AGAIN = "UPDATE smartcard SET renewals_used = 0, wiped_at = NULL,
            expires_at = (SELECT MIN(not_after) FROM smartcard_certificate
                WHERE smartcard_id = $1 AND proved_at IS NOT NULL AND revoked_at IS NULL)
        WHERE id = $1";
    REVOKE_ALL = "UPDATE smartcard_certificate SET revoked_at = $2, revoked_for = $3
        WHERE smartcard_id = $1 AND revoked_at IS NULL RETURNING id, smartcard_id, serial";
    CARD_REVOKED = "UPDATE smartcard SET revoked_at = $2, expires_at = NULL WHERE id = $1 AND revoked_at IS NULL";
    REVOKE_UNPROVED = "UPDATE smartcard_certificate SET revoked_at = $2, revoked_for = $3
        WHERE job_id = $1 AND proved_at IS NULL AND revoked_at IS NULL RETURNING id, smartcard_id, serial";
    UNPROVED = "WITH unproved AS MATERIALIZED (SELECT job_id FROM smartcard_certificate
            WHERE proved_at IS NULL AND revoked_at IS NULL AND issued_at <= $1)
        SELECT DISTINCT job_id FROM unproved
        WHERE NOT EXISTS (SELECT 1 FROM card_job WHERE card_job.id = unproved.job_id AND ended_at IS NULL)
        ORDER BY job_id LIMIT $2";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    smartcard_id: Uuid,
    account_id: Uuid,
    slot: String,
    serial: Vec<u8>,
    der: Vec<u8>,
    not_before: i64,
    not_after: i64,
    job_id: Uuid,
    issued_at: i64,
    proved_at: Option<i64>,
    revoked_at: Option<i64>,
    revoked_for: Option<String>,
}

impl TryFrom<Row> for CardCertificate {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            smartcard_id: row.smartcard_id,
            account_id: row.account_id,
            slot: CertificateSlot::parse(&row.slot)?,
            serial: row.serial,
            der: row.der,
            not_before: moment(row.not_before)?,
            not_after: moment(row.not_after)?,
            job_id: row.job_id,
            issued_at: moment(row.issued_at)?,
            proved_at: maybe_moment(row.proved_at)?,
            revoked_at: maybe_moment(row.revoked_at)?,
            revoked_for: row.revoked_for,
        })
    }
}

type Revoked = (Uuid, Uuid, Vec<u8>);

fn revoked(rows: Vec<Revoked>) -> Vec<RevokedCertificate> {
    rows.into_iter()
        .map(|(id, smartcard_id, serial)| RevokedCertificate { id, smartcard_id, serial })
        .collect()
}

impl Store {
    /// All certificates of a card, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn card_certificates(&self, card: Uuid) -> Result<Vec<CardCertificate>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_CARD, sqlx::query_as, |q, c| q.bind(card).fetch_all(c))?;
        rows.into_iter().map(CardCertificate::try_from).collect()
    }

    /// The current pair of a card: proved and not revoked, authentication first. It may have expired.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn current_certificates(&self, card: Uuid) -> Result<Vec<CardCertificate>, StoreError> {
        let rows: Vec<Row> = reading!(self, CURRENT, sqlx::query_as, |q, c| q.bind(card).fetch_all(c))?;
        rows.into_iter().map(CardCertificate::try_from).collect()
    }

    /// The certificate with this serial number (without leading zeros), whatever became of it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn certificate_by_serial(&self, serial: &[u8]) -> Result<Option<CardCertificate>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_SERIAL, sqlx::query_as, |q, c| q.bind(serial).fetch_optional(c))?;
        row.map(CardCertificate::try_from).transpose()
    }

    /// Jobs that have ended, or are gone, and have certificates issued up to `issued` which no card has proved and nobody has
    /// revoked: at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn ended_jobs_with_unproved_certificates(
        &self,
        issued: Timestamp,
        at_most: u32,
    ) -> Result<Vec<Uuid>, StoreError> {
        let rows: Vec<(Uuid,)> = reading!(self, UNPROVED, sqlx::query_as, |q, c| q
            .bind(millis(issued))
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        Ok(rows.into_iter().map(|(job,)| job).collect())
    }
}

impl Tx {
    /// The certificate with this serial number (without leading zeros), whatever became of it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn certificate_by_serial(
        &mut self,
        serial: &[u8],
    ) -> Result<Option<CardCertificate>, StoreError> {
        let row: Option<Row> =
            in_tx!(self, BY_SERIAL, sqlx::query_as, |q, c| q.bind(serial).fetch_optional(c))?;
        row.map(CardCertificate::try_from).transpose()
    }

    /// The current pair of a card: proved and not revoked, authentication first. It may have expired.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn current_certificates(&mut self, card: Uuid) -> Result<Vec<CardCertificate>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, CURRENT, sqlx::query_as, |q, c| q.bind(card).fetch_all(c))?;
        rows.into_iter().map(CardCertificate::try_from).collect()
    }

    /// What was issued in a job, in that order: a job that is resumed goes on with it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn certificates_of_job(&mut self, job: Uuid) -> Result<Vec<CardCertificate>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, OF_JOB, sqlx::query_as, |q, c| q.bind(job).fetch_all(c))?;
        rows.into_iter().map(CardCertificate::try_from).collect()
    }

    /// Keeps a certificate that was just issued. It is not current before [`Tx::certificates_proved`].
    ///
    /// # Errors
    /// Where the database refuses, also for a serial number that is there already.
    pub async fn add_card_certificate(
        &mut self,
        new: NewCardCertificate<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            ADD,
            new.id,
            new.smartcard_id,
            new.account_id,
            new.slot.as_str(),
            new.serial,
            new.der,
            millis(new.not_before),
            millis(new.not_after),
            new.job_id,
            millis(now)
        )
        .map(|_| ())
    }

    /// The card has proved that it has the keys of both certificates `pair`, made in `job`: they are current from now on, the
    /// renewal is counted, and all others of the card are revoked for `superseded`. Answers those; none where the pair cannot
    /// become current any more, because it is or was, another was faster, or the card was cancelled. Then drop the transaction.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn certificates_proved(
        &mut self,
        card: Uuid,
        job: Uuid,
        pair: [Uuid; 2],
        count: RenewalCount,
        superseded: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<RevokedCertificate>>, StoreError> {
        let [one, other] = pair;
        if execute!(self, HOLD, card)? != 1 || execute!(self, PROVE, card, job, millis(now), one, other)? != 2
        {
            return Ok(None);
        }
        let mut ended: Vec<Revoked> = in_tx!(self, REVOKE_OTHERS, sqlx::query_as, |q, c| q
            .bind(card)
            .bind(job)
            .bind(millis(now))
            .bind(superseded)
            .fetch_all(c))?;
        // Of a job that began anew there may be more than the pair.
        let rest: Vec<Revoked> = in_tx!(self, REVOKE_REST, sqlx::query_as, |q, c| q
            .bind(card)
            .bind(job)
            .bind(millis(now))
            .bind(superseded)
            .fetch_all(c))?;
        ended.extend(rest);
        match count {
            RenewalCount::OneMore => execute!(self, COUNT_ONE_MORE, card)?,
            RenewalCount::StartsAgain => execute!(self, COUNT_AGAIN, card)?,
        };
        Ok(Some(revoked(ended)))
    }

    /// Revokes all certificates of a card, current or not yet proved, for `reason` (its name). Answers those that were not
    /// revoked before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revoke_card_certificates(
        &mut self,
        card: Uuid,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<RevokedCertificate>, StoreError> {
        // The card first, as where a pair becomes current.
        execute!(self, CARD_REVOKED, card, millis(now))?;
        let rows: Vec<Revoked> = in_tx!(self, REVOKE_ALL, sqlx::query_as, |q, c| q
            .bind(card)
            .bind(millis(now))
            .bind(reason)
            .fetch_all(c))?;
        Ok(revoked(rows))
    }

    /// Revokes what was issued in a job and never proved. Answers what was not revoked before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revoke_unproved_certificates(
        &mut self,
        job: Uuid,
        reason: &str,
        now: Timestamp,
    ) -> Result<Vec<RevokedCertificate>, StoreError> {
        let rows: Vec<Revoked> = in_tx!(self, REVOKE_UNPROVED, sqlx::query_as, |q, c| q
            .bind(job)
            .bind(millis(now))
            .bind(reason)
            .fetch_all(c))?;
        Ok(revoked(rows))
    }
}
