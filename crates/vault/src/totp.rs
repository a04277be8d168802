//! Time-based codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds, which every app understands.

use std::fmt::Write;

use jiff::Timestamp;
use subtle::ConstantTimeEq;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::{Random, Secret};

/// How many random bytes a seed has: the 160 bits that RFC 4226 recommends.
pub const SEED_BYTES: usize = 20;

/// How long a code is shown, in seconds.
pub const STEP_SECONDS: u64 = 30;

/// How many steps a phone's clock may be wrong, either way.
const TOLERANCE: u64 = 1;

/// A new seed.
pub fn new_seed(random: &dyn Random) -> Secret<Vec<u8>> {
    let mut seed = Zeroizing::new(vec![0; SEED_BYTES]);
    random.fill(&mut seed);
    Secret::new(std::mem::take(&mut *seed))
}

/// What the QR code says: the `otpauth:` address that apps read. `issuer` is the name of the service and `user` what the
/// app shows beside it; a colon in either would split them, so it becomes a space.
pub fn otpauth_uri(issuer: &str, user: &str, seed: &Secret<Vec<u8>>) -> Secret<String> {
    let (issuer, user) = (escaped(issuer), escaped(user));
    let seed = base32(seed);
    Secret::new(format!(
        "otpauth://totp/{issuer}:{user}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}",
        *seed
    ))
}

/// The seed for typing instead of scanning: letters and digits in groups of four.
pub fn seed_as_text(seed: &Secret<Vec<u8>>) -> Secret<String> {
    let letters = base32(seed);
    let mut text = String::with_capacity(letters.len() + letters.len() / 4);
    for (i, letter) in letters.chars().enumerate() {
        if i > 0 && i % 4 == 0 {
            text.push(' ');
        }
        text.push(letter);
    }
    Secret::new(text)
}

/// The step of the code that was typed, if it is one of those around `now`. A step must be taken only once for each
/// seed: keep the highest that was taken, and refuse it and all before it (RFC 6238, section 5.2).
///
/// Takes as long for a wrong code as for a right one.
pub fn matching_step(seed: &Secret<Vec<u8>>, typed_digits: &str, now: Timestamp) -> Option<u64> {
    let totp = authenticator(seed);
    let current = u64::try_from(now.as_second()).ok()? / STEP_SECONDS;
    let mut found = None;
    for step in current.saturating_sub(TOLERANCE)..=current.saturating_add(TOLERANCE) {
        let code = code_of(&totp, step);
        if bool::from(code.as_bytes().ct_eq(typed_digits.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// The code that an authenticator with this seed shows at `now`; for the phone of the demonstration and for tests.
pub fn code_at(seed: &Secret<Vec<u8>>, now: Timestamp) -> Secret<String> {
    let step = u64::try_from(now.as_second()).unwrap_or(0) / STEP_SECONDS;
    Secret::new(code_of(&authenticator(seed), step).to_string())
}

/// Base32 (RFC 4648, section 6) without padding: how authenticator apps want a seed.
fn base32(seed: &Secret<Vec<u8>>) -> Zeroizing<String> {
    Zeroizing::new(totp_rs::Secret::from(seed.expose().clone()).to_base32())
}

fn authenticator(seed: &Secret<Vec<u8>>) -> Totp {
    Builder::new().with_step_duration(STEP_SECONDS).with_secret(seed.expose().clone()).build_noncompliant()
}

fn code_of(totp: &Totp, step: u64) -> Zeroizing<String> {
    let mut code = Zeroizing::new(String::with_capacity(6));
    // Writing to a string doesn't fail.
    let _ = write!(code, "{}", totp.generate(step.saturating_mul(STEP_SECONDS)));
    code
}

/// Percent-encoded for an `otpauth:` address, with a space for a colon.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.replace(':', " ").trim().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                escaped.push(char::from(byte));
            }
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed of RFC 6238, appendix B.
    fn rfc_seed() -> Secret<Vec<u8>> {
        Secret::new(b"12345678901234567890".to_vec())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238_come_out() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (second, code) in vectors {
            assert_eq!(code_at(&rfc_seed(), at(second)).expose(), code);
            assert_eq!(matching_step(&rfc_seed(), code, at(second)), Some(second.cast_unsigned() / 30));
        }
    }

    #[test]
    fn a_program_that_we_did_not_write_shows_the_same_codes() {
        let seed = Secret::new((0_u8..20).map(|n| n.wrapping_mul(97)).collect::<Vec<u8>>());
        let hex: String = seed.expose().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        for now in
            ["2026-11-22T09:00:29Z", "2026-11-22T09:00:30Z", "2028-02-29T23:59:59Z", "2038-01-19T03:14:08Z"]
        {
            let now: Timestamp = now.parse().unwrap();
            let shown = std::process::Command::new("oathtool")
                .args(["--totp", "--now", &now.strftime("%F %T UTC").to_string(), &hex])
                .output()
                .expect("Debian's package oathtool is installed: ./test packages");
            let shown = String::from_utf8(shown.stdout).unwrap();
            assert_eq!(code_at(&seed, now).expose(), shown.trim(), "{now}");
        }
    }

    #[test]
    fn a_phone_may_be_one_step_early_or_late_and_no_more() {
        let code = code_at(&rfc_seed(), at(1_111_111_110));
        for (second, good) in [
            (1_111_111_079, false),
            (1_111_111_080, true),
            (1_111_111_110, true),
            (1_111_111_169, true),
            (1_111_111_170, false),
        ] {
            assert_eq!(matching_step(&rfc_seed(), code.expose(), at(second)).is_some(), good, "{second}");
        }
    }

    #[test]
    fn the_same_code_gives_the_same_step_whenever_it_is_typed() {
        let code = code_at(&rfc_seed(), at(1_111_111_110));
        let steps: Vec<_> =
            [-30, 0, 29, 59].map(|s| matching_step(&rfc_seed(), code.expose(), at(1_111_111_110 + s))).into();
        assert!(steps.iter().all(|step| *step == Some(37_037_037)), "{steps:?}");
    }

    #[test]
    fn what_is_not_six_digits_never_matches() {
        for typed in ["", "28708", "2870822", "+28708", " 87082", "287082 ", "２８７０８２"] {
            assert_eq!(matching_step(&rfc_seed(), typed, at(59)), None, "{typed}");
        }
    }

    #[test]
    fn the_ends_of_time_and_empty_seeds_are_no_panic() {
        for now in [Timestamp::MIN, at(-1), at(0), Timestamp::MAX] {
            matching_step(&rfc_seed(), "000000", now);
            matching_step(&Secret::new(Vec::new()), "000000", now);
            code_at(&rfc_seed(), now);
        }
    }

    #[test]
    fn an_app_is_told_everything_it_needs() {
        let uri = otpauth_uri("Northfield Hospitals: staff", "o'neill+x@northfield.example", &rfc_seed());
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Northfield%20Hospitals%20%20staff:o%27neill%2Bx@northfield.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Northfield%20Hospitals%20%20staff\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(seed_as_text(&rfc_seed()).expose(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn a_seed_has_160_random_bits() {
        let random = crate::SystemRandom::new();
        let seed = new_seed(&random);
        assert_eq!(seed.expose().len(), SEED_BYTES);
        assert_ne!(seed, new_seed(&random));
    }
}
