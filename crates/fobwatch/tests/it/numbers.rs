//! Numbers: UK mobiles only; and what becomes of an account whose number is another one.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, SINEAD};
use crate::ward::Ward;
use journeys::numbers;
use rstest::rstest;
use store::method::{MethodKind, MethodSecret};
use uuid::Uuid;

#[rstest]
#[case("", "Enter your mobile phone number")]
#[case("07400 12345", "in the correct format")]
#[case("+33 6 12 34 56 78", "must be a UK number")]
#[case("020 7946 0000", "must be a mobile phone that receives text messages")]
#[case("070 1234 5678", "start with 070")]
#[case("07600 123456", "must be a mobile phone that receives text messages")]
#[case("0909 879 0000", "Premium rate numbers")]
#[tokio::test]
async fn a_number_that_gets_no_codes_says_why(#[case] number: &str, #[case] told: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.adds("Phone").await;
    amina.fills("Mobile phone number", number).presses("Next").await.is_told(told);
    assert_eq!(amina.page.value("Mobile phone number"), number, "what was typed is not lost");
    assert_eq!(amina.page.status.as_u16(), 422);
    assert_eq!(ward.db.count("code", "purpose = 'method-setup'").await, 0);
}

#[rstest]
#[case("07797 712345")]
#[case("07781 123456")]
#[case("07624 123456")]
#[tokio::test]
async fn jersey_guernsey_and_man_get_codes(#[case] number: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.adds("Phone").await;
    let code = amina.enters_number(number).await;
    amina.enters_code(&code).await.reads("SMS verified");
}

/// A number that came some other way than by our pages.
async fn has_a_foreign_number(ward: &Ward) -> Uuid {
    let account = ward.store().credentials(AMINA.email).await.unwrap().unwrap().account_id;
    let random = testkit::SeededRandom::unique();
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    let (id, number) = (vault::new_id(now, &random), MethodSecret::address("+33612345678"));
    tx.add_sign_in_method(id, account, MethodKind::Text, &number, 0, now).await.unwrap();
    tx.prefer_methods(account, Some(id), None).await.unwrap();
    tx.commit().await.unwrap();
    account
}

async fn the_organisation_disables(ward: &Ward) {
    ward.db.tell("UPDATE organisation SET policy = '{\"non-uk-number-disables\": \"yes\"}'").await;
}

#[rstest]
#[tokio::test]
async fn a_foreign_number_is_not_used(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    let account = has_a_foreign_number(&ward).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/security-info").await.says("Phone ending in 78");
    assert!(!numbers::check(&ward.node.service, account).await.unwrap(), "nothing is disabled");
    // Nor is it told of anything: that text would go abroad.
    amina.opens("/security-info/recovery-codes").await.presses("Make recovery codes").await;
    ward.delivers().await;
    assert_eq!(ward.phone.sends_asked(), 0);
}

#[rstest]
#[tokio::test]
async fn a_foreign_number_disables_the_account_where_the_organisation_chose_so(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    has_a_foreign_number(&ward).await;
    the_organisation_disables(&ward).await;
    ward.waits(60);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.seed.clone_from(&amina.seed);
    elsewhere.gives_password(AMINA.password).await.reads("Open your authenticator app");
    let code = elsewhere.factor_code(Factor::AuthenticatorApp).await;
    elsewhere.types(&code).await.is_refused("FW-1206");
    assert_eq!(ward.db.count("account", "disabled_reason = 'number-not-allowed'").await, 1);
    assert_eq!(ward.db.count("audit", "event LIKE '%number_not_allowed%'").await, 1);
    assert_eq!(ward.db.count("activity", "kind = 'account-disabled'").await, 1);
    ward.delivers().await;
    let mails = ward.mailbox.messages_to(AMINA.email);
    assert!(mails.iter().any(|mail| mail.text.contains("Your account was disabled")));
    assert!(!amina.is_signed_in().await, "the session before it has ended");

    // Put right, it is used again.
    ward.db.tell("DELETE FROM sign_in_method WHERE kind = 'text'").await;
    ward.db.tell("UPDATE account SET disabled_at = NULL, disabled_reason = NULL").await;
    elsewhere.signs_in(Factor::AuthenticatorApp).await.reads("Good morning, Amina");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn an_import_or_the_console_has_the_numbers_of_an_account_looked_at(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::AuthenticatorApp).await;
    let account = has_a_foreign_number(&ward).await;
    the_organisation_disables(&ward).await;
    for _ in 0..2 {
        assert!(numbers::check(&ward.node.service, account).await.unwrap());
    }
    assert_eq!(ward.db.count("audit", "event LIKE '%number_not_allowed%'").await, 1, "once");
}

#[rstest]
#[tokio::test]
async fn a_number_is_found_before_its_owner_signs_in(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::AuthenticatorApp).await;
    ward.person(SINEAD).joins(Factor::TextMessage).await;
    has_a_foreign_number(&ward).await;
    numbers::check_all(&ward.node.service).await.unwrap();
    assert_eq!(
        ward.db.count("account", "disabled_at IS NOT NULL").await,
        0,
        "the organisation did not choose so"
    );

    the_organisation_disables(&ward).await;
    for _ in 0..2 {
        numbers::check_all(&ward.node.service).await.unwrap();
    }
    assert_eq!(ward.db.count("account", "disabled_reason = 'number-not-allowed'").await, 1);
    ward.delivers().await;
    let told = |email| {
        let mails = ward.mailbox.messages_to(email);
        mails.iter().filter(|mail| mail.text.contains("Your account was disabled")).count()
    };
    assert_eq!((told(AMINA.email), told(SINEAD.email)), (1, 0));
}

#[tokio::test]
async fn a_remembered_browser_opens_no_way_around_it() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.chooses("Do not ask for a code in this browser for 30 days");
    amina.types(&code).await.reads("Good morning, Amina");
    has_a_foreign_number(&ward).await;
    the_organisation_disables(&ward).await;
    amina.presses("Sign out").await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.is_refused("FW-1206");
}

#[rstest]
#[tokio::test]
async fn a_passkey_opens_no_way_around_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::AuthenticatorApp).await;
    has_a_foreign_number(&ward).await;
    the_organisation_disables(&ward).await;
    let sessions = ward.db.count("session", "1 = 1").await;
    ward.browser().signs_in_with_a_passkey(&mut phone).await.is_refused("FW-1206");
    assert_eq!(ward.db.count("session", "1 = 1").await, sessions);
    assert_eq!(ward.db.count("account", "disabled_at IS NOT NULL").await, 1);
}
