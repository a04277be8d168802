//! The lists of revoked certificates, one of each of our authorities: made anew at each revocation and long before it runs out, by whichever node is first.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use pki::{RevocationList, Revoked, Serial};
use store::authority::{RevokedSerial, SignedList};

use super::published::Published;
use super::voice::{Listed, Voice};
use super::{PublishProblem, blocking, reason};
use crate::Service;

/// An expired certificate stays on the list for a while, so that no list in anybody's hands forgets it too early.
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whatever had not expired then is on a list that is made now.
pub(super) fn still_valid(now: Timestamp) -> Timestamp {
    now.checked_sub(STAYS).unwrap_or(Timestamp::MIN)
}

impl Service {
    /// The list that counts of the authority that issues, as it was signed; none where this node has none yet, or no authority of its
    /// own.
    pub fn revocation_list(&self) -> Option<SignedList> {
        let voice = self.published.as_deref()?.voices().first()?;
        voice.list().map(|listed| listed.list.clone())
    }

    /// The same of the authority of this name, as it stands in addresses ([`super::name_of`]).
    pub fn revocation_list_named(&self, name: &str) -> Option<SignedList> {
        let voice = self.published.as_deref()?.voices().iter().find(|voice| voice.name() == name)?;
        voice.list().map(|listed| listed.list.clone())
    }

    /// Brings the list up to date with `recent` revocations and with the time.
    pub(super) async fn keep_list(
        &self,
        published: &Published,
        voice: &Voice,
        recent: &[RevokedSerial],
        now: Timestamp,
    ) -> Result<(), PublishProblem> {
        // The number is that of whichever authority: where another one's is newer, a look shows that ours is not.
        let newest = self.store.revocation_list_number().await?;
        if newest.is_some() && newest != voice.list().map(|listed| listed.list.number) {
            self.load_list(voice).await?;
        }
        let due = match voice.list() {
            None => true,
            Some(listed) => half_over(&listed.list, now) || !holds_all(&listed, recent),
        };
        if due {
            self.make_list(published, voice, newest.unwrap_or(0), now).await?;
        }
        Ok(())
    }

    async fn load_list(&self, voice: &Voice) -> Result<(), PublishProblem> {
        let Some(list) = self.store.revocation_list(voice.issuer()).await? else { return Ok(()) };
        if voice.list().is_some_and(|listed| listed.list.number == list.number) {
            return Ok(());
        }
        let authority = voice.authority().certificate().clone();
        let der = list.der.clone();
        let serials = blocking(move || RevocationList::read(&der, &authority)).await?;
        match serials {
            Ok(serials) => voice.set_list(Listed { list, serials: serials.into_iter().collect() }),
            // Another authority was installed: its first list takes the place of the old one's.
            Err(_) => tracing::info!(number = list.number, "the list in the database is another authority's"),
        }
        Ok(())
    }

    async fn make_list(
        &self,
        published: &Published,
        voice: &Voice,
        newest: u64,
        now: Timestamp,
    ) -> Result<(), PublishProblem> {
        let revoked = self.store.revoked_certificates(voice.issuer(), still_valid(now)).await?;
        let revoked: Vec<Revoked> = revoked.iter().filter_map(entry).collect();
        let serials = revoked.iter().map(|one| one.serial.clone()).collect();
        let authority = voice.authority().clone();
        let number = newest.saturating_add(1);
        let until = now
            .checked_add(SignedDuration::from_hours(i64::from(published.lifetimes.list_hours)))
            .unwrap_or(Timestamp::MAX);
        let signed = blocking(move || authority.revocation_list(&revoked, number, now, until)).await?;
        let list = SignedList { number, der: signed?.der().to_vec(), this_update: now, next_update: until };
        let mut tx = self.store.begin().await?;
        let ours = tx.add_revocation_list(voice.issuer(), &list).await?;
        tx.commit().await?;
        if ours {
            voice.set_list(Listed { list, serials });
            return Ok(());
        }
        // Another node was faster.
        self.load_list(voice).await
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
