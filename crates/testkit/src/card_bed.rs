//! A card reader with two slots behind the real PC/SC service, for one test alone.
//!
//! `pcscd` with vpcd's driver runs in a network and a mount namespace of its own: the driver listens on every address of the
//! machine, and its ports and the service's socket are the same for all. Who works the cards stays outside, in the network of
//! the test, and finds the service by `PCSCLITE_CSOCK_NAME`, so that it reaches a portal on loopback as well. The cards are
//! [`vcard::Card`]s of the test: it can look at them while they are in.

use crate::server::Server;
use std::ffi::OsStr;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vcard::{Card, Personal};

/// In the namespaces: the service, and what carries each reader's line out to a socket in the folder.
const INSIDE: &str = include_str!("card_bed/inside.sh");
const LINES: &str = include_str!("card_bed/lines.py");

/// What names the service's socket to who works a card.
const SOCKET: &str = "PCSCLITE_CSOCK_NAME";

/// A card that a test shares with the reader.
pub type SharedCard = Arc<Mutex<Card>>;

/// A blank card to be put into a reader.
pub fn card(personal: &Personal) -> SharedCard {
    Arc::new(Mutex::new(Card::new(personal)))
}

/// One of the two readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The person's.
    First,
    /// The Registration Authority's own.
    Second,
}

impl Reader {
    /// As the service calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "Virtual PCD 00 00",
            Self::Second => "Virtual PCD 00 01",
        }
    }

    fn number(self) -> usize {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }
}

/// The service with its two readers. It ends when it is dropped, with the cards pulled out, and when the test is killed.
pub struct CardBed {
    folder: PathBuf,
    inserted: [Option<Inserted>; 2],
    _server: Server,
}

struct Inserted {
    line: UnixStream,
    answers: JoinHandle<()>,
}

impl CardBed {
    /// Starts the service with both readers empty.
    ///
    /// # Panics
    /// Where it does not start: the packages are missing, or the machine does not let this user make namespaces.
    pub fn start() -> Self {
        let folder =
            tempfile::Builder::new().prefix("fobwatch-cards-").tempdir().expect("a temporary folder").keep();
        let path = folder.to_str().expect("its name is text").to_owned();
        // Who is not root becomes it in a namespace of their own.
        let user = if is_root() { "--mount" } else { "--map-root-user" };
        let command = ["unshare", "--net", "--mount", user, "sh", "-c", INSIDE, "card-bed", &path, LINES];
        let server = Server::start(&command, &folder, "KILL", "card-bed is ready").unwrap_or_else(|said| {
            panic!(
                "this test needs pcscd, vsmartcard-vpcd, opensc and iproute2, and a machine that lets it make namespaces:\n{said}"
            )
        });
        Self { folder, inserted: [None, None], _server: server }
    }

    /// Where the service listens; `PCSCLITE_CSOCK_NAME` names it to who works a card.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("pcscd.comm")
    }

    /// A program that will find this service.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env(SOCKET, self.socket());
        command
    }

    /// What a program that works the cards says, on both of its outputs.
    ///
    /// # Panics
    /// Where there is no such program.
    pub fn says(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.program(program).args(arguments).output();
        let output = output.unwrap_or_else(|why| panic!("this test needs {program}: {why}"));
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// Puts a card into a reader, and waits until the service has seen it. One that was in it is pulled out.
    ///
    /// # Panics
    /// Where the service does not see it within half a minute.
    pub fn insert(&mut self, reader: Reader, card: &SharedCard) {
        self.pull(reader);
        let line =
            UnixStream::connect(self.folder.join(format!("reader-{}", reader.number()))).expect("a reader");
        let mut end = line.try_clone().expect("a second handle of the line");
        let card = Arc::clone(card);
        let answers = std::thread::spawn(move || {
            // A line that breaks is a card that was pulled out.
            let _ = vcard::serve(&card, &mut end);
            let _ = end.shutdown(Shutdown::Both);
        });
        if let Some(place) = self.inserted.get_mut(reader.number()) {
            *place = Some(Inserted { line, answers });
        }
        self.wait(reader, true);
    }

    /// Pulls the card out of a reader, and waits until the service has seen that it is empty.
    ///
    /// # Panics
    /// Where the service does not see it within half a minute.
    pub fn pull(&mut self, reader: Reader) {
        if let Some(inserted) = self.inserted.get_mut(reader.number()).and_then(Option::take) {
            inserted.leave();
            self.wait(reader, false);
        }
    }

    /// Waits until a card that pulls itself out ([`Card::pull_after`]) is gone.
    ///
    /// # Panics
    /// Where it stays half a minute.
    pub fn is_empty(&self, reader: Reader) {
        self.wait(reader, false);
    }

    fn wait(&self, reader: Reader, has_card: bool) {
        let end = Instant::now() + Duration::from_secs(30);
        let line = |said: &str| {
            said.lines().find(|line| line.contains(reader.name())).map(|line| line.contains("Yes"))
        };
        while line(&self.says("opensc-tool", &["--list-readers"])) != Some(has_card) {
            assert!(Instant::now() < end, "the service does not see what is in {}", reader.name());
        }
    }
}

impl Inserted {
    fn leave(self) {
        let _ = self.line.shutdown(Shutdown::Both);
        let _ = self.answers.join();
    }
}

impl Drop for CardBed {
    fn drop(&mut self) {
        self.inserted.iter_mut().filter_map(Option::take).for_each(Inserted::leave);
    }
}

impl std::fmt::Debug for CardBed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardBed({})", self.folder.display())
    }
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(Path::new("/proc/self")).expect("/proc is there"))
        == 0
}
