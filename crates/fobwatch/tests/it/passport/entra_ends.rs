//! Who is listened to when the service of Microsoft's wallet seems to call back, and what is revoked there.

use super::issuer::link_on;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::BEN;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use journeys::passport::backend::revocations;
use journeys::passport::withdraw::{Ended, revoke};
use rstest::rstest;
use rules::passport::{CredentialState, RevokeReason};
use serde_json::json;
use testkit::EntraCall;

const CALLBACK: &str = "/vc/NTH/entra/callback";

#[rstest]
#[tokio::test]
async fn a_call_that_comes_again_changes_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    let (retrieved, failed) = (ward.entra().retrieves(&link), ward.entra().fails(&link, "unspecified_error"));
    let added = ward.entra().adds(&link, None).unwrap();
    // In whatever order they come, and however often.
    for call in [&added, &added, &retrieved, &failed, &added] {
        assert_eq!(ward.is_called(call).await, 200);
    }
    amina.reloads().await.reads("That worked");
    assert_eq!(ward.audited("credential_issued").await, 1);
    assert_eq!(ward.db.count("passport_event", "what = 'accepted'").await, 1);
    assert_eq!(ward.db.count("credential_copy", "backend = 'entra'").await, 1);
    assert_eq!(ward.db.count("backend_revocation", "1 = 1").await, 0);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn only_the_service_is_listened_to_and_about_its_request_alone(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let mine = ward.entra().behind(&amina.adds_to_microsofts_wallet(fire).await);
    let mine = ward.entra().adds(&mine.url, None).unwrap();
    // Somebody else has an offer of their own, and knows all that the service shows about it.
    let mut ben = ward.person(BEN);
    ben.joins(crate::guide::Factor::AuthenticatorApp).await;
    ben.signs_in(crate::guide::Factor::AuthenticatorApp).await;
    let theirs = super::issuer::credential_kind("core-skill");
    let theirs = ward.issuer_provides(BEN, theirs, "fire-safety", super::issuer::FIRE).await;
    let theirs = ben.adds_to_microsofts_wallet(theirs).await;
    let theirs = ward.entra().retrieves(&theirs);

    let (key, body) = (Some(mine.api_key.as_str()), mine.body.to_string());
    assert_eq!(ward.is_called_at(CALLBACK, None, &body).await, 401);
    for wrong in ["", "A", &"A".repeat(43), &theirs.api_key, &mine.api_key[..42]] {
        assert_eq!(ward.is_called_at(CALLBACK, Some(wrong), &body).await, 401, "{wrong}");
    }
    let with = |name: &str, value: &str| {
        let mut body = mine.body.clone();
        body[name] = value.into();
        body.to_string()
    };
    let their = |name: &str| theirs.body[name].as_str().unwrap().to_owned();
    assert_eq!(ward.is_called_at(CALLBACK, key, &with("state", &their("state"))).await, 401);
    assert_eq!(ward.is_called_at(CALLBACK, key, &with("state", &"A".repeat(43))).await, 404);
    assert_eq!(ward.is_called_at(CALLBACK, key, &with("state", "x")).await, 404);
    assert_eq!(ward.is_called_at(CALLBACK, key, &with("requestId", &their("requestId"))).await, 404);
    for elsewhere in ["/vc/STH/entra/callback", "/vc/NTH/other/callback", "/vc/XXX/entra/callback"] {
        assert_eq!(ward.is_called_at(elsewhere, key, &body).await, 404, "{elsewhere}");
    }
    for unreadable in ["", "{", "[]", r#"{"requestId":"x"}"#, &with("requestStatus", "issued")] {
        assert_eq!(ward.is_called_at(CALLBACK, key, unreadable).await, 400, "{unreadable}");
    }
    // A credential was to be handed out: nobody was asked to show one.
    let mut shown = mine.body.clone();
    shown["requestStatus"] = "presentation_verified".into();
    shown["verifiedCredentialsData"] = json!([]);
    assert_eq!(ward.is_called_at(CALLBACK, key, &shown.to_string()).await, 404);
    let long = "x".repeat(300 * 1_024);
    assert_eq!(ward.is_called_at(CALLBACK, key, &long).await, 413);
    let told = ward.program_sends(Method::GET, CALLBACK, &[], None).await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);

    assert_eq!(ward.credential_stands(fire).await, CredentialState::ToReview);
    amina.reloads().await.reads("Scan the QR code to add your credential");
    assert_eq!(ward.is_called(&mine).await, 200);
    amina.reloads().await.reads("That worked");
    ben.reloads().await.reads("Scan the QR code to add your credential");
}

#[rstest]
#[tokio::test]
async fn whoever_scanned_a_code_that_was_cancelled_has_nothing_that_counts(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    assert_eq!(ward.is_called(&ward.entra().retrieves(&link)).await, 200);
    amina.reloads().await.reads("Your QR code has been scanned");
    ward.waits(1);
    amina.presses("Cancel and return to QR code").await.reads("Scan the QR code to add your credential");
    // The service knows nothing of that, and hands it out.
    let late = ward.entra().adds(&link, None).unwrap();
    for _ in 0..2 {
        assert_eq!(ward.is_called(&late).await, 200);
    }
    assert_eq!(ward.credential_stands(fire).await, CredentialState::ToReview);
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 0);
    assert_eq!(ward.audited("wallet_service_too_late").await, 1);
    assert_eq!(revocations::round(&ward.node.service).await.unwrap(), 1);
    assert_eq!(ward.entra().revocations(), 1);
    // The new code is the person's.
    ward.lands_in_microsofts_wallet(&link_on(&amina.browser), None).await;
    amina.reloads().await.reads("That worked");
    assert_eq!(revocations::round(&ward.node.service).await.unwrap(), 0);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_was_taken_back_meanwhile_is_not_accepted_and_neither_is_what_a_session_left_behind(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    ward.issuer_withdraws(fire).await;
    ward.lands_in_microsofts_wallet(&link, None).await;
    assert_eq!(ward.credential_stands(fire).await, CredentialState::Withdrawn);

    let kind = super::issuer::credential_kind("core-skill");
    let moving =
        ward.issuer_provides(crate::people::AMINA, kind, "moving-and-handling-1", super::issuer::FIRE).await;
    let link = amina.adds_to_microsofts_wallet(moving).await;
    ward.db.tell("UPDATE session SET ended_at = 1").await;
    ward.lands_in_microsofts_wallet(&link, None).await;
    assert_eq!(ward.credential_stands(moving).await, CredentialState::ToReview);
    assert_eq!(ward.audited("wallet_service_too_late").await, 2);
    assert_eq!(revocations::round(&ward.node.service).await.unwrap(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_calls_at_once_one_counts(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    let call = ward.entra().adds(&link, None).unwrap();
    let nodes = [ward.node.clone(), ward.another_node().await];
    let tasks: Vec<_> = (0..100)
        .map(|nth| {
            let (line, EntraCall { api_key, body, .. }) =
                (nodes[nth % 2].line(crate::ward::ELSEWHERE), call.clone());
            tokio::spawn(async move {
                let mut browser = crate::browser::Browser::new(line, "http://fobwatch.example");
                let headers = [
                    ("origin", ""),
                    ("sec-fetch-site", ""),
                    ("content-type", "application/json"),
                    ("api-key", &*api_key),
                ];
                browser.sends(&Method::POST, CALLBACK, Some(body.to_string()), &headers).await.unwrap().0
            })
        })
        .collect();
    for task in tasks {
        let status = task.await.unwrap();
        // On a machine that has much else to do some are told to come again.
        assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&status), "{status}");
    }
    assert_eq!(ward.is_called(&call).await, 200);
    assert_eq!(ward.audited("credential_issued").await, 1);
    assert_eq!(ward.db.count("credential_copy", "1 = 1").await, 1);
    assert_eq!(ward.db.count("backend_revocation", "1 = 1").await, 0);
    amina.reloads().await.reads("That worked");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_the_trust_revokes_is_revoked_at_the_service_until_it_has_done_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    ward.lands_in_microsofts_wallet(&link, None).await;
    let (service, northfield) = (&ward.node.service, ward.the_trust().await);
    let reason = RevokeReason::NoLongerValid;
    assert_eq!(revoke(service, &northfield, fire, reason).await.unwrap(), Ended::Done);
    assert_eq!(revocations::round(service).await.unwrap(), 1);
    assert_eq!(ward.entra().revocations(), 1);
    assert_eq!(revocations::round(service).await.unwrap(), 0, "once");
    assert_eq!(ward.audited("wallet_service_revoked").await, 1);
    assert_eq!(service.store.backend_revocations_waiting().await.unwrap(), 0);
    // What the service does not find is looked for again, less and less often.
    ward.db
        .tell("UPDATE backend_revocation SET done_at = NULL, tries = 0, next_try_at = 0, kind = 'access-key'")
        .await;
    let again = || revocations::round(service);
    assert_eq!(again().await.unwrap(), 0);
    assert_eq!(
        ward.db.count("backend_revocation", "tries = 1 AND last_error LIKE '%fobwatch_copy%'").await,
        1
    );
    assert_eq!(again().await.unwrap(), 0);
    assert_eq!(ward.db.count("backend_revocation", "tries = 1").await, 1, "not before its time");
    ward.waits(60);
    ward.db.tell("UPDATE backend_revocation SET kind = 'core-skill'").await;
    assert_eq!(again().await.unwrap(), 1);
    // After a week somebody has to do it by hand.
    ward.db
        .tell("UPDATE backend_revocation SET done_at = NULL, tries = 35, next_try_at = 0, kind = 'dbs'")
        .await;
    assert_eq!(again().await.unwrap(), 0);
    assert_eq!(ward.audited("wallet_service_not_revoked").await, 1);
    assert_eq!(service.store.backend_revocations_waiting().await.unwrap(), 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_new_copy_revokes_the_one_before_it_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with_entra(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let link = amina.adds_to_microsofts_wallet(fire).await;
    ward.lands_in_microsofts_wallet(&link, None).await;
    ward.waits(31);
    let link = amina.reissues_to_wallet(fire).await;
    ward.lands_in_microsofts_wallet(&link, None).await;
    amina.reloads().await.reads("That worked");
    assert_eq!(ward.db.count("credential_copy", "revoked_at IS NULL").await, 1);
    assert_eq!(revocations::round(&ward.node.service).await.unwrap(), 1);
    assert_eq!(ward.entra().revocations(), 1);
    assert_eq!(ward.credential_stands(fire).await, CredentialState::Accepted);
}
