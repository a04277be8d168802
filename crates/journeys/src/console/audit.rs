//! The audit of one organisation, for its auditors and administrators.

use crate::console::Staff;
use crate::{Refusal, Service};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use rules::email::EmailAddress;
use rules::role::Act;
use std::collections::HashMap;
use store::audit::{AuditFilter, AuditRecord, Event};
use uuid::Uuid;

/// So many records stand on a page.
const PER_PAGE: u32 = 50;

/// What somebody looks for in the audit, as they typed it; what is empty is not looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The address of somebody who did it or to whom it was done.
    pub person: &'a str,
    /// The kind of event.
    pub kind: &'a str,
    /// The first local day, like 2026-11-22.
    pub from: &'a str,
    /// The last local day.
    pub to: &'a str,
    /// The number of the record before which the page begins.
    pub before: &'a str,
}

/// Somebody who is named in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Their account.
    pub id: Uuid,
    /// First and last name.
    pub name: String,
}

/// One record.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub seq: i64,
    /// UTC.
    pub at: Timestamp,
    /// The kind of event, such as `signed_in`.
    pub kind: String,
    /// Whose account it is about.
    pub about: Option<Named>,
    /// Who did it, where somebody else did.
    pub by: Option<Named>,
    /// What else the record says that people can read: role, kind of method, reason.
    pub details: Vec<(String, String)>,
}

/// A page of the audit.
#[derive(Debug, Clone)]
pub struct Page {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// The number before which the next page begins.
    pub older: Option<i64>,
}

/// Details that are words, not ids.
const DETAILS: [&str; 22] = [
    "role",
    "kind",
    "kinds",
    "blanked",
    "act",
    "how",
    "documents",
    "revocation",
    "reason",
    "count",
    "found",
    "purpose",
    "limit",
    "key",
    "from",
    "to",
    "since",
    "serial",
    "verdict",
    "answer",
    "service",
    "right",
];

/// Shows the organisation's records, and enters that somebody looked.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::Fields`].
pub async fn page(service: &Service, staff: &Staff, asked: Asked<'_>) -> Result<Page, Refusal> {
    staff.demand(Act::SeeAudit)?;
    let mut problems = Vec::new();
    let mut day = |field, typed: &str| match typed.trim() {
        "" => None,
        typed => typed
            .parse::<Date>()
            .map_err(|_| problems.push(crate::FieldProblem::new(field, "audit-day-malformed")))
            .ok(),
    };
    let (from, to) = (day("from", asked.from), day("to", asked.to));
    let zone = &service.settings.time_zone;
    let start = |day: Date| day.to_zoned(zone.clone()).map(|start| start.timestamp()).ok();
    let person = match asked.person.trim() {
        "" => None,
        typed => {
            let found = somebody(service, staff, typed).await?;
            if found.is_none() {
                problems.push(crate::FieldProblem::new("person", "audit-person-unknown"));
            }
            found
        }
    };
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let filter = AuditFilter {
        organisation: staff.organisation(),
        person,
        kind: Some(asked.kind.trim()).filter(|kind| !kind.is_empty()),
        from: from.and_then(start),
        to: to.and_then(|day| day.checked_add(1.day()).ok()).and_then(start),
        before: asked.before.parse().ok(),
    };
    let mut records = service.store.audit_of(&filter, PER_PAGE + 1).await?;
    let per_page = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let more = records.len() > per_page;
    records.truncate(per_page);
    let older = records.last().filter(|_| more).map(|record| record.seq);
    let mut names = HashMap::new();
    let mut entries = Vec::with_capacity(records.len());
    for record in records {
        entries.push(entry(service, record, &mut names).await?);
    }
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    tx.audit(Event::AuditSeen { organisation: staff.organisation(), by: staff.id() }, now);
    tx.commit().await?;
    Ok(Page { entries, older })
}

async fn somebody(service: &Service, staff: &Staff, typed: &str) -> Result<Option<Uuid>, Refusal> {
    let Ok(email) = EmailAddress::parse(typed) else { return Ok(None) };
    let Some(id) = service.store.account_by_email(email.as_str()).await? else { return Ok(None) };
    let account = service.store.account(id).await?;
    Ok(account.filter(|account| account.organisation_id == staff.organisation()).map(|account| account.id))
}

async fn entry(
    service: &Service,
    record: AuditRecord,
    names: &mut HashMap<Uuid, Option<Named>>,
) -> Result<Entry, Refusal> {
    let text = |key: &str| record.event.get(key).and_then(|value| value.as_str());
    let id = |key: &str| text(key).and_then(|text| Uuid::parse_str(text).ok());
    let details = DETAILS
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), words(record.event.get(key)?)?)))
        .collect();
    Ok(Entry {
        seq: record.seq,
        at: record.at,
        kind: text("event").unwrap_or_default().to_owned(),
        about: named(service, id("account"), names).await?,
        by: named(service, id("by"), names).await?,
        details,
    })
}

fn words(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(yes) => Some(yes.to_string()),
        serde_json::Value::Array(values) if !values.is_empty() => {
            Some(values.iter().filter_map(words).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

async fn named(
    service: &Service,
    id: Option<Uuid>,
    names: &mut HashMap<Uuid, Option<Named>>,
) -> Result<Option<Named>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    if let Some(known) = names.get(&id) {
        return Ok(known.clone());
    }
    let found = service
        .store
        .account(id)
        .await?
        .map(|account| Named { id, name: format!("{} {}", account.first_name, account.last_name) });
    names.insert(id, found.clone());
    Ok(found)
}
