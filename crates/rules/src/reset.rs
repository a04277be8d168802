//! A forgotten password, and a locked account: what proves who asks, and how much of it is needed (guide 002, and its
//! *Additional Note*).

use crate::method::MethodKind;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// How long a reset may take from the user name to the new password.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// How long the check against robots makes one wait.
pub const CHECK_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// How long what was waited for is good.
pub const CHECK_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// *Reset my password*.
    Password,
    /// *Unlock my account*: the password stays as it is.
    Unlock,
}

/// No purpose, or no gate, has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such purpose or gate of a reset")]
pub struct Unknown;

impl Purpose {
    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Unlock => "unlock",
        }
    }

    /// The purpose with this name.
    ///
    /// # Errors
    /// [`Unknown`] where there is none.
    pub fn parse(name: &str) -> Result<Self, Unknown> {
        [Self::Password, Self::Unlock].into_iter().find(|purpose| purpose.as_str() == name).ok_or(Unknown)
    }
}

/// One proof on the way to a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// *Mobile phone*: a code by text message.
    Text,
    /// *Authenticator app*: a code from any of them.
    App,
    /// *Authenticator app* of ours: approved in it, or by a code from it.
    Approval,
    /// A code by e-mail. It is never the first proof: a reset does not rest on the mailbox.
    Email,
    /// A recovery code. It never stands alone: the same sheet of paper would serve as second factor afterwards.
    RecoveryCode,
    /// A code that the service desk gave after it made sure who is asking.
    StartCode,
}

impl Gate {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::App, Self::Approval, Self::Email, Self::RecoveryCode, Self::StartCode];

    /// Its name in the database and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::App => "app",
            Self::Approval => "approval",
            Self::Email => "email",
            Self::RecoveryCode => "recovery-code",
            Self::StartCode => "start-code",
        }
    }

    /// The gate with this name.
    ///
    /// # Errors
    /// [`Unknown`] where there is none.
    pub fn parse(name: &str) -> Result<Self, Unknown> {
        Self::ALL.into_iter().find(|gate| gate.as_str() == name).ok_or(Unknown)
    }

    /// The gate that a method of this kind is; none where it proves nothing.
    pub fn of(kind: MethodKind) -> Option<Self> {
        match kind {
            MethodKind::Text => Some(Self::Text),
            MethodKind::App => Some(Self::App),
            MethodKind::Approval => Some(Self::Approval),
            MethodKind::Email => Some(Self::Email),
            MethodKind::AlternativePhone | MethodKind::OfficePhone => None,
        }
    }

    /// Whether a reset can begin with it.
    pub fn may_be_first(self) -> bool {
        self != Self::Email
    }

    /// Whether it can follow `first`. `another` says whether the account has an app or a mobile phone beside what was proved
    /// first: e-mail takes the second place only where it has none.
    pub fn may_follow(self, first: Self, another: bool) -> bool {
        match self {
            Self::Text | Self::App | Self::Approval => true,
            Self::Email => !another,
            Self::RecoveryCode => matches!(first, Self::Text | Self::App | Self::Approval),
            Self::StartCode => false,
        }
    }
}

/// How many gates stand before the new password: as many as the organisation says, two for whoever has a role in the
/// console, and two where the first was a recovery code.
pub fn gates_needed(policy: u32, has_role: bool, first: Gate) -> u32 {
    if has_role || first == Gate::RecoveryCode { 2 } else { policy.clamp(1, 2) }
}

/// Whether a reset begun at `started` may go on at `now`. A clock that went back makes it no older.
pub fn is_open(started: Timestamp, now: Timestamp) -> bool {
    now.duration_since(started) < LIFETIME
}

/// What the check against robots says of somebody who waited since `since`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// Long enough.
    Enough,
    /// So much longer is to be waited.
    NotYet {
        /// What is left.
        left: SignedDuration,
    },
    /// So long that the wait begins anew.
    TooLong,
}

impl Waited {
    /// The answer at `now`.
    pub fn at(since: Timestamp, now: Timestamp) -> Self {
        let waited = now.duration_since(since);
        if waited >= CHECK_LIFETIME {
            Self::TooLong
        } else if waited >= CHECK_WAIT {
            Self::Enough
        } else {
            Self::NotYet { left: CHECK_WAIT.saturating_sub(waited).min(CHECK_WAIT) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_reset_never_begins_with_the_mailbox() {
        let first: Vec<_> = Gate::ALL.into_iter().filter(|gate| gate.may_be_first()).collect();
        assert_eq!(first, [Gate::Text, Gate::App, Gate::Approval, Gate::RecoveryCode, Gate::StartCode]);
    }

    #[rstest]
    #[case(1, false, Gate::Text, 1)]
    #[case(1, false, Gate::App, 1)]
    #[case(1, false, Gate::StartCode, 1)]
    #[case(1, false, Gate::RecoveryCode, 2)]
    #[case(1, true, Gate::Text, 2)]
    #[case(1, true, Gate::StartCode, 2)]
    #[case(2, false, Gate::App, 2)]
    #[case(0, false, Gate::App, 1)]
    #[case(u32::MAX, true, Gate::App, 2)]
    fn two_gates_are_needed_where_the_organisation_a_role_or_a_recovery_code_asks_for_them(
        #[case] policy: u32,
        #[case] has_role: bool,
        #[case] first: Gate,
        #[case] needed: u32,
    ) {
        assert_eq!(gates_needed(policy, has_role, first), needed);
    }

    #[test]
    fn email_follows_only_where_nothing_better_is_left() {
        for first in [Gate::Text, Gate::App, Gate::RecoveryCode, Gate::StartCode] {
            assert!(Gate::Email.may_follow(first, false));
            assert!(!Gate::Email.may_follow(first, true));
        }
    }

    #[test]
    fn a_recovery_code_is_one_of_the_gates_and_never_both() {
        for first in [Gate::RecoveryCode, Gate::StartCode, Gate::Email] {
            assert!(!Gate::RecoveryCode.may_follow(first, true));
        }
        assert!(Gate::RecoveryCode.may_follow(Gate::App, false));
        assert!(!Gate::ALL.into_iter().any(|first| Gate::StartCode.may_follow(first, true)));
    }

    #[test]
    fn a_reset_lasts_half_an_hour_and_not_a_moment_more() {
        let started: Timestamp = "2026-10-25T00:45:00Z".parse().unwrap();
        assert!(is_open(started, started + SignedDuration::from_millis(1_799_999)));
        assert!(!is_open(started, started + SignedDuration::from_secs(1_800)));
        assert!(is_open(started, started - SignedDuration::from_secs(1)));
    }

    #[test]
    fn ten_seconds_are_waited_and_count_for_a_quarter_of_an_hour() {
        let since: Timestamp = "2026-11-25T03:00:00Z".parse().unwrap();
        let after = |ms| Waited::at(since, since + SignedDuration::from_millis(ms));
        assert_eq!(after(9_999), Waited::NotYet { left: SignedDuration::from_millis(1) });
        assert_eq!(after(-60_000), Waited::NotYet { left: CHECK_WAIT });
        assert_eq!(after(10_000), Waited::Enough);
        assert_eq!(after(899_999), Waited::Enough);
        assert_eq!(after(900_000), Waited::TooLong);
    }

    #[test]
    fn everything_is_read_as_it_is_written() {
        for gate in Gate::ALL {
            assert_eq!(Gate::parse(gate.as_str()), Ok(gate));
        }
        for purpose in [Purpose::Password, Purpose::Unlock] {
            assert_eq!(Purpose::parse(purpose.as_str()), Ok(purpose));
        }
        assert_eq!((Gate::parse("fax"), Purpose::parse("")), (Err(Unknown), Err(Unknown)));
    }
}
