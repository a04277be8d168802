//! *Devices and sessions*: where a person is signed in, which browsers are spared the second factor, and *sign out everywhere*.

use crate::session::Person;
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::{SignedDuration, Timestamp};
use rules::session::SessionAge;
use store::activity::ActivityKind;
use store::audit::Event;
use store::device::Device;
use store::session::Session;
use uuid::Uuid;
use wording::SecurityChange;

/// A browser that is spared the second factor.
#[derive(Debug, Clone)]
pub struct RememberedDevice {
    /// The browser.
    pub device: Device,
    /// Until when, UTC.
    pub until: Timestamp,
}

/// Where a person is signed in, and where they are known.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The sessions that can be used, the last used first.
    pub sessions: Vec<Session>,
    /// The browsers that are spared the second factor, the last used first.
    pub remembered: Vec<RememberedDevice>,
}

/// The person's sessions and remembered browsers.
///
/// # Errors
/// Where the database fails.
pub async fn overview(service: &Service, person: &Person) -> Result<Overview, Refusal> {
    let now = service.clock.now();
    let policy = &person.policy;
    let mut sessions = service.store.sessions_of(person.account.id).await?;
    sessions.retain(|session| {
        policy.session_age(session.started_at, session.last_seen_at, now) == SessionAge::Live
    });
    let days = i64::from(policy.remember_device_days);
    let lasts = SignedDuration::from_hours(24 * days);
    let devices = service.store.devices_of(person.account.id).await?;
    let remembered = devices
        .into_iter()
        .filter(|device| policy.is_remembered(device.remembered_at, now))
        .map(|device| {
            let until = device.remembered_at.unwrap_or(now).saturating_add(lasts).unwrap_or(Timestamp::MAX);
            RememberedDevice { device, until }
        })
        .collect();
    Ok(Overview { sessions, remembered })
}

/// Ends one of the person's sessions. One that is over already is no error.
///
/// # Errors
/// [`Refusal::NotFound`] where the id cannot be one of a session.
pub async fn end_session(
    service: &Service,
    person: &Person,
    session: &str,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let session = Uuid::parse_str(session).map_err(|_| Refusal::NotFound)?;
    let account = person.account.id;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.end_session(session, account, now).await? {
        let about = About { session: Some(session), visitor: Some(visitor), ..About::default() };
        service.note(&mut tx, account, ActivityKind::SessionEnded, about, now).await?;
        tx.audit(Event::SessionEnded { account, session }, now);
    }
    tx.commit().await?;
    Ok(())
}

/// From now on this browser is asked for the second factor again.
///
/// # Errors
/// [`Refusal::NotFound`] where the id cannot be one of a browser.
pub async fn forget(
    service: &Service,
    person: &Person,
    device: &str,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let device = Uuid::parse_str(device).map_err(|_| Refusal::NotFound)?;
    let account = person.account.id;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.forget_device(device, account).await? {
        let about = About { session: Some(person.session.id), visitor: Some(visitor), ..About::default() };
        service.note(&mut tx, account, ActivityKind::DeviceForgotten, about, now).await?;
        tx.audit(Event::DeviceForgotten { account, device }, now);
    }
    tx.commit().await?;
    Ok(())
}

/// *Sign out everywhere*: ends every session, this one too, and asks every browser for the second factor again.
///
/// # Errors
/// Where the database fails.
pub async fn sign_out_everywhere(
    service: &Service,
    person: &Person,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let account = &person.account;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let sessions = tx.end_sessions(account.id, now).await?;
    tx.forget_devices(account.id).await?;
    let about = About { session: Some(person.session.id), visitor: Some(visitor), ..About::default() };
    service.note(&mut tx, account.id, ActivityKind::SignedOutEverywhere, about, now).await?;
    tx.audit(Event::SignedOutEverywhere { account: account.id, sessions }, now);
    let change = SecurityChange::SignedOutEverywhere;
    service.tell_everywhere(&mut tx, account, &person.organisation, change, &[], now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}
