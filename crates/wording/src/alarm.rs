//! What an operator is alarmed about.

use serde::{Deserialize, Serialize};

use crate::Language;
use crate::phrase::text;

/// Something that costs money or time until somebody looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum AlarmCause {
    /// The day's text messages are being used up.
    TextBudget {
        /// The organisation whose they are; none for the whole installation.
        organisation: Option<String>,
        /// How much of them is used: 80 or 100.
        percent: u32,
        /// How many there are a day.
        budget: u32,
    },
    /// Codes sent by text to one range of numbers are hardly used.
    TextRange {
        /// How many were sent.
        sent: u32,
        /// How many of them were used.
        used: u32,
    },
}

impl AlarmCause {
    /// The cause in one or two sentences.
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::TextBudget { organisation, percent, budget } => {
                let whose =
                    organisation.clone().unwrap_or_else(|| text(language, "alarm-all-organisations", &[]));
                let (percent, budget) = (percent.to_string(), budget.to_string());
                let values = [("whose", whose.as_str()), ("percent", &percent), ("budget", &budget)];
                text(language, "alarm-texts-budget", &values)
            }
            Self::TextRange { sent, used } => {
                let (sent, used) = (sent.to_string(), used.to_string());
                text(language, "alarm-texts-range", &[("sent", &sent), ("used", &used)])
            }
        }
    }
}
