//! *Accept credential and add it to my wallet*: a QR code that a wallet scans, and a code by text message that it asks for.
//!
//! Whoever scans the QR code is given the credential: that is how these offers work (OpenID4VCI 1.0, section 13.6). So it works for
//! five minutes, once, and in the session that shows it; and where the person has a mobile number, it is worth nothing without the
//! code that goes there, and only there. The wallet sends that code: it never comes back to a page of ours.

use super::PassportRefusal;
use super::backend::{self, offer::Offering};
use super::wallet::{WalletRefusal, issuer, organisation};
use crate::codes::Destination;
use crate::notices::Concerning;
use crate::numbers;
use crate::session::Person;
use crate::{Network, Refusal, Service};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openid4vc::issuer::{Grants, Offer, TransactionCode};
use rules::passport::CredentialState;
use rules::passport::issuing::{
    OFFER_LIFETIME, OFFERS_PER_HOUR, SAME_OFFER, TOKEN_LIFETIME, TRANSACTION_CODE_TRIES, WALLET_CODES_PER_DAY,
};
use store::Tx;
use store::audit::Event;
use store::code::CodeFor;
use store::credential::Credential;
use store::limits::Allowance;
use store::method::SignInMethod;
use store::offer::{CredentialOffer, NewOffer};
use store::outbox::Channel;
use url::Url;
use uuid::Uuid;
use vault::{Secret, Token};
use wording::Message;

/// How an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has scanned the code.
    Waiting,
    /// A wallet has looked at it.
    Scanned,
    /// The credential went to the wallet.
    Done,
    /// It works no more.
    Over,
    /// The person did not want it, they said in the wallet.
    Declined,
    /// The wallet could not keep it.
    Failed,
}

/// An offer as its page shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What is offered.
    pub credential: Credential,
    /// The offer; none where nothing was offered in this session.
    pub offer: Option<CredentialOffer>,
    /// How it stands.
    pub standing: Standing,
    /// What the QR code holds, while it can be scanned.
    pub link: Option<String>,
    /// The number that the code went to which the wallet asks for.
    pub sent_to: Option<String>,
}

/// What a wallet may be asked with, `openid-credential-offer://`.
const SCHEME: &str = "openid-credential-offer";

/// The mobile number that codes for a wallet go to: the one that the person prefers, else the first.
///
/// # Errors
/// Where the database fails.
pub async fn mobile(service: &Service, person: &Person) -> Result<Option<String>, Refusal> {
    if service.text.is_none() {
        return Ok(None);
    }
    let methods = service.store.sign_in_methods(person.account.id).await?;
    Ok(preferred_mobile(&methods, person).map(|method| method.secret.as_address().to_owned()))
}

/// The one of a person's methods that texts about credentials go to: the mobile number that they prefer, else the first.
pub fn preferred_mobile<'a>(methods: &'a [SignInMethod], person: &Person) -> Option<&'a SignInMethod> {
    numbers::mobile(methods, person.account.default_method_id, &person.policy)
}

/// The person's credential with this id.
pub(super) async fn own(service: &Service, person: &Person, id: Uuid) -> Result<Credential, Refusal> {
    let credential = service.store.credential(id).await?;
    credential.filter(|credential| credential.account_id == person.account.id).ok_or(Refusal::NotFound)
}

/// Whether a credential may go to a wallet: for the first time, or as a new copy.
pub(super) fn is_to_issue(service: &Service, credential: &Credential, reissue: bool) -> bool {
    let wanted = if reissue { CredentialState::Accepted } else { CredentialState::ToReview };
    credential.state(service.today()) == wanted
}

/// Offers a credential to the wallet that scans it; as a new copy where `reissue`. There, and for an access key, the caller has asked for a
/// fresh proof.
/// The button pressed twice makes one offer.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Passport`], [`Refusal::TooManyCodes`], [`Refusal::NoTextsNow`].
pub async fn offer(
    service: &Service,
    person: &Person,
    credential: Uuid,
    reissue: bool,
    network: &Network,
) -> Result<Uuid, Refusal> {
    let credential = own(service, person, credential).await?;
    if !is_to_issue(service, &credential, reissue) {
        let why = if reissue { PassportRefusal::NotInWallet } else { PassportRefusal::NotToAdd };
        return Err(why.into());
    }
    if let Some(backend) = backend::issuing(service, credential.kind.as_str()) {
        let (to, credential) = (mobile(service, person).await?, &credential);
        let offering = Offering { person, credential, reissue, to: to.as_deref(), network };
        return backend::offer::offer(service, backend.as_ref(), offering).await;
    }
    // A wallet that sends its person here to sign in needs no code beside.
    let haip = service.settings.passport.haip;
    let to = if haip { None } else { mobile(service, person).await? };
    // What stands in a QR code alone goes to whoever is faster: too little for what signs its holder in.
    if credential.kind.is_access_key() && !haip && to.is_none() {
        return Err(PassportRefusal::NoMobile.into());
    }
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let who = offers_hash(service, person);
    if tx.take(&OFFERS_PER_HOUR, &who, now).await? != Allowance::Granted {
        return Err(PassportRefusal::TooManyOffers.into());
    }
    // The gate is held: of two at once, the second finds the offer of the first.
    let latest = tx.latest_offer(credential.id, person.session.id).await?;
    if let Some(latest) = latest.filter(|latest| is_the_same(latest, reissue, now)) {
        return Ok(latest.id);
    }
    let id = vault::new_id(now, service.random.as_ref());
    let code = match &to {
        Some(to) => {
            let code = vault::one_time_code(service.random.as_ref());
            Some(send_code(service, &mut tx, person, id, (to, &code), network, now).await?)
        }
        None => None,
    };
    let secrets = Secrets::of(service, id);
    tx.add_offer(
        NewOffer {
            id,
            credential_id: credential.id,
            session_id: person.session.id,
            reissue,
            reference: &reference_hash(service, &secrets.reference),
            code: &code_hash(service, &secrets.code),
            transaction_code: code.as_ref().map(<[u8; 32]>::as_slice),
            expires_at: now.checked_add(OFFER_LIFETIME).unwrap_or(Timestamp::MAX),
        },
        now,
    )
    .await?;
    tx.audit(
        Event::CredentialOffered {
            account: person.account.id,
            credential: credential.id,
            offer: id,
            reissue,
        },
        now,
    );
    tx.commit().await?;
    service.tell_workers();
    Ok(id)
}

/// Whose offers are counted together.
pub(super) fn offers_hash(service: &Service, person: &Person) -> [u8; 32] {
    service.keys.keyed_hash("passport-offers", &[person.account.id.as_bytes()])
}

/// Whether this is the offer that a second press of the button means.
pub(super) fn is_the_same(offer: &CredentialOffer, reissue: bool, now: Timestamp) -> bool {
    offer.reissue == reissue
        && offer.fetched_at.is_none()
        && offer.cancelled_at.is_none()
        && now.duration_since(offer.made_at) < SAME_OFFER
}

/// Sends the code that the wallet asks for. Answers its keyed hash.
pub(super) async fn send_code(
    service: &Service,
    tx: &mut Tx,
    person: &Person,
    offer: Uuid,
    (number, code): (&str, &Secret<String>),
    network: &Network,
    now: Timestamp,
) -> Result<[u8; 32], Refusal> {
    let to = Destination { channel: Channel::Text, to: number };
    let everywhere = service.destination_hash(to);
    let texts = service.keys.keyed_hash("texts-from-network", &[network.bytes()]);
    let granted = tx.take(&WALLET_CODES_PER_DAY, &everywhere, now).await? == Allowance::Granted
        && tx.take(&person.policy.texts_per_network_day, &texts, now).await? == Allowance::Granted;
    if !granted {
        return Err(Refusal::TooManyCodes);
    }
    let organisation = Some(person.organisation.id);
    let message = vault::new_id(now, service.random.as_ref());
    let code_for = CodeFor::Wallet(offer);
    service.allow_text_code(tx, &person.policy, organisation, (message, code_for, to), now).await?;
    let words = Message::WalletCode {
        host: service.settings.public_url.host_str().unwrap_or_default().to_owned(),
        service: service.settings.service_name.clone(),
        code: code.expose().clone(),
        minutes: u32::try_from(OFFER_LIFETIME.as_mins()).unwrap_or(u32::MAX),
    };
    let concerning = Concerning { subject: Some(offer), account: Some(person.account.id), organisation };
    let until = now.checked_add(OFFER_LIFETIME).unwrap_or(Timestamp::MAX);
    service.write_message(tx, concerning, message, to, words, until, now).await?;
    tx.audit(Event::CodeSent { subject: offer, purpose: code_for.purpose().to_owned() }, now);
    Ok(transaction_code_hash(service, offer, code.expose()))
}

/// What an offer is found and redeemed by. Both follow from its id and the keys of the service, so that its page can show them
/// again, and nobody who reads the database knows them.
pub(super) struct Secrets {
    pub reference: Token,
    pub code: Token,
}

impl Secrets {
    pub fn of(service: &Service, offer: Uuid) -> Self {
        let token = |purpose: &str| {
            let derived = service.keys.keyed_hash(purpose, &[offer.as_bytes()]);
            // 32 bytes are a token by its length.
            Token::parse(&BASE64_URL_SAFE_NO_PAD.encode(derived))
        };
        let none = || Token::new(service.random.as_ref());
        Self {
            reference: token("offer-address").unwrap_or_else(none),
            code: token("offer-code").unwrap_or_else(none),
        }
    }
}

pub(super) fn reference_hash(service: &Service, reference: &Token) -> [u8; 32] {
    service.keys.keyed_hash("offer-reference", &[reference.as_str().as_bytes()])
}

pub(super) fn code_hash(service: &Service, code: &Token) -> [u8; 32] {
    service.keys.keyed_hash("pre-authorised-code", &[code.as_str().as_bytes()])
}

pub(super) fn transaction_code_hash(service: &Service, offer: Uuid, digits: &str) -> [u8; 32] {
    service.keys.keyed_hash("transaction-code", &[offer.as_bytes(), digits.as_bytes()])
}

/// How an offer stands at this moment.
pub(super) fn stands(offer: &CredentialOffer, now: Timestamp) -> Standing {
    match offer.told.as_deref() {
        Some("credential_deleted") => return Standing::Declined,
        Some("credential_failure") => return Standing::Failed,
        _ => {}
    }
    if offer.issued_at.is_some() {
        return Standing::Done;
    }
    let until = match offer.redeemed_at {
        Some(redeemed) => redeemed.checked_add(TOKEN_LIFETIME).unwrap_or(Timestamp::MAX),
        None => offer.expires_at,
    };
    let tried_out = offer.redeemed_at.is_none() && offer.tries >= TRANSACTION_CODE_TRIES;
    if offer.failed_at.is_some() {
        Standing::Failed
    } else if offer.cancelled_at.is_some() || tried_out || until <= now {
        Standing::Over
    } else if offer.fetched_at.is_some() {
        Standing::Scanned
    } else {
        Standing::Waiting
    }
}

/// The newest offer of a credential in the person's session, for its page.
///
/// # Errors
/// [`Refusal::NotFound`] where the credential is somebody else's.
pub async fn shown(service: &Service, person: &Person, credential: Uuid) -> Result<Shown, Refusal> {
    let credential = own(service, person, credential).await?;
    let offer = service.store.latest_offer(credential.id, person.session.id).await?;
    let standing = offer.as_ref().map_or(Standing::Over, |offer| standing_of(service, &credential, offer));
    let live = matches!(standing, Standing::Waiting | Standing::Scanned);
    let link = match offer.as_ref().filter(|_| live) {
        Some(offer) => Some(link(service, &credential, offer).await?),
        None => None,
    };
    let sent_to = match &offer {
        Some(offer) if live && offer.asks_code => mobile(service, person).await?,
        _ => None,
    };
    Ok(Shown { credential, offer, standing, link, sent_to })
}

/// How an offer stands, by its id, for the script of its page.
///
/// # Errors
/// [`Refusal::NotFound`] where it was not made in the person's session.
pub async fn standing(service: &Service, person: &Person, offer: Uuid) -> Result<Standing, Refusal> {
    let offer = service.store.credential_offer(offer).await?;
    let offer = offer.filter(|offer| offer.session_id == person.session.id).ok_or(Refusal::NotFound)?;
    let credential = own(service, person, offer.credential_id).await?;
    Ok(standing_of(service, &credential, &offer))
}

/// A credential that was taken back meanwhile ends its offer.
fn standing_of(service: &Service, credential: &Credential, offer: &CredentialOffer) -> Standing {
    let standing = stands(offer, service.clock.now());
    let live = matches!(standing, Standing::Waiting | Standing::Scanned);
    if live && !is_to_issue(service, credential, offer.reissue) { Standing::Over } else { standing }
}

async fn link(
    service: &Service,
    credential: &Credential,
    offer: &CredentialOffer,
) -> Result<String, Refusal> {
    if service.wallet_backend.is_some()
        && let Some(asked) = service.store.backend_request(offer.id).await?
    {
        return Ok(asked.link);
    }
    let organisation = service.store.organisation(credential.organisation_id).await?;
    let organisation = organisation.ok_or(Refusal::Fault("a credential of no organisation"))?;
    let secrets = Secrets::of(service, offer.id);
    let address = format!("{}/offers/{}", issuer(service, &organisation), secrets.reference.as_str());
    let address = Url::parse(&address).map_err(|_| Refusal::Fault("the address of an offer is none"))?;
    Ok(Offer::link(SCHEME, &address))
}

/// *Cancel and return to QR code*: the wallet that scanned the code gets nothing.
///
/// # Errors
/// Where the database fails.
pub async fn cancel(service: &Service, person: &Person, offer: Uuid) -> Result<(), Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if tx.cancel_offer(offer, person.session.id, now).await? {
        tx.audit(Event::CredentialOfferEnded { account: person.account.id, offer }, now);
    }
    tx.commit().await?;
    Ok(())
}

/// A wallet fetches an offer by its address. That it did is noted, once: the page says so.
///
/// # Errors
/// [`WalletRefusal::Unknown`] where there is none, or it works no more.
pub async fn fetch(
    service: &Service,
    organisation_code: &str,
    reference: &str,
) -> Result<Offer, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let reference = Token::parse(reference).ok_or(WalletRefusal::Unknown)?;
    let offer = service.store.offer_by_reference(&reference_hash(service, &reference)).await?;
    let offer = offer.ok_or(WalletRefusal::Unknown)?;
    let credential = service.store.credential(offer.credential_id).await?.ok_or(WalletRefusal::Unknown)?;
    let standing = standing_of(service, &credential, &offer);
    let live = matches!(standing, Standing::Waiting | Standing::Scanned);
    if !live || offer.redeemed_at.is_some() || credential.organisation_id != organisation.id {
        return Err(WalletRefusal::Unknown);
    }
    if offer.fetched_at.is_none() {
        let mut tx = service.store.begin().await?;
        tx.offer_fetched(offer.id, service.clock.now()).await?;
        tx.commit().await?;
    }
    let transaction_code = offer.asks_code.then(|| TransactionCode {
        input_mode: "numeric".to_owned(),
        length: 6,
        description: service.word("wallet-code-description", &[("organisation", &organisation.name)]),
    });
    let secrets = Secrets::of(service, offer.id);
    // Wallets that may send their person here to sign in get there with what led them to the offer.
    let authorization_code =
        service.settings.passport.has_clients().then(|| secrets.reference.as_str().to_owned());
    let code = secrets.code.as_str().to_owned();
    let pre_authorized = (!service.settings.passport.haip).then_some((code, transaction_code));
    Ok(Offer {
        credential_issuer: issuer(service, &organisation),
        credential_configuration_ids: vec![credential.kind.as_str().to_owned()],
        grants: Grants { pre_authorized, authorization_code },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn made() -> CredentialOffer {
        CredentialOffer {
            id: Uuid::nil(),
            credential_id: Uuid::nil(),
            session_id: Uuid::nil(),
            reissue: false,
            asks_code: true,
            tries: 0,
            made_at: at(0),
            expires_at: at(5),
            fetched_at: None,
            redeemed_at: None,
            dpop_thumbprint: None,
            issued_at: None,
            told: None,
            cancelled_at: None,
            failed_at: None,
        }
    }

    #[test]
    fn an_offer_works_for_five_minutes() {
        assert_eq!(stands(&made(), at(4)), Standing::Waiting);
        assert_eq!(stands(&made(), at(5)), Standing::Over);
        let fetched = CredentialOffer { fetched_at: Some(at(1)), ..made() };
        assert_eq!(stands(&fetched, at(4)), Standing::Scanned);
        assert_eq!(stands(&fetched, at(5)), Standing::Over);
        // Once redeemed the wallet has the time of its token.
        let redeemed = CredentialOffer { redeemed_at: Some(at(4)), ..fetched };
        assert_eq!(stands(&redeemed, at(8)), Standing::Scanned);
        assert_eq!(stands(&redeemed, at(9)), Standing::Over);
    }

    #[test]
    fn five_wrong_codes_end_an_offer_and_the_right_fifth_does_not() {
        let tried = CredentialOffer { tries: 5, fetched_at: Some(at(1)), ..made() };
        assert_eq!(stands(&tried, at(2)), Standing::Over);
        assert_eq!(stands(&CredentialOffer { redeemed_at: Some(at(2)), ..tried }, at(3)), Standing::Scanned);
    }

    #[test]
    fn what_was_issued_is_done_whatever_the_time_unless_the_wallet_says_otherwise() {
        let issued = CredentialOffer { redeemed_at: Some(at(1)), issued_at: Some(at(1)), ..made() };
        assert_eq!(stands(&issued, at(900)), Standing::Done);
        for (told, standing) in [
            ("credential_accepted", Standing::Done),
            ("credential_deleted", Standing::Declined),
            ("credential_failure", Standing::Failed),
        ] {
            let told = CredentialOffer { told: Some(told.to_owned()), ..issued.clone() };
            assert_eq!(stands(&told, at(2)), standing);
        }
    }
}
