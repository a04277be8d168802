//! How the tenant of Entra Verified ID is reached, and what it hands out.

use std::fmt;
use url::Url;
use uuid::Uuid;
use vault::Secret;

/// What is known of a tenant.
#[derive(Clone)]
pub struct EntraSettings {
    /// The id or the domain of the tenant.
    pub tenant: String,
    /// The application that is registered there.
    pub client_id: Uuid,
    /// Its secret.
    pub client_secret: Secret<String>,
    /// The decentralised identifier in whose name is issued and asked: `did:web:…`.
    pub authority: String,
    /// The id of the same at the Admin API, without which nothing can be revoked.
    pub authority_id: Option<Uuid>,
    /// Where the request service is: `https://verifiedid.did.msidentity.com` in life.
    pub base_url: Url,
    /// Where tokens are fetched: `https://login.microsoftonline.com` in life.
    pub login_url: Url,
    /// What it hands out.
    pub contracts: Vec<Contract>,
}

impl fmt::Debug for EntraSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntraSettings")
            .field("authority", &self.authority)
            .field("base_url", &self.base_url.as_str())
            .field("contracts", &self.contracts)
            .finish_non_exhaustive()
    }
}

/// A kind of credential as an administrator set it up in the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// What the caller calls it.
    pub kind: String,
    /// The type that its rules name (`vc.type`).
    pub credential_type: String,
    /// The address of its manifest.
    pub manifest: Url,
}

impl Contract {
    /// What the Admin API calls it: the part of the manifest's address before `manifest`.
    pub(super) fn id(&self) -> Option<&str> {
        let mut parts = self.manifest.path_segments()?.skip_while(|part| *part != "contracts").skip(1);
        let id = parts.next().filter(|id| !id.is_empty())?;
        (parts.next() == Some("manifest") && parts.next().is_none()).then_some(id)
    }
}

/// Why an adapter cannot be made. The text says which setting, and what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The tenant.
    #[error("the tenant is no id and no domain: write the directory (tenant) id from its overview page")]
    Tenant,
    /// The secret.
    #[error("the client secret is not whole: copy the value of a secret of the application, not its id")]
    Secret,
    /// The authority.
    #[error(
        "the authority is no did:web: write the decentralised identifier from the page of the organisation's settings"
    )]
    Authority,
    /// An address.
    #[error(
        "addresses of the service start with https: (http: only on this machine itself) and hold no user, no ? and no #"
    )]
    Address,
    /// No contract.
    #[error("no credentials are named that it hands out")]
    NoContract,
    /// A contract without an id cannot be revoked.
    #[error(
        "with an authority id each manifest must end in /contracts/ID/manifest: by that id credentials are revoked"
    )]
    ContractId,
    /// The system has no TLS.
    #[error("this machine cannot set up TLS: check its certificates")]
    NoTls,
}

impl EntraSettings {
    /// Whether each setting is of its form.
    pub(super) fn check(&self) -> Result<(), SetupError> {
        let word = |text: &str, more: &str| {
            let fits = |letter: char| letter.is_ascii_alphanumeric() || more.contains(letter);
            !text.is_empty() && text.len() <= 200 && text.chars().all(fits)
        };
        if !word(&self.tenant, ".-") || self.tenant.starts_with('.') {
            return Err(SetupError::Tenant);
        }
        let secret = self.client_secret.expose();
        if secret.len() < 8 || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SetupError::Secret);
        }
        if !self.authority.strip_prefix("did:web:").is_some_and(|rest| word(rest, ".-:%_")) {
            return Err(SetupError::Authority);
        }
        if self.contracts.is_empty() {
            return Err(SetupError::NoContract);
        }
        let manifests = self.contracts.iter().map(|contract| &contract.manifest);
        if ![&self.base_url, &self.login_url].into_iter().chain(manifests).all(is_encrypted) {
            return Err(SetupError::Address);
        }
        if self.authority_id.is_some() && self.contracts.iter().any(|contract| contract.id().is_none()) {
            return Err(SetupError::ContractId);
        }
        Ok(())
    }
}

/// A secret crosses no network unencrypted.
fn is_encrypted(url: &Url) -> bool {
    let scheme = url.scheme() == "https" || url.scheme() == "http" && is_this_machine(url);
    let plain = url.username().is_empty() && url.password().is_none();
    scheme && plain && url.query().is_none() && url.fragment().is_none()
}

pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Settings that are good.
    pub fn settings() -> EntraSettings {
        let url = |text: &str| Url::parse(text).unwrap();
        EntraSettings {
            tenant: "b1c1ab1e-0000-4000-8000-000000000001".into(),
            client_id: Uuid::from_u128(7),
            client_secret: "a~secret.of-somebody's".into(),
            authority: "did:web:verifiedid.northfield.example".into(),
            authority_id: None,
            base_url: url("https://verifiedid.did.msidentity.com"),
            login_url: url("https://login.microsoftonline.com"),
            contracts: vec![Contract {
                kind: "core-skill".into(),
                credential_type: "CoreSkill".into(),
                manifest: url(
                    "https://x.example/v1.0/tenants/t/verifiableCredentials/contracts/abc/manifest",
                ),
            }],
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        type Spoils = fn(&mut EntraSettings);
        assert_eq!(settings().check(), Ok(()));
        assert!(!format!("{:?}", settings()).contains("secret"));
        let wrong: [(Spoils, SetupError); 8] = [
            (|all| all.tenant = "../other".into(), SetupError::Tenant),
            (|all| all.tenant = String::new(), SetupError::Tenant),
            (|all| all.client_secret = "short".into(), SetupError::Secret),
            (|all| all.client_secret = "with spaces in it".into(), SetupError::Secret),
            (|all| all.authority = "did:ion:abc".into(), SetupError::Authority),
            (|all| all.contracts.clear(), SetupError::NoContract),
            (|all| all.base_url = Url::parse("http://x.example").unwrap(), SetupError::Address),
            (|all| all.login_url = Url::parse("https://a@x.example").unwrap(), SetupError::Address),
        ];
        for (spoil, why) in wrong {
            let mut all = settings();
            spoil(&mut all);
            assert_eq!(all.check(), Err(why));
        }
    }

    #[test]
    fn what_is_to_be_revoked_has_an_id() {
        let mut all = settings();
        all.authority_id = Some(Uuid::nil());
        assert_eq!(all.contracts[0].id(), Some("abc"));
        assert_eq!(all.check(), Ok(()));
        for without in
            ["https://x.example/contracts/abc", "https://x.example/contracts//manifest", "https://x.example"]
        {
            all.contracts[0].manifest = Url::parse(without).unwrap();
            assert_eq!(all.check(), Err(SetupError::ContractId), "{without}");
        }
    }
}
