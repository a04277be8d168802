//! Smartcards: what is kept of each, and how they are found.

use crate::db::{in_tx, reading};
use crate::moment::{maybe_moment, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// The GUID in a card's CHUID (SP 800-73-4, part 1, section 3.1.2).
pub type CardGuid = [u8; 16];

/// A smartcard as the portal knows it. The card itself may know better: its tries, for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smartcard {
    /// Never changes.
    pub id: Uuid,
    /// The employer that it belongs to.
    pub organisation_id: Uuid,
    /// Whose it is; none while it is blank.
    pub account_id: Option<Uuid>,
    /// The GUID in its CHUID; never changes.
    pub guid: CardGuid,
    /// The name of the card's own rules for passcodes, such as `piv-6-8-digits`.
    pub profile: String,
    /// What is printed on it.
    pub label: String,
    /// When the portal first heard of it, UTC.
    pub added_at: Timestamp,
    /// When it was bound to the person, UTC.
    pub bound_at: Option<Timestamp>,
    /// When the person got it with working certificates, UTC.
    pub issued_at: Option<Timestamp>,
    /// Whether it was handed over without a passcode that anybody knows.
    pub issued_locked: bool,
    /// The local day on which its passcode was set; none where that is not known.
    pub passcode_set_on: Option<Date>,
    /// The local day on which the Registration Authority opened it for new passcodes; none once they are set.
    pub unlocked_on: Option<Date>,
    /// The local day since which new passcodes are asked for whatever their age; none once they are set.
    pub forced_on: Option<Date>,
    /// Tries that it had left when it was last seen; 0: it is blocked.
    pub tries_left: Option<u8>,
    /// When that was, UTC.
    pub tries_seen_at: Option<Timestamp>,
    /// How often its owner has renewed it since the Registration Authority last did.
    pub renewals_used: u32,
    /// Which of the unblocking keys made of its GUID it has.
    pub unblock_generation: u32,
    /// When the first of its current certificates expires, UTC; none where it has none.
    pub expires_at: Option<Timestamp>,
    /// When its current certificates were revoked, UTC.
    pub revoked_at: Option<Timestamp>,
    /// When it was cancelled, UTC.
    pub cancelled_at: Option<Timestamp>,
    /// Why: the name of a reason.
    pub cancel_reason: Option<String>,
    /// When the certificates were taken off it, UTC.
    pub wiped_at: Option<Timestamp>,
    /// When it was last made blank again, UTC.
    pub cleared_at: Option<Timestamp>,
}

impl Smartcard {
    /// Whether somebody has it, and it was neither cancelled nor are its certificates revoked.
    pub fn is_live(&self) -> bool {
        self.account_id.is_some()
            && self.issued_at.is_some()
            && self.cancelled_at.is_none()
            && self.revoked_at.is_none()
    }

    /// What is needed of it to know what falls due; none where it is not live.
    pub fn facts(&self) -> Option<crate::smartcard_message::CardFacts> {
        let account_id = self.account_id.filter(|_| self.is_live())?;
        Some(crate::smartcard_message::CardFacts {
            id: self.id,
            organisation_id: self.organisation_id,
            account_id,
            passcode_set_on: self.passcode_set_on,
            unlocked_on: self.unlocked_on,
            forced_on: self.forced_on,
            renewals_used: self.renewals_used,
            expires_at: self.expires_at,
        })
    }

    /// Whether it can be bound to a person.
    pub fn is_blank(&self) -> bool {
        self.account_id.is_none() && self.cancelled_at.is_none()
    }
}

statements! {
    BY_ID = "SELECT id, organisation_id, account_id, guid, profile, label, added_at, bound_at, issued_at, issued_locked,
            passcode_set_on, unlocked_on, forced_on, tries_left, tries_seen_at, renewals_used, unblock_generation, expires_at,
            revoked_at, cancelled_at, cancel_reason, wiped_at, cleared_at
        FROM smartcard WHERE id = $1";
    BY_GUID = "SELECT id, organisation_id, account_id, guid, profile, label, added_at, bound_at, issued_at, issued_locked,
            passcode_set_on, unlocked_on, forced_on, tries_left, tries_seen_at, renewals_used, unblock_generation, expires_at,
            revoked_at, cancelled_at, cancel_reason, wiped_at, cleared_at
        FROM smartcard WHERE guid = $1";
    OF_ACCOUNT = "SELECT id, organisation_id, account_id, guid, profile, label, added_at, bound_at, issued_at, issued_locked,
            passcode_set_on, unlocked_on, forced_on, tries_left, tries_seen_at, renewals_used, unblock_generation, expires_at,
            revoked_at, cancelled_at, cancel_reason, wiped_at, cleared_at
        FROM smartcard WHERE account_id = $1 ORDER BY bound_at DESC, id DESC";
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    organisation_id: Uuid,
    account_id: Option<Uuid>,
    guid: Vec<u8>,
    profile: String,
    label: String,
    added_at: i64,
    bound_at: Option<i64>,
    issued_at: Option<i64>,
    issued_locked: i64,
    passcode_set_on: Option<String>,
    unlocked_on: Option<String>,
    forced_on: Option<String>,
    tries_left: Option<i64>,
    tries_seen_at: Option<i64>,
    renewals_used: i64,
    unblock_generation: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    cancelled_at: Option<i64>,
    cancel_reason: Option<String>,
    wiped_at: Option<i64>,
    cleared_at: Option<i64>,
}

/// A local day as it is kept: ISO 8601 text.
pub(crate) fn maybe_day(text: Option<&str>) -> Result<Option<Date>, StoreError> {
    text.map(|text| text.parse().map_err(|_| StoreError::Corrupt("a day is not one"))).transpose()
}

impl TryFrom<Row> for Smartcard {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            account_id: row.account_id,
            guid: row.guid.try_into().map_err(|_| StoreError::Corrupt("a card's GUID has not 16 bytes"))?,
            profile: row.profile,
            label: row.label,
            added_at: moment(row.added_at)?,
            bound_at: maybe_moment(row.bound_at)?,
            issued_at: maybe_moment(row.issued_at)?,
            issued_locked: row.issued_locked != 0,
            passcode_set_on: maybe_day(row.passcode_set_on.as_deref())?,
            unlocked_on: maybe_day(row.unlocked_on.as_deref())?,
            forced_on: maybe_day(row.forced_on.as_deref())?,
            tries_left: row.tries_left.map(|left| u8::try_from(left).unwrap_or(u8::MAX)),
            tries_seen_at: maybe_moment(row.tries_seen_at)?,
            renewals_used: u32::try_from(row.renewals_used).unwrap_or(u32::MAX),
            unblock_generation: u32::try_from(row.unblock_generation)
                .map_err(|_| StoreError::Corrupt("a card's unblocking key has no number"))?,
            expires_at: maybe_moment(row.expires_at)?,
            revoked_at: maybe_moment(row.revoked_at)?,
            cancelled_at: maybe_moment(row.cancelled_at)?,
            cancel_reason: row.cancel_reason,
            wiped_at: maybe_moment(row.wiped_at)?,
            cleared_at: maybe_moment(row.cleared_at)?,
        })
    }
}

impl Store {
    /// The card with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcard(&self, id: Uuid) -> Result<Option<Smartcard>, StoreError> {
        let row: Option<Row> = reading!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Smartcard::try_from).transpose()
    }

    /// The card with this GUID.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcard_by_guid(&self, guid: &CardGuid) -> Result<Option<Smartcard>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_GUID, sqlx::query_as, |q, c| q.bind(guid.as_slice()).fetch_optional(c))?;
        row.map(Smartcard::try_from).transpose()
    }

    /// The cards of an account, live or not, the last one first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcards_of(&self, account: Uuid) -> Result<Vec<Smartcard>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(Smartcard::try_from).collect()
    }
}

impl Tx {
    /// The card with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcard(&mut self, id: Uuid) -> Result<Option<Smartcard>, StoreError> {
        let row: Option<Row> = in_tx!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Smartcard::try_from).transpose()
    }

    /// The card with this GUID.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcard_by_guid(&mut self, guid: &CardGuid) -> Result<Option<Smartcard>, StoreError> {
        let row: Option<Row> =
            in_tx!(self, BY_GUID, sqlx::query_as, |q, c| q.bind(guid.as_slice()).fetch_optional(c))?;
        row.map(Smartcard::try_from).transpose()
    }

    /// The cards of an account, live or not, the last one first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcards_of(&mut self, account: Uuid) -> Result<Vec<Smartcard>, StoreError> {
        let rows: Vec<Row> = in_tx!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(Smartcard::try_from).collect()
    }
}
