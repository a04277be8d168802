//! The console: pages for people with a role. Each holds a [`ConsoleFrame`], and its template extends `console.html`.

mod act;
mod audit;
mod dashboard;
mod deliveries;
mod invitations;
mod job_roles;
mod passports;
mod people;
mod person;
mod provide;
mod ra;
mod reports;
mod roles;
mod settings;
mod shares;
mod staff_records;
mod teams;
mod verification;
mod wallet_sessions;

pub use dashboard::{ConsoleDashboard, ProviderLine, RangeLink, RefusedTries};
pub use deliveries::{ConsoleDeliveries, DeliveryLine};
pub use settings::{
    ConsoleSetting, ConsoleSettingPreview, ConsoleSettings, RuleEffect, RuleForm, SettingLine,
};
pub use shares::{
    ConsoleShare, ConsoleShared, ConsoleShares, RejectShared, ShareLine, ShareStanding, ShareVerdict,
    SharedLine,
};

pub use act::{CallerChannel, ConsoleCaller, ConsoleCode, ConsoleHelp, ConsoleNumber, ConsoleStartCode};
pub use audit::{AuditLine, ConsoleAudit};
pub use invitations::{
    ConsoleInvitation, ConsoleInvitationDelete, ConsoleInvitations, ConsoleInvite, ConsoleInviteBatch,
    ConsoleInviteMany, InvitationChoice, InvitationLine, InvitationStanding, InviteBadRow, InviteFields,
    JudgeInvitation,
};
pub use job_roles::{
    BypassLine, ConsoleBypass, ConsoleGiveJobRole, ConsoleJobRole, ConsoleJobRoleNamed, ConsoleJobRoles,
    JobRoleLine, MissingLine, RequiredGroup, RequirementShown, RequirementStanding,
};
pub use passports::{
    ConsoleCredential, ConsolePassport, ConsolePassports, ConsoleRejections, EndCredential, ProvidedRow,
    RejectionLine, RemindedLine,
};
pub use people::{ConsoleDisabled, ConsoleFound, ConsolePeople, FoundPerson};
pub use person::{
    AccountState, ConsoleAct, ConsoleMessage, ConsoleMethod, ConsolePerson, MessageState, StaffRole,
};
pub use provide::{ConsoleProvide, ConsoleProvideForm, CredentialGroup, ProvideField, ProvideInput};

pub use ra::{
    RaAct, RaActForm, RaBadRow, RaBlanks, RaCard, RaCardLine, RaCertificate, RaFind, RaFlag, RaForecast,
    RaFound, RaFoundCard, RaHappening, RaIdentity, RaIssue, RaOutside, RaPasscode, RaPerson, RaQueue,
    RaQueueLine, RaRequestLine, RaRequests, RaToTell,
};
pub use reports::{ConsoleReports, ReportRow, ReportTable, ReportsCounted};
pub use staff_records::{ConsoleStaffRecords, FailedPull, FoundRecords};
pub use teams::{ConsoleTeam, ConsoleTeams, TeamLine};
pub use verification::ConsoleVerification;
pub use wallet_sessions::{ConsoleWalletSessions, ConsoleWalletSessionsPreview};

pub use roles::{ConsoleChangeRoles, ConsoleRoles, ProposalLine, RoleLine};

use serde::Serialize;

/// The parts of the console, in the order of its navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the part that its name says; its words are in console.html")]
pub enum ConsolePart {
    People,
    Passports,
    Smartcards,
    Verification,
    Roles,
    Audit,
    Deliveries,
    Settings,
    Dashboard,
}

/// One entry of the console's navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsoleEntry {
    /// Which part.
    pub part: ConsolePart,
    /// Where it begins.
    pub href: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// What surrounds every page of the console inside the layout: its own navigation, with the parts that the person's roles open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsoleFrame {
    /// The entries, in their order.
    pub entries: Vec<ConsoleEntry>,
}

impl ConsoleFrame {
    /// A frame for samples, in which every part is open.
    pub fn sample(current: ConsolePart) -> Self {
        let entry = |part, href: &str| ConsoleEntry { part, href: href.into(), current: part == current };
        Self {
            entries: vec![
                entry(ConsolePart::People, "/console/people"),
                entry(ConsolePart::Passports, "/console/passports"),
                entry(ConsolePart::Smartcards, "/console/smartcards"),
                entry(ConsolePart::Verification, "/console/verification"),
                entry(ConsolePart::Roles, "/console/roles"),
                entry(ConsolePart::Audit, "/console/audit"),
                entry(ConsolePart::Deliveries, "/console/deliveries"),
                entry(ConsolePart::Settings, "/console/settings"),
                entry(ConsolePart::Dashboard, "/console/dashboard"),
            ],
        }
    }
}
