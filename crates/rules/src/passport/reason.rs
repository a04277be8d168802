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
