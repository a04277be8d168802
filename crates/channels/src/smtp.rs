//! E-mail over SMTP, to whichever server the organisation has.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::smtp_url::{Encryption, SmtpUrl};
use crate::{Email, EmailChannel, Receipt, SendError, SetupError};

mod failure;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a sender waits for the whole conversation.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a conversation that nobody waits for any longer may go on (RFC 5321, 4.5.3.2.6: ten minutes for the
/// end of the data).
const GIVE_UP: Duration = Duration::from_mins(10);
/// What a file of certificates holds at least once; without it, the reader of the file finds none and is content.
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Sends e-mail over SMTP and keeps connections open between messages.
///
/// `smtps://` is TLS from the first byte (port 465 if none is given). `smtp://` is `STARTTLS` (port 587), and
/// without it nothing is sent; on this machine itself `STARTTLS` is used if offered. `?tls=required`,
/// `?tls=opportunistic` and `?tls=none` say otherwise; a password is never sent unencrypted over a network.
/// `?ca=/path/to.pem` names further certificates to trust, beside those of the public authorities. User and
/// password stand before the `@`, percent-encoded.
pub struct SmtpChannel {
    server: SmtpUrl,
    from: Mailbox,
    tls: Tls,
    answer_within: Duration,
    transport: Mutex<Option<Transport>>,
}

impl fmt::Debug for SmtpChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpChannel").field("server", &self.server).finish_non_exhaustive()
    }
}

impl SmtpChannel {
    /// A channel to the server at `url`, for messages from `from`
    /// (`Northfield Staff <no-reply@northfield.example>`). Its domain is the name given to the server.
    ///
    /// No connection is made yet; [`EmailChannel::check`] makes one.
    ///
    /// # Errors
    /// [`SetupError`] when the address, the sender or the certificates cannot be read; it says what to write.
    pub fn new(url: &str, from: &str) -> Result<Self, SetupError> {
        let server = SmtpUrl::parse(url)?;
        let from = from.trim().parse().map_err(|_| {
            SetupError::new("the sender cannot be read: write Northfield Staff <no-reply@northfield.example>")
        })?;
        let tls = tls(&server)?;
        Ok(Self { server, from, tls, answer_within: ANSWER, transport: Mutex::new(None) })
    }

    /// The same channel, waiting at most `answer_within` for the server to take a message (30 seconds otherwise).
    #[must_use]
    pub fn with_timeout(self, answer_within: Duration) -> Self {
        Self { answer_within, ..self }
    }

    /// Made at first use, because its pool lives in the runtime.
    fn transport(&self) -> Transport {
        let mut current = self.transport.lock().unwrap_or_else(PoisonError::into_inner);
        current.get_or_insert_with(|| self.connectable()).clone()
    }

    fn connectable(&self) -> Transport {
        let mut builder = Transport::builder_dangerous(self.server.host.clone())
            .port(self.server.port)
            .hello_name(ClientId::Domain(self.from.email.domain().to_owned()))
            .timeout(Some(CONNECT))
            .pool_config(PoolConfig::new().max_size(8).idle_timeout(Duration::from_secs(30)))
            .tls(self.tls.clone());
        if let Some((user, password)) = &self.server.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        builder.build()
    }

    /// Runs `talk` to its end even if nobody waits any longer: a conversation cut in the middle would leave its
    /// connection in the pool with an answer still to come, and the next message would take it for its own.
    async fn converse<T, F>(&self, talk: impl FnOnce(Transport) -> F) -> Result<T, SendError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, SendError>> + Send + 'static,
    {
        let conversation = tokio::spawn(tokio::time::timeout(GIVE_UP, talk(self.transport())));
        match tokio::time::timeout(self.answer_within, conversation).await {
            Ok(Ok(Ok(outcome))) => outcome,
            Ok(Ok(Err(_)) | Err(_)) => {
                Err(SendError::Transient("the conversation with the mail server broke off".into()))
            }
            Err(_) => {
                // Whatever becomes of that conversation, its pool serves no other message.
                self.transport.lock().unwrap_or_else(PoisonError::into_inner).take();
                Err(SendError::Transient("the mail server did not answer in time".into()))
            }
        }
    }

    fn written(&self, email: &Email) -> Result<Message, SendError> {
        let from = if email.from.trim().is_empty() {
            self.from.clone()
        } else {
            email
                .from
                .trim()
                .parse()
                .map_err(|_| SendError::Misconfigured("the sender's address cannot be read".into()))?
        };
        let to: Address = email.to.trim().parse().map_err(|_| {
            SendError::Permanent("the recipient's address cannot be used in an e-mail".into())
        })?;
        Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(one_line(&email.subject))
            .message_id(Some(message_id(&email.message_id)?))
            .date(no_earlier_than_epoch(email.date))
            .header(AutoSubmitted)
            .header(NoAutoReply)
            .multipart(
                MultiPart::alternative()
                    .singlepart(part(ContentType::TEXT_PLAIN, &email.text))
                    .singlepart(part(ContentType::TEXT_HTML, &email.html)),
            )
            .map_err(|_| SendError::Permanent("the message cannot be written as an e-mail".into()))
    }
}

#[async_trait]
impl EmailChannel for SmtpChannel {
    async fn send(&self, email: &Email) -> Result<Receipt, SendError> {
        let message = self.written(email)?;
        let ascii = email.to.is_ascii();
        let response = self
            .converse(move |transport| async move {
                transport.send(message).await.map_err(|error| failure::of_sending(&error, ascii))
            })
            .await?;
        Ok(Receipt { provider_reference: queue_id(&response), provider: None })
    }

    async fn check(&self) -> Result<(), SendError> {
        let alive = self
            .converse(|transport| async move {
                transport.test_connection().await.map_err(|error| failure::of_sending(&error, true))
            })
            .await?;
        if alive { Ok(()) } else { Err(SendError::Transient("the mail server hung up".into())) }
    }
}

fn tls(server: &SmtpUrl) -> Result<Tls, SetupError> {
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.trust {
        let shown = path.display();
        let pem = std::fs::read(path)
            .map_err(|error| SetupError::new(format!("ca={shown} cannot be read: {}", error.kind())))?;
        let certificate =
            Certificate::from_pem(&pem).ok().filter(|_| pem.windows(BEGIN.len()).any(|part| part == BEGIN));
        parameters = parameters.add_root_certificate(certificate.ok_or_else(|| {
            SetupError::new(format!(
                "ca={shown} holds no certificate: it is a text file with -----BEGIN CERTIFICATE-----"
            ))
        })?);
    }
    if server.encryption == Encryption::Opportunistic {
        // Whoever could forge the certificate could as well remove the offer of STARTTLS.
        parameters = parameters.dangerous_accept_invalid_certs(true);
    }
    let parameters = parameters.build().map_err(|_| {
        SetupError::new("TLS cannot be set up with these certificates: check the file of ca=")
    })?;
    Ok(match server.encryption {
        Encryption::Wrapped => Tls::Wrapper(parameters),
        Encryption::Required => Tls::Required(parameters),
        Encryption::Opportunistic => Tls::Opportunistic(parameters),
        Encryption::Plain => Tls::None,
    })
}

fn part(content_type: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(content_type).body(body.to_owned())
}

/// `<KEY@DOMAIN>`; anything that is not an identifier would break the header.
fn message_id(id: &str) -> Result<String, SendError> {
    let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';' | '\\');
    match bare.split_once('@') {
        Some((key, domain)) if !key.is_empty() && !domain.is_empty() && bare.chars().all(plain) => {
            Ok(format!("<{bare}>"))
        }
        _ => Err(SendError::Misconfigured("a message id is KEY@DOMAIN in plain characters".into())),
    }
}

fn no_earlier_than_epoch(date: jiff::Timestamp) -> SystemTime {
    SystemTime::from(date.max(jiff::Timestamp::UNIX_EPOCH))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// What the server calls the message (`250 2.0.0 Ok: queued as 4XyZ`), if its last word is a plain identifier.
fn queue_id(response: &Response) -> Option<String> {
    let line = response.first_line()?;
    let (_, id) = line.rsplit_once("queued as ")?;
    let id: String = id.chars().take_while(char::is_ascii_alphanumeric).take(64).collect();
    (!id.is_empty()).then_some(id)
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no out-of-office notes to a machine.
#[derive(Clone)]
struct AutoSubmitted;

/// The same for Exchange, which does not read the former in all versions.
#[derive(Clone)]
struct NoAutoReply;

macro_rules! fixed_header {
    ($name:ident, $header:literal, $value:literal) => {
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($header)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}

fixed_header!(AutoSubmitted, "Auto-Submitted", "auto-generated");
fixed_header!(NoAutoReply, "X-Auto-Response-Suppress", "All");
