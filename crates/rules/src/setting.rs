//! The settings of a policy one by one, as the page of an organisation's rules shows and takes them.

use jiff::SignedDuration;

use crate::policy::Policy;
use crate::smartcard::SmartcardRules;

/// Of which form a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// A length of time, written like `10 min`, `30 s` or `2 h`.
    Duration,
    /// A whole number.
    Count,
    /// `yes` or `no`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// The value of one setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Duration(SignedDuration),
    Count(u32),
    Switch(bool),
}

impl Policy {
    /// What applies for `key`, written as [`Policy::stricter`] takes it; none where there is no such setting.
    pub fn value(&self, key: &str) -> Option<String> {
        if let Some(value) = self.smartcard.value(key) {
            return Some(value);
        }
        Some(match self.look_up(key)? {
            Value::Duration(duration) => written(duration),
            Value::Count(count) => count.to_string(),
            Value::Switch(on) => if on { "yes" } else { "no" }.to_owned(),
        })
    }

    /// Of which form the setting `key` is; none where there is no such setting.
    pub fn kind(&self, key: &str) -> Option<SettingKind> {
        if let Some(kind) = SmartcardRules::kind(key) {
            return Some(kind);
        }
        Some(match self.look_up(key)? {
            Value::Duration(_) => SettingKind::Duration,
            Value::Count(_) => SettingKind::Count,
            Value::Switch(_) => SettingKind::Switch,
        })
    }

    fn look_up(&self, key: &str) -> Option<Value> {
        Some(match key {
            "code-lifetime" => Value::Duration(self.code_lifetime),
            "code-wrong-tries" => Value::Count(self.code_wrong_tries),
            "code-pause" => Value::Duration(self.code_pause.within),
            "codes-per-hour" => Value::Count(self.codes_per_hour.at_most),
            "messages-per-destination-day" => Value::Count(self.messages_per_destination_day.at_most),
            "registrations-per-network" => Value::Count(self.registrations_per_network.at_most),
            "sign-ins-per-network" => Value::Count(self.sign_ins_per_network.at_most),
            "texts-per-network-day" => Value::Count(self.texts_per_network_day.at_most),
            "texts-per-day" => Value::Count(self.texts_per_day),
            "registration-lifetime" => Value::Duration(self.registration_lifetime),
            "registration-mismatches" => Value::Count(self.registration_mismatches),
            "password-min" => Value::Count(self.password.min),
            "password-strength" => Value::Count(u32::from(self.password.min_strength)),
            "sign-in-lock-after" => Value::Count(self.sign_in_lock_after),
            "session-idle" => Value::Duration(self.session_idle),
            "session-absolute" => Value::Duration(self.session_absolute),
            "fresh-proof" => Value::Duration(self.fresh_proof),
            "remember-device-days" => Value::Count(self.remember_device_days),
            "reset-gates" => Value::Count(self.reset_gates),
            "approvals-refused" => Value::Count(self.approvals_refused.at_most),
            "approvals-unanswered" => Value::Count(self.approvals_unanswered.at_most),
            "failed-resets" => Value::Count(self.failed_resets.at_most),
            "put-offs" => Value::Count(self.put_offs),
            "non-uk-number-disables" => Value::Switch(self.non_uk_number_disables),
            "two-administrators" => Value::Switch(self.two_administrators),
            "start-code-lifetime" => Value::Duration(self.start_code_lifetime),
            "crown-dependencies" => Value::Switch(self.phones.crown_dependencies),
            _ => return None,
        })
    }
}

/// A length of time as settings are written, in the largest unit that divides it: `2 h`, `10 min`, `90 s`.
pub fn written(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    if seconds != 0 && seconds % 3_600 == 0 {
        format!("{} h", seconds / 3_600)
    } else if seconds != 0 && seconds % 60 == 0 {
        format!("{} min", seconds / 60)
    } else {
        format!("{seconds} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_written_as_it_is_taken() {
        let policy = Policy::default();
        for key in Policy::KEYS {
            let value = policy.value(key).unwrap_or_else(|| panic!("{key} has no value"));
            let mut same = policy.clone();
            assert_eq!(same.stricter(key, &value), Ok(()), "{key}={value}");
            assert_eq!(same, policy, "{key}={value}");
            assert!(policy.kind(key).is_some(), "{key}");
        }
        assert_eq!(policy.value("code_lifetime"), None);
        assert_eq!(policy.kind(""), None);
    }

    #[test]
    fn lengths_of_time_are_written_in_the_largest_unit_that_divides_them() {
        for (seconds, text) in
            [(30, "30 s"), (60, "1 min"), (90, "90 s"), (900, "15 min"), (3_600, "1 h"), (0, "0 s")]
        {
            assert_eq!(written(SignedDuration::from_secs(seconds)), text);
        }
    }
}
