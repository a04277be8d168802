//! *Accept credential and add it to my wallet*, where the credential goes there by the service of the wallet's maker.
//!
//! The service is asked before anything is written: when it does not answer, nobody gets a text message with a PIN for nothing. What was
//! asked in vain, by a second press of the button, it forgets by itself.

use super::{Shows, call_back_url, no_code, state_hash};
use crate::passport::PassportRefusal;
use crate::passport::made::{claims_of, end_of};
use crate::passport::offer::{is_the_same, offers_hash, send_code};
use crate::session::Person;
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use rules::passport::issuing::{OFFER_LIFETIME, OFFERS_PER_HOUR, SERVICE_REQUESTS_PER_HOUR};
use store::audit::Event;
use store::backend_request::BackendRequest;
use store::credential::Credential;
use store::limits::Allowance;
use store::offer::NewOffer;
use uuid::Uuid;
use vault::{Secret, one_time_code};
use wallets::{BackendError, Begun, CallBack, Issuance, WalletBackend};

/// What is offered to whom.
pub(in crate::passport) struct Offering<'a> {
    pub person: &'a Person,
    pub credential: &'a Credential,
    pub reissue: bool,
    /// The mobile number that the PIN goes to, where there is one.
    pub to: Option<&'a str>,
    pub network: &'a Network,
}

/// Offers a credential by the service. The button pressed twice makes one offer.
///
/// # Errors
/// [`Refusal::Passport`], also where the service does not do it; [`Refusal::TooManyCodes`], [`Refusal::NoTextsNow`].
pub(in crate::passport) async fn offer(
    service: &Service,
    backend: &dyn WalletBackend,
    offering: Offering<'_>,
) -> Result<Uuid, Refusal> {
    let Offering { person, credential, reissue, to, network } = offering;
    let now = service.clock.now();
    let who = offers_hash(service, person);
    let mut tx = service.store.begin().await?;
    if tx.take(&SERVICE_REQUESTS_PER_HOUR, &who, now).await? != Allowance::Granted {
        return Err(PassportRefusal::TooManyOffers.into());
    }
    let latest = tx.latest_offer(credential.id, person.session.id).await?;
    if let Some(latest) = latest.filter(|latest| is_the_same(latest, reissue, now)) {
        return Ok(latest.id);
    }
    tx.commit().await?;

    let id = vault::new_id(now, service.random.as_ref());
    let pin = to.map(|to| (to, one_time_code(service.random.as_ref())));
    let begun = begin(service, backend, &offering, id, pin.as_ref().map(|(_, pin)| pin)).await?;

    let now = service.clock.now();
    let shows = Shows::about(service, id)?;
    let mut tx = service.store.begin().await?;
    if tx.take(&OFFERS_PER_HOUR, &who, now).await? != Allowance::Granted {
        return Err(PassportRefusal::TooManyOffers.into());
    }
    // The gate is held: of two at once, the second finds the offer of the first.
    let latest = tx.latest_offer(credential.id, person.session.id).await?;
    if let Some(latest) = latest.filter(|latest| is_the_same(latest, reissue, now)) {
        return Ok(latest.id);
    }
    let code = match &pin {
        Some((to, pin)) => Some(send_code(service, &mut tx, person, id, (to, pin), network, now).await?),
        None => None,
    };
    let ours = now.checked_add(OFFER_LIFETIME).unwrap_or(Timestamp::MAX);
    tx.add_offer(
        NewOffer {
            id,
            credential_id: credential.id,
            session_id: person.session.id,
            reissue,
            reference: &state_hash(service, &shows.state),
            code: &no_code(service, id),
            transaction_code: code.as_ref().map(<[u8; 32]>::as_slice),
            // One whose clock is far from ours says nothing of use about that.
            expires_at: if begun.expires_at > now { ours.min(begun.expires_at) } else { ours },
        },
        now,
    )
    .await?;
    let Begun { request_id, link, .. } = begun;
    let kept = BackendRequest { id, backend: backend.name().to_owned(), request: request_id, link };
    tx.add_backend_request(&kept, now).await?;
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

/// Asks the service.
async fn begin(
    service: &Service,
    backend: &dyn WalletBackend,
    offering: &Offering<'_>,
    id: Uuid,
    pin: Option<&Secret<String>>,
) -> Result<Begun, Refusal> {
    let credential = offering.credential;
    let organisation = service.store.organisation(credential.organisation_id).await?;
    let organisation = organisation.ok_or(Refusal::Fault("a credential of no organisation"))?;
    let url = call_back_url(service, &organisation, backend)?;
    let shows = Shows::about(service, id)?;
    let claims = claims_of(credential)?;
    let issuance = Issuance {
        kind: credential.kind.as_str(),
        copy: id,
        client_name: &organisation.name,
        claims: &claims,
        pin: pin.map(|pin| pin.expose().as_str()),
        expires_at: credential.moments.valid_until.and_then(|day| end_of(service, day)),
        call_back: CallBack { url: &url, state: &shows.state, api_key: &shows.api_key },
    };
    let begun = backend.begin_issuance(issuance, service.clock.now()).await;
    begun.map_err(|problem| refused(backend, &problem))
}

/// What the person is told is what they can do: come back later, or ask for help. Why is in the log.
pub(super) fn refused(backend: &dyn WalletBackend, problem: &BackendError) -> Refusal {
    let (backend, kind) = (backend.name(), problem.kind());
    metrics::counter!("fobwatch_wallet_service_failures_total", "service" => backend, "kind" => kind)
        .increment(1);
    tracing::error!(backend, kind, %problem, "the wallet's service did not do what it was asked");
    match problem {
        BackendError::Transient(_) => PassportRefusal::WalletServiceAway.into(),
        BackendError::Misconfigured(_) | BackendError::Permanent(_) => {
            PassportRefusal::WalletServiceRefuses.into()
        }
    }
}
