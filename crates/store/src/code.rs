//! One-time codes: sent, and consumed by the one statement that checks all that counts.

use crate::db::{execute, in_tx};
use crate::moment::millis;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// What a code is for: a purpose, and the id of what it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor {
    /// Guide 003, step 5: proves the e-mail address of a registration.
    RegistrationEmail(Uuid),
    /// Guide 003, step 9: proves the second factor of a registration.
    RegistrationFactor(Uuid),
    /// The second factor of a sign-in under way.
    SignIn(Uuid),
    /// A sign-in method that is being set up.
    MethodSetup(Uuid),
    /// A caller reads it out to the service desk.
    CallerCheck(Uuid),
    /// Proves a number that the service desk puts in the place of one that may not be used.
    NumberRepair(Uuid),
    /// A gate of a reset under way.
    Reset(Uuid),
    /// Opens a blocked smartcard.
    CardUnlock(Uuid),
    /// Proves the mobile number before the access key of a passport goes to a wallet: the session in which that is asked.
    AccessKey(Uuid),
    /// A wallet asks for it when it takes a credential: the offer. It is kept with the offer and not among the others.
    Wallet(Uuid),
}

impl CodeFor {
    /// The purpose's name, in the database and in the audit.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::RegistrationEmail(_) => "registration-email",
            Self::RegistrationFactor(_) => "registration-factor",
            Self::SignIn(_) => "sign-in",
            Self::MethodSetup(_) => "method-setup",
            Self::CallerCheck(_) => "caller-check",
            Self::NumberRepair(_) => "number-repair",
            Self::Reset(_) => "reset",
            Self::CardUnlock(_) => "card-unlock",
            Self::AccessKey(_) => "access-key",
            Self::Wallet(_) => "wallet",
        }
    }

    /// The id of what it belongs to.
    pub fn subject(self) -> Uuid {
        match self {
            Self::RegistrationEmail(id)
            | Self::RegistrationFactor(id)
            | Self::SignIn(id)
            | Self::MethodSetup(id)
            | Self::CallerCheck(id)
            | Self::NumberRepair(id)
            | Self::Reset(id)
            | Self::CardUnlock(id)
            | Self::AccessKey(id)
            | Self::Wallet(id) => id,
        }
    }
}

/// Proof that a code was right, in time, unused and not guessed too often. Only [`Tx::consume_code`] makes one.
#[derive(Debug)]
pub struct CodeProof {
    subject: Uuid,
}

impl CodeProof {
    /// What the code belonged to.
    pub fn subject(&self) -> Uuid {
        self.subject
    }
}

/// Why a code proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRefused {
    /// It is none of those sent.
    Wrong {
        /// How many tries are left for the codes that are alive.
        left: u32,
    },
    /// It was sent, more than its lifetime ago.
    Expired,
    /// All codes have ended: one was used, or too many wrong ones were typed. A new one must be sent.
    Ended,
}

statements! {
    OPEN_SET = "INSERT INTO code_set (purpose, subject, round, destination, tries, used_at, changed_at)
        VALUES ($1, $2, 1, $3, 0, NULL, $4)
        ON CONFLICT (purpose, subject) DO UPDATE SET
            round = CASE WHEN code_set.used_at IS NULL AND code_set.tries < $5
                AND code_set.destination = excluded.destination THEN code_set.round ELSE code_set.round + 1 END,
            tries = CASE WHEN code_set.used_at IS NULL AND code_set.tries < $5
                AND code_set.destination = excluded.destination THEN code_set.tries ELSE 0 END,
            used_at = NULL, destination = excluded.destination, changed_at = excluded.changed_at
        RETURNING round";
    ADD = "INSERT INTO code (id, purpose, subject, round, hash, sent_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // Expiry, use, number of tries and the code itself are one condition of one statement: however many try at once, on
    // however many nodes, each try is counted and one of them wins.
    CONSUME = "UPDATE code_set SET tries = tries + 1, changed_at = $4,
            used_at = CASE WHEN EXISTS (SELECT 1 FROM code WHERE code.purpose = code_set.purpose
                AND code.subject = code_set.subject AND code.round = code_set.round
                AND code.hash = $3 AND code.expires_at > $4) THEN $4 END
        WHERE purpose = $1 AND subject = $2 AND used_at IS NULL AND tries < $5
        RETURNING round, tries, used_at";
    WAS_SENT = "SELECT 1 FROM code WHERE purpose = $1 AND subject = $2 AND round = $3 AND hash = $4";
}

impl Tx {
    /// Enters a code that is being sent. `destination` is a keyed hash of where it goes: a code for another destination
    /// ends those before it; otherwise an earlier code stays good for its own lifetime.
    ///
    /// # Errors
    /// Where the database refuses.
    #[expect(clippy::too_many_arguments, reason = "each is a column, and there is one caller")]
    pub async fn add_code(
        &mut self,
        id: Uuid,
        code_for: CodeFor,
        hash: &[u8],
        destination: &[u8],
        wrong_tries: u32,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (round,): (i64,) = in_tx!(self, OPEN_SET, sqlx::query_as, |q, c| q
            .bind(code_for.purpose())
            .bind(code_for.subject())
            .bind(destination)
            .bind(millis(now))
            .bind(i64::from(wrong_tries))
            .fetch_one(c))?;
        execute!(
            self,
            ADD,
            id,
            code_for.purpose(),
            code_for.subject(),
            round,
            hash,
            millis(now),
            millis(expires_at)
        )?;
        Ok(())
    }

    /// Turns a typed code into a proof, or says why not. The try is counted either way, so the transaction must be
    /// committed either way.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn consume_code(
        &mut self,
        code_for: CodeFor,
        hash: &[u8],
        wrong_tries: u32,
        now: Timestamp,
    ) -> Result<Result<CodeProof, CodeRefused>, StoreError> {
        let set: Option<(i64, i64, Option<i64>)> = in_tx!(self, CONSUME, sqlx::query_as, |q, c| q
            .bind(code_for.purpose())
            .bind(code_for.subject())
            .bind(hash)
            .bind(millis(now))
            .bind(i64::from(wrong_tries))
            .fetch_optional(c))?;
        let Some((round, tries, used_at)) = set else {
            return Ok(Err(CodeRefused::Ended));
        };
        if used_at.is_some() {
            return Ok(Ok(CodeProof { subject: code_for.subject() }));
        }
        let was_sent: Option<(i32,)> = in_tx!(self, WAS_SENT, sqlx::query_as, |q, c| q
            .bind(code_for.purpose())
            .bind(code_for.subject())
            .bind(round)
            .bind(hash)
            .fetch_optional(c))?;
        if was_sent.is_some() {
            return Ok(Err(CodeRefused::Expired));
        }
        let left = u32::try_from(i64::from(wrong_tries) - tries).unwrap_or(0);
        Ok(Err(if left == 0 { CodeRefused::Ended } else { CodeRefused::Wrong { left } }))
    }
}
