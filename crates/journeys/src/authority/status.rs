//! Whether a certificate still stands, asked by anybody: from memory where the answer was signed before, and from the record where
//! not.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use pki::Serial;
use pki::ocsp::{
    Caching, HashKind, OcspAnswer, OcspProblem, OcspRequest, Refused, Responder, Status, Wanted,
};
use store::authority::CertificateStanding;

use super::published::Published;
use super::voice::{Kept, Voice};
use super::{PublishProblem, blocking, reason};
use crate::Service;

/// What is said to whoever asks.
#[derive(Debug, Clone)]
pub enum Said {
    /// An answer that may be kept by others, too.
    ToAll(Arc<OcspAnswer>, Caching),
    /// An answer bound to one asker, or about several certificates.
    ToOne(Box<OcspAnswer>),
    /// No answer.
    Nothing(Refused),
}

impl Service {
    /// Answers an OCSP request.
    pub async fn ocsp(&self, asked: Result<OcspRequest, OcspProblem>) -> Said {
        let Some(published) = self.published.as_deref() else {
            return Said::Nothing(Refused::Unauthorized);
        };
        let Ok(request) = asked else { return Said::Nothing(Refused::MalformedRequest) };
        match self.say(published, &request).await {
            Ok(said) => said,
            Err(error) => {
                tracing::error!(%error, "a certificate's standing cannot be told");
                Said::Nothing(Refused::TryLater)
            }
        }
    }

    async fn say(&self, published: &Published, request: &OcspRequest) -> Result<Said, PublishProblem> {
        let now = self.clock.now();
        let holds = |voice: &Voice| voice.responder().filter(|one| one.certificate().holds_at(now));
        let ours: Vec<_> =
            published.voices().iter().filter_map(|voice| Some((voice, holds(voice)?))).collect();
        if ours.is_empty() {
            return Ok(Said::Nothing(Refused::TryLater));
        }
        // Whose certificates are asked about: one answer is signed for one authority.
        let speaks = |(_, responder): &(&Voice, Arc<Responder>)| {
            request.wanted().iter().any(|wanted| responder.speaks_for(wanted))
        };
        let Some((voice, responder)) = ours.into_iter().find(speaks) else {
            return Ok(Said::Nothing(Refused::Unauthorized));
        };
        let most = i64::from(published.lifetimes.answer_kept_seconds);
        if let Some(wanted) = request.cacheable() {
            let kept = voice.kept(wanted.serial(), wanted.hash());
            if let Some(kept) = kept.filter(|kept| counts(published, kept, now)) {
                let caching = kept.answer.caching(now, most);
                return Ok(Said::ToAll(kept.answer, caching));
            }
            let asked = (wanted.serial(), wanted.hash());
            let answer = self.sign_ahead(published, voice, &responder, asked, now).await?;
            let caching = answer.caching(now, most);
            return Ok(Said::ToAll(answer, caching));
        }
        let mut answers: Vec<(Wanted, Status)> = Vec::with_capacity(request.wanted().len());
        for wanted in request.wanted() {
            let status = if responder.speaks_for(wanted) {
                self.standing(voice, wanted.serial()).await?
            } else {
                Status::Unknown
            };
            answers.push((wanted.clone(), status));
        }
        let nonce = request.nonce().map(<[u8]>::to_vec);
        let until = after(now, published.lifetimes.answer_hours);
        let answer = blocking(move || responder.answer(&answers, nonce.as_deref(), now, until)).await?;
        Ok(Said::ToOne(Box::new(answer?)))
    }

    /// Signs an answer by the record, and keeps it for the next who ask.
    pub(super) async fn sign_ahead(
        &self,
        published: &Published,
        voice: &Voice,
        responder: &Arc<Responder>,
        (serial, hash): (&Serial, HashKind),
        now: Timestamp,
    ) -> Result<Arc<OcspAnswer>, PublishProblem> {
        let status = self.standing(voice, serial).await?;
        let until = after(now, published.lifetimes.answer_hours);
        let (signs, about) = (Arc::clone(responder), serial.clone());
        let answer = blocking(move || signs.answer_ahead(&about, hash, status, now, until)).await?;
        let answer = Arc::new(answer?);
        // Serials that were never issued are without number, and are not kept.
        if status != Status::Unknown {
            let revoked = matches!(status, Status::Revoked { .. });
            voice.keep(serial, hash, Kept { answer: Arc::clone(&answer), revoked });
        }
        Ok(answer)
    }

    async fn standing(&self, voice: &Voice, serial: &Serial) -> Result<Status, PublishProblem> {
        Ok(match self.store.certificate_standing(voice.issuer(), serial.as_bytes()).await? {
            CertificateStanding::Good => Status::Good,
            CertificateStanding::Unknown => Status::Unknown,
            CertificateStanding::Revoked(revocation) => {
                Status::Revoked { at: revocation.at, reason: reason(&revocation.reason) }
            }
        })
    }
}

/// A revoked certificate stays revoked; a good one counts while this node hears of every revocation.
fn counts(published: &Published, kept: &Kept, now: Timestamp) -> bool {
    let (made, until) = (kept.answer.this_update(), kept.answer.next_update());
    let left = until.duration_since(now);
    let fresh = made <= now && left.saturating_mul(2) > until.duration_since(made);
    fresh && (kept.revoked || published.is_current(now))
}

fn after(now: Timestamp, hours: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MAX)
}
