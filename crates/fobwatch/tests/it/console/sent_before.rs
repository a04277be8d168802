//! Whoever goes back, corrects what they have sent and sends it again is told that it was sent: no page says that a correction was taken
//! which was not.

use super::provide::DAY;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::role::Role;

impl Visitor<'_> {
    /// Sends a form that was sent before, after it was changed.
    async fn sends_corrected(&mut self, form: &(String, String), from: &str, to: &str) -> &mut Self {
        assert!(form.1.contains(from), "{}", form.1);
        self.posts((form.0.clone(), form.1.replace(from, to))).await;
        assert_eq!(self.page.status, StatusCode::UNPROCESSABLE_ENTITY);
        self.is_told("This form was sent before with other answers, and those were taken");
        self
    }
}

#[rstest]
#[tokio::test]
async fn a_credential_that_was_provided_is_not_corrected_by_its_form(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens(&ward.form_for_amina("dbs").await).await.fills("Certificate reference", "001234567890");
    ben.chooses("Basic").chooses("Clear").fills_day("issued_on", DAY).fills_field("update_service", "no");
    ben.fills_in_how_it_was_checked();
    let form = ben.would_send("Provide");
    ben.posts(form.clone()).await.says("Waits for the person’s review");
    ben.posts(form.clone()).await.says("Waits for the person’s review").says("001234567890");
    let before = ward.newest_content().await;
    ben.sends_corrected(&form, "001234567890", "001234567899").await;
    assert_eq!(ben.page.value("Certificate reference"), "001234567899");
    let day =
        |day, month, year| format!("valid_until={day}&valid_until_month={month}&valid_until_year={year}");
    ben.sends_corrected(&form, &day("", "", ""), &day("31", "3", "2028")).await;
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
    assert_eq!(ward.newest_content().await, before);
    assert_eq!(ward.told_of_passports(AMINA.email).await, ["You have new credentials to review"]);
    // Who begins again provides another one.
    ben.follows("Back").await.follows("Disclosure and Barring Service (DBS)").await;
    assert_eq!(ben.page.value("Certificate reference"), "");
}

#[rstest]
#[tokio::test]
async fn of_several_that_were_provided_none_is_corrected_left_out_or_added(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens(&ward.form_for_amina("core-skill").await).await.fills_in_how_it_was_checked();
    ben.fills_day("fire-safety", DAY).fills_day("conflict-resolution", DAY);
    let form = ben.would_send("Provide");
    for _ in 0..2 {
        ben.posts(form.clone()).await.reads("Staff passport of Amina Khan");
    }
    for skill in ["fire-safety", "conflict-resolution"] {
        let (typed, later) = (format!("{skill}=3&"), format!("{skill}=4&"));
        ben.sends_corrected(&form, &typed, &later).await;
        let day = |day, month, year| format!("{skill}={day}&{skill}_month={month}&{skill}_year={year}");
        ben.sends_corrected(&form, &day("3", "mar", "2026"), &day("", "", "")).await;
    }
    let other = "resuscitation-adult-basic";
    let day = |day, month, year| format!("{other}={day}&{other}_month={month}&{other}_year={year}");
    ben.sends_corrected(&form, &day("", "", ""), &day("3", "3", "2026")).await;
    assert_eq!(ward.db.count("credential", "kind = 'core-skill'").await, 2);
    let listed = ward.store().credentials_of(ward.account_of(AMINA).await).await.unwrap();
    assert!(listed.iter().all(|each| each.content.contains("2026-03-03")));
}

#[rstest]
#[tokio::test]
async fn a_job_role_and_a_team_that_were_added_are_not_corrected_by_their_forms(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens("/console/passports/job-roles/new").await.fills("Name of the job role", "Porter");
    ben.fills_field("requires", "dbs");
    let form = ben.would_send("Save");
    for _ in 0..2 {
        ben.posts(form.clone()).await.reads("Job roles").says("Porter");
    }
    ben.sends_corrected(&form, "Porter", "Head+porter").await;
    ben.sends_corrected(&form, "requires=dbs", "requires=fire-safety").await;
    let as_it_was = "name = 'Porter' AND requires = 'dbs'";
    assert_eq!(ward.db.count("job_role", as_it_was).await, 1);
    assert_eq!(ward.db.count("job_role", "1 = 1").await, 1);

    ben.opens("/console/passports/teams/new").await.fills("Name of the team", "Education");
    ben.fills("Email address", "education@northfield.example").fills_field("families", "core-skills");
    let form = ben.would_send("Save");
    for _ in 0..2 {
        ben.posts(form.clone()).await.reads("Teams").says("Education");
    }
    ben.sends_corrected(&form, "name=Education", "name=Learning").await;
    ben.sends_corrected(&form, "email=education", "email=learning").await;
    let as_it_was = "name = 'Education' AND email = 'education@northfield.example'";
    assert_eq!(ward.db.count("passport_team", as_it_was).await, 1);
    assert_eq!(ward.db.count("passport_team", "1 = 1").await, 1);
}
