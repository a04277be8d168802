//! What needs doing about a person's own security, in order of urgency: what the home page shows first.

use jiff::Timestamp;

use crate::method::MethodKind;

/// With so few recovery codes left, or fewer, new ones are due.
pub const FEW_RECOVERY_CODES: u32 = 3;

/// Something to do. The first is the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Todo {
    /// The person reported something that was not them and has not chosen another password since.
    ChangePassword,
    /// Wrong passwords or codes were typed since the sign-in before this one.
    LookAtTries {
        /// How many.
        tries: u32,
    },
    /// A forgotten password could only be put right by the service desk.
    AddResetMethod,
    /// All hangs on one phone or address.
    AddSecondMethod,
    /// The recovery codes are nearly used up.
    RenewRecoveryCodes {
        /// How many are left.
        left: u32,
    },
    /// There are none.
    MakeRecoveryCodes,
}

/// How a person's security stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// When the person last reported something that was not them.
    pub reported_at: Option<Timestamp>,
    /// When the password was set.
    pub password_set_at: Timestamp,
    /// Wrong passwords and codes since the sign-in before this one.
    pub tries: u32,
    /// The kinds of the methods that the account has.
    pub methods: &'a [MethodKind],
    /// How many recovery codes are left; none where none were made.
    pub recovery_codes: Option<u32>,
}

impl Todo {
    /// All that needs doing, the most urgent first.
    pub fn all(standing: Standing<'_>) -> Vec<Self> {
        let Standing { reported_at, password_set_at, tries, methods, recovery_codes } = standing;
        let resets = methods.iter().any(|kind| kind.resets_passwords());
        let factors = methods.iter().filter(|kind| kind.is_second_factor()).count();
        let mut todo = Vec::new();
        if reported_at.is_some_and(|reported| reported >= password_set_at) {
            todo.push(Self::ChangePassword);
        }
        if tries > 0 {
            todo.push(Self::LookAtTries { tries });
        }
        if !resets {
            todo.push(Self::AddResetMethod);
        }
        if resets && factors == 1 {
            todo.push(Self::AddSecondMethod);
        }
        match recovery_codes {
            None => todo.push(Self::MakeRecoveryCodes),
            Some(left @ ..=FEW_RECOVERY_CODES) => todo.push(Self::RenewRecoveryCodes { left }),
            Some(_) => {}
        }
        todo
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing<'a>() -> Standing<'a> {
        Standing {
            reported_at: None,
            password_set_at: "2026-11-01T09:00:00Z".parse().unwrap(),
            tries: 0,
            methods: &[MethodKind::App, MethodKind::Text],
            recovery_codes: Some(10),
        }
    }

    #[test]
    fn whoever_has_all_has_nothing_to_do() {
        assert_eq!(Todo::all(standing()), []);
    }

    #[test]
    fn what_is_urgent_comes_first() {
        let all = Todo::all(Standing {
            reported_at: Some("2026-11-02T03:00:00Z".parse().unwrap()),
            tries: 4,
            methods: &[MethodKind::Email],
            recovery_codes: None,
            ..standing()
        });
        assert_eq!(
            all,
            [
                Todo::ChangePassword,
                Todo::LookAtTries { tries: 4 },
                Todo::AddResetMethod,
                Todo::MakeRecoveryCodes
            ]
        );
        assert!(all.is_sorted());
    }

    #[test]
    fn a_password_chosen_after_the_report_is_good() {
        let set_at = standing().password_set_at;
        let reported = |at| Todo::all(Standing { reported_at: Some(at), ..standing() });
        assert_eq!(reported(set_at), [Todo::ChangePassword]);
        assert_eq!(reported("2026-11-01T08:59:59Z".parse().unwrap()), []);
    }

    #[test]
    fn contact_numbers_are_no_second_method() {
        let methods = [MethodKind::App, MethodKind::AlternativePhone, MethodKind::OfficePhone];
        assert_eq!(Todo::all(Standing { methods: &methods, ..standing() }), [Todo::AddSecondMethod]);
    }

    #[test]
    fn new_recovery_codes_are_due_when_three_are_left() {
        let left = |left| Todo::all(Standing { recovery_codes: Some(left), ..standing() });
        assert_eq!(left(4), []);
        assert_eq!(left(3), [Todo::RenewRecoveryCodes { left: 3 }]);
        assert_eq!(left(0), [Todo::RenewRecoveryCodes { left: 0 }]);
    }
}
