//! The program for passcodes: a script stands in for it, and writes down what it was told.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use card_agent::{Missing, NewPasscode, Person as _, Pinentry, Signer as _, Unanswered};
use card_jobs::Verdict;
use tempfile::TempDir;

use crate::desk::about;

/// A program that answers GETPIN with one line of `pins` after the other, and CONFIRM with `confirm`.
fn program(pins: &[&str], confirm: &str) -> (TempDir, Pinentry) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pinentry");
    std::fs::write(folder.path().join("pins"), pins.join("\n") + "\n").unwrap();
    let script = format!(
        r#"#!/bin/sh
cd "$(dirname "$0")"
echo "OK at your service"
while read -r line; do
  echo "$line" >> told
  case "$line" in
    GETPIN)
      pin="$(head -n 1 pins)"
      sed -i 1d pins
      if [ -z "$pin" ]; then echo "ERR 83886179 cancelled"; else echo "D $pin"; echo OK; fi ;;
    CONFIRM) echo "{confirm}" ;;
    BYE) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
"#
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let pinentry = Pinentry::find(Some(&path)).unwrap();
    (folder, pinentry)
}

fn told(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join("told")).unwrap_or_default()
}

const SIX_TO_EIGHT: NewPasscode = NewPasscode { min: 6, max: 8, letters: false };

#[test]
fn the_person_sees_what_is_asked_for_whom_by_whom_and_where() {
    let (folder, mut person) = program(&[], "OK");
    person.agrees(&about(), "https://access.northfield.example").unwrap();
    let told = told(&folder);
    for part in [
        "Renew the certificates of your smartcard",
        "Smartcard of: Amina Khan",
        "https://access.northfield.example",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    person.puts_in_card(&about(), Missing::Card).unwrap();
    person.risks_last_try(&about()).unwrap();
    person.hears(Verdict::Done, "All is done");
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    assert!(told.contains("SETDESC All is done\nSETOK Close\n"), "{told}");
}

#[test]
fn who_cancels_has_declined() {
    let (_folder, mut person) = program(&[], "ERR 83886179 cancelled");
    assert_eq!(person.agrees(&about(), "x"), Err(Unanswered::Declined));
    assert_eq!(person.risks_last_try(&about()), Err(Unanswered::Declined));
    assert_eq!(person.types_passcode(&about(), None, false), Err(Unanswered::Declined));
}

#[test]
fn a_passcode_comes_as_it_was_typed() {
    let (folder, mut person) = program(&["a%25B3"], "OK");
    assert_eq!(person.types_passcode(&about(), Some(2), true).unwrap()[..], *b"a%B3");
    let told = told(&folder);
    assert!(told.contains("There are 2 tries left before the smartcard locks."), "{told}");
    assert!(told.contains("SETERROR That is not the passcode of this smartcard."), "{told}");
}

#[test]
fn a_new_passcode_is_typed_twice_until_it_fits_and_both_are_alike() {
    let (folder, mut person) = program(&["1234", "482913", "482914", "482913", "482913"], "OK");
    assert_eq!(person.chooses_passcode(&about(), SIX_TO_EIGHT).unwrap()[..], *b"482913");
    let told = told(&folder);
    assert!(told.contains("SETERROR That passcode does not fit: use 6 to 8 digits."), "{told}");
    assert!(told.contains("SETERROR The two passcodes were not the same."), "{told}");
    assert_eq!(told.matches("GETPIN").count(), 5);
}

#[test]
fn the_page_is_named_where_somebody_signs_in_and_the_last_try_is_announced() {
    let (folder, mut person) = program(&["123456"], "OK");
    let typed = person.types_passcode_for("https://access.northfield.example", Some(1), false).unwrap();
    assert_eq!(typed[..], *b"123456");
    let told = told(&folder);
    assert!(
        told.contains("https://access.northfield.example") && told.contains("Only one try is left."),
        "{told}"
    );
}

#[test]
fn a_program_that_is_missing_or_breaks_off_is_no_window() {
    assert!(Pinentry::find(Some(Path::new("/does/not/exist"))).is_none());
    let mut breaks_off = Pinentry::find(Some(Path::new("/bin/true"))).unwrap();
    assert_eq!(breaks_off.agrees(&about(), "x"), Err(Unanswered::NoWindow));
    assert_eq!(breaks_off.types_passcode(&about(), None, false), Err(Unanswered::NoWindow));
}
