//! The dashboard: an organisation's figures as plots, each with its table.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::plot::{Plot, PlotRow};
use crate::{Page, Place};

/// A range that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RangeLink {
    /// For how many days.
    pub days: u32,
    /// Where it is; none for the one that is shown.
    pub href: Option<String>,
}

/// A kind of try that failed, and how often. The words of `kind` and `detail` are in the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedTries {
    /// Such as `password-wrong`.
    pub kind: String,
    /// What it was about, such as a kind of method.
    pub detail: Option<String>,
    /// The code that the person saw, where there is one.
    pub code: Option<String>,
    /// How often.
    pub count: u64,
}

/// How messages fared with one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderLine {
    /// `email` or `text`.
    pub channel: String,
    /// Who carried them; none for the mail server, and for texts that nobody has taken.
    pub provider: Option<String>,
    /// Half of them took no longer than so many seconds.
    pub median_seconds: Option<u64>,
    /// Not taken yet.
    pub waiting: u64,
}

/// The figures.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleDashboard {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// For how many days.
    pub range: u32,
    /// The ranges that can be chosen.
    pub ranges: Vec<RangeLink>,
    /// How many accounts there are.
    pub accounts: u64,
    /// Sign-ins by day: done, failed.
    pub sign_ins: Plot,
    /// Resets and unlocks by day: reset, unlocked, failed.
    pub resets: Plot,
    /// Methods now, by kind; a row's label is the kind's name.
    pub methods: Plot,
    /// How many people have a method of each kind, in the order of the rows.
    pub method_people: Vec<u64>,
    /// Tries that failed; a row's label is its place in `refused_tries`.
    pub refused: Plot,
    /// The same in their order.
    pub refused_tries: Vec<RefusedTries>,
    /// Messages by provider: sent, delivered, failed or given up.
    pub deliveries: Plot,
    /// The same in their order.
    pub providers: Vec<ProviderLine>,
}

impl Page for ConsoleDashboard {
    const TEMPLATE: &'static str = "console-dashboard.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let row = |label: &str, counts: &[u64]| PlotRow {
            label: label.into(),
            short: label.into(),
            counts: counts.to_vec(),
        };
        let days = |parts: usize| -> Vec<PlotRow> {
            (1..=30)
                .map(|day: u64| PlotRow {
                    label: format!("{day} November 2026"),
                    short: format!("{day} Nov"),
                    counts: [900 + day * 37 % 290, day * 13 % 71, day % 5].into_iter().take(parts).collect(),
                })
                .collect()
        };
        let range = |days: u32, href: Option<&str>| RangeLink { days, href: href.map(Into::into) };
        let provider = |channel: &str, provider: Option<&str>, median| ProviderLine {
            channel: channel.into(),
            provider: provider.map(Into::into),
            median_seconds: median,
            waiting: 2,
        };
        let tries = |kind: &str, detail: Option<&str>, code: Option<&str>, count| RefusedTries {
            kind: kind.into(),
            detail: detail.map(Into::into),
            code: code.map(Into::into),
            count,
        };
        let full = Self {
            frame: ConsoleFrame::sample(ConsolePart::Dashboard),
            range: 30,
            ranges: vec![
                range(7, Some("/console/dashboard?days=7")),
                range(30, None),
                range(90, Some("/console/dashboard?days=90")),
            ],
            accounts: 4_120,
            sign_ins: Plot::standing("sign-ins", 2, days(2)),
            resets: Plot::standing("resets", 3, days(3)),
            methods: Plot::lying(
                "methods",
                1,
                vec![
                    row("Authenticator app", &[2_400]),
                    row("Text message", &[1_900]),
                    row("Office phone", &[3]),
                ],
            ),
            method_people: vec![2_310, 1_880, 3],
            refused: Plot::lying(
                "refused",
                1,
                vec![row("Wrong password", &[840]), row("Wrong code, Authenticator app", &[99])],
            ),
            refused_tries: vec![
                tries("password-wrong", None, Some("FW-1201"), 840),
                tries("factor-wrong", Some("app"), Some("FW-1101"), 99),
            ],
            deliveries: Plot::lying(
                "deliveries",
                3,
                vec![row("Mail server", &[9_100, 0, 4]), row("GOV.UK Notify", &[20, 4_100, 51])],
            ),
            providers: vec![
                provider("email", None, Some(3)),
                provider("text", Some("govuk-notify"), Some(75)),
            ],
        };
        let empty = Self {
            accounts: 0,
            sign_ins: Plot::standing("sign-ins", 2, Vec::new()),
            resets: Plot::standing("resets", 3, Vec::new()),
            methods: Plot::lying("methods", 1, Vec::new()),
            method_people: Vec::new(),
            refused: Plot::lying("refused", 1, Vec::new()),
            refused_tries: Vec::new(),
            deliveries: Plot::lying("deliveries", 3, Vec::new()),
            providers: Vec::new(),
            ..full.clone()
        };
        vec![full, empty]
    }
}
