//! The program itself, at a reader behind the real PC/SC service.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use card_agent::Portal as _;
use card_jobs::{Claim, Hex, Order, Outcome, PasscodeFrom, Report, SHORTEST_NONCE};
use piv::{CertificateObject, ManagementKey, Slot, commands};
use tempfile::TempDir;
use testkit::{CardBed, Reader, SharedCard, card};
use tokio::net::TcpListener;
use uuid::Uuid;
use vcard::Personal;

use crate::desk::{Orders, answers, transmit};

/// A portal on loopback that gives these orders, and remembers what it was told.
async fn serve(orders: impl IntoIterator<Item = Order>) -> (String, Arc<tokio::sync::Mutex<Orders>>) {
    let orders = Arc::new(tokio::sync::Mutex::new(Orders::new(orders)));
    let (claims, nexts) = (Arc::clone(&orders), Arc::clone(&orders));
    let json = |value: serde_json::Result<Vec<u8>>| -> Response { value.unwrap().into_response() };
    let claim = post(async move |body: String| {
        let claim: Claim = serde_json::from_str(&body).unwrap();
        json(serde_json::to_vec(&claims.lock().await.claim(&claim).await.unwrap()))
    });
    let next = post(async move |body: String| {
        let report: Report = serde_json::from_str(&body).unwrap();
        json(serde_json::to_vec(&nexts.lock().await.next(Uuid::nil(), "token", &report).await.unwrap()))
    });
    let app = Router::new().route("/card-api/v1/claim", claim).route("/card-api/v1/jobs/{job}/next", next);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, orders)
}

/// A workstation: the program, its settings, and who answers for the person.
struct Workstation {
    bed: CardBed,
    card: SharedCard,
    folder: TempDir,
}

impl Workstation {
    /// `confirms` is what the shell does before it says *Continue*.
    fn new(portal: &str, confirms: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pinentry = folder.path().join("pinentry");
        let script = format!(
            "#!/bin/sh\ncd '{}'\necho OK\nwhile read -r line; do case \"$line\" in GETPIN) echo D 123456; echo OK;; CONFIRM) {confirms}; echo OK;; \
             BYE) echo OK; exit 0;; *) echo OK;; esac; done\n",
            folder.path().display()
        );
        std::fs::write(&pinentry, script).unwrap();
        std::fs::set_permissions(&pinentry, std::fs::Permissions::from_mode(0o755)).unwrap();
        let settings = format!("portals = [\"{portal}\"]\npinentry = \"{}\"\n", pinentry.display());
        std::fs::write(folder.path().join("card-agent.toml"), settings).unwrap();
        Self { bed: CardBed::start(), card: card(&Personal::fresh()), folder }
    }

    fn program(&self) -> Command {
        let mut command = self.bed.program(env!("CARGO_BIN_EXE_fobwatch-card"));
        command.arg("--settings").arg(self.settings());
        command
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("card-agent.toml")
    }

    fn guid(&self) -> Hex {
        Hex(self.card.lock().unwrap().guid().0.to_vec())
    }
}

fn link(portal: &str) -> String {
    format!("fobwatch-card:job?portal={portal}&ticket=T1")
}

async fn ended(command: Command) -> Output {
    let mut command = command;
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_does_its_job_on_the_card_in_the_reader_and_resets_it() {
    let mut at = Workstation::new("http://127.0.0.1:1", "true");
    let (verify, read) =
        (Order::Verify { passcode: PasscodeFrom::AskCurrent }, transmit(&[commands::version()]));
    let (portal, orders) = serve([Order::Connect { card: Some(at.guid()) }, verify, read]).await;
    allow(&at.settings(), &portal);
    at.bed.insert(Reader::Second, &card(&Personal::fresh()));
    at.bed.insert(Reader::First, &at.card);
    let mut program = at.program();
    program.args(["job", &link(&portal)]);
    let output = ended(program).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let reports = orders.lock().await.reports.iter().map(|report| report.outcome.clone()).collect::<Vec<_>>();
    assert!(
        matches!(&reports[1], Outcome::Connected { reader, .. } if reader == Reader::First.name()),
        "{reports:?}"
    );
    assert_eq!(reports[2], Outcome::Done);
    assert_eq!(answers(&reports[3])[0].data(), [5, 7, 1]);
    let mut card = at.card.lock().unwrap();
    card.answer(&commands::select().bytes()).unwrap();
    assert_ne!(card.answer(&commands::tries_left().bytes()).unwrap(), [0x90, 0x00], "it was reset");
}

/// Writes the portal's address into the settings: it is known only once it listens.
fn allow(settings: &Path, portal: &str) {
    let text = std::fs::read_to_string(settings).unwrap();
    std::fs::write(settings, text.replace("http://127.0.0.1:1", portal)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_put_in_after_it_was_asked_for_is_found() {
    // The window for the card opens second, after the one that asks whether to begin: it waits for the test.
    let mut at = Workstation::new(
        "http://127.0.0.1:1",
        "if [ -e begun ]; then read -r _ < window; else touch begun; fi",
    );
    let (portal, orders) = serve([Order::Connect { card: Some(at.guid()) }]).await;
    allow(&at.settings(), &portal);
    let window = at.folder.path().join("window");
    assert!(Command::new("mkfifo").arg(&window).status().unwrap().success());
    let mut program = at.program();
    program.args(["job", &link(&portal)]);
    let ends = tokio::spawn(ended(program));
    // Opening a pipe to write waits for who reads it.
    let opened =
        tokio::task::spawn_blocking(move || std::fs::OpenOptions::new().write(true).open(window).unwrap());
    opened.await.unwrap().write_all(b"\n").unwrap();
    at.bed.insert(Reader::First, &at.card);
    assert!(ends.await.unwrap().status.success());
    let reports = &orders.lock().await.reports;
    assert!(matches!(reports[1].outcome, Outcome::Connected { .. }), "{reports:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_of_a_portal_that_the_machine_does_not_know_reaches_nobody() {
    let at = Workstation::new("https://access.northfield.example", "true");
    let (portal, orders) = serve([]).await;
    let mut program = at.program();
    program.args(["job", &link(&portal)]);
    let output = ended(program).await;
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not work for"));
    assert!(orders.lock().await.reports.is_empty());
}

#[test]
fn the_extension_is_answered_with_what_the_card_signed() {
    let mut at = Workstation::new("https://access.northfield.example", "true");
    {
        let mut card = at.card.lock().unwrap();
        let mut send = |command: &piv::Command| {
            let answer = piv::exchange(command, |bytes| card.answer(bytes)).unwrap();
            assert!(answer.status.is_success(), "{answer:?}");
            answer
        };
        send(&commands::select());
        let witness = send(&ManagementKey::ask_for_witness());
        send(&ManagementKey::new(Personal::MANAGEMENT_KEY).answer(&witness, &[7; 16]).unwrap());
        send(&commands::generate(Slot::Authentication));
        let content = CertificateObject { certificate: b"der".to_vec() }.content();
        send(&commands::put_data(Slot::Authentication.certificate(), &content));
    }
    at.bed.insert(Reader::First, &at.card);
    let ask = |origin: &str| {
        let question =
            serde_json::json!({ "do": "sign-in", "origin": origin, "nonce": "n".repeat(SHORTEST_NONCE) });
        let question = question.to_string();
        let mut program = at.program();
        let mut program = program.arg("native").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = program.stdin.take().unwrap();
        stdin.write_all(&u32::try_from(question.len()).unwrap().to_ne_bytes()).unwrap();
        stdin.write_all(question.as_bytes()).unwrap();
        let mut answer = Vec::new();
        program.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
        assert!(program.wait().unwrap().success());
        serde_json::from_slice::<serde_json::Value>(&answer[4..]).unwrap()
    };
    let token = ask("https://access.northfield.example");
    assert_eq!(token["token"]["certificate"], "646572", "{token}");
    assert!(token["token"]["signature"].as_str().unwrap().starts_with("30"), "{token}");
    assert_eq!(ask("https://evil.example"), serde_json::json!({ "refused": "foreign-origin" }));
}
