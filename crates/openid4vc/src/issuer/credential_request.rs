use super::error::{CredentialError, Refused};
use super::proof::Proofs;
use crate::jose::{ContentEncryption, DecryptionKey, Recipient};
use serde_json::{Map, Value};

/// A wallet's request for credentials (OpenID4VCI 1.0, section 8.2). Its proofs are not verified yet.
#[derive(Debug, Clone)]
pub struct CredentialRequest {
    /// What it asks for.
    pub requested: Requested,
    /// What shows that it has the keys that credentials are to be bound to.
    pub proofs: Option<Proofs>,
    /// How the answer is encrypted, if it is.
    pub response_encryption: Option<ResponseEncryption>,
}

/// A wallet's question whether what was deferred is there (section 9.1).
#[derive(Debug, Clone)]
pub struct DeferredRequest {
    /// What it was given instead of credentials.
    pub transaction_id: String,
    /// How the answer is encrypted, if it is; what was said before counts no more.
    pub response_encryption: Option<ResponseEncryption>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// A credential by its name in the metadata.
    Configuration(String),
    /// Data by the name that came with the token.
    Identifier(String),
}

/// For whom an answer is encrypted.
#[derive(Debug, Clone)]
pub struct ResponseEncryption {
    /// The wallet's key.
    pub recipient: Recipient,
    /// How the content is encrypted.
    pub encryption: ContentEncryption,
}

/// What an issuer wants of encryption beside that of the connection (section 10).
#[derive(Debug, Clone, Copy)]
pub struct Encryption<'a> {
    /// The keys that requests may be encrypted for: the present one and those before it.
    pub keys: &'a [DecryptionKey],
    /// Whether requests must be.
    pub request_required: bool,
    /// Whether answers must be.
    pub response_required: bool,
}

type Refusal = Refused<CredentialError>;

const fn invalid(why: &'static str) -> Refusal {
    Refused::new(CredentialError::InvalidCredentialRequest, why)
}

impl CredentialRequest {
    /// Reads a body of this media type.
    ///
    /// # Errors
    ///
    /// When it is none, or not encrypted as the issuer wants.
    pub fn read(media_type: &str, body: &[u8], encryption: Encryption<'_>) -> Result<Self, Refusal> {
        let (members, encrypted) = open(media_type, body, encryption)?;
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(invalid("a name must be text")),
        };
        let requested = match (text("credential_configuration_id")?, text("credential_identifier")?) {
            (Some(configuration), None) => Requested::Configuration(configuration),
            (None, Some(identifier)) => Requested::Identifier(identifier),
            _ => {
                return Err(invalid(
                    "use exactly one of credential_configuration_id and credential_identifier",
                ));
            }
        };
        if members.contains_key("proof") {
            return Err(invalid("proof is of a draft: use proofs"));
        }
        let proofs = members.get("proofs").map(Proofs::read).transpose()?;
        let response_encryption = response_encryption(&members, encrypted, encryption)?;
        Ok(Self { requested, proofs, response_encryption })
    }
}

impl DeferredRequest {
    /// Reads a body of this media type.
    ///
    /// # Errors
    ///
    /// When it is none, or not encrypted as the issuer wants.
    pub fn read(media_type: &str, body: &[u8], encryption: Encryption<'_>) -> Result<Self, Refusal> {
        let (members, encrypted) = open(media_type, body, encryption)?;
        let transaction_id = members.get("transaction_id").and_then(Value::as_str);
        Ok(Self {
            transaction_id: transaction_id.ok_or(invalid("transaction_id is missing"))?.to_owned(),
            response_encryption: response_encryption(&members, encrypted, encryption)?,
        })
    }
}

/// Whether a body of this media type is encrypted: only then its issuer needs the keys of [`Encryption`] (OpenID4VCI 1.0, section 10).
pub fn is_encrypted(media_type: &str) -> bool {
    essence(media_type).eq_ignore_ascii_case("application/jwt")
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The members of a request, and whether it was encrypted.
fn open(
    media_type: &str,
    body: &[u8],
    encryption: Encryption<'_>,
) -> Result<(Map<String, Value>, bool), Refusal> {
    let wrong = Refused::new(CredentialError::InvalidEncryptionParameters, "the request cannot be decrypted");
    let (content, encrypted) = if is_encrypted(media_type) {
        let token = std::str::from_utf8(body).map_err(|_| wrong)?.trim();
        let content = encryption.keys.iter().find_map(|key| key.decrypt(token).ok()).ok_or(wrong)?;
        (content, true)
    } else if essence(media_type).eq_ignore_ascii_case("application/json") {
        if encryption.request_required {
            return Err(Refused::new(
                CredentialError::InvalidEncryptionParameters,
                "the request must be encrypted",
            ));
        }
        (body.to_vec(), false)
    } else {
        return Err(invalid("the media type must be application/json or application/jwt"));
    };
    let members = serde_json::from_slice(&content).map_err(|_| invalid("the request is no JSON object"))?;
    Ok((members, encrypted))
}

fn response_encryption(
    members: &Map<String, Value>,
    encrypted: bool,
    rules: Encryption<'_>,
) -> Result<Option<ResponseEncryption>, Refusal> {
    let wrong = |why| Refused::new(CredentialError::InvalidEncryptionParameters, why);
    let Some(asked) = members.get("credential_response_encryption") else {
        return if rules.response_required {
            Err(wrong("the answer must be encrypted: send a key"))
        } else {
            Ok(None)
        };
    };
    // Somebody on the way could put in a key of their own.
    if !encrypted {
        return Err(wrong("a request for an encrypted answer must be encrypted"));
    }
    if asked.get("zip").is_some() {
        return Err(wrong("compression is not offered"));
    }
    let encryption = asked.get("enc").and_then(Value::as_str).and_then(ContentEncryption::named);
    let recipient = asked.get("jwk").and_then(|jwk| Recipient::from_jwk(jwk).ok());
    match (recipient, encryption) {
        (Some(recipient), Some(encryption)) => Ok(Some(ResponseEncryption { recipient, encryption })),
        _ => Err(wrong("use a key on P-256 with ECDH-ES, and A128GCM or A256GCM")),
    }
}
