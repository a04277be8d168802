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
    /// Registration Authority: all of its work, also for people who have a role.
    RaManager,
    /// Registration Authority: all of its work, for people who have no role.
    RaAgent,
    /// Registration Authority: vouches for people of a ward or department, unlocks, and renews what is due.
    Sponsor,
    /// Registration Authority: unlocks, and renews what is due.
    Unlocker,
    /// Staff passports: all that the trust does with them.
    PassportManager,
    /// Staff passports: looks after them, and ends nothing.
    PassportOfficer,
}

/// No role has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "there is no such role; there are: service-desk, administrator, auditor, ra-manager, ra-agent, ra-sponsor, ra-unlocker, passport-manager, passport-officer"
)]
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
    /// End the sessions that staff passports began since a moment.
    EndWalletSessions,
    /// Who has which role.
    SeeRoles,
    /// Give and take roles.
    ChangeRoles,
    /// Registration Authority: find a person and see their cards: serials, ends, renewals used, tries left, ages.
    SeeCards,
    /// Registration Authority: who must come in.
    SeeVisits,
    /// Registration Authority: how many will have to come in, month by month.
    SeeForecast,
    /// Registration Authority: make sure who stands there, by Account Recovery Passcode or documents.
    CheckIdentity,
    /// Whoever answers the telephone: make sure who is calling, by Verification Passcode.
    CheckVerification,
    /// Registration Authority: open a locked card or account.
    UnlockCard,
    /// Registration Authority: renew certificates that are good still.
    RenewDue,
    /// Registration Authority: renew certificates that have expired.
    RenewExpired,
    /// Registration Authority: ask for new passcodes at the next sign-in.
    ForcePasscodes,
    /// Registration Authority: issue a card, or one in the place of another.
    IssueCard,
    /// Registration Authority: end a card for good.
    CancelCard,
    /// Registration Authority: revoke the certificates of a card.
    RevokeCard,
    /// Registration Authority: clear a card for somebody else.
    ClearCard,
    /// Registration Authority: be the second who approves what a colleague does, where the organisation wants one.
    ApproveRa,
    /// Registration Authority: any of this for people who have a role themselves: their card opens the console.
    ServeRoleHolders,
    /// Staff passports: find a person, see what was provided to them and what became of it, and what people rejected.
    SeePassports,
    /// Staff passports: look into what people rejected, and say that it is resolved.
    ResolveRejections,
    /// Staff passports: provide a credential to a person, archive it and restore it.
    ProvideCredentials,
    /// Staff passports: invite people, send an invitation again, and delete it.
    InvitePeople,
    /// Staff passports: say who somebody is who was invited.
    ConfirmIdentity,
    /// Staff passports: take or reject what people share with the trust, archive what it took and restore it.
    ReviewShares,
    /// Staff passports: remind people of what they have not reviewed.
    RemindPeople,
    /// Staff passports: say which job role somebody has.
    GiveJobRoles,
    /// Staff passports: say what a job role requires, and that somebody need not have the rest of it.
    SetRequirements,
    /// Staff passports: take back what nobody has accepted yet, and revoke what somebody has.
    EndCredentials,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 36] = [
        Self::SeePeople,
        Self::HelpPeople,
        Self::HelpRoleHolders,
        Self::SeeDeliveries,
        Self::SeeDashboard,
        Self::SeeAudit,
        Self::SeeSettings,
        Self::ChangeSettings,
        Self::EndWalletSessions,
        Self::SeeRoles,
        Self::ChangeRoles,
        Self::SeeCards,
        Self::SeeVisits,
        Self::SeeForecast,
        Self::CheckIdentity,
        Self::CheckVerification,
        Self::UnlockCard,
        Self::RenewDue,
        Self::RenewExpired,
        Self::ForcePasscodes,
        Self::IssueCard,
        Self::CancelCard,
        Self::RevokeCard,
        Self::ClearCard,
        Self::ApproveRa,
        Self::ServeRoleHolders,
        Self::SeePassports,
        Self::ResolveRejections,
        Self::ProvideCredentials,
        Self::InvitePeople,
        Self::ConfirmIdentity,
        Self::ReviewShares,
        Self::RemindPeople,
        Self::GiveJobRoles,
        Self::SetRequirements,
        Self::EndCredentials,
    ];
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::ServiceDesk,
        Self::Administrator,
        Self::Auditor,
        Self::RaManager,
        Self::RaAgent,
        Self::Sponsor,
        Self::Unlocker,
        Self::PassportManager,
        Self::PassportOfficer,
    ];

    /// Its name in the database, the audit and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceDesk => "service-desk",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::RaManager => "ra-manager",
            Self::RaAgent => "ra-agent",
            Self::Sponsor => "ra-sponsor",
            Self::Unlocker => "ra-unlocker",
            Self::PassportManager => "passport-manager",
            Self::PassportOfficer => "passport-officer",
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
        match act {
            Act::SeePeople | Act::SeeDeliveries => self.is_of_the_console(),
            Act::HelpPeople => self == Self::ServiceDesk,
            Act::HelpRoleHolders | Act::ChangeSettings | Act::EndWalletSessions | Act::ChangeRoles => {
                self == Self::Administrator
            }
            Act::SeeDashboard | Act::SeeAudit | Act::SeeSettings | Act::SeeRoles => {
                matches!(self, Self::Administrator | Self::Auditor)
            }
            Act::SeeCards | Act::SeeVisits => self.is_of_the_authority() || self == Self::Auditor,
            Act::SeeForecast => matches!(self, Self::RaManager | Self::RaAgent | Self::Auditor),
            Act::CheckVerification => self.is_of_the_authority() || self == Self::ServiceDesk,
            Act::CheckIdentity | Act::UnlockCard | Act::RenewDue => self.is_of_the_authority(),
            Act::RenewExpired
            | Act::ForcePasscodes
            | Act::IssueCard
            | Act::CancelCard
            | Act::RevokeCard
            | Act::ClearCard
            | Act::ApproveRa => matches!(self, Self::RaManager | Self::RaAgent),
            Act::ServeRoleHolders => self == Self::RaManager,
            Act::SeePassports => self.is_of_passports() || self == Self::Auditor,
            Act::ResolveRejections
            | Act::ProvideCredentials
            | Act::InvitePeople
            | Act::ConfirmIdentity
            | Act::ReviewShares
            | Act::RemindPeople
            | Act::GiveJobRoles => self.is_of_passports(),
            Act::SetRequirements | Act::EndCredentials => self == Self::PassportManager,
        }
    }

    fn is_of_the_console(self) -> bool {
        matches!(self, Self::ServiceDesk | Self::Administrator | Self::Auditor)
    }

    /// Whether it is a role of the Registration Authority.
    pub fn is_of_the_authority(self) -> bool {
        matches!(self, Self::RaManager | Self::RaAgent | Self::Sponsor | Self::Unlocker)
    }

    fn is_of_passports(self) -> bool {
        matches!(self, Self::PassportManager | Self::PassportOfficer)
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

    /// Each act, and who may do it: service desk, administrator, auditor; manager, agent, sponsor, unlocker of the Registration
    /// Authority; manager, officer of staff passports.
    const TABLE: [(Act, &str); 36] = [
        (Act::SeePeople, "xxx .... .."),
        (Act::HelpPeople, "x.. .... .."),
        (Act::HelpRoleHolders, ".x. .... .."),
        (Act::SeeDeliveries, "xxx .... .."),
        (Act::SeeDashboard, ".xx .... .."),
        (Act::SeeAudit, ".xx .... .."),
        (Act::SeeSettings, ".xx .... .."),
        (Act::ChangeSettings, ".x. .... .."),
        (Act::EndWalletSessions, ".x. .... .."),
        (Act::SeeRoles, ".xx .... .."),
        (Act::ChangeRoles, ".x. .... .."),
        (Act::SeeCards, "..x xxxx .."),
        (Act::SeeVisits, "..x xxxx .."),
        (Act::SeeForecast, "..x xx.. .."),
        (Act::CheckIdentity, "... xxxx .."),
        (Act::CheckVerification, "x.. xxxx .."),
        (Act::UnlockCard, "... xxxx .."),
        (Act::RenewDue, "... xxxx .."),
        (Act::RenewExpired, "... xx.. .."),
        (Act::ForcePasscodes, "... xx.. .."),
        (Act::IssueCard, "... xx.. .."),
        (Act::CancelCard, "... xx.. .."),
        (Act::RevokeCard, "... xx.. .."),
        (Act::ClearCard, "... xx.. .."),
        (Act::ApproveRa, "... xx.. .."),
        (Act::ServeRoleHolders, "... x... .."),
        (Act::SeePassports, "..x .... xx"),
        (Act::ResolveRejections, "... .... xx"),
        (Act::ProvideCredentials, "... .... xx"),
        (Act::InvitePeople, "... .... xx"),
        (Act::ConfirmIdentity, "... .... xx"),
        (Act::ReviewShares, "... .... xx"),
        (Act::RemindPeople, "... .... xx"),
        (Act::GiveJobRoles, "... .... xx"),
        (Act::SetRequirements, "... .... x."),
        (Act::EndCredentials, "... .... x."),
    ];

    #[test]
    fn every_role_may_do_what_it_is_for_and_nothing_else() {
        assert_eq!(TABLE.map(|(act, _)| act), Act::ALL);
        for (act, who) in TABLE {
            let cells = who.chars().filter(|cell| *cell != ' ').map(|cell| cell == 'x');
            assert_eq!(cells.clone().count(), Role::ALL.len(), "{act:?}");
            for (role, allowed) in Role::ALL.into_iter().zip(cells) {
                assert_eq!(role.may(act), allowed, "{role:?} {act:?}");
            }
        }
    }

    #[test]
    fn the_two_families_of_roles_meet_only_at_the_telephone_and_in_what_auditors_read() {
        for act in Act::ALL {
            let (authority, console): (Vec<_>, Vec<_>) = Role::ALL
                .into_iter()
                .filter(|role| role.may(act))
                .partition(|role| role.is_of_the_authority());
            let read_only = console == [Role::Auditor];
            assert!(authority.is_empty() || console.is_empty() || read_only || act == Act::CheckVerification);
        }
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
