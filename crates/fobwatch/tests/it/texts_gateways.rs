//! Texts by an SMPP centre and by Kannel: programs that we did not write, on this machine.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::AMINA;
use crate::ward::Ward;
use channels::{DeliveryReport, DeliveryState, Kannel, ReportedMessage, SendError, Smpp, Text, TextChannel};
use journeys::reports;
use rstest::rstest;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::delivery::{DeliveryFilters, DeliveryStatus};
use testkit::{KannelGateway, SmppCentre};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

fn smpp(centre: &SmppCentre) -> Smpp {
    Smpp::new(&centre.url(), SmppCentre::USER, SmppCentre::PASSWORD, "Northfield").unwrap()
}

fn text(body: &str) -> Text {
    Text {
        to: "+447700900123".to_owned(),
        body: body.to_owned(),
        reference: "outbox-17".to_owned(),
        report_token: None,
    }
}

fn code_in(text: &str) -> String {
    text.chars().take(6).collect()
}

/// Waits until the page of a person says so: reports come when they come.
async fn until(ward: &Ward, condition: &str) {
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..600 {
        looks.tick().await;
        if ward.db.count("outbox", condition).await > 0 {
            return;
        }
    }
    panic!("no message has {condition}");
}

#[rstest]
#[tokio::test]
async fn a_code_goes_over_smpp_and_its_receipt_comes_back(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let mut centre = SmppCentre::start().await;
    let mut ward = Ward::new(kind).await;
    ward.node = ward.node.texting(Arc::new(smpp(&centre)), |_| {});
    let stop = CancellationToken::new();
    let listening = tokio::spawn(reports::listen(ward.node.service.clone(), stop.clone()));
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    ward.delivers().await;
    let sent = centre.next_text().await;
    assert_eq!((sent.to.as_str(), sent.from.as_str()), ("447700900123", "Northfield"));
    assert_eq!((sent.data_coding, sent.esm_class, sent.registered_delivery), (0, 0, 1));

    centre.report(&sent.id, "UNDELIV");
    until(&ward, "failure = 'permanent' AND provider = 'smpp'").await;
    amina.reloads().await.says("Your code could not be delivered");
    ward.waits(31);
    amina.presses("Send New Code").await;
    ward.delivers().await;
    let sent = centre.next_text().await;
    centre.report(&sent.id, "DELIVRD");
    until(&ward, "delivered_at IS NOT NULL").await;
    amina.reloads().await.says("The text message has arrived on the phone.");
    amina.types(&code_in(&sent.text)).await.reads("Your mobile phone is verified");
    stop.cancel();
    listening.await.unwrap();
}

#[tokio::test]
async fn a_receipt_that_is_faster_than_our_own_note_is_not_lost() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    // The first id that the provider gives.
    let reference = "6e6f7469-6679-4000-8000-000000000000".to_owned();
    let about = ReportedMessage::Theirs { provider: "govuk-notify", reference };
    let early = DeliveryReport { about, state: DeliveryState::Delivered };
    reports::enter(&ward.node.service, &early).await.unwrap();
    reports::enter(&ward.node.service, &early).await.unwrap();
    assert_eq!(reports::reconcile(&ward.node.service).await.unwrap(), 0);
    ward.delivers().await;
    assert_eq!(reports::reconcile(&ward.node.service).await.unwrap(), 1);
    assert_eq!(ward.db.count("outbox", "delivered_at IS NOT NULL").await, 1);
    assert_eq!(ward.db.count("early_report", "1 = 1").await, 0);
}

#[tokio::test]
async fn letters_of_every_script_arrive_whole() {
    let mut centre = SmppCentre::start().await;
    let channel = smpp(&centre);
    let long = "Zażółć gęślą jaźń. ".repeat(8);
    for (body, coding) in [
        ("012345 is your Northfield code. £5 @ [€]", 0),
        ("Zażółć gęślą jaźń 漢字 😀", 8),
        (long.as_str(), 8),
    ] {
        let receipt = channel.send(&text(body)).await.unwrap();
        let sent = centre.next_text().await;
        assert_eq!((sent.text.as_str(), sent.data_coding), (body, coding));
        assert_eq!((receipt.provider_reference, receipt.provider), (Some(sent.id), Some("smpp")));
    }
}

#[tokio::test]
async fn when_the_centre_comes_back_so_do_we() {
    let mut centre = SmppCentre::start().await;
    let channel = Arc::new(smpp(&centre));
    let reports = {
        let channel = channel.clone();
        tokio::spawn(async move { channel.next_report().await })
    };
    centre.is_bound().await;
    let receipt = channel.send(&text("012345 is your code.")).await.unwrap();
    centre.hangs_up();
    // Without a further message: receipts need the connection.
    centre.is_bound().await;
    centre.report(receipt.provider_reference.as_deref().unwrap(), "DELIVRD");
    let report = reports.await.unwrap();
    assert_eq!(report.state, DeliveryState::Delivered);

    let port = centre.ends();
    let error = channel.send(&text("012345 is your code.")).await.unwrap_err();
    assert!(matches!(error, SendError::Transient(_)), "{error}");
    let mut centre = SmppCentre::start_on(port).await;
    channel.send(&text("543210 is your code.")).await.unwrap();
    assert_eq!(centre.next_text().await.text, "543210 is your code.");
}

#[tokio::test]
async fn what_the_centre_answers_says_whose_turn_it_is() {
    let mut centre = SmppCentre::start().await;
    let channel = smpp(&centre);
    channel.check().await.unwrap();
    for (status, kind) in [
        (0x0B, "permanent"),
        (0x58, "transient"),
        (0x14, "transient"),
        (0x0A, "misconfigured"),
        (0x400, "misconfigured"),
    ] {
        centre.answers(status);
        // The centre reads the answer that it shall give from a pipe: a message that it takes before is another one.
        let error = loop {
            if let Err(error) = channel.send(&text("012345 is your code.")).await {
                break error;
            }
        };
        assert_eq!(error.kind(), kind, "{status:#x}: {error}");
        assert!(!error.to_string().contains("7700900123"), "{error}");
    }
    let stranger = Smpp::new(&centre.url(), SmppCentre::USER, "another", "").unwrap();
    assert_eq!(stranger.check().await.unwrap_err().kind(), "misconfigured");
}

#[rstest]
#[tokio::test]
async fn a_code_goes_through_kannel_and_its_report_comes_back(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let mut centre = SmppCentre::start().await;
    let kannel = KannelGateway::start(&mut centre).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = Url::parse(&format!("http://{}/callbacks/kannel", listener.local_addr().unwrap())).unwrap();
    let channel =
        Kannel::new(&kannel.url(), KannelGateway::USER, KannelGateway::PASSWORD, "", &here).unwrap();
    channel.check().await.unwrap();

    let mut ward = Ward::new(kind).await;
    ward.node = ward.node.texting(Arc::new(channel), |_| {});
    let pages = ward.node.pages.clone().into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(axum::serve(listener, pages).into_future());
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    ward.delivers().await;
    let sent = centre.next_text().await;
    assert_eq!((sent.to.as_str(), sent.data_coding), ("447700900123", 0));
    centre.report(&sent.id, "DELIVRD");
    until(&ward, "delivered_at IS NOT NULL AND provider = 'http-gateway'").await;
    amina.reloads().await.says("The text message has arrived on the phone.");
    amina.types(&code_in(&sent.text)).await.reads("Your mobile phone is verified");

    // Kannel says in its log what it sends to whom: the handbook warns of it. The password is not in it.
    assert!(kannel.log().contains(&sent.text));
    assert!(!kannel.log().contains(&format!("password={}", KannelGateway::PASSWORD)));

    // Whoever knows the id of a message knows not yet its token.
    let filters = DeliveryFilters { status: Some(DeliveryStatus::Delivered), ..DeliveryFilters::default() };
    let log = ward.store().delivery_log(ward.northfield().await, &filters, 1).await.unwrap();
    let message = log.entries[0].id;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (token, status) in [("0".repeat(32), 403), (String::new(), 403)] {
        let url = format!("{here}?message={message}&token={token}&state=2");
        assert_eq!(client.get(url).send().await.unwrap().status().as_u16(), status);
    }
    assert_eq!(
        client.get(format!("{here}?message={message}&state=2")).send().await.unwrap().status().as_u16(),
        403
    );
    assert_eq!(ward.db.count("outbox", "failed_at IS NOT NULL").await, 0);
    serving.abort();
}

#[tokio::test]
async fn kannel_takes_every_script_and_tells_a_wrong_password() {
    let mut centre = SmppCentre::start().await;
    let kannel = KannelGateway::start(&mut centre).await;
    let here = Url::parse("http://127.0.0.1:9/callbacks/kannel").unwrap();
    let with = |password| Kannel::new(&kannel.url(), KannelGateway::USER, password, "", &here).unwrap();
    with(KannelGateway::PASSWORD).send(&text("Zażółć gęślą jaźń")).await.unwrap();
    let sent = centre.next_text().await;
    assert_eq!((sent.text.as_str(), sent.data_coding), ("Zażółć gęślą jaźń", 8));
    for outcome in [with("wrong").check().await, with("wrong").send(&text("x")).await.map(|_| ())] {
        assert_eq!(outcome.unwrap_err().kind(), "misconfigured");
    }
}
