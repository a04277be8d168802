//! A trust says what a job role requires, who has which, and that somebody need not have the rest.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN, Person, SINEAD, YU};
use crate::races::a_hundred_at_once;
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use rules::passport::CredentialType;
use store::role::Role;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

const NEW: &str = "/console/passports/job-roles/new";

impl Ward {
    /// Somebody has a job role, which a colleague of theirs gave them and which requires a check.
    pub async fn has_job_role(&self, who: Person, by: Person) -> Uuid {
        let northfield = self.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let (account, by) = (self.account_of(who).await, self.account_of(by).await);
        let (id, now) = (self.new_id(), self.now());
        let mut tx = self.store().begin().await.unwrap();
        let dbs = [CredentialType::parse("dbs").unwrap()];
        tx.save_job_role(northfield, (id, false), "Porter", &dbs, now).await.unwrap();
        assert!(tx.give_job_role(self.new_id(), northfield, account, Some(id), by, now).await.unwrap());
        tx.commit().await.unwrap();
        id
    }
}

impl Browser {
    /// Adds a job role that requires these types.
    async fn adds_job_role(&mut self, name: &str, types: &[&str]) -> &mut Self {
        self.opens("/console/passports").await.follows("Job roles").await.follows("Add a job role").await;
        self.saves_job_role(NEW, name, types).await.reads("Job roles").says(name);
        self
    }

    /// Sends the form of a job role, with these boxes ticked.
    async fn saves_job_role(&mut self, path: &str, name: &str, types: &[&str]) -> &mut Self {
        let mut form = Serializer::new(String::new());
        form.append_pair("name", name);
        form.extend_pairs(types.iter().map(|each| ("requires", each)));
        self.posts((path.to_owned(), form.finish())).await
    }

    async fn opens_amina(&mut self, ward: &Ward) -> &mut Self {
        self.opens(&format!("/console/passports/people/{}", ward.account_of(AMINA).await)).await
    }

    /// Gives Amina a job role.
    async fn gives_amina(&mut self, ward: &Ward, job_role: &str) -> &mut Self {
        self.opens(&format!("/console/passports/people/{}/job-role", ward.account_of(AMINA).await)).await;
        self.chooses(job_role).presses("Save").await
    }
}

#[rstest]
#[tokio::test]
async fn a_passport_is_pending_until_all_is_there_or_the_rest_is_bypassed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, _, held) = ward.shared_by_amina(1, Role::PassportManager).await;
    ben.opens_amina(&ward).await.says("None yet.");
    ben.adds_job_role("Staff Nurse", &["fire-safety", "conflict-resolution"]).await;
    ben.says("2 credentials").says("0 people");
    ben.opens_amina(&ward).await.follows("Give a job role").await.chooses("Staff Nurse");
    ben.presses("Save").await.reads("Staff passport of Amina Khan");
    ben.says("1 of 2 completed")
        .says("The passport is pending: 1 credential is missing")
        .says("Job role changed: Staff Nurse");
    // What is missing leads to its form.
    ben.follows("Conflict resolution").await.says("You provide it to Amina Khan");

    ben.opens_amina(&ward).await.follows("Bypass what is missing").await.says("Conflict resolution");
    ben.presses("Bypass").await.is_told("Enter why it need not be there");
    ben.fills("Why it need not be there", &"x".repeat(301)).presses("Bypass").await;
    ben.is_told("Enter at most 300 characters");
    ben.fills("Why it need not be there", "Was seen on paper").presses("Bypass").await;
    ben.says("The passport is active. Ben Adeyemi bypassed what is missing on").says("“Was seen on paper”");
    amina.opens("/passport/history").await.says("Your organisation bypassed what was missing: Staff Nurse");
    amina.says("The job role that your organisation has for you was changed: Staff Nurse");
    assert!(!amina.page.text().contains("on paper"), "what colleagues write is for colleagues");

    ben.presses("Require it again").await.says("The passport is pending");
    let conflict = ward.amina_holds(2).await[1];
    ben.opens_amina(&ward).await.says("2 of 2 completed").says("The passport is active.");
    // What ends is missing again.
    ward.issuer_revoked(conflict).await;
    ben.opens_amina(&ward).await.says("1 of 2 completed").says("The passport is pending");
    ward.issuer_revoked(held[0]).await;
    assert_eq!(ward.db.count("audit", "kind = 'requirements_bypassed'").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_ends_after_a_bypass_is_missing_all_the_same(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, _, held) = ward.shared_by_amina(1, Role::PassportManager).await;
    ben.adds_job_role("Porter", &["fire-safety", "dbs"]).await;
    ben.gives_amina(&ward, "Porter").await.follows("Bypass what is missing").await;
    ben.fills("Why it need not be there", "The certificate is on its way").presses("Bypass").await;
    ben.says("“The certificate is on its way”");
    ward.issuer_revoked(held[0]).await;
    ben.opens_amina(&ward).await.says("The passport is pending: 2 credentials are missing");
    assert!(!ben.page.text().contains("on its way"), "{}", ben.page.shown());
    ward.waits(1);
    ben.follows("Bypass what is missing").await.says("Fire safety");
    ben.fills("Why it need not be there", "Works in the office").presses("Bypass").await;
    ben.says("The passport is active.").says("“Works in the office”");
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_saved_comes_back_with_what_is_wrong(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens(NEW).await.presses("Save").await;
    assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    ben.is_told("Enter the name of the job role").is_told("Choose at least one credential");
    ben.fills_field("requires", "dbs").fills("Name of the job role", &"x".repeat(61)).presses("Save").await;
    ben.is_told("Enter a name of at most 60 characters on one line");
    // What was ticked is ticked still.
    ben.fills("Name of the job role", "  Ward   Clerk ").presses("Save").await.reads("Job roles");
    ben.says("Ward Clerk").says("1 credential");
    ben.opens(NEW).await.fills_field("requires", "dbs").fills("Name of the job role", "WARD CLERK");
    ben.presses("Save").await.is_told("There is a job role of this name already");
    ben.sends_form(NEW, "name=Juggler&requires=juggling&requires=access-key").await;
    ben.is_told("Choose at least one credential");
    assert_eq!(ward.db.count("job_role", "1 = 1").await, 1);
    ben.opens("/console/passports/job-roles").await.follows("Ward Clerk").await;
    ben.fills("Name of the job role", "Ward clerk").presses("Save").await.says("Ward clerk");
}

#[rstest]
#[tokio::test]
async fn what_is_changed_counts_at_once_and_what_somebody_has_is_not_deleted(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, ..) = ward.shared_by_amina(1, Role::PassportManager).await;
    ben.adds_job_role("Porter", &["fire-safety"]).await;
    ben.gives_amina(&ward, "Porter").await.says("1 of 1 completed").says("The passport is active.");
    ben.opens("/console/passports/job-roles").await.says("1 person").says("Porter");
    ben.follows("Porter").await.says("It can be deleted once nobody has it");
    let path = ben.page.url.clone();
    let delete = format!("{path}/delete");
    ben.saves_job_role(&path, "Porter", &["fire-safety", "dbs"]).await.reads("Job roles");
    ben.opens_amina(&ward).await.says("1 of 2 completed").says("Disclosure and Barring Service (DBS)");
    ben.sends_form(&delete, "").await.is_told("Somebody has this job role");
    // A bypass is for the job role that somebody had.
    ben.opens_amina(&ward).await.follows("Bypass what is missing").await;
    ben.fills("Why it need not be there", "Starts under supervision").presses("Bypass").await;
    ben.adds_job_role("Senior Porter", &["fire-safety", "dbs"]).await;
    ben.gives_amina(&ward, "Senior Porter").await.says("The passport is pending");
    ben.sends_form(&delete, "").await.reads("Job roles");
    assert!(!ben.page.text().contains("1 of 2"));
    assert_eq!(ward.db.count("job_role", "name = 'Porter'").await, 0);
    // What was deleted meanwhile cannot be given.
    let gone = delete.rsplit('/').nth(1).unwrap();
    let give = format!("/console/passports/people/{}/job-role", ward.account_of(AMINA).await);
    ben.sends_form(&give, &format!("job_role={gone}")).await.is_told("This job role is gone");
    ben.opens_amina(&ward).await.says("Senior Porter");
    // The name stays in the history, whatever becomes of the job role.
    ben.gives_amina(&ward, "No job role").await.says("None yet.").says("Job role ended: Senior Porter");
    ben.says("Job role changed: Porter");
}

#[rstest]
#[tokio::test]
async fn what_another_trust_issued_counts_once_it_was_taken_and_while_it_holds(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, share, held) = ward.shared_by_amina(2, Role::PassportManager).await;
    let mut sinead = ward.staff(SINEAD, Role::PassportManager).await;
    ward.another_trust(&[]).await;
    let southmere = "(SELECT id FROM organisation WHERE code = 'STH')";
    ward.db
        .tell(&format!("UPDATE account SET organisation_id = {southmere} WHERE email LIKE 'sinead%'"))
        .await;
    ward.db.tell(&format!("UPDATE share SET organisation_id = {southmere}")).await;
    ben.adds_job_role("Staff Nurse", &["fire-safety"]).await;
    sinead.adds_job_role("Staff Nurse", &["fire-safety", "conflict-resolution"]).await;
    let page = format!("/console/passports/shares/{share}");
    sinead.opens(&page).await.follows("Give a job role").await.chooses("Staff Nurse").presses("Save").await;
    sinead.reads("Shared by Amina Khan").says("0 of 2 completed").says("The passport is pending");
    sinead.presses("Accept all that hold").await.says("2 of 2 completed").says("The passport is active.");
    ward.issuer_revoked(held[0]).await;
    sinead.opens(&page).await.says("1 of 2 completed").says("The passport is pending");
    // Each trust has its own job roles, and gives its own.
    ben.opens_amina(&ward).await.says("None yet.");
    let theirs = ward.store().job_roles(ward.store().organisation_by_code("STH").await.unwrap().unwrap().id);
    let theirs = theirs.await.unwrap()[0].id;
    let amina = ward.account_of(AMINA).await;
    ben.sends_form(&format!("/console/passports/people/{amina}/job-role"), &format!("job_role={theirs}"))
        .await;
    ben.is_told("This job role is gone");
    for path in [format!("job-roles/{theirs}"), format!("people/{}/job-role", ward.account_of(SINEAD).await)]
    {
        assert_eq!(ben.opens(&format!("/console/passports/{path}")).await.page.status, StatusCode::NOT_FOUND);
    }
    ben.sends_form(&format!("/console/passports/job-roles/{theirs}"), "name=Mine&requires=dbs").await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    assert_eq!(ward.db.count("job_role", "name = 'Staff Nurse'").await, 2);
    // Whoever shared nothing with it is nobody that Southmere knows.
    ward.db.tell("UPDATE share SET organisation_id = (SELECT id FROM organisation WHERE code = 'NTH')").await;
    sinead.opens(&format!("/console/passports/people/{amina}/job-role")).await;
    assert_eq!(sinead.page.status, StatusCode::NOT_FOUND);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_who_bypass_at_once_one_has_the_word(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, ..) = ward.shared_by_amina(1, Role::PassportManager).await;
    ben.adds_job_role("Porter", &["dbs"]).await;
    ben.gives_amina(&ward, "Porter").await.follows("Bypass what is missing").await;
    ben.fills("Why it need not be there", "Was seen on paper");
    let form = ben.would_send("Bypass");
    let mut done = 0;
    for (status, ..) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert!(matches!(status, StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY), "{status}");
        done += u32::from(status == StatusCode::SEE_OTHER);
    }
    assert_eq!(done, 1);
    assert_eq!(ward.db.count("audit", "kind = 'requirements_bypassed'").await, 1);
    assert_eq!(ward.db.count("passport_event", "what = 'bypassed'").await, 1);
    // A hundred times the same form adds one job role.
    ben.opens(NEW).await.fills("Name of the job role", "Healthcare Assistant").fills_field("requires", "dbs");
    let form = ben.would_send("Save");
    for (status, ..) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    assert_eq!(ward.db.count("job_role", "name = 'Healthcare Assistant'").await, 1);
}

#[rstest]
#[tokio::test]
async fn whoever_registers_gets_the_job_role_that_the_list_names(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    // The list says *Staff nurse* of everybody.
    ben.adds_job_role("STAFF Nurse", &["dbs"]).await.adds_job_role("Porter", &["dbs"]).await;
    let mut amina = ward.amina_with_an_app().await;
    ben.opens_amina(&ward).await.says("STAFF Nurse").says("0 of 1 completed").says("Job role changed");
    amina
        .opens("/passport/history")
        .await
        .says("The job role that your organisation has for you was changed");
    let record = ward.newest_record("job_role_given").await;
    assert_eq!(record["account"], ward.account_of(AMINA).await.to_string());
    assert!(record["by"].is_null(), "{record}");
    assert_eq!(ward.db.count("passport_event", "what = 'job-role-given' AND by_account IS NULL").await, 1);
    assert_eq!(ward.db.count("passport_job_role", "1 = 1").await, 1, "not whoever was there before");
    ward.audit_is_whole().await;
}

#[rstest]
#[case(Role::PassportManager)]
#[case(Role::PassportOfficer)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_job_role_is_given_to_everybody_whose_record_names_it_and_who_has_none(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] role: Role,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, SINEAD, YU] {
        ward.colleague(who).await;
    }
    let mut ben = ward.staff(BEN, role).await;
    ward.has_job_role(YU, BEN).await;
    let northfield = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    let (nurse, dbs) = (ward.new_id(), [CredentialType::parse("dbs").unwrap()]);
    let mut tx = ward.store().begin().await.unwrap();
    tx.save_job_role(northfield, (nurse, false), "Staff Nurse", &dbs, ward.now()).await.unwrap();
    tx.commit().await.unwrap();
    ben.opens("/console/passports/job-roles").await.follows("Staff Nurse").await.says("0 people have");
    ben.follows("Give it to everybody whose record names it").await;
    // Yu has another one, and Ben does nothing for himself.
    ben.says("2 people have this job role in your staff list and none in their staff passport");
    assert_eq!(ward.db.count("passport_job_role", "1 = 1").await, 1, "nothing is done before");
    let form = ben.would_send("Give it to 2 people");
    for (status, led_to, _) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert_eq!(
            (status, led_to),
            (StatusCode::SEE_OTHER, format!("/console/passports/job-roles/{nurse}"))
        );
    }
    ben.opens(&format!("/console/passports/job-roles/{nurse}")).await.says("2 people have this job role");
    ben.follows("Give it to everybody whose record names it").await.says("Nobody has this job role in your");
    assert_eq!(ward.db.count("passport_job_role", "1 = 1").await, 3);
    assert_eq!(ward.db.count("passport_event", "what = 'job-role-given'").await, 2);
    assert_eq!(ward.audited("job_role_given_to_named").await, 1);
    let record = ward.newest_record("job_role_given_to_named").await;
    assert_eq!(
        (&record["people"], &record["by"]),
        (&2.into(), &ward.account_of(BEN).await.to_string().into())
    );
    ben.opens_amina(&ward).await.says("Staff Nurse").says("0 of 1 completed").says("Done by Ben Adeyemi");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn officers_and_auditors_read_what_is_required_and_cannot_change_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.adds_job_role("Porter", &["dbs"]).await;
    let mut officer = ward.staff(SINEAD, Role::PassportOfficer).await;
    officer.opens("/console/passports/job-roles").await;
    assert!(!officer.page.text().contains("Add a job role"));
    officer.follows("Porter").await.says("Disclosure and Barring Service (DBS)");
    assert!(!officer.page.html.contains("<form action=\"/console/passports/job-roles"));
    assert!(!officer.page.text().contains("Fire safety"), "{}", officer.page.shown());
}
