//! The card as a process of its own at a reader: killing it is pulling the card out.
#![expect(clippy::expect_used, reason = "what is missing should stop the test")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};

const SELECT: &[u8] = &[0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08];
const WRONG: &[u8] = b"\x00\x20\x00\x80\x08000000\xFF\xFF";
const TRIES: &[u8] = &[0x00, 0x20, 0x00, 0x80];

/// A reader as vpcd is one.
struct Reader(TcpListener);

impl Reader {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").expect("loopback has a free port"))
    }

    fn inserts(&self, folder: &Path, options: &[&str]) -> (Child, TcpStream) {
        let address = self.0.local_addr().expect("it listens").to_string();
        let card = Command::new(env!("CARGO_BIN_EXE_vcard"))
            .args(["connect", &address, "--folder"])
            .arg(folder)
            .args(options)
            .spawn()
            .expect("the card starts");
        (card, self.0.accept().expect("the card comes").0)
    }
}

fn says(line: &mut TcpStream, command: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(command.len()).expect("it is short").to_be_bytes();
    line.write_all(&[&length[..], command].concat()).ok()?;
    let mut length = [0; 2];
    line.read_exact(&mut length).ok()?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    line.read_exact(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn a_card_whose_process_is_killed_comes_back_with_what_it_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let reader = Reader::new();
    let (mut card, mut line) = reader.inserts(folder.path(), &[]);
    assert!(says(&mut line, SELECT).is_some_and(|answer| answer.ends_with(&[0x90, 0x00])));
    assert_eq!(says(&mut line, WRONG), Some(vec![0x63, 0xC2]));
    card.kill().expect("it is killed");
    card.wait().expect("it ends");
    assert_eq!(says(&mut line, TRIES), None);
    let (mut card, mut line) = reader.inserts(folder.path(), &[]);
    says(&mut line, SELECT);
    assert_eq!(says(&mut line, TRIES), Some(vec![0x63, 0xC2]));
    drop(line);
    assert!(card.wait().expect("it ends with the reader").success());
}

#[test]
fn a_card_is_made_as_the_options_say_and_pulls_itself_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let reader = Reader::new();
    let options = "--profile legacy-4-8-alphanumeric --guid 000102030405060708090a0b0c0d0e0f --passcode aB3d --plain --pull-after 2 \
                   --pull before";
    let (mut card, mut line) = reader.inserts(folder.path(), &options.split_whitespace().collect::<Vec<_>>());
    says(&mut line, SELECT);
    let chuid =
        says(&mut line, &[0x00, 0xCB, 0x3F, 0xFF, 0x05, 0x5C, 0x03, 0x5F, 0xC1, 0x02]).expect("it answers");
    assert!(chuid.windows(16).any(|bytes| bytes.iter().copied().eq(0..16)));
    assert_eq!(says(&mut line, TRIES), None);
    assert!(card.wait().expect("it ends").success());
}
