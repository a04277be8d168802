//! The trust looks after staff passports in the console: what it provided, what became of it, and what people rejected.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::{AMINA, BEN, SINEAD};
use crate::ward::Ward;
use axum::http::StatusCode;
use openid4vc::status_list::Status;
use rstest::rstest;
use rules::passport::CredentialState;
use store::role::Role;
use uuid::Uuid;

impl Ward {
    /// Amina, signed in, with a credential to review; and Ben, who has this role.
    async fn passports(&self, role: Role) -> (Visitor<'_>, Visitor<'_>, Uuid) {
        let amina = self.amina_with_an_app().await;
        let fire = self.has_fire_safety_to_accept().await;
        (amina, self.staff(BEN, role).await, fire)
    }
}

impl Visitor<'_> {
    /// From *Staff passports* to Amina's.
    async fn finds_the_passport_of_amina(&mut self) -> &mut Self {
        self.opens("/console/passports").await.reads("Staff passports");
        self.fills("Name, email address or staff number", "khan").presses("Find").await;
        self.follows("Amina Khan").await.reads("Staff passport of Amina Khan");
        self
    }
}

fn page_of(credential: Uuid) -> String {
    format!("/console/passports/credentials/{credential}")
}

#[rstest]
#[tokio::test]
async fn a_manager_withdraws_what_was_not_accepted_with_a_reason_and_its_owner_is_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, fire) = ward.passports(Role::PassportManager).await;
    ben.finds_the_passport_of_amina()
        .await
        .says("Waits for the person’s review")
        .says("0 of 1 in the person’s wallet");
    ben.follows("Fire safety").await.says("Amina Khan").says("The person can accept it no longer");
    // Without a reason, and with one that is for revoking, the page comes back.
    for body in ["", "reason=lost-phone"] {
        ben.sends_form(&format!("{}/end", page_of(fire)), body).await;
        assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", ben.page.shown());
        ben.says("Choose why the credential ends");
        assert_eq!(ward.credential_stands(fire).await, CredentialState::ToReview);
    }
    ben.opens(&page_of(fire)).await.chooses("It was issued in error").presses("Withdraw").await;
    ben.says("Withdrawn").says("The reason: It was issued in error.");
    assert_eq!(ward.credential_stands(fire).await, CredentialState::Withdrawn);
    let record = ward.newest_record("credential_withdrawn").await;
    assert_eq!(record["by"], ward.account_of(BEN).await.to_string());
    ward.delivers().await;
    let told = ward.mailbox.messages_to(AMINA.email).pop().unwrap();
    assert!(told.text.contains("It was issued in error"), "{}", told.text);
    amina.opens("/passport/history").await.says("Taken back before you added it").says("Done by Ben");
    // It has ended: another colleague's page that was open is of no use.
    ben.sends_form(&format!("{}/end", page_of(fire)), "reason=updated").await;
    assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    ben.says("The credential stands otherwise by now");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_manager_revokes_what_was_accepted_and_whoever_looks_it_up_sees_that_at_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, fire) = ward.passports(Role::PassportManager).await;
    let held = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let taken = ward.wallet_takes(&held).await.json();
    let credential = taken["credentials"][0]["credential"].as_str().unwrap().to_owned();
    let place = ward.verifier_takes(&credential).await.status().unwrap().clone();
    ben.finds_the_passport_of_amina().await.says("1 of 1 in the person’s wallet");
    ben.says("Added to the person’s wallet: Fire safety");
    ben.follows("Fire safety")
        .await
        .chooses("The person is leaving the organisation")
        .presses("Revoke")
        .await;
    ben.says("Revoked").says("The reason: The person is leaving the organisation.");
    // Each reads it in words of their own.
    ben.finds_the_passport_of_amina().await.says("Reason: The person is leaving the organisation");
    assert!(!ben.page.text().contains("You are"), "{}", ben.page.shown());
    amina.opens("/passport/history").await.says("Reason: You are leaving the organisation");
    assert_eq!(ward.credential_stands(fire).await, CredentialState::Revoked);
    assert_eq!(ward.status_in_list(&place).await.0, Status::Invalid);
    assert_eq!(ward.newest_record("credential_revoked").await["by"], ward.account_of(BEN).await.to_string());
}

#[rstest]
#[tokio::test]
async fn an_officer_looks_into_what_was_rejected_and_ends_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, fire) = ward.passports(Role::PassportOfficer).await;
    ben.opens("/console/passports").await.says("Nobody waits for an answer to a rejection.");
    amina.rejects(fire, "other", "That was the course before").await;
    ben.opens("/console/passports").await.says("1 person has rejected credentials.");
    ben.follows("Look into what was rejected").await.reads("Rejected credentials");
    ben.says(AMINA.email)
        .says("Other reason")
        .says("That was the course before")
        .says("get in touch with them");
    ben.presses("Mark as resolved").await.reads("Fire safety").says("Resolved on");
    ben.opens("/console/passports/rejections").await.says("There is nothing to look into.");
    ben.follows("Show what is resolved, too").await.says("Resolved on");
    ben.presses("Open it again").await;
    ben.opens("/console/passports").await.says("1 person has rejected credentials.");
    let by = ward.account_of(BEN).await.to_string();
    for event in ["credential_rejection_resolved", "credential_rejection_reopened"] {
        assert_eq!(ward.newest_record(event).await["by"], by);
    }
    amina.opens("/passport/history").await.says("Your rejection was resolved").says("Done by Ben");
    let other = ward.has_fire_safety_to_accept().await;
    assert!(!ben.opens(&page_of(other)).await.page.html.contains("Withdraw"));
    ben.sends_form(&format!("{}/end", page_of(other)), "reason=updated").await;
    ben.is_refused("FW-1501");
    assert_eq!(ward.credential_stands(other).await, CredentialState::ToReview);
}

#[rstest]
#[tokio::test]
async fn a_trust_sees_finds_and_changes_nothing_of_another_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, fire) = ward.passports(Role::PassportManager).await;
    amina.rejects(fire, "duplicate", "").await;
    ward.another_trust(&[]).await;
    let there = "(SELECT id FROM organisation WHERE code = 'STH')";
    // From now on Amina and what was provided to her are the other trust's.
    ward.db.tell(&format!("UPDATE account SET organisation_id = {there} WHERE email LIKE 'amina%'")).await;
    let person = format!("/console/passports/people/{}", ward.account_of(AMINA).await);
    let mut nothing = async |ward: &Ward| {
        for path in [person.clone(), page_of(fire), format!("{}/picture", page_of(fire))] {
            assert_eq!(ben.opens(&path).await.page.status, StatusCode::NOT_FOUND, "{path}");
        }
        for (act, body) in [("end", "reason=updated"), ("resolve", ""), ("reopen", "")] {
            ben.sends_form(&format!("{}/{act}", page_of(fire)), body).await;
            assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{act}");
        }
        assert_eq!(ward.credential_stands(fire).await, CredentialState::Rejected);
    };
    nothing(&ward).await;
    ward.db.tell(&format!("UPDATE credential SET organisation_id = {there}")).await;
    nothing(&ward).await;
    ben.opens("/console/passports/rejections?resolved=yes").await.says("Nobody has rejected anything.");
    ben.opens("/console/passports").await.says("Nobody waits for an answer");
    ben.fills("Name, email address or staff number", "khan").presses("Find").await.reads("Staff passports");
    ben.says("Nobody found");
    // Somebody of this trust to whom the other one provided something.
    ward.db
        .tell("UPDATE account SET organisation_id = (SELECT id FROM organisation WHERE code = 'NTH')")
        .await;
    assert_eq!(ben.opens(&page_of(fire)).await.page.status, StatusCode::NOT_FOUND);
    ben.opens(&person).await.reads("Staff passport of Amina Khan").says("Nothing yet.");
    assert!(!ben.page.text().contains("Fire safety"), "{}", ben.page.shown());
}

#[tokio::test]
async fn nobody_ends_what_is_their_own_and_an_old_proof_is_made_anew() {
    let ward = Ward::new(Sqlite).await;
    let (_, mut ben, fire) = ward.passports(Role::PassportManager).await;
    let account = ward.sql_id(ward.account_of(BEN).await);
    ward.db.tell(&format!("UPDATE credential SET account_id = {account}")).await;
    assert!(!ben.opens(&page_of(fire)).await.page.html.contains("Withdraw"));
    ben.sends_form(&format!("{}/end", page_of(fire)), "reason=updated").await;
    assert_eq!(ward.credential_stands(fire).await, CredentialState::ToReview);
    ward.db.tell("UPDATE credential SET rejected_at = 1, reject_reason = 'duplicate'").await;
    ben.sends_form(&format!("{}/resolve", page_of(fire)), "").await;
    assert_eq!(ward.db.count("credential", "resolved_at IS NOT NULL").await, 0);

    let sinead = {
        ward.colleague(SINEAD).await;
        ward.sql_id(ward.account_of(SINEAD).await)
    };
    ward.db.tell(&format!("UPDATE credential SET account_id = {sinead}")).await;
    ward.waits(11 * 60);
    ben.sends_form(&format!("{}/resolve", page_of(fire)), "").await.reads("Confirm that it is you");
    assert_eq!(ward.db.count("credential", "resolved_at IS NOT NULL").await, 0);
}
