//! Passkeys (Web Authentication, level 3): what a browser is asked, and whether what an authenticator signed is right.
//!
//! The library checks client data, authenticator data, attestation and signature. What it leaves to its caller is done
//! here: the algorithm must be one of those that were asked for, the signature is looked at before the count, and a passkey
//! does not change between one that is copied to other devices and one that is not. Whether a challenge is one of ours, young
//! enough and not used is the database's to say.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passki::{
    AuthenticationCredential, AuthenticationState, ClientData, Passki, PasskiError, RegistrationCredential,
    RegistrationState, StoredPasskey,
};
use serde_json::{Value, json};
use thiserror::Error;

use crate::{Random, Token};

/// How long the browser waits for the person, in milliseconds: as long as a challenge is good.
const TIMEOUT_MS: u32 = 300_000;
/// Ed25519, ES256 and RS256 (IANA's COSE algorithms): together they are what authenticators have.
const ALGORITHMS: [i32; 3] = [-8, -7, -257];
/// No credential id is longer (section 7.1, step 25).
const LONGEST_ID: usize = 1_023;
/// Where the flags stand in authenticator data (section 6.1), and the bits for "may be copied to other devices" and "has
/// been".
const FLAGS: usize = 32;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;

/// The random name of an account among passkeys (the user handle): it says nothing about anybody.
pub fn new_user_handle(random: &dyn Random) -> Vec<u8> {
    let mut handle = vec![0; 32];
    random.fill(&mut handle);
    handle
}

/// Why what an authenticator sent is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasskeyProblem {
    /// It cannot be read.
    #[error("it cannot be read")]
    Malformed,
    /// It answers another challenge, or another kind of question.
    #[error("it answers another question")]
    Question,
    /// It was made on another website, or in a frame of one.
    #[error("it was made elsewhere")]
    Elsewhere,
    /// The person did not unlock the authenticator by finger, face or PIN.
    #[error("the person was not verified")]
    NotVerified,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// The count of uses did not grow: there is a copy of the passkey.
    #[error("the count did not grow")]
    Count,
    /// It is of a kind that was not asked for.
    #[error("it is of a kind that was not asked for")]
    Kind,
    /// It belongs to somebody else.
    #[error("it is somebody else's")]
    Owner,
    /// No account has this passkey.
    #[error("nobody has it")]
    Unknown,
}

impl PasskeyProblem {
    /// A word for the audit and the activity list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Question => "question",
            Self::Elsewhere => "elsewhere",
            Self::NotVerified => "not-verified",
            Self::Signature => "signature",
            Self::Count => "count",
            Self::Kind => "kind",
            Self::Owner => "owner",
            Self::Unknown => "unknown",
        }
    }
}

impl From<PasskiError> for PasskeyProblem {
    fn from(error: PasskiError) -> Self {
        match error {
            PasskiError::ClientDataTypeMismatch { .. }
            | PasskiError::InvalidClientDataType(_)
            | PasskiError::ChallengeMismatch => Self::Question,
            PasskiError::OriginMismatch { .. }
            | PasskiError::CrossOriginNotAllowed
            | PasskiError::TopOriginMismatch { .. }
            | PasskiError::RpIdHashMismatch => Self::Elsewhere,
            PasskiError::UserNotPresent | PasskiError::UserVerificationRequired => Self::NotVerified,
            PasskiError::SignatureVerificationFailed => Self::Signature,
            PasskiError::UnsupportedAlgorithm(_)
            | PasskiError::UnsupportedAttestationFormat(_)
            | PasskiError::InvalidAttestation(_) => Self::Kind,
            _ => Self::Malformed,
        }
    }
}

/// Whose passkeys these are: this service, by its public address.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    id: String,
    origin: String,
    name: String,
}

/// For whom a passkey is made.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyOwner<'a> {
    /// The account's random name.
    pub handle: &'a [u8],
    /// What the person knows the account by: their e-mail address.
    pub user_name: &'a str,
    /// Their name.
    pub display_name: &'a str,
}

/// A passkey that the browser is told of, so that it offers it or makes no second one beside it.
#[derive(Debug, Clone, Copy)]
pub struct Offered<'a> {
    /// The credential's id.
    pub credential_id: &'a [u8],
    /// The ways in which the browser reaches it, in the words of the standard, between spaces.
    pub transports: &'a str,
}

/// A passkey as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The credential's id.
    pub credential_id: Vec<u8>,
    /// The public key (COSE).
    pub public_key: Vec<u8>,
    /// The key's algorithm (COSE).
    pub algorithm: i32,
    /// How often it was used, as the authenticator counts; 0 where it does not.
    pub sign_count: u32,
    /// The ways in which the browser reaches it, between spaces.
    pub transports: String,
    /// Whether it may be copied to the person's other devices.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
}

/// A use of a passkey that was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// The new count.
    pub sign_count: u32,
    /// Whether it has been copied to the person's other devices by now.
    pub backed_up: bool,
}

/// The answer of a browser that made a passkey.
pub struct CreationAnswer(RegistrationCredential);

/// The answer of a browser that used one.
pub struct RequestAnswer {
    credential: AuthenticationCredential,
    credential_id: Vec<u8>,
}

fn challenge_in(client_data: &str) -> Result<Token, PasskeyProblem> {
    Token::parse(&ClientData::from_base64(client_data)?.challenge).ok_or(PasskeyProblem::Question)
}

fn bytes_of(challenge: &Token) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(challenge.as_str()).unwrap_or_default()
}

impl CreationAnswer {
    /// Reads what the browser sent.
    ///
    /// # Errors
    /// [`PasskeyProblem::Malformed`].
    pub fn parse(json: &str) -> Result<Self, PasskeyProblem> {
        serde_json::from_str(json).map(Self).map_err(|_| PasskeyProblem::Malformed)
    }

    /// The challenge that it says to answer.
    ///
    /// # Errors
    /// Where there is none in it.
    pub fn challenge(&self) -> Result<Token, PasskeyProblem> {
        challenge_in(&self.0.response.client_data_json)
    }
}

impl RequestAnswer {
    /// Reads what the browser sent.
    ///
    /// # Errors
    /// [`PasskeyProblem::Malformed`].
    pub fn parse(json: &str) -> Result<Self, PasskeyProblem> {
        let credential: AuthenticationCredential =
            serde_json::from_str(json).map_err(|_| PasskeyProblem::Malformed)?;
        let credential_id = Passki::base64_decode(&credential.raw_id)?;
        Ok(Self { credential, credential_id })
    }

    /// The challenge that it says to answer.
    ///
    /// # Errors
    /// Where there is none in it.
    pub fn challenge(&self) -> Result<Token, PasskeyProblem> {
        challenge_in(&self.credential.response.client_data_json)
    }

    /// The id of the passkey that was used.
    pub fn credential_id(&self) -> &[u8] {
        &self.credential_id
    }

    /// The random name of the account that the passkey was made for, where the authenticator keeps it.
    ///
    /// # Errors
    /// [`PasskeyProblem::Malformed`].
    pub fn user_handle(&self) -> Result<Option<Vec<u8>>, PasskeyProblem> {
        Ok(self.credential.response.user_handle.as_deref().map(Passki::base64_decode).transpose()?)
    }

    /// The flags of the authenticator data (section 6.1).
    fn flags(&self) -> Result<u8, PasskeyProblem> {
        let data = Passki::base64_decode(&self.credential.response.authenticator_data)?;
        data.get(FLAGS).copied().ok_or(PasskeyProblem::Malformed)
    }
}

impl RelyingParty {
    /// The service at `origin` (scheme, host, port); `id` is its host.
    pub fn new(id: &str, origin: &str, name: &str) -> Self {
        Self { id: id.to_owned(), origin: origin.to_owned(), name: name.to_owned() }
    }

    fn passki(&self) -> Passki {
        Passki::new(&self.id, &[&self.origin], &self.name)
    }

    /// What the browser is given to make a passkey with, beside which the account has those of `known`: one that the browser
    /// finds by itself, unlocked by its owner, without a statement about the device.
    pub fn creation_options(
        &self,
        challenge: &Token,
        owner: PasskeyOwner<'_>,
        known: &[Offered<'_>],
    ) -> Value {
        let parameters: Vec<Value> =
            ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect();
        json!({
            "rp": { "id": self.id, "name": self.name },
            "user": {
                "id": URL_SAFE_NO_PAD.encode(owner.handle),
                "name": owner.user_name,
                "displayName": owner.display_name,
            },
            "challenge": challenge.as_str(),
            "pubKeyCredParams": parameters,
            "timeout": TIMEOUT_MS,
            "attestation": "none",
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": true,
                "userVerification": "required",
            },
            "excludeCredentials": descriptors(known),
        })
    }

    /// What the browser is given to use a passkey with: one of `allowed`, or any that it finds where that is empty.
    pub fn request_options(&self, challenge: &Token, allowed: &[Offered<'_>]) -> Value {
        json!({
            "rpId": self.id,
            "challenge": challenge.as_str(),
            "timeout": TIMEOUT_MS,
            "userVerification": "required",
            "allowCredentials": descriptors(allowed),
        })
    }

    /// Checks a passkey that was made (section 7.1).
    ///
    /// # Errors
    /// [`PasskeyProblem`].
    pub fn register(&self, answer: &CreationAnswer, challenge: &Token) -> Result<Credential, PasskeyProblem> {
        let state: RegistrationState = serde_json::from_value(json!({
            "challenge": bytes_of(challenge),
            "user": { "id": "", "name": "", "displayName": "" },
            "user_verification": "required",
        }))
        .map_err(|_| PasskeyProblem::Malformed)?;
        let made = self.passki().finish_passkey_registration(&answer.0, &state)?;
        if !ALGORITHMS.contains(&made.algorithm) {
            return Err(PasskeyProblem::Kind);
        }
        if made.credential_id.is_empty() || made.credential_id.len() > LONGEST_ID {
            return Err(PasskeyProblem::Malformed);
        }
        let transports: Vec<String> = made
            .transports
            .iter()
            .filter_map(|transport| serde_json::to_value(transport).ok()?.as_str().map(str::to_owned))
            .collect();
        Ok(Credential {
            credential_id: made.credential_id,
            public_key: made.public_key,
            algorithm: made.algorithm,
            sign_count: made.counter,
            transports: transports.join(" "),
            backup_eligible: made.be,
            backed_up: made.bs,
        })
    }

    /// Checks a passkey that was used (section 7.2). The caller has found `known` by the id in the answer, and knows that the
    /// challenge is its own.
    ///
    /// # Errors
    /// [`PasskeyProblem`]; [`PasskeyProblem::Count`] only where the signature is right.
    pub fn authenticate(
        &self,
        answer: &RequestAnswer,
        challenge: &Token,
        known: &Credential,
    ) -> Result<Used, PasskeyProblem> {
        let state: AuthenticationState = serde_json::from_value(json!({
            "challenge": bytes_of(challenge),
            "allowed_credentials": [known.credential_id],
            "user_verification": "required",
        }))
        .map_err(|_| PasskeyProblem::Malformed)?;
        let mut stored = StoredPasskey::default();
        stored.credential_id.clone_from(&known.credential_id);
        stored.public_key.clone_from(&known.public_key);
        stored.algorithm = known.algorithm;
        // The library looks at the count before the signature: whoever can sign nothing must not be able to raise that alarm.
        stored.counter = 0;
        let used = self.passki().finish_passkey_authentication(&answer.credential, &state, &stored)?;
        let flags = answer.flags()?;
        if (flags & BACKUP_ELIGIBLE != 0) != known.backup_eligible {
            return Err(PasskeyProblem::Kind);
        }
        if (used.counter != 0 || known.sign_count != 0) && used.counter <= known.sign_count {
            return Err(PasskeyProblem::Count);
        }
        Ok(Used { sign_count: used.counter, backed_up: flags & BACKED_UP != 0 })
    }
}

fn descriptors(passkeys: &[Offered<'_>]) -> Vec<Value> {
    passkeys
        .iter()
        .map(|passkey| {
            let transports: Vec<&str> = passkey.transports.split_whitespace().collect();
            let mut descriptor =
                json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(passkey.credential_id) });
            if !transports.is_empty()
                && let Some(fields) = descriptor.as_object_mut()
            {
                fields.insert("transports".to_owned(), json!(transports));
            }
            descriptor
        })
        .collect()
}
