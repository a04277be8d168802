//! A virtual card in a reader of vpcd: `vcard connect 127.0.0.1:35963 --folder DIR`.

use clap::{Args, Parser, ValueEnum};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;
use vcard::{Card, Firmware, Personal, Profile, Pull};

/// A virtual PIV card for tests
#[derive(Parser)]
#[command(version)]
enum Cli {
    /// Put the card into the reader that listens at this address, until it is pulled out
    Connect(Connect),
}

#[derive(Args)]
struct Connect {
    /// Where the reader listens: 127.0.0.1:35963
    reader: String,
    /// Where the card is kept; a blank one is made where there is none
    #[arg(long)]
    folder: PathBuf,
    #[command(flatten)]
    blank: Blank,
    /// Pull the card out at the command after so many
    #[arg(long)]
    pull_after: Option<u32>,
    /// Take so many milliseconds for each answer, as a card of plastic does
    #[arg(long, default_value = "0")]
    pace: u64,
    /// Whether that command takes effect first
    #[arg(long, default_value = "after")]
    pull: When,
}

/// What a blank card is made with
#[derive(Args)]
struct Blank {
    /// Which passcodes it takes: piv-6-8-digits or legacy-4-8-alphanumeric
    #[arg(long, default_value = "piv-6-8-digits", value_parser = profile)]
    profile: Profile,
    /// Its number: 32 hexadecimal digits
    #[arg(long, value_parser = guid)]
    guid: Option<piv::Guid>,
    /// Its passcode
    #[arg(long, default_value = Personal::PASSCODE, conflicts_with = "blocked")]
    passcode: String,
    /// It comes blocked, without a passcode
    #[arg(long)]
    blocked: bool,
    /// Its unblocking key: 16 hexadecimal digits, or 8 signs
    #[arg(long, value_parser = unblocking_key)]
    puk: Option<[u8; 8]>,
    /// Its management key: 64 hexadecimal digits
    #[arg(long, value_parser = management_key)]
    management_key: Option<[u8; 32]>,
    /// It cannot move keys: firmware 5.4.3
    #[arg(long)]
    no_move: bool,
    /// It knows nothing beyond the standard
    #[arg(long)]
    plain: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Before,
    After,
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| "it is piv-6-8-digits or legacy-4-8-alphanumeric".to_owned())
}

fn guid(digits: &str) -> Result<piv::Guid, String> {
    piv::Guid::from_digits(digits).ok_or_else(|| "it has 32 hexadecimal digits".to_owned())
}

fn unblocking_key(words: &str) -> Result<[u8; 8], String> {
    let signs = words.as_bytes().try_into().ok();
    signs.or_else(|| hexadecimal(words)).ok_or_else(|| "it has 8 signs or 16 hexadecimal digits".to_owned())
}

fn management_key(digits: &str) -> Result<[u8; 32], String> {
    hexadecimal(digits).ok_or_else(|| "it has 64 hexadecimal digits".to_owned())
}

fn hexadecimal<const BYTES: usize>(digits: &str) -> Option<[u8; BYTES]> {
    let digits: Option<Vec<u8>> =
        digits.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| (high << 4) | low).collect();
    if rest.is_empty() { bytes.try_into().ok() } else { None }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Cli::Connect(Connect { reader, folder, blank, pull_after, pace, pull }) = Cli::parse();
    let fresh = Personal::fresh();
    let personal = Personal {
        guid: blank.guid.unwrap_or(fresh.guid),
        profile: blank.profile,
        firmware: match (blank.plain, blank.no_move) {
            (true, _) => Firmware::Plain,
            (false, true) => Firmware::Tells,
            (false, false) => Firmware::Moves,
        },
        passcode: (!blank.blocked).then_some(blank.passcode),
        unblocking_key: blank.puk.unwrap_or(fresh.unblocking_key),
        management_key: blank.management_key.unwrap_or(fresh.management_key),
    };
    let mut card = Card::open(&folder, &personal)?;
    if let Some(commands) = pull_after {
        let pull = match pull {
            When::Before => Pull::Before,
            When::After => Pull::After,
        };
        card.pull_after(commands, pull);
    }
    let line = TcpStream::connect(&reader)?;
    line.set_nodelay(true)?;
    vcard::serve(&Mutex::new(card), &mut Paced { line, pace: Duration::from_millis(pace) })?;
    Ok(())
}

/// The line to the reader, at the pace of a card of plastic.
struct Paced {
    line: TcpStream,
    pace: Duration,
}

impl Read for Paced {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.line.read(to)
    }
}

impl Write for Paced {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        std::thread::park_timeout(self.pace);
        self.line.write(from)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.line.flush()
    }
}
