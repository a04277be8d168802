//! The keys file: TOML that says what it is, readable by its owner only.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::keys::{KEY_BYTES, KeyBytes, Keys, SealingKey};

/// The form of the file that this version writes and reads.
const FORM: u32 = 1;

/// The longest text that is looked at, in bytes: some 10,000 keys.
const LONGEST: usize = 1 << 20;

/// Why keys can't be read or written. No text says what stands in the file.
#[derive(Debug, Error)]
pub enum KeyFileProblem {
    /// The file can't be read, written or listed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// [`Keys::save_new`] found a file.
    #[error(
        "{path} exists already and is not overwritten; take another place, or use the keys that are there"
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// [`Keys::save_rotated`] found the keys of another installation, or newer ones.
    #[error("{path} does not hold older keys of this installation, and is not overwritten")]
    OtherKeys {
        /// The file.
        path: PathBuf,
    },
    /// Not a keys file, or damaged.
    #[error("{place}: {problem}; put the keys file back from its copy")]
    Damaged {
        /// The file, or where the keys came from.
        place: String,
        /// What is wrong, with its line if it is known.
        problem: String,
    },
}

/// The file as it is written.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Written {
    form: u32,
    index: String,
    pepper: String,
    seal: Vec<WrittenKey>,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: u32,
    key: String,
}

const ABOUT: &str = "\
# The keys of this Fobwatch installation.
#
# With the database and this file one can read everything; with the database alone, nothing that is personal.
# Keep a copy apart from the copies of the database. If this file is lost, phone numbers, authenticator seeds and
# passwords are lost with it. Never change it by hand: `fobwatch keys rotate` adds a sealing key.
";

/// The keys as the text of a keys file.
fn print(keys: &Keys) -> Zeroizing<String> {
    // Room for all of it, so that growing leaves no copies behind.
    let mut text = Zeroizing::new(String::with_capacity(ABOUT.len() + 1024 + keys.ring.len() * 128));
    let base64 = |key: &KeyBytes| Zeroizing::new(STANDARD.encode(key.0));
    text.push_str(ABOUT);
    for part in ["\nform = ", &FORM.to_string(), "\n"] {
        text.push_str(part);
    }
    text.push_str("\n# Of keyed hashes: stays for ever, or nothing can be looked up any more.\nindex = \"");
    text.push_str(&base64(&keys.index));
    text.push_str("\"\n\n# Of password hashes: stays for ever, or nobody can sign in any more.\npepper = \"");
    text.push_str(&base64(&keys.pepper));
    text.push_str("\"\n\n# Of sealed values: the last one seals, all of them open.\n");
    for (id, key) in &keys.ring {
        for part in ["[[seal]]\nid = ", &id.to_string(), "\nkey = \"", &base64(&key.bytes), "\"\n"] {
            text.push_str(part);
        }
    }
    text
}

/// Reads the text of a keys file. `place` says in an error where it came from.
///
/// # Errors
/// [`KeyFileProblem::Damaged`].
pub fn read_key_text(text: &str, place: &str) -> Result<Keys, KeyFileProblem> {
    let damaged = |problem: String| KeyFileProblem::Damaged { place: place.to_owned(), problem };
    if text.len() > LONGEST {
        return Err(damaged("too long for a keys file".to_owned()));
    }
    // The library's own message would quote the line, and with it a key.
    let written: Written = toml::from_str(text).map_err(|why| {
        let before = why.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        damaged(format!("line {} is not what a keys file has", before.matches('\n').count() + 1))
    })?;
    if written.form != FORM {
        return Err(damaged(format!("form {} is of another version of Fobwatch", written.form)));
    }
    let index =
        key(&written.index).ok_or_else(|| damaged("the index key is not 32 bytes of base64".to_owned()))?;
    let pepper =
        key(&written.pepper).ok_or_else(|| damaged("the pepper is not 32 bytes of base64".to_owned()))?;
    let mut ring = BTreeMap::new();
    for each in &written.seal {
        let bytes = key(&each.key)
            .ok_or_else(|| damaged(format!("sealing key {} is not 32 bytes of base64", each.id)))?;
        if ring.insert(each.id, SealingKey::new(bytes)).is_some() {
            return Err(damaged(format!("sealing key {} is there twice", each.id)));
        }
    }
    if ring.is_empty() {
        return Err(damaged("there is no sealing key".to_owned()));
    }
    Ok(Keys::assemble(ring, index, pepper))
}

/// Where this crate says that keys came from the environment.
const ENVIRONMENT: &str = "the keys in the environment";

pub(crate) fn from_env_text(text: &str) -> Result<Keys, KeyFileProblem> {
    let line: Zeroizing<String> = Zeroizing::new(text.chars().filter(|c| !c.is_whitespace()).collect());
    // A keys file has brackets, which base64 has not: only one of the two can be meant.
    let decoded = STANDARD.decode(line.as_bytes()).ok().map(Zeroizing::new);
    match decoded.as_ref().map(|bytes| std::str::from_utf8(bytes)) {
        Some(Ok(inner)) => read_key_text(inner, ENVIRONMENT),
        _ => read_key_text(text, ENVIRONMENT),
    }
}

pub(crate) fn to_env_text(keys: &Keys) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(print(keys).as_bytes()))
}

/// A key from its base64, decoded without leaving copies.
fn key(base64: &str) -> Option<KeyBytes> {
    // The decoder asks for room in whole groups of three.
    let mut bytes = Zeroizing::new([0; KEY_BYTES + 2]);
    let length = STANDARD.decode_slice(base64, bytes.as_mut()).ok()?;
    let key: [u8; KEY_BYTES] = bytes.get(..length)?.try_into().ok()?;
    Some(KeyBytes(key))
}

pub(crate) fn load(path: &Path) -> Result<Keys, KeyFileProblem> {
    let io = |source| KeyFileProblem::Io { path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(io)?.mode();
    if mode & 0o007 != 0 {
        // Not refused: container platforms hand in secrets this way.
        tracing::warn!(path = %path.display(), "everybody on this machine can read the keys file; chmod 600 it");
    }
    let text = Zeroizing::new(fs::read(path).map_err(io)?);
    let text = std::str::from_utf8(&text).map_err(|_| KeyFileProblem::Damaged {
        place: path.display().to_string(),
        problem: "not a text".to_owned(),
    })?;
    read_key_text(text, &path.display().to_string())
}

pub(crate) fn save_new(keys: &Keys, path: &Path) -> Result<(), KeyFileProblem> {
    let io = |source| KeyFileProblem::Io { path: path.to_owned(), source };
    let taken = || KeyFileProblem::Exists { path: path.to_owned() };
    if fs::symlink_metadata(path).is_ok() {
        return Err(taken());
    }
    let folder = folder_of(path);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    let whole = WholeFile::write(path, &print(keys)).map_err(io)?;
    // Unlike a rename, a link fails where a file is: of two first starts at once, one wins.
    match fs::hard_link(&whole.path, path) {
        Ok(()) => {}
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return Err(taken()),
        Err(_) => whole.rename_without_links(path).map_err(|why| match why.kind() {
            io::ErrorKind::AlreadyExists => taken(),
            _ => io(why),
        })?,
    }
    sync_folder(folder).map_err(io)
}

pub(crate) fn save_rotated(keys: &Keys, path: &Path) -> Result<(), KeyFileProblem> {
    let io = |source| KeyFileProblem::Io { path: path.to_owned(), source };
    let old = load(path)?;
    let same = old.index.0 == keys.index.0 && old.pepper.0 == keys.pepper.0;
    let kept =
        old.ring.iter().all(|(id, key)| keys.ring.get(id).is_some_and(|new| new.bytes.0 == key.bytes.0));
    if !(same && kept) {
        return Err(KeyFileProblem::OtherKeys { path: path.to_owned() });
    }
    // A link to the file stays a link.
    let path = &fs::canonicalize(path).map_err(io)?;
    let owner = fs::metadata(path).map_err(io)?;
    let whole = WholeFile::write(path, &print(keys)).map_err(io)?;
    fchown(&whole.file, Some(owner.uid()), Some(owner.gid())).map_err(io)?;
    fs::rename(&whole.path, path).map_err(io)?;
    sync_folder(folder_of(path)).map_err(io)
}

/// A file with all its bytes safe on the disk, under a name of its own beside the one that it will have. The name is
/// given up when this is dropped.
struct WholeFile {
    path: PathBuf,
    file: File,
}

impl WholeFile {
    fn write(beside: &Path, text: &str) -> io::Result<Self> {
        let name = beside.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut own = name.to_owned();
        own.push(format!(".{}.new", std::process::id()));
        let path = beside.with_file_name(own);
        // Left over by an earlier process of this number, if it is there.
        let _ = fs::remove_file(&path);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let mut whole = Self { path, file };
        whole.file.write_all(text.as_bytes())?;
        whole.file.sync_all()?;
        Ok(whole)
    }

    /// For file systems that have no links: takes the name first, so that nobody else can, then puts the file there.
    fn rename_without_links(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        fs::rename(&self.path, path)
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
