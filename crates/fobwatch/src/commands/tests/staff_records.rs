//! `fobwatch passport pull` and what the doctor says of HR systems.

use super::passport::with_somebody;
use super::*;

const HEADINGS_OF_STAFF: &str =
    "person,kind,attained_on,origin,policy,outcome,provider,verifier,method,pedigree,last_refresh";

impl Desk {
    fn staff(&self, rows: &[(&str, &str)]) {
        let day = SystemClock
            .now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .saturating_sub(jiff::ToSpan::days(7_i64));
        let row = |(person, kind): &(&str, &str)| {
            format!("{person},{kind},{day},ESR,CSTF,Passed,Northfield,Northfield,Seen,Authoritative,{day}")
        };
        let rows: Vec<_> = rows.iter().map(row).collect();
        self.file("staff.csv", format!("{HEADINGS_OF_STAFF}\n{}\n", rows.join("\n")));
    }

    /// The configuration names this source.
    fn asks(&mut self, source: &str) {
        let source = source.replace("FOLDER", &self.folder.path().display().to_string());
        self.environment.retain(|(name, _)| name != "FOBWATCH_STAFF_RECORDS__SOURCES");
        self.environment.push(("FOBWATCH_STAFF_RECORDS__SOURCES".to_owned(), source));
    }
}

#[tokio::test]
async fn records_are_pulled_by_hand_and_the_outcome_is_told() {
    let (mut desk, email) = with_somebody().await;
    let pull = "passport pull --organisation nth";
    assert!(desk.types(pull).await.refused().contains("staff_records.sources names no source of NTH"));
    desk.asks("NTH | csv | FOLDER/staff.csv");
    let missing = desk.types(pull).await.refused();
    assert!(
        missing.contains("the staff records of NTH: ") && missing.contains("cannot be read"),
        "{missing}"
    );

    desk.staff(&[
        (&email, "fire-safety"),
        (&email, "information-governance"),
        ("nobody@x.example", "fire-safety"),
    ]);
    let said = desk.types(pull).await.well().out;
    let told: Vec<_> = said.lines().map(str::trim).collect();
    assert_eq!(told[..2], ["2 provided", "0 unchanged"]);
    assert_eq!(told[4], "1 of people without an account");
    assert_eq!(desk.types("passport list --organisation NTH").await.well().out.lines().count(), 2);

    desk.staff(&[(&email, "fire-safety"), (&email, "juggling")]);
    let said = desk.types(pull).await;
    assert_eq!(said.end, Ok(Outcome::Unwell));
    assert!(said.out.starts_with("line 3, column kind: is none of the kinds: "), "{}", said.out);
    assert!(
        said.out.contains("1 unchanged") && said.out.contains("1 wrong, and not provided"),
        "{}",
        said.out
    );
    desk.staff(&[(&email, "fire-safety")]);
    let said = desk.types(pull).await.well();
    assert!(said.out.contains("1 provided before and not in the source any more"), "{}", said.out);
    assert!(said.err.contains("Nothing is done about what is not in the source any more"), "{}", said.err);
    assert_eq!(said.err.lines().count(), 2, "which credential: {}", said.err);
}

#[tokio::test]
async fn an_address_is_asked_with_the_token_in_its_file_or_the_one_of_the_environment() {
    use wiremock::matchers::{header, path};
    let (mut desk, _) = with_somebody().await;
    let server = wiremock::MockServer::start().await;
    let page = serde_json::json!({"people": [{"person": "nobody@x.example", "credentials": []}]});
    for token in ["of-a-file", "of-the-environment"] {
        let bearer = format!("Bearer {token}");
        wiremock::Mock::given(path(format!("/{token}")))
            .and(header("authorization", bearer.as_str()))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(&page))
            .expect(2)
            .mount(&server)
            .await;
    }
    desk.file("nth.token", "of-a-file\n");
    desk.environment.push(("FOBWATCH_STAFF_RECORDS__TOKEN".to_owned(), "of-the-environment".to_owned()));
    for source in [
        format!("NTH | rest | {}/of-a-file | FOLDER/nth.token", server.uri()),
        format!("NTH | rest | {}/of-the-environment", server.uri()),
    ] {
        desk.asks(&source);
        desk.types("passport pull --organisation NTH").await.well();
        let said = desk.types("doctor").await.out;
        assert!(said.contains("OK    records of NTH   0 records of 1 people"), "{said}");
    }
    desk.file("nth.token", "another");
    desk.asks(&format!("NTH | rest | {}/refused | FOLDER/nth.token", server.uri()));
    let said = desk.types("passport pull --organisation NTH").await.refused();
    assert!(
        said.contains("the staff records of NTH: it answered 404") && !said.contains("another"),
        "{said}"
    );
}

#[tokio::test]
async fn the_doctor_looks_at_the_sources() {
    let mut desk = Desk::with_northfield().await;
    desk.asks("NTH | csv | FOLDER/staff.csv");
    let said = desk.types("doctor").await.out;
    assert!(said.contains("MEND  records of NTH") && said.contains("See staff_records.sources"), "{said}");
    desk.staff(&[("a@x.example", "fire-safety"), ("b@x.example", "fire-safety"), ("a@x.example", "dbs")]);
    let said = desk.types("doctor").await.out;
    assert!(said.contains("OK    records of NTH   3 records of 2 people"), "{said}");
    desk.asks("NTH | rest | https://hr.northfield.example/ | FOLDER/none.token");
    let said = desk.types("doctor").await.out;
    assert!(said.contains("none.token cannot be read. Write a file that holds the token of NTH"), "{said}");
}

#[tokio::test]
async fn a_source_of_an_organisation_that_there_is_not_stops_the_start() {
    let mut desk = Desk::with_northfield().await;
    desk.asks("RIV | csv | FOLDER/staff.csv");
    let config = Config::load(None, desk.environment.clone()).unwrap();
    let started = crate::running::start(config, crate::running::Hooks::default()).await;
    let why = format!("{:#}", started.unwrap_err());
    assert!(
        why.contains("staff_records.sources: there is no organisation RIV. Write the code of one"),
        "{why}"
    );
}
