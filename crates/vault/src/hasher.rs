//! Password hashing: as many at once as there are cores, a bounded queue, and an honest "busy" beyond it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::{Keys, Random, Secret, keys::KeyBytes};

/// How much work a hash is, and how many may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashSettings {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes in it.
    pub lanes: u32,
    /// How many hashes are made at once: as many as there are cores.
    pub at_once: usize,
    /// How many more may wait. Whoever comes then is told at once that the service is busy.
    pub wait: usize,
}

impl HashSettings {
    /// The recommended amount of work (19 MiB, 2 passes, 1 lane) for a machine with so many cores. The queue is as
    /// long as some ten seconds of work.
    pub fn for_cores(cores: usize) -> Self {
        let cores = cores.max(1);
        Self { memory_kib: 19_456, passes: 2, lanes: 1, at_once: cores, wait: cores.saturating_mul(256) }
    }
}

/// Settings with which no hash can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "password hashing can't work with {memory_kib} KiB of memory, {passes} passes and {lanes} lanes, {at_once} at once"
)]
pub struct SettingsProblem {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    at_once: usize,
}

/// The queue is full, or the service is stopping: nothing was hashed, and the person should try again in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many passwords are being checked at once; try again in a moment")]
pub struct Busy;

/// Whether a password is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Right {
        /// The hash was made with other settings than today's: make a new one while the password is at hand.
        outdated: bool,
    },
    /// It is not.
    Wrong,
}

/// Makes and checks password hashes: Argon2id with a pepper.
///
/// Cheap to clone; all clones share one queue.
#[derive(Clone)]
pub struct Hasher {
    inner: Arc<Inner>,
    /// One for each that is working or waiting.
    places: Arc<Semaphore>,
    /// One for each that is working.
    cores: Arc<Semaphore>,
}

struct Inner {
    params: Params,
    pepper: KeyBytes,
    nobody: String,
    done: AtomicU64,
}

/// Memory beyond which a stored hash is not checked, in KiB: nobody set that, somebody wrote it.
const MOST_MEMORY_KIB: u32 = 4 << 20;

/// Passes beyond which a stored hash is not checked.
const MOST_PASSES: u32 = 64;

impl Hasher {
    /// A hasher with the pepper of these keys.
    ///
    /// # Errors
    /// [`SettingsProblem`] if Argon2 can't work with these settings, or none could be made at once.
    pub fn new(settings: HashSettings, keys: &Keys) -> Result<Self, SettingsProblem> {
        let HashSettings { memory_kib, passes, lanes, at_once, wait } = settings;
        let problem = SettingsProblem { memory_kib, passes, lanes, at_once };
        let places = at_once.saturating_add(wait);
        let possible = at_once > 0
            && places <= Semaphore::MAX_PERMITS
            && memory_kib <= MOST_MEMORY_KIB
            && passes <= MOST_PASSES;
        let (true, Ok(params)) = (possible, Params::new(memory_kib, passes, lanes, Some(32))) else {
            return Err(problem);
        };
        // Of no password: 32 bytes that no hash is known to give.
        let nobody = format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}$bm9ib2R5LW5vYm9keS0$\
             AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        let inner = Inner { params, pepper: keys.pepper.clone(), nobody, done: AtomicU64::new(0) };
        Ok(Self {
            inner: Arc::new(inner),
            places: Arc::new(Semaphore::new(places)),
            cores: Arc::new(Semaphore::new(at_once)),
        })
    }

    /// Hashes a password with a new salt, as a PHC string (`$argon2id$v=19$m=…`).
    ///
    /// # Errors
    /// [`Busy`] at once if the queue is full.
    pub async fn hash(&self, password: &Secret<String>, random: &dyn Random) -> Result<String, Busy> {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        self.in_turn(password, move |inner, password| inner.hash(password, &salt)).await?
    }

    /// Checks a password against a PHC string. One that can't be read is [`Verdict::Wrong`] after the same work.
    ///
    /// # Errors
    /// [`Busy`] at once if the queue is full.
    pub async fn verify(&self, password: &Secret<String>, phc: &str) -> Result<Verdict, Busy> {
        let phc = phc.to_owned();
        self.in_turn(password, move |inner, password| inner.verify(password, &phc)).await?
    }

    /// The work of [`Self::verify`] where there is no account, so that nobody can tell by the time taken.
    ///
    /// # Errors
    /// [`Busy`] at once if the queue is full.
    pub async fn verify_nobody(&self, password: &Secret<String>) -> Result<(), Busy> {
        self.in_turn(password, |inner, password| inner.verify(password, &inner.nobody)).await?.map(|_| ())
    }

    /// How many hashes were made since the start, whatever for. Tests compare it for known and unknown names.
    pub fn hashes_done(&self) -> u64 {
        self.inner.done.load(Ordering::Relaxed)
    }

    /// How many are working or waiting now; for the metrics.
    pub fn queued(&self, settings: &HashSettings) -> usize {
        settings.at_once.saturating_add(settings.wait).saturating_sub(self.places.available_permits())
    }

    /// Waits for a core if there is a place to wait, then does the work on a thread that may block. The core and the
    /// place are given back when the work is done, also if nobody waits for it any more.
    async fn in_turn<T: Send + 'static>(
        &self,
        password: &Secret<String>,
        work: impl FnOnce(&Inner, &[u8]) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let place: OwnedSemaphorePermit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        let core = Arc::clone(&self.cores).acquire_owned().await.map_err(|_| Busy)?;
        let inner = Arc::clone(&self.inner);
        let password = Zeroizing::new(password.expose().clone());
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&inner, password.as_bytes());
            drop((core, place));
            result
        });
        done.await.map_err(|_| Busy)
    }
}

impl Inner {
    fn argon2(&self) -> Option<Argon2<'_>> {
        Argon2::new_with_secret(&self.pepper.0, Algorithm::Argon2id, Version::V0x13, self.params.clone()).ok()
    }

    fn hash(&self, password: &[u8], salt: &[u8]) -> Result<String, Busy> {
        self.done.fetch_add(1, Ordering::Relaxed);
        let hashed = self.argon2().and_then(|argon2| argon2.hash_password_with_salt(password, salt).ok());
        // What is left to fail is memory.
        hashed.map(|phc| phc.to_string()).ok_or(Busy)
    }

    fn verify(&self, password: &[u8], phc: &str) -> Result<Verdict, Busy> {
        let Some((stored, outdated)) = self.readable(phc) else {
            tracing::error!("a stored password hash can't be read");
            return self.hash(password, b"nobody-nobody-").map(|_| Verdict::Wrong);
        };
        self.done.fetch_add(1, Ordering::Relaxed);
        let argon2 = self.argon2().ok_or(Busy)?;
        match argon2.verify_password(password, &stored) {
            Ok(()) => Ok(Verdict::Right { outdated }),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
            Err(why) => {
                tracing::error!(%why, "a password could not be checked");
                Err(Busy)
            }
        }
    }

    /// A stored hash, and whether it was made with other settings than today's.
    fn readable(&self, phc: &str) -> Option<(PasswordHash, bool)> {
        let stored = PasswordHash::new(phc).ok()?;
        let params = Params::try_from(&stored).ok()?;
        let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
        let whole = stored.salt.is_some() && stored.hash.is_some();
        let sane = params.m_cost() <= MOST_MEMORY_KIB && params.t_cost() <= MOST_PASSES;
        let today = algorithm == Algorithm::Argon2id
            && stored.version == Some(Version::V0x13.into())
            && (params.m_cost(), params.t_cost(), params.p_cost(), params.output_len())
                == (
                    self.params.m_cost(),
                    self.params.t_cost(),
                    self.params.p_cost(),
                    self.params.output_len(),
                );
        (whole && sane).then_some((stored, !today))
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("params", &self.inner.params).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
