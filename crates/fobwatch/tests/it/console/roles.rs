//! Giving and taking roles, by one administrator or by two.

use super::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, Person, SINEAD, YU};
use crate::ward::Ward;
use jiff::SignedDuration;
use journeys::Refusal;
use journeys::console::roles::{Change, Done, at_the_command_line};
use rstest::rstest;
use store::role::Role;

const TWO: &str = r#"{"two-administrators": "yes"}"#;

async fn changes(boss: &mut Visitor<'_>, who: Person, change: &str, button: &str) {
    boss.looks_at(who).await.follows("Change roles").await;
    boss.chooses(change).fills("Reason", REASON).presses(button).await;
}

async fn roles_of(ward: &Ward, who: Person) -> Vec<Role> {
    ward.store().roles_of(ward.account_of(who).await).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn an_administrator_gives_and_takes_a_role_and_the_person_is_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let mut boss = ward.staff(BEN, Role::Administrator).await;
    boss.looks_at(AMINA).await.follows("Change roles").await;
    boss.says("Has no role now.");
    boss.presses("Change").await;
    boss.is_told("Select a role").is_told("Enter the reason");
    changes(&mut boss, AMINA, "Give: Service desk", "Change").await;
    boss.says("The role is changed.").says("Service desk");
    assert_eq!(roles_of(&ward, AMINA).await, [Role::ServiceDesk]);
    assert!(
        ward.subjects_to(AMINA.email).await.contains(&"A change to your account with Fobwatch".to_owned())
    );
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.follows("Console").await.reads("Find a person");
    amina.opens("/activity").await.says("Role in the console given");
    let given = ward.newest_record("role_given").await;
    assert_eq!((given["role"].as_str(), given["reason"].as_str()), (Some("service-desk"), Some(REASON)));
    assert_eq!(given["by"], ward.account_of(BEN).await.to_string());
    boss.opens("/console/roles").await.says("Amina Khan").says("Administrator, since");
    changes(&mut boss, AMINA, "Take away: Service desk", "Change").await;
    assert!(roles_of(&ward, AMINA).await.is_empty());
    amina.opens("/console").await;
    assert_eq!(amina.page.status.as_u16(), 404);
    assert_eq!(ward.audited("role_taken").await, 1);
}

#[rstest]
#[tokio::test]
async fn where_two_must_agree_a_second_administrator_confirms(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut first = ward.staff(BEN, Role::Administrator).await;
    let mut second = ward.staff(SINEAD, Role::Administrator).await;
    ward.rules(TWO).await;
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    first.says("The change is proposed. Another administrator must confirm it within 7 days.");
    assert!(roles_of(&ward, AMINA).await.is_empty());
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    first.says("Nothing was changed");
    first.opens("/console/roles").await.says("Proposed by you");
    assert!(!first.page.html.contains("Confirm<"), "nobody confirms their own proposal");
    let confirm = second_confirms(&ward, &mut second).await;
    first.sends_form(&confirm, "").await.is_refused("FW-1508");
    second.says("Give the role Auditor to Amina Khan").says("Proposed by Ben Adeyemi").says(REASON);
    second.presses("Confirm").await.says("The proposal is confirmed and the role is changed.");
    assert_eq!(roles_of(&ward, AMINA).await, [Role::Auditor]);
    second.sends_form(&confirm, "").await.is_refused("FW-1507");
    // A proposal can be withdrawn and declined.
    for withdrawn in [true, false] {
        changes(&mut first, AMINA, "Take away: Auditor", "Propose").await;
        let (who, button) = if withdrawn { (&mut first, "Withdraw") } else { (&mut second, "Decline") };
        who.opens("/console/roles").await;
        who.presses(button).await.says("The proposal is declined. Nothing was changed.");
        assert_eq!(roles_of(&ward, AMINA).await, [Role::Auditor]);
    }
    assert_eq!(ward.audited("role_proposal_declined").await, 2);
    ward.audit_is_whole().await;
}

/// Where the one proposal on the page of roles is confirmed.
async fn second_confirms(_ward: &Ward, second: &mut Visitor<'_>) -> String {
    second.opens("/console/roles").await;
    let forms = second.page.forms();
    forms.iter().find(|form| form.action.ends_with("/confirm")).expect("a proposal waits").action.clone()
}

#[rstest]
#[tokio::test]
async fn a_proposal_waits_seven_days_and_not_a_moment_more(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.colleague(YU).await;
    let mut first = ward.staff(BEN, Role::Administrator).await;
    let mut second = ward.staff(SINEAD, Role::Administrator).await;
    ward.rules(TWO).await;
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    // One second later, so that one of the two is over when the other is not.
    ward.waits(1);
    changes(&mut first, YU, "Give: Auditor", "Propose").await;
    ward.clock.advance(SignedDuration::from_hours(7 * 24) - SignedDuration::from_secs(120));
    second.signs_in(Factor::AuthenticatorApp).await;
    second.opens("/console/roles").await.says("Amina Khan").says("Y O");
    let confirm = second_confirms(&ward, &mut second).await;
    // Sixty seconds passed at the sign-in.
    ward.clock.advance(SignedDuration::from_secs(59));
    second.sends_form(&confirm, "").await.is_refused("FW-1507");
    assert!(roles_of(&ward, AMINA).await.is_empty());
    second.opens("/console/roles").await.says("to Y O");
    assert!(!second.page.text().contains("to Amina Khan"));
    second.presses("Confirm").await.says("The proposal is confirmed");
    assert_eq!(roles_of(&ward, YU).await, [Role::Auditor]);
    // What is over can be proposed again.
    first.signs_in(Factor::AuthenticatorApp).await;
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    first.says("The change is proposed.");
}

#[rstest]
#[tokio::test]
async fn the_last_administrator_stays_even_if_two_take_each_others_role_at_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut one = ward.staff(BEN, Role::Administrator).await;
    let mut other = ward.staff(SINEAD, Role::Administrator).await;
    let (ben, sinead) = (ward.account_of(BEN).await, ward.account_of(SINEAD).await);
    let body = format!("change=take-administrator&reason={REASON}");
    tokio::join!(
        one.posts((format!("/console/people/{sinead}/roles"), body.clone())),
        other.posts((format!("/console/people/{ben}/roles"), body.clone())),
    );
    assert_eq!(ward.db.count("console_role", "role = 'administrator'").await, 1);
    let (mut left, id) = if roles_of(&ward, BEN).await.is_empty() { (other, sinead) } else { (one, ben) };
    // Another administrator whose account is disabled is none who could give anybody a role.
    ward.colleague(AMINA).await;
    ward.gives_role(AMINA, Role::Administrator).await;
    ward.db
        .tell("UPDATE account SET disabled_at = 1, disabled_reason = 'another' WHERE email LIKE 'amina%'")
        .await;
    left.sends_form(&format!("/console/people/{id}/roles"), &body).await.is_refused("FW-1502");
    ward.staff(YU, Role::Administrator).await;
    ward.db.tell("UPDATE account SET disabled_at = NULL WHERE email LIKE 'amina%'").await;
    changes(&mut left, AMINA, "Take away: Administrator", "Change").await;
    assert!(roles_of(&ward, AMINA).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_proposal_is_decided_once_however_many_administrators_press_at_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut first = ward.staff(BEN, Role::Administrator).await;
    let mut second = ward.staff(SINEAD, Role::Administrator).await;
    let mut third = ward.staff(YU, Role::Administrator).await;
    ward.rules(TWO).await;
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    let confirm = second_confirms(&ward, &mut second).await;
    let decline = confirm.replace("/confirm", "/decline");
    tokio::join!(
        second.posts((confirm.clone(), String::new())),
        third.posts((confirm, String::new())),
        first.posts((decline, String::new())),
    );
    let won = [&first, &second, &third].iter().filter(|one| one.page.status.is_success()).count();
    assert_eq!(won, 1);
    let given = ward.audited("role_given").await;
    assert_eq!(given + ward.audited("role_proposal_declined").await, 1);
    assert_eq!(i64::try_from(roles_of(&ward, AMINA).await.len()).unwrap(), given);
}

#[rstest]
#[tokio::test]
async fn the_first_administrator_comes_from_the_command_line_and_is_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let service = &ward.node.service;
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    let at = async |email: &str, change| {
        at_the_command_line(service, &organisation, email, Role::Administrator, change).await
    };
    assert!(matches!(at("Amina.Khan@NORTHFIELD.example", Change::Give).await, Ok(Done::Changed)));
    assert!(matches!(at(AMINA.email, Change::Give).await, Ok(Done::Unchanged)));
    let given = ward.newest_record("role_given").await;
    assert_eq!(
        (given["by"].clone(), given["reason"].as_str()),
        (serde_json::Value::Null, Some("command line"))
    );
    assert!(
        ward.subjects_to(AMINA.email).await.contains(&"A change to your account with Fobwatch".to_owned())
    );
    assert!(matches!(at(AMINA.email, Change::Take).await, Err(Refusal::LastAdministrator)));
    assert!(matches!(at(BEN.email, Change::Give).await, Err(Refusal::NotFound)), "Ben has no account");
    // Somebody of another trust is not found here.
    ward.another_trust(&[]).await;
    let elsewhere = ward.store().organisation_by_code("STH").await.unwrap().unwrap();
    let there = at_the_command_line(service, &elsewhere, AMINA.email, Role::Auditor, Change::Give).await;
    assert!(matches!(there, Err(Refusal::NotFound)));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn what_somebody_proposed_is_over_when_they_are_no_administrator_any_more(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut first = ward.staff(BEN, Role::Administrator).await;
    let mut second = ward.staff(SINEAD, Role::Administrator).await;
    ward.rules(TWO).await;
    let service = &ward.node.service;
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    let confirm = second_confirms(&ward, &mut second).await;
    at_the_command_line(service, &organisation, BEN.email, Role::Administrator, Change::Take).await.unwrap();
    second.sends_form(&confirm, "").await.is_refused("FW-1507");
    second.opens("/console/roles").await;
    assert!(!second.page.text().contains("to Amina Khan"));
    // It does not come back with the role.
    ward.gives_role(BEN, Role::Administrator).await;
    second.sends_form(&confirm, "").await.is_refused("FW-1507");
    // However the role was lost.
    changes(&mut first, AMINA, "Give: Auditor", "Propose").await;
    let confirm = second_confirms(&ward, &mut second).await;
    let ben = "account_id = (SELECT id FROM account WHERE email LIKE 'ben%')";
    ward.db.tell(&format!("DELETE FROM console_role WHERE {ben}")).await;
    second.sends_form(&confirm, "").await.is_refused("FW-1507");
    assert!(roles_of(&ward, AMINA).await.is_empty());
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn whoever_leaves_by_the_employers_list_has_no_role_and_no_session_any_more(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.staff(AMINA, Role::ServiceDesk).await;
    ward.gives_role(AMINA, Role::RaManager).await;
    let mut yu = ward.colleague(YU).await;
    yu.signs_in(Factor::AuthenticatorApp).await;
    let mut boss = ward.staff(BEN, Role::Administrator).await;
    amina.opens("/console").await.reads("Find a person");
    ward.roster_becomes(&[BEN, SINEAD]).await;
    assert!(roles_of(&ward, AMINA).await.is_empty());
    assert_eq!(roles_of(&ward, BEN).await, [Role::Administrator]);
    assert_eq!(ward.audited("role_taken").await, 2);
    let taken = ward.newest_record("role_taken").await;
    assert_eq!(
        (taken["by"].clone(), taken["reason"].as_str()),
        (serde_json::Value::Null, Some("employer's list"))
    );
    amina.opens("/console").await.is_refused("FW-1204");
    yu.opens("/activity").await.is_refused("FW-1204");
    boss.opens("/console/people").await.reads("Find a person");
    // The account stays: its owner may take what is in it elsewhere.
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/activity").await.says("Role in the console taken");
    amina.opens("/console").await;
    assert_eq!(amina.page.status.as_u16(), 404);
    // Another list without them says nothing new.
    ward.roster_becomes(&[BEN, SINEAD]).await;
    amina.opens("/activity").await.says("Role in the console taken");
    assert_eq!(ward.audited("role_taken").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_last_administrator_stays_one_after_leaving_until_there_is_another(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ward.gives_role(BEN, Role::Auditor).await;
    ward.colleague(SINEAD).await;
    ward.roster_becomes(&[SINEAD]).await;
    assert_eq!(roles_of(&ward, BEN).await, [Role::Administrator]);
    ben.opens("/console").await.is_refused("FW-1204");
    ward.gives_role(SINEAD, Role::Administrator).await;
    ward.roster_becomes(&[SINEAD]).await;
    assert!(roles_of(&ward, BEN).await.is_empty());
    assert_eq!(roles_of(&ward, SINEAD).await, [Role::Administrator]);
}
