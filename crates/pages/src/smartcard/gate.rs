//! What comes before anything else at sign-in: an alert that can be put off, or the way to the Registration Authority.

use serde::Serialize;

use crate::smartcard::PortalFrame;
use crate::{Page, Place};

/// Something that falls due soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum AlertLine {
    /// The passcodes.
    Passcodes {
        /// Until they must be changed: 14 down to 1.
        days_left: u32,
        /// The day on which they must be, in words.
        due: String,
    },
    /// The certificates.
    Certificates {
        /// Until they expire.
        days_left: u32,
        /// Their last day, in words.
        until: String,
        /// Whether the Registration Authority must renew them.
        at_the_registration_authority: bool,
    },
}

/// An alert, once a day: *renew now* or *later*.
#[derive(Debug, Clone, Serialize)]
pub struct SmartcardAlert {
    /// The tabs.
    pub frame: PortalFrame,
    /// Where the answer posts to, under the name `answer`: `passcodes`, `certificates` or `later`.
    pub action: String,
    /// What falls due.
    pub alerts: Vec<AlertLine>,
}

impl Page for SmartcardAlert {
    const TEMPLATE: &'static str = "smartcard-alert.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);

    fn samples() -> Vec<Self> {
        let certificates = |days_left, at_the_registration_authority| AlertLine::Certificates {
            days_left,
            until: "24 December 2026".into(),
            at_the_registration_authority,
        };
        let passcodes = |days_left| AlertLine::Passcodes { days_left, due: "6 December 2026".into() };
        [
            vec![passcodes(14)],
            vec![certificates(30, false)],
            vec![passcodes(1), certificates(21, true)],
            vec![certificates(90, true)],
        ]
        .map(|alerts| Self {
            frame: PortalFrame::sample_with_authority(None),
            action: "/smartcard/alert".into(),
            alerts,
        })
        .to_vec()
    }
}

/// Why the person can do nothing here but what keeps them safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum StoppedWhy {
    /// The passcodes were not changed in time.
    Locked {
        /// Since when, in words.
        since: String,
    },
    /// The certificates have expired.
    Expired {
        /// Their last day, in words.
        until: String,
    },
    /// The certificates must be renewed now, and the person cannot do it by themselves any more.
    ThirdRenewal {
        /// Their last day, in words.
        until: String,
    },
}

/// Visit the Registration Authority.
#[derive(Debug, Clone, Serialize)]
pub struct SmartcardStopped {
    /// The tabs.
    pub frame: PortalFrame,
    /// Why.
    #[serde(flatten)]
    pub why: StoppedWhy,
    /// The public code for the service desk: "FW-2003".
    pub code: String,
    /// *Security info*.
    pub security_href: String,
    /// *Revoke Certificates*.
    pub revoke_href: String,
}

impl Page for SmartcardStopped {
    const TEMPLATE: &'static str = "smartcard-stopped.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);

    fn samples() -> Vec<Self> {
        [
            (StoppedWhy::Locked { since: "27 December 2026".into() }, "FW-2003"),
            (StoppedWhy::Expired { until: "24 December 2026".into() }, "FW-2004"),
            (StoppedWhy::ThirdRenewal { until: "24 December 2026".into() }, "FW-2005"),
        ]
        .map(|(why, code)| Self {
            frame: PortalFrame::sample_with_authority(None),
            why,
            code: code.into(),
            security_href: "/security-info".into(),
            revoke_href: "/smartcard/revoke".into(),
        })
        .to_vec()
    }
}
