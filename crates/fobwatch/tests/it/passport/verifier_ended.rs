//! *End sessions begun by QR code*, in the administrator's part of the console.

use super::verifier::{APP, Wallet};
use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::BEN;
use crate::ward::Ward;
use rstest::rstest;
use serde_json::json;
use store::role::Role;

const PAGE: &str = "/console/wallet-sessions";
const REASON: &str = "A QR code was sent round by email.";

impl Ward {
    /// A browser in which somebody is signed in by showing their access key.
    async fn signed_in_by_qr_code(&self, wallet: &Wallet) -> Browser {
        let mut browser = self.phone_browser();
        let link = browser.asks_for_the_passport().await;
        let back = browser.clone().shares(wallet, &link, self).await;
        browser.opens(&back).await.presses("Continue").await;
        assert_eq!(browser.opens("/home").await.page.url, "/home");
        browser
    }

    /// The local day and time, as an administrator types them.
    fn types_now(&self) -> (String, String) {
        let now = self.node.service.local(self.clock.now());
        (now.strftime("%Y-%m-%d").to_string(), now.strftime("%H:%M").to_string())
    }
}

#[rstest]
#[tokio::test]
async fn an_administrator_sees_how_many_sessions_qr_codes_began_since_a_moment_and_ends_them(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = ward.amina_with_a_passport().await;
    amina.signs_in(APP).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let mut early = ward.signed_in_by_qr_code(&wallet).await;
    ward.waits(120);
    let (day, time) = ward.types_now();
    ben.opens("/console/settings").await.follows("End sessions begun by QR code").await;
    assert_eq!(ben.page.value("Day"), day, "today is filled in");
    ben.fills("Day", "yesterday").presses("Show what would end").await;
    ben.is_told("Enter a day like 2026-11-22").is_told("Enter a time like 14:30");
    assert_eq!(ben.page.value("Day"), "yesterday");
    ben.fills("Day", "2099-01-01").fills("Time", &time).presses("Show what would end").await;
    ben.is_told("The day and time must be in the past");
    ben.fills("Day", &day).presses("Show what would end").await.says("There is nothing to end");
    assert!(!ben.page.text().contains("Reason"), "{}", ben.page.shown());

    let mut late = ward.signed_in_by_qr_code(&wallet).await;
    let mut later = ward.signed_in_by_qr_code(&wallet).await;
    ben.opens(PAGE).await.fills("Day", &day).fills("Time", &time).presses("Show what would end").await;
    ben.says("2 sessions of 1 person");
    ben.presses("End sessions").await.is_told("Enter the reason").says("2 sessions of 1 person");
    assert_eq!(ward.db.count("session", "began_by = 'passport' AND ended_at IS NOT NULL").await, 0);
    ben.fills("Reason", REASON).presses("End sessions").await.says("2 sessions have ended");
    for browser in [&mut late, &mut later] {
        browser.opens("/home").await.is_refused("FW-1204");
    }
    assert_eq!(early.opens("/home").await.page.url, "/home", "what began before goes on");
    assert!(amina.is_signed_in().await, "so does what a password began");
    let record = ward.newest_record("passport_sessions_ended").await;
    assert_eq!((&record["count"], &record["reason"]), (&json!(2), &json!(REASON)));
    assert_eq!(record["by"], json!(ward.account_of(BEN).await));
    ben.opens("/console/audit?kind=passport_sessions_ended").await.says("Since: ").says(REASON);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn only_those_that_can_be_used_count_and_the_act_takes_a_new_proof(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let (day, time) = ward.types_now();
    let preview = format!("{PAGE}/preview?day={day}&time={}", time.replace(':', "%3A"));
    ward.signed_in_by_qr_code(&wallet).await;
    ward.waits(25 * 60);
    ben.opens(&preview).await.says("1 session of 1 person");
    ward.waits(5 * 60 - 1);
    ben.opens(&preview).await.says("1 session of 1 person");
    ward.waits(1);
    ben.opens(&preview).await.says("There is nothing to end");
    // It ends all the same, by a proof of the last ten minutes.
    let mut other = ward.signed_in_by_qr_code(&wallet).await;
    ben.opens(&preview).await.says("1 session of 1 person");
    ben.fills("Reason", REASON).presses("End sessions").await.reads("Confirm that it is you");
    assert_eq!(other.opens("/home").await.page.url, "/home");
    ben.confirms().await.reads("What would end");
    ben.fills("Reason", REASON).presses("End sessions").await.says("1 session has ended");
    assert_eq!(ward.db.count("session", "began_by = 'passport' AND ended_at IS NULL").await, 0);
    // Another organisation's are nothing of theirs.
    let sessions = "UPDATE session SET ended_at = NULL WHERE began_by = 'passport'";
    ward.db.tell(sessions).await;
    ward.also_serves("STH", "Southmere").await;
    ward.db
        .tell("UPDATE account SET organisation_id = (SELECT id FROM organisation WHERE code = 'STH') WHERE email LIKE 'amina%'")
        .await;
    ben.opens(&preview).await.says("There is nothing to end");
}
