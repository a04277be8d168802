//! The delivery log: what became of messages, one by one and by provider.

use crate::db::reading;
use crate::moment::{maybe_moment, millis, moment};
use crate::outbox::Channel;
use crate::statement::statements;
use crate::{Store, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

/// Entries on one page of the delivery log.
pub const PAGE: u32 = 50;

/// Where a message stands, in the words of the delivery log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It waits for its first try or the next one.
    Waiting,
    /// The mail server or provider has taken it, and nothing was heard of it since.
    Sent,
    /// The phone has it.
    Delivered,
    /// It was taken and could not be delivered.
    Failed,
    /// Nobody took it in its time.
    GivenUp,
}

impl DeliveryStatus {
    /// Every status, in the order of a message's life.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Delivered, Self::Failed, Self::GivenUp];

    /// Its name in filters and statements.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GivenUp => "given-up",
        }
    }

    /// The status of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// What the delivery log is narrowed to. The default is everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFilters {
    /// Only this channel.
    pub channel: Option<Channel>,
    /// Only messages that stand so.
    pub status: Option<DeliveryStatus>,
    /// Only messages about this account.
    pub account: Option<Uuid>,
    /// Only messages written after this moment, UTC.
    pub since: Option<Timestamp>,
    /// Only messages written up to this moment, UTC.
    pub until: Option<Timestamp>,
}

/// One message in the delivery log. Where it goes and what it says is sealed and not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEntry {
    /// Its id.
    pub id: Uuid,
    /// The kind of message: `sign-in-code`, `security-notice`, …
    pub kind: String,
    /// How it travels.
    pub channel: Channel,
    /// Whose account it is about, where there is one.
    pub account: Option<Uuid>,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// When it was written, UTC.
    pub written_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// Who carried it: `govuk-notify`, `smpp`, …; none for e-mail and while it waits.
    pub provider: Option<String>,
    /// When the mail server or provider took it, UTC.
    pub sent_at: Option<Timestamp>,
    /// When the provider told that the phone has it, UTC.
    pub delivered_at: Option<Timestamp>,
    /// When the provider told that it could not be delivered, UTC.
    pub failed_at: Option<Timestamp>,
    /// How it failed: `permanent`, `temporary` or `technical`; of a call, what happened instead of #, as its answer names it.
    pub failure: Option<String>,
    /// When it was given up, UTC.
    pub gave_up_at: Option<Timestamp>,
    /// Why the last try failed, without address or content.
    pub last_error: Option<String>,
}

/// One page of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryPage {
    /// At most [`PAGE`] entries, the newest first.
    pub entries: Vec<DeliveryEntry>,
    /// Whether there is a further page.
    pub more: bool,
}

/// What became of the messages that one provider, or the mail server, was to carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderDeliveries {
    /// How they travel.
    pub channel: Channel,
    /// Who carried them; none for the mail server and for those that nobody has taken.
    pub provider: Option<String>,
    /// Not taken yet.
    pub waiting: u64,
    /// Taken, nothing heard since. All e-mail stays so.
    pub sent: u64,
    /// On the phone.
    pub delivered: u64,
    /// Taken and not deliverable.
    pub failed: u64,
    /// Taken by nobody in their time.
    pub given_up: u64,
}

statements! {
    LOG = "SELECT id, key, channel, account_id, written_at, tries, provider, sent_at, delivered_at, failed_at, failure,
            gave_up_at, last_error FROM outbox
        WHERE organisation_id = $1 AND ($2 = '' OR channel = $2) AND (account_id = $3 OR $4 = 0)
            AND written_at > $5 AND written_at <= $6
            AND ($7 = '' OR CASE WHEN failed_at IS NOT NULL THEN 'failed' WHEN delivered_at IS NOT NULL THEN 'delivered'
                WHEN sent_at IS NOT NULL THEN 'sent' WHEN gave_up_at IS NOT NULL THEN 'given-up' ELSE 'waiting' END = $7)
        ORDER BY written_at DESC, id DESC LIMIT $8 OFFSET $9";
    BY_PROVIDER = "SELECT channel, provider,
            COUNT(CASE WHEN sent_at IS NULL AND gave_up_at IS NULL THEN 1 END) AS waiting,
            COUNT(CASE WHEN sent_at IS NOT NULL AND delivered_at IS NULL AND failed_at IS NULL THEN 1 END) AS sent,
            COUNT(CASE WHEN delivered_at IS NOT NULL AND failed_at IS NULL THEN 1 END) AS delivered,
            COUNT(CASE WHEN failed_at IS NOT NULL THEN 1 END) AS failed,
            COUNT(CASE WHEN gave_up_at IS NOT NULL AND failed_at IS NULL AND delivered_at IS NULL THEN 1 END) AS given_up
        FROM outbox WHERE organisation_id = $1 AND written_at > $2
        GROUP BY channel, provider ORDER BY channel, provider";
}

type LogRow = (
    Uuid,
    String,
    String,
    Option<Uuid>,
    i64,
    i64,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

impl Store {
    /// One page of an organisation's delivery log, the newest first; `page` counts from 1, and 0 is read as 1.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn delivery_log(
        &self,
        organisation: Uuid,
        filters: &DeliveryFilters,
        page: u32,
    ) -> Result<DeliveryPage, StoreError> {
        let skipped = i64::from(page.max(1) - 1) * i64::from(PAGE);
        let rows: Vec<LogRow> = reading!(self, LOG, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(filters.channel.map_or("", Channel::as_str))
            .bind(filters.account.unwrap_or_default())
            .bind(i64::from(filters.account.is_some()))
            .bind(filters.since.map_or(i64::MIN, millis))
            .bind(filters.until.map_or(i64::MAX, millis))
            .bind(filters.status.map_or("", DeliveryStatus::as_str))
            .bind(i64::from(PAGE) + 1)
            .bind(skipped)
            .fetch_all(c))?;
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        let entries = rows.into_iter().take(most).map(entry).collect::<Result<_, _>>()?;
        Ok(DeliveryPage { entries, more })
    }

    /// What became of an organisation's messages written after `since` (UTC), by channel and provider.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn deliveries_by_provider(
        &self,
        organisation: Uuid,
        since: Timestamp,
    ) -> Result<Vec<ProviderDeliveries>, StoreError> {
        type Row = (String, Option<String>, i64, i64, i64, i64, i64);
        let rows: Vec<Row> = reading!(self, BY_PROVIDER, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(since))
            .fetch_all(c))?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        rows.into_iter()
            .map(|(channel, provider, waiting, sent, delivered, failed, given_up)| {
                Ok(ProviderDeliveries {
                    channel: Channel::parse(&channel)?,
                    provider,
                    waiting: count(waiting),
                    sent: count(sent),
                    delivered: count(delivered),
                    failed: count(failed),
                    given_up: count(given_up),
                })
            })
            .collect()
    }
}

fn entry(row: LogRow) -> Result<DeliveryEntry, StoreError> {
    let (
        id,
        key,
        channel,
        account,
        written,
        tries,
        provider,
        sent,
        delivered,
        failed,
        failure,
        gave_up,
        last_error,
    ) = row;
    let status = match (failed, delivered, sent, gave_up) {
        (Some(_), ..) => DeliveryStatus::Failed,
        (_, Some(_), ..) => DeliveryStatus::Delivered,
        (_, _, Some(_), _) => DeliveryStatus::Sent,
        (.., Some(_)) => DeliveryStatus::GivenUp,
        _ => DeliveryStatus::Waiting,
    };
    Ok(DeliveryEntry {
        id,
        kind: key.split_once(':').map_or(key.as_str(), |(kind, _)| kind).to_owned(),
        channel: Channel::parse(&channel)?,
        account,
        status,
        written_at: moment(written)?,
        tries: u32::try_from(tries).unwrap_or(u32::MAX),
        provider,
        sent_at: maybe_moment(sent)?,
        delivered_at: maybe_moment(delivered)?,
        failed_at: maybe_moment(failed)?,
        failure,
        gave_up_at: maybe_moment(gave_up)?,
        last_error,
    })
}
