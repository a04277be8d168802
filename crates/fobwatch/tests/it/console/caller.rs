//! Being sure who is calling, by a code that the caller reads out or by documents.

use super::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, SINEAD};
use crate::ward::Ward;
use jiff::SignedDuration;
use rstest::rstest;
use store::role::Role;

const SURE: &str = "You are sure who this is. You can act for 10 minutes.";

/// Amina has a phone, Ben is at the service desk.
async fn ward(kind: Kind) -> Ward {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::TextMessage).await;
    ward
}

async fn sends_a_code(desk: &mut Visitor<'_>, channel: &str) {
    desk.looks_at(AMINA).await.follows("Make sure who is calling").await;
    desk.reads("Make sure who is calling");
    desk.chooses(channel).presses("Send a code").await;
}

async fn remove_path(ward: &Ward) -> String {
    let account = ward.account_of(AMINA).await;
    let method = ward.store().sign_in_methods(account).await.unwrap()[0].id;
    format!("/console/people/{account}/methods/{method}/remove")
}

#[rstest]
#[tokio::test]
async fn the_caller_reads_out_a_code_and_the_desk_never_sees_where_it_went(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = ward(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    sends_a_code(&mut desk, "Text message").await;
    desk.reads("Enter the code that the caller reads out").says("You do not see where to.");
    assert!(!desk.page.html.contains("900123") && !desk.page.html.contains("ending in"));
    let code = ward.texted_code(AMINA.mobile).await;
    let text = ward.phone.texts_to(AMINA.mobile).last().unwrap().body.clone();
    assert!(
        text.contains("Ben Adeyemi") && text.contains("If they called you, do not read it out"),
        "{text}"
    );
    assert!(!desk.page.html.contains(&code));
    let wrong = if code == "000000" { "000001" } else { "000000" };
    desk.types(wrong).await.is_told("The code is not correct");
    desk.types("12").await.is_told("You have not entered enough numbers");
    desk.types(&code).await.says(SURE).says("You are sure who this is until");
    // It is used once.
    let account = ward.account_of(AMINA).await;
    desk.sends_form(&format!("/console/people/{account}/caller/code"), &format!("code={code}")).await;
    assert!(desk.page.status.is_client_error());
    // The person is told, sees it, and the audit has it.
    assert!(
        ward.subjects_to(AMINA.email).await.contains(&"A change to your account with Fobwatch".to_owned())
    );
    let happened = desk.looks_at(AMINA).await.page.text();
    assert!(happened.contains("Service desk checked who was calling"), "{happened}");
    let checked = ward.newest_record("caller_checked").await;
    assert_eq!(
        (checked["how"].as_str(), checked["account"].as_str()),
        (Some("text"), Some(account.to_string().as_str()))
    );
    assert_eq!(ward.audited("caller_code_refused").await, 1 + 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_code_by_email_says_who_asks_and_to_hang_up_on_those_who_called(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = ward(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    sends_a_code(&mut desk, "Email").await;
    let code = ward.mailed_code(AMINA.email).await;
    let mail = ward.mailbox.messages_to(AMINA.email).last().unwrap().clone();
    assert_eq!(mail.subject, "Your code for the service desk of Northfield Hospitals");
    for words in ["Ben Adeyemi of the service desk", "If somebody called you, do not read this code to them."]
    {
        assert!(mail.text.contains(words), "{}", mail.text);
    }
    desk.types(&code).await.says(SURE);
}

#[rstest]
#[tokio::test]
async fn the_code_works_for_ten_minutes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = ward(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    ward.waits(540);
    sends_a_code(&mut desk, "Text message").await;
    let code = ward.texted_code(AMINA.mobile).await;
    let path = format!("/console/people/{}/caller/code", ward.account_of(AMINA).await);
    ward.waits(120);
    desk.proves_again().await;
    ward.clock.advance(SignedDuration::from_secs(480));
    desk.sends_form(&path, &format!("code={code}")).await.is_told("The code has expired");
    assert_eq!(ward.audited("caller_checked").await, 0);
}

#[rstest]
#[tokio::test]
async fn being_sure_lasts_ten_minutes_for_this_person_and_this_member_of_staff(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = ward(kind).await;
    let mut other = ward.staff(SINEAD, Role::ServiceDesk).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let path = remove_path(&ward).await;
    desk.opens(&path).await.is_refused("FW-1504");
    desk.sends_form(&path, &format!("reason={REASON}")).await.is_refused("FW-1504");
    desk.follows("Make sure who is calling").await.reads("Make sure who is calling");
    ward.waits(540);
    desk.sees_documents_of(AMINA).await;
    ward.waits(120);
    desk.proves_again().await;
    ward.clock.advance(SignedDuration::from_millis(479_999));
    desk.opens(&path).await.reads("Remove a sign-in method");
    ward.clock.advance(SignedDuration::from_millis(1));
    // The form was open in time; what it sends comes too late.
    desk.fills("Reason", REASON).presses("Remove").await;
    desk.is_refused("FW-1504");
    assert_eq!(ward.audited("method_removed_by_staff").await, 0);
    // What one is sure of, another is not.
    desk.proves_again_if_asked().await;
    desk.sees_documents_of(AMINA).await;
    other.proves_again_if_asked().await;
    other.opens(&path).await.is_refused("FW-1504");
}

#[rstest]
#[tokio::test]
async fn five_wrong_codes_end_it_and_another_one_waits_half_a_minute(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = ward(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    sends_a_code(&mut desk, "Text message").await;
    let code = ward.texted_code(AMINA.mobile).await;
    let path = format!("/console/people/{}/caller/code", ward.account_of(AMINA).await);
    for _ in 0..4 {
        let wrong = if code == "000000" { "000001" } else { "000000" };
        desk.sends_form(&path, &format!("code={wrong}")).await.is_told("The code is not correct");
    }
    for typed in ["999999", &code] {
        desk.sends_form(&path, &format!("code={typed}"))
            .await
            .is_told("You have entered a wrong code too many times");
    }
    sends_a_code(&mut desk, "Text message").await;
    desk.is_told("You can ask for a new code in");
    ward.waits(30);
    sends_a_code(&mut desk, "Text message").await;
    let code = ward.texted_code(AMINA.mobile).await;
    desk.types(&code).await.says(SURE);
    // Nothing chosen, and a channel that is somebody else's.
    desk.looks_at(AMINA).await.follows("Make sure who is calling").await;
    desk.presses("Send a code").await.is_told("Select where the code is to be sent");
    let bens = ward.store().sign_in_methods(ward.account_of(BEN).await).await.unwrap()[0].id;
    let send = path.replace("/code", "/send");
    desk.sends_form(&send, &format!("channel={bens}")).await.is_told("Select where the code is to be sent");
}

#[rstest]
#[tokio::test]
async fn which_documents_were_seen_is_recorded(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = ward(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.looks_at(AMINA).await.follows("Make sure who is calling").await;
    desk.presses("I have seen these documents").await.is_told("Select the documents that you have seen");
    let path = format!("/console/people/{}/caller/documents", ward.account_of(AMINA).await);
    desk.sends_form(&path, "document=library-card").await.is_told("Select the documents");
    desk.sends_form(&path, "document=staff-card&document=passport").await.says(SURE);
    let checked = ward.newest_record("caller_checked").await;
    assert_eq!(checked["documents"], serde_json::json!(["passport", "staff-card"]));
    assert_eq!(checked["how"], "documents");
}
