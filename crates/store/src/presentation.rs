//! Requests to a wallet to show something: begun by one browser's page, fetched any number of times, answered once, used once.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::passport::{
    CONFIRM_TRIES, PresentationAnswer, PresentationMoments, PresentationPurpose, PresentationState,
    answered_after,
};
use uuid::Uuid;

/// A request to a wallet.
#[derive(Clone)]
pub struct Presentation {
    /// Never changes.
    pub id: Uuid,
    /// What for.
    pub purpose: PresentationPurpose,
    /// Who asks.
    pub organisation_id: Uuid,
    /// In whose session, where somebody is signed in.
    pub session_id: Option<Uuid>,
    /// Keyed hash of the cookie of the browser whose page shows it.
    pub bound_to: Vec<u8>,
    /// The request with its nonce and the key to which the answer is encrypted, JSON.
    pub request: String,
    /// The range of the network of the page.
    pub network: Option<String>,
    /// Browser and system of the page.
    pub browser: Option<String>,
    /// UTC.
    pub made_at: Timestamp,
    /// What happened to it.
    pub moments: PresentationMoments,
    /// How often it was fetched from another network than the first time.
    pub fetched_elsewhere: u32,
    /// The range of the network of the wallet that answered.
    pub answer_network: Option<String>,
    /// What was presented, JSON, until it is used.
    pub presented: Option<String>,
    /// Whose access key was presented.
    pub account_id: Option<Uuid>,
    /// Which copy of it.
    pub credential_copy_id: Option<Uuid>,
}

impl Presentation {
    /// How it stands at `now`.
    pub fn state(&self, now: Timestamp) -> PresentationState {
        PresentationState::at(&self.moments, now)
    }
}

impl std::fmt::Debug for Presentation {
    /// Says nothing of keys and of what was shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presentation")
            .field("id", &self.id)
            .field("purpose", &self.purpose)
            .field("moments", &self.moments)
            .finish_non_exhaustive()
    }
}

/// A request that begins. What is secret in it comes as keyed hashes.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields of Presentation")]
pub struct NewPresentation<'a> {
    pub id: Uuid,
    pub purpose: PresentationPurpose,
    pub organisation_id: Uuid,
    pub session_id: Option<Uuid>,
    pub bound_to: &'a [u8],
    /// Of the address at which it is fetched.
    pub reference: &'a [u8],
    /// Of what its answer is found by.
    pub state: &'a [u8],
    pub request: &'a str,
    pub network: &'a str,
    pub browser: Option<&'a str>,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for NewPresentation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPresentation").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a wallet answered.
#[derive(Clone, Copy)]
pub struct NewAnswer<'a> {
    /// How.
    pub answer: PresentationAnswer,
    /// The range of its network.
    pub network: &'a str,
    /// What was shown, JSON.
    pub presented: Option<&'a str>,
    /// Whose access key it was, and which copy.
    pub access_key: Option<(Uuid, Uuid)>,
    /// Keyed hash of the code that leads the browser of the same device back.
    pub response_code: Option<&'a [u8]>,
    /// Keyed hash of the code that is typed on another device.
    pub confirm_code: Option<&'a [u8]>,
}

impl std::fmt::Debug for NewAnswer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAnswer").field("answer", &self.answer).finish_non_exhaustive()
    }
}

/// What became of a code that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// It is right, and the answer is used by it.
    Right,
    /// It is wrong; so many tries are left.
    Wrong {
        /// At least one.
        left: u32,
    },
    /// There is nothing to confirm any more.
    Over,
}

statements! {
    ADD = "INSERT INTO presentation (id, purpose, organisation_id, session_id, bound_to, reference, state, request, network,
            browser, made_at, expires_at, confirm_tries)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)";
    BY_REFERENCE = "SELECT id, purpose, organisation_id, session_id, bound_to, request, network, browser, made_at, expires_at,
            fetched_at, fetched_elsewhere, answered_at, answer, answer_network, presented, account_id, credential_copy_id,
            confirm_tries, used_at, cancelled_at FROM presentation WHERE reference = $1";
    BY_STATE = "SELECT id, purpose, organisation_id, session_id, bound_to, request, network, browser, made_at, expires_at,
            fetched_at, fetched_elsewhere, answered_at, answer, answer_network, presented, account_id, credential_copy_id,
            confirm_tries, used_at, cancelled_at FROM presentation WHERE state = $1";
    BY_BROWSER = "SELECT id, purpose, organisation_id, session_id, bound_to, request, network, browser, made_at, expires_at,
            fetched_at, fetched_elsewhere, answered_at, answer, answer_network, presented, account_id, credential_copy_id,
            confirm_tries, used_at, cancelled_at FROM presentation WHERE bound_to = $1 ORDER BY made_at DESC, id DESC LIMIT 1";
    BY_RESPONSE = "SELECT id, purpose, organisation_id, session_id, bound_to, request, network, browser, made_at, expires_at,
            fetched_at, fetched_elsewhere, answered_at, answer, answer_network, presented, account_id, credential_copy_id,
            confirm_tries, used_at, cancelled_at FROM presentation WHERE response_code = $1";
    FETCHED = "UPDATE presentation SET fetched_at = COALESCE(fetched_at, $2), fetched_network = COALESCE(fetched_network, $3),
            fetched_elsewhere = fetched_elsewhere + CASE WHEN fetched_network <> $3 THEN 1 ELSE 0 END
        WHERE id = $1 AND answered_at IS NULL AND cancelled_at IS NULL AND expires_at > $2";
    // Of a hundred answers at once one is taken.
    ANSWER = "UPDATE presentation SET answered_at = $2, answer = $3, answer_network = $4, presented = $5, account_id = $6,
            credential_copy_id = $7, response_code = $8, confirm_code = $9
        WHERE id = $1 AND answered_at IS NULL AND cancelled_at IS NULL AND expires_at > $2";
    // The try is counted in the statement that looks at the code.
    CONFIRM = "UPDATE presentation SET
            confirm_tries = confirm_tries + CASE WHEN confirm_code = $3 THEN 0 ELSE 1 END,
            used_at = CASE WHEN confirm_code = $3 THEN CAST($4 AS BIGINT) ELSE NULL END
        WHERE id = $1 AND bound_to = $2 AND answer = 'presented' AND answered_at > $5 AND used_at IS NULL
            AND cancelled_at IS NULL AND confirm_tries < $6
        RETURNING used_at, confirm_tries";
    COME_BACK = "UPDATE presentation SET used_at = $4 WHERE id = $1 AND bound_to = $2 AND response_code = $3
        AND answer = 'presented' AND answered_at > $5 AND used_at IS NULL AND cancelled_at IS NULL AND confirm_tries < $6";
    USE = "UPDATE presentation SET used_at = $3 WHERE id = $1 AND bound_to = $2 AND answer = 'presented' AND answered_at > $4
        AND used_at IS NULL AND cancelled_at IS NULL AND confirm_tries < $5";
    CANCEL = "UPDATE presentation SET cancelled_at = $2 WHERE id = $1 AND used_at IS NULL AND cancelled_at IS NULL";
    EMPTY = "UPDATE presentation SET presented = NULL WHERE id = $1";
    ERASE = "DELETE FROM presentation WHERE made_at <= $1";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    purpose: String,
    organisation_id: Uuid,
    session_id: Option<Uuid>,
    bound_to: Vec<u8>,
    request: Vec<u8>,
    network: Option<String>,
    browser: Option<String>,
    made_at: i64,
    expires_at: i64,
    fetched_at: Option<i64>,
    fetched_elsewhere: i64,
    answered_at: Option<i64>,
    answer: Option<String>,
    answer_network: Option<String>,
    presented: Option<Vec<u8>>,
    account_id: Option<Uuid>,
    credential_copy_id: Option<Uuid>,
    confirm_tries: i64,
    used_at: Option<i64>,
    cancelled_at: Option<i64>,
}

/// What a sealed request is bound to.
pub(crate) fn request_context(id: Uuid) -> String {
    format!("presentation/{id}/request")
}

/// What sealed presentations are bound to.
pub(crate) fn presented_context(id: Uuid) -> String {
    format!("presentation/{id}/presented")
}

impl Store {
    fn presentation_from(&self, row: Row) -> Result<Presentation, StoreError> {
        let text = |context: &str, sealed: &[u8]| -> Result<String, StoreError> {
            String::from_utf8(self.keys.open(context, sealed)?.to_vec())
                .map_err(|_| StoreError::Corrupt("a request to a wallet that is no text"))
        };
        let answer = match (maybe_moment(row.answered_at)?, row.answer) {
            (Some(at), Some(answer)) => Some((
                at,
                PresentationAnswer::parse(&answer)
                    .ok_or(StoreError::Corrupt("an answer of a wallet that nobody knows"))?,
            )),
            _ => None,
        };
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Presentation {
            purpose: PresentationPurpose::parse(&row.purpose)
                .ok_or(StoreError::Corrupt("a request to a wallet for an unknown purpose"))?,
            request: text(&request_context(row.id), &row.request)?,
            made_at: moment(row.made_at)?,
            moments: PresentationMoments {
                expires_at: moment(row.expires_at)?,
                fetched_at: maybe_moment(row.fetched_at)?,
                answered: answer,
                wrong_codes: count(row.confirm_tries),
                used_at: maybe_moment(row.used_at)?,
                cancelled_at: maybe_moment(row.cancelled_at)?,
            },
            fetched_elsewhere: count(row.fetched_elsewhere),
            presented: row.presented.map(|sealed| text(&presented_context(row.id), &sealed)).transpose()?,
            id: row.id,
            organisation_id: row.organisation_id,
            session_id: row.session_id,
            bound_to: row.bound_to,
            network: row.network,
            browser: row.browser,
            answer_network: row.answer_network,
            account_id: row.account_id,
            credential_copy_id: row.credential_copy_id,
        })
    }

    /// The request that is fetched at this address (keyed hash).
    ///
    /// # Errors
    /// Where the database cannot be read or the request not be opened.
    pub async fn presentation_at(&self, reference: &[u8]) -> Result<Option<Presentation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_REFERENCE, sqlx::query_as, |q, c| q.bind(reference).fetch_optional(c))?;
        row.map(|row| self.presentation_from(row)).transpose()
    }

    /// The request whose answer comes to this address (keyed hash).
    ///
    /// # Errors
    /// As [`Store::presentation_at`].
    pub async fn presentation_answered_at(&self, state: &[u8]) -> Result<Option<Presentation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_STATE, sqlx::query_as, |q, c| q.bind(state).fetch_optional(c))?;
        row.map(|row| self.presentation_from(row)).transpose()
    }

    /// The request that the page in the browser with this cookie (keyed hash) shows.
    ///
    /// # Errors
    /// As [`Store::presentation_at`].
    pub async fn presentation_of_browser(&self, bound_to: &[u8]) -> Result<Option<Presentation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_BROWSER, sqlx::query_as, |q, c| q.bind(bound_to).fetch_optional(c))?;
        row.map(|row| self.presentation_from(row)).transpose()
    }

    /// The request to which this code (keyed hash) leads back.
    ///
    /// # Errors
    /// As [`Store::presentation_at`].
    pub async fn presentation_of_response(&self, code: &[u8]) -> Result<Option<Presentation>, StoreError> {
        let row: Option<Row> =
            reading!(self, BY_RESPONSE, sqlx::query_as, |q, c| q.bind(code).fetch_optional(c))?;
        row.map(|row| self.presentation_from(row)).transpose()
    }
}

impl Tx {
    /// Begins a request.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_presentation(
        &mut self,
        new: NewPresentation<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let context = request_context(new.id);
        let sealed = self.store.keys.seal(&context, new.request.as_bytes(), self.store.random.as_ref());
        execute!(
            self,
            ADD,
            new.id,
            new.purpose.as_str(),
            new.organisation_id,
            new.session_id,
            new.bound_to,
            new.reference,
            new.state,
            sealed,
            new.network,
            new.browser,
            millis(now),
            millis(new.expires_at)
        )
        .map(|_| ())
    }

    /// A wallet has fetched an open request, from a network of this range. Answers false where it is not open any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn presentation_fetched(
        &mut self,
        id: Uuid,
        network: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, FETCHED, id, millis(now), network)? == 1)
    }

    /// Takes the one answer to an open request. Answers false where it is not open any more.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn answer_presentation(
        &mut self,
        id: Uuid,
        answer: NewAnswer<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sealed = answer.presented.map(|presented| {
            let context = presented_context(id);
            self.store.keys.seal(&context, presented.as_bytes(), self.store.random.as_ref())
        });
        let taken = execute!(
            self,
            ANSWER,
            id,
            millis(now),
            answer.answer.as_str(),
            answer.network,
            sealed,
            answer.access_key.map(|(account, _)| account),
            answer.access_key.map(|(_, copy)| copy),
            answer.response_code,
            answer.confirm_code
        )?;
        Ok(taken == 1)
    }

    /// Uses the answer by a code (keyed hash) that was typed in the browser whose page asked (keyed hash of its cookie). A wrong one is
    /// counted.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn confirm_presentation(
        &mut self,
        id: Uuid,
        bound_to: &[u8],
        code: &[u8],
        now: Timestamp,
    ) -> Result<Confirmed, StoreError> {
        let row: Option<(Option<i64>, i64)> = in_tx!(self, CONFIRM, sqlx::query_as, |q, c| q
            .bind(id)
            .bind(bound_to)
            .bind(code)
            .bind(millis(now))
            .bind(millis(answered_after(now)))
            .bind(i64::from(CONFIRM_TRIES))
            .fetch_optional(c))?;
        Ok(match row {
            None => Confirmed::Over,
            Some((Some(_), _)) => Confirmed::Right,
            Some((None, tries)) => {
                match CONFIRM_TRIES.saturating_sub(u32::try_from(tries).unwrap_or(u32::MAX)) {
                    0 => Confirmed::Over,
                    left => Confirmed::Wrong { left },
                }
            }
        })
    }

    /// Uses the answer where the wallet led the very browser back whose page asked (keyed hashes of its cookie and of the code).
    /// Answers false where it was used before, or is over.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn come_back_from_wallet(
        &mut self,
        id: Uuid,
        bound_to: &[u8],
        response_code: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (at, after) = (millis(now), millis(answered_after(now)));
        let tries = i64::from(CONFIRM_TRIES);
        Ok(execute!(self, COME_BACK, id, bound_to, response_code, at, after, tries)? == 1)
    }

    /// Uses the answer in the browser whose page asked (keyed hash of its cookie), without more. Answers false where it was used
    /// before, or is over.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn use_presentation(
        &mut self,
        id: Uuid,
        bound_to: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (at, after) = (millis(now), millis(answered_after(now)));
        Ok(execute!(self, USE, id, bound_to, at, after, i64::from(CONFIRM_TRIES))? == 1)
    }

    /// Ends a request before it is used. Answers whether there was something to end.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cancel_presentation(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        Ok(execute!(self, CANCEL, id, millis(now))? == 1)
    }

    /// Erases what was shown, which was used.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn forget_presented(&mut self, id: Uuid) -> Result<(), StoreError> {
        execute!(self, EMPTY, id).map(|_| ())
    }

    /// Erases requests begun at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_presentations(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}
