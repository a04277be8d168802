//! The certificate authority, made from the configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use journeys::authority::{Lifetimes, OwnAuthority, Published, name_of};
use pki::est::{EstAuthority, EstSettings};
use pki::{
    Addresses, Certificate, CertificateAuthority, IssuingAuthority, KeyFolder, KeyStore, Policy, SigningKey,
    Token,
};
use url::Url;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::config::value::{CertificateIssuer, Words};

/// Who issues certificates of smartcards, and what our own authority says to the world.
#[derive(Clone, Default)]
pub struct Authority {
    /// Who issues, if somebody does.
    pub issuer: Option<Arc<dyn CertificateAuthority>>,
    /// What an authority of our own says; none where it is outside.
    pub published: Option<Arc<Published>>,
}

impl Authority {
    /// What the configuration names.
    ///
    /// # Errors
    /// Where keys or certificates cannot be read or don't belong together, with the key of the configuration and what to do.
    pub fn from(config: &Config) -> Result<Self> {
        match config.smartcards.authority {
            CertificateIssuer::None => Ok(Self::default()),
            CertificateIssuer::Internal => internal(config),
            CertificateIssuer::Est => {
                Ok(Self { issuer: Some(Arc::new(est_authority(config)?)), published: None })
            }
        }
    }

    /// An authority of our own; `responder` is the key that answers for it.
    pub fn own(authority: IssuingAuthority, responder: Arc<dyn SigningKey>, lifetimes: Lifetimes) -> Self {
        Self {
            issuer: Some(Arc::new(OwnAuthority::new(authority.clone()))),
            published: Some(Arc::new(Published::new(authority, responder, lifetimes))),
        }
    }
}

/// The authority that issued before, if the configuration names one: its certificates still count.
fn former(config: &Config) -> Result<Option<IssuingAuthority>> {
    let settings = &config.smartcards;
    let (Some(chain), Some(key)) = (&settings.former_chain, &settings.former_issuing_key) else {
        return Ok(None);
    };
    let chain = certificates(chain).context("smartcards.former_chain")?;
    let key = key_store(config)?.find(key.as_str()).context("smartcards.former_issuing_key")?;
    let policy = policy(config, &chain);
    IssuingAuthority::new(chain, key, policy).map(Some).context("smartcards.former_chain")
}

fn internal(config: &Config) -> Result<Authority> {
    let settings = &config.smartcards;
    let authority = issuing_authority(config)?;
    let former = former(config)?;
    let responder = key_store(config)?.find(settings.ocsp_key.as_str()).context(
        "smartcards.ocsp_key: `fobwatch pki issuing install` makes the key that answers for the authority",
    )?;
    let lifetimes = Lifetimes {
        list_hours: settings.list_hours.get(),
        answer_hours: settings.answer_hours.get(),
        answer_kept_seconds: settings.answer_kept_seconds.get(),
    };
    let issuer = Arc::new(OwnAuthority::new(authority.clone()));
    let mut published = Published::new(authority, responder, lifetimes);
    if let Some(former) = former {
        published = published.and_former(former);
    }
    Ok(Authority { issuer: Some(issuer), published: Some(Arc::new(published)) })
}

/// The authority outside.
fn est_authority(config: &Config) -> Result<EstAuthority> {
    let settings = &config.smartcards;
    let url = settings.est_url.as_ref().ok_or_else(|| anyhow!("smartcards.est_url is missing"))?;
    let read =
        |path: &PathBuf| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let login = match (&settings.est_user, &settings.est_password) {
        (Some(user), Some(password)) => {
            Some((user.as_str().to_owned(), Zeroizing::new(password.expose().clone())))
        }
        _ => None,
    };
    let client = settings.est_client.as_ref().map(read).transpose().context("smartcards.est_client")?;
    let authority = EstAuthority::new(EstSettings {
        url: url.as_str().to_owned(),
        login,
        client: client.map(Zeroizing::new),
        roots: settings.est_roots.as_ref().map(read).transpose().context("smartcards.est_roots")?,
        chain: chain(config)?,
    });
    authority.context("smartcards.est_client and est_roots")
}

/// Asks the authority outside for its certificates.
///
/// # Errors
/// Where it does not answer, or issues by other ones than those that are configured.
pub async fn check_est(config: &Config) -> Result<String> {
    est_authority(config)?.check().await.context("smartcards.est_url")?;
    Ok("the authority outside answers and issues by the certificates that we know".to_owned())
}

/// The issuing authority with its key.
///
/// # Errors
/// As [`Authority::from`].
pub fn issuing_authority(config: &Config) -> Result<IssuingAuthority> {
    let settings = &config.smartcards;
    let key = key_store(config)?.find(settings.issuing_key.as_str()).context("smartcards.issuing_key")?;
    let chain = chain(config)?;
    let policy = policy(config, &chain);
    IssuingAuthority::new(chain, key, policy).context("smartcards.chain")
}

/// What stands in certificates of the authority at the head of this chain.
pub fn policy(config: &Config, chain: &[Certificate]) -> Policy {
    let settings = &config.smartcards;
    let days = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    Policy {
        addresses: addresses(settings.public_url.as_ref().unwrap_or(config.server.public_url.url()), chain),
        policy: settings.policy.as_ref().and_then(|policy| Policy::policy_from(policy.as_str())),
        days: days(settings.days.get()),
        jitter_days: days(settings.jitter_days.get()),
    }
}

/// They name the authority: another one that takes its place one day has its own.
fn addresses(base: &Url, chain: &[Certificate]) -> Addresses {
    let at = |path: &str| format!("{}{path}", base.as_str().trim_end_matches('/'));
    let name = chain.first().map(name_of).unwrap_or_default();
    Addresses {
        ocsp: at(web::urls::PKI_OCSP),
        authority: at(&web::urls::pki_issuing(&name)),
        list: at(&web::urls::pki_list(&name)),
    }
}

/// The certificates of the authority.
///
/// # Errors
/// Where the file cannot be read.
pub fn chain(config: &Config) -> Result<Vec<Certificate>> {
    let path = config.smartcards.chain.as_ref().ok_or_else(|| anyhow!("smartcards.chain is missing"))?;
    certificates(path).context("smartcards.chain")
}

/// The certificates in a PEM file.
///
/// # Errors
/// Where it cannot be read.
pub fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Certificate::all_from_pem(&text).with_context(|| format!("{}", path.display()))
}

/// Where the authority's keys lie.
///
/// # Errors
/// Where nothing is configured, or the HSM cannot be opened.
pub fn key_store(config: &Config) -> Result<Arc<dyn KeyStore>> {
    let settings = &config.smartcards;
    if let Some(driver) = &settings.hsm_driver {
        let token = settings.hsm_token.as_ref().map(Words::as_str);
        let token = token.ok_or_else(|| anyhow!("smartcards.hsm_token is missing"))?;
        let pin = settings.hsm_pin.as_ref().ok_or_else(|| anyhow!("smartcards.hsm_pin is missing"))?;
        let opened = Token::open(driver, token, Zeroizing::new(pin.expose().clone()));
        return Ok(Arc::new(opened.context("smartcards.hsm_driver, hsm_token and hsm_pin")?));
    }
    let (Some(folder), Some(passphrase)) = (&settings.keys_folder, &settings.keys_passphrase) else {
        bail!(
            "no place for keys is configured: set smartcards.keys_folder and smartcards.keys_passphrase, or \
             smartcards.hsm_driver, hsm_token and hsm_pin"
        );
    };
    Ok(Arc::new(KeyFolder::new(folder, Zeroizing::new(passphrase.expose().clone()))))
}
