//! A wallet trades in the code that its person's yes gave it (RFC 6749, section 4.1.3; OpenID4VCI 1.0, section 6).

use super::authorise::{Wish, authorisation_code_hash};
use super::wallet::{Sent, WalletRefusal, oauth, proof, proof_hash, token_hash, used_proof};
use super::wallet_client::identified;
use crate::Service;
use jiff::Timestamp;
use openid4vc::issuer::{CodeChallenge, DpopProof, OAuthError, TokenResponse};
use rules::passport::issuing::{AUTHORISATION_CODE_LIFETIME, TOKEN_LIFETIME};
use std::collections::BTreeMap;
use store::audit::Event;
use store::credential::Credential;
use store::organisation::Organisation;
use store::passport_authorisation::{Authorisation, CodeRedemption};
use uuid::Uuid;
use vault::Token;

/// What the wallet sends with the code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traded<'a> {
    pub code: &'a str,
    pub code_verifier: &'a str,
    pub redirect_uri: &'a str,
}

/// Redeems a code, once, for whoever knows what its challenge was made of. A code that comes again is one that somebody else has, too:
/// the token that it was redeemed for works no more.
pub(super) async fn redeem_code(
    service: &Service,
    organisation: &Organisation,
    sent: Sent<'_>,
    fields: &BTreeMap<String, String>,
    typed: Traded<'_>,
) -> Result<TokenResponse, WalletRefusal> {
    let now = service.clock.now();
    let client = identified(service, organisation, sent, fields, now)?;
    let wrong = || oauth(OAuthError::InvalidGrant, "the code is wrong, was used, or is over");
    let code = Token::parse(typed.code).ok_or_else(wrong)?;
    let found = service.store.authorisation_by_code(&authorisation_code_hash(service, &code)).await?;
    let found = found.filter(|found| found.organisation_id == organisation.id).ok_or_else(wrong)?;
    let proof = proof(service, sent, None, now)?;
    if service.settings.passport.haip && proof.is_none() {
        return Err(oauth(OAuthError::InvalidDpopProof, "a DPoP proof is required"));
    }
    let wish = Wish::read(&found)?;
    let thumbprint = proof.as_ref().map(DpopProof::thumbprint);
    if found.redeemed_at.is_none() {
        let is_theirs = CodeChallenge::kept(wish.code_challenge.clone())
            .is_some_and(|challenge| challenge.is_met_by(typed.code_verifier));
        if found.client != client.id || wish.redirect_uri != typed.redirect_uri || !is_theirs {
            return Err(oauth(OAuthError::InvalidGrant, "the code is another wallet's"));
        }
        if found.dpop_thumbprint.is_some() && found.dpop_thumbprint != thumbprint {
            return Err(oauth(OAuthError::InvalidDpopProof, "the code is bound to another key"));
        }
    }
    let granted = granted(service, &found).await?;
    let token = Token::new(service.random.as_ref());
    let mut tx = service.store.begin().await?;
    client.use_up(&mut tx, now).await?;
    if let Some(proof) = &proof
        && !tx.use_once(&proof_hash(service, proof), now).await?
    {
        return Err(used_proof());
    }
    let redemption = CodeRedemption {
        access_token: &token_hash(service, &token),
        dpop_thumbprint: thumbprint.as_deref(),
        granted_after: now.saturating_sub(AUTHORISATION_CODE_LIFETIME).unwrap_or(Timestamp::MIN),
    };
    if !tx.redeem_authorisation(found.id, redemption, now).await? {
        if tx.revoke_authorisation(found.id, now).await? {
            let Authorisation { id, account_id, client, .. } = found;
            tx.audit(Event::WalletCodeRepeated { account: account_id, authorisation: id, client }, now);
        }
        tx.commit().await?;
        return Err(wrong());
    }
    let mut identifiers = BTreeMap::<String, Vec<String>>::new();
    for (offer, credential) in granted {
        identifiers.entry(credential.kind.as_str().to_owned()).or_default().push(credential.id.to_string());
        let (account, credential) = (credential.account_id, credential.id);
        tx.audit(Event::CredentialOfferRedeemed { account, credential, offer }, now);
    }
    tx.commit().await?;
    Ok(TokenResponse {
        access_token: token.as_str().to_owned(),
        dpop: proof.is_some(),
        expires_in: u32::try_from(TOKEN_LIFETIME.as_secs()).unwrap_or(u32::MAX),
        credential_identifiers: if wish.by_details { identifiers } else { BTreeMap::new() },
    })
}

/// What was granted: each offer with its credential.
async fn granted(
    service: &Service,
    authorisation: &Authorisation,
) -> Result<Vec<(Uuid, Credential)>, WalletRefusal> {
    let mut granted = Vec::new();
    for offer in service.store.offers_of_authorisation(authorisation.id).await? {
        if let Some(credential) = service.store.credential(offer.credential_id).await? {
            granted.push((offer.id, credential));
        }
    }
    Ok(granted)
}
