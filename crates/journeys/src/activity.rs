//! *Recent activity*: what happened around a person's account, and *report this*.

use crate::codes::Destination;
use crate::deliver::GIVE_UP_AFTER;
use crate::notices::Concerning;
use crate::session::{Person, cookie_hash};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use store::activity::{Activity, ActivityKind};
use store::audit::Event;
use store::outbox::Channel;
use uuid::Uuid;
use vault::Token;
use wording::Message;

/// So long it is kept, in days.
pub const KEPT_DAYS: u32 = 90;

/// So much is shown on one page.
const PAGE: u32 = 25;

/// One page of what happened.
#[derive(Debug, Clone)]
pub struct ActivityPage {
    /// The newest first.
    pub activities: Vec<Activity>,
    /// Where older ones begin; none where there are none.
    pub older_than: Option<Uuid>,
}

/// What happened around the person's account before the activity `before`, or lately.
///
/// # Errors
/// [`Refusal::NotFound`] where the person has no such activity.
pub async fn recent(
    service: &Service,
    person: &Person,
    before: Option<&str>,
) -> Result<ActivityPage, Refusal> {
    let account = person.account.id;
    let before = match before {
        Some(id) => {
            let activity = one(service, person, id).await?;
            (activity.at, activity.id)
        }
        None => (Timestamp::MAX, Uuid::max()),
    };
    let mut activities = service.store.activity_of(account, before, PAGE + 1).await?;
    let more = activities.len() > PAGE as usize;
    activities.truncate(PAGE as usize);
    let older_than = activities.last().filter(|_| more).map(|last| last.id);
    Ok(ActivityPage { activities, older_than })
}

/// One happening around the person's account.
///
/// # Errors
/// [`Refusal::NotFound`] where there is none of this id around it.
pub async fn one(service: &Service, person: &Person, id: &str) -> Result<Activity, Refusal> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::NotFound)?;
    service.store.activity(id, person.account.id).await?.ok_or(Refusal::NotFound)
}

/// What comes of a report.
#[derive(Debug)]
pub struct Reported {
    /// What the service desk asks for.
    pub number: String,
    /// The session's new cookie; none where the same was reported before.
    pub session: Option<Token>,
}

/// *Report this*: it was not the person. Every other session ends, this one gets another cookie, every browser is asked for
/// the second factor again, and the person gets a number by which the service desk finds the report. A new password comes
/// next. Reported again, it keeps its number.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such activity around the account.
pub async fn report(
    service: &Service,
    person: &Person,
    id: &str,
    visitor: &Visitor,
) -> Result<Reported, Refusal> {
    let activity = one(service, person, id).await?;
    if let Some(number) = activity.report_number {
        return Ok(Reported { number, session: None });
    }
    let now = service.clock.now();
    let (account, session) = (&person.account, person.session.id);
    let number = number(service);
    let token = Token::new(service.random.as_ref());
    let mut tx = service.store.begin().await?;
    if !tx.report_activity(activity.id, account.id, &number, now).await?
        || !tx.renew_session(session, account.id, &cookie_hash(service, &token), now).await?
    {
        // Another tab was faster: its number is the one that counts.
        drop(tx);
        let number = one(service, person, id).await?.report_number.ok_or(Refusal::NotSignedIn)?;
        return Ok(Reported { number, session: None });
    }
    tx.end_other_sessions(account.id, session, now).await?;
    tx.forget_devices(account.id).await?;
    let about = About { session: Some(session), visitor: Some(visitor), ..About::default() };
    service.note(&mut tx, account.id, ActivityKind::Reported, about, now).await?;
    tx.audit(
        Event::ActivityReported { account: account.id, activity: activity.id, number: number.clone() },
        now,
    );
    let message = Message::ActivityReported {
        service: service.settings.service_name.clone(),
        number: number.clone(),
        when: wording::date_and_time(wording::Language::En, service.local(activity.at).datetime()),
        support: service.support(&person.organisation),
    };
    let message_id = vault::new_id(now, service.random.as_ref());
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    let concerning = Concerning { subject: None, ..Concerning::account(account) };
    let to = Destination { channel: Channel::Email, to: &account.email };
    service.write_message(&mut tx, concerning, message_id, to, message, give_up_at, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(Reported { number, session: Some(token) })
}

/// A number that can be read out over a telephone: no two of its signs are mistaken for each other.
fn number(service: &Service) -> String {
    let signs = vault::random_signs(service.random.as_ref(), rules::recovery::SIGNS, 8);
    let (first, second) = signs.expose().split_at(4);
    format!("{first}-{second}").to_ascii_uppercase()
}
