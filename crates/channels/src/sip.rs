//! Telephone calls over SIP, by a trunk or a telephone system of the organisation's own.
//!
//! It is small on purpose: it places calls and takes none. The one library that does this brings a second library for
//! cryptography, starts several threads for each call, and logs the numbers that it calls.

mod dialog;
mod digest;
mod line;
mod message;
pub(crate) mod outside;
mod sdp;
mod sound;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::sync::mpsc::UnboundedSender;
use zeroize::Zeroizing;

use self::digest::Login;
use self::line::Line;
use self::sound::Sequence;
use crate::{Call, CallNews, SendError, SetupError, Speech, VoiceChannel};

/// Longest pieces of a setting, in characters.
const LONGEST: usize = 200;

/// How a trunk wants its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberForm {
    /// `+447700900123`.
    #[default]
    Plus,
    /// `447700900123`.
    Plain,
    /// `07700900123`, for telephone systems in the United Kingdom that dial as a person does.
    National,
}

impl NumberForm {
    /// A number in E.164 in this form.
    fn write(self, number: &str) -> String {
        let digits = number.trim_start_matches('+');
        match self {
            Self::Plus => format!("+{digits}"),
            Self::Plain => digits.to_owned(),
            Self::National => match digits.strip_prefix("44") {
                Some(rest) => format!("0{rest}"),
                None => format!("00{digits}"),
            },
        }
    }
}

/// How long each part of a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long it may ring, from the first packet on.
    pub ring: Duration,
    /// The pause before anything is said: the phone is on its way to the ear.
    pub before: Duration,
    /// The pause after each time.
    pub between: Duration,
    /// How often the words are said.
    pub times: u32,
    /// How long a key may come after the last time.
    pub after: Duration,
}

impl Default for Pace {
    /// Rings for 30 seconds, says it three times, and waits three seconds more.
    fn default() -> Self {
        Self {
            ring: Duration::from_secs(30),
            before: Duration::from_millis(600),
            between: Duration::from_millis(1_200),
            times: 3,
            after: Duration::from_secs(3),
        }
    }
}

impl Pace {
    fn sequence(&self) -> Sequence {
        Sequence { before: self.before, between: self.between, after: self.after, times: self.times }
    }
}

/// What there is to know about a trunk.
#[derive(Clone)]
pub struct SipSettings {
    /// `sip:HOST` or `sip:HOST:PORT`, where it takes calls.
    pub url: String,
    /// The number that phones show, as the trunk wants it.
    pub from: String,
    /// User and password, for trunks that don't go by the address that a call comes from.
    pub login: Option<(String, Zeroizing<String>)>,
    /// Where we listen: `0.0.0.0:5060`.
    pub listen: SocketAddr,
    /// Our address as the trunk must know it, where this machine sits behind another one.
    pub address: Option<IpAddr>,
    /// How it wants numbers.
    pub form: NumberForm,
    /// How long each part takes.
    pub pace: Pace,
}

impl SipSettings {
    /// The usual ones for the trunk at `url` with the sender `from`.
    pub fn new(url: &str, from: &str) -> Self {
        Self {
            url: url.to_owned(),
            from: from.to_owned(),
            login: None,
            listen: SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 5060),
            address: None,
            form: NumberForm::default(),
            pace: Pace::default(),
        }
    }
}

impl fmt::Debug for SipSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SipSettings").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The settings, looked at.
struct Settings {
    host: String,
    port: u16,
    /// Host and port as they stand in addresses.
    trunk: String,
    from: String,
    login: Option<Login>,
    listen: SocketAddr,
    address: Option<IpAddr>,
    form: NumberForm,
    pace: Pace,
}

/// A trunk, over UDP with sound in G.711 and keys as RFC 4733 has them. Neither is encrypted, as is usual on trunks: the way
/// to it must be the organisation's own or a tunnel.
pub struct Sip {
    settings: Settings,
    speech: Arc<dyn Speech>,
    line: Mutex<Option<Arc<Line>>>,
}

impl fmt::Debug for Sip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sip")
            .field("host", &self.settings.host)
            .field("port", &self.settings.port)
            .finish_non_exhaustive()
    }
}

impl Sip {
    /// `speech` says the words.
    ///
    /// # Errors
    /// [`SetupError`] when a setting cannot be used; it says what to write and never holds the password.
    pub fn new(settings: SipSettings, speech: Arc<dyn Speech>) -> Result<Self, SetupError> {
        let url = settings.url.trim();
        let trunk = url.strip_prefix("sip:").unwrap_or_default();
        let (host, port) = message::host_and_port(url)
            .filter(|_| !trunk.contains(['@', ';', '?', '/', ' ']) && trunk.len() <= LONGEST)
            .ok_or_else(|| {
                SetupError::new(
                    "the telephone trunk's address cannot be read: write sip:trunk.northfield.example:5060",
                )
            })?;
        let from = settings.from.trim().to_owned();
        if from.is_empty()
            || from.len() > 30
            || !from.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte))
        {
            return Err(SetupError::new(
                "calls need a number that phones show (from), such as +441632960123, as the telephone trunk knows it",
            ));
        }
        let login = match settings.login {
            None => None,
            Some((user, password)) => {
                let fits = |text: &str| {
                    !text.is_empty() && text.len() <= LONGEST && !text.contains(['"', '\\', '\r', '\n'])
                };
                if !fits(&user) || !fits(&password) {
                    return Err(SetupError::new(
                        "the telephone trunk needs user and password together, without quotes and backslashes",
                    ));
                }
                Some(Login { user, password })
            }
        };
        let SipSettings { listen, address, form, pace, .. } = settings;
        let settings =
            Settings { host, port, trunk: trunk.to_owned(), from, login, listen, address, form, pace };
        Ok(Self { settings, speech, line: Mutex::new(None) })
    }

    /// The line to the trunk; it is opened when it is first needed.
    async fn line(&self) -> Result<Arc<Line>, SendError> {
        let mut kept = self.line.lock().await;
        if let Some(line) = kept.as_ref() {
            return Ok(line.clone());
        }
        let Settings { host, port, listen, address, .. } = &self.settings;
        let line = Line::open(*listen, *address, (host, *port)).await?;
        *kept = Some(line.clone());
        Ok(line)
    }
}

#[async_trait]
impl VoiceChannel for Sip {
    fn name(&self) -> &'static str {
        "sip"
    }

    async fn call(&self, call: &Call, news: &UnboundedSender<CallNews>) -> Result<Option<String>, SendError> {
        let digits = call.to.strip_prefix('+').unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SendError::Permanent("this number cannot be called".into()));
        }
        let prompt = self.speech.speak(&call.words).await?;
        let line = self.line().await?;
        dialog::call(line, &self.settings, call, prompt, news).await?;
        Ok(None)
    }

    /// Speaks a word and opens the line. Whether the trunk lets us call is seen at the first call only.
    async fn check(&self) -> Result<(), SendError> {
        self.speech.speak("Fobwatch.").await?;
        self.line().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Prompt, Recording};

    fn sip(change: impl FnOnce(&mut SipSettings)) -> Result<Sip, SetupError> {
        let mut settings = SipSettings::new("sip:trunk.northfield.example", "+441632960123");
        change(&mut settings);
        Sip::new(settings, Arc::new(Recording::new(Prompt::from_samples(&[0; 160]))))
    }

    #[test]
    fn a_setting_that_cannot_be_used_says_what_to_write_and_keeps_the_password_to_itself() {
        assert_eq!(sip(|_| ()).unwrap().settings.port, 5060);
        for url in [
            "sips:trunk.example",
            "trunk.example",
            "sip:a@trunk.example",
            "sip:trunk.example;x",
            "sip:",
            "sip:t:port",
        ] {
            let error = sip(|settings| settings.url = url.into()).unwrap_err().to_string();
            assert!(error.contains("sip:trunk.northfield.example:5060"), "{url}: {error}");
        }
        for from in ["", "two words", "<x>", "a\r\nb"] {
            assert!(sip(|settings| settings.from = from.into()).is_err(), "{from}");
        }
        let login = |user: &str, password: &str| Some((user.to_owned(), Zeroizing::new(password.to_owned())));
        let error = sip(|settings| settings.login = login("", "hush")).unwrap_err().to_string();
        assert!(!error.contains("hush"));
        let whole = sip(|settings| settings.login = login("northfield", "hush")).unwrap();
        assert!(!format!("{whole:?}").contains("hush"));
    }

    #[test]
    fn a_number_is_written_as_the_trunk_wants_it() {
        let number = "+447700900123";
        assert_eq!(NumberForm::Plus.write(number), number);
        assert_eq!(NumberForm::Plain.write(number), "447700900123");
        assert_eq!(NumberForm::National.write(number), "07700900123");
    }
}
