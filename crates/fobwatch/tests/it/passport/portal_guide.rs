//! Guide 000 in its own words: reviewing, accepting and rejecting new credentials.

use super::portal::{DESK, dbs, fire, identity};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;
use serde_json::json;

#[rstest]
#[tokio::test]
async fn the_guide_is_true(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.the_trust_has_a_desk().await;
    let mut amina = ward.colleague(AMINA).await;

    // "If a trust issues you with new credentials, you will receive notification of this via SMS and/or email."
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs(), identity()])).await;
    assert_eq!(
        ward.told_of_passports(AMINA.email).await,
        ["You have new credentials to review"],
        "one message"
    );
    let mail = ward.mail_about(AMINA.email, "You have new credentials to review").await;
    // "The email you receive will contain a link to log in"; "you can select the second link in the email".
    let links: Vec<&str> = mail.lines().filter(|line| line.starts_with("http")).collect();
    assert_eq!(links, ["http://fobwatch.example/passport", "http://fobwatch.example/passport/access-key"]);
    assert!(mail.contains("has issued 3 credentials to you"), "{mail}");
    assert!(!mail.contains("Fire") && !mail.contains("DBS"), "what they say stays on the page");

    // "A yellow banner will appear … Select 'Review and add credentials to your wallet' to proceed."
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.follows("Review and add credentials to your wallet").await.reads("Your staff passport");
    // "A list of all credentials for review will be displayed. Select 'Review and add' next to a credential".
    amina.says("Credentials to review").says("Fire safety").says("Identity");
    amina.follows("Review and add: Fire safety, issued on 22 November 2026").await.reads("Fire safety");
    // "If the information is correct select 'Accept credential and add it to my wallet'."
    let form = amina.page.forms().into_iter().find(|form| form.action.ends_with("/add")).unwrap();
    assert_eq!((form.action, form.post), (format!("/passport/credentials/{}/add", ids[0]), true));
    amina.page.button("Accept credential and add it to my wallet");
    ward.lands_in_a_wallet(ids[0]).await;
    // "You'll see the portal page with a green notification showing that the credential has been successfully added."
    amina.opens(&format!("/passport?added={}", ids[0])).await;
    amina.says("Fire safety has been successfully added to your wallet");
    // "You can then move onto the next credential to review".
    amina.follows("Review the next credential").await.reads("Disclosure and Barring Service (DBS)");

    // "If the information is incorrect or a duplicate, you can choose to select 'Reject this credential'."
    amina.presses("Reject this credential").await.reads("Reject this credential");
    // "You'll be asked to provide a reason for the rejection."
    amina.presses("Reject this credential").await.is_told("Choose why you reject this credential");
    // "If you select ‘Other reason’ you will be prompted to provide more detail."
    amina.chooses("Other reason").presses("Reject this credential").await;
    amina.is_told("Enter more detail about why you reject this credential");
    let details = "If you chose Other reason, provide more detail";
    amina.fills(details, &"x".repeat(501)).presses("Reject this credential").await;
    amina.is_told("Details must be 500 characters or fewer");
    assert_eq!(ward.db.count("credential", "rejected_at IS NOT NULL").await, 0, "nothing half done");
    amina.fills(details, "The certificate is <of> somebody else").presses("Reject this credential").await;
    amina.says("You have rejected Disclosure and Barring Service (DBS). Northfield Hospitals has been told");
    // "The trust will be notified of the rejected credential and the reason".
    let mail = ward.mail_about(DESK, "A credential was rejected: Disclosure and Barring Service (DBS)").await;
    for words in ["Amina Khan", "Other reason", "The certificate is <of> somebody else", &ids[1].to_string()]
    {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    let record = ward.newest_record("credential_rejected").await;
    assert_eq!((&record["reason"], &record["credential"]), (&json!("other"), &json!(ids[1])));
    assert_eq!(
        ward.db.count("audit", "event LIKE '%somebody else%'").await,
        0,
        "nothing of what was written"
    );

    // "As you add or reject credentials, the notification banner on your home page will update".
    amina.opens("/home").await;
    let banner = amina.page.find(".fw-review").unwrap();
    assert!(banner.starts_with("You have 1 credential available for review."), "{banner}");
    amina.opens("/passport").await.says("Rejected by you Disclosure and Barring Service (DBS)");
    amina.opens(&format!("/passport/credentials/{}", ids[1])).await.says("The reason: Other reason.");
    amina.says("What you wrote: The certificate is <of> somebody else");
    amina.opens("/passport/history").await;
    amina.says("Rejected by you: Disclosure and Barring Service (DBS)").says("Reason: Other reason");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_credential_is_answered_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.the_trust_has_a_desk().await;
    let mut amina = ward.colleague(AMINA).await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let reject = |id: &uuid::Uuid| {
        (format!("/passport/credentials/{id}/reject"), "reason=duplicate&details=x".to_owned())
    };
    // From two tabs at once, one answer counts and the trust is told once.
    let (mut one, mut two) = (amina.opens_a_tab(), amina.opens_a_tab());
    tokio::join!(one.posts(reject(&ids[0])), two.posts(reject(&ids[0])));
    let statuses = [one.page.status, two.page.status];
    assert_eq!(statuses.iter().filter(|status| status.is_success()).count(), 1, "{statuses:?}");
    assert_eq!(ward.audited("credential_rejected").await, 1);
    assert_eq!(ward.told_of_passports(DESK).await.len(), 1);
    let details = ward.store().credential(ids[0]).await.unwrap().unwrap().reject_details;
    assert_eq!(details, None, "what was typed under another reason is not kept");
    amina.opens(&format!("/passport/credentials/{}/reject", ids[0])).await.is_refused("FW-3301");
    // What is in the wallet is rejected no more.
    ward.lands_in_a_wallet(ids[1]).await;
    amina.posts(reject(&ids[1])).await.is_refused("FW-3301");
    amina.opens(&format!("/passport?rejected={}", ids[1])).await;
    assert!(!amina.page.html.contains("You have rejected"), "only what is true is told");
}
