//! Asking for credentials: the Digital Credentials Query Language (OpenID4VP 1.0, section 6).
//!
//! What a wallet answers is checked against the query once more: that it was asked for something says nothing about what it sent.

use crate::claim_path::ClaimPath;
use crate::sd_jwt_vc::{self, Credential};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Which credentials are asked for. One that was read or built and passed [`Query::check`] is one that wallets understand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The credentials, each with a name of its own.
    pub credentials: Vec<CredentialQuery>,
    /// Which of them together are an answer. Without any, all of them are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_sets: Vec<CredentialSet>,
}

/// One credential that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CredentialQuery {
    /// What it is called in the answer: letters, digits, `_` and `-`.
    pub id: String,
    /// The format; `dc+sd-jwt` is the one that is spoken here.
    pub format: String,
    /// Of which kinds it may be.
    pub meta: Meta,
    /// Whether several may be sent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub multiple: bool,
    /// Whose credentials are taken: a hint to the wallet, so that it sends no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_authorities: Vec<TrustedAuthorities>,
    /// Whether the holder must sign the presentation.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub require_cryptographic_holder_binding: bool,
    /// Claims that may be withheld and are to be shown. Without any, none of these is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimQuery>,
    /// Which claims together are an answer, the best first. Without any, all of them are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claim_sets: Vec<Vec<String>>,
}

/// What says of which kind a credential in the format `dc+sd-jwt` is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Kinds (`vct`), one of which it has.
    pub vct_values: Vec<String>,
}

/// Authorities that a wallet may know an issuer by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedAuthorities {
    /// `aki` for key identifiers of certificates; other kinds are passed on as they are.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which ones.
    pub values: Vec<String>,
}

/// One claim that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimQuery {
    /// What it is called in `claim_sets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it stands.
    pub path: ClaimPath,
    /// What it may say; without any, everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// Credentials of which one combination is an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialSet {
    /// Combinations of names of credentials.
    pub options: Vec<Vec<String>>,
    /// Whether an answer without any of them is none.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub required: bool,
}

/// A query is none that wallets understand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query for credentials is not valid: {0}")]
pub struct NotValid(pub &'static str);

/// Why a credential is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// It is of another kind.
    #[error("a credential of the kind {0} was not asked for")]
    Kind(String),
    /// A claim that was asked for is withheld, or says something else.
    #[error("the claim {0} was asked for and not shown")]
    Claim(ClaimPath),
    /// None of the combinations of claims is there.
    #[error("none of the combinations of claims that were asked for was shown")]
    Claims,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Query {
    /// Whether wallets will understand it (sections 6.1 to 6.3).
    ///
    /// # Errors
    ///
    /// When they will not.
    pub fn check(&self) -> Result<(), NotValid> {
        if self.credentials.is_empty() {
            return Err(NotValid("it asks for nothing"));
        }
        let ids: BTreeSet<_> = self.credentials.iter().map(|one| one.id.as_str()).collect();
        if ids.len() != self.credentials.len() {
            return Err(NotValid("two credentials have one id"));
        }
        self.credentials.iter().try_for_each(CredentialQuery::check)?;
        for set in &self.credential_sets {
            if set.options.is_empty() || set.options.iter().any(Vec::is_empty) {
                return Err(NotValid("a set of credentials has no options"));
            }
            if !set.options.iter().flatten().all(|id| ids.contains(id.as_str())) {
                return Err(NotValid("a set names a credential that is not asked for"));
            }
        }
        Ok(())
    }

    /// The credential that is asked for under this name.
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials.iter().find(|one| one.id == id)
    }

    /// Whether credentials under these names are an answer (section 6.4.2).
    pub fn is_answered_by(&self, presented: &BTreeSet<&str>) -> bool {
        let all_there = |ids: &Vec<String>| ids.iter().all(|id| presented.contains(id.as_str()));
        if self.credential_sets.is_empty() {
            return self.credentials.iter().all(|one| presented.contains(one.id.as_str()));
        }
        self.credential_sets.iter().filter(|set| set.required).all(|set| set.options.iter().any(all_there))
    }
}

impl CredentialQuery {
    /// Asks for one credential of this kind, its holder's signature with it, and nothing that may be withheld.
    pub fn of_kind(id: &str, kind: &str) -> Self {
        Self {
            id: id.to_owned(),
            format: sd_jwt_vc::TYPE.to_owned(),
            meta: Meta { vct_values: vec![kind.to_owned()] },
            multiple: false,
            trusted_authorities: Vec::new(),
            require_cryptographic_holder_binding: true,
            claims: Vec::new(),
            claim_sets: Vec::new(),
        }
    }

    /// Asks for this claim, too.
    #[must_use]
    pub fn with_claim(mut self, path: ClaimPath) -> Self {
        self.claims.push(ClaimQuery { id: None, path, values: Vec::new() });
        self
    }

    /// Asks for this claim, too, and only for a credential in which it is `value`.
    #[must_use]
    pub fn with_claim_that_is(mut self, path: ClaimPath, value: Value) -> Self {
        self.claims.push(ClaimQuery { id: None, path, values: vec![value] });
        self
    }

    fn check(&self) -> Result<(), NotValid> {
        if !is_name(&self.id) {
            return Err(NotValid("the id of a credential is letters, digits, _ and -"));
        }
        if self.meta.vct_values.is_empty() {
            return Err(NotValid("a credential has no kind"));
        }
        let named: Vec<_> = self.claims.iter().filter_map(|claim| claim.id.as_deref()).collect();
        if !named.iter().all(|id| is_name(id)) || named.iter().collect::<BTreeSet<_>>().len() != named.len() {
            return Err(NotValid("the ids of claims are letters, digits, _ and -, each once"));
        }
        let paths: BTreeSet<_> = self.claims.iter().map(|claim| &claim.path).collect();
        if paths.len() != self.claims.len() {
            return Err(NotValid("one claim is asked for twice"));
        }
        if self.claim_sets.iter().any(Vec::is_empty)
            || !self.claim_sets.iter().flatten().all(|id| named.contains(&id.as_str()))
        {
            return Err(NotValid("a set of claims names one that is not asked for"));
        }
        let simple =
            |value: &Value| value.is_string() || value.is_boolean() || value.is_i64() || value.is_u64();
        if !self.claims.iter().flat_map(|claim| &claim.values).all(simple) {
            return Err(NotValid("the values of a claim are text, whole numbers and yes or no"));
        }
        Ok(())
    }

    /// Whether `credential`, as it was shown, is what was asked for (section 6.4.1).
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn is_met_by(&self, credential: &Credential) -> Result<(), Mismatch> {
        if !self.meta.vct_values.iter().any(|kind| kind == credential.kind()) {
            return Err(Mismatch::Kind(credential.kind().to_owned()));
        }
        if self.claim_sets.is_empty() {
            return match self.claims.iter().find(|claim| !claim.is_met_by(credential)) {
                None => Ok(()),
                Some(withheld) => Err(Mismatch::Claim(withheld.path.clone())),
            };
        }
        let met: BTreeSet<_> = self
            .claims
            .iter()
            .filter(|claim| claim.is_met_by(credential))
            .filter_map(|claim| claim.id.as_ref())
            .collect();
        if self.claim_sets.iter().any(|set| set.iter().all(|id| met.contains(id))) {
            Ok(())
        } else {
            Err(Mismatch::Claims)
        }
    }
}

impl ClaimQuery {
    fn is_met_by(&self, credential: &Credential) -> bool {
        let shown = self.path.select(credential.claims());
        !shown.is_empty()
            && (self.values.is_empty() || shown.into_iter().any(|value| self.values.contains(value)))
    }
}

fn is_name(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
