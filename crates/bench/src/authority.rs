//! A certificate authority for the binary that is measured, made by the binary itself.

use crate::certificates::policy;
use anyhow::{Context as _, Result, ensure};
use pki::{Certificate, IssuingAuthority, KeyFolder, KeyStore as _};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const PASSPHRASE: &str = "only for measuring";

/// An authority in a folder.
pub(crate) struct Authority {
    folder: PathBuf,
}

impl Authority {
    /// `fobwatch pki demo`.
    pub async fn make(binary: &Path, folder: &Path) -> Result<Self> {
        let folder = folder.join("smartcards");
        let mut made = Command::new(binary)
            .args(["pki", "demo"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut input = made.stdin.take().context("no way to give the passphrase")?;
        input.write_all(format!("{PASSPHRASE}\n").as_bytes()).await?;
        drop(input);
        ensure!(made.wait().await?.success(), "no authority was made");
        Ok(Self { folder })
    }

    /// What the service is told about it.
    pub fn settings(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("FOBWATCH_SMARTCARDS__AUTHORITY", "internal".into()),
            ("FOBWATCH_SMARTCARDS__KEYS_FOLDER", self.folder.clone().into_os_string()),
            ("FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE", PASSPHRASE.into()),
            ("FOBWATCH_SMARTCARDS__CHAIN", self.file().into_os_string()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.folder.join("chain.pem")
    }

    /// The issuing authority's certificate, then the root's.
    pub fn chain(&self) -> Result<Vec<Certificate>> {
        Ok(Certificate::all_from_pem(&std::fs::read_to_string(self.file())?)?)
    }

    /// The same authority, in this process.
    pub fn opened(&self) -> Result<IssuingAuthority> {
        let key = KeyFolder::new(&self.folder, PASSPHRASE.to_owned().into()).find("issuing")?;
        Ok(IssuingAuthority::new(self.chain()?, key, policy())?)
    }
}
