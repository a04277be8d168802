//! The trust archives credentials, its own and those that were shared with it, and restores them. Nothing ends by that.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::passport::portal::{dbs, fire};
use crate::people::{AMINA, BEN, SINEAD};
use crate::races::a_hundred_at_once;
use crate::ward::Ward;
use axum::http::StatusCode;
use journeys::passport::summaries;
use openid4vc::status_list::Status;
use rstest::rstest;
use rules::passport::CredentialState;
use store::role::Role;
use uuid::Uuid;

impl Ward {
    /// Amina is signed in and holds a core skill that Northfield provided; Ben has this role.
    async fn amina_holds_one(&self, role: Role) -> (Visitor<'_>, Visitor<'_>, Uuid) {
        let amina = self.amina_with_an_app().await;
        let [held] = self.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
        self.lands_in_a_wallet(held).await;
        (amina, self.staff(BEN, role).await, held)
    }

    /// What the history of somebody's passport notes so.
    async fn noted(&self, what: &str) -> i64 {
        self.db.count("passport_event", &format!("what = '{what}'")).await
    }
}

fn page_of(credential: Uuid) -> String {
    format!("/console/passports/credentials/{credential}")
}

fn form_of(credential: Uuid, act: &str) -> String {
    format!("{}/{act}", page_of(credential))
}

#[rstest]
#[tokio::test]
async fn an_officer_archives_what_the_trust_provided_and_its_owner_is_told_and_restores_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, held) = ward.amina_holds_one(Role::PassportOfficer).await;
    let passport = format!("/console/passports/people/{}", ward.account_of(AMINA).await);
    ben.opens(&passport).await.says("1 of 1 in the person’s wallet.");
    ben.follows("Fire safety").await.says("stays in the person’s wallet");
    ben.presses("Archive").await;
    ben.says("Archived by Ben Adeyemi on").says("The person can restore it, too.");
    assert_eq!(ward.credential_stands(held).await, CredentialState::Archived);
    assert_eq!(
        ward.newest_record("credential_archived_by_trust").await["by"],
        ward.account_of(BEN).await.to_string()
    );
    ben.opens(&passport).await.says("All of it is archived.").says("Archived Fire safety");
    ben.says("Archived: Fire safety").says("Done by Ben Adeyemi");

    let mail = ward.mail_about(AMINA.email, "A credential of yours was archived").await;
    assert!(mail.contains("Fire safety") && mail.contains("You can restore it"), "{mail}");
    amina.opens("/passport").await.says("Archived Fire safety");
    amina.opens_credential(held).await;
    amina.says("Ben Adeyemi put this credential away for Northfield Hospitals on").says("It is not revoked");
    amina.opens("/passport/history").await.says("Archived by the organisation that issued it: Fire safety");
    amina.says("Done by Ben Adeyemi");
    amina.opens(&format!("/passport/credentials/{held}")).await.presses("Restore").await;
    amina.says("In your wallet Fire safety");
    assert_eq!(ward.credential_stands(held).await, CredentialState::Accepted);
    // The trust reads that, and so what its owner archives.
    ben.opens(&passport)
        .await
        .says("1 of 1 in the person’s wallet.")
        .says("Restored by the person: Fire safety");
    amina.opens(&format!("/passport/credentials/{held}")).await.presses("Archive").await;
    ben.opens(&page_of(held)).await.says("Archived by the person on");
    ben.presses("Restore").await;
    ben.says("In the person’s wallet");
    assert_eq!(ward.credential_stands(held).await, CredentialState::Accepted);
    amina.opens("/passport/history").await.says("Restored by the organisation that issued it: Fire safety");
    ward.audit_is_whole().await;
}

impl Visitor<'_> {
    /// Their credential, as its owner sees it.
    async fn opens_credential(&mut self, credential: Uuid) -> &mut Self {
        self.opens(&format!("/passport/credentials/{credential}")).await;
        self
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pressed_a_hundred_times_at_once_each_counts_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, held) = ward.amina_holds_one(Role::PassportOfficer).await;
    for (button, what) in [("Archive", "archived-by-trust"), ("Restore", "restored-by-trust")] {
        ben.opens(&page_of(held)).await;
        let form = ben.would_send(button);
        for (status, ..) in a_hundred_at_once(&ward, &ben.browser, &form).await {
            assert_eq!(status, StatusCode::SEE_OTHER);
        }
        assert_eq!(ward.noted(what).await, 1);
        let audited = format!("kind = 'credential_{}'", what.replace('-', "_"));
        assert_eq!(ward.db.count("audit", &audited).await, 1);
    }
    assert_eq!(ward.db.count("outbox", "key LIKE 'passport-archived%'").await, 1);
}

#[rstest]
#[tokio::test]
async fn what_is_archived_counts_towards_no_job_role_and_in_no_summary_until_it_is_restored(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, held) = ward.amina_holds_one(Role::PassportManager).await;
    ward.has_team("Education", "education@northfield.example").await;
    let mut tx = ward.store().begin().await.unwrap();
    let (northfield, now, role) = (ward.the_trust().await.id, ward.now(), ward.new_id());
    let fire_safety = [rules::passport::CredentialType::parse("fire-safety").unwrap()];
    tx.save_job_role(northfield, (role, false), "Porter", &fire_safety, now).await.unwrap();
    let (amina, by) = (ward.account_of(AMINA).await, ward.account_of(BEN).await);
    tx.give_job_role(ward.new_id(), northfield, amina, Some(role), by, now).await.unwrap();
    tx.commit().await.unwrap();
    // It was shared with the trust itself, too, and accepted there: that is no way around.
    ward.has_shared(AMINA, &[held]).await;
    ward.db.tell("UPDATE shared_credential SET accepted_at = 1").await;
    // Its last day is near.
    ward.db.tell("UPDATE credential SET valid_until = '2026-12-05'").await;
    let passport = format!("/console/passports/people/{amina}");
    ben.opens(&passport).await.says("1 of 1 completed").says("The passport is active.");
    ben.opens(&page_of(held)).await.presses("Archive").await;
    ben.opens(&passport).await.says("0 of 1 completed").says("The passport is pending");
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    while summaries::one(&ward.node.service).await.unwrap() {}
    let subject = "This week in staff passports: Education";
    let mail = ward.mail_about("education@northfield.example", subject).await;
    assert!(mail.contains("30 days or fewer: 0"), "{mail}");

    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.restore_for_trust(held, northfield).await.unwrap());
    tx.commit().await.unwrap();
    ward.clock.set("2026-11-30T08:00:00Z".parse().unwrap());
    while summaries::one(&ward.node.service).await.unwrap() {}
    let mail = ward.mail_about("education@northfield.example", subject).await;
    assert!(mail.contains("30 days or fewer: 1"), "{mail}");
    ben.signs_in(crate::guide::Factor::AuthenticatorApp).await;
    ben.opens(&passport).await.says("1 of 1 completed").says("The passport is active.");
}

#[rstest]
#[tokio::test]
async fn nobody_is_reminded_of_what_was_archived(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, held) = ward.amina_holds_one(Role::PassportOfficer).await;
    ben.opens(&page_of(held)).await.presses("Archive").await;
    // A wallet that says afterwards that it has not kept the credential makes it wait again, in the archive.
    ward.db.tell("UPDATE credential SET accepted_at = NULL").await;
    let (account, today) = (ward.account_of(AMINA).await, ward.node.service.today());
    assert_eq!(ward.store().credentials_to_review(account, today).await.unwrap(), 0);
    assert!(ward.store().people_to_remind(Uuid::nil(), today, 10).await.unwrap().is_empty());
    ben.opens("/console/passports").await.says("Nobody has credentials to review.");
    ben.opens(&page_of(held)).await.presses("Restore").await.says("Waits for the person’s review");
    assert_eq!(ward.store().people_to_remind(Uuid::nil(), today, 10).await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test]
async fn what_is_archived_is_revoked_all_the_same_and_stays_listed_as_revoked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let token = ward.wallet_token(&amina.adds_to_wallet(fire).await, None).await;
    let taken = ward.wallet_takes(&token).await.json();
    let credential = taken["credentials"][0]["credential"].as_str().unwrap().to_owned();
    let place = ward.verifier_takes(&credential).await.status().unwrap().clone();
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens(&page_of(fire)).await.presses("Archive").await;
    assert_eq!(ward.status_in_list(&place).await.0, Status::Valid, "it is not revoked by that");
    ben.chooses("The person is leaving the organisation").presses("Revoke").await.says("Revoked");
    assert_eq!(ward.status_in_list(&place).await.0, Status::Invalid);
    assert_eq!(ward.credential_stands(fire).await, CredentialState::Revoked);
    assert!(!ben.page.html.contains("Restore"), "{}", ben.page.shown());
    ben.opens(&format!("/console/passports/people/{}", ward.account_of(AMINA).await)).await;
    assert!(!ben.page.text().contains("Archived Fire safety"), "{}", ben.page.shown());
}

#[rstest]
#[tokio::test]
async fn what_has_run_out_is_archived_too_and_stands_apart(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, held) = ward.amina_holds_one(Role::PassportOfficer).await;
    ward.db.tell("UPDATE credential SET valid_until = '2026-11-21'").await;
    ben.opens(&page_of(held)).await.says("Expired");
    ben.presses("Archive").await.says("Archived by Ben Adeyemi");
    let passport = format!("/console/passports/people/{}", ward.account_of(AMINA).await);
    ben.opens(&passport).await.says("Archived Fire safety Expired");
    amina.opens("/passport").await.says("Archived Fire safety");
    amina.opens_credential(held).await.says("This credential was valid until 21 November 2026");
    amina.presses("Restore").await;
    assert!(!amina.page.text().contains("Archived Fire safety"), "{}", amina.page.shown());
}

#[rstest]
#[tokio::test]
async fn one_whose_place_a_newer_one_took_holds_beside_it_once_it_is_restored(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben, older) = ward.amina_holds_one(Role::PassportOfficer).await;
    let [newer] = ward.the_trust_provides(AMINA, fire()).await.try_into().unwrap();
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.accept_credential(newer, ward.now()).await.unwrap());
    assert_eq!(tx.archive_all_but_newest(newer, ward.today(), ward.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    amina
        .opens_credential(older)
        .await
        .says("A newer one took the place of this credential")
        .says("both hold");
    ben.opens(&page_of(older)).await.says("A newer one took its place on").says("both hold");
    ben.presses("Restore").await.says("In the person’s wallet");
    for each in [older, newer] {
        assert_eq!(ward.credential_stands(each).await, CredentialState::Accepted);
    }
    assert_eq!(ward.db.count("credential", "replaced_by IS NOT NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_nobody_holds_and_access_keys_are_not_archived(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, held) = ward.amina_holds_one(Role::PassportManager).await;
    let [waits] = ward.the_trust_provides(AMINA, dbs()).await.try_into().unwrap();
    let mut refused = async |credential: Uuid| {
        ben.opens(&page_of(credential)).await;
        assert!(!ben.page.html.contains("/archive\""), "{}", ben.page.shown());
        ben.sends_form(&form_of(credential, "archive"), "").await;
        assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
        ben.is_told("Only a credential that was accepted, and has not been revoked, can be archived");
    };
    refused(waits).await;
    ward.issuer_revoked(held).await;
    refused(held).await;
    let id = ward.sql_id(held);
    ward.db
        .tell(&format!(
            "UPDATE credential SET kind = 'access-key', variant = '', revoked_at = NULL WHERE id = {id}"
        ))
        .await;
    refused(held).await;
    assert_eq!(ward.db.count("credential", "archived_at IS NOT NULL").await, 0);
    assert_eq!(ward.noted("archived-by-trust").await, 0);
}

#[rstest]
#[tokio::test]
async fn nobody_archives_their_own_or_what_another_trust_provided_and_an_old_proof_is_made_anew(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, mut ben, held) = ward.amina_holds_one(Role::PassportOfficer).await;
    ward.waits(11 * 60);
    for act in ["archive", "restore"] {
        ben.sends_form(&form_of(held, act), "").await.reads("Confirm that it is you");
    }
    ben.confirms().await;
    let (bens, aminas) = (ward.sql_id(ward.account_of(BEN).await), ward.sql_id(ward.account_of(AMINA).await));
    ward.db.tell(&format!("UPDATE credential SET account_id = {bens}")).await;
    assert!(!ben.opens(&page_of(held)).await.page.html.contains("/archive\""));
    for act in ["archive", "restore"] {
        ben.sends_form(&form_of(held, act), "").await.is_refused("FW-1502");
    }
    ward.another_trust(&[]).await;
    ward.db.tell(&format!("UPDATE credential SET account_id = {aminas}, organisation_id = (SELECT id FROM organisation WHERE code = 'STH')")).await;
    for act in ["archive", "restore"] {
        ben.sends_form(&form_of(held, act), "").await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(ward.db.count("credential", "archived_at IS NOT NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_others_issued_is_archived_by_whom_it_was_shared_with_and_counts_no_more_until_it_is_restored(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, _ben, share, held) = ward.shared_by_amina(1, Role::PassportManager).await;
    let mut sinead = ward.staff(SINEAD, Role::PassportOfficer).await;
    ward.another_trust(&[]).await;
    let southmere = ward.store().organisation_by_code("STH").await.unwrap().unwrap().id;
    let there = ward.sql_id(southmere);
    ward.db.tell(&format!("UPDATE account SET organisation_id = {there} WHERE email LIKE 'sinead%'")).await;
    ward.db.tell(&format!("UPDATE share SET organisation_id = {there}")).await;
    let (role, now) = (ward.new_id(), ward.now());
    let mut tx = ward.store().begin().await.unwrap();
    let fire_safety = [rules::passport::CredentialType::parse("fire-safety").unwrap()];
    tx.save_job_role(southmere, (role, false), "Porter", &fire_safety, now).await.unwrap();
    let (account, by) = (ward.account_of(AMINA).await, ward.account_of(SINEAD).await);
    tx.give_job_role(ward.new_id(), southmere, account, Some(role), by, now).await.unwrap();
    tx.commit().await.unwrap();
    let shared = ward.store().shared_credentials(share).await.unwrap()[0].id;
    let archive = format!("/console/passports/shared/{shared}/archive");
    sinead.sends_form(&archive, "").await.is_told("Only a credential that was accepted");
    let page = format!("/console/passports/shares/{share}");
    sinead.opens(&page).await.presses("Accept all that hold").await.says("1 of 1 completed");
    sinead.follows("Fire safety").await.presses("Archive").await.reads("Shared by Amina Khan");
    sinead.says("0 of 1 completed").says("Archived Fire safety");
    sinead.sends_form(&archive, "").await;
    sinead.follows("Fire safety").await.says("Archived by Sinéad O'Brien-Żółkowska on");
    // It is the person's: nothing happens to it, and they read of it.
    assert_eq!(ward.credential_stands(held[0]).await, CredentialState::Accepted);
    amina
        .opens("/passport/history")
        .await
        .says("Archived by the organisation that you shared it with: Fire safety");
    amina.says("Southmere Community Trust");
    sinead.presses("Restore").await.says("1 of 1 completed");
    assert_eq!((ward.noted("share-archived").await, ward.noted("share-restored").await), (1, 1));
    for event in ["shared_credential_archived", "shared_credential_restored"] {
        assert_eq!(ward.audited(event).await, 1, "{event}");
    }
    // What was put away by whoever issued it holds for those who have accepted it: it is not revoked.
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.archive_for_trust(held[0], ward.the_trust().await.id, account, ward.now()).await.unwrap());
    tx.commit().await.unwrap();
    sinead.opens(&page).await.says("1 of 1 completed").says("It holds");
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn messages_that_are_switched_off_are_not_sent() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, mut ben, held) = ward.amina_holds_one(Role::PassportOfficer).await;
    amina.sends_form("/passport/notifications", "").await;
    ben.opens(&page_of(held)).await.presses("Archive").await.says("Archived by Ben Adeyemi");
    assert_eq!(ward.db.count("outbox", "key LIKE 'passport-archived%'").await, 0);
}
