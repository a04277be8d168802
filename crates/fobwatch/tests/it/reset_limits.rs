//! How often a reset may fail, and how a stranger's failures shut nobody out.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::{CHOOSE, HOW, RESET};
use crate::guide::Factor;
use crate::people::{AMINA, STRANGER};
use crate::ward::Ward;
use rstest::rstest;
use rules::limits::RESETS_PER_NETWORK;

const DAY: i64 = 24 * 3600;

#[rstest]
#[tokio::test]
async fn five_failed_resets_close_it_for_a_day(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(DAY - 1, DAY)] after: i64,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    stranger.seed.clone_from(&amina.seed);
    for number in 0..5 {
        stranger.fails_a_reset().await.is_refused(if number < 4 { "FW-1302" } else { "FW-1301" });
        ward.waits(600);
    }
    assert_eq!(ward.audited("reset_failed").await, 5);
    ward.waits(after - 600);
    amina.asks_to(RESET).await;
    if after < DAY {
        amina.is_refused("FW-1301");
    } else {
        amina.reads(HOW);
        amina.proves_by(Factor::AuthenticatorApp).await.reads(CHOOSE);
    }
}

#[tokio::test]
async fn it_closes_alike_for_a_name_that_nobody_has() {
    let ward = Ward::new(Sqlite).await;
    let mut stranger = ward.person(STRANGER);
    let mut number = 0;
    // One whose decoy is an app for codes, of which wrong ones can be typed without waiting.
    let name = loop {
        let name = format!("nobody.{number}@elsewhere.example");
        stranger.asks_to_as(RESET, &name).await.reads(HOW);
        let shown = stranger.page.text();
        if shown.contains("Authenticator app") && !shown.contains("We ask you in your app") {
            break name;
        }
        number += 1;
    };
    for number in 0..5 {
        stranger.asks_to_as(RESET, &name).await.reads(HOW);
        stranger.goes_by(Factor::AuthenticatorApp).await;
        for _ in 0..4 {
            stranger.types("000000").await.is_told("The code is not correct");
        }
        stranger.types("000000").await.is_refused(if number < 4 { "FW-1302" } else { "FW-1301" });
    }
    ward.waits(DAY - 1);
    stranger.asks_to_as(RESET, &name).await.is_refused("FW-1301");
    ward.waits(1);
    stranger.asks_to_as(RESET, &name).await.reads(HOW);
}

#[rstest]
#[tokio::test]
async fn strangers_do_not_close_it_in_a_browser_that_is_known(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    stranger.seed.clone_from(&amina.seed);
    for _ in 0..5 {
        stranger.fails_a_reset().await;
    }
    let mut other = ward.person(AMINA);
    other.asks_to(RESET).await.is_refused("FW-1301");
    amina.asks_to(RESET).await.reads(HOW);
    amina.proves_by(Factor::AuthenticatorApp).await.reads(CHOOSE);
}

#[tokio::test]
async fn a_reset_under_way_goes_no_further_when_it_is_closed() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    let mut patient = ward.person_elsewhere(AMINA);
    patient.seed.clone_from(&amina.seed);
    patient.asks_to(RESET).await.goes_by(Factor::AuthenticatorApp).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    stranger.seed.clone_from(&amina.seed);
    for _ in 0..5 {
        stranger.fails_a_reset().await;
    }
    let code = patient.factor_code(Factor::AuthenticatorApp).await;
    patient.types(&code).await.is_refused("FW-1301");
}

#[tokio::test]
async fn who_abandons_each_reset_before_it_fails_guesses_no_more_often() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    let wrong = crate::codes::another_than(&amina.factor_code(Factor::AuthenticatorApp).await);
    let mut guesses = 0;
    'guessing: for _ in 0..20 {
        amina.asks_to(RESET).await;
        if amina.page.text().contains("FW-1301") {
            break;
        }
        amina.goes_by(Factor::AuthenticatorApp).await;
        for _ in 0..4 {
            amina.types(&wrong).await;
            if amina.page.text().contains("FW-1301") {
                break 'guessing;
            }
            guesses += 1;
        }
    }
    assert_eq!(guesses, 25);
    // The app still serves to sign in: its tries there are counted apart.
    ward.waits(60);
    amina.signs_in(Factor::AuthenticatorApp).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn strangers_use_up_nobodys_codes_to_sign_in_with(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    let mut refused = 0;
    for number in 0..12 {
        ward.waits(31);
        let mut stranger = ward.person(AMINA);
        stranger.browser = ward.browser_from(&format!("203.0.{number}.9"));
        stranger.asks_to(RESET).await.reads(HOW);
        stranger.goes_by(Factor::TextMessage).await;
        refused += usize::from(stranger.page.errors().contains("as many codes as we can"));
    }
    assert_eq!(refused, 4, "eight a day");
    ward.delivers().await;
    amina.signs_in(Factor::TextMessage).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn where_very_many_ask_one_waits_ten_seconds_and_goes_on(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    for _ in 0..30 {
        let mut colleague = ward.person(STRANGER);
        colleague.asks_to(RESET).await.reads(HOW);
    }
    amina.asks_to(RESET).await;
    assert_eq!(amina.page.heading(), "Wait 10 seconds");
    let resets = ward.db.count("reset", "1 = 1").await;
    amina.presses("Continue").await.is_told("You selected Continue too soon. Wait 10 more seconds");
    ward.waits(9);
    amina.presses("Continue").await.is_told("Wait 1 more second, ");
    assert_eq!(ward.db.count("reset", "1 = 1").await, resets);
    ward.waits(1);
    let form = amina.would_send("Continue");
    amina.posts(form.clone()).await.reads(HOW);
    // A ticket is good once, for one name, from one network.
    let mut robot = ward.person(AMINA);
    robot.posts(form.clone()).await;
    assert_eq!(robot.page.heading(), "Wait 10 seconds");
    let (url, body) = form;
    robot.posts((url, body.replace("amina.khan", "ben.adeyemi"))).await;
    assert_eq!(robot.page.heading(), "Wait 10 seconds");
    let mut elsewhere = ward.person_elsewhere(AMINA);
    elsewhere.asks_to(RESET).await.reads(HOW);
    amina.proves_by(Factor::AuthenticatorApp).await.reads(CHOOSE);
}

#[rstest]
#[tokio::test]
async fn nothing_of_a_reset_is_kept_for_long(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    amina.asks_to(RESET).await.goes_by(Factor::TextMessage).await.reads("Check your phone");
    let all = async || {
        [
            ward.db.count("reset", "1 = 1").await,
            ward.db.count("code_set", "purpose = 'reset'").await,
            ward.db.count("code", "purpose = 'reset'").await,
        ]
    };
    ward.waits(3600);
    ward.housekeeping().await;
    assert_eq!(all().await, [1, 1, 1]);
    ward.waits(3600);
    ward.housekeeping().await;
    assert_eq!(all().await, [0, 0, 0]);
    amina.reloads().await.is_refused("FW-1302");
}

#[rstest]
#[tokio::test]
async fn a_network_may_begin_very_many_resets_but_not_any_number(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let hospital = ward.node.service.keys.keyed_hash("network", &[&[192, 0, 2]]);
    let mut tx = ward.store().begin().await.unwrap();
    for _ in 0..RESETS_PER_NETWORK.at_most {
        tx.take(&RESETS_PER_NETWORK, &hospital, ward.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut amina = ward.person(AMINA);
    amina.asks_to(RESET).await.is_told("We have stopped new resets from the network you use");
    ward.person_elsewhere(AMINA).asks_to(RESET).await.reads(HOW);
    ward.waits(3600);
    amina.asks_to(RESET).await.reads(HOW);
}
