//! *Revoke Certificates*: at once, without the card, and for good.

use super::portal_held::{APP, LETTERS};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;

const AUTHORITY: &str = "registration.authority@northfield.example";
const KNOWN: &str = "I know that the card can never be used again";

#[rstest]
#[tokio::test]
async fn a_lost_card_is_revoked_at_once_and_everybody_hears_of_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values("It is lost", "It was stolen")] what: &str,
) {
    let ward = Ward::new(kind).await;
    ward.db.tell(&format!("UPDATE organisation SET support_email = '{AUTHORITY}'")).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    let mut thief = ward.person_elsewhere(AMINA);
    thief.seed.clone_from(&amina.seed);
    thief.signs_in(APP).await;
    amina.opens("/smartcard").await.follows("Revoke Certificates").await.reads("Revoke Certificates");
    amina.presses("Revoke certificates").await.is_told("Select what has happened to your smartcard");
    amina.is_told("Tick the box");
    amina.chooses(what).chooses(KNOWN);
    let form = amina.would_send("Revoke certificates");
    amina.posts(form.clone()).await.reads("Self Service Portal").says("have been revoked").says("Revoked on");
    assert_eq!(ward.db.count("smartcard_certificate", "revoked_at IS NULL").await, 0);
    assert_eq!(ward.db.count("smartcard", "cancelled_at IS NOT NULL AND revoked_at IS NOT NULL").await, 1);
    // Pressed twice it counts once.
    amina.posts(form).await.reads("Self Service Portal");
    assert_eq!(ward.db.count("audit", "event LIKE '%certificates_revoked%'").await, 1);

    // Whoever else is signed in is signed out; who revoked it is not.
    thief.opens("/home").await.is_refused("FW-1204");
    amina.opens("/home").await.says("Amina");
    // Its own mail to the Registration Authority, and one to its owner.
    let told = ward.subjects_to(AUTHORITY).await;
    assert_eq!(
        told.iter().filter(|subject| subject.contains("smartcard was revoked")).count(),
        1,
        "{told:?}"
    );
    let mails = ward.mailbox.messages_to(AMINA.email);
    let told =
        mails.iter().filter(|mail| mail.text.contains("The certificates of your smartcard were revoked"));
    assert_eq!(told.count(), 1);

    // Found again, it stays revoked: nothing falls due on it, and nothing can be done with it.
    ward.passcode_is_old(card, 400).await;
    amina.opens("/home").await;
    assert_eq!(amina.page.url, "/home");
    amina.opens("/smartcard/passcodes").await.is_refused("FW-2001");
    amina.opens("/smartcard/revoke").await.says("You have no smartcard");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_registration_authority_is_told_where_it_has_an_address_of_its_own(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let support = "it@northfield.example";
    ward.db
        .tell(&format!("UPDATE organisation SET support_email = '{support}', ra_email = '{AUTHORITY}'"))
        .await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    amina.opens("/smartcard/revoke").await.chooses("It is lost").chooses(KNOWN);
    amina.presses("Revoke certificates").await.says("have been revoked");
    assert_eq!(ward.subjects_to(AUTHORITY).await.len(), 1);
    assert_eq!(ward.subjects_to(support).await, Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn a_damaged_card_ends_no_session_that_it_did_not_open(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    let mut at_home = ward.person_elsewhere(AMINA);
    at_home.seed.clone_from(&amina.seed);
    at_home.signs_in(APP).await;
    amina.opens("/smartcard/revoke").await;
    amina
        .chooses("It is damaged")
        .chooses(KNOWN)
        .presses("Revoke certificates")
        .await
        .says("have been revoked");
    at_home.opens("/home").await.says("Amina");
}

#[rstest]
#[tokio::test]
async fn which_of_two_cards_is_chosen(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, old) = ward.amina_with_card(LETTERS).await;
    ward.waits(1);
    let new = amina.gets_card(LETTERS).await;
    amina.opens("/smartcard/revoke").await;
    amina.chooses("It is lost").chooses(KNOWN).presses("Revoke certificates").await;
    amina.is_told("Select which smartcard");
    amina.posts(("/smartcard/revoke".into(), format!("card={old}&reason=lost&confirm=yes"))).await;
    amina.says("have been revoked");
    let live = ward.store().smartcards_of(amina.account().await).await.unwrap();
    let live: Vec<_> =
        live.into_iter().filter(store::smartcard::Smartcard::is_live).map(|card| card.id).collect();
    assert_eq!(live, [new]);
}
