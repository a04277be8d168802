//! Unlock, ask for new passcodes, cancel, revoke, clear, replace, and the end of all cards: with a reason, in the audit, and told.

use super::{CARDS, FINE, Stands};
use crate::console::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, SINEAD};
use crate::smartcards::workstation::{Typist, Wire};
use crate::ward::Ward;
use rstest::rstest;
use store::role::Role;
use vcard::Firmware;

const NOTICE: &str = "A change to your account with Fobwatch";

#[rstest]
#[tokio::test]
async fn an_account_locked_on_day_386_is_unlocked_for_new_passcodes(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    ward.colleague(SINEAD).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let fresh = ward.has_card(SINEAD, "NTH 1", Stands { passcode_days: 385, ..FINE }).await;
    let card = ward.has_card(AMINA, "NTH 2", Stands { passcode_days: 386, ..FINE }).await;
    agent.checks_identity_of(SINEAD).await;
    agent.checks_identity_of(AMINA).await;
    agent.opens_card(fresh).await.says("The account locks in 1 day if it is not changed");
    agent.opens(&format!("{CARDS}/cards/{fresh}/unlock")).await.is_refused("FW-2206");
    agent.opens_card(card).await.says("Locked");
    agent.follows("Unlock the account").await;
    agent.reads("Unlock the account").says("must set new passcodes before anything else");
    agent.fills("Reason", REASON).presses("Unlock").await;
    agent.reads("NTH 2").says("The account is unlocked.").says("Must set new passcodes");
    agent.says("Account unlocked").says("by Ben Adeyemi").says(REASON);
    let record = ward.newest_record("smartcard_unlocked_by_staff").await;
    assert_eq!(
        (record["reason"].as_str(), record["card"].as_str()),
        (Some(REASON), Some(&*card.to_string()))
    );
    assert_eq!(ward.card(card).await.unlocked_on, Some(ward.day(0)));
    ward.has_mailed(AMINA.email, "Your account was unlocked by the Registration Authority").await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.is_asked_another_time().await.reads("Manage Passcodes");
    amina.says("The Registration Authority asks you to set a new Smartcard Passcode before you go on.");
    assert!(!amina.page.text().contains("Ben Adeyemi"));
    // It is unlocked: nothing is left to do.
    agent.opens(&format!("{CARDS}/cards/{card}/unlock")).await.is_refused("FW-2206");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn new_passcodes_are_asked_for_once_it_is_sure_who_is_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.checks_identity_of(AMINA).await;
    agent.does(card, "passcodes", "Ask for new passcodes").await;
    agent.says("The person must set new passcodes at the next sign-in.").says("Must set new passcodes");
    assert_eq!(ward.card(card).await.forced_on, Some(ward.day(0)));
    assert_eq!(ward.newest_record("passcodes_forced").await["reason"], REASON);
    assert!(ward.subjects_to(AMINA.email).await.contains(&NOTICE.to_owned()));
}

#[rstest]
#[tokio::test]
async fn without_a_reason_and_a_cause_nothing_is_done_to_a_card(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.checks_identity_of(AMINA).await;
    for (act, button) in [
        ("passcodes", "Ask for new passcodes"),
        ("cancel", "Cancel the card"),
        ("revoke", "Revoke"),
        ("clear", "Clear"),
        ("replace", "Cancel the old card and go on"),
    ] {
        agent.opens(&format!("{CARDS}/cards/{card}/{act}")).await;
        agent.fills("Reason", "too short").presses(button).await;
        agent.is_told("The reason must be 10 characters or more");
        assert_eq!(agent.page.value("Reason"), "too short");
        if ["cancel", "revoke", "replace"].contains(&act) {
            agent.is_told("Select what has happened");
        }
    }
    let card = ward.card(card).await;
    assert!(card.is_live() && card.forced_on.is_none());
    for event in ["smartcard_cancelled", "certificates_revoked_by_staff", "smartcard_cleared"] {
        assert_eq!(ward.audited(event).await, 0, "{event}");
    }
}

#[rstest]
#[tokio::test]
async fn a_stolen_card_is_cancelled_and_its_owner_signed_out_everywhere(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.opens(&format!("{CARDS}/cards/{card}/cancel")).await.says("This cannot be undone.");
    agent.chooses("Stolen").fills("Reason", REASON).presses("Cancel the card").await;
    agent
        .says("The card is cancelled and its certificates are revoked.")
        .says("Certificates revoked: Stolen");
    let kept = ward.card(card).await;
    assert!(kept.cancelled_at.is_some() && kept.revoked_at.is_some() && kept.expires_at.is_none());
    assert!(ward.store().current_certificates(card).await.unwrap().is_empty());
    assert!(!amina.is_signed_in().await);
    let record = ward.newest_record("smartcard_cancelled").await;
    assert_eq!((record["revocation"].as_str(), record["reason"].as_str()), (Some("stolen"), Some(REASON)));
    ward.has_mailed(AMINA.email, "Your smartcard was cancelled").await;
    for act in ["cancel", "revoke", "replace", "passcodes", "renew"] {
        agent.opens(&format!("{CARDS}/cards/{card}/{act}")).await.is_refused("FW-2206");
    }
}

#[rstest]
#[tokio::test]
async fn revoked_certificates_end_and_the_card_stays(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.opens(&format!("{CARDS}/cards/{card}/revoke")).await;
    agent.chooses("Damaged").fills("Reason", REASON).presses("Revoke").await;
    agent.says("The certificates are revoked.").says("Certificates revoked");
    assert!(ward.card(card).await.cancelled_at.is_none());
    assert!(amina.is_signed_in().await, "a damaged card is in nobody else's hands");
    assert_eq!(ward.newest_record("certificates_revoked_by_staff").await["revocation"], "damaged");
}

#[rstest]
#[tokio::test]
async fn a_cleared_card_is_blank_and_its_certificates_are_revoked(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.colleague(SINEAD).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.does(card, "clear", "Clear").await;
    agent.says("The card is cleared and can be issued to somebody else.").says("Nobody’s card");
    assert!(ward.card(card).await.is_blank());
    assert!(ward.store().current_certificates(card).await.unwrap().is_empty());
    assert_eq!(ward.newest_record("smartcard_cleared").await["reason"], REASON);
    // Whoever gets it next sees nothing of whose it was.
    let account = ward.account_of(SINEAD).await;
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.bind_smartcard(card, account, ward.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    agent.does(card, "clear", "Clear").await;
    assert!(ward.card(card).await.is_blank());
    agent.opens(&format!("{CARDS}/cards/{card}/clear")).await.is_refused("FW-2206");
}

#[rstest]
#[tokio::test]
async fn a_cancelled_card_that_is_at_hand_is_wiped_and_can_then_be_somebody_elses(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let held = ward.card_of(ward.account_of(AMINA).await, Firmware::Plain).await;
    let card = held.card;
    agent.opens(&format!("{CARDS}/cards/{card}/wipe")).await.is_refused("FW-2206");
    agent.opens(&format!("{CARDS}/cards/{card}/cancel")).await;
    agent.chooses("Damaged").fills("Reason", REASON).presses("Cancel the card").await;
    assert!(held.plastic.certificate(piv::Slot::Authentication).is_some(), "it is still on the card");
    agent.follows("Wipe the card").await.reads("Wipe the card").says("nothing of the person stays on it");
    agent.presses("Wipe").await.is_told("Enter the reason");
    agent.fills("Reason", REASON).presses("Wipe").await.reads("Take the certificates off a smartcard");
    let job = ward.store().open_card_job(card).await.unwrap().unwrap();
    let view = journeys::smartcard::job::watch(&ward.node.service, job.started_by, job.id).await.unwrap();
    let link = url::Url::parse(&view.link.unwrap()).unwrap();
    let ticket = link.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned();
    let mut wire = Wire::to(std::slice::from_ref(&ward.node));
    let done = held.works_with(&mut wire, &ticket, &mut Typist::types("nothing is asked")).await;
    assert_eq!(done, Some(card_jobs::Verdict::Done));
    assert_eq!(held.plastic.certificate(piv::Slot::Authentication), None);
    agent.opens(&format!("/smartcard/jobs/{}", job.id)).await.follows("Continue").await;
    agent.reads(&ward.card(card).await.label).says("Wiped").says("Wiping begun").says(REASON);
    assert_eq!(ward.newest_record("smartcard_wiped").await["by"], job.started_by.to_string());
    // What is wiped is not wiped again; it is cleared, and blank.
    agent.opens(&format!("{CARDS}/cards/{card}/wipe")).await.is_refused("FW-2206");
    agent.does(card, "clear", "Clear").await.says("The card is cleared and can be issued to somebody else.");
    assert!(ward.card(card).await.is_blank());
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn whoever_leaves_has_no_card_any_more(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let one = ward.has_card(AMINA, "NTH 1", FINE).await;
    let other = ward.has_card(AMINA, "NTH 2", FINE).await;
    let id = ward.account_of(AMINA).await;
    agent.opens(&format!("{CARDS}/people/{id}")).await;
    agent.follows("Cancel all cards: the person leaves").await;
    agent.fills("Reason", REASON).presses("Cancel all cards").await;
    agent.says("All cards of this person are cancelled.");
    for card in [one, other] {
        let card = ward.card(card).await;
        assert_eq!(card.cancel_reason.as_deref(), Some("left"));
        assert!(card.revoked_at.is_some());
    }
    assert_eq!(ward.audited("smartcard_cancelled").await, 2);
    agent.opens(&format!("{CARDS}/people/{id}/leaves")).await;
    agent.fills("Reason", REASON).presses("Cancel all cards").await;
    agent.is_refused("FW-2206");
}

#[rstest]
#[tokio::test]
async fn a_card_that_is_replaced_is_cancelled_and_another_one_is_issued_next(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.checks_identity_of(AMINA).await;
    agent.opens(&format!("{CARDS}/cards/{card}/replace")).await;
    agent.chooses("Damaged").fills("Reason", REASON).presses("Cancel the old card and go on").await;
    agent.reads("Issue a card");
    assert_eq!(ward.card(card).await.cancel_reason.as_deref(), Some("damaged"));
    for (typed, told) in [
        ("", "Enter what is printed on the card, or its GUID"),
        ("NTH 9", "No card of your organisation is known by this"),
        ("NTH 1", "This card is not blank"),
    ] {
        agent.fills("Blank card", typed).fills("Reason", REASON).presses("Issue the card").await;
        agent.is_told(told).is_told("Select how the card is handed over");
    }
}

#[rstest]
#[tokio::test]
async fn a_card_is_meant_by_its_whole_label_also_where_others_begin_with_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    for number in ["10", "11", "1"] {
        agent.opens(&format!("{CARDS}/blank")).await;
        agent.fills("GUID", &format!("{number:0>32}")).chooses("Passcode of 6 to 8 digits");
        agent.fills("What is printed on it", &format!("NTH {number}")).presses("Register").await;
    }
    agent.checks_identity_of(AMINA).await;
    let id = ward.account_of(AMINA).await;
    agent.opens(&format!("{CARDS}/people/{id}/issue")).await;
    for (typed, ambiguous) in [("nth", true), ("nth 1", false), ("NTH 11", false)] {
        agent.fills("Blank card", typed).fills("Reason", REASON).presses("Issue the card").await;
        agent.is_told("Select how the card is handed over");
        let told = agent.page.text().contains("several cards that begin with this");
        assert_eq!(told, ambiguous, "{typed}");
    }
}

#[rstest]
#[tokio::test]
async fn of_many_who_unlock_at_once_each_is_recorded_and_none_breaks_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    agent.opens(&format!("{CARDS}/cards/{card}/cancel")).await;
    let form = agent.chooses("Lost").fills("Reason", REASON).would_send("Cancel the card");
    let mut tabs: Vec<_> = std::iter::repeat_with(|| agent.opens_a_tab()).take(8).collect();
    let sent = tabs.iter_mut().map(|tab| tab.posts(form.clone()));
    let pages = futures::future::join_all(sent).await;
    let won = pages.iter().filter(|tab| tab.page.status.is_success()).count();
    assert_eq!((won, ward.audited("smartcard_cancelled").await), (1, 1));
}
