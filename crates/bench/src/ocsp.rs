//! Answers whether a certificate still stands, from memory, beside an empty handler of the same server.

use crate::authority::Authority;
use crate::load::pages_per_second;
use crate::people;
use crate::server::Server;
use crate::{PAGES_FOR, ROUNDS, median};
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use pki::ocsp::{HashKind, OcspRequest, Wanted};
use pki::{Certificate, Serial};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use vault::{Keys, SystemRandom};

/// Measures it with the real binary.
pub(crate) async fn measure(binary: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let keys = people::keys(folder.path())?;
    let authority = Authority::make(binary, folder.path()).await?;
    let server = Server::start_with(binary, folder.path(), &authority.settings()).await?;
    let issuing = authority.chain()?.into_iter().next().context("no authority")?;
    let path = path_about(&issuing, responder(folder.path(), keys).await?)?;
    let (mut empty, mut kept) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty.push(pages_per_second(server.address, "/health/live", "", PAGES_FOR).await?);
        kept.push(pages_per_second(server.address, &path, "", PAGES_FOR).await?);
    }
    let (empty, kept) = (median(empty), median(kept));
    println!("empty handler: {empty:.0} per second");
    println!("OCSP answers from memory: {kept:.0} per second, ratio {:.2}", kept / empty);
    server.stop().await
}

/// The one certificate that a new service has issued: that of its own responder.
async fn responder(folder: &Path, keys: Arc<Keys>) -> Result<Serial> {
    let url = format!("sqlite://{}", folder.join("fobwatch.db").display());
    let store = Store::open(&url, 1, keys, Arc::new(SystemRandom::new())).await?;
    let mut look = tokio::time::interval(Duration::from_millis(50));
    let der = loop {
        look.tick().await;
        if let Some(der) = store.responder_certificates(Timestamp::UNIX_EPOCH).await?.into_iter().next() {
            break der;
        }
    };
    store.close().await;
    Ok(Certificate::from_der(&der)?.serial().clone())
}

/// The address that asks about a certificate.
pub(crate) fn path_about(issuing: &Certificate, serial: Serial) -> Result<String> {
    let asked = OcspRequest::about(Wanted::new(issuing, serial, HashKind::Sha1)?).to_der()?;
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, asked);
    Ok(format!("/pki/ocsp/{}", text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")))
}
