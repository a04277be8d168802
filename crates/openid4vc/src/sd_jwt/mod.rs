//! Selective Disclosure for JSON Web Tokens (RFC 9901).
//!
//! An issuer signs digests in the place of claims and hands the claims over beside the token, each salted; a holder passes on those
//! that somebody is to see; a verifier finds the digest of each and puts the claim back.
//!
//! ```text
//! issuer    Concealed::new(claims).conceal(path)… → issue(key)  → SdJwt with all disclosures
//! holder    SdJwt::parse → present(paths) → bind(audience, nonce, key)
//! verifier  SdJwt::parse → verify(issuer's key) → Disclosed → bound_to(audience, nonce, time)
//! ```
//!
//! The compact form is spoken alone, as the protocols for credentials do. That of JWS JSON (section 8) is left out: nothing that is read
//! here comes in it.

mod conceal;
mod disclosure;
mod key_binding;
mod present;
mod serialised;
mod verify;

pub use conceal::{ConcealProblem, Concealed};
pub use disclosure::Disclosure;
pub use key_binding::{Binding, BindingProblem};
pub use present::PresentProblem;
pub use serialised::SdJwt;
pub use verify::{Disclosed, SdJwtProblem};

/// Names that claims must not have, because they carry digests (RFC 9901, section 4.1).
const DIGESTS: &str = "_sd";
/// The one member of an array's element that stands for a digest.
const DIGEST: &str = "...";
/// The claim that names the hash function; without it, it is SHA-256.
const HASH: &str = "_sd_alg";
/// The one hash function that is spoken here.
const SHA_256: &str = "sha-256";
/// Claims within claims: deeper ones are refused, so that nobody exhausts the stack.
const DEEPEST: usize = 32;
