use crate::jose::{CertificateChain, ChainProblem, PublicKey, TokenProblem, TrustAnchors, Unverified};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

/// Keys of which the maker of a wallet says how well they are kept (OpenID4VCI 1.0, appendix D).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedKeys {
    /// The keys, all in one place.
    pub keys: Vec<PublicKey>,
    /// What attackers of this place are up to, such as `iso_18045_high`.
    pub key_storage: Vec<String>,
    /// The same of whatever lets the person use the keys.
    pub user_authentication: Vec<String>,
    /// The number that makes it a new one.
    pub nonce: Option<String>,
    /// Until when it holds, if it says so.
    pub expires_at: Option<Timestamp>,
}

/// A wallet of which its maker says that it is theirs (`attest_jwt_client_auth`, draft-ietf-oauth-attestation-based-client-auth; OpenID4VCI
/// 1.0, appendix E).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedWallet {
    /// Which wallet it is (`sub`), the same for all phones that have it.
    pub client_id: String,
    /// What the proof is used once by (`jti`).
    pub proof_id: String,
}

/// Why an attestation is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttestationProblem {
    /// The token itself.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// Whoever signed it is not trusted.
    #[error(transparent)]
    Chain(#[from] ChainProblem),
    /// It holds no key, or one that is not taken.
    #[error("the attestation has no key that is taken here")]
    Key,
    /// It is over, or from the future.
    #[error("the attestation does not hold now")]
    Time,
    /// The proof beside it is for another server.
    #[error("the proof of the attestation is for somebody else")]
    Audience,
    /// The proof answers another challenge.
    #[error("the proof of the attestation does not use the server's challenge")]
    Challenge,
    /// The wallet calls itself something else.
    #[error("the attestation is for another wallet")]
    Client,
}

const KEYS: &str = "key-attestation+jwt";
/// As drafts called it; wallets still write it.
const KEYS_BEFORE: &str = "keyattestation+jwt";
const WALLET: &str = "oauth-client-attestation+jwt";
const PROOF: &str = "oauth-client-attestation-pop+jwt";
/// How old a proof may be, or how far the wallet's clock ahead.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// More keys than this are not looked at.
const MOST: usize = 100;

#[derive(Deserialize)]
struct KeyClaims {
    iat: i64,
    exp: Option<i64>,
    attested_keys: Vec<Value>,
    #[serde(default)]
    key_storage: Vec<String>,
    #[serde(default)]
    user_authentication: Vec<String>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
struct WalletClaims {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    cnf: Confirmation,
}

#[derive(Deserialize)]
struct Confirmation {
    jwk: Value,
}

#[derive(Deserialize)]
struct ProofClaims {
    aud: String,
    jti: String,
    iat: i64,
    challenge: Option<String>,
    #[serde(alias = "client_id")]
    iss: Option<String>,
}

impl AttestedKeys {
    /// Verifies an attestation of keys by one of `makers`.
    ///
    /// # Errors
    ///
    /// When none of them signed it, or it does not hold at `now`.
    pub fn verify(
        attestation: &str,
        makers: &TrustAnchors,
        now: Timestamp,
    ) -> Result<Self, AttestationProblem> {
        let token = Unverified::parse(attestation)?;
        let maker = CertificateChain::of(token.header())?.verify(makers, now)?;
        let verified = token.verify(&maker)?;
        let typ = if verified.header().typ() == Some(KEYS_BEFORE) { KEYS_BEFORE } else { KEYS };
        let claims: KeyClaims = verified.of_type(typ)?.claims_as()?;
        holds(Some(claims.iat), claims.exp, now)?;
        if claims.attested_keys.is_empty() || claims.attested_keys.len() > MOST {
            return Err(AttestationProblem::Key);
        }
        let keys = claims.attested_keys.iter().map(PublicKey::from_jwk).collect::<Result<_, _>>();
        Ok(Self {
            keys: keys.map_err(|_| AttestationProblem::Key)?,
            key_storage: claims.key_storage,
            user_authentication: claims.user_authentication,
            nonce: claims.nonce,
            expires_at: claims.exp.and_then(|exp| Timestamp::from_second(exp).ok()),
        })
    }
}

impl AttestedWallet {
    /// Verifies what a wallet sent as `OAuth-Client-Attestation` and `OAuth-Client-Attestation-PoP` to the server that calls itself `issuer`.
    /// `is_challenge` says which challenges are the server's; `client_id` is what the wallet calls itself in the request.
    ///
    /// # Errors
    ///
    /// When it is none of `makers`' wallets, or somebody else sent it.
    pub fn verify(
        attestation: &str,
        proof: &str,
        makers: &TrustAnchors,
        issuer: &str,
        client_id: Option<&str>,
        now: Timestamp,
        is_challenge: impl FnOnce(&str) -> bool,
    ) -> Result<Self, AttestationProblem> {
        let token = Unverified::parse(attestation)?;
        let maker = CertificateChain::of(token.header())?.verify(makers, now)?;
        let wallet: WalletClaims = token.verify(&maker)?.of_type(WALLET)?.claims_as()?;
        holds(wallet.nbf, Some(wallet.exp), now)?;
        let key = PublicKey::from_jwk(&wallet.cnf.jwk).map_err(|_| AttestationProblem::Key)?;
        let proof: ProofClaims = Unverified::parse(proof)?.verify(&key)?.of_type(PROOF)?.claims_as()?;
        if proof.aud != issuer {
            return Err(AttestationProblem::Audience);
        }
        let made_at = Timestamp::from_second(proof.iat).map_err(|_| AttestationProblem::Time)?;
        if made_at.duration_since(now).abs() > WINDOW {
            return Err(AttestationProblem::Time);
        }
        if !proof.challenge.as_deref().is_some_and(is_challenge) {
            return Err(AttestationProblem::Challenge);
        }
        let names = [client_id, proof.iss.as_deref()];
        if names.into_iter().flatten().any(|name| name != wallet.sub) {
            return Err(AttestationProblem::Client);
        }
        Ok(Self { client_id: wallet.sub, proof_id: proof.jti })
    }
}

fn holds(from: Option<i64>, until: Option<i64>, now: Timestamp) -> Result<(), AttestationProblem> {
    let soon = now.checked_add(WINDOW).unwrap_or(now).as_second();
    let begun = from.is_none_or(|from| from <= soon);
    if begun && until.is_none_or(|until| until > now.as_second()) {
        Ok(())
    } else {
        Err(AttestationProblem::Time)
    }
}
