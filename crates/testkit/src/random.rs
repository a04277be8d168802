//! Randomness that a test can repeat.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use vault::Random;

/// A stream of bytes that looks random, is the same for the same seed and different for any other.
///
/// It is `SplitMix64`, the well-known mixing of a counter: quick, evenly spread and entirely predictable, so of no use
/// outside tests.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// The stream that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D)))
    }

    /// A stream that no other call in this process was given: two tests that share a server never draw the same values.
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self::new(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(u64::from(std::process::id()) << 32))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut word = *state;
            word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(random: &SeededRandom, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        random.fill(&mut bytes);
        bytes
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() {
        let (one, same, other) = (SeededRandom::new(1), SeededRandom::new(1), SeededRandom::new(2));
        assert_eq!(drawn(&one, 33), drawn(&same, 33));
        assert_ne!(drawn(&one, 33), drawn(&same, 32));
        assert_ne!(drawn(&SeededRandom::new(1), 32), drawn(&other, 32));
        assert_ne!(drawn(&SeededRandom::unique(), 32), drawn(&SeededRandom::unique(), 32));
    }
}
