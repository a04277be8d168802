//! Who may do what: every role against every act, over HTTP.

use super::{AUTHORITY, CARDS, FINE, Stands};
use crate::console::REASON;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::registration_authority::RaRequest;
use store::role::Role;
use testkit::SeededRandom;
use uuid::Uuid;

const MANAGER: u8 = 1;
const AGENT: u8 = 2;
const SPONSOR: u8 = 4;
const UNLOCKER: u8 = 8;
const AUDITOR: u8 = 16;
const DESK: u8 = 32;
const ADMINISTRATOR: u8 = 64;
/// The other roles of the console open none of these.
const NOBODY: u8 = 0;
const ALL: u8 = MANAGER | AGENT | SPONSOR | UNLOCKER;
const FULL: u8 = MANAGER | AGENT;
const SEES: u8 = ALL | AUDITOR;

/// Method, path under `/console/smartcards`, and who may.
const ACTS: [(&str, &str, u8); 44] = [
    ("GET", "", SEES),
    ("POST", "", SEES),
    ("GET", "/queue", SEES),
    ("GET", "/queue.csv", SEES),
    ("GET", "/forecast", FULL | AUDITOR),
    ("GET", "/forecast.csv", FULL | AUDITOR),
    ("GET", "/requests", SEES),
    ("POST", "/requests/{request}/confirm", FULL),
    ("POST", "/requests/{request}/decline", FULL),
    ("GET", "/blank", FULL),
    ("POST", "/blank", FULL),
    ("POST", "/blank/file", FULL),
    ("GET", "/people/{id}", SEES),
    ("GET", "/people/{id}/identity", ALL),
    ("POST", "/people/{id}/identity/passcode", ALL),
    ("POST", "/people/{id}/identity/documents", ALL),
    ("GET", "/people/{id}/issue", FULL),
    ("POST", "/people/{id}/issue", FULL),
    ("GET", "/people/{id}/leaves", FULL),
    ("POST", "/people/{id}/leaves", FULL),
    ("GET", "/cards/{card}", SEES),
    ("GET", "/cards/{card}/unlock", ALL),
    ("POST", "/cards/{card}/unlock", ALL),
    ("GET", "/cards/{card}/unblock", ALL),
    ("POST", "/cards/{card}/unblock", ALL),
    ("GET", "/cards/{card}/renew", ALL),
    ("POST", "/cards/{card}/renew", ALL),
    ("GET", "/cards/{expired}/renew", FULL),
    ("POST", "/cards/{expired}/renew", FULL),
    ("GET", "/cards/{card}/passcodes", FULL),
    ("POST", "/cards/{card}/passcodes", FULL),
    ("GET", "/cards/{card}/replace", FULL),
    ("POST", "/cards/{card}/replace", FULL),
    ("GET", "/cards/{card}/cancel", FULL),
    ("POST", "/cards/{card}/cancel", FULL),
    ("GET", "/cards/{blank}/cancel", FULL),
    ("POST", "/cards/{blank}/cancel", FULL),
    ("GET", "/cards/{card}/revoke", FULL),
    ("POST", "/cards/{card}/revoke", FULL),
    ("GET", "/cards/{card}/clear", FULL),
    ("POST", "/cards/{card}/clear", FULL),
    ("GET", "/cards/{blank}", SEES),
    ("GET", "/cards/{expired}", SEES),
    ("GET", "/cards/{expired}/unlock", ALL),
];

async fn tries(visitor: &mut Visitor<'_>, method: &str, path: &str) {
    let path = format!("{CARDS}{path}");
    match method {
        "GET" => visitor.opens(&path).await,
        _ => visitor.posts((path, String::new())).await,
    };
}

/// What the paths are about: Amina, her cards, a blank one, a request about her.
struct About {
    id: Uuid,
    card: Uuid,
    expired: Uuid,
    blank: Uuid,
    request: Uuid,
}

impl About {
    async fn amina(ward: &Ward, asked_by: Uuid) -> Self {
        let id = ward.account_of(AMINA).await;
        let card = ward.has_card(AMINA, "NTH 1", FINE).await;
        let expired = ward.has_card(AMINA, "NTH 2", Stands { ends_in_days: -1, ..FINE }).await;
        let blank = ward.blank("NTH 3").await;
        let request = asks(ward, id, card, asked_by).await;
        Self { id, card, expired, blank, request }
    }

    fn fills(&self, path: &str) -> String {
        [
            ("{id}", self.id),
            ("{card}", self.card),
            ("{expired}", self.expired),
            ("{blank}", self.blank),
            ("{request}", self.request),
        ]
        .iter()
        .fold(path.to_owned(), |path, (word, id)| path.replace(word, &id.to_string()))
    }
}

/// A request that waits for a second member of staff.
async fn asks(ward: &Ward, account_id: Uuid, card: Uuid, asked_by: Uuid) -> Uuid {
    let now = ward.clock.now();
    let id = vault::new_id(now, &SeededRandom::unique());
    let organisation_id = ward.store().account(account_id).await.unwrap().unwrap().organisation_id;
    let request = RaRequest {
        id,
        organisation_id,
        account_id,
        smartcard_id: Some(card),
        kind: "unlock".to_owned(),
        cause: None,
        reason: REASON.to_owned(),
        asked_by,
        asked_at: now,
        decided_at: None,
    };
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.add_ra_request(&request, jiff::Timestamp::MIN).await.unwrap());
    tx.commit().await.unwrap();
    id
}

#[rstest]
#[case(Role::RaManager, MANAGER)]
#[case(Role::RaAgent, AGENT)]
#[case(Role::Sponsor, SPONSOR)]
#[case(Role::Unlocker, UNLOCKER)]
#[case(Role::Auditor, AUDITOR)]
#[case(Role::ServiceDesk, DESK)]
#[case(Role::Administrator, ADMINISTRATOR)]
#[case(Role::PassportManager, NOBODY)]
#[case(Role::PassportOfficer, NOBODY)]
#[tokio::test]
async fn every_role_does_for_cards_what_it_is_for_and_nothing_else(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] role: Role,
    #[case] bit: u8,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.colleague(SINEAD).await;
    let mut staff = ward.staff(BEN, role).await;
    let about = About::amina(&ward, ward.account_of(SINEAD).await).await;
    // Being sure who stands there is no matter of roles: it is so.
    if ALL & bit != 0 {
        staff.checks_identity_of(AMINA).await;
    }
    for (verb, path, who) in ACTS {
        tries(&mut staff, verb, &about.fills(path)).await;
        let status = staff.page.status;
        if who & bit == 0 {
            assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} {verb} {path}: {}", staff.page.shown());
            staff.is_refused("FW-1501");
        } else {
            // Nothing was filled in, and a card that is not locked is not unlocked: what matters is that it was looked at.
            let looked_at = status.is_success() || [400, 409, 422].contains(&status.as_u16());
            assert!(looked_at, "{role:?} {verb} {path}: {}", staff.page.shown());
        }
    }
    let begins = staff.opens("/console").await.page.links();
    assert_eq!(begins.iter().any(|link| link == CARDS), SEES & bit != 0, "{role:?}");
    for event in ["smartcard_cancelled", "certificates_revoked_by_staff", "passcodes_forced"] {
        assert_eq!(ward.audited(event).await, 0, "{event}");
    }
}

#[rstest]
#[tokio::test]
async fn without_a_role_there_are_no_cards_of_others(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut ben = ward.colleague(BEN).await;
    ben.signs_in(Factor::AuthenticatorApp).await;
    let about = About::amina(&ward, ward.account_of(BEN).await).await;
    for (verb, path, _) in ACTS.into_iter().filter(|(_, path, _)| *path != "/blank/file") {
        tries(&mut ben, verb, &about.fills(path)).await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{verb} {path}");
    }
}

#[rstest]
#[tokio::test]
async fn nobody_serves_themselves_whatever_their_roles(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut ben = ward.staff(BEN, Role::RaManager).await;
    for role in AUTHORITY.into_iter().chain([Role::Auditor]) {
        ward.gives_role(BEN, role).await;
    }
    let id = ward.account_of(BEN).await;
    let card = ward.has_card(BEN, "NTH 1", FINE).await;
    let blank = ward.blank("NTH 3").await;
    let request = asks(&ward, id, card, ward.account_of(AMINA).await).await;
    // Whoever has an expired card comes no further than the page that says so.
    let about = About { id, card, expired: card, blank, request };
    let own =
        |path: &str| ["{id}/", "{card}/", "{expired}/", "{request}/"].iter().any(|word| path.contains(word));
    for (verb, path, _) in ACTS.into_iter().filter(|(_, path, _)| own(path)) {
        tries(&mut ben, verb, &about.fills(path)).await;
        assert_eq!(ben.page.status, StatusCode::FORBIDDEN, "{verb} {path}: {}", ben.page.shown());
        ben.is_refused("FW-2201");
    }
    // They may look, and are offered nothing.
    ben.opens(&format!("{CARDS}/people/{id}")).await.reads("Ben Adeyemi").says("This is your own account.");
    assert!(!ben.page.text().contains("Serve this person"), "{}", ben.page.shown());
    ben.opens_card(card).await.reads("NTH 1");
    assert!(!ben.page.text().contains("What you can do"), "{}", ben.page.shown());
    ben.opens(&format!("{CARDS}/requests")).await.says("Unlock the account: Ben Adeyemi");
    assert!(!ben.page.text().contains("Approve"), "{}", ben.page.shown());
}

#[rstest]
#[tokio::test]
async fn cards_of_another_trust_are_not_found_by_any_address_id_or_search(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(SINEAD).await;
    ward.colleague(AMINA).await;
    let mut ben = ward.staff(BEN, Role::RaManager).await;
    ward.gives_role(BEN, Role::Auditor).await;
    let id = ward.account_of(SINEAD).await;
    let card = ward.has_card(SINEAD, "STH 1", Stands { passcode_days: 400, ..FINE }).await;
    let expired = ward.has_card(SINEAD, "STH 2", Stands { ends_in_days: -1, ..FINE }).await;
    let blank = ward.blank("STH 3").await;
    let request = asks(&ward, id, card, ward.account_of(AMINA).await).await;
    ward.another_trust(&[]).await;
    for table in ["account", "smartcard", "ra_request"] {
        let which = match table {
            "account" => "email LIKE 'sinead%'",
            "smartcard" => "label LIKE 'STH%'",
            _ => "1 = 1",
        };
        let trust = "(SELECT id FROM organisation WHERE code = 'STH')";
        ward.db.tell(&format!("UPDATE {table} SET organisation_id = {trust} WHERE {which}")).await;
    }
    let about = About { id, card, expired, blank, request };
    for (verb, path, _) in ACTS.into_iter().filter(|(_, path, _)| path.contains('{')) {
        tries(&mut ben, verb, &about.fills(path)).await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{verb} {path}");
        assert!(!ben.page.html.contains("Sinéad") && !ben.page.html.contains("STH 1"), "{verb} {path}");
    }
    let guid = Uuid::from_bytes(ward.card(card).await.guid).to_string();
    let serial = ward.store().current_certificates(card).await.unwrap()[0].id.to_string();
    for text in ["sinead", "STH", "sth 1", &guid, &guid[..8], &serial] {
        ben.opens(CARDS).await;
        ben.fills("Find a person or a card", text).presses("Find").await.says("Nothing found");
    }
    ben.opens(&format!("{CARDS}/queue")).await.says("Nobody must come in.");
    ben.opens(&format!("{CARDS}/forecast")).await.says("0 cards are in use");
    ben.opens(&format!("{CARDS}/requests")).await.says("Nothing waits.");
    ben.opens(&format!("{CARDS}/queue.csv")).await;
    assert_eq!(ben.page.html.lines().count(), 1, "{}", ben.page.html);
}

#[rstest]
#[tokio::test]
async fn people_with_a_role_are_served_by_a_manager_alone(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.staff(SINEAD, Role::Auditor).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let mut manager = ward.staff(YU, Role::RaManager).await;
    let card = ward.has_card(SINEAD, "NTH 1", FINE).await;
    let id = ward.account_of(SINEAD).await;
    let acts = ["unblock", "renew", "passcodes", "replace", "cancel", "revoke", "clear"];
    for path in acts.map(|act| format!("/cards/{card}/{act}")).into_iter().chain([
        format!("/people/{id}/identity"),
        format!("/people/{id}/issue"),
        format!("/people/{id}/leaves"),
    ]) {
        tries(&mut agent, "GET", &path).await;
        agent.is_refused("FW-2202");
    }
    manager.checks_identity_of(SINEAD).await;
    manager.does(card, "passcodes", "Ask for new passcodes").await;
    manager.says("The person must set new passcodes at the next sign-in.");
}

#[rstest]
#[tokio::test]
async fn an_act_on_a_card_takes_a_proof_of_the_last_ten_minutes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let card = ward.has_card(AMINA, "NTH 1", FINE).await;
    ward.waits(599);
    agent.opens(&format!("{CARDS}/cards/{card}/revoke")).await.reads("Revoke the certificates");
    agent.chooses("Damaged").fills("Reason", REASON);
    ward.waits(1);
    agent.presses("Revoke").await.reads("Confirm that it is you");
    assert_eq!(ward.audited("certificates_revoked_by_staff").await, 0);
    agent.confirms().await.reads("Revoke the certificates");
    agent.chooses("Damaged").fills("Reason", REASON).presses("Revoke").await;
    agent.says("The certificates are revoked.");
}
