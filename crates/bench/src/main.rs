//! How fast and how small the service is, as ratios in one run.
//!
//! `bench PATH/TO/fobwatch [PHONES]` starts the real binary on a new SQLite database with some hundred accounts, and compares
//! what it does with what the same machine does at its best in the same run: an empty handler of the same server, and
//! bare Argon2id hashes with the same parameters. Rounds alternate, and medians are told, so that a busy machine harms
//! both sides alike. `bench calls [COUNT]` measures telephone calls alone, `bench smartcards [COUNT]` the daily decision who is
//! told what about their smartcard.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod calls;
mod load;
mod people;
mod server;
mod smartcards;
mod waiting;

use crate::load::{Connection, pages_per_second, reset, sign_in};
use crate::people::{PASSWORD, Person};
use crate::server::Server;
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use vault::{HashSettings, Hasher, Secret};

const ROUNDS: usize = 5;
/// Accounts that sign in, one after another on each connection, in a round.
const SIGN_INS: usize = 240;
/// Accounts whose password is reset in a round.
const RESETS: usize = 80;
/// A reset hashes twice: whether the new password is the old one, and the new one to keep it.
const HASHES_OF_A_RESET: usize = 2;
/// Connections that sign in at once: enough to keep every core hashing.
const HANDS: usize = 8;
/// People who press *Sign in* in the same moment.
const CROWD: usize = 500;
/// Calls over SIP at once.
const CALLS: usize = 200;
/// Phones that wait for a question, unless a second argument says otherwise.
const PHONES: usize = 10_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
const PAGES_FOR: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (what, count) = (arguments.next(), arguments.next());
    match what.as_deref() {
        Some("calls") => return calls::at_once(count.map_or(Ok(CALLS), |count| count.parse())?).await,
        Some("smartcards") => {
            return smartcards::decide(count.map_or(Ok(smartcards::CARDS), |count| count.parse())?).await;
        }
        _ => {}
    }
    let binary = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("say where the binary is: bench PATH/TO/fobwatch")?;
    let cores = std::thread::available_parallelism()?.get();
    let phones = std::env::args().nth(2).map_or(Ok(PHONES), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let count = (SIGN_INS + RESETS) * ROUNDS + CROWD + 1 + phones;
    let (people, keys) = people::settle(folder.path(), count).await?;
    let (with_phones, people) = people.split_at(phones);
    let (crowd, people) = people.split_at(CROWD);
    let (resident, people) = people.split_first().context("nobody lives here")?;
    let (forgetful, people) = people.split_at(RESETS * ROUNDS);

    let size = std::fs::metadata(&binary)?.len();
    println!("cores: {cores}; binary: {:.1} MB", mega(size));
    let server = Server::start(&binary, folder.path()).await?;
    println!("start to ready, on an existing database: {:.0} ms", server.started_in.as_secs_f64() * 1_000.0);
    println!("memory at rest: {:.1} MB", mega(server.memory()?));

    // First, while no memory of other work is there to be used again.
    waiting::waiting(&server, folder.path(), with_phones).await?;
    pages(&server, resident).await?;
    sign_ins(&server, people, &keys, cores).await?;
    at_once(&server, crowd).await?;
    // Last: each of them writes to somebody, and there is no mail server here that takes it.
    resets(&server, forgetful, &keys, cores).await?;
    server.stop().await?;
    calls::at_once(CALLS).await?;
    smartcards::decide(smartcards::CARDS).await
}

/// Pages per second beside an empty handler's.
async fn pages(server: &Server, resident: &Person) -> Result<()> {
    let cookie = sign_in(&mut Connection::open(server.address).await?, resident).await?;
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (rates, path) in rates.iter_mut().zip(["/health/live", "/join/NTH", "/home"]) {
            rates.push(pages_per_second(server.address, path, &cookie, PAGES_FOR).await?);
        }
    }
    let [empty, start, home] = rates.map(median);
    println!("empty handler: {empty:.0} per second");
    println!("join start page: {start:.0} per second, ratio {:.2}", start / empty);
    println!("signed-in home page: {home:.0} per second, ratio {:.2}", home / empty);
    Ok(())
}

/// Whole sign-ins per second, password and second factor, beside bare hashes.
async fn sign_ins(server: &Server, people: &[Person], keys: &vault::Keys, cores: usize) -> Result<()> {
    let hasher = Arc::new(Hasher::new(HashSettings::for_cores(cores), keys)?);
    let (mut bare, mut whole) = (Vec::new(), Vec::new());
    for people in people.chunks_exact(SIGN_INS) {
        bare.push(hashes_per_second(&hasher, SIGN_INS).await?);
        whole.push(sign_ins_per_second(server, people).await?);
    }
    let (bare, whole) = (median(bare), median(whole));
    println!("bare Argon2id: {bare:.1} per second");
    println!("sign-ins: {whole:.1} per second, ratio {:.2}", whole / bare);
    Ok(())
}

async fn hashes_per_second(hasher: &Arc<Hasher>, count: usize) -> Result<f64> {
    let began = Instant::now();
    let mut hands = JoinSet::new();
    for _ in 0..HANDS {
        let hasher = Arc::clone(hasher);
        hands.spawn(async move {
            for _ in 0..count / HANDS {
                hasher.verify_nobody(&Secret::new(PASSWORD.to_owned())).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(hand) = hands.join_next().await {
        hand??;
    }
    Ok(per_second(count, began))
}

/// Whole resets per second, by the app, beside bare hashes: as many as a reset needs.
async fn resets(server: &Server, people: &[Person], keys: &vault::Keys, cores: usize) -> Result<()> {
    let hasher = Arc::new(Hasher::new(HashSettings::for_cores(cores), keys)?);
    let (mut bare, mut whole) = (Vec::new(), Vec::new());
    let mut networks = 0;
    for people in people.chunks_exact(RESETS) {
        bare.push(hashes_per_second(&hasher, RESETS * HASHES_OF_A_RESET).await?);
        whole.push(resets_per_second(server, people, &mut networks).await?);
    }
    let (bare, whole) = (median(bare), median(whole));
    #[expect(clippy::cast_precision_loss, reason = "two")]
    let ratio = whole * HASHES_OF_A_RESET as f64 / bare;
    println!("whole reset: {whole:.1} per second, {HASHES_OF_A_RESET} hashes each, ratio {ratio:.2}");
    Ok(())
}

/// Each person comes from a network of their own: more than thirty from one are asked to wait.
async fn resets_per_second(server: &Server, people: &[Person], networks: &mut u16) -> Result<f64> {
    let began = Instant::now();
    let mut hands = JoinSet::new();
    for people in people.chunks(people.len() / HANDS) {
        let first = *networks;
        *networks += u16::try_from(people.len())?;
        let (address, people) = (server.address, people.to_vec());
        hands.spawn(async move {
            for (person, network) in people.iter().zip(first..) {
                let [high, low] = network.to_be_bytes();
                let source = std::net::Ipv4Addr::new(127, 1 + high, low, 1);
                reset(&mut Connection::open_from(source, address).await?, person).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(hand) = hands.join_next().await {
        hand??;
    }
    Ok(per_second(people.len(), began))
}

async fn sign_ins_per_second(server: &Server, people: &[Person]) -> Result<f64> {
    let began = Instant::now();
    let mut hands = JoinSet::new();
    for people in people.chunks(people.len() / HANDS) {
        let (address, people) = (server.address, people.to_vec());
        hands.spawn(async move {
            let mut connection = Connection::open(address).await?;
            for person in &people {
                sign_in(&mut connection, person).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(hand) = hands.join_next().await {
        hand??;
    }
    Ok(per_second(people.len(), began))
}

/// Five hundred people press *Sign in* in the same moment: how much memory that takes, and whether others are served.
async fn at_once(server: &Server, crowd: &[Person]) -> Result<()> {
    let began = Instant::now();
    let mut hands = JoinSet::new();
    for person in crowd {
        let (address, person) = (server.address, person.clone());
        hands.spawn(async move { sign_in(&mut Connection::open(address).await?, &person).await });
    }
    let over = Arc::new(AtomicBool::new(false));
    let visitor = tokio::spawn(slowest_answer(Connection::open(server.address).await?, Arc::clone(&over)));
    let (mut signed_in, mut refused) = (0, 0);
    while let Some(hand) = hands.join_next().await {
        match hand? {
            Ok(_) => signed_in += 1,
            Err(_) => refused += 1,
        }
    }
    let took = began.elapsed();
    over.store(true, Ordering::Relaxed);
    let slowest = visitor.await??;
    println!(
        "{} sign-ins at once: {signed_in} signed in, {refused} told to try again, after {:.1} s; memory at most \
         {:.1} MB; health answered within {:.0} ms",
        crowd.len(),
        took.as_secs_f64(),
        mega(server.most_memory()?),
        slowest.as_secs_f64() * 1_000.0,
    );
    println!("memory at rest afterwards: {:.1} MB", mega(server.memory()?));
    Ok(())
}

/// Asks again and again whether the service is ready, until it is over; answers how long the slowest answer took.
async fn slowest_answer(mut visitor: Connection, over: Arc<AtomicBool>) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let answer = visitor.get("/health/ready", "").await?;
        anyhow::ensure!(answer.status == 200, "the service is not ready under load");
        slowest = slowest.max(began.elapsed());
        tokio::time::interval_at(tokio::time::Instant::now() + BETWEEN_LOOKS, BETWEEN_LOOKS).tick().await;
    }
    Ok(slowest)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn per_second(count: usize, began: Instant) -> f64 {
    count as f64 / began.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "megabytes with one digit")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
