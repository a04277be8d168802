//! "A connection to an HR system": what it tells of people is provided to them once, and what has changed takes the place of what was.

use super::portal::{dbs, fire};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, Person, SINEAD};
use crate::ward::{Node, Ward};
use journeys::passport::staff_records::{HEADINGS, Outcome, PullProblem, Pulled, Source, by_hand};
use rstest::rstest;
use rules::passport::{RejectReason, WithdrawReason};
use serde_json::{Value, json};
use staff_records::{CsvFile, Rest};
use std::sync::Arc;
use store::credential::Credential;
use store::organisation::Organisation;
use testkit::SeededRandom;
use url::Url;
use wiremock::matchers::{header, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const COLUMNS: &str = "person,kind,attained_on,dbs_level,certificate_number,issued_on,dbs_outcome,update_service,\
                       origin,policy,outcome,provider,verifier,method,pedigree,last_refresh";
const ASSURED: &str = "ESR,CSTF,Passed,Northfield,Northfield,Seen,Authoritative";

/// A registration as HR has it.
fn registration_cells(person: &str, expires: &str) -> String {
    format!(
        "person,kind,body,registration_number,registration_status,registered_on,expires_on,origin,policy,outcome,provider,verifier,\
         method,pedigree,last_refresh\n\
         {person},professional-registration,NMC,12A3456B,Registered,2020-04-01,{expires},{ASSURED},2026-11-20\n"
    )
}

/// The folder in which an HR system leaves its file.
pub struct HrFolder(tempfile::TempDir);

impl HrFolder {
    pub fn with(rows: &[String]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.says(rows);
        folder
    }

    /// The HR system writes its file anew, as such systems should.
    pub fn says(&self, rows: &[String]) {
        let new = self.0.path().join("staff.csv.new");
        std::fs::write(&new, format!("{COLUMNS}\n{}\n", rows.join("\n"))).unwrap();
        std::fs::rename(new, self.0.path().join("staff.csv")).unwrap();
    }

    /// A file with columns of its own.
    fn holds(&self, file: &str) {
        std::fs::write(self.0.path().join("staff.csv"), file).unwrap();
    }

    /// What stands there is no file of records.
    pub fn is_garbled(&self) {
        std::fs::write(self.0.path().join("staff.csv"), "person,juggling\n").unwrap();
    }

    pub fn of(&self, organisation: &str) -> Source {
        let records = Arc::new(CsvFile::new(self.0.path(), HEADINGS));
        Source { organisation: organisation.to_owned(), records }
    }

    pub fn source(&self) -> Source {
        self.of("NTH")
    }
}

pub fn fire_row(person: &str, attained: &str) -> String {
    format!("{person},fire-safety,{attained},,,,,,{ASSURED},2026-11-20")
}

fn dbs_row(person: &str, level: &str, refreshed: &str) -> String {
    format!("{person},dbs,,{level},001234567890,2026-09-14,Clear,yes,{ASSURED},{refreshed}")
}

pub async fn pulls_as(node: &Node, source: &Source, organisation: &Organisation) -> Pulled {
    match by_hand(&node.service, source, organisation).await.unwrap() {
        Outcome::Done(pulled) => pulled,
        other => panic!("{other:?}"),
    }
}

/// How many were provided, unchanged, wrong, run out, without an account, and vanished.
pub fn counts(pulled: &Pulled) -> [u64; 6] {
    let Pulled { provided, unchanged, wrong, run_out, without_account, vanished, .. } = pulled;
    [*provided, *unchanged, *wrong, *run_out, *without_account, *vanished]
}

impl Ward {
    pub async fn pulls(&self, source: &Source) -> [u64; 6] {
        counts(&pulls_as(&self.node, source, &self.the_trust().await).await)
    }

    async fn credentials(&self, who: Person) -> Vec<Credential> {
        self.store().credentials_of(self.account_of(who).await).await.unwrap()
    }

    /// Another trust, with nobody.
    pub async fn riverside(&self) -> Organisation {
        let id = vault::new_id(self.clock.now(), &SeededRandom::unique());
        let mut tx = self.store().begin().await.unwrap();
        tx.add_organisation(id, "RIV", "Riverside", self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.store().organisation_by_code("RIV").await.unwrap().unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn what_it_tells_is_provided_once_and_what_changed_takes_its_place(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN] {
        ward.colleague(who).await;
    }
    // The rows of one person need not stand together.
    let level = |level: &str, refreshed: &str| dbs_row(&AMINA.email.to_uppercase(), level, refreshed);
    let rows = |dbs: String, attained: &str| {
        [
            fire_row(AMINA.email, attained),
            fire_row(BEN.email, "2026-11-01"),
            fire_row("nobody@northfield.example", "2026-11-01"),
            dbs,
        ]
    };
    let hr = HrFolder::with(&rows(level("Standard", "2026-11-19"), "2026-11-01"));
    let source = hr.source();
    assert_eq!(ward.pulls(&source).await, [3, 0, 0, 0, 1, 0]);
    assert_eq!(ward.told_of_passports(AMINA.email).await, ["You have new credentials to review"]);
    assert_eq!(ward.told_of_passports(BEN.email).await, ["You have new credentials to review"]);
    let [fire, dbs] = ward.credentials(AMINA).await.try_into().unwrap();
    assert_eq!(
        (fire.kind.as_str(), fire.variant.as_str(), dbs.kind.as_str()),
        ("core-skill", "fire-safety", "dbs")
    );
    let content: Value = serde_json::from_str(&dbs.content).unwrap();
    assert_eq!(content["claims"]["update_service"], true);

    // Somebody has looked again, and it is still so.
    hr.says(&rows(level("Standard", "2026-11-20"), "2026-11-01"));
    assert_eq!(ward.pulls(&source).await, [0, 3, 0, 0, 1, 0]);
    assert_eq!(ward.told_of_passports(AMINA.email).await.len(), 1, "nobody is told of nothing");

    // One was accepted, the other still waits: both have changed.
    ward.lands_in_a_wallet(fire.id).await;
    hr.says(&rows(level("Enhanced", "2026-11-20"), "2026-11-15"));
    assert_eq!(ward.pulls(&source).await, [2, 1, 0, 0, 1, 0]);
    assert_eq!(
        ward.told_of_passports(AMINA.email).await.len(),
        2,
        "one message of both, and none of what was taken back"
    );
    let all = ward.credentials(AMINA).await;
    assert_eq!(all.len(), 4);
    let now = |id| all.iter().find(|each| each.id == id).unwrap();
    assert_eq!(now(dbs.id).withdraw_reason, Some(WithdrawReason::Updated));
    assert!(now(fire.id).moments.withdrawn_at.is_none() && now(fire.id).moments.accepted_at.is_some());
    let day = ward.today();
    let account = ward.account_of(AMINA).await;
    assert_eq!(ward.store().credentials_to_review(account, day).await.unwrap(), 2);
    assert_eq!(ward.pulls(&source).await, [0, 3, 0, 0, 1, 0]);

    assert_eq!(ward.audited("staff_records_pulled").await, 4);
    assert_eq!(ward.audited("credential_provided").await, 5);
    assert_eq!(ward.audited("credential_withdrawn").await, 1);
    assert_eq!(ward.db.count("passport_event", "what = 'provided'").await, 5);
    assert_eq!(ward.db.count("passport_event", "what = 'withdrawn' AND detail = 'updated'").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_record_that_states_its_end_is_provided_until_that_day_and_not_once_it_is_over(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let hr = HrFolder::with(&[]);
    hr.holds(&registration_cells(AMINA.email, "2026-11-21"));
    assert_eq!(ward.pulls(&hr.source()).await, [0, 0, 0, 1, 0, 0]);
    hr.holds(&registration_cells(AMINA.email, "2026-11-22"));
    assert_eq!(ward.pulls(&hr.source()).await, [1, 0, 0, 0, 0, 0]);
    hr.holds(&registration_cells(AMINA.email, "2029-11-21"));
    assert_eq!(ward.pulls(&hr.source()).await, [1, 0, 0, 0, 0, 0], "it was renewed");
    let all = ward.credentials(AMINA).await;
    let mut last_days: Vec<_> =
        all.iter().map(|each| each.moments.valid_until.unwrap().to_string()).collect();
    last_days.sort_unstable();
    assert_eq!(last_days, ["2026-11-22", "2029-11-21"]);
}

#[rstest]
#[tokio::test]
async fn what_vanished_is_counted_and_named_and_nothing_is_done_about_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN] {
        ward.colleague(who).await;
    }
    let hr = HrFolder::with(&[fire_row(AMINA.email, "2026-11-01"), fire_row(BEN.email, "2026-11-01")]);
    ward.pulls(&hr.source()).await;
    hr.says(&[fire_row(AMINA.email, "2026-11-01")]);
    let pulled = pulls_as(&ward.node, &hr.source(), &ward.the_trust().await).await;
    assert_eq!(counts(&pulled), [0, 1, 0, 0, 0, 1]);
    let [bens] = ward.credentials(BEN).await.try_into().unwrap();
    assert_eq!(pulled.vanished_credentials, [bens.id]);
    assert!(bens.moments.withdrawn_at.is_none());
    // What is wrong now has not vanished, and comes back as it was.
    hr.says(&[fire_row(AMINA.email, "2026-11-01"), fire_row(BEN.email, "last summer")]);
    assert_eq!(ward.pulls(&hr.source()).await, [0, 1, 1, 0, 0, 0]);
    hr.says(&[fire_row(BEN.email, "2026-11-01")]);
    assert_eq!(ward.pulls(&hr.source()).await, [0, 1, 0, 0, 0, 1]);
}

#[rstest]
#[tokio::test]
async fn what_its_owner_rejected_comes_again_only_when_it_says_something_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let hr = HrFolder::with(&[fire_row(AMINA.email, "2026-11-01")]);
    ward.pulls(&hr.source()).await;
    let [rejected] = ward.credentials(AMINA).await.try_into().unwrap();
    let mut tx = ward.store().begin().await.unwrap();
    let (account, now) = (rejected.account_id, ward.clock.now());
    assert!(tx.reject_credential(rejected.id, account, RejectReason::Incorrect, None, now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(ward.pulls(&hr.source()).await, [0, 1, 0, 0, 0, 0]);
    ward.waits(60);
    hr.says(&[fire_row(AMINA.email, "2026-11-02")]);
    assert_eq!(ward.pulls(&hr.source()).await, [1, 0, 0, 0, 0, 0]);
    let [rejected, corrected] = ward.credentials(AMINA).await.try_into().unwrap();
    assert!(rejected.resolved_at.is_some() && rejected.moments.withdrawn_at.is_none());
    assert!(corrected.moments.rejected_at.is_none());
}

#[rstest]
#[tokio::test]
async fn what_is_wrong_is_named_by_line_and_column_without_saying_who_and_the_rest_goes_on(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN] {
        ward.colleague(who).await;
    }
    let hr = HrFolder::with(&[
        fire_row(AMINA.email, "2026-11-01"),
        fire_row(AMINA.email, "2026-11-02"),
        format!("{},juggling,2026-11-01,,,,,,{ASSURED},2026-11-20", BEN.email),
        fire_row(BEN.email, "01/11/2026"),
        format!("{},dbs,2026-11-01,Highest,,2026-09-14,Clear,perhaps,{ASSURED},2026-11-20", BEN.email),
        fire_row(&format!("{},one too many", BEN.email), "2026-11-01"),
        fire_row("", "2026-11-01"),
        fire_row(BEN.email, "2024-11-01"),
    ]);
    let pulled = pulls_as(&ward.node, &hr.source(), &ward.the_trust().await).await;
    assert_eq!(counts(&pulled), [1, 0, 6, 1, 0, 0]);
    let said = pulled.wrong_at.join("\n");
    for what in [
        "line 3: another record of this person is of the same type",
        "line 4, column kind: is none of the kinds: identity, ",
        "line 5, column attained_on: write a day as YYYY-MM-DD",
        "line 6, column attained_on: is not known here; line 6, column dbs_level: write one of: Basic; ",
        "line 6, column certificate_number: is missing; line 6, column update_service: write true or false",
        "line 7: has 17 cells where there are 16 headings",
        "line 8: names nobody",
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
    assert!(!said.contains("northfield.example") && !said.contains("juggling"), "{said}");
    let [amina] = ward.credentials(AMINA).await.try_into().unwrap();
    assert!(amina.content.contains("2026-11-01"), "of two the first counts");
    assert_eq!(ward.credentials(BEN).await.len(), 0);
}

#[rstest]
#[tokio::test]
async fn nobody_of_another_organisation_is_touched(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let numbered = Person { staff_number: "12345678", ..BEN };
    ward.roster_becomes(&[AMINA, numbered]).await;
    ward.colleague(numbered).await;
    let riverside = ward.riverside().await;
    let hr = HrFolder::with(&[fire_row(AMINA.email, "2026-11-01"), fire_row("12345678", "2026-11-01")]);
    let pulled = pulls_as(&ward.node, &hr.of("RIV"), &riverside).await;
    assert_eq!(counts(&pulled), [0, 0, 0, 0, 2, 0]);
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
    // Of their own they are known by address and by staff number.
    assert_eq!(ward.pulls(&hr.source()).await, [2, 0, 0, 0, 0, 0]);
    // Whose account is disabled is told nothing, and nothing has vanished.
    ward.db.tell("UPDATE account SET disabled_at = 1 WHERE email LIKE 'ben%'").await;
    hr.says(&[fire_row(AMINA.email, "2026-11-01"), fire_row("12345678", "2026-11-02")]);
    assert_eq!(ward.pulls(&hr.source()).await, [0, 1, 0, 0, 1, 0]);
    assert_eq!(ward.credentials(BEN).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn nobody_is_woken_by_a_text(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(SINEAD).await;
    ward.person(SINEAD).also_has(Factor::TextMessage).await;
    ward.delivers().await;
    let before = ward.phone.texts_to(SINEAD.mobile).len();
    let hr = HrFolder::with(&[fire_row(SINEAD.email, "2026-11-01")]);
    ward.pulls(&hr.source()).await;
    assert_eq!(ward.told_of_passports(SINEAD.email).await.len(), 1);
    assert_eq!(ward.phone.texts_to(SINEAD.mobile).len(), before);
}

fn page(people: &[Value], next: Option<&str>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "people": people, "next": next }))
}

async fn answers(server: &MockServer, number: &str, answer: ResponseTemplate) {
    Mock::given(query_param("page", number))
        .and(header("authorization", "Bearer a-token-of-northfield"))
        .respond_with(answer)
        .mount(server)
        .await;
}

#[rstest]
#[tokio::test]
async fn over_https_it_tells_page_by_page_and_a_page_that_fails_loses_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN, SINEAD] {
        ward.colleague(who).await;
    }
    let server = MockServer::start().await;
    let first = [json!({ "person": AMINA.email, "credentials": [fire(), dbs(), {"kind": "juggling"}] })];
    let second = [json!({ "person": BEN.email, "credentials": [fire()] }), json!({ "person": SINEAD.email })];
    answers(&server, "1", page(&first, Some("/staff?page=2"))).await;
    answers(&server, "2", ResponseTemplate::new(503)).await;
    let address = Url::parse(&format!("{}/staff?page=1", server.uri())).unwrap();
    let records = Arc::new(Rest::new(&address, "a-token-of-northfield").unwrap());
    let source = Source { organisation: "NTH".to_owned(), records };
    let northfield = ward.the_trust().await;
    let problem = by_hand(&ward.node.service, &source, &northfield).await.unwrap_err();
    assert!(
        matches!(problem, PullProblem::Source(_)) && problem.to_string() == "it answered 503",
        "{problem}"
    );
    assert_eq!(ward.credentials(AMINA).await.len(), 2, "what the first page told stands");
    assert_eq!(ward.audited("staff_records_pulled").await, 0);

    server.reset().await;
    answers(&server, "1", page(&first, Some("/staff?page=2"))).await;
    answers(&server, "2", page(&second, None)).await;
    let pulled = pulls_as(&ward.node, &source, &northfield).await;
    assert_eq!(counts(&pulled), [1, 2, 2, 0, 0, 0]);
    assert!(
        pulled.wrong_at[0].starts_with("page 1, /people/0/credentials/2/kind: is none of the kinds"),
        "{pulled:?}"
    );
    assert!(pulled.wrong_at[0].contains("page 1, /people/0/credentials/2/claims: is missing"), "{pulled:?}");
    assert_eq!(pulled.wrong_at[1], "page 2, /people/1/credentials: write a list of credentials");
    assert_eq!(ward.told_of_passports(AMINA.email).await.len(), 1);
    assert_eq!(ward.told_of_passports(BEN.email).await.len(), 1);
}

#[tokio::test]
async fn the_file_in_the_handbook_is_one_that_is_read() {
    let ward = Ward::new(Sqlite).await;
    let handbook = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/admin/staff-records.md");
    let handbook = std::fs::read_to_string(handbook).unwrap();
    let (_, example) = handbook.split_once("```csv\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("staff.csv"), example.split_once("```").unwrap().0).unwrap();
    let records = Arc::new(CsvFile::new(folder.path(), HEADINGS));
    let source = Source { organisation: "NTH".to_owned(), records };
    assert_eq!(ward.pulls(&source).await, [0, 0, 0, 0, 2, 0]);
}
