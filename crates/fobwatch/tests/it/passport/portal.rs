//! What the tests of the passport's portal share, and small truths about its pages.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, Person, SINEAD};
use crate::ward::Ward;
use axum::http::StatusCode;
use jiff::ToSpan as _;
use rstest::rstest;
use rules::passport::Provided;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::organisation::Organisation;
use store::role::Role;
use uuid::Uuid;

/// The desk of the trust that looks after credentials.
pub const DESK: &str = "passports@northfield.example";

/// One grey point.
pub const PICTURE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB\
    d81ytgAAAABJRU5ErkJggg==";

pub fn assurance() -> Value {
    json!({
        "origin": "Electronic Staff Record", "policy": "CSTF", "outcome": "Passed",
        "provider": "Northfield Hospitals", "verifier": "Northfield Hospitals", "method": "E-learning",
        "pedigree": "Authoritative", "last_refresh": "2026-11-20"
    })
}

/// A core skill, which runs out by itself in two years.
pub fn fire() -> Value {
    let claims = json!({ "subject": "Fire safety", "attained_on": "2026-11-01" });
    json!({ "kind": "core-skill", "claims": claims, "assurance": assurance() })
}

pub fn dbs() -> Value {
    let claims = json!({
        "dbs_level": "Enhanced", "certificate_number": "001234567890", "issued_on": "2026-09-14",
        "dbs_outcome": "Clear", "update_service": true
    });
    json!({ "kind": "dbs", "claims": claims, "assurance": assurance() })
}

/// A registration that expires on this day.
pub fn registration(expires: &str) -> Value {
    let claims = json!({
        "body": "Nursing and Midwifery Council", "registration_number": "12A3456B",
        "registration_status": "Registered", "registered_on": "2020-04-01", "expires_on": expires
    });
    json!({ "kind": "professional-registration", "claims": claims, "assurance": assurance() })
}

pub fn identity() -> Value {
    let claims = json!({
        "given_name": "Amina", "family_name": "Khan", "birthdate": "1990-03-14",
        "picture": PICTURE
    });
    json!({ "kind": "identity", "claims": claims, "assurance": assurance() })
}

impl Ward {
    pub async fn the_trust(&self) -> Organisation {
        self.store().organisation_by_code("NTH").await.unwrap().unwrap()
    }

    /// Northfield's people for credentials are reached here.
    pub async fn the_trust_has_a_desk(&self) {
        self.db.tell(&format!("UPDATE organisation SET support_email = '{DESK}'")).await;
    }

    /// Northfield provides credentials. Answers their ids.
    pub async fn the_trust_provides(&self, who: Person, credentials: Value) -> Vec<Uuid> {
        let (service, organisation) = (&self.node.service, self.the_trust().await);
        let account = self.store().account(self.account_of(who).await).await.unwrap().unwrap();
        let provided = Provided::read_all(&credentials, service.today()).unwrap();
        journeys::passport::provide::provide(service, &organisation, &account, &provided).await.unwrap()
    }

    /// It went to its owner's wallet.
    pub async fn lands_in_a_wallet(&self, credential: Uuid) {
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.accept_credential(credential, self.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// What the e-mail to an address with this subject says. (Those of the same moment come in any order.)
    pub async fn mail_about(&self, address: &str, subject: &str) -> String {
        self.delivers().await;
        let mails = self.mailbox.messages_to(address);
        let found = mails.iter().rev().find(|mail| mail.subject == subject);
        found.unwrap_or_else(|| panic!("no mail to {address} about {subject:?}")).text.clone()
    }

    /// Subjects of the e-mails about passports that came to an address.
    pub async fn told_of_passports(&self, address: &str) -> Vec<String> {
        let subjects = self.subjects_to(address).await;
        subjects.into_iter().filter(|subject| subject.to_lowercase().contains("credential")).collect()
    }
}

#[rstest]
#[tokio::test]
async fn the_banner_stands_on_every_page_and_counts_down(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    assert_eq!(amina.page.find(".fw-review"), None, "nothing to review, no banner");
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    for page in ["/home", "/security-info", "/activity", "/devices", "/passport", "/passport/history"] {
        amina.opens(page).await;
        let banner = "You have 2 credentials available for review. Review and add credentials to your wallet";
        assert_eq!(amina.page.find(".fw-review").as_deref(), Some(banner), "{page}");
    }
    ward.lands_in_a_wallet(ids[0]).await;
    amina.opens("/home").await;
    let banner = amina.page.find(".fw-review").unwrap();
    assert!(banner.starts_with("You have 1 credential available for review."), "{banner}");
    // Nobody else has it, and nobody who is not signed in.
    let mut ben = ward.colleague(BEN).await;
    ben.signs_in(Factor::AuthenticatorApp).await;
    assert_eq!(ben.page.find(".fw-review"), None);
    let mut stranger = ward.browser();
    assert_eq!(stranger.opens("/sign-in").await.page.find(".fw-review"), None);
}

/// Pages for whoever is not signed in, or on which nothing but what they are for may stand: they are no place of anybody's.
const OF_NOBODY: [&str; 6] = ["/sign-in", "/join", "/first-time", "/reset", "/authenticator", "/brand/"];

/// Pages of somebody who is signed in that no link leads to at once.
const BESIDE: [&str; 15] = [
    "/",
    "/confirm?next=/security-info/add",
    "/console/people",
    "/passport/access-key",
    "/passport/access-key/added",
    "/passport/credentials/{id}",
    "/passport/credentials/{id}/add",
    "/passport/credentials/{id}/reject",
    "/passport/history",
    "/passport/notifications",
    "/passport/request",
    "/passport/share",
    "/passport/share/back?response_code=x",
    "/passport/wallet",
    "/security-info/recovery-codes",
];

#[tokio::test]
async fn no_page_of_whoever_is_signed_in_is_without_the_banner() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_a_phone().await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    ward.gives_role(AMINA, Role::Administrator).await;
    amina.opens("/home").await;
    let mut ahead: Vec<String> = BESIDE.map(|page| page.replace("{id}", &ids[0].to_string())).into();
    ahead.extend(amina.page.links());
    let (mut seen, mut without) = (BTreeSet::new(), Vec::new());
    while let Some(address) = ahead.pop() {
        let place = address.split(['?', '#']).next().unwrap().to_owned();
        let is_theirs = place.starts_with('/') && !OF_NOBODY.iter().any(|one| place.starts_with(one));
        if !is_theirs || !seen.insert(place.clone()) {
            continue;
        }
        amina.opens(&address).await;
        let is_page =
            amina.page.headers.get("content-type").is_some_and(|kind| kind == "text/html; charset=utf-8");
        if !is_page || !amina.page.status.is_success() {
            continue;
        }
        let banner = amina.page.find(".fw-review").unwrap_or_default();
        if !banner.starts_with("You have 2 credentials available for review") {
            without.push(place);
        }
        ahead.extend(amina.page.links());
    }
    assert!(without.is_empty(), "without the banner: {without:#?}");
    assert!(seen.len() > 60, "{} pages are too few: {seen:#?}", seen.len());
    for page in ["/help", "/privacy", "/cookies", "/accessibility", "/console/people", "/passport/share/back"]
    {
        assert!(seen.contains(page), "{page}");
    }
}

#[rstest]
#[tokio::test]
async fn the_full_details_are_in_words(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs(), identity()])).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens(&format!("/passport/credentials/{}", ids[0])).await.reads("Fire safety");
    amina.says("Issued by Northfield Hospitals").says("Valid until 31 October 2028");
    amina.says("Attained 1 November 2026").says("Assurance policy CSTF").says("Pedigree Authoritative");
    amina.says("Last refresh 20 November 2026");
    amina
        .opens(&format!("/passport/credentials/{}", ids[1]))
        .await
        .reads("Disclosure and Barring Service (DBS)");
    amina.says("Level of check Enhanced").says("Registered with the update service Yes");
    amina.says("Valid until No end date");
    amina.opens(&format!("/passport/credentials/{}", ids[2])).await.says("Date of birth 14 March 1990");
    let picture = format!("/passport/credentials/{}/picture", ids[2]);
    assert!(amina.page.links().contains(&picture));
    let headers = &amina.opens(&picture).await.page.headers;
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    amina.opens(&format!("/passport/credentials/{}/picture", ids[0])).await;
    assert_eq!(amina.page.status, StatusCode::NOT_FOUND);
}

#[rstest]
#[tokio::test]
async fn nobody_sees_or_answers_for_somebody_else(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let [id] = ward.the_trust_provides(AMINA, identity()).await.try_into().unwrap();
    let mut ben = ward.colleague(BEN).await;
    ben.signs_in(Factor::AuthenticatorApp).await;
    let other = Uuid::nil();
    for id in [id.to_string(), other.to_string(), "x".to_owned()] {
        for act in ["", "/reject", "/picture"] {
            ben.opens(&format!("/passport/credentials/{id}{act}")).await;
            assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{id}{act}");
        }
        for (act, body) in [("reject", "reason=duplicate"), ("archive", ""), ("restore", "")] {
            ben.posts((format!("/passport/credentials/{id}/{act}"), body.to_owned())).await;
            assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{id} {act}");
        }
    }
    ben.opens(&format!("/passport?added={id}")).await;
    assert!(!ben.page.html.contains("has been successfully added"), "only what is true is told");
    assert_eq!(ward.db.count("credential", "rejected_at IS NULL").await, 1);
    let mut nobody = ward.browser();
    nobody.opens("/passport").await.reads("Sign in with your staff passport");
}

#[rstest]
#[tokio::test]
async fn what_runs_out_in_the_wallet_can_be_put_away(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let [id] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    ward.lands_in_a_wallet(id).await;
    ward.db.tell("UPDATE credential SET valid_until = '2026-11-21'").await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens(&format!("/passport/credentials/{id}")).await.says("was valid until 21 November 2026.");
    assert!(!amina.page.text().contains("ran out before"), "{}", amina.page.shown());
    amina.presses("Archive").await.says("Archived Fire safety");
}

#[rstest]
#[tokio::test]
async fn what_runs_out_waits_no_longer(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let mut last = fire();
    last["valid_until"] = json!(ward.node.service.today().to_string());
    let [id] = ward.the_trust_provides(AMINA, last).await.try_into().unwrap();
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/passport").await.follows("Review and add: Fire safety, issued on 22 November 2026").await;
    amina.follows("Back").await;
    let tomorrow = ward.node.service.today() + 1.day();
    ward.clock.set(tomorrow.at(0, 5, 0, 0).in_tz("Europe/London").unwrap().timestamp());
    amina.signs_in(Factor::AuthenticatorApp).await;
    assert_eq!(amina.page.find(".fw-review"), None);
    amina.opens("/passport").await.says("You have no credentials to review.").says("Expired");
    amina
        .opens(&format!("/passport/credentials/{id}"))
        .await
        .says("This credential was valid until 22 November 2026.")
        .says("It ran out before you added it to your wallet");
    // What is in no wallet is not put away there.
    assert!(!amina.page.html.contains("Archive"), "{}", amina.page.shown());
    amina.posts((format!("/passport/credentials/{id}/archive"), String::new())).await;
    assert_eq!(ward.db.count("credential", "archived_at IS NOT NULL").await, 0);
    amina.posts((format!("/passport/credentials/{id}/reject"), "reason=duplicate".to_owned())).await;
    amina.is_refused("FW-3301");
}

#[rstest]
#[tokio::test]
async fn what_is_in_the_wallet_is_put_away_and_taken_out_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let [id] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    ward.lands_in_a_wallet(id).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let page = format!("/passport/credentials/{id}");
    assert_eq!(
        amina.opens(&page).await.page.forms().iter().filter(|form| form.action.ends_with("/add")).count(),
        1
    );
    amina.presses("Archive").await.reads("Your staff passport").says("Archived Fire safety");
    amina.posts((format!("{page}/archive"), String::new())).await;
    assert_eq!(ward.audited("credential_archived").await, 1, "pressed twice it counts once");
    amina.opens(&page).await.presses("Restore").await.says("In your wallet Fire safety");
    amina.opens("/passport/history").await.says("Restored from the archive: Fire safety");
    amina.says("Archived: Fire safety").says("Issued to you, to review: Fire safety");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn one_asks_the_trust_for_what_is_missing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.the_trust_has_a_desk().await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/passport").await.follows("Ask for a credential").await.reads("Ask for a credential");
    amina.presses("Ask for it").await.is_told("Choose which credential you need");
    amina.chooses("Tuberculosis").fills("What should they know? (optional)", "Tested in <b>October</b>");
    amina.presses("Ask for it").await.reads("Your staff passport").says("Your organisation has been asked");
    let mail = ward.mail_about(DESK, "Somebody asks for a credential: Tuberculosis").await;
    for words in ["Amina Khan", AMINA.email, "Northfield Hospitals", "Tested in <b>October</b>"] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    amina.opens("/passport/history").await.says("You asked for a credential: Tuberculosis");
    let record = ward.newest_record("credential_requested").await;
    assert_eq!(record["kind"], "tuberculosis");
    assert_eq!(ward.db.count("audit", "event LIKE '%October%'").await, 0, "nothing of what was written");
    for _ in 1..10 {
        amina
            .posts(("/passport/request".to_owned(), "kind=dbs".to_owned()))
            .await
            .reads("Your staff passport");
    }
    amina.posts(("/passport/request".to_owned(), "kind=dbs".to_owned())).await;
    amina.is_told("You have asked for 10 credentials today");
}

#[rstest]
#[tokio::test]
async fn who_wants_no_messages_gets_none_but_about_security(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut sinead = ward.colleague(SINEAD).await;
    sinead.also_has(Factor::TextMessage).await;
    sinead.signs_in(Factor::AuthenticatorApp).await;
    let texts = |ward: &Ward| ward.phone.texts_to(SINEAD.mobile).len();
    ward.the_trust_provides(SINEAD, fire()).await;
    assert_eq!(ward.told_of_passports(SINEAD.email).await, ["You have new credentials to review"]);
    assert_eq!(texts(&ward), 1);
    let words = ward.phone.texts_to(SINEAD.mobile).pop().unwrap().body;
    assert!(words.contains("you have new credentials to review from Northfield Hospitals"), "{words}");
    assert!(words.chars().count() <= 160 && !words.contains("http"), "{words}");

    sinead.opens("/passport/notifications").await.reads("Choose how you are told");
    sinead.says("ending in 24").says("The next reminder would come on 23 November 2026 at 8am.");
    sinead.posts(("/passport/notifications".to_owned(), "channel=email".to_owned())).await.says("saved");
    let ids = ward.the_trust_provides(SINEAD, dbs()).await;
    assert_eq!(ward.told_of_passports(SINEAD.email).await.len(), 2);
    assert_eq!(texts(&ward), 1, "no text");
    sinead.posts(("/passport/notifications".to_owned(), String::new())).await.says("saved");
    ward.the_trust_provides(SINEAD, identity()).await;
    assert_eq!(ward.told_of_passports(SINEAD.email).await.len(), 2, "no email");
    assert_eq!(texts(&ward), 1);
    assert_eq!(ward.newest_record("passport_notifications_set").await["off"], json!(["email", "text"]));

    // What was accepted and is revoked is told by every channel.
    ward.lands_in_a_wallet(ids[0]).await;
    let revoke = journeys::passport::withdraw::revoke;
    let reason = rules::passport::RevokeReason::NoLongerValid;
    revoke(&ward.node.service, &ward.the_trust().await, ids[0], reason).await.unwrap();
    ward.mail_about(SINEAD.email, "A credential in your wallet was revoked").await;
    assert_eq!(texts(&ward), 2);
    ward.audit_is_whole().await;
}
