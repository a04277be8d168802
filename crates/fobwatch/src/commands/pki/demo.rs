//! The whole ceremony at once, in one folder: for trying out.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use journeys::Clock as _;
use pki::{Certificate, Curve, KeyFolder, KeyStore as _, ceremony};
use vault::{Random as _, SystemRandom};
use zeroize::Zeroizing;

use super::super::Outcome;
use super::super::console::Console;
use super::papers::{passphrase, tell_certificate, write_new};
use super::root::ROOT;
use crate::house::SystemClock;

/// `fobwatch pki demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder for keys and certificates; it must not hold an authority yet
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The organisation, as it stands in certificates
    #[arg(long, value_name = "NAME", default_value = "Northfield Hospitals")]
    organisation: String,
}

/// The file of certificates in the folder of a demonstration.
pub(in crate::commands) const CHAIN: &str = "chain.pem";

impl Demo {
    pub(super) fn run(self, console: &mut Console) -> Result<Outcome> {
        for certificate in &make_demo(&self.folder, &self.organisation, passphrase(console)?)? {
            tell_certificate(certificate, console)?;
        }
        console
            .note("For the configuration, with the passphrase as FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE:")?;
        console.say("[smartcards]\nauthority = \"internal\"")?;
        let (folder, chain) =
            (self.folder.display().to_string(), self.folder.join(CHAIN).display().to_string());
        console.say(format!("keys_folder = {folder:?}\nchain = {chain:?}"))?;
        Ok(Outcome::Well)
    }
}

/// Holds the whole ceremony at once, in one folder.
pub(in crate::commands) fn make_demo(
    folder: &Path,
    organisation: &str,
    passphrase: Zeroizing<String>,
) -> Result<Vec<Certificate>> {
    let keys = KeyFolder::new(folder, passphrase);
    let random = SystemRandom::new();
    let drawn = |bytes: &mut [u8]| random.fill(bytes);
    let root_key = keys.generate(ROOT, Curve::P384, &drawn)?;
    let issuing_key = keys.generate("issuing", Curve::P256, &drawn)?;
    keys.generate("ocsp", Curve::P256, &drawn)?;
    let made = ceremony::demonstrate(organisation, &root_key, &issuing_key, SystemClock.now(), &drawn)?;
    write_new(&folder.join(CHAIN), &made.chain.iter().map(Certificate::pem).collect::<String>())?;
    Ok(made.chain)
}
