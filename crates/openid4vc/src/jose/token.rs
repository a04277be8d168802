use super::{Algorithm, PublicKey, from_base64url};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A JWT as it arrived (RFC 7515, compact serialisation). Nobody has looked at its signature yet, and what it says is worth nothing
/// but to find the key that it must be checked with.
#[derive(Debug, Clone)]
pub struct Unverified<'a> {
    header: Header,
    claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

/// What a token says of itself (RFC 7515, section 4.1).
#[derive(Debug, Clone)]
pub struct Header {
    algorithm: Algorithm,
    members: Map<String, Value>,
}

/// A JWT whose signature is right under a key that the caller chose. Whether it is the right kind of token, and whether its time
/// has come, is still to be asked.
#[derive(Debug, Clone)]
pub struct Verified {
    header: Header,
    claims: Map<String, Value>,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// Not three parts of base64url that are an object, an object and a signature.
    #[error("the token is not a signed JWT that can be read")]
    Format,
    /// It is longer than any token that is meant well.
    #[error("the token is too long")]
    Length,
    /// `none`, something symmetric, or something that is not spoken here.
    #[error("the token is signed with an algorithm that is not taken: use ES256, ES384 or EdDSA")]
    Algorithm,
    /// It asks for extensions to be understood (`crit`), and there are none here.
    #[error("the token asks for extensions that are not understood")]
    Critical,
    /// Somebody else signed it, or something was changed after that.
    #[error("the token's signature is wrong")]
    Signature,
    /// `typ` says that it is another kind of token.
    #[error("the token is of another type")]
    Type,
    /// A claim is missing or is not what it should be.
    #[error("the token's claims are not what they should be")]
    Claims,
}

/// Bytes of the longest token that is read: a credential with a photograph fits in.
const LONGEST: usize = 1 << 20;

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    ///
    /// When it is none, or its algorithm is not taken.
    pub fn parse(token: &'a str) -> Result<Self, TokenProblem> {
        if token.len() > LONGEST {
            return Err(TokenProblem::Length);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenProblem::Format)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenProblem::Format)?;
        let members = object(header)?;
        if members.contains_key("crit") {
            return Err(TokenProblem::Critical);
        }
        let algorithm = members
            .get("alg")
            .and_then(Value::as_str)
            .and_then(Algorithm::named)
            .ok_or(TokenProblem::Algorithm)?;
        Ok(Self {
            header: Header { algorithm, members },
            claims: object(claims)?,
            signed,
            signature: from_base64url(signature).ok_or(TokenProblem::Format)?,
        })
    }

    /// What the token says of itself, to find the key by.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Claims that nothing vouches for yet.
    pub(crate) fn unverified_claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// A claim that nothing vouches for yet, to find the key by.
    pub fn unverified_claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// Checks the signature. The key decides on the algorithm: a token that names another one is refused.
    ///
    /// # Errors
    ///
    /// When the signature is not this key's.
    pub fn verify(self, key: &PublicKey) -> Result<Verified, TokenProblem> {
        if self.header.algorithm != key.algorithm() {
            return Err(TokenProblem::Algorithm);
        }
        if !key.verifies(self.signed.as_bytes(), &self.signature) {
            return Err(TokenProblem::Signature);
        }
        Ok(Verified { header: self.header, claims: self.claims })
    }
}

impl Header {
    /// How the token says it is signed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Which kind of token it says it is, without the `application/` that may be left out (RFC 7515, section 4.1.9).
    pub fn typ(&self) -> Option<&str> {
        self.text("typ").map(|typ| typ.strip_prefix("application/").unwrap_or(typ))
    }

    /// A member that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }
}

impl Verified {
    /// What the token says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What the token says.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The same token, if it is of this kind. Letters of both sizes are the same (RFC 2045, section 5.1).
    ///
    /// # Errors
    ///
    /// When it says that it is of another kind, or of none.
    pub fn of_type(self, typ: &str) -> Result<Self, TokenProblem> {
        if self.header.typ().is_some_and(|said| said.eq_ignore_ascii_case(typ)) {
            Ok(self)
        } else {
            Err(TokenProblem::Type)
        }
    }

    /// The claims as something typed.
    ///
    /// # Errors
    ///
    /// When one is missing or is not what it should be.
    pub fn claims_as<T: DeserializeOwned>(self) -> Result<T, TokenProblem> {
        serde_json::from_value(Value::Object(self.claims)).map_err(|_| TokenProblem::Claims)
    }

    /// Header and claims, for whoever goes on with them.
    pub(crate) fn into_claims(self) -> Map<String, Value> {
        self.claims
    }
}

fn object(part: &str) -> Result<Map<String, Value>, TokenProblem> {
    let bytes = from_base64url(part).ok_or(TokenProblem::Format)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenProblem::Format)
}
