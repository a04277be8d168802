//! What the steps of the ceremony hand to each other: names, passphrases, and certificates in files.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use pki::Certificate;
use pki::ceremony::AuthorityName;
use zeroize::Zeroizing;

use super::super::console::Console;
use crate::authority;

/// The name of an authority.
#[derive(Debug, Args)]
pub struct Named {
    /// The organisation, as it stands in certificates
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// The authority's own name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The country, two letters
    #[arg(long, value_name = "CODE", default_value = "GB")]
    country: String,
}

impl From<Named> for AuthorityName {
    fn from(named: Named) -> Self {
        Self { country: named.country, organisation: named.organisation, common_name: named.name }
    }
}

pub(super) fn passphrase(console: &mut Console) -> Result<Zeroizing<String>> {
    let typed = Zeroizing::new(console.secret("Passphrase of the keys: ")?.expose().clone());
    ensure!(typed.len() >= 12, "the passphrase is too short: take at least 12 characters");
    Ok(typed)
}

pub(super) fn tell_certificate(certificate: &Certificate, console: &mut Console) -> Result<()> {
    console.say(format!("certificate  {}", certificate.subject()))?;
    console.say(format!("serial       {}", certificate.serial()))?;
    console.say(format!("holds until  {:.0}", certificate.not_after()))?;
    console.say(format!("fingerprint  {}", certificate.fingerprint()))?;
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

pub(super) fn one_certificate(path: &Path) -> Result<Certificate> {
    let mut all = authority::certificates(path)?;
    ensure!(all.len() == 1, "{} holds {} certificates, and should hold one", path.display(), all.len());
    Ok(all.remove(0))
}

/// Writes a file that was not there.
pub(super) fn write_new(path: &Path, content: &str) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(content.as_bytes()).with_context(|| path.display().to_string())
}
