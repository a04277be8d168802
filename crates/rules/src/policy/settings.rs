//! How an organisation makes a rule stricter: a key, a value, and why it is not taken.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use thiserror::Error;

use super::Policy;
use crate::sign_in;

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
