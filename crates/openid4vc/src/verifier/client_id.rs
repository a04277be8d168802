use crate::jose::CertificateChain;
use std::fmt;
use url::Url;

/// Who asks, in a way that a wallet can check (OpenID4VP 1.0, section 5.9.3). It is always used whole, with its prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientId {
    /// `x509_hash:` the certificate that signs the request. The one way that HAIP 1.0 allows.
    X509Hash(String),
    /// `x509_san_dns:` a host that this certificate is for.
    X509SanDns(String),
    /// `redirect_uri:` the address that the answer goes to. Such a request is not signed: anybody could have made it.
    RedirectUri(String),
}

/// A name cannot be used with this certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdProblem {
    /// The certificate is for other hosts.
    #[error("the certificate that signs requests is not for {0}")]
    Host(String),
    /// It is not the certificate that is named.
    #[error("the request is signed by another certificate than {0}")]
    Certificate(String),
    /// Whoever asks by a host is answered there (section 5.9.3).
    #[error("the answer to {0} goes to another host")]
    Answer(String),
}

impl ClientId {
    /// Whoever signs with this certificate.
    pub fn by_certificate(chain: &CertificateChain) -> Self {
        Self::X509Hash(chain.hash())
    }

    /// The host that this certificate is for.
    ///
    /// # Errors
    ///
    /// When it is for others.
    pub fn by_host(host: &str, chain: &CertificateChain) -> Result<Self, ClientIdProblem> {
        if chain.is_for_host(host) {
            Ok(Self::X509SanDns(host.to_owned()))
        } else {
            Err(ClientIdProblem::Host(host.to_owned()))
        }
    }

    /// Whether a request of this name may be signed below this certificate and answered at this address: wallets look at just that.
    pub(super) fn check(&self, chain: &CertificateChain, response_uri: &Url) -> Result<(), ClientIdProblem> {
        match self {
            Self::X509Hash(hash) if *hash != chain.hash() => {
                Err(ClientIdProblem::Certificate(self.to_string()))
            }
            Self::X509SanDns(host) if !chain.is_for_host(host) => Err(ClientIdProblem::Host(host.clone())),
            Self::X509SanDns(host) if response_uri.host_str() != Some(host) => {
                Err(ClientIdProblem::Answer(self.to_string()))
            }
            Self::X509Hash(_) | Self::X509SanDns(_) | Self::RedirectUri(_) => Ok(()),
        }
    }

    /// Whether requests of this name are signed.
    pub fn signs(&self) -> bool {
        !matches!(self, Self::RedirectUri(_))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509Hash(hash) => write!(formatter, "x509_hash:{hash}"),
            Self::X509SanDns(host) => write!(formatter, "x509_san_dns:{host}"),
            Self::RedirectUri(address) => write!(formatter, "redirect_uri:{address}"),
        }
    }
}
