use super::verify::{SdJwtProblem, open};
use super::{DIGEST, DIGESTS, Disclosure, SdJwt};
use crate::claim_path::{ClaimPath, Step};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Why a holder cannot present what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresentProblem {
    /// The credential has no such claim.
    #[error("the credential has nothing at {0}")]
    NoSuchClaim(ClaimPath),
    /// The credential itself is not as it should be.
    #[error(transparent)]
    Credential(#[from] SdJwtProblem),
}

impl SdJwt {
    /// The same with just those disclosures that show what `paths` lead to: those around it, and all that is in it (RFC 9901,
    /// section 7.2). The holder knows the credential, so that its signature is not looked at here.
    ///
    /// # Errors
    ///
    /// When the credential has no such claim.
    pub fn present(&self, paths: &[ClaimPath]) -> Result<Self, PresentProblem> {
        let token = self.issuer_token().map_err(SdJwtProblem::from)?;
        // Nothing in it is nested too deeply for what follows.
        open(token.unverified_claims().clone(), self.disclosures())?;
        let mut finder = Finder {
            by_digest: self.disclosures().iter().map(|one| (one.digest(), one)).collect(),
            shown: HashSet::new(),
        };
        for path in paths {
            if finder.show_members(token.unverified_claims(), path.steps()) == 0 {
                return Err(PresentProblem::NoSuchClaim(path.clone()));
            }
        }
        let shown = finder.shown;
        Ok(self
            .with(self.disclosures().iter().filter(|one| shown.contains(&one.digest())).cloned().collect()))
    }
}

/// What looks for the disclosures on the way to claims.
struct Finder<'a> {
    by_digest: HashMap<String, &'a Disclosure>,
    shown: HashSet<String>,
}

impl<'a> Finder<'a> {
    /// Shows what `steps` lead to, and says how many values that were.
    fn show(&mut self, value: &Value, steps: &[Step]) -> usize {
        match (steps, value) {
            ([], value) => {
                self.show_all(value);
                1
            }
            ([Step::Name(_), ..], Value::Object(members)) => self.show_members(members, steps),
            ([Step::Index(index), rest @ ..], Value::Array(elements)) => {
                elements.get(*index).map_or(0, |element| self.show_element(element, rest))
            }
            ([Step::All, rest @ ..], Value::Array(elements)) => {
                elements.iter().map(|element| self.show_element(element, rest)).sum()
            }
            _ => 0,
        }
    }

    fn show_members(&mut self, members: &Map<String, Value>, steps: &[Step]) -> usize {
        let [Step::Name(name), rest @ ..] = steps else { return 0 };
        if let Some(member) = members.get(name) {
            return self.show(member, rest);
        }
        let behind = digests(members).find_map(|digest| {
            self.by_digest
                .get(digest)
                .copied()
                .filter(|one| one.name() == Some(name))
                .map(|one| (digest, one))
        });
        behind.map_or(0, |(digest, disclosure)| self.show_behind(digest, disclosure, rest))
    }

    fn show_element(&mut self, element: &Value, rest: &[Step]) -> usize {
        match element.get(DIGEST).and_then(Value::as_str) {
            None => self.show(element, rest),
            Some(digest) => match self.by_digest.get(digest).copied() {
                Some(disclosure) => self.show_behind(digest, disclosure, rest),
                None => 0,
            },
        }
    }

    /// A disclosure is shown only if the rest of the way leads somewhere.
    fn show_behind(&mut self, digest: &str, disclosure: &'a Disclosure, rest: &[Step]) -> usize {
        let found = self.show(disclosure.value(), rest);
        if found > 0 {
            self.shown.insert(digest.to_owned());
        }
        found
    }

    /// Everything that is in a value which was asked for as a whole.
    fn show_all(&mut self, value: &Value) {
        let inside: Vec<&Value> = match value {
            Value::Object(members) => {
                digests(members).for_each(|digest| self.show_digest(digest));
                members.values().collect()
            }
            Value::Array(elements) => {
                elements
                    .iter()
                    .filter_map(|element| element.get(DIGEST).and_then(Value::as_str))
                    .for_each(|digest| self.show_digest(digest));
                elements.iter().collect()
            }
            _ => Vec::new(),
        };
        for value in inside {
            self.show_all(value);
        }
    }

    fn show_digest(&mut self, digest: &str) {
        if let Some(disclosure) = self.by_digest.get(digest).copied()
            && self.shown.insert(digest.to_owned())
        {
            self.show_all(disclosure.value());
        }
    }
}

fn digests(members: &Map<String, Value>) -> impl Iterator<Item = &str> {
    members.get(DIGESTS).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
