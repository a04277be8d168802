//! A second member of staff, where the organisation wants one.

use super::{CARDS, FINE, Stands};
use crate::console::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use rstest::rstest;
use store::role::Role;
use uuid::Uuid;

const LOCKED: Stands = Stands { passcode_days: 386, ..FINE };

/// The one request that waits.
async fn request(ward: &Ward) -> Uuid {
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    let requests = ward.store().ra_requests(organisation, jiff::Timestamp::MIN).await.unwrap();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests[0].id
}

#[rstest]
#[tokio::test]
async fn a_locked_account_opens_when_a_second_person_agrees(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.wants_a_second_approver().await;
    ward.colleague(AMINA).await;
    let mut unlocker = ward.staff(BEN, Role::Unlocker).await;
    let mut agent = ward.staff(YU, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", LOCKED).await;
    unlocker.checks_identity_of(AMINA).await;
    unlocker.does(card, "unlock", "Ask for approval").await;
    unlocker.says("It waits for a second person").says("Waits for a second person: Unlock the account");
    // Asked for twice, it waits once.
    unlocker.does(card, "unlock", "Ask for approval").await;
    let id = request(&ward).await;
    assert_eq!(ward.card(card).await.unlocked_on, None);
    assert_eq!(ward.newest_record("ra_act_proposed").await["act"], "unlock");
    // Whoever asked may withdraw, and not approve, even with the role for it.
    let confirm = format!("{CARDS}/requests/{id}/confirm");
    unlocker.posts((confirm.clone(), String::new())).await.is_refused("FW-1501");
    ward.gives_role(BEN, Role::RaAgent).await;
    unlocker.posts((confirm, String::new())).await.is_refused("FW-2205");
    agent.opens(CARDS).await.says("(1 for you)");
    agent.follows("Requests that wait for a second person").await;
    agent.says("Unlock the account: Amina Khan").says("Asked for by Ben Adeyemi").says(REASON);
    agent.presses("Approve").await.says("The request is approved and done.").says("Nothing waits.");
    assert_eq!(ward.card(card).await.unlocked_on, Some(ward.day(0)));
    let by = ward.account_of(YU).await.to_string();
    assert_eq!(ward.newest_record("ra_act_approved").await["by"], by);
    assert_eq!(ward.newest_record("smartcard_unlocked_by_staff").await["by"], by);
    ward.has_mailed(AMINA.email, "Your account was unlocked by the Registration Authority").await;
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_request_waits_a_day_and_no_longer(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.wants_a_second_approver().await;
    ward.colleague(AMINA).await;
    let mut one = ward.staff(BEN, Role::RaAgent).await;
    let mut other = ward.staff(YU, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", LOCKED).await;
    one.checks_identity_of(AMINA).await;
    one.does(card, "unlock", "Ask for approval").await;
    let id = request(&ward).await;
    let asked = ward.clock.now();
    ward.waits(24 * 3_600 - 500);
    other.proves_again_for_cards().await;
    ward.waits(24 * 3_600 - 1 - ward.clock.now().duration_since(asked).as_secs());
    other.opens(&format!("{CARDS}/requests")).await.says("Unlock the account: Amina Khan");
    let form = other.would_send("Approve");
    ward.waits(1);
    other.posts(form).await.is_refused("FW-2204");
    other.opens(&format!("{CARDS}/requests")).await.says("Nothing waits.");
    other.posts((format!("{CARDS}/requests/{id}/decline"), String::new())).await.is_refused("FW-2204");
    assert_eq!(ward.card(card).await.unlocked_on, None);
}

#[rstest]
#[tokio::test]
async fn of_two_who_decide_at_once_one_wins(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.wants_a_second_approver().await;
    ward.colleague(AMINA).await;
    let mut one = ward.staff(BEN, Role::RaAgent).await;
    let mut second = ward.staff(YU, Role::RaAgent).await;
    let mut third = ward.staff(SINEAD, Role::RaManager).await;
    let card = ward.has_card(AMINA, "NTH 1", LOCKED).await;
    one.checks_identity_of(AMINA).await;
    one.does(card, "unlock", "Ask for approval").await;
    let id = request(&ward).await;
    let confirm = (format!("{CARDS}/requests/{id}/confirm"), String::new());
    let decline = (format!("{CARDS}/requests/{id}/decline"), String::new());
    let (yes, no) = tokio::join!(second.posts(confirm.clone()), third.posts(decline));
    let won = [yes.page.status.is_success(), no.page.status.is_success()];
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    assert_eq!(ward.card(card).await.unlocked_on.is_some(), won[0]);
    let decided = ward.audited("ra_act_approved").await + ward.audited("ra_act_declined").await;
    assert_eq!(decided, 1);
    second.posts(confirm).await.is_refused("FW-2204");
}

#[rstest]
#[tokio::test]
async fn the_end_of_a_leavers_cards_waits_and_that_of_a_lost_one_does_not(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.wants_a_second_approver().await;
    ward.colleague(AMINA).await;
    let mut one = ward.staff(BEN, Role::RaAgent).await;
    let mut other = ward.staff(YU, Role::RaManager).await;
    let lost = ward.has_card(AMINA, "NTH 1", FINE).await;
    let left = ward.has_card(AMINA, "NTH 2", FINE).await;
    one.opens(&format!("{CARDS}/cards/{lost}/cancel")).await;
    one.chooses("Lost").fills("Reason", REASON).presses("Cancel the card").await;
    one.says("The card is cancelled and its certificates are revoked.");
    one.opens(&format!("{CARDS}/cards/{left}/revoke")).await;
    one.chooses("The person has left").fills("Reason", REASON).presses("Revoke").await;
    one.says("It waits for a second person");
    one.opens(&format!("{CARDS}/requests")).await.presses("Withdraw").await;
    one.says("The request is declined. Nothing was changed.");
    let id = ward.account_of(AMINA).await;
    one.opens(&format!("{CARDS}/people/{id}/leaves")).await;
    one.fills("Reason", REASON).presses("Ask for approval").await.says("It waits for a second person");
    assert!(ward.card(left).await.is_live());
    other.opens(&format!("{CARDS}/requests")).await.presses("Approve").await;
    assert_eq!(ward.card(left).await.cancel_reason.as_deref(), Some("left"));
    assert_eq!(ward.card(lost).await.cancel_reason.as_deref(), Some("lost"));
    assert_eq!(ward.audited("ra_act_declined").await, 1);
}

#[rstest]
#[tokio::test]
async fn what_makes_no_sense_any_more_is_not_approved(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.wants_a_second_approver().await;
    ward.colleague(AMINA).await;
    let mut one = ward.staff(BEN, Role::RaAgent).await;
    let mut other = ward.staff(YU, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", LOCKED).await;
    one.checks_identity_of(AMINA).await;
    one.does(card, "unlock", "Ask for approval").await;
    one.opens(&format!("{CARDS}/cards/{card}/cancel")).await;
    one.chooses("Lost").fills("Reason", REASON).presses("Cancel the card").await;
    other.opens(&format!("{CARDS}/requests")).await.presses("Approve").await;
    other.is_refused("FW-2206");
    assert_eq!(ward.audited("ra_act_approved").await, 0);
    other.opens(&format!("{CARDS}/requests")).await.presses("Decline").await;
    assert_eq!(ward.audited("ra_act_declined").await, 1);
}
