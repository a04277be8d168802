//! Smartcards: passcodes and their ages, certificates and their renewal, and what the Registration Authority does.
//!
//! The guide to the Self Service Portal says the numbers; what has changed since in practice is a second [`Preset`]. An
//! organisation chooses one of the two and may then be stricter. All days are whole local days of the organisation.

mod age;
mod calendar;
mod due;
mod passcode;
mod preset;
#[cfg(test)]
mod properties;
mod ra;
mod settings;

pub use age::{CertificateAge, PasscodeAge, PasscodeTimeline, Renewal, RenewalRules};
pub use calendar::{CalendarEntry, Falls, Visit, VisitReason, calendar, visit};
pub use due::{Alert, AlertKind, DueMessage, Gate, MustSet, Standing, due_messages};
pub use passcode::{
    CardPasscode, CardProfile, Charset, Merged, PasscodeKind, PasscodeProblem, PasscodeRules, RuleOf,
    ServerPasscode, Strength, UnknownKind, UnknownProfile, check_passcode,
};
pub use preset::{PasscodeEntry, Preset, SmartcardRules, UnknownChoice, UnlockBy};
pub use ra::{RevocationReason, ServiceProblem, UnknownReason, may_serve};

/// A document by which the Registration Authority made sure who stands there: the same as at the service desk's counter.
pub use crate::desk::Document as DocumentSeen;
