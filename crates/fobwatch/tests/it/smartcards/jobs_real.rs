//! The program that people install, through the real service for smartcards, over HTTP: nothing in between is ours to look away from.

use super::workstation::PASSCODE;
use crate::database::Sqlite;
use crate::ward::{Setup, Ward};
use journeys::smartcard::job::{JobState, Trouble};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use testkit::{CardBed, Reader};
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_installed_program_renews_a_card_in_a_real_reader_and_goes_on_after_it_was_pulled_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let portal: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let ward = Ward::with(Setup { public_url: portal, ..Setup::on(Sqlite) }).await;
    let pages = ward.node.pages.clone().into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, pages).await });
    let owner = ward.has_people(1).await[0];
    let held = ward.card_of(owner, Firmware::Plain).await;
    let before = ward.pair(&held).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), portal);
    let mut bed = CardBed::start();
    bed.insert(Reader::First, &held.plastic.0);

    let id = ward.asks_to_renew(&held).await;
    held.plastic.with(|card| card.pull_after(30, Pull::After));
    for round in 0..2 {
        let link = ward.view(&held, id).await.link.unwrap();
        let mut program = bed.program(agent());
        program.arg("--settings").arg(&settings).args(["job", &link]);
        let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let view = ward.view(&held, id).await;
        if round == 0 {
            assert_eq!(view.state, JobState::Stopped, "{view:?} {said}");
            assert!(matches!(view.trouble, Some(Trouble::NoCard | Trouble::CardGone)), "{view:?} {said}");
            assert_eq!(ward.pair(&held).await, before);
            bed.is_empty(Reader::First);
            held.plastic.is_back();
            bed.insert(Reader::First, &held.plastic.0);
            ward.goes_on(&held, id).await;
        } else {
            assert_eq!(view.state, JobState::Ended, "{view:?} {said}");
            assert_eq!(view.trouble, None, "{said}");
        }
    }
    // A tool that we did not write reads the certificate that signs in.
    let read = bed.says("pkcs15-tool", &["--read-certificate", "01"]);
    let read = pki::Certificate::all_from_pem(&read).unwrap();
    let pair = ward.pair(&held).await;
    assert_eq!(read[0].der(), pair[0].der);
    bed.pull(Reader::First);
    ward.card_holds_its_pair(&held).await;
    serving.abort();
}
