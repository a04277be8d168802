//! Signing in with a smartcard: questions that a card answers once, and sessions that a card began.

use crate::db::{execute, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

statements! {
    ASK = "INSERT INTO card_question (nonce, bound_to, made_at) VALUES ($1, $2, $3)";
    ANSWER = "UPDATE card_question SET used_at = $4
        WHERE nonce = $1 AND bound_to = $2 AND made_at > $3 AND used_at IS NULL";
    USE_CODE = "INSERT INTO card_code (code, used_at) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING";
    IS_OF_CARD = "UPDATE session SET card_serial = $2 WHERE id = $1";
    // A session that began with a card's old pair goes on with the new one: renewing is no reason to doubt who is there.
    DOUBTED = "SELECT session.id FROM session JOIN smartcard_certificate ON serial = card_serial
        WHERE session.id = $1 AND revoked_at IS NOT NULL AND revoked_for <> $2";
    END_OF_CARD = "UPDATE session SET ended_at = $2 WHERE ended_at IS NULL AND card_serial IN
        (SELECT serial FROM smartcard_certificate WHERE smartcard_id = $1)";
    ERASE_QUESTIONS = "DELETE FROM card_question WHERE made_at <= $1";
    ERASE_CODES = "DELETE FROM card_code WHERE used_at <= $1";
}

impl Store {
    /// Whether a session was begun by a certificate that was revoked meanwhile, for another reason than `renewed` (its name).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn session_card_is_revoked(&self, session: Uuid, renewed: &str) -> Result<bool, StoreError> {
        let row: Option<(Uuid,)> =
            reading!(self, DOUBTED, sqlx::query_as, |q, c| q.bind(session).bind(renewed).fetch_optional(c))?;
        Ok(row.is_some())
    }
}

impl Tx {
    /// Remembers a question: keyed hashes of its nonce, and of the cookie in whose browser it is asked.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_card_question(
        &mut self,
        nonce: &[u8],
        bound_to: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ASK, nonce, bound_to, millis(now)).map(|_| ())
    }

    /// Takes the answer to a question that was asked after `asked_after`, in this browser, and not answered before: of a hundred
    /// answers at once, one is taken.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answer_card_question(
        &mut self,
        nonce: &[u8],
        bound_to: &[u8],
        asked_after: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ANSWER, nonce, bound_to, millis(asked_after), millis(now))? == 1)
    }

    /// Uses a code of the host for certificates (its keyed hash). Answers false where it was used before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_card_code(&mut self, code: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, USE_CODE, code, millis(now))? == 1)
    }

    /// Remembers which certificate began a session, by its serial number without leading zeros.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn session_is_of_card(&mut self, session: Uuid, serial: &[u8]) -> Result<(), StoreError> {
        execute!(self, IS_OF_CARD, session, serial).map(|_| ())
    }

    /// Ends the sessions that any certificate of this card began: to be called in the transaction that revokes. (For a card that was
    /// lost or stolen [`Tx::end_sessions`] ends all that its owner has.) Answers how many were alive.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn end_sessions_of_card(&mut self, card: Uuid, now: Timestamp) -> Result<u64, StoreError> {
        execute!(self, END_OF_CARD, card, millis(now))
    }

    /// Erases questions asked, and codes used, at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_card_questions(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE_QUESTIONS, millis(before))?;
        execute!(self, ERASE_CODES, millis(before)).map(|_| ())
    }
}
