//! Answers to wallets: codes and headers as the standards want them.

use super::{ATTESTATION_CHALLENGE, DPOP_NONCE};
use crate::Web;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use journeys::Refusal;
use journeys::passport::{WalletRefusal, dpop_nonce, new_attestation_challenge};
use openid4vc::issuer::OAuthError;
use serde_json::{Value, json as object};
use store::StoreError;

pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Nobody on the way keeps it.
pub(super) fn secret(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// With a new number for the next proof of possession (RFC 9449, section 8.2).
pub(super) fn with_dpop_nonce(web: &Web, response: &mut Response) {
    if let Ok(nonce) = HeaderValue::from_str(&dpop_nonce(web)) {
        response.headers_mut().insert(DPOP_NONCE, nonce);
    }
}

/// What a wallet is told without a token.
pub(super) fn refused(web: &Web, refusal: &WalletRefusal) -> Response {
    let mut response = match refusal {
        WalletRefusal::OAuth(why) => json(status(why.status()), &why.body()),
        WalletRefusal::Credential(why) => json(StatusCode::BAD_REQUEST, &why.body()),
        WalletRefusal::Unknown => json(StatusCode::NOT_FOUND, &object!({ "error": "not_found" })),
        WalletRefusal::Fault(fault) => fault_of_ours(fault),
    };
    if matches!(refusal, WalletRefusal::OAuth(why) if why.code == OAuthError::UseDpopNonce) {
        with_dpop_nonce(web, &mut response);
    }
    if matches!(refusal, WalletRefusal::OAuth(why) if why.code == OAuthError::UseAttestationChallenge)
        && let Ok(challenge) = HeaderValue::from_str(&new_attestation_challenge(web))
    {
        response.headers_mut().insert(ATTESTATION_CHALLENGE, challenge);
    }
    secret(response)
}

/// The same where a token is asked for: then it says what is wrong with the token in the header, too (RFC 6750, RFC 9449).
pub(super) fn refused_resource(web: &Web, refusal: &WalletRefusal) -> Response {
    let mut response = refused(web, refusal);
    if let WalletRefusal::OAuth(why) = refusal {
        let about_token = matches!(
            why.code,
            OAuthError::InvalidToken | OAuthError::InvalidDpopProof | OAuthError::UseDpopNonce
        );
        if about_token {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            if let Ok(value) = HeaderValue::from_str(&format!("DPoP error=\"{}\"", why.code)) {
                response.headers_mut().insert(WWW_AUTHENTICATE, value);
            }
        }
    }
    response
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST)
}

fn fault_of_ours(fault: &Refusal) -> Response {
    if matches!(fault, Refusal::Busy | Refusal::Store(StoreError::Unavailable(_))) {
        return json(StatusCode::SERVICE_UNAVAILABLE, &object!({ "error": "temporarily_unavailable" }));
    }
    if matches!(fault, Refusal::NetworkBusy) {
        return json(StatusCode::TOO_MANY_REQUESTS, &object!({ "error": "temporarily_unavailable" }));
    }
    tracing::error!(error = %fault, "a wallet cannot be served");
    json(StatusCode::INTERNAL_SERVER_ERROR, &object!({ "error": "server_error" }))
}
