//! Systems of a trust provide credentials over the interface.

use super::portal::{dbs, fire, registration};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, SINEAD, STRANGER, YU};
use crate::ward::Ward;
use axum::http::{HeaderMap, Method, StatusCode};
use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use vault::Token;

const PATH: &str = "/vc-api/v1/credentials";

impl Ward {
    pub async fn system_with_key(&self, code: &str, name: &str) -> Token {
        let organisation = self.store().organisation_by_code(code).await.unwrap().unwrap();
        journeys::passport::client::add(&self.node.service, &organisation, name).await.unwrap().unwrap()
    }

    pub async fn posts_credentials(
        &self,
        key: &str,
        again: Option<&str>,
        body: String,
    ) -> (StatusCode, HeaderMap, Value) {
        let authorization = format!("Bearer {key}");
        let mut headers = vec![
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("origin", ""),
            ("sec-fetch-site", ""),
        ];
        headers.extend(again.map(|again| ("idempotency-key", again)));
        let (status, headers, answer) =
            self.browser().sends(&Method::POST, PATH, Some(body), &headers).await.unwrap();
        (status, headers, serde_json::from_str(&answer).unwrap_or(Value::Null))
    }
}

pub fn asks(person: &str, credentials: &Value) -> String {
    json!({ "person": person, "credentials": credentials }).to_string()
}

#[rstest]
#[tokio::test]
async fn a_system_provides_all_or_nothing_and_the_person_is_told_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    let (status, _, answer) =
        ward.posts_credentials(key.as_str(), None, asks(AMINA.email, &json!([fire(), dbs()]))).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(ward.told_of_passports(AMINA.email).await, ["You have new credentials to review"]);
    let record = ward.newest_record("credential_provided").await;
    assert_eq!(record["credential"], answer["credentials"][1]["id"]);
    assert!(record["client"].is_string());
    let id = answer["credentials"][0]["id"].as_str().unwrap().parse().unwrap();
    let kept = ward.store().credential(id).await.unwrap().unwrap();
    assert_eq!(
        (kept.variant.as_str(), kept.moments.valid_until.unwrap().to_string()),
        ("fire-safety", "2028-10-31".to_owned())
    );

    let mut wrong = dbs();
    wrong["claims"]["issued_on"] = json!("tomorrow");
    wrong["claims"]["shoe_size"] = json!(42);
    let (status, headers, answer) =
        ward.posts_credentials(key.as_str(), None, asks(AMINA.email, &json!([fire(), wrong]))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(answer["type"], "urn:fobwatch:problem:cannot-be-taken");
    let mut pointers: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/credentials/1/claims/issued_on", "/credentials/1/claims/shoe_size"]);
    for (body, pointer) in [
        (json!({}), "/person"),
        (json!({ "person": " ", "credentials": [fire()] }), "/person"),
        (json!({ "person": AMINA.email }), "/credentials"),
        (json!({ "person": AMINA.email, "credentials": [] }), "/credentials"),
        (json!([]), ""),
    ] {
        let (status, _, answer) = ward.posts_credentials(key.as_str(), None, body.to_string()).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!(pointer))
        );
    }
    assert_eq!(ward.db.count("credential", "1 = 1").await, 2, "nothing half done");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_states_its_end_ends_with_it_and_nothing_a_system_sends_makes_it_hold_longer(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    for (expires, until, wrong) in [
        ("2027-03-31", json!("2027-04-01"), "/credentials/valid_until"),
        ("2026-11-21", Value::Null, "/credentials/claims/expires_on"),
    ] {
        let mut sent = registration(expires);
        sent["valid_until"] = until;
        let (status, _, answer) = ward.posts_credentials(key.as_str(), None, asks(AMINA.email, &sent)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert_eq!(answer["errors"][0]["pointer"], wrong);
    }
    for (expires, until, kept) in [
        ("2027-03-31", Value::Null, "2027-03-31"),
        ("2027-03-31", json!("2027-03-31"), "2027-03-31"),
        ("2027-03-31", json!("2027-01-31"), "2027-01-31"),
        ("2026-11-22", Value::Null, "2026-11-22"),
    ] {
        let mut sent = registration(expires);
        sent["valid_until"] = until;
        let (status, _, answer) =
            ward.posts_credentials(key.as_str(), None, asks(AMINA.email, &json!([sent]))).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        let id = answer["credentials"][0]["id"].as_str().unwrap().parse().unwrap();
        let credential = ward.store().credential(id).await.unwrap().unwrap();
        assert_eq!(credential.moments.valid_until.unwrap().to_string(), kept);
    }
}

#[rstest]
#[tokio::test]
async fn only_a_key_that_works_provides_and_only_to_people_of_its_trust(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.another_trust(&[]).await;
    let (ours, theirs) = (
        ward.system_with_key("NTH", "Staff record").await,
        ward.system_with_key("STH", "Staff record").await,
    );
    let another = "A".repeat(43);
    for wrong in ["", "x", another.as_str()] {
        let (status, headers, answer) = ward.posts_credentials(wrong, None, asks(AMINA.email, &fire())).await;
        assert_eq!(
            (status, &answer["type"]),
            (StatusCode::UNAUTHORIZED, &json!("urn:fobwatch:problem:unknown-key"))
        );
        assert_eq!(headers["www-authenticate"], "Bearer");
    }
    for (key, person) in [(&theirs, AMINA.email), (&ours, STRANGER.email)] {
        let (status, _, answer) = ward.posts_credentials(key.as_str(), None, asks(person, &fire())).await;
        assert_eq!(
            (status, &answer["type"]),
            (StatusCode::NOT_FOUND, &json!("urn:fobwatch:problem:no-such-person"))
        );
    }
    let service = &ward.node.service;
    let northfield = ward.the_trust().await;
    let end = journeys::passport::client::end;
    assert!(journeys::passport::client::add(service, &northfield, "Staff record").await.unwrap().is_none());
    assert!(end(service, &northfield, "Staff record").await.unwrap());
    assert!(!end(service, &northfield, "Staff record").await.unwrap());
    let (status, ..) = ward.posts_credentials(ours.as_str(), None, asks(AMINA.email, &fire())).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let newer = ward.system_with_key("NTH", "Staff record").await;
    let (status, ..) = ward.posts_credentials(newer.as_str(), None, asks(AMINA.email, &fire())).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, ..) = ward.browser().sends(&Method::GET, PATH, None, &[]).await.unwrap();
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "GET changes nothing");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn what_is_sent_again_under_the_same_key_is_done_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    let body = asks(AMINA.email, &fire());
    let answers =
        join_all((0..8).map(|_| ward.posts_credentials(key.as_str(), Some("run-1"), body.clone()))).await;
    assert_eq!(answers.iter().filter(|(status, ..)| *status == StatusCode::CREATED).count(), 1);
    assert_eq!(answers.iter().filter(|(status, ..)| *status == StatusCode::OK).count(), 7);
    assert!(answers.iter().all(|(.., answer)| *answer == answers[0].2), "all have the same answer");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
    let (status, _, answer) =
        ward.posts_credentials(key.as_str(), Some("run-1"), asks(AMINA.email, &dbs())).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["type"], "urn:fobwatch:problem:idempotency-key-reused");
    for bad in [" ", &"x".repeat(256)] {
        let (status, ..) = ward.posts_credentials(key.as_str(), Some(bad), body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
    // Another system's keys are its own, and so is another run.
    let other = ward.system_with_key("NTH", "Training record").await;
    for (key, again) in [(&other, "run-1"), (&key, "run-2")] {
        let (status, ..) = ward.posts_credentials(key.as_str(), Some(again), body.clone()).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    // It is forgotten after a week.
    ward.waits(7 * 24 * 3_600 + 1);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("passport_provision", "1 = 1").await, 0);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_staff_number_is_looked_for_in_the_trust_that_asks_and_nowhere_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let amina = ward.colleague(AMINA).await.account().await;
    ward.colleague(YU).await;
    ward.colleague(SINEAD).await;
    // Another trust counts its people, too, and Y O works there.
    let southmere = ward.also_serves("STH", "Southmere Community Trust").await;
    ward.db
        .tell(
            "UPDATE roster_entry SET esr_number = '20417733' WHERE email LIKE 'amina%' OR email LIKE 'y.o@%'",
        )
        .await;
    let id = ward.sql_id(southmere);
    for table in ["account", "roster_entry"] {
        ward.db.tell(&format!("UPDATE {table} SET organisation_id = {id} WHERE email LIKE 'y.o@%'")).await;
    }
    let key = ward.system_with_key("NTH", "Staff record").await;
    let (status, _, answer) =
        ward.posts_credentials(key.as_str(), None, asks("20417733", &json!([fire()]))).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let record = ward.newest_record("credential_provided").await;
    assert_eq!(record["account"], amina.to_string());
    // Where two of one trust have it, it is nobody's.
    ward.db.tell("UPDATE roster_entry SET esr_number = '20417733' WHERE email LIKE 'sinead%'").await;
    let (status, ..) = ward.posts_credentials(key.as_str(), None, asks("20417733", &json!([fire()]))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
