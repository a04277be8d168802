//! How often something may happen. The counting is done in the database, so that it holds across nodes.
//!
//! A hospital is one address on the network: limits by network are generous, limits by person or destination are not.

use jiff::{SignedDuration, Timestamp};

/// At most `at_most` times in any stretch of `within`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Stable name under which it is counted, also in metrics.
    pub name: &'static str,
    /// So many are allowed; the next one is refused.
    pub at_most: u32,
    /// In a stretch of this length.
    pub within: SignedDuration,
}

impl Limit {
    /// What happened at this instant or earlier no longer counts at `now`.
    pub fn counts_after(&self, now: Timestamp) -> Timestamp {
        now.saturating_sub(self.within).unwrap_or(Timestamp::MIN)
    }

    /// Whether one more is allowed after `so_far` of them in the current stretch.
    pub fn allows(&self, so_far: u32) -> bool {
        so_far < self.at_most
    }
}

/// A new code at most every 30 seconds (guide 003, step 5: *Send New Code*).
pub const CODE_PAUSE: Limit = limit("code-pause", 1, SignedDuration::from_secs(30));

/// Five codes an hour for one registration or account.
pub const CODES_PER_HOUR: Limit = limit("codes-per-hour", 5, SignedDuration::from_hours(1));

/// Twelve codes an hour to sign in with: more often than that nobody changes wards.
pub const SIGN_IN_CODES_PER_HOUR: Limit = limit("sign-in-codes-per-hour", 12, SignedDuration::from_hours(1));

/// Codes that one person asks for while they set methods up, wherever they go: nobody sends texts to the whole country.
pub const SET_UP_CODES_PER_DAY: Limit = limit("set-up-codes-per-day", 20, SignedDuration::from_hours(24));

/// Twenty messages a day to one address or number, whoever asked for them.
pub const MESSAGES_PER_DESTINATION_DAY: Limit =
    limit("messages-per-destination-day", 20, SignedDuration::from_hours(24));

/// Registrations started from one network: a hospital's open day fits in, a flood does not.
pub const REGISTRATIONS_PER_NETWORK: Limit =
    limit("registrations-per-network", 3000, SignedDuration::from_hours(1));

/// Sign-in tries from one network: a change of shift of 2,000 people fits in three times.
pub const SIGN_INS_PER_NETWORK: Limit = limit("sign-ins-per-network", 6000, SignedDuration::from_mins(10));

/// Wrong passwords for one user name from browsers that are not known for it, wherever they are: so many guesses a day are
/// hopeless, and a known browser is not counted with them.
pub const STRANGE_PASSWORDS_PER_DAY: Limit =
    limit("strange-passwords-per-day", 100, SignedDuration::from_hours(24));

/// Wrong codes of all authenticator apps of one account from browsers that are not known for it: whoever has the password gets no further
/// by waiting a quarter of an hour again and again.
pub const STRANGE_APP_CODES_PER_DAY: Limit =
    limit("strange-app-codes-per-day", 100, SignedDuration::from_hours(24));

/// Once a day the owner of an account is told that so many codes were wrong.
pub const STRANGE_APP_CODES_TOLD: Limit = limit("strange-app-codes-told", 1, SignedDuration::from_hours(24));

/// Wrong Account Recovery Passcodes of one person, who unlocks a card by it: with 8 characters or more so many are hopeless.
pub const RECOVERY_PASSCODE_TRIES: Limit = limit("recovery-passcode-tries", 5, SignedDuration::from_mins(15));

/// Text messages caused from one network, so that nobody can run up a bill.
pub const TEXTS_PER_NETWORK_DAY: Limit = limit("texts-per-network-day", 5000, SignedDuration::from_hours(24));

/// Resets of one account that failed, which is when its codes were used up by wrong tries: the fifth closes self-service reset
/// for as long.
pub const FAILED_RESETS: Limit = limit("failed-resets", 5, SignedDuration::from_hours(24));

/// Resets and unlocks begun from one network: a hospital on the first morning after a holiday fits in.
pub const RESETS_PER_NETWORK: Limit = limit("resets-per-network", 1500, SignedDuration::from_hours(1));

/// After so many resets begun from one network in ten minutes a check against robots comes before the next.
pub const RESETS_WITHOUT_CHECK: Limit = limit("resets-without-check", 30, SignedDuration::from_mins(10));

/// Passwords whose strength is asked for while they are typed, from one network: two hundred people who type at the same
/// time fit in. The span is short, so that little is counted.
pub const STRENGTHS_PER_NETWORK: Limit = limit("strengths-per-network", 3000, SignedDuration::from_mins(1));

/// The codes sent by text to one range of numbers are judged when there were so many of them in so long a stretch.
pub const TEXT_RANGE_JUDGED: Limit = limit("text-range-judged", 50, SignedDuration::from_hours(1));

/// Somebody earns by texts where fewer than one code in so many is used: people use nine of ten.
const CODES_FOR_ONE_USED: u32 = 5;

/// Texts of one local day, for the installation and for each organisation, unless set lower.
pub const TEXTS_PER_DAY: u32 = 10_000;

/// What became of the codes sent by text to one range of numbers, of those that have had their fifteen minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeUse {
    /// Codes sent.
    pub sent: u32,
    /// Codes that belonged to a proof that was given.
    pub used: u32,
}

impl RangeUse {
    /// Whether no more texts go to the range for now: many were sent, and hardly any code came back.
    pub fn is_pumped(self) -> bool {
        self.sent >= TEXT_RANGE_JUDGED.at_most && self.used.saturating_mul(CODES_FOR_ONE_USED) < self.sent
    }
}

/// The range of a number in E.164: its first seven digits, which are a hundred thousand UK mobiles.
pub fn number_range(e164: &str) -> &str {
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    digits.get(..7).unwrap_or(digits)
}

/// How much of a day's texts is used when an alarm is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetAlarm {
    /// Four of five.
    Nearly,
    /// All.
    UsedUp,
}

impl BudgetAlarm {
    /// What `used` of `budget` texts gives cause for.
    pub fn of(used: u32, budget: u32) -> Option<Self> {
        if used >= budget {
            Some(Self::UsedUp)
        } else if u64::from(used) * 5 >= u64::from(budget) * 4 {
            Some(Self::Nearly)
        } else {
            None
        }
    }

    /// Percent of the budget: 80 or 100.
    pub fn percent(self) -> u32 {
        match self {
            Self::Nearly => 80,
            Self::UsedUp => 100,
        }
    }
}

/// Requests by which one system of a trust provides credentials: a night's run through all of its people fits in.
pub const PROVISIONS_PER_CLIENT: Limit =
    limit("passport-provisions-per-client", 6_000, SignedDuration::from_mins(10));

/// How often one person asks the trust for a credential.
pub const CREDENTIALS_ASKED_PER_DAY: Limit =
    limit("credentials-asked-per-day", 10, SignedDuration::from_hours(24));

/// Different people whom one member of staff looks at in the console: more than calls come in an hour is harvesting.
pub const PEOPLE_SEEN_PER_HOUR: Limit = limit("people-seen-per-hour", 120, SignedDuration::from_hours(1));

/// Whoever was looked at within this time is not counted again.
pub const PERSON_SEEN: Limit = limit("person-seen", 1, SignedDuration::from_hours(1));

/// Searches for people by one member of staff; each page of what was found counts.
pub const SEARCHES_PER_HOUR: Limit = limit("searches-per-hour", 120, SignedDuration::from_hours(1));

/// Codes to reset with that strange browsers may cause for one address or number, so that they use up neither the codes to
/// sign in with nor anybody's patience. A browser that is known for the account has a count of its own.
pub const RESET_CODES_PER_DAY: Limit = limit("reset-codes-per-day", 8, SignedDuration::from_hours(24));

/// Once a day the owner of an account that cannot be reset is told what to do.
pub const RESET_ADVICE: Limit = limit("reset-advice", 1, SignedDuration::from_hours(24));

/// So many resets begun are shown to an account's owner a day: a stranger does not fill the list.
pub const RESETS_NOTED: Limit = limit("resets-noted", 10, SignedDuration::from_hours(24));

/// Wrong Account Recovery Passcodes of one person at the Registration Authority: documents are left then. What the person types in
/// the portal is counted apart.
pub const CARD_HOLDER_TRIES: Limit = limit("card-holder-tries", 5, SignedDuration::from_hours(1));

/// Resets of one account that set a password; more a gate through which one goes after the other than a limit.
pub const RESETS_FINISHED: Limit = limit("resets-finished", 100, SignedDuration::from_hours(24));

/// Wrong start codes of the service desk for one account from one network: those of strangers elsewhere count for nobody else.
pub const START_CODE_TRIES: Limit = limit("start-code-tries", 20, SignedDuration::from_mins(15));

/// "No, it's not me", and wrong numbers, in the authenticator: the third in an hour pauses its questions. Whoever says no so
/// often is not the one who asks.
pub const APPROVALS_REFUSED: Limit = limit("approvals-refused", 3, SignedDuration::from_hours(1));

/// Questions in the authenticator that nobody answered, one after the other: after the fifth they pause. A yes, or a proof by
/// any other means, forgets them.
pub const APPROVALS_UNANSWERED: Limit = limit("approvals-unanswered", 5, SignedDuration::from_hours(24));

/// One call at a time for one person. It is given back when the call ends; where nobody tells the end, as after a crash, the
/// next may begin when this one must be over: half a minute of ringing, and three times the words.
pub const CALLS_AT_ONCE: Limit = limit("calls-at-once", 1, SignedDuration::from_secs(90));

/// For so long nobody is asked in the authenticator after that.
pub const APPROVALS_PAUSED: Limit = limit("approvals-paused", 1, SignedDuration::from_hours(1));

/// Phones that enrol from one network: a hospital's open day fits in.
pub const ENROLMENTS_PER_NETWORK: Limit =
    limit("enrolments-per-network", 3000, SignedDuration::from_hours(1));

/// Wrong Verification Passcodes for one person, whoever compares them: so many in a quarter of an hour are no slip of the tongue.
pub const VERIFICATIONS_WRONG: Limit = limit("verifications-wrong", 5, SignedDuration::from_mins(15));

/// Wrong Verification Passcodes from one telephone service or member of staff: more is guessing through all people.
pub const VERIFICATIONS_WRONG_PER_CHECKER: Limit =
    limit("verifications-wrong-per-checker", 100, SignedDuration::from_hours(1));

/// Verification Passcodes compared by one telephone service or member of staff: a busy call centre fits in.
pub const VERIFICATIONS_PER_CHECKER: Limit =
    limit("verifications-per-checker", 3000, SignedDuration::from_hours(1));

const fn limit(name: &'static str, at_most: u32, within: SignedDuration) -> Limit {
    Limit { name, at_most, within }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_code_of_an_hour_is_sent_and_the_sixth_is_not() {
        assert!(CODES_PER_HOUR.allows(4));
        assert!(!CODES_PER_HOUR.allows(5));
        assert!(!CODES_PER_HOUR.allows(u32::MAX));
    }

    #[test]
    fn a_code_of_thirty_seconds_ago_no_longer_counts() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        assert_eq!(CODE_PAUSE.counts_after(now), "2026-11-22T08:59:30Z".parse().unwrap());
        assert_eq!(CODE_PAUSE.counts_after(Timestamp::MIN), Timestamp::MIN);
    }

    #[test]
    fn a_range_is_paused_at_fifty_codes_of_which_fewer_than_one_in_five_came_back() {
        let pumped = |sent, used| RangeUse { sent, used }.is_pumped();
        assert!(!pumped(49, 0), "too few to judge");
        assert!(pumped(50, 0));
        assert!(pumped(50, 9));
        assert!(!pumped(50, 10), "one in five");
        assert!(!pumped(2_000, 1_800), "a change of shift with telephones of the hospital");
        assert!(pumped(u32::MAX, 0) && !pumped(u32::MAX, u32::MAX));
    }

    #[test]
    fn a_range_is_the_first_seven_digits() {
        assert_eq!(number_range("+447700900123"), "4477009");
        assert_eq!(number_range("447700900123"), "4477009");
        for odd in ["", "+", "+44", "é", "+4477é00"] {
            assert!(odd.contains(number_range(odd)));
        }
    }

    #[test]
    fn alarms_of_a_budget_come_at_four_fifths_and_at_the_end() {
        for (used, budget, alarm) in [
            (0, 10, None),
            (7, 10, None),
            (8, 10, Some(BudgetAlarm::Nearly)),
            (9, 10, Some(BudgetAlarm::Nearly)),
            (10, 10, Some(BudgetAlarm::UsedUp)),
            (11, 10, Some(BudgetAlarm::UsedUp)),
            (0, 0, Some(BudgetAlarm::UsedUp)),
            (3_435_973_836, u32::MAX, Some(BudgetAlarm::Nearly)),
            (3_435_973_835, u32::MAX, None),
        ] {
            assert_eq!(BudgetAlarm::of(used, budget), alarm, "{used} of {budget}");
        }
    }

    #[test]
    fn a_shift_of_two_thousand_with_slips_of_the_finger_fits_in_the_limit_by_network() {
        assert!(SIGN_INS_PER_NETWORK.allows(2000 + 2000 * 3 / 100));
    }
}
