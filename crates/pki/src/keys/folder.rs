//! Keys as encrypted files in a folder: for the demonstration, for tests, and for a root that lives on a stick in a safe.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::memory::KeyInMemory;
use super::pkcs8::{self, OpenProblem};
use super::{Curve, KeyProblem, KeyStore, SigningKey, check_label};
use crate::Random;

/// A folder of keys, each in a file `<label>.key.pem`, all under one passphrase.
pub struct KeyFolder {
    folder: PathBuf,
    passphrase: Zeroizing<String>,
}

impl KeyFolder {
    /// The folder; it need not exist until a key is made.
    pub fn new(folder: impl Into<PathBuf>, passphrase: Zeroizing<String>) -> Self {
        Self { folder: folder.into(), passphrase }
    }

    /// The file of a key.
    pub fn file(&self, label: &str) -> PathBuf {
        self.folder.join(format!("{label}.key.pem"))
    }
}

impl fmt::Debug for KeyFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFolder").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl KeyStore for KeyFolder {
    fn generate(
        &self,
        label: &str,
        curve: Curve,
        random: &dyn Random,
    ) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        check_label(label)?;
        let path = self.file(label);
        let key = KeyInMemory::generate(curve)?;
        let pem = pkcs8::seal(&key.to_pkcs8()?, self.passphrase.as_bytes(), random)
            .ok_or(KeyProblem::Cryptography)?;
        fs::create_dir_all(&self.folder)
            .map_err(|source| KeyProblem::File { path: self.folder.clone(), source })?;
        write_new(&path, pem.as_bytes()).map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => {
                KeyProblem::Exists { label: label.to_owned(), place: self.folder.display().to_string() }
            }
            _ => KeyProblem::File { path: path.clone(), source },
        })?;
        Ok(Arc::new(key))
    }

    fn find(&self, label: &str) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        check_label(label)?;
        let path = self.file(label);
        let pem = match fs::read_to_string(&path) {
            Ok(pem) => pem,
            Err(source) if source.kind() == ErrorKind::NotFound => {
                return Err(KeyProblem::NotFound {
                    label: label.to_owned(),
                    place: self.folder.display().to_string(),
                });
            }
            Err(source) => return Err(KeyProblem::File { path, source }),
        };
        let plain = pkcs8::open(&pem, self.passphrase.as_bytes()).map_err(|problem| match problem {
            OpenProblem::Format => KeyProblem::Format(path.clone()),
            OpenProblem::Passphrase => KeyProblem::Passphrase(path.clone()),
        })?;
        if let Some(key) = KeyInMemory::from_pkcs8(&plain) {
            return Ok(Arc::new(key));
        }
        // One wrong passphrase in 256 leaves something that looks padded.
        if plain.first() == Some(&0x30) {
            Err(KeyProblem::Format(path))
        } else {
            Err(KeyProblem::Passphrase(path))
        }
    }
}

/// Writes a file that only its owner reads, and never over another one.
fn write_new(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
