//! Every number of the guides in one place, and how an organisation makes it stricter.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use thiserror::Error;

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

/// Why a setting is not taken. The text says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyProblem {
    /// No such setting.
    #[error("there is no setting {key:?}; there are: {}", Policy::KEYS.join(", "))]
    UnknownKey {
        /// What was written.
        key: String,
    },
    /// Not of the form that this setting has.
    #[error("{key} wants {wanted}")]
    NotAValue {
        /// The setting.
        key: &'static str,
        /// What it wants, with an example.
        wanted: &'static str,
    },
    /// Looser than what applies.
    #[error("{key} can only be made stricter: {now} applies already")]
    Looser {
        /// The setting.
        key: &'static str,
        /// What applies.
        now: String,
    },
    /// So strict that nobody could sign in.
    #[error("{key} can't be stricter than {limit}, or nobody could work with it")]
    Unworkable {
        /// The setting.
        key: &'static str,
        /// The strictest value.
        limit: String,
    },
}

impl Policy {
    /// The settings that an organisation can make stricter.
    pub const KEYS: [&'static str; 40] = [
        "code-lifetime",
        "code-wrong-tries",
        "code-pause",
        "codes-per-hour",
        "messages-per-destination-day",
        "registrations-per-network",
        "sign-ins-per-network",
        "texts-per-network-day",
        "texts-per-day",
        "registration-lifetime",
        "registration-mismatches",
        "password-min",
        "password-strength",
        "sign-in-lock-after",
        "session-idle",
        "session-absolute",
        "fresh-proof",
        "remember-device-days",
        "reset-gates",
        "failed-resets",
        "approvals-refused",
        "approvals-unanswered",
        "put-offs",
        "non-uk-number-disables",
        "two-administrators",
        "start-code-lifetime",
        "crown-dependencies",
        "smartcard-preset",
        "card-passcode-min",
        "card-passcode-digits",
        "server-passcode-min",
        "passcode-lifetime-days",
        "passcode-reminder-days",
        "passcode-lock-days",
        "renewal-reminder-days",
        "renewal-forced-days",
        "self-service-renewals",
        "smartcard-unlock",
        "passcode-entry",
        "ra-second-approver",
    ];

    /// This policy with what an organisation chose, in the order of [`Policy::KEYS`]; what is looser than this policy is passed
    /// over and told of.
    pub fn with_own(&self, own: &BTreeMap<String, String>) -> (Self, Vec<PolicyProblem>) {
        let mut policy = self.clone();
        let known = Self::KEYS.into_iter().filter_map(|key| own.get_key_value(key));
        let unknown = own.iter().filter(|(key, _)| !Self::KEYS.contains(&key.as_str()));
        let problems =
            known.chain(unknown).filter_map(|(key, value)| policy.stricter(key, value).err()).collect();
        (policy, problems)
    }

    /// Sets `key` to `value` if that is as strict as what applies, or stricter. Durations are written like `10 min`,
    /// `30 s` or `2 h`; counts as whole numbers; switches as `yes` or `no`.
    ///
    /// # Errors
    /// [`PolicyProblem`]; the policy is then as it was.
    pub fn stricter(&mut self, key: &str, value: &str) -> Result<(), PolicyProblem> {
        let Some(key) = Self::KEYS.into_iter().find(|known| *known == key) else {
            return Err(PolicyProblem::UnknownKey { key: key.to_owned() });
        };
        let value = value.trim();
        match key {
            "code-lifetime" => shorter(key, value, &mut self.code_lifetime, SignedDuration::from_mins(2)),
            "code-wrong-tries" => fewer(key, value, &mut self.code_wrong_tries, 2),
            "code-pause" => longer(key, value, &mut self.code_pause.within, SignedDuration::from_mins(5)),
            "codes-per-hour" => fewer(key, value, &mut self.codes_per_hour.at_most, 2),
            "messages-per-destination-day" => {
                fewer(key, value, &mut self.messages_per_destination_day.at_most, 5)
            }
            "registrations-per-network" => fewer(key, value, &mut self.registrations_per_network.at_most, 10),
            "sign-ins-per-network" => fewer(key, value, &mut self.sign_ins_per_network.at_most, 100),
            "texts-per-network-day" => fewer(key, value, &mut self.texts_per_network_day.at_most, 10),
            "texts-per-day" => fewer(key, value, &mut self.texts_per_day, 10),
            "registration-lifetime" => {
                shorter(key, value, &mut self.registration_lifetime, SignedDuration::from_mins(30))
            }
            "registration-mismatches" => fewer(key, value, &mut self.registration_mismatches, 1),
            "password-min" => more(key, value, &mut self.password.min, 64),
            "password-strength" => {
                let mut strength = u32::from(self.password.min_strength);
                more(key, value, &mut strength, 4)?;
                self.password.min_strength = u8::try_from(strength).unwrap_or(4);
                Ok(())
            }
            "sign-in-lock-after" => fewer(key, value, &mut self.sign_in_lock_after, sign_in::FREE_TRIES),
            "session-idle" => shorter(key, value, &mut self.session_idle, SignedDuration::from_mins(2)),
            "session-absolute" => {
                shorter(key, value, &mut self.session_absolute, SignedDuration::from_hours(1))
            }
            "fresh-proof" => shorter(key, value, &mut self.fresh_proof, SignedDuration::from_mins(2)),
            "remember-device-days" => fewer(key, value, &mut self.remember_device_days, 0),
            "reset-gates" => more(key, value, &mut self.reset_gates, 2),
            "failed-resets" => fewer(key, value, &mut self.failed_resets.at_most, 1),
            "approvals-refused" => fewer(key, value, &mut self.approvals_refused.at_most, 1),
            "approvals-unanswered" => fewer(key, value, &mut self.approvals_unanswered.at_most, 2),
            "put-offs" => fewer(key, value, &mut self.put_offs, 0),
            "non-uk-number-disables" => switched_on(key, value, &mut self.non_uk_number_disables),
            "two-administrators" => switched_on(key, value, &mut self.two_administrators),
            "start-code-lifetime" => {
                shorter(key, value, &mut self.start_code_lifetime, SignedDuration::from_mins(5))
            }
            "crown-dependencies" => self.without_crown_dependencies(key, value),
            _ => self.smartcard.stricter(key, value),
        }
    }

    fn without_crown_dependencies(&mut self, key: &'static str, value: &str) -> Result<(), PolicyProblem> {
        let taken = yes_or_no(key, value)?;
        if taken && !self.phones.crown_dependencies {
            return Err(PolicyProblem::Looser { key, now: "no".to_owned() });
        }
        self.phones.crown_dependencies = taken;
        Ok(())
    }

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

fn yes_or_no(key: &'static str, value: &str) -> Result<bool, PolicyProblem> {
    match value {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(PolicyProblem::NotAValue { key, wanted: "yes or no" }),
    }
}

pub(crate) fn switched_on(key: &'static str, value: &str, now: &mut bool) -> Result<(), PolicyProblem> {
    if !yes_or_no(key, value)? && *now {
        return Err(PolicyProblem::Looser { key, now: "yes".to_owned() });
    }
    *now = yes_or_no(key, value)?;
    Ok(())
}

pub(crate) fn fewer(key: &'static str, value: &str, now: &mut u32, least: u32) -> Result<(), PolicyProblem> {
    let wanted = count(key, value)?;
    stricter(key, now, wanted, wanted <= *now, wanted >= least, &least)
}

pub(crate) fn more(key: &'static str, value: &str, now: &mut u32, most: u32) -> Result<(), PolicyProblem> {
    let wanted = count(key, value)?;
    stricter(key, now, wanted, wanted >= *now, wanted <= most, &most)
}

fn shorter(
    key: &'static str,
    value: &str,
    now: &mut SignedDuration,
    least: SignedDuration,
) -> Result<(), PolicyProblem> {
    let wanted = duration(key, value)?;
    stricter(key, now, wanted, wanted <= *now, wanted >= least, &format!("{least:#}"))
}

fn longer(
    key: &'static str,
    value: &str,
    now: &mut SignedDuration,
    most: SignedDuration,
) -> Result<(), PolicyProblem> {
    let wanted = duration(key, value)?;
    stricter(key, now, wanted, wanted >= *now, wanted <= most, &format!("{most:#}"))
}

fn stricter<T: Copy + Shown>(
    key: &'static str,
    now: &mut T,
    wanted: T,
    as_strict: bool,
    workable: bool,
    limit: &dyn std::fmt::Display,
) -> Result<(), PolicyProblem> {
    match (as_strict, workable) {
        (false, _) => Err(PolicyProblem::Looser { key, now: now.shown() }),
        (true, false) => Err(PolicyProblem::Unworkable { key, limit: limit.to_string() }),
        (true, true) => {
            *now = wanted;
            Ok(())
        }
    }
}

pub(crate) fn count(key: &'static str, value: &str) -> Result<u32, PolicyProblem> {
    value.parse().map_err(|_| PolicyProblem::NotAValue { key, wanted: "a whole number, like 5" })
}

fn duration(key: &'static str, value: &str) -> Result<SignedDuration, PolicyProblem> {
    value
        .parse()
        .map_err(|_| PolicyProblem::NotAValue { key, wanted: "a length of time, like \"10 min\" or \"2 h\"" })
}

/// How a value is written in a message.
trait Shown {
    fn shown(&self) -> String;
}

impl Shown for u32 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for SignedDuration {
    fn shown(&self) -> String {
        format!("{self:#}")
    }
}

#[cfg(test)]
mod tests;
