//! Where an organisation has made rules stricter, pages and messages say its numbers, and it is done by them.

use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;

const STRICTER: &str = r#"{"code-lifetime": "10 min", "registration-lifetime": "30 min"}"#;

#[rstest]
#[tokio::test]
async fn pages_and_messages_say_how_long_a_code_is_good_here(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.rules_become(STRICTER).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await.says("Your code expires in 10 minutes.");
    let code = amina.reads_the_mail().await;
    let mail = ward.mailbox.messages_to(AMINA.email).pop().unwrap();
    assert!(mail.text.contains("10 minutes"), "{}", mail.text);
    ward.waits(10 * 60);
    amina.types(&code).await.says("The code has expired");
    amina.says("Your code expires in 10 minutes.");
    amina.opens("/help").await.says("You can do that 5 times in an hour.");
}

#[rstest]
#[tokio::test]
async fn a_half_done_registration_is_erased_after_the_time_that_holds_here(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.rules_become(STRICTER).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    ward.waits(30 * 60 - 1);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("registration", "1 = 1").await, 1);
    ward.waits(1);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("registration", "1 = 1").await, 0);
    amina.opens("/join/code").await.says("We keep what you enter for");
}
