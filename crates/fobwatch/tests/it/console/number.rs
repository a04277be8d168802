//! An account that is disabled for a number, and putting that right.

use super::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, SINEAD};
use crate::ward::Ward;
use rstest::rstest;
use store::method::{MethodKind, MethodSecret};
use store::role::Role;

/// Amina's account has a French mobile number and a French one at work, and is disabled for them.
async fn disabled_for_a_number(kind: Kind) -> Ward {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::TextMessage).await;
    ward.colleague(SINEAD).await;
    let account = ward.account_of(AMINA).await;
    let method = ward.store().sign_in_methods(account).await.unwrap()[0].id;
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    tx.replace_method_secret(method, account, &MethodSecret::address("+33612345678"), 0, now).await.unwrap();
    let office = MethodSecret::address("+33142278186");
    let id = vault::new_id(now, &testkit::SeededRandom::unique());
    tx.add_sign_in_method(id, account, MethodKind::OfficePhone, &office, 0, now).await.unwrap();
    assert!(tx.disable_account(account, "number-not-allowed", now).await.unwrap());
    tx.commit().await.unwrap();
    ward
}

#[rstest]
#[tokio::test]
async fn a_disabled_number_is_on_the_list_and_put_right_with_a_code_to_the_new_one(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = disabled_for_a_number(kind).await;
    let mut amina = ward.person(AMINA);
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.opens("/console/people").await;
    desk.follows("Accounts that are disabled because of a number").await.says("Amina Khan");
    assert!(!desk.page.text().contains("Sinéad"));
    desk.follows("Amina Khan")
        .await
        .says("Disabled since")
        .says("as a rule because it is not a UK mobile number");
    desk.follows("Put the mobile number right").await.is_refused("FW-1504");
    // No code goes to a number that may not be used: the address is all there is.
    desk.looks_at(AMINA).await.follows("Make sure who is calling").await;
    assert!(!desk.page.text().contains("Text message"));
    desk.sees_documents_of(AMINA).await.follows("Put the mobile number right").await;
    for (number, told) in [
        ("", "Enter your mobile phone number"),
        ("+33 6 12 34 56 78", "The mobile phone number must be a UK number"),
        ("070 1234 5678", "Numbers that start with 070"),
    ] {
        desk.fills("Mobile phone number", number)
            .fills("Reason", REASON)
            .presses("Send a code")
            .await
            .is_told(told);
        assert_eq!(desk.page.value("Reason"), REASON);
    }
    desk.fills("Mobile phone number", AMINA.mobile).fills("Reason", "").presses("Send a code").await;
    desk.is_told("Enter the reason");
    desk.fills("Mobile phone number", AMINA.mobile).fills("Reason", REASON).presses("Send a code").await;
    desk.says("to the new number, ending in 23");
    assert_eq!(ward.db.count("account", "disabled_at IS NOT NULL").await, 1, "not before the code");
    let code = ward.texted_code(AMINA.mobile).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    desk.types(wrong).await.is_told("The code is not correct");
    desk.types(&code).await.says("The number is put right and the account can be used again.").says("Active");
    assert_eq!(
        ward.db.count("number_repair", "number IS NOT NULL").await,
        0,
        "it is kept once, with the method"
    );
    let account = ward.account_of(AMINA).await;
    let methods = ward.store().sign_in_methods(account).await.unwrap();
    assert_eq!(methods.len(), 1);
    assert_eq!((methods[0].kind, methods[0].secret.as_address()), (MethodKind::Text, "+447700900123"));
    assert_eq!(ward.newest_record("number_repaired").await["reason"], REASON);
    ward.delivers().await;
    amina.signs_in(Factor::TextMessage).await;
    amina.opens("/activity").await.says("Account can be used again").says("Sign-in method changed");
    ward.delivers().await;
    assert!(
        ward.phone.texts().iter().all(|text| text.to != "+33612345678"),
        "nothing is sent to a number that may not be used"
    );
    desk.opens("/console/disabled").await.says("There are none.");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn an_account_that_is_not_disabled_for_a_number_has_nothing_to_put_right(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = disabled_for_a_number(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.sees_documents_of(SINEAD).await;
    let id = ward.account_of(SINEAD).await;
    for path in ["number", "number/code"] {
        desk.opens(&format!("/console/people/{id}/{path}")).await;
        assert_eq!(desk.page.status.as_u16(), 404, "{path}");
    }
    let body = format!("number={}&reason={REASON}", SINEAD.mobile);
    desk.sends_form(&format!("/console/people/{id}/number"), &body).await;
    assert_eq!(desk.page.status.as_u16(), 404);
    // Nor can the code be skipped.
    desk.sees_documents_of(AMINA).await;
    let id = ward.account_of(AMINA).await;
    desk.sends_form(&format!("/console/people/{id}/number/code"), "code=123456").await.is_refused("FW-1509");
}
