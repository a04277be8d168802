//! A reset with a start code of the service desk.

use crate::alike::cost;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::{AGAIN, CHOOSE, HOW, NEW_PASSWORD, RESET};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, STRANGER};
use crate::ward::Ward;
use journeys::assisted_reset::{Desk, start_code_for};
use journeys::{Network, Refusal};
use rstest::rstest;

impl Visitor<'_> {
    /// The service desk gives them a start code.
    async fn is_given_a_start_code(&self, by: &Visitor<'_>) -> Result<String, Refusal> {
        let account = self.ward.store().account(self.account().await).await?.unwrap();
        let organisation = self.ward.store().organisation(account.organisation_id).await?.unwrap();
        let network = Network::of("192.0.2.200".parse().unwrap());
        let visitor = journeys::Visitor::new(network, None);
        let desk = Desk { by: by.account().await, reason: "lost telephone", visitor: &visitor };
        let code = start_code_for(&self.ward.node.service, desk, &account, &organisation).await?;
        Ok(code.code.expose().clone())
    }

    async fn starts_with(&mut self, user_name: &str, code: &str) -> &mut Self {
        self.opens("/reset").await.follows("I have a start code from the service desk").await;
        self.reads("Use a start code from the service desk");
        self.fills("Email address or staff number", user_name).fills("Start code", code);
        self.presses("Continue").await;
        self
    }
}

#[rstest]
#[tokio::test]
async fn a_start_code_takes_the_place_of_one_proof(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(1, 2)] gates: u32,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben) = (ward.person(AMINA), ward.person(BEN));
    amina.joins(Factor::TextMessage).await;
    ben.joins(Factor::AuthenticatorApp).await;
    ward.rules_become(&format!(r#"{{"reset-gates": "{gates}"}}"#)).await;
    let code = amina.is_given_a_start_code(&ben).await.unwrap();
    assert_eq!(code.len(), 11);
    assert!(
        ward.subjects_to(AMINA.email)
            .await
            .iter()
            .any(|subject| subject.contains("A change to your account"))
    );
    amina.starts_with(AMINA.email, &code.to_uppercase()).await;
    if gates == 2 {
        amina.reads(AGAIN);
        assert!(!amina.page.text().contains("Email"), "a registered phone comes before the mailbox");
        amina.proves_by(Factor::TextMessage).await;
    }
    amina.sets(NEW_PASSWORD).await.reads("Your password is reset");
    amina.gives_password(NEW_PASSWORD).await;
    assert_eq!(amina.page.url, "/sign-in/code", "the second factor is asked for");
    // It works once, and not for others.
    let mut again = ward.person_elsewhere(AMINA);
    again.starts_with(AMINA.email, &code).await.is_told("does not belong to this email address");
    assert_eq!(ward.audited("start_code_made").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_start_code_is_bound_to_one_account_and_to_half_an_hour(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben) = (ward.person(AMINA), ward.person(BEN));
    amina.joins(Factor::TextMessage).await;
    ben.joins(Factor::AuthenticatorApp).await;
    let first = amina.is_given_a_start_code(&ben).await.unwrap();
    let second = amina.is_given_a_start_code(&ben).await.unwrap();
    for (user_name, code) in [(BEN.email, &second), (STRANGER.email, &second), (AMINA.email, &first)] {
        ben.starts_with(user_name, code).await.is_told("does not belong to this email address");
    }
    ward.waits(1799);
    amina.starts_with(AMINA.email, &second).await.reads(CHOOSE);
    let third = amina.is_given_a_start_code(&ben).await.unwrap();
    ward.waits(1800);
    amina.starts_with(AMINA.email, &third).await.is_told("or it has expired");
    amina.starts_with("", "").await.is_told("Enter your email address or staff number");
    amina.is_told("Enter the start code");
}

#[tokio::test]
async fn nobody_gives_themselves_a_start_code_and_none_is_given_for_a_disabled_account() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, mut ben) = (ward.person(AMINA), ward.person(BEN));
    amina.joins(Factor::TextMessage).await;
    ben.joins(Factor::AuthenticatorApp).await;
    assert!(matches!(amina.is_given_a_start_code(&amina).await, Err(Refusal::WrongStep)));
    amina.is_disabled().await;
    assert!(matches!(amina.is_given_a_start_code(&ben).await, Err(Refusal::AccountDisabled)));
}

#[tokio::test]
async fn strangers_keep_nobody_from_an_assisted_reset() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, mut ben) = (ward.person(AMINA), ward.person(BEN));
    amina.joins(Factor::AuthenticatorApp).await;
    ben.joins(Factor::AuthenticatorApp).await;
    ward.rules_become(r#"{"reset-gates": "2"}"#).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    stranger.seed.clone_from(&amina.seed);
    for _ in 0..5 {
        stranger.fails_a_reset().await;
    }
    stranger.is_refused("FW-1301");
    let code = amina.is_given_a_start_code(&ben).await.unwrap();
    for _ in 0..25 {
        stranger.starts_with(AMINA.email, "aaaaa-22222").await;
    }
    stranger.is_told("A wrong start code was entered too many times from your network");
    amina.starts_with(AMINA.email, &code).await.reads(AGAIN);
    amina.proves_by(Factor::AuthenticatorApp).await.reads(CHOOSE);
    let mut other = ward.person(AMINA);
    other.asks_to(RESET).await.is_refused("FW-1301");
    amina.sets(NEW_PASSWORD).await.reads("Your password is reset");
    other.asks_to(RESET).await.reads(HOW);
}

#[rstest]
#[tokio::test]
async fn a_wrong_start_code_costs_the_same_for_every_user_name(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, mut ben) = (ward.person(AMINA), ward.person(BEN));
    amina.joins(Factor::TextMessage).await;
    ben.joins(Factor::AuthenticatorApp).await;
    amina.is_given_a_start_code(&ben).await.unwrap();
    let mut answers = Vec::new();
    for name in [AMINA.email, BEN.email, STRANGER.email, "20417733"] {
        let mut person = ward.person_elsewhere(AMINA);
        person.opens("/reset/start-code").await;
        person.fills("Email address or staff number", name).fills("Start code", "aaaaa-22222");
        let cost = cost(&ward, &mut person.browser, "Continue").await;
        person.is_told("does not belong to this email address");
        answers.push((cost, person.page.html.replace(name, "USER")));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{:?}", answers[0].0);
}
