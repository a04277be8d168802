//! The service that is asked for a range, against a stand-in: it learns five digits, and its failures are told apart.

use std::time::Duration;

use breached::{PasswordDigest, RangeService, ServiceFailure};
use rstest::rstest;
use url::Url;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::words::hash;

const PASSWORD: &str = "correct horse battery staple";

async fn service(answer: ResponseTemplate) -> (MockServer, RangeService) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let service = RangeService::new(&Url::parse(&format!("{}/range", server.uri())).unwrap()).unwrap();
    (server, service)
}

async fn asked(answer: ResponseTemplate) -> Result<bool, ServiceFailure> {
    let (_server, service) = service(answer).await;
    service.holds(&PasswordDigest::of(PASSWORD)).await
}

fn ok(body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(body)
}

/// A range with this suffix and others around it.
fn range(suffix: &str, count: u32) -> String {
    format!("{}:2\r\n{suffix}:{count}\r\n{}:41", "0".repeat(35), "F".repeat(35))
}

#[tokio::test]
async fn it_learns_five_digits_and_is_asked_to_pad() {
    let hash = hash(PASSWORD);
    let (server, service) = service(ok(range(&hash[5..], 7))).await;
    server.reset().await;
    Mock::given(path(format!("/range/{}", &hash[..5])))
        .and(header("add-padding", "true"))
        .respond_with(ok(range(&hash[5..], 7)))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(service.holds(&PasswordDigest::of(PASSWORD)).await, Ok(true));
    let asked = server.received_requests().await.unwrap();
    let told = format!("{:?}", asked[0]);
    assert!(!told.contains(&hash[5..]) && !told.contains(PASSWORD), "{told}");
}

#[tokio::test]
async fn only_the_whole_hash_counts_and_padding_does_not() {
    let hash = hash(PASSWORD);
    assert_eq!(asked(ok(range(&hash[5..].to_lowercase(), 1))).await, Ok(true));
    assert_eq!(asked(ok(range(&hash[5..], 0))).await, Ok(false));
    assert_eq!(asked(ok(range(&"A".repeat(35), 3))).await, Ok(false));
}

#[rstest]
#[case::error(ResponseTemplate::new(500), ServiceFailure::Status(500))]
#[case::limited(ResponseTemplate::new(429), ServiceFailure::Status(429))]
#[case::elsewhere(ResponseTemplate::new(302).insert_header("location", "/range/other"), ServiceFailure::Status(302))]
#[case::empty(ok(""), ServiceFailure::NotARange)]
#[case::page(ok("<!DOCTYPE html><title>Sign in to the guest network</title>"), ServiceFailure::NotARange)]
#[case::half_a_page(ok(range(&"A".repeat(35), 3) + "\r\n<html>"), ServiceFailure::NotARange)]
#[case::bytes(ResponseTemplate::new(200).set_body_bytes(vec![0xff; 500]), ServiceFailure::NotARange)]
#[case::flood(ok(format!("{}:1\n", "A".repeat(35)).repeat(30_000)), ServiceFailure::NotARange)]
#[case::slow(ok(range(&"A".repeat(35), 3)).set_delay(Duration::from_secs(20)), ServiceFailure::TooSlow)]
#[tokio::test]
async fn whatever_else_it_answers_is_a_failure(
    #[case] answer: ResponseTemplate,
    #[case] failure: ServiceFailure,
) {
    assert_eq!(asked(answer).await, Err(failure));
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_failure() {
    let (server, service) = service(ok(range(&"A".repeat(35), 3))).await;
    assert_eq!(service.check().await, Ok(()));
    drop(server);
    let service = RangeService::new(&Url::parse("http://127.0.0.1:9/range").unwrap()).unwrap_or(service);
    assert_eq!(service.check().await, Err(ServiceFailure::Unreachable));
}
