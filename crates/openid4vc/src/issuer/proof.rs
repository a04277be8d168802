use super::attestation::AttestedKeys;
use super::error::{CredentialError, Refused};
use crate::jose::{CertificateChain, Header, PublicKey, TrustAnchors, Unverified};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What a wallet sends to show that it has the keys that its credentials are to be bound to (OpenID4VCI 1.0, appendix F).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proofs {
    /// Something that each key signed.
    Jwt(Vec<String>),
    /// What the maker of the wallet says of keys that signed nothing.
    Attestation(String),
}

/// What proofs must be like.
pub struct ProofRules<'a> {
    /// Who they are for: the issuer's identifier.
    pub issuer: &'a str,
    /// Which numbers are the issuer's, and fresh.
    pub is_nonce: &'a dyn Fn(&str) -> bool,
    /// So many keys at most are bound by one request.
    pub batch: usize,
    /// Whose word on keys is asked for, and how well these must be kept; nothing where any key will do.
    pub attested_by: Option<AttestationRules<'a>>,
    /// Who asks: the wallet's name, or nothing where it did not say.
    pub client_id: Option<&'a str>,
}

/// How well keys must be kept.
#[derive(Clone, Copy)]
pub struct AttestationRules<'a> {
    /// Whose word counts.
    pub makers: &'a TrustAnchors,
    /// One of these kinds of storage; without any, every one.
    pub key_storage: &'a [String],
    /// One of these ways of letting the person use the key; without any, every one.
    pub user_authentication: &'a [String],
}

/// Keys that credentials are bound to, each once, and the numbers that were used to show them, to be counted as used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bindings {
    /// One credential for each.
    pub keys: Vec<PublicKey>,
    /// All numbers of the issuer's in the proofs.
    pub nonces: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    iat: i64,
    nonce: Option<String>,
    iss: Option<String>,
}

/// The type of a proof.
const TYPE: &str = "openid4vci-proof+jwt";
/// How old a proof may be, or how far the wallet's clock ahead.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

type Refusal = Refused<CredentialError>;

const fn invalid(why: &'static str) -> Refusal {
    Refused::new(CredentialError::InvalidProof, why)
}

impl Proofs {
    /// Reads `proofs`: one kind, not empty.
    pub(super) fn read(proofs: &Value) -> Result<Self, Refusal> {
        let kinds = proofs.as_object().ok_or(invalid("proofs must be an object"))?;
        let mut kinds = kinds.iter();
        let (Some((kind, values)), None) = (kinds.next(), kinds.next()) else {
            return Err(invalid("proofs must have exactly one proof type"));
        };
        let values: Option<Vec<String>> =
            values.as_array().and_then(|all| all.iter().map(|one| one.as_str().map(str::to_owned)).collect());
        let mut values = values.ok_or(invalid("proofs must be an array of JWTs"))?;
        match (kind.as_str(), values.len()) {
            (_, 0) => Err(invalid("proofs must not be empty")),
            ("jwt", _) => Ok(Self::Jwt(values)),
            ("attestation", 1) => {
                values.pop().map(Self::Attestation).ok_or(invalid("proofs must not be empty"))
            }
            ("attestation", _) => Err(invalid("there must be exactly one attestation")),
            _ => Err(invalid("use the proof type jwt or attestation")),
        }
    }

    /// The keys that the wallet showed it has (appendix F.4).
    ///
    /// # Errors
    ///
    /// When one proof is wrong: none is taken then.
    pub fn verify(&self, rules: &ProofRules<'_>, now: Timestamp) -> Result<Bindings, Refusal> {
        let bindings = match self {
            Self::Jwt(proofs) => {
                if proofs.len() > rules.batch {
                    return Err(invalid("there are more proofs than the batch size"));
                }
                let mut bindings = Bindings { keys: Vec::new(), nonces: Vec::new() };
                for proof in proofs {
                    verify_jwt(proof, rules, now, &mut bindings)?;
                }
                bindings
            }
            Self::Attestation(attestation) => {
                let attested = rules.attested(attestation, now)?;
                let nonce = attested.nonce.ok_or(invalid("the attestation has no nonce"))?;
                Bindings { keys: attested.keys, nonces: vec![nonce] }
            }
        };
        if bindings.keys.is_empty() || bindings.keys.len() > rules.batch {
            return Err(invalid("there are no keys, or more than the batch size"));
        }
        for (place, key) in bindings.keys.iter().enumerate() {
            if bindings.keys.iter().skip(place + 1).any(|other| other == key) {
                return Err(invalid("one key is shown twice"));
            }
        }
        if !bindings.nonces.iter().all(|nonce| (rules.is_nonce)(nonce)) {
            return Err(Refused::new(CredentialError::InvalidNonce, "fetch a new nonce and try again"));
        }
        Ok(bindings)
    }
}

fn verify_jwt(
    proof: &str,
    rules: &ProofRules<'_>,
    now: Timestamp,
    into: &mut Bindings,
) -> Result<(), Refusal> {
    let token = Unverified::parse(proof).map_err(|_| invalid("a proof is no JWT that is taken"))?;
    let attested = match token.header().text("key_attestation") {
        // Without an end of its own it would be good for ever, beside whatever proof (OpenID4VCI 1.0, appendix D.1).
        Some(attestation) => match rules.attested(attestation, now)? {
            AttestedKeys { expires_at: None, .. } => {
                return Err(invalid("the key attestation beside a proof must have exp"));
            }
            attested => Some(attested),
        },
        None if rules.attested_by.is_some() => return Err(invalid("a key attestation is required")),
        None => None,
    };
    let key = key_of(token.header(), attested.as_ref())?;
    let verified = token.verify(&key).map_err(|_| invalid("the signature of a proof is wrong"))?;
    let typed = verified.of_type(TYPE).map_err(|_| invalid("a proof is of another type"))?;
    let claims: Claims = typed.claims_as().map_err(|_| invalid("aud or iat is missing"))?;
    if claims.aud != rules.issuer {
        return Err(invalid("a proof is for another issuer"));
    }
    let made_at = Timestamp::from_second(claims.iat).map_err(|_| invalid("iat is no time"))?;
    if made_at.duration_since(now).abs() > WINDOW {
        return Err(invalid("a proof was not made just now"));
    }
    // A wallet that did not say who it is must not say so here either.
    if claims.iss.as_deref().is_some_and(|iss| Some(iss) != rules.client_id) {
        return Err(invalid("iss is not who asks"));
    }
    into.nonces.push(claims.nonce.ok_or(invalid("a proof has no nonce"))?);
    match attested {
        None => into.keys.push(key),
        Some(attested) => {
            if !attested.keys.contains(&key) {
                return Err(invalid("the key of a proof is not attested"));
            }
            into.nonces.extend(attested.nonce);
            into.keys.extend(attested.keys);
        }
    }
    Ok(())
}

/// The key in the header: as a JWK, in a certificate, or by its place among attested ones.
fn key_of(header: &Header, attested: Option<&AttestedKeys>) -> Result<PublicKey, Refusal> {
    let unknown = invalid("the key of a proof is none that is taken");
    match (header.get("jwk"), header.get("x5c"), header.text("kid")) {
        (Some(jwk), None, None) => PublicKey::from_jwk(jwk).map_err(|_| unknown),
        (None, Some(_), None) => {
            CertificateChain::of(header).and_then(|chain| chain.key()).map_err(|_| unknown)
        }
        (None, None, Some(place)) => {
            let place = place.parse::<usize>().map_err(|_| unknown)?;
            attested.and_then(|attested| attested.keys.get(place)).cloned().ok_or(unknown)
        }
        _ => Err(invalid("a proof must have exactly one of jwk, x5c and kid")),
    }
}

impl ProofRules<'_> {
    fn attested(&self, attestation: &str, now: Timestamp) -> Result<AttestedKeys, Refusal> {
        let Some(rules) = self.attested_by else {
            return Err(invalid("key attestations are not taken here"));
        };
        let attested = AttestedKeys::verify(attestation, rules.makers, now)
            .map_err(|_| invalid("the key attestation is not one that is taken"))?;
        let meets = |asked: &[String], said: &[String]| {
            asked.is_empty() || said.iter().any(|one| asked.contains(one))
        };
        if meets(rules.key_storage, &attested.key_storage)
            && meets(rules.user_authentication, &attested.user_authentication)
        {
            Ok(attested)
        } else {
            Err(invalid("the keys are not kept as well as is asked for"))
        }
    }

    /// What a wallet is told of these rules (`proof_types_supported`).
    pub fn metadata(&self) -> Value {
        let algorithms: Value = crate::jose::Algorithm::ALL.map(crate::jose::Algorithm::name).to_vec().into();
        let mut kind = Map::new();
        kind.insert("proof_signing_alg_values_supported".to_owned(), algorithms);
        let mut kinds = Map::new();
        if let Some(rules) = self.attested_by {
            let mut required = Map::new();
            for (name, values) in
                [("key_storage", rules.key_storage), ("user_authentication", rules.user_authentication)]
            {
                if !values.is_empty() {
                    required.insert(name.to_owned(), values.to_vec().into());
                }
            }
            kind.insert("key_attestations_required".to_owned(), required.into());
            kinds.insert("attestation".to_owned(), kind.clone().into());
        }
        kinds.insert("jwt".to_owned(), kind.into());
        kinds.into()
    }
}
