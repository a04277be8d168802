//! Unlock, end sessions, remove a lost method: with a reason, in the audit, and told to the person.

use super::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use rstest::rstest;
use store::role::Role;

const NOTICE: &str = "A change to your account with Fobwatch";

#[rstest]
#[tokio::test]
async fn an_unlocked_person_can_try_again_at_once_with_the_password_they_have(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    for _ in 0..5 {
        amina.gives_password("a wrong password").await;
    }
    amina.gives_password(AMINA.password).await.is_told("you can try again in");
    desk.looks_at(AMINA).await.says("Locked until");
    desk.follows("Unlock the account").await.reads("Unlock the account").says("The password stays as it is.");
    desk.fills("Reason", REASON).presses("Unlock").await;
    desk.reads("Amina Khan").says("The account is unlocked.").says("Active");
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
    let record = ward.newest_record("unlocked_by_staff").await;
    assert_eq!(record["reason"], REASON);
    assert_eq!(record["by"], ward.account_of(BEN).await.to_string());
    let told = ward.subjects_to(AMINA.email).await;
    assert!(told.contains(&NOTICE.to_owned()), "{told:?}");
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/activity").await.says("Account unlocked").says("Done by the staff of your organisation");
    assert!(!amina.page.text().contains("Ben Adeyemi"));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn without_a_reason_nothing_is_done_and_nothing_typed_is_lost(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.sees_documents_of(AMINA).await;
    let id = ward.account_of(AMINA).await;
    let method = ward.store().sign_in_methods(id).await.unwrap()[0].id;
    let acts = [
        ("unlock".to_owned(), "Unlock"),
        ("sessions".to_owned(), "Sign out everywhere"),
        (format!("methods/{method}/remove"), "Remove"),
    ];
    let long = "x".repeat(501);
    for (path, button) in acts {
        desk.opens(&format!("/console/people/{id}/{path}")).await;
        for (typed, told) in [
            ("", "Enter the reason"),
            ("   ", "Enter the reason"),
            ("too short", "The reason must be 10 characters or more"),
            (long.as_str(), "The reason must be 500 characters or fewer"),
        ] {
            desk.fills("Reason", typed).presses(button).await.is_told(told);
            assert_eq!(desk.page.value("Reason"), typed.trim());
        }
    }
    for event in ["unlocked_by_staff", "sessions_ended_by_staff", "method_removed_by_staff"] {
        assert_eq!(ward.audited(event).await, 0, "{event}");
    }
    assert!(amina.is_signed_in().await);
}

#[rstest]
#[tokio::test]
async fn whoever_is_signed_out_by_the_desk_is_so_in_every_browser(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let mut at_home = ward.person_elsewhere(AMINA);
    at_home.seed.clone_from(&amina.seed);
    at_home.signs_in(Factor::AuthenticatorApp).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.looks_at(AMINA).await.says("In 2 browsers");
    desk.follows("Sign the person out everywhere").await;
    desk.fills("Reason", REASON).presses("Sign out everywhere").await;
    desk.says("The person is signed out everywhere.").says("Nowhere");
    assert!(!amina.is_signed_in().await && !at_home.is_signed_in().await);
    assert!(desk.is_signed_in().await);
    assert_eq!(ward.newest_record("sessions_ended_by_staff").await["count"], 2);
    assert!(ward.subjects_to(AMINA.email).await.contains(&NOTICE.to_owned()));
}

#[rstest]
#[tokio::test]
async fn a_lost_phone_is_removed_once_it_is_sure_who_asks_and_the_phone_hears_of_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.delivers().await;
    let texts = ward.phone.texts_to(AMINA.mobile).len();
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.sees_documents_of(AMINA).await;
    let id = ward.account_of(AMINA).await;
    let method = ward.store().sign_in_methods(id).await.unwrap()[0].id;
    let path = format!("/console/people/{id}/methods/{method}/remove");
    desk.opens(&path).await.reads("Remove a sign-in method").says("Text message, added on");
    let mut other_tab = desk.opens_a_tab();
    desk.fills("Reason", REASON).presses("Remove").await;
    desk.says("The sign-in method is removed.")
        .says("None. The person proves themselves by the email address");
    ward.delivers().await;
    // The check, then the removal: the old number hears of both.
    let told: Vec<String> =
        ward.phone.texts_to(AMINA.mobile)[texts..].iter().map(|text| text.body.clone()).collect();
    assert!(told.iter().any(|text| text.contains("Text message was removed")), "{told:?}");
    let record = ward.newest_record("method_removed_by_staff").await;
    assert_eq!((record["kind"].as_str(), record["reason"].as_str()), (Some("text"), Some(REASON)));
    // It is gone for another tab, too, and somebody else's is not there.
    other_tab.fills("Reason", REASON).presses("Remove").await;
    assert_eq!(other_tab.page.status.as_u16(), 404);
    let bens = ward.store().sign_in_methods(ward.account_of(BEN).await).await.unwrap()[0].id;
    desk.opens(&format!("/console/people/{id}/methods/{bens}/remove")).await;
    assert_eq!(desk.page.status.as_u16(), 404);
    // The person signs in by the address that the employer holds.
    amina.signs_in(Factor::Email).await;
}

#[rstest]
#[tokio::test]
async fn whoever_lost_the_phone_gets_a_start_code_read_out_once_it_is_sure_who_asks(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let id = ward.account_of(AMINA).await;
    desk.opens(&format!("/console/people/{id}/reset")).await.is_refused("FW-1504");
    desk.sees_documents_of(AMINA).await;
    desk.opens(&format!("/console/people/{id}/reset")).await;
    desk.presses("Make a start code").await;
    assert_eq!(desk.page.status.as_u16(), 422, "a reason is mandatory");
    desk.fills("Reason", REASON).presses("Make a start code").await.reads("Read this start code out");
    let code = desk.page.find("code.fw-secret").unwrap();
    assert_eq!(ward.newest_record("start_code_made").await["reason"], REASON);
    assert!(!desk.opens(&format!("/console/people/{id}")).await.page.html.contains(&code));
    amina.opens("/reset").await;
    amina.follows("I have a start code from the service desk").await;
    amina.fills("Email address or staff number", AMINA.email).fills("Start code", &code);
    amina.presses("Continue").await.reads("Choose a new password");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_passkey_on_a_lost_phone_is_removed_once_it_is_sure_who_asks(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_, mut phone) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let id = ward.account_of(AMINA).await;
    let passkey = ward.store().passkeys_of(id).await.unwrap()[0].id;
    let remove = format!("/console/people/{id}/methods/{passkey}/remove");
    desk.opens(&remove).await.is_refused("FW-1504");
    desk.sees_documents_of(AMINA).await.says("Passkey");
    desk.opens(&remove).await.reads("Remove a sign-in method").says("Passkey, added on");
    desk.fills("Reason", REASON).presses("Remove").await.says("The sign-in method is removed.");
    assert!(ward.store().passkeys_of(id).await.unwrap().is_empty());
    ward.browser().signs_in_with_a_passkey(&mut phone).await;
    assert_eq!(ward.newest_record("method_removed_by_staff").await["kind"], "passkey");
    ward.has_told(AMINA, "A passkey was removed").await;
    desk.opens(&remove).await;
    assert_eq!(desk.page.status.as_u16(), 404);
    ward.audit_is_whole().await;
}
