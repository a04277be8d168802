//! Password hashing: as many at once as there are cores, a bounded queue, and an honest "busy" beyond it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use subtle::ConstantTimeEq as _;
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
    /// The memory that hashes are made in, one for each core that has been busy. It is kept and used again: asking for it
    /// anew costs a good part of the time of a hash, and given back it would lie scattered over the process.
    benches: Mutex<Vec<Vec<Block>>>,
}

/// Memory beyond which a stored hash is not checked, in KiB: nobody set that, somebody wrote it.
const MOST_MEMORY_KIB: u32 = 4 << 20;

/// Length of a hash, in bytes.
const OUTPUT: usize = 32;

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
        let (true, Ok(params)) = (possible, Params::new(memory_kib, passes, lanes, Some(OUTPUT))) else {
            return Err(problem);
        };
        // Of no password: 32 bytes that no hash is known to give.
        let nobody = format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}$bm9ib2R5LW5vYm9keS0$\
             AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        let inner = Inner {
            params,
            pepper: keys.pepper.clone(),
            nobody,
            done: AtomicU64::new(0),
            benches: Mutex::default(),
        };
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
    /// The hash itself. What can fail is memory, or a salt or output of an impossible length.
    fn raw(&self, made: &Made, password: &[u8], salt: &[u8], out: &mut [u8]) -> Result<(), argon2::Error> {
        let argon2 =
            Argon2::new_with_secret(&self.pepper.0, made.algorithm, made.version, made.params.clone())?;
        let blocks = made.params.block_count();
        let mut bench = self.benches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if bench.len() < blocks {
            bench.resize(blocks, Block::new());
        }
        let memory = bench.get_mut(..blocks).ok_or(argon2::Error::MemoryTooLittle)?;
        let hashed = argon2.hash_password_into_with_memory(password, salt, out, memory);
        // One that an old and larger hash needed is not worth keeping.
        if blocks <= self.params.block_count() {
            self.benches.lock().unwrap_or_else(PoisonError::into_inner).push(bench);
        }
        hashed
    }

    fn today(&self) -> Made {
        Made { algorithm: Algorithm::Argon2id, version: Version::V0x13, params: self.params.clone() }
    }

    fn hash(&self, password: &[u8], salt: &[u8]) -> Result<String, Busy> {
        self.done.fetch_add(1, Ordering::Relaxed);
        let mut out = [0; OUTPUT];
        self.raw(&self.today(), password, salt, &mut out).map_err(|_| Busy)?;
        self.phc(salt, &out).map_err(|_| Busy)
    }

    fn phc(&self, salt: &[u8], out: &[u8]) -> Result<String, argon2::password_hash::Error> {
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(out)?),
        };
        Ok(hash.to_string())
    }

    fn verify(&self, password: &[u8], phc: &str) -> Result<Verdict, Busy> {
        let Some(stored) = self.readable(phc) else {
            tracing::error!("a stored password hash can't be read");
            return self.hash(password, b"nobody-nobody-").map(|_| Verdict::Wrong);
        };
        self.done.fetch_add(1, Ordering::Relaxed);
        let mut out = vec![0; stored.hash.as_bytes().len()];
        if let Err(why) = self.raw(&stored.made, password, stored.salt.as_ref(), &mut out) {
            tracing::error!(%why, "a password could not be checked");
            return Err(Busy);
        }
        let right = bool::from(out.as_slice().ct_eq(stored.hash.as_bytes()));
        Ok(if right { Verdict::Right { outdated: stored.outdated } } else { Verdict::Wrong })
    }

    /// A stored hash, where it is one that can be checked with a sane amount of work.
    fn readable(&self, phc: &str) -> Option<Stored> {
        let stored = PasswordHash::new(phc).ok()?;
        let params = Params::try_from(&stored).ok()?;
        let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
        let version = stored.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
        let sane = params.m_cost() <= MOST_MEMORY_KIB && params.t_cost() <= MOST_PASSES;
        let work = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost(), params.output_len());
        let today = algorithm == Algorithm::Argon2id
            && stored.version == Some(Version::V0x13.into())
            && work(&params) == work(&self.params);
        let stored = Stored {
            made: Made { algorithm, version, params },
            salt: stored.salt?,
            hash: stored.hash?,
            outdated: !today,
        };
        sane.then_some(stored)
    }
}

/// How a hash is made.
struct Made {
    algorithm: Algorithm,
    version: Version,
    params: Params,
}

/// A stored hash, read.
struct Stored {
    made: Made,
    salt: Salt,
    hash: Output,
    /// Made with other settings than today's.
    outdated: bool,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("params", &self.inner.params).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
