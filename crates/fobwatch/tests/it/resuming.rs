//! A half-done registration: 24 hours, one browser, then nothing is left of it.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;

const DAY: i64 = 24 * 3600;

/// How far the person came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Code,
    Details,
    Choice,
    FactorCode,
}

#[rstest]
#[tokio::test]
async fn a_registration_is_resumed_within_24_hours_in_the_same_browser(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Reached::Code, Reached::Details, Reached::Choice, Reached::FactorCode)] reached: Reached,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    match reached {
        Reached::Code => amina.asks_for_a_code().await,
        Reached::Details => amina.proves_the_address().await,
        Reached::Choice => amina.comes_to_the_second_factor().await,
        Reached::FactorCode => amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await,
    };
    let left_off = amina.page.heading();
    let started: i64 = ward.db.number("SELECT started_at FROM registration").await;
    let now = ward.clock.now().as_millisecond();
    ward.waits(DAY - 1 - (now - started) / 1000);
    ward.housekeeping().await;

    let mut another_browser = ward.browser();
    another_browser.opens("/join").await.reads("Staff Group");
    amina
        .opens("/join")
        .await
        .reads("Your registration is not finished")
        .says("a•••@northfield.example")
        .says("23 November 2026 at 10");
    amina.presses("Continue").await.reads(&left_off);

    ward.waits(1);
    amina.opens("/join/resume").await.is_refused("FW-1106");
    amina.opens("/join").await.reads("Staff Group");
    ward.housekeeping().await;
    for table in ["registration", "code_set", "code"] {
        assert_eq!(ward.db.count(table, "1 = 1").await, 0, "{table} is erased");
    }
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn nothing_of_an_erased_registration_can_be_read_anywhere() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code_at("private.address@elsewhere.example").await;
    amina.follows("Change the email address").await;
    amina.fills("Email address", AMINA.email).presses("Send Code").await;
    let code = amina.reads_the_mail().await;
    amina.types(&code).await;
    amina.fills_in_details();
    amina.fills("First name", "Aminatou").presses("Continue").await;
    assert!(ward.db.dump(&[]).await.contains("Aminatou"));
    ward.waits(DAY);
    ward.housekeeping().await;
    let dump = ward.db.dump(&[]).await;
    for gone in ["Aminatou", "private.address", "$argon2id$"] {
        assert!(!dump.contains(gone), "{gone} is kept");
    }
}

#[rstest]
#[tokio::test]
async fn starting_again_erases_what_was_given(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    amina.opens("/join").await;
    amina.presses("Start again").await.reads("Staff Group");
    assert!(!amina.cookies.contains_key("fobwatch-join"));
    for table in ["registration", "code_set", "code"] {
        assert_eq!(ward.db.count(table, "1 = 1").await, 0, "{table} is erased");
    }
    amina.opens("/join/second-factor").await.is_refused("FW-1106");
    amina.follows("Start again").await.reads("Staff Group");
}

#[tokio::test]
async fn without_a_registration_no_step_can_be_reached() {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    for step in [
        "/join/code",
        "/join/email",
        "/join/details",
        "/join/second-factor",
        "/join/second-factor/email",
        "/join/second-factor/text",
        "/join/second-factor/app",
        "/join/second-factor/code",
        "/join/verified",
        "/join/complete",
        "/join/resume",
    ] {
        browser.opens(step).await.is_refused("FW-1106");
    }
}

#[tokio::test]
async fn nobody_skips_a_step() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    for step in [
        "/join/details",
        "/join/second-factor",
        "/join/second-factor/email",
        "/join/second-factor/text",
        "/join/second-factor/app",
        "/join/second-factor/code",
        "/join/verified",
        "/join/complete",
    ] {
        amina.opens(step).await.reads("Check your email");
    }
    for (step, form) in [
        (
            "/join/details",
            "first_name=Amina&last_name=Khan&day=14&month=3&year=1990&password=lanterns+over+quiet+harbours",
        ),
        ("/join/second-factor", "method=email"),
        ("/join/second-factor/email", "email=amina.khan%40northfield.example"),
        ("/join/second-factor/text", "number=07700900123"),
        ("/join/second-factor/app", "code=123456"),
        ("/join/second-factor/code", "code=123456"),
        ("/join/second-factor/code/new", ""),
    ] {
        amina.posts((step.to_owned(), form.to_owned())).await.reads("Check your email");
    }
    assert_eq!(
        ward.db
            .count("registration", "email_verified_at IS NULL AND details_at IS NULL AND method_kind IS NULL")
            .await,
        1
    );
    assert_eq!(ward.db.count("outbox", "1 = 1").await, 1);
}
