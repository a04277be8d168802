//! The root, on a machine that is on no network: it is made, signs issuing authorities, and revokes them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use journeys::Clock as _;
use pki::ceremony::{self, UpperAddresses};
use pki::{CertificateRequest, Curve, KeyFolder, KeyStore, RevocationReason, Revoked, Serial, Token};
use vault::{Random as _, SystemRandom};
use zeroize::Zeroizing;

use super::super::Outcome;
use super::super::console::Console;
use super::papers::{Named, one_certificate, passphrase, read, tell_certificate, write_new};
use crate::house::SystemClock;

/// The label of a root's key.
pub(super) const ROOT: &str = "root";

/// Where the root's key lies.
#[derive(Debug, Args)]
pub struct RootKeys {
    /// The folder of the root's key, such as one on a stick; its passphrase is asked for, or stands on the standard input
    #[arg(long, value_name = "FOLDER", required_unless_present = "driver", conflicts_with = "driver")]
    keys: Option<PathBuf>,
    /// The PKCS#11 driver of an HSM; the PIN is asked for, or stands on the standard input
    #[arg(long, value_name = "FILE", requires = "token")]
    driver: Option<PathBuf>,
    /// The label of the token in the HSM
    #[arg(long, value_name = "LABEL", requires = "driver")]
    token: Option<String>,
}

impl RootKeys {
    fn open(&self, console: &mut Console) -> Result<Arc<dyn KeyStore>> {
        if let (Some(driver), Some(token)) = (&self.driver, &self.token) {
            let pin = Zeroizing::new(console.secret("PIN of the token: ")?.expose().clone());
            return Ok(Arc::new(Token::open(driver, token, pin)?));
        }
        let Some(folder) = &self.keys else {
            bail!("name the place of the root's key: --keys, or --driver and --token")
        };
        Ok(Arc::new(KeyFolder::new(folder, passphrase(console)?)))
    }
}

/// `fobwatch pki root new`
#[derive(Debug, Args)]
pub struct NewRoot {
    #[command(flatten)]
    keys: RootKeys,
    #[command(flatten)]
    named: Named,
    /// How many days the root lives
    #[arg(long, default_value_t = 7300)]
    days: u32,
    /// Where the certificate is written, PEM
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl NewRoot {
    pub(super) fn run(self, console: &mut Console) -> Result<Outcome> {
        let random = SystemRandom::new();
        let drawn = |bytes: &mut [u8]| random.fill(bytes);
        let key = self.keys.open(console)?.generate(ROOT, Curve::P384, &drawn)?;
        let root = ceremony::new_root(&self.named.into(), &*key, SystemClock.now(), self.days, &drawn)?;
        write_new(&self.out, &root.pem())?;
        tell_certificate(&root, console)?;
        console.note("Write the fingerprint down, and keep the key where no network reaches it.")?;
        Ok(Outcome::Well)
    }
}

/// `fobwatch pki root sign`
#[derive(Debug, Args)]
pub struct SignIssuing {
    #[command(flatten)]
    keys: RootKeys,
    /// The root's certificate, PEM
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The request of the issuing authority, PEM
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// The fingerprint that `fobwatch pki issuing request` printed, brought here by another way than the request
    #[arg(long, value_name = "PAIRS")]
    fingerprint: String,
    /// How many days the issuing authority lives
    #[arg(long, default_value_t = 3650)]
    days: u32,
    /// Where the list of revoked authorities will lie, if anywhere
    #[arg(long, value_name = "URL")]
    list_url: Option<String>,
    /// Where the root's certificate will lie, if anywhere
    #[arg(long, value_name = "URL")]
    root_url: Option<String>,
    /// Where the certificate is written, PEM
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl SignIssuing {
    pub(super) fn run(self, console: &mut Console) -> Result<Outcome> {
        let request = CertificateRequest::verify_pem(&read(&self.request)?)
            .with_context(|| self.request.display().to_string())?;
        let plain =
            |text: &str| text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase();
        ensure!(
            plain(&self.fingerprint) == plain(&request.fingerprint()),
            "the request's fingerprint is {}, not the one that was given: it is not the request that was made",
            request.fingerprint()
        );
        let root = one_certificate(&self.root)?;
        let random = SystemRandom::new();
        let drawn = |bytes: &mut [u8]| random.fill(bytes);
        let key = self.keys.open(console)?.find(ROOT)?;
        let addresses = UpperAddresses { list: self.list_url, authority: self.root_url };
        let issuing =
            ceremony::sign_issuing(&root, &*key, &request, &addresses, SystemClock.now(), self.days, &drawn)?;
        write_new(&self.out, &issuing.pem())?;
        tell_certificate(&issuing, console)?;
        Ok(Outcome::Well)
    }
}

/// `fobwatch pki root list`
#[derive(Debug, Args)]
pub struct RootList {
    #[command(flatten)]
    keys: RootKeys,
    /// The root's certificate, PEM
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The number of this list: higher than that of every list before
    #[arg(long)]
    number: u64,
    /// How many days the list may be used
    #[arg(long, default_value_t = 365)]
    days: i64,
    /// The serial of an issuing authority that is revoked as compromised; may be given several times
    #[arg(long, value_name = "SERIAL")]
    revoke: Vec<String>,
    /// Where the list is written, DER
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl RootList {
    pub(super) fn run(self, console: &mut Console) -> Result<Outcome> {
        let now = SystemClock.now();
        let mut revoked = Vec::new();
        for text in &self.revoke {
            let serial = Serial::from_hex(text).with_context(|| format!("{text} is no serial number"))?;
            revoked.push(Revoked { serial, at: now, reason: RevocationReason::KeyCompromise });
        }
        let root = one_certificate(&self.root)?;
        let key = self.keys.open(console)?.find(ROOT)?;
        ensure!(
            root.public_key() == *key.public_key(),
            "the root's certificate and its key don't belong together"
        );
        let until = now.checked_add(jiff::SignedDuration::from_hours(24 * self.days))?;
        let list = pki::sign_list(&root, &*key, &revoked, self.number, now, until)?;
        std::fs::write(&self.out, list.der()).with_context(|| self.out.display().to_string())?;
        console.say(format!("{}: list {} until {until:.0}", self.out.display(), self.number))?;
        Ok(Outcome::Well)
    }
}
