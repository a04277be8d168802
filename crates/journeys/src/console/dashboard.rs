//! The dashboard: an organisation's figures by local day, and how its people and messages stand now.

use crate::console::Staff;
use crate::{Refusal, Service};
use jiff::civil::Date;
use rules::activity::ActivityKind;
use rules::days::{begins, days_until, stretches};
use rules::method::MethodKind;
use rules::role::Act;
use store::console_figures::{FailedTries, Reach, TimeToDeliver};
use store::delivery::ProviderDeliveries;

/// For how many days figures are shown.
pub const RANGES: [u32; 3] = [7, 30, 90];

/// The range that is shown unless somebody asks for another one.
const USUAL: u32 = 30;

/// What happened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayFigures {
    /// The local day.
    pub day: Date,
    /// Sign-ins.
    pub signed_in: u64,
    /// Wrong passwords, second factors and passkeys.
    pub not_signed_in: u64,
    /// Passwords that their owners reset.
    pub reset: u64,
    /// Accounts that their owners, or the desk, unlocked.
    pub unlocked: u64,
    /// Proofs that failed in a reset.
    pub reset_failed: u64,
}

/// All that the dashboard shows.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// For how many days.
    pub range: u32,
    /// Each day, the earliest first.
    pub days: Vec<DayFigures>,
    /// How many accounts there are.
    pub accounts: u64,
    /// Sign-in methods, by kind.
    pub methods: Vec<(MethodKind, Reach)>,
    /// Tries that failed, the most frequent first.
    pub failed: Vec<FailedTries>,
    /// What became of messages, by provider.
    pub deliveries: Vec<ProviderDeliveries>,
    /// How long they took.
    pub times: Vec<TimeToDeliver>,
}

/// The range that somebody asks for.
pub fn range(asked: &str) -> u32 {
    asked.parse().ok().filter(|days| RANGES.contains(days)).unwrap_or(USUAL)
}

/// The figures of the last `range` local days, today included.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn show(service: &Service, staff: &Staff, range: u32) -> Result<Dashboard, Refusal> {
    staff.demand(Act::SeeDashboard)?;
    let (store, organisation) = (&service.store, staff.organisation());
    let (today, zone) = (service.today(), &service.settings.time_zone);
    let mut days: Vec<DayFigures> = days_until(today, range)
        .into_iter()
        .map(|day| DayFigures { day, signed_in: 0, not_signed_in: 0, reset: 0, unlocked: 0, reset_failed: 0 })
        .collect();
    let mut first = 0;
    for stretch in stretches(today, range, zone) {
        for counted in store.activity_by_day(organisation, &stretch).await? {
            let place = usize::try_from(first + counted.day).unwrap_or(usize::MAX);
            if let Some(figures) = days.get_mut(place) {
                add(figures, counted.kind, counted.count);
            }
        }
        first += stretch.days;
    }
    let since = days.first().map_or(jiff::Timestamp::MIN, |figures| begins(figures.day, zone));
    Ok(Dashboard {
        range,
        days,
        accounts: store.count_accounts(organisation).await?,
        methods: store.methods_by_kind(organisation).await?,
        failed: store.failed_tries(organisation, since).await?,
        deliveries: store.deliveries_by_provider(organisation, since).await?,
        times: store.times_to_deliver(organisation, since).await?,
    })
}

fn add(figures: &mut DayFigures, kind: ActivityKind, count: u64) {
    match kind {
        ActivityKind::SignedIn => figures.signed_in += count,
        ActivityKind::PasswordWrong | ActivityKind::FactorWrong | ActivityKind::PasskeyRefused => {
            figures.not_signed_in += count;
        }
        ActivityKind::PasswordReset => figures.reset += count,
        ActivityKind::Unlocked => figures.unlocked += count,
        ActivityKind::ResetFailed => figures.reset_failed += count,
        _ => {}
    }
}
