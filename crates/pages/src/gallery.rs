//! Every page with every sample, for the tests and for looking at.

use crate::shell::HouseRules;
use crate::{
    Accessibility, Brand, CardSignIn, CardSignInBack, ChangePassword, ChooseNewPassword, ChooseOrganisation,
    ChooseSecondFactor, Code, Colour, Confirm, Cookies, Details, Devices, Discover, Email, ErrorPage,
    FactorApp, FactorEmail, FactorPhone, FactorVerified, FieldErrors, Help, Home, HowToApply, JoinComplete,
    NavigationLink, Page, PasskeyAdd, PasskeyName, PasskeyRemove, Passkeys, Place, Privacy, RecentActivity,
    Refused, RenderError, ReportActivity, Reported, Reset, ResetCode, ResetDone, ResetUserName, ResetWait,
    ResetWays, Resume, ReviewBanner, SessionEnd, Shell, SignIn, SignInCode, SignInRecoveryCode, SignInWays,
    StaffGroup, StartCode, render,
};
use crate::{
    ConsoleAudit, ConsoleCaller, ConsoleChangeRoles, ConsoleCode, ConsoleDisabled, ConsoleHelp,
    ConsoleNumber, ConsolePeople, ConsolePerson, ConsoleRoles, ConsoleStartCode,
};
use crate::{ConsoleDashboard, ConsoleDeliveries, ConsoleSetting, ConsoleSettingPreview, ConsoleSettings};

/// One rendered page of the gallery.
#[derive(Debug, Clone)]
pub struct GalleryPage {
    /// A name that is good for a file: "code-2", "code-2-errors".
    pub name: String,
    /// The whole page.
    pub html: String,
    /// The ids of the fields that are shown to be wrong.
    pub wrong: &'static [&'static str],
}

/// Renders every page with every sample, the shell varying from sample to sample; and the first sample of each form
/// a second time with every field wrong, and a third time with words much longer than the designer hoped for.
///
/// # Errors
/// [`RenderError`] for the first page whose template has a defect.
pub fn gallery() -> Result<Vec<GalleryPage>, RenderError> {
    let mut gallery = Gallery { pages: Vec::new() };
    gallery.hang::<ChooseOrganisation>(false)?;
    gallery.hang::<StaffGroup>(false)?;
    gallery.hang::<Discover>(false)?;
    gallery.hang::<HowToApply>(false)?;
    gallery.hang::<Email>(false)?;
    gallery.hang::<Code>(false)?;
    gallery.hang::<Details>(false)?;
    gallery.hang::<ChooseSecondFactor>(false)?;
    gallery.hang::<FactorEmail>(false)?;
    gallery.hang::<FactorPhone>(false)?;
    gallery.hang::<FactorApp>(false)?;
    gallery.hang::<FactorVerified>(false)?;
    gallery.hang::<JoinComplete>(false)?;
    gallery.hang::<Resume>(false)?;
    gallery.hang::<SignIn>(false)?;
    gallery.hang::<CardSignIn>(false)?;
    gallery.hang::<CardSignInBack>(false)?;
    gallery.hang::<SignInCode>(false)?;
    gallery.hang::<SignInWays>(false)?;
    gallery.hang::<crate::Waiting>(false)?;
    gallery.hang::<SignInRecoveryCode>(false)?;
    gallery.hang::<Confirm>(true)?;
    gallery.hang::<Reset>(false)?;
    gallery.hang::<ResetUserName>(false)?;
    gallery.hang::<ResetWait>(false)?;
    gallery.hang::<ResetWays>(false)?;
    gallery.hang::<ResetCode>(false)?;
    gallery.hang::<StartCode>(false)?;
    gallery.hang::<ChooseNewPassword>(false)?;
    gallery.hang::<ResetDone>(false)?;
    gallery.hang::<ChangePassword>(true)?;
    gallery.hang::<Home>(true)?;
    gallery.hang::<RecentActivity>(true)?;
    gallery.hang::<ReportActivity>(true)?;
    gallery.hang::<Reported>(true)?;
    gallery.hang::<Devices>(true)?;
    gallery.hang::<crate::SecurityInfo>(true)?;
    gallery.hang::<crate::AddMethod>(true)?;
    gallery.hang::<crate::ChangeMethod>(true)?;
    gallery.hang::<crate::RenameMethod>(true)?;
    gallery.hang::<crate::DeleteMethod>(true)?;
    gallery.hang::<crate::PreferMethods>(true)?;
    gallery.hang::<crate::SetUpPhone>(true)?;
    gallery.hang::<crate::SetUpEmail>(true)?;
    gallery.hang::<crate::SetUpAppStart>(true)?;
    gallery.hang::<crate::SetUpAppAccount>(true)?;
    gallery.hang::<crate::SetUpAppScan>(true)?;
    gallery.hang::<crate::SetUpApprovalScan>(true)?;
    gallery.hang::<crate::SetUpCode>(true)?;
    gallery.hang::<crate::SetUpDone>(true)?;
    gallery.hang::<crate::SetUpDue>(true)?;
    gallery.hang::<crate::RecoveryCodes>(true)?;
    gallery.hang::<crate::NewRecoveryCodes>(true)?;
    gallery.hang::<crate::SmartcardHome>(true)?;
    gallery.hang::<crate::ManagePasscodes>(true)?;
    gallery.hang::<crate::RenewCertificates>(true)?;
    gallery.hang::<crate::RevokeCertificates>(true)?;
    gallery.hang::<crate::SmartcardJob>(true)?;
    gallery.hang::<crate::SmartcardAlert>(true)?;
    gallery.hang::<crate::SmartcardStopped>(true)?;
    gallery.hang::<crate::UnlockByPasscode>(true)?;
    gallery.hang::<crate::UnlockSendCode>(true)?;
    gallery.hang::<crate::UnlockByCode>(true)?;
    gallery.hang::<ConsolePeople>(true)?;
    gallery.hang::<ConsolePerson>(true)?;
    gallery.hang::<ConsoleDisabled>(true)?;
    gallery.hang::<ConsoleCaller>(true)?;
    gallery.hang::<ConsoleCode>(true)?;
    gallery.hang::<ConsoleHelp>(true)?;
    gallery.hang::<ConsoleStartCode>(true)?;
    gallery.hang::<ConsoleNumber>(true)?;
    gallery.hang::<ConsoleRoles>(true)?;
    gallery.hang::<ConsoleChangeRoles>(true)?;
    gallery.hang::<ConsoleAudit>(true)?;
    gallery.hang::<Passkeys>(true)?;
    gallery.hang::<PasskeyAdd>(true)?;
    gallery.hang::<PasskeyName>(true)?;
    gallery.hang::<PasskeyRemove>(true)?;
    gallery.hang::<ConsoleDeliveries>(true)?;
    gallery.hang::<ConsoleSettings>(true)?;
    gallery.hang::<ConsoleSetting>(true)?;
    gallery.hang::<ConsoleSettingPreview>(true)?;
    gallery.hang::<ConsoleDashboard>(true)?;
    gallery.hang::<crate::ConsoleVerification>(true)?;
    gallery.hang::<crate::ConsoleWalletSessions>(true)?;
    gallery.hang::<crate::ConsoleWalletSessionsPreview>(true)?;
    hang_registration_authority(&mut gallery)?;
    hang_wallet(&mut gallery)?;
    hang_passport(&mut gallery)?;
    gallery.hang::<Refused>(false)?;
    gallery.hang::<ErrorPage>(false)?;
    gallery.hang::<Help>(false)?;
    gallery.hang::<Accessibility>(true)?;
    gallery.hang::<Cookies>(false)?;
    gallery.hang::<Privacy>(false)?;
    Ok(gallery.pages)
}

/// The pages that speak with a wallet.
fn hang_wallet(gallery: &mut Gallery) -> Result<(), RenderError> {
    gallery.hang::<crate::PassportSignIn>(false)?;
    gallery.hang::<crate::WalletQr>(false)?;
    gallery.hang::<crate::NoQrCode>(false)?;
    gallery.hang::<crate::WalletAsksFor>(true)?;
    gallery.hang::<crate::PassportBack>(false)?;
    gallery.hang::<crate::PassportCode>(false)?;
    gallery.hang::<crate::PassportDisowned>(false)?;
    gallery.hang::<crate::PassportShare>(true)?;
    gallery.hang::<crate::PassportShareCheck>(true)?;
    gallery.hang::<crate::PassportShared>(true)?;
    gallery.hang::<crate::PassportReturn>(false)?;
    gallery.hang::<crate::AccessKey>(true)?;
    gallery.hang::<crate::AccessKeyCode>(true)?;
    gallery.hang::<crate::AccessKeyAdded>(true)?;
    Ok(())
}

/// The pages of the Registration Authority.
fn hang_registration_authority(gallery: &mut Gallery) -> Result<(), RenderError> {
    gallery.hang::<crate::RaFind>(true)?;
    gallery.hang::<crate::RaPerson>(true)?;
    gallery.hang::<crate::RaCard>(true)?;
    gallery.hang::<crate::RaIdentity>(true)?;
    gallery.hang::<crate::RaActForm>(true)?;
    gallery.hang::<crate::RaIssue>(true)?;
    gallery.hang::<crate::RaQueue>(true)?;
    gallery.hang::<crate::RaForecast>(true)?;
    gallery.hang::<crate::RaRequests>(true)?;
    gallery.hang::<crate::RaOutside>(true)?;
    gallery.hang::<crate::RaBlanks>(true)?;
    Ok(())
}

/// The pages of the staff passport, for its owner and for the trust.
fn hang_passport(gallery: &mut Gallery) -> Result<(), RenderError> {
    gallery.hang::<crate::ConsolePassports>(true)?;
    gallery.hang::<crate::ConsolePassport>(true)?;
    gallery.hang::<crate::ConsoleCredential>(true)?;
    gallery.hang::<crate::ConsoleRejections>(true)?;
    gallery.hang::<crate::ConsoleInvitations>(true)?;
    gallery.hang::<crate::ConsoleInvite>(true)?;
    gallery.hang::<crate::ConsoleInviteMany>(true)?;
    gallery.hang::<crate::ConsoleInviteBatch>(true)?;
    gallery.hang::<crate::ConsoleInvitation>(true)?;
    gallery.hang::<crate::ConsoleInvitationDelete>(true)?;
    gallery.hang::<crate::ConsoleStaffRecords>(true)?;
    gallery.hang::<crate::ConsoleReports>(true)?;
    gallery.hang::<crate::ConsoleTeams>(true)?;
    gallery.hang::<crate::ConsoleTeam>(true)?;
    gallery.hang::<crate::ConsoleJobRoles>(true)?;
    gallery.hang::<crate::ConsoleJobRole>(true)?;
    gallery.hang::<crate::ConsoleJobRoleNamed>(true)?;
    gallery.hang::<crate::ConsoleGiveJobRole>(true)?;
    gallery.hang::<crate::ConsoleBypass>(true)?;
    gallery.hang::<crate::ConsoleShares>(true)?;
    gallery.hang::<crate::ConsoleShare>(true)?;
    gallery.hang::<crate::ConsoleShared>(true)?;
    gallery.hang::<crate::ConsoleProvide>(true)?;
    gallery.hang::<crate::ConsoleProvideForm>(true)?;
    gallery.hang::<crate::PassportHome>(true)?;
    gallery.hang::<crate::PassportCredential>(true)?;
    gallery.hang::<crate::RejectCredential>(true)?;
    gallery.hang::<crate::RequestCredential>(true)?;
    gallery.hang::<crate::PassportHistory>(true)?;
    gallery.hang::<crate::PassportNotifications>(true)?;
    Ok(())
}

struct Gallery {
    pages: Vec<GalleryPage>,
}

impl Gallery {
    fn hang<P: Page>(&mut self, signed_in: bool) -> Result<(), RenderError> {
        const PLAIN: &str = "Enter this in the way that is shown above it";
        const LONG: &str = "Rhowch y dyddiad geni a’r cyfenw yn union fel y maent yng nghofnodion eich cyflogwr, \
                            er enghraifft Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch";
        let name = P::TEMPLATE.trim_end_matches(".html");
        for (number, sample) in P::samples().iter().enumerate() {
            let shell = shell(number, signed_in);
            let html = render(&shell, sample, &FieldErrors::none())?;
            self.pages.push(GalleryPage { name: format!("{name}-{number}"), html, wrong: &[] });
            if P::FIELDS.is_empty() || number > 1 {
                continue;
            }
            let words = if number == 0 { PLAIN } else { LONG };
            let errors =
                P::FIELDS.iter().fold(FieldErrors::none(), |errors, field| errors.with(*field, words));
            let html = render(&shell, sample, &errors)?;
            self.pages.push(GalleryPage { name: format!("{name}-{number}-errors"), html, wrong: P::FIELDS });
        }
        Ok(())
    }
}

/// The shell of the sample with this number: an organisation's, one with a long name and a colour, a neutral one with
/// the demonstration's strip, one with a logo.
fn shell(number: usize, signed_in: bool) -> Shell {
    let northfield = Brand {
        support_email: Some("identity@northfield.example".into()),
        support_phone: Some("01632 960123".into()),
        ..Brand::new("NTH", "Northfield Hospitals")
    };
    let mut shell = match number % 4 {
        0 => Shell::new("Northfield Staff").of(northfield),
        1 => Shell::new("Gwasanaeth Hunaniaeth Ddigidol Staff Iechyd a Gofal Cymunedol").of(Brand {
            colour: Colour::parse("#7a1f5c").ok(),
            support_phone: None,
            ..Brand::new("LLN", "Bwrdd Iechyd Cymunedol a Gwasanaethau Iechyd Meddwl Llanfihangel-y-Creuddyn")
        }),
        2 => Shell { demonstration: true, ..Shell::new("Fobwatch") },
        _ => Shell::new("Southmere Staff").of(Brand {
            logo_url: crate::assets::path_of("favicon.svg").map(String::from),
            colour: Colour::parse("#f2d16b").ok(),
            ..Brand::new("STH", "Southmere Community Trust")
        }),
    };
    shell.rules = HouseRules {
        code_lifetime: "15 minutes".into(),
        codes_per_hour: 5,
        code_wrong_tries: 5,
        registration_lifetime: "24 hours".into(),
        session_idle: "30 minutes".into(),
        session_absolute: "12 hours".into(),
    };
    match (signed_in, number) {
        (false, _) => shell,
        (true, 0) => with_navigation(shell.for_person("Amina Khan"), &PLACES[..6]),
        (true, _) => with_review(
            number,
            with_navigation(
                shell.for_person("Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour"),
                &PLACES,
            ),
        ),
    }
}

const PLACES: [(Place, &str); 7] = [
    (Place::Home, "/home"),
    (Place::SecurityInfo, "/security-info"),
    (Place::Smartcard, "/smartcard"),
    (Place::Passport, "/passport"),
    (Place::Activity, "/activity"),
    (Place::Devices, "/devices"),
    (Place::Console, "/console"),
];

/// Some people have something to review: one thing, two, three.
fn with_review(number: usize, mut shell: Shell) -> Shell {
    let count = u32::try_from(number % 4).unwrap_or(0);
    shell.review = (count > 0).then(|| ReviewBanner { count, href: "/passport".into() });
    shell
}

fn with_navigation(mut shell: Shell, places: &[(Place, &str)]) -> Shell {
    shell.navigation =
        places.iter().map(|(place, href)| NavigationLink { place: *place, href: (*href).into() }).collect();
    shell.session = Some(SessionEnd {
        at: "2:59am".into(),
        seconds_left: 1_800,
        warn_seconds: 120,
        left_href: "/session".into(),
        stay_action: "/session/stay".into(),
        over_href: "/sign-in?signed=ended".into(),
    });
    shell
}
