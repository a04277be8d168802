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

/// 128 random bits as text that may stand in an address: what salts, nonces and codes are made of.
pub(crate) fn token(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    crate::jose::base64url(&bytes)
}

/// A number below `end`, each equally likely; `end` is not 0.
pub(crate) fn below(end: u32, random: &dyn Random) -> u32 {
    // What is left of 2^32 beyond the last whole multiple would make small numbers likelier: it is drawn again.
    let whole = u32::MAX - u32::MAX % end;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let drawn = u32::from_le_bytes(bytes);
        if drawn < whole {
            return drawn % end;
        }
    }
}
