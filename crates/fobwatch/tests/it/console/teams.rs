//! Teams of a trust: who is told of what people do with credentials, and what stands open on a Monday.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::passport::portal::{dbs, fire};
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::StatusCode;
use journeys::passport::summaries;
use rstest::rstest;
use rules::passport::CredentialFamily;
use serde_json::json;
use store::passport_team::Team;
use store::role::Role;
use uuid::Uuid;

const EDUCATION: &str = "education@northfield.example";
const HR: &str = "hr@northfield.example";

impl Ward {
    /// Northfield has a team that looks after core skills.
    pub async fn has_team(&self, name: &str, email: &str) -> Uuid {
        let northfield = self.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let id = self.new_id();
        let families = vec![CredentialFamily::CoreSkills];
        let team = Team { id, name: name.to_owned(), email: email.to_owned(), families, weekly: true };
        let mut tx = self.store().begin().await.unwrap();
        tx.save_passport_team(northfield, &team, false, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

#[rstest]
#[tokio::test]
async fn what_people_reject_goes_to_the_team_that_looks_after_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.db.tell("UPDATE organisation SET support_email = 'support@northfield.example'").await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens("/console/passports").await.follows("Teams").await.follows("Add a team").await;
    ben.presses("Save").await.is_told("Enter the name of the team").is_told("like name@example.com");
    ben.is_told("Choose at least one area");
    ben.fills("Name of the team", "Education").fills("Email address", EDUCATION);
    ben.fills_field("families", "core-skills")
        .presses("Save")
        .await
        .reads("Teams")
        .says("A summary every Monday");
    ben.says(EDUCATION).says("Core skills");
    ben.follows("Add a team").await.fills("Name of the team", "EDUCATION").fills("Email address", HR);
    ben.fills_field("families", "core-skills").presses("Save").await.is_told("There is a team of this name");
    let [skill, check] = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await.try_into().unwrap();
    for id in [skill, check] {
        amina.opens(&format!("/passport/credentials/{id}/reject")).await.chooses("Incorrect information");
        amina.presses("Reject this credential").await;
    }
    assert_eq!(ward.subjects_to(EDUCATION).await.len(), 1, "the core skill");
    assert_eq!(ward.subjects_to("support@northfield.example").await.len(), 1, "what no team looks after");
    ben.opens("/console/passports/teams").await.follows("Education").await.presses("Delete this team").await;
    ben.reads("Teams").says("There are none yet.");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_monday_each_team_gets_one_summary_of_its_areas(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.has_team("Education", EDUCATION).await;
    ward.another_trust(&[]).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), fire(), fire(), dbs()])).await;
    amina
        .opens(&format!("/passport/credentials/{}/reject", ids[0]))
        .await
        .chooses("Duplicate of a credential that I have");
    amina.presses("Reject this credential").await;
    ward.lands_in_a_wallet(ids[1]).await;
    let told = ward.subjects_to(EDUCATION).await.len();
    for (moment, expected) in [
        ("2026-11-22T23:59:59Z", 0),
        ("2026-11-23T07:59:59Z", 0),
        ("2026-11-23T08:00:00Z", 1),
        ("2026-11-23T23:00:00Z", 1),
        ("2026-11-24T08:00:00Z", 1),
        ("2026-11-30T14:00:00Z", 2),
    ] {
        ward.clock.set(moment.parse().unwrap());
        let other = ward.another_node().await;
        let both = async |node: &crate::ward::Node| while summaries::one(&node.service).await.unwrap() {};
        tokio::join!(both(&ward.node), both(&other));
        assert_eq!(ward.subjects_to(EDUCATION).await.len(), told + expected, "{moment}");
    }
    let mail = ward.mail_about(EDUCATION, "This week in staff passports: Education").await;
    assert!(mail.contains("nobody has looked into it: 1"), "{mail}");
    assert!(mail.contains("the review of the people: 1"), "{mail}");
    // Whoever wants none gets none.
    ward.db.tell("UPDATE passport_team SET weekly = 0").await;
    ward.clock.set("2026-12-07T08:00:00Z".parse().unwrap());
    assert!(!summaries::one(&ward.node.service).await.unwrap());
}

#[rstest]
#[tokio::test]
async fn teams_of_another_trust_are_not_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let team = ward.has_team("Education", EDUCATION).await;
    ward.another_trust(&[]).await;
    ward.db
        .tell("UPDATE passport_team SET organisation_id = (SELECT id FROM organisation WHERE code = 'STH')")
        .await;
    ben.opens("/console/passports/teams").await.says("There are none yet.");
    let page = format!("/console/passports/teams/{team}");
    assert_eq!(ben.opens(&page).await.page.status, StatusCode::NOT_FOUND);
    for (path, form) in
        [(page.clone(), "name=Mine&email=a@b.example&families=core-skills"), (format!("{page}/delete"), "")]
    {
        ben.sends_form(&path, form).await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ward.db.count("passport_team", "name = 'Education'").await, 1);
}
