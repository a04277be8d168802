//! What another value of a rule would do to people, before it is saved: whom it concerns, and how that can be counted.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::days::{after, before};
use crate::policy::Policy;
use crate::smartcard::{SmartcardRules, UnlockBy};

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
    /// It takes two of the Registration Authority to open or end a card: one alone could not.
    Approvers,
    /// Nobody can know: passcodes are not kept. It holds for new ones.
    PasscodesUnknown,
    /// Another preset: every number for smartcards begins anew.
    Preset,
    /// Without a visit a locked card is opened otherwise.
    UnlockBy(UnlockBy),
    /// Cards whose passcode must be set at the next sign-in, and those that only the Registration Authority could open.
    Passcodes {
        /// Set in these days: they would come first and do not yet.
        first: Days,
        /// Set in these days: they would be locked and are not yet.
        locked: Days,
    },
    /// Cards whose certificates end in these days: there would be an alert, and is none yet.
    RenewalAlerts(Days),
    /// Cards whose certificates end in these days: the renewal would come first and does not yet.
    RenewalsFirst(Days),
    /// Cards renewed at least so often, and less than so often: the next renewal would take a visit and does not yet.
    RenewalVisits {
        /// The limit that is previewed.
        from: u32,
        /// The limit that applies; none: nobody counts.
        below: Option<u32>,
    },
}

/// Local days from one to another, both among them; none where the first is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// What it does to put the policy `then` in the place of `now`, which differ in the setting `key` alone.
///
/// `today` is the local day of `at`.
pub fn effect(key: &str, now: &Policy, then: &Policy, at: Timestamp, today: Date) -> Effect {
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
            Effect::Sessions { now: Alive::at(now, at), then: Alive::at(then, at) }
        }
        "registration-lifetime" => Effect::Registrations {
            after: ago(now.registration_lifetime),
            until: ago(then.registration_lifetime),
        },
        "non-uk-number-disables" => Effect::Numbers { disables: true },
        "crown-dependencies" => Effect::Numbers { disables: then.non_uk_number_disables },
        "two-administrators" => Effect::Administrators,
        _ => on_smartcards(key, &now.smartcard, &then.smartcard, today),
    }
}

fn on_smartcards(key: &str, now: &SmartcardRules, then: &SmartcardRules, today: Date) -> Effect {
    // Set after what is so old already, and so long ago that it would be.
    let set = |now: u32, then: u32| Days { from: after(before(today, now), 1), to: before(today, then) };
    // Certificates that end later than what is so near already, and so soon that they would be.
    let ends = |now: u32, then: u32| Days { from: after(after(today, now), 1), to: after(today, then) };
    let (timeline, renewal) = (then.timeline, then.renewal);
    match key {
        "smartcard-preset" => Effect::Preset,
        "card-passcode-min" | "card-passcode-digits" | "server-passcode-min" => Effect::PasscodesUnknown,
        "passcode-lifetime-days" | "passcode-lock-days" => Effect::Passcodes {
            first: set(now.timeline.expires, timeline.expires),
            locked: set(now.timeline.locks, timeline.locks),
        },
        "renewal-reminder-days" => {
            Effect::RenewalAlerts(ends(now.renewal.reminds_from_days, renewal.reminds_from_days))
        }
        "renewal-forced-days" => {
            Effect::RenewalsFirst(ends(now.renewal.forced_from_days, renewal.forced_from_days))
        }
        "self-service-renewals" => match renewal.self_service_limit {
            Some(from) => Effect::RenewalVisits { from, below: now.renewal.self_service_limit },
            None => Effect::FromNowOn,
        },
        "smartcard-unlock" => Effect::UnlockBy(then.unlock),
        "ra-second-approver" => Effect::Approvers,
        _ => Effect::FromNowOn,
    }
}

impl Alive {
    /// The sessions that can be used at a moment by these rules.
    pub fn at(policy: &Policy, at: Timestamp) -> Self {
        let ago = |age: SignedDuration| at.checked_sub(age).unwrap_or(Timestamp::MIN);
        Self { started_after: ago(policy.session_absolute), seen_after: ago(policy.session_idle) }
    }

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
mod tests;
