//! Provides what has changed: all of one person in one message.

use super::Pull;
use crate::Refusal;
use crate::passport::{provide, withdraw};
use jiff::Timestamp;
use rules::passport::Provided;
use store::Tx;
use store::account::Account;
use store::staff_record::NewRecord;
use uuid::Uuid;

/// Somebody for whom something has changed.
pub(super) struct Changed {
    pub(super) account: Account,
    pub(super) changes: Vec<Change>,
}

/// A record that says something new.
pub(super) struct Change {
    pub(super) provided: Provided,
    /// What stands for what it says.
    pub(super) said: [u8; 32],
}

/// How many records.
#[derive(Default)]
pub(super) struct Done {
    pub(super) provided: u64,
    /// Another pull was faster.
    pub(super) unchanged: u64,
}

/// Provides. What is locked for all of them is locked before what messages take: whoever withdraws a credential by hand goes the same way.
pub(super) async fn provide(
    pull: &Pull<'_>,
    tx: &mut Tx,
    all: Vec<Changed>,
    now: Timestamp,
) -> Result<Done, Refusal> {
    let mut done = Done::default();
    let mut to_provide = Vec::with_capacity(all.len());
    for Changed { account, changes } in all {
        // In order, so that what is provided together is listed as it was told.
        let mut new: Vec<Uuid> =
            changes.iter().map(|_| vault::new_id(now, pull.service.random.as_ref())).collect();
        new.sort_unstable();
        let (mut ids, mut provided) = (Vec::new(), Vec::new());
        for (id, change) in new.into_iter().zip(changes) {
            if remember(pull, tx, account.id, (id, &change), now).await? {
                ids.push(id);
                provided.push(change.provided);
            } else {
                done.unchanged += 1;
            }
        }
        if !ids.is_empty() {
            to_provide.push((account, ids, provided));
        }
    }
    for (account, ids, provided) in to_provide {
        let whose = (&account, pull.organisation);
        let by = provide::Provider { no_texts: true, ..provide::Provider::default() };
        provide::write(pull.service, tx, whose, &ids, &provided, by, now).await?;
        done.provided += ids.len() as u64;
    }
    Ok(done)
}

/// Keeps what a record says now, and takes back what said otherwise and still waits. Answers false where that was done before.
async fn remember(
    pull: &Pull<'_>,
    tx: &mut Tx,
    account: Uuid,
    (credential, change): (Uuid, &Change),
    now: Timestamp,
) -> Result<bool, Refusal> {
    let new = NewRecord {
        organisation: pull.organisation.id,
        account,
        kind: change.provided.kind.as_str(),
        variant: change.provided.variant,
        said: &change.said,
        credential,
        pull: pull.puller.pull,
    };
    let Some(before) = tx.remember_record(new).await? else { return Ok(false) };
    if let Some(before) = before {
        withdraw::updated(pull.service, tx, pull.organisation, before, now).await?;
    }
    Ok(true)
}
