//! Wallets that may ask their person to sign in here: those that the configuration names. A maker may vouch for one of them, too.
//!
//! A wallet that asks so is a *client* of ours (RFC 6749, section 2). It is known by its name and by the addresses to which its people
//! go back; a code goes nowhere else. An app on a phone keeps no secret, so that its name alone proves nothing: what does is that it
//! redeems a code with the number of which it sent the hash (PKCE), and, where its maker vouches for it, a key of its own
//! (draft-ietf-oauth-attestation-based-client-auth, which HAIP 1.0, section 4.4.1, demands).

use super::wallet::{Sent, WalletRefusal, attestation_challenges, issuer, oauth};
use crate::Service;
use jiff::Timestamp;
use openid4vc::issuer::{AttestationProblem, AttestationRules, AttestedWallet, OAuthError};
use std::collections::BTreeMap;
use store::Tx;
use store::organisation::Organisation;

pub use openid4vc::jose::TrustAnchors;

/// What the configuration says of wallets and of the profile that is spoken with them.
#[derive(Debug, Clone, Default)]
pub struct PassportSettings {
    /// Wallets that may send their person here to sign in. Without any, the codes of offers are the only way to a credential.
    pub wallets: Vec<WalletApp>,
    /// Who vouches for wallets. That a wallet is its maker's says nothing of where its people may go back to: it is named above, too.
    pub wallet_makers: TrustAnchors,
    /// Who vouches for how wallets keep keys. Where somebody is named, credentials go to keys alone that they vouch for.
    pub key_makers: TrustAnchors,
    /// Against which attackers the place of keys must be proof by their word (OpenID4VCI 1.0, appendix D.2), one of these; without any, all
    /// places are taken.
    pub key_storage: Vec<String>,
    /// The same for how the person lets their wallet use a key.
    pub user_authentication: Vec<String>,
    /// Whether the High Assurance Interoperability Profile holds (HAIP 1.0): no codes in offers, and of each wallet that its maker vouches
    /// for it and that its tokens are bound to a key.
    pub haip: bool,
}

/// A wallet that may send its person here to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletApp {
    /// What it calls itself (`client_id`).
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// Where its people go back to, compared letter by letter.
    pub redirect_uris: Vec<String>,
}

impl PassportSettings {
    /// Whether wallets may send their person here to sign in.
    pub fn has_clients(&self) -> bool {
        !self.wallets.is_empty()
    }

    /// The wallet of this name.
    pub fn wallet(&self, client_id: &str) -> Option<&WalletApp> {
        self.wallets.iter().find(|wallet| wallet.client_id == client_id)
    }

    /// What is asked of the keys that credentials are bound to.
    pub(super) fn key_attestations(&self) -> Option<AttestationRules<'_>> {
        let rules = AttestationRules {
            makers: &self.key_makers,
            key_storage: &self.key_storage,
            user_authentication: &self.user_authentication,
        };
        (!self.key_makers.is_empty()).then_some(rules)
    }
}

/// The wallet that asks.
#[derive(Debug)]
pub(super) struct Client<'a> {
    /// What it calls itself (`client_id`).
    pub id: String,
    /// As the configuration names it.
    app: &'a WalletApp,
    /// What the proof of its maker's word is remembered by: it is used once.
    proof: Option<[u8; 32]>,
}

impl Client<'_> {
    /// Whether its people may go back to this address, which the configuration names.
    pub fn goes_back_to(&self, address: &str) -> bool {
        self.app.redirect_uris.iter().any(|known| known == address)
    }

    /// Uses up the proof of its maker's word.
    pub async fn use_up(&self, tx: &mut Tx, now: Timestamp) -> Result<(), WalletRefusal> {
        match &self.proof {
            Some(proof) if !tx.use_once(proof, now).await? => {
                Err(oauth(OAuthError::InvalidClient, "the proof of the wallet attestation was used before"))
            }
            _ => Ok(()),
        }
    }
}

/// The wallet that asks, by its name, and by its maker's word where it sends that. Whoever vouches for phones in general has not said
/// who may have credentials of people here.
pub(super) fn identified<'a>(
    service: &'a Service,
    organisation: &Organisation,
    sent: Sent<'_>,
    fields: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<Client<'a>, WalletRefusal> {
    let settings = &service.settings.passport;
    let client_id = fields.get("client_id").map(String::as_str);
    let named = |client_id: &str| {
        settings
            .wallet(client_id)
            .ok_or_else(|| oauth(OAuthError::InvalidClient, "no wallet of this client_id is known here"))
    };
    if let Some((attestation, proof)) = sent.attestation.zip(sent.attestation_proof)
        && !settings.wallet_makers.is_empty()
    {
        let attested =
            attested(service, organisation, (attestation, proof), client_id, now).map_err(|problem| {
                tracing::info!(%problem, "a wallet's attestation is not taken");
                refusal(&problem)
            })?;
        let remembered = [attested.client_id.as_bytes(), attested.proof_id.as_bytes()];
        return Ok(Client {
            app: named(&attested.client_id)?,
            proof: Some(service.keys.keyed_hash("passport-attestation", &remembered)),
            id: attested.client_id,
        });
    }
    if settings.haip {
        return Err(oauth(OAuthError::InvalidClient, "a wallet attestation with its proof is required"));
    }
    let app = named(client_id.unwrap_or_default())?;
    Ok(Client { id: app.client_id.clone(), app, proof: None })
}

fn attested(
    service: &Service,
    organisation: &Organisation,
    (attestation, proof): (&str, &str),
    client_id: Option<&str>,
    now: Timestamp,
) -> Result<AttestedWallet, AttestationProblem> {
    let (makers, issuer) = (&service.settings.passport.wallet_makers, issuer(service, organisation));
    let challenges = attestation_challenges(service);
    AttestedWallet::verify(attestation, proof, makers, &issuer, client_id, now, |challenge| {
        challenges.is_fresh(challenge, now)
    })
}

fn refusal(problem: &AttestationProblem) -> WalletRefusal {
    match problem {
        AttestationProblem::Challenge => {
            oauth(OAuthError::UseAttestationChallenge, "use the challenge of the challenge endpoint")
        }
        AttestationProblem::Client => {
            oauth(OAuthError::InvalidClient, "the wallet attestation is for another client_id")
        }
        AttestationProblem::Time | AttestationProblem::Audience => {
            oauth(OAuthError::InvalidClient, "the wallet attestation or its proof is not for here and now")
        }
        AttestationProblem::Token(_) | AttestationProblem::Chain(_) | AttestationProblem::Key => {
            oauth(OAuthError::InvalidClient, "the wallet attestation is of no maker that is trusted here")
        }
    }
}
