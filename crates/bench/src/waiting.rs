//! Phones that wait for a question: what each costs, and how long a question takes to reach its phone.

use crate::load::Connection;
use crate::people::{self, Person, now};
use crate::server::Server;
use crate::service::{self, CROWD, SIGN_INS};
use crate::{ROUNDS, percentile};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use store::Store;
use store::asked::{How, NewAsked, WhatFor};
use store::authenticator::NewDevice;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::method_setup::NewMethodSetup;
use testkit::SoftApp;
use tokio::task::JoinSet;
use uuid::Uuid;
use vault::{Keys, SystemRandom, new_id};

/// So many phones connect at once.
const HANDS: usize = 64;
/// So many of those that wait are asked something.
const ASKED: usize = 1_000;
/// One question follows the other after this long.
const PAUSE: Duration = Duration::from_millis(10);

/// Whose phone was told of a question, and when.
type Told = (Uuid, Instant);

/// A phone, and the account that it belongs to.
#[derive(Clone)]
struct Waiting {
    account: Uuid,
    method: Uuid,
    device: Uuid,
}

/// A second way into the database: what is asked there is asked as on another node.
async fn beside(folder: &Path) -> Result<Store> {
    let keys = Arc::new(Keys::load(&folder.join("keys"))?);
    let url = format!("sqlite://{}", folder.join("fobwatch.db").display());
    Ok(Store::open(&url, 2, keys, Arc::new(SystemRandom::new())).await?)
}

/// Gives each of these people a phone. They have one key between them: what is measured is the service.
async fn enrol(store: &Store, app: &SoftApp, people: &[Person]) -> Result<Vec<Waiting>> {
    let (random, now) = (SystemRandom::new(), now());
    let mut tx = store.begin().await?;
    let mut phones = Vec::with_capacity(people.len());
    for person in people {
        let [setup, method, device, session] = std::array::from_fn(|_| new_id(now, &random));
        let secret = MethodSecret::seed(vault::totp::new_seed(&random));
        let kind = MethodKind::Approval;
        let new = NewMethodSetup {
            id: setup,
            account_id: person.id,
            session_id: session,
            kind,
            secret: None,
            replaces: None,
        };
        tx.add_method_setup(new, now).await?;
        let key = app.public_key();
        let new =
            NewDevice { id: device, account_id: person.id, setup_id: setup, public_key: &key, name: "Phone" };
        tx.enrol(new, now).await?;
        tx.add_sign_in_method(method, person.id, kind, &secret, 0, now).await?;
        tx.authenticator_becomes(setup, method).await?;
        phones.push(Waiting { account: person.id, method, device });
    }
    tx.commit().await?;
    Ok(phones)
}

/// Measures it with so many phones, and what others feel of them.
pub(crate) async fn measure(binary: &Path, phones: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (people, keys) = people::settle(folder.path(), phones + 2 * (SIGN_INS * ROUNDS + CROWD)).await?;
    let (with_phones, people) = people.split_at(phones);
    let (beside, alone) = people.split_at(people.len() / 2);
    let server = Server::start(binary, folder.path()).await?;
    // First, while no memory of other work is there to be used again.
    let mut waiting = waiting(&server, folder.path(), with_phones).await?;
    println!("beside them:");
    others(&server, beside, &keys).await?;
    while let Some(phone) = waiting.try_join_next() {
        phone??;
    }
    drop(waiting);
    println!("when they have gone:");
    others(&server, alone, &keys).await?;
    server.stop().await
}

async fn others(server: &Server, people: &[Person], keys: &Keys) -> Result<()> {
    let (crowd, people) = people.split_at(CROWD);
    service::sign_ins(server, people, keys).await?;
    service::at_once(server, crowd).await
}

/// Lets all of these people's phones wait, and asks some of them. Those that were not asked wait on.
async fn waiting(server: &Server, folder: &Path, people: &[Person]) -> Result<JoinSet<Result<Told>>> {
    let store = beside(folder).await?;
    let app = Arc::new(SoftApp::new(&format!("http://{}", server.address)));
    let phones = enrol(&store, &app, people).await?;
    let before = server.memory()?;

    let connected = Arc::new(AtomicUsize::new(0));
    let mut hands = JoinSet::new();
    for phone in phones.iter().cloned() {
        let (app, connected, address) = (Arc::clone(&app), Arc::clone(&connected), server.address);
        // Not all at once, so that no queue of the network overflows.
        while hands.len() - connected.load(Ordering::Relaxed).min(hands.len()) > HANDS {
            tokio::task::yield_now().await;
        }
        hands.spawn(async move {
            let mut connection = Connection::open(address).await?;
            connected.fetch_add(1, Ordering::Relaxed);
            loop {
                let jws = app.says_as(&phone.device.to_string(), "requests", &json!({ "wait": 25 }), now());
                let body = json!({ "jws": jws }).to_string();
                let (status, answer) =
                    connection.post_json("/authenticator/api/1/requests", None, body).await?;
                ensure!(status == 200, "a phone is answered with {status}");
                let answer: Value = serde_json::from_slice(&answer)?;
                if answer["requests"].as_array().is_some_and(|requests| !requests.is_empty()) {
                    return Ok((phone.account, Instant::now()));
                }
            }
        });
    }
    // Every phone's first request has been answered or waits.
    let settled = tokio::time::Instant::now() + Duration::from_secs(3);
    tokio::time::interval_at(settled, Duration::from_secs(1)).tick().await;
    let memory = server.memory()?.saturating_sub(before);
    println!(
        "{} phones waiting: {:.1} kB of memory each",
        phones.len(),
        kilo(memory) / f64::from(u32::try_from(phones.len()).unwrap_or(u32::MAX)),
    );

    let mut asked = std::collections::HashMap::new();
    for phone in phones.iter().take(ASKED) {
        ask(&store, phone).await?;
        asked.insert(phone.account, Instant::now());
        let next = tokio::time::Instant::now() + PAUSE;
        tokio::time::interval_at(next, PAUSE).tick().await;
    }
    let mut took = Vec::new();
    while took.len() < asked.len() {
        let (account, at) = hands.join_next().await.context("a phone gave up")???;
        let since = asked.get(&account).context("a phone was told what it was not asked")?;
        took.push(at.saturating_duration_since(*since).as_secs_f64() * 1_000.0);
    }
    println!(
        "a question asked on another node reaches its phone in {:.0} ms (median), {:.0} ms (99th of 100)",
        percentile(&mut took, 50),
        percentile(&mut took, 99)
    );
    store.close().await;
    Ok(hands)
}

async fn ask(store: &Store, phone: &Waiting) -> Result<()> {
    let (random, now) = (SystemRandom::new(), now());
    let mut tx = store.begin().await?;
    let new = NewAsked {
        id: new_id(now, &random),
        code_for: CodeFor::SignIn(new_id(now, &random)),
        account_id: Some(phone.account),
        method_id: Some(phone.method),
        how: How::App,
        what_for: WhatFor::SignIn,
        number: Some("42"),
        organisation: "Northfield Hospitals",
        browser: None,
        network: None,
        counted: Some(&[0; 32]),
        challenge: Some(&[0; 32]),
        expires_at: now + rules::asked::LIFETIME,
    };
    tx.ask(new, now).await?;
    Ok(tx.commit().await?)
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes with one digit")]
fn kilo(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}
