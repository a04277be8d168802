//! Our end of the trunk: one port, on which the answers of all calls arrive.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::net::{UdpSocket, lookup_host};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::message::Message;
use crate::SendError;

/// The longest packet.
const LONGEST: usize = 65_536;

/// The port, and the calls that wait on it.
pub(super) struct Line {
    socket: Arc<UdpSocket>,
    /// The address of ours that the trunk sees.
    pub(super) own: SocketAddr,
    /// Where the trunk is.
    pub(super) trunk: SocketAddr,
    calls: Mutex<HashMap<String, UnboundedSender<(Message, SocketAddr)>>>,
    reader: Mutex<Option<JoinHandle<()>>>,
}

impl Line {
    /// Listens on `listen`. `told` is our address as the trunk must know it, where it is not the one that this machine uses.
    pub(super) async fn open(
        listen: SocketAddr,
        told: Option<IpAddr>,
        (host, port): (&str, u16),
    ) -> Result<Arc<Self>, SendError> {
        let trunk = lookup_host((host, port))
            .await
            .ok()
            .and_then(|mut found| found.find(|address| address.is_ipv4() == listen.is_ipv4()))
            .ok_or_else(|| {
                SendError::Transient("the telephone trunk's name is not known: check [voice] url".into())
            })?;
        let socket = UdpSocket::bind(listen).await.map_err(|_| {
            SendError::Misconfigured(format!(
                "the port for calls ({listen}) is not to be had: check [voice] listen"
            ))
        })?;
        let ip = match told {
            Some(ip) => ip,
            None if listen.ip().is_unspecified() => way_to(trunk).await?,
            None => listen.ip(),
        };
        let port = socket.local_addr().map_or(listen.port(), |address| address.port());
        let line = Arc::new(Self {
            socket: Arc::new(socket),
            own: SocketAddr::new(ip, port),
            trunk,
            calls: Mutex::default(),
            reader: Mutex::default(),
        });
        let reader = tokio::spawn(read(line.socket.clone(), Arc::downgrade(&line)));
        *line.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(reader);
        Ok(line)
    }

    /// Sends one packet. A network that does not take it is as good as one that loses it.
    pub(super) async fn send(&self, text: &str, to: SocketAddr) {
        let _ = self.socket.send_to(text.as_bytes(), to).await;
    }

    /// Where what is told about the call `id` arrives.
    pub(super) fn inbox(self: &Arc<Self>, id: &str) -> Inbox {
        let (told, messages) = unbounded_channel();
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), told);
        Inbox { line: self.clone(), id: id.to_owned(), messages }
    }

    /// Who knows what a call is known by may speak about it, from whichever machine of the trunk; nobody else is told
    /// anything but the trunk itself.
    async fn take(&self, packet: &[u8], from: SocketAddr) {
        let Some(message) = Message::parse(packet) else { return };
        let call = message
            .header("call-id")
            .and_then(|id| self.calls.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned());
        match (call, message.method()) {
            (Some(call), _) => {
                let _ = call.send((message, from));
            }
            (None, _) if from.ip() != self.trunk.ip() => {}
            // Trunks ask from time to time whether we are there.
            (None, Some("OPTIONS")) => self.send(&message.answered(200, "OK", "", ""), from).await,
            (None, Some("ACK") | None) => {}
            (None, Some("INVITE")) => self.send(&message.answered(403, "Forbidden", "", ""), from).await,
            (None, Some(_)) => {
                self.send(&message.answered(481, "Call/Transaction Does Not Exist", "", ""), from).await;
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take() {
            reader.abort();
        }
    }
}

/// What is told about one call, until this is dropped.
pub(super) struct Inbox {
    line: Arc<Line>,
    id: String,
    pub(super) messages: UnboundedReceiver<(Message, SocketAddr)>,
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.line.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// It must not keep the line alive while it waits.
async fn read(socket: Arc<UdpSocket>, line: Weak<Line>) {
    let mut packet = vec![0; LONGEST];
    loop {
        let received = socket.recv_from(&mut packet).await;
        let Some(line) = line.upgrade() else { return };
        match received {
            Ok((length, from)) => line.take(packet.get(..length).unwrap_or_default(), from).await,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// The address that this machine uses towards `trunk`. Nothing is sent.
async fn way_to(trunk: SocketAddr) -> Result<IpAddr, SendError> {
    let any: SocketAddr = if trunk.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let way = async {
        let socket = UdpSocket::bind(any).await?;
        socket.connect(trunk).await?;
        socket.local_addr()
    };
    way.await.map(|address| address.ip()).map_err(|_| {
        SendError::Transient("there is no way to the telephone trunk: check this machine's network".into())
    })
}
