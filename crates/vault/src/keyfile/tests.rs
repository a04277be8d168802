use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::SystemRandom;

fn keys() -> Keys {
    let random = SystemRandom::new();
    let mut keys = Keys::generate(&random);
    keys.rotate(&random);
    keys
}

/// Whether the two open and hash the same.
fn same(one: &Keys, other: &Keys) -> bool {
    *print(one) == *print(other)
}

#[test]
fn keys_that_were_saved_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/keys.toml");
    let keys = keys();
    keys.save_new(&path).unwrap();
    let loaded = Keys::load(&path).unwrap();
    assert!(same(&keys, &loaded));
    let sealed = keys.seal("phone", b"+447700900123", &SystemRandom::new());
    assert_eq!(**loaded.open("phone", &sealed).unwrap(), *b"+447700900123");
}

#[test]
fn the_file_is_for_its_owner_only_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    keys().save_new(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["keys.toml"]);
}

#[test]
fn the_file_says_what_it_is() {
    let text = print(&keys());
    assert!(text.starts_with("# The keys of this Fobwatch installation."));
    assert!(text.contains("fobwatch keys rotate") && text.contains("[[seal]]\nid = 2\n"));
}

#[test]
fn a_keys_file_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    let first = keys();
    first.save_new(&path).unwrap();
    assert!(matches!(keys().save_new(&path), Err(KeyFileProblem::Exists { .. })));
    assert!(same(&first, &Keys::load(&path).unwrap()));
    // Not even through a link to nowhere.
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).unwrap();
    assert!(matches!(keys().save_new(&link), Err(KeyFileProblem::Exists { .. })));
}

#[test]
fn of_first_starts_at_once_one_makes_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    // Each process writes under a name of its own; here, a folder of its own stands in for it.
    let path = folder.path().join("keys.toml");
    let made = WholeFile::write(&path, &print(&keys())).unwrap();
    fs::hard_link(&made.path, &path).unwrap();
    assert_eq!(made.rename_without_links(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::hard_link(&made.path, &path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
}

#[test]
fn a_file_system_without_links_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    let keys = keys();
    WholeFile::write(&path, &print(&keys)).unwrap().rename_without_links(&path).unwrap();
    assert!(same(&keys, &Keys::load(&path).unwrap()));
}

#[test]
fn rotated_keys_replace_the_older_ones_of_the_same_installation_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    let random = SystemRandom::new();
    let old = keys();
    old.save_new(&path).unwrap();
    let mut new = Keys::load(&path).unwrap();
    new.rotate(&random);
    new.save_rotated(&path).unwrap();
    assert!(same(&new, &Keys::load(&path).unwrap()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    // The older ones would lose what the new one sealed; another installation's would lose everything.
    assert!(matches!(old.save_rotated(&path), Err(KeyFileProblem::OtherKeys { .. })));
    assert!(matches!(keys().save_rotated(&path), Err(KeyFileProblem::OtherKeys { .. })));
    assert!(matches!(new.save_rotated(&folder.path().join("none")), Err(KeyFileProblem::Io { .. })));
}

#[test]
fn keys_come_from_the_environment_as_text_or_as_one_line() {
    let keys = keys();
    let line = to_env_text(&keys);
    assert!(!line.contains('\n'));
    assert!(same(&keys, &Keys::from_env_text(&line).unwrap()));
    assert!(same(&keys, &Keys::from_env_text(&format!(" {}\n", *line)).unwrap()));
    assert!(same(&keys, &Keys::from_env_text(&print(&keys)).unwrap()));
    for rubbish in ["", "secret", "c2VjcmV0", "🔑"] {
        assert!(matches!(Keys::from_env_text(rubbish), Err(KeyFileProblem::Damaged { .. })));
    }
}

#[test]
fn a_damaged_file_says_where_and_never_what() {
    let text = print(&keys());
    let secret = |line: &str| line.split('"').nth(1).map(str::to_owned);
    let secrets: Vec<String> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(secret).collect();
    assert_eq!(secrets.len(), 4);
    let mut damaged = vec![
        text.replace("form = 1", "form = 2"),
        text.replace("form = 1", "form = 1\nmore = 2"),
        text.replace("id = 2", "id = 1"),
        text.replace("id = 2", "id = -2"),
        text.replace("id = 2", "id = \"two\""),
        text.split("[[seal]]").next().unwrap().to_owned(),
        text.replace("pepper = \"", "pepper = "),
        text.replace("index", "indexes"),
        text.replace("key = \"", "key = \"AAAA"),
        text[..text.len() / 2].to_owned(),
        String::new(),
    ];
    for secret in &secrets {
        damaged.push(text.replace(secret.as_str(), &secret[4..]));
        damaged.push(text.replace(secret.as_str(), &format!("{secret}\n")));
        damaged.push(text.replace(&format!("\"{secret}\""), secret));
        damaged.push(text.replace(&format!("\"{secret}\""), &format!("[\"{secret}\"]")));
    }
    for text in damaged {
        let why = read_key_text(&text, "keys.toml").unwrap_err();
        let shown = format!("{why} {why:?}");
        assert!(shown.contains("keys.toml"), "{shown}");
        assert!(secrets.iter().all(|secret| !shown.contains(&secret[4..20])), "{shown}");
    }
}

#[test]
fn the_line_that_is_wrong_is_named() {
    let text = print(&keys()).replace("index = ", "index : ");
    let line = text.lines().position(|line| line.starts_with("index")).unwrap() + 1;
    let why = read_key_text(&text, "keys.toml").unwrap_err().to_string();
    assert!(why.contains(&format!("line {line} ")), "{why}");
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    assert!(Keys::load(&path).unwrap_err().to_string().contains("keys.toml"));
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(Keys::load(&path), Err(KeyFileProblem::Damaged { .. })));
}
