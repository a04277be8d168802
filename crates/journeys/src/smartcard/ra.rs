//! The Registration Authority at work in the console: within its own organisation, for nobody's own card, with a reason, a fresh
//! proof and, where the card is opened or handed out, being sure who stands there.

pub mod acts;
pub mod blanks;
pub mod find;
pub mod forecast;
pub mod identity;
pub mod outside;
pub mod queue;
pub mod reader;
pub mod requests;
pub mod see;
mod told;

use crate::console::{Staff, person_of};
use crate::{Refusal, Service, session};
use rules::role::Act;
use rules::smartcard::{
    CertificateAge, PasscodeAge, Renewal, ServiceProblem, SmartcardRules, Standing, may_serve,
};
use store::account::Account;
use store::smartcard::Smartcard;
use uuid::Uuid;

/// Why the Registration Authority does not go on. Each has a stable public code, explained in the docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RaRefusal {
    /// Nobody serves themselves.
    #[error("nobody acts on their own card")]
    OwnCard,
    /// A card of somebody with a role opens the console.
    #[error("only a manager serves somebody with a role")]
    ManagerOnly,
    /// Being sure who stands there comes first.
    #[error("the identity was not checked")]
    IdentityNotChecked {
        /// Whose card it is.
        account: Uuid,
    },
    /// The request is older than a day, or was decided.
    #[error("the request is over")]
    RequestOver,
    /// A second member of staff approves, not the first one.
    #[error("the request is one's own")]
    OwnRequest,
    /// The card does not stand so that this makes sense, or does not any more.
    #[error("the card does not stand so")]
    CardNotSo,
}

impl RaRefusal {
    /// The public code.
    pub fn code(self) -> &'static str {
        match self {
            Self::OwnCard => "FW-2201",
            Self::ManagerOnly => "FW-2202",
            Self::IdentityNotChecked { .. } => "FW-2203",
            Self::RequestOver => "FW-2204",
            Self::OwnRequest => "FW-2205",
            Self::CardNotSo => "FW-2206",
        }
    }
}

/// Something that is done to a card, or for its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Opens an account that is locked since its passcode became too old.
    Unlock,
    /// A new passcode on a card that has no tries left.
    Unblock,
    /// New passcodes come before anything else.
    ForcePasscodes,
    /// New certificates; the count of renewals starts again.
    Renew,
    /// First certificates for a person.
    Issue,
    /// The old card is cancelled, another one issued.
    Replace,
    /// The end of a card.
    Cancel,
    /// The end of its certificates.
    Revoke,
    /// Keys and certificates are taken off a cancelled card.
    Wipe,
    /// The card is nobody's, for somebody else.
    Clear,
    /// The end of all cards of a person.
    CancelAll,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Unlock,
        Self::Unblock,
        Self::ForcePasscodes,
        Self::Renew,
        Self::Issue,
        Self::Replace,
        Self::Cancel,
        Self::Revoke,
        Self::Wipe,
        Self::Clear,
        Self::CancelAll,
    ];

    /// Its name in the database and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unlock => "unlock",
            Self::Unblock => "unblock",
            Self::ForcePasscodes => "force-passcodes",
            Self::Renew => "renew",
            Self::Issue => "issue",
            Self::Replace => "replace",
            Self::Cancel => "cancel",
            Self::Revoke => "revoke",
            Self::Wipe => "wipe",
            Self::Clear => "clear",
            Self::CancelAll => "cancel-all",
        }
    }

    /// The deed with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.as_str() == name)
    }

    /// What it takes of a role; a renewal of what has expired takes more.
    pub fn act(self, expired: bool) -> Act {
        match self {
            Self::Unlock | Self::Unblock => Act::UnlockCard,
            Self::ForcePasscodes => Act::ForcePasscodes,
            Self::Renew if expired => Act::RenewExpired,
            Self::Renew => Act::RenewDue,
            Self::Issue | Self::Replace => Act::IssueCard,
            Self::Cancel | Self::CancelAll | Self::Wipe => Act::CancelCard,
            Self::Revoke => Act::RevokeCard,
            Self::Clear => Act::ClearCard,
        }
    }

    /// Whether it opens a card or hands one out: then it must be sure who stands there.
    pub fn needs_identity(self) -> bool {
        matches!(self, Self::Unlock | Self::Unblock | Self::ForcePasscodes | Self::Renew | Self::Issue)
    }
}

/// How a card stands by its dates. Days are local days of the organisation.
pub fn standing(service: &Service, card: &Smartcard) -> Standing {
    Standing {
        passcode_set_on: card.passcode_set_on,
        ra_unlocked_on: card.unlocked_on,
        passcodes_forced_on: card.forced_on,
        certificates_last_day: card.expires_at.map(|moment| service.local(moment).date()),
        renewals_used: card.renewals_used,
        withdrawn: !card.is_live(),
    }
}

/// What holds of a card today, for the pages. Several can at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each holds or does not")]
pub struct State {
    /// It is nobody's.
    pub blank: bool,
    /// It was handed over with a passcode that nobody knows.
    pub issued_locked: bool,
    /// How old the passcode is.
    pub passcode: Option<PasscodeAge>,
    /// Whether the account is locked by that.
    pub locked: bool,
    /// Whether new passcodes come before anything else.
    pub must_set: bool,
    /// How near to their end the certificates are.
    pub certificates: Option<CertificateAge>,
    /// Whether the next renewal is done at the Registration Authority.
    pub renewal_here: bool,
    /// Whether the card has no tries left.
    pub blocked: bool,
    /// Whether its certificates are revoked.
    pub revoked: bool,
    /// Whether it is cancelled.
    pub cancelled: bool,
    /// Whether its keys and certificates were taken off it since it was last written.
    pub wiped: bool,
    /// Whether somebody has it with certificates that are not revoked.
    pub live: bool,
}

/// How a card stands today.
pub fn state(service: &Service, card: &Smartcard, rules: &SmartcardRules) -> State {
    let (standing, today) = (standing(service, card), service.today());
    let live = card.is_live();
    let locked = live && standing.is_locked(today, rules);
    let passcode = standing.passcode_age(today, rules).filter(|_| live);
    let forced = standing.passcodes_forced_on.is_some();
    let old = matches!(passcode, Some(PasscodeAge::Overdue { .. } | PasscodeAge::Locked));
    State {
        blank: card.is_blank(),
        issued_locked: live && card.issued_locked,
        passcode,
        locked,
        must_set: live && !locked && (forced || old || card.passcode_set_on.is_none()),
        certificates: standing.certificate_age(today, rules).filter(|_| live),
        renewal_here: live && standing.renewal(rules) == Renewal::AtTheRegistrationAuthority,
        blocked: live && card.tries_left == Some(0),
        revoked: card.account_id.is_some() && card.revoked_at.is_some(),
        cancelled: card.cancelled_at.is_some(),
        wiped: card.account_id.is_some() && card.wiped_at.is_some(),
        live,
    }
}

impl State {
    /// Whether the certificates have expired.
    pub fn expired(&self) -> bool {
        self.certificates == Some(CertificateAge::Expired)
    }

    /// Whether this can be done to a card that stands so.
    pub fn allows(&self, deed: Deed) -> bool {
        match deed {
            Deed::Unlock => self.locked,
            // A card that was handed over locked is opened in the same way.
            Deed::Unblock => self.live && !self.locked,
            Deed::ForcePasscodes => self.live && !self.must_set && !self.locked,
            Deed::Renew => self.live && self.certificates.is_some() && !self.locked,
            Deed::Issue => self.blank,
            Deed::Replace => !self.blank && !self.cancelled,
            Deed::Cancel | Deed::CancelAll => !self.cancelled,
            Deed::Revoke => self.live,
            // Somebody had it: there is something on it.
            Deed::Wipe => self.cancelled && self.revoked && !self.wiped,
            Deed::Clear => !self.blank,
        }
    }
}

/// What holds for smartcards in the organisation of this member of staff.
pub fn rules_of(staff: &Staff) -> &SmartcardRules {
    &staff.person.policy.smartcard
}

/// The card of the organisation with this id.
///
/// # Errors
/// [`Refusal::NotFound`] where there is none, or it is another organisation's.
pub async fn card_of(service: &Service, staff: &Staff, id: Uuid) -> Result<Smartcard, Refusal> {
    match service.store.smartcard(id).await? {
        Some(card) if card.organisation_id == staff.organisation() => Ok(card),
        _ => Err(Refusal::NotFound),
    }
}

/// Whether this member of staff may do this for a person at all.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::RoleMissing`], [`RaRefusal::OwnCard`], [`RaRefusal::ManagerOnly`].
pub async fn may(service: &Service, staff: &Staff, person: Uuid, act: Act) -> Result<Account, Refusal> {
    let account = person_of(service, staff, person).await?;
    staff.demand(act)?;
    let theirs = service.store.roles_of(account.id).await?;
    match may_serve(&staff.person.roles, act, &theirs, account.id == staff.id()) {
        Ok(()) => Ok(account),
        Err(ServiceProblem::OwnCard) => Err(RaRefusal::OwnCard.into()),
        Err(ServiceProblem::RoleHolder) => Err(RaRefusal::ManagerOnly.into()),
        Err(ServiceProblem::RoleMissing) => Err(Refusal::RoleMissing),
    }
}

/// A card that something is about to be done to, and whose it is.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The card.
    pub card: Smartcard,
    /// Whose it is; none for a blank one.
    pub owner: Option<Account>,
    /// How it stands.
    pub state: State,
}

/// Whether this can be done to this card by this member of staff now: role, owner, identity and how the card stands.
///
/// # Errors
/// Those of [`may`], [`RaRefusal::IdentityNotChecked`], [`RaRefusal::CardNotSo`].
pub async fn ready(service: &Service, staff: &Staff, card: Uuid, deed: Deed) -> Result<Serving, Refusal> {
    let card = card_of(service, staff, card).await?;
    let state = state(service, &card, rules_of(staff));
    let act = deed.act(state.expired());
    let owner = match card.account_id {
        Some(owner) => Some(may(service, staff, owner, act).await?),
        None => {
            staff.demand(act)?;
            None
        }
    };
    if !state.allows(deed) {
        return Err(RaRefusal::CardNotSo.into());
    }
    if let (true, Some(owner)) = (deed.needs_identity(), &owner) {
        must_be_sure(service, staff, owner.id).await?;
    }
    Ok(Serving { card, owner, state })
}

/// As [`ready`], by somebody who has just proved who they are.
pub(crate) async fn begin(
    service: &Service,
    staff: &Staff,
    card: Uuid,
    deed: Deed,
) -> Result<Serving, Refusal> {
    let serving = ready(service, staff, card, deed).await?;
    session::fresh(service, &staff.person)?;
    Ok(serving)
}

/// Whether this member of staff is sure who somebody is.
///
/// # Errors
/// [`RaRefusal::IdentityNotChecked`] where they are not.
pub async fn must_be_sure(service: &Service, staff: &Staff, person: Uuid) -> Result<(), Refusal> {
    match identity::checked_until(service, staff, person).await? {
        Some(_) => Ok(()),
        None => Err(RaRefusal::IdentityNotChecked { account: person }.into()),
    }
}

/// First and last name.
pub fn name(account: &Account) -> String {
    format!("{} {}", account.first_name, account.last_name)
}
