//! Every page as a typed template over the NHS.UK components.
//!
//! A page is a struct: what it shows, and where its forms go. Its words are in its template, under `templates/`; the
//! words of an error come with the [`FieldErrors`]. [`render`] puts both into the layout that the [`Shell`] describes.
//! Nothing here knows of requests, journeys or the database, and every page has samples, so that all of them can be
//! rendered, validated and looked at without a server (`cargo run -p pages --example render_all -- FOLDER`).

mod access_key;
pub mod assets;
mod brand;
mod card_sign_in;
mod console;
mod engine;
mod errors;
mod gallery;
mod page;
mod password;
mod plot;
mod qr;
mod shell;

mod about;
mod activity;
#[cfg(test)]
mod conformance;
mod devices;
mod factor;
mod home;
mod join;
mod method_setup;
mod outcome;
mod passkey;
mod passport;
mod passport_share;
mod passport_sign_in;
mod recovery_codes;
mod reset;
mod security_info;
mod sign_in;
mod smartcard;
mod start;
mod waiting;
mod wallet;
mod wallet_asks;

pub use about::{Accessibility, CookiePurpose, Cookies, Help, NamedCookie, Privacy};
pub use access_key::{AccessKey, AccessKeyAdded, AccessKeyCode};
pub use activity::{Happening, RecentActivity, ReportActivity, Reported};
pub use brand::{Brand, Colour, NotAColour, brand_stylesheet};
pub use card_sign_in::{CardSignIn, CardSignInBack};
pub use console::{
    AccountState, ConsoleAct, ConsoleDisabled, ConsoleEntry, ConsoleFound, ConsoleFrame, ConsoleMessage,
    ConsoleMethod, ConsolePart, ConsolePeople, ConsolePerson, FoundPerson, MessageState, StaffRole,
};
pub use console::{
    AuditLine, CallerChannel, ConsoleAudit, ConsoleCaller, ConsoleChangeRoles, ConsoleCode, ConsoleHelp,
    ConsoleNumber, ConsoleRoles, ConsoleStartCode, ProposalLine, RoleLine,
};
pub use console::{
    BypassLine, ConsoleBypass, ConsoleCredential, ConsoleGiveJobRole, ConsoleJobRole, ConsoleJobRoleNamed,
    ConsoleJobRoles, ConsolePassport, ConsolePassports, ConsoleProvide, ConsoleProvideForm,
    ConsoleRejections, ConsoleReports, ConsoleShare, ConsoleShared, ConsoleShares, ConsoleStaffRecords,
    ConsoleTeam, ConsoleTeams, CredentialGroup, EndCredential, FailedPull, FoundRecords, JobRoleLine,
    MissingLine, ProvideField, ProvideInput, ProvidedRow, RejectShared, RejectionLine, RemindedLine,
    ReportRow, ReportTable, ReportsCounted, RequiredGroup, RequirementShown, RequirementStanding, ShareLine,
    ShareStanding, ShareVerdict, SharedLine, TeamLine,
};
pub use console::{
    ConsoleDashboard, ConsoleDeliveries, ConsoleSetting, ConsoleSettingPreview, ConsoleSettings,
    ConsoleVerification, ConsoleWalletSessions, ConsoleWalletSessionsPreview, DeliveryLine, ProviderLine,
    RangeLink, RefusedTries, RuleEffect, RuleForm, SettingLine,
};
pub use console::{
    ConsoleInvitation, ConsoleInvitationDelete, ConsoleInvitations, ConsoleInvite, ConsoleInviteBatch,
    ConsoleInviteMany, InvitationChoice, InvitationLine, InvitationStanding, InviteBadRow, InviteFields,
    JudgeInvitation,
};
pub use console::{
    RaAct, RaActForm, RaBadRow, RaBlanks, RaCard, RaCardLine, RaCertificate, RaFind, RaFlag, RaForecast,
    RaFound, RaFoundCard, RaHappening, RaIdentity, RaIssue, RaOutside, RaPasscode, RaPerson, RaQueue,
    RaQueueLine, RaRequestLine, RaRequests, RaToTell,
};
pub use devices::{Devices, RememberedBrowser, SignedInSession};
pub use engine::{RenderError, render};
pub use errors::{FieldError, FieldErrors};
pub use factor::{ChooseSecondFactor, FactorApp, FactorEmail, FactorPhone, FactorVerified, Method};
pub use gallery::{GalleryPage, gallery};
pub use home::{Home, HomeTask, PartOfDay, SignInMethod};
pub use join::{Channel, Code, CodePurpose, Details, Email, JoinComplete, Resume};
pub use method_setup::{
    SetUpAppAccount, SetUpAppScan, SetUpAppStart, SetUpApprovalScan, SetUpCode, SetUpDone, SetUpDue,
    SetUpEmail, SetUpPhone,
};
pub use outcome::{ErrorPage, NoQrCode, Refused};
pub use page::{Link, Page};
pub use passkey::{PasskeyAdd, PasskeyDone, PasskeyForm, PasskeyName, PasskeyRemove, PasskeyRow, Passkeys};
pub use passport::{
    ArchivedBy, ArchivedLine, CredentialFact, CredentialValue, PassportAnswered, PassportCredential,
    PassportHappening, PassportHistory, PassportHome, PassportMissing, PassportNotifications,
    PassportProgress, PassportRow, PassportSection, PassportState, RejectCredential, RequestCredential,
};
pub use passport_share::{HeldCredential, PassportReturn, PassportShare, PassportShareCheck, PassportShared};
pub use passport_sign_in::{PassportBack, PassportCode, PassportDisowned, PassportSignIn};
pub use password::NewPassword;
pub use plot::{Bar, Plot, PlotLabel, PlotRow};
pub use qr::{QrSvg, QrTooLong};
pub use recovery_codes::{NewRecoveryCodes, RecoveryCodes};
pub use reset::{
    ChangePassword, ChooseNewPassword, Reset, ResetCode, ResetDone, ResetUserName, ResetWait, ResetWays,
    StartCode, WayToProve,
};
pub use security_info::{
    AddMethod, Candidate, ChangeMethod, DeleteMethod, KnownMethod, ListedMethod, Offered, PreferMethods,
    RecoveryCodesState, RenameMethod, SecurityDone, SecurityInfo,
};
pub use shell::{HouseRules, Links, NavigationLink, Place, ReviewBanner, SessionEnd, Shell};
pub use sign_in::{Confirm, Leaving, SignIn, SignInCode, SignInRecoveryCode, SignInWays, WayToSignIn};
pub use smartcard::{
    AlertLine, CalendarEntry, CalendarWhat, CardChoice, CardJobKind, CardJobProgress, CardJobState,
    CardPasscodeRule, CardState, CardSummary, CertificateLine, CertificatePurpose, CertificateState,
    ForcedWhy, ManagePasscodes, PanelState, PasscodeLine, PasscodeName, PasscodeState, PortalDone,
    PortalFrame, PortalTab, PortalTabLink, RegistrationAuthority, RenewCertificates, RenewalVisit,
    RenewalWay, RenewalsLeft, RevokeCertificates, SmartcardAlert, SmartcardHome, SmartcardJob,
    SmartcardPanel, SmartcardStopped, StoppedWhy, UnlockByCode, UnlockByPasscode, UnlockSendCode,
};
pub use start::{Choice, ChooseOrganisation, Discover, HowToApply, StaffGroup};
pub use waiting::{AskedFor, AskedIn, AskedState, Waiting};
pub use wallet::{WalletPurpose, WalletQr, WalletState};
pub use wallet_asks::{WalletAsksFor, WalletWish};
