//! The program that people install, at a reader behind the real PC/SC service, with the real service for smartcards over HTTP.

use super::workstation::{Held, PASSCODE};
use crate::database::Sqlite;
use crate::ward::{Setup, Ward};
use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use testkit::{CardBed, Reader};
use tokio::task::JoinHandle;
use uuid::Uuid;
use vcard::{Firmware, Pull};

/// Agrees to everything and types nothing: the page had the passcode. Where it is asked for one, it types that of everybody's card.
const PINENTRY: &str = r#"#!/bin/sh
echo "OK at your service"
while read -r line; do
  case "$line" in
    GETPIN) echo "D PASSCODE"; echo OK ;;
    BYE) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
"#;

/// What the agent is installed as, beside the tests.
fn agent() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap().join("fobwatch-card");
    assert!(built.exists(), "build the agent first: cargo build -p card-agent ({})", built.display());
    built
}

/// The machine's file, and the program that stands in for the one that asks.
fn settings(folder: &Path, portal: &str) -> PathBuf {
    let pinentry = folder.join("pinentry");
    std::fs::write(&pinentry, PINENTRY.replace("PASSCODE", PASSCODE)).unwrap();
    std::fs::set_permissions(&pinentry, std::fs::Permissions::from_mode(0o755)).unwrap();
    let settings = folder.join("card-agent.toml");
    let text = format!("portals = [\"{portal}\"]\npinentry = \"{}\"\n", pinentry.display());
    std::fs::write(&settings, text).unwrap();
    settings
}

/// A desk with the program, a reader, and a portal that it reaches.
pub struct Desk {
    pub ward: Ward,
    pub bed: CardBed,
    pub held: Held,
    folder: TempDir,
    settings: PathBuf,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Desk {
    /// With a card in the first reader that was issued to somebody.
    pub async fn new(firmware: Firmware) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let portal: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
        let ward = Ward::with(Setup { public_url: portal, ..Setup::on(Sqlite) }).await;
        let pages = ward.node.pages.clone().into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, pages).await });
        let owner = ward.has_people(1).await[0];
        let held = ward.card_of(owner, firmware).await;
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), portal);
        let mut bed = CardBed::start();
        bed.insert(Reader::First, &held.plastic.0);
        Self { ward, bed, held, folder, settings, serving }
    }

    /// The link of a job's page is followed. Answers how the program ended, and what it said. Where `killed` names a command of the
    /// card, counted from 0, the program is killed at it: before it takes effect, or after.
    pub async fn works(&self, id: Uuid, killed: Option<(u32, Pull)>) -> (ExitStatus, String) {
        let link = self.ward.view(&self.held, id).await.link.unwrap();
        let log = self.folder.path().join("log");
        let file = File::create(&log).unwrap();
        let mut program = self.bed.program(agent());
        program.arg("--settings").arg(&self.settings).args(["job", &link]);
        program.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let running: Arc<Mutex<Option<Child>>> = Arc::default();
        if let Some((command, when)) = killed {
            let program = running.clone();
            self.held.plastic.with(|card| {
                card.act_after(command, when, move || {
                    let mut program = program.lock().unwrap();
                    let program = program.as_mut().expect("it runs: it works the card");
                    program.kill().unwrap();
                    program.wait().unwrap();
                });
            });
        }
        {
            // The card waits here until it is known whom it may kill.
            let mut running = running.lock().unwrap();
            *running = Some(program.spawn().unwrap());
        }
        let mut look = tokio::time::interval(Duration::from_millis(5));
        let status = loop {
            look.tick().await;
            let ended = running.lock().unwrap().as_mut().unwrap().try_wait().unwrap();
            if let Some(status) = ended {
                break status;
            }
        };
        (status, std::fs::read_to_string(&log).unwrap())
    }
}
