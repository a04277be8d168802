//! What falls due in the next twelve months, so that staffing can be planned.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::plot::{Plot, PlotRow};
use crate::{Page, Place};

/// What falls due when.
#[derive(Debug, Clone, Serialize)]
pub struct RaForecast {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// How many cards are in use.
    pub cards: u64,
    /// How many people must come in now already.
    pub now: u64,
    /// By month: certificates that their owners can renew alone, those that are renewed here, passcodes that would lock the
    /// account if they were not changed.
    pub months: Plot,
    /// The busiest day and how many certificates end on it; none where nothing is due.
    pub busiest: Option<(String, u64)>,
    /// By day, as a file.
    pub csv_href: String,
    /// Who must come in.
    pub queue_href: String,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for RaForecast {
    const TEMPLATE: &'static str = "console-ra-forecast.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let months = [
            ("December 2026", "Dec 26"),
            ("January 2027", "Jan 27"),
            ("February 2027", "Feb 27"),
            ("March 2027", "Mar 27"),
            ("April 2027", "Apr 27"),
            ("May 2027", "May 27"),
            ("June 2027", "Jun 27"),
            ("July 2027", "Jul 27"),
            ("August 2027", "Aug 27"),
            ("September 2027", "Sep 27"),
            ("October 2027", "Oct 27"),
            ("November 2027", "Nov 27"),
        ];
        let rows = (1_u64..)
            .zip(months)
            .map(|(month, (label, short))| PlotRow {
                label: label.into(),
                short: short.into(),
                counts: vec![110 + month * 37 % 90, 20 + month * 13 % 31, 300 + month * 71 % 120],
            })
            .collect();
        let full = Self {
            frame: ConsoleFrame::sample(ConsolePart::Smartcards),
            cards: 4_120,
            now: 38,
            months: Plot::standing("due", 3, rows),
            busiest: Some(("27 June 2027".into(), 61)),
            csv_href: "/console/smartcards/forecast.csv".into(),
            queue_href: "/console/smartcards/queue".into(),
            back: Some("/console/smartcards".into()),
        };
        let empty = Self {
            cards: 0,
            now: 0,
            months: Plot::standing("due", 3, Vec::new()),
            busiest: None,
            ..full.clone()
        };
        let one = Self { cards: 1, now: 1, busiest: Some(("1 March 2027".into(), 1)), ..full.clone() };
        vec![full, empty, one]
    }
}
