//! *Recent activity*, and *report this*.

use serde::Serialize;

use crate::{Page, Place};

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Happening {
    /// What, in words: "Signed in".
    pub what: String,
    /// By which means: "Authenticator app".
    pub means: Option<String>,
    /// When, in words: "22 November 2026 at 9:58am".
    pub when: String,
    /// "Firefox, Windows 10"; none where the browser did not say.
    pub browser: Option<String>,
    /// The range of the network: "192.0.2.0/24".
    pub network: Option<String>,
    /// Whether it was a try that failed.
    pub attempt: bool,
    /// Whether the service desk or an administrator did it.
    pub by_staff: bool,
    /// Whether it happened in the session in which the page is read.
    pub this_session: bool,
    /// The number of the report; none where it was not reported.
    pub report_number: Option<String>,
    /// Where it can be reported; none where there is nothing to report.
    pub report_href: Option<String>,
}

impl Happening {
    pub(crate) fn samples() -> Vec<Self> {
        let signed_in = Self {
            what: "Signed in".into(),
            means: Some("Authenticator app".into()),
            when: "22 November 2026 at 9:58am".into(),
            browser: Some("Firefox, Windows 10".into()),
            network: Some("192.0.2.0/24".into()),
            attempt: false,
            by_staff: false,
            this_session: true,
            report_number: None,
            report_href: None,
        };
        let wrong = Self {
            what: "Wrong password".into(),
            means: None,
            when: "22 November 2026 at 3:01am".into(),
            browser: None,
            attempt: true,
            this_session: false,
            report_href: Some("/activity/2/report".into()),
            ..signed_in.clone()
        };
        let reported = Self {
            report_href: None,
            report_number: Some("ABCD-2345".into()),
            browser: Some("Some browser with a name that nobody has ever heard of, Windows 98".into()),
            network: Some("2001:0db8:85a3:0000::/64".into()),
            ..wrong.clone()
        };
        let desk = Self {
            what: "Service desk checked who was calling".into(),
            means: Some("Text message".into()),
            browser: None,
            network: None,
            attempt: false,
            by_staff: true,
            report_href: Some("/activity/4/report".into()),
            ..wrong.clone()
        };
        vec![signed_in, wrong, reported, desk]
    }
}

/// *Recent activity*.
#[derive(Debug, Clone, Serialize)]
pub struct RecentActivity {
    /// The newest first.
    pub happenings: Vec<Happening>,
    /// Where older ones are; none where these are all.
    pub older_href: Option<String>,
    /// Where the newest are; none where these are they.
    pub newest_href: Option<String>,
    /// How many days it is kept.
    pub kept_days: u32,
}

impl Page for RecentActivity {
    const TEMPLATE: &'static str = "activity.html";
    const PLACE: Option<Place> = Some(Place::Activity);

    fn samples() -> Vec<Self> {
        let plain = Self {
            happenings: Happening::samples(),
            older_href: Some("/activity?before=4".into()),
            newest_href: None,
            kept_days: 90,
        };
        let last = Self { older_href: None, newest_href: Some("/activity".into()), ..plain.clone() };
        let none = Self { happenings: Vec::new(), ..last.clone() };
        vec![plain, last, none]
    }
}

/// *Report this*: before anything is done.
#[derive(Debug, Clone, Serialize)]
pub struct ReportActivity {
    /// Where the form posts to.
    pub action: String,
    /// What would be reported.
    pub happening: Happening,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ReportActivity {
    const TEMPLATE: &'static str = "activity-report.html";
    const PLACE: Option<Place> = Some(Place::Activity);

    fn samples() -> Vec<Self> {
        Happening::samples()
            .into_iter()
            .map(|happening| Self {
                action: "/activity/2/report".into(),
                happening,
                back: Some("/activity".into()),
            })
            .collect()
    }
}

/// It was reported: the number, and a new password next.
#[derive(Debug, Clone, Serialize)]
pub struct Reported {
    /// What the service desk asks for: "ABCD-2345".
    pub number: String,
    /// Where a new password is chosen.
    pub password_href: String,
}

impl Page for Reported {
    const TEMPLATE: &'static str = "activity-reported.html";
    const PLACE: Option<Place> = Some(Place::Activity);

    fn samples() -> Vec<Self> {
        vec![Self { number: "ABCD-2345".into(), password_href: "/security-info/password".into() }]
    }
}
