//! What an invitation cannot do: make another kind of user, flood a mailbox, or keep other trusts waiting.

use super::invitations::{HEADINGS, ZOE, file_of};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{BEN, Person};
use crate::ward::Ward;
use axum::http::StatusCode;
use journeys::console::invitations::many;
use rstest::rstest;
use std::sync::Arc;
use store::CommitPoint;
use store::invitation::{Invited, NewInvitation};
use store::role::Role;
use tokio_util::sync::CancellationToken;

/// A row of somebody called Newcomer.
fn newcomer(name: &str, phone: &str, user_type: &str) -> String {
    format!(
        "{name},Newcomer,1990-03-14,{name}@elsewhere.example,{phone},Nursing and Midwifery Registered,,\
         permanent or fixed term,new starter,,{user_type}\n"
    )
}

#[rstest]
#[tokio::test]
async fn a_file_invites_members_of_staff_and_nobody_else(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportOfficer).await;
    let csv = [
        HEADINGS,
        &newcomer("alex", "", ""),
        &newcomer("kim", "", "training user"),
        &newcomer("sam", "", "staff"),
        &newcomer("robin", "", "authoriser"),
    ];
    let (status, _, html) = ben.uploads_people(&csv.concat()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for line in [3, 5] {
        let told =
            format!("Line {line}, user type: Leave the user type empty: only members of staff are invited");
        assert!(html.contains(&told), "{html}");
    }
    assert!(!html.contains("Line 2") && !html.contains("Line 4"), "{html}");
    assert_eq!(ward.db.count("invitation_batch", "1 = 1").await, 0);
    // Nor does one that was uploaded before this was looked at.
    let organisation = ward.the_trust().await.id;
    let (by, now) = (ward.account_of(BEN).await, ward.now());
    let row = &Person { user_type: "training user", ..ZOE }.on_the_roster(ward.node.service.today());
    let mut tx = ward.store().begin().await.unwrap();
    let new = NewInvitation { id: ward.new_id(), organisation, row, batch: None, by };
    assert_eq!(tx.invite(new, now).await.unwrap(), Invited::NotStaff);
    tx.commit().await.unwrap();
    assert_eq!(ward.db.count("roster_entry", "email LIKE 'zoe%'").await, 0);
}

#[rstest]
#[tokio::test]
async fn whoever_deletes_and_invites_again_floods_no_mailbox(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    for sent in 1..=3 {
        ben.invites(ZOE).await.reads("Invitation of Zoë Hartley");
        assert_eq!(ward.written_invitations("all").await, sent);
        ben.follows("Delete this invitation").await.presses("Delete").await.reads("Invitations");
    }
    for email in [ZOE.email, "ZOE.Hartley@Elsewhere.example"] {
        ben.invites(Person { email, ..ZOE }).await;
        ben.is_told("Invitations were sent to this address 3 times in 24 hours");
        assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(ward.written_invitations("all").await, 3);
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 0);
    assert_eq!(ward.db.count("roster_entry", "email LIKE 'zoe%'").await, 0, "nothing half done");
    // A file passes over whom the form refuses, and says so.
    let zoe = newcomer("alex", "", "").replace("alex@elsewhere.example", ZOE.email);
    let (_, page, html) = ben.uploads_people(&[HEADINGS, &zoe, &newcomer("kim", "", "")].concat()).await;
    ben.opens(&page).await.presses("Invite them").await;
    ward.invites_whoever_is_due().await;
    ben.opens(&page).await.says("1 of 2 was invited by this file");
    assert_eq!(ward.written_invitations("all").await, 4, "{html}");
    // On the next day there is room again.
    ward.waits(24 * 60 * 60);
    ben.signs_in(Factor::AuthenticatorApp).await;
    ben.invites(ZOE).await.reads("Invitation of Zoë Hartley");
}

#[rstest]
#[tokio::test]
async fn a_file_that_cannot_be_read_keeps_no_other_trust_waiting(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ward.another_trust(&[]).await;
    let mut files = Vec::new();
    for _ in 0..2 {
        let (_, page, _) = ben.uploads_people(&file_of(3)).await;
        ben.opens(&page).await.presses("Invite them").await;
        files.push(ward.sql_id(page.rsplit('/').next().unwrap().parse().unwrap()));
        ward.waits(1);
    }
    let [first, second] = files.try_into().unwrap();
    let there = "(SELECT id FROM organisation WHERE code = 'STH')";
    // The second is another trust's. What stands in the place of the first is sealed as something else.
    for change in [
        format!("organisation_id = {there} WHERE id = {second}"),
        format!("file = (SELECT file FROM invitation_batch WHERE id = {second}) WHERE id = {first}"),
    ] {
        ward.db.tell(&format!("UPDATE invitation_batch SET {change}")).await;
    }
    for _ in 0..2 {
        ward.invites_whoever_is_due().await;
    }
    assert_eq!(ward.db.count("invitation", &format!("organisation_id = {there}")).await, 3);
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 3);
    let waits = format!("id = {first} AND done = 0 AND finished_at IS NULL AND file IS NOT NULL");
    assert_eq!(ward.db.count("invitation_batch", &waits).await, 1, "it is tried again");
}

#[rstest]
#[tokio::test]
async fn everybody_is_invited_or_counted_where_the_rules_change_meanwhile(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let mut csv = file_of(250);
    // In the first stretch, and in those after it.
    for (number, phone) in [(10, "07797 700110"), (150, "07797 700150"), (240, "07797 700240")] {
        let email = format!("alex.{number}@elsewhere.example,");
        csv = csv.replace(&email, &format!("{email}{phone}"));
    }
    let (_, page, html) = ben.uploads_people(&csv).await;
    assert!(!page.is_empty(), "{html}");
    ben.opens(&page).await.presses("Invite them").await;
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let after_one = move |point: CommitPoint| {
        if point == CommitPoint::After {
            stopping.cancel();
        }
    };
    let node = ward.node_on(ward.db.node(2).await.with_commit_hook(Arc::new(after_one)));
    many::work(&node.service, &stop).await.unwrap();
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 100);
    ward.rules(r#"{"crown-dependencies":"no"}"#).await;
    ward.invites_whoever_is_due().await;
    ben.opens(&page).await.says("248 of 250 were invited by this file");
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 248);
    assert_eq!(ward.written_invitations("all").await, 248);
    for number in [10, 100, 149, 151, 249] {
        let invited = format!("email = 'alex.{number}@elsewhere.example'");
        assert_eq!(ward.db.count("roster_entry", &invited).await, 1, "{number}");
    }
    for number in [150, 240] {
        let invited = format!("email = 'alex.{number}@elsewhere.example'");
        assert_eq!(ward.db.count("roster_entry", &invited).await, 0, "{number}");
    }
}
