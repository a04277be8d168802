use crate::Random;
use crate::jose::{base64url, from_base64url};
use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// Numbers that wallets fetch and sign, so that a proof cannot have been made long ago (OpenID4VCI 1.0, section 7; RFC 9449, section 8).
///
/// Anybody may fetch one, so none is stored: it holds its time and a keyed hash. That a proof is used once is for the caller to see
/// to, who keeps what was used until [`Nonces::LIFE`] is over.
pub struct Nonces {
    key: hmac::Key,
}

/// Bytes: the time in seconds, random ones, the keyed hash.
const TIME: usize = 8;
const DRAWN: usize = 16;
const HASH: usize = 32;

impl Nonces {
    /// So long a number is taken.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(5);

    /// How far the clocks of two nodes may be apart.
    const SKEW: SignedDuration = SignedDuration::from_secs(10);

    /// Numbers under a secret key; what they are for is part of it, so that one kind is never taken for another.
    pub fn new(secret: &[u8], purpose: &str) -> Self {
        let outer = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&outer, purpose.as_bytes());
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()) }
    }

    /// A new number.
    pub fn issue(&self, now: Timestamp, random: &dyn Random) -> String {
        let mut drawn = [0; DRAWN];
        random.fill(&mut drawn);
        let content = [now.as_second().to_be_bytes().as_slice(), &drawn].concat();
        let hash = hmac::sign(&self.key, &content);
        base64url(&[content.as_slice(), hash.as_ref()].concat())
    }

    /// Whether a number is ours, and not older than [`Self::LIFE`].
    pub fn is_fresh(&self, nonce: &str, now: Timestamp) -> bool {
        let Some(bytes) = from_base64url(nonce).filter(|bytes| bytes.len() == TIME + DRAWN + HASH) else {
            return false;
        };
        let (content, hash) = bytes.split_at(TIME + DRAWN);
        let seconds = content.first_chunk::<TIME>().map(|time| i64::from_be_bytes(*time));
        hmac::verify(&self.key, content, hash).is_ok()
            && seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).is_some_and(|issued| {
                let age = now.duration_since(issued);
                age <= Self::LIFE && -age <= Self::SKEW
            })
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Nonces(secret)")
    }
}
