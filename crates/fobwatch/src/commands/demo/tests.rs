use clap::Parser as _;
use tempfile::TempDir;

use super::*;
use crate::commands::{Cli, Command};

fn asked_for(words: &[&str]) -> Demo {
    let cli = Cli::try_parse_from(["fobwatch", "demo"].iter().chain(words)).unwrap();
    let Command::Demo(demo) = cli.command else { panic!("not the demonstration") };
    demo
}

/// A port of this machine that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn in_folder(folder: &TempDir, more: &[&str]) -> Demo {
    let (listen, data) = (format!("127.0.0.1:{}", free_port()), folder.path().display().to_string());
    asked_for(&[&["--listen", &listen, "--data", &data], more].concat())
}

async fn status(running: &Running, path: &str) -> u16 {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    client.get(format!("http://{}{path}", running.address())).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_demonstration_stands_beside_the_pages_of_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let demo = in_folder(&folder, &[]);
    let running = demo.start(demo.config().unwrap()).await.unwrap();
    for path in [
        "/demo",
        "/demo/clock",
        "/demo/phone/mail",
        "/demo/phone/texts",
        "/demo/phone/codes",
        "/join",
        "/health/ready",
    ] {
        assert_eq!(status(&running, path).await, 200, "{path}");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_service_itself_knows_no_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let demo = in_folder(&folder, &[]);
    // So that the files are there which its configuration names.
    demo.start(demo.config().unwrap()).await.unwrap().stop().await;
    let running = start(demo.config().unwrap(), Hooks::default()).await.unwrap();
    for path in
        ["/demo", "/demo/", "/demo/clock", "/demo/phone/mail", "/demo/phone/codes", "/demo/assets/demo.css"]
    {
        assert_eq!(status(&running, path).await, 404, "{path}");
    }
    running.stop().await;
}

#[test]
fn the_demonstration_listens_on_no_address_that_others_can_reach() {
    for listen in ["0.0.0.0:8400", "[::]:8400", "192.0.2.1:8400", "[2001:db8::1]:8400", "127.0.0.1:0"] {
        let refused = asked_for(&["--listen", listen]).config().unwrap_err().to_string();
        assert!(refused.contains(listen), "{refused}");
    }
    for listen in ["127.0.0.1:8400", "127.1.2.3:8400", "[::1]:8400"] {
        asked_for(&["--listen", listen]).config().unwrap();
    }
}

#[tokio::test]
async fn accounts_and_clock_stay_until_a_fresh_start_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let organisation = async |more: &[&str]| {
        let demo = in_folder(&folder, more);
        let running = demo.start(demo.config().unwrap()).await.unwrap();
        let found = running.service().store.organisation_by_code("NTH").await.unwrap().unwrap();
        // Whoever runs keeps what it knows: the clock is turned when nobody does.
        running.stop().await;
        let kept = folder.path().join(PHONE);
        let ahead = demo::Demo::open(&kept, Arc::new(SystemClock)).unwrap().clock();
        let turned = ahead.turned().as_hours();
        ahead.turn(jiff::SignedDuration::from_hours(1));
        (found.id, turned)
    };
    let first = organisation(&[]).await;
    assert_eq!(organisation(&[]).await, (first.0, 1));
    let fresh = organisation(&["--fresh"]).await;
    assert_ne!(fresh.0, first.0);
    assert_eq!(fresh.1, 0);
}

#[tokio::test]
async fn a_fresh_start_leaves_other_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "mine").unwrap();
    in_folder(&folder, &["--fresh"]).forget().unwrap();
    assert_eq!(std::fs::read_to_string(letter).unwrap(), "mine");
}

#[tokio::test]
async fn a_card_is_due_and_one_is_blocked_for_people_who_have_joined_already() {
    let folder = tempfile::tempdir().unwrap();
    for _ in ["it begins", "it goes on"] {
        let demo = in_folder(&folder, &[]);
        let running = demo.start(demo.config().unwrap()).await.unwrap();
        let (store, now) = (&running.service().store, running.service().clock.now());
        let hospital = store.organisation_by_code("NTH").await.unwrap().unwrap();
        let mut stand = Vec::new();
        for one in AT_WORK.iter().filter(|one| !one.card.is_empty()) {
            let search = store::smartcard_lists::CardSearch::new(one.card);
            let found = store.search_smartcards(hospital.id, &search, 2).await.unwrap();
            let card = store.smartcard(found[0]).await.unwrap().unwrap();
            assert!(card.is_live(), "{}", one.name);
            let left = card.expires_at.unwrap().duration_since(now).as_hours() / 24;
            stand.push((card.tries_left, left <= i64::from(DUE_IN_DAYS)));
        }
        assert_eq!(stand, [(Some(3), true), (Some(0), false)]);
        assert_eq!(store.role_holders(hospital.id).await.unwrap().len(), 1);
        running.stop().await;
    }
}
