//! A trust takes credentials back, and revokes them.

use super::portal::{dbs, fire};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use journeys::passport::withdraw::{Ended, revoke, withdraw};
use rstest::rstest;
use rules::passport::{CredentialState, RevokeReason, WithdrawReason};
use serde_json::json;
use uuid::Uuid;

impl Ward {
    pub async fn credential_stands(&self, credential: Uuid) -> CredentialState {
        self.store().credential(credential).await.unwrap().unwrap().state(self.node.service.today())
    }
}

#[rstest]
#[tokio::test]
async fn what_is_taken_back_can_be_answered_no_more_and_is_told(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    let (service, northfield) = (&ward.node.service, ward.the_trust().await);
    let reason = WithdrawReason::IssuedInError;
    assert_eq!(withdraw(service, &northfield, ids[0], reason).await.unwrap(), Ended::Done);
    assert_eq!(withdraw(service, &northfield, ids[0], reason).await.unwrap(), Ended::NotNow, "once");
    assert_eq!(withdraw(service, &northfield, Uuid::nil(), reason).await.unwrap(), Ended::Unknown);
    assert_eq!(ward.credential_stands(ids[0]).await, CredentialState::Withdrawn);
    let told = ward.told_of_passports(AMINA.email).await;
    ward.mail_about(AMINA.email, "A credential was taken back before you added it").await;
    assert_eq!(told.len(), 2, "once");
    amina.signs_in(Factor::AuthenticatorApp).await;
    let banner = amina.page.find(".fw-review").unwrap();
    assert!(banner.starts_with("You have 1 credential "), "{banner}");
    amina
        .opens(&format!("/passport/credentials/{}", ids[0]))
        .await
        .says("The reason: It was issued in error.");
    assert!(!amina.page.html.contains("/add\""), "it can be accepted no more");
    amina.opens(&format!("/passport/credentials/{}/reject", ids[0])).await.is_refused("FW-3301");
    // What was accepted is not taken back, and what was not is not revoked.
    assert_eq!(revoke(service, &northfield, ids[1], RevokeReason::Leaving).await.unwrap(), Ended::NotNow);
    ward.lands_in_a_wallet(ids[1]).await;
    assert_eq!(withdraw(service, &northfield, ids[1], reason).await.unwrap(), Ended::NotNow);
    assert_eq!(ward.audited("credential_withdrawn").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn another_trust_ends_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let [id] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    ward.another_trust(&[]).await;
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let service = &ward.node.service;
    let ended = withdraw(service, &southmere, id, WithdrawReason::Updated).await.unwrap();
    assert_eq!(ended, Ended::Unknown);
    ward.lands_in_a_wallet(id).await;
    assert_eq!(revoke(service, &southmere, id, RevokeReason::Leaving).await.unwrap(), Ended::Unknown);
    assert_eq!(ward.credential_stands(id).await, CredentialState::Accepted);
}

#[rstest]
#[tokio::test]
async fn revoking_ends_the_copies_and_whoever_signed_in_by_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    let northfield = ward.the_trust().await;
    for id in &ids {
        ward.lands_in_a_wallet(*id).await;
    }
    let copy = ward.new_id();
    let uuid = |id: Uuid| match kind {
        Sqlite => format!("x'{}'", id.simple()),
        PostgreSql => format!("'{id}'"),
    };
    let list = ward.new_id();
    ward.db
        .tell(&format!(
            "INSERT INTO status_list VALUES ({list}, {organisation}, 100, 2, 1, 1, 1, {list}, 1);
             INSERT INTO credential_copy VALUES ({copy}, {first}, {copy}, {list}, 7, 'x', 1, NULL, NULL);
             INSERT INTO credential_copy VALUES ({other}, {second}, {other}, {list}, 8, 'y', 1, NULL, NULL);",
            list = uuid(list),
            organisation = uuid(northfield.id),
            copy = uuid(copy),
            first = uuid(ids[0]),
            other = uuid(ward.new_id()),
            second = uuid(ids[1]),
        ))
        .await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let mut elsewhere = amina.opens_a_tab();
    ward.db.tell(&format!("UPDATE session SET credential_copy_id = {}", uuid(copy))).await;
    assert!(elsewhere.opens("/home").await.page.url == "/home");

    let done = revoke(&ward.node.service, &northfield, ids[0], RevokeReason::LostPhone).await.unwrap();
    assert_eq!(done, Ended::Done);
    elsewhere.opens("/home").await.is_refused("FW-1204");
    assert_eq!(ward.db.count("credential_copy", "revoked_at IS NOT NULL").await, 1, "the other one stands");
    assert_eq!(ward.db.count("status_list", "changed_at > 1").await, 1, "the list is published anew");
    let record = ward.newest_record("credential_revoked").await;
    assert_eq!(
        (&record["copies"], &record["sessions"], &record["reason"]),
        (&json!(1), &json!(1), &json!("lost-phone"))
    );
    assert_eq!(
        revoke(&ward.node.service, &northfield, ids[0], RevokeReason::LostPhone).await.unwrap(),
        Ended::NotNow
    );
    let told = ward.told_of_passports(AMINA.email).await;
    ward.mail_about(AMINA.email, "A credential in your wallet was revoked").await;
    assert_eq!(ward.credential_stands(ids[0]).await, CredentialState::Revoked);
    // Nobody writes to somebody who has died.
    revoke(&ward.node.service, &northfield, ids[1], RevokeReason::Deceased).await.unwrap();
    assert_eq!(ward.told_of_passports(AMINA.email).await.len(), told.len());
    ward.audit_is_whole().await;
}
