//! One bound connection to an SMPP centre: requests and their answers, receipts, and the question whether it still lives.

use std::collections::HashMap;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use rusmpp::pdus::{BindTransceiver, DeliverSmResp, SubmitSm};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::{Command, CommandStatus, Pdu};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tokio_util::codec::Framed;

use super::receipt;
use crate::DeliveryReport;

/// How long the centre may take to answer.
const ANSWER: Duration = Duration::from_secs(15);
/// After so long a silence the centre is asked whether it is there (`enquire_link`), and after as long again it is not.
const SILENCE: Duration = Duration::from_secs(30);
/// Requests that may be under way at once.
const WINDOW: usize = 10;
/// The longest PDU that is read, in octets.
pub(super) const LONGEST: usize = 4_096;

/// What became of a request.
pub(super) enum Answered {
    /// The centre's status, and what it calls the message.
    By(CommandStatus, Option<String>),
    /// The connection ended before.
    BrokenOff,
}

struct Request {
    pdu: Pdu,
    answer: oneshot::Sender<(CommandStatus, Option<String>)>,
}

/// The handle of a bound connection. The connection ends when all handles are dropped.
#[derive(Clone)]
pub(super) struct Session {
    requests: mpsc::Sender<Request>,
}

impl Session {
    /// Runs SMPP over `stream` and binds as a transceiver. `reports` takes the receipts.
    pub(super) async fn bind<S>(
        stream: S,
        bind: BindTransceiver,
        provider: &'static str,
        reports: mpsc::Sender<DeliveryReport>,
    ) -> Result<Self, Answered>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (requests, inbox) = mpsc::channel(WINDOW);
        let framed = Framed::new(stream, CommandCodec::new().with_max_length(LONGEST));
        let line = Line { framed, waiting: HashMap::new(), sequence: 0, provider, reports };
        tokio::spawn(line.run(inbox));
        let session = Self { requests };
        match session.ask(Pdu::BindTransceiver(bind)).await {
            Answered::By(CommandStatus::EsmeRok, _) => Ok(session),
            other => Err(other),
        }
    }

    /// Hands a message to the centre.
    pub(super) async fn submit(&self, message: SubmitSm) -> Answered {
        self.ask(Pdu::SubmitSm(message)).await
    }

    /// Takes leave of the centre.
    pub(super) async fn unbind(self) {
        self.ask(Pdu::Unbind).await;
    }

    /// Whether the connection is still there, as far as can be told without asking.
    pub(super) fn is_alive(&self) -> bool {
        !self.requests.is_closed()
    }

    /// Comes back when the connection has ended.
    pub(super) async fn ended(&self) {
        self.requests.closed().await;
    }

    async fn ask(&self, pdu: Pdu) -> Answered {
        let (answer, answered) = oneshot::channel();
        if self.requests.send(Request { pdu, answer }).await.is_err() {
            return Answered::BrokenOff;
        }
        match timeout(ANSWER, answered).await {
            Ok(Ok((status, id))) => Answered::By(status, id),
            Ok(Err(_)) | Err(_) => Answered::BrokenOff,
        }
    }
}

/// The end of the connection that works it.
struct Line<S> {
    framed: Framed<S, CommandCodec>,
    waiting: HashMap<u32, oneshot::Sender<(CommandStatus, Option<String>)>>,
    sequence: u32,
    provider: &'static str,
    reports: mpsc::Sender<DeliveryReport>,
}

/// The connection has ended.
struct Ended;

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn run(mut self, mut inbox: mpsc::Receiver<Request>) {
        let mut heard = Instant::now();
        let mut asked = false;
        loop {
            let patience = tokio::time::timeout_at(heard + SILENCE, async {
                tokio::select! {
                    command = self.framed.next() => Work::Heard(command.and_then(Result::ok)),
                    request = inbox.recv() => Work::Asked(request),
                }
            });
            let done = match patience.await {
                Ok(Work::Heard(Some(command))) => {
                    (heard, asked) = (Instant::now(), false);
                    self.heard(command).await
                }
                Ok(Work::Heard(None) | Work::Asked(None)) => Err(Ended),
                Ok(Work::Asked(Some(request))) => {
                    let Request { pdu, answer } = request;
                    let sent = self.request(pdu).await;
                    sent.map(|sequence| {
                        self.waiting.insert(sequence, answer);
                    })
                }
                Err(_) if asked => Err(Ended),
                Err(_) => {
                    (heard, asked) = (Instant::now(), true);
                    self.request(Pdu::EnquireLink).await.map(|_| ())
                }
            };
            if done.is_err() {
                return;
            }
        }
    }

    async fn heard(&mut self, command: Command) -> Result<(), Ended> {
        let (sequence, status) = (command.sequence_number(), command.status());
        match command.pdu() {
            Some(Pdu::DeliverSm(message)) => {
                // Where reports pile up the centre keeps this one and brings it again.
                let taken = receipt::report(self.provider, message)
                    .is_none_or(|report| self.reports.try_send(report).is_ok());
                let status = if taken { CommandStatus::EsmeRok } else { CommandStatus::EsmeRmsgqful };
                self.answer(status, sequence, DeliverSmResp::default()).await
            }
            Some(Pdu::EnquireLink) => {
                self.answer(CommandStatus::EsmeRok, sequence, Pdu::EnquireLinkResp).await
            }
            Some(Pdu::Unbind) => {
                let _ = self.answer(CommandStatus::EsmeRok, sequence, Pdu::UnbindResp).await;
                Err(Ended)
            }
            other => {
                let id = match other {
                    Some(Pdu::SubmitSmResp(taken)) => {
                        Some(taken.message_id().as_str().to_owned()).filter(|id| !id.is_empty())
                    }
                    _ => None,
                };
                if let Some(waiting) = self.waiting.remove(&sequence) {
                    let _ = waiting.send((status, id));
                }
                self.waiting.retain(|_, waiting| !waiting.is_closed());
                Ok(())
            }
        }
    }

    async fn request(&mut self, pdu: Pdu) -> Result<u32, Ended> {
        // Sequence numbers go from 1 to 0x7FFFFFFF.
        self.sequence = (self.sequence % 0x7FFF_FFFF) + 1;
        self.answer(CommandStatus::EsmeRok, self.sequence, pdu).await?;
        Ok(self.sequence)
    }

    async fn answer(
        &mut self,
        status: CommandStatus,
        sequence: u32,
        pdu: impl Into<Pdu>,
    ) -> Result<(), Ended> {
        let command = Command::new(status, sequence, pdu);
        match timeout(ANSWER, self.framed.send(command)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended),
        }
    }
}

enum Work {
    Heard(Option<Command>),
    Asked(Option<Request>),
}
