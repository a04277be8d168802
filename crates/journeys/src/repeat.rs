//! Work that is done again and again while the service runs.

use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// Rounds of work. One that takes longer than the period puts the next one off.
pub(crate) struct Rounds {
    ticks: Interval,
    stop: CancellationToken,
}

impl Rounds {
    /// The first round at once, then one every `period`, until `stop`.
    pub(crate) fn every(period: Duration, stop: CancellationToken) -> Self {
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, stop }
    }

    /// Waits for the next round. Answers false where there is none any more.
    pub(crate) async fn next(&mut self) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            _ = self.ticks.tick() => true,
        }
    }
}
