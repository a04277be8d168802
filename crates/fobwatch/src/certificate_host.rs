//! The host on which people sign in by the certificate of their card, as the configuration wants it.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use pki::TrustedAuthorities;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::{CertificateHost, Web};
use zeroize::Zeroizing;

use crate::config::Config;

/// The host, listening.
pub(crate) struct Listening {
    host: CertificateHost,
    listener: TcpListener,
}

/// Listens where the configuration names a place; where it names none there is no such host.
///
/// # Errors
/// Where a file cannot be read or used, or the place is taken, with the key of the configuration.
pub(crate) async fn listen(config: &Config, web: &Web) -> Result<Option<Listening>> {
    let settings = &config.smartcards;
    let Some(address) = settings.mtls_listen else { return Ok(None) };
    let certificate = read(settings.mtls_certificate.as_ref(), "mtls_certificate")?;
    let key = Zeroizing::new(read(settings.mtls_key.as_ref(), "mtls_key")?);
    let authority = web
        .authority
        .as_ref()
        .ok_or_else(|| anyhow!("smartcards.mtls_listen: smartcards.authority is none; set it first"))?;
    // Cards may still have certificates of the authority that was before.
    let chains = web.published.iter().flat_map(|published| published.chains());
    let trusted = TrustedAuthorities::new(std::iter::once(authority.chain()).chain(chains))
        .context("smartcards.chain: no certificate in it can be trusted")?;
    let host = CertificateHost::new(web.clone(), &certificate, &key, authority.chain(), trusted)?;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("smartcards.mtls_listen: {address} cannot be listened on. Is the port taken?")
    })?;
    tracing::info!("people sign in by certificate on {}", listener.local_addr()?);
    Ok(Some(Listening { host, listener }))
}

fn read(path: Option<&PathBuf>, key: &str) -> Result<Vec<u8>> {
    let path = path.ok_or_else(|| anyhow!("smartcards.{key} is missing"))?;
    std::fs::read(path).with_context(|| format!("smartcards.{key}: {} cannot be read", path.display()))
}

impl Listening {
    /// Serves until it is told to stop.
    pub(crate) fn serve_until(self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            if let Err(error) = self.host.serve(self.listener, stop.cancelled_owned()).await {
                tracing::error!(%error, "nobody can sign in by certificate any longer");
            }
        })
    }
}
