//! A list that is not whole is refused, and the reason said.

use std::fs;
use std::path::PathBuf;

use breached::{HeaderProblem, List, ListProblem, PasswordDigest, VERSION};
use rstest::rstest;
use tempfile::TempDir;

use crate::words::{hashes, made, one_file, password};

struct Made {
    _folder: TempDir,
    path: PathBuf,
    bytes: Vec<u8>,
}

/// A good list.
fn list() -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passwords.list");
    made(&one_file(folder.path(), &hashes((0..40_000).map(password))), &path);
    let bytes = fs::read(&path).unwrap();
    Made { _folder: folder, path, bytes }
}

impl Made {
    fn with(&self, bytes: &[u8]) -> Result<List, ListProblem> {
        fs::write(&self.path, bytes).unwrap();
        List::open(&self.path)
    }

    fn refused(&self, bytes: &[u8]) -> String {
        self.with(bytes).unwrap_err().to_string()
    }
}

#[test]
fn a_file_of_another_kind_is_no_list() {
    let made = list();
    for bytes in [&b""[..], b"FWLIST", b"[passwords]\nbreached_list = 1\n", &[0; 4096]] {
        assert_eq!(made.refused(bytes), "is not a list of breached passwords");
    }
    let error = List::open(made.path.parent().unwrap()).unwrap_err();
    assert!(matches!(error, ListProblem::Header(HeaderProblem::NotAList)), "a folder is none: {error}");
    let error = List::open(&made.path.with_file_name("nowhere")).unwrap_err();
    assert!(matches!(error, ListProblem::Unreadable(_)), "{error}");
}

#[test]
fn a_list_of_another_version_says_which() {
    let made = list();
    let mut bytes = made.bytes.clone();
    bytes[8] = 9;
    assert_eq!(made.refused(&bytes), format!("has version 9, and this program reads version {VERSION}"));
}

#[rstest]
#[case(1)]
#[case(31)]
#[case(50_000)]
fn a_list_that_is_cut_off_or_longer_is_refused(#[case] by: usize) {
    let made = list();
    let short = &made.bytes[..made.bytes.len() - by];
    assert_eq!(made.refused(short), "is cut off, or is still being copied");
    let long = [&made.bytes[..], &vec![0; by]].concat();
    assert_eq!(made.refused(&long), "is cut off, or is still being copied");
    assert_eq!(made.refused(&made.bytes[..60]), "is damaged: its header is wrong");
}

#[test]
fn a_changed_byte_of_header_or_index_is_found_at_the_start() {
    let made = list();
    let end = made.bytes.len();
    for at in [12, 16, 24, 32, 40, 72, 103, end - 1, end - 40, end - 96] {
        let mut bytes = made.bytes.clone();
        bytes[at] ^= 1;
        assert!(made.refused(&bytes).contains("damaged"), "byte {at}");
    }
}

#[test]
fn a_changed_byte_of_a_shard_is_found_when_it_is_read() {
    let made = list();
    let mut bytes = made.bytes.clone();
    bytes[30_000] ^= 1;
    let list = made.with(&bytes).unwrap();
    assert!(matches!(list.verify(), Err(ListProblem::Damaged)));
    let answers: Vec<_> = (0..200).map(|n| list.holds(&PasswordDigest::of(&password(n)))).collect();
    assert!(answers.iter().any(Result::is_ok), "other shards still answer");
    assert!(answers.iter().all(|answer| !matches!(answer, Ok(false))), "none that is listed is let through");
}
