//! The Registration Authority's side of the console: cards and the people who have them, being sure who stands there, acts on a
//! card with their reason, who must come in, and what falls due when.

mod act;
mod blanks;
mod card;
mod find;
mod forecast;
mod identity;
mod outside;
mod person;
mod queue;
mod requests;

pub use act::{RaActForm, RaIssue};
pub use blanks::{RaBadRow, RaBlanks};
pub use card::{RaCard, RaCertificate, RaHappening};
pub use find::{RaFind, RaFound, RaFoundCard};
pub use forecast::RaForecast;
pub use identity::RaIdentity;
pub use outside::{RaOutside, RaToTell};
pub use person::{RaCardLine, RaPasscode, RaPerson};
pub use queue::{RaQueue, RaQueueLine};
pub use requests::{RaRequestLine, RaRequests};

use serde::Serialize;

/// Something that holds of a card. Several can at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RaFlag {
    /// Registered, and nobody's yet.
    Blank,
    /// Handed over with a passcode that nobody knows: the person sets one at the first sign-in.
    IssuedLocked,
    /// It can be used.
    InUse,
    /// Its passcodes are due in the next days.
    PasscodesDue,
    /// New passcodes come before anything else.
    MustSetPasscodes,
    /// Day 386 is over without new passcodes.
    Locked,
    /// Its certificates are due in the next days.
    CertificatesDue,
    /// New certificates come before anything else.
    MustRenew,
    /// The next renewal is done here.
    RenewalHere,
    /// Its certificates have expired.
    Expired,
    /// Too many wrong passcodes: the card has no tries left.
    Blocked,
    /// Its certificates are revoked.
    Revoked,
    /// It is not used any more.
    Cancelled,
    /// Keys and certificates were taken off it.
    Wiped,
}

/// Something that is done to a card, or for its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RaAct {
    /// *Unlock the account* that is locked since day 386.
    Unlock,
    /// *Unblock the card* that has no tries left.
    Unblock,
    /// *Ask for new passcodes* at the next sign-in.
    ForcePasscodes,
    /// *Renew the certificates* with the person.
    Renew,
    /// *Issue a card*.
    Issue,
    /// *Replace the card* by another one.
    Replace,
    /// *Cancel the card* for good.
    Cancel,
    /// *Revoke the certificates*; the card can get new ones.
    Revoke,
    /// *Wipe the card*: keys and certificates are taken off.
    Wipe,
    /// *Clear the card* for reuse.
    Clear,
    /// *Cancel all cards* of somebody who leaves.
    CancelAll,
}
