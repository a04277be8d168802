use super::{Request, VpToken};
use crate::dcql::{CredentialQuery, Mismatch};
use crate::jose::{CertificateChain, ChainProblem, PublicKey, TrustAnchors};
use crate::sd_jwt::{Binding, SdJwt, SdJwtProblem};
use crate::sd_jwt_vc::{Credential, CredentialProblem};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// Whose credentials of which kind are taken.
#[derive(Debug, Clone, Default)]
pub struct Trust(BTreeMap<String, TrustAnchors>);

/// Credentials that were shown as they were asked for: signed by whom we trust for their kind, by their holder for this question, at the
/// right time. How each stands is still to be asked, of the list that it names.
#[derive(Debug, Clone)]
pub struct Presented {
    credentials: BTreeMap<String, Vec<Credential>>,
}

/// Why an answer is not taken (section 8.6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyProblem {
    /// Something was sent that was not asked for, or several where one was.
    #[error("the wallet sent something that was not asked for")]
    NotAsked,
    /// Something that was asked for is missing.
    #[error("the wallet did not send all that was asked for")]
    Missing,
    /// A credential whose kind nobody is trusted for.
    #[error("nobody is trusted to issue credentials of the kind {0}")]
    NobodyTrusted(String),
    /// Its certificate.
    #[error(transparent)]
    Chain(#[from] ChainProblem),
    /// Its signatures and disclosures.
    #[error(transparent)]
    SdJwt(#[from] SdJwtProblem),
    /// Its time and form.
    #[error(transparent)]
    Credential(#[from] CredentialProblem),
    /// It is another one than was asked for.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl Trust {
    /// Nobody, for nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// These authorities, too, for credentials of this kind.
    #[must_use]
    pub fn with(mut self, kind: &str, anchors: TrustAnchors) -> Self {
        self.0.entry(kind.to_owned()).or_default().extend(anchors);
        self
    }

    /// The key of whoever issued `credential`, if they are trusted for its kind.
    fn issuer(&self, credential: &SdJwt, now: Timestamp) -> Result<PublicKey, VerifyProblem> {
        let token = credential.issuer_token().map_err(SdJwtProblem::from)?;
        let kind = token.unverified_claim("vct").and_then(Value::as_str).ok_or(CredentialProblem::Kind)?;
        let anchors = self.0.get(kind).ok_or_else(|| VerifyProblem::NobodyTrusted(kind.to_owned()))?;
        Ok(CertificateChain::of(token.header())?.verify(anchors, now)?)
    }
}

impl Request {
    /// Checks everything that a wallet presented: each credential by itself, and that together they are what was asked for.
    ///
    /// # Errors
    ///
    /// When one is not right, or they are not an answer. Nothing of such an answer is used.
    pub fn verify(&self, token: &VpToken, trust: &Trust, now: Timestamp) -> Result<Presented, VerifyProblem> {
        let mut credentials = BTreeMap::new();
        for (id, presentations) in &token.0 {
            let asked = self.query.credential(id).ok_or(VerifyProblem::NotAsked)?;
            if presentations.is_empty() || presentations.len() > 1 && !asked.multiple {
                return Err(VerifyProblem::NotAsked);
            }
            let verified = presentations.iter().map(|one| self.verify_one(asked, one, trust, now));
            credentials.insert(id.clone(), verified.collect::<Result<Vec<_>, _>>()?);
        }
        let presented = credentials.keys().map(String::as_str).collect();
        if self.query.is_answered_by(&presented) {
            Ok(Presented { credentials })
        } else {
            Err(VerifyProblem::Missing)
        }
    }

    fn verify_one(
        &self,
        asked: &CredentialQuery,
        presentation: &str,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<Credential, VerifyProblem> {
        let presented = SdJwt::parse(presentation)?;
        let issuer = trust.issuer(&presented, now)?;
        let mut disclosed = presented.verify(&issuer)?;
        if asked.require_cryptographic_holder_binding || disclosed.presented().key_binding().is_some() {
            let audience = self.client_id.to_string();
            disclosed = disclosed
                .bound_to(Binding { audience: &audience, nonce: &self.nonce }, now)
                .map_err(SdJwtProblem::from)?;
        }
        let credential = Credential::new(disclosed, now)?;
        asked.is_met_by(&credential)?;
        Ok(credential)
    }
}

impl Presented {
    /// The one credential under this name.
    pub fn one(&self, id: &str) -> Option<&Credential> {
        self.credentials.get(id).and_then(|all| all.first())
    }

    /// All credentials, each with the name that it was asked for by.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Credential)> {
        self.credentials.iter().flat_map(|(id, all)| all.iter().map(move |one| (id.as_str(), one)))
    }
}
