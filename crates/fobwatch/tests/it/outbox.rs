//! Messages: never lost, never sent twice, and the page says when one could not be delivered.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::mail_route::MailServer;
use crate::people::{AMINA, BEN, colleague};
use crate::ward::Ward;
use rstest::rstest;
use std::collections::BTreeMap;
use testkit::Trouble;

#[rstest]
#[tokio::test]
async fn a_message_is_retried_until_the_mail_server_is_back(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    ward.mail_server(MailServer::Down);
    amina.asks_for_a_code().await;
    assert_eq!(ward.delivers().await.retried, 1);
    assert_eq!(ward.delivers().await.total(), 0, "not at once again");
    ward.waits(5);
    assert_eq!(ward.delivers().await.retried, 1);
    ward.mail_server(MailServer::Up);
    ward.waits(15);
    assert_eq!(ward.delivers().await.sent, 1);
    let code = amina.reads_the_mail().await;
    let mails = ward.mailbox.messages_to(AMINA.email);
    assert_eq!(mails.len(), 1);
    assert_eq!(ward.db.count("outbox", "sent_at IS NOT NULL AND tries = 3 AND payload IS NULL").await, 1);
    amina.types(&code).await.reads("Choose a password and give your details");
}

#[tokio::test]
async fn a_message_carries_the_same_id_at_every_try() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    ward.delivers().await;
    let mail = ward.mailbox.messages_to(AMINA.email).pop().unwrap();
    let (id, host) = mail.message_id.split_once('@').unwrap();
    assert_eq!(host, "fobwatch.example");
    // The id is that of the row in the outbox, so it cannot differ from try to try.
    let hex = id.replace('-', "");
    assert_eq!(ward.db.count("outbox", &format!("lower(hex(id)) = '{hex}'")).await, 1);
}

#[tokio::test]
async fn an_answer_that_got_lost_is_asked_again_with_the_same_reference() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    ward.phone.next_meets(Trouble::AnswerLost);
    amina.sets_up(Factor::TextMessage).await;
    ward.delivers().await;
    ward.waits(5);
    ward.delivers().await;
    let texts = ward.phone.texts();
    assert_eq!(texts.len(), 2);
    assert_eq!((&texts[0].reference, &texts[0].body), (&texts[1].reference, &texts[1].body));
}

#[rstest]
#[tokio::test]
async fn the_page_says_when_the_mailbox_turned_the_code_away(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    ward.mail_server(MailServer::Refusing);
    amina.asks_for_a_code_at("amina.kahn@northfield.example").await;
    assert_eq!(ward.delivers().await.given_up, 1);
    ward.audit_is_whole().await;
    assert_eq!(ward.db.count("audit", "event LIKE '%message_given_up%'").await, 1);
    amina.reloads().await.reads("Check your email");
    amina.says("Your code could not be delivered").says("We tried to send an email");
    ward.mail_server(MailServer::Up);
    ward.waits(20);
    amina.follows("Change the email address").await;
    amina.fills("Email address", AMINA.email).presses("Send Code").await;
    let code = amina.reads_the_mail().await;
    assert!(!amina.page.text().contains("could not be delivered"));
    amina.types(&code).await.reads("Choose a password and give your details");
}

#[tokio::test]
async fn a_code_that_could_not_be_sent_in_its_lifetime_is_given_up() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    ward.mail_server(MailServer::Down);
    amina.asks_for_a_code().await;
    for _ in 0..16 {
        ward.delivers().await;
        ward.waits(60);
    }
    assert_eq!(ward.db.count("outbox", "gave_up_at IS NOT NULL AND payload IS NULL").await, 1);
    ward.mail_server(MailServer::Up);
    assert_eq!(ward.delivers().await.total(), 0);
    amina.reloads().await.says("Your code could not be delivered");
    amina.presses("Send New Code").await;
    let code = amina.reads_the_mail().await;
    amina.types(&code).await.reads("Choose a password and give your details");
}

#[tokio::test]
async fn a_message_without_a_code_is_tried_for_a_day() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::AuthenticatorApp).await;
    ward.mail_server(MailServer::Down);
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.reads("Your authenticator app is verified");
    for _ in 0..46 {
        ward.delivers().await;
        ward.waits(30 * 60);
    }
    ward.mail_server(MailServer::Up);
    assert_eq!(ward.delivers().await.sent, 1, "after 23 hours");
}

#[rstest]
#[case(Trouble::TooMany)]
#[case(Trouble::OwnError)]
#[tokio::test]
async fn a_text_that_the_provider_cannot_take_now_is_sent_later(#[case] trouble: Trouble) {
    let ward = Ward::new(PostgreSql).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    ward.phone.next_meets(trouble);
    amina.sets_up(Factor::TextMessage).await;
    assert_eq!(ward.delivers().await.retried, 1);
    ward.waits(5);
    let code = ward.texted_code(AMINA.mobile).await;
    assert_eq!(ward.phone.texts().len(), 1);
    amina.types(&code).await.reads("Your mobile phone is verified");
}

#[tokio::test]
async fn a_text_that_the_provider_never_takes_is_said_on_the_page() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    amina.sets_up(Factor::TextMessage).await;
    // Somebody could mend it at any time: it is tried for as long as the code is good.
    ward.phone.next_meets(Trouble::TrialMode);
    let mut tried = 0;
    for _minute in 0..15 {
        let round = ward.delivers().await;
        assert_eq!(round.sent, 0, "{round:?}");
        if round.given_up == 1 {
            break;
        }
        if round.retried == 1 {
            tried += 1;
            ward.phone.next_meets(Trouble::TrialMode);
        }
        ward.waits(60);
    }
    assert!(tried > 3, "{tried}");
    amina.reloads().await.says("Your code could not be delivered");
    amina.presses("Send New Code").await;
    let code = ward.texted_code(AMINA.mobile).await;
    amina.types(&code).await.reads("Your mobile phone is verified");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_on_two_nodes_deliver_each_message_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    const MESSAGES: usize = 90;
    let ward = Ward::new(kind).await;
    let other = ward.another_node().await;
    let people: Vec<_> = (0..MESSAGES).map(|number| colleague(number, ward.today())).collect();
    ward.roster_gains(&people).await;
    for number in 0..MESSAGES {
        let mut person = ward.person(BEN);
        let form = (
            "/join/NTH/email?group=nursing-and-midwifery-registered".to_owned(),
            format!("email=colleague.{number}%40northfield.example"),
        );
        person.posts(form).await.reads("Check your email");
    }
    let workers = [&ward.node, &other, &ward.node, &other].map(|node| {
        let node = node.clone();
        tokio::spawn(async move { node.delivers().await.sent })
    });
    let mut sent = 0;
    for worker in workers {
        sent += worker.await.unwrap();
    }
    assert_eq!(sent, MESSAGES);
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for mail in ward.mailbox.messages() {
        *arrived.entry(mail.message_id.clone()).or_default() += 1;
    }
    assert_eq!(arrived.len(), MESSAGES);
    assert!(arrived.values().all(|times| *times == 1), "{arrived:?}");
}
