//! Configuration values that are addresses: of the service, its database, its mail server and its sender.

use url::{Host, Url};
use vault::Secret;

use super::value::Setting;

/// The address of the service as people type it: scheme, host and perhaps a port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// The address; its path is `/`.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is https: then cookies are marked as secure and browsers are told to stay with https.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl Setting for PublicUrl {
    fn expects() -> String {
        "the https address that people type".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let url = Url::from_text(text)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("has a path".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("has a user name".into());
        }
        if url.scheme() == "http" && !url.host().is_some_and(|host| is_this_machine(&host)) {
            return Err("is not https; http is good only for localhost".into());
        }
        Ok(Self(url))
    }
}

/// Whether this is a loopback name or address.
pub fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The address of the database, with a password in it perhaps.
#[derive(Debug, Clone)]
pub struct DatabaseUrl(Secret<String>);

impl DatabaseUrl {
    /// The address, password and all: for the store alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// "SQLite" or "PostgreSQL".
    pub fn kind(&self) -> &'static str {
        if self.expose().starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" }
    }
}

impl Setting for DatabaseUrl {
    const SECRET: bool = true;

    fn expects() -> String {
        "sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let address =
            |rest: &str| Url::parse(&format!("postgres://{rest}")).is_ok_and(|url| url.path().len() > 1);
        let good = match text.split_once("://") {
            Some(("sqlite", file)) => !file.is_empty(),
            Some(("postgres" | "postgresql", rest)) => address(rest),
            _ => return Err("begins with neither sqlite:// nor postgres://".into()),
        };
        if good { Ok(Self(Secret::new(text.to_owned()))) } else { Err("names no file or database".into()) }
    }
}

/// The address of a mail server, with a password in it perhaps.
#[derive(Debug, Clone)]
pub struct SmtpUrl(Secret<String>);

impl SmtpUrl {
    /// The address, password and all: for the e-mail channel alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Setting for SmtpUrl {
    const SECRET: bool = true;

    fn expects() -> String {
        "smtp://HOST:PORT or smtps://USER:PASSWORD@HOST".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| "is not the address of a mail server".to_owned())?;
        match url.scheme() {
            "smtp" | "smtps" if url.host_str().is_some_and(|host| !host.is_empty()) => {
                Ok(Self(Secret::new(text.to_owned())))
            }
            "smtp" | "smtps" => Err("names no host".into()),
            _ => Err("begins with neither smtp:// nor smtps://".into()),
        }
    }
}

/// The address of a provider of text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderUrl(Url);

impl ProviderUrl {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the provider is on this machine itself.
    pub fn is_this_machine(&self) -> bool {
        // The host of an address that is no web address is taken as a name, even where it is a number.
        let host = self.0.host_str().unwrap_or_default();
        Host::parse(host).is_ok_and(|host| match host {
            Host::Domain(name) => is_this_machine(&Host::Domain(name.as_str())),
            Host::Ipv4(address) => is_this_machine(&Host::Ipv4(address)),
            Host::Ipv6(address) => is_this_machine(&Host::Ipv6(address)),
        })
    }
}

impl Setting for ProviderUrl {
    fn expects() -> String {
        "an address that begins with https:// (smpps:// where texts go to an SMPP centre)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| "is not the address of a provider".to_owned())?;
        match (url.scheme(), url.host_str()) {
            ("http" | "https" | "smpp" | "smpps", Some(host)) if !host.is_empty() => Ok(Self(url)),
            _ => Err("is not the address of a provider".into()),
        }
    }
}

/// A sender: `no-reply@northfield.example` or `Northfield Staff ID <no-reply@northfield.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(String);

impl Mailbox {
    /// The address alone.
    pub fn address(&self) -> &str {
        self.0.split_once('<').map_or(&self.0, |(_, rest)| rest.trim_end_matches('>'))
    }

    /// The whole sender, as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Mailbox {
    fn expects() -> String {
        "an e-mail address, with a name before it if you like".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let address = match text.split_once('<') {
            Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
            None => text,
        };
        if text.chars().any(char::is_control) || rules::email::EmailAddress::parse(address).is_err() {
            return Err("is not an e-mail address".into());
        }
        Ok(Self(text.into()))
    }
}
