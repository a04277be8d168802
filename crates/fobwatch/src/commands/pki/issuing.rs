//! The issuing authority of a server: its request goes to the root, and its certificate is put in its place.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use pki::{Certificate, Curve, IssuingAuthority, KeyProblem, KeyStore, SigningKey, ceremony};
use vault::{Random as _, SystemRandom};

use super::super::Outcome;
use super::super::console::Console;
use super::papers::{Named, one_certificate, write_new};
use crate::authority;
use crate::config::Config;

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
        let policy = authority::policy(config, &chain);
        IssuingAuthority::new(chain, key, policy)?;
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

fn find_or_make(keys: &dyn KeyStore, label: &str) -> Result<Arc<dyn SigningKey>> {
    match keys.find(label) {
        Err(KeyProblem::NotFound { .. }) => {
            let random = SystemRandom::new();
            Ok(keys.generate(label, Curve::P256, &|bytes: &mut [u8]| random.fill(bytes))?)
        }
        found => Ok(found?),
    }
}
