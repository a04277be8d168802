//! Invitations to a staff passport: how one stands, and what the trust's people say of somebody's identity.

use super::named;
use jiff::Timestamp;

/// At most so many people are invited by one file.
pub const MOST_INVITED: usize = 5_000;

/// A file with invitations takes at most so many bytes.
pub const LARGEST_INVITATIONS: usize = 2 * 1_024 * 1_024;

named! {
    /// How somebody's identity is checked.
    IdentityCheck {
        /// In a call with a picture, or by documents that they sent.
        Remote = "remote";
        /// Face to face.
        InPerson = "in-person";
    }
}

named! {
    /// Why somebody who was invited gets no passport.
    DeclineReason {
        /// They are not known as somebody who starts here.
        NotAStarter = "not-a-starter";
        /// Who they are could not be confirmed.
        Unconfirmed = "unconfirmed";
        /// Something else.
        Other = "other";
    }
}

named! {
    /// How an invitation stands.
    InvitationState {
        /// Nobody has followed it yet.
        Sent = "sent";
        /// The person has an account, for which they told who they are: the trust checks that.
        IdentityShared = "identity-shared";
        /// The person has to come in for that.
        AppointmentNeeded = "appointment-needed";
        /// The trust knows who they are.
        Confirmed = "confirmed";
        /// They get no passport.
        Declined = "declined";
    }
}

named! {
    /// Which invitations are looked for.
    InvitationFilter {
        /// Those that are neither confirmed nor declined.
        Open = "open";
        /// Those of people who have registered, and of whom that is to be said.
        Registered = "registered";
        /// All.
        All = "all";
    }
}

/// What has happened to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InvitationMoments {
    /// Whether the person has an account.
    pub joined: bool,
    /// When it was said that they have to come in, UTC.
    pub appointment_at: Option<Timestamp>,
    /// When their identity was confirmed, UTC.
    pub confirmed_at: Option<Timestamp>,
    /// When they were declined, UTC.
    pub declined_at: Option<Timestamp>,
}

impl InvitationMoments {
    /// How it stands.
    pub const fn state(&self) -> InvitationState {
        match self {
            Self { declined_at: Some(_), .. } => InvitationState::Declined,
            Self { confirmed_at: Some(_), .. } => InvitationState::Confirmed,
            Self { joined: false, .. } => InvitationState::Sent,
            Self { appointment_at: Some(_), .. } => InvitationState::AppointmentNeeded,
            Self { .. } => InvitationState::IdentityShared,
        }
    }
}

impl InvitationState {
    /// Whether the trust can say now who the person is, or that they get no passport.
    pub const fn can_be_judged(self) -> bool {
        matches!(self, Self::IdentityShared | Self::AppointmentNeeded)
    }

    /// Whether it is of use to send it again.
    pub const fn can_be_sent_again(self) -> bool {
        matches!(self, Self::Sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_stands_as_what_happened_last_says() {
        let at = Some(Timestamp::UNIX_EPOCH);
        let sent = InvitationMoments::default();
        let joined = InvitationMoments { joined: true, ..sent };
        for (moments, state) in [
            (sent, InvitationState::Sent),
            // Nobody comes in before they have told who they are.
            (InvitationMoments { appointment_at: at, ..sent }, InvitationState::Sent),
            (joined, InvitationState::IdentityShared),
            (InvitationMoments { appointment_at: at, ..joined }, InvitationState::AppointmentNeeded),
            (
                InvitationMoments { appointment_at: at, confirmed_at: at, ..joined },
                InvitationState::Confirmed,
            ),
            (InvitationMoments { declined_at: at, ..joined }, InvitationState::Declined),
        ] {
            assert_eq!(moments.state(), state, "{moments:?}");
            assert_eq!(
                state.can_be_judged(),
                moments.joined && moments.confirmed_at.or(moments.declined_at).is_none()
            );
        }
    }
}
