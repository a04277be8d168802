//! A blocked card is opened by its owner: by the Account Recovery Passcode, or by a one-time code.

use super::portal_held::LETTERS;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;
use store::server_passcode::ServerPasscodeKind::Recovery;

const UNLOCK: &str = "Unlock your smartcard";
const BY_CODE: &str = r#"{"smartcard-unlock": "one-time-code"}"#;

#[rstest]
#[tokio::test]
async fn the_account_recovery_passcode_begins_the_unlocking_and_wrong_ones_are_counted(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    amina.opens("/smartcard/unlock").await.reads(UNLOCK).says("You have no Account Recovery Passcode");
    amina.has_passcode(Recovery, "lantern-9").await;
    ward.tell_card(card, "tries_left = 0").await;
    amina.opens("/smartcard").await.says("Blocked");
    amina.follows("My smartcard is blocked").await.reads(UNLOCK);
    amina.presses("Unlock").await.is_told("Enter your Account Recovery Passcode");
    amina.is_told("Enter a new Smartcard Passcode");
    for left in (1..5).rev() {
        amina.fills("Account Recovery Passcode", "lantern-0").fills_twice("Smartcard Passcode", "N3w4");
        amina.presses("Unlock").await;
        let times = if left == 1 { "1 more time".to_owned() } else { format!("{left} more times") };
        amina.is_told(&format!("This is not your Account Recovery Passcode. You can try {times}"));
    }
    amina.fills("Account Recovery Passcode", "lantern-0").fills_twice("Smartcard Passcode", "N3w4");
    amina.presses("Unlock").await.is_told("we take no Account Recovery Passcode for 15 minutes");
    // The right one does not open it now either.
    amina.fills("Account Recovery Passcode", "lantern-9").fills_twice("Smartcard Passcode", "N3w4");
    amina.presses("Unlock").await.is_told("we take no Account Recovery Passcode for");
    assert_eq!(ward.db.count("card_job", "1 = 1").await, 0);
    assert_eq!(ward.db.count("activity", "kind = 'passcode-refused'").await, 5);
    ward.waits(15 * 60);
    amina.opens("/smartcard/unlock").await;
    amina.confirms().await.reads(UNLOCK);
    amina.fills("Account Recovery Passcode", "lantern-9").fills_twice("Smartcard Passcode", "N3w4");
    amina.presses("Unlock").await.reads(UNLOCK).says("Open the card program");
    assert_eq!(ward.db.count("card_job", "kind = 'unblock'").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_one_time_code_begins_it_where_the_organisation_wants_that(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    amina.has_passcode(Recovery, "lantern-9").await;
    ward.rules_are(BY_CODE).await;
    amina.opens("/smartcard/unlock").await.reads(UNLOCK);
    // The other way is closed.
    let by_passcode = "recovery=lantern-9&smartcard=N3w4&smartcard_again=N3w4";
    amina.posts(("/smartcard/unlock".into(), by_passcode.into())).await.is_refused("FW-2008");
    amina
        .opens("/smartcard/unlock")
        .await
        .presses("Send Code")
        .await
        .is_told("Select where you want the code");
    amina.chooses("Email").presses("Send Code").await.reads("Unlock your smartcard: enter the code");
    let code = ward.mailed_code(AMINA.email).await;
    let wrong = crate::codes::another_than(&code);
    amina
        .presses("Unlock")
        .await
        .is_told("Enter the verification code")
        .is_told("Enter a new Smartcard Passcode");
    amina.fills("Verification code", &wrong).fills_twice("Smartcard Passcode", "N3w4");
    amina.presses("Unlock").await.is_told("The code is not correct");
    amina.fills("Verification code", &code).fills_twice("Smartcard Passcode", "N3w4");
    amina.presses("Unlock").await.reads(UNLOCK).says("Open the card program");
    assert_eq!(ward.db.count("card_job", "kind = 'unblock'").await, 1);
}
