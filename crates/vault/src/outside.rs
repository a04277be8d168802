//! What must hold for whatever comes from outside. Each function takes any bytes and panics if a promise is broken; the
//! property tests of this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use crate::passkey::{CreationAnswer, Credential, RelyingParty, RequestAnswer};
use crate::signed::{DeviceKey, Signer, TYPE, Unverified};
use crate::{Keys, OpenError, Random, Secret, Token, read_key_text, totp};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 6] = [
    ("totp_digits", totp_digits),
    ("sealed_value", sealed_value),
    ("keys_file", keys_file),
    ("passkey_answer", passkey_answer),
    ("signed_request", signed_request),
    ("token", token),
];

/// Bytes that are the same in every run: these functions are about form, not about chance.
struct Counting;

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, value) in bytes.iter_mut().zip((1..=250).cycle()) {
            *byte = value;
        }
    }
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::generate(&Counting));

/// Only the six digits of one of the three steps around now match, and they say which.
pub fn totp_digits(bytes: &[u8]) {
    let typed = String::from_utf8_lossy(bytes);
    let seed = Secret::new(b"12345678901234567890".to_vec());
    let now = Timestamp::UNIX_EPOCH;
    if let Some(step) = totp::matching_step(&seed, &typed, now) {
        assert!(typed.len() == 6 && typed.bytes().all(|b| b.is_ascii_digit()) && step <= 1);
    }
    // A seed may be anything that was once kept, and a time anything that fits.
    let second = typed.bytes().fold(0_i64, |second, b| second.wrapping_mul(31).wrapping_add(i64::from(b)));
    let now = Timestamp::from_second(second % 200_000_000_000).unwrap_or_default();
    let seed = Secret::new(bytes.to_vec());
    let code = totp::code_at(&seed, now);
    assert_eq!(totp::matching_step(&seed, code.expose(), now).is_some(), now >= Timestamp::UNIX_EPOCH);
    let uri = totp::otpauth_uri(&typed, &typed, &seed);
    assert!(
        uri.expose().bytes().all(|b| b.is_ascii_graphic()),
        "an address has no spaces or control characters"
    );
}

/// No bytes open but those that were sealed, in their place; those do.
pub fn sealed_value(bytes: &[u8]) {
    match KEYS.open("somewhere", bytes) {
        Ok(_) => assert!(KEYS.ids().is_empty(), "bytes that nobody sealed were opened"),
        Err(OpenError::UnknownKey { id }) => assert!(!KEYS.ids().contains(&id)),
        Err(OpenError::NotSealed) => assert!(!KEYS.is_current(bytes)),
        Err(OpenError::Refused) => assert!(KEYS.is_current(bytes)),
    }
    let sealed = KEYS.seal("somewhere", bytes, &Counting);
    assert_eq!(KEYS.open("somewhere", &sealed).as_deref().map(Vec::as_slice), Ok(bytes));
    assert_eq!(KEYS.open("elsewhere", &sealed), Err(OpenError::Refused));
    if let Some(place) = bytes.first().map(|first| usize::from(*first) % sealed.len()) {
        let mut changed = sealed;
        if let Some(byte) = changed.get_mut(place) {
            *byte ^= bytes.last().copied().unwrap_or(1).max(1);
        }
        assert!(KEYS.open("somewhere", &changed).is_err(), "changed at {place}");
    }
}

/// A text is a keys file or not; one that is reads back as itself, and a problem with one that is not says only where.
pub fn keys_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for read in [read_key_text(&text, "keys.toml"), Keys::from_env_text(&text)] {
        match read {
            Ok(keys) => {
                let line = keys.to_env_text();
                let again = Keys::from_env_text(&line).map(|keys| keys.to_env_text());
                assert!(again.is_ok_and(|again| *again == *line));
                assert!(!keys.ids().is_empty() && keys.is_current(&keys.seal("somewhere", b"", &Counting)));
            }
            Err(why) => assert!(why.to_string().len() < 200 && !why.to_string().contains('\n')),
        }
    }
}

/// What a browser sent of a passkey is read or not; nothing that nobody signed is taken.
pub fn passkey_answer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let party = RelyingParty::new("fobwatch.example", "https://fobwatch.example", "Fobwatch");
    let challenge = Token::new(&Counting);
    if let Ok(answer) = CreationAnswer::parse(&text)
        && let Ok(made) = party.register(&answer, &challenge)
    {
        assert!((1..=1_023).contains(&made.credential_id.len()), "an id is neither empty nor endless");
        assert!(made.backup_eligible || !made.backed_up);
    }
    if let Ok(answer) = RequestAnswer::parse(&text) {
        let known = Credential {
            credential_id: answer.credential_id().to_vec(),
            public_key: bytes.to_vec(),
            algorithm: -7,
            sign_count: 0,
            transports: String::new(),
            backup_eligible: false,
            backed_up: false,
        };
        let _ = (answer.challenge(), answer.user_handle());
        assert!(party.authenticate(&answer, &challenge, &known).is_err(), "nobody signed this");
    }
    // The same inside what a browser would wrap it in: client data, authenticator data and attestation are any bytes.
    let inner = URL_SAFE_NO_PAD.encode(bytes);
    let client_data = URL_SAFE_NO_PAD.encode(format!(
        "{{\"type\":\"webauthn.create\",\"challenge\":\"{}\",\"origin\":\"https://fobwatch.example\"}}",
        challenge.as_str()
    ));
    for (client_data, data) in [(&client_data, &inner), (&inner, &inner)] {
        let made = format!(
            "{{\"rawId\":\"AAAA\",\"response\":{{\"clientDataJSON\":\"{client_data}\",\"attestationObject\":\"{data}\"}}}}"
        );
        if let Ok(answer) = CreationAnswer::parse(&made) {
            let _ = (answer.challenge(), party.register(&answer, &challenge));
        }
    }
}

/// What a phone sends is read or not; nothing that nobody signed is taken, whatever key it names.
pub fn signed_request(bytes: &[u8]) {
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let text = String::from_utf8_lossy(bytes).into_owned();
    let header = |signer: &str| part(format!("{{\"alg\":\"ES256\",\"typ\":\"{TYPE}\",{signer}}}").as_bytes());
    let (x, y) = bytes.split_at(bytes.len().min(32));
    let jwk =
        format!("\"jwk\":{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{}\",\"y\":\"{}\"}}", part(x), part(y));
    let claims = part(b"{\"aud\":\"https://fobwatch.example\"}");
    for text in [
        format!("{}.{claims}.{}", header("\"kid\":\"0193a0f0-0000-7000-8000-000000000000\""), part(bytes)),
        format!("{}.{}.{}", header(&jwk), part(bytes), part(y)),
        format!("{}.{claims}.", header(&text.escape_default().to_string())),
        text,
    ] {
        let Ok(request) = Unverified::read(&text) else { continue };
        let keys = match request.signer() {
            Signer::New(key) => vec![key.clone()],
            Signer::Device(_) => {
                vec![DeviceKey::from_bytes(bytes.to_vec()), DeviceKey::from_bytes(Vec::new())]
            }
        };
        for key in keys {
            let said = request.verify::<serde_json::Value>(&key, "https://fobwatch.example");
            assert!(said.is_err(), "nobody signed this");
        }
    }
}

/// A token has one spelling.
pub fn token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(token) = Token::parse(&text) {
        assert_eq!(token.as_str(), text);
    }
}
