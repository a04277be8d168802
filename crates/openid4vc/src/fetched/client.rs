use super::is_public;
use jiff::SignedDuration;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use reqwest::{Certificate, Client, StatusCode, redirect};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::{Host, Url};

/// A connection is made within so long.
const CONNECTS_WITHIN: Duration = Duration::from_secs(3);
/// A list is there within so long: somebody waits for it with their phone in hand.
const PATIENCE: Duration = Duration::from_secs(5);
/// No list is longer, in bytes: a million credentials of which every tenth is revoked take 60 thousand (section 12.6).
const LONGEST: usize = 1 << 20;
/// What a list is served as (section 8.1).
const MEDIA_TYPE: &str = "application/statuslist+jwt";

/// From whom lists are fetched.
#[derive(Debug, Clone, Default)]
pub struct FetchSettings {
    /// Hosts that may have an address of a private network, in lower case: those of the organisation's own network. One that begins with
    /// a dot stands for all below it.
    pub private_hosts: Vec<String>,
    /// Certificates (PEM) that TLS is trusted by, too, beside those that the machine trusts.
    pub roots: Option<Vec<u8>>,
}

/// Why a list could not be fetched. The texts are for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchFailure {
    /// Not an address with `https:` and a host, without a user.
    #[error("its address is none that is fetched: only https: with a host")]
    Address,
    /// Its host is not on the internet.
    #[error("its host has an address of a private network, and is none of those that may")]
    Private,
    /// No connection, or nobody whom the machine trusts vouches for its host.
    #[error("it cannot be reached: check its host, its certificate, and the firewall on the way")]
    Unreachable,
    /// Five seconds are over.
    #[error("it did not come within 5 seconds")]
    TooSlow,
    /// The connection was lost.
    #[error("the connection to it broke off")]
    BrokeOff,
    /// Another status than 200. One that leads elsewhere is not followed.
    #[error("it was answered with {0}")]
    Status(u16),
    /// Something else than a list.
    #[error("its media type is not application/statuslist+jwt")]
    MediaType,
    /// More than any list has.
    #[error("it is longer than a mebibyte")]
    TooLong,
}

/// A list as it was sent.
#[derive(Debug)]
pub(super) struct Fetched {
    pub token: String,
    /// How long a copy may be used by the headers of the answer, where they say so (RFC 9111, section 5.2.2).
    pub max_age: Option<SignedDuration>,
}

/// What fetches.
pub(super) struct Fetcher {
    /// Made when it is needed: most installations fetch nothing.
    client: OnceLock<Option<Client>>,
    roots: Vec<Certificate>,
    private_hosts: Arc<Vec<String>>,
}

impl Fetcher {
    pub fn new(settings: FetchSettings) -> Result<Self, reqwest::Error> {
        let roots = match &settings.roots {
            Some(pem) => Certificate::from_pem_bundle(pem)?,
            None => Vec::new(),
        };
        Ok(Self { client: OnceLock::new(), roots, private_hosts: Arc::new(settings.private_hosts) })
    }

    fn client(&self) -> Option<&Client> {
        let make = || {
            let resolver = PublicHosts(Arc::clone(&self.private_hosts));
            Client::builder()
                .connect_timeout(CONNECTS_WITHIN)
                .timeout(PATIENCE)
                .redirect(redirect::Policy::none())
                .https_only(true)
                // A proxy would look names up where we cannot see to which network they lead.
                .no_proxy()
                .dns_resolver(Arc::new(resolver))
                .tls_certs_merge(self.roots.clone())
                .user_agent(concat!("fobwatch/", env!("CARGO_PKG_VERSION")))
                .build()
                .ok()
        };
        self.client.get_or_init(make).as_ref()
    }

    pub async fn fetch(&self, uri: &str) -> Result<Fetched, FetchFailure> {
        let url = self.address(uri)?;
        let client = self.client().ok_or(FetchFailure::Unreachable)?;
        let asked = client.get(url).header(ACCEPT, MEDIA_TYPE).send().await;
        let mut answer = asked.map_err(|error| failure(&error))?;
        if answer.status() != StatusCode::OK {
            return Err(FetchFailure::Status(answer.status().as_u16()));
        }
        if !is_a_list(answer.headers()) {
            return Err(FetchFailure::MediaType);
        }
        let max_age = max_age(answer.headers());
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + piece.len() > LONGEST {
                return Err(FetchFailure::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        let token = String::from_utf8(body).map_err(|_| FetchFailure::MediaType)?;
        Ok(Fetched { token: token.trim().to_owned(), max_age })
    }

    /// Names are looked at when they are looked up; an address that stands in the URL itself is looked at here.
    fn address(&self, uri: &str) -> Result<Url, FetchFailure> {
        let url = Url::parse(uri).map_err(|_| FetchFailure::Address)?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if url.scheme() != "https" || !plain {
            return Err(FetchFailure::Address);
        }
        let address = match url.host().ok_or(FetchFailure::Address)? {
            Host::Domain(_) => return Ok(url),
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
        };
        let named = self.private_hosts.iter().any(|host| host.parse() == Ok(address));
        if named || is_public(address) { Ok(url) } else { Err(FetchFailure::Private) }
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("private_hosts", &self.private_hosts).finish_non_exhaustive()
    }
}

/// Looks names up, and refuses those that lead to a private network. The connection is made to the very address that was looked at.
struct PublicHosts(Arc<Vec<String>>);

#[derive(Debug, thiserror::Error)]
#[error("the host has an address of a private network")]
struct PrivateHost;

impl Resolve for PublicHosts {
    fn resolve(&self, name: Name) -> Resolving {
        let private_hosts = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
            let found: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            // One private address among others is one too many: which of them is taken is nobody's choice.
            if !may_be_private(&private_hosts, &host) && found.iter().any(|one| !is_public(one.ip())) {
                return Err(PrivateHost.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn may_be_private(private_hosts: &[String], host: &str) -> bool {
    private_hosts
        .iter()
        .any(|one| if one.starts_with('.') { host.ends_with(one.as_str()) } else { host == one })
}

fn failure(error: &reqwest::Error) -> FetchFailure {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<PrivateHost>() {
            return FetchFailure::Private;
        }
        source = inner.source();
    }
    if error.is_timeout() {
        FetchFailure::TooSlow
    } else if error.is_connect() {
        FetchFailure::Unreachable
    } else {
        FetchFailure::BrokeOff
    }
}

fn is_a_list(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let media_type = text(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default();
    // Nothing packed was asked for.
    media_type.trim().eq_ignore_ascii_case(MEDIA_TYPE)
        && text(CONTENT_ENCODING).is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"))
}

fn max_age(headers: &HeaderMap) -> Option<SignedDuration> {
    let mut found: Option<SignedDuration> = None;
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    for directive in values.flat_map(|value| value.split(',')) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        let age = match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => 0,
            "max-age" => value.trim().trim_matches('"').parse::<u32>().map_or(0, i64::from),
            _ => continue,
        };
        let age = SignedDuration::from_secs(age);
        found = Some(found.map_or(age, |found| found.min(age)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn headers_say_how_long_a_list_may_be_kept() {
        let said = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
            }
            max_age(&headers).map(|age| age.as_secs())
        };
        assert_eq!(said(&[]), None);
        assert_eq!(said(&["public"]), None);
        assert_eq!(said(&["public, max-age=300"]), Some(300));
        assert_eq!(said(&["Max-Age=\"60\""]), Some(60));
        assert_eq!(said(&["max-age=300", "no-cache"]), Some(0));
        assert_eq!(said(&["max-age=soon"]), Some(0));
        assert_eq!(said(&["no-store"]), Some(0));
    }

    #[test]
    fn hosts_of_the_own_network_are_named() {
        let named = ["passport.riverside.example".to_owned(), ".westvale.example".to_owned()];
        for (host, may) in [
            ("passport.riverside.example", true),
            ("riverside.example", false),
            ("id.westvale.example", true),
            ("westvale.example", false),
            ("notwestvale.example", false),
        ] {
            assert_eq!(may_be_private(&named, host), may, "{host}");
        }
    }

    #[test]
    fn only_what_is_out_on_the_internet_is_fetched() {
        let settings = FetchSettings { private_hosts: vec!["10.1.2.3".to_owned()], roots: None };
        let private_hosts = Arc::new(settings.private_hosts);
        let fetcher = Fetcher { client: OnceLock::new(), roots: Vec::new(), private_hosts };
        let looked_at = |uri: &str| fetcher.address(uri).map(|_| ());
        assert_eq!(looked_at("https://riverside.example/vc/status/1"), Ok(()));
        assert_eq!(looked_at("https://10.1.2.3:8443/list"), Ok(()));
        for uri in [
            "http://riverside.example/",
            "https://u@riverside.example/",
            "https://riverside.example/#a",
            "file:///etc/passwd",
            "gopher://riverside.example/",
            "nothing",
            "",
        ] {
            assert_eq!(looked_at(uri), Err(FetchFailure::Address), "{uri}");
        }
        for uri in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.4/",
            "https://[::ffff:10.0.0.1]/",
        ] {
            assert_eq!(looked_at(uri), Err(FetchFailure::Private), "{uri}");
        }
    }
}
