//! The seeds of the fuzz targets (`fuzz/seeds`), and what a fuzzer once found: every promise holds for each of them in the ordinary test
//! run, too, where nothing is fuzzed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

type Promise = (&'static str, fn(&[u8]));

fn promises() -> Vec<Promise> {
    let all: [&[Promise]; 10] = [
        &breached::outside::ALL,
        &card_agent::outside::ALL,
        &card_jobs::outside::ALL,
        &channels::outside::ALL,
        &openid4vc::outside::ALL,
        &piv::outside::ALL,
        &pki::outside::ALL,
        &rules::outside::ALL,
        &staff_records::outside::ALL,
        &vault::outside::ALL,
    ];
    all.into_iter().flatten().chain(&wallets::outside::ALL).copied().collect()
}

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    read.map(|entry| entry.unwrap().path()).collect()
}

fn names(folder: &str) -> BTreeSet<String> {
    files(&fuzz(folder)).iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_seed_keeps_the_promise_of_its_target() {
    for (name, promise) in promises() {
        let seeds = files(&fuzz("seeds").join(name));
        assert!(!seeds.is_empty(), "{name}");
        for seed in seeds {
            println!("{}", seed.display());
            promise(&fs::read(seed).unwrap());
        }
    }
}

#[test]
fn every_promise_has_a_target_with_seeds_and_every_target_a_promise() {
    let promised: BTreeSet<_> = promises().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(promised, names("fuzz_targets"));
    assert_eq!(promised, names("seeds"));
    let manifest = fs::read_to_string(fuzz("Cargo.toml")).unwrap();
    for name in promised {
        assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{name} is not built");
    }
}
