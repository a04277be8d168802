//! Systems of a trust take back and revoke what they provided, over the interface.

use super::portal::{dbs, fire};
use super::portal_api::asks;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{HeaderMap, Method, StatusCode};
use futures::future::join_all;
use rstest::rstest;
use rules::passport::CredentialState;
use serde_json::{Value, json};
use uuid::Uuid;
use vault::Token;

impl Ward {
    /// Something is asked of the interface, with this key.
    pub async fn asks_the_interface(
        &self,
        (method, path): (Method, &str),
        key: &Token,
        body: Option<String>,
    ) -> (StatusCode, HeaderMap, Value) {
        let authorization = format!("Bearer {}", key.as_str());
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("origin", ""),
            ("sec-fetch-site", ""),
        ];
        let (status, headers, answer) = self.browser().sends(&method, path, body, &headers).await.unwrap();
        (status, headers, serde_json::from_str(&answer).unwrap_or(Value::Null))
    }

    /// A system provides Amina with credentials. Answers their ids.
    pub async fn a_system_provides(&self, key: &Token, credentials: Value) -> Vec<Uuid> {
        let body = asks(AMINA.email, &credentials);
        let (status, _, answer) = self.posts_credentials(key.as_str(), None, body).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        let ids = answer["credentials"].as_array().unwrap().iter();
        ids.map(|one| one["id"].as_str().unwrap().parse().unwrap()).collect()
    }

    /// `withdraw` or `revoke`, for a reason. Answers the status, and the type of the problem or the state that is answered.
    async fn ends(&self, key: &Token, id: &str, act: &str, reason: &str) -> (StatusCode, String) {
        let path = format!("/vc-api/v1/credentials/{id}/{act}");
        let body = Some(json!({ "reason": reason }).to_string());
        let (status, _, answer) = self.asks_the_interface((Method::POST, &path), key, body).await;
        let said = answer["state"].as_str().or(answer["type"].as_str()).unwrap_or_default();
        (status, said.replace("urn:fobwatch:problem:", ""))
    }

    async fn stands(&self, credential: Uuid) -> CredentialState {
        self.store().credential(credential).await.unwrap().unwrap().state(self.node.service.today())
    }
}

fn ok(state: &str) -> (StatusCode, String) {
    (StatusCode::OK, state.to_owned())
}

fn conflict(kind: &str) -> (StatusCode, String) {
    (StatusCode::CONFLICT, kind.to_owned())
}

fn not_found() -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, "no-such-credential".to_owned())
}

#[rstest]
#[tokio::test]
async fn what_waits_is_withdrawn_what_was_accepted_is_revoked_and_each_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    let ids = ward.a_system_provides(&key, json!([fire(), dbs()])).await;
    let (first, second) = (ids[0].to_string(), ids[1].to_string());

    assert_eq!(ward.ends(&key, &first, "revoke", "leaving").await, conflict("not-accepted"));
    assert_eq!(ward.ends(&key, &first, "withdraw", "updated").await, ok("withdrawn"));
    assert_eq!(ward.ends(&key, &first, "withdraw", "updated").await, ok("withdrawn"), "the same again");
    assert_eq!(ward.ends(&key, &first, "withdraw", "no-longer-valid").await, conflict("ended-otherwise"));
    assert_eq!(ward.ends(&key, &first, "revoke", "leaving").await, conflict("not-accepted"));
    assert_eq!(ward.stands(ids[0]).await, CredentialState::Withdrawn);
    let record = ward.newest_record("credential_withdrawn").await;
    assert_eq!((&record["credential"], &record["reason"]), (&json!(first), &json!("updated")));
    assert!(record["client"].is_string(), "{record}");

    ward.lands_in_a_wallet(ids[1]).await;
    assert_eq!(ward.ends(&key, &second, "withdraw", "updated").await, conflict("not-waiting"));
    assert_eq!(ward.ends(&key, &second, "revoke", "leaving").await, ok("revoked"));
    assert_eq!(ward.ends(&key, &second, "revoke", "leaving").await, ok("revoked"), "the same again");
    assert_eq!(ward.ends(&key, &second, "revoke", "deceased").await, conflict("ended-otherwise"));
    let record = ward.newest_record("credential_revoked").await;
    assert!(record["client"].is_string() && record["reason"] == "leaving", "{record}");
    ward.mail_about(AMINA.email, "A credential in your wallet was revoked").await;
    for audited in ["credential_withdrawn", "credential_revoked"] {
        assert_eq!(ward.audited(audited).await, 1, "{audited}");
    }
    assert_eq!(ward.told_of_passports(AMINA.email).await.len(), 3, "of each act once");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_system_ends_what_it_provided_itself_under_any_key_that_it_had(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.another_trust(&[]).await;
    let ours = ward.system_with_key("NTH", "Staff record").await;
    let [id] = ward.a_system_provides(&ours, json!([fire()])).await.try_into().unwrap();
    let by_command = ward.the_trust_provides(AMINA, json!([dbs()])).await[0];
    let another = ward.system_with_key("NTH", "Training record").await;
    let theirs = ward.system_with_key("STH", "Staff record").await;
    let id = id.to_string();
    for key in [&another, &theirs] {
        assert_eq!(ward.ends(key, &id, "withdraw", "updated").await, not_found());
    }
    for id in [by_command.to_string(), Uuid::nil().to_string(), "x".to_owned()] {
        for (act, reason) in [("withdraw", "updated"), ("revoke", "leaving")] {
            assert_eq!(ward.ends(&ours, &id, act, reason).await, not_found(), "{id}");
        }
    }
    let wrong = vault::Token::parse(&"A".repeat(43)).unwrap();
    let refused = ward.ends(&wrong, &id, "withdraw", "updated").await;
    assert_eq!(refused, (StatusCode::UNAUTHORIZED, "unknown-key".to_owned()));
    // Its key is replaced: the one before ends nothing, the new one ends what the one before provided.
    let service = &ward.node.service;
    assert!(journeys::passport::client::end(service, &ward.the_trust().await, "Staff record").await.unwrap());
    let newer = ward.system_with_key("NTH", "Staff record").await;
    let refused = ward.ends(&ours, &id, "withdraw", "updated").await;
    assert_eq!(refused, (StatusCode::UNAUTHORIZED, "unknown-key".to_owned()));
    assert_eq!(ward.ends(&newer, &id, "withdraw", "updated").await, ok("withdrawn"));
}

#[rstest]
#[tokio::test]
async fn of_a_hundred_systems_that_withdraw_while_its_owner_rejects_one_wins_and_the_person_is_told_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    let [id] = ward.a_system_provides(&key, json!([fire()])).await.try_into().unwrap();
    let (text, account) = (id.to_string(), ward.account_of(AMINA).await);
    let withdraws = join_all((0..100).map(|_| ward.ends(&key, &text, "withdraw", "updated")));
    let rejects = async {
        let mut tx = ward.store().begin().await.unwrap();
        let reason = rules::passport::RejectReason::Duplicate;
        let done = tx.reject_credential(id, account, reason, None, ward.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        done
    };
    let (answers, rejected) = tokio::join!(withdraws, rejects);
    let expected = if rejected { conflict("not-waiting") } else { ok("withdrawn") };
    assert!(answers.iter().all(|answer| *answer == expected), "{rejected}: {answers:?}");
    assert_eq!(ward.audited("credential_withdrawn").await, i64::from(!rejected));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_taken_is_named_by_its_place(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    let [id] = ward.a_system_provides(&key, json!([fire()])).await.try_into().unwrap();
    let path = format!("/vc-api/v1/credentials/{id}/withdraw");
    for (body, pointer) in [("", ""), ("[]", ""), ("{}", "/reason"), (r#"{"reason": "leaving"}"#, "/reason")]
    {
        let (status, headers, answer) =
            ward.asks_the_interface((Method::POST, &path), &key, Some(body.to_owned())).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {answer}");
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{body}");
    }
    let (status, ..) = ward.asks_the_interface((Method::GET, &path), &key, None).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "GET changes nothing");
    assert_eq!(ward.stands(id).await, CredentialState::ToReview);
}
