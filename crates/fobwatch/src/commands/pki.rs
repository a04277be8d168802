//! `fobwatch pki`: the ceremony that makes a certificate authority, step by step, and how it stands.

mod demo;
mod issuing;
mod papers;
mod root;
mod status;

pub(super) use demo::{CHAIN, make_demo};
pub(super) use status::look;

use anyhow::Result;
use clap::Subcommand;

use super::Outcome;
use super::console::Console;
use crate::config::{Config, Problems};

/// What can be done with the certificate authority.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make and use the root, on a machine that is on no network
    #[command(subcommand)]
    Root(Root),
    /// Ask the root for the issuing authority's certificate, and put it in its place
    #[command(subcommand)]
    Issuing(Issuing),
    /// Look after the certificate by which a key answers for the authority
    #[command(subcommand)]
    Ocsp(Ocsp),
    /// Make root, issuing authority and keys at once, in one folder: for trying out, never for real cards
    Demo(demo::Demo),
    /// Say how keys, certificates, list and answers stand; the exit code is 1 if something is to be mended
    Status,
}

/// `fobwatch pki root`
#[derive(Debug, Subcommand)]
pub enum Root {
    /// Make a root: its key, and a certificate that it signs itself. Prints the fingerprint to write down
    New(root::NewRoot),
    /// Sign the request of an issuing authority, after its fingerprint was compared
    Sign(root::SignIssuing),
    /// Sign a list of the issuing authorities that the root revokes
    List(root::RootList),
}

/// `fobwatch pki issuing`
#[derive(Debug, Subcommand)]
pub enum Issuing {
    /// Make the issuing authority's key where the configuration says, and a request for its certificate
    Request(issuing::RequestIssuing),
    /// Look whether the certificate that the root signed fits, make the OCSP key, and write the chain
    Install(issuing::InstallIssuing),
}

/// `fobwatch pki ocsp`
#[derive(Debug, Subcommand)]
pub enum Ocsp {
    /// Make a new certificate for the OCSP key. The service does so by itself when a third of its life is left
    Renew,
}

impl Command {
    pub(super) async fn run(
        self,
        load: impl FnOnce() -> Result<Config, Problems>,
        console: &mut Console,
    ) -> Result<Outcome> {
        match self {
            // The root is on a machine that has no configuration.
            Self::Root(Root::New(new)) => new.run(console),
            Self::Root(Root::Sign(sign)) => sign.run(console),
            Self::Root(Root::List(list)) => list.run(console),
            Self::Demo(demo) => demo.run(console),
            Self::Issuing(Issuing::Request(request)) => request.run(&load()?, console),
            Self::Issuing(Issuing::Install(install)) => install.run(&load()?, console),
            Self::Ocsp(Ocsp::Renew) => status::renew(&load()?, console).await,
            Self::Status => status::run(&load()?, console).await,
        }
    }
}
