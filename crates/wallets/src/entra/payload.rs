//! What the service is asked, in its own names (`issuance-request-api`, `presentation-request-api`).

use super::settings::Contract;
use crate::{CallBack, Issuance, Presentation};
use serde_json::{Map, Value, json};

/// The claim by which a copy is known again and revoked. A contract maps it, with `indexed`, to an output claim of the same name.
pub const COPY_CLAIM: &str = "fobwatch_copy";

/// `createIssuanceRequest`. Claims, PIN and end are for contracts with the ID token hint attestation, as they must be here.
pub(super) fn issuance(authority: &str, contract: &Contract, issuance: &Issuance<'_>) -> Value {
    let mut claims: Map<String, Value> = issuance
        .claims
        .iter()
        .filter_map(|(name, value)| claim(value).map(|text| (name.clone(), text.into())))
        .collect();
    claims.insert(COPY_CLAIM.to_owned(), issuance.copy.to_string().into());
    let mut body = json!({
        "includeQRCode": false,
        "authority": authority,
        "registration": { "clientName": issuance.client_name },
        "callback": callback(&issuance.call_back),
        "type": contract.credential_type,
        "manifest": contract.manifest.as_str(),
        "claims": claims,
    });
    if let Some(pin) = issuance.pin {
        // As it is: the salted hash of six digits would say what they are all the same.
        body["pin"] = json!({ "value": pin, "length": pin.len(), "type": "numeric" });
    }
    if let Some(expires_at) = issuance.expires_at {
        body["expirationDate"] = format!("{expires_at:.3}").into();
    }
    body
}

/// `createPresentationRequest`: of our own authority alone, and nothing that was revoked.
pub(super) fn presentation(
    authority: &str,
    contracts: &[&Contract],
    presentation: &Presentation<'_>,
) -> Value {
    let asked: Vec<Value> = contracts
        .iter()
        .map(|contract| {
            json!({
                "type": contract.credential_type,
                "purpose": presentation.purpose,
                "acceptedIssuers": [authority],
                "configuration": { "validation": { "allowRevoked": false, "validateLinkedDomain": false } },
            })
        })
        .collect();
    json!({
        "includeQRCode": false,
        "includeReceipt": false,
        "authority": authority,
        "registration": { "clientName": presentation.client_name, "purpose": presentation.purpose },
        "callback": callback(&presentation.call_back),
        "requestedCredentials": asked,
    })
}

fn callback(call_back: &CallBack<'_>) -> Value {
    json!({
        "url": call_back.url.as_str(),
        "state": call_back.state.as_str(),
        "headers": { "api-key": call_back.api_key.as_str() },
    })
}

/// Claims of the service are texts. What has parts goes as the text of its JSON; what is nothing does not go.
fn claim(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::tests::settings;
    use super::*;
    use jiff::Timestamp;
    use url::Url;
    use uuid::Uuid;
    use vault::Token;

    #[test]
    fn a_credential_is_asked_for_in_the_documented_names() {
        let url = Url::parse("https://id.northfield.example/vc/NTH/entra/callback").unwrap();
        let token = |letter: &str| Token::parse(&letter.repeat(43)).unwrap();
        let (state, api_key) = (token("A"), token("E"));
        let json = json!({ "subject": "Fire safety", "level": 1, "current": true, "none": null, "assurance": { "origin": "NTH" } });
        let Value::Object(claims) = json else { panic!("no object") };
        let asked = Issuance {
            kind: "core-skill",
            copy: Uuid::from_u128(1),
            client_name: "Northfield Hospitals",
            claims: &claims,
            pin: Some("031337"),
            expires_at: Some("2027-03-31T23:00:00Z".parse::<Timestamp>().unwrap()),
            call_back: CallBack { url: &url, state: &state, api_key: &api_key },
        };
        let all = settings();
        let body = issuance(&all.authority, &all.contracts[0], &asked);
        assert_eq!(
            body,
            json!({
                "includeQRCode": false,
                "authority": "did:web:verifiedid.northfield.example",
                "registration": { "clientName": "Northfield Hospitals" },
                "callback": { "url": url.as_str(), "state": "A".repeat(43), "headers": { "api-key": "E".repeat(43) } },
                "type": "CoreSkill",
                "manifest": "https://x.example/v1.0/tenants/t/verifiableCredentials/contracts/abc/manifest",
                "claims": {
                    "subject": "Fire safety", "level": "1", "current": "true", "assurance": "{\"origin\":\"NTH\"}",
                    "fobwatch_copy": "00000000-0000-0000-0000-000000000001",
                },
                "pin": { "value": "031337", "length": 6, "type": "numeric" },
                "expirationDate": "2027-03-31T23:00:00.000Z",
            })
        );
        assert!(!format!("{asked:?}").contains("031337"));
        let without =
            issuance(&all.authority, &all.contracts[0], &Issuance { pin: None, expires_at: None, ..asked });
        assert!(without.get("pin").is_none() && without.get("expirationDate").is_none());
    }
}
