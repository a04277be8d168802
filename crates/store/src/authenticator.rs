//! Phones with our authenticator, and what they signed lately.

use crate::asked::{Asked, Row as AskedRow};
use crate::db::{execute, in_tx, reading};
use crate::method_setup::MethodSetup;
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A phone with our authenticator.
#[derive(Debug, Clone)]
pub struct Device {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// The method that it is; none while that is being set up.
    pub method_id: Option<Uuid>,
    /// The set-up that it enrolled in; none once that became a method.
    pub setup_id: Option<Uuid>,
    /// A point on P-256 (SEC 1).
    pub public_key: Vec<u8>,
    /// What it calls itself: "Pixel 8, Chrome".
    pub name: String,
    /// Sealed: where pushes go.
    push: Option<Vec<u8>>,
    /// UTC.
    pub enrolled_at: Timestamp,
    /// When it was last heard of, to five minutes, UTC.
    pub last_seen_at: Timestamp,
}

/// A phone that enrols.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields of Device")]
pub struct NewDevice<'a> {
    pub id: Uuid,
    pub account_id: Uuid,
    pub setup_id: Uuid,
    pub public_key: &'a [u8],
    pub name: &'a str,
}

statements! {
    // One QR code enrols one phone, however many scan it at once.
    ENROL = "INSERT INTO authenticator_device (id, account_id, setup_id, public_key, name, enrolled_at, last_seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (setup_id) DO NOTHING";
    ONE = "SELECT id, account_id, method_id, setup_id, public_key, name, push, enrolled_at, last_seen_at
        FROM authenticator_device WHERE id = $1";
    OF_SETUP = "SELECT id, account_id, method_id, setup_id, public_key, name, push, enrolled_at, last_seen_at
        FROM authenticator_device WHERE setup_id = $1";
    OF_METHOD = "SELECT id, account_id, method_id, setup_id, public_key, name, push, enrolled_at, last_seen_at
        FROM authenticator_device WHERE method_id = $1";
    // What takes the place of another phone ends it.
    END_OLD = "DELETE FROM authenticator_device WHERE method_id = $1";
    BECOME = "UPDATE authenticator_device SET method_id = $2, setup_id = NULL WHERE setup_id = $1";
    FORGET = "DELETE FROM authenticator_device WHERE setup_id = $1";
    HEAR = "INSERT INTO authenticator_heard (device_id, jti, at) VALUES ($1, $2, $3) ON CONFLICT (device_id, jti) DO NOTHING";
    HEARD = "SELECT COUNT(*) FROM authenticator_heard WHERE device_id = $1 AND at > $2";
    SEEN = "UPDATE authenticator_device SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $3";
    PUSH = "UPDATE authenticator_device SET push = $2 WHERE id = $1";
    FORGET_PUSH = "UPDATE authenticator_device SET push = NULL WHERE id = $1 AND push = $2";
    ERASE_HEARD = "DELETE FROM authenticator_heard WHERE at <= $1";
    // By what the phone is now: it may have begun to wait while it was still being set up.
    OPEN = "SELECT a.id, a.subject, a.account_id, a.method_id, a.how, a.what_for, a.number, a.organisation, a.browser,
            a.network, a.counted, a.challenge, a.asked_at, a.expires_at, a.progress, a.answer, a.used_at
        FROM authenticator_device d JOIN asked a ON a.account_id = d.account_id
        WHERE d.id = $1 AND a.how = 'app' AND a.answered_at IS NULL AND a.expires_at > $2
            AND (a.method_id = d.method_id OR (a.method_id IS NULL AND a.subject = d.setup_id)) ORDER BY a.asked_at, a.id";
    SET_ENROLMENT = "UPDATE method_setup SET enrolment = $2 WHERE id = $1";
    BY_ENROLMENT = "SELECT id FROM method_setup WHERE enrolment = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    method_id: Option<Uuid>,
    setup_id: Option<Uuid>,
    public_key: Vec<u8>,
    name: String,
    push: Option<Vec<u8>>,
    enrolled_at: i64,
    last_seen_at: i64,
}

impl TryFrom<Row> for Device {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            method_id: row.method_id,
            setup_id: row.setup_id,
            public_key: row.public_key,
            name: row.name,
            push: row.push,
            enrolled_at: moment(row.enrolled_at)?,
            last_seen_at: moment(row.last_seen_at)?,
        })
    }
}

impl Store {
    /// One phone.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authenticator(&self, id: Uuid) -> Result<Option<Device>, StoreError> {
        let row: Option<Row> = reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Device::try_from).transpose()
    }

    /// The phone that enrolled in a set-up.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authenticator_of_setup(&self, setup: Uuid) -> Result<Option<Device>, StoreError> {
        let row: Option<Row> =
            reading!(self, OF_SETUP, sqlx::query_as, |q, c| q.bind(setup).fetch_optional(c))?;
        row.map(Device::try_from).transpose()
    }

    /// The phone that a method is.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn authenticator_of_method(&self, method: Uuid) -> Result<Option<Device>, StoreError> {
        let row: Option<Row> =
            reading!(self, OF_METHOD, sqlx::query_as, |q, c| q.bind(method).fetch_optional(c))?;
        row.map(Device::try_from).transpose()
    }

    /// What a phone is asked and has not answered, oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn open_questions(&self, device: Uuid, now: Timestamp) -> Result<Vec<Asked>, StoreError> {
        let rows: Vec<AskedRow> =
            reading!(self, OPEN, sqlx::query_as, |q, c| q.bind(device).bind(millis(now)).fetch_all(c))?;
        rows.into_iter().map(Asked::try_from).collect()
    }

    /// The set-up whose QR code holds this (keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read or the secret not be opened.
    pub async fn setup_by_enrolment(&self, hash: &[u8]) -> Result<Option<MethodSetup>, StoreError> {
        let row: Option<(Uuid,)> =
            reading!(self, BY_ENROLMENT, sqlx::query_as, |q, c| q.bind(hash).fetch_optional(c))?;
        match row {
            Some((id,)) => self.method_setup(id).await,
            None => Ok(None),
        }
    }

    /// Where pushes to a phone go, as it was given.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn push_of(&self, device: &Device) -> Result<Option<vault::Secret<Vec<u8>>>, StoreError> {
        let Some(sealed) = &device.push else { return Ok(None) };
        let plain = self.keys.open(&push_context(device.id), sealed)?;
        Ok(Some(vault::Secret::new(plain.to_vec())))
    }
}

impl Tx {
    /// Enrols a phone. Answers false where another was faster with the same QR code.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn enrol(&mut self, new: NewDevice<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let NewDevice { id, account_id, setup_id, public_key, name } = new;
        Ok(execute!(self, ENROL, id, account_id, setup_id, public_key, name, millis(now))? == 1)
    }

    /// The phone of a set-up is that of a method from now on, and the one that it had before is nobody's. Answers whether
    /// there is one.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn authenticator_becomes(&mut self, setup: Uuid, method: Uuid) -> Result<bool, StoreError> {
        execute!(self, END_OLD, method)?;
        Ok(execute!(self, BECOME, setup, method)? == 1)
    }

    /// Forgets the phone that enrolled in a set-up.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn forget_enrolled(&mut self, setup: Uuid) -> Result<(), StoreError> {
        execute!(self, FORGET, setup).map(|_| ())
    }

    /// Keeps what the QR code of a set-up holds (keyed hash).
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_enrolment(&mut self, setup: Uuid, hash: &[u8]) -> Result<(), StoreError> {
        execute!(self, SET_ENROLMENT, setup, hash).map(|_| ())
    }

    /// Takes what a phone signed, once. Answers false where it was taken before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn hear(&mut self, device: Uuid, jti: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, HEAR, device, jti, millis(now))? == 1)
    }

    /// How much was heard of a phone after `since`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn heard_since(&mut self, device: Uuid, since: Timestamp) -> Result<u32, StoreError> {
        let (count,): (i64,) =
            in_tx!(self, HEARD, sqlx::query_as, |q, c| q.bind(device).bind(millis(since)).fetch_one(c))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// A phone was heard of now; kept where it was last heard of before `stale`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn authenticator_seen(
        &mut self,
        device: Uuid,
        stale: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, SEEN, device, millis(now), millis(stale)).map(|_| ())
    }

    /// Keeps, sealed, where pushes to a phone go; none: nowhere any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_push(&mut self, device: Uuid, push: Option<&[u8]>) -> Result<(), StoreError> {
        let random = self.store.random.clone();
        let sealed = push.map(|push| self.store.keys.seal(&push_context(device), push, random.as_ref()));
        execute!(self, PUSH, device, sealed).map(|_| ())
    }

    /// Forgets where pushes to a phone go, unless it has told another place meanwhile.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn forget_push(&mut self, device: &Device) -> Result<(), StoreError> {
        execute!(self, FORGET_PUSH, device.id, device.push.as_deref()).map(|_| ())
    }

    /// Erases what was heard at or before `at`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_heard(&mut self, at: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE_HEARD, millis(at)).map(|_| ())
    }
}

pub(crate) fn push_context(device: Uuid) -> String {
    format!("authenticator_device.push:{device}")
}
