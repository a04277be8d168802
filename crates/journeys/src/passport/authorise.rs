//! A wallet asks its person to sign in here and to let it have credentials (OpenID4VCI 1.0, section 5; RFC 9126, RFC 7636, RFC 9207).
//!
//! The wallet *pushes* what it asks for and is told an address of one use, with which it opens a browser. There its person signs in, sees
//! which wallet asks for what, and says yes or no. The yes gives the wallet a code, which it trades in ([`super::redeem`]).
//!
//! Nobody is ever sent to an address that was not looked at when the request was pushed: what is wrong before that is said on a page of
//! ours, and to the wallet that pushed it.

use super::offer::{Secrets, code_hash, is_to_issue, reference_hash, stands};
use super::wallet::{Sent, WalletRefusal, issuer, oauth, organisation, proof, proof_hash, used_proof};
use super::wallet_client::identified;
use super::{PassportRefusal, offer::Standing};
use crate::session::Person;
use crate::{Network, Refusal, Service};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use openid4vc::issuer::{AuthorizationRequest, OAuthError, authorization_response};
use rules::passport::issuing::{
    AUTHORISATION_CODE_LIFETIME, AUTHORISATION_LIFETIME, OFFERS_PER_HOUR, PUSHED_LIFETIME, PUSHES_PER_NETWORK,
};
use rules::passport::{CredentialKind, CredentialState};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;
use store::audit::Event;
use store::credential::Credential;
use store::limits::Allowance;
use store::offer::NewOffer;
use store::organisation::Organisation;
use store::passport_authorisation::{Authorisation, Decision, NewAuthorisation};
use url::Url;
use uuid::Uuid;
use vault::Token;

/// What stands before the one-use part of the address that a wallet is told (RFC 9126, section 2.2).
const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";

/// What a wallet asked for, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wish {
    /// Where its person goes back to, letter by letter.
    pub redirect_uri: String,
    /// What comes back with them.
    state: Option<String>,
    /// By what only the wallet that asked can redeem the code.
    pub code_challenge: String,
    /// Which credentials.
    kinds: BTreeSet<String>,
    /// Whether it asked by authorisation details: then it is told which credentials of a kind there are, and may have all of them.
    pub by_details: bool,
}

impl Wish {
    /// Reads what [`push`] wrote.
    pub fn read(authorisation: &Authorisation) -> Result<Self, Refusal> {
        serde_json::from_str(&authorisation.request)
            .map_err(|_| Refusal::Fault("a wallet's authorisation request cannot be read"))
    }

    /// The address that the person goes back to, with what the wallet is told.
    fn answered(&self, issuer: &str, with: &[(&str, &str)]) -> Result<Url, Refusal> {
        let back = Url::parse(&self.redirect_uri)
            .map_err(|_| Refusal::Fault("a wallet's address to go back to is none"))?;
        Ok(authorization_response(back, self.state.as_deref(), issuer, with))
    }
}

/// What a wallet is told of what it pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// With what it opens a browser.
    pub request_uri: String,
    /// Seconds within which it does so.
    pub expires_in: i64,
}

/// A wallet pushes what it asks for.
///
/// # Errors
/// [`WalletRefusal::OAuth`]: `invalid_client` where the wallet is not known, `use_attestation_challenge`, `invalid_request`, `invalid_scope` and
/// `invalid_authorization_details` where it asks for what is not offered, `invalid_dpop_proof`, `use_dpop_nonce`.
pub async fn push(
    service: &Service,
    organisation_code: &str,
    sent: Sent<'_>,
    fields: &BTreeMap<String, String>,
    network: &Network,
) -> Result<Pushed, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let now = service.clock.now();
    let client = identified(service, &organisation, sent, fields, now)?;
    let request = AuthorizationRequest::read(fields)?;
    // As it was sent: two addresses that a library takes for the same may be two to whoever answers there.
    let redirect_uri = fields.get("redirect_uri").cloned().unwrap_or_default();
    if !client.goes_back_to(&redirect_uri) {
        return Err(oauth(OAuthError::InvalidRequest, "redirect_uri is not one of this wallet's"));
    }
    let kinds = kinds(&request)?;
    let offer_id = match &request.issuer_state {
        Some(state) => Some(invited(service, &organisation, state, &kinds, now).await?),
        None => None,
    };
    let proof = proof(service, sent, None, now)?;
    let thumbprint = match (&proof, &request.dpop_thumbprint) {
        (Some(proof), Some(named)) if proof.thumbprint() != *named => {
            return Err(oauth(OAuthError::InvalidDpopProof, "dpop_jkt is not the key of the DPoP proof"));
        }
        (Some(proof), _) => Some(proof.thumbprint()),
        (None, named) => named.clone(),
    };
    let wish = Wish {
        redirect_uri,
        state: request.state,
        code_challenge: request.code_challenge.as_str().to_owned(),
        kinds: kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        by_details: !request.configurations.is_empty(),
    };
    let wish = serde_json::to_string(&wish)
        .map_err(|_| Refusal::Fault("a wallet's authorisation request cannot be written"))?;
    let id = vault::new_id(now, service.random.as_ref());
    let reference = Token::new(service.random.as_ref());
    let counted = service.keys.keyed_hash("network", &[network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&PUSHES_PER_NETWORK, &counted, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy.into());
    }
    client.use_up(&mut tx, now).await?;
    if let Some(proof) = &proof
        && !tx.use_once(&proof_hash(service, proof), now).await?
    {
        return Err(used_proof());
    }
    let new = NewAuthorisation {
        id,
        organisation_id: organisation.id,
        reference: &request_hash(service, &reference),
        bound_to: &browser_hash(service, &browser(service, id)),
        client: &client.id,
        request: &wish,
        offer_id,
        dpop_thumbprint: thumbprint.as_deref(),
    };
    tx.add_authorisation(new, now).await?;
    tx.commit().await?;
    Ok(Pushed {
        request_uri: format!("{REQUEST_URI}{}", reference.as_str()),
        expires_in: PUSHED_LIFETIME.as_secs(),
    })
}

/// The kinds of credentials that are asked for. Scopes that are not ours mean something to others, and are passed over.
fn kinds(request: &AuthorizationRequest) -> Result<BTreeSet<CredentialKind>, WalletRefusal> {
    let mut kinds: BTreeSet<_> =
        request.scopes.iter().filter_map(|scope| CredentialKind::parse(scope)).collect();
    for name in &request.configurations {
        let kind = CredentialKind::parse(name).ok_or_else(|| {
            oauth(OAuthError::InvalidAuthorizationDetails, "nothing of this name is issued here")
        })?;
        kinds.insert(kind);
    }
    if kinds.is_empty() {
        return Err(oauth(OAuthError::InvalidScope, "no credential of this scope is issued here"));
    }
    Ok(kinds)
}

/// The offer that a wallet was invited by. What it says of that is not to be believed.
async fn invited(
    service: &Service,
    organisation: &Organisation,
    state: &str,
    kinds: &BTreeSet<CredentialKind>,
    now: Timestamp,
) -> Result<Uuid, WalletRefusal> {
    let over = || oauth(OAuthError::InvalidRequest, "issuer_state is of no offer that works");
    let reference = Token::parse(state).ok_or_else(over)?;
    let offer = service.store.offer_by_reference(&reference_hash(service, &reference)).await?;
    let offer = offer.ok_or_else(over)?;
    let credential = service.store.credential(offer.credential_id).await?.ok_or_else(over)?;
    let open = matches!(stands(&offer, now), Standing::Waiting | Standing::Scanned);
    if !open || offer.redeemed_at.is_some() || credential.organisation_id != organisation.id {
        return Err(over());
    }
    if !kinds.contains(&credential.kind) {
        return Err(oauth(OAuthError::InvalidRequest, "the offer is for another credential"));
    }
    Ok(offer.id)
}

/// A browser comes with what the wallet was told. Answers the cookie by which it goes on.
///
/// # Errors
/// [`PassportRefusal::WalletRequestOver`] where nothing was pushed so, it is too late, or it was decided.
pub async fn open(
    service: &Service,
    organisation_code: &str,
    client_id: &str,
    request_uri: &str,
) -> Result<Token, Refusal> {
    let now = service.clock.now();
    let reference = request_uri.strip_prefix(REQUEST_URI).and_then(Token::parse).ok_or_else(over)?;
    let found = service.store.authorisation_at(&request_hash(service, &reference)).await?;
    let found = found.ok_or_else(over)?;
    let organisation = organisation_of(service, &found).await?;
    let fresh = found.decided_at.is_none() && found.made_at > before(now, PUSHED_LIFETIME);
    if !fresh || found.client != client_id || organisation.code != organisation_code {
        return Err(over());
    }
    Ok(browser(service, found.id))
}

/// What the page shows on which a person says yes or no.
#[derive(Debug)]
pub struct WalletAsks {
    authorisation: Authorisation,
    wish: Wish,
    /// Who issues the credentials.
    pub organisation: Organisation,
    /// What people call the wallet.
    pub wallet: String,
    /// What it may have; none where nothing that it asks for waits for this person.
    pub credentials: Vec<Credential>,
}

impl WalletAsks {
    /// Where the person goes back to, whatever they say.
    pub fn back(&self) -> &str {
        &self.wish.redirect_uri
    }
}

/// What the wallet that opened this browser asks for.
///
/// # Errors
/// [`PassportRefusal::WalletRequestOver`] where nothing is asked here any more.
pub async fn asks(service: &Service, person: &Person, cookie: Option<&Token>) -> Result<WalletAsks, Refusal> {
    let cookie = cookie.ok_or_else(over)?;
    let found = service.store.authorisation_of_browser(&browser_hash(service, cookie)).await?;
    let authorisation = found.ok_or_else(over)?;
    let waits = authorisation.made_at > before(service.clock.now(), AUTHORISATION_LIFETIME);
    if authorisation.decided_at.is_some() || !waits {
        return Err(over());
    }
    let organisation = organisation_of(service, &authorisation).await?;
    let wish = Wish::read(&authorisation)?;
    let credentials = match authorisation.offer_id {
        Some(offer) => offered(service, person, offer).await?.into_iter().collect(),
        None => waiting(service, person, &organisation, &wish).await?,
    };
    let wallet = service.settings.passport.wallet(&authorisation.client);
    let wallet = wallet.map_or_else(|| authorisation.client.clone(), |wallet| wallet.name.clone());
    Ok(WalletAsks { authorisation, wish, organisation, wallet, credentials })
}

/// The one credential that a wallet was invited to fetch, if the invitation was this person's and still stands.
async fn offered(service: &Service, person: &Person, offer: Uuid) -> Result<Option<Credential>, Refusal> {
    let Some(offer) = service.store.credential_offer(offer).await? else { return Ok(None) };
    let credential = service.store.credential(offer.credential_id).await?;
    let open = matches!(stands(&offer, service.clock.now()), Standing::Waiting | Standing::Scanned);
    Ok(credential.filter(|credential| {
        open && offer.redeemed_at.is_none()
            && credential.account_id == person.account.id
            && is_to_issue(service, credential, offer.reissue)
    }))
}

/// What waits for the person of the kinds that are asked for, the oldest first. Access keys are collected another way: their owner proves
/// their telephone first. A wallet that asks by scope cannot tell two of a kind apart, and gets the oldest.
async fn waiting(
    service: &Service,
    person: &Person,
    organisation: &Organisation,
    wish: &Wish,
) -> Result<Vec<Credential>, Refusal> {
    let today = service.today();
    let mut waiting = service.store.credentials_of(person.account.id).await?;
    waiting.retain(|credential| {
        credential.kind.is_reviewed()
            && credential.organisation_id == organisation.id
            && credential.state(today) == CredentialState::ToReview
            && wish.kinds.contains(credential.kind.as_str())
    });
    if !wish.by_details {
        let mut seen = BTreeSet::new();
        waiting.retain(|credential| seen.insert(credential.kind));
    }
    Ok(waiting)
}

/// *Accept and add to my wallet*: lets the wallet have those of `chosen` that still wait, and answers where the person goes back to.
///
/// # Errors
/// [`PassportRefusal::WalletRequestOver`], [`PassportRefusal::NotToAdd`] where none of them waits any more,
/// [`PassportRefusal::TooManyOffers`].
pub async fn accept(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
    chosen: &[String],
) -> Result<Url, Refusal> {
    let asks = asks(service, person, cookie).await?;
    let granted: Vec<_> =
        asks.credentials.iter().filter(|each| chosen.contains(&each.id.to_string())).collect();
    if granted.is_empty() {
        return Err(PassportRefusal::NotToAdd.into());
    }
    let now = service.clock.now();
    let account = person.account.id;
    let authorisation = &asks.authorisation;
    let code = Token::new(service.random.as_ref());
    let mut tx = service.store.begin().await?;
    let who = service.keys.keyed_hash("passport-offers", &[account.as_bytes()]);
    if tx.take(&OFFERS_PER_HOUR, &who, now).await? != Allowance::Granted {
        return Err(PassportRefusal::TooManyOffers.into());
    }
    decide(service, &mut tx, person, authorisation, Some(&code), now).await?;
    for credential in &granted {
        grant(service, &mut tx, person, authorisation, credential, now).await?;
    }
    let organisation = asks.organisation.id;
    tx.audit(
        Event::WalletAuthorised {
            account,
            organisation,
            authorisation: authorisation.id,
            client: authorisation.client.clone(),
            count: u32::try_from(granted.len()).unwrap_or(u32::MAX),
        },
        now,
    );
    tx.commit().await?;
    asks.wish.answered(&issuer(service, &asks.organisation), &[("code", code.as_str())])
}

/// *Cancel*: the wallet gets nothing. Answers where the person goes back to.
///
/// # Errors
/// [`PassportRefusal::WalletRequestOver`].
pub async fn cancel(service: &Service, person: &Person, cookie: Option<&Token>) -> Result<Url, Refusal> {
    let asks = asks(service, person, cookie).await?;
    let now = service.clock.now();
    let authorisation = &asks.authorisation;
    let mut tx = service.store.begin().await?;
    decide(service, &mut tx, person, authorisation, None, now).await?;
    let (account, organisation) = (person.account.id, asks.organisation.id);
    let client = authorisation.client.clone();
    tx.audit(
        Event::WalletNotAuthorised { account, organisation, authorisation: authorisation.id, client },
        now,
    );
    tx.commit().await?;
    asks.wish.answered(&issuer(service, &asks.organisation), &[("error", "access_denied")])
}

async fn decide(
    service: &Service,
    tx: &mut Tx,
    person: &Person,
    authorisation: &Authorisation,
    code: Option<&Token>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let code = code.map(|code| authorisation_code_hash(service, code));
    let decision = Decision {
        account: person.account.id,
        session: person.session.id,
        code: code.as_ref().map(<[u8; 32]>::as_slice),
        made_after: before(now, AUTHORISATION_LIFETIME),
    };
    if tx.decide_authorisation(authorisation.id, decision, now).await? { Ok(()) } else { Err(over()) }
}

/// Makes an offer of a credential that waits, or takes the one by which the wallet was invited: from here on it is as any other, with the
/// token of the authorisation in the place of its own.
async fn grant(
    service: &Service,
    tx: &mut Tx,
    person: &Person,
    authorisation: &Authorisation,
    credential: &Credential,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let Some(offer) = authorisation.offer_id {
        return if tx.grant_offer(offer, authorisation.id, now).await? {
            Ok(())
        } else {
            Err(PassportRefusal::NotToAdd.into())
        };
    }
    let id = vault::new_id(now, service.random.as_ref());
    let secrets = Secrets::of(service, id);
    tx.add_offer(
        NewOffer {
            id,
            credential_id: credential.id,
            session_id: person.session.id,
            reissue: false,
            reference: &reference_hash(service, &secrets.reference),
            code: &code_hash(service, &secrets.code),
            transaction_code: None,
            expires_at: now.saturating_add(AUTHORISATION_CODE_LIFETIME).unwrap_or(Timestamp::MAX),
        },
        now,
    )
    .await?;
    if !tx.grant_offer(id, authorisation.id, now).await? {
        return Err(Refusal::Fault("an offer was over when it was made"));
    }
    let (account, credential) = (person.account.id, credential.id);
    tx.audit(Event::CredentialOffered { account, credential, offer: id, reissue: false }, now);
    Ok(())
}

async fn organisation_of(service: &Service, authorisation: &Authorisation) -> Result<Organisation, Refusal> {
    let found = service.store.organisation(authorisation.organisation_id).await?;
    found.ok_or(Refusal::Fault("a wallet's authorisation request to no organisation"))
}

fn over() -> Refusal {
    PassportRefusal::WalletRequestOver.into()
}

fn before(now: Timestamp, age: SignedDuration) -> Timestamp {
    now.saturating_sub(age).unwrap_or(Timestamp::MIN)
}

/// The cookie of the browser that opened a request: it follows from its id and the keys of the service, so that opening it changes nothing.
fn browser(service: &Service, authorisation: Uuid) -> Token {
    let derived = service.keys.keyed_hash("authorisation-browser", &[authorisation.as_bytes()]);
    // 32 bytes are a token by its length.
    Token::parse(&BASE64_URL_SAFE_NO_PAD.encode(derived))
        .unwrap_or_else(|| Token::new(service.random.as_ref()))
}

fn browser_hash(service: &Service, cookie: &Token) -> [u8; 32] {
    service.keys.keyed_hash("authorisation-cookie", &[cookie.as_str().as_bytes()])
}

fn request_hash(service: &Service, reference: &Token) -> [u8; 32] {
    service.keys.keyed_hash("authorisation-request", &[reference.as_str().as_bytes()])
}

pub(super) fn authorisation_code_hash(service: &Service, code: &Token) -> [u8; 32] {
    service.keys.keyed_hash("authorisation-code", &[code.as_str().as_bytes()])
}
