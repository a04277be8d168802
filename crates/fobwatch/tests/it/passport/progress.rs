//! A person sees how far their passport has come with what their job role requires ("3 of 30 completed").

use super::portal::{dbs, fire};
use super::verifier::APP;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use rstest::rstest;
use rules::passport::CredentialType;
use serde_json::json;
use store::job_role::NewBypass;
use uuid::Uuid;

const HEADING: &str = "What your job role requires";

fn types(codes: &[&str]) -> Vec<CredentialType> {
    codes.iter().map(|code| CredentialType::parse(code).unwrap()).collect()
}

impl Ward {
    /// Amina and Ben work at Northfield, and Amina is signed in.
    async fn amina_and_her_manager(&self) -> Visitor<'_> {
        let mut amina = self.colleague(AMINA).await;
        self.colleague(BEN).await;
        amina.signs_in(APP).await;
        amina
    }

    /// An organisation gives Amina a job role that requires these.
    async fn gives_amina_the_job_role(&self, organisation: &str, name: &str, codes: &[&str]) -> Uuid {
        let organisation = self.store().organisation_by_code(organisation).await.unwrap().unwrap().id;
        let (amina, ben) = (self.account_of(AMINA).await, self.account_of(BEN).await);
        let (id, now) = (self.new_id(), self.now());
        let mut tx = self.store().begin().await.unwrap();
        tx.save_job_role(organisation, (id, false), name, &types(codes), now).await.unwrap();
        assert!(tx.give_job_role(self.new_id(), organisation, amina, Some(id), ben, now).await.unwrap());
        tx.commit().await.unwrap();
        organisation
    }

    /// Ben says that these need not be there.
    async fn bypasses(&self, organisation: Uuid, codes: &[&str]) {
        let (amina, ben) = (self.account_of(AMINA).await, self.account_of(BEN).await);
        let held = self.store().job_role_held(organisation, amina).await.unwrap().unwrap().id;
        let covers = types(codes);
        let new = NewBypass { held, instead_of: None, covers: &covers, reason: "Was seen on paper" };
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.bypass_requirements(new, ben, self.now()).await.unwrap());
        tx.commit().await.unwrap();
    }
}

#[rstest]
#[tokio::test]
async fn a_passport_is_pending_until_all_is_there_and_what_is_missing_leads_on(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_and_her_manager().await;
    amina.opens("/passport").await.reads("Your staff passport");
    assert!(!amina.page.text().contains(HEADING), "no job role, nothing required");
    let required = ["fire-safety", "dbs", "conflict-resolution"];
    ward.gives_amina_the_job_role("NTH", "Staff nurse", &required).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    ward.lands_in_a_wallet(ids[0]).await;
    amina.opens("/passport").await.says(HEADING).says("Staff nurse, Northfield Hospitals: 1 of 3 completed.");
    amina.says("Your passport is pending: 2 credentials are missing.");
    // What waits is reviewed, and what is not there is asked for.
    amina.follows("Review and add Disclosure and Barring Service (DBS)").await;
    amina.reads("Disclosure and Barring Service (DBS)");
    amina.opens("/passport").await.follows("Ask for Conflict resolution").await.reads("Ask for a credential");
    let note = "What should they know? (optional)";
    assert_eq!(amina.page.value(note), "Conflict resolution", "the trust learns which core skill");
    amina.presses("Ask for it").await.says("Your organisation has been asked for the credential");
    amina.opens("/passport/history").await.says("You asked for a credential: Core skill");
    ward.lands_in_a_wallet(ids[1]).await;
    amina.opens("/passport").await.says("2 of 3 completed.").says("pending: 1 credential is missing.");
    ward.issuer_revoked(ids[0]).await;
    amina.opens("/passport").await.says("1 of 3 completed.").says("Ask for Fire safety");
}

#[rstest]
#[tokio::test]
async fn a_passport_is_active_once_all_is_there_or_the_rest_is_bypassed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_and_her_manager().await;
    let northfield = ward.gives_amina_the_job_role("NTH", "Porter", &["fire-safety", "dbs"]).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    ward.lands_in_a_wallet(ids[0]).await;
    ward.bypasses(northfield, &["dbs"]).await;
    amina.opens("/passport").await.says("Porter, Northfield Hospitals: 1 of 2 completed.");
    amina.says("Northfield Hospitals has said that what is missing need not be there.");
    assert!(!amina.page.text().contains("on paper"), "what colleagues write is for colleagues");
    ward.lands_in_a_wallet(ids[1]).await;
    amina.opens("/passport").await.says("2 of 2 completed.").says("Your passport is active.");
    assert!(!amina.page.text().contains("missing"), "{}", amina.page.shown());
}

#[rstest]
#[tokio::test]
async fn what_another_organisation_requires_stands_apart(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_and_her_manager().await;
    ward.also_serves("STH", "Southmere Community Trust").await;
    ward.gives_amina_the_job_role("NTH", "Porter", &["dbs"]).await;
    ward.gives_amina_the_job_role("STH", "Bank nurse", &["fire-safety"]).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire()])).await;
    ward.lands_in_a_wallet(ids[0]).await;
    amina.opens("/passport").await.says("Porter, Northfield Hospitals: 0 of 1 completed.");
    amina.says("Bank nurse, Southmere Community Trust: 0 of 1 completed.");
    let asks = amina.page.link("Ask for Disclosure and Barring Service (DBS)");
    assert_eq!(asks, "/passport/request?type=dbs");
    // Only her own organisation can be asked.
    assert!(!amina.page.text().contains("Ask for Fire safety"), "{}", amina.page.shown());
}

#[tokio::test]
async fn a_link_chooses_nothing_that_cannot_be_asked_for() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(APP).await;
    for code in ["juggling", "access-key", ""] {
        amina.opens(&format!("/passport/request?type={code}")).await.reads("Ask for a credential");
        amina.presses("Ask for it").await;
        assert!(amina.page.status.is_client_error(), "{code}");
    }
}
