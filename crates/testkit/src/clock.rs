//! A clock that only the test turns.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Sunday 22 November 2026, 10:00 in London (winter: local time is UTC).
const START: Timestamp = Timestamp::constant(1_795_341_600, 0);

/// A clock that stands still until a test turns it. Clones show the same time.
#[derive(Debug, Clone)]
pub struct TurnableClock(Arc<Mutex<Timestamp>>);

impl TurnableClock {
    /// A clock that shows 2026-11-22T10:00Z.
    pub fn new() -> Self {
        Self::at(START)
    }

    /// A clock that shows `instant`.
    pub fn at(instant: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(instant)))
    }

    /// The instant it shows.
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns it forward by `by` (backward when negative) and returns the new instant.
    ///
    /// # Panics
    /// When the result lies outside the years that [`Timestamp`] can hold.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = shown.checked_add(by).expect("a test stays within the calendar");
        *shown
    }

    /// Makes it show `instant`.
    pub fn set(&self, instant: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = instant;
    }
}

impl journeys::Clock for TurnableClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}

impl Default for TurnableClock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_still_until_turned_and_its_clones_turn_with_it() {
        let clock = TurnableClock::new();
        let same = clock.clone();
        assert_eq!(same.now().to_string(), "2026-11-22T10:00:00Z");
        clock.advance(SignedDuration::from_mins(15));
        assert_eq!(same.now().to_string(), "2026-11-22T10:15:00Z");
        clock.advance(SignedDuration::from_mins(-30));
        assert_eq!(same.now().to_string(), "2026-11-22T09:45:00Z");
    }
}
