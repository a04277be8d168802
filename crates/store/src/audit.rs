//! The audit: append-only, each record chained to the last by a keyed hash, written in the transaction of the act.

mod event;

pub use event::Event;

use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event of the running transaction.
pub(crate) struct Pending {
    at: Timestamp,
    event: Event,
}

/// One record as it is kept.
#[derive(Debug, Clone, Serialize)]
pub struct AuditRecord {
    /// 1, 2, 3, … without a gap.
    pub seq: i64,
    /// When it happened, UTC.
    pub at: Timestamp,
    /// What happened, as JSON.
    pub event: serde_json::Value,
    /// The keyed hash over this record and the chain before it, in hexadecimal digits.
    pub chain: String,
}

/// Which records of the audit are looked for.
#[derive(Debug, Clone, Copy)]
pub struct AuditFilter<'a> {
    /// Whose.
    pub organisation: Uuid,
    /// Somebody who did it or to whom it was done.
    pub person: Option<Uuid>,
    /// The kind of event, such as `signed_in`.
    pub kind: Option<&'a str>,
    /// Not before this moment, UTC.
    pub from: Option<Timestamp>,
    /// Before this moment, UTC.
    pub to: Option<Timestamp>,
    /// Before the record with this number.
    pub before: Option<i64>,
}

/// What `fobwatch audit verify` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditVerdict {
    /// All is as it was written.
    Whole {
        /// How many records there are.
        records: i64,
        /// The last link in hexadecimal digits: kept elsewhere, it proves that the end was not cut off.
        head: String,
    },
    /// A record is missing.
    Missing {
        /// The number that should be there; 0 stands for the head, which says how many there are.
        seq: i64,
    },
    /// A record is not what was written, or stands where another one or none stood.
    Altered {
        /// Its number.
        seq: i64,
    },
}

/// What a record is found by.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    event: String,
    account: Option<Uuid>,
    by: Option<Uuid>,
    organisation: Option<Uuid>,
}

impl About {
    fn read(event: &str) -> Self {
        serde_json::from_str(event).unwrap_or_default()
    }
}

statements! {
    HAS_LINK = "SELECT seq FROM audit WHERE chain = $1";
    LOCK_HEAD = "UPDATE audit_head SET seq = seq + $1 WHERE one = 1 RETURNING seq, chain";
    SET_HEAD = "UPDATE audit_head SET chain = $1 WHERE one = 1";
    APPEND = "INSERT INTO audit (seq, at, event, chain, kind, account_id, by_id, organisation_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, COALESCE($8, (SELECT organisation_id FROM account WHERE account.id = $6)))";
    // One statement, so that head and stray are of one moment while others append.
    HEAD = "SELECT seq, chain,
            (SELECT MIN(audit.seq) FROM audit WHERE audit.seq < 1 OR audit.seq > audit_head.seq) AS stray
        FROM audit_head WHERE one = 1";
    OF_ORGANISATION = "SELECT seq, at, event, chain FROM audit
        WHERE organisation_id = $1 AND seq < $2 AND at >= $3 AND at < $4
            AND (CAST($5 AS TEXT) IS NULL OR kind = $5)
            AND (CAST($6 AS BIGINT) = 0 OR account_id = $7 OR by_id = $7)
        ORDER BY seq DESC LIMIT $8";
    PAGE = "SELECT seq, at, event, chain FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
}

/// How many records are read at once.
const PAGE_SIZE: i64 = 1_000;

/// Without it nothing can be appended.
const NO_HEAD: StoreError = StoreError::Corrupt("the audit has no head");

/// Where the chain ends.
#[derive(sqlx::FromRow)]
struct Head {
    seq: i64,
    chain: Vec<u8>,
    /// The first record before the first number or beyond the last one: not written by us.
    stray: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: i64,
    event: String,
    chain: Vec<u8>,
}

impl TryFrom<Row> for AuditRecord {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.seq,
            at: moment(row.at)?,
            event: serde_json::from_str(&row.event)
                .map_err(|_| StoreError::Corrupt("an audit record is not JSON"))?,
            chain: hex(&row.chain),
        })
    }
}

impl Tx {
    /// Remembers `event`; [`Tx::commit`] writes it.
    pub fn audit(&mut self, event: Event, at: Timestamp) {
        self.events.push(Pending { at, event });
    }

    pub(crate) async fn append_events(&mut self) -> Result<(), StoreError> {
        let events = std::mem::take(&mut self.events);
        let Ok(count @ 1..) = i64::try_from(events.len()) else {
            return Ok(());
        };
        let head: Option<(i64, Vec<u8>)> =
            in_tx!(self, LOCK_HEAD, sqlx::query_as, |q, c| q.bind(count).fetch_optional(c))?;
        let (last, mut chain) = head.ok_or(NO_HEAD)?;
        for (seq, Pending { at, event }) in (last - count + 1..).zip(events) {
            let at = millis(at);
            let event = serde_json::to_string(&event)
                .map_err(|_| StoreError::Corrupt("an audit event cannot be written as JSON"))?;
            chain = self.store.link(&chain, seq, at, &event);
            let about = About::read(&event);
            execute!(
                self,
                APPEND,
                seq,
                at,
                &event,
                &chain,
                about.event,
                about.account,
                about.by,
                about.organisation
            )?;
        }
        execute!(self, SET_HEAD, &chain)?;
        Ok(())
    }
}

impl Store {
    fn link(&self, before: &[u8], seq: i64, at: i64, event: &str) -> Vec<u8> {
        let parts: [&[u8]; 4] = [before, &seq.to_be_bytes(), &at.to_be_bytes(), event.as_bytes()];
        self.keys.keyed_hash("audit", &parts).to_vec()
    }

    /// Reads the records after number `after`, at most a thousand, in their order.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn audit_page(&self, after: i64) -> Result<Vec<AuditRecord>, StoreError> {
        let head = self.audit_head().await?.ok_or(NO_HEAD)?;
        self.audit_rows(after, head.seq).await?.into_iter().map(AuditRecord::try_from).collect()
    }

    /// Records of one organisation that the filter lets through, the newest first, at most `at_most`. Those from before records
    /// were kept by organisation are not among them: [`Store::audit_page`] has all.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn audit_of(
        &self,
        filter: &AuditFilter<'_>,
        at_most: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let rows: Vec<Row> = reading!(self, OF_ORGANISATION, sqlx::query_as, |q, c| q
            .bind(filter.organisation)
            .bind(filter.before.unwrap_or(i64::MAX))
            .bind(millis(filter.from.unwrap_or(Timestamp::MIN)))
            .bind(millis(filter.to.unwrap_or(Timestamp::MAX)))
            .bind(filter.kind)
            .bind(i64::from(filter.person.is_some()))
            .bind(filter.person)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter().map(AuditRecord::try_from).collect()
    }

    /// The number of the record with this link (hexadecimal digits), as [`AuditVerdict::Whole`] told it once: where there
    /// is none, the chain's end was cut off since.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn audit_record_of(&self, link: &str) -> Result<Option<i64>, StoreError> {
        let Some(chain) = unhex(link) else { return Ok(None) };
        let row: Option<(i64,)> =
            reading!(self, HAS_LINK, sqlx::query_as, |q, c| q.bind(&chain).fetch_optional(c))?;
        Ok(row.map(|(seq,)| seq))
    }

    /// Follows the chain from its first record to its head and says where it breaks first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn audit_verify(&self) -> Result<AuditVerdict, StoreError> {
        let Some(head) = self.audit_head().await? else {
            return Ok(AuditVerdict::Missing { seq: 0 });
        };
        let (mut chain, mut last) = (Vec::new(), 0);
        loop {
            let rows = self.audit_rows(last, head.seq).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                last += 1;
                if row.seq != last {
                    return Ok(AuditVerdict::Missing { seq: last });
                }
                chain = self.link(&chain, row.seq, row.at, &row.event);
                if chain != row.chain {
                    return Ok(AuditVerdict::Altered { seq: row.seq });
                }
            }
        }
        if last < head.seq {
            return Ok(AuditVerdict::Missing { seq: last + 1 });
        }
        if let Some(seq) = head.stray {
            return Ok(AuditVerdict::Altered { seq });
        }
        if chain != head.chain {
            return Ok(AuditVerdict::Altered { seq: head.seq });
        }
        Ok(AuditVerdict::Whole { records: last, head: hex(&chain) })
    }

    async fn audit_head(&self) -> Result<Option<Head>, StoreError> {
        Ok(reading!(self, HEAD, sqlx::query_as, |q, c| q.fetch_optional(c))?)
    }

    async fn audit_rows(&self, after: i64, up_to: i64) -> Result<Vec<Row>, StoreError> {
        Ok(reading!(self, PAGE, sqlx::query_as, |q, c| q
            .bind(after)
            .bind(up_to)
            .bind(PAGE_SIZE)
            .fetch_all(c))?)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
