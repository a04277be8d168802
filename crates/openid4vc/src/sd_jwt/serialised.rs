use super::Disclosure;
use super::verify::SdJwtProblem;
use crate::jose::sha256;
use std::fmt;

/// An SD-JWT in its compact serialisation (RFC 9901, section 4): a signed token, disclosures, and, where a holder bound it to a
/// question, the holder's signature.
#[derive(Debug, Clone, PartialEq)]
pub struct SdJwt {
    token: String,
    disclosures: Vec<Disclosure>,
    key_binding: Option<String>,
}

impl SdJwt {
    /// Bytes of the longest one that is read: several photographs fit in.
    const LONGEST: usize = 4 << 20;
    /// More disclosures than this are not read.
    const MOST: usize = 1_000;

    pub(super) fn new(token: String, disclosures: Vec<Disclosure>) -> Self {
        Self { token, disclosures, key_binding: None }
    }

    /// Takes apart what came over the wire. Nothing in it is verified.
    ///
    /// # Errors
    ///
    /// When it is no SD-JWT, or has something in it that is no disclosure.
    pub fn parse(text: &str) -> Result<Self, SdJwtProblem> {
        if text.len() > Self::LONGEST {
            return Err(SdJwtProblem::Format);
        }
        let (token, rest) = text.split_once('~').ok_or(SdJwtProblem::Format)?;
        let (disclosures, key_binding) = match rest.rsplit_once('~') {
            Some((disclosures, last)) => (Some(disclosures), last),
            None => (None, rest),
        };
        let parts: Vec<_> = disclosures.into_iter().flat_map(|all| all.split('~')).collect();
        if parts.len() > Self::MOST {
            return Err(SdJwtProblem::Disclosure);
        }
        let disclosures = parts
            .into_iter()
            .map(Disclosure::parse)
            .collect::<Option<_>>()
            .ok_or(SdJwtProblem::Disclosure)?;
        let key_binding = Some(key_binding.to_owned()).filter(|jwt| !jwt.is_empty());
        Ok(Self { token: token.to_owned(), disclosures, key_binding })
    }

    /// The issuer's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What is disclosed beside it.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// The holder's signature over this presentation (KB-JWT), if there is one.
    pub fn key_binding(&self) -> Option<&str> {
        self.key_binding.as_deref()
    }

    /// The same with these disclosures, bound to nothing.
    pub(super) fn with(&self, disclosures: Vec<Disclosure>) -> Self {
        Self { token: self.token.clone(), disclosures, key_binding: None }
    }

    /// The same with the holder's signature.
    pub(super) fn signed_by_holder(self, key_binding: String) -> Self {
        Self { key_binding: Some(key_binding), ..self }
    }

    /// What the holder signs: the SHA-256 of everything up to the last `~` (RFC 9901, section 4.3.1).
    pub(super) fn sd_hash(&self) -> String {
        sha256(&self.unbound())
    }

    fn unbound(&self) -> String {
        let mut text = String::with_capacity(
            self.token.len() + self.disclosures.iter().map(|one| one.encoded().len() + 1).sum::<usize>() + 1,
        );
        text.push_str(&self.token);
        text.push('~');
        for disclosure in &self.disclosures {
            text.push_str(disclosure.encoded());
            text.push('~');
        }
        text
    }
}

impl fmt::Display for SdJwt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.unbound())?;
        formatter.write_str(self.key_binding().unwrap_or_default())
    }
}
