//! Randomness as an argument, and what is drawn from it.

use aws_lc_rs::rand::{SecureRandom, SystemRandom as Source};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Secret;

/// Where random bytes come from. One in the product ([`SystemRandom`]), a repeatable one in tests.
pub trait Random: Send + Sync {
    /// Fills all of `bytes` with bytes that nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
}

/// The cryptographic random number generator of the machine.
#[derive(Debug, Default)]
pub struct SystemRandom(Source);

impl SystemRandom {
    /// The generator.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if self.0.fill(bytes).is_err() {
            // Going on with bytes that somebody can foresee is worse than any stop.
            tracing::error!("the machine's random number generator failed");
            std::process::abort();
        }
    }
}

/// A new identifier (UUID version 7): ordered by the time of its making to the millisecond, unguessable in the rest.
/// A time before 1970 counts as 1970.
pub fn new_id(now: Timestamp, random: &dyn Random) -> Uuid {
    let mut rest = [0; 10];
    random.fill(&mut rest);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.as_millisecond()).unwrap_or(0), &rest)
        .into_uuid()
}

/// Six random digits for a message; every one of the million is equally likely.
pub fn one_time_code(random: &dyn Random) -> Secret<String> {
    const CODES: u32 = 1_000_000;
    // The numbers from here on would make small codes likelier than large ones: draw again (1 in 4,400).
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        if number < FAIR {
            return Secret::new(format!("{:06}", number % CODES));
        }
    }
}

/// Two random digits for a person to compare; every one of the hundred is equally likely.
pub fn two_digits(random: &dyn Random) -> String {
    loop {
        let mut byte = [0];
        random.fill(&mut byte);
        // The numbers from here on would make small ones likelier: draw again.
        if byte[0] < 200 {
            return format!("{:02}", byte[0] % 100);
        }
    }
}

/// `length` signs of `alphabet` (at most 256 of them, all ASCII); each is equally likely in every place. Without an alphabet it
/// is empty.
pub fn random_signs(random: &dyn Random, alphabet: &[u8], length: usize) -> Secret<String> {
    let mut signs = String::with_capacity(length);
    // Bytes from here on would make the first signs likelier: draw again.
    let fair = 256 - 256usize.checked_rem(alphabet.len()).unwrap_or(0);
    while !alphabet.is_empty() && signs.len() < length {
        let mut byte = [0];
        random.fill(&mut byte);
        let drawn = usize::from(byte[0]);
        if let Some(sign) = (drawn < fair).then(|| alphabet.get(drawn % alphabet.len())).flatten() {
            signs.push(char::from(*sign));
        }
    }
    Secret::new(signs)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Gives the bytes that it was given, in turn.
    struct Given(Mutex<Vec<u8>>);

    impl Random for Given {
        fn fill(&self, bytes: &mut [u8]) {
            let mut left = self.0.lock().unwrap();
            bytes.copy_from_slice(&left[..bytes.len()]);
            left.drain(..bytes.len());
        }
    }

    #[test]
    fn a_code_is_six_digits_with_its_leading_zeros() {
        let given = Given(Mutex::new([1_000_042_u32, 4_293_999_999].map(u32::to_le_bytes).concat()));
        assert_eq!(one_time_code(&given).expose(), "000042");
        assert_eq!(one_time_code(&given).expose(), "999999");
    }

    #[test]
    fn a_number_that_would_make_some_codes_likelier_is_drawn_again() {
        let given = Given(Mutex::new([4_294_000_000_u32, u32::MAX, 7].map(u32::to_le_bytes).concat()));
        assert_eq!(one_time_code(&given).expose(), "000007");
    }

    #[test]
    fn two_digits_keep_their_leading_zero_and_are_fair() {
        let given = Given(Mutex::new(vec![200, 255, 107, 99]));
        assert_eq!(two_digits(&given), "07");
        assert_eq!(two_digits(&given), "99");
    }

    #[test]
    fn every_sign_comes_up_about_as_often_and_a_byte_that_would_favour_some_is_drawn_again() {
        let signs = random_signs(&SystemRandom::new(), b"abcdefg", 70_000);
        for sign in 'a'..='g' {
            let times = signs.expose().chars().filter(|drawn| *drawn == sign).count();
            assert!((9_500..10_500).contains(&times), "{sign}: {times}");
        }
        let given = Given(Mutex::new(vec![252, 255, 0, 8]));
        assert_eq!(random_signs(&given, b"abcdefg", 2).expose(), "ab");
        assert_eq!(random_signs(&SystemRandom::new(), b"", 5).expose(), "");
    }

    #[test]
    fn every_digit_comes_up_about_as_often_in_every_place() {
        let random = SystemRandom::new();
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..20_000 {
            for (place, digit) in one_time_code(&random).expose().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 2,000 expected, standard deviation 42: eight of them never happen.
        assert!(counts.iter().flatten().all(|count| (1660..2340).contains(count)), "{counts:?}");
    }

    #[test]
    fn identifiers_are_version_7_and_sort_by_time() {
        let random = SystemRandom::new();
        let id = |time: &str| new_id(time.parse().unwrap(), &random);
        let (earlier, later) = (id("2026-11-22T09:00:00Z"), id("2026-11-22T09:00:00.001Z"));
        assert_eq!(earlier.get_version_num(), 7);
        assert!(earlier < later);
        assert_ne!(id("2026-11-22T09:00:00Z"), earlier);
        assert_eq!(new_id(Timestamp::MIN, &random).get_timestamp().unwrap().to_unix(), (0, 0));
    }
}
