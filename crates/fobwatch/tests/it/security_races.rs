//! Two tabs, two browsers, two nodes: one wins, and nothing is half done.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::races::a_hundred_at_once;
use crate::security_info::NEW_NUMBER;
use crate::ward::{WARD_NETWORK, Ward};
use rstest::rstest;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_tabs_confirm_one_set_up_and_one_method_comes_of_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Factor::TextMessage, Factor::AuthenticatorApp)] factor: Factor,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let code = if factor == Factor::TextMessage {
        amina.adds("Phone").await;
        amina.enters_number(NEW_NUMBER).await
    } else {
        amina.adds("Authenticator app").await.comes_to_the_code_of_the_app().await;
        amina.factor_code(Factor::AuthenticatorApp).await
    };
    amina.fills("Verification code", &code);
    let form = amina.would_send("Next");
    for (status, ..) in a_hundred_at_once(&ward, &amina.browser, &form).await {
        assert!(!status.is_server_error(), "{status}");
    }
    assert_eq!(ward.db.count("sign_in_method", "1 = 1").await, 2);
    assert_eq!(ward.db.count("audit", "event LIKE '%method_added%'").await, 1);
    assert_eq!(ward.db.count("activity", "kind = 'method-added'").await, 1);
    amina.opens("/security-info").await.reads("Security info");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_number_added_twice_at_once_is_one_method(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let other_node = ward.another_node().await;
    let mut one = ward.person(AMINA);
    one.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    let mut other = ward.person(AMINA);
    other.seed.clone_from(&one.seed);
    other.is_led_to(other_node.line(WARD_NETWORK));
    other.signs_in(Factor::AuthenticatorApp).await;
    one.adds("Phone").await;
    let one_code = one.enters_number(NEW_NUMBER).await;
    ward.waits(31);
    other.adds("Phone").await;
    let other_code = other.enters_number(NEW_NUMBER).await;
    tokio::join!(one.enters_code(&one_code), other.enters_code(&other_code));
    let (winner, loser) =
        if one.page.heading() == "SMS verified" { (&mut one, &mut other) } else { (&mut other, &mut one) };
    winner.reads("SMS verified");
    loser.is_told("You have this one already");
    assert_eq!(ward.db.count("sign_in_method", "kind = 'text'").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_signs_in_by_a_method_while_it_is_deleted_is_in_or_out_and_nothing_between(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let other_node = ward.another_node().await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.has_added_phone(NEW_NUMBER).await;
    for _ in 0..5 {
        ward.waits(60);
        amina.opens("/security-info").await;
        if amina.page.heading() != "Security info" || !amina.page.text().contains("ending in 23") {
            break;
        }
        let mut elsewhere = ward.person(AMINA);
        elsewhere.is_led_to(other_node.line(WARD_NETWORK));
        elsewhere.gives_password(AMINA.password).await.reads("Check your phone");
        let code = ward.texted_code(AMINA.mobile).await;
        amina.follows("Delete Phone ending in 23").await;
        tokio::join!(elsewhere.types(&code), amina.presses("Delete"));
        amina.reads("Security info").says("The sign-in method has been deleted");
        if elsewhere.page.heading() != "Good morning, Amina" {
            assert!(elsewhere.page.status.is_client_error(), "{}", elsewhere.page.shown());
            assert_eq!(ward.db.count("session", "1 = 1").await, 1);
        }
    }
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_last_methods_deleted_at_once_one_stays_until_it_is_confirmed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let other_node = ward.another_node().await;
    let mut one = ward.person(AMINA);
    one.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    one.has_added_phone(NEW_NUMBER).await;
    let mut other = one.opens_a_tab();
    other.is_led_to(other_node.line(WARD_NETWORK));
    one.follows("Delete Phone ending in 23").await;
    other.follows("Delete Phone ending in 99").await;
    tokio::join!(one.presses("Delete"), other.presses("Delete"));
    assert_eq!(ward.db.count("sign_in_method", "1 = 1").await, 1);
    let loser = if one.page.heading() == "Security info" { &other } else { &one.browser };
    loser.is_told("Tick the box");
    ward.audit_is_whole().await;
}
