//! *Sign in with my smartcard*: the card signs this service's origin and a question that is good once.
//!
//! The page asks, the browser's extension adds the page's origin as the browser knows it, the agent asks for the passcode, the card
//! signs. A token that was lured out of somebody on another page holds another origin, and one that was answered in another browser
//! is bound to another cookie.

pub use card_jobs::EXTENSION;
use card_jobs::{SignInToken, TOKEN_ALGORITHM, TOKEN_FORMAT, sign_in_message};
use rules::card_sign_in::{QUESTIONS_PER_NETWORK, asked_after};
use store::limits::Allowance;
use vault::Token;

use crate::session::SignedIn;
use crate::smartcard::presented::{CardSignInRefusal, Presented, Why, by_der, refuse};
use crate::{Refusal, Service, Visitor};

/// Longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;

/// A question to whichever card is there.
#[derive(Debug)]
pub struct CardQuestion {
    /// What the card signs beside the origin.
    pub nonce: Token,
    /// The cookie of the browser in which it can be answered.
    pub cookie: Token,
}

/// What the browser sends.
#[derive(Debug, Clone, Copy)]
pub struct CardAnswer<'a> {
    /// The question that it answers.
    pub nonce: &'a str,
    /// A [`SignInToken`], JSON.
    pub token: &'a str,
}

/// Asks. `cookie` is that of a sign-in under way.
///
/// # Errors
/// [`Refusal::NetworkBusy`].
pub async fn ask(
    service: &Service,
    cookie: Option<&Token>,
    visitor: &Visitor,
) -> Result<CardQuestion, Refusal> {
    let now = service.clock.now();
    let cookie = cookie.cloned().unwrap_or_else(|| Token::new(service.random.as_ref()));
    let nonce = Token::new(service.random.as_ref());
    let network = service.keys.keyed_hash("network", &[visitor.network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&QUESTIONS_PER_NETWORK, &network, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    tx.add_card_question(&nonce_hash(service, &nonce), &bound_to(service, &cookie), now).await?;
    tx.commit().await?;
    Ok(CardQuestion { nonce, cookie })
}

/// Signs in by what the card signed. Wrong passwords lock nobody out of this way.
///
/// # Errors
/// [`Refusal::CardSignIn`], [`Refusal::AccountDisabled`].
pub async fn sign_in(
    service: &Service,
    cookie: Option<&Token>,
    answer: CardAnswer<'_>,
    device: Option<&Token>,
    visitor: &Visitor,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let (Some(cookie), Some(nonce)) = (cookie, Token::parse(answer.nonce)) else {
        return Err(CardSignInRefusal::Over.into());
    };
    let presented = signed_by(service, answer.token, &nonce).await?;
    let mut tx = service.store.begin().await?;
    let (hash, bound_to) = (nonce_hash(service, &nonce), bound_to(service, cookie));
    if !tx.answer_card_question(&hash, &bound_to, asked_after(now), now).await? {
        return Err(CardSignInRefusal::Over.into());
    }
    match presented {
        Ok(presented) => presented.signs_in(service, tx, device, visitor, now).await,
        Err((presented, why)) => Err(refuse(service, tx, presented.as_ref(), why, visitor, now).await?),
    }
}

/// Whose card signed: a certificate of ours, and its key's signature over our own origin and this question.
async fn signed_by(
    service: &Service,
    token: &str,
    nonce: &Token,
) -> Result<Result<Presented, (Option<Presented>, Why)>, Refusal> {
    let token: Option<SignInToken> = Some(token)
        .filter(|token| token.len() <= LONGEST_TOKEN)
        .and_then(|token| serde_json::from_str(token).ok());
    let known = |token: &SignInToken| token.format == TOKEN_FORMAT && token.algorithm == TOKEN_ALGORITHM;
    let Some(token) = token.filter(known) else { return Ok(Err((None, Why::Malformed))) };
    let (presented, certificate) = match by_der(service, token.certificate.bytes()).await? {
        Ok(found) => found,
        Err(why) => return Ok(Err((None, why))),
    };
    let origin = service.settings.public_url.origin().ascii_serialization();
    let message = sign_in_message(&origin, nonce.as_str());
    Ok(match certificate.public_key().verify_sha256(&message, token.signature.bytes()) {
        Ok(()) => Ok(presented),
        // Whoever has no signature of the card is not written down as a stranger at its owner's door: certificates are public.
        Err(_) => Err((None, Why::Signature)),
    })
}

fn nonce_hash(service: &Service, nonce: &Token) -> [u8; 32] {
    service.keys.keyed_hash("card-nonce", &[nonce.as_str().as_bytes()])
}

fn bound_to(service: &Service, cookie: &Token) -> [u8; 32] {
    service.keys.keyed_hash("card-bound-to", &[cookie.as_str().as_bytes()])
}
