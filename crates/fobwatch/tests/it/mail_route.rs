//! The way to the mail server, which a test can break. Whatever happens on it happens in real SMTP.

use channels::{Email, EmailChannel, Receipt, SendError, SmtpChannel};
use std::sync::atomic::{AtomicU8, Ordering};
use testkit::Mailbox;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a message meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum MailServer {
    /// It takes everything.
    Up,
    /// Nobody listens.
    Down,
    /// It knows none of the mailboxes: 550.
    Refusing,
}

#[derive(Debug)]
pub struct MailRoute {
    up: SmtpChannel,
    down: SmtpChannel,
    refusing: SmtpChannel,
    state: AtomicU8,
}

impl MailRoute {
    pub async fn to(mailbox: &Mailbox) -> Self {
        let from = format!("Fobwatch <{}>", mailbox.from());
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = closed.local_addr().unwrap();
        drop(closed);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refusing = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(refuse(stream));
            }
        });
        let channel = |url: String| SmtpChannel::new(&url, &from).unwrap();
        Self {
            up: channel(mailbox.url()),
            down: channel(format!("smtp://{nobody}")),
            refusing: channel(format!("smtp://{refusing}")),
            state: AtomicU8::new(MailServer::Up as u8),
        }
    }

    pub fn is(&self, state: MailServer) {
        self.state.store(state as u8, Ordering::SeqCst);
    }

    fn channel(&self) -> &SmtpChannel {
        match self.state.load(Ordering::SeqCst) {
            state if state == MailServer::Down as u8 => &self.down,
            state if state == MailServer::Refusing as u8 => &self.refusing,
            _ => &self.up,
        }
    }
}

#[async_trait::async_trait]
impl EmailChannel for MailRoute {
    async fn send(&self, email: &Email) -> Result<Receipt, SendError> {
        self.channel().send(email).await
    }

    async fn check(&self) -> Result<(), SendError> {
        self.channel().check().await
    }
}

/// A mail server that knows nobody.
async fn refuse(stream: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.elsewhere.example\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match line.get(..4) {
            Some("RCPT") => b"550 5.1.1 No such user here\r\n",
            Some("QUIT") => b"221 2.0.0 Bye\r\n",
            _ => b"250 2.0.0 Ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
