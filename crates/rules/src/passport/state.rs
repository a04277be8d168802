//! How a credential stands: a function of what was done with it, and of the day.

use super::named;
use jiff::Timestamp;
use jiff::civil::Date;

named! {
    /// How a credential stands.
    CredentialState {
        /// Its owner has not said anything yet.
        ToReview = "to-review";
        /// It is in its owner's wallet.
        Accepted = "accepted";
        /// Its owner does not take it.
        Rejected = "rejected";
        /// The trust took it back before it was accepted.
        Withdrawn = "withdrawn";
        /// The trust, or its owner by a new copy, has ended it.
        Revoked = "revoked";
        /// Its last day is over.
        Expired = "expired";
        /// Its owner or the trust put it away, or a newer one took its place.
        Archived = "archived";
    }
}

/// What was done with a credential, and when, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each field is what its name says")]
pub struct CredentialMoments {
    pub accepted_at: Option<Timestamp>,
    pub rejected_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
    /// The last local day on which it holds.
    pub valid_until: Option<Date>,
}

/// How a trust ends a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustEnds {
    /// It takes back what its owner has not answered yet.
    ByWithdrawing,
    /// It revokes what its owner accepted.
    ByRevoking,
}

impl CredentialMoments {
    /// How the trust can end the credential; not at all, where it has ended already. That its last day is over, or that its owner put it
    /// away, makes no difference.
    pub fn trust_ends(&self) -> Option<TrustEnds> {
        if self.revoked_at.is_some() || self.withdrawn_at.is_some() || self.rejected_at.is_some() {
            None
        } else if self.accepted_at.is_some() {
            Some(TrustEnds::ByRevoking)
        } else {
            Some(TrustEnds::ByWithdrawing)
        }
    }

    /// Whether it lies in the archive: put away, and not revoked since.
    pub const fn is_archived(&self) -> bool {
        self.archived_at.is_some() && self.revoked_at.is_none()
    }

    /// Whether the trust can put it away: it was accepted, has not been revoked, and is not in the archive. That its last day is over makes
    /// no difference.
    pub const fn can_be_archived(&self) -> bool {
        self.accepted_at.is_some() && self.revoked_at.is_none() && self.archived_at.is_none()
    }
}

impl CredentialState {
    /// How a credential stands on a local day. What cannot be undone counts before what can: one that was revoked and put
    /// away is revoked.
    pub fn on(day: Date, moments: &CredentialMoments) -> Self {
        let over = moments.valid_until.is_some_and(|last| day > last);
        if moments.revoked_at.is_some() {
            Self::Revoked
        } else if moments.withdrawn_at.is_some() {
            Self::Withdrawn
        } else if moments.rejected_at.is_some() {
            Self::Rejected
        } else if over {
            Self::Expired
        } else if moments.archived_at.is_some() {
            Self::Archived
        } else if moments.accepted_at.is_some() {
            Self::Accepted
        } else {
            Self::ToReview
        }
    }

    /// Among which others it is listed on a local day: what was put away stands with the archived ones, also once its last day is over.
    pub fn listed_on(day: Date, moments: &CredentialMoments) -> Self {
        if moments.is_archived() { Self::Archived } else { Self::on(day, moments) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_credential_holds_on_its_last_day_and_not_on_the_next() {
        let moments = CredentialMoments {
            accepted_at: Some(Timestamp::UNIX_EPOCH),
            valid_until: Some(date(2027, 3, 31)),
            ..CredentialMoments::default()
        };
        assert_eq!(CredentialState::on(date(2027, 3, 31), &moments), CredentialState::Accepted);
        assert_eq!(CredentialState::on(date(2027, 4, 1), &moments), CredentialState::Expired);
        let revoked = CredentialMoments { revoked_at: Some(Timestamp::UNIX_EPOCH), ..moments };
        assert_eq!(CredentialState::on(date(2027, 4, 1), &revoked), CredentialState::Revoked);
    }

    #[test]
    fn what_nobody_touched_waits_for_its_owner_until_its_last_day() {
        let untouched =
            CredentialMoments { valid_until: Some(date(2027, 3, 31)), ..CredentialMoments::default() };
        assert_eq!(CredentialState::on(date(2027, 3, 31), &untouched), CredentialState::ToReview);
        assert_eq!(CredentialState::on(date(2027, 4, 1), &untouched), CredentialState::Expired);
    }

    #[test]
    fn what_was_put_away_is_listed_as_archived_also_once_its_last_day_is_over_and_until_it_is_revoked() {
        let at = Some(Timestamp::UNIX_EPOCH);
        let held = CredentialMoments {
            accepted_at: at,
            valid_until: Some(date(2027, 3, 31)),
            ..CredentialMoments::default()
        };
        let archived = CredentialMoments { archived_at: at, ..held };
        let revoked = CredentialMoments { revoked_at: at, ..archived };
        let over = date(2027, 4, 1);
        assert!(held.can_be_archived() && !held.is_archived());
        assert!(!archived.can_be_archived() && archived.is_archived());
        assert!(!revoked.can_be_archived() && !revoked.is_archived());
        assert!(!CredentialMoments::default().can_be_archived(), "nobody has accepted it");
        assert_eq!(CredentialState::on(over, &archived), CredentialState::Expired);
        assert_eq!(CredentialState::listed_on(over, &archived), CredentialState::Archived);
        assert_eq!(CredentialState::listed_on(over, &held), CredentialState::Expired);
        assert_eq!(CredentialState::listed_on(over, &revoked), CredentialState::Revoked);
    }

    #[test]
    fn names_are_read_back() {
        for state in CredentialState::ALL {
            assert_eq!(CredentialState::parse(state.as_str()), Some(*state));
        }
        assert_eq!(CredentialState::parse("gone"), None);
    }

    #[test]
    fn a_trust_withdraws_what_was_not_answered_and_revokes_what_was_accepted_and_ends_nothing_twice() {
        let at = Some(Timestamp::UNIX_EPOCH);
        let new = CredentialMoments {
            valid_until: Some(jiff::civil::date(2020, 1, 1)),
            ..CredentialMoments::default()
        };
        assert_eq!(new.trust_ends(), Some(TrustEnds::ByWithdrawing));
        let accepted = CredentialMoments { accepted_at: at, ..new };
        assert_eq!(accepted.trust_ends(), Some(TrustEnds::ByRevoking));
        let archived = CredentialMoments { archived_at: at, ..accepted };
        assert_eq!(archived.trust_ends(), Some(TrustEnds::ByRevoking));
        for ended in [
            CredentialMoments { revoked_at: at, ..archived },
            CredentialMoments { withdrawn_at: at, ..new },
            CredentialMoments { rejected_at: at, ..new },
        ] {
            assert_eq!(ended.trust_ends(), None);
        }
    }
}
