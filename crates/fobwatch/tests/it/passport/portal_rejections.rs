//! A trust looks into what its people rejected, and resolves it.

use super::portal::{assurance, dbs, fire};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use futures::future::join_all;
use journeys::passport::rejections::{Mark, Marked, list, mark};
use rstest::rstest;
use rules::passport::RejectReason;
use serde_json::{Value, json};
use uuid::Uuid;
use vault::Token;

const REJECTIONS: &str = "/vc-api/v1/rejections";

/// The same subject as [`fire`], attained some days later.
fn later_fire() -> Value {
    let claims = json!({ "subject": "Fire safety", "attained_on": "2026-11-03" });
    json!({ "kind": "core-skill", "claims": claims, "assurance": assurance() })
}

/// Another core skill.
fn moving() -> Value {
    let claims = json!({ "subject": "Moving and handling", "level": "Level 1", "attained_on": "2026-11-01" });
    json!({ "kind": "core-skill", "claims": claims, "assurance": assurance() })
}

impl Visitor<'_> {
    pub async fn rejects(&mut self, credential: Uuid, reason: &str, details: &str) {
        let form = format!("reason={reason}&details={}", details.replace(' ', "+"));
        self.posts((format!("/passport/credentials/{credential}/reject"), form)).await;
        assert!(self.page.status.is_success(), "{}", self.page.shown());
    }
}

impl Ward {
    async fn asks_what_was_rejected(&self, key: &Token, after: &str) -> Value {
        let path = format!("{REJECTIONS}{after}");
        let (status, headers, answer) = self.asks_the_interface((Method::GET, &path), key, None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(headers["cache-control"], "no-store");
        answer
    }

    async fn is_open(&self, credential: Uuid) -> bool {
        self.store().credential(credential).await.unwrap().unwrap().resolved_at.is_none()
    }

    /// `resolve` or `reopen`. Answers the status, and the type of the problem.
    async fn marks(&self, key: &Token, credential: &str, act: &str) -> (StatusCode, String) {
        let path = format!("{REJECTIONS}/{credential}/{act}");
        let (status, _, answer) =
            self.asks_the_interface((Method::POST, &path), key, Some(String::new())).await;
        (status, answer["type"].as_str().unwrap_or_default().replace("urn:fobwatch:problem:", ""))
    }
}

#[rstest]
#[tokio::test]
async fn a_system_reads_why_something_was_rejected_with_advice_and_marks_it_resolved(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    let ids = ward.a_system_provides(&key, json!([fire(), dbs()])).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    assert_eq!(ward.asks_what_was_rejected(&key, "").await, json!({ "rejections": [], "next": null }));
    amina.rejects(ids[1], "other", "The number is of somebody else").await;
    amina.rejects(ids[0], "duplicate", "").await;

    let answer = ward.asks_what_was_rejected(&key, "").await;
    let (first, second) = (&answer["rejections"][0], &answer["rejections"][1]);
    assert_eq!((&first["id"], &first["reason"]), (&json!(ids[0]), &json!("duplicate")));
    assert_eq!((&first["title"], &first["details"]), (&json!("Fire safety"), &Value::Null));
    assert_eq!((&second["person"], &second["kind"]), (&json!(AMINA.email), &json!("dbs")));
    assert_eq!(second["details"], "The number is of somebody else");
    assert!(second["advice"].as_str().unwrap().starts_with("Read what the person wrote"), "{second}");
    assert_eq!(second["rejected_at"], ward.clock.now().to_string());
    let rest = ward.asks_what_was_rejected(&key, &format!("?after={}", ids[0])).await;
    assert_eq!(rest["rejections"].as_array().unwrap().len(), 1);

    // A hundred at once mark it once.
    let id = ids[1].to_string();
    let marked = join_all((0..100).map(|_| ward.marks(&key, &id, "resolve"))).await;
    assert!(marked.iter().all(|(status, _)| *status == StatusCode::OK), "{marked:?}");
    assert_eq!(ward.audited("credential_rejection_resolved").await, 1);
    assert!(ward.newest_record("credential_rejection_resolved").await["client"].is_string());
    assert_eq!(ward.asks_what_was_rejected(&key, "").await["rejections"].as_array().unwrap().len(), 1);
    amina.opens("/passport/history").await;
    amina.says("Your rejection was resolved: Disclosure and Barring Service (DBS)");
    for _ in 0..2 {
        assert_eq!(ward.marks(&key, &id, "reopen").await.0, StatusCode::OK);
    }
    assert_eq!(ward.audited("credential_rejection_reopened").await, 1);
    assert!(ward.is_open(ids[1]).await);
    amina.opens("/passport/history").await.says("Your rejection was opened again");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn nobody_sees_or_marks_what_another_system_or_trust_provided(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    ward.another_trust(&[]).await;
    let ours = ward.system_with_key("NTH", "Staff record").await;
    let another = ward.system_with_key("NTH", "Training record").await;
    let theirs = ward.system_with_key("STH", "Staff record").await;
    let ids = ward.a_system_provides(&ours, json!([fire(), dbs()])).await;
    // They are listed in the order in which they were provided, and two of one moment have none.
    ward.waits(1);
    let by_command = ward.the_trust_provides(AMINA, json!([moving()])).await[0];
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.rejects(ids[0], "not-wanted", "").await;
    amina.rejects(by_command, "not-wanted", "").await;
    let nobodys = (StatusCode::NOT_FOUND, "no-such-credential".to_owned());
    for key in [&another, &theirs] {
        assert_eq!(ward.asks_what_was_rejected(key, "").await["rejections"], json!([]));
        assert_eq!(ward.marks(key, &ids[0].to_string(), "resolve").await, nobodys);
    }
    for id in [by_command.to_string(), Uuid::nil().to_string(), "x".to_owned()] {
        assert_eq!(ward.marks(&ours, &id, "resolve").await, nobodys, "{id}");
    }
    let waiting = ward.marks(&ours, &ids[1].to_string(), "resolve").await;
    assert_eq!(waiting, (StatusCode::CONFLICT, "not-rejected".to_owned()));
    let wrong = Token::parse(&"A".repeat(43)).unwrap();
    assert_eq!(ward.marks(&wrong, &ids[0].to_string(), "resolve").await.0, StatusCode::UNAUTHORIZED);
    assert!(ward.is_open(ids[0]).await && ward.is_open(by_command).await);
    // At the command line the trust sees and marks all that is its own.
    let (service, northfield) = (&ward.node.service, ward.the_trust().await);
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let seen = list(service, &northfield, false, None).await.unwrap();
    assert_eq!(seen.rejections.iter().map(|one| one.credential).collect::<Vec<_>>(), [ids[0], by_command]);
    assert_eq!(list(service, &southmere, true, None).await.unwrap().rejections, []);
    let resolve = async |whose, id| mark(service, whose, id, Mark::Resolved).await.unwrap();
    assert_eq!(resolve(&southmere, by_command).await, Marked::Unknown);
    assert_eq!(resolve(&northfield, ids[1]).await, Marked::NotRejected);
    assert_eq!(resolve(&northfield, by_command).await, Marked::Done);
    assert_eq!(resolve(&northfield, by_command).await, Marked::Before);
    assert_eq!(list(service, &northfield, false, None).await.unwrap().rejections.len(), 1);
    assert_eq!(list(service, &northfield, true, None).await.unwrap().rejections.len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_corrected_credential_of_the_same_kind_resolves_what_was_wrong_and_nothing_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values("incorrect", "other", "duplicate", "not-wanted")] reason: &str,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let [rejected] = ward.the_trust_provides(AMINA, json!([fire()])).await.try_into().unwrap();
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.rejects(rejected, reason, "It is wrong").await;
    ward.the_trust_provides(AMINA, json!([moving(), dbs()])).await;
    assert!(ward.is_open(rejected).await, "another subject, another kind");
    let [newer] = ward.the_trust_provides(AMINA, json!([later_fire()])).await.try_into().unwrap();
    let corrects = RejectReason::parse(reason).unwrap().is_corrected_by_another();
    assert_eq!(ward.is_open(rejected).await, !corrects);
    assert_eq!(ward.audited("credential_rejection_resolved").await, i64::from(corrects));
    if corrects {
        let record = ward.newest_record("credential_rejection_resolved").await;
        assert_eq!((&record["credential"], &record["corrected_by"]), (&json!(rejected), &json!(newer)));
        amina.opens("/passport/history").await.says("Your rejection was resolved: Fire safety");
        amina.says("Reason: A corrected credential was provided");
    }
    ward.audit_is_whole().await;
}
