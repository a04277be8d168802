//! Who may do what in the console, with least privilege. Nobody acts on their own account.

use thiserror::Error;

/// A role in an organisation's console. One person can have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Helps people back in.
    ServiceDesk,
    /// Sets the organisation's rules, gives roles and helps those who have one; does not help others back in by that alone.
    Administrator,
    /// Reads everything that the console shows and changes nothing.
    Auditor,
}

/// No role has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such role; there are: service-desk, administrator, auditor")]
pub struct UnknownRole;

/// Something that can be done in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Find a person and see how their account stands. Never secrets or numbers.
    SeePeople,
    /// Send a code to a registered channel to be sure who is calling, start an assisted reset, unlock, end sessions, remove
    /// a lost method, put right a disabled number; for people who have no role.
    HelpPeople,
    /// The same for people who have a role themselves.
    HelpRoleHolders,
    /// The delivery log.
    SeeDeliveries,
    /// The dashboard.
    SeeDashboard,
    /// The audit of the organisation.
    SeeAudit,
    /// The organisation's rules, and what a stricter one would do.
    SeeSettings,
    /// Change the organisation's rules.
    ChangeSettings,
    /// Who has which role.
    SeeRoles,
    /// Give and take roles.
    ChangeRoles,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ServiceDesk, Self::Administrator, Self::Auditor];

    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceDesk => "service-desk",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this name.
    ///
    /// # Errors
    /// [`UnknownRole`] where there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == name).ok_or(UnknownRole)
    }

    /// Whether this role may do it.
    pub fn may(self, act: Act) -> bool {
        match self {
            Self::ServiceDesk => {
                matches!(act, Act::SeePeople | Act::HelpPeople | Act::SeeDeliveries)
            }
            Self::Administrator => !matches!(act, Act::HelpPeople),
            Self::Auditor => !matches!(
                act,
                Act::HelpPeople | Act::HelpRoleHolders | Act::ChangeSettings | Act::ChangeRoles
            ),
        }
    }
}

/// Whether somebody who has these roles may do it.
pub fn may(roles: &[Role], act: Act) -> bool {
    roles.iter().any(|role| role.may(act))
}

/// What it takes to help a person who has `theirs`: a role holder's account opens the console, so that the service desk alone
/// may not hand it to anybody.
pub fn helping(theirs: &[Role]) -> Act {
    if theirs.is_empty() { Act::HelpPeople } else { Act::HelpRoleHolders }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_service_desk_acts_on_people_and_only_an_administrator_on_rules() {
        let who = |act| Role::ALL.into_iter().filter(|role| role.may(act)).collect::<Vec<_>>();
        assert_eq!(who(Act::HelpPeople), [Role::ServiceDesk]);
        assert_eq!(who(Act::ChangeSettings), [Role::Administrator]);
        assert_eq!(who(Act::ChangeRoles), [Role::Administrator]);
        assert_eq!(who(Act::SeeAudit), [Role::Administrator, Role::Auditor]);
        assert_eq!(who(Act::HelpRoleHolders), [Role::Administrator]);
        assert_eq!(who(Act::SeePeople), Role::ALL);
    }

    #[test]
    fn roles_add_up_and_whoever_has_one_is_helped_by_an_administrator() {
        assert!(may(&[Role::Auditor, Role::ServiceDesk], Act::HelpPeople));
        assert!(!may(&[], Act::SeePeople));
        assert_eq!(helping(&[]), Act::HelpPeople);
        assert_eq!(helping(&[Role::Auditor]), Act::HelpRoleHolders);
    }

    #[test]
    fn every_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
        }
        assert_eq!(Role::parse("root"), Err(UnknownRole));
    }
}
