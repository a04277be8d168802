//! *Check identity*: by the Account Recovery Passcode, which is shown to nobody, or by documents.

use super::{CARDS, FINE, Stands};
use crate::console::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use rstest::rstest;
use store::role::Role;

const PASSCODE: &str = "Harbour-7-lights";

#[rstest]
#[tokio::test]
async fn the_account_recovery_passcode_is_compared_and_shown_to_nobody(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut unlocker = ward.staff(BEN, Role::Unlocker).await;
    ward.has_recovery_passcode(AMINA, PASSCODE).await;
    let id = ward.account_of(AMINA).await;
    let page = format!("{CARDS}/people/{id}/identity");
    unlocker.opens(&page).await;
    for (typed, told) in [
        ("", "The person must enter the Account Recovery Passcode"),
        ("harbour-7-lights", "This is not the person’s Account Recovery Passcode"),
    ] {
        unlocker.fills("Account Recovery Passcode", typed).presses("Check").await.is_told(told);
        assert!(!unlocker.page.html.contains("arbour-7"), "{}", unlocker.page.html);
    }
    assert_eq!(ward.audited("card_holder_refused").await, 1);
    unlocker.fills("Account Recovery Passcode", PASSCODE).presses("Check").await;
    unlocker.reads("Amina Khan").says("You are sure who this is. You can act for 10 minutes.");
    let record = ward.newest_record("card_holder_checked").await;
    assert_eq!(record["how"], "recovery-passcode");
    assert!(!record.to_string().contains(PASSCODE));
    ward.has_mailed(AMINA.email, "The Registration Authority checked your identity").await;
    assert!(!ward.db.dump(&[]).await.contains(PASSCODE));
}

#[rstest]
#[tokio::test]
async fn a_passcode_that_was_guessed_at_five_times_is_not_looked_at_and_documents_serve(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    ward.has_recovery_passcode(AMINA, PASSCODE).await;
    let id = ward.account_of(AMINA).await;
    agent.opens(&format!("{CARDS}/people/{id}/identity")).await;
    for _ in 0..5 {
        agent.fills("Account Recovery Passcode", "a guess of mine").presses("Check").await;
        agent.is_told("This is not the person’s Account Recovery Passcode");
    }
    agent.fills("Account Recovery Passcode", PASSCODE).presses("Check").await;
    agent.is_told("entered too many times in the last hour");
    agent.presses("I have seen these documents").await.is_told("Select the documents that you have seen");
    agent.chooses("Passport").presses("I have seen these documents").await;
    agent.says("You are sure who this is.");
    let record = ward.newest_record("card_holder_checked").await;
    assert_eq!(
        (record["how"].as_str(), record["documents"][0].as_str()),
        (Some("documents"), Some("passport"))
    );
    assert_eq!(ward.db.count("identity_check", "how = 'documents' AND documents = 'passport'").await, 1);
}

#[rstest]
#[tokio::test]
async fn whoever_has_no_recovery_passcode_shows_documents(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let id = ward.account_of(AMINA).await;
    agent.opens(&format!("{CARDS}/people/{id}/identity")).await;
    agent.says("This person has no Account Recovery Passcode. Look at documents.");
    let form = format!("{CARDS}/people/{id}/identity/passcode");
    agent.posts((form, "passcode=something".to_owned())).await;
    agent.is_told("This person has no Account Recovery Passcode");
}

#[rstest]
#[tokio::test]
async fn what_opens_a_card_waits_until_it_is_sure_who_is_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let locked = ward.has_card(AMINA, "NTH 1", Stands { passcode_days: 386, ..FINE }).await;
    let card = ward.has_card(AMINA, "NTH 2", Stands { tries: 0, ..FINE }).await;
    let id = ward.account_of(AMINA).await;
    let paths = [
        format!("{CARDS}/cards/{locked}/unlock"),
        format!("{CARDS}/cards/{card}/unblock"),
        format!("{CARDS}/cards/{card}/passcodes"),
        format!("{CARDS}/cards/{card}/renew"),
        format!("{CARDS}/people/{id}/issue"),
    ];
    for path in &paths {
        // The page leads to the check, and a form that is sent without it is refused.
        agent.opens(path).await.reads("Check identity");
        agent.posts((path.clone(), "reason=The+person+came+to+the+counter.".to_owned())).await;
        agent.is_refused("FW-2203");
        agent.follows("Check identity").await.reads("Check identity");
    }
    // It goes on where it was going.
    agent.opens(&paths[0]).await;
    agent.chooses("Passport").presses("I have seen these documents").await;
    agent.reads("Unlock the account");
    for path in &paths {
        agent.opens(path).await;
        assert!(agent.page.status.is_success() && agent.page.heading() != "Check identity", "{path}");
    }
    // A colleague is not sure by that.
    let mut other = ward.staff(crate::people::YU, Role::RaAgent).await;
    other.opens(&paths[0]).await.reads("Check identity");
}

#[rstest]
#[tokio::test]
async fn it_is_sure_for_ten_minutes_and_not_a_second_more(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", Stands { passcode_days: 386, ..FINE }).await;
    ward.waits(300);
    agent.checks_identity_of(AMINA).await;
    let checked = ward.clock.now();
    ward.waits(250);
    agent.proves_again_for_cards().await;
    let path = format!("{CARDS}/cards/{card}/unlock");
    ward.waits(599 - ward.clock.now().duration_since(checked).as_secs());
    agent.opens(&path).await.reads("Unlock the account");
    agent.fills("Reason", REASON);
    ward.waits(1);
    agent.presses("Unlock").await.is_refused("FW-2203");
    assert_eq!(ward.card(card).await.unlocked_on, None);
}

#[rstest]
#[tokio::test]
async fn after_the_check_nobody_is_led_away_from_here(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let id = ward.account_of(AMINA).await;
    for next in ["https://elsewhere.example/", "//elsewhere.example/", "/console/people", "/sign-out"] {
        let form = format!("{CARDS}/people/{id}/identity/documents");
        agent.posts((form, format!("document=passport&next={next}"))).await.reads("Amina Khan");
    }
}
