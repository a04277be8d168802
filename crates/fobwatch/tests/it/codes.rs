//! One-time codes: rules, section 1, steps 4 and 5.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::ward::{WARD_NETWORK, Ward};
use rstest::rstest;

const NEXT: &str = "Choose a password and give your details";

/// A code that is not `code`.
pub fn another_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

#[rstest]
#[tokio::test]
async fn a_code_works_for_fifteen_minutes_and_not_a_second_longer(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(14 * 60 + 59, 15 * 60)] after: i64,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    let code = amina.reads_the_mail().await;
    ward.waits(after);
    amina.types(&code).await;
    if after < 15 * 60 {
        amina.reads(NEXT);
    } else {
        amina.is_told("The code has expired. Select Send New Code");
        amina.presses("Send New Code").await.says("We have sent a new code");
        let code = amina.reads_the_mail().await;
        amina.types(&code).await.reads(NEXT);
    }
}

#[rstest]
#[tokio::test]
async fn an_earlier_code_stays_good_for_its_own_fifteen_minutes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    for first_is_used in [true, false] {
        let mut person = ward.person(if first_is_used { AMINA } else { BEN });
        person.asks_for_a_code().await;
        let first = person.reads_the_mail().await;
        ward.waits(10 * 60);
        person.presses("Send New Code").await;
        let second = person.reads_the_mail().await;
        assert_ne!(first, second);
        ward.waits(4 * 60 + 59);
        if first_is_used {
            person.types(&first).await.reads(NEXT);
        } else {
            ward.waits(1);
            person.types(&first).await.is_told("The code has expired");
            person.types(&second).await.reads(NEXT);
        }
    }
}

#[rstest]
#[tokio::test]
async fn using_one_code_ends_all(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await.reads("Check your phone");
    let first = amina.factor_code(Factor::TextMessage).await;
    ward.waits(40);
    amina.presses("Send New Code").await;
    let second = amina.factor_code(Factor::TextMessage).await;
    let mut thief = amina.opens_a_tab();
    amina.types(&second).await;
    assert_eq!(amina.page.url, "/home");
    for code in [&first, &second] {
        thief.opens("/sign-in/code").await.is_refused("FW-1203");
        let form = ("/sign-in/code".to_owned(), format!("code={code}"));
        thief.posts(form).await.is_refused("FW-1203");
    }
    assert_eq!(ward.db.count("session", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn five_wrong_tries_end_all_codes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    let first = amina.reads_the_mail().await;
    ward.waits(40);
    amina.presses("Send New Code").await;
    let second = amina.reads_the_mail().await;
    let wrong =
        (0..3).map(|number| format!("{number:06}")).find(|code| *code != first && *code != second).unwrap();
    for left in ["4 more times", "3 more times", "2 more times", "1 more time"] {
        amina.types(&wrong).await.is_told(left);
    }
    amina.types(&wrong).await.is_told("a wrong code too many times");
    for right in [&first, &second] {
        amina.types(right).await.is_told("Select Send New Code");
    }
    ward.waits(40);
    amina.presses("Send New Code").await;
    let third = amina.reads_the_mail().await;
    for old in [first, second].iter().filter(|old| **old != third) {
        amina.types(old).await.is_told("The code is not correct");
    }
    amina.types(&third).await.reads(NEXT);
}

#[rstest]
#[tokio::test]
async fn a_new_code_is_sent_every_thirty_seconds_and_five_times_an_hour(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    ward.waits(29);
    amina.presses("Send New Code").await.is_told("You can ask for a new code in 1 second");
    assert_eq!(amina.page.status.as_u16(), 429);
    for _ in 0..4 {
        ward.waits(31);
        amina.presses("Send New Code").await.says("We have sent a new code");
    }
    ward.waits(31);
    amina.presses("Send New Code").await.is_told("ask again in an hour");
    assert_eq!(ward.subjects_to(AMINA.email).await.len(), 5);
    // The last one works all the same.
    let code = amina.reads_the_mail().await;
    amina.types(&code).await.reads(NEXT);
}

#[tokio::test]
async fn after_an_hour_there_are_codes_again() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    for _ in 0..4 {
        ward.waits(60);
        amina.presses("Send New Code").await;
    }
    ward.waits(60);
    amina.presses("Send New Code").await.is_told("ask again in an hour");
    ward.waits(55 * 60 + 1);
    amina.presses("Send New Code").await.says("We have sent a new code");
}

#[tokio::test]
async fn the_limits_hold_across_two_nodes() {
    let ward = Ward::new(PostgreSql).await;
    let other = ward.another_node().await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    amina.is_led_to(other.line(WARD_NETWORK));
    amina.presses("Send New Code").await.is_told("You can ask for a new code in");
    for turn in 0..4 {
        let node = if turn % 2 == 0 { &ward.node } else { &other };
        amina.is_led_to(node.line(WARD_NETWORK));
        ward.waits(31);
        amina.presses("Send New Code").await.says("We have sent a new code");
    }
    ward.waits(31);
    amina.presses("Send New Code").await.is_told("ask again in an hour");

    let mut ben = ward.person(BEN);
    ben.asks_for_a_code().await;
    let wrong = another_than(&ben.reads_the_mail().await);
    for turn in 0..5 {
        let node = if turn % 2 == 0 { &other } else { &ward.node };
        ben.is_led_to(node.line(WARD_NETWORK));
        ben.types(&wrong).await;
    }
    ben.is_told("a wrong code too many times");
}

#[tokio::test]
async fn a_stranger_elsewhere_uses_up_nobodys_codes() {
    let ward = Ward::new(Sqlite).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    stranger.asks_for_a_code().await;
    for _ in 0..5 {
        ward.waits(31);
        stranger.presses("Send New Code").await;
    }
    stranger.is_told("ask again in an hour");
    ward.delivers().await;
    let mut amina = ward.person(AMINA);
    amina.proves_the_address().await.reads(NEXT);
    // And whoever asks from elsewhere gets no code of hers.
    let code = ward.mailbox.last_code(AMINA.email);
    stranger.fills("Verification code", &code).presses("Verify Code").await;
    assert_ne!(stranger.page.heading(), NEXT);
}

#[rstest]
#[tokio::test]
async fn changing_a_mistyped_address_ends_the_codes_to_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code_at(BEN.email).await.says(BEN.email);
    let to_ben = ward.mailed_code(BEN.email).await;
    amina.follows("Change the email address").await;
    assert_eq!(amina.page.value("Email address"), BEN.email, "what was typed is not lost");
    amina.fills("Email address", AMINA.email).presses("Send Code").await;
    amina.reads("Check your email").says(AMINA.email);
    let to_amina = amina.reads_the_mail().await;
    assert_ne!(to_ben, to_amina);
    amina.types(&to_ben).await.is_told("The code is not correct");
    amina.types(&to_amina).await.reads(NEXT).says(AMINA.email);
}

#[rstest]
#[tokio::test]
async fn changing_a_mistyped_number_ends_the_codes_to_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    amina.chooses("Text message").presses("Continue").await;
    amina.fills("Mobile phone number", BEN.mobile).presses("Send Code").await;
    let to_ben = ward.texted_code(BEN.mobile).await;
    amina.follows("Change the phone number").await;
    amina.fills("Mobile phone number", AMINA.mobile).presses("Send Code").await;
    let to_amina = ward.texted_code(AMINA.mobile).await;
    assert_ne!(to_ben, to_amina);
    amina.types(&to_ben).await.is_told("The code is not correct");
    amina.types(&to_amina).await.reads("Your mobile phone is verified");
}

#[rstest]
#[case::nothing("", "Enter the verification code")]
#[case::too_few("12345", "You have not entered enough numbers")]
#[case::too_many("1234567", "You have entered too many numbers")]
#[case::letters("12345a", "without letters or signs")]
#[tokio::test]
async fn what_is_no_code_uses_up_no_try(#[case] typed: &str, #[case] told: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    for _ in 0..6 {
        amina.types(typed).await.is_told(told);
        assert_eq!(amina.page.value("Verification code"), typed, "what was typed is not lost");
    }
    let code = amina.reads_the_mail().await;
    amina.types(&code).await.reads(NEXT);
}

#[tokio::test]
async fn the_page_that_refuses_a_new_code_can_be_loaded_again() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    amina.presses("Send New Code").await.is_told("You can ask for a new code in");
    amina.reloads().await.reads("Check your email");
    amina.types_the_mailed_code().await.gives_details().await.sets_up(Factor::TextMessage).await;
    amina.presses("Send New Code").await.is_told("You can ask for a new code in");
    amina.reloads().await.reads("Check your phone");
    let code = amina.factor_code(Factor::TextMessage).await;
    amina.types(&code).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    amina.presses("Send New Code").await.is_told("You can ask for a new code in");
    amina.reloads().await.reads("Check your phone");
}
