//! A certificate that somebody shows: which of ours it is, whose, and whether it still counts. Our own record knows first what was
//! revoked; lists and answers to others are made from it.

use jiff::Timestamp;
use pki::Certificate;
use store::Tx;
use store::account::Account;
use store::activity::ActivityKind;
use store::audit::Event;
use store::organisation::Organisation;
use store::smartcard::Smartcard;
use store::smartcard_certificate::{CardCertificate, CertificateSlot};

use crate::numbers::is_disabled;
use crate::session::{Begin, SignedIn, begin_session};
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use vault::Token;

/// What a card is called in the audit, the activity and the session.
const KIND: &str = "smartcard";

/// Why a card signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardSignInRefusal {
    /// The question was answered before, or more than five minutes ago, or in another browser; or so it is with the code.
    #[error("the card's answer came too late")]
    Over,
    /// It is none of our certificates, not one to sign in with, or the signature is not its own for this service.
    #[error("the card is refused")]
    Refused,
    /// It was revoked, or the card cancelled.
    #[error("the card's certificates are revoked")]
    Revoked,
    /// It has expired, or does not hold yet.
    #[error("the card's certificate has expired")]
    Expired,
    /// The browser showed no certificate.
    #[error("no certificate was shown")]
    NoCertificate,
}

impl CardSignInRefusal {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Over, Self::Refused, Self::Revoked, Self::Expired, Self::NoCertificate];

    /// The public code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Over => "FW-2301",
            Self::Refused => "FW-2302",
            Self::Revoked => "FW-2303",
            Self::Expired => "FW-2304",
            Self::NoCertificate => "FW-2305",
        }
    }
}

/// Why, in the audit's words; the person is told less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Malformed,
    Unknown,
    Signature,
    Unproved,
    NotToSignIn,
    Revoked,
    Cancelled,
    Expired,
    NotYet,
}

impl Why {
    fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::Signature => "signature",
            Self::Unproved => "unproved",
            Self::NotToSignIn => "not-to-sign-in",
            Self::Revoked => "revoked",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::NotYet => "not-yet",
        }
    }

    pub(crate) fn refusal(self) -> CardSignInRefusal {
        match self {
            Self::Malformed | Self::Unknown | Self::Signature | Self::Unproved | Self::NotToSignIn => {
                CardSignInRefusal::Refused
            }
            Self::Revoked | Self::Cancelled => CardSignInRefusal::Revoked,
            Self::Expired | Self::NotYet => CardSignInRefusal::Expired,
        }
    }
}

/// A certificate of ours with its card and its owner.
pub(crate) struct Presented {
    pub certificate: CardCertificate,
    pub card: Smartcard,
    pub account: Account,
    pub organisation: Organisation,
}

/// Finds the certificate with this serial number.
pub(crate) async fn by_serial(service: &Service, serial: &[u8]) -> Result<Option<Presented>, Refusal> {
    let store = &service.store;
    let Some(certificate) = store.certificate_by_serial(serial).await? else { return Ok(None) };
    let fault = Refusal::Fault("a certificate of no card or no account");
    let Some(card) = store.smartcard(certificate.smartcard_id).await? else { return Err(fault) };
    let Some(account) = store.account(certificate.account_id).await? else { return Err(fault) };
    let Some(organisation) = store.organisation(account.organisation_id).await? else { return Err(fault) };
    Ok(Some(Presented { certificate, card, account, organisation }))
}

/// Finds the certificate that somebody shows, byte for byte: what has our serial number and is not what we issued is unknown.
pub(crate) async fn by_der(
    service: &Service,
    der: &[u8],
) -> Result<Result<(Presented, Certificate), Why>, Refusal> {
    let Ok(shown) = Certificate::from_der(der) else { return Ok(Err(Why::Malformed)) };
    let found = by_serial(service, shown.serial().as_bytes()).await?;
    Ok(match found {
        Some(presented) if presented.certificate.der == der => Ok((presented, shown)),
        _ => Err(Why::Unknown),
    })
}

impl Presented {
    /// Whether it signs its owner in at `now`.
    pub(crate) fn counts(&self, now: Timestamp) -> Result<(), Why> {
        let Self { certificate, card, .. } = self;
        if certificate.slot != CertificateSlot::Authentication {
            return Err(Why::NotToSignIn);
        }
        if certificate.revoked_at.is_some() || card.revoked_at.is_some() {
            return Err(Why::Revoked);
        }
        if certificate.proved_at.is_none() {
            return Err(Why::Unproved);
        }
        if card.account_id != Some(certificate.account_id) || !card.is_live() {
            return Err(Why::Cancelled);
        }
        if now < certificate.not_before {
            return Err(Why::NotYet);
        }
        if now > certificate.not_after {
            return Err(Why::Expired);
        }
        Ok(())
    }

    /// Begins a session for its owner, as part of the transaction in which they proved that it is them: a card that they have and
    /// a passcode that they know are two factors.
    pub(crate) async fn signs_in(
        self,
        service: &Service,
        mut tx: Tx,
        device: Option<&Token>,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<SignedIn, Refusal> {
        // What was read before may have been revoked meanwhile: what counts is read in the transaction that begins the session.
        let serial = self.certificate.serial.clone();
        let (certificate, card) =
            (tx.certificate_by_serial(&serial).await?, tx.smartcard(self.card.id).await?);
        let fault = Refusal::Fault("a certificate of no card");
        let (Some(certificate), Some(card)) = (certificate, card) else { return Err(fault) };
        let presented = Self { certificate, card, ..self };
        if let Err(why) = presented.counts(now) {
            return Err(refuse(service, tx, Some(&presented), why, visitor, now).await?);
        }
        let Self { account, organisation, .. } = presented;
        let policy = service.policy(&organisation)?;
        if is_disabled(service, &mut tx, &account, &organisation, &policy, now).await? {
            tx.audit(Event::DisabledSignInRefused { account: account.id }, now);
            tx.commit().await?;
            service.written.notify_one();
            return Err(Refusal::AccountDisabled);
        }
        let begin = Begin { how: KIND, proved: true, remember: false, device, visitor };
        let signed_in = begin_session(service, &mut tx, &account, begin, now).await?;
        tx.session_is_of_card(signed_in.id, &serial).await?;
        let (account, session) = (account.id, signed_in.id);
        tx.audit(Event::SignedIn { account, session, kind: KIND.to_owned() }, now);
        tx.commit().await?;
        Ok(signed_in)
    }
}

/// Writes down what was refused: in the audit, and for the owner, where there is one, under *Recent activity*.
pub(crate) async fn refuse(
    service: &Service,
    mut tx: Tx,
    presented: Option<&Presented>,
    why: Why,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Refusal, Refusal> {
    if let Some(Presented { account, .. }) = presented {
        let about = About { detail: Some(why.as_str()), visitor: Some(visitor), ..About::default() };
        service.note(&mut tx, account.id, ActivityKind::CardSignInRefused, about, now).await?;
    }
    let (account, card) =
        (presented.map(|presented| presented.account.id), presented.map(|presented| presented.card.id));
    tx.audit(Event::CardSignInRefused { account, card, why: why.as_str().to_owned() }, now);
    tx.commit().await?;
    Ok(why.refusal().into())
}

impl From<CardSignInRefusal> for Refusal {
    fn from(refusal: CardSignInRefusal) -> Self {
        Self::CardSignIn(refusal)
    }
}
