use rstest::rstest;

use super::*;

#[rstest]
#[case("code-lifetime", "10 min")]
#[case("code-lifetime", "15m")]
#[case("code-wrong-tries", "3")]
#[case("code-pause", "60 s")]
#[case("codes-per-hour", "5")]
#[case("messages-per-destination-day", "10")]
#[case("registrations-per-network", "100")]
#[case("sign-ins-per-network", "6000")]
#[case("texts-per-network-day", "100")]
#[case("texts-per-day", "10000")]
#[case("texts-per-day", "10")]
#[case("registration-lifetime", "1 hour")]
#[case("registration-mismatches", "1")]
#[case("password-min", "15")]
#[case("password-strength", "4")]
#[case("sign-in-lock-after", "5")]
#[case("session-idle", "10 minutes")]
#[case("session-absolute", "8 h")]
#[case("fresh-proof", "5 min")]
#[case("remember-device-days", "0")]
#[case("reset-gates", "2")]
#[case("failed-resets", "3")]
#[case("approvals-refused", "1")]
#[case("approvals-unanswered", "2")]
#[case("put-offs", "0")]
#[case("non-uk-number-disables", "yes")]
#[case("two-administrators", "yes")]
#[case("start-code-lifetime", "15 min")]
#[case("crown-dependencies", "no")]
fn an_organisation_can_be_stricter(#[case] key: &str, #[case] value: &str) {
    let mut policy = Policy::default();
    assert_eq!(policy.stricter(key, value), Ok(()));
}

#[rstest]
#[case("code-lifetime", "16 min")]
#[case("code-wrong-tries", "6")]
#[case("code-pause", "29 s")]
#[case("codes-per-hour", "6")]
#[case("texts-per-day", "10001")]
#[case("registration-lifetime", "25 h")]
#[case("registration-mismatches", "4")]
#[case("password-min", "11")]
#[case("password-strength", "2")]
#[case("sign-in-lock-after", "11")]
#[case("session-idle", "31 min")]
#[case("session-absolute", "13 h")]
#[case("fresh-proof", "11 min")]
#[case("remember-device-days", "31")]
#[case("reset-gates", "0")]
#[case("failed-resets", "6")]
#[case("approvals-refused", "4")]
#[case("approvals-unanswered", "6")]
#[case("put-offs", "4")]
#[case("start-code-lifetime", "61 min")]
fn an_organisation_cannot_be_looser_than_the_guide(#[case] key: &str, #[case] value: &str) {
    let mut policy = Policy::default();
    assert!(matches!(policy.stricter(key, value), Err(PolicyProblem::Looser { .. })));
    assert_eq!(policy, Policy::default());
}

#[rstest]
#[case("code-lifetime", "1 s")]
#[case("code-lifetime", "-5 min")]
#[case("code-wrong-tries", "0")]
#[case("password-min", "65")]
#[case("password-strength", "5")]
#[case("session-idle", "0 s")]
#[case("reset-gates", "3")]
#[case("approvals-refused", "0")]
#[case("approvals-unanswered", "1")]
#[case("fresh-proof", "1 s")]
fn an_organisation_cannot_lock_everybody_out_by_a_setting(#[case] key: &str, #[case] value: &str) {
    let mut policy = Policy::default();
    assert!(matches!(policy.stricter(key, value), Err(PolicyProblem::Unworkable { .. })));
    assert_eq!(policy, Policy::default());
}

#[rstest]
#[case("code-lifetime", "soon", "code-lifetime wants a length of time, like \"10 min\" or \"2 h\"")]
#[case("password-min", "12.5", "password-min wants a whole number, like 5")]
#[case("crown-dependencies", "perhaps", "crown-dependencies wants yes or no")]
#[case("code-lifetime", "20 min", "code-lifetime can only be made stricter: 15m applies already")]
#[case("session-idle", "1 s", "session-idle can't be stricter than 2m, or nobody could work with it")]
fn a_wrong_setting_says_what_to_write(#[case] key: &str, #[case] value: &str, #[case] text: &str) {
    assert_eq!(Policy::default().stricter(key, value).unwrap_err().to_string(), text);
}

#[test]
fn an_unknown_setting_is_answered_with_those_there_are() {
    let text = Policy::default().stricter("code_lifetime", "10 min").unwrap_err().to_string();
    assert!(text.contains("\"code_lifetime\"") && Policy::KEYS.iter().all(|key| text.contains(key)));
}

#[test]
fn what_an_organisation_chose_begins_with_its_preset_and_passes_over_what_is_looser() {
    let own = [
        ("card-passcode-min", "7"),
        ("code-lifetime", "5 min"),
        ("nothing", "1"),
        ("renewal-reminder-days", "60"),
        ("smartcard-preset", "current"),
    ];
    let own = own.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let (policy, problems) = Policy::default().with_own(&own);
    assert_eq!(policy.smartcard.passcode.card.min, 7, "the preset comes before what narrows it");
    assert_eq!(policy.smartcard.renewal.reminds_from_days, 90);
    assert_eq!(policy.code_lifetime, SignedDuration::from_mins(5));
    let [PolicyProblem::Looser { key, .. }, PolicyProblem::UnknownKey { .. }] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(*key, "renewal-reminder-days");
}

#[test]
fn the_settings_for_smartcards_are_settings_like_others() {
    let smartcards = SmartcardRules::KEYS;
    assert!(Policy::KEYS.ends_with(&smartcards));
}

#[test]
fn what_was_made_stricter_stays_so() {
    let mut policy = Policy::default();
    policy.stricter("crown-dependencies", "no").unwrap();
    policy.stricter("code-lifetime", "5 min").unwrap();
    policy.stricter("two-administrators", "yes").unwrap();
    assert!(policy.stricter("two-administrators", "no").is_err());
    assert!(policy.stricter("crown-dependencies", "yes").is_err());
    assert!(policy.stricter("code-lifetime", "10 min").is_err());
    let made: jiff::Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
    assert_eq!(policy.code_expires_at(made), "2026-11-22T09:05:00Z".parse().unwrap());
}
