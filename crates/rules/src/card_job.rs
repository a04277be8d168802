//! How long what a job on a smartcard needs lives, and how often it may be asked for.

use crate::limits::Limit;
use jiff::SignedDuration;

/// A ticket starts the agent within so long; the page makes another by *Go on*.
pub const TICKET_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// What was typed on the page for a job is kept so long, sealed; after that the agent asks for it.
pub const TYPED_KEPT: SignedDuration = SignedDuration::from_mins(10);

/// An agent that was not heard for so long has stopped, whatever it was doing: the slowest order is a person who types.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// A job that was not finished in so long is given up, and what was issued in it revoked.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// A job for which an authority outside takes its time is kept so long after the authority was asked last, and after it has decided:
/// somebody there has to look at it, and the person has to come back to a reader.
pub const WAITING_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 14);

/// An authority that does not answer is asked again after so long.
pub const ASK_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// Jobs begun on one card: a person who tries again and again fits in.
pub const JOBS_PER_CARD: Limit =
    Limit { name: "card-jobs-per-card", at_most: 30, within: SignedDuration::from_hours(1) };

/// Tickets made for one job.
pub const TICKETS_PER_JOB: Limit =
    Limit { name: "card-tickets-per-job", at_most: 60, within: SignedDuration::from_hours(1) };

/// Evaluations of the history's function for one card. Six digits are a million guesses: so many an hour are hopeless.
pub const HISTORY_PER_CARD: Limit =
    Limit { name: "card-history-per-card", at_most: 20, within: SignedDuration::from_hours(1) };

/// Keys made on one card.
pub const KEYS_PER_CARD: Limit =
    Limit { name: "card-keys-per-card", at_most: 60, within: SignedDuration::from_hours(1) };
