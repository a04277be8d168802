//! The address of a mail server as an administrator writes it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use url::{Url, form_urlencoded};

use crate::SetupError;
use crate::setup::is_loopback;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// From the first byte (`smtps://`).
    Wrapped,
    /// `STARTTLS`, and nothing is sent without it.
    Required,
    /// `STARTTLS` if offered, whatever the certificate.
    Opportunistic,
    /// None.
    Plain,
}

/// `smtp://` and `smtps://` addresses, read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SmtpUrl {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) credentials: Option<(String, String)>,
    /// A PEM file of further certificates to trust.
    pub(crate) trust: Option<PathBuf>,
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpUrl")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

const EXAMPLE: &str =
    "write smtps://USER:PASSWORD@mail.northfield.example, or smtp://mail.northfield.example:25";

impl SmtpUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, SetupError> {
        let url = Url::parse(text.trim())
            .map_err(|_| SetupError::new(format!("the mail server's address cannot be read: {EXAMPLE}")))?;
        let wrapped = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => {
                return Err(SetupError::new(format!(
                    "the mail server's address starts with smtp: or smtps:; {EXAMPLE}"
                )));
            }
        };
        let host = host(&url)?;
        let credentials = credentials(&url)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SetupError::new(format!(
                "the mail server's address has something after the host; signs such as / and # in the password are \
                 written as %2F and %23; {EXAMPLE}"
            )));
        }
        let (tls, trust) = options(&url)?;
        let encryption = match (wrapped, tls.as_deref()) {
            (true, None | Some("required")) => Encryption::Wrapped,
            (true, Some(_)) => {
                return Err(SetupError::new("smtps: is always encrypted: leave out tls=, or write smtp:"));
            }
            (false, None) if is_loopback(&host) => Encryption::Opportunistic,
            (false, None | Some("required")) => Encryption::Required,
            (false, Some("opportunistic")) => Encryption::Opportunistic,
            (false, Some("none")) => Encryption::Plain,
            (false, Some(_)) => {
                return Err(SetupError::new("tls= is one of required, opportunistic and none"));
            }
        };
        let unsafe_password = matches!(encryption, Encryption::Opportunistic | Encryption::Plain);
        if credentials.is_some() && unsafe_password && !is_loopback(&host) {
            return Err(SetupError::new(
                "with this tls= the password could cross the network in the clear: write tls=required or smtps:, or \
                 leave user and password out",
            ));
        }
        let port = url.port().unwrap_or(if wrapped { 465 } else { 587 });
        Ok(Self { host, port, encryption, credentials, trust })
    }
}

fn host(url: &Url) -> Result<String, SetupError> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let plain = bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if bare.is_empty() || !(plain || bare.parse::<IpAddr>().is_ok()) {
        return Err(SetupError::new(format!(
            "the mail server's address needs the name of the server; {EXAMPLE}"
        )));
    }
    Ok(bare.to_owned())
}

fn credentials(url: &Url) -> Result<Option<(String, String)>, SetupError> {
    match (decoded(url.username()), url.password().map(decoded)) {
        (user, None) if user.is_empty() => Ok(None),
        (user, Some(password)) if !user.is_empty() && !password.is_empty() => Ok(Some((user, password))),
        _ => Err(SetupError::new(format!(
            "the mail server's address needs both user and password, or neither; {EXAMPLE}"
        ))),
    }
}

fn options(url: &Url) -> Result<(Option<String>, Option<PathBuf>), SetupError> {
    let (mut tls, mut trust) = (None, None);
    for (key, value) in url.query_pairs() {
        match key.as_ref() {
            "tls" => tls = Some(value.into_owned()),
            "ca" => trust = Some(PathBuf::from(value.into_owned())),
            _ => {
                return Err(SetupError::new("after ? the mail server's address takes only tls= and ca="));
            }
        }
    }
    Ok((tls, trust))
}

/// Percent-decoding, in which `+` is a plus and not a space.
fn decoded(text: &str) -> String {
    let shielded = text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(shielded.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> SmtpUrl {
        SmtpUrl::parse(url).unwrap()
    }

    #[test]
    fn encryption_is_required_except_on_this_machine() {
        for (url, port, encryption) in [
            ("smtps://mail.northfield.example", 465, Encryption::Wrapped),
            ("smtps://mail.northfield.example:4650?tls=required", 4650, Encryption::Wrapped),
            ("smtp://mail.northfield.example", 587, Encryption::Required),
            ("smtp://mail.northfield.example:25", 25, Encryption::Required),
            ("smtp://192.0.2.7:25", 25, Encryption::Required),
            ("smtp://mail.northfield.example:25?tls=none", 25, Encryption::Plain),
            ("smtp://mail.northfield.example:25?tls=opportunistic", 25, Encryption::Opportunistic),
            ("smtp://localhost:1025", 1025, Encryption::Opportunistic),
            ("smtp://127.0.0.1:1025/", 1025, Encryption::Opportunistic),
            ("smtp://[::1]:1025", 1025, Encryption::Opportunistic),
            ("smtp://127.0.0.1:1025?tls=required", 1025, Encryption::Required),
        ] {
            let read = read(url);
            assert_eq!((read.port, read.encryption), (port, encryption), "{url}");
        }
    }

    #[test]
    fn a_password_may_hold_any_sign_percent_encoded() {
        let read =
            read("smtps://staff%40northfield.example:a%2Fb%3Ac%23d+e%25f%26g=h@mail.northfield.example");
        assert_eq!(read.credentials, Some(("staff@northfield.example".into(), "a/b:c#d+e%f&g=h".into())));
    }

    #[test]
    fn a_password_never_crosses_a_network_in_the_clear() {
        for url in [
            "smtp://u:secret@mail.northfield.example?tls=none",
            "smtp://u:secret@192.0.2.7?tls=opportunistic",
        ] {
            let error = SmtpUrl::parse(url).unwrap_err().to_string();
            assert!(error.contains("tls=required") && !error.contains("secret"), "{error}");
        }
        assert!(read("smtp://u:secret@127.0.0.1:25?tls=none").credentials.is_some());
    }

    #[test]
    fn a_wrong_address_says_what_to_write_and_not_the_password() {
        for url in [
            "",
            "mail.northfield.example",
            "http://u:secret@mail.northfield.example",
            "smtp://",
            "smtp://u:secret@",
            "smtp://u:@mail.northfield.example",
            "smtp://:secret@mail.northfield.example",
            "smtps://u:se/cret@mail.northfield.example",
            "smtps://u:secret@mail.northfield.example/path",
            "smtps://u:secret@mail.northfield.example?tls=none",
            "smtps://u:secret@mail.northfield.example?verify=no",
            "smtp://u:secret@mail.northfield.example?tls=maybe",
            "smtp://u:secret@mail.northfield.example:99999",
        ] {
            let error = SmtpUrl::parse(url).unwrap_err().to_string();
            assert!(!error.contains("secret") && !error.contains("cret@"), "{url}: {error}");
            assert!(error.contains("smtp") || error.contains("tls="), "{url}: {error}");
        }
        assert!(!format!("{:?}", read("smtps://u:secret@mail.northfield.example")).contains("secret"));
    }
}
