//! The steps of the ceremony.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use journeys::Clock as _;
use pki::ceremony::{self, AuthorityName, UpperAddresses};
use pki::{
    Certificate, CertificateRequest, Curve, IssuingAuthority, KeyFolder, KeyProblem, KeyStore,
    RevocationReason, Revoked, Serial, SigningKey, Token,
};
use vault::{Random as _, SystemRandom};
use zeroize::Zeroizing;

use super::super::Outcome;
use super::super::console::Console;
use crate::authority;
use crate::config::Config;
use crate::house::SystemClock;

/// The label of a root's key.
const ROOT: &str = "root";

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

/// `fobwatch pki issuing request`
#[derive(Debug, Args)]
pub struct RequestIssuing {
    #[command(flatten)]
    named: Named,
    /// Where the request is written, PEM
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl RequestIssuing {
    pub(super) fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let key = find_or_make(&*authority::key_store(config)?, config.smartcards.issuing_key.as_str())?;
        let request = ceremony::request_issuing(&self.named.into(), &*key)?;
        write_new(&self.out, &request.pem())?;
        console.say(format!("request      {}", self.out.display()))?;
        console.say(format!("fingerprint  {}", request.fingerprint()))?;
        console.note("Bring the file to the root, and the fingerprint by another way.")?;
        Ok(Outcome::Well)
    }
}

/// `fobwatch pki issuing install`
#[derive(Debug, Args)]
pub struct InstallIssuing {
    /// The issuing authority's certificate, PEM
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// The root's certificate, PEM
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
}

impl InstallIssuing {
    pub(super) fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let Some(out) = &config.smartcards.chain else {
            bail!("smartcards.chain is missing: it names the file that the chain is written to")
        };
        let keys = authority::key_store(config)?;
        let key = keys.find(config.smartcards.issuing_key.as_str())?;
        let chain = vec![one_certificate(&self.certificate)?, one_certificate(&self.root)?];
        let whole: String = chain.iter().map(Certificate::pem).collect();
        IssuingAuthority::new(chain, key, authority::policy(config))?;
        find_or_make(&*keys, config.smartcards.ocsp_key.as_str())?;
        // The old chain may be in use: the new one takes its place at once or not at all.
        let beside = out.with_extension("new");
        std::fs::write(&beside, whole).with_context(|| beside.display().to_string())?;
        std::fs::rename(&beside, out).with_context(|| out.display().to_string())?;
        console.say(format!("{} is written.", out.display()))?;
        console.note("Set smartcards.authority = \"internal\", and start the service again.")?;
        Ok(Outcome::Well)
    }
}

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

fn passphrase(console: &mut Console) -> Result<Zeroizing<String>> {
    let typed = Zeroizing::new(console.secret("Passphrase of the keys: ")?.expose().clone());
    ensure!(typed.len() >= 12, "the passphrase is too short: take at least 12 characters");
    Ok(typed)
}

fn find_or_make(keys: &dyn KeyStore, label: &str) -> Result<Arc<dyn SigningKey>> {
    match keys.find(label) {
        Err(KeyProblem::NotFound { .. }) => {
            let random = SystemRandom::new();
            Ok(keys.generate(label, Curve::P256, &|bytes: &mut [u8]| random.fill(bytes))?)
        }
        found => Ok(found?),
    }
}

fn tell_certificate(certificate: &Certificate, console: &mut Console) -> Result<()> {
    console.say(format!("certificate  {}", certificate.subject()))?;
    console.say(format!("serial       {}", certificate.serial()))?;
    console.say(format!("holds until  {:.0}", certificate.not_after()))?;
    console.say(format!("fingerprint  {}", certificate.fingerprint()))?;
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn one_certificate(path: &Path) -> Result<Certificate> {
    let mut all = authority::certificates(path)?;
    ensure!(all.len() == 1, "{} holds {} certificates, and should hold one", path.display(), all.len());
    Ok(all.remove(0))
}

/// Writes a file that was not there.
fn write_new(path: &Path, content: &str) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(content.as_bytes()).with_context(|| path.display().to_string())
}
