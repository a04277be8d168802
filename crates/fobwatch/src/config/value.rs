//! The types of configuration values: each reads itself from text and says what it expects.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use jiff::tz::TimeZone;
use url::Url;
use vault::Secret;

use super::schema::Shape;

pub use super::address::{DatabaseUrl, Mailbox, ProviderUrl, PublicUrl, SmtpUrl, is_this_machine};
pub use super::contract::EntraContract;
pub use super::staff_source::{StaffPlace, StaffSource};
pub use super::wallet::Wallet;

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

impl Setting for IpAddr {
    fn expects() -> String {
        "an IP address".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "is not an IP address".into())
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
        "a path".into()
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

/// The name of a host, in small letters; one that begins with a dot stands for all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Vec<Host> {
    const SHAPE: Shape = Shape::List;

    fn expects() -> String {
        "a list of hosts (push.northfield.example)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items
            .map(|item| {
                let host = item.to_ascii_lowercase();
                let name = host.strip_prefix('.').unwrap_or(&host);
                let is_name = !name.is_empty()
                    && name.split('.').all(|part| {
                        !part.is_empty()
                            && part.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
                    });
                if is_name { Ok(Host(host)) } else { Err(format!("holds \"{item}\", which is no host")) }
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
    /// What attackers a place of keys withstands (ISO 18045, as in OpenID4VCI 1.0, appendix D.2).
    AttackPotential {
        /// Those with the highest potential.
        High = "iso_18045_high",
        /// Those with a moderate one.
        Moderate = "iso_18045_moderate",
        /// Those with an enhanced basic one.
        EnhancedBasic = "iso_18045_enhanced-basic",
        /// Those with a basic one.
        Basic = "iso_18045_basic",
    }
}

impl Setting for Vec<AttackPotential> {
    const SHAPE: Shape = Shape::List;

    fn expects() -> String {
        format!("a list, each {}", AttackPotential::expects())
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items
            .map(|item| {
                AttackPotential::from_text(item)
                    .map_err(|_| format!("holds \"{item}\", which is none of the words it can be"))
            })
            .collect()
    }
}

/// The name of something written rules are kept under: an object identifier such as `2.16.840.1.113883`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectId(String);

impl ObjectId {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for ObjectId {
    fn expects() -> String {
        "an object identifier, numbers with dots between them".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match pki::Policy::policy_from(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err("is no object identifier".into()),
        }
    }
}

/// A country: two capital letters (ISO 3166-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Country {
    fn expects() -> String {
        "a country, two capital letters".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let fits = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
        if fits { Ok(Self(text.to_owned())) } else { Err("is no country of two capital letters".into()) }
    }
}

words! {
    /// Who issues certificates of smartcards.
    CertificateIssuer {
        /// Nobody: cards get no certificates.
        None = "none",
        /// The authority in this service.
        Internal = "internal",
        /// An authority outside, by EST (RFC 7030).
        Est = "est",
    }
}

words! {
    /// Which profile of the standards is spoken with wallets.
    PassportProfile {
        /// What the standards allow.
        Open = "open",
        /// The High Assurance Interoperability Profile (HAIP 1.0).
        Haip = "haip",
    }
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
        /// An HTTP gateway of Kannel's kind.
        HttpGateway = "http-gateway",
        /// An SMPP centre.
        Smpp = "smpp",
        /// Twilio.
        Twilio = "twilio",
    }
}

words! {
    /// Who places telephone calls.
    VoiceProvider {
        /// Nobody: calls are not offered.
        None = "none",
        /// Twilio Programmable Voice.
        Twilio = "twilio",
        /// A telephone trunk or system that speaks SIP.
        Sip = "sip",
    }
}

words! {
    /// How a telephone trunk wants its numbers.
    NumberFormat {
        /// `+447700900123`.
        Plus = "plus",
        /// `447700900123`.
        Plain = "plain",
        /// `07700900123`.
        National = "national",
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
