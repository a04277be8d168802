//! Text messages over SMPP 3.4, to a centre or an aggregator.

pub(crate) mod gsm;
pub(crate) mod outside;
mod receipt;
mod session;

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusmpp::CommandStatus;
use rusmpp::pdus::{BindTransceiver, SubmitSm};
use rusmpp::tlvs::MessageSubmissionRequestTlvValue;
use rusmpp::types::{AnyOctetString, COctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, InterfaceVersion, MessagePayload, Npi, RegisteredDelivery, Ton};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;
use zeroize::Zeroizing;

use crate::setup::is_loopback;
use crate::{DeliveryReport, DeliveryState, Receipt, SendError, SetupError, Text, TextChannel};
use session::{Answered, Session};

const NAME: &str = "smpp";
const EXAMPLE: &str =
    "write smpps://smpp.provider.example:3550 (or smpp:// on this machine or inside a tunnel)";
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// The pause before a connection that ended, or could not be made, is tried again.
const PAUSE: Duration = Duration::from_secs(5);
/// Receipts that may wait to be written down; those beyond stay at the centre.
const REPORTS: usize = 1_000;
/// The most octets of one message in the default alphabet, unpacked, and in UCS-2. What is longer goes as a payload, which
/// the centre splits.
const ONE_MESSAGE_GSM: usize = 160;
const ONE_MESSAGE_UCS2: usize = 140;

/// A centre that is bound to as a transceiver: one connection carries messages, and receipts back. It is made when it is
/// first needed and, while [`TextChannel::next_report`] is waited for, made again whenever it ends.
pub struct Smpp {
    server: Server,
    user: COctetString<1, 16>,
    password: Zeroizing<String>,
    from: Sender,
    session: Mutex<Option<Session>>,
    reports: mpsc::Sender<DeliveryReport>,
    reported: Mutex<mpsc::Receiver<DeliveryReport>>,
}

struct Server {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

#[derive(Clone)]
struct Sender {
    ton: Ton,
    npi: Npi,
    address: COctetString<1, 21>,
}

impl fmt::Debug for Smpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smpp")
            .field("host", &self.server.host)
            .field("port", &self.server.port)
            .finish_non_exhaustive()
    }
}

impl Smpp {
    /// `url` is `smpps://HOST:PORT` or `smpp://HOST:PORT`; `user` and `password` the `system_id` and password of the bind (8
    /// characters at most for the password, by the standard); `from` the sender that phones show: a number or up to 11
    /// letters.
    ///
    /// # Errors
    /// [`SetupError`] when one of them cannot be used; it says what to write and never holds the password.
    pub fn new(url: &str, user: &str, password: &str, from: &str) -> Result<Self, SetupError> {
        let server = Server::parse(url)?;
        let user =
            COctetString::from_str(user.trim()).ok().filter(|user| user.len() > 1).ok_or_else(|| {
                SetupError::new("the SMPP centre needs a user (its system_id) of at most 15 plain characters")
            })?;
        if password.is_empty() || password.len() > 8 || COctetString::<1, 9>::from_str(password).is_err() {
            return Err(SetupError::new(
                "the SMPP centre needs a password of at most 8 plain characters: the protocol takes no longer one",
            ));
        }
        let (reports, reported) = mpsc::channel(REPORTS);
        Ok(Self {
            server,
            user,
            password: Zeroizing::new(password.to_owned()),
            from: Sender::parse(from)?,
            session: Mutex::new(None),
            reports,
            reported: Mutex::new(reported),
        })
    }

    /// The bound connection; a new one where there is none or it has ended.
    async fn session(&self) -> Result<Session, SendError> {
        let mut kept = self.session.lock().await;
        if let Some(session) = kept.as_ref().filter(|session| session.is_alive()) {
            return Ok(session.clone());
        }
        let session = self.connect().await?;
        *kept = Some(session.clone());
        Ok(session)
    }

    async fn connect(&self) -> Result<Session, SendError> {
        let away = |what: &str| SendError::Transient(format!("the SMPP centre {what}"));
        let address = (self.server.host.as_str(), self.server.port);
        let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(address)).await else {
            return Err(away("cannot be reached: check its address and the firewall on the way"));
        };
        // Only a matter of speed.
        let _ = stream.set_nodelay(true);
        let bound = match &self.server.tls {
            None => Session::bind(stream, self.bind()?, NAME, self.reports.clone()).await,
            Some((tls, name)) => match timeout(CONNECT, tls.connect(name.clone(), stream)).await {
                Ok(Ok(stream)) => Session::bind(stream, self.bind()?, NAME, self.reports.clone()).await,
                Ok(Err(error)) if is_about_tls(&error) => {
                    return Err(SendError::Misconfigured(
                        "the SMPP centre's certificate is not trusted, or it does not speak TLS on this port"
                            .into(),
                    ));
                }
                Ok(Err(_)) | Err(_) => return Err(away("broke off while TLS was set up")),
            },
        };
        bound.map_err(|answer| match answer {
            Answered::By(
                CommandStatus::EsmeRbindfail
                | CommandStatus::EsmeRinvpaswd
                | CommandStatus::EsmeRinvsysid
                | CommandStatus::EsmeRprohibited,
                _,
            ) => SendError::Misconfigured("the SMPP centre does not accept user and password".into()),
            Answered::By(status, _) => away(&format!("does not let us bind ({:#010x})", u32::from(status))),
            Answered::BrokenOff => away("broke off while we bound to it"),
        })
    }

    fn bind(&self) -> Result<BindTransceiver, SendError> {
        let password = COctetString::from_str(&self.password)
            .map_err(|_| SendError::Misconfigured("the SMPP password cannot be sent".into()))?;
        Ok(BindTransceiver::builder()
            .system_id(self.user.clone())
            .password(password)
            .system_type(COctetString::empty())
            .interface_version(InterfaceVersion::Smpp3_4)
            .addr_ton(Ton::Unknown)
            .addr_npi(Npi::Unknown)
            .address_range(COctetString::empty())
            .build())
    }

    fn message(&self, text: &Text) -> Result<SubmitSm, SendError> {
        let bad = |_| SendError::Permanent("the number cannot be used in SMPP".into());
        let to = COctetString::from_str(text.to.trim_start_matches('+')).map_err(bad)?;
        let (coding, octets, most) = match gsm::encode(&text.body) {
            Some(octets) => (DataCoding::McSpecific, octets, ONE_MESSAGE_GSM),
            None => {
                let octets = text.body.encode_utf16().flat_map(u16::to_be_bytes).collect();
                (DataCoding::Ucs2, octets, ONE_MESSAGE_UCS2)
            }
        };
        let message = SubmitSm::builder()
            .source_addr_ton(self.from.ton)
            .source_addr_npi(self.from.npi)
            .source_addr(self.from.address.clone())
            .dest_addr_ton(Ton::International)
            .dest_addr_npi(Npi::Isdn)
            .destination_addr(to)
            // Of the library's defaults these two would ask for acknowledgements by the person.
            .esm_class(EsmClass::from(0))
            .registered_delivery(RegisteredDelivery::from(1))
            .data_coding(coding);
        Ok(if octets.len() <= most {
            let long = |_| SendError::Permanent("the text is too long for SMPP".into());
            message.short_message(OctetString::from_vec(octets).map_err(long)?).build()
        } else {
            let payload = MessagePayload::new(AnyOctetString::from_vec(octets));
            message.push_tlv(MessageSubmissionRequestTlvValue::MessagePayload(payload)).build()
        })
    }
}

#[async_trait]
impl TextChannel for Smpp {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let message = self.message(text)?;
        let session = self.session().await?;
        match session.submit(message).await {
            Answered::By(CommandStatus::EsmeRok, provider_reference) => {
                Ok(Receipt { provider_reference, provider: Some(NAME) })
            }
            Answered::By(status, _) => Err(refused(status)),
            Answered::BrokenOff => {
                // The centre may be gone without a word: the next message makes a new connection.
                self.session.lock().await.take();
                Err(SendError::Transient("the connection to the SMPP centre broke off".into()))
            }
        }
    }

    /// Centres are not asked (`query_sm` is rarely offered): they send receipts.
    async fn status(&self, _provider_reference: &str) -> Result<DeliveryState, SendError> {
        Ok(DeliveryState::Unknown)
    }

    async fn next_report(&self) -> DeliveryReport {
        let mut reported = self.reported.lock().await;
        let mut told = false;
        loop {
            let ended = async {
                match self.session().await {
                    Ok(session) => {
                        session.ended().await;
                        None
                    }
                    Err(error) => Some(error),
                }
            };
            tokio::select! {
                biased;
                Some(report) = reported.recv() => return report,
                failed = ended => {
                    if let Some(error) = failed.filter(|_| !told) {
                        let alarm = matches!(error, SendError::Misconfigured(_));
                        tracing::warn!(%error, alarm, "no receipts come from the SMPP centre");
                        told = true;
                    }
                }
            }
            if let Ok(Some(report)) = timeout(PAUSE, reported.recv()).await {
                return report;
            }
        }
    }

    /// Binds and takes leave.
    async fn check(&self) -> Result<(), SendError> {
        self.connect().await?.unbind().await;
        Ok(())
    }
}

/// By number, since centres give few words. What is said about the number or the message is for good, what is said about
/// the centre's own state is not, and anything else is a matter of how we are set up there.
fn refused(status: CommandStatus) -> SendError {
    let shown = format!("{:#010x}", u32::from(status));
    match status {
        CommandStatus::EsmeRinvdstadr | CommandStatus::EsmeRinvdstton | CommandStatus::EsmeRinvdstnpi => {
            SendError::Permanent(format!("the SMPP centre does not send to this number ({shown})"))
        }
        CommandStatus::EsmeRsyserr
        | CommandStatus::EsmeRmsgqful
        | CommandStatus::EsmeRthrottled
        | CommandStatus::EsmeRsubmitfail
        | CommandStatus::EsmeRxTAppn => {
            SendError::Transient(format!("the SMPP centre takes no message at the moment ({shown})"))
        }
        CommandStatus::EsmeRinvsrcadr | CommandStatus::EsmeRinvsrcton | CommandStatus::EsmeRinvsrcnpi => {
            SendError::Misconfigured(format!(
                "the SMPP centre does not accept the sender ({shown}): check from"
            ))
        }
        _ => SendError::Misconfigured(format!(
            "the SMPP centre answered {shown}: ask its operators what that means for your account"
        )),
    }
}

impl Sender {
    /// Letters are a name; digits a number, with + an international one; nothing leaves it to the centre.
    fn parse(text: &str) -> Result<Self, SetupError> {
        let text = text.trim();
        let digits = text.trim_start_matches('+');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let (ton, npi, address) = match (text.is_empty(), is_number) {
            (true, _) => (Ton::Unknown, Npi::Unknown, ""),
            (false, true) if text.starts_with('+') => (Ton::International, Npi::Isdn, digits),
            (false, true) => (Ton::Unknown, Npi::Isdn, digits),
            (false, false) if text.len() <= 11 => (Ton::Alphanumeric, Npi::Unknown, text),
            (false, false) => {
                return Err(SetupError::new(
                    "the sender of texts (from) is a number, or a name of at most 11 letters",
                ));
            }
        };
        let address = COctetString::from_str(address)
            .map_err(|_| SetupError::new("the sender of texts (from) holds a sign that no phone can show"))?;
        Ok(Self { ton, npi, address })
    }
}

impl Server {
    fn parse(text: &str) -> Result<Self, SetupError> {
        let bad = || SetupError::new(format!("the SMPP centre's address cannot be read: {EXAMPLE}"));
        let url = Url::parse(text.trim()).map_err(|_| bad())?;
        let host =
            url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.username().is_empty();
        if host.is_empty() || !bare || url.password().is_some() {
            return Err(bad());
        }
        let port = url.port().unwrap_or(2775);
        let tls = match url.scheme() {
            "smpp" if is_loopback(&host) => None,
            "smpps" => {
                let name = ServerName::try_from(host.clone()).map_err(|_| bad())?;
                Some((trusted()?, name))
            }
            "smpp" => {
                return Err(SetupError::new(format!(
                    "over smpp: the password and every code cross the network in the clear: {EXAMPLE}"
                )));
            }
            _ => return Err(bad()),
        };
        Ok(Self { host, port, tls })
    }
}

fn is_about_tls(error: &std::io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

fn trusted() -> Result<TlsConnector, SetupError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| SetupError::new("this machine cannot set up TLS"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_the_password_cross_no_network_in_the_clear() {
        for good in ["smpp://127.0.0.1:2775", "smpp://localhost", "smpp://[::1]:1"] {
            assert!(Server::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "smpp://smpp.provider.example",
            "smpp://u:secret@localhost",
            "https://smpp.provider.example",
            "smpp.provider.example:2775",
            "",
        ] {
            let error = Server::parse(bad).err().unwrap().to_string();
            assert!(error.contains("smpps://") && !error.contains("secret"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_sender_is_a_number_a_name_or_nothing() {
        let ton = |text: &str| Sender::parse(text).map(|sender| sender.ton);
        assert_eq!(ton("+447700900000").unwrap(), Ton::International);
        assert_eq!(ton("60123").unwrap(), Ton::Unknown);
        assert_eq!(ton("Northfield").unwrap(), Ton::Alphanumeric);
        assert_eq!(ton("").unwrap(), Ton::Unknown);
        assert!(ton("Northfield Hospitals").is_err());
    }
}
