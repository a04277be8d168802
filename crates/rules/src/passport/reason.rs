//! Why a credential is rejected, withdrawn or revoked.

use super::named;

named! {
    /// Why a person rejects a credential (guide 000, *Rejecting the credential*).
    RejectReason {
        /// They have it already.
        Duplicate = "duplicate";
        /// What it says is wrong.
        Incorrect = "incorrect";
        /// They do not want it.
        NotWanted = "not-wanted";
        /// *Other reason*, which asks for more.
        Other = "other";
    }
}

impl RejectReason {
    /// Whether the person must say more.
    pub const fn wants_details(self) -> bool {
        matches!(self, Self::Other)
    }

    /// Whether the trust resolves a rejection for this reason by providing another credential of the same kind and variant to the same
    /// person: it is taken to be the corrected one. Of a duplicate, and of what is not wanted, there is nothing to correct: whatever
    /// is provided later is something else, and somebody looks at the rejection.
    pub const fn is_corrected_by_another(self) -> bool {
        match self {
            Self::Incorrect | Self::Other => true,
            Self::Duplicate | Self::NotWanted => false,
        }
    }
}

named! {
    /// Why a trust takes back what was not accepted yet.
    WithdrawReason {
        /// It should not have been provided.
        IssuedInError = "issued-in-error";
        /// A better one comes.
        Updated = "updated";
        /// What it says is true no more.
        NoLongerValid = "no-longer-valid";
    }
}

named! {
    /// Why a credential that was accepted is good no more.
    RevokeReason {
        /// The training has run out.
        TrainingExpired = "training-expired";
        /// Its holder leaves the organisation.
        Leaving = "leaving";
        /// It should not have been provided.
        ProvidedInError = "provided-in-error";
        /// The phone is lost.
        LostPhone = "lost-phone";
        /// What it says is true no more.
        NoLongerValid = "no-longer-valid";
        /// That is suspected.
        SuspectedNoLongerValid = "suspected-no-longer-valid";
        /// Its holder has died.
        Deceased = "deceased";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_corrected_by_another_credential_and_what_is_not_wanted_is_not() {
        let corrected: Vec<_> =
            RejectReason::ALL.iter().filter(|reason| reason.is_corrected_by_another()).collect();
        assert_eq!(corrected, [&RejectReason::Incorrect, &RejectReason::Other]);
    }
}
