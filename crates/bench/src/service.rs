//! The service itself: start, memory, pages, sign-ins, a crowd, resets.

use crate::load::{Connection, pages_per_second, reset, sign_in};
use crate::people::{self, PASSWORD, Person};
use crate::server::Server;
use crate::{PAGES_FOR, ROUNDS, median, mega, per_second};
use anyhow::{Context as _, Result};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use vault::{HashSettings, Hasher, Keys, Secret};

/// Accounts that sign in, one after another on each connection, in a round.
pub(crate) const SIGN_INS: usize = 240;
/// Accounts whose password is reset in a round.
const RESETS: usize = 80;
/// A reset hashes twice: whether the new password is the old one, and the new one to keep it.
const HASHES_OF_A_RESET: usize = 2;
/// Connections that sign in at once: enough to keep every core hashing.
const HANDS: usize = 8;
/// People who press *Sign in* in the same moment.
pub(crate) const CROWD: usize = 500;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Measures it on a new SQLite database.
pub(crate) async fn measure(binary: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let count = (SIGN_INS + RESETS) * ROUNDS + CROWD + 1;
    let (people, keys) = people::settle(folder.path(), count).await?;
    let (crowd, people) = people.split_at(CROWD);
    let (resident, people) = people.split_first().context("nobody lives here")?;
    let (forgetful, people) = people.split_at(RESETS * ROUNDS);

    println!("binary: {:.1} MB", mega(std::fs::metadata(binary)?.len()));
    let server = Server::start(binary, folder.path()).await?;
    println!("start to ready, on an existing database: {:.0} ms", server.started_in.as_secs_f64() * 1_000.0);
    println!("memory at rest: {:.1} MB", mega(server.memory()?));

    pages(&server, resident).await?;
    sign_ins(&server, people, &keys).await?;
    at_once(&server, crowd).await?;
    // Last: each of them writes to somebody, and there is no mail server here that takes it.
    resets(&server, forgetful, &keys).await?;
    server.stop().await
}

fn hasher(keys: &Keys) -> Result<Arc<Hasher>> {
    let cores = std::thread::available_parallelism()?.get();
    Ok(Arc::new(Hasher::new(HashSettings::for_cores(cores), keys)?))
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
pub(crate) async fn sign_ins(server: &Server, people: &[Person], keys: &Keys) -> Result<()> {
    let hasher = hasher(keys)?;
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
async fn resets(server: &Server, people: &[Person], keys: &Keys) -> Result<()> {
    let hasher = hasher(keys)?;
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
pub(crate) async fn at_once(server: &Server, crowd: &[Person]) -> Result<()> {
    let began = Instant::now();
    let mut hands = JoinSet::new();
    for person in crowd {
        let (address, person) = (server.address, person.clone());
        hands.spawn(async move { sign_in(&mut Connection::open(address).await?, &person).await });
    }
    let over = Arc::new(AtomicBool::new(false));
    let mut visitors = Vec::new();
    for path in ["/health/live", "/health/ready"] {
        let visitor = Connection::open(server.address).await?;
        visitors.push(tokio::spawn(slowest_answer(visitor, path, Arc::clone(&over))));
    }
    let (mut signed_in, mut refused) = (0, 0);
    while let Some(hand) = hands.join_next().await {
        match hand? {
            Ok(_) => signed_in += 1,
            Err(_) => refused += 1,
        }
    }
    let took = began.elapsed();
    over.store(true, Ordering::Relaxed);
    let mut slowest = Vec::new();
    for visitor in visitors {
        slowest.push(format!("{:.0} ms", visitor.await??.as_secs_f64() * 1_000.0));
    }
    println!(
        "{} sign-ins at once: {signed_in} signed in, {refused} told to try again, after {:.1} s; memory at most \
         {:.1} MB; the empty handler answered within {}",
        crowd.len(),
        took.as_secs_f64(),
        mega(server.most_memory()?),
        slowest.join(", health within "),
    );
    println!("memory at rest afterwards: {:.1} MB", mega(server.memory()?));
    Ok(())
}

/// Asks for a page again and again, until it is over; answers how long the slowest answer took.
async fn slowest_answer(mut visitor: Connection, path: &str, over: Arc<AtomicBool>) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let answer = visitor.get(path, "").await?;
        anyhow::ensure!(answer.status == 200, "the service is not ready under load");
        slowest = slowest.max(began.elapsed());
        tokio::time::interval_at(tokio::time::Instant::now() + BETWEEN_LOOKS, BETWEEN_LOOKS).tick().await;
    }
    Ok(slowest)
}
