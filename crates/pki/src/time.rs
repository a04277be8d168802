//! Times as certificates write them.

use std::time::Duration;

use der::asn1::{GeneralizedTime, UtcTime};
use jiff::Timestamp;
use x509_cert::time::Time;

/// A time to the second, in the form that RFC 5280, section 4.1.2.5 asks for: two digits for the year until 2049, four from then on.
pub(crate) fn time(at: Timestamp) -> Result<Time, der::Error> {
    let since = since_1970(at)?;
    UtcTime::from_unix_duration(since)
        .map(Time::UtcTime)
        .or_else(|_| GeneralizedTime::from_unix_duration(since).map(Time::GeneralTime))
}

/// A time to the second with four digits for the year, as OCSP writes all of its times.
pub(crate) fn generalized(at: Timestamp) -> Result<GeneralizedTime, der::Error> {
    GeneralizedTime::from_unix_duration(since_1970(at)?)
}

/// The moment that a certificate's time means; the last one that can be said when it is later.
pub(crate) fn timestamp(time: Time) -> Timestamp {
    i64::try_from(time.to_unix_duration().as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .unwrap_or(Timestamp::MAX)
}

fn since_1970(at: Timestamp) -> Result<Duration, der::Error> {
    u64::try_from(at.as_second()).map(Duration::from_secs).map_err(|_| der::ErrorKind::DateTime.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_four_digits_from_2050_on() {
        let kind = |text: &str| time(text.parse().unwrap()).unwrap();
        assert!(matches!(kind("2049-12-31T23:59:59Z"), Time::UtcTime(_)));
        assert!(matches!(kind("2050-01-01T00:00:00Z"), Time::GeneralTime(_)));
    }

    #[test]
    fn a_time_comes_back_without_its_fraction() {
        let at: Timestamp = "2026-11-29T09:30:15.75Z".parse().unwrap();
        assert_eq!(timestamp(time(at).unwrap()).to_string(), "2026-11-29T09:30:15Z");
    }

    #[test]
    fn nothing_happened_before_1970() {
        assert!(time("1969-12-31T23:59:59Z".parse().unwrap()).is_err());
    }
}
