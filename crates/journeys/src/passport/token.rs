//! A wallet trades the code of an offer in for a token (OpenID4VCI 1.0, section 6).

use super::authorisation_code::{Traded, redeem_code};
use super::offer::{code_hash, is_to_issue, transaction_code_hash};
use super::wallet::{Sent, WalletRefusal, oauth, organisation, proof, proof_hash, token_hash, used_proof};
use crate::Service;
use openid4vc::issuer::{OAuthError, TokenRequest, TokenResponse};
use rules::passport::issuing::{TOKEN_LIFETIME, TRANSACTION_CODE_TRIES};
use std::collections::BTreeMap;
use store::audit::Event;
use store::code::CodeFor;
use store::offer::{Redeemed, Redemption};
use vault::Token;

/// Redeems a code, once. A wrong transaction code is counted before it is compared, and the fifth ends the offer.
///
/// # Errors
/// [`WalletRefusal::OAuth`]: `invalid_request` where a field is missing or a transaction code not expected, `invalid_grant` where a code
/// is wrong or works no more, `invalid_client` where a wallet that signs people in is not known, `invalid_dpop_proof`, `use_dpop_nonce`.
pub async fn redeem(
    service: &Service,
    organisation_code: &str,
    sent: Sent<'_>,
    fields: &BTreeMap<String, String>,
) -> Result<TokenResponse, WalletRefusal> {
    let organisation = organisation(service, organisation_code).await?;
    let request = TokenRequest::read(fields)?;
    let (code, transaction_code) = match &request {
        TokenRequest::PreAuthorized { .. } if service.settings.passport.haip => {
            return Err(oauth(OAuthError::UnsupportedGrantType, "send the person here to sign in"));
        }
        TokenRequest::PreAuthorized { code, transaction_code, .. } => (code, transaction_code),
        TokenRequest::AuthorizationCode { code, code_verifier, redirect_uri, .. }
            if service.settings.passport.has_clients() =>
        {
            let typed = Traded { code, code_verifier, redirect_uri };
            return redeem_code(service, &organisation, sent, fields, typed).await;
        }
        TokenRequest::AuthorizationCode { .. } => {
            return Err(oauth(OAuthError::UnsupportedGrantType, "use the code of an offer"));
        }
    };
    let over = || oauth(OAuthError::InvalidGrant, "the code is wrong, was used, or is over");
    let code = code_hash(service, &Token::parse(code).ok_or_else(over)?);
    let offer = service.store.offer_by_code(&code).await?.ok_or_else(over)?;
    let credential = service.store.credential(offer.credential_id).await?.ok_or_else(over)?;
    let here = credential.organisation_id == organisation.id;
    if !here || !is_to_issue(service, &credential, offer.reissue) {
        return Err(over());
    }
    request.check_transaction_code(offer.asks_code)?;
    let now = service.clock.now();
    let proof = proof(service, sent, None, now)?;
    let typed = transaction_code.as_deref().map(|digits| transaction_code_hash(service, offer.id, digits));
    let token = Token::new(service.random.as_ref());
    let thumbprint = proof.as_ref().map(openid4vc::issuer::DpopProof::thumbprint);
    let mut tx = service.store.begin().await?;
    if let Some(proof) = &proof
        && !tx.use_once(&proof_hash(service, proof), now).await?
    {
        return Err(used_proof());
    }
    let redemption = Redemption {
        code: &code,
        transaction_code: typed.as_ref().map_or(&[][..], <[u8; 32]>::as_slice),
        tries: TRANSACTION_CODE_TRIES,
        access_token: &token_hash(service, &token),
        dpop_thumbprint: thumbprint.as_deref(),
    };
    let redeemed = tx.redeem_offer(redemption, now).await?;
    let account = credential.account_id;
    match redeemed {
        Redeemed::Yes => {
            if offer.asks_code {
                tx.text_code_used(CodeFor::Wallet(offer.id).purpose(), offer.id, now).await?;
            }
            tx.audit(
                Event::CredentialOfferRedeemed { account, credential: credential.id, offer: offer.id },
                now,
            );
        }
        Redeemed::WrongCode { .. } => {
            let purpose = CodeFor::Wallet(offer.id).purpose().to_owned();
            tx.audit(Event::CodeRefused { subject: offer.id, purpose }, now);
        }
        Redeemed::Over => {}
    }
    tx.commit().await?;
    match redeemed {
        Redeemed::Yes => Ok(TokenResponse {
            access_token: token.as_str().to_owned(),
            dpop: proof.is_some(),
            expires_in: u32::try_from(TOKEN_LIFETIME.as_secs()).unwrap_or(u32::MAX),
            credential_identifiers: BTreeMap::new(),
        }),
        Redeemed::WrongCode { left: 1.. } => {
            Err(oauth(OAuthError::InvalidGrant, "the transaction code is wrong"))
        }
        Redeemed::WrongCode { left: 0 } => {
            Err(oauth(OAuthError::InvalidGrant, "the transaction code was wrong too often: make a new offer"))
        }
        Redeemed::Over => Err(over()),
    }
}
