//! Our own certificate authority in the service, and those that it was before: it issues certificates of smartcards, and what it says to the world about them.
//!
//! The record is `smartcard_certificate`, and nothing else: a certificate is written there before anybody sees it, and is revoked
//! there in the transaction of the act. Lists and answers are made from it, on every node.

mod issuer;
mod list;
mod published;
mod status;
mod voice;
mod watch;

pub use issuer::OwnAuthority;
pub use published::{Lifetimes, Published};
pub use status::Said;
pub use voice::{issuer_of, name_of};
pub use watch::{look_now, run};

/// Why a list or an answer cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PublishProblem {
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The key does not sign.
    #[error(transparent)]
    Issuing(#[from] pki::IssuingProblem),
    /// Signing was broken off.
    #[error("signing was broken off")]
    BrokenOff,
}

/// Signing may wait for a device, and so does not happen among requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PublishProblem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| PublishProblem::BrokenOff)
}

/// The reason of RFC 5280 for the name of one of ours; *unspecified* where it is none.
fn reason(name: &str) -> pki::RevocationReason {
    rules::smartcard::RevocationReason::parse(name)
        .ok()
        .and_then(|reason| pki::RevocationReason::from_name(reason.crl_name()))
        .unwrap_or(pki::RevocationReason::Unspecified)
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn every_reason_of_ours_is_one_of_the_standards() {
        for ours in rules::smartcard::RevocationReason::ALL {
            let theirs = reason(ours.as_str());
            assert_eq!((theirs.name(), theirs.code()), (ours.crl_name(), ours.crl_code()), "{ours:?}");
        }
        assert_eq!(reason("no such reason"), pki::RevocationReason::Unspecified);
    }
}
