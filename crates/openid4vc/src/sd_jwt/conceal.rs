use super::{DEEPEST, DIGEST, DIGESTS, Disclosure, HASH, SHA_256, SdJwt};
use crate::Random;
use crate::claim_path::{ClaimPath, Step};
use crate::jose::{SignProblem, Signer, base64url, sign};
use crate::random::{below, token};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Claims of which some are hidden behind digests, ready to be signed (RFC 9901, section 4).
#[derive(Debug)]
pub struct Concealed {
    claims: Value,
    disclosures: Vec<Disclosure>,
    decoys: u8,
}

/// Claims cannot be concealed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConcealProblem {
    /// Nothing is there, or it is concealed already because something around it is.
    #[error("{0} does not lead to a claim")]
    NoSuchClaim(ClaimPath),
    /// A claim is called like the members that carry digests.
    #[error("claims must not be called _sd, _sd_alg or ...")]
    Reserved,
    /// Objects and arrays are nested deeper than verifiers will follow.
    #[error("the claims are nested too deeply")]
    Depth,
}

impl Concealed {
    /// These claims, none of them hidden yet.
    ///
    /// # Errors
    ///
    /// When one has a name that is reserved, or they are nested too deeply.
    pub fn new(claims: Map<String, Value>) -> Result<Self, ConcealProblem> {
        let claims = Value::Object(claims);
        fit(&claims, 0)?;
        Ok(Self { claims, disclosures: Vec::new(), decoys: 0 })
    }

    /// Puts so many digests of nothing beside those of each object and array that has any, so that nobody can count what is hidden
    /// (RFC 9901, section 4.2.7). Said before the first claim is concealed.
    #[must_use]
    pub fn with_decoys(mut self, count: u8) -> Self {
        self.decoys = count;
        self
    }

    /// Hides what `path` leads to, each element by itself where it leads to all of an array. To hide something and what is in
    /// it, the inner one is hidden first.
    ///
    /// # Errors
    ///
    /// When nothing is there.
    pub fn conceal(mut self, path: &ClaimPath, random: &dyn Random) -> Result<Self, ConcealProblem> {
        let mut hider = Hider { disclosures: &mut self.disclosures, decoys: self.decoys, random };
        let hidden = hider.hide(&mut self.claims, path.steps());
        if hidden == 0 { Err(ConcealProblem::NoSuchClaim(path.clone())) } else { Ok(self) }
    }

    /// Signs the claims, with `header` beside the algorithm.
    ///
    /// # Errors
    ///
    /// When the key does not sign.
    pub fn issue(
        mut self,
        header: &impl Serialize,
        key: &dyn Signer,
        random: &dyn Random,
    ) -> Result<SdJwt, SignProblem> {
        add_decoys(&mut self.claims, self.decoys, random);
        if let Some(claims) = self.claims.as_object_mut()
            && !self.disclosures.is_empty()
        {
            claims.insert(HASH.to_owned(), SHA_256.into());
        }
        Ok(SdJwt::new(sign(header, &self.claims, key)?, self.disclosures))
    }
}

fn fit(value: &Value, depth: usize) -> Result<(), ConcealProblem> {
    if depth > DEEPEST {
        return Err(ConcealProblem::Depth);
    }
    match value {
        Value::Object(members) => {
            if [DIGESTS, DIGEST, HASH].iter().any(|reserved| members.contains_key(*reserved)) {
                return Err(ConcealProblem::Reserved);
            }
            members.values().try_for_each(|member| fit(member, depth + 1))
        }
        Value::Array(elements) => elements.iter().try_for_each(|element| fit(element, depth + 1)),
        _ => Ok(()),
    }
}

/// What hides claims on its way through them.
struct Hider<'a> {
    disclosures: &'a mut Vec<Disclosure>,
    decoys: u8,
    random: &'a dyn Random,
}

impl Hider<'_> {
    /// Hides what `steps` lead to in `value`, and says how many values that were.
    fn hide(&mut self, value: &mut Value, steps: &[Step]) -> usize {
        match (steps, value) {
            ([Step::Name(name)], Value::Object(members)) => self.hide_member(members, name),
            ([Step::Name(name), rest @ ..], Value::Object(members)) => {
                members.get_mut(name).map_or(0, |member| self.hide(member, rest))
            }
            ([Step::Index(index), rest @ ..], Value::Array(elements)) => {
                elements.get_mut(*index).map_or(0, |element| self.hide_in_element(element, rest))
            }
            ([Step::All, rest @ ..], Value::Array(elements)) => {
                elements.iter_mut().map(|element| self.hide_in_element(element, rest)).sum()
            }
            _ => 0,
        }
    }

    fn hide_member(&mut self, members: &mut Map<String, Value>, name: &str) -> usize {
        // No claim has this name: what has it are digests that were put here.
        if name == DIGESTS {
            return 0;
        }
        let Some(mut hidden) = members.shift_remove(name) else { return 0 };
        add_decoys(&mut hidden, self.decoys, self.random);
        let disclosure = Disclosure::of_claim(&token(self.random), name, hidden);
        add_digest(members, disclosure.digest());
        self.disclosures.push(disclosure);
        1
    }

    fn hide_in_element(&mut self, element: &mut Value, rest: &[Step]) -> usize {
        if !rest.is_empty() {
            return self.hide(element, rest);
        }
        if element.get(DIGEST).is_some() {
            return 0;
        }
        let mut hidden = element.take();
        add_decoys(&mut hidden, self.decoys, self.random);
        let disclosure = Disclosure::of_element(&token(self.random), hidden);
        *element = json!({ DIGEST: disclosure.digest() });
        self.disclosures.push(disclosure);
        1
    }
}

/// Digests stand in the order of their letters, which says nothing of the order of the claims (RFC 9901, section 4.2.4.1).
fn add_digest(members: &mut Map<String, Value>, digest: String) {
    let digests = members.entry(DIGESTS).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(digests) = digests {
        let place = digests.partition_point(|other| other.as_str().is_some_and(|other| *other < *digest));
        digests.insert(place, digest.into());
    }
}

fn add_decoys(value: &mut Value, count: u8, random: &dyn Random) {
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                add_decoys(member, count, random);
            }
            if members.contains_key(DIGESTS) {
                for _ in 0..count {
                    add_digest(members, decoy(random));
                }
            }
        }
        Value::Array(elements) => {
            for element in elements.iter_mut() {
                add_decoys(element, count, random);
            }
            if elements.iter().any(|element| element.get(DIGEST).is_some()) {
                for _ in 0..count {
                    let places = u32::try_from(elements.len() + 1).unwrap_or(u32::MAX);
                    let place = usize::try_from(below(places, random)).unwrap_or_default();
                    elements.insert(place, json!({ DIGEST: decoy(random) }));
                }
            }
        }
        _ => {}
    }
}

/// 256 random bits: no digest looks different.
fn decoy(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    base64url(&bytes)
}
