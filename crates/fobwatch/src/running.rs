//! The running service: wired together, served, drained and closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::serve::ListenerExt as _;
use channels::{EmailChannel, TextChannel, VoiceChannel};
use journeys::console::invitations;
use journeys::passport::staff_records::Source;
use journeys::{Clock, Parts, Service, deliver, housekeeping, numbers, passport, reports, smartcard, watch};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::{Web, WebOptions};

use crate::authority::Authority;
use crate::config::Config;
use crate::house::{House, SystemClock};
use crate::{certificate_host, log, metrics, wiring};

/// What tests and the demonstration put in the place of the real thing.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Another clock than that of the machine.
    pub clock: Option<Arc<dyn Clock>>,
    /// Another way out for e-mails than the configured mail server.
    pub email: Option<Arc<dyn EmailChannel>>,
    /// Another way out for text messages than the configured provider.
    pub text: Option<Arc<dyn TextChannel>>,
    /// Another way out for telephone calls than the configured provider.
    pub voice: Option<Arc<dyn VoiceChannel>>,
    /// Another certificate authority than the configured one.
    pub authority: Option<Authority>,
    /// This is the demonstration: its pages say so, and the numbers that Ofcom keeps for drama count as mobiles.
    pub demonstration: bool,
    /// What stands around the pages of the service: further ones, and who may see them.
    pub around: Option<Around>,
}

/// Puts something around the pages of the service.
pub type Around = Arc<dyn Fn(Router) -> Router + Send + Sync>;

impl std::fmt::Debug for Hooks {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Hooks").finish_non_exhaustive()
    }
}

/// A service that serves.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    service: Service,
    drain: Duration,
    /// Ends the pages, and only then the worker: it still delivers what the last request wrote.
    stop_pages: CancellationToken,
    stop_work: CancellationToken,
    pages: JoinHandle<std::io::Result<()>>,
    work: Vec<JoinHandle<()>>,
}

/// Starts the service: it listens when this returns.
///
/// # Errors
/// Whatever keeps it from starting, in words for the person at the console.
pub async fn start(config: Config, hooks: Hooks) -> Result<Running> {
    install_tls();
    let house = House::open(&config).await?;
    let service = assemble(&config, &hooks, house)?;
    passport_keys_are_there(&service).await?;
    let sources = staff_sources(&config, &service).await?;
    let (stop_pages, stop_work) = (CancellationToken::new(), CancellationToken::new());

    let mut work = vec![
        tokio::spawn(watch::run(service.clone(), stop_work.clone())),
        tokio::spawn(housekeeping::run(service.clone(), stop_work.clone())),
        tokio::spawn(journeys::authority::run(service.clone(), stop_work.clone())),
        tokio::spawn(smartcard::job::ask_authority_again_and_again(service.clone(), stop_work.clone())),
    ];
    if config.worker.enabled {
        work.push(tokio::spawn(deliver::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(numbers::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(smartcard::reminders::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(invitations::many::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(passport::reminders::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(passport::reminders::run_asked(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(passport::summaries::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(passport::report::run(service.clone(), stop_work.clone())));
        for source in sources {
            let stop = stop_work.clone();
            work.push(tokio::spawn(passport::staff_records::run(service.clone(), source, stop)));
        }
        work.push(tokio::spawn(passport::backend::revocations::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(reports::run(service.clone(), stop_work.clone())));
        work.push(tokio::spawn(reports::listen(service.clone(), stop_work.clone())));
    }
    let options = WebOptions {
        trusted_proxies: config.server.trusted_proxies.clone(),
        demonstration: hooks.demonstration,
        certificates_at: config.smartcards.mtls_public_url.clone(),
    };
    let web = Web::new(service.clone(), options);
    if let Some(host) = certificate_host::listen(&config, &web).await? {
        work.push(host.serve_until(stop_pages.clone()));
    }
    let mut app = web::router(web)?;
    if config.metrics.enabled {
        let handle = metrics::start()?;
        work.push(tokio::spawn(metrics::upkeep(handle.clone(), stop_work.clone())));
        app = app.merge(metrics::router(&config, handle));
    }
    if let Some(around) = &hooks.around {
        app = around(app);
    }

    let listen = config.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("server.listen: {listen} cannot be listened on. Is the service running already, or the port taken?")
    })?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        // Only a matter of speed: a stream that refuses it still works.
        let _ = stream.set_nodelay(true);
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let stopped = stop_pages.clone().cancelled_owned();
    let pages = tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stopped).await });
    tracing::info!("listening on http://{address}, for people at {}", config.server.public_url.url());
    let drain = Duration::from_secs(config.server.drain_seconds.get().into());
    Ok(Running { address, service, drain, stop_pages, stop_work, pages, work })
}

/// Serves until SIGTERM or SIGINT, then drains.
///
/// # Errors
/// Whatever keeps it from starting or ends it before its time.
pub async fn run(config: Config, hooks: Hooks) -> Result<()> {
    log::start(&config);
    start(config, hooks).await?.until_told().await
}

impl Running {
    /// Where it listens, with the real port where port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the journeys are given.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Serves until SIGTERM or SIGINT, then drains.
    ///
    /// # Errors
    /// Whatever ends it before its time.
    pub async fn until_told(mut self) -> Result<()> {
        tokio::select! {
            signal = told_to_stop() => tracing::info!("{}: finishing open requests", signal?),
            ended = &mut self.pages => {
                ended.context("the pages ended")?.context("the pages cannot be served any longer")?;
            }
        }
        self.stop().await;
        Ok(())
    }

    /// Takes no more requests, finishes those under way and the messages being sent, and closes the database. What is not
    /// finished in time is broken off; the outbox has it still.
    pub async fn stop(mut self) {
        self.stop_pages.cancel();
        if !self.pages.is_finished() && tokio::time::timeout(self.drain, &mut self.pages).await.is_err() {
            tracing::warn!(
                "some requests were not finished in {} seconds and are broken off",
                self.drain.as_secs()
            );
            self.pages.abort();
        }
        self.stop_work.cancel();
        let finish = async {
            for task in &mut self.work {
                // A task that panicked has been told of already.
                let _ = task.await;
            }
        };
        if tokio::time::timeout(self.drain, finish).await.is_err() {
            tracing::warn!("some messages were still being sent; they stay in the outbox");
        }
        self.service.store.close().await;
        tracing::info!("stopped");
    }
}

/// The service on an opened foundation.
pub(crate) fn assemble(config: &Config, hooks: &Hooks, house: House) -> Result<Service> {
    let mut settings = wiring::settings(config);
    settings.passport = wiring::passport(config)?;
    let push = wiring::push(&settings.public_url, &house.keys)?;
    settings.policy.phones.drama_numbers |= hooks.demonstration;
    let email = match &hooks.email {
        Some(email) => Arc::clone(email),
        None => wiring::email(config)?,
    };
    let text = match &hooks.text {
        Some(text) => Some(Arc::clone(text)),
        None => wiring::text(config)?,
    };
    let voice = match &hooks.voice {
        Some(voice) => Some(Arc::clone(voice)),
        None => wiring::voice(config)?,
    };
    let authority = match &hooks.authority {
        Some(authority) => authority.clone(),
        None => Authority::from(config)?,
    };
    Ok(Service::new(Parts {
        hasher: Arc::new(wiring::hasher(config, &house.keys).context("[hashing]")?),
        store: house.store,
        keys: house.keys,
        random: house.random,
        clock: hooks.clock.clone().unwrap_or_else(|| Arc::new(SystemClock)),
        email,
        text,
        voice,
        breached: wiring::breached(config)?,
        passport_token: wiring::passport_token(config)?,
        elsewhere: wiring::elsewhere(config)?,
        wallet_backend: wiring::wallet_backend(config)?,
        settings,
        written: Notify::new(),
        push,
        watch: journeys::watch::Watch::default(),
        signing: journeys::passport::SigningQueue::default(),
        authority: authority.issuer,
        published: authority.published,
    }))
}

/// A key that signs and cannot be reached is told of at the start, not when somebody's wallet asks.
async fn passport_keys_are_there(service: &Service) -> Result<()> {
    let mut lost = passport::rotate::unreachable(service).await.context("the keys for credentials")?;
    match lost.pop() {
        None => Ok(()),
        Some(label) if service.passport_token.is_none() => bail!(
            "passport.hsm_driver: the key {label} for credentials lies in the token of an HSM, and none is configured. Write hsm_driver, \
             hsm_token and hsm_pin under [passport] as they were"
        ),
        Some(label) => bail!(
            "passport.hsm_token: there is no key {label} in this token, though the database names it. Write the label of the token that \
             holds the keys for credentials, or put its backup back"
        ),
    }
}

/// The HR systems of organisations that there are.
async fn staff_sources(config: &Config, service: &Service) -> Result<Vec<Source>> {
    let sources = wiring::staff_sources(config)?;
    for Source { organisation: code, .. } in &sources {
        if service.store.organisation_by_code(code).await?.is_none() {
            bail!(
                "staff_records.sources: there is no organisation {code}. Write the code of one that `fobwatch organisation list` names, or \
                 add it with `fobwatch organisation add`"
            );
        }
    }
    Ok(sources)
}

/// One provider of cryptography for all TLS of the process. A second call changes nothing.
pub fn install_tls() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

#[cfg(unix)]
async fn told_to_stop() -> Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok("SIGTERM"),
        _ = interrupt.recv() => Ok("SIGINT"),
    }
}

#[cfg(not(unix))]
async fn told_to_stop() -> Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl-C")
}
