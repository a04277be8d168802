//! Wallets that ask their person to sign in: a request is pushed, opened in one browser, decided once, and redeemed once.

use crate::db::{execute, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// An authorisation request of a wallet, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// Never changes.
    pub id: Uuid,
    /// Whose credentials are asked for.
    pub organisation_id: Uuid,
    /// What the wallet calls itself.
    pub client: String,
    /// What was asked, JSON.
    pub request: String,
    /// The offer by which the wallet was invited.
    pub offer_id: Option<Uuid>,
    /// The thumbprint of the key that its token must be bound to, or is.
    pub dpop_thumbprint: Option<String>,
    /// UTC.
    pub made_at: Timestamp,
    /// When the person said yes or no, UTC.
    pub decided_at: Option<Timestamp>,
    /// Who that was.
    pub account_id: Option<Uuid>,
    /// When its code was traded in for a token, UTC.
    pub redeemed_at: Option<Timestamp>,
    /// When the code came a second time, UTC.
    pub revoked_at: Option<Timestamp>,
}

/// A request that is pushed.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of Authorisation")]
pub struct NewAuthorisation<'a> {
    pub id: Uuid,
    pub organisation_id: Uuid,
    /// Keyed hash of the address that the wallet is told.
    pub reference: &'a [u8],
    /// Keyed hash of the cookie of the browser that opens it.
    pub bound_to: &'a [u8],
    pub client: &'a str,
    pub request: &'a str,
    pub offer_id: Option<Uuid>,
    pub dpop_thumbprint: Option<&'a str>,
}

/// What the person said.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Who.
    pub account: Uuid,
    /// In which session.
    pub session: Uuid,
    /// Keyed hash of the code for the wallet; none for a no.
    pub code: Option<&'a [u8]>,
    /// Only what was pushed after this can be decided.
    pub made_after: Timestamp,
}

/// A wallet trades the code of an authorisation in.
#[derive(Debug, Clone, Copy)]
pub struct CodeRedemption<'a> {
    /// Keyed hash of the token that it gets.
    pub access_token: &'a [u8],
    /// The thumbprint of the key that the token is bound to, if it is.
    pub dpop_thumbprint: Option<&'a str>,
    /// Only what was granted after this counts.
    pub granted_after: Timestamp,
}

statements! {
    ADD = "INSERT INTO passport_authorisation (id, organisation_id, reference, bound_to, client, request, offer_id, dpop_thumbprint,
        made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    BY_REFERENCE = "SELECT id, organisation_id, client, request, offer_id, dpop_thumbprint, made_at, decided_at, account_id,
        redeemed_at, revoked_at FROM passport_authorisation WHERE reference = $1";
    BY_BROWSER = "SELECT id, organisation_id, client, request, offer_id, dpop_thumbprint, made_at, decided_at, account_id,
        redeemed_at, revoked_at FROM passport_authorisation WHERE bound_to = $1";
    BY_CODE = "SELECT id, organisation_id, client, request, offer_id, dpop_thumbprint, made_at, decided_at, account_id,
        redeemed_at, revoked_at FROM passport_authorisation WHERE code = $1";
    BY_TOKEN = "SELECT id, organisation_id, client, request, offer_id, dpop_thumbprint, made_at, decided_at, account_id,
        redeemed_at, revoked_at FROM passport_authorisation WHERE access_token = $1 AND revoked_at IS NULL";
    // Of a yes and a no at once, in however many tabs, one counts.
    DECIDE = "UPDATE passport_authorisation SET decided_at = $2, account_id = $3, session_id = $4, code = $5
        WHERE id = $1 AND decided_at IS NULL AND made_at > $6";
    // Of a hundred tries at once one wins, while the session lasts in which it was granted, and only for the key that was named.
    REDEEM = "UPDATE passport_authorisation SET redeemed_at = $2, access_token = $3, dpop_thumbprint = COALESCE(dpop_thumbprint, $4)
        WHERE id = $1 AND code IS NOT NULL AND redeemed_at IS NULL AND revoked_at IS NULL AND decided_at > $5
            AND (dpop_thumbprint IS NULL OR dpop_thumbprint = $4)
            AND EXISTS (SELECT 1 FROM session WHERE session.id = passport_authorisation.session_id AND session.ended_at IS NULL)";
    REDEEM_OFFERS = "UPDATE credential_offer SET redeemed_at = $2, dpop_thumbprint = $3 WHERE authorisation_id = $1
        AND redeemed_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL";
    REVOKE = "UPDATE passport_authorisation SET revoked_at = $2 WHERE id = $1 AND redeemed_at IS NOT NULL AND revoked_at IS NULL";
    // An offer that was granted by one way works by no other.
    ATTACH = "UPDATE credential_offer SET authorisation_id = $2, fetched_at = COALESCE(fetched_at, $3) WHERE id = $1
        AND authorisation_id IS NULL AND redeemed_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL AND expires_at > $3";
    ERASE = "DELETE FROM passport_authorisation WHERE made_at <= $1";
    ERASE_UNDECIDED = "DELETE FROM passport_authorisation WHERE made_at <= $1 AND decided_at IS NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    client: String,
    request: String,
    offer_id: Option<Uuid>,
    dpop_thumbprint: Option<String>,
    made_at: i64,
    decided_at: Option<i64>,
    account_id: Option<Uuid>,
    redeemed_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<Row> for Authorisation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            client: row.client,
            request: row.request,
            offer_id: row.offer_id,
            dpop_thumbprint: row.dpop_thumbprint,
            made_at: moment(row.made_at)?,
            decided_at: maybe_moment(row.decided_at)?,
            account_id: row.account_id,
            redeemed_at: maybe_moment(row.redeemed_at)?,
            revoked_at: maybe_moment(row.revoked_at)?,
        })
    }
}

impl Store {
    /// The request at the address (keyed hash) that its wallet was told, however it stands.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authorisation_at(&self, reference: &[u8]) -> Result<Option<Authorisation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_REFERENCE, sqlx::query_as, |q, c| q.bind(reference).fetch_optional(c))?;
        row.map(Authorisation::try_from).transpose()
    }

    /// The request that the browser with this cookie (keyed hash) opened, however it stands.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authorisation_of_browser(
        &self,
        bound_to: &[u8],
    ) -> Result<Option<Authorisation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_BROWSER, sqlx::query_as, |q, c| q.bind(bound_to).fetch_optional(c))?;
        row.map(Authorisation::try_from).transpose()
    }

    /// The request for which this code (keyed hash) was given, however it stands.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authorisation_by_code(&self, code: &[u8]) -> Result<Option<Authorisation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_CODE, sqlx::query_as, |q, c| q.bind(code).fetch_optional(c))?;
        row.map(Authorisation::try_from).transpose()
    }

    /// The request for which this access token (keyed hash) was given, unless it was revoked.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authorisation_by_token(&self, token: &[u8]) -> Result<Option<Authorisation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(Authorisation::try_from).transpose()
    }
}

impl Tx {
    /// Adds a request that was pushed.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_authorisation(
        &mut self,
        new: NewAuthorisation<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            ADD,
            new.id,
            new.organisation_id,
            new.reference,
            new.bound_to,
            new.client,
            new.request,
            new.offer_id,
            new.dpop_thumbprint,
            millis(now)
        )
        .map(|_| ())
    }

    /// The person says yes or no. Answers false where that was said before, or it is too late.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn decide_authorisation(
        &mut self,
        id: Uuid,
        decision: Decision<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Decision { account, session, code, made_after } = decision;
        Ok(execute!(self, DECIDE, id, millis(now), account, session, code, millis(made_after))? == 1)
    }

    /// Grants an offer that was made before to the wallet of an authorisation. Answers false where it is not open any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn grant_offer(
        &mut self,
        offer: Uuid,
        authorisation: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ATTACH, offer, authorisation, millis(now))? == 1)
    }

    /// Trades the code of an authorisation in, for all that was granted with it. Answers false where it was redeemed before, is over
    /// or for another key, or its session has ended.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn redeem_authorisation(
        &mut self,
        id: Uuid,
        redemption: CodeRedemption<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let CodeRedemption { access_token, dpop_thumbprint, granted_after } = redemption;
        let after = millis(granted_after);
        if execute!(self, REDEEM, id, millis(now), access_token, dpop_thumbprint, after)? == 0 {
            return Ok(false);
        }
        execute!(self, REDEEM_OFFERS, id, millis(now), dpop_thumbprint)?;
        Ok(true)
    }

    /// Revokes the token that was given for an authorisation. Answers false where none was, or it was revoked before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn revoke_authorisation(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, REVOKE, id, millis(now))? == 1)
    }

    /// Erases requests pushed at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_authorisations(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }

    /// Erases requests pushed at or before `before` that nobody has decided: they cannot be any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_undecided_authorisations(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE_UNDECIDED, millis(before)).map(|_| ())
    }
}
