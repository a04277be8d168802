//! What makes a new password good: rules, section 2; and what whoever types one is told of it.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, Person};
use crate::ward::{ELSEWHERE, Setup, WARD_NETWORK, Ward};
use axum::http::{Method, StatusCode};
use breached::build;
use rstest::rstest;
use rules::limits::STRENGTHS_PER_NETWORK;
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;
use url::form_urlencoded::Serializer;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const NEXT: &str = "Choose your second step for signing in";
const KNOWN: &str = "This password is known from thefts of data elsewhere";
/// Long and strange enough, and stolen all the same.
const STOLEN: &str = "violet tractor under nine bridges";

fn hash(password: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02X}");
        hash
    })
}

/// A list that holds one password. It must outlive the test's setup, which can be copied.
fn list_of(folder: &TempDir, password: &str) -> &'static Path {
    let source = folder.path().join("source");
    std::fs::write(&source, format!("{}:3\n", hash(password))).unwrap();
    let list = folder.path().join("list");
    build(&source, &list, jiff::Timestamp::UNIX_EPOCH, &|_| ()).unwrap();
    Box::leak(list.into_boxed_path())
}

/// A service that answers so, and its address.
async fn service(answer: ResponseTemplate) -> (MockServer, &'static str) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let address = format!("{}/range", server.uri());
    (server, Box::leak(address.into_boxed_str()))
}

#[rstest]
#[tokio::test]
async fn a_password_that_attackers_have_is_refused_and_another_one_taken(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let folder = tempfile::tempdir().unwrap();
    let breached_list = Some(list_of(&folder, STOLEN));
    let ward = Ward::with(Setup { breached_list, ..Setup::on(kind) }).await;
    let mut amina = ward.person(Person { password: STOLEN, ..AMINA });
    amina.proves_the_address().await.gives_details().await;
    amina.is_told(KNOWN);
    assert_eq!(amina.page.value("Password"), "");
    assert_eq!(amina.page.value("First name"), "Amina", "nothing else is lost");
    assert_eq!(ward.db.count("registration", "details_at IS NOT NULL").await, 0, "nothing is half done");
    amina.who = AMINA;
    amina.gives_details().await.reads(NEXT);
}

#[tokio::test]
async fn what_the_list_does_not_hold_the_service_may_know() {
    let folder = tempfile::tempdir().unwrap();
    let breached_list = Some(list_of(&folder, "another one that was stolen"));
    let (server, address) = service(ResponseTemplate::new(200).set_body_string(&hash(STOLEN)[5..])).await;
    let setup = Setup { breached_list, range_service: Some(address), ..Setup::on(Sqlite) };
    let ward = Ward::with(setup).await;
    let mut amina = ward.person(Person { password: "too short", ..AMINA });
    amina.proves_the_address().await.gives_details().await.is_told("12 characters or more");
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        0,
        "it is not told of what is refused anyway"
    );
    amina.who.password = STOLEN;
    amina.gives_details().await.is_told(KNOWN);
    let asked = server.received_requests().await.unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].url.path(), format!("/range/{}", &hash(STOLEN)[..5]));
}

#[rstest]
#[case::error(ResponseTemplate::new(500))]
#[case::garbage(ResponseTemplate::new(200).set_body_string("<title>Sign in to the guest network</title>"))]
#[tokio::test]
async fn a_service_that_fails_locks_no_door(#[case] answer: ResponseTemplate) {
    let folder = tempfile::tempdir().unwrap();
    let breached_list = Some(list_of(&folder, STOLEN));
    let (_server, address) = service(answer).await;
    let setup = Setup { breached_list, range_service: Some(address), ..Setup::on(Sqlite) };
    let ward = Ward::with(setup).await;
    let mut amina = ward.person(Person { password: STOLEN, ..AMINA });
    amina.proves_the_address().await.gives_details().await;
    amina.is_told(KNOWN);
    amina.who = AMINA;
    amina.gives_details().await.reads(NEXT);
}

#[tokio::test]
async fn a_list_that_is_damaged_later_locks_no_door() {
    let folder = tempfile::tempdir().unwrap();
    let list = list_of(&folder, AMINA.password);
    let ward = Ward::with(Setup { breached_list: Some(list), ..Setup::on(Sqlite) }).await;
    let mut bytes = std::fs::read(list).unwrap();
    bytes[110] ^= 1;
    std::fs::write(list, bytes).unwrap();
    ward.person(AMINA).comes_to_the_second_factor().await;
}

#[tokio::test]
async fn a_password_with_the_name_of_the_organisation_or_the_service_is_refused() {
    let ward = Ward::new(Sqlite).await;
    for password in ["seven otters of Northfield sing", "seven otters at fobwatch sing"] {
        ward.waits(60);
        let mut amina = ward.person(Person { password, ..AMINA });
        amina.proves_the_address().await.gives_details().await;
        amina.is_told("must not contain the name of your organisation or of this service");
    }
}

#[tokio::test]
async fn the_field_for_a_new_password_can_be_shown_and_pasted_into() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.proves_the_address().await;
    assert!(amina.page.find("input[name=password][autocomplete=new-password]:not([maxlength])").is_some());
    assert!(
        amina.page.find("button.nhsuk-js-password-input-toggle[hidden]").is_some(),
        "until a script runs"
    );
    assert!(amina.page.find("[data-strength-of=password][hidden] [aria-live=polite]").is_some());
    amina.says("be at least 12 characters long");
}

/// Every row of the database but those that count for limits.
async fn kept(ward: &Ward) -> Vec<String> {
    let dump = ward.db.dump(&[]).await;
    dump.lines().filter(|line| !line.starts_with("limit_")).map(str::to_owned).collect()
}

fn form(password: &str, names: &str) -> String {
    let fields = [("password", password), ("organisation", "NTH"), ("names", names)];
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[rstest]
#[case("", "Enter a password", 0..=0)]
#[case("short", "too short, 7 more characters are needed", 0..=2)]
#[case("elevenchars", "too short, 1 more character is needed", 0..=2)]
#[case("password1234", "too easy to guess", 0..=2)]
#[case("seven otters of amina sing", "contains your name", 0..=2)]
#[case("seven otters of Northfield sing", "the name of your organisation", 0..=2)]
#[case(STOLEN, "known from thefts of data", 0..=2)]
#[case("seven copper kettles whistling", "strong", 3..=4)]
#[tokio::test]
async fn whoever_types_a_password_is_told_how_strong_it_is(
    #[case] password: &str,
    #[case] told: &str,
    #[case] score: std::ops::RangeInclusive<u64>,
) {
    let folder = tempfile::tempdir().unwrap();
    let breached_list = Some(list_of(&folder, STOLEN));
    let (server, address) = service(ResponseTemplate::new(500)).await;
    let setup = Setup { breached_list, range_service: Some(address), ..Setup::on(Sqlite) };
    let ward = Ward::with(setup).await;
    let before = kept(&ward).await;
    let body = form(password, "Amina\nKhan\namina.khan@northfield.example");
    let mut amina = ward.person(AMINA);
    let (status, headers, said) =
        amina.sends(&Method::POST, "/password/strength", Some(body), &[]).await.unwrap();
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/json"));
    assert_eq!(headers["cache-control"], "no-store");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(said["text"].as_str().unwrap().contains(told), "{said}");
    assert!(score.contains(&said["score"].as_u64().unwrap()), "{said}");
    assert!(server.received_requests().await.unwrap().is_empty(), "the network is not asked while typing");
    assert_eq!(kept(&ward).await, before, "nothing is kept");
}

#[tokio::test]
async fn the_strength_is_told_to_our_own_pages_alone() {
    let ward = Ward::new(Sqlite).await;
    let mut evil = ward.browser();
    let body = Some(form("seven copper kettles whistling", ""));
    let elsewhere = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let (status, ..) = evil.sends(&Method::POST, "/password/strength", body, &elsewhere).await.unwrap();
    assert_eq!(status, StatusCode::FORBIDDEN);
    evil.opens("/password/strength").await;
    assert_eq!(evil.page.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[rstest]
#[tokio::test]
async fn a_flood_from_one_network_is_not_told_any_longer(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let network: Vec<u8> = WARD_NETWORK.split('.').take(3).map(|part| part.parse().unwrap()).collect();
    let subject = ward.db.keys.keyed_hash("network", &[network.as_slice()]);
    let mut tx = ward.store().begin().await.unwrap();
    for _ in 0..STRENGTHS_PER_NETWORK.at_most {
        tx.take(&STRENGTHS_PER_NETWORK, &subject, ward.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let asks = async |address: &str| {
        let body = Some(form("seven copper kettles whistling", ""));
        let mut browser = ward.browser_from(address);
        browser.sends(&Method::POST, "/password/strength", body, &[]).await.unwrap().0
    };
    assert_eq!(asks(WARD_NETWORK).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(asks(ELSEWHERE).await, StatusCode::OK);
    // It is only told: the password itself is still taken.
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    ward.waits(61);
    assert_eq!(asks(WARD_NETWORK).await, StatusCode::OK);
}
