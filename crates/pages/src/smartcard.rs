//! The Self Service Portal for smartcards (guide 001): what its pages share. Each page holds a [`PortalFrame`], and its template
//! extends `smartcard.html`, which shows the tabs of the guide.

mod gate;
mod home;
mod job;
mod panel;
mod passcodes;
mod renew;
mod revoke;
mod unlock;

pub use gate::{AlertLine, SmartcardAlert, SmartcardStopped, StoppedWhy};
pub use home::{
    CalendarEntry, CalendarWhat, CardState, CardSummary, CertificateLine, CertificatePurpose,
    CertificateState, PortalDone, RenewalsLeft, SmartcardHome,
};
pub use job::{CardJobKind, CardJobProgress, CardJobState, SmartcardJob};
pub use panel::{PanelState, SmartcardPanel};
pub use passcodes::{
    CardPasscodeRule, ForcedWhy, ManagePasscodes, PasscodeLine, PasscodeName, PasscodeState,
};
pub use renew::{RenewCertificates, RenewalVisit, RenewalWay};
pub use revoke::{CardChoice, RevokeCertificates};
pub use unlock::{UnlockByCode, UnlockByPasscode, UnlockSendCode};

use serde::Serialize;

/// The tabs of the portal, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the tab that its name says; its words are in smartcard.html")]
pub enum PortalTab {
    Home,
    ManagePasscodes,
    RenewCertificates,
    RevokeCertificates,
}

/// One tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortalTabLink {
    /// Which.
    pub tab: PortalTab,
    /// Where it leads.
    pub href: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// How the Registration Authority of the organisation is reached, where it is not the organisation's support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistrationAuthority {
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Where it is and when it is open, in the organisation's own words.
    pub place: Option<String>,
}

/// What surrounds every page of the portal inside the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortalFrame {
    /// The tabs, in their order.
    pub tabs: Vec<PortalTabLink>,
    /// Whom the person is sent to; none where the organisation's support tells.
    pub authority: Option<RegistrationAuthority>,
}

impl PortalFrame {
    /// A frame for samples.
    pub fn sample(current: Option<PortalTab>) -> Self {
        let tab = |tab, href: &str| PortalTabLink { tab, href: href.into(), current: current == Some(tab) };
        Self {
            tabs: vec![
                tab(PortalTab::Home, "/smartcard"),
                tab(PortalTab::ManagePasscodes, "/smartcard/passcodes"),
                tab(PortalTab::RenewCertificates, "/smartcard/renew"),
                tab(PortalTab::RevokeCertificates, "/smartcard/revoke"),
            ],
            authority: None,
        }
    }

    /// The same with a Registration Authority that says where it is.
    pub(crate) fn sample_with_authority(current: Option<PortalTab>) -> Self {
        Self {
            authority: Some(RegistrationAuthority {
                email: Some("registration.authority@northfield.example".into()),
                phone: Some("01632 960456".into()),
                place: Some("Room 2.14, Education Centre. Monday to Friday, 8am to 4pm".into()),
            }),
            ..Self::sample(current)
        }
    }
}
