//! A trust reviews what people shared with it.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN, Person, SINEAD};
use crate::races::a_hundred_at_once;
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use rules::passport::RevokeReason;
use serde_json::json;
use store::role::Role;
use store::share::NewSharedCredential;
use uuid::Uuid;

const SKILLS: [(&str, &str); 3] = [
    ("fire-safety", "Fire safety"),
    ("conflict-resolution", "Conflict resolution"),
    ("health-safety-welfare", "Health, safety and welfare"),
];

impl Ward {
    /// Amina holds some core skills.
    pub async fn amina_holds(&self, count: usize) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for (code, subject) in &SKILLS[..count] {
            let content = json!({ "claims": { "subject": subject }, "assurance": {} }).to_string();
            let id = self.issuer_provides(AMINA, credential_kind("core-skill"), code, &content).await;
            let mut tx = self.store().begin().await.unwrap();
            assert!(tx.accept_credential(id, self.now()).await.unwrap());
            tx.commit().await.unwrap();
            ids.push(id);
        }
        ids
    }

    /// What somebody has shared with Northfield: the share, and what is in it.
    pub async fn has_shared(&self, who: Person, credentials: &[Uuid]) -> (Uuid, Vec<Uuid>) {
        let mut all = Vec::new();
        for id in credentials {
            let credential = self.store().credential(*id).await.unwrap().unwrap();
            let content: serde_json::Value = serde_json::from_str(&credential.content).unwrap();
            all.push((credential.organisation_id, *id, content["claims"].to_string()));
        }
        let northfield = self.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let (account, share, now) = (self.account_of(who).await, self.new_id(), self.now());
        let mut tx = self.store().begin().await.unwrap();
        tx.add_share(share, account, northfield, self.new_id(), now).await.unwrap();
        let mut shared = Vec::new();
        for (issuer, credential, content) in &all {
            let new = NewSharedCredential {
                id: self.new_id(),
                share_id: share,
                kind: credential_kind("core-skill"),
                issuer_organisation_id: Some(*issuer),
                trusted_issuer_id: None,
                credential_id: Some(*credential),
                content,
                status: None,
                held_at: Some(now),
            };
            shared.push(new.id);
            tx.add_shared_credential(new).await.unwrap();
        }
        tx.commit().await.unwrap();
        (share, shared)
    }

    pub async fn issuer_revoked(&self, credential: Uuid) {
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.revoke_credential(credential, RevokeReason::NoLongerValid, self.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Amina is signed in and has shared so many credentials; Ben, who has this role.
    pub async fn shared_by_amina(
        &self,
        count: usize,
        role: Role,
    ) -> (Visitor<'_>, Visitor<'_>, Uuid, Vec<Uuid>) {
        let amina = self.amina_with_an_app().await;
        let held = self.amina_holds(count).await;
        let (share, _) = self.has_shared(AMINA, &held).await;
        (amina, self.staff(BEN, role).await, share, held)
    }
}

impl Browser {
    async fn opens_what_amina_shared(&mut self) -> &mut Self {
        self.opens("/console/passports").await.says("1 person waits for your review");
        self.follows("Review what was shared").await.reads("Shared credentials");
        self.follows("Amina Khan").await.reads("Shared by Amina Khan");
        self
    }
}

#[rstest]
#[case(Role::PassportManager)]
#[case(Role::PassportOfficer)]
#[tokio::test]
async fn one_is_accepted_and_one_rejected_and_the_person_is_told_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] role: Role,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, ..) = ward.shared_by_amina(2, role).await;
    ben.opens_what_amina_shared().await.says("2 of 2 to review").says("Issued by Northfield Hospitals");
    ben.follows("Fire safety").await.says("Signed by its issuer").says("It holds").says("Fire safety");
    ben.presses("Accept").await.reads("Shared by Amina Khan").says("1 of 2 to review");
    assert_eq!(ward.told_of_passports(AMINA.email).await, Vec::<String>::new(), "something waits");
    ben.follows("Conflict resolution")
        .await
        .presses("Reject")
        .await
        .is_told("Choose why you reject this credential");
    ben.chooses("Other reason").presses("Reject").await.is_told("Enter more detail");
    ben.chooses("Other reason").fills("If you chose Other reason, provide more detail", "An old name");
    ben.presses("Reject").await.reads("Shared by Amina Khan").says("0 of 2 to review");
    ben.follows("Conflict resolution")
        .await
        .says("Rejected")
        .says("Other reason")
        .says("In their words: An old name");
    ben.says("By Ben Adeyemi");
    assert!(!ben.page.html.contains("<form action=\"/console/passports/shared"), "{}", ben.page.shown());
    ward.delivers().await;
    let mails = ward.mailbox.messages_to(AMINA.email);
    let told: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("what you shared")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("has taken 1 of the 2 credentials"), "{}", told[0].text);
    assert!(!told[0].text.contains("An old name"), "what is for colleagues stays with them");
    amina.opens("/passport/history").await.says("Accepted by the organisation that you shared it with");
    amina.says("Not accepted by the organisation").says("Another reason. Contact the organisation");
    assert!(!amina.page.text().contains("An old name"));
    assert_eq!(ward.db.count("shared_credential", "CAST(reject_details AS TEXT) LIKE '%old name%'").await, 0);
    let record = ward.newest_record("shared_credential_reviewed").await;
    assert_eq!(
        (record["rejected"].as_str(), record["by"].as_str()),
        (Some("other"), Some(ward.account_of(BEN).await.to_string().as_str()))
    );
    ben.opens("/console/passports/shares").await.says("There is nothing to review.");
    ben.follows("Show what is reviewed, too").await.says("0 of 2 to review");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn all_that_hold_are_accepted_at_once_and_what_is_revoked_later_is_seen(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, share, held) = ward.shared_by_amina(3, Role::PassportManager).await;
    ward.issuer_revoked(held[1]).await;
    ben.opens_what_amina_shared().await.says("Revoked by its issuer").says("2 that wait hold");
    ben.presses("Accept all that hold").await.reads("Shared by Amina Khan").says("1 of 3 to review");
    assert_eq!(ward.db.count("shared_credential", "accepted_at IS NOT NULL").await, 2);
    // What does not hold cannot be accepted, by whatever form.
    let shared = ward.store().shared_credentials(share).await.unwrap();
    let revoked = shared.iter().find(|each| each.credential_id == Some(held[1])).unwrap();
    ben.sends_form(&format!("/console/passports/shared/{}/accept", revoked.id), "")
        .await
        .is_told("does not hold any more");
    ben.sends_form(&format!("/console/passports/shares/{share}/accept"), "")
        .await
        .is_told("Nothing that waits can be accepted");
    assert_eq!(ward.db.count("shared_credential", "accepted_at IS NOT NULL").await, 2);
    ben.follows("Conflict resolution").await.chooses("We do not need it").presses("Reject").await;
    ben.says("0 of 3 to review");
    // Another trust revokes one that was accepted here.
    ward.issuer_revoked(held[0]).await;
    ben.opens(&format!("/console/passports/shares/{share}")).await;
    ben.follows("Fire safety").await.says("Accepted").says("Revoked by its issuer");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_who_review_at_once_one_has_the_word(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, _, _) = ward.shared_by_amina(1, Role::PassportManager).await;
    ben.opens_what_amina_shared().await.follows("Fire safety").await.chooses("We have it already");
    let form = ben.would_send("Reject");
    let mut done = 0;
    for (status, _, tab) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert!(matches!(status, StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY), "{status}");
        done += u32::from(status == StatusCode::SEE_OTHER);
        drop(tab);
    }
    assert_eq!(done, 1);
    let accept = form.0.replace("/reject", "/accept");
    ben.sends_form(&accept, "").await.is_told("Somebody has reviewed this meanwhile");
    assert_eq!(
        ward.db.count("shared_credential", "rejected_at IS NOT NULL AND accepted_at IS NULL").await,
        1
    );
    assert_eq!(ward.db.count("audit", "kind = 'shared_credential_reviewed'").await, 1);
    ward.delivers().await;
    let mails = ward.mailbox.messages_to(AMINA.email);
    assert_eq!(mails.iter().filter(|mail| mail.subject.contains("what you shared")).count(), 1);
}

#[rstest]
#[tokio::test]
async fn what_was_shared_with_another_trust_is_not_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, share, held) = ward.shared_by_amina(1, Role::PassportManager).await;
    let shared = ward.store().shared_credentials(share).await.unwrap()[0].id;
    ward.another_trust(&[]).await;
    ward.db.tell("UPDATE share SET organisation_id = (SELECT id FROM organisation WHERE code = 'STH')").await;
    for path in [format!("shares/{share}"), format!("shared/{shared}"), format!("shared/{shared}/picture")] {
        assert_eq!(ben.opens(&format!("/console/passports/{path}")).await.page.status, StatusCode::NOT_FOUND);
    }
    for path in [
        format!("shares/{share}/accept"),
        format!("shared/{shared}/accept"),
        format!("shared/{shared}/reject"),
        format!("shares/{shared}/accept"),
        format!("shared/{share}/accept"),
    ] {
        ben.sends_form(&format!("/console/passports/{path}"), "reason=duplicate").await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{path}");
    }
    ben.opens("/console/passports").await.says("Nothing that was shared waits for your review");
    ben.opens("/console/passports/shares?reviewed=yes").await.says("Nobody has shared anything.");
    assert_eq!(ward.db.count("shared_credential", "accepted_at IS NULL AND rejected_at IS NULL").await, 1);
    // That it was shared gives nobody the credential itself.
    ward.db.tell("UPDATE share SET organisation_id = (SELECT id FROM organisation WHERE code = 'NTH')").await;
    ward.db
        .tell("UPDATE credential SET organisation_id = (SELECT id FROM organisation WHERE code = 'STH')")
        .await;
    ben.opens(&format!("/console/passports/shared/{shared}")).await.says("It holds");
    assert_eq!(
        ben.opens(&format!("/console/passports/credentials/{}", held[0])).await.page.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn nobody_reviews_what_they_shared_themselves_and_an_old_proof_is_made_anew() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, mut ben, share, _) = ward.shared_by_amina(1, Role::PassportManager).await;
    let shared = ward.store().shared_credentials(share).await.unwrap()[0].id;
    ward.waits(11 * 60);
    for path in [
        format!("shares/{share}/accept"),
        format!("shared/{shared}/accept"),
        format!("shared/{shared}/reject"),
    ] {
        ben.sends_form(&format!("/console/passports/{path}"), "reason=duplicate")
            .await
            .reads("Confirm that it is you");
    }
    ben.confirms().await;
    let account = ward.sql_id(ward.account_of(BEN).await);
    ward.db.tell(&format!("UPDATE share SET account_id = {account}")).await;
    for path in [
        format!("shares/{share}/accept"),
        format!("shared/{shared}/accept"),
        format!("shared/{shared}/reject"),
    ] {
        ben.sends_form(&format!("/console/passports/{path}"), "reason=duplicate").await.is_refused("FW-1502");
    }
    let page = &ben.opens(&format!("/console/passports/shared/{shared}")).await.page;
    assert!(!page.html.contains("<form action=\"/console/passports/shared"), "{}", page.shown());
    assert_eq!(ward.db.count("shared_credential", "accepted_at IS NULL AND rejected_at IS NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn pages_of_shares_follow_on_each_other(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, _, held) = ward.shared_by_amina(1, Role::Auditor).await;
    ward.colleague(SINEAD).await;
    for _ in 0..50 {
        ward.waits(1);
        ward.has_shared(SINEAD, &held).await;
    }
    ben.opens("/console/passports").await.says("51 people wait");
    ben.follows("Review what was shared").await;
    assert_eq!(ben.page.text().matches("1 of 1 to review").count(), 50);
    ben.says("Amina Khan");
    ben.follows("Next page").await;
    assert_eq!(ben.page.text().matches("1 of 1 to review").count(), 1);
    // An auditor looks, and is offered nothing.
    ben.follows("Sinéad O'Brien-Żółkowska").await.says("1 of 1 to review");
    assert!(!ben.page.html.contains("Accept all"), "{}", ben.page.shown());
}
