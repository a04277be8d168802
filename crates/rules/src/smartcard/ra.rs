//! What the Registration Authority does, for whom, and why certificates are revoked.

use thiserror::Error;

use crate::role::{Act, Role, may};

/// Why the Registration Authority may not do something for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ServiceProblem {
    /// Nobody serves themselves.
    #[error("nobody can act on their own card")]
    OwnCard,
    /// None of the roles may do it.
    #[error("none of the roles may do this")]
    RoleMissing,
    /// The person has a role: a card opens the console, so that only a manager serves them.
    #[error("people who have a role are served by a manager of the Registration Authority")]
    RoleHolder,
}

/// Whether somebody with the roles `mine` may do `act` for a person who has `theirs`. Looking is no service: a role that may see
/// cards sees everybody's.
///
/// # Errors
/// [`ServiceProblem`].
pub fn may_serve(mine: &[Role], act: Act, theirs: &[Role], is_own: bool) -> Result<(), ServiceProblem> {
    if is_own {
        return Err(ServiceProblem::OwnCard);
    }
    if !may(mine, act) {
        return Err(ServiceProblem::RoleMissing);
    }
    if !theirs.is_empty() && !may(mine, Act::ServeRoleHolders) {
        return Err(ServiceProblem::RoleHolder);
    }
    Ok(())
}

/// Why certificates are revoked: in our words, and as lists of revoked certificates say it (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevocationReason {
    /// The card is lost.
    Lost,
    /// The card is stolen.
    Stolen,
    /// The card is broken.
    Damaged,
    /// The person has left.
    Left,
    /// Another card takes its place.
    Replaced,
    /// Newer certificates on the same card have proved to work.
    Renewed,
    /// They were issued in a job that never came to its end.
    NeverProved,
    /// Something else; the reason that was typed says what.
    Other,
}

/// There is no reason of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such reason")]
pub struct UnknownReason;

impl RevocationReason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Lost,
        Self::Stolen,
        Self::Damaged,
        Self::Left,
        Self::Replaced,
        Self::Renewed,
        Self::NeverProved,
        Self::Other,
    ];

    /// Those that a person who revokes their own card chooses between.
    pub const BY_THE_PERSON: [Self; 3] = [Self::Lost, Self::Stolen, Self::Damaged];

    /// Those that the Registration Authority chooses between.
    pub const BY_THE_AUTHORITY: [Self; 6] =
        [Self::Lost, Self::Stolen, Self::Damaged, Self::Left, Self::Replaced, Self::Other];

    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Stolen => "stolen",
            Self::Damaged => "damaged",
            Self::Left => "left",
            Self::Replaced => "replaced",
            Self::Renewed => "renewed",
            Self::NeverProved => "never-proved",
            Self::Other => "other",
        }
    }

    /// The reason with this name.
    ///
    /// # Errors
    /// [`UnknownReason`].
    pub fn parse(name: &str) -> Result<Self, UnknownReason> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name).ok_or(UnknownReason)
    }

    /// The reason code of a certificate revocation list (RFC 5280, 5.3.1).
    pub fn crl_code(self) -> u8 {
        match self {
            Self::Other => 0,
            Self::Lost | Self::Stolen => 1,
            Self::Left => 3,
            Self::Replaced | Self::Renewed => 4,
            Self::Damaged | Self::NeverProved => 5,
        }
    }

    /// The code's name there.
    pub fn crl_name(self) -> &'static str {
        match self.crl_code() {
            1 => "keyCompromise",
            3 => "affiliationChanged",
            4 => "superseded",
            5 => "cessationOfOperation",
            _ => "unspecified",
        }
    }

    /// Whether somebody else may hold the card: all sessions of its owner end, not only those that it opened.
    pub fn is_in_strange_hands(self) -> bool {
        matches!(self, Self::Lost | Self::Stolen)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn nobody_serves_themselves_whatever_their_roles() {
        for act in Act::ALL {
            assert_eq!(may_serve(&Role::ALL, act, &[], true), Err(ServiceProblem::OwnCard), "{act:?}");
        }
    }

    #[rstest]
    #[case(&[Role::RaManager], &[], Ok(()))]
    #[case(&[Role::RaAgent], &[], Ok(()))]
    #[case(&[Role::Sponsor], &[], Ok(()))]
    #[case(&[Role::Unlocker], &[], Ok(()))]
    #[case(&[], &[], Err(ServiceProblem::RoleMissing))]
    #[case(&[Role::ServiceDesk, Role::Administrator, Role::Auditor], &[], Err(ServiceProblem::RoleMissing))]
    #[case(&[Role::RaAgent], &[Role::Administrator], Err(ServiceProblem::RoleHolder))]
    #[case(&[Role::Unlocker, Role::Administrator], &[Role::Unlocker], Err(ServiceProblem::RoleHolder))]
    #[case(&[Role::RaManager], &[Role::RaAgent], Ok(()))]
    #[case(&[Role::RaManager], &[Role::Administrator, Role::RaManager], Ok(()))]
    fn people_with_a_role_are_served_by_a_manager(
        #[case] mine: &[Role],
        #[case] theirs: &[Role],
        #[case] expected: Result<(), ServiceProblem>,
    ) {
        assert_eq!(may_serve(mine, Act::UnlockCard, theirs, false), expected);
    }

    #[test]
    fn every_reason_is_read_as_it_is_written_and_has_a_code_of_the_standard() {
        for reason in RevocationReason::ALL {
            assert_eq!(RevocationReason::parse(reason.as_str()), Ok(reason));
            assert_eq!(reason.crl_code() == 0, reason.crl_name() == "unspecified", "{reason:?}");
        }
        assert_eq!(RevocationReason::parse("gone"), Err(UnknownReason));
        let code = |reason: RevocationReason| (reason.crl_code(), reason.crl_name());
        assert_eq!(code(RevocationReason::Stolen), (1, "keyCompromise"));
        assert_eq!(code(RevocationReason::Left), (3, "affiliationChanged"));
        assert_eq!(code(RevocationReason::Renewed), (4, "superseded"));
        assert_eq!(code(RevocationReason::Damaged), (5, "cessationOfOperation"));
    }

    #[test]
    fn a_card_in_strange_hands_ends_all_sessions() {
        let strange: Vec<_> =
            RevocationReason::ALL.into_iter().filter(|reason| reason.is_in_strange_hands()).collect();
        assert_eq!(strange, [RevocationReason::Lost, RevocationReason::Stolen]);
    }
}
