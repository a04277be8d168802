//! The settings for smartcards: an organisation chooses a preset and may then be stricter. Whatever is chosen goes with whatever
//! else is chosen: the limits leave room for each other.

use super::age::{PasscodeTimeline, RenewalRules};
use super::passcode::Charset;
use super::preset::{PasscodeEntry, Preset, SmartcardRules, UnknownChoice, UnlockBy};
use crate::policy::{PolicyProblem, count, fewer, more, switched_on};
use crate::setting::SettingKind;

/// What stands for "as often as they like".
const UNLIMITED: &str = "unlimited";

impl SmartcardRules {
    /// The settings, in the order in which they are applied: the preset is where the others begin.
    pub const KEYS: [&'static str; 13] = [
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

    /// Sets `key` to `value` if that is as strict as what applies, or stricter. The preset and how a locked card is opened are
    /// choices, of which none is stricter; with the preset every number begins anew.
    ///
    /// # Errors
    /// [`PolicyProblem`]; the rules are then as they were.
    pub fn stricter(&mut self, key: &'static str, value: &str) -> Result<(), PolicyProblem> {
        let PasscodeTimeline { reminds_from, expires, locks } = self.timeline;
        match key {
            "smartcard-preset" => self.begin_anew(key, value),
            "card-passcode-min" => more(key, value, &mut self.passcode.card.min, self.passcode.card.max),
            "card-passcode-digits" => {
                let mut digits = self.passcode.card.charset == Charset::Digits;
                switched_on(key, value, &mut digits)?;
                if digits {
                    self.passcode.card.charset = Charset::Digits;
                }
                Ok(())
            }
            "server-passcode-min" => more(key, value, &mut self.passcode.server.min, 16),
            "passcode-lifetime-days" => {
                let mut lifetime = expires;
                fewer(key, value, &mut lifetime, 90)?;
                let earlier = expires - lifetime;
                self.timeline = PasscodeTimeline {
                    reminds_from: reminds_from.saturating_sub(earlier),
                    expires: lifetime,
                    locks: locks.saturating_sub(earlier),
                };
                Ok(())
            }
            "passcode-reminder-days" => {
                let mut days = expires.saturating_sub(reminds_from);
                more(key, value, &mut days, 60)?;
                self.timeline.reminds_from = expires.saturating_sub(days);
                Ok(())
            }
            "passcode-lock-days" => {
                let mut days = locks.saturating_sub(expires);
                fewer(key, value, &mut days, 7)?;
                self.timeline.locks = expires.saturating_add(days);
                Ok(())
            }
            "renewal-reminder-days" => more(key, value, &mut self.renewal.reminds_from_days, 180),
            "renewal-forced-days" => more(key, value, &mut self.renewal.forced_from_days, 29),
            "self-service-renewals" => limit_renewals(key, value, &mut self.renewal),
            "smartcard-unlock" => {
                self.unlock = UnlockBy::parse(value).map_err(|_| not_a_choice(key))?;
                Ok(())
            }
            "passcode-entry" => {
                let entry = PasscodeEntry::parse(value).map_err(|_| not_a_choice(key))?;
                if entry == PasscodeEntry::Page && self.passcode_entry == PasscodeEntry::Agent {
                    return Err(PolicyProblem::Looser { key, now: self.passcode_entry.as_str().to_owned() });
                }
                self.passcode_entry = entry;
                Ok(())
            }
            "ra-second-approver" => switched_on(key, value, &mut self.ra_second_approver),
            _ => Err(PolicyProblem::UnknownKey { key: key.to_owned() }),
        }
    }

    /// What no preset says stays as the installation has it.
    fn begin_anew(&mut self, key: &'static str, value: &str) -> Result<(), PolicyProblem> {
        let preset = Preset::parse(value).map_err(|UnknownChoice| not_a_choice(key))?;
        if preset != self.preset {
            let Self { passcode_entry, ra_second_approver, .. } = *self;
            *self = Self { passcode_entry, ra_second_approver, ..Self::preset(preset) };
        }
        Ok(())
    }

    /// What applies for `key`, written as [`SmartcardRules::stricter`] takes it; none where there is no such setting.
    pub fn value(&self, key: &str) -> Option<String> {
        let PasscodeTimeline { reminds_from, expires, locks } = self.timeline;
        let switch = |on| if on { "yes" } else { "no" }.to_owned();
        Some(match key {
            "smartcard-preset" => self.preset.as_str().to_owned(),
            "card-passcode-min" => self.passcode.card.min.to_string(),
            "card-passcode-digits" => switch(self.passcode.card.charset == Charset::Digits),
            "server-passcode-min" => self.passcode.server.min.to_string(),
            "passcode-lifetime-days" => expires.to_string(),
            "passcode-reminder-days" => expires.saturating_sub(reminds_from).to_string(),
            "passcode-lock-days" => locks.saturating_sub(expires).to_string(),
            "renewal-reminder-days" => self.renewal.reminds_from_days.to_string(),
            "renewal-forced-days" => self.renewal.forced_from_days.to_string(),
            "self-service-renewals" => written_limit(self.renewal.self_service_limit),
            "smartcard-unlock" => self.unlock.as_str().to_owned(),
            "passcode-entry" => self.passcode_entry.as_str().to_owned(),
            "ra-second-approver" => switch(self.ra_second_approver),
            _ => return None,
        })
    }

    /// Of which form the setting `key` is; none where there is no such setting.
    pub fn kind(key: &str) -> Option<SettingKind> {
        Some(match key {
            "smartcard-preset" => SettingKind::Choice(&["guide", "current"]),
            "smartcard-unlock" => SettingKind::Choice(&["recovery-passcode", "one-time-code"]),
            "passcode-entry" => SettingKind::Choice(&["page", "agent"]),
            "card-passcode-digits" | "ra-second-approver" => SettingKind::Switch,
            key if Self::KEYS.contains(&key) => SettingKind::Count,
            _ => return None,
        })
    }
}

fn not_a_choice(key: &'static str) -> PolicyProblem {
    let wanted = match key {
        "smartcard-preset" => "guide or current",
        "smartcard-unlock" => "recovery-passcode or one-time-code",
        _ => "page or agent",
    };
    PolicyProblem::NotAValue { key, wanted }
}

fn written_limit(limit: Option<u32>) -> String {
    limit.map_or_else(|| UNLIMITED.to_owned(), |limit| limit.to_string())
}

fn limit_renewals(key: &'static str, value: &str, rules: &mut RenewalRules) -> Result<(), PolicyProblem> {
    let now = rules.self_service_limit;
    let wanted = if value == UNLIMITED { None } else { Some(count(key, value)?) };
    let looser = match (now, wanted) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(now), Some(wanted)) => wanted > now,
    };
    if looser {
        return Err(PolicyProblem::Looser { key, now: written_limit(now) });
    }
    rules.self_service_limit = wanted;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use rstest::rstest;

    use super::*;
    use crate::policy::Policy;

    fn rules(preset: &str) -> Policy {
        let mut policy = Policy::default();
        policy.stricter("smartcard-preset", preset).unwrap();
        policy
    }

    #[rstest]
    #[case("guide", "card-passcode-min", "8")]
    #[case("guide", "card-passcode-digits", "yes")]
    #[case("guide", "server-passcode-min", "12")]
    #[case("guide", "passcode-lifetime-days", "180")]
    #[case("guide", "passcode-reminder-days", "30")]
    #[case("guide", "passcode-lock-days", "7")]
    #[case("guide", "renewal-reminder-days", "90")]
    #[case("guide", "renewal-forced-days", "29")]
    #[case("guide", "self-service-renewals", "0")]
    #[case("current", "self-service-renewals", "5")]
    #[case("current", "self-service-renewals", "unlimited")]
    #[case("guide", "smartcard-unlock", "one-time-code")]
    #[case("current", "smartcard-unlock", "recovery-passcode")]
    #[case("guide", "passcode-entry", "agent")]
    #[case("guide", "ra-second-approver", "yes")]
    #[case("current", "card-passcode-min", "7")]
    fn an_organisation_narrows_what_its_preset_says(
        #[case] preset: &str,
        #[case] key: &str,
        #[case] value: &str,
    ) {
        let mut policy = rules(preset);
        assert_eq!(policy.stricter(key, value), Ok(()));
        assert_eq!(policy.value(key).as_deref(), Some(value));
    }

    #[rstest]
    #[case("guide", "card-passcode-min", "3", true)]
    #[case("guide", "card-passcode-min", "9", false)]
    #[case("current", "card-passcode-min", "5", true)]
    #[case("current", "card-passcode-digits", "no", true)]
    #[case("guide", "server-passcode-min", "7", true)]
    #[case("guide", "server-passcode-min", "17", false)]
    #[case("guide", "passcode-lifetime-days", "366", true)]
    #[case("guide", "passcode-lifetime-days", "89", false)]
    #[case("guide", "passcode-reminder-days", "13", true)]
    #[case("guide", "passcode-reminder-days", "61", false)]
    #[case("guide", "passcode-lock-days", "22", true)]
    #[case("guide", "passcode-lock-days", "6", false)]
    #[case("guide", "renewal-reminder-days", "29", true)]
    #[case("current", "renewal-reminder-days", "89", true)]
    #[case("guide", "renewal-reminder-days", "181", false)]
    #[case("guide", "renewal-forced-days", "19", true)]
    #[case("guide", "renewal-forced-days", "30", false)]
    #[case("guide", "self-service-renewals", "3", true)]
    #[case("guide", "self-service-renewals", "unlimited", true)]
    fn nothing_is_looser_than_the_preset_or_so_strict_that_nobody_could_work(
        #[case] preset: &str,
        #[case] key: &str,
        #[case] value: &str,
        #[case] looser: bool,
    ) {
        let mut policy = rules(preset);
        let problem = policy.stricter(key, value).unwrap_err();
        assert_eq!(matches!(problem, PolicyProblem::Looser { .. }), looser, "{problem}");
        assert_eq!(policy, rules(preset), "as it was");
    }

    #[rstest]
    #[case("smartcard-preset", "today", "smartcard-preset wants guide or current")]
    #[case("smartcard-unlock", "", "smartcard-unlock wants recovery-passcode or one-time-code")]
    #[case("passcode-entry", "card", "passcode-entry wants page or agent")]
    #[case("self-service-renewals", "many", "self-service-renewals wants a whole number, like 5")]
    fn a_wrong_choice_says_what_to_write(#[case] key: &str, #[case] value: &str, #[case] text: &str) {
        assert_eq!(Policy::default().stricter(key, value).unwrap_err().to_string(), text);
    }

    #[test]
    fn a_shorter_life_moves_reminders_and_lock_with_it() {
        let mut policy = Policy::default();
        policy.stricter("passcode-lifetime-days", "90").unwrap();
        let timeline = policy.smartcard.timeline;
        assert_eq!((timeline.reminds_from, timeline.expires, timeline.locks), (76, 90, 111));
    }

    #[test]
    fn another_preset_begins_anew_but_for_what_the_installation_asks_besides() {
        let mut policy = Policy::default();
        policy.stricter("card-passcode-min", "7").unwrap();
        policy.stricter("ra-second-approver", "yes").unwrap();
        policy.stricter("passcode-entry", "agent").unwrap();
        assert!(policy.stricter("passcode-entry", "page").is_err());
        policy.stricter("smartcard-preset", "guide").unwrap();
        assert_eq!(policy.smartcard.passcode.card.min, 7, "the same preset changes nothing");
        policy.stricter("smartcard-preset", "current").unwrap();
        let current = SmartcardRules::preset(Preset::Current);
        let expected =
            SmartcardRules { ra_second_approver: true, passcode_entry: PasscodeEntry::Agent, ..current };
        assert_eq!(policy.smartcard, expected);
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_leaves_the_days_in_their_order(
            choices in proptest::collection::vec((select(SmartcardRules::KEYS.to_vec()), 0_u32..400), 0..20),
            preset in select(vec!["guide", "current"]),
        ) {
            let mut policy = rules(preset);
            for (key, number) in choices {
                let _ = policy.stricter(key, &number.to_string());
            }
            let SmartcardRules { timeline, renewal, passcode, .. } = policy.smartcard;
            prop_assert!(0 < timeline.reminds_from && timeline.reminds_from < timeline.expires);
            prop_assert!(timeline.expires < timeline.locks);
            prop_assert!(renewal.forced_from_days < renewal.reminds_from_days);
            prop_assert!(passcode.card.min <= passcode.card.max && passcode.server.min <= passcode.server.max);
            // Every kind of card has some passcode that suits both.
            for profile in super::super::CardProfile::ALL {
                let merged = super::super::Merged::of(&passcode.card, profile).passcode;
                prop_assert!(merged.min <= merged.max);
            }
        }
    }
}
