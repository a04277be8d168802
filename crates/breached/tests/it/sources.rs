//! A list is made of a folder of range files, or of one sorted file.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use breached::{BuildError, List, SourceProblem, build};
use rstest::rstest;

use crate::words::{MADE_AT, hash, hashes, holds, made, one_file, password};

/// Range files as the programs that fetch them write them.
fn folder_of_ranges(folder: &Path, hashes: &[String], ending: &str) {
    for hash in hashes {
        let path = folder.join(format!("{}{ending}", &hash[..5]));
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, format!("{before}{}:3\r\n", &hash[5..])).unwrap();
    }
}

#[rstest]
#[case("")]
#[case(".txt")]
fn a_folder_and_a_file_of_the_same_hashes_make_the_same_list(#[case] ending: &str) {
    let folder = tempfile::tempdir().unwrap();
    let all = hashes((0..500).map(password));
    let ranges = folder.path().join("ranges");
    fs::create_dir(&ranges).unwrap();
    folder_of_ranges(&ranges, &all, ending);
    fs::write(ranges.join("README.md"), "Where this comes from").unwrap();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    assert_eq!(made(&ranges, &one), made(&one_file(folder.path(), &all), &other));
    assert_eq!(fs::read(one).unwrap(), fs::read(other).unwrap());
}

#[test]
fn padding_stands_for_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let (listed, padding) = (hash(&password(1)), hash(&password(2)));
    let source = folder.path().join("source");
    let mut lines = [format!("{listed}:1"), format!("{padding}:0")];
    lines.sort_unstable();
    fs::write(&source, lines.join("\n")).unwrap();
    let out = folder.path().join("list");
    assert_eq!(made(&source, &out).entries, 1);
    let list = List::open(&out).unwrap();
    assert!(holds(&list, &password(1)) && !holds(&list, &password(2)));
}

/// What is said of a source, which is a file with this content.
fn said_of(content: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.txt");
    fs::write(&source, content).unwrap();
    let out = folder.path().join("list");
    fs::write(&out, "the old list").unwrap();
    let error = build(&source, &out, MADE_AT, &|_| ()).unwrap_err();
    assert_eq!(fs::read_to_string(&out).unwrap(), "the old list", "nothing is replaced by half a list");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left over");
    error.to_string().replace(&folder.path().display().to_string(), "")
}

#[test]
fn a_mistake_in_a_source_is_named_with_its_line() {
    let all = hashes((0..3).map(password));
    let wrong_order = format!("{}:1\n{}:1\n", all[1], all[0]);
    let cases = [
        ("", "/source.txt holds no hashes"),
        ("\n\n", "/source.txt holds no hashes"),
        (
            "password\n",
            "/source.txt, line 1: it does not begin with 40 hexadecimal digits. It must be in the SHA-1 range format",
        ),
        (
            &format!("{}:1\n{}:many\n", all[0], all[1]),
            "/source.txt, line 2: its count is not a number. It must be in the SHA-1 range format",
        ),
        (&wrong_order, "/source.txt, line 2: it is out of order. Sort the file by hash first: LC_ALL=C sort"),
    ];
    for (content, said) in cases {
        assert_eq!(said_of(content), said);
    }
}

#[test]
fn a_folder_without_ranges_and_a_place_without_a_source_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("README.md"), "nothing").unwrap();
    let built = |source: &Path| build(source, &folder.path().join("list"), MADE_AT, &|_| ()).unwrap_err();
    let error = built(folder.path());
    assert!(matches!(error, BuildError::Source(SourceProblem::NoRanges { .. })), "{error}");
    let error = built(&folder.path().join("nowhere"));
    assert!(matches!(error, BuildError::Source(SourceProblem::Unreadable { .. })), "{error}");
    let source = one_file(folder.path(), &hashes((0..3).map(password)));
    let error = build(&source, &folder.path().join("no/such/folder/list"), MADE_AT, &|_| ()).unwrap_err();
    assert!(matches!(error, BuildError::Unwritable { .. }), "{error}");
}

#[test]
fn whoever_waits_is_told_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let source = one_file(folder.path(), &hashes((0..70_000).map(password)));
    let told = Cell::new(None);
    build(&source, &folder.path().join("list"), MADE_AT, &|progress| told.set(Some(progress))).unwrap();
    let told = told.take().unwrap();
    assert!(told.entries == 65_536 && told.done > 0 && told.done < told.of, "{told:?}");
}
