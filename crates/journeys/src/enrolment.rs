//! Connecting a phone with our authenticator: what its QR code holds, and the phone that scans it.

use crate::authenticator::{AppRefusal, Claims, audience, is_under_way, look_at, owner};
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::authenticator::device_name;
use rules::email::EmailAddress;
use rules::limits::ENROLMENTS_PER_NETWORK;
use rules::method::MethodKind;
use serde::Deserialize;
use store::audit::Event;
use store::authenticator::NewDevice;
use store::limits::Allowance;
use store::method_setup::MethodSetup;
use store::organisation::Organisation;
use uuid::Uuid;
use vault::Secret;
use vault::signed::{Signer, Unverified};

/// How many signs the text of a QR code has: 120 bits.
const TOKEN_SIGNS: usize = 24;
/// Nothing that is mistaken for something else.
const TOKEN_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What the QR code of a set-up holds: bound to it and its seed, and kept nowhere.
pub(crate) fn enrolment_token(service: &Service, setup: Uuid, seed: &[u8]) -> Secret<String> {
    let hash = service.keys.keyed_hash("enrolment-token", &[setup.as_bytes(), seed]);
    let sign = |byte: &u8| TOKEN_ALPHABET.get(usize::from(byte % 32)).copied().map_or('a', char::from);
    Secret::new(hash.iter().take(TOKEN_SIGNS).map(sign).collect())
}

/// Under which a set-up is found by it.
pub(crate) fn enrolment_hash(service: &Service, token: &str) -> [u8; 32] {
    service.keys.keyed_hash("enrolment", &[token.as_bytes()])
}

/// What the QR code of a set-up says.
#[derive(Debug)]
pub struct Enrolment {
    /// For the QR code, and for the link on the same phone.
    pub address: Secret<String>,
    /// The same for people who type it: in groups of four.
    pub text: Secret<String>,
    /// Whether a phone has scanned it.
    pub done: bool,
}

/// What the QR code of this set-up says.
///
/// # Errors
/// [`Refusal::WrongStep`] where it is none of our authenticator, or done.
pub async fn enrolment(service: &Service, setup: &MethodSetup) -> Result<Enrolment, Refusal> {
    let (MethodKind::Approval, Some(seed)) = (setup.kind, &setup.secret) else {
        return Err(Refusal::WrongStep);
    };
    let token = enrolment_token(service, setup.id, seed.as_seed().expose());
    let query = {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("enrol", token.expose()).append_pair("aud", &audience(service));
        query.finish()
    };
    let address = format!("{}#{query}", service.address("/authenticator"));
    let groups: Vec<_> = token.expose().as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    let (address, text) = (Secret::new(address), Secret::new(groups.join(" ")));
    let done = service.store.authenticator_of_setup(setup.id).await?.is_some();
    Ok(Enrolment { address, text, done })
}

#[derive(Debug, Deserialize)]
struct Enrol {
    token: String,
    name: String,
}

/// A phone that is enrolled, and what it keeps.
#[derive(Debug)]
pub struct Enrolled {
    /// The phone's id.
    pub device: Uuid,
    /// Whose account it is.
    pub organisation: Organisation,
    /// As much of the user name as may be shown.
    pub user: String,
    /// The user name as the list of time-based codes shows it.
    pub label: String,
    /// The seed of the time-based codes, in base32.
    pub seed: Secret<String>,
    /// Now, UTC.
    pub now: Timestamp,
}

/// Enrols a phone by what its QR code holds.
///
/// # Errors
/// [`AppRefusal`].
pub async fn enrol(service: &Service, jws: &str, visitor: &Visitor) -> Result<Enrolled, AppRefusal> {
    let unverified = Unverified::read(jws)?;
    let Signer::New(key) = unverified.signer().clone() else { return Err(AppRefusal::BadRequest) };
    let claims: Claims<Enrol> = unverified.verify(&key, &audience(service))?;
    let now = service.clock.now();
    look_at(&claims, "enrol", now)?;
    let token: String =
        claims.body.token.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let setup = service.store.setup_by_enrolment(&enrolment_hash(service, &token)).await?;
    let network = service.keys.keyed_hash("network", &[visitor.network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&ENROLMENTS_PER_NETWORK, &network, now).await? != Allowance::Granted {
        return Err(AppRefusal::TooMany);
    }
    let setup = setup.filter(|setup| is_under_way(setup, now)).ok_or(AppRefusal::EnrolOver)?;
    let seed = setup.secret.as_ref().ok_or(AppRefusal::EnrolOver)?;
    let (account, organisation) = owner(&mut tx, setup.account_id).await?;
    let device = vault::new_id(now, service.random.as_ref());
    let new = NewDevice {
        id: device,
        account_id: account.id,
        setup_id: setup.id,
        public_key: key.as_bytes(),
        name: &device_name(&claims.body.name),
    };
    if !tx.enrol(new, now).await? {
        return Err(AppRefusal::EnrolOver);
    }
    tx.hear(device, claims.jti, now).await?;
    tx.audit(Event::DeviceEnrolled { account: account.id, device }, now);
    tx.commit().await?;
    let seed = vault::totp::seed_as_text(seed.as_seed()).expose().replace(' ', "");
    Ok(Enrolled {
        device,
        organisation,
        user: EmailAddress::parse(&account.email).map(|email| email.hint()).unwrap_or_default(),
        label: account.email,
        seed: Secret::new(seed),
        now,
    })
}
