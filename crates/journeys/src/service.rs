//! What every journey is given.

use crate::authority::Published;
use crate::organisation_rules::own_rules;
use crate::passport::elsewhere::Elsewhere;
use crate::passport::{PassportSettings, PassportToken, SigningQueue};
use crate::watch::Watch;
use crate::{Breached, Refusal};
use channels::{EmailChannel, TextChannel, VoiceChannel, WebPush};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::policy::Policy;
use rules::smartcard::SmartcardRules;
use std::ops::Deref;
use std::sync::Arc;
use store::Store;
use store::organisation::Organisation;
use tokio::sync::Notify;
use url::Url;
use vault::{Hasher, Keys, Random};
use wallets::WalletBackend;

/// What time it is. The running service has one, tests turn theirs by hand.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

/// What the configuration says that journeys need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name that pages and messages call this service by.
    pub service_name: String,
    /// Where people reach it.
    pub public_url: Url,
    /// Whose days count: Europe/London unless configured otherwise.
    pub time_zone: TimeZone,
    /// The numbers of the guides, before an organisation makes them stricter.
    pub policy: Policy,
    /// The sender of e-mails.
    pub email_from: String,
    /// The hosts of push services: "fcm.googleapis.com"; one that begins with a dot stands for all below it.
    pub push_hosts: Vec<String>,
    /// Where alarms about text messages go by e-mail, besides the log and the audit.
    pub alarm_email: Option<String>,
    /// The country that certificates of smartcards name: two capital letters.
    pub certificate_country: String,
    /// What holds between this service and wallets.
    pub passport: PassportSettings,
}

/// The parts of a service.
pub struct Parts {
    /// What is kept.
    pub store: Store,
    /// Keyed hashes.
    pub keys: Arc<Keys>,
    /// Password hashes, with their queue.
    pub hasher: Arc<Hasher>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The way out for e-mails.
    pub email: Arc<dyn EmailChannel>,
    /// The way out for text messages, where one is configured.
    pub text: Option<Arc<dyn TextChannel>>,
    /// The way out for telephone calls, where one is configured.
    pub voice: Option<Arc<dyn VoiceChannel>>,
    /// Passwords that attackers have, where a list or a service is configured.
    pub breached: Breached,
    /// The configuration.
    pub settings: Settings,
    /// Woken when a message was written, so that it need not wait for the worker's next look.
    pub written: Notify,
    /// Who makes certificates for smartcards, where an authority is configured.
    pub authority: Option<Arc<dyn pki::CertificateAuthority>>,
    /// The way out for pushes.
    pub push: WebPush,
    /// Where keys for credentials lie, where an HSM is configured for them.
    pub passport_token: Option<Arc<PassportToken>>,
    /// What is known of issuers outside this installation.
    pub elsewhere: Elsewhere,
    /// The service of a wallet's maker by which some kinds of credentials go there, where one is configured.
    pub wallet_backend: Option<Arc<dyn WalletBackend>>,
    /// The devices that wait for questions here.
    pub watch: Watch,
    /// The queue before the keys by which organisations sign credentials.
    pub signing: SigningQueue,
    /// What our own authority says to the world, where there is one.
    pub published: Option<Arc<Published>>,
}

/// What every journey is given. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Parts>);

impl Service {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Wakes whoever delivers what was written, the devices that wait for questions, and whoever tells of revoked certificates.
    pub(crate) fn tell_workers(&self) {
        self.written.notify_one();
        self.watch.look_now();
        if let Some(published) = &self.published {
            published.look_now();
        }
    }

    /// Today in the organisation's time zone.
    pub fn today(&self) -> Date {
        self.local(self.clock.now()).date()
    }

    /// A moment in the organisation's time zone.
    pub fn local(&self, moment: Timestamp) -> jiff::Zoned {
        moment.to_zoned(self.settings.time_zone.clone())
    }

    /// The numbers that hold for an organisation: those of the guides, made stricter by its own.
    ///
    /// # Errors
    /// Where what the database holds is no set of stricter rules.
    pub fn policy(&self, organisation: &Organisation) -> Result<Policy, Refusal> {
        let own = own_rules(&organisation.policy)
            .map_err(|_| Refusal::Fault("an organisation's rules are not JSON"))?;
        // A rule that has become looser than the service's own is passed over: the stricter one holds.
        let (policy, passed_over) = self.settings.policy.with_own(&own);
        for problem in passed_over {
            tracing::warn!(%problem, "an organisation's rule is passed over");
        }
        Ok(policy)
    }

    /// What holds for smartcards in an organisation.
    ///
    /// # Errors
    /// As [`Service::policy`].
    pub fn smartcard_rules(&self, organisation: &Organisation) -> Result<SmartcardRules, Refusal> {
        Ok(self.policy(organisation)?.smartcard)
    }

    /// An absolute address of this service.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url.as_str().trim_end_matches('/'))
    }

    /// How people reach their organisation's support, to complete "contact …".
    pub fn support(&self, organisation: &Organisation) -> String {
        match (&organisation.support_email, &organisation.support_phone) {
            (Some(email), Some(phone)) => {
                self.word("support-email-and-phone", &[("email", email), ("phone", phone)])
            }
            (Some(email), None) => email.clone(),
            (None, Some(phone)) => phone.clone(),
            (None, None) => self.word("support-organisation", &[("organisation", &organisation.name)]),
        }
    }

    /// How people reach their organisation's Registration Authority, to complete "contact …": its support, where nothing else is set.
    pub fn registration_authority(&self, organisation: &Organisation) -> String {
        let Organisation { ra_email, ra_phone, ra_place, .. } = organisation;
        let contact = if ra_email.is_some() || ra_phone.is_some() {
            let (support_email, support_phone) = (ra_email.clone(), ra_phone.clone());
            self.support(&Organisation { support_email, support_phone, ..organisation.clone() })
        } else {
            self.support(organisation)
        };
        match ra_place {
            Some(place) => self.word("support-and-place", &[("contact", &contact), ("place", place)]),
            None => contact,
        }
    }

    /// A text from the message files, in the service's language.
    pub fn word(&self, key: &str, values: &[(&str, &str)]) -> String {
        wording::text(wording::Language::En, key, values)
    }
}

impl Deref for Service {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("settings", &self.settings).finish_non_exhaustive()
    }
}
