//! Credentials offered to wallets: an offer is shown in one browser, looked at by a wallet, redeemed once, and issued.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A credential offered to whichever wallet scans it.
#[derive(Debug, Clone)]
pub struct CredentialOffer {
    /// Never changes.
    pub id: Uuid,
    /// What is offered.
    pub credential_id: Uuid,
    /// The session in whose page it is shown.
    pub session_id: Uuid,
    /// Whether it is a new copy for a new phone.
    pub reissue: bool,
    /// Whether the wallet must send a transaction code that went to the person's phone.
    pub asks_code: bool,
    /// How many transaction codes were tried.
    pub tries: u32,
    /// UTC.
    pub made_at: Timestamp,
    /// When its code ends to work, UTC.
    pub expires_at: Timestamp,
    /// When a wallet first looked at it, UTC.
    pub fetched_at: Option<Timestamp>,
    /// When its code was traded in for a token, UTC.
    pub redeemed_at: Option<Timestamp>,
    /// The thumbprint of the key that the token is bound to, if it is.
    pub dpop_thumbprint: Option<String>,
    /// When the credential first went to the wallet, UTC.
    pub issued_at: Option<Timestamp>,
    /// What the wallet told of it: `credential_accepted`, `credential_failure` or `credential_deleted`.
    pub told: Option<String>,
    /// When it was ended, by its page or by a newer one, UTC.
    pub cancelled_at: Option<Timestamp>,
    /// When it came to nothing, UTC.
    pub failed_at: Option<Timestamp>,
}

/// An offer that is about to be shown.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of CredentialOffer")]
pub struct NewOffer<'a> {
    pub id: Uuid,
    pub credential_id: Uuid,
    pub session_id: Uuid,
    pub reissue: bool,
    /// Keyed hash of its address.
    pub reference: &'a [u8],
    /// Keyed hash of the pre-authorised code.
    pub code: &'a [u8],
    /// Keyed hash of the transaction code; none where it asks for none.
    pub transaction_code: Option<&'a [u8]>,
    pub expires_at: Timestamp,
}

/// A wallet trades a code in.
#[derive(Debug, Clone, Copy)]
pub struct Redemption<'a> {
    /// Keyed hash of the pre-authorised code.
    pub code: &'a [u8],
    /// Keyed hash of the transaction code; empty where the offer asks for none.
    pub transaction_code: &'a [u8],
    /// So many transaction codes may be tried.
    pub tries: u32,
    /// Keyed hash of the token that it gets.
    pub access_token: &'a [u8],
    /// The thumbprint of the key that the token is bound to, if it is.
    pub dpop_thumbprint: Option<&'a str>,
}

/// What became of trading a code in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// The token counts from now on.
    Yes,
    /// The transaction code was wrong: so many tries are left.
    WrongCode {
        /// 0 where the offer is dead.
        left: u32,
    },
    /// It was redeemed before, is over, was ended, or was tried too often; or its session has ended.
    Over,
}

statements! {
    ADD = "INSERT INTO credential_offer (id, credential_id, session_id, reissue, reference, code, transaction_code, tries, made_at,
        expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)";
    END_OPEN = "UPDATE credential_offer SET cancelled_at = $2 WHERE credential_id = $1 AND issued_at IS NULL
        AND cancelled_at IS NULL AND failed_at IS NULL";
    ONE = "SELECT id, credential_id, session_id, reissue, transaction_code IS NOT NULL AS asks_code, tries, made_at, expires_at,
        fetched_at, redeemed_at, dpop_thumbprint, issued_at, told, cancelled_at, failed_at FROM credential_offer WHERE id = $1";
    BY_REFERENCE = "SELECT id, credential_id, session_id, reissue, transaction_code IS NOT NULL AS asks_code, tries, made_at,
        expires_at, fetched_at, redeemed_at, dpop_thumbprint, issued_at, told, cancelled_at, failed_at FROM credential_offer
        WHERE reference = $1";
    BY_CODE = "SELECT id, credential_id, session_id, reissue, transaction_code IS NOT NULL AS asks_code, tries, made_at,
        expires_at, fetched_at, redeemed_at, dpop_thumbprint, issued_at, told, cancelled_at, failed_at FROM credential_offer
        WHERE code = $1";
    BY_TOKEN = "SELECT id, credential_id, session_id, reissue, transaction_code IS NOT NULL AS asks_code, tries, made_at,
        expires_at, fetched_at, redeemed_at, dpop_thumbprint, issued_at, told, cancelled_at, failed_at FROM credential_offer
        WHERE access_token = $1";
    OF_AUTHORISATION = "SELECT id, credential_id, session_id, reissue, transaction_code IS NOT NULL AS asks_code, tries, made_at,
        expires_at, fetched_at, redeemed_at, dpop_thumbprint, issued_at, told, cancelled_at, failed_at FROM credential_offer
        WHERE authorisation_id = $1 ORDER BY made_at, id";
    // Of two that were made in the same moment the one that the other ended is the older.
    LATEST = "SELECT id, credential_id, session_id, reissue, transaction_code IS NOT NULL AS asks_code, tries, made_at, expires_at,
        fetched_at, redeemed_at, dpop_thumbprint, issued_at, told, cancelled_at, failed_at FROM credential_offer
        WHERE credential_id = $1 AND session_id = $2 ORDER BY made_at DESC, cancelled_at IS NOT NULL, id DESC LIMIT 1";
    FETCHED = "UPDATE credential_offer SET fetched_at = $2 WHERE id = $1 AND fetched_at IS NULL";
    // That it is alive, how often it was tried, and whether the code is right are one condition of one statement: however many try
    // at once, on however many nodes, each try is counted and one of them wins.
    REDEEM = "UPDATE credential_offer SET tries = tries + 1,
            redeemed_at = CASE WHEN transaction_code IS NULL OR transaction_code = $2 THEN COALESCE(redeemed_at, $3) END,
            access_token = CASE WHEN transaction_code IS NULL OR transaction_code = $2 THEN COALESCE(access_token, $4) END,
            dpop_thumbprint = CASE WHEN transaction_code IS NULL OR transaction_code = $2 THEN COALESCE(dpop_thumbprint, $5) END
        WHERE code = $1 AND redeemed_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL AND expires_at > $3 AND tries < $6
            AND authorisation_id IS NULL
            AND EXISTS (SELECT 1 FROM session WHERE session.id = credential_offer.session_id AND session.ended_at IS NULL)
        RETURNING tries, redeemed_at";
    // Whoever ends the session in which it was made, by a reset or from the service desk, ends what it began.
    ISSUE = "UPDATE credential_offer SET issued_at = COALESCE(issued_at, $2) WHERE id = $1 AND redeemed_at > $3
        AND cancelled_at IS NULL AND failed_at IS NULL
        AND EXISTS (SELECT 1 FROM session JOIN account ON account.id = session.account_id
            WHERE session.id = credential_offer.session_id AND session.ended_at IS NULL AND account.disabled_at IS NULL)";
    // By the service of a wallet's maker: it was not ended, its session goes on, and no newer offer took its place.
    ISSUE_BY_BACKEND = "UPDATE credential_offer SET issued_at = $2, fetched_at = COALESCE(fetched_at, $2),
            redeemed_at = COALESCE(redeemed_at, $2)
        WHERE id = $1 AND issued_at IS NULL AND cancelled_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM credential_offer AS newer WHERE newer.credential_id = credential_offer.credential_id
                AND newer.made_at > credential_offer.made_at)
            AND EXISTS (SELECT 1 FROM session WHERE session.id = credential_offer.session_id AND session.ended_at IS NULL)";
    // What a wallet tells first counts, but that it took a credential does not keep it from telling later that it is gone.
    TELL = "UPDATE credential_offer SET told = $2, told_at = $3 WHERE id = $1 AND issued_at IS NOT NULL
        AND (told IS NULL OR (told = 'credential_accepted' AND told <> $2))";
    CANCEL = "UPDATE credential_offer SET cancelled_at = $3 WHERE id = $1 AND session_id = $2 AND issued_at IS NULL
        AND cancelled_at IS NULL AND failed_at IS NULL";
    FAIL = "UPDATE credential_offer SET failed_at = $3, failure = $2 WHERE id = $1 AND issued_at IS NULL AND failed_at IS NULL";
    ERASE = "DELETE FROM credential_offer WHERE made_at <= $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    credential_id: Uuid,
    session_id: Uuid,
    reissue: i64,
    asks_code: bool,
    tries: i64,
    made_at: i64,
    expires_at: i64,
    fetched_at: Option<i64>,
    redeemed_at: Option<i64>,
    dpop_thumbprint: Option<String>,
    issued_at: Option<i64>,
    told: Option<String>,
    cancelled_at: Option<i64>,
    failed_at: Option<i64>,
}

impl TryFrom<Row> for CredentialOffer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            credential_id: row.credential_id,
            session_id: row.session_id,
            reissue: row.reissue != 0,
            asks_code: row.asks_code,
            tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
            made_at: moment(row.made_at)?,
            expires_at: moment(row.expires_at)?,
            fetched_at: maybe_moment(row.fetched_at)?,
            redeemed_at: maybe_moment(row.redeemed_at)?,
            dpop_thumbprint: row.dpop_thumbprint,
            issued_at: maybe_moment(row.issued_at)?,
            told: row.told,
            cancelled_at: maybe_moment(row.cancelled_at)?,
            failed_at: maybe_moment(row.failed_at)?,
        })
    }
}

impl Store {
    /// One offer.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credential_offer(&self, id: Uuid) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }

    /// The offer at an address (keyed hash), however it stands.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn offer_by_reference(&self, reference: &[u8]) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_REFERENCE, sqlx::query_as, |q, c| q.bind(reference).fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }

    /// The offer with a pre-authorised code (keyed hash), however it stands.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn offer_by_code(&self, code: &[u8]) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_CODE, sqlx::query_as, |q, c| q.bind(code).fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }

    /// The offer that an access token (keyed hash) was given for, however it stands.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn offer_by_token(&self, token: &[u8]) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }

    /// What was granted with an authorisation, however it stands; the first to be granted first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn offers_of_authorisation(
        &self,
        authorisation: Uuid,
    ) -> Result<Vec<CredentialOffer>, StoreError> {
        let rows: Vec<Row> =
            reading!(self, OF_AUTHORISATION, sqlx::query_as, |q, c| q.bind(authorisation).fetch_all(c))?;
        rows.into_iter().map(CredentialOffer::try_from).collect()
    }

    /// The newest offer of a credential in a session.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn latest_offer(
        &self,
        credential: Uuid,
        session: Uuid,
    ) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> = reading!(self, LATEST, sqlx::query_as, |q, c| q
            .bind(credential)
            .bind(session)
            .fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }
}

impl Tx {
    /// The newest offer of a credential in a session, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn latest_offer(
        &mut self,
        credential: Uuid,
        session: Uuid,
    ) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> =
            in_tx!(self, LATEST, sqlx::query_as, |q, c| q.bind(credential).bind(session).fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }

    /// Adds an offer, which ends those of the same credential that are still open. The caller holds a gate, so that of two at once
    /// one comes after the other.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_offer(&mut self, new: NewOffer<'_>, now: Timestamp) -> Result<(), StoreError> {
        self.end_offers(new.credential_id, now).await?;
        execute!(
            self,
            ADD,
            new.id,
            new.credential_id,
            new.session_id,
            i64::from(new.reissue),
            new.reference,
            new.code,
            new.transaction_code,
            millis(now),
            millis(new.expires_at)
        )
        .map(|_| ())
    }

    /// Ends the open offers of a credential. Answers how many.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_offers(&mut self, credential: Uuid, now: Timestamp) -> Result<u64, StoreError> {
        execute!(self, END_OPEN, credential, millis(now))
    }

    /// A wallet has looked at an offer.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn offer_fetched(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FETCHED, id, millis(now))? == 1)
    }

    /// Trades a code in, counting the try, right or wrong: the transaction must be committed either way.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn redeem_offer(
        &mut self,
        redemption: Redemption<'_>,
        now: Timestamp,
    ) -> Result<Redeemed, StoreError> {
        let row: Option<(i64, Option<i64>)> = in_tx!(self, REDEEM, sqlx::query_as, |q, c| q
            .bind(redemption.code)
            .bind(redemption.transaction_code)
            .bind(millis(now))
            .bind(redemption.access_token)
            .bind(redemption.dpop_thumbprint)
            .bind(i64::from(redemption.tries))
            .fetch_optional(c))?;
        Ok(match row {
            None => Redeemed::Over,
            Some((_, Some(_))) => Redeemed::Yes,
            Some((tries, None)) => {
                let so_far = u32::try_from(tries).unwrap_or(u32::MAX);
                Redeemed::WrongCode { left: redemption.tries.saturating_sub(so_far) }
            }
        })
    }

    /// The credential goes to the wallet: holds the offer until this transaction ends, where its token was given after
    /// `redeemed_after` and it was not ended. Answers false where it cannot be issued any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn issue_offer(
        &mut self,
        id: Uuid,
        redeemed_after: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ISSUE, id, millis(now), millis(redeemed_after))? == 1)
    }

    /// One offer, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn credential_offer(&mut self, id: Uuid) -> Result<Option<CredentialOffer>, StoreError> {
        let row: Option<Row> = in_tx!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(CredentialOffer::try_from).transpose()
    }

    /// The service of a wallet's maker has handed the credential out. Answers false where that was told before, or comes too late: the
    /// offer was ended, a newer one took its place, or its session is over.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn issue_offer_by_backend(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, ISSUE_BY_BACKEND, id, millis(now))? == 1)
    }

    /// A wallet tells what became of what it was given. Answers false where that is nothing new.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn offer_told(&mut self, id: Uuid, told: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, TELL, id, told, millis(now))? == 1)
    }

    /// The page that shows an offer ends it. Answers false where it is another session's, or not open any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cancel_offer(
        &mut self,
        id: Uuid,
        session: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, CANCEL, id, session, millis(now))? == 1)
    }

    /// An offer comes to nothing, for a reason in one word.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn fail_offer(&mut self, id: Uuid, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, FAIL, id, why, millis(now))? == 1)
    }

    /// Erases offers made at or before `before`. What was issued stays.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_offers(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}
