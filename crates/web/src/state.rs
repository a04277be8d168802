//! What every handler is given.

use crate::cookies::CookieNames;
use crate::wallet_events::Followers;
use ipnet::IpNet;
use journeys::Service;
use journeys::passport::{MetadataCache, StatusCache};
use pages::{Brand, Colour, HouseRules, Shell};
use rules::policy::Policy;
use std::ops::Deref;
use std::sync::Arc;
use store::organisation::Organisation;
use url::Url;
use wording::Language;

/// What the configuration says that pages need.
#[derive(Debug, Clone, Default)]
pub struct WebOptions {
    /// Whose word about the visitor's address is taken: reverse proxies of the organisation's own.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether this is the demonstration, whose pages say so and stand in a frame beside the phone.
    pub demonstration: bool,
    /// The public address of the host for certificates, where people sign in by mutual TLS; none where there is none.
    pub certificates_at: Option<Url>,
}

/// What every handler is given. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Web {
    service: Service,
    options: Arc<WebOptions>,
    cookies: CookieNames,
    status_lists: Arc<StatusCache>,
    signed_metadata: Arc<MetadataCache>,
    followers: Arc<Followers>,
}

impl Web {
    /// The pages of `service`.
    pub fn new(service: Service, options: WebOptions) -> Self {
        let secure = service.settings.public_url.scheme() == "https";
        Self {
            service,
            options: Arc::new(options),
            cookies: CookieNames::new(secure),
            status_lists: Arc::default(),
            signed_metadata: Arc::default(),
            followers: Arc::default(),
        }
    }

    pub(crate) fn options(&self) -> &WebOptions {
        &self.options
    }

    pub(crate) fn cookies(&self) -> CookieNames {
        self.cookies
    }

    /// The lists of revoked credentials that this node has signed.
    pub(crate) fn status_lists(&self) -> &StatusCache {
        &self.status_lists
    }

    /// What issuers say of themselves, as this node has signed it.
    pub(crate) fn signed_metadata(&self) -> &MetadataCache {
        &self.signed_metadata
    }

    /// The connections of this node on which pages follow a wallet.
    pub(crate) fn followers(&self) -> &Arc<Followers> {
        &self.followers
    }

    /// What surrounds a page of no organisation.
    pub(crate) fn shell(&self) -> Shell {
        let mut shell = Shell::new(self.service.settings.service_name.clone());
        shell.rules = in_words(&self.service.settings.policy);
        shell.demonstration = self.options.demonstration;
        shell
    }

    /// What surrounds a page of an organisation.
    pub(crate) fn shell_of(&self, organisation: &Organisation) -> Shell {
        let mut brand = Brand::new(&organisation.code, &organisation.name);
        brand.colour = organisation.colour.as_deref().and_then(|colour| Colour::parse(colour).ok());
        brand.logo_url = organisation.has_logo.then(|| format!("/brand/{}/logo.png", organisation.code));
        brand.support_email.clone_from(&organisation.support_email);
        brand.support_phone.clone_from(&organisation.support_phone);
        let mut shell = self.shell().of(brand);
        shell.rules = in_words(&self.rules_of(Some(organisation)));
        shell
    }

    /// The rules of an organisation. Where none is known, or its own cannot be read, those of the installation.
    pub(crate) fn rules_of(&self, organisation: Option<&Organisation>) -> Policy {
        let own = organisation.and_then(|organisation| self.service.policy(organisation).ok());
        own.unwrap_or_else(|| self.service.settings.policy.clone())
    }
}

fn in_words(policy: &Policy) -> HouseRules {
    let span = |span| wording::span(Language::En, span);
    HouseRules {
        code_lifetime: span(policy.code_lifetime),
        codes_per_hour: policy.codes_per_hour.at_most,
        code_wrong_tries: policy.code_wrong_tries,
        registration_lifetime: span(policy.registration_lifetime),
        session_idle: span(policy.session_idle),
        session_absolute: span(policy.session_absolute),
    }
}

impl Deref for Web {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}
