//! What an invitation cannot do: make another kind of user, flood a mailbox, or keep other trusts waiting.

use super::invitations::{HEADINGS, INVITATIONS, ZOE};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{BEN, Person};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::invitation::{Invited, NewInvitation};
use store::role::Role;

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
        let told = format!("Line {line}, user type: Leave the user type empty: only members of staff are invited");
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
