//! *Reports*: what a trust's staff passports amount to, counted once an hour, on a page and in files.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::passport::portal::{dbs, fire};
use crate::people::{AMINA, BEN, SINEAD};
use crate::ward::Ward;
use axum::http::StatusCode;
use jiff::civil::Date;
use journeys::passport::report;
use rstest::rstest;
use rules::passport::{CredentialFamily, CredentialState, CredentialType, RejectReason, SharedVerdict};
use serde_json::json;
use store::role::Role;

const REPORTS: &str = "/console/passports/reports";

impl Ward {
    /// Northfield's passports are counted now.
    pub async fn counts_passports(&self) {
        report::now(&self.node.service, self.the_trust().await.id).await.unwrap();
    }

    /// What was counted of Northfield's.
    async fn report(&self) -> rules::passport::Report {
        self.store().passport_report(self.the_trust().await.id).await.unwrap().unwrap().1
    }

    /// Whoever is due is counted. Answers how many trusts.
    async fn counts_who_is_due(&self) -> u32 {
        let mut counted = 0;
        while report::one(&self.node.service).await.unwrap() {
            counted += 1;
        }
        counted
    }
}

impl Visitor<'_> {
    /// The lines of a table, as its file has them.
    async fn downloads(&mut self, file: &str) -> Vec<String> {
        self.opens(&format!("{REPORTS}/{file}")).await;
        assert_eq!(self.page.status, StatusCode::OK, "{file}");
        assert_eq!(self.page.headers["content-type"], "text/csv; charset=utf-8");
        self.page.html.lines().map(str::to_owned).collect()
    }
}

#[rstest]
#[tokio::test]
async fn what_the_passports_amount_to_stands_on_a_page_and_in_files(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    ward.colleague(SINEAD).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens("/console/passports")
        .await
        .follows("Reports")
        .await
        .says("being put together for the first time");
    assert_eq!(ben.opens(&format!("{REPORTS}/passports.csv")).await.page.status, StatusCode::NOT_FOUND);
    ward.counts_passports().await;
    ben.opens(REPORTS).await.says("Nobody has a passport yet.").says("None of these was provided.");
    ben.says("None runs out within 90 days.")
        .says("Nobody was invited.")
        .says("Nobody has rejected any of these.");
    ben.says("Nobody has shared any of these.");

    let ids = ward.the_trust_provides(AMINA, json!([fire(), fire(), dbs(), dbs()])).await;
    ward.lands_in_a_wallet(ids[0]).await;
    ward.lands_in_a_wallet(ids[2]).await;
    let held = ward.sql_id(ids[0]);
    ward.db.tell(&format!("UPDATE credential SET valid_until = '2026-12-22' WHERE id = {held}")).await;
    amina.opens(&format!("/passport/credentials/{}/reject", ids[1])).await.chooses("Incorrect information");
    amina.presses("Reject this credential").await;
    // One job role of which one of two is there, and somebody to whom nothing was provided.
    let (northfield, now, role) = (ward.the_trust().await.id, ward.now(), ward.new_id());
    let required = ["fire-safety", "identity"].map(|code| CredentialType::parse(code).unwrap());
    let (account, by) = (ward.account_of(AMINA).await, ward.account_of(BEN).await);
    let sinead = ward.account_of(SINEAD).await;
    let mut tx = ward.store().begin().await.unwrap();
    tx.save_job_role(northfield, (role, false), "=Porter", &required, now).await.unwrap();
    for account in [account, sinead] {
        tx.give_job_role(ward.new_id(), northfield, account, Some(role), by, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    ward.the_trust_provides(BEN, dbs()).await;
    ward.has_shared(AMINA, &[ids[0]]).await;
    ward.has_invited(crate::people::YU, BEN).await;
    ward.counts_passports().await;

    ben.opens(REPORTS).await.says("As of").says("=Porter 2 0 0 2 1 4").says("No job role 1");
    ben.says("Fire safety 0 1 1 0 0 0 0").says("Disclosure and Barring Service (DBS) 2 1 0 0 0 0 0");
    ben.says("Within 90 days November 2026 December 2026 January 2027 February 2027");
    ben.says("Fire safety 1 1 1 0 1 0 0").says("Incorrect information 1 0 –").says("Waits for your review 1");
    ben.says("Invitation sent 1 1 0 0 0");
    let lines = ben.downloads("passports.csv").await;
    assert_eq!(
        lines,
        [
            "job_role,people,active,bypassed,pending,completed,required",
            "'=Porter,2,0,0,2,1,4",
            "no-job-role,1,,,,,"
        ]
    );
    let lines = ben.downloads("credentials.csv").await;
    assert_eq!(lines[0], "credential,to_review,accepted,rejected,withdrawn,revoked,expired,archived");
    assert_eq!(
        lines[1..],
        ["Disclosure and Barring Service (DBS),2,1,0,0,0,0,0", "Fire safety,0,1,1,0,0,0,0"]
    );
    let lines = ben.downloads("credentials-ending.csv").await;
    assert_eq!(
        lines[0],
        "credential,within_30_days,within_60_days,within_90_days,2026-11,2026-12,2027-01,2027-02"
    );
    assert_eq!(lines[1..], ["Fire safety,1,1,1,0,1,0,0"]);
    let lines = ben.downloads("invitations.csv").await;
    assert_eq!(lines[1..], ["sent,1,1,0,0,0"]);
    let lines = ben.downloads("rejections.csv").await;
    assert_eq!(lines, ["reason,open,resolved,median_days", "Incorrect information,1,0,"]);
    let lines = ben.downloads("shared-credentials.csv").await;
    assert_eq!(lines, ["verdict,reason,credentials", "waits,,1"]);
    assert_eq!(ben.opens(&format!("{REPORTS}/people.csv")).await.page.status, StatusCode::NOT_FOUND);
    // A person's name stands in none of them.
    assert!(!ben.opens(REPORTS).await.page.text().contains("Amina"));
}

#[rstest]
#[tokio::test]
async fn an_area_and_a_team_see_what_is_theirs(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::Auditor).await;
    let team = ward.has_team("Education", "education@northfield.example").await;
    ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    ward.counts_passports().await;
    ben.opens(REPORTS).await.says("Fire safety 1").says("(DBS) 1");
    ben.fills_field("area", CredentialFamily::EmploymentChecks.as_str())
        .presses("Show")
        .await
        .says("(DBS) 1");
    assert!(!ben.page.text().contains("Fire safety 1"), "{}", ben.page.shown());
    ben.fills_field("area", &team.to_string()).presses("Show").await.says("Fire safety 1");
    assert!(!ben.page.text().contains("(DBS) 1"), "{}", ben.page.shown());
    assert_eq!(ben.downloads(&format!("credentials.csv?area={team}")).await.len(), 2);
    // What there is not is all.
    assert_eq!(ben.downloads("credentials.csv?area=juggling").await.len(), 3);
}

#[rstest]
#[tokio::test]
async fn another_trust_moves_none_of_the_numbers(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, ..) = ward.shared_by_amina(2, Role::PassportManager).await;
    ward.has_job_role(AMINA, BEN).await;
    ward.has_invited(SINEAD, BEN).await;
    let rejected = ward.has_fire_safety_to_accept().await;
    let rejected = ward.sql_id(rejected);
    let reject =
        format!("UPDATE credential SET rejected_at = 1, reject_reason = 'other' WHERE id = {rejected}");
    ward.db.tell(&reject).await;
    ward.counts_passports().await;
    let before = ward.report().await;
    assert_eq!(before.job_roles[0].people, 1);
    assert_eq!(before.rejections(CredentialFamily::ALL, RejectReason::Other).open, 1);
    assert_eq!(before.shared(CredentialFamily::ALL).of(SharedVerdict::Waits), 2);
    ward.another_trust(&[]).await;
    let there = "(SELECT id FROM organisation WHERE code = 'STH')";
    for table in ["credential", "invitation", "passport_job_role", "share", "job_role"] {
        ward.db.tell(&format!("UPDATE {table} SET organisation_id = {there}")).await;
    }
    ward.counts_passports().await;
    let after = ward.report().await;
    assert_eq!(after, rules::passport::Report::on(before.day, []));
    ben.opens(REPORTS).await.says("Nobody has a passport yet.").says("Nobody was invited.");
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap().id;
    report::now(&ward.node.service, southmere).await.unwrap();
    assert_eq!(ward.report().await, after);
    assert_eq!(ward.store().passport_report(southmere).await.unwrap().unwrap().1, before);
}

#[rstest]
#[tokio::test]
async fn the_days_are_those_of_london_and_the_last_day_counts(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let [held] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    ward.lands_in_a_wallet(held).await;
    ward.db.tell("UPDATE credential SET valid_until = '2027-06-30'").await;
    let of_fire = async |ward: &Ward| {
        let report = ward.report().await;
        let (_, counts) = report.types(CredentialFamily::ALL)[0];
        (report.day, counts.ending, counts.in_state(CredentialState::Expired))
    };
    let day = |text: &str| text.parse::<Date>().unwrap();
    // In summer the day in London begins an hour before that of UTC.
    for (moment, expected) in [
        ("2027-05-30T22:59:59Z", (day("2027-05-30"), [0, 1, 1], 0)),
        ("2027-05-30T23:00:00Z", (day("2027-05-31"), [1, 1, 1], 0)),
        ("2027-06-30T22:59:59Z", (day("2027-06-30"), [1, 1, 1], 0)),
        ("2027-06-30T23:00:00Z", (day("2027-07-01"), [0, 0, 0], 1)),
    ] {
        ward.clock.set(moment.parse().unwrap());
        ward.counts_who_is_due().await;
        assert_eq!(of_fire(&ward).await, expected, "{moment}");
    }
}

#[rstest]
#[tokio::test]
async fn each_trust_is_counted_once_an_hour_and_after_midnight_by_whichever_node(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.another_trust(&[]).await;
    ward.clock.set("2026-11-22T21:30:00Z".parse().unwrap());
    let other = ward.another_node().await;
    assert_eq!(ward.counts_who_is_due().await, 2);
    assert!(!report::one(&other.service).await.unwrap(), "the other node finds it done");
    for (moment, expected) in [
        ("2026-11-22T22:30:00Z", 0),
        ("2026-11-22T22:30:01Z", 2),
        ("2026-11-22T23:59:59Z", 2),
        ("2026-11-23T00:00:00Z", 2),
        ("2026-11-23T00:59:00Z", 0),
    ] {
        ward.clock.set(moment.parse().unwrap());
        assert_eq!(ward.counts_who_is_due().await, expected, "{moment}");
    }
}

#[rstest]
#[tokio::test]
async fn what_is_resolved_counts_with_the_days_that_it_took(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportOfficer).await;
    let ids = ward.the_trust_provides(AMINA, json!([dbs(), dbs()])).await;
    for id in &ids {
        amina.opens(&format!("/passport/credentials/{id}/reject")).await.chooses("Other reason");
        amina
            .fills("If you chose Other reason, provide more detail", "No")
            .presses("Reject this credential")
            .await;
    }
    for (id, days) in ids.iter().zip([1, 4]) {
        let millis = days * 24 * 60 * 60 * 1_000;
        let id = ward.sql_id(*id);
        ward.db
            .tell(&format!("UPDATE credential SET resolved_at = rejected_at + {millis} WHERE id = {id}"))
            .await;
    }
    ward.counts_passports().await;
    ben.opens(REPORTS).await.says("Other reason 0 2 2.5");
}
