//! Every number of the guides in one place, and how an organisation makes it stricter.

mod settings;
#[cfg(test)]
mod tests;

use jiff::SignedDuration;

use crate::{
    code,
    limits::{self, Limit},
    password::PasswordPolicy,
    phone::PhonePolicy,
    registration,
    session::{self, SessionAge},
    sign_in,
    smartcard::SmartcardRules,
};

pub use settings::PolicyProblem;
pub(crate) use settings::{count, fewer, more, switched_on};

/// The numbers that apply in one organisation. The default is what the guides say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How long a one-time code is good.
    pub code_lifetime: SignedDuration,
    /// So many wrong tries end all codes of a journey.
    pub code_wrong_tries: u32,
    /// How soon another code may be asked for.
    pub code_pause: Limit,
    /// How many codes may be asked for.
    pub codes_per_hour: Limit,
    /// How many messages may go to one address or number.
    pub messages_per_destination_day: Limit,
    /// How many registrations may be started from one network.
    pub registrations_per_network: Limit,
    /// How many sign-ins may be tried from one network.
    pub sign_ins_per_network: Limit,
    /// How many text messages may be caused from one network.
    pub texts_per_network_day: Limit,
    /// How many text messages may be sent on one local day.
    pub texts_per_day: u32,
    /// How long a half-done registration is kept.
    pub registration_lifetime: SignedDuration,
    /// How often the details may not be those of the roster.
    pub registration_mismatches: u32,
    /// Which passwords are taken.
    pub password: PasswordPolicy,
    /// From this many wrong passwords on, the account is locked for a while.
    pub sign_in_lock_after: u32,
    /// How long the first lock lasts.
    pub sign_in_first_lock: SignedDuration,
    /// Silence after which a session ends.
    pub session_idle: SignedDuration,
    /// Age at which a session ends.
    pub session_absolute: SignedDuration,
    /// How long a second factor that was proved counts as a fresh proof.
    pub fresh_proof: SignedDuration,
    /// For how many days no second factor is asked for on a browser that the person asked to remember. 0: always asked.
    pub remember_device_days: u32,
    /// How many methods must be proved to reset a password: 1 or 2.
    pub reset_gates: u32,
    /// How many resets may fail before self-service reset is closed for a while.
    pub failed_resets: Limit,
    /// How many questions in the authenticator may be refused before no more are asked for a while.
    pub approvals_refused: Limit,
    /// How many of them may stay unanswered, one after the other.
    pub approvals_unanswered: Limit,
    /// How often a person without a method for resets may put off setting one up.
    pub put_offs: u32,
    /// Whether an account with a number that is no UK mobile is disabled. Otherwise such a number is refused where it is
    /// typed, and not used where it arrived otherwise.
    pub non_uk_number_disables: bool,
    /// Whether roles are given and taken by two administrators.
    pub two_administrators: bool,
    /// How long a start code of the service desk is good.
    pub start_code_lifetime: SignedDuration,
    /// What holds for smartcards.
    pub smartcard: SmartcardRules,
    /// Which phone numbers are taken. `drama_numbers` is no setting: only the demonstration turns it on.
    pub phones: PhonePolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            code_lifetime: code::LIFETIME,
            code_wrong_tries: code::WRONG_TRIES,
            code_pause: limits::CODE_PAUSE,
            codes_per_hour: limits::CODES_PER_HOUR,
            messages_per_destination_day: limits::MESSAGES_PER_DESTINATION_DAY,
            registrations_per_network: limits::REGISTRATIONS_PER_NETWORK,
            sign_ins_per_network: limits::SIGN_INS_PER_NETWORK,
            texts_per_network_day: limits::TEXTS_PER_NETWORK_DAY,
            texts_per_day: limits::TEXTS_PER_DAY,
            registration_lifetime: registration::LIFETIME,
            registration_mismatches: registration::MISMATCHES,
            password: PasswordPolicy::default(),
            sign_in_lock_after: sign_in::LOCK_AFTER,
            sign_in_first_lock: sign_in::FIRST_LOCK,
            session_idle: session::IDLE,
            session_absolute: session::ABSOLUTE,
            fresh_proof: session::FRESH_PROOF,
            remember_device_days: session::REMEMBER_DEVICE_DAYS,
            reset_gates: 1,
            failed_resets: limits::FAILED_RESETS,
            approvals_refused: limits::APPROVALS_REFUSED,
            approvals_unanswered: limits::APPROVALS_UNANSWERED,
            put_offs: 3,
            non_uk_number_disables: false,
            two_administrators: false,
            start_code_lifetime: SignedDuration::from_mins(30),
            smartcard: SmartcardRules::default(),
            phones: PhonePolicy::default(),
        }
    }
}

impl Policy {
    /// The first instant at which a code made at `made_at` is no longer good here.
    pub fn code_expires_at(&self, made_at: jiff::Timestamp) -> jiff::Timestamp {
        made_at.saturating_add(self.code_lifetime).unwrap_or(jiff::Timestamp::MAX)
    }

    /// The first instant at which a registration begun at `started` can no longer be resumed here.
    pub fn registration_expires_at(&self, started: jiff::Timestamp) -> jiff::Timestamp {
        started.saturating_add(self.registration_lifetime).unwrap_or(jiff::Timestamp::MAX)
    }

    /// While this is full, nobody is asked in the authenticator: an hour from the refusal, or the question, that was one too
    /// many.
    pub fn approvals_paused(&self) -> Limit {
        limits::APPROVALS_PAUSED
    }

    /// How long after the last of `failures` wrong passwords the next try is refused here.
    pub fn pause_after(&self, failures: u32) -> Option<SignedDuration> {
        sign_in::pause_with(self.sign_in_lock_after, self.sign_in_first_lock, failures)
    }

    /// Whether a second factor proved at `proved` is a fresh proof here.
    pub fn is_fresh(&self, proved: Option<jiff::Timestamp>, now: jiff::Timestamp) -> bool {
        session::is_fresh(self.fresh_proof, proved, now)
    }

    /// Whether a browser remembered at `remembered` is spared the second factor here.
    pub fn is_remembered(&self, remembered: Option<jiff::Timestamp>, now: jiff::Timestamp) -> bool {
        session::is_remembered(self.remember_device_days, remembered, now)
    }

    /// Whether a session can still be used here.
    pub fn session_age(
        &self,
        started: jiff::Timestamp,
        last_seen: jiff::Timestamp,
        now: jiff::Timestamp,
    ) -> SessionAge {
        SessionAge::with(self.session_idle, self.session_absolute, started, last_seen, now)
    }
}
