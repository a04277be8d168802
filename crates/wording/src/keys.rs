//! Every key that a text exists for, with the values it takes.
//!
//! The lists are the contract with those who ask for texts: a test compares them with the message files, so a
//! key that nobody wrote, a text that nobody listed and a value that a text does not use are all found.

/// A key and the names of the values that its text takes.
pub type Key = (&'static str, &'static [&'static str]);

/// Beside a field: `FIELD-PROBLEM`, in the words of the problem enums of the rules.
pub const ERRORS: &[Key] = &[
    ("email-empty", &[]),
    ("email-malformed", &[]),
    ("email-too-long", &[]),
    ("code-empty", &[]),
    ("code-too-short", &[]),
    ("code-too-long", &[]),
    ("code-not-digits", &[]),
    ("code-wrong-left", &["left"]),
    ("code-expired", &[]),
    ("code-not-sent", &[]),
    ("code-used-up", &[]),
    ("totp-empty", &[]),
    ("totp-too-short", &[]),
    ("totp-too-long", &[]),
    ("totp-not-digits", &[]),
    ("totp-wrong", &[]),
    ("totp-used-up", &[]),
    ("password-empty", &[]),
    ("password-too-short", &["min"]),
    ("password-too-long", &["max"]),
    ("password-holds-name", &[]),
    ("password-breached", &[]),
    ("password-too-guessable", &[]),
    ("first-name-empty", &[]),
    ("first-name-too-long", &[]),
    ("first-name-unreadable", &[]),
    ("last-name-empty", &[]),
    ("last-name-too-long", &[]),
    ("last-name-unreadable", &[]),
    ("birth-empty", &[]),
    ("birth-missing-day", &[]),
    ("birth-missing-month", &[]),
    ("birth-missing-year", &[]),
    ("birth-not-a-date", &[]),
    ("birth-in-future", &[]),
    ("birth-too-long-ago", &[]),
    ("birth-too-young", &[]),
    ("phone-empty", &[]),
    ("phone-not-a-number", &[]),
    ("phone-not-uk", &[]),
    ("phone-not-mobile", &[]),
    ("phone-personal", &[]),
    ("phone-premium", &[]),
    ("staff-group-empty", &[]),
    ("staff-group-unknown", &[]),
    ("factor-empty", &[]),
    ("factor-unknown", &[]),
    ("next-empty", &[]),
    ("sign-in-password-empty", &[]),
    ("sign-in-wrong", &[]),
    ("user-name-empty", &[]),
    ("confirm-wrong", &[]),
    ("method-empty", &[]),
    ("recovery-code-empty", &[]),
    ("recovery-code-malformed", &[]),
    ("recovery-code-wrong", &[]),
    ("recovery-code-used-up", &[]),
];

/// The public codes of refusals, with the values that their texts take. Each has a `…-title` and a `…-text`.
pub const REFUSALS: &[Key] = &[
    ("FW-1101", &[]),
    ("FW-1102", &[]),
    ("FW-1103", &[]),
    ("FW-1104", &["seconds"]),
    ("FW-1105", &[]),
    ("FW-1106", &[]),
    ("FW-1107", &["left"]),
    ("FW-1108", &["support"]),
    ("FW-1109", &["support"]),
    ("FW-1110", &[]),
    ("FW-1112", &[]),
    ("FW-1113", &["support"]),
    ("FW-1201", &[]),
    ("FW-1202", &["minutes", "support"]),
    ("FW-1203", &[]),
    ("FW-1204", &[]),
    ("FW-1205", &[]),
    ("FW-1206", &["support"]),
    ("FW-1900", &[]),
    ("FW-1901", &[]),
    ("FW-1902", &[]),
    ("FW-1903", &[]),
];

/// Small texts that pages are given from outside: where a link leads, and as much of a number as may be shown.
pub const LINKS: &[Key] = &[
    ("link-start", &[]),
    ("link-start-again", &[]),
    ("link-continue", &[]),
    ("link-sign-in", &[]),
    ("hint-number", &["digits"]),
];

/// What can happen around an account; the key of each is this after `activity-`.
pub const ACTIVITIES: &[&str] = &[
    "signed-in",
    "signed-out",
    "password-wrong",
    "factor-wrong",
    "proved-again",
    "signed-out-everywhere",
    "session-ended",
    "method-added",
    "method-changed",
    "method-removed",
    "passkey-added",
    "passkey-changed",
    "passkey-removed",
    "passkey-refused",
    "recovery-codes-made",
    "recovery-code-used",
    "device-remembered",
    "device-forgotten",
    "password-changed",
    "password-reset",
    "reset-started",
    "reset-failed",
    "unlocked",
    "account-disabled",
    "account-enabled",
    "caller-checked",
    "assisted-reset-started",
    "role-given",
    "role-taken",
    "reported",
];

/// By which means something was done; the key of each is this after `means-`.
pub const MEANS: &[&str] = &[
    "email",
    "text",
    "app",
    "alternative-phone",
    "office-phone",
    "passkey",
    "recovery-code",
    "remembered-device",
];

/// How to reach an organisation's support, to complete "contact …", for messages and refusals.
pub const SUPPORT: &[Key] = &[
    ("support-email-and-phone", &["email", "phone"]),
    ("support-organisation", &["organisation"]),
    ("support-unknown", &[]),
];
