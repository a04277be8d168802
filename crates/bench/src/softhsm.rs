//! The same with keys in an HSM, for which `SoftHSM` stands: a token of its own in a temporary folder.

use crate::certificates::issuing;
use anyhow::{Context as _, Result, ensure};
use pki::Token;
use std::path::Path;
use std::process::{Command, Stdio};

/// How this program starts itself: the driver reads where its tokens are from the environment, once.
pub(crate) const PART: &str = "in-softhsm";
/// Signatures or certificates in a round.
const COUNT: usize = 2_000;
const DRIVER: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LABEL: &str = "bench";
const PIN: &str = "998877";

/// Makes a token and measures in a process that has it.
pub(crate) fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (tokens, settings) = (folder.path().join("tokens"), folder.path().join("softhsm2.conf"));
    std::fs::create_dir(&tokens)?;
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display());
    std::fs::write(&settings, text)?;
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", LABEL, "--so-pin", "11223344", "--pin", PIN])
        .env("SOFTHSM2_CONF", &settings)
        .stdout(Stdio::null())
        .status()
        .context("this measurement needs Debian's package softhsm2")?;
    ensure!(made.success(), "softhsm2-util makes no token");
    let measured =
        Command::new(std::env::current_exe()?).args(["", PART]).env("SOFTHSM2_CONF", &settings).status()?;
    ensure!(measured.success(), "SoftHSM could not be measured");
    Ok(())
}

/// Measures with the token that the environment names.
pub(crate) fn in_child() -> Result<()> {
    issuing("SoftHSM", &Token::open(Path::new(DRIVER), LABEL, PIN.to_owned().into())?, COUNT)
}
