use channels::{EmailChannel, SendError, SmtpChannel};

use crate::mail_server::{MailServer, Manner, PLAIN, SMTPS, STARTTLS, connections};
use crate::smtp::{FROM, email};

const LOGIN: &str = "staff@northfield.example:p@ss/word %:#";
const ENCODED: &str = "staff%40northfield.example:p%40ss%2Fword%20%25%3A%23@";

fn smtps(server: &MailServer, login: &str) -> SmtpChannel {
    let url = format!("smtps://{login}127.0.0.1:{}?ca={}", server.port, server.certificate().display());
    SmtpChannel::new(&url, FROM).unwrap()
}

async fn fails(url: &str) -> SendError {
    let channel = SmtpChannel::new(url, FROM).unwrap();
    let sent = channel.send(&email("zoe@northfield.example")).await.unwrap_err();
    assert_eq!(channel.check().await.as_ref(), Err(&sent), "the check finds what a message would meet");
    sent
}

#[tokio::test]
async fn smtps_with_a_login_delivers_encrypted() {
    let server = MailServer::start(Manner { login: LOGIN, ..SMTPS });
    let channel = smtps(&server, ENCODED);
    channel.check().await.unwrap();
    channel.send(&email("zoe@northfield.example")).await.unwrap();
    let (events, mail) = server.stop();
    let taken = events.iter().find(|event| event["event"] == "taken").unwrap();
    assert_eq!((&taken["encrypted"], &taken["user"]), (&true.into(), &"staff@northfield.example".into()));
    assert_eq!((mail.len(), connections(&events)), (1, 1));
}

#[tokio::test]
async fn starttls_delivers_encrypted_and_logs_in_only_afterwards() {
    let server = MailServer::start(Manner { login: LOGIN, ..STARTTLS });
    let url = format!(
        "smtp://{ENCODED}localhost:{}?tls=required&ca={}",
        server.port,
        server.certificate().display()
    );
    SmtpChannel::new(&url, FROM).unwrap().send(&email("zoe@northfield.example")).await.unwrap();
    let (events, _) = server.stop();
    let taken = events.iter().find(|event| event["event"] == "taken").unwrap();
    assert_eq!((&taken["encrypted"], &taken["user"]), (&true.into(), &"staff@northfield.example".into()));
}

#[tokio::test]
async fn on_this_machine_starttls_is_used_when_offered_whatever_the_certificate() {
    let server = MailServer::start(STARTTLS);
    SmtpChannel::new(&server.url(""), FROM).unwrap().send(&email("zoe@northfield.example")).await.unwrap();
    let (events, _) = server.stop();
    assert_eq!(events.iter().find(|event| event["event"] == "taken").unwrap()["encrypted"], true);
}

#[tokio::test]
async fn a_wrong_password_is_the_administrators_to_mend_and_is_not_repeated() {
    let server = MailServer::start(Manner { login: LOGIN, ..SMTPS });
    let channel = smtps(&server, "staff%40northfield.example:wrong-password@");
    let error = channel.send(&email("zoe@northfield.example")).await.unwrap_err();
    assert_eq!(error.kind(), "misconfigured");
    assert!(error.to_string().contains("did not accept user and password (535 5.7.8)"), "{error}");
    assert!(
        !error.to_string().contains("wrong-password") && !error.to_string().contains("staff@"),
        "{error}"
    );
    let (events, mail) = server.stop();
    assert!(events.iter().any(|event| event["event"] == "login" && event["right"] == false));
    assert!(mail.is_empty());
}

#[tokio::test]
async fn a_missing_login_is_the_administrators_to_mend() {
    let server = MailServer::start(Manner { login: LOGIN, ..SMTPS });
    let error = smtps(&server, "").send(&email("zoe@northfield.example")).await.unwrap_err();
    assert_eq!(error.kind(), "misconfigured", "{error}");
}

#[tokio::test]
async fn without_starttls_nothing_is_sent_where_it_is_required() {
    let server = MailServer::start(PLAIN);
    let error = fails(&server.url("?tls=required")).await;
    assert_eq!(error.kind(), "misconfigured");
    assert!(error.to_string().contains("no STARTTLS"), "{error}");
    assert!(server.mail().is_empty());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_stops_everything() {
    for (manner, url) in [(SMTPS, "smtps://127.0.0.1"), (STARTTLS, "smtp://127.0.0.1")] {
        let server = MailServer::start(manner);
        let error = fails(&format!("{url}:{}?tls=required", server.port)).await;
        assert_eq!(error.kind(), "misconfigured", "{error}");
        assert!(error.to_string().contains("certificate is not trusted"), "{error}");
        assert!(server.mail().is_empty());
    }
}

#[tokio::test]
async fn tls_at_a_port_that_does_not_speak_it_is_the_administrators_to_mend() {
    let server = MailServer::start(PLAIN);
    let error = fails(&format!("smtps://127.0.0.1:{}", server.port)).await;
    assert_eq!(error.kind(), "misconfigured", "{error}");
}

#[test]
fn a_file_of_certificates_that_is_none_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    for content in [None, Some(""), Some("not a certificate")] {
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let error = SmtpChannel::new(&format!("smtps://127.0.0.1?ca={}", path.display()), FROM).unwrap_err();
        assert!(error.to_string().contains("ca="), "{content:?}: {error}");
    }
}
