//! What another value of a rule would do to people, before it is saved: whom it concerns, and how that can be counted.

use jiff::{SignedDuration, Timestamp};

use crate::policy::Policy;

/// Sessions that can be used: those begun after the one moment and last used after the other, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alive {
    /// Begun later than this.
    pub started_after: Timestamp,
    /// Last used later than this.
    pub seen_after: Timestamp,
}

/// What another value of a rule does, and what must be counted to say to how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it is the value that applies.
    Nothing,
    /// It is less strict than what applies, though as strict as the installation: nobody loses anything.
    Loosens,
    /// Nobody can know: passwords are not kept, so nobody can say how long or how good they are. It holds for new ones.
    CannotBeKnown,
    /// It holds for what is done from now on and changes nothing that is there.
    FromNowOn,
    /// People with fewer than `gates` ways to prove themselves cannot reset their password alone.
    FewerWays {
        /// How many ways it takes.
        gates: u32,
    },
    /// People without a method for resets who have put that off so often must set one up when they next sign in.
    PutOffs {
        /// From so often on.
        times: u32,
    },
    /// Browsers that were remembered after `after` and not later than `until` are asked for the second factor again.
    Remembered {
        /// What was remembered then or before is not remembered as it is, UTC.
        after: Timestamp,
        /// What was remembered then or before would not be remembered, UTC.
        until: Timestamp,
    },
    /// Sessions that can be used as it is and could not any more end at once.
    Sessions {
        /// Those that can be used as it is.
        now: Alive,
        /// Those that could be.
        then: Alive,
    },
    /// Half-done registrations begun after `after` and not later than `until` are over at once.
    Registrations {
        /// What began then or before is over as it is, UTC.
        after: Timestamp,
        /// What began then or before would be over, UTC.
        until: Timestamp,
    },
    /// People with a number that is not taken: their accounts are disabled, or their number gets no codes.
    Numbers {
        /// Whether their accounts are disabled.
        disables: bool,
    },
    /// It takes two administrators to change a role: one alone could not.
    Administrators,
}

/// What it does to put the policy `then` in the place of `now`, which differ in the setting `key` alone.
pub fn effect(key: &str, now: &Policy, then: &Policy, at: Timestamp) -> Effect {
    if now == then {
        return Effect::Nothing;
    }
    // A policy that could be made the other one by a stricter value is the looser one.
    if now.clone().stricter(key, &then.value(key).unwrap_or_default()).is_err() {
        return Effect::Loosens;
    }
    let ago = |age: SignedDuration| at.checked_sub(age).unwrap_or(Timestamp::MIN);
    let days =
        |days: u32| SignedDuration::from_hours(24).saturating_mul(i32::try_from(days).unwrap_or(i32::MAX));
    match key {
        "password-min" | "password-strength" => Effect::CannotBeKnown,
        "reset-gates" => Effect::FewerWays { gates: then.reset_gates },
        "put-offs" => Effect::PutOffs { times: then.put_offs },
        "remember-device-days" => Effect::Remembered {
            after: ago(days(now.remember_device_days)),
            until: ago(days(then.remember_device_days)),
        },
        "session-idle" | "session-absolute" => {
            Effect::Sessions { now: alive(now, at), then: alive(then, at) }
        }
        "registration-lifetime" => Effect::Registrations {
            after: ago(now.registration_lifetime),
            until: ago(then.registration_lifetime),
        },
        "non-uk-number-disables" => Effect::Numbers { disables: true },
        "crown-dependencies" => Effect::Numbers { disables: then.non_uk_number_disables },
        "two-administrators" => Effect::Administrators,
        _ => Effect::FromNowOn,
    }
}

fn alive(policy: &Policy, at: Timestamp) -> Alive {
    let ago = |age: SignedDuration| at.checked_sub(age).unwrap_or(Timestamp::MIN);
    Alive { started_after: ago(policy.session_absolute), seen_after: ago(policy.session_idle) }
}

impl Alive {
    /// Whether a session is among them.
    pub fn holds(self, started: Timestamp, last_seen: Timestamp) -> bool {
        started > self.started_after && last_seen > self.seen_after
    }
}

/// Whether somebody with so many ways to prove themselves cannot pass `gates` of them. A reset takes one at least.
pub fn has_too_few_ways(ways: u32, gates: u32) -> bool {
    ways < gates
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::session::{SessionAge, is_remembered};

    fn at() -> Timestamp {
        "2026-11-25T09:00:00Z".parse().unwrap()
    }

    fn with(key: &str, value: &str) -> Policy {
        let mut policy = Policy::default();
        policy.stricter(key, value).unwrap();
        policy
    }

    #[rstest]
    #[case("password-min", "15", Effect::CannotBeKnown)]
    #[case("password-strength", "4", Effect::CannotBeKnown)]
    #[case("reset-gates", "2", Effect::FewerWays { gates: 2 })]
    #[case("put-offs", "0", Effect::PutOffs { times: 0 })]
    #[case("non-uk-number-disables", "yes", Effect::Numbers { disables: true })]
    #[case("crown-dependencies", "no", Effect::Numbers { disables: false })]
    #[case("two-administrators", "yes", Effect::Administrators)]
    #[case("code-lifetime", "5 min", Effect::FromNowOn)]
    #[case("sign-in-lock-after", "5", Effect::FromNowOn)]
    fn each_rule_concerns_the_people_whom_it_takes_something_from(
        #[case] key: &str,
        #[case] value: &str,
        #[case] expected: Effect,
    ) {
        let (now, then) = (Policy::default(), with(key, value));
        assert_eq!(effect(key, &now, &then, at()), expected);
        assert_eq!(effect(key, &then, &then, at()), Effect::Nothing);
        assert_eq!(effect(key, &then, &now, at()), Effect::Loosens, "back to what the installation has");
    }

    #[test]
    fn a_browser_is_counted_exactly_where_it_is_remembered_now_and_would_not_be() {
        let (now, then) = (Policy::default(), with("remember-device-days", "7"));
        let Effect::Remembered { after, until } = effect("remember-device-days", &now, &then, at()) else {
            panic!("browsers");
        };
        let hour = 3_600_000;
        for ms in [0, 1, 7 * 24 * hour - 1, 7 * 24 * hour, 30 * 24 * hour - 1, 30 * 24 * hour, 31 * 24 * hour]
        {
            let remembered = at() - SignedDuration::from_millis(ms);
            let ends = is_remembered(30, Some(remembered), at()) && !is_remembered(7, Some(remembered), at());
            assert_eq!(remembered > after && remembered <= until, ends, "{ms} ms ago");
        }
    }

    #[test]
    fn a_session_is_counted_exactly_where_it_lives_now_and_would_not() {
        let hour = 3_600_000;
        let minute = 60_000;
        for (key, value) in [("session-idle", "10 min"), ("session-absolute", "8 h")] {
            let (before, after) = (Policy::default(), with(key, value));
            let Effect::Sessions { now, then } = effect(key, &before, &after, at()) else {
                panic!("sessions")
            };
            for started in [0, 8 * hour - 1, 8 * hour, 12 * hour - 1, 12 * hour] {
                for seen in [0, 10 * minute - 1, 10 * minute, 30 * minute - 1, 30 * minute] {
                    let ago = |ms: i64| at() - SignedDuration::from_millis(ms);
                    let (started_at, seen_at) = (ago(started), ago(seen.min(started)));
                    let lives =
                        |policy: &Policy| policy.session_age(started_at, seen_at, at()) == SessionAge::Live;
                    assert_eq!(now.holds(started_at, seen_at), lives(&before), "{started} {seen}");
                    assert_eq!(then.holds(started_at, seen_at), lives(&after), "{started} {seen}");
                }
            }
        }
    }

    #[test]
    fn two_gates_take_two_ways() {
        assert!(has_too_few_ways(0, 1) && has_too_few_ways(1, 2));
        assert!(!has_too_few_ways(1, 1) && !has_too_few_ways(2, 2));
    }
}
