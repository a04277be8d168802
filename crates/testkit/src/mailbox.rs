//! A mailbox: what the product sent, as a mail server that we did not write received it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use mail_parser::{Address, HeaderValue, MessageParser};

use crate::{digits::first_code, server::Server};

/// Debian's Python, the one that sees Debian's `python3-aiosmtpd`.
const PYTHON: &str = "/usr/bin/python3";
/// Where the mail server files what it receives, in its temporary folder.
const MAILDIR: &str = "maildir";

/// Everything that one sender sent. Each mailbox has a sender of its own, so that tests can share one mail server.
#[derive(Debug)]
pub struct Mailbox {
    from: String,
    server: &'static MailServer,
}

impl Mailbox {
    /// A mailbox with a new sender, on the mail server of this test process.
    ///
    /// # Panics
    /// When aiosmtpd is not installed or does not start; the text says why.
    pub fn shared() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        static SHARED: OnceLock<MailServer> = OnceLock::new();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            from: format!("no-reply-{number}@fobwatch.example"),
            server: SHARED.get_or_init(MailServer::start),
        }
    }

    /// The mail server's address for the product: `smtp://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.server.port)
    }

    /// The sender that the product must use for its messages to be seen here.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Every message of this sender, oldest first.
    ///
    /// # Panics
    /// When a message cannot be read as a message.
    pub fn messages(&self) -> Vec<Arc<Mail>> {
        self.server.messages().into_iter().filter(|mail| mail.from == self.from).collect()
    }

    /// The messages to `address` (in whatever case), oldest first.
    ///
    /// # Panics
    /// When a message cannot be read as a message.
    pub fn messages_to(&self, address: &str) -> Vec<Arc<Mail>> {
        self.messages().into_iter().filter(|mail| mail.to.eq_ignore_ascii_case(address)).collect()
    }

    /// The code in the last message to `address`.
    ///
    /// # Panics
    /// When there is no message or the last one holds no code.
    pub fn last_code(&self, address: &str) -> String {
        let messages = self.messages_to(address);
        let Some(last) = messages.last() else { panic!("no message came for {address}") };
        last.code().unwrap_or_else(|| {
            panic!("no code in the message {:?} to {address}:\n{}", last.subject, last.text)
        })
    }
}

/// A message as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The address in the From line.
    pub from: String,
    /// The address in the To line.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: String,
    /// The HTML part, decoded; empty when there is none.
    pub html: String,
    /// Without its angle brackets.
    pub message_id: String,
    /// The whole message as it came over the wire, headers first, with what the mail server added.
    pub raw: String,
}

impl Mail {
    /// The first run of six digits in the text part.
    pub fn code(&self) -> Option<String> {
        first_code(&self.text).map(str::to_owned)
    }

    /// The first header of that name, decoded where it is text.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = MessageParser::default().parse(&self.raw)?;
        match message.header(name)? {
            HeaderValue::Text(text) => Some(text.to_string()),
            _ => message.header_raw(name).map(|raw| raw.trim().to_owned()),
        }
    }

    fn read(file: &Path) -> Self {
        let bytes = fs::read(file).expect("a delivered message can be read");
        let message = MessageParser::default().parse(&bytes).expect("a delivered message is a message");
        Self {
            from: address(message.from()),
            to: address(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.html_part(0).and_then(|part| part.text_contents()).unwrap_or_default().to_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            raw: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn address(header: Option<&Address<'_>>) -> String {
    header.and_then(Address::first).and_then(|first| first.address()).unwrap_or_default().to_owned()
}

/// aiosmtpd with a Maildir: a message is in the folder before the product hears that it was accepted.
#[derive(Debug)]
struct MailServer {
    port: u16,
    arrived: PathBuf,
    read: Mutex<BTreeMap<Arrival, Arc<Mail>>>,
    _server: Server,
}

impl MailServer {
    fn start() -> Self {
        let started = Server::on_free_port("mail", |folder, port| {
            let (maildir, listen) = (folder.join(MAILDIR), format!("127.0.0.1:{port}"));
            let (maildir, handler) = (maildir.to_string_lossy(), "aiosmtpd.handlers.Mailbox");
            let command =
                [PYTHON, "-u", "-m", "aiosmtpd", "-n", "-d", "-u", "-l", &listen, "-c", handler, &maildir];
            Server::start(&command, folder, "TERM", "Server is listening")
        });
        match started {
            Ok((server, folder, port)) => {
                let arrived = folder.join(MAILDIR).join("new");
                Self { port, arrived, read: Mutex::default(), _server: server }
            }
            Err(said) => {
                panic!(
                    "the mail server does not start; is it installed (`apt-get install python3-aiosmtpd`)?\n{said}"
                )
            }
        }
    }

    fn messages(&self) -> Vec<Arc<Mail>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in fs::read_dir(&self.arrived).into_iter().flatten().flatten() {
            let arrival = Arrival::of(&entry.file_name().to_string_lossy());
            read.entry(arrival).or_insert_with(|| Arc::new(Mail::read(&entry.path())));
        }
        read.values().cloned().collect()
    }
}

/// When a message arrived, from the name that Python gives to its file: `seconds.M…P…Qnumber.host`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    number: u64,
    name: String,
}

impl Arrival {
    fn of(name: &str) -> Self {
        let number =
            name.split('Q').nth(1).and_then(|rest| rest.split('.').next()).and_then(|n| n.parse().ok());
        Self { number: number.unwrap_or_default(), name: name.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};

    use super::*;

    /// Speaks the protocol by hand, so that this crate needs no mail client.
    fn send(mailbox: &Mailbox, from: &str, to: &str, message: &str) {
        let stream = std::net::TcpStream::connect(("127.0.0.1", mailbox.server.port)).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let mut say = |line: &str, expected: &str| {
            (&stream).write_all(line.as_bytes()).unwrap();
            let mut answer = String::new();
            answers.read_line(&mut answer).unwrap();
            assert!(answer.starts_with(expected), "{line:?} is answered {answer:?}");
        };
        say("", "220");
        say("HELO ward.northfield.example\r\n", "250");
        say(&format!("MAIL FROM:<{from}>\r\n"), "250");
        say(&format!("RCPT TO:<{to}>\r\n"), "250");
        say("DATA\r\n", "354");
        say(&format!("From: {from}\r\nTo: {to}\r\n{message}\r\n.\r\n"), "250");
    }

    #[test]
    fn a_mailbox_shows_what_its_own_sender_sent_in_the_order_of_arrival() {
        let (ours, theirs) = (Mailbox::shared(), Mailbox::shared());
        let to = "amina.khan@northfield.example";
        for code in ["111111", "222222", "333333"] {
            send(&ours, ours.from(), to, &format!("Subject: Your code\r\n\r\nYour code is {code}.\r\n"));
        }
        send(&theirs, theirs.from(), to, "Subject: Other\r\nX-Kind: test\r\n\r\nNothing to see\r\n");

        let subjects: Vec<_> =
            ours.messages_to(&to.to_uppercase()).iter().map(|mail| mail.subject.clone()).collect();
        assert_eq!(subjects, ["Your code"; 3]);
        assert_eq!(ours.last_code(to), "333333");
        assert_eq!(theirs.messages()[0].code(), None);
        assert_eq!(theirs.messages()[0].header("x-kind").as_deref(), Some("test"));
    }
}
