//! Figures of one organisation for the console: what happened by day, and how many people a stricter rule would concern.

use crate::db::{execute, reading};
use crate::method::{kind, method_context};
use crate::moment::millis;
use crate::outbox::Channel;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::{SignedDuration, Timestamp};
use rules::activity::ActivityKind;
use rules::days::Stretch;
use rules::method::MethodKind;
use rules::preview::Alive;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How often one kind of thing happened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnDay {
    /// The day's place in the stretch, from 0.
    pub day: u32,
    /// What happened.
    pub kind: ActivityKind,
    /// How often.
    pub count: u64,
}

/// How often a try failed, by what failed and what it was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTries {
    /// What failed.
    pub kind: ActivityKind,
    /// What it was about, such as a kind of method.
    pub detail: Option<String>,
    /// How often.
    pub count: u64,
}

/// How long messages took by one provider, or the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeToDeliver {
    /// How they travel.
    pub channel: Channel,
    /// Who carried them; none for the mail server.
    pub provider: Option<String>,
    /// Half of them took no longer than this, from when they were written until they were delivered, or taken where nothing
    /// is heard later.
    pub median: SignedDuration,
}

/// Sessions, and how many people they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Sessions or browsers.
    pub things: u64,
    /// The people whose they are.
    pub people: u64,
}

statements! {
    BY_DAY = "SELECT (at - $2) / $3 AS day, kind, COUNT(*) AS count FROM activity
        WHERE organisation_id = $1 AND at >= $2 AND at < $4 GROUP BY 1, 2";
    FAILED = "SELECT kind, detail, COUNT(*) AS count FROM activity
        WHERE organisation_id = $1 AND at >= $2 AND kind IN ($3, $4, $5, $6, $7)
        GROUP BY kind, detail ORDER BY 3 DESC, kind, detail";
    METHODS = "SELECT sign_in_method.kind, COUNT(*) AS count, COUNT(DISTINCT sign_in_method.account_id) AS people
        FROM sign_in_method JOIN account ON account.id = sign_in_method.account_id
        WHERE account.organisation_id = $1 GROUP BY sign_in_method.kind";
    ACCOUNTS = "SELECT COUNT(*) FROM account WHERE organisation_id = $1";
    MEDIAN = "SELECT channel, provider, took FROM (SELECT channel, provider,
                COALESCE(delivered_at, sent_at) - written_at AS took,
                ROW_NUMBER() OVER (PARTITION BY channel, provider
                    ORDER BY COALESCE(delivered_at, sent_at) - written_at, id) AS place,
                COUNT(*) OVER (PARTITION BY channel, provider) AS count
            FROM outbox WHERE organisation_id = $1 AND written_at > $2 AND sent_at IS NOT NULL AND failed_at IS NULL)
            AS timed
        WHERE place = (count + 1) / 2 ORDER BY channel, provider";
    WAYS = "SELECT ways, COUNT(*) AS people FROM (SELECT COUNT(sign_in_method.id) AS ways FROM account
            LEFT JOIN sign_in_method ON sign_in_method.account_id = account.id AND sign_in_method.kind IN ($2, $3, $4)
            WHERE account.organisation_id = $1 GROUP BY account.id) AS each_account GROUP BY ways ORDER BY ways";
    PUT_OFF = "SELECT COUNT(*) FROM account WHERE organisation_id = $1 AND put_off >= $2 AND NOT EXISTS (SELECT 1
            FROM sign_in_method WHERE sign_in_method.account_id = account.id AND sign_in_method.kind IN ($3, $4, $5))";
    REMEMBERED = "SELECT COUNT(*) AS things, COUNT(DISTINCT device.account_id) AS people
        FROM device JOIN account ON account.id = device.account_id
        WHERE account.organisation_id = $1 AND device.remembered_at > $2 AND device.remembered_at <= $3";
    SESSIONS = "SELECT COUNT(*) AS things, COUNT(DISTINCT session.account_id) AS people
        FROM session JOIN account ON account.id = session.account_id
        WHERE account.organisation_id = $1 AND session.ended_at IS NULL AND session.started_at > $2
            AND session.last_seen_at > $3 AND (session.started_at <= $4 OR session.last_seen_at <= $5)";
    REGISTRATIONS = "SELECT COUNT(*) FROM registration WHERE organisation_id = $1 AND finished_at IS NULL
            AND account_id IS NULL AND started_at > $2 AND started_at <= $3";
    NUMBERS = "SELECT sign_in_method.id, sign_in_method.account_id, sign_in_method.kind, sign_in_method.secret
        FROM sign_in_method JOIN account ON account.id = sign_in_method.account_id
        WHERE account.organisation_id = $1 AND account.disabled_at IS NULL AND sign_in_method.kind IN ($2, $3, $4)";
    WITH_ROLE = "SELECT COUNT(*) FROM console_role JOIN account ON account.id = console_role.account_id
        WHERE account.organisation_id = $1 AND console_role.role = $2 AND account.disabled_at IS NULL";
    NAME = "SELECT first_name, last_name FROM account WHERE id = $1 AND organisation_id = $2";
    SET_RULES = "UPDATE organisation SET policy = $2 WHERE id = $1 AND policy = $3";
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn happening(name: &str) -> Result<ActivityKind, StoreError> {
    ActivityKind::parse(name).map_err(|_| StoreError::Corrupt("an activity of an unknown kind"))
}

/// The kinds of methods that serve for resets.
fn for_resets() -> [&'static str; 3] {
    let mut serving =
        MethodKind::ALL.into_iter().filter(|kind| kind.resets_passwords()).map(MethodKind::as_str);
    std::array::from_fn(|_| serving.next().unwrap_or_default())
}

impl Store {
    /// What happened around an organisation's accounts on the days of a stretch. What happened on none is left out.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn activity_by_day(
        &self,
        organisation: Uuid,
        stretch: &Stretch,
    ) -> Result<Vec<OnDay>, StoreError> {
        let days = i32::try_from(stretch.days).unwrap_or(i32::MAX);
        let ends = stretch.begins.saturating_add(stretch.day.saturating_mul(days)).unwrap_or(Timestamp::MAX);
        let day = i64::try_from(stretch.day.as_millis()).unwrap_or(i64::MAX).max(1);
        let rows: Vec<(i64, String, i64)> = reading!(self, BY_DAY, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(stretch.begins))
            .bind(day)
            .bind(millis(ends))
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(day, kind, number)| {
                Ok(OnDay {
                    day: u32::try_from(day).unwrap_or(0),
                    kind: happening(&kind)?,
                    count: count(number),
                })
            })
            .collect()
    }

    /// Tries that failed since `since` (UTC), the most frequent first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn failed_tries(
        &self,
        organisation: Uuid,
        since: Timestamp,
    ) -> Result<Vec<FailedTries>, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> = reading!(self, FAILED, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(since))
            .bind(ActivityKind::PasswordWrong.as_str())
            .bind(ActivityKind::FactorWrong.as_str())
            .bind(ActivityKind::PasskeyRefused.as_str())
            .bind(ActivityKind::ApprovalRefused.as_str())
            .bind(ActivityKind::ResetFailed.as_str())
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(kind, detail, number)| {
                Ok(FailedTries { kind: happening(&kind)?, detail, count: count(number) })
            })
            .collect()
    }

    /// How many sign-in methods of each kind there are now, and how many people have one.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn methods_by_kind(&self, organisation: Uuid) -> Result<Vec<(MethodKind, Reach)>, StoreError> {
        let rows: Vec<(String, i64, i64)> =
            reading!(self, METHODS, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        rows.into_iter()
            .map(|(name, things, people)| {
                Ok((kind(&name)?, Reach { things: count(things), people: count(people) }))
            })
            .collect()
    }

    /// How many accounts an organisation has.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn count_accounts(&self, organisation: Uuid) -> Result<u64, StoreError> {
        let (number,): (i64,) =
            reading!(self, ACCOUNTS, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        Ok(count(number))
    }

    /// How long the messages took that were written after `since` (UTC), by channel and provider.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn times_to_deliver(
        &self,
        organisation: Uuid,
        since: Timestamp,
    ) -> Result<Vec<TimeToDeliver>, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> = reading!(self, MEDIAN, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(since))
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(channel, provider, took)| {
                let median = SignedDuration::from_millis(took);
                Ok(TimeToDeliver { channel: Channel::parse(&channel)?, provider, median })
            })
            .collect()
    }

    /// How many people have how many methods that serve for resets.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_by_ways_to_reset(&self, organisation: Uuid) -> Result<Vec<(u32, u64)>, StoreError> {
        let [first, second, third] = for_resets();
        let rows: Vec<(i64, i64)> = reading!(self, WAYS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(first)
            .bind(second)
            .bind(third)
            .fetch_all(c))?;
        Ok(rows
            .into_iter()
            .map(|(ways, people)| (u32::try_from(ways).unwrap_or(u32::MAX), count(people)))
            .collect())
    }

    /// How many people without a method for resets have put that off so often, or more often.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn people_who_put_off(&self, organisation: Uuid, times: u32) -> Result<u64, StoreError> {
        let [first, second, third] = for_resets();
        let (number,): (i64,) = reading!(self, PUT_OFF, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(i64::from(times))
            .bind(first)
            .bind(second)
            .bind(third)
            .fetch_one(c))?;
        Ok(count(number))
    }

    /// Browsers that were remembered after the one moment and not later than the other, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn browsers_remembered(
        &self,
        organisation: Uuid,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<Reach, StoreError> {
        let (things, people): (i64, i64) = reading!(self, REMEMBERED, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(after))
            .bind(millis(until))
            .fetch_one(c))?;
        Ok(Reach { things: count(things), people: count(people) })
    }

    /// Sessions that are among `now` and not among `then`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn sessions_between(
        &self,
        organisation: Uuid,
        now: Alive,
        then: Alive,
    ) -> Result<Reach, StoreError> {
        let (things, people): (i64, i64) = reading!(self, SESSIONS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(now.started_after))
            .bind(millis(now.seen_after))
            .bind(millis(then.started_after))
            .bind(millis(then.seen_after))
            .fetch_one(c))?;
        Ok(Reach { things: count(things), people: count(people) })
    }

    /// Half-done registrations that began after the one moment and not later than the other, UTC.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn registrations_between(
        &self,
        organisation: Uuid,
        after: Timestamp,
        until: Timestamp,
    ) -> Result<u64, StoreError> {
        let (number,): (i64,) = reading!(self, REGISTRATIONS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(after))
            .bind(millis(until))
            .fetch_one(c))?;
        Ok(count(number))
    }

    /// How many people whose account is not disabled have a number for which `concerns` is true. Numbers are sealed: each is
    /// opened here, and none leaves.
    ///
    /// # Errors
    /// Where the database cannot be read or a number not be opened.
    pub async fn people_with_number(
        &self,
        organisation: Uuid,
        concerns: &(dyn Fn(MethodKind, &str) -> bool + Sync),
    ) -> Result<u64, StoreError> {
        type Row = (Uuid, Uuid, String, Vec<u8>);
        let rows: Vec<Row> = reading!(self, NUMBERS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(MethodKind::Text.as_str())
            .bind(MethodKind::AlternativePhone.as_str())
            .bind(MethodKind::OfficePhone.as_str())
            .fetch_all(c))?;
        let mut people = BTreeSet::new();
        for (id, account, name, secret) in rows {
            let secret = self.open_secret(&method_context(id), &secret)?;
            if concerns(kind(&name)?, secret.as_address()) {
                people.insert(account);
            }
        }
        Ok(u64::try_from(people.len()).unwrap_or(u64::MAX))
    }

    /// How many people have a role and an account that can be used.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn count_role(&self, organisation: Uuid, role: rules::role::Role) -> Result<u64, StoreError> {
        let (number,): (i64,) = reading!(self, WITH_ROLE, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(role.as_str())
            .fetch_one(c))?;
        Ok(count(number))
    }

    /// First and last name of a person of the organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn name_of(
        &self,
        account: Uuid,
        organisation: Uuid,
    ) -> Result<Option<(String, String)>, StoreError> {
        Ok(reading!(self, NAME, sqlx::query_as, |q, c| q.bind(account).bind(organisation).fetch_optional(c))?)
    }
}

impl Tx {
    /// Puts an organisation's stricter rules, as JSON, in the place of `before`. Answers false where they are others by now.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_rules(
        &mut self,
        organisation: Uuid,
        before: &str,
        rules: &str,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, SET_RULES, organisation, rules, before)? == 1)
    }
}
