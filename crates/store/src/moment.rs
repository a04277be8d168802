//! Moments as the database keeps them: milliseconds since 1970-01-01T00:00Z, in UTC. ISO text does not sort like time.

use crate::StoreError;
use jiff::Timestamp;

/// What is written.
pub(crate) fn millis(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// What was read.
///
/// # Errors
/// [`StoreError::Corrupt`] where the number is no moment.
pub(crate) fn moment(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Corrupt("a time is out of range"))
}

/// The same where there may be none.
pub(crate) fn maybe_moment(millis: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    millis.map(moment).transpose()
}
