//! The types of configuration values: each reads itself from text and says what it expects.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use jiff::tz::TimeZone;
use url::{Host, Url};
use vault::Secret;

use super::schema::Shape;

/// A type that a configuration key can have.
pub trait Setting: Sized {
    /// The form of its value in the file.
    const SHAPE: Shape = Shape::Text;
    /// Its value must never be shown.
    const SECRET: bool = false;
    /// It may stand in the environment only.
    const ENVIRONMENT_ONLY: bool = false;
    /// It need not be set.
    const OPTIONAL: bool = false;

    /// What a value is, in words that follow "write".
    fn expects() -> String;

    /// Reads the text of the environment, or of the file's value.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow the key's name and don't repeat the value.
    fn from_text(text: &str) -> Result<Self, String>;

    /// The value of a key that is neither set nor has a default.
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Setting> Setting for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const SECRET: bool = T::SECRET;
    const ENVIRONMENT_ONLY: bool = T::ENVIRONMENT_ONLY;
    const OPTIONAL: bool = true;

    fn expects() -> String {
        T::expects()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        T::from_text(text).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl Setting for SocketAddr {
    fn expects() -> String {
        "an address and a port".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(address);
        }
        match text.strip_prefix("localhost:").and_then(|port| port.parse().ok()) {
            Some(port) => Ok(Self::from(([127, 0, 0, 1], port))),
            None => Err("is not an address and a port".into()),
        }
    }
}

impl Setting for bool {
    const SHAPE: Shape = Shape::Switch;

    fn expects() -> String {
        "true or false".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "is neither true nor false".into())
    }
}

impl Setting for PathBuf {
    fn expects() -> String {
        "the path of a file".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("is empty".into()) } else { Ok(Self::from(text)) }
    }
}

impl Setting for Vec<IpNet> {
    const SHAPE: Shape = Shape::List;

    fn expects() -> String {
        "a list of addresses (10.20.0.5) and networks (10.20.0.0/16)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items
            .map(|item| {
                let network = item.parse::<IpNet>().or_else(|_| item.parse::<IpAddr>().map(IpNet::from));
                network.map_err(|_| format!("holds \"{item}\", which is neither an address nor a network"))
            })
            .collect()
    }
}

impl Setting for Url {
    fn expects() -> String {
        "an address that begins with https:// (or http://)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let url = Self::parse(text).map_err(|_| "is not a web address".to_owned())?;
        match (url.scheme(), url.host()) {
            ("http" | "https", Some(_)) => Ok(url),
            _ => Err("is not a web address".into()),
        }
    }
}

impl Setting for uuid::Uuid {
    fn expects() -> String {
        "an id of 32 hexadecimal digits in five groups".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse_str(text).map_err(|_| "is not such an id".into())
    }
}

impl Setting for Secret<String> {
    const SECRET: bool = true;

    fn expects() -> String {
        "the secret".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("is empty".into()) } else { Ok(Self::new(text.to_owned())) }
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Number<MIN, MAX> {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The number as a count of things in memory.
    pub fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<const MIN: u32, const MAX: u32> Setting for Number<MIN, MAX> {
    const SHAPE: Shape = Shape::Number;

    fn expects() -> String {
        format!("a whole number from {MIN} to {MAX}")
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let number: u32 = text.parse().map_err(|_| "is not such a number".to_owned())?;
        match number {
            small if small < MIN => Err("is too small".into()),
            great if great > MAX => Err("is too great".into()),
            number => Ok(Self(number)),
        }
    }
}

/// A line of words of at most `MOST` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<const MOST: usize>(String);

impl<const MOST: usize> Words<MOST> {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> Setting for Words<MOST> {
    fn expects() -> String {
        format!("one line of at most {MOST} characters")
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("is empty".into());
        }
        if text.chars().any(char::is_control) {
            return Err("holds a line end or another control character".into());
        }
        if text.chars().count() > MOST { Err("is too long".into()) } else { Ok(Self(text.into())) }
    }
}

/// A time zone of the IANA database.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The time zone.
    pub fn get(&self) -> &TimeZone {
        &self.0
    }
}

impl Setting for Zone {
    fn expects() -> String {
        "the name of a time zone".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        TimeZone::get(text).map(Self).map_err(|_| "is not a known time zone".into())
    }
}

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

/// A sender: `no-reply@northfield.example` or `Northfield Staff ID <no-reply@northfield.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(String);

impl Mailbox {
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

/// The content of a key file.
#[derive(Debug, Clone)]
pub struct KeyText(Secret<String>);

impl KeyText {
    /// The content, for the vault alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Setting for KeyText {
    const SECRET: bool = true;
    const ENVIRONMENT_ONLY: bool = true;

    fn expects() -> String {
        "the content of a key file, as it is or as one line of base64".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match vault::Keys::from_env_text(text) {
            Ok(_) => Ok(Self(Secret::new(text.to_owned()))),
            Err(_) => Err("is not the content of a key file".into()),
        }
    }
}

/// A secret that nobody can guess: at least 16 characters, no spaces.
#[derive(Debug, Clone)]
pub struct Token(Secret<String>);

impl Token {
    /// The secret, to compare with what was shown.
    pub fn secret(&self) -> &Secret<String> {
        &self.0
    }
}

impl Setting for Token {
    const SECRET: bool = true;

    fn expects() -> String {
        "at least 16 characters without spaces".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.chars().any(|sign| !sign.is_ascii_graphic()) {
            return Err("holds a space or a sign that a header cannot carry".into());
        }
        if text.len() < 16 { Err("is too short".into()) } else { Ok(Self(Secret::new(text.to_owned()))) }
    }
}

/// Makes an enum whose variants are words in the configuration.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $Name:ident { $($(#[doc = $word_doc:literal])+ $Word:ident = $word:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $Name {
            $($(#[doc = $word_doc])+ $Word),+
        }

        impl Setting for $Name {
            fn expects() -> String {
                let words = [$(concat!("\"", $word, "\"")),+];
                format!("one of {}", words.join(", "))
            }

            fn from_text(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$Word),)+
                    _ => Err("is none of the words it can be".into()),
                }
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(match self { $(Self::$Word => $word),+ })
            }
        }
    };
}

words! {
    /// Who delivers text messages.
    TextProvider {
        /// Nobody: text messages are not offered.
        None = "none",
        /// GOV.UK Notify.
        GovukNotify = "govuk-notify",
        /// A gateway that follows the contract in the docs.
        Http = "http",
    }
}

words! {
    /// The form of the log.
    LogFormat {
        /// Lines for people.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

words! {
    /// How much is logged.
    Level {
        /// Only what needs somebody to act.
        Error = "error",
        /// What may need somebody to act.
        Warn = "warn",
        /// The normal course of things.
        Info = "info",
        /// Details, for looking into a problem.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}
