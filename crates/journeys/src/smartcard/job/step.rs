//! What an order is about, and why a run goes no further: the words of the journal.

use super::facts::Which;
use card_jobs::{Hex, Progress, Slot, Verdict};
use serde::{Deserialize, Serialize};

/// What an order is about. The order itself follows from it, from the keys and from what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum Step {
    /// Find the card.
    Connect,
    /// Which card is it?
    ReadGuid,
    /// What is it, and can it move keys?
    ReadVersion,
    /// How many tries has its passcode?
    ReadTries,
    /// Begin to prove the management key.
    AskWitness,
    /// Prove it, and let the card prove it.
    ProveCard {
        /// What the card answers when it has the key.
        challenge: Hex,
    },
    /// The present passcode.
    VerifyCurrent,
    /// The new passcode, after a change of which nobody heard whether it was done; or after an unblocking.
    VerifyNew,
    /// The history: blind the new passcode.
    Blind,
    /// The history: finish it.
    FinishHistory,
    /// Change the passcode.
    Change,
    /// Open the card.
    Unblock {
        /// The generation of the unblocking key that the card may have.
        with: u32,
        /// The one that takes its place.
        next: u32,
    },
    /// Make a key.
    Generate {
        /// Where.
        slot: Slot,
    },
    /// Sign the request for a certificate.
    SignRequest {
        /// With the key of this slot.
        slot: Slot,
    },
    /// Sign something that nobody could foresee.
    SignChallenge {
        /// With the key of this slot.
        slot: Slot,
        /// What is signed.
        challenge: Hex,
    },
    /// Empty the slot where the old key will be put aside: what is there is left over from an earlier renewal.
    MakeRoom {
        /// Which.
        which: Which,
    },
    /// Put the old key aside.
    PutAside {
        /// Which.
        which: Which,
    },
    /// Move a key from where it waits to its place.
    Move {
        /// Which.
        which: Which,
    },
    /// Erase the old key that was put aside: both new ones have proved to work.
    EraseOld {
        /// Which.
        which: Which,
    },
    /// Write a certificate, and read it back.
    Write {
        /// Which.
        which: Which,
    },
    /// Take a certificate off, and overwrite its key.
    Wipe {
        /// Which.
        which: Which,
    },
    /// The agent lets the card go.
    End {
        /// How.
        verdict: Verdict,
    },
}

impl Step {
    /// In one word, for the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::ReadGuid => "read-guid",
            Self::ReadVersion => "read-version",
            Self::ReadTries => "read-tries",
            Self::AskWitness => "ask-witness",
            Self::ProveCard { .. } => "prove-card",
            Self::VerifyCurrent => "verify",
            Self::VerifyNew => "verify-new",
            Self::Blind => "blind",
            Self::FinishHistory => "finish-history",
            Self::Change => "change",
            Self::Unblock { .. } => "unblock",
            Self::Generate { slot } => match Which::of(*slot) {
                Which::Signature => "generate-signature",
                Which::Authentication => "generate-authentication",
            },
            Self::SignRequest { slot } => match Which::of(*slot) {
                Which::Signature => "request-signature",
                Which::Authentication => "request-authentication",
            },
            Self::SignChallenge { slot, .. } => match slot {
                Slot::Signature => "prove-signature",
                Slot::Authentication => "prove-authentication",
                Slot::NextSignature => "prove-waiting-signature",
                Slot::NextAuthentication => "prove-waiting-authentication",
            },
            Self::MakeRoom { which: Which::Signature } => "make-room-signature",
            Self::MakeRoom { which: Which::Authentication } => "make-room-authentication",
            Self::PutAside { which: Which::Signature } => "put-aside-signature",
            Self::PutAside { which: Which::Authentication } => "put-aside-authentication",
            Self::EraseOld { which: Which::Signature } => "erase-old-signature",
            Self::EraseOld { which: Which::Authentication } => "erase-old-authentication",
            Self::Move { which: Which::Signature } => "move-signature",
            Self::Move { which: Which::Authentication } => "move-authentication",
            Self::Write { which: Which::Signature } => "write-signature",
            Self::Write { which: Which::Authentication } => "write-authentication",
            Self::Wipe { which: Which::Signature } => "wipe-signature",
            Self::Wipe { which: Which::Authentication } => "wipe-authentication",
            Self::End { verdict: Verdict::Done } => "end-done",
            Self::End { verdict: Verdict::CanResume } => "end-can-resume",
            Self::End { verdict: Verdict::Refused } => "end-refused",
        }
    }

    /// What the person is shown meanwhile, in the words of the guide.
    pub fn progress(&self) -> Progress {
        match self {
            Self::Connect
            | Self::ReadGuid
            | Self::ReadVersion
            | Self::ReadTries
            | Self::AskWitness
            | Self::ProveCard { .. } => Progress::ReadingCard,
            Self::VerifyCurrent => Progress::CheckingPasscode,
            Self::VerifyNew | Self::Blind | Self::FinishHistory | Self::Change | Self::Unblock { .. } => {
                Progress::SettingPasscode
            }
            Self::Generate { .. } | Self::SignRequest { .. } => Progress::CreatingCard,
            Self::MakeRoom { .. } | Self::PutAside { .. } | Self::Move { .. } | Self::Write { .. } => {
                Progress::WritingCertificates
            }
            Self::SignChallenge { .. } | Self::EraseOld { .. } => Progress::Proving,
            Self::Wipe { .. } => Progress::Wiping,
            Self::End { .. } => Progress::Ended,
        }
    }
}

/// Why a run goes no further. The page says each in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// There is no reader, or its service does not run.
    NoReader,
    /// No card is in any reader.
    NoCard,
    /// The card that is there is another one.
    WrongCard,
    /// The card was pulled out.
    CardGone,
    /// The passcode was wrong.
    PasscodeWrong,
    /// One try is left, and the person kept it.
    LastTryKept,
    /// No tries are left.
    Blocked,
    /// The card does not take the new passcode.
    PasscodeRefused,
    /// The new passcode is one of the last five.
    PasscodeUsed,
    /// The unblocking key is not the card's.
    UnblockingKey,
    /// The person said no.
    Declined,
    /// The card does not prove to be what it says, or its answers do not fit.
    NotProved,
    /// The card answers what it should not.
    Unexpected,
    /// The agent is too old, or its administrators do not allow it.
    NotAllowed,
    /// No certificates are issued just now.
    NoAuthority,
    /// The authority takes its time to decide about a certificate.
    AuthorityDecides,
    /// It has decided: the certificates wait for the card.
    AuthorityDecided,
    /// Too many tries in an hour.
    TooMany,
    /// The card is somebody else's already.
    CardTaken,
    /// The card, or what is asked of it, has changed meanwhile: it was revoked, or is another person's.
    CardChanged,
    /// The person gave it up.
    Cancelled,
    /// Nobody went on with it for a day.
    Abandoned,
}

impl Trouble {
    /// Its name in the database, on the page and in the message files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoReader => "no-reader",
            Self::NoCard => "no-card",
            Self::WrongCard => "wrong-card",
            Self::CardGone => "card-gone",
            Self::PasscodeWrong => "passcode-wrong",
            Self::LastTryKept => "last-try-kept",
            Self::Blocked => "blocked",
            Self::PasscodeRefused => "passcode-refused",
            Self::PasscodeUsed => "passcode-used",
            Self::UnblockingKey => "unblocking-key",
            Self::Declined => "declined",
            Self::NotProved => "not-proved",
            Self::Unexpected => "unexpected",
            Self::NotAllowed => "not-allowed",
            Self::NoAuthority => "no-authority",
            Self::AuthorityDecides => "authority-decides",
            Self::AuthorityDecided => "authority-decided",
            Self::TooMany => "too-many",
            Self::CardTaken => "card-taken",
            Self::CardChanged => "card-changed",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether the job can be gone on with. What cannot is over.
    pub fn can_resume(self) -> bool {
        !matches!(
            self,
            Self::UnblockingKey
                | Self::CardTaken
                | Self::CardChanged
                | Self::Cancelled
                | Self::Abandoned
                // A new one has to be typed: on the page.
                | Self::PasscodeRefused
                | Self::PasscodeUsed
        )
    }
}
