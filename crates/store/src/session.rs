//! Sessions of people who are signed in.

use crate::console_figures::Reach;
use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::preview::Alive;
use uuid::Uuid;

/// A session of a person who signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Never changes.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// UTC.
    pub started_at: Timestamp,
    /// The last request, to the minute, UTC.
    pub last_seen_at: Timestamp,
    /// When it was ended by the person or for them, UTC.
    pub ended_at: Option<Timestamp>,
    /// When a second factor or a passkey was last proved in it, UTC; never where the browser is remembered.
    pub proved_at: Option<Timestamp>,
    /// The browser's row.
    pub device_id: Option<Uuid>,
    /// Browser and system: "Firefox, Windows 10".
    pub browser: Option<String>,
    /// The range of the network: "192.0.2.0/24".
    pub network: Option<String>,
    /// Whether its owner has still to be asked to set up a method for resets.
    pub set_up_due: bool,
    /// The serial number of the card's certificate that began it, without leading zeros; none where no card did.
    pub card_serial: Option<Vec<u8>>,
    /// What began it, where that is less than password and second factor: "passport".
    pub began_by: Option<String>,
    /// The copy of the access key that began it; none where none did.
    pub credential_copy_id: Option<Uuid>,
}

/// A session that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// New.
    pub id: Uuid,
    /// Keyed hash of its cookie.
    pub token: &'a [u8],
    /// Whose it is.
    pub account_id: Uuid,
    /// Whether a second factor or a passkey was proved for it.
    pub proved: bool,
    /// The browser's row.
    pub device_id: Option<Uuid>,
    /// Browser and system.
    pub browser: Option<&'a str>,
    /// The range of the network.
    pub network: Option<&'a str>,
}

statements! {
    ADD = "INSERT INTO session (id, token, account_id, started_at, last_seen_at, proved_at, device_id, browser, network)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)";
    BY_TOKEN = "SELECT id, account_id, started_at, last_seen_at, ended_at, proved_at, device_id, browser, network,
            set_up_due, card_serial, began_by, credential_copy_id FROM session WHERE token = $1";
    OF_ACCOUNT = "SELECT id, account_id, started_at, last_seen_at, ended_at, proved_at, device_id, browser, network,
            set_up_due, card_serial, began_by, credential_copy_id FROM session WHERE account_id = $1 AND ended_at IS NULL ORDER BY last_seen_at DESC, id";
    TOUCH = "UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2";
    // The cookie changes with the proof, so that one that was stolen before is worth nothing.
    PROVE = "UPDATE session SET proved_at = $2, last_seen_at = $2, token = $3
        WHERE id = $1 AND account_id = $4 AND ended_at IS NULL";
    RENEW = "UPDATE session SET token = $3, last_seen_at = $4 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL";
    END = "UPDATE session SET ended_at = $3 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL";
    END_ALL = "UPDATE session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL";
    END_OTHERS = "UPDATE session SET ended_at = $3 WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL";
    SET_UP_DUE = "UPDATE session SET set_up_due = 1 WHERE id = $1";
    PUT_OFF = "UPDATE session SET set_up_due = 0 WHERE id = $1 AND set_up_due = 1";
    SET_UP = "UPDATE session SET set_up_due = 0 WHERE account_id = $1 AND set_up_due = 1";
    BY_PASSPORT = "UPDATE session SET began_by = 'passport', credential_copy_id = $2 WHERE id = $1";
    LIVE = "SELECT id, account_id, started_at, last_seen_at, ended_at, proved_at, device_id, browser, network,
            set_up_due, card_serial, began_by, credential_copy_id FROM session WHERE id = $1 AND ended_at IS NULL";
    ALIVE_BY_PASSPORT = "SELECT COUNT(*), COUNT(DISTINCT session.account_id) FROM session
            JOIN account ON account.id = session.account_id
        WHERE account.organisation_id = $1 AND began_by = 'passport' AND ended_at IS NULL AND started_at >= $2
            AND started_at > $3 AND last_seen_at > $4";
    END_BY_PASSPORT = "UPDATE session SET ended_at = $3 WHERE began_by = 'passport' AND ended_at IS NULL AND started_at >= $2
        AND account_id IN (SELECT id FROM account WHERE organisation_id = $1)";
    SIGNED_IN = "UPDATE account SET previous_sign_in_at = last_sign_in_at, last_sign_in_at = $2 WHERE id = $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    started_at: i64,
    last_seen_at: i64,
    ended_at: Option<i64>,
    proved_at: Option<i64>,
    device_id: Option<Uuid>,
    browser: Option<String>,
    network: Option<String>,
    set_up_due: i64,
    card_serial: Option<Vec<u8>>,
    began_by: Option<String>,
    credential_copy_id: Option<Uuid>,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            started_at: moment(row.started_at)?,
            last_seen_at: moment(row.last_seen_at)?,
            ended_at: maybe_moment(row.ended_at)?,
            proved_at: maybe_moment(row.proved_at)?,
            device_id: row.device_id,
            browser: row.browser,
            network: row.network,
            set_up_due: row.set_up_due != 0,
            card_serial: row.card_serial,
            began_by: row.began_by,
            credential_copy_id: row.credential_copy_id,
        })
    }
}

impl Store {
    /// The session of the browser with this cookie (its keyed hash), ended or not.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn session(&self, token: &[u8]) -> Result<Option<Session>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_TOKEN, sqlx::query_as, |q, c| q.bind(token).fetch_optional(c))?;
        row.map(Session::try_from).transpose()
    }

    /// The sessions of an account that were not ended, the last used first. Those that are idle or too old by the rules
    /// are among them.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sessions_of(&self, account: Uuid) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.into_iter().map(Session::try_from).collect()
    }
}

impl Store {
    /// The session with this id, while nobody has ended it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn session_not_ended(&self, id: Uuid) -> Result<Option<Session>, StoreError> {
        let row: Option<Row> = reading!(self, LIVE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(Session::try_from).transpose()
    }

    /// The sessions of an organisation's people that a staff passport began at or after `since` and that can be used, which `alive`
    /// says.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sessions_begun_by_passport(
        &self,
        organisation: Uuid,
        since: Timestamp,
        alive: Alive,
    ) -> Result<Reach, StoreError> {
        let counted: (i64, i64) = reading!(self, ALIVE_BY_PASSPORT, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(since))
            .bind(millis(alive.started_after))
            .bind(millis(alive.seen_after))
            .fetch_one(c))?;
        Ok(reach(counted))
    }
}

fn reach((things, people): (i64, i64)) -> Reach {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Reach { things: count(things), people: count(people) }
}

impl Tx {
    /// Begins a session, and remembers when the person signed in now and before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_session(&mut self, new: NewSession<'_>, now: Timestamp) -> Result<(), StoreError> {
        let proved_at = new.proved.then(|| millis(now));
        execute!(
            self,
            ADD,
            new.id,
            new.token,
            new.account_id,
            millis(now),
            proved_at,
            new.device_id,
            new.browser,
            new.network
        )?;
        execute!(self, SIGNED_IN, new.account_id, millis(now)).map(|_| ())
    }

    /// Remembers that a session was begun by a staff passport, and by which copy of its access key.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn session_is_of_passport(&mut self, session: Uuid, copy: Uuid) -> Result<(), StoreError> {
        execute!(self, BY_PASSPORT, session, copy).map(|_| ())
    }

    /// Ends the sessions of an organisation's people that a staff passport began at or after `since`. Answers how many of them could
    /// be used until now, which `alive` says.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_sessions_begun_by_passport(
        &mut self,
        organisation: Uuid,
        since: Timestamp,
        alive: Alive,
        now: Timestamp,
    ) -> Result<Reach, StoreError> {
        let counted: (i64, i64) = in_tx!(self, ALIVE_BY_PASSPORT, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(since))
            .bind(millis(alive.started_after))
            .bind(millis(alive.seen_after))
            .fetch_one(c))?;
        execute!(self, END_BY_PASSPORT, organisation, millis(since), millis(now))?;
        Ok(reach(counted))
    }

    /// The owner of a session is asked to set up a method for resets.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_up_is_due(&mut self, id: Uuid) -> Result<(), StoreError> {
        execute!(self, SET_UP_DUE, id).map(|_| ())
    }

    /// In this session they are not asked again. Answers false where they were not to be asked.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_up_is_put_off(&mut self, id: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, PUT_OFF, id)? == 1)
    }

    /// The account has a method for resets: nobody is asked in any of its sessions.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_up_is_done(&mut self, account: Uuid) -> Result<(), StoreError> {
        execute!(self, SET_UP, account).map(|_| ())
    }

    /// Notes that the session is being used.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn touch_session(&mut self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, TOUCH, id, millis(now)).map(|_| ())
    }

    /// Notes that a second factor was proved in a session of the account, and gives it another cookie (keyed hash `token`). Answers
    /// whether it had not been ended.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn prove_session(
        &mut self,
        id: Uuid,
        account: Uuid,
        token: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, PROVE, id, millis(now), token, account)? == 1)
    }

    /// Gives a session another cookie (keyed hash `token`). Answers whether it had not been ended.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn renew_session(
        &mut self,
        id: Uuid,
        account: Uuid,
        token: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, RENEW, id, account, token, millis(now))? == 1)
    }

    /// Ends a session of an account. Answers whether it was alive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_session(&mut self, id: Uuid, account: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, END, id, account, millis(now))? == 1)
    }

    /// Ends all sessions of an account. Answers how many were alive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_sessions(&mut self, account: Uuid, now: Timestamp) -> Result<u64, StoreError> {
        execute!(self, END_ALL, account, millis(now))
    }

    /// Ends all sessions of an account but one. Answers how many were alive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_other_sessions(
        &mut self,
        account: Uuid,
        kept: Uuid,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        execute!(self, END_OTHERS, account, kept, millis(now))
    }
}
