use std::time::Duration;

use channels::{Email, EmailChannel, SendError, SmtpChannel};
use futures::future::join_all;
use mail_parser::{MessageParser, MimeHeaders};

use crate::mail_server::{MailServer, PLAIN, connections};

pub const FROM: &str = "Northfield Staff <no-reply@northfield.example>";

pub fn email(to: &str) -> Email {
    Email {
        to: to.into(),
        from: String::new(),
        subject: "Your code for St Mary\u{2019}s, Zoë".into(),
        text: "Dear Zoë O\u{2019}Brien,\n\nYour code is 012345.\n.\nA line with a dot alone stands above.\n"
            .into(),
        html: "<!doctype html><html lang=\"en\"><body><p>Dear Zoë O\u{2019}Brien, 012345</p></body></html>"
            .into(),
        message_id: "join-0192f0c1.1@northfield.example".into(),
        date: "2026-11-22T09:58:00Z".parse().unwrap(),
    }
}

fn channel(server: &MailServer) -> SmtpChannel {
    SmtpChannel::new(&server.url(""), FROM).unwrap()
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written_with_what_mail_systems_want() {
    let server = MailServer::start(PLAIN);
    let receipt = channel(&server).send(&email("zoe@northfield.example")).await.unwrap();
    assert_eq!(receipt.provider_reference.as_deref(), Some("4XyZ"));

    let (events, mail) = server.stop();
    let taken = events.iter().find(|event| event["event"] == "taken").unwrap();
    assert_eq!(taken["sender"], "no-reply@northfield.example");
    assert_eq!(taken["recipients"], serde_json::json!(["zoe@northfield.example"]));
    assert_eq!(taken["hello"], "northfield.example");

    let raw = &mail[0];
    assert!(raw.is_ascii(), "every mail server takes it");
    assert!(raw.split(|byte| *byte == b'\n').all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
    let message = MessageParser::default().parse(raw).unwrap();
    assert_eq!(message.subject(), Some("Your code for St Mary\u{2019}s, Zoë"));
    assert_eq!(message.message_id(), Some("join-0192f0c1.1@northfield.example"));
    assert_eq!(message.date().unwrap().to_rfc3339(), "2026-11-22T09:58:00Z");
    assert_eq!(message.from().unwrap().first().unwrap().name(), Some("Northfield Staff"));
    assert_eq!(message.to().unwrap().first().unwrap().address(), Some("zoe@northfield.example"));
    assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert!(message.is_content_type("multipart", "alternative"));
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), email("").text.trim_end());
    assert_eq!(message.body_html(0).unwrap().trim_end(), email("").html);
    for part in [message.text_part(0), message.html_part(0)] {
        assert_eq!(part.unwrap().content_type().unwrap().attribute("charset"), Some("utf-8"));
    }
    assert_eq!(message.attachment_count(), 0);
}

#[tokio::test]
async fn every_attempt_carries_the_same_id_and_date() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    for _ in 0..2 {
        channel.send(&email("zoe@northfield.example")).await.unwrap();
    }
    let ids = server.mail().into_iter().map(|raw| {
        let message = MessageParser::default().parse(&raw).unwrap();
        (message.message_id().unwrap().to_owned(), message.date().unwrap().to_rfc3339())
    });
    let ids: Vec<_> = ids.collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn ten_messages_in_a_row_share_one_connection() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    for _ in 0..10 {
        channel.send(&email("zoe@northfield.example")).await.unwrap();
        // The connection goes back to the pool in a task of its own.
        tokio::task::yield_now().await;
    }
    let (events, mail) = server.stop();
    assert_eq!((mail.len(), connections(&events)), (10, 1));
}

#[tokio::test]
async fn forty_messages_at_once_all_arrive() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    let emails: Vec<Email> = (0..40).map(|n| email(&format!("person{n}@northfield.example"))).collect();
    for outcome in join_all(emails.iter().map(|email| channel.send(email))).await {
        outcome.unwrap();
    }
    let mut recipients: Vec<String> = server
        .mail()
        .iter()
        .map(|raw| {
            MessageParser::default()
                .parse(raw)
                .unwrap()
                .to()
                .unwrap()
                .first()
                .unwrap()
                .address()
                .unwrap()
                .into()
        })
        .collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 40);
}

#[tokio::test]
async fn a_refusal_says_whether_to_try_again_and_names_nobody() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    for (reply, kind) in [
        ("550-5.1.1", "permanent"),
        ("554", "permanent"),
        ("452-4.2.2", "transient"),
        ("421", "transient"),
        ("530-5.7.0", "misconfigured"),
        ("550-5.7.26", "misconfigured"),
    ] {
        let error = channel.send(&email(&format!("reply-{reply}@northfield.example"))).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{reply}: {error}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&reply[..3]), "{shown}");
        for private in ["northfield", "reply-", "do not take", "012345"] {
            assert!(!shown.contains(private), "{private} in {shown}");
        }
        channel.send(&email("zoe@northfield.example")).await.expect("the next message is not harmed");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again_later() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    channel.check().await.unwrap();
    server.stop();
    let error = channel.send(&email("zoe@northfield.example")).await.unwrap_err();
    assert!(matches!(error, SendError::Transient(_)), "{error}");
    assert!(matches!(channel.check().await, Err(SendError::Transient(_))));
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_costs_no_message() {
    let first = MailServer::start(PLAIN);
    let channel = channel(&first);
    channel.send(&email("zoe@northfield.example")).await.unwrap();
    let port = first.port;
    first.stop();
    let second = MailServer::start(crate::mail_server::Manner { port, ..PLAIN });
    channel.send(&email("zoe@northfield.example")).await.unwrap();
    assert_eq!(second.mail().len(), 1);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for_and_harms_no_later_message() {
    let mut server = MailServer::start(PLAIN);
    let channel = channel(&server).with_timeout(Duration::from_secs(2));
    let silent = email("silent@northfield.example");
    let (outcome, other) =
        tokio::join!(channel.send(&silent), async { channel.send(&email("zoe@northfield.example")).await });
    assert_eq!(outcome, Err(SendError::Transient("the mail server did not answer in time".into())));
    other.unwrap();
    for _ in 0..3 {
        channel.send(&email("zoe@northfield.example")).await.unwrap();
    }
    assert_eq!(server.next_event()["event"], "connected");
    let (_, mail) = server.stop();
    assert_eq!(mail.len(), 4);
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_middle_is_tried_again_later() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    let error = channel.send(&email("hang-up@northfield.example")).await.unwrap_err();
    assert_eq!(error.kind(), "transient", "{error}");
    channel.send(&email("zoe@northfield.example")).await.unwrap();
}

#[tokio::test]
async fn an_address_that_the_server_cannot_write_is_refused_for_good() {
    let server = MailServer::start(PLAIN);
    let error = channel(&server).send(&email("zoë@northfield.example")).await.unwrap_err();
    assert_eq!(
        error,
        SendError::Permanent("the mail server takes no address with letters outside a-z".into())
    );
}

#[tokio::test]
async fn a_message_may_name_its_own_sender() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    let mut own = email("zoe@northfield.example");
    own.from = "Zoë at Southmere <staff@southmere.example>".into();
    channel.send(&own).await.unwrap();
    own.from = "nobody".into();
    assert_eq!(channel.send(&own).await.unwrap_err().kind(), "misconfigured");
    let raw = server.mail().remove(0);
    let message = MessageParser::default().parse(&raw).unwrap();
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Zoë at Southmere"), Some("staff@southmere.example")));
}

#[tokio::test]
async fn a_sender_that_stops_waiting_harms_no_later_message() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    channel.check().await.unwrap();
    for _ in 0..20 {
        let abandoned = email("zoe@northfield.example");
        let sending = channel.send(&abandoned);
        futures::pin_mut!(sending);
        // One poll: the conversation has begun, and its sender is dropped in the middle of it.
        assert!(futures::poll!(&mut sending).is_pending());
    }
    for n in 0..20 {
        let receipt = channel.send(&email(&format!("person{n}@northfield.example"))).await.unwrap();
        assert_eq!(receipt.provider_reference.as_deref(), Some("4XyZ"));
    }
    let arrived = server.mail();
    for n in 0..20 {
        let wanted = format!("To: person{n}@northfield.example");
        let copies = arrived
            .iter()
            .filter(|raw| String::from_utf8_lossy(raw).contains(&format!("{wanted}\n")))
            .count();
        assert_eq!(copies, 1, "{wanted}");
    }
}

#[tokio::test]
async fn nothing_in_a_message_becomes_a_header() {
    let server = MailServer::start(PLAIN);
    let channel = channel(&server);
    let mut sly = email("zoe@northfield.example");
    sly.subject = "Hello\r\nBcc: everyone@northfield.example\r\n\r\nBody".into();
    channel.send(&sly).await.unwrap();
    let raw = server.mail().remove(0);
    let message = MessageParser::default().parse(&raw).unwrap();
    assert!(message.bcc().is_none());
    assert_eq!(message.subject(), Some("Hello  Bcc: everyone@northfield.example    Body"));

    for bad in [
        "zoe@northfield.example\r\nRCPT TO:<x@x.example>",
        "zoe",
        "",
        "a@b, c@d",
        "Zoe <zoe@northfield.example>",
    ] {
        let error = channel.send(&email(bad)).await.unwrap_err();
        assert_eq!(error.kind(), "permanent", "{bad:?}: {error}");
        assert!(!error.to_string().contains("zoe"), "{error}");
    }
    let mut bad_id = email("zoe@northfield.example");
    bad_id.message_id = "a@b>\r\nBcc: x@x.example".into();
    assert_eq!(channel.send(&bad_id).await.unwrap_err().kind(), "misconfigured");
    assert_eq!(server.mail().len(), 1);
}

#[test]
fn a_sender_that_cannot_be_read_is_refused_at_the_start() {
    for bad in ["", "Northfield Staff", "no-reply@"] {
        let error = SmtpChannel::new("smtp://127.0.0.1:25", bad).unwrap_err().to_string();
        assert!(error.contains("write Northfield Staff <no-reply@northfield.example>"), "{error}");
    }
}

#[test]
fn debug_shows_no_address_body_or_password() {
    let channel = SmtpChannel::new("smtps://user:hush-hush@mail.northfield.example", FROM).unwrap();
    let shown = format!("{channel:?} {:?}", email("zoe@northfield.example"));
    for private in ["hush", "user", "zoe", "012345", "Zoë", "no-reply"] {
        assert!(!shown.contains(private), "{private} in {shown}");
    }
}
