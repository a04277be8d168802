//! What falls due in the next twelve months, so that staffing can be planned: certificates by their last day, and passcodes by the
//! day on which they would lock the account if nobody changed them.

use crate::console::Staff;
use crate::smartcard::ra::queue::must_come_in;
use crate::smartcard::ra::rules_of;
use crate::{Refusal, Service};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rules::days::{after, before, begins};
use rules::role::Act;
use std::collections::BTreeMap;
use store::audit::Event;

/// So many calendar months, this one included.
const MONTHS: i32 = 12;

/// What falls due on one day, or in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// Certificates that their owners can renew alone.
    pub alone: u64,
    /// Certificates that are renewed at the Registration Authority.
    pub here: u64,
    /// Passcodes that would lock the account.
    pub locks: u64,
}

/// The forecast.
#[derive(Debug, Clone)]
pub struct Forecast {
    /// How many cards are in use.
    pub cards: u64,
    /// How many people must come in already.
    pub now: u64,
    /// Each local day from today on to the end of the eleventh month after this.
    pub days: BTreeMap<Date, Due>,
    /// The same by the first day of each month.
    pub months: BTreeMap<Date, Due>,
}

impl Forecast {
    /// The day on which most certificates end, and how many; none where none ends.
    pub fn busiest(&self) -> Option<(Date, u64)> {
        let ends = |due: &Due| due.alone + due.here;
        // Of several the first.
        let most = self.days.values().map(ends).max().filter(|most| *most > 0)?;
        self.days.iter().find(|(_, due)| ends(due) == most).map(|(day, _)| (*day, most))
    }
}

/// The forecast of the organisation. That somebody looked is recorded.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn show(service: &Service, staff: &Staff) -> Result<Forecast, Refusal> {
    staff.demand(Act::SeeForecast)?;
    let (store, organisation, rules) = (&service.store, staff.organisation(), rules_of(staff));
    let (today, zone) = (service.today(), &service.settings.time_zone);
    let end = today.first_of_month().saturating_add(MONTHS.months());
    let mut days: BTreeMap<Date, Due> =
        today.series(1.day()).take_while(|day| *day < end).map(|day| (day, Due::default())).collect();
    let span = (begins(today, zone), begins(end, zone));
    for ending in store.smartcards_ending(organisation, span, rules.renewal.self_service_limit).await? {
        if let Some(due) = days.get_mut(&service.local(ending.from).date()) {
            let part = if ending.at_the_authority { &mut due.here } else { &mut due.alone };
            *part += ending.cards;
        }
    }
    let locks = rules.timeline.locks;
    let set = (before(today, locks), before(end, locks));
    for (day, cards) in store.passcodes_set_between(organisation, set).await? {
        if let Some(due) = days.get_mut(&after(day, locks)) {
            due.locks += cards;
        }
    }
    let mut months: BTreeMap<Date, Due> = BTreeMap::new();
    for (day, due) in &days {
        let month = months.entry(day.first_of_month()).or_default();
        month.alone += due.alone;
        month.here += due.here;
        month.locks += due.locks;
    }
    let (cards, _) = store.count_smartcards(organisation).await?;
    let now = store.how_many_must_come_in(organisation, must_come_in(service, staff)).await?;
    let mut tx = store.begin().await?;
    tx.audit(Event::SmartcardForecastSeen { organisation, by: staff.id() }, service.clock.now());
    tx.commit().await?;
    Ok(Forecast { cards, now, days, months })
}
