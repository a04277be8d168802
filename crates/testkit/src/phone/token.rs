//! The token that goes with each request to Notify, checked by hand so that the product's library is checked, too.

use aws_lc_rs::hmac;
use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

use super::{Failure, Phone, failure};

const NO_TOKEN: Failure =
    failure(StatusCode::UNAUTHORIZED, "AuthError", "Unauthorized: authentication bearer scheme must be used");
const UNREADABLE: Failure =
    failure(StatusCode::FORBIDDEN, "AuthError", "Invalid token: not a valid JSON web token");
const ALGORITHM: Failure =
    failure(StatusCode::FORBIDDEN, "AuthError", "Invalid token: algorithm used is not HS256");
const ISSUER: Failure = failure(StatusCode::FORBIDDEN, "AuthError", "Invalid token: service not found");
const SIGNATURE: Failure = failure(StatusCode::FORBIDDEN, "AuthError", "Invalid token: API key not found");
const CLOCK: Failure = failure(
    StatusCode::FORBIDDEN,
    "AuthError",
    "Error: Your system clock must be accurate to within 30 seconds",
);

/// HS256 with the secret of the key; `iss` is the service, `iat` within 30 seconds of the true time.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Failure> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).ok_or(NO_TOKEN)?;
    let (signed, signature) = token.rsplit_once('.').ok_or(UNREADABLE)?;
    let (header, claims) = signed.split_once('.').ok_or(UNREADABLE)?;
    let (header, claims) = (json(header)?, json(claims)?);
    if header.get("alg").and_then(Value::as_str) != Some("HS256") {
        return Err(ALGORITHM);
    }
    // The key ends with two identifiers of 36 characters: service and secret.
    let key = Phone::API_KEY;
    let (service, secret) = (&key[key.len() - 73..key.len() - 37], &key[key.len() - 36..]);
    if claims.get("iss").and_then(Value::as_str) != Some(service) {
        return Err(ISSUER);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| UNREADABLE)?;
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&secret, signed.as_bytes(), &signature).map_err(|_| SIGNATURE)?;
    let issued = claims.get("iat").and_then(Value::as_i64).ok_or(UNREADABLE)?;
    if issued.abs_diff(true_time()) > 30 {
        return Err(CLOCK);
    }
    Ok(())
}

fn json(part: &str) -> Result<Value, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| UNREADABLE)?;
    serde_json::from_slice(&bytes).map_err(|_| UNREADABLE)
}

#[expect(
    clippy::disallowed_methods,
    reason = "Notify has a clock of its own, which no test of the product can turn"
)]
fn true_time() -> i64 {
    Timestamp::now().as_second()
}

#[cfg(test)]
pub(super) fn signed_with(secret: &str, issuer: &str, seconds_off: i64) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(serde_json::json!({ "typ": "JWT", "alg": "HS256" }));
    let claims = part(serde_json::json!({ "iss": issuer, "iat": true_time() + seconds_off }));
    let signed = format!("{header}.{claims}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}
