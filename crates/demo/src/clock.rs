//! A clock that a person turns by hand.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use journeys::Clock;

use crate::kept::Kept;

/// Ten years: beyond that nothing of the guides is left to see.
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 3_653);

/// Another clock, turned forward by as much as is kept.
pub struct TurnedClock {
    base: Arc<dyn Clock>,
    kept: Arc<Kept>,
}

impl std::fmt::Debug for TurnedClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TurnedClock").field("turned", &self.turned()).finish_non_exhaustive()
    }
}

impl TurnedClock {
    pub(crate) fn new(base: Arc<dyn Clock>, kept: Arc<Kept>) -> Self {
        Self { base, kept }
    }

    /// How far it is ahead of the clock that it turns.
    pub fn turned(&self) -> SignedDuration {
        SignedDuration::from_secs(self.kept.turned_seconds())
    }

    /// Turns it forward, ten years ahead at most.
    pub fn turn(&self, by: SignedDuration) {
        let turned = self.turned().saturating_add(by).clamp(SignedDuration::ZERO, FURTHEST);
        self.kept.change(|drawer| drawer.turned_seconds = turned.as_secs());
    }

    /// Sets it back to the clock that it turns.
    pub fn turn_back(&self) {
        self.kept.change(|drawer| drawer.turned_seconds = 0);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        self.base.now().checked_add(self.turned()).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Demo;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            "2026-11-22T10:00:00Z".parse().unwrap()
        }
    }

    #[test]
    fn a_turned_clock_is_still_turned_when_the_demonstration_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("phone.json");
        let open = || Demo::open(&file, Arc::new(Stopped)).unwrap().clock();
        open().turn(SignedDuration::from_mins(15));
        open().turn(SignedDuration::from_hours(1));
        assert_eq!(open().now().to_string(), "2026-11-22T11:15:00Z");
        open().turn_back();
        assert_eq!(open().now(), Stopped.now());
    }

    #[test]
    fn the_clock_is_never_turned_beyond_ten_years_nor_before_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Demo::open(&folder.path().join("phone.json"), Arc::new(Stopped)).unwrap().clock();
        clock.turn(SignedDuration::MAX);
        assert_eq!(clock.now().to_string(), "2036-11-22T10:00:00Z");
        clock.turn(SignedDuration::MIN);
        assert_eq!(clock.now(), Stopped.now());
    }
}
