//! What an issuer tells everybody: metadata plain and signed, at both addresses, kinds, lists, and headers.

use super::issuer::{NORTHFIELD, key};
use crate::database::Sqlite;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{CertificateChain, Unverified};
use openid4vc::sd_jwt_vc::{TypeMetadata, Withheld};
use rules::passport::CredentialKind;
use serde_json::json;
use store::organisation::OrganisationChange;

#[tokio::test]
async fn an_issuer_tells_of_itself_at_both_addresses() {
    let ward = Ward::new(Sqlite).await;
    let issuer = "http://fobwatch.example/vc/NTH";
    for path in
        ["/.well-known/openid-credential-issuer/vc/NTH", "/vc/NTH/.well-known/openid-credential-issuer"]
    {
        let told = ward.program_reads(path).await;
        assert_eq!(told.is_ok().headers["content-type"], "application/json");
        let told = told.json();
        assert_eq!(told["credential_issuer"], issuer);
        assert_eq!(told["credential_endpoint"], format!("{issuer}/credential"));
        assert_eq!(told["nonce_endpoint"], format!("{issuer}/nonce"));
        assert_eq!(told["display"][0]["name"], "Northfield Hospitals");
        assert_eq!(told["batch_credential_issuance"]["batch_size"], 10);
        let kinds = told["credential_configurations_supported"].as_object().unwrap();
        assert_eq!(kinds.len(), CredentialKind::all().count());
        let fire = &kinds["core-skill"];
        assert_eq!(fire["vct"], "http://fobwatch.example/vc/types/core-skill");
        assert_eq!(fire["credential_metadata"]["display"][0]["name"], "Core skill");
        assert_eq!(told["deferred_credential_endpoint"], format!("{issuer}/deferred"));
    }
    for path in
        ["/.well-known/oauth-authorization-server/vc/NTH", "/vc/NTH/.well-known/oauth-authorization-server"]
    {
        let told = ward.program_reads(path).await.json();
        assert_eq!(
            (&told["issuer"], &told["token_endpoint"]),
            (&json!(issuer), &json!(format!("{issuer}/token")))
        );
        assert_eq!(
            told["grant_types_supported"],
            json!(["urn:ietf:params:oauth:grant-type:pre-authorized_code"])
        );
        assert_eq!(told["pre-authorized_grant_anonymous_access_supported"], true);
    }
    for path in ["/.well-known/openid-credential-issuer/vc/XXX", "/vc/types/unknown", "/vc/status/unknown"] {
        assert_eq!(ward.program_reads(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(
        ward.program_reads(&format!("/vc/status/{}", ward.new_id())).await.status,
        StatusCode::NOT_FOUND
    );
    let kind = ward.program_reads("/vc/types/access-key").await.json();
    assert_eq!(
        (&kind["vct"], &kind["name"]),
        (&json!("http://fobwatch.example/vc/types/access-key"), &json!("Access key"))
    );
    let dbs = ward.program_reads("/vc/types/dbs").await.json();
    let told: TypeMetadata = serde_json::from_value(dbs).unwrap();
    let level = told.claims.iter().find(|claim| claim.path == ClaimPath::names(["dbs_level"])).unwrap();
    assert_eq!((level.withheld, level.display[0].locale.as_str()), (Withheld::Always, "en-GB"));
    assert!(!told.display[0].description.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn a_wallet_learns_what_each_kind_is_called_and_what_everything_in_it_is() {
    let ward = Ward::new(Sqlite).await;
    let kinds = async || {
        let told = ward.program_reads("/.well-known/openid-credential-issuer/vc/NTH").await.json();
        told["credential_configurations_supported"].clone()
    };
    let told = kinds().await;
    let dbs = &told["dbs"]["credential_metadata"];
    let display = json!({ "name": "Disclosure and Barring Service (DBS)", "locale": "en-GB",
        "description": "The certificate of the Disclosure and Barring Service" });
    assert_eq!(dbs["display"], json!([display]), "no colour and no logo where there is none");
    let claims = dbs["claims"].as_array().unwrap();
    let level = json!({ "path": ["dbs_level"], "mandatory": true,
        "display": [{ "name": "Level of check", "locale": "en-GB" }] });
    assert_eq!(claims[0], level);
    let optional = claims.iter().find(|claim| claim["path"][0] == "adults_barred_list_checked").unwrap();
    assert_eq!(optional["mandatory"], false);
    let assured = claims.iter().find(|claim| claim["path"] == json!(["assurance", "policy"])).unwrap();
    assert_eq!(assured["display"][0]["name"], "Assurance policy");
    let key = &told["access-key"]["credential_metadata"]["claims"];
    assert_eq!((&key[0]["path"], key.as_array().unwrap().len()), (&json!(["passport"]), 1));

    let change = OrganisationChange {
        colour: Some("#f2d16b".to_owned()),
        logo: Some(b"\x89PNG".to_vec()),
        ..OrganisationChange::default()
    };
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    let mut tx = ward.store().begin().await.unwrap();
    tx.change_organisation(organisation.id, &change).await.unwrap();
    tx.commit().await.unwrap();
    let display = kinds().await["dbs"]["credential_metadata"]["display"][0].clone();
    assert_eq!(display["background_color"], "#f2d16b");
    assert_eq!(display["text_color"], "#000000", "it can be read");
    let logo =
        json!({ "uri": "http://fobwatch.example/brand/NTH/logo.png", "alt_text": "Northfield Hospitals" });
    assert_eq!(display["logo"], logo);
    assert_eq!(ward.program_reads("/brand/NTH/logo.png").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_metadata_are_signed_for_whoever_asks() {
    let ward = Ward::new(Sqlite).await;
    let path = "/.well-known/openid-credential-issuer/vc/NTH";
    let told = ward.program_sends(Method::GET, path, &[("accept", "application/jwt")], None).await;
    assert_eq!(told.is_ok().headers["content-type"], "application/jwt");
    let token = Unverified::parse(&told.text).unwrap();
    let anchors = journeys::passport::anchors(&ward.node.service, None).await.unwrap();
    let key = CertificateChain::of(token.header()).unwrap().verify(&anchors, ward.now()).unwrap();
    let verified = token.verify(&key).unwrap().of_type("openidvci-issuer-metadata+jwt").unwrap();
    assert_eq!(verified.claims()["sub"], "http://fobwatch.example/vc/NTH");
    assert_eq!(verified.claims()["credential_issuer"], "http://fobwatch.example/vc/NTH");
}

#[tokio::test]
async fn a_list_is_not_sent_again_to_whoever_has_it() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let taken = ward.wallet_takes(&held).await.json();
    let credential = ward.verifier_takes(taken["credentials"][0]["credential"].as_str().unwrap()).await;
    let reference = credential.status().unwrap();
    let path = reference.uri.strip_prefix(ward.setup.public_url).unwrap();
    let (_, etag) = ward.status_in_list(reference).await;
    let asks = async |etag: &str| {
        ward.program_sends(Method::GET, path, &[("if-none-match", etag)], None).await.status
    };
    assert_eq!(asks(&etag).await, StatusCode::NOT_MODIFIED);
    assert_eq!(asks(&format!("\"other\", {etag}")).await, StatusCode::NOT_MODIFIED);
    assert_eq!(asks("\"other\"").await, StatusCode::OK);
    // It is signed anew before anybody doubts it, and on another node as on this one.
    ward.waits(3_600);
    assert_eq!(asks(&etag).await, StatusCode::OK);
    ward.issuer_revokes(fire).await;
    let told = ward.program_sends(Method::GET, path, &[("accept-encoding", "gzip")], None).await;
    assert_eq!(told.headers["content-encoding"], "gzip");
}

#[tokio::test]
async fn wallets_that_are_web_pages_may_ask_and_nothing_is_kept_on_the_way() {
    let ward = Ward::new(Sqlite).await;
    for (path, method) in
        [("/token", "POST"), ("/credential", "POST"), ("/nonce", "POST"), ("/notification", "POST")]
    {
        let told = ward
            .program_sends(
                Method::OPTIONS,
                &format!("{NORTHFIELD}{path}"),
                &[("origin", "https://wallet.example"), ("access-control-request-method", method)],
                None,
            )
            .await;
        assert_eq!(told.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(told.headers["access-control-allow-origin"], "*");
        assert_eq!(
            told.headers["access-control-allow-headers"],
            "authorization, content-type, dpop, oauth-client-attestation, oauth-client-attestation-pop"
        );
        assert!(!told.headers.contains_key("access-control-allow-credentials"));
    }
    let nonce = ward.issuer_nonce().await;
    assert_eq!(nonce.is_ok().headers["cache-control"], "no-store");
    assert_eq!(
        nonce.headers["access-control-expose-headers"],
        "dpop-nonce, oauth-client-attestation-challenge, www-authenticate"
    );
    let path = format!("{NORTHFIELD}/token");
    let form = "grant_type=authorization_code&code=x&code_verifier=y&redirect_uri=z".to_owned();
    ward.program_sends(Method::POST, &path, &[], Some(form)).await.is_refused(400, "unsupported_grant_type");
    let json_form = [("content-type", "application/json")];
    let told = ward.program_sends(Method::POST, &path, &json_form, Some("{}".to_owned())).await;
    told.is_refused(400, "invalid_request");
    let twice = "grant_type=a&grant_type=b".to_owned();
    ward.program_sends(Method::POST, &path, &[], Some(twice)).await.is_refused(400, "invalid_request");
    let large = "a".repeat(200 * 1_024);
    let told = ward.program_sends(Method::POST, &path, &[], Some(large)).await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
    // A token in the address is none.
    let told = ward
        .program_sends(
            Method::POST,
            &format!("{NORTHFIELD}/credential?access_token=x"),
            &[("content-type", "application/json")],
            Some(json!({ "proofs": { "jwt": [ward.key_proof(&key(), "x")] } }).to_string()),
        )
        .await;
    told.is_refused(401, "invalid_token");
}
