use std::{future::Future, pin::Pin, task::Context};

use super::*;
use crate::SystemRandom;

/// As little work as Argon2 allows: these tests are not about strength.
const LIGHT: HashSettings = HashSettings { memory_kib: 64, passes: 1, lanes: 1, at_once: 2, wait: 3 };

fn hasher(settings: HashSettings) -> Hasher {
    Hasher::new(settings, &Keys::generate(&SystemRandom::new())).unwrap()
}

fn secret(text: &str) -> Secret<String> {
    text.into()
}

#[tokio::test]
async fn the_right_password_is_right_and_others_are_wrong() {
    let (hasher, random) = (hasher(LIGHT), SystemRandom::new());
    let phc = hasher.hash(&secret("lantern orbit"), &random).await.unwrap();
    assert_eq!(hasher.verify(&secret("lantern orbit"), &phc).await, Ok(Verdict::Right { outdated: false }));
    for other in ["", "lantern orbi", "lantern orbit ", "Lantern orbit"] {
        assert_eq!(hasher.verify(&secret(other), &phc).await, Ok(Verdict::Wrong));
    }
}

#[tokio::test]
async fn the_recommended_work_is_19_mib_and_2_passes_of_argon2id() {
    let (hasher, random) = (hasher(HashSettings::for_cores(2)), SystemRandom::new());
    let phc = hasher.hash(&secret("lantern orbit"), &random).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    assert_ne!(
        hasher.hash(&secret("lantern orbit"), &random).await.unwrap(),
        phc,
        "the salt is new each time"
    );
}

#[tokio::test]
async fn a_hash_is_worth_nothing_without_the_pepper() {
    let random = SystemRandom::new();
    let phc = hasher(LIGHT).hash(&secret("lantern orbit"), &random).await.unwrap();
    assert_eq!(hasher(LIGHT).verify(&secret("lantern orbit"), &phc).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn a_rotation_of_keys_locks_nobody_out() {
    let random = SystemRandom::new();
    let mut keys = Keys::generate(&random);
    let phc = Hasher::new(LIGHT, &keys).unwrap().hash(&secret("lantern orbit"), &random).await.unwrap();
    keys.rotate(&random);
    let after = Hasher::new(LIGHT, &keys).unwrap();
    assert_eq!(after.verify(&secret("lantern orbit"), &phc).await, Ok(Verdict::Right { outdated: false }));
}

#[tokio::test]
async fn a_hash_of_other_settings_is_right_and_outdated() {
    let random = SystemRandom::new();
    let keys = Keys::generate(&random);
    let today = Hasher::new(LIGHT, &keys).unwrap();
    for old in [
        HashSettings { memory_kib: 32, ..LIGHT },
        HashSettings { passes: 2, ..LIGHT },
        HashSettings { lanes: 2, ..LIGHT },
    ] {
        let phc = Hasher::new(old, &keys).unwrap().hash(&secret("lantern orbit"), &random).await.unwrap();
        assert_eq!(today.verify(&secret("lantern orbit"), &phc).await, Ok(Verdict::Right { outdated: true }));
        assert_eq!(today.verify(&secret("lantern"), &phc).await, Ok(Verdict::Wrong));
    }
}

#[tokio::test]
async fn known_and_unknown_people_cost_the_same_hashes() {
    let (hasher, random) = (hasher(LIGHT), SystemRandom::new());
    let phc = hasher.hash(&secret("lantern orbit"), &random).await.unwrap();
    let mut counts = vec![hasher.hashes_done()];
    hasher.verify(&secret("wrong"), &phc).await.unwrap();
    counts.push(hasher.hashes_done());
    hasher.verify_nobody(&secret("wrong")).await.unwrap();
    counts.push(hasher.hashes_done());
    hasher.verify(&secret("wrong"), "no hash at all").await.unwrap();
    counts.push(hasher.hashes_done());
    assert_eq!(counts, [1, 2, 3, 4]);
}

#[tokio::test]
async fn the_hash_of_nobody_is_read_like_any_other() {
    let hasher = hasher(LIGHT);
    let stored = hasher.inner.readable(&hasher.inner.nobody).unwrap();
    assert!(!stored.outdated && stored.hash.as_bytes().len() == 32);
}

#[tokio::test]
async fn a_stored_hash_that_nobody_made_is_wrong() {
    let (hasher, random) = (hasher(LIGHT), SystemRandom::new());
    let phc = hasher.hash(&secret("lantern orbit"), &random).await.unwrap();
    for bad in [
        String::new(),
        "lantern orbit".to_owned(),
        phc.replace("argon2id", "scrypt"),
        phc.replace("m=64", "m=4294967295"),
        phc.replace("t=1", "t=4294967295"),
        phc.replace("m=64", "m=1"),
        phc[..phc.rfind('$').unwrap()].to_owned(),
    ] {
        assert_eq!(hasher.verify(&secret("lantern orbit"), &bad).await, Ok(Verdict::Wrong), "{bad}");
    }
}

#[test]
fn settings_without_sense_are_refused() {
    let keys = Keys::generate(&SystemRandom::new());
    for bad in [
        HashSettings { memory_kib: 7, ..LIGHT },
        HashSettings { passes: 0, ..LIGHT },
        HashSettings { lanes: 0, ..LIGHT },
        HashSettings { at_once: 0, ..LIGHT },
        HashSettings { wait: usize::MAX, ..LIGHT },
        HashSettings { memory_kib: u32::MAX, ..LIGHT },
    ] {
        assert!(Hasher::new(bad, &keys).is_err(), "{bad:?}");
    }
}

/// Asks once whether a future is done.
fn is_done<F: Future>(future: &mut Pin<Box<F>>) -> bool {
    future.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
}

#[tokio::test]
async fn so_many_work_at_once_so_many_wait_and_the_next_is_told_at_once() {
    let hasher = hasher(LIGHT);
    let (started, running) = std::sync::mpsc::channel();
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let password = secret("lantern orbit");
    let held = || {
        let (started, gate) = (started.clone(), Arc::clone(&gate));
        Box::pin(hasher.in_turn(&password, move |_, _| {
            started.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
        }))
    };

    let mut taken: Vec<_> = (0..LIGHT.at_once + LIGHT.wait).map(|_| held()).collect();
    assert!(taken.iter_mut().all(|future| !is_done(future)));
    for _ in 0..LIGHT.at_once {
        running.recv().unwrap();
    }
    assert!(running.try_recv().is_err(), "no more than at_once work");
    assert_eq!(hasher.queued(&LIGHT), 5);
    assert_eq!(hasher.verify_nobody(&password).await, Err(Busy));
    assert_eq!(hasher.hash(&password, &SystemRandom::new()).await, Err(Busy));
    assert_eq!(hasher.hashes_done(), 0);

    // Whoever stops waiting gives the place to another.
    drop(taken.pop());
    taken.push(held());
    assert!(!is_done(taken.last_mut().unwrap()));

    for _ in 0..taken.len() {
        release.send(()).unwrap();
    }
    for future in taken {
        future.await.unwrap();
    }
    assert_eq!(hasher.queued(&LIGHT), 0);
    assert_eq!(hasher.verify_nobody(&password).await, Ok(()));
}

#[tokio::test]
async fn work_that_nobody_waits_for_keeps_its_core_until_it_is_done() {
    let hasher = hasher(HashSettings { at_once: 1, wait: 0, ..LIGHT });
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let (finished, end) = tokio::sync::oneshot::channel();
    let password = secret("lantern orbit");
    let mut left = Box::pin(hasher.in_turn(&password, move |_, _| {
        gate.recv().unwrap();
        finished
    }));
    assert!(!is_done(&mut left));
    drop(left);
    assert_eq!(hasher.verify_nobody(&password).await, Err(Busy));
    release.send(()).unwrap();
    // The result is dropped, and with it the sender, once the work is over.
    let _: Result<(), _> = end.await;
    assert_eq!(hasher.verify_nobody(&password).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_within_the_queue_is_served_to_the_last() {
    let hasher = hasher(HashSettings { at_once: 2, wait: 98, ..LIGHT });
    let random = SystemRandom::new();
    let phc = hasher.hash(&secret("lantern orbit"), &random).await.unwrap();
    let crowd = (0..100).map(|i| {
        let (hasher, phc) = (hasher.clone(), phc.clone());
        tokio::spawn(async move {
            let password = secret(if i % 10 == 0 { "mistyped" } else { "lantern orbit" });
            (i % 10 == 0, hasher.verify(&password, &phc).await)
        })
    });
    for person in crowd.collect::<Vec<_>>() {
        let (mistyped, verdict) = person.await.unwrap();
        assert_eq!(verdict.unwrap() == Verdict::Wrong, mistyped);
    }
    assert_eq!(hasher.hashes_done(), 101);
}

#[test]
fn a_hasher_does_not_print_its_pepper() {
    let shown = format!("{:?}", hasher(LIGHT));
    assert!(shown.contains("m_cost") && !shown.contains("pepper"), "{shown}");
}

#[tokio::test]
async fn a_hash_is_what_the_library_makes_of_the_same_password_and_salt() {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};
    let (hasher, random) = (hasher(LIGHT), SystemRandom::new());
    let phc = hasher.hash(&secret("lantern orbit"), &random).await.unwrap();
    let ours = PasswordHash::new(&phc).unwrap();
    let params = hasher.inner.params.clone();
    let library =
        Argon2::new_with_secret(&hasher.inner.pepper.0, Algorithm::Argon2id, Version::V0x13, params).unwrap();
    library.verify_password(b"lantern orbit", &ours).unwrap();
    let salt: &[u8] = ours.salt.as_ref().unwrap();
    let theirs: PasswordHash = library.hash_password_with_salt(b"lantern orbit", salt).unwrap();
    assert_eq!(theirs.to_string(), phc);
}
