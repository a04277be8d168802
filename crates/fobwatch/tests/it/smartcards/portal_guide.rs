//! Guide 001 with a card in the reader: each form of the portal, and what the card then is.

use super::portal_held::APP;
use super::workstation::{Held, PASSCODE, Typist};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::AMINA;
use crate::ward::Ward;
use card_jobs::Verdict;
use rstest::rstest;
use store::server_passcode::ServerPasscodeKind::{Recovery, Verification};
use uuid::Uuid;
use vcard::Firmware;

const UPDATED: &str = "Your passcodes have been updated successfully";

/// Amina, signed in, with a card of her own in the reader.
async fn at_the_desk(ward: &Ward) -> (Visitor<'_>, Held) {
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    let held = ward.card_of(amina.account().await, Firmware::Moves).await;
    amina.signs_in(APP).await;
    (amina, held)
}

impl Visitor<'_> {
    /// The job whose page they look at.
    fn job(&self) -> Uuid {
        let id = self.page.url.strip_prefix("/smartcard/jobs/").expect("the page of a job");
        id.parse().expect("its id")
    }

    /// *Open the card program*, which works until it ends; then they look at the page.
    async fn opens_the_card_program(&mut self, held: &Held) -> Option<Verdict> {
        let job = self.job();
        self.says("Open the card program");
        let verdict = self.ward.works(held, job, &mut Typist::types(PASSCODE)).await;
        self.reloads().await;
        verdict
    }

    /// Changes the card's own passcode.
    async fn changes(&mut self, held: &Held, current: &str, new: &str) -> Option<Verdict> {
        self.ward.waits(60);
        self.opens("/smartcard/passcodes").await;
        if self.page.heading() == "Confirm that it is you" {
            self.confirms().await;
        }
        self.fills_twice("Smartcard Passcode", new)
            .fills("Current Smartcard Passcode *", current)
            .presses("Update")
            .await;
        self.opens_the_card_program(held).await
    }
}

#[rstest]
#[tokio::test]
async fn all_three_passcodes_are_set_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    ward.passcode_is_old(held.card, 360).await;
    amina.opens("/home").await.presses("Renew now").await.reads("Manage Passcodes");
    amina
        .fills_twice("Account Recovery Passcode", "quiet-Lantern-9")
        .fills_twice("Verification Passcode", "seven-Kettles-4")
        .fills_twice("Smartcard Passcode", "591736")
        .fills("Current Smartcard Passcode *", PASSCODE)
        .presses("Update")
        .await
        .reads("Update your passcodes");
    assert_eq!(ward.db.count("server_passcode", "1 = 1").await, 0, "nothing is done before the card says so");
    assert_eq!(amina.opens_the_card_program(&held).await, Some(Verdict::Done));
    amina.presses("Continue").await.reads("Manage Passcodes").says(UPDATED);
    amina.says("Set on 22 November 2026. Change it before 22 November 2027");
    let account = amina.account().await;
    for kind in [Recovery, Verification] {
        assert!(ward.store().server_passcode(account, kind).await.unwrap().is_some());
    }
    amina.opens("/home").await.says("nothing to do now");
    for secret in ["quiet-Lantern-9", "seven-Kettles-4", "591736", PASSCODE] {
        assert!(!ward.db.dump(&[]).await.contains(secret), "{secret} is kept");
    }
    // The new one is the card's.
    assert_eq!(amina.changes(&held, "591736", "640812").await, Some(Verdict::Done));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn with_a_wrong_current_passcode_nothing_is_done_and_the_tries_are_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    amina.opens("/smartcard/passcodes").await;
    amina
        .fills_twice("Account Recovery Passcode", "quiet-Lantern-9")
        .fills_twice("Smartcard Passcode", "591736")
        .fills("Current Smartcard Passcode *", "000000")
        .presses("Update")
        .await;
    assert_ne!(amina.opens_the_card_program(&held).await, Some(Verdict::Done));
    amina.says("The card takes 2 more wrong passcodes before it blocks itself.");
    assert_eq!(held.plastic.with(|card| card.tries_left()), 2);
    assert_eq!(ward.db.count("server_passcode", "1 = 1").await, 0, "all is done or nothing");
    // With the right one it goes through, and the tries are three again.
    assert_eq!(amina.changes(&held, PASSCODE, "591736").await, Some(Verdict::Done));
    assert_eq!(held.plastic.with(|card| card.tries_left()), 3);
}

#[rstest]
#[tokio::test]
async fn the_verification_passcode_alone_is_blanked_by_the_cards_word(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    amina.has_passcode(Recovery, "quiet-Lantern-9").await;
    amina.has_passcode(Verification, "seven-Kettles-4").await;
    amina.opens("/smartcard/passcodes").await;
    amina.ticks("blank_verification").fills("Current Smartcard Passcode *", PASSCODE).presses("Update").await;
    assert_eq!(amina.opens_the_card_program(&held).await, Some(Verdict::Done));
    let account = amina.account().await;
    assert!(ward.store().server_passcode(account, Verification).await.unwrap().is_none());
    assert!(ward.store().server_passcode(account, Recovery).await.unwrap().is_some());
    // Its own passcode is as old as it was.
    assert_eq!(ward.smartcard(&held).await.passcode_set_on, Some(ward.local_today()));
}

#[rstest]
#[tokio::test]
async fn none_of_the_cards_own_last_five_is_taken_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    let chosen = ["591736", "640812", "775309", "813264", "926475"];
    let mut current = PASSCODE;
    for new in chosen {
        assert_eq!(amina.changes(&held, current, new).await, Some(Verdict::Done), "{new}");
        current = new;
    }
    for used in chosen {
        ward.waits(60);
        amina.opens("/smartcard/passcodes").await;
        if amina.page.heading() == "Confirm that it is you" {
            amina.confirms().await;
        }
        amina
            .fills_twice("Smartcard Passcode", used)
            .fills("Current Smartcard Passcode *", current)
            .presses("Update")
            .await
            .is_told("You have used this Smartcard Passcode before");
    }
    // The sixth before is forgotten.
    assert_eq!(amina.changes(&held, current, PASSCODE).await, Some(Verdict::Done));
}

#[rstest]
#[tokio::test]
async fn a_blocked_card_is_opened_by_the_account_recovery_passcode(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    amina.has_passcode(Recovery, "quiet-Lantern-9").await;
    // Somebody tries at another computer.
    held.plastic.with(|card| {
        card.answer(b"\x00\xA4\x04\x00\x05\xA0\x00\x00\x03\x08\x00").unwrap();
        for _ in 0..3 {
            card.answer(b"\x00\x20\x00\x80\x0800000000").unwrap();
        }
        card.reset();
    });
    assert_eq!(held.plastic.with(|card| card.tries_left()), 0);
    assert_ne!(amina.changes(&held, PASSCODE, "591736").await, Some(Verdict::Done));
    amina.says("blocked");
    amina.opens("/smartcard/unlock").await.reads("Unlock your smartcard");
    amina.fills("Account Recovery Passcode", "quiet-Lantern-9").fills_twice("Smartcard Passcode", "591736");
    amina.presses("Unlock").await;
    assert_eq!(amina.opens_the_card_program(&held).await, Some(Verdict::Done));
    amina.presses("Continue").await.reads("Self Service Portal").says("Your smartcard has been unlocked");
    assert_eq!(held.plastic.with(|card| card.tries_left()), 3);
    assert_eq!(amina.changes(&held, "591736", "640812").await, Some(Verdict::Done));
}

#[rstest]
#[tokio::test]
async fn certificates_are_renewed_twice_and_the_third_time_at_the_registration_authority(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    for renewal in 1..=2 {
        let before = ward.pair(&held).await;
        ward.certificates_end_in(held.card, 25).await;
        amina.opens("/home").await.presses("Yes").await.reads("Renew Certificates").says("Update My Card");
        amina.presses("OK").await.is_told("Enter your Smartcard Passcode");
        amina.fills("Smartcard Passcode", PASSCODE).presses("OK").await.reads("Update My Card");
        amina.says("Creating card").says("Writing certificates");
        assert_eq!(amina.opens_the_card_program(&held).await, Some(Verdict::Done));
        amina.presses("Continue").await.reads("Self Service Portal").says("have been renewed");
        ward.card_holds_its_pair(&held).await;
        assert_ne!(ward.pair(&held).await, before);
        assert_eq!(ward.smartcard(&held).await.renewals_used, renewal);
    }
    amina.says("By the Registration Authority, who checks your identity");
    ward.certificates_end_in(held.card, 25).await;
    amina.opens("/home").await.says("Visit the Registration Authority in your organisation");
    assert!(!amina.page.text().contains("Do you want to renew them now?"));
    amina.posts(("/smartcard/renew".into(), format!("passcode={PASSCODE}"))).await.is_refused("FW-2005");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_card_that_was_revoked_is_worked_on_no_more(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, held) = at_the_desk(&ward).await;
    ward.certificates_end_in(held.card, 25).await;
    amina.opens("/smartcard/renew").await;
    amina.fills("Smartcard Passcode", PASSCODE).presses("OK").await.reads("Update My Card");
    let job = amina.page.url.clone();
    amina.opens("/smartcard/revoke").await;
    amina.chooses("It was stolen").chooses("I know that the card can never be used again");
    amina.presses("Revoke certificates").await.says("have been revoked");
    amina.opens(&job).await;
    if amina.page.text().contains("Open the card program") {
        assert_ne!(amina.opens_the_card_program(&held).await, Some(Verdict::Done));
    }
    assert!(ward.pair(&held).await.is_empty());
    assert_eq!(ward.db.count("smartcard_certificate", "revoked_at IS NULL").await, 0);
}
