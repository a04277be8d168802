//! Resets by our authenticator, and that they tell nobody who has one.

use crate::alike::cost;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::{HOW, RESET};
use crate::guide::Factor;
use crate::people::{AMINA, Person};
use crate::ward::Ward;
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn a_password_is_reset_by_approving_in_the_app(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    ward.waits(3_600);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.asks_to(RESET).await.reads(HOW);
    elsewhere.chooses("Authenticator app").presses("Continue").await.reads("Approve the request in your app");
    assert_eq!(phone.request().await["what_for"], "reset");
    elsewhere.presses("Continue").await.says("We are still waiting");
    phone.approves_as_shown(&elsewhere.browser).await;
    elsewhere.presses("Continue").await.reads("Choose a new password");
}

/// Somebody who has no account, and whose decoy is our app.
async fn nobody_with_an_app(ward: &Ward) -> Person {
    // One name in eight has one.
    for number in 0..200 {
        let name: &'static str = Box::leak(format!("nobody.{number}@northfield.example").into_boxed_str());
        let who = Person { email: name, ..AMINA };
        let mut nobody = ward.person(who);
        // A network on which very many resets begin within an hour has to wait.
        ward.waits(3_600);
        nobody.asks_to(RESET).await.reads(HOW);
        if nobody.page.text().contains("We ask you in your app")
            && !nobody.page.text().contains("Mobile phone")
        {
            return who;
        }
    }
    panic!("no decoy is our app");
}

#[rstest]
#[tokio::test]
async fn a_request_in_the_app_costs_the_same_for_a_user_name_that_nobody_has(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::Email).await.signs_in(Factor::Email).await;
    let mut phone = ward.app_phone();
    amina.has_added_app(&mut phone).await;
    let nobody = nobody_with_an_app(&ward).await;
    let mut all = Vec::new();
    for who in [AMINA, nobody] {
        ward.waits(3_600);
        let mut elsewhere = ward.person_elsewhere(who);
        elsewhere.asks_to(RESET).await.reads(HOW);
        elsewhere.chooses("Authenticator app");
        let mut costs = vec![cost(&ward, &mut elsewhere.browser, "Continue").await];
        elsewhere.reads("Approve the request in your app");
        costs.push(cost(&ward, &mut elsewhere.browser, "Continue").await);
        elsewhere.says("We are still waiting for your answer");
        ward.waits(5);
        costs.push(cost(&ward, &mut elsewhere.browser, "Send it again").await);
        elsewhere.reads("Approve the request in your app");
        let shown = crate::approval_guide::number_on(&elsewhere.browser);
        let page = elsewhere.page.html.replace(&format!("</span>{shown}<"), "</span>NN<");
        ward.waits(121);
        elsewhere.presses("Continue").await.reads("The request has expired");
        all.push((costs, page, elsewhere.page.html.clone()));
    }
    assert_eq!(all[0].0, all[1].0, "hashes, statements, messages and audit");
    assert_eq!(all[0].1, all[1].1, "the page that waits");
    assert_eq!(all[0].2, all[1].2, "the page that waits no longer");
}
