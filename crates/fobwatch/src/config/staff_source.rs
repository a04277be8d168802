//! The HR system of an organisation, as one line of the configuration.

use std::path::PathBuf;

use url::Url;

use super::schema::Shape;
use super::value::Setting;

/// Where an organisation's staff records come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSource {
    /// The code of the organisation, in capitals.
    pub organisation: String,
    /// Where its records are.
    pub place: StaffPlace,
}

/// Where staff records are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffPlace {
    /// A file, or the last one by name of a folder.
    Csv(PathBuf),
    /// Pages of JSON.
    Rest {
        /// The address of the first page.
        address: Url,
        /// A file with the token. Without it that is `staff_records.token`.
        token: Option<PathBuf>,
    },
}

impl StaffSource {
    fn read(line: &str) -> Result<Self, String> {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let (organisation, place) = match parts.as_slice() {
            [code, "csv", path] if !path.is_empty() => (code, StaffPlace::Csv(PathBuf::from(path))),
            [code, "rest", address] => {
                (code, StaffPlace::Rest { address: address_of(address)?, token: None })
            }
            [code, "rest", address, token] if !token.is_empty() => {
                let (address, token) = (address_of(address)?, Some(PathBuf::from(token)));
                (code, StaffPlace::Rest { address, token })
            }
            _ => {
                return Err(format!(
                    "holds \"{line}\", which is neither ORGANISATION | csv | PATH nor ORGANISATION | rest | ADDRESS | TOKEN-FILE"
                ));
            }
        };
        if organisation.is_empty() || !organisation.bytes().all(|sign| sign.is_ascii_alphanumeric()) {
            return Err(format!("holds \"{line}\", which does not begin with the code of an organisation"));
        }
        Ok(Self { organisation: organisation.to_uppercase(), place })
    }
}

/// An address that may hold a token is not repeated.
fn address_of(text: &str) -> Result<Url, String> {
    let bad = || "holds an address that cannot be read: write https://hr.northfield.example/staff".to_owned();
    Url::parse(text).ok().filter(|address| address.host_str().is_some()).ok_or_else(bad)
}

impl Setting for Vec<StaffSource> {
    const SHAPE: Shape = Shape::List;

    fn expects() -> String {
        "a list of sources (NTH | csv | /var/lib/hr/staff.csv)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let lines = text.split(',').map(str::trim).filter(|line| !line.is_empty());
        let sources = lines.map(StaffSource::read).collect::<Result<Self, _>>()?;
        for (place, source) in sources.iter().enumerate() {
            if sources.iter().take(place).any(|other| other.organisation == source.organisation) {
                return Err(format!("holds two sources of {}", source.organisation));
            }
        }
        Ok(sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<StaffSource>, String> {
        <Vec<StaffSource> as Setting>::from_text(text)
    }

    #[test]
    fn a_source_is_a_file_or_an_address_with_a_token() {
        assert_eq!(read("").unwrap(), Vec::new());
        let read = read(
            "nth | csv | /var/lib/hr, RIV|rest|https://hr.riverside.example/staff, \
             STH | rest | https://hr.example/s?x=1 | /etc/fobwatch/sth.token",
        );
        let read = read.unwrap();
        let codes: Vec<_> = read.iter().map(|source| source.organisation.as_str()).collect();
        assert_eq!(codes, ["NTH", "RIV", "STH"]);
        assert_eq!(read[0].place, StaffPlace::Csv("/var/lib/hr".into()));
        let StaffPlace::Rest { address, token } = &read[2].place else { panic!("{read:?}") };
        assert_eq!(address.as_str(), "https://hr.example/s?x=1");
        assert_eq!(token.as_deref(), Some(std::path::Path::new("/etc/fobwatch/sth.token")));
        assert!(matches!(&read[1].place, StaffPlace::Rest { token: None, .. }));
    }

    #[test]
    fn what_is_no_source_is_said_with_the_reason() {
        for (text, why) in [
            ("NTH", "ORGANISATION | csv | PATH"),
            ("NTH | csv", "ORGANISATION | csv | PATH"),
            ("NTH | csv |", "ORGANISATION | csv | PATH"),
            ("NTH | ldap | ldap://x", "ORGANISATION | csv | PATH"),
            ("NTH | rest | https://hr.example/ |", "ORGANISATION | rest | ADDRESS"),
            ("NTH | rest | hr.example/staff", "write https://"),
            ("| csv | /x", "the code of an organisation"),
            ("N H | csv | /x", "the code of an organisation"),
            ("NTH | csv | /x, nth | csv | /y", "two sources of NTH"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
