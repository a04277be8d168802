//! What is known of a card and of what a job did to it. It is kept with the job after every order; there is no secret in it.

use super::step::Trouble;
use card_jobs::{Hex, Slot};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The signature key, which is renewed first.
    pub signature: Pair,
    /// The authentication key, which is renewed last: it signs in.
    pub authentication: Pair,
    /// Certificates that were issued and came to nothing: they are revoked when the job ends.
    pub orphans: Vec<Uuid>,
    /// What became of a new passcode.
    pub passcode: Passcode,
    /// What became of the unblocking key.
    pub unblocking: Unblocking,
    /// Slots that were wiped, in this job.
    pub wiped: Vec<Slot>,
    /// How many tries the card says that its passcode has.
    pub tries_left: Option<u8>,
    /// What was seen by the agent of this run. Another run looks at the card again.
    pub run: Run,
}

/// A new key with its certificate, on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pair {
    /// The public key that the card made: a point on P-256, uncompressed.
    pub key: Option<Hex>,
    /// In which run it was made.
    pub made_in: u32,
    /// The card's signature over the request for a certificate, DER.
    pub request_signature: Option<Hex>,
    /// The authority takes its time to decide about it.
    pub waits: Option<Waits>,
    /// The certificate for it.
    pub certificate: Option<Certificate>,
    /// The slot was emptied where the old key is put aside.
    pub has_room: bool,
    /// How often the agent was told to put the old key aside: of which nobody heard, it may be done.
    pub put_aside_orders: u32,
    /// The agent was told to move it to its place: whether it did is not known until it is `moved`.
    pub moving: bool,
    /// It is in its place.
    pub moved: bool,
}

/// A certificate that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its id among the card's certificates.
    pub id: Uuid,
    /// As it is written to the card, DER.
    pub der: Hex,
}

/// An authority was asked for a certificate and decides later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// What it is asked about.
    pub about: String,
    /// When it may be asked again, in seconds since 1970, UTC.
    pub again: i64,
}

/// A new passcode, on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Passcode {
    /// The output of the history's function for it.
    pub output: Option<Hex>,
    /// What the portal evaluated, for the agent to finish.
    pub evaluated: Option<Hex>,
    /// The agent was told to change it: whether it did is not known until it is `set`.
    pub changing: bool,
    /// It is the card's now.
    pub set: bool,
}

/// The unblocking key. Which generation the card has is known, but for an order of which nobody heard whether it was done: then it
/// is the one before or after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unblocking {
    /// So many generations after the one in the database were not the card's.
    pub wrong: u32,
    /// The card has this one now.
    pub now: Option<u32>,
}

/// What was seen in this run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each was seen or was not, independently of the others")]
pub struct Run {
    /// The agent holds the card.
    pub connected: bool,
    /// What the card's CHUID says.
    pub guid: Option<Hex>,
    /// What the card sent for the management key to be proved by.
    pub witness: Option<Hex>,
    /// It proved to have the management key of its GUID, and we to have it.
    pub proved: bool,
    /// Whether it can move keys; none before it was asked.
    pub moves_keys: Option<bool>,
    /// Its passcode was right.
    pub verified: bool,
    /// The new passcode was tried as the present one, after a change whose outcome nobody heard.
    pub tried_new: bool,
    /// The new passcode's output comes from what the agent asked for in this run.
    pub output_of_agent: bool,
    /// The new passcode was compared with the last five.
    pub compared: bool,
    /// The tries were read.
    pub tries_read: bool,
    /// So many unblocking keys were wrong.
    pub wrong_keys: u32,
    /// What the agent blinded.
    pub blinded: Option<Hex>,
    /// How the signature key stands.
    pub signature: Seen,
    /// How the authentication key stands.
    pub authentication: Seen,
    /// How often the card was gone.
    pub gone: u32,
    /// Why it goes no further.
    pub trouble: Option<Trouble>,
}

/// What was seen of one new key in this run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each was seen or was not, independently of the others")]
pub struct Seen {
    /// The card was seen to hold the key in the slot where it waits.
    pub waits: bool,
    /// It was looked for in its place, and was not there.
    pub not_in_place: bool,
    /// The old key was put aside, or there was none.
    pub put_aside: bool,
    /// The old key was erased, or there was none.
    pub old_erased: bool,
    /// The certificate was written and read back the same.
    pub written: bool,
    /// The key signed a challenge from its place, with its certificate written.
    pub proved: bool,
}

/// The place of a key that signs in or signs documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// 9C.
    Signature,
    /// 9A.
    Authentication,
}

impl Which {
    /// In the order in which they are renewed: what signs in comes last.
    pub const BOTH: [Self; 2] = [Self::Signature, Self::Authentication];

    /// Where the key serves.
    pub fn place(self) -> Slot {
        match self {
            Self::Signature => Slot::Signature,
            Self::Authentication => Slot::Authentication,
        }
    }

    /// Where a new one waits on cards that can move keys.
    pub fn waiting(self) -> Slot {
        match self {
            Self::Signature => Slot::NextSignature,
            Self::Authentication => Slot::NextAuthentication,
        }
    }

    /// Which of the two a slot belongs to.
    pub fn of(slot: Slot) -> Self {
        match slot {
            Slot::Signature | Slot::NextSignature => Self::Signature,
            Slot::Authentication | Slot::NextAuthentication => Self::Authentication,
        }
    }
}

impl Facts {
    /// One of the two new keys.
    pub fn pair(&self, which: Which) -> &Pair {
        match which {
            Which::Signature => &self.signature,
            Which::Authentication => &self.authentication,
        }
    }

    /// The same, to be changed.
    pub fn pair_mut(&mut self, which: Which) -> &mut Pair {
        match which {
            Which::Signature => &mut self.signature,
            Which::Authentication => &mut self.authentication,
        }
    }

    /// What was seen of it in this run.
    pub fn seen(&self, which: Which) -> &Seen {
        match which {
            Which::Signature => &self.run.signature,
            Which::Authentication => &self.run.authentication,
        }
    }

    /// The same, to be changed.
    pub fn seen_mut(&mut self, which: Which) -> &mut Seen {
        match which {
            Which::Signature => &mut self.run.signature,
            Which::Authentication => &mut self.run.authentication,
        }
    }

    /// The key that was made is not on the card: another one has to be made, and its certificate will be revoked.
    pub fn forget_key(&mut self, which: Which) {
        let pair = std::mem::take(self.pair_mut(which));
        self.orphans.extend(pair.certificate.map(|certificate| certificate.id));
        *self.seen_mut(which) = Seen::default();
    }

    /// When the authority is to be asked again, in seconds since 1970, UTC; none where nobody waits for it.
    pub fn asks_again(&self) -> Option<i64> {
        Which::BOTH.into_iter().filter_map(|which| Some(self.pair(which).waits.as_ref()?.again)).min()
    }

    /// The agent lost the card, or another run begins: nothing that was seen counts any more.
    pub fn look_again(&mut self) {
        let gone = self.run.gone;
        self.run = Run { gone, ..Run::default() };
        // What the agent asked the person for it has forgotten, and the person may choose otherwise.
        self.passcode.evaluated = None;
    }
}
