//! Whoever looks after passports reads how the pulls of staff records went.

use super::staff_records::{HrFolder, fire_row};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use journeys::passport::staff_records::by_hand;
use rstest::rstest;
use store::role::Role;

const PAGE: &str = "/console/passports/staff-records";

#[rstest]
#[tokio::test]
async fn what_was_found_and_what_failed_is_read_by_whoever_looks_after_passports(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut ben = ward.staff(BEN, Role::PassportOfficer).await;
    ben.opens("/console/passports").await.follows("Staff records from the HR system").await;
    ben.reads("Staff records").says("No records have been read yet.");

    let folder = HrFolder::with(&[fire_row(AMINA.email, "2026-11-01"), fire_row(BEN.email, "2099-01-01")]);
    ward.pulls(&folder.source()).await;
    ben.opens(PAGE)
        .await
        .says("Provided as credentials 1")
        .says("Not provided, because something is wrong 1");
    ben.says("What is wrong").says("line 3, column attained_on: is in the future");
    assert!(!ben.page.text().contains("any more Nothing was done"), "nothing has vanished");
    assert!(!ben.page.text().contains("2099"), "what a record says is not told");

    // Its row is there no more: the credential is, and its page is a step away.
    folder.says(&[fire_row("nobody@northfield.example", "2026-11-01")]);
    ward.pulls(&folder.source()).await;
    ben.opens(PAGE).await.says("Of people without an account, who get them when they have joined 1");
    ben.says("Provided before, and not in the HR system any more 1");
    ben.follows("Fire safety: Amina Khan").await.reads("Fire safety");

    // A file that is none is told to whoever looks after the HR system; what was found before is still there.
    folder.is_garbled();
    let trust = ward.the_trust().await;
    by_hand(&ward.node.service, &folder.source(), &trust).await.unwrap_err();
    ben.opens(PAGE)
        .await
        .says("The records could not be read on")
        .says("Tell whoever looks after your HR system");
    ben.says("Provided before, and not in the HR system any more 1");
    folder.says(&[fire_row(AMINA.email, "2026-11-01")]);
    ward.pulls(&folder.source()).await;
    ben.opens(PAGE).await.says("Unchanged 1");
    assert!(!ben.page.text().contains("could not be read"), "{}", ben.page.shown());
}

/// What another trust's HR system told is nobody else's business.
#[rstest]
#[tokio::test]
async fn nothing_of_another_trusts_records_is_shown(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let riverside = ward.riverside().await;
    let folder = HrFolder::with(&[fire_row("nobody@riverside.example", "2026-11-01")]);
    by_hand(&ward.node.service, &folder.of("RIV"), &riverside).await.unwrap();
    ben.opens(PAGE).await.says("No records have been read yet.");
}
