//! How fast and how small the service is, as ratios in one run.
//!
//! `bench PATH/TO/fobwatch` measures everything, `bench PATH/TO/fobwatch PART [COUNT]` a part alone. The real binary is started on a new
//! database, and what it does is compared with what the same machine does at its best in the same run: an empty handler of the
//! same server, bare Argon2id hashes, bare signatures, a bare scan of the same rows. Rounds alternate, and medians are told, so that
//! a busy machine harms both sides alike.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod authority;
mod calls;
mod certificates;
mod credentials;
mod issuances;
mod load;
mod monday;
mod ocsp;
mod passports;
mod people;
mod revocation;
mod server;
mod service;
mod smartcards;
mod softhsm;
mod waiting;

use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
/// Calls over SIP at once.
const CALLS: usize = 200;
/// Phones that wait for a question.
const PHONES: usize = 10_000;
/// Cards about which is decided every day.
const CARDS: usize = 1_500_000;
/// People who are reminded of what they have to review.
const REMINDED: usize = 200_000;
/// Cards that are revoked, one after another.
const REVOKED: usize = 60;
/// Staff passports of a large trust.
const PASSPORTS: usize = 100_000;
const PAGES_FOR: Duration = Duration::from_secs(2);

/// The parts, in the order in which all are measured.
const PARTS: [&str; 10] = [
    "service",
    "phones",
    "certificates",
    "revocation",
    "calls",
    "smartcards",
    "credentials",
    "issuances",
    "monday",
    "passports",
];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => bail!("say where the binary is: bench PATH/TO/fobwatch [PART [COUNT]]; parts are {PARTS:?}"),
        // Started by this program itself, with the token in its environment.
        [_, softhsm::PART] => softhsm::in_child(),
        [binary] => {
            println!("cores: {}", std::thread::available_parallelism()?);
            for part in PARTS {
                println!();
                measure(Path::new(binary), part, None).await?;
            }
            Ok(())
        }
        [binary, part, rest @ ..] => {
            let count =
                rest.first().map(|text| text.parse().with_context(|| format!("{text:?} is no number")));
            measure(Path::new(binary), part, count.transpose()?).await
        }
    }
}

async fn measure(binary: &Path, part: &str, count: Option<usize>) -> Result<()> {
    match part {
        "service" => service::measure(binary).await,
        "phones" => waiting::measure(binary, count.unwrap_or(PHONES)).await,
        "certificates" => {
            certificates::in_files()?;
            softhsm::measure()?;
            ocsp::measure(binary).await
        }
        "revocation" => revocation::measure(binary, count.unwrap_or(REVOKED)).await,
        "calls" => calls::at_once(count.unwrap_or(CALLS)).await,
        "credentials" => credentials::measure(),
        "issuances" => issuances::measure(binary).await,
        "monday" => monday::remind(count.unwrap_or(REMINDED)).await,
        "passports" => passports::look_after(binary, count.unwrap_or(PASSPORTS)).await,
        "smartcards" => smartcards::decide(count.unwrap_or(CARDS)).await,
        other => bail!("{other:?} is no part: choose one of {PARTS:?}"),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    percentile(&mut values, 50)
}

/// The value that so many of a hundred are not above.
fn percentile(values: &mut [f64], hundredth: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * hundredth / 100).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn per_second(count: usize, began: Instant) -> f64 {
    count as f64 / began.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "megabytes with one digit")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
