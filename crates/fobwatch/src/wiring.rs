//! The parts of the service, made from the configuration.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use breached::{List, RangeService, ServiceAddressProblem};
use channels::{
    EmailChannel, EspeakNg, GovukNotify, HttpText, Kannel, NumberForm, Prompt, Recording, SetupError, Sip,
    SipSettings, Smpp, SmtpChannel, Speech, TextChannel, Twilio, TwilioVoice, VoiceChannel, WebPush,
    WithBackup,
};
use journeys::passport::elsewhere::{Elsewhere, FetchSettings, Lists};
use journeys::passport::staff_records::{HEADINGS, Source};
use journeys::passport::{PassportSettings, PassportToken, TrustAnchors};
use journeys::{Breached, Settings};
use pki::Token;
use rules::passport::{CredentialKind, TypeFile, use_own_types};
use rules::phone::PhonePolicy;
use rules::policy::Policy;
use staff_records::{CsvFile, Rest, StaffRecords};
use url::Url;
use vault::{HashSettings, Hasher, Keys, Secret, SettingsProblem};
use wallets::{EntraSettings, EntraVerifiedId, WalletBackend};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::config::value::{
    self, NumberFormat, PassportProfile, ProviderUrl, StaffPlace, TextProvider, VoiceProvider, Words,
};
use crate::{authority, credential_types};

/// Where GOV.UK Notify is reached if nothing else is said.
const NOTIFY: &str = "https://api.notifications.service.gov.uk";
/// Where Twilio is reached if nothing else is said.
const TWILIO: &str = "https://api.twilio.com";
/// Where Entra Verified ID is reached if nothing else is said, and where its tenants give tokens.
const ENTRA: &str = "https://verifiedid.did.msidentity.com";
const ENTRA_LOGIN: &str = "https://login.microsoftonline.com";

/// The way out for e-mails.
///
/// # Errors
/// What the channel says of its settings.
pub fn email(config: &Config) -> Result<Arc<dyn EmailChannel>, SetupError> {
    let channel = SmtpChannel::new(config.email.url.expose(), config.email.from.as_str())?;
    Ok(Arc::new(channel))
}

/// One provider of text messages, as `[text]` or `[text_backup]` describes it.
#[derive(Debug, Clone, Copy)]
pub struct TextProviderSettings<'a> {
    /// `text` or `text_backup`.
    pub section: &'static str,
    /// What kind it is.
    pub provider: TextProvider,
    /// Where it is reached.
    pub base_url: Option<&'a ProviderUrl>,
    /// Key, password or token.
    pub api_key: Option<&'a Secret<String>>,
    /// User, `system_id` or account.
    pub user: &'a str,
    /// The sender.
    pub from: &'a str,
    /// What GOV.UK Notify shows with its reports.
    pub callback_token: Option<&'a value::Token>,
    /// The template at GOV.UK Notify.
    pub template_id: uuid::Uuid,
}

/// The first provider and the second, of whatever kind.
pub fn text_providers(config: &Config) -> [TextProviderSettings<'_>; 2] {
    macro_rules! of {
        ($section:ident) => {{
            let settings = &config.$section;
            TextProviderSettings {
                section: stringify!($section),
                provider: settings.provider,
                base_url: settings.base_url.as_ref(),
                api_key: settings.api_key.as_ref(),
                user: settings.user.as_ref().map_or("", Words::as_str),
                from: settings.from.as_ref().map_or("", Words::as_str),
                callback_token: settings.callback_token.as_ref(),
                template_id: settings.template_id,
            }
        }};
    }
    [of!(text), of!(text_backup)]
}

/// The way out for text messages, if one is configured whole; with the second provider behind it, if there is one.
///
/// # Errors
/// What the channel says of its settings.
pub fn text(config: &Config) -> Result<Option<Arc<dyn TextChannel>>, SetupError> {
    let [first, second] = text_providers(config);
    let first = one_text(config, &first)?;
    let second = one_text(config, &second)?;
    Ok(match (first, second) {
        (Some(first), Some(second)) => Some(Arc::new(WithBackup::new(first, second))),
        (first, _) => first,
    })
}

/// One provider by itself.
///
/// # Errors
/// What the channel says of its settings.
pub fn one_text(
    config: &Config,
    settings: &TextProviderSettings<'_>,
) -> Result<Option<Arc<dyn TextChannel>>, SetupError> {
    let Some(key) = settings.api_key.map(Secret::expose) else { return Ok(None) };
    let base = |usual: &'static str| settings.base_url.map_or(usual, ProviderUrl::as_str).to_owned();
    let reports_to = |path: &str| {
        let mut url = config.server.public_url.url().clone();
        url.set_path(path);
        url
    };
    let (user, from) = (settings.user, settings.from);
    Ok(match settings.provider {
        TextProvider::None => None,
        TextProvider::GovukNotify => {
            let mut notify = GovukNotify::new(&base(NOTIFY), key, &settings.template_id.to_string())?;
            if let Some(token) = settings.callback_token {
                notify = notify.with_callbacks(token.secret().expose());
            }
            Some(Arc::new(notify))
        }
        TextProvider::Http => Some(Arc::new(HttpText::new(&base(""), key)?)),
        TextProvider::HttpGateway => {
            let reports_to = reports_to(web::urls::CALLBACK_KANNEL);
            Some(Arc::new(Kannel::new(&base(""), user, key, from, &reports_to)?))
        }
        TextProvider::Smpp => Some(Arc::new(Smpp::new(&base(""), user, key, from)?)),
        TextProvider::Twilio => {
            let reports_to = reports_to(web::urls::CALLBACK_TWILIO);
            Some(Arc::new(Twilio::new(&base(TWILIO), user, key, from, &reports_to)?))
        }
    })
}

/// The way out for telephone calls, if one is configured.
///
/// # Errors
/// What the channel says of its settings, or that the recording cannot be used.
pub fn voice(config: &Config) -> Result<Option<Arc<dyn VoiceChannel>>> {
    Ok(voice_that_says(config, speech(config)?)?)
}

/// The same, with what speaks.
///
/// # Errors
/// What the channel says of its settings.
pub fn voice_that_says(
    config: &Config,
    speech: Arc<dyn Speech>,
) -> Result<Option<Arc<dyn VoiceChannel>>, SetupError> {
    let voice = &config.voice;
    let from = voice.from.as_ref().map_or("", Words::as_str);
    let user = voice.user.as_ref().map_or("", Words::as_str);
    let key = voice.api_key.as_ref().map_or("", |key| key.expose());
    Ok(match voice.provider {
        VoiceProvider::None => None,
        VoiceProvider::Twilio => {
            let base = voice.base_url.as_ref().map_or(TWILIO, ProviderUrl::as_str);
            let mut hooks = config.server.public_url.url().clone();
            hooks.set_path(web::urls::CALLBACK_VOICE_TWILIO);
            Some(Arc::new(TwilioVoice::new(base, user, key, from, &hooks, voice.machine_detection)?))
        }
        VoiceProvider::Sip => {
            let mut settings = SipSettings::new(voice.trunk.as_ref().map_or("", Words::as_str), from);
            if !(user.is_empty() && key.is_empty()) {
                settings.login = Some((user.to_owned(), key.to_owned().into()));
            }
            settings.listen = voice.listen;
            settings.address = voice.address;
            settings.form = match voice.number_format {
                NumberFormat::Plus => NumberForm::Plus,
                NumberFormat::Plain => NumberForm::Plain,
                NumberFormat::National => NumberForm::National,
            };
            Some(Arc::new(Sip::new(settings, speech)?))
        }
    })
}

/// What speaks the words of a call: a recording where there is one, otherwise `espeak-ng`.
///
/// # Errors
/// Where the recording cannot be read or is none.
pub fn speech(config: &Config) -> Result<Arc<dyn Speech>> {
    let Some(file) = &config.voice.recording else {
        return Ok(Arc::new(EspeakNg::new("espeak-ng", config.voice.speaker.as_str())));
    };
    let wav =
        std::fs::read(file).with_context(|| format!("voice.recording: {} cannot be read", file.display()))?;
    Ok(Arc::new(Recording::new(Prompt::from_wav(&wav).context("voice.recording")?)))
}

/// Where it is looked up whether attackers have a password. The list is opened, not read.
///
/// # Errors
/// Where a list or a service is configured that cannot be used, with the key and what to do.
pub fn breached(config: &Config) -> Result<Breached> {
    let list = match &config.passwords.breached_list {
        None => None,
        Some(path) => Some(Arc::new(breached_list(path)?)),
    };
    let service = range_service(config).context("passwords.range_service")?;
    Ok(Breached { list, service: service.map(Arc::new) })
}

/// Opens a list of breached passwords.
///
/// # Errors
/// Where it is no whole list, with the key and what to do.
pub fn breached_list(path: &Path) -> Result<List> {
    List::open(path).map_err(|problem| {
        anyhow!(
            "passwords.breached_list: {} {problem}. Make it with `fobwatch passwords build-list`, or leave the key out",
            path.display()
        )
    })
}

/// The service on the network that knows breached passwords, if one is configured.
///
/// # Errors
/// Where its address cannot be used.
pub fn range_service(config: &Config) -> Result<Option<RangeService>, ServiceAddressProblem> {
    config.passwords.range_service.as_ref().map(RangeService::new).transpose()
}

/// The password hasher with its queue.
///
/// # Errors
/// Where no hash can be made with such settings.
pub fn hasher(config: &Config, keys: &Keys) -> Result<Hasher, SettingsProblem> {
    let hashing = &config.hashing;
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let settings = HashSettings {
        memory_kib: hashing.memory_kib.get(),
        passes: hashing.passes.get(),
        lanes: hashing.lanes.get(),
        at_once: if hashing.at_once.get() == 0 { cores() } else { hashing.at_once.count() },
        wait: hashing.queue.count(),
    };
    Hasher::new(settings, keys)
}

/// The way out for pushes to phones, by the key that the keys file holds.
///
/// # Errors
/// Where this machine cannot set up TLS.
pub fn push(public_url: &Url, keys: &Keys) -> Result<WebPush> {
    let key = keys.push_key().context("the keys file makes no key for pushes")?;
    Ok(WebPush::new(key.pkcs8.expose(), &key.public, public_url.origin().ascii_serialization())?)
}

/// The token in which keys for credentials lie, if one is configured.
///
/// # Errors
/// Where it cannot be opened, with the keys and what to do.
pub fn passport_token(config: &Config) -> Result<Option<Arc<PassportToken>>> {
    let settings = &config.passport;
    let (Some(driver), Some(token), Some(pin)) =
        (&settings.hsm_driver, &settings.hsm_token, &settings.hsm_pin)
    else {
        return Ok(None);
    };
    let opened = Token::open(driver, token.as_str(), Zeroizing::new(pin.expose().clone()));
    let opened = opened.with_context(|| {
        format!(
            "passport.hsm_driver, hsm_token and hsm_pin: the token {:?} of {} cannot be opened. Write the driver's file, the label that the \
             token was given, and its user's PIN; or leave the three keys out, and keys are kept sealed in the database",
            token.as_str(),
            driver.display()
        )
    })?;
    Ok(Some(Arc::new(PassportToken::new(Arc::new(opened)))))
}

/// The service by which credentials go to Microsoft Authenticator, if one is configured.
///
/// # Errors
/// What the adapter says of its settings.
pub fn entra(config: &Config) -> Result<Option<EntraVerifiedId>, wallets::SetupError> {
    let settings = &config.passport;
    let (Some(tenant), Some(client_id), Some(client_secret), Some(authority)) = (
        &settings.entra_tenant,
        settings.entra_client_id,
        &settings.entra_client_secret,
        &settings.entra_authority,
    ) else {
        return Ok(None);
    };
    let url = |set: Option<&ProviderUrl>, usual: &str| {
        let text = set.map_or(usual, ProviderUrl::as_str);
        Url::parse(text).map_err(|_| wallets::SetupError::Address)
    };
    let settings = EntraSettings {
        tenant: tenant.as_str().to_owned(),
        client_id,
        client_secret: client_secret.clone(),
        authority: authority.as_str().to_owned(),
        authority_id: settings.entra_authority_id,
        base_url: url(settings.entra_base_url.as_ref(), ENTRA)?,
        login_url: url(settings.entra_login_url.as_ref(), ENTRA_LOGIN)?,
        contracts: settings.entra_credentials.iter().map(|one| one.contract().clone()).collect(),
    };
    EntraVerifiedId::new(settings).map(Some)
}

/// The same, for the journeys: each kind that it hands out is one that there is.
///
/// # Errors
/// Where it cannot be used, with the key and what to write.
pub fn wallet_backend(config: &Config) -> Result<Option<Arc<dyn WalletBackend>>> {
    for one in &config.passport.entra_credentials {
        let kind = &one.contract().kind;
        if CredentialKind::parse(kind).is_none() {
            let kinds: Vec<_> = CredentialKind::all().map(CredentialKind::as_str).collect();
            return Err(anyhow!(
                "passport.entra_credentials: there is no kind {kind:?}. Write one of {}",
                kinds.join(", ")
            ));
        }
    }
    let adapter = entra(config).context("passport.entra_tenant")?;
    Ok(adapter.map(|adapter| Arc::new(adapter) as Arc<dyn WalletBackend>))
}

/// What is known of issuers outside this installation.
///
/// # Errors
/// Where a file with certificates cannot be used, with the key and what to do.
pub fn elsewhere(config: &Config) -> Result<Elsewhere> {
    let settings = &config.passport;
    let roots = match &settings.list_roots {
        None => None,
        Some(path) => Some(std::fs::read(path).with_context(|| {
            format!(
                "passport.list_roots: {} cannot be read. Write a PEM file, or leave the key out",
                path.display()
            )
        })?),
    };
    let private_hosts = settings.private_hosts.iter().map(|host| host.as_str().to_owned()).collect();
    let lists = Lists::new(FetchSettings { private_hosts, roots })
        .map_err(|why| anyhow!("passport.list_roots: no PEM file with certificates: {why}"))?;
    // Most issuers are trusted by their root, and most machines have this file: without it, only addresses alone are not believed.
    let web_authorities = match std::fs::read(&settings.web_roots) {
        Ok(pem) => TrustAnchors::from_bundle(&pem),
        Err(why) => {
            tracing::info!(%why, file = %settings.web_roots.display(), "passport.web_roots cannot be read");
            TrustAnchors::default()
        }
    };
    Ok(Elsewhere { lists, web_authorities })
}

/// What the journeys need of the configuration.
pub fn settings(config: &Config) -> Settings {
    Settings {
        service_name: config.service.name.as_str().to_owned(),
        public_url: config.server.public_url.url().clone(),
        time_zone: config.service.time_zone.get().clone(),
        policy: Policy {
            phones: phones(config),
            texts_per_day: config.text.per_day.get(),
            ..Policy::default()
        },
        email_from: config.email.from.as_str().to_owned(),
        push_hosts: config.authenticator.push_hosts.iter().map(|host| host.as_str().to_owned()).collect(),
        certificate_country: config.smartcards.country.as_str().to_owned(),
        // Files are read once, at the start: `passport`.
        passport: PassportSettings::default(),
        alarm_email: config.text.alarm_to.as_ref().map(|mailbox| mailbox.address().to_owned()),
    }
}

/// What holds between this service and wallets.
///
/// # Errors
/// Where a file of certificates cannot be read, with the key that names it.
pub fn passport(config: &Config) -> Result<PassportSettings> {
    let settings = &config.passport;
    Ok(PassportSettings {
        wallets: settings.wallets.iter().map(|wallet| wallet.app().clone()).collect(),
        wallet_makers: makers(settings.wallet_makers.as_deref()).context("passport.wallet_makers")?,
        key_makers: makers(settings.key_makers.as_deref()).context("passport.key_makers")?,
        key_storage: settings.key_storage.iter().map(ToString::to_string).collect(),
        user_authentication: settings.user_authentication.iter().map(ToString::to_string).collect(),
        haip: matches!(settings.profile, PassportProfile::Haip),
    })
}

/// Uses the credential types in `passport.credential_types` beside those of the field, from now on.
///
/// # Errors
/// Where the folder cannot be read, or a file in it cannot be used: which, and what to write instead.
pub fn use_own_credential_types(config: &Config) -> Result<()> {
    let Some(folder) = &config.passport.credential_types else { return Ok(()) };
    let files = credential_types::read(folder).with_context(|| {
        format!(
            "passport.credential_types: {} cannot be read. Write a folder with files of types",
            folder.display()
        )
    })?;
    let files: Vec<_> = files.iter().map(|(name, text)| TypeFile { name, text }).collect();
    use_own_types(&files).with_context(|| format!("passport.credential_types: {}", folder.display()))
}

/// The HR systems of organisations. Nothing is read but files with tokens.
///
/// # Errors
/// Where a token cannot be read or used, with the key and what to do.
pub fn staff_sources(config: &Config) -> Result<Vec<Source>> {
    let settings = &config.staff_records;
    let one = |source: &value::StaffSource| -> Result<Source> {
        let records: Arc<dyn StaffRecords> = match &source.place {
            StaffPlace::Csv(path) => Arc::new(CsvFile::new(path, HEADINGS)),
            StaffPlace::Rest { address, token } => {
                let token = match token {
                    None => settings.token.as_ref().map_or_else(Zeroizing::default, |token| {
                        Zeroizing::new(token.expose().clone())
                    }),
                    Some(file) => Zeroizing::new(std::fs::read_to_string(file).with_context(|| {
                        format!(
                            "staff_records.sources: {} cannot be read. Write a file that holds the token of {} and nothing else",
                            file.display(),
                            source.organisation
                        )
                    })?),
                };
                let rest = Rest::new(address, &token);
                Arc::new(rest.with_context(|| format!("staff_records.sources: {}", source.organisation))?)
            }
        };
        Ok(Source { organisation: source.organisation.clone(), records })
    };
    settings.sources.iter().map(one).collect()
}

/// The authorities in a PEM file; nobody where there is none.
fn makers(file: Option<&Path>) -> Result<TrustAnchors> {
    let certificates = file.map_or_else(|| Ok(Vec::new()), authority::certificates)?;
    let anchors = TrustAnchors::new(certificates.iter().map(pki::Certificate::der));
    anchors.map_err(|_| anyhow!("holds a certificate that is none of an authority"))
}

/// Which telephone numbers count as mobiles. The numbers that Ofcom keeps for drama reach nobody, so they count only where
/// the provider is a stand-in on this machine.
pub fn phones(config: &Config) -> PhonePolicy {
    // A gateway or a tunnel on this machine leads to real phones.
    let may_stand_in = matches!(config.text.provider, TextProvider::GovukNotify | TextProvider::Http);
    let stand_in = may_stand_in && config.text.base_url.as_ref().is_some_and(ProviderUrl::is_this_machine);
    PhonePolicy { crown_dependencies: config.phone.crown_dependencies, drama_numbers: stand_in }
}
