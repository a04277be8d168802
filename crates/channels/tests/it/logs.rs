//! All that any library writes at the most talkative level, while messages are sent and refused.

use std::io;
use std::sync::{Arc, Mutex};

use channels::{EmailChannel, GovukNotify, HttpText, SmtpChannel, Text, TextChannel};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::mail_server::{MailServer, Manner, SMTPS};
use crate::smtp::{FROM, email};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_at_any_level_holds_a_code_an_address_a_number_or_a_secret() {
    let log = Log::default();
    // The stand-in for a provider runs in this process, too, and shows what it was sent.
    let all_but_the_stand_in =
        Targets::new().with_default(LevelFilter::TRACE).with_target("wiremock", LevelFilter::OFF);
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log.clone()))
        .with(all_but_the_stand_in)
        .init();

    let server = MailServer::start(Manner { login: "mail-user:mail-password", ..SMTPS });
    let at = format!("127.0.0.1:{}?ca={}", server.port, server.certificate().display());
    let mail = SmtpChannel::new(&format!("smtps://mail-user:mail-password@{at}"), FROM).unwrap();
    mail.send(&email("amina@northfield.example")).await.unwrap();
    mail.send(&email("reply-550@northfield.example")).await.unwrap_err();

    let provider = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(500).set_body_string("to 7700900199"))
        .mount(&provider)
        .await;
    let secret = "3d844edf-8d35-48ac-975b-e847b4f122b0";
    let key = format!("name-26785a09-ab16-4eb0-8407-a37497a57506-{secret}");
    let text = Text {
        to: "+447700900199".into(),
        body: "998877 is your code".into(),
        reference: "outbox-1".into(),
        report_token: Some("token-7".into()),
    };
    GovukNotify::new(&provider.uri(), &key, "t").unwrap().send(&text).await.unwrap_err();
    HttpText::new(&provider.uri(), "gateway-key").unwrap().send(&text).await.unwrap_err();

    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(!log.is_empty(), "the libraries do write at this level, so the test sees something");
    for line in log.lines() {
        for private in [
            "012345",
            "998877",
            "amina",
            "900199",
            "mail-password",
            secret,
            "gateway-key",
            "bWFpbC1wYXNzd29yZA",
        ] {
            assert!(!line.contains(private), "{private} in {line}");
        }
    }
}
