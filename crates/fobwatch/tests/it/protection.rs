//! What surrounds every page: headers, forms from elsewhere, errors in plain words.

use crate::database::Sqlite;
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::{Setup, Ward};
use axum::http::{Method, StatusCode};
use rstest::rstest;

#[tokio::test]
async fn every_page_is_private_and_runs_no_script_of_others() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    for page in ["/join", "/join/NTH", "/sign-in", "/home", "/help", "/nowhere", "/health/live"] {
        amina.opens(page).await;
        let header = |name: &str| {
            amina.page.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let policy = header("content-security-policy");
        for rule in
            ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "same-origin");
        if page != "/health/live" {
            assert_eq!(header("cache-control"), "no-store", "{page}");
        }
        assert_eq!(header("strict-transport-security"), "", "not without HTTPS");
        assert!(!header("x-request-id").is_empty());
        assert!(!amina.page.html.contains("<script>"), "{page}");
        assert!(!amina.page.html.contains(" style="), "{page}");
    }
}

#[tokio::test]
async fn the_authenticator_has_a_policy_of_its_own_and_a_service_worker_that_may_work_for_it() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    for file in authenticator::ALL {
        amina.opens(file.path).await;
        let header = |name: &str| {
            amina.page.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "worker-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{}: {policy}", file.path);
        }
        assert!(!policy.contains("unsafe"), "{}: {policy}", file.path);
        assert!(header("permissions-policy").contains("camera=(self)"));
        assert_eq!(header("service-worker-allowed"), "/authenticator");
        assert_eq!(header("content-type"), file.content_type);
        assert_eq!(header("cache-control").contains("immutable"), file.for_ever, "{}", file.path);
        assert_eq!(header("set-cookie"), "");
    }
    for nothing in ["/authenticator/", "/authenticator/app.js", "/authenticator/%2e%2e/home"] {
        assert_eq!(amina.opens(nothing).await.page.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[tokio::test]
async fn behind_https_cookies_are_bound_to_this_host_and_browsers_stay_with_https() {
    let ward = Ward::with(Setup { public_url: "https://fobwatch.example", ..Setup::on(Sqlite) }).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let names: Vec<_> = amina.cookies.keys().cloned().collect();
    assert_eq!(names, ["__Host-fobwatch-device", "__Host-fobwatch-session"]);
    assert!(amina.set_cookies.len() >= 4);
    for cookie in &amina.set_cookies {
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute} is missing in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let header = amina.page.headers.get("strict-transport-security").unwrap();
    assert!(header.to_str().unwrap().starts_with("max-age=63072000"));
}

#[rstest]
#[case::from_elsewhere(&[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")])]
#[case::from_a_neighbour(&[("origin", "http://other.fobwatch.example"), ("sec-fetch-site", "same-site")])]
#[case::by_an_old_browser(&[("origin", "https://evil.example"), ("sec-fetch-site", "")])]
#[case::from_a_sandbox(&[("origin", "null"), ("sec-fetch-site", "cross-site")])]
#[case::from_another_port(&[("origin", "http://fobwatch.example:8080"), ("sec-fetch-site", "")])]
#[tokio::test]
async fn a_form_from_elsewhere_is_refused_with_a_page(#[case] headers: &[(&str, &str)]) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let before = ward.db.dump(&[]).await;
    for (url, body) in [
        ("/sign-out", ""),
        ("/sign-in", "user_name=amina.khan%40northfield.example&password=wrong"),
        ("/join/NTH/email?group=nursing-and-midwifery-registered", "email=a%40northfield.example"),
        ("/join/start-again", ""),
    ] {
        let sent = amina.sends(&Method::POST, url, Some(body.to_owned()), headers).await;
        let (status, _, html) = sent.unwrap();
        assert_eq!(status, StatusCode::FORBIDDEN, "{url}");
        assert!(html.contains("This form is no longer valid"), "{html}");
    }
    assert_eq!(ward.db.dump(&[]).await, before);
    assert!(amina.is_signed_in().await);
}

#[rstest]
#[case::unknown_page(Method::GET, "/nowhere", 0, &[], 404, "Page not found")]
#[case::form_opened_as_a_page(Method::GET, "/sign-out", 0, &[], 405, "This page cannot be opened in this way")]
#[case::strange_method(Method::DELETE, "/sign-in", 0, &[], 405, "This page cannot be opened in this way")]
#[case::too_long(Method::POST, "/sign-in", 70_000, &[], 413, "What you sent is too long")]
#[case::no_form(Method::POST, "/sign-in", 9, &[("content-type", "text/plain")], 415, "We did not understand that form")]
#[case::json(Method::POST, "/sign-in", 9, &[("content-type", "application/json")], 415, "We did not understand that form")]
#[tokio::test]
async fn what_goes_wrong_is_said_in_plain_words_with_a_reference_number(
    #[case] method: Method,
    #[case] url: &str,
    #[case] length: usize,
    #[case] headers: &[(&str, &str)],
    #[case] status: u16,
    #[case] heading: &str,
) {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    let body = format!("user_name={}", "a".repeat(length));
    let (answered, headers, html) = browser.sends(&method, url, Some(body), headers).await.unwrap();
    is_an_error_page(status, heading, answered, &headers, html);
}

#[tokio::test]
async fn a_fault_of_ours_is_said_without_its_cause() {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    ward.db.tell("ALTER TABLE organisation RENAME TO lost").await;
    let (status, headers, html) = browser.sends(&Method::GET, "/join", None, &[]).await.unwrap();
    is_an_error_page(500, "Sorry, there is a problem with the service", status, &headers, html);
}

fn is_an_error_page(
    expected: u16,
    heading: &str,
    status: StatusCode,
    headers: &axum::http::HeaderMap,
    html: String,
) {
    let page = crate::page::Page { status, html, headers: headers.clone(), ..Default::default() };
    assert_eq!(status.as_u16(), expected, "{}", page.shown());
    assert_eq!(page.heading(), heading, "{}", page.shown());
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["cache-control"], "no-store");
    let reference = headers["x-request-id"].to_str().unwrap();
    assert!(page.text().contains(&format!("give the reference number {reference}")), "{}", page.shown());
    for inside in ["SELECT", "sqlx", "organisation\"", "no such table", "panicked", "Error("] {
        assert!(!page.html.contains(inside), "{inside} in {}", page.html);
    }
}

#[tokio::test]
async fn a_visitor_cannot_choose_the_reference_number() {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    let mine = [("x-request-id", "visitors-own-number")];
    let (_, headers, html) = browser.sends(&Method::GET, "/nowhere", None, &mine).await.unwrap();
    assert!(!html.contains("visitors-own-number"));
    assert_ne!(headers["x-request-id"], "visitors-own-number");
}

#[rstest]
#[case("<script>alert(1)</script>@northfield.example")]
#[case("\"><img src=x onerror=alert(1)>")]
#[case("{{ 7 * 7 }}@northfield.example")]
#[tokio::test]
async fn what_was_typed_comes_back_as_text_and_never_as_markup(#[case] typed: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code_at(typed).await;
    for dangerous in ["<script>alert", "<img src=x", "49@northfield"] {
        assert!(!amina.page.html.contains(dangerous), "{}", amina.page.html);
    }
}

#[tokio::test]
async fn an_address_with_a_code_of_somebody_elses_organisation_shows_nothing() {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    for path in [
        "/join/%3Cscript%3E",
        "/join/..%2f..%2fetc",
        "/join/NTH'--",
        "/brand/NTH'.css",
        "/assets/../Cargo.toml",
    ] {
        browser.opens(path).await;
        assert_eq!(browser.page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!browser.page.html.contains("<script>"), "{path}");
    }
}
