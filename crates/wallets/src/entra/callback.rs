//! What the service calls back with, read.

use super::http::word;
use super::payload::COPY_CLAIM;
use super::settings::EntraSettings;
use crate::{BadCallback, Callback, Happened, Shown};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Names in a call are no longer: those of the service are ids, ours is 43 letters.
pub(super) const LONGEST: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    request_id: String,
    request_status: String,
    state: String,
    #[serde(default)]
    error: Option<Told>,
    verified_credentials_data: Option<Vec<Verified>>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    issuer: String,
    #[serde(rename = "type")]
    types: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
    credential_state: Option<State>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    #[serde(default)]
    revocation_status: String,
}

/// Reads a call. What it says more than it is documented to say is passed over.
pub(super) fn read(settings: &EntraSettings, body: &[u8]) -> Result<Callback, BadCallback> {
    let body: Body = serde_json::from_slice(body).map_err(|_| BadCallback)?;
    let is_name = |text: &str| !text.is_empty() && text.len() <= LONGEST;
    if !is_name(&body.request_id) || !is_name(&body.state) {
        return Err(BadCallback);
    }
    let happened = match body.request_status.as_str() {
        "request_retrieved" => Happened::Retrieved,
        "issuance_successful" => Happened::Issued,
        "issuance_error" => Happened::NotIssued(why(body.error)),
        "presentation_verified" => {
            let all = body.verified_credentials_data.ok_or(BadCallback)?;
            Happened::Presented(all.into_iter().filter_map(|one| shown(settings, one)).collect())
        }
        "presentation_error" => Happened::NotPresented(why(body.error)),
        _ => return Err(BadCallback),
    };
    Ok(Callback { request_id: body.request_id, state: body.state, happened })
}

/// The reason in a word: the documentation has it in the message, and the part that failed in the code.
fn why(told: Option<Told>) -> String {
    let Some(Told { code, message }) = told else { return unspecified() };
    let told = [message, code].into_iter().filter(|text| !text.is_empty()).map(|text| word(&text));
    let words: Vec<_> = told.collect();
    words.iter().find(|word| *word != "unknown").or(words.first()).cloned().unwrap_or_else(unspecified)
}

fn unspecified() -> String {
    "unspecified_error".to_owned()
}

/// A credential of our authority and of a kind that has a contract; nothing for any other.
fn shown(settings: &EntraSettings, one: Verified) -> Option<Shown> {
    if one.issuer != settings.authority {
        return None;
    }
    let contract =
        settings.contracts.iter().find(|contract| one.types.contains(&contract.credential_type))?;
    let copy = one.claims.get(COPY_CLAIM).and_then(Value::as_str).and_then(|copy| copy.parse().ok());
    let status = one.credential_state.map(|state| state.revocation_status);
    let holds = status.is_some_and(|status| status.eq_ignore_ascii_case("VALID"));
    Some(Shown { kind: contract.kind.clone(), copy, claims: one.claims, holds })
}

#[cfg(test)]
mod tests {
    use super::super::settings::tests::settings;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn happened(body: &Value) -> Result<Happened, BadCallback> {
        read(&settings(), body.to_string().as_bytes()).map(|callback| callback.happened)
    }

    fn body(status: &str) -> Value {
        json!({ "requestId": "799f23ea", "requestStatus": status, "state": "de19cb6b" })
    }

    #[test]
    fn what_the_documentation_shows_is_read() {
        assert_eq!(happened(&body("request_retrieved")), Ok(Happened::Retrieved));
        assert_eq!(happened(&body("issuance_successful")), Ok(Happened::Issued));
        let mut error = body("issuance_error");
        assert_eq!(happened(&error), Ok(Happened::NotIssued("unspecified_error".into())));
        error["error"] = json!({ "code": "IssuanceFlowFailed", "message": "issuance_service_error" });
        assert_eq!(happened(&error), Ok(Happened::NotIssued("issuance_service_error".into())));
        error["error"] = json!({ "code": "IssuanceFlowFailed", "message": "A sentence about Amina Khan" });
        assert_eq!(happened(&error), Ok(Happened::NotIssued("IssuanceFlowFailed".into())));
        // Found by a fuzzer: a reason in which there is none.
        for nothing in [json!({}), json!({ "code": "", "message": "" })] {
            error["error"] = nothing;
            assert_eq!(happened(&error), Ok(Happened::NotIssued("unspecified_error".into())));
        }
        assert_eq!(
            happened(&body("presentation_error")),
            Ok(Happened::NotPresented("unspecified_error".into()))
        );
    }

    #[test]
    fn what_says_too_little_or_something_else_is_refused() {
        for bad in
            [json!({}), json!([]), body("issued"), body("presentation_verified"), body("REQUEST_RETRIEVED")]
        {
            assert_eq!(happened(&bad), Err(BadCallback), "{bad}");
        }
        for name in ["requestId", "state"] {
            for value in [json!(""), json!("a".repeat(LONGEST + 1)), json!(7), json!(null)] {
                let mut bad = body("request_retrieved");
                bad[name] = value;
                assert_eq!(happened(&bad), Err(BadCallback), "{bad}");
            }
        }
    }

    #[test]
    fn only_what_our_authority_issued_counts_and_only_what_is_known_to_hold_holds() {
        let ours = "did:web:verifiedid.northfield.example";
        let one = |issuer: &str, kind: &str, status: Value| {
            let mut all = body("presentation_verified");
            all["verifiedCredentialsData"] = json!([{
                "issuer": issuer, "type": ["VerifiableCredential", kind],
                "claims": { "fobwatch_copy": "00000000-0000-0000-0000-000000000001", "level": "1" },
                "credentialState": status, "domainValidation": { "url": "https://x.example/" },
            }]);
            match happened(&all) {
                Ok(Happened::Presented(shown)) => {
                    shown.first().map(|shown| (shown.copy.is_some(), shown.holds))
                }
                other => panic!("{other:?}"),
            }
        };
        let valid = json!({ "revocationStatus": "VALID" });
        assert_eq!(one(ours, "CoreSkill", valid.clone()), Some((true, true)));
        assert_eq!(one(ours, "CoreSkill", json!({ "revocationStatus": "REVOKED" })), Some((true, false)));
        assert_eq!(one(ours, "CoreSkill", json!(null)), Some((true, false)));
        assert_eq!(one("did:web:others.example", "CoreSkill", valid.clone()), None);
        assert_eq!(one(ours, "VerifiedEmployee", valid), None);
    }

    proptest! {
        #[test]
        fn whatever_is_called_back_with_is_read_or_refused_and_nothing_breaks(
            bytes in proptest::collection::vec(any::<u8>(), 0..400)
        ) {
            let _ = read(&settings(), &bytes);
        }

        #[test]
        fn so_is_json_of_any_shape(name in "[a-zA-Z]{0,12}", text in "\\PC{0,40}", number in any::<i64>(), deep in 0_usize..300) {
            let nested = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
            let _ = read(&settings(), nested.as_bytes());
            for value in [json!(text), json!(number), json!([text]), json!({ &name: text })] {
                for field in ["requestId", "requestStatus", "state", "error", "verifiedCredentialsData", &name] {
                    let mut all = body("presentation_verified");
                    all["verifiedCredentialsData"] = json!([]);
                    all[field] = value.clone();
                    if let Ok(callback) = read(&settings(), all.to_string().as_bytes()) {
                        prop_assert!(callback.state.len() <= LONGEST && callback.request_id.len() <= LONGEST);
                    }
                }
            }
        }
    }
}
