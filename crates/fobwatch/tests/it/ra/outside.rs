//! Certificates of an authority outside: what was revoked is told to it by people, and noted.

use super::CARDS;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::BEN;
use crate::smartcards::authority::Outside;
use crate::smartcards::workstation::{PASSCODE, Typist};
use crate::ward::{Setup, Ward};
use card_jobs::Verdict;
use rstest::rstest;
use store::role::Role;
use vcard::Firmware;

#[rstest]
#[tokio::test]
async fn what_was_revoked_at_an_authority_outside_waits_until_somebody_has_told_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let outside = Outside::new();
    outside.decides(true);
    let ward = Ward::with(Setup { outside: Some(outside), ..Setup::on(kind) }).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, Firmware::Plain).await;
    agent.opens(CARDS).await;
    assert!(!agent.page.shown().contains("tell your certificate authority"));
    agent.opens(&format!("{CARDS}/outside")).await.says("There is nothing to tell.");

    let before = ward.pair(&held).await;
    let id = ward.asks_to_renew(&held).await;
    assert_eq!(ward.works(&held, id, &mut Typist::types(PASSCODE)).await, Some(Verdict::Done));
    agent.opens(CARDS).await.says("Revocations to tell your certificate authority (2)");
    agent.opens(&format!("{CARDS}/outside")).await.says("Renewed: superseded");
    let told = async |agent: &mut crate::guide::Visitor<'_>, serial: &[u8]| {
        let [.., a, b, c] = serial else { panic!("a serial is longer") };
        let last = format!("{a:02x}{b:02x}{c:02x}");
        agent.presses(&format!("The authority has been told of …{last}")).await;
    };
    told(&mut agent, &before[0].serial).await;
    agent.says("It is noted that your certificate authority was told.");
    assert_eq!(ward.audited("outside_authority_told").await, 1);
    agent.opens(CARDS).await.says("(1)");
    agent.opens(&format!("{CARDS}/outside")).await;
    told(&mut agent, &before[1].serial).await;
    agent.says("There is nothing to tell.");
    assert_eq!(ward.audited("outside_authority_told").await, 2);
    assert_eq!(ward.db.count("smartcard_certificate", "told_by IS NOT NULL").await, 2);

    // What has expired is over, whoever knows of it.
    ward.db.tell("UPDATE smartcard_certificate SET told_at = NULL").await;
    let organisation = ward.hospital().await.id;
    let to_tell = async |now| ward.store().revocations_to_tell(organisation, [&[], &[]], now).await.unwrap();
    let now = ward.clock.now();
    assert_eq!(to_tell(now).await.len(), 2);
    assert!(to_tell(now + jiff::SignedDuration::from_hours(24 * 800)).await.is_empty());
    ward.audit_is_whole().await;
}
