//! The list of revoked certificates: made anew at each revocation and long before it runs out, by whichever node is first.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use pki::{RevocationList, Revoked, Serial};
use store::authority::{RevokedSerial, SignedList};

use super::published::{Listed, Published};
use super::{PublishProblem, blocking, reason};
use crate::Service;

/// An expired certificate stays on the list for a while, so that no list in anybody's hands forgets it too early.
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whatever had not expired then is on a list that is made now.
pub(super) fn still_valid(now: Timestamp) -> Timestamp {
    now.checked_sub(STAYS).unwrap_or(Timestamp::MIN)
}

impl Service {
    /// The list that counts, as it was signed; none where this node has none yet, or no authority of its own.
    pub fn revocation_list(&self) -> Option<SignedList> {
        let published = self.published.as_deref()?;
        published.list().map(|listed| listed.list.clone())
    }

    /// Brings the list up to date with `recent` revocations and with the time.
    pub(super) async fn keep_list(
        &self,
        published: &Published,
        recent: &[RevokedSerial],
        now: Timestamp,
    ) -> Result<(), PublishProblem> {
        let newest = self.store.revocation_list_number().await?;
        if newest.is_some() && newest != published.list().map(|listed| listed.list.number) {
            self.load_list(published).await?;
        }
        let due = match published.list() {
            None => true,
            Some(listed) => half_over(&listed.list, now) || !holds_all(&listed, recent),
        };
        if due {
            self.make_list(published, newest.unwrap_or(0), now).await?;
        }
        Ok(())
    }

    async fn load_list(&self, published: &Published) -> Result<(), PublishProblem> {
        let Some(list) = self.store.revocation_list().await? else { return Ok(()) };
        let authority = published.authority.certificate().clone();
        let der = list.der.clone();
        let serials = blocking(move || RevocationList::read(&der, &authority)).await?;
        match serials {
            Ok(serials) => published.set_list(Listed { list, serials: serials.into_iter().collect() }),
            // Another authority was installed: its first list takes the place of the old one's.
            Err(_) => tracing::info!(number = list.number, "the list in the database is another authority's"),
        }
        Ok(())
    }

    async fn make_list(
        &self,
        published: &Published,
        newest: u64,
        now: Timestamp,
    ) -> Result<(), PublishProblem> {
        let revoked: Vec<Revoked> =
            self.store.revoked_certificates(still_valid(now)).await?.iter().filter_map(entry).collect();
        let serials = revoked.iter().map(|one| one.serial.clone()).collect();
        let authority = published.authority.clone();
        let number = newest.saturating_add(1);
        let until = now
            .checked_add(SignedDuration::from_hours(i64::from(published.lifetimes.list_hours)))
            .unwrap_or(Timestamp::MAX);
        let signed = blocking(move || authority.revocation_list(&revoked, number, now, until)).await?;
        let list = SignedList { number, der: signed?.der().to_vec(), this_update: now, next_update: until };
        let mut tx = self.store.begin().await?;
        let ours = tx.add_revocation_list(&list).await?;
        tx.commit().await?;
        if ours {
            published.set_list(Listed { list, serials });
            return Ok(());
        }
        // Another node was faster.
        self.load_list(published).await
    }
}

fn entry(row: &RevokedSerial) -> Option<Revoked> {
    Some(Revoked {
        serial: Serial::from_bytes(&row.serial)?,
        at: row.revocation.at,
        reason: reason(&row.revocation.reason),
    })
}

fn half_over(list: &SignedList, now: Timestamp) -> bool {
    let life = list.next_update.duration_since(list.this_update);
    list.next_update.duration_since(now).saturating_mul(2) <= life
}

fn holds_all(listed: &Arc<Listed>, recent: &[RevokedSerial]) -> bool {
    recent
        .iter()
        .filter_map(|row| Serial::from_bytes(&row.serial))
        .all(|serial| listed.serials.contains(&serial))
}
