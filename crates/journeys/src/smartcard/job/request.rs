//! What is asked of a card: by its owner in the portal, or by the Registration Authority.

use card_jobs::JobKind;
use serde::{Deserialize, Serialize};
use store::organisation::Organisation;
use uuid::Uuid;
use vault::Secret;

/// Who asks for it, and about which card.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The employer.
    pub organisation: &'a Organisation,
    /// The account of who asks. They alone see the job's page.
    pub by: Uuid,
    /// Which card; none where a blank one will do that the agent finds.
    pub card: Option<Uuid>,
    /// What the Registration Authority does by it; none where the owner does it.
    pub act: Option<Uuid>,
    /// Why the Registration Authority does it, for the audit.
    pub reason: Option<&'a str>,
}

/// What is asked.
#[derive(Debug)]
pub enum Request {
    /// How it stands: its tries.
    Read,
    /// *Manage Passcodes*.
    SetPasscodes(SetPasscodes),
    /// A blocked card is opened with a new passcode. Whoever asks has proved that they may.
    Unblock(Unblock),
    /// *Update My Card*.
    Renew(Renew),
    /// Take everything off it.
    Wipe(Wipe),
    /// First keys and certificates for a person.
    Issue(Issue),
}

/// A new passcode of the card's own.
#[derive(Debug, Clone)]
pub enum NewPasscode {
    /// Typed on the page, and found to suit the organisation's rules and the card's.
    Typed(Secret<String>),
    /// The agent asks for it.
    Agent,
}

/// What becomes of a passcode that the server checks.
#[derive(Debug, Clone, Default)]
pub enum ServerPasscode {
    /// It stays.
    #[default]
    Keep,
    /// It is this one: its Argon2id hash, found to be none of the last five.
    Set(Secret<String>),
    /// *Blank Passcode*.
    Blank,
}

/// All of it is done, or nothing.
#[derive(Debug, Default)]
pub struct SetPasscodes {
    /// *Current Smartcard Passcode*; none where the agent asks for it.
    pub current: Option<Secret<String>>,
    /// *New Smartcard Passcode*.
    pub new: Option<NewPasscode>,
    /// *New Account Recovery Passcode*.
    pub recovery: ServerPasscode,
    /// *New Verification Passcode*.
    pub verification: ServerPasscode,
}

/// A new passcode in the place of one that was blocked or forgotten.
#[derive(Debug)]
pub struct Unblock {
    /// Typed or asked for.
    pub new: NewPasscode,
    /// By which proof, for the audit: "recovery-passcode", "one-time-code", "registration-authority".
    pub how: &'static str,
}

/// New keys and certificates.
#[derive(Debug, Default)]
pub struct Renew {
    /// The passcode that was typed; none where the agent asks for it.
    pub current: Option<Secret<String>>,
    /// Whether the Registration Authority has checked who it is: the count of renewals begins anew.
    pub by_ra: bool,
}

/// Certificates and keys are taken off.
#[derive(Debug, Clone, Copy)]
pub struct Wipe {
    /// Whether the card is blank afterwards, for somebody else.
    pub for_reuse: bool,
}

/// First keys and certificates.
#[derive(Debug)]
pub struct Issue {
    /// Whose it becomes.
    pub owner: Uuid,
    /// What the person chose as passcode; none where it is handed over locked, with one that nobody knows.
    pub new: Option<NewPasscode>,
}

impl Request {
    /// Its kind.
    pub fn kind(&self) -> JobKind {
        match self {
            Self::Read => JobKind::Read,
            Self::SetPasscodes(_) => JobKind::SetPasscodes,
            Self::Unblock(_) => JobKind::Unblock,
            Self::Renew(_) => JobKind::Renew,
            Self::Wipe(_) => JobKind::Wipe,
            Self::Issue(_) => JobKind::Issue,
        }
    }
}

/// The name of a kind, as the database and message files have it.
pub(super) fn kind_name(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Read => "read",
        JobKind::SetPasscodes => "set-passcodes",
        JobKind::Unblock => "unblock",
        JobKind::Renew => "renew",
        JobKind::Wipe => "wipe",
        JobKind::Issue => "issue",
    }
}

/// The kind of this name.
pub(super) fn kind_named(name: &str) -> Option<JobKind> {
    [JobKind::Read, JobKind::SetPasscodes, JobKind::Unblock, JobKind::Renew, JobKind::Wipe, JobKind::Issue]
        .into_iter()
        .find(|kind| kind_name(*kind) == name)
}

/// What is asked, without its secrets: kept with the job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each kind of job asks for some of these, independently")]
pub(super) struct Plain {
    /// Whether there is a new passcode for the card.
    pub new: bool,
    /// Whether it was typed, or drawn by us, and not asked for by the agent.
    pub new_typed: bool,
    /// Whether the card is handed over with a passcode that nobody knows.
    pub locked: bool,
    /// Whether the Registration Authority renews.
    pub by_ra: bool,
    /// Whether it is blank after wiping.
    pub for_reuse: bool,
    /// By which proof a card is unblocked.
    pub how: String,
    /// Why the Registration Authority does it.
    pub reason: String,
}

/// What was typed: sealed, and erased after minutes.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Typed {
    /// The present passcode.
    #[serde(default)]
    pub current: Option<String>,
    /// The new one.
    #[serde(default)]
    pub new: Option<String>,
}

impl Drop for Typed {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.current.zeroize();
        self.new.zeroize();
    }
}

/// What takes effect when the job is done: sealed, and erased then.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Held {
    /// What becomes of the Account Recovery Passcode.
    pub recovery: HeldPasscode,
    /// What becomes of the Verification Passcode.
    pub verification: HeldPasscode,
}

/// See [`ServerPasscode`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum HeldPasscode {
    #[default]
    Keep,
    Set {
        hash: String,
        /// The passcode whose place it takes.
        replaces: Option<Uuid>,
    },
    Blank,
}

impl Request {
    /// What of it is kept openly.
    pub(super) fn plain(&self) -> Plain {
        let mut plain = Plain::default();
        let new = match self {
            Self::SetPasscodes(set) => set.new.as_ref(),
            Self::Unblock(unblock) => Some(&unblock.new),
            Self::Issue(issue) => issue.new.as_ref(),
            Self::Read | Self::Renew(_) | Self::Wipe(_) => None,
        };
        plain.new = new.is_some();
        plain.new_typed = matches!(new, Some(NewPasscode::Typed(_)));
        match self {
            Self::Renew(renew) => plain.by_ra = renew.by_ra,
            Self::Wipe(wipe) => plain.for_reuse = wipe.for_reuse,
            Self::Issue(issue) => {
                plain.locked = issue.new.is_none();
                plain.new = true;
                plain.new_typed |= plain.locked;
            }
            Self::Unblock(unblock) => unblock.how.clone_into(&mut plain.how),
            Self::Read | Self::SetPasscodes(_) => {}
        }
        plain
    }

    /// What of it is sealed for minutes.
    pub(super) fn typed(&self) -> Typed {
        let new = |new: Option<&NewPasscode>| match new {
            Some(NewPasscode::Typed(typed)) => Some(typed.expose().clone()),
            Some(NewPasscode::Agent) | None => None,
        };
        let (current, new) = match self {
            Self::SetPasscodes(set) => (set.current.as_ref(), new(set.new.as_ref())),
            Self::Unblock(unblock) => (None, new(Some(&unblock.new))),
            Self::Renew(renew) => (renew.current.as_ref(), None),
            Self::Issue(issue) => (None, new(issue.new.as_ref())),
            Self::Read | Self::Wipe(_) => (None, None),
        };
        Typed { current: current.map(|typed| typed.expose().clone()), new }
    }
}
