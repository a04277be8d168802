//! Who may do what: every role against every act, over HTTP.

use super::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::role::Role;

const DESK: u8 = 1;
const ADMINISTRATOR: u8 = 2;
const AUDITOR: u8 = 4;
const ALL: u8 = DESK | ADMINISTRATOR | AUDITOR;
/// The Registration Authority's roles open pages of their own and none of these but the check of a caller.
const AUTHORITY: u8 = 8;
const PASSPORT_MANAGER: u8 = 16;
const PASSPORT_OFFICER: u8 = 32;
/// Those who look after staff passports.
const PASSPORTS: u8 = PASSPORT_MANAGER | PASSPORT_OFFICER;

/// Method, path under `/console` with `{id}` for a person without a role, `{method}` for a method of theirs, `{new}` and
/// `{rejected}` for credentials of theirs, `{share}` and `{shared}` for what they shared, `{invitation}` and
/// `{batch}` for whom the trust invites, `{role}` for the job role of the person, `{team}` for
/// a team, and who may.
const ACTS: [(&str, &str, u8); 88] = [
    ("GET", "/people", ALL),
    ("POST", "/people", ALL),
    ("GET", "/disabled", ALL),
    ("GET", "/people/{id}", ALL),
    ("GET", "/people/{id}/caller", DESK),
    ("POST", "/people/{id}/caller/send", DESK),
    ("GET", "/people/{id}/caller/code", DESK),
    ("POST", "/people/{id}/caller/code", DESK),
    ("POST", "/people/{id}/caller/documents", DESK),
    ("GET", "/people/{id}/unlock", DESK),
    ("POST", "/people/{id}/unlock", DESK),
    ("GET", "/people/{id}/sessions", DESK),
    ("POST", "/people/{id}/sessions", DESK),
    ("GET", "/people/{id}/methods/{method}/remove", DESK),
    ("POST", "/people/{id}/methods/{method}/remove", DESK),
    ("GET", "/people/{id}/number", DESK),
    ("POST", "/people/{id}/number", DESK),
    ("POST", "/people/{id}/number/code", DESK),
    ("GET", "/people/{id}/roles", ADMINISTRATOR),
    ("POST", "/people/{id}/roles", ADMINISTRATOR),
    ("GET", "/roles", ADMINISTRATOR | AUDITOR),
    ("POST", "/roles/proposals/{id}/confirm", ADMINISTRATOR),
    ("POST", "/roles/proposals/{id}/decline", ADMINISTRATOR),
    ("GET", "/audit", ADMINISTRATOR | AUDITOR),
    ("GET", "/verification", DESK | AUTHORITY),
    ("POST", "/verification", DESK | AUTHORITY),
    ("GET", "/wallet-sessions", ADMINISTRATOR),
    ("GET", "/wallet-sessions/preview", ADMINISTRATOR),
    ("POST", "/wallet-sessions", ADMINISTRATOR),
    ("GET", "/passports", PASSPORTS | AUDITOR),
    ("POST", "/passports", PASSPORTS | AUDITOR),
    ("GET", "/passports/rejections", PASSPORTS | AUDITOR),
    ("GET", "/passports/people/{id}", PASSPORTS | AUDITOR),
    ("GET", "/passports/people/{id}/provide", PASSPORTS),
    ("GET", "/passports/people/{id}/provide/dbs", PASSPORTS),
    ("POST", "/passports/people/{id}/provide/dbs", PASSPORTS),
    ("GET", "/passports/invitations", PASSPORTS | AUDITOR),
    ("GET", "/passports/invitations/new", PASSPORTS),
    ("POST", "/passports/invitations/new", PASSPORTS),
    ("GET", "/passports/invitations/file", PASSPORTS),
    ("GET", "/passports/invitations/template.csv", PASSPORTS),
    ("GET", "/passports/invitations/files/{batch}", PASSPORTS),
    ("POST", "/passports/invitations/files/{batch}/confirm", PASSPORTS),
    ("GET", "/passports/invitations/{invitation}", PASSPORTS | AUDITOR),
    ("POST", "/passports/invitations/{invitation}/send", PASSPORTS),
    ("POST", "/passports/invitations/{invitation}/appointment", PASSPORTS),
    ("POST", "/passports/invitations/{invitation}/confirm", PASSPORTS),
    ("POST", "/passports/invitations/{invitation}/decline", PASSPORTS),
    ("GET", "/passports/invitations/{invitation}/delete", PASSPORTS),
    ("POST", "/passports/invitations/{invitation}/delete", PASSPORTS),
    ("GET", "/passports/staff-records", PASSPORTS | AUDITOR),
    ("GET", "/passports/teams", PASSPORTS | AUDITOR),
    ("GET", "/passports/teams/new", PASSPORT_MANAGER),
    ("POST", "/passports/teams/new", PASSPORT_MANAGER),
    ("GET", "/passports/teams/{team}", PASSPORTS | AUDITOR),
    ("POST", "/passports/teams/{team}", PASSPORT_MANAGER),
    ("POST", "/passports/teams/{team}/delete", PASSPORT_MANAGER),
    ("POST", "/passports/remind", PASSPORTS),
    ("POST", "/passports/people/{id}/remind", PASSPORTS),
    ("GET", "/passports/job-roles", PASSPORTS | AUDITOR),
    ("GET", "/passports/job-roles/new", PASSPORT_MANAGER),
    ("POST", "/passports/job-roles/new", PASSPORT_MANAGER),
    ("GET", "/passports/job-roles/{role}", PASSPORTS | AUDITOR),
    ("POST", "/passports/job-roles/{role}", PASSPORT_MANAGER),
    ("GET", "/passports/job-roles/{role}/named", PASSPORTS),
    ("POST", "/passports/job-roles/{role}/named", PASSPORTS),
    ("GET", "/passports/people/{id}/job-role", PASSPORTS),
    ("GET", "/passports/people/{id}/bypass", PASSPORT_MANAGER),
    ("POST", "/passports/people/{id}/bypass", PASSPORT_MANAGER),
    ("POST", "/passports/people/{id}/require", PASSPORT_MANAGER),
    ("POST", "/passports/people/{id}/job-role", PASSPORTS),
    ("POST", "/passports/job-roles/{role}/delete", PASSPORT_MANAGER),
    ("GET", "/passports/shares", PASSPORTS | AUDITOR),
    ("GET", "/passports/shares/{share}", PASSPORTS | AUDITOR),
    ("GET", "/passports/shared/{shared}", PASSPORTS | AUDITOR),
    ("POST", "/passports/shared/{shared}/reject", PASSPORTS),
    ("POST", "/passports/shared/{shared}/accept", PASSPORTS),
    ("POST", "/passports/shares/{share}/accept", PASSPORTS),
    ("POST", "/passports/shared/{shared}/archive", PASSPORTS),
    ("POST", "/passports/shared/{shared}/restore", PASSPORTS),
    ("GET", "/passports/reports", PASSPORTS | AUDITOR),
    ("GET", "/passports/reports/passports.csv", PASSPORTS | AUDITOR),
    ("GET", "/passports/credentials/{new}", PASSPORTS | AUDITOR),
    ("POST", "/passports/credentials/{new}/end", PASSPORT_MANAGER),
    ("POST", "/passports/credentials/{new}/archive", PASSPORTS),
    ("POST", "/passports/credentials/{new}/restore", PASSPORTS),
    ("POST", "/passports/credentials/{rejected}/resolve", PASSPORTS),
    ("POST", "/passports/credentials/{rejected}/reopen", PASSPORTS),
];

async fn tries(visitor: &mut Visitor<'_>, method: &str, path: &str) {
    let path = format!("/console{path}");
    match method {
        "GET" => visitor.opens(&path).await,
        _ => visitor.posts((path, String::new())).await,
    };
}

#[rstest]
#[case(Role::ServiceDesk, DESK)]
#[case(Role::Administrator, ADMINISTRATOR)]
#[case(Role::Auditor, AUDITOR)]
#[case(Role::RaManager, AUTHORITY)]
#[case(Role::RaAgent, AUTHORITY)]
#[case(Role::Sponsor, AUTHORITY)]
#[case(Role::Unlocker, AUTHORITY)]
#[case(Role::PassportManager, PASSPORT_MANAGER)]
#[case(Role::PassportOfficer, PASSPORT_OFFICER)]
#[tokio::test]
async fn every_role_does_what_it_is_for_and_nothing_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] role: Role,
    #[case] bit: u8,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut staff = ward.staff(BEN, role).await;
    let id = ward.account_of(AMINA).await.to_string();
    let methods = ward.store().sign_in_methods(ward.account_of(AMINA).await).await.unwrap();
    let method = methods[0].id.to_string();
    // Being sure who is calling and a disabled number are no matter of roles: they are there.
    ward.db.tell("UPDATE account SET disabled_at = 1, disabled_reason = 'number-not-allowed' WHERE email LIKE 'amina%'").await;
    if role == Role::ServiceDesk {
        staff.sees_documents_of(AMINA).await;
    }
    let (new, rejected) = (ward.has_fire_safety_to_accept().await, ward.has_fire_safety_to_accept().await);
    let to_reject = ward.sql_id(rejected);
    ward.db
        .tell(&format!(
            "UPDATE credential SET rejected_at = 1, reject_reason = 'duplicate' WHERE id = {to_reject}"
        ))
        .await;
    let (share, shared) = ward.has_shared(AMINA, &[new]).await;
    let (invitation, batch) = ward.has_invited(SINEAD, BEN).await;
    let role_id = ward.has_job_role(AMINA, BEN).await;
    let team = ward.has_team("Education", "education@northfield.example").await;
    ward.counts_passports().await;
    for (verb, path, who) in ACTS {
        let full = path.replace("{id}", &id).replace("{method}", &method);
        let full = full.replace("{new}", &new.to_string()).replace("{rejected}", &rejected.to_string());
        let full =
            full.replace("{invitation}", &invitation.to_string()).replace("{batch}", &batch.to_string());
        let full = full.replace("{role}", &role_id.to_string()).replace("{team}", &team.to_string());
        let full = full.replace("{share}", &share.to_string()).replace("{shared}", &shared[0].to_string());
        tries(&mut staff, verb, &full).await;
        let status = staff.page.status;
        if who & bit == 0 {
            assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} {verb} {path}: {}", staff.page.shown());
            staff.is_refused("FW-1501");
        } else {
            // Nothing was filled in, and no proposal has a person's id: what matters is that it was looked at.
            let looked_at = status.is_success() || [422, 409].contains(&status.as_u16());
            assert!(looked_at, "{role:?} {verb} {path}: {}", staff.page.shown());
        }
    }
    let links = staff.opens("/console").await.page.links();
    for (part, who) in [
        ("/console/people", ALL),
        ("/console/roles", ADMINISTRATOR | AUDITOR),
        ("/console/audit", ADMINISTRATOR | AUDITOR),
        ("/console/verification", DESK | AUTHORITY),
        ("/console/passports", PASSPORTS | AUDITOR),
    ] {
        assert_eq!(links.iter().any(|link| link == part), who & bit != 0, "{role:?} {part}");
    }
}

#[rstest]
#[tokio::test]
async fn without_a_role_there_is_no_console(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    assert!(!amina.page.html.contains("Console"));
    let id = ward.account_of(AMINA).await.to_string();
    for (verb, path, _) in ACTS {
        tries(&mut amina, verb, &path.replace("{id}", &id).replace("{method}", &id)).await;
        assert_eq!(amina.page.status, StatusCode::NOT_FOUND, "{verb} {path}");
        assert_eq!(amina.page.heading(), "Page not found");
        assert!(!amina.page.html.contains("Console"), "{verb} {path}");
    }
    // Nor is there one for those who are not signed in.
    let mut nobody = ward.browser();
    nobody.opens("/console").await.reads("Sign in");
}

#[rstest]
#[tokio::test]
async fn a_role_that_is_taken_closes_the_console_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.opens("/console/people").await.reads("Find a person");
    let account = ward.account_of(BEN).await;
    let mut tx = ward.store().begin().await.unwrap();
    tx.take_role(account, Role::ServiceDesk, ward.now()).await.unwrap();
    tx.commit().await.unwrap();
    desk.opens("/console/people").await;
    assert_eq!(desk.page.status, StatusCode::NOT_FOUND);
}

#[rstest]
#[tokio::test]
async fn nobody_acts_on_their_own_account_whatever_their_roles(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ward.gives_role(BEN, Role::ServiceDesk).await;
    let id = ward.account_of(BEN).await.to_string();
    let methods = ward.store().sign_in_methods(ward.account_of(BEN).await).await.unwrap();
    let method = methods[0].id.to_string();
    for (verb, path, who) in ACTS.into_iter().filter(|(_, path, _)| path.starts_with("/people/{id}/")) {
        tries(&mut ben, verb, &path.replace("{id}", &id).replace("{method}", &method)).await;
        ben.is_refused("FW-1502");
        assert_ne!(who, ALL);
    }
    // They may look, and are offered nothing.
    ben.looks_at(BEN).await.reads("Ben Adeyemi");
    assert!(!ben.page.text().contains("Help this person"), "{}", ben.page.shown());
}

#[rstest]
#[tokio::test]
async fn people_of_another_trust_are_not_found_and_cannot_be_acted_on(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    ward.gives_role(BEN, Role::Administrator).await;
    ward.gives_role(BEN, Role::Auditor).await;
    ward.gives_role(BEN, Role::PassportManager).await;
    ward.colleague(SINEAD).await;
    // Sinéad works for another trust from now on.
    ward.another_trust(&[]).await;
    ward.db
        .tell("UPDATE account SET organisation_id = (SELECT id FROM organisation WHERE code = 'STH') WHERE email LIKE 'sinead%'")
        .await;
    for text in ["sinead", "obrien", SINEAD.email] {
        desk.looks_for(text).await.says("Nobody found");
    }
    let account = ward.account_of(SINEAD).await;
    let method = ward.store().sign_in_methods(account).await.unwrap()[0].id.to_string();
    for (verb, path, _) in ACTS.into_iter().filter(|(_, path, _)| path.contains("people/{id}")) {
        tries(&mut desk, verb, &path.replace("{id}", &account.to_string()).replace("{method}", &method))
            .await;
        assert_eq!(desk.page.status, StatusCode::NOT_FOUND, "{verb} {path}");
        assert!(!desk.page.html.contains("Sinéad"), "{verb} {path}");
    }
    desk.opens(&format!("/console/audit?person={}", SINEAD.email))
        .await
        .is_told("Nobody of your organisation");
    assert!(!desk.page.text().contains("Sinéad"));
}

#[rstest]
#[tokio::test]
async fn people_with_a_role_are_helped_by_administrators_alone(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    ward.staff(SINEAD, Role::Auditor).await;
    let mut boss = ward.staff(YU, Role::Administrator).await;
    let id = ward.account_of(SINEAD).await;
    for (verb, path, _) in ACTS.into_iter().filter(|(_, _, who)| *who == DESK) {
        let path = path.replace("{id}", &id.to_string()).replace("{method}", &id.to_string());
        tries(&mut desk, verb, &path).await;
        desk.is_refused("FW-1503");
    }
    boss.looks_at(SINEAD).await.follows("Sign the person out everywhere").await;
    boss.fills("Reason", REASON).presses("Sign out everywhere").await;
    boss.says("The person is signed out everywhere.");
    // And nobody else by administrators.
    ward.colleague(AMINA).await;
    let id = ward.account_of(AMINA).await;
    boss.opens(&format!("/console/people/{id}/unlock")).await;
    boss.is_refused("FW-1501");
}

#[rstest]
#[tokio::test]
async fn an_act_takes_a_proof_of_the_last_ten_minutes_and_the_console_one_of_this_session(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let id = ward.account_of(AMINA).await;
    let unlock = format!("/console/people/{id}/unlock");
    ward.waits(599);
    desk.opens(&unlock).await.reads("Unlock the account");
    ward.waits(1);
    // The form is open still; what it sends is not done.
    desk.fills("Reason", REASON).presses("Unlock").await;
    desk.reads("Confirm that it is you");
    assert_eq!(ward.audited("unlocked_by_staff").await, 0);
    desk.confirms().await.reads("Unlock the account");
    desk.fills("Reason", REASON).presses("Unlock").await;
    assert_eq!(ward.audited("unlocked_by_staff").await, 1);
    // Looking takes no new proof.
    ward.waits(900);
    desk.looks_at(AMINA).await.reads("Amina Khan");
    // A session without a second factor does not open the console at all.
    ward.db.tell("UPDATE session SET proved_at = NULL").await;
    desk.looks_at(AMINA).await;
    desk.confirms().await.reads("Amina Khan");
}
