//! Telephone services compare Verification Passcodes: over the interface with a key, and staff on a page of the console.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, Person, SINEAD, STRANGER};
use crate::ward::Ward;
use axum::http::{HeaderMap, Method, StatusCode};
use futures::future::join_all;
use rstest::rstest;
use serde_json::json;
use store::role::Role;
use store::server_passcode::ServerPasscodeKind;
use uuid::Uuid;
use vault::{Secret, Token};

const PASSCODE: &str = "Lantern-Mosaic9";

impl Ward {
    /// The person has this Verification Passcode.
    async fn has_verification_passcode(&self, who: Person) {
        let service = &self.node.service;
        let passcode = Secret::new(PASSCODE.to_owned());
        let hash = service.hasher.hash(&passcode, service.random.as_ref()).await.unwrap();
        let account = self.account_of(who).await;
        let id = vault::new_id(self.now(), service.random.as_ref());
        let mut tx = self.store().begin().await.unwrap();
        let kind = ServerPasscodeKind::Verification;
        assert!(tx.set_server_passcode(id, account, kind, &hash, None, self.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Registers a telephone service.
    async fn telephone_service(&self, name: &str, organisation: Option<Uuid>) -> Token {
        journeys::verification::add_client(&self.node.service, name, organisation).await.unwrap().unwrap()
    }

    /// A telephone service asks, and what it is answered.
    async fn asks(&self, key: &str, user_name: &str, passcode: &str) -> (StatusCode, String) {
        let body = json!({ "user_name": user_name, "passcode": passcode }).to_string();
        let (status, _, answer) = self.sends_question(&format!("Bearer {key}"), body).await;
        (status, answer)
    }

    async fn sends_question(&self, authorization: &str, body: String) -> (StatusCode, HeaderMap, String) {
        let headers = [
            ("authorization", authorization),
            ("content-type", "application/json"),
            ("origin", ""),
            ("sec-fetch-site", ""),
        ];
        self.browser().sends(&Method::POST, "/api/v1/verification", Some(body), &headers).await.unwrap()
    }
}

const MATCHES: &str = r#"{"matches":true}"#;
const DIFFERS: &str = r#"{"matches":false}"#;

fn ok(answer: &str) -> (StatusCode, String) {
    (StatusCode::OK, answer.to_owned())
}

#[rstest]
#[tokio::test]
async fn a_telephone_service_learns_whether_a_passcode_is_the_persons_and_nothing_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    ward.colleague(BEN).await;
    ward.has_verification_passcode(AMINA).await;
    let key = ward.telephone_service("Booking line", None).await;
    let key = key.as_str();
    assert_eq!(ward.asks(key, AMINA.email, PASSCODE).await, ok(MATCHES));
    assert_eq!(ward.asks(key, &AMINA.email.to_uppercase(), PASSCODE).await, ok(MATCHES));
    for wrong in ["lantern-mosaic9", "Lantern-Mosaic", "Lantern-Mosaic9 ", "x"] {
        assert_eq!(ward.asks(key, AMINA.email, wrong).await, ok(DIFFERS), "{wrong:?}");
    }
    // Nobody has this name, and Ben has no such passcode: it cannot be told from a wrong one.
    assert_eq!(ward.asks(key, STRANGER.email, PASSCODE).await, ok(DIFFERS));
    assert_eq!(ward.asks(key, BEN.email, PASSCODE).await, ok(DIFFERS));

    // The person sees it, and the audit knows by whose key.
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/activity").await.says("Verification Passcode compared by a telephone service");
    amina.says("Wrong Verification Passcode given to a telephone service");
    let record = ward.newest_record("verification_checked").await;
    assert_eq!(record["service"], "Booking line");
    assert_eq!(record["right"], false);
    assert_eq!(record["account"], ward.account_of(BEN).await.to_string());
    assert_eq!(ward.audited("verification_checked").await, 8);
    assert_eq!(ward.db.count("audit", "event LIKE '%Lantern%'").await, 0, "nothing of the passcode");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn nobody_asks_without_a_key_that_works(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.has_verification_passcode(AMINA).await;
    let key = ward.telephone_service("Booking line", None).await;
    let question = json!({ "user_name": AMINA.email, "passcode": PASSCODE }).to_string();
    let unknown = (StatusCode::UNAUTHORIZED, r#"{"error":"unknown-key"}"#.to_owned());
    let another = "A".repeat(43);
    for authorization in [String::new(), key.as_str().to_owned(), format!("Basic {}", key.as_str())] {
        let (status, headers, answer) = ward.sends_question(&authorization, question.clone()).await;
        assert_eq!((status, answer), unknown, "{authorization}");
        assert_eq!(headers["www-authenticate"], "Bearer");
    }
    for wrong in [another.as_str(), "", "x", &another[..42]] {
        assert_eq!(ward.asks(wrong, AMINA.email, PASSCODE).await, unknown, "{wrong}");
    }
    assert_eq!(ward.asks(key.as_str(), AMINA.email, PASSCODE).await, ok(MATCHES));
    assert!(journeys::verification::end_client(&ward.node.service, "Booking line").await.unwrap());
    assert!(!journeys::verification::end_client(&ward.node.service, "Booking line").await.unwrap());
    assert_eq!(ward.asks(key.as_str(), AMINA.email, PASSCODE).await, unknown);
    // The name is free for another key; the old one stays dead.
    let newer = ward.telephone_service("Booking line", None).await;
    assert_eq!(ward.asks(newer.as_str(), AMINA.email, PASSCODE).await, ok(MATCHES));
    assert_eq!(ward.asks(key.as_str(), AMINA.email, PASSCODE).await, unknown);
    let twice = journeys::verification::add_client(&ward.node.service, "Booking line", None).await.unwrap();
    assert!(twice.is_none(), "one key for each name");
    assert_eq!(ward.db.count("verification_client", "1 = 1").await, 2);
}

#[rstest]
#[tokio::test]
async fn what_is_no_question_is_not_compared(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let key = ward.telephone_service("Booking line", None).await;
    let bearer = format!("bearer {}", key.as_str());
    let long = json!({ "user_name": "x", "passcode": "x".repeat(201) }).to_string();
    for body in ["", "{}", "[]", r#"{"user_name":"x"}"#, r#"{"user_name":" ","passcode":"x"}"#, &long] {
        let (status, _, answer) = ward.sends_question(&bearer, body.to_owned()).await;
        assert_eq!((status, answer.as_str()), (StatusCode::BAD_REQUEST, r#"{"error":"bad-request"}"#));
    }
    let (status, ..) = ward.sends_question(&bearer, "x".repeat(5_000)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, headers, _) =
        ward.browser().sends(&Method::GET, "/api/v1/verification", None, &[]).await.unwrap();
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "GET changes nothing");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(ward.node.service.hasher.hashes_done(), 0);
    assert_eq!(ward.audited("verification_checked").await, 0);
}

#[rstest]
#[tokio::test]
async fn the_sixth_wrong_passcode_in_a_quarter_of_an_hour_is_not_compared(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.has_verification_passcode(AMINA).await;
    let key = ward.telephone_service("Booking line", None).await;
    let other = ward.telephone_service("Results line", None).await;
    let too_many = (StatusCode::TOO_MANY_REQUESTS, r#"{"error":"too-many"}"#.to_owned());
    for name in [AMINA.email, STRANGER.email] {
        // Many right ones are no guesses.
        for _ in 0..7 {
            let expected = if name == AMINA.email { MATCHES } else { DIFFERS };
            if expected == MATCHES {
                assert_eq!(ward.asks(key.as_str(), name, PASSCODE).await, ok(MATCHES));
            }
        }
        // A hundred at once are no more than five.
        let answers = join_all((0..20).map(|_| ward.asks(key.as_str(), name, "wrong-one"))).await;
        assert_eq!(answers.iter().filter(|answer| **answer == ok(DIFFERS)).count(), 5, "{name}");
        assert_eq!(answers.iter().filter(|answer| **answer == too_many).count(), 15, "{name}");
        // Nor is there more for another service, or for the right one.
        assert_eq!(ward.asks(other.as_str(), name, PASSCODE).await, too_many);
    }
    let question = json!({ "user_name": AMINA.email, "passcode": PASSCODE }).to_string();
    let (_, headers, _) = ward.sends_question(&format!("Bearer {}", key.as_str()), question).await;
    assert_eq!(headers["retry-after"], "900");
    ward.waits(899);
    assert_eq!(ward.asks(other.as_str(), AMINA.email, PASSCODE).await, too_many);
    ward.waits(1);
    assert_eq!(ward.asks(other.as_str(), AMINA.email, PASSCODE).await, ok(MATCHES));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_service_that_guesses_through_all_people_is_stopped(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let key = ward.telephone_service("Booking line", None).await;
    for number in 0..100 {
        let name = format!("person{number}@northfield.example");
        assert_eq!(ward.asks(key.as_str(), &name, "wrong-one").await, ok(DIFFERS));
    }
    let (status, _) = ward.asks(key.as_str(), AMINA.email, "wrong-one").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    ward.waits(3_600);
    assert_eq!(ward.asks(key.as_str(), AMINA.email, "wrong-one").await, ok(DIFFERS));
}

#[rstest]
#[tokio::test]
async fn a_wrong_passcode_costs_the_same_whoever_is_asked_about(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    for who in [AMINA, BEN, SINEAD] {
        ward.colleague(who).await;
    }
    ward.has_verification_passcode(AMINA).await;
    ward.has_verification_passcode(SINEAD).await;
    ward.db.tell("UPDATE account SET disabled_at = 1 WHERE email LIKE 'sinead%'").await;
    let key = ward.telephone_service("Booking line", None).await;
    let mut costs = Vec::new();
    for name in [AMINA.email, BEN.email, SINEAD.email, STRANGER.email, "20000000", "x"] {
        let before = (ward.node.service.hasher.hashes_done(), ward.store().statements_run());
        assert_eq!(ward.asks(key.as_str(), name, "wrong-one").await, ok(DIFFERS));
        let after = (ward.node.service.hasher.hashes_done(), ward.store().statements_run());
        costs.push((after.0 - before.0, after.1 - before.1));
    }
    assert!(costs.iter().all(|cost| cost.0 == 1 && *cost == costs[0]), "{costs:?}");
}

#[rstest]
#[tokio::test]
async fn a_service_of_one_trust_asks_about_its_people_alone(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.has_verification_passcode(AMINA).await;
    ward.another_trust(&[]).await;
    let id = |code: &'static str| async {
        ward.store().organisation_by_code(code).await.unwrap().map(|organisation| organisation.id)
    };
    let ours = ward.telephone_service("Northfield switchboard", id("NTH").await).await;
    let theirs = ward.telephone_service("Southfield switchboard", id("STH").await).await;
    assert_eq!(ward.asks(ours.as_str(), AMINA.email, PASSCODE).await, ok(MATCHES));
    assert_eq!(ward.asks(theirs.as_str(), AMINA.email, PASSCODE).await, ok(DIFFERS));
}

#[rstest]
#[tokio::test]
async fn staff_check_a_caller_on_a_page(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Role::ServiceDesk, Role::Unlocker)] role: Role,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    ward.has_verification_passcode(AMINA).await;
    let mut ben = ward.staff(BEN, role).await;
    ben.opens("/console").await;
    ben.follows("Check a caller").await.reads("Check a Verification Passcode");
    ben.presses("Check").await.is_told("Enter your email address or staff number");
    ben.is_told("Enter the Verification Passcode that the caller says");
    let check = async |ben: &mut crate::guide::Visitor<'_>, name: &str, passcode: &str| {
        ben.fills("Email address or staff number", name).fills("Verification Passcode", passcode);
        ben.presses("Check").await;
    };
    check(&mut ben, AMINA.email, PASSCODE).await;
    ben.says("It matches.").says(AMINA.email);
    assert!(!ben.page.html.contains(PASSCODE), "nothing of it comes back");
    for name in [AMINA.email, STRANGER.email] {
        for _ in 0..5 {
            check(&mut ben, name, "wrong-one").await;
            ben.says("It does not match.");
            assert!(!ben.page.html.contains("wrong-one"), "nothing of it comes back");
        }
        check(&mut ben, name, PASSCODE).await;
        ben.is_told("Too many Verification Passcodes were wrong. Wait 15 minutes");
    }
    check(&mut ben, &"x".repeat(30), &"x".repeat(201)).await;
    ben.is_told("The Verification Passcode has 20 characters or fewer");
    check(&mut ben, BEN.email, PASSCODE).await;
    ben.is_refused("FW-1502");
    let record = ward.newest_record("verification_checked").await;
    assert_eq!(record["by"], ward.account_of(BEN).await.to_string());
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/activity").await.says("Verification Passcode compared by a telephone service");
    ward.audit_is_whole().await;
}

#[rstest]
#[case(Role::Administrator)]
#[case(Role::Auditor)]
#[tokio::test]
async fn whoever_answers_no_telephone_checks_nobody(#[case] role: Role) {
    let ward = Ward::new(Sqlite).await;
    let mut ben = ward.staff(BEN, role).await;
    ben.opens("/console/verification").await.is_refused("FW-1501");
    ben.sends_form("/console/verification", "user_name=x&passcode=y").await.is_refused("FW-1501");
}
