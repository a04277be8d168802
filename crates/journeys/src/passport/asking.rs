//! Asking a wallet to show something (OpenID4VP 1.0): a request that one browser's page shows as a QR code, and that wallets fetch.
//!
//! Four secrets keep the parts apart. The *cookie* is known to the browser alone: what is asked there is used there. The *reference* is
//! the address in the QR code, at which anybody may fetch the request, as often as phones lose their connection. The *state* is the
//! address that the answer goes to, and the *nonce* what the holder signs; both stand in the request, and so does a key that was made for
//! this question alone.

use crate::passport::keys::{signer, signer_by};
use crate::{Network, Refusal, Service, Visitor};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openid4vc::dcql::Query;
use openid4vc::jose::DecryptionKey;
use openid4vc::verifier::{ClientId, Request, RequestUriMethod};
use rules::passport::{
    ANSWERS_PER_NETWORK, PresentationPurpose, PresentationState, REQUEST_LIFETIME, REQUESTS_PER_NETWORK,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::presentation::{NewPresentation, Presentation};
use url::Url;
use uuid::Uuid;
use vault::Token;

/// The scheme by which a phone opens a wallet (OpenID4VP 1.0, section 5).
const SCHEME: &str = "openid4vp";
/// A wallet's own number is at most so long; the standard names no length.
const LONGEST_WALLET_NONCE: usize = 512;

/// What is asked, by whom and where.
#[derive(Debug)]
pub(crate) struct Asking<'a> {
    pub purpose: PresentationPurpose,
    pub organisation: &'a Organisation,
    /// In whose session, where somebody is signed in.
    pub session: Option<Uuid>,
    pub query: Query,
    /// Which of somebody's credentials are asked for, where it is these.
    pub chosen: BTreeSet<Uuid>,
    /// The issuers elsewhere whose credentials are asked for.
    pub elsewhere: BTreeSet<Uuid>,
}

/// A request as it is kept, sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    reference: String,
    /// Of the certificate that signs it.
    signer: String,
    /// The key that signs it, even where another one has taken its place since.
    #[serde(default)]
    signed_by: Uuid,
    name: String,
    nonce: String,
    state: String,
    response_uri: Url,
    /// The private half of the key to which the answer is encrypted, base64url.
    key: String,
    query: Query,
    /// Which of somebody's credentials are asked for, where it is these.
    pub chosen: BTreeSet<Uuid>,
    /// The issuers elsewhere whose credentials are asked for.
    #[serde(default)]
    pub elsewhere: BTreeSet<Uuid>,
}

impl Kept {
    /// Reads what [`ask`] wrote.
    pub fn read(presentation: &Presentation) -> Result<Self, Refusal> {
        serde_json::from_str(&presentation.request)
            .map_err(|_| Refusal::Fault("a request to a wallet cannot be read"))
    }

    /// The request of the protocol.
    pub fn request(&self, id: Uuid) -> Result<Request, Refusal> {
        let key = BASE64_URL_SAFE_NO_PAD
            .decode(&self.key)
            .ok()
            .and_then(|secret| DecryptionKey::from_secret(&secret, id.to_string()).ok());
        Ok(Request {
            client_id: ClientId::X509Hash(self.signer.clone()),
            query: self.query.clone(),
            nonce: self.nonce.clone(),
            state: self.state.clone(),
            response_uri: self.response_uri.clone(),
            encrypt_for: Some(key.ok_or(Refusal::Fault("a request's key cannot be read"))?),
            client_name: Some(self.name.clone()),
        })
    }

    /// What the QR code and the button hold.
    pub fn link(&self, service: &Service, code: &str, id: Uuid) -> Result<String, Refusal> {
        let address = address(service, &format!("/vc/{code}/request/{}", self.reference))?;
        Ok(self.request(id)?.link(SCHEME, &address, RequestUriMethod::Post))
    }
}

/// Begins a request. Answers the cookie of the browser in which alone its answer can be used.
///
/// # Errors
/// [`Refusal::NetworkBusy`].
pub(crate) async fn ask(
    service: &Service,
    asking: Asking<'_>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Token, Refusal> {
    let Asking { purpose, organisation, session, query, chosen, elsewhere } = asking;
    query.check().map_err(|_| Refusal::Fault("a query that no wallet understands"))?;
    let signer = signer(service, organisation).await?;
    let new_token = || Token::new(service.random.as_ref());
    let (cookie, reference, state, nonce) = (new_token(), new_token(), new_token(), new_token());
    let id = vault::new_id(now, service.random.as_ref());
    let key = DecryptionKey::generate(id.to_string())
        .and_then(|key| key.secret())
        .map_err(|_| Refusal::Fault("a key for a wallet's answer was not made"))?;
    let kept = Kept {
        reference: reference.as_str().to_owned(),
        signer: signer.chain.hash(),
        signed_by: signer.id,
        name: organisation.name.clone(),
        nonce: nonce.as_str().to_owned(),
        response_uri: address(service, &format!("/vc/{}/answer/{}", organisation.code, state.as_str()))?,
        state: state.as_str().to_owned(),
        key: BASE64_URL_SAFE_NO_PAD.encode(key),
        query,
        chosen,
        elsewhere,
    };
    let request = serde_json::to_string(&kept)
        .map_err(|_| Refusal::Fault("a request to a wallet cannot be written"))?;
    let (bound_to, reference) = (bound_to(service, &cookie), reference_hash(service, &reference));
    let network = visitor.network.range();
    let new = NewPresentation {
        id,
        purpose,
        organisation_id: organisation.id,
        session_id: session,
        bound_to: &bound_to,
        reference: &reference,
        state: &state_hash(service, &state),
        request: &request,
        network: &network,
        browser: visitor.browser.as_deref(),
        expires_at: now.saturating_add(REQUEST_LIFETIME).unwrap_or(Timestamp::MAX),
    };
    let counted = service.keys.keyed_hash("network", &[visitor.network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&REQUESTS_PER_NETWORK, &counted, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    tx.add_presentation(new, now).await?;
    tx.commit().await?;
    Ok(cookie)
}

/// A wallet fetches a request, signed for its own number if it sent one. It may do so again until there is an answer.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no open request at this address, [`Refusal::NetworkBusy`].
pub async fn fetch(
    service: &Service,
    code: &str,
    reference: &str,
    wallet_nonce: Option<&str>,
    network: &Network,
) -> Result<String, Refusal> {
    let now = service.clock.now();
    let reference = Token::parse(reference).ok_or(Refusal::NotFound)?;
    let wallet_nonce = wallet_nonce.filter(|nonce| nonce.len() <= LONGEST_WALLET_NONCE);
    let presentation = service
        .store
        .presentation_at(&reference_hash(service, &reference))
        .await?
        .ok_or(Refusal::NotFound)?;
    asked_by(service, &presentation, code).await?;
    if !presentation.state(now).is_open() {
        return Err(Refusal::NotFound);
    }
    // Before anything is signed, which is what costs: a key in an HSM takes its time.
    let counted = service.keys.keyed_hash("network", &[network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&ANSWERS_PER_NETWORK, &counted, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    tx.commit().await?;
    let kept = Kept::read(&presentation)?;
    let request = kept.request(presentation.id)?;
    let signer = signer_by(service, kept.signed_by).await?;
    let wallet_nonce = wallet_nonce.map(str::to_owned);
    let token = signer
        .apart(move |key, chain| request.signed(wallet_nonce.as_deref(), chain, key))
        .await?
        .map_err(|_| Refusal::Fault("a request to a wallet was not signed"))?;
    let mut tx = service.store.begin().await?;
    let fetched = tx.presentation_fetched(presentation.id, &network.range(), now).await?;
    tx.commit().await?;
    if fetched { Ok(token) } else { Err(Refusal::NotFound) }
}

/// The organisation that asks, if `code` in the address is its own.
pub(crate) async fn asked_by(
    service: &Service,
    presentation: &Presentation,
    code: &str,
) -> Result<Organisation, Refusal> {
    let organisation = organisation_of(service, presentation).await?;
    if organisation.code == code { Ok(organisation) } else { Err(Refusal::NotFound) }
}

/// The organisation that asks.
pub(crate) async fn organisation_of(
    service: &Service,
    presentation: &Presentation,
) -> Result<Organisation, Refusal> {
    let organisation = service.store.organisation(presentation.organisation_id).await?;
    organisation.ok_or(Refusal::Fault("a request to a wallet of no organisation"))
}

/// How a request stands for the page that shows it.
#[derive(Debug)]
pub struct Standing {
    /// Who asks.
    pub organisation: Organisation,
    /// How it stands.
    pub state: PresentationState,
    /// Whether the answer counts here without the code that the phone shows: this browser is remembered.
    pub spared: bool,
    /// What the QR code and the button hold, while an answer is waited for.
    pub link: Option<String>,
}

/// The request that the browser with this cookie shows, if it shows one for this purpose.
pub(crate) async fn of_browser(
    service: &Service,
    cookie: Option<&Token>,
    purpose: PresentationPurpose,
) -> Result<Option<Presentation>, Refusal> {
    let Some(cookie) = cookie else { return Ok(None) };
    let found = service.store.presentation_of_browser(&bound_to(service, cookie)).await?;
    Ok(found.filter(|presentation| presentation.purpose == purpose))
}

/// How it stands now.
pub(crate) async fn standing_of(
    service: &Service,
    presentation: &Presentation,
    spared: bool,
) -> Result<Standing, Refusal> {
    let organisation = organisation_of(service, presentation).await?;
    let state = presentation.state(service.clock.now());
    let link = if state.is_open() {
        Some(Kept::read(presentation)?.link(service, &organisation.code, presentation.id)?)
    } else {
        None
    };
    Ok(Standing { organisation, state, spared, link })
}

fn address(service: &Service, path: &str) -> Result<Url, Refusal> {
    Url::parse(&service.address(path)).map_err(|_| Refusal::Fault("the public address is none"))
}

pub(crate) fn bound_to(service: &Service, cookie: &Token) -> [u8; 32] {
    service.keys.keyed_hash("presentation-browser", &[cookie.as_str().as_bytes()])
}

fn reference_hash(service: &Service, reference: &Token) -> [u8; 32] {
    service.keys.keyed_hash("presentation-reference", &[reference.as_str().as_bytes()])
}

pub(crate) fn state_hash(service: &Service, state: &Token) -> [u8; 32] {
    service.keys.keyed_hash("presentation-state", &[state.as_str().as_bytes()])
}
