//! Guide 001, section 1.2: the Self Service Portal and its *Manage Passcodes*, as far as the page goes; what the card then does is
//! told with the jobs.

use super::portal_held::{APP, DIGITS, LETTERS};
use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::SINEAD;
use crate::ward::Ward;
use rstest::rstest;
use store::server_passcode::ServerPasscodeKind::{self, Recovery, Verification};
use testkit::SeededRandom;
use vault::Secret;

impl Visitor<'_> {
    /// They have this passcode of the server's, set after those that they had before.
    pub async fn has_passcode(&self, kind: ServerPasscodeKind, passcode: &str) {
        self.ward.waits(1);
        let (service, now) = (&self.ward.node.service, self.ward.clock.now());
        let random = SeededRandom::unique();
        let hash = service.hasher.hash(&Secret::new(passcode.to_owned()), &random).await.unwrap();
        let account = self.account().await;
        let replaces = service.store.server_passcode(account, kind).await.unwrap().map(|before| before.id);
        let id = vault::new_id(now, &random);
        let mut tx = service.store.begin().await.unwrap();
        assert!(tx.set_server_passcode(id, account, kind, &hash, replaces, now).await.unwrap());
        tx.commit().await.unwrap();
    }
}

impl Browser {
    /// Types a new passcode twice.
    pub fn fills_twice(&mut self, name: &str, passcode: &str) -> &mut Self {
        self.fills(&format!("New {name}"), passcode).fills(&format!("Confirm New {name}"), passcode);
        self
    }
}

#[rstest]
#[tokio::test]
async fn the_portal_has_the_tabs_of_the_guide_and_tells_what_falls_due(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    amina.says("Your smartcard");
    amina.follows("Launch Self Service Portal").await.reads("Self Service Portal");
    for tab in ["Home", "Manage Passcodes", "Renew Certificates", "Revoke Certificates"] {
        assert!(amina.page.html.contains(&format!(">{tab}</a>")), "{tab}");
    }
    amina.says("Set on 22 November 2026. Change it before 22 November 2027");
    amina.says("By yourself. You can renew twice more before you must visit the Registration Authority");
    ward.passcode_is_old(card, 300).await;
    ward.certificates_end_in(card, 60).await;
    amina.opens("/smartcard").await.reads("Self Service Portal");
    for (days, what) in [
        ("in 30 days", "You can renew your certificates, and we start to remind you"),
        ("in 40 days", "Your certificates must be renewed before you can do anything else"),
        ("in 51 days", "We start to remind you to change your passcodes"),
        ("in 60 days", "The last day of your certificates"),
        ("in 65 days", "Your Smartcard Passcode must be changed before you can do anything else"),
        ("in 86 days", "Your account is locked if you have not changed your Smartcard Passcode"),
    ] {
        amina.says(days).says(what);
    }
}

#[rstest]
#[tokio::test]
async fn everything_that_is_wrong_with_new_passcodes_is_told_at_once_and_none_is_kept(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(DIGITS).await;
    amina.opens("/smartcard/passcodes").await.reads("Manage Passcodes").says("6 to 8 numbers, no letters");
    amina.presses("Update").await;
    amina.is_told("Enter a new passcode for each that you want to change, or select Blank Passcode");
    amina.is_told("Enter your current Smartcard Passcode");
    amina
        .fills("New Account Recovery Passcode", "short1")
        .fills("Confirm New Account Recovery Passcode", "short2")
        .fills("Confirm New Verification Passcode", "quiet-Harbour-9")
        .fills("New Smartcard Passcode", "aB3dE6")
        .presses("Update")
        .await;
    amina.is_told("Your organisation asks for 8 characters or more in the Account Recovery Passcode");
    amina.is_told("The two new Account Recovery Passcodes are not the same. Enter them again");
    amina.is_told("Enter the new Verification Passcode in the first box, too");
    amina.is_told("Your smartcard takes only numbers in the Smartcard Passcode");
    amina.is_told("Enter the new Smartcard Passcode again to confirm it");
    amina.is_told("Enter your current Smartcard Passcode");
    for typed in ["short1", "short2", "quiet-Harbour-9", "aB3dE6"] {
        assert!(!amina.page.html.contains(typed), "{typed} came back");
    }
    amina
        .fills_twice("Smartcard Passcode", "482913")
        .fills("Current Smartcard Passcode *", "482913")
        .presses("Update")
        .await;
    amina.is_told("You have used this Smartcard Passcode before. Choose one that is not among your last 5");
    assert_eq!(ward.db.count("card_job", "1 = 1").await, 0, "nothing was begun");
}

#[rstest]
#[case(DIGITS, "{}", "4829", "Your smartcard takes no Smartcard Passcode of fewer than 6 characters")]
#[case(LETTERS, "{}", "aB3", "Your organisation asks for 4 characters or more in the Smartcard Passcode")]
#[case(LETTERS, r#"{"smartcard-preset": "current"}"#, "aB3dE6", "Your organisation asks for numbers only")]
#[case(LETTERS, "{}", "pässe", "must not contain spaces or characters that are not on every keyboard")]
#[tokio::test]
async fn the_page_says_whose_rule_refused_a_passcode(
    #[case] profile: &str,
    #[case] policy: &str,
    #[case] passcode: &str,
    #[case] words: &str,
) {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, _) = ward.amina_with_card(profile).await;
    ward.rules_are(policy).await;
    amina.opens("/smartcard/passcodes").await;
    amina
        .fills_twice("Smartcard Passcode", passcode)
        .fills("Current Smartcard Passcode *", "111111")
        .presses("Update")
        .await
        .is_told(words);
}

#[rstest]
#[tokio::test]
async fn none_of_the_last_five_is_taken_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    for number in 0..6 {
        amina.has_passcode(Recovery, &format!("lantern-{number}")).await;
        amina.has_passcode(Verification, &format!("harbour-{number}")).await;
    }
    for number in 1..6 {
        amina.opens("/smartcard/passcodes").await;
        amina
            .fills_twice("Account Recovery Passcode", &format!("lantern-{number}"))
            .fills_twice("Verification Passcode", &format!("harbour-{number}"))
            .fills("Current Smartcard Passcode *", "aB3d")
            .presses("Update")
            .await;
        amina.is_told("You have used this Account Recovery Passcode before");
        amina.is_told("You have used this Verification Passcode before");
    }
    // The sixth before is forgotten, and another kind's passcode is nobody's business.
    amina
        .fills_twice("Account Recovery Passcode", "lantern-0")
        .fills_twice("Verification Passcode", "lantern-5")
        .fills("Current Smartcard Passcode *", "aB3d")
        .presses("Update")
        .await
        .reads("Update your passcodes");
}

#[rstest]
#[tokio::test]
async fn a_passcode_that_is_there_can_be_blanked_and_nothing_else(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    amina.opens("/smartcard/passcodes").await.reads("Manage Passcodes");
    assert!(!amina.page.text().contains("Removes the"), "there is nothing to blank");
    amina.has_passcode(Recovery, "lantern-9").await;
    amina.opens("/smartcard/passcodes").await.says("Removes the Account Recovery Passcode that you have now");
    amina
        .ticks("blank_recovery")
        .fills("New Account Recovery Passcode", "lantern-8")
        .fills("Current Smartcard Passcode *", "aB3d")
        .presses("Update")
        .await
        .is_told("Enter a new Account Recovery Passcode or select Blank Passcode, not both");
    amina
        .ticks("blank_recovery")
        .fills("Current Smartcard Passcode *", "aB3d")
        .presses("Update")
        .await
        .reads("Update your passcodes");
    // Nothing is done before the card has proved the passcode.
    assert_eq!(ward.db.count("server_passcode", "ended_at IS NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn passcodes_are_managed_after_a_fresh_proof_alone(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    ward.waits(10 * 60);
    for page in ["/smartcard/passcodes", "/smartcard/unlock", "/smartcard/revoke"] {
        amina.opens(page).await.reads("Confirm that it is you");
    }
    amina.opens("/smartcard/passcodes").await;
    amina.confirms().await.reads("Manage Passcodes");
}

#[rstest]
#[tokio::test]
async fn where_the_agent_asks_the_page_has_no_field_for_the_cards_passcode(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.rules_are(r#"{"passcode-entry": "agent"}"#).await;
    amina
        .opens("/smartcard/passcodes")
        .await
        .reads("Manage Passcodes")
        .says("The card program on this computer asks");
    for field in ["name=\"smartcard\"", "name=\"smartcard_again\"", "name=\"current\""] {
        assert!(!amina.page.html.contains(field), "{field}");
    }
    amina.presses("Update").await.is_told("Enter a new passcode for each that you want to change");
    amina.chooses("Set a new Smartcard Passcode").presses("Update").await.reads("Update your passcodes");
    ward.certificates_end_in(card, 25).await;
    amina.opens("/smartcard/renew").await.reads("Renew Certificates");
    assert!(!amina.page.html.contains("name=\"passcode\""));
}

#[rstest]
#[tokio::test]
async fn of_twenty_updates_at_once_one_holds_the_card(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, _) = ward.amina_with_card(LETTERS).await;
    amina.opens("/smartcard/passcodes").await;
    amina.fills_twice("Smartcard Passcode", "N3w4").fills("Current Smartcard Passcode *", "aB3d");
    let form = amina.would_send("Update");
    let tabs = (0..20).map(|_| {
        let (mut tab, form) = (amina.opens_a_tab(), form.clone());
        async move {
            tab.posts(form).await;
            tab
        }
    });
    let tabs = futures::future::join_all(tabs).await;
    let begun = tabs.iter().filter(|tab| tab.page.url.starts_with("/smartcard/jobs/")).count();
    assert!(begun >= 1, "{}", tabs[0].page.shown());
    assert_eq!(ward.db.count("card_job", "ended_at IS NULL").await, 1);
    assert!(!ward.db.dump(&[]).await.contains("N3w4"), "what was typed is sealed");
}

#[rstest]
#[tokio::test]
async fn somebody_elses_job_and_card_are_not_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    amina.opens("/smartcard/passcodes").await;
    amina
        .fills_twice("Account Recovery Passcode", "lantern-9")
        .fills("Current Smartcard Passcode *", "aB3d")
        .presses("Update")
        .await
        .reads("Update your passcodes");
    let job = amina.page.url.clone();
    let mut sinead = ward.person(SINEAD);
    sinead.joins(APP).await.signs_in(APP).await;
    sinead.gets_card(LETTERS).await;
    for path in [job.clone(), format!("{job}/state")] {
        sinead.opens(&path).await;
        assert_eq!(sinead.page.status, 404, "{path}");
    }
    for act in ["again", "cancel"] {
        sinead.posts((format!("{job}/{act}"), String::new())).await;
        assert_eq!(sinead.page.status, 404, "{act}");
    }
    let form = format!("card={card}&reason=lost&confirm=yes");
    sinead.posts(("/smartcard/revoke".into(), form)).await.is_refused("FW-2001");
    assert_eq!(ward.db.count("smartcard", "cancelled_at IS NOT NULL").await, 0);
    amina.opens(&job).await.reads("Update your passcodes");
}
