//! Browsers in which a person has signed in with both factors before.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A browser that is known for an account.
#[derive(Debug, Clone)]
pub struct Device {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// UTC; unknown for the oldest.
    pub added_at: Option<Timestamp>,
    /// The last sign-in, UTC.
    pub last_seen_at: Timestamp,
    /// When the person asked to be spared the second factor here, UTC. How long that holds is a rule.
    pub remembered_at: Option<Timestamp>,
    /// Browser and system: "Firefox, Windows 10".
    pub browser: Option<String>,
    /// The range of the network at the last sign-in: "192.0.2.0/24".
    pub network: Option<String>,
}

/// What is known of a browser at a sign-in.
#[derive(Debug, Clone, Copy)]
pub struct DeviceSeen<'a> {
    /// Who signs in.
    pub account_id: Uuid,
    /// Browser and system.
    pub browser: Option<&'a str>,
    /// The range of the network.
    pub network: Option<&'a str>,
    /// Whether the person asks to be spared the second factor here from now on.
    pub remember: bool,
}

statements! {
    ADD = "INSERT INTO device (id, token, account_id, added_at, last_seen_at, browser, network, remembered_at)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7) ON CONFLICT (token) DO NOTHING";
    TOUCH = "UPDATE device SET last_seen_at = $3, browser = $4, network = $5, remembered_at = COALESCE($6, remembered_at)
        WHERE token = $1 AND account_id = $2 RETURNING id";
    KNOWN = "SELECT id, account_id, added_at, last_seen_at, remembered_at, browser, network FROM device
        WHERE token = $1 AND account_id = $2";
    OF_ACCOUNT = "SELECT id, account_id, added_at, last_seen_at, remembered_at, browser, network FROM device
        WHERE account_id = $1 ORDER BY last_seen_at DESC, id";
    FORGET = "UPDATE device SET remembered_at = NULL WHERE id = $1 AND account_id = $2 AND remembered_at IS NOT NULL";
    FORGET_ALL = "UPDATE device SET remembered_at = NULL WHERE account_id = $1 AND remembered_at IS NOT NULL";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    added_at: Option<i64>,
    last_seen_at: i64,
    remembered_at: Option<i64>,
    browser: Option<String>,
    network: Option<String>,
}

impl TryFrom<Row> for Device {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            added_at: maybe_moment(row.added_at)?,
            last_seen_at: moment(row.last_seen_at)?,
            remembered_at: maybe_moment(row.remembered_at)?,
            browser: row.browser,
            network: row.network,
        })
    }
}

impl Store {
    /// This browser (keyed hash of its cookie), if it has been signed in to this account before.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn known_device(&self, token: &[u8], account: Uuid) -> Result<Option<Device>, StoreError> {
        let row: Option<Row> =
            reading!(self, KNOWN, sqlx::query_as, |q, c| q.bind(token).bind(account).fetch_optional(c))?;
        row.map(Device::try_from).transpose()
    }

    /// The browsers known for an account, the last used first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn devices_of(&self, account: Uuid) -> Result<Vec<Device>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(Device::try_from).collect()
    }
}

impl Tx {
    /// Notes that a known browser (keyed hash of its cookie) is used again. Answers its id; none where it is not known for this account.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn touch_device(
        &mut self,
        token: &[u8],
        seen: DeviceSeen<'_>,
        now: Timestamp,
    ) -> Result<Option<Uuid>, StoreError> {
        let row: Option<(Uuid,)> = in_tx!(self, TOUCH, sqlx::query_as, |q, c| q
            .bind(token)
            .bind(seen.account_id)
            .bind(millis(now))
            .bind(seen.browser)
            .bind(seen.network)
            .bind(seen.remember.then(|| millis(now)))
            .fetch_optional(c))?;
        Ok(row.map(|(id,)| id))
    }

    /// Remembers this browser (keyed hash of its cookie) as one in which the person has signed in.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_device(
        &mut self,
        id: Uuid,
        token: &[u8],
        seen: DeviceSeen<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let remembered = seen.remember.then(|| millis(now));
        execute!(self, ADD, id, token, seen.account_id, millis(now), seen.browser, seen.network, remembered)
            .map(|_| ())
    }

    /// Asks for the second factor on this browser again. Answers whether it had been spared.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn forget_device(&mut self, id: Uuid, account: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, FORGET, id, account)? == 1)
    }

    /// Asks for the second factor on every browser of an account again. Answers on how many it had been spared.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn forget_devices(&mut self, account: Uuid) -> Result<u64, StoreError> {
        execute!(self, FORGET_ALL, account)
    }
}
