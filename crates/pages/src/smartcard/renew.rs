//! *Renew Certificates*: *Update My Card* (guide 001, section 2.1), or who must be visited and why.

use serde::Serialize;

use crate::smartcard::{PortalFrame, PortalTab};
use crate::{Page, Place};

/// Why the Registration Authority must be visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RenewalVisit {
    /// The person has renewed as often as they can by themselves.
    ThirdRenewal,
    /// The certificates have expired.
    Expired,
    /// There is no card that could be renewed.
    NoCard,
}

/// How the certificates can be renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "way", rename_all = "kebab-case")]
pub enum RenewalWay {
    /// By the person, now.
    Now {
        /// How often they can do it by themselves, with this time; none where that is not limited.
        left: Option<u32>,
        /// The last day of the certificates, in words.
        until: String,
        /// Until they expire.
        days_left: u32,
    },
    /// By the person, later.
    Later {
        /// The first day on which they can, in words.
        from: String,
        /// The last day of the certificates, in words.
        until: String,
    },
    /// By the Registration Authority.
    Visit {
        /// Why.
        why: RenewalVisit,
        /// The last day of the certificates, in words; none where there are none.
        until: Option<String>,
    },
}

/// *Renew Certificates*.
#[derive(Debug, Clone, Serialize)]
pub struct RenewCertificates {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where *OK* posts to.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel_href: String,
    /// Whether this comes before anything else.
    pub forced: bool,
    /// Whether the agent on the workstation asks for the passcode, so that this page has no field for it.
    pub agent_asks: bool,
    /// How they can be renewed.
    pub renewal: RenewalWay,
}

impl Page for RenewCertificates {
    const TEMPLATE: &'static str = "smartcard-renew.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);
    const FIELDS: &'static [&'static str] = &["passcode"];

    fn samples() -> Vec<Self> {
        let now = |left, days_left| RenewalWay::Now { left, until: "24 December 2026".into(), days_left };
        let plain = Self {
            frame: PortalFrame::sample(Some(PortalTab::RenewCertificates)),
            action: "/smartcard/renew".into(),
            cancel_href: "/smartcard".into(),
            forced: false,
            agent_asks: false,
            renewal: now(Some(2), 29),
        };
        let forced = Self { forced: true, renewal: now(Some(1), 20), ..plain.clone() };
        let agent_asks = Self { agent_asks: true, renewal: now(None, 1), ..plain.clone() };
        let later = Self {
            renewal: RenewalWay::Later { from: "24 November 2026".into(), until: "24 December 2026".into() },
            ..plain.clone()
        };
        let visit = |why| Self {
            frame: PortalFrame::sample_with_authority(Some(PortalTab::RenewCertificates)),
            renewal: RenewalWay::Visit { why, until: Some("24 December 2026".into()) },
            ..plain.clone()
        };
        let third = Self { forced: true, ..visit(RenewalVisit::ThirdRenewal) };
        let none =
            Self { renewal: RenewalWay::Visit { why: RenewalVisit::NoCard, until: None }, ..plain.clone() };
        let expired = visit(RenewalVisit::Expired);
        vec![plain, forced, agent_asks, later, third, expired, none]
    }
}
