//! A ward of Northfield Hospitals: a database with its roster, nodes that serve the pages, a clock, a mailbox, a phone.

use crate::browser::{Browser, Line};
use crate::database::{Database, Kind};
use crate::mail_route::{MailRoute, MailServer};
use crate::passport::{entra, issuer_token};
use crate::people::{PHONES, Person, ROSTER};
use axum::Router;
use breached::{List, RangeService};
use channels::{GovukNotify, TextChannel};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use journeys::passport::elsewhere::{Elsewhere, FetchSettings, Lists};
use journeys::passport::{PassportSettings, PassportToken, TrustAnchors};
use journeys::{Breached, Parts, Service, Settings, deliver, housekeeping};
use rules::policy::Policy;
use rules::roster::RosterRow;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::roster::Missing;
use testkit::{Entra, Mailbox, Phone, SeededRandom, TurnableClock};
use tokio::sync::Notify;
use url::Url;
use vault::{HashSettings, Hasher};
use web::{Web, WebOptions};

/// Where a visitor comes from unless a test says otherwise.
pub const WARD_NETWORK: &str = "192.0.2.10";
/// A network elsewhere.
pub const ELSEWHERE: &str = "198.51.100.7";

/// How a ward is set up.
#[expect(clippy::struct_excessive_bools, reason = "each is a part of the world that a test has or has not")]
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub kind: Kind,
    pub public_url: &'static str,
    /// Memory of a password hash, in KiB: little, where a test does not measure it.
    pub memory_kib: u32,
    /// Passes of a password hash.
    pub passes: u32,
    /// How many passwords are hashed at once.
    pub at_once: usize,
    /// Connections of each node to the database.
    pub connections: u32,
    /// Whether there is a provider for text messages.
    pub texts: bool,
    /// A list of breached passwords, where there is one.
    pub breached_list: Option<&'static Path>,
    /// The address of a service that knows more of them, where there is one.
    pub range_service: Option<&'static str>,
    /// Whether the certificate authority says which certificates still stand.
    pub published: bool,
    /// Whether that authority is another one than before, whose certificates still count.
    pub changed_authority: bool,
    /// An authority outside, where certificates come from there.
    pub outside: Option<&'static crate::smartcards::authority::Outside>,
    /// What holds between the service and wallets.
    pub passport: fn() -> PassportSettings,
    /// Certificates (PEM) that vouch for hosts outside, all of which are on this machine; without them, it may fetch nothing from itself.
    pub hosts_vouched_by: Option<&'static str>,
    /// The token in which keys for credentials lie, where they lie in one.
    pub passport_token: Option<&'static str>,
    /// Whether credentials go to wallets by Entra Verified ID.
    pub entra: bool,
}

impl Setup {
    pub fn on(kind: Kind) -> Self {
        Self {
            kind,
            public_url: "http://fobwatch.example",
            memory_kib: 64,
            passes: 1,
            at_once: 2,
            connections: 10,
            texts: true,
            breached_list: None,
            range_service: None,
            published: false,
            changed_authority: false,
            outside: None,
            passport: PassportSettings::default,
            hosts_vouched_by: None,
            passport_token: None,
            entra: false,
        }
    }
}

pub struct Ward {
    pub setup: Setup,
    pub db: Database,
    pub clock: TurnableClock,
    pub mailbox: Mailbox,
    pub phone: Phone,
    /// The service of Microsoft's wallet, where there is one.
    pub entra: Option<Entra>,
    mail: Arc<MailRoute>,
    /// The first node.
    pub node: Node,
}

/// One process of the service.
#[derive(Clone)]
pub struct Node {
    pub service: Service,
    pub pages: Router,
}

impl Ward {
    pub async fn new(kind: Kind) -> Self {
        Self::with(Setup::on(kind)).await
    }

    pub async fn with(setup: Setup) -> Self {
        // The process's one provider for TLS; another test may have been faster.
        fobwatch::running::install_tls();
        let db = Database::new(setup.kind).await;
        let mailbox = Mailbox::shared();
        let phone = Phone::start().await;
        let mail = Arc::new(MailRoute::to(&mailbox).await);
        let clock = TurnableClock::new();
        let store = db.node(setup.connections).await;
        add_northfield(&store, &clock, &rows(&ROSTER)).await;
        let entra = if setup.entra { Some(Entra::start(clock.clone()).await) } else { None };
        let node = assemble(setup, store, &db, &clock, mail.clone(), (&mailbox, &phone, entra.as_ref()));
        Self { setup, db, clock, mailbox, phone, entra, mail, node }
    }

    /// A further node on the same database.
    pub async fn another_node(&self) -> Node {
        let store = self.db.node(self.setup.connections).await;
        self.node_on(store)
    }

    /// A node on this way into the database.
    pub fn node_on(&self, store: Store) -> Node {
        let outside = (&self.mailbox, &self.phone, self.entra.as_ref());
        assemble(self.setup, store, &self.db, &self.clock, self.mail.clone(), outside)
    }

    /// Somebody else's browser, in the hospital.
    pub fn browser(&self) -> Browser {
        self.browser_from(WARD_NETWORK)
    }

    /// A browser at an address of the network.
    pub fn browser_from(&self, address: &str) -> Browser {
        Browser::new(self.node.line(address), self.setup.public_url)
    }

    pub fn store(&self) -> &Store {
        &self.node.service.store
    }

    pub fn mail_server(&self, state: MailServer) {
        self.mail.is(state);
    }

    /// Minutes and seconds pass.
    pub fn waits(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Whatever is due is delivered.
    pub async fn delivers(&self) -> deliver::Round {
        self.node.delivers().await
    }

    /// What has run out is erased.
    pub async fn housekeeping(&self) {
        housekeeping::erase(&self.node.service).await.unwrap();
    }

    /// The code in the newest e-mail to an address that holds one.
    pub async fn mailed_code(&self, address: &str) -> String {
        self.delivers().await;
        let mails = self.mailbox.messages_to(address);
        mails
            .iter()
            .rev()
            .find_map(|mail| mail.code())
            .unwrap_or_else(|| panic!("no code came for {address}"))
    }

    /// The code in the newest text message to a number.
    pub async fn texted_code(&self, number: &str) -> String {
        self.delivers().await;
        self.phone.last_code(number)
    }

    /// The subjects of all e-mails to an address.
    pub async fn subjects_to(&self, address: &str) -> Vec<String> {
        self.delivers().await;
        let mails = self.mailbox.messages_to(address);
        mails.iter().map(|mail| mail.subject.clone()).collect()
    }

    /// A new list from the employer: it names these people and nobody else.
    pub async fn roster_becomes(&self, people: &[Person]) {
        import(self.store(), &self.clock, &rows(people), Missing::MarkAsLeft).await;
    }

    /// More people come onto the employer's list. Whoever is there stays.
    pub async fn roster_gains(&self, rows: &[RosterRow]) {
        import(self.store(), &self.clock, rows, Missing::Keep).await;
    }

    pub fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::UTC).date()
    }

    /// The audit says everything that happened, and nobody has changed it.
    pub async fn audit_is_whole(&self) {
        let verdict = self.store().audit_verify().await.unwrap();
        assert!(matches!(verdict, store::audit::AuditVerdict::Whole { .. }), "{verdict:?}");
    }
}

impl Node {
    /// How a browser at this address reaches this node.
    pub fn line(&self, address: &str) -> Line {
        let address: IpAddr = address.parse().unwrap();
        Line::Here { pages: self.pages.clone(), from: SocketAddr::new(address, 40_000) }
    }

    pub async fn delivers(&self) -> deliver::Round {
        let mut all = deliver::Round::default();
        loop {
            let round = deliver::deliver_due(&self.service).await.unwrap();
            if round.total() == 0 {
                return all;
            }
            all.sent += round.sent;
            all.retried += round.retried;
            all.given_up += round.given_up;
        }
    }
}

fn rows(people: &[Person]) -> Vec<RosterRow> {
    let today = TurnableClock::new().now().to_zoned(TimeZone::UTC).date();
    people.iter().map(|person| person.on_the_roster(today)).collect()
}

pub async fn add_northfield(store: &Store, clock: &TurnableClock, rows: &[RosterRow]) {
    let now = clock.now();
    let mut tx = store.begin().await.unwrap();
    let id = vault::new_id(now, &SeededRandom::unique());
    tx.add_organisation(id, "NTH", "Northfield Hospitals", now).await.unwrap();
    tx.commit().await.unwrap();
    import(store, clock, rows, Missing::MarkAsLeft).await;
}

async fn import(store: &Store, clock: &TurnableClock, rows: &[RosterRow], missing: Missing) {
    let organisation = store.organisation_by_code("NTH").await.unwrap().unwrap().id;
    let mut tx = store.begin().await.unwrap();
    tx.import_roster(organisation, rows, clock.now(), &move |_, _| missing, &|_| {}).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the journeys need of the configuration.
pub fn settings(public_url: &str, email_from: &str) -> Settings {
    Settings {
        service_name: "Fobwatch".to_owned(),
        public_url: Url::parse(public_url).unwrap(),
        time_zone: TimeZone::get("Europe/London").unwrap(),
        policy: Policy { phones: PHONES, ..Policy::default() },
        email_from: email_from.to_owned(),
        push_hosts: vec!["127.0.0.1".to_owned()],
        alarm_email: None,
        certificate_country: "GB".to_owned(),
        passport: PassportSettings::default(),
    }
}

/// What is known of the world outside: hosts on this machine, where somebody vouches for them.
pub fn elsewhere(hosts_vouched_by: Option<&str>) -> Elsewhere {
    let settings = FetchSettings {
        private_hosts: hosts_vouched_by.map(|_| "localhost".to_owned()).into_iter().collect(),
        roots: hosts_vouched_by.map(|pem| pem.as_bytes().to_vec()),
    };
    Elsewhere {
        lists: Lists::new(settings).unwrap(),
        web_authorities: TrustAnchors::from_bundle(hosts_vouched_by.unwrap_or("").as_bytes()),
    }
}

fn assemble(
    setup: Setup,
    store: Store,
    db: &Database,
    clock: &TurnableClock,
    mail: Arc<MailRoute>,
    (mailbox, phone, entra): (&Mailbox, &Phone, Option<&Entra>),
) -> Node {
    let keys = db.keys.clone();
    let hashing = HashSettings {
        memory_kib: setup.memory_kib,
        passes: setup.passes,
        lanes: 1,
        at_once: setup.at_once,
        wait: 1_000,
    };
    let text: Arc<dyn TextChannel> =
        Arc::new(GovukNotify::new(phone.base_url(), Phone::API_KEY, Phone::TEMPLATE_ID).unwrap());
    let service = Service::new(Parts {
        push: fobwatch::wiring::push(&Url::parse(setup.public_url).unwrap(), &keys).unwrap(),
        hasher: Arc::new(Hasher::new(hashing, &keys).unwrap()),
        store,
        keys,
        random: Arc::new(SeededRandom::unique()),
        clock: Arc::new(clock.clone()),
        email: mail,
        text: setup.texts.then_some(text),
        voice: None,
        breached: Breached {
            list: setup.breached_list.map(|list| Arc::new(List::open(list).unwrap())),
            service: setup
                .range_service
                .map(|address| Arc::new(RangeService::new(&Url::parse(address).unwrap()).unwrap())),
        },
        passport_token: setup.passport_token.map(|label| {
            let (driver, pin) = (Path::new(issuer_token::DRIVER), issuer_token::PIN.to_owned().into());
            Arc::new(PassportToken::new(Arc::new(pki::Token::open(driver, label, pin).unwrap())))
        }),
        elsewhere: elsewhere(setup.hosts_vouched_by),
        wallet_backend: entra.map(entra::adapter),
        settings: Settings {
            passport: (setup.passport)(),
            ..settings(setup.public_url, &format!("Fobwatch <{}>", mailbox.from()))
        },
        written: Notify::new(),
        authority: Some(match setup.outside {
            Some(outside) => Arc::new(outside),
            None => crate::smartcards::authority::authority(),
        }),
        watch: journeys::watch::Watch::default(),
        signing: journeys::passport::SigningQueue::default(),
        published: setup.published.then(|| crate::certificates::published(setup.changed_authority)),
    });
    let pages = web::router(Web::new(service.clone(), WebOptions::default())).unwrap();
    Node { service, pages }
}
