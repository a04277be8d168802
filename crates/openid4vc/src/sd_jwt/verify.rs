use super::{BindingProblem, DEEPEST, DIGEST, DIGESTS, Disclosure, HASH, SHA_256, SdJwt};
use crate::jose::{Header, PublicKey, TokenProblem, Unverified};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// What an issuer signed and a holder disclosed: claims with every digest replaced or taken out (RFC 9901, section 7.1).
#[derive(Debug, Clone)]
pub struct Disclosed {
    pub(super) header: Header,
    /// What anybody sees who holds the token.
    pub(super) always: HashSet<String>,
    pub(super) claims: Map<String, Value>,
    pub(super) presented: SdJwt,
}

/// Why an SD-JWT is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdJwtProblem {
    /// Nothing that can be read.
    #[error("this is no SD-JWT")]
    Format,
    /// One of the disclosures is none, or has no digest in the token.
    #[error("a disclosure does not belong to this SD-JWT")]
    Disclosure,
    /// A digest stands in it twice: somebody could disclose one claim in two places.
    #[error("a digest stands in the SD-JWT twice")]
    Twice,
    /// A disclosed claim has the name of one that is there.
    #[error("a disclosed claim is there already")]
    Overwrites,
    /// Digests are not where or what they should be.
    #[error("the digests of the SD-JWT are not as they should be")]
    Digests,
    /// A hash function that is not spoken here.
    #[error("the digests are made with a hash function that is not taken: use sha-256")]
    Hash,
    /// Claims within claims without an end.
    #[error("the claims are nested too deeply")]
    Depth,
    /// The issuer's token.
    #[error(transparent)]
    Token(#[from] TokenProblem),
    /// The holder's signature.
    #[error(transparent)]
    Binding(#[from] BindingProblem),
}

impl SdJwt {
    /// The issuer's token, to find the issuer's key by.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn issuer_token(&self) -> Result<Unverified<'_>, TokenProblem> {
        Unverified::parse(self.token())
    }

    /// Checks the issuer's signature and puts what is disclosed back into its place.
    ///
    /// # Errors
    ///
    /// When the signature is wrong, or disclosures and digests do not fit together.
    pub fn verify(self, issuer: &PublicKey) -> Result<Disclosed, SdJwtProblem> {
        let token = self.issuer_token()?.verify(issuer)?;
        let header = token.header().clone();
        let signed = token.into_claims();
        let always = signed.keys().filter(|name| *name != DIGESTS).cloned().collect();
        let claims = open(signed, self.disclosures())?;
        Ok(Disclosed { header, always, claims, presented: self })
    }
}

impl Disclosed {
    /// What the issuer's token says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The claims that can be seen.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Whether a claim at the root can be seen and could be withheld.
    pub fn is_selectively_disclosed(&self, name: &str) -> bool {
        self.claims.contains_key(name) && !self.always.contains(name)
    }

    /// As it was presented.
    pub fn presented(&self) -> &SdJwt {
        &self.presented
    }
}

/// The claims of a token with what is disclosed in its place, and nothing left of digests.
pub(super) fn open(
    mut claims: Map<String, Value>,
    disclosures: &[Disclosure],
) -> Result<Map<String, Value>, SdJwtProblem> {
    match claims.shift_remove(HASH) {
        None => {}
        Some(Value::String(hash)) if hash == SHA_256 => {}
        Some(_) => return Err(SdJwtProblem::Hash),
    }
    let mut opener = Opener::new(disclosures)?;
    opener.open_members(&mut claims, 0)?;
    if opener.waiting.is_empty() { Ok(claims) } else { Err(SdJwtProblem::Disclosure) }
}

/// What puts disclosures back on its way through the claims.
struct Opener {
    /// Disclosures by their digest, until they are put back.
    waiting: HashMap<String, Disclosure>,
    /// Digests that were met.
    met: HashSet<String>,
}

impl Opener {
    fn new(disclosures: &[Disclosure]) -> Result<Self, SdJwtProblem> {
        let waiting: HashMap<_, _> = disclosures.iter().map(|one| (one.digest(), one.clone())).collect();
        if waiting.len() == disclosures.len() {
            Ok(Self { waiting, met: HashSet::new() })
        } else {
            Err(SdJwtProblem::Twice)
        }
    }

    fn open(&mut self, value: &mut Value, depth: usize) -> Result<(), SdJwtProblem> {
        if depth > DEEPEST {
            return Err(SdJwtProblem::Depth);
        }
        match value {
            Value::Object(members) => self.open_members(members, depth),
            Value::Array(elements) => self.open_elements(elements, depth),
            _ => Ok(()),
        }
    }

    fn open_members(&mut self, members: &mut Map<String, Value>, depth: usize) -> Result<(), SdJwtProblem> {
        if members.contains_key(DIGEST) {
            return Err(SdJwtProblem::Digests);
        }
        let digests = match members.shift_remove(DIGESTS) {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(SdJwtProblem::Digests),
        };
        for member in members.values_mut() {
            self.open(member, depth + 1)?;
        }
        for digest in digests {
            let Value::String(digest) = digest else { return Err(SdJwtProblem::Digests) };
            let Some(disclosure) = self.meet(digest)? else { continue };
            let (Some(name), mut value) = disclosure.into_parts() else {
                return Err(SdJwtProblem::Disclosure);
            };
            self.open(&mut value, depth + 1)?;
            if members.contains_key(&name) {
                return Err(SdJwtProblem::Overwrites);
            }
            members.insert(name, value);
        }
        Ok(())
    }

    fn open_elements(&mut self, elements: &mut Vec<Value>, depth: usize) -> Result<(), SdJwtProblem> {
        for mut element in std::mem::take(elements) {
            let Some(digest) = element.get(DIGEST) else {
                self.open(&mut element, depth + 1)?;
                elements.push(element);
                continue;
            };
            let Value::String(digest) = digest else { return Err(SdJwtProblem::Digests) };
            if element.as_object().is_none_or(|members| members.len() != 1) {
                return Err(SdJwtProblem::Digests);
            }
            let Some(disclosure) = self.meet(digest.clone())? else { continue };
            let (None, mut value) = disclosure.into_parts() else { return Err(SdJwtProblem::Disclosure) };
            self.open(&mut value, depth + 1)?;
            elements.push(value);
        }
        Ok(())
    }

    /// The disclosure behind a digest; nothing where it is not disclosed or there is none.
    fn meet(&mut self, digest: String) -> Result<Option<Disclosure>, SdJwtProblem> {
        let disclosure = self.waiting.remove(&digest);
        if self.met.insert(digest) { Ok(disclosure) } else { Err(SdJwtProblem::Twice) }
    }
}
