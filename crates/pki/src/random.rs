//! Randomness as an argument.

/// Where random bytes come from. Any closure that fills a slice is one: `&|bytes: &mut [u8]| random.fill(bytes)`.
pub trait Random: Send + Sync {
    /// Fills all of `bytes` with bytes that nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
}

impl<F: Fn(&mut [u8]) + Send + Sync> Random for F {
    fn fill(&self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// A number from 0 to `most`, each equally likely but for less than one in 2⁴⁸.
pub(crate) fn up_to(most: u16, random: &dyn Random) -> u16 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    let drawn = u64::from_le_bytes(bytes) % (u64::from(most) + 1);
    u16::try_from(drawn).unwrap_or(most)
}
