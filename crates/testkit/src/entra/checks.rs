//! The service's checks of what it is asked, with its codes for what is wrong.

use super::Entra;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// An error as the service words it.
#[derive(Debug)]
pub(super) struct Wrong {
    status: u16,
    code: &'static str,
    inner: Option<(&'static str, String)>,
}

impl Wrong {
    pub fn plain(status: u16, code: &'static str) -> Self {
        Self { status, code, inner: None }
    }

    pub fn inner(status: u16, code: &'static str, inner: &'static str, target: &str) -> Self {
        Self { status, code, inner: Some((inner, target.to_owned())) }
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.code, "message": "A standard sentence." });
        if let Some((code, target)) = self.inner {
            error["innererror"] =
                json!({ "code": code, "message": "A sentence that holds what was sent.", "target": target });
        }
        let body = json!({
            "requestId": "782628eb-503a-4978-84f2-d7c634f25b15", "date": "Fri, 29 Apr 2022 11:20:19 GMT", "mscv": "x.1", "error": error,
        });
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(body)).into_response()
    }
}

/// The id of the contract whose manifest this is.
pub(super) fn contract_of(manifest: &str) -> String {
    manifest.rsplit('/').nth(1).unwrap_or_default().to_owned()
}

/// A body that is looked at.
pub(super) struct Asked<'a>(&'a Value);

impl<'a> Asked<'a> {
    /// `createIssuanceRequest`
    pub fn issuance(body: &'a Value, now: Timestamp) -> Result<(), Wrong> {
        let asked = Self(body);
        asked.knows(
            "",
            &[
                "includeQRCode",
                "callback",
                "authority",
                "registration",
                "type",
                "manifest",
                "claims",
                "pin",
                "expirationDate",
            ],
        )?;
        asked.common()?;
        let kind = asked.text("/type")?;
        if asked.text("/manifest")? != Entra::manifest(kind) {
            return Err(bad("manifest"));
        }
        if let Some(claims) = body.get("claims") {
            let claims = claims.as_object().ok_or_else(|| bad("claims"))?;
            if claims.is_empty() || !claims.values().all(Value::is_string) {
                return Err(bad("claims"));
            }
        }
        if body.get("pin").is_some() {
            asked.pin()?;
        }
        match body.get("expirationDate") {
            None => {}
            Some(Value::String(date)) if date.ends_with('Z') => {
                let date: Timestamp = date.parse().map_err(|_| bad("expirationDate"))?;
                if date <= now {
                    return Err(bad("expirationDate"));
                }
            }
            Some(_) => return Err(bad("expirationDate")),
        }
        Ok(())
    }

    /// `createPresentationRequest`
    pub fn presentation(body: &'a Value) -> Result<(), Wrong> {
        let asked = Self(body);
        asked.knows(
            "",
            &[
                "includeQRCode",
                "includeReceipt",
                "callback",
                "authority",
                "registration",
                "requestedCredentials",
            ],
        )?;
        asked.common()?;
        let requested = body["requestedCredentials"].as_array().filter(|all| !all.is_empty());
        for (number, _) in requested.ok_or_else(|| bad("requestedCredentials"))?.iter().enumerate() {
            let at = format!("/requestedCredentials/{number}");
            asked.knows(&at, &["type", "purpose", "acceptedIssuers", "configuration", "constraints"])?;
            asked.text(&format!("{at}/type"))?;
            asked.knows(&format!("{at}/configuration"), &["validation"])?;
            asked.knows(
                &format!("{at}/configuration/validation"),
                &["allowRevoked", "validateLinkedDomain", "faceCheck"],
            )?;
            let issuers = body.pointer(&format!("{at}/acceptedIssuers")).and_then(Value::as_array);
            let dids = |issuer: &Value| issuer.as_str().is_some_and(|did| did.starts_with("did:"));
            if !issuers.is_none_or(|issuers| issuers.iter().all(dids)) {
                return Err(bad("acceptedIssuers"));
            }
        }
        Ok(())
    }

    fn common(&self) -> Result<(), Wrong> {
        if self.0.get("includeQRCode").is_some_and(|value| !value.is_boolean()) {
            return Err(bad("includeQRCode"));
        }
        if self.text("/authority")? != Entra::AUTHORITY {
            return Err(Wrong::inner(404, "notFound", "notFound", "authority"));
        }
        self.knows("/registration", &["clientName", "purpose", "logoUrl", "termsOfServiceUrl"])?;
        self.text("/registration/clientName")?;
        self.knows("/callback", &["url", "state", "headers"])?;
        let url = self.text("/callback/url")?;
        // The service itself reaches no loopback; here that is where everything is.
        if !["https://", "http://127.0.0.1:", "http://fobwatch.example/"]
            .iter()
            .any(|start| url.starts_with(start))
        {
            return Err(bad("callback.url"));
        }
        self.text("/callback/state")?;
        // Any other header is an invalid one.
        self.knows("/callback/headers", &["api-key", "Authorization"])?;
        Ok(())
    }

    fn pin(&self) -> Result<(), Wrong> {
        self.knows("/pin", &["value", "type", "length", "salt", "alg", "iterations"])?;
        let value = self.text("/pin/value")?;
        let length =
            self.0.pointer("/pin/length").map_or(Some(6), Value::as_u64).ok_or_else(|| bad("pin.length"))?;
        let numeric = self.0.pointer("/pin/type").is_none_or(|kind| kind == "numeric");
        let whole = value.len() as u64 == length && value.bytes().all(|byte| byte.is_ascii_digit());
        if numeric && whole && (4..=16).contains(&length) { Ok(()) } else { Err(bad("pin")) }
    }

    /// A text that must be there and not empty.
    fn text(&self, pointer: &str) -> Result<&'a str, Wrong> {
        let text = self.0.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.ok_or_else(|| bad(pointer.trim_start_matches('/')))
    }

    /// Nothing stands there that is not known.
    fn knows(&self, pointer: &str, names: &[&str]) -> Result<(), Wrong> {
        let Some(there) = self.0.pointer(pointer) else { return Ok(()) };
        let there = there.as_object().ok_or_else(|| bad(pointer))?;
        match there.keys().find(|name| !names.contains(&name.as_str())) {
            Some(unknown) => Err(bad(unknown)),
            None => Ok(()),
        }
    }
}

fn bad(target: &str) -> Wrong {
    Wrong::inner(400, "badRequest", "badOrMissingField", target)
}
