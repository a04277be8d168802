//! Kill -9 at every commit of the journey: nothing is lost, nothing is there twice.
//!
//! The node runs in a process of its own (this test program, started again), which kills itself at the commit that it is
//! told. The person finds that the page does not load, tries again when the service is back, and goes on.

use crate::browser::{Browser, Gone, Line};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::{Setup, Ward, settings};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use channels::{GovukNotify, SmtpChannel};
use futures::StreamExt as _;
use jiff::Timestamp;
use journeys::{Clock, Parts, Service, deliver};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{CommitPoint, Store};
use testkit::Phone;
use tokio::sync::Notify;
use vault::{HashSettings, Hasher, Keys, SystemRandom};
use web::{Web, WebOptions};

/// What the node in the other process is told, as JSON in this variable of its environment.
const TOLD: &str = "FOBWATCH_TEST_NODE";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Told {
    database: String,
    keys: PathBuf,
    clock: PathBuf,
    mail: String,
    mail_from: String,
    phone: String,
    /// At which commit it kills itself, and whether just before or just after it.
    kill: Option<(u64, bool)>,
}

#[test]
fn after_kill_9_at_any_commit_the_person_goes_on_and_nothing_is_lost_or_twice_on_sqlite() {
    if let Ok(told) = std::env::var(TOLD) {
        return node(&serde_json::from_str(&told).unwrap());
    }
    every_commit_on(Sqlite);
}

#[test]
fn after_kill_9_at_any_commit_the_person_goes_on_and_nothing_is_lost_or_twice_on_postgresql() {
    every_commit_on(PostgreSql);
}

fn every_commit_on(kind: Kind) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let commits = journey(kind, None).await;
        // Those of the forms that the person sends, and two of each message: one by which it is claimed, one that it is sent.
        assert!(commits >= 16, "{commits} commits are too few for the whole journey");
        println!("{kind:?}: the journey has {commits} commits");
        let points = (1..=commits).flat_map(|commit| [(commit, true), (commit, false)]);
        futures::stream::iter(points)
            .map(|point| tokio::spawn(journey(kind, Some(point))))
            .buffer_unordered(3)
            .for_each(|done| async { assert!(done.is_ok(), "{}", done.unwrap_err()) })
            .await;
    });
}

/// The whole journey, killed at one point at most. Answers how many commits the last node made.
async fn journey(kind: Kind, kill: Option<(u64, bool)>) -> u64 {
    let ward = Ward::with(Setup::on(kind)).await;
    let folder = tempfile::tempdir().unwrap();
    let told = Told {
        database: ward.db.url.clone(),
        keys: folder.path().join("keys"),
        clock: folder.path().join("clock"),
        mail: ward.mailbox.url(),
        mail_from: format!("Fobwatch <{}>", ward.mailbox.from()),
        phone: ward.phone.base_url().to_owned(),
        kill,
    };
    ward.db.keys.save_new(&told.keys).unwrap();
    let mut life = Life::begins(&ward, told).await;
    for _ in 0..120 {
        match life.next_step().await {
            Ok(true) => return life.ends(kill).await,
            Ok(false) => {}
            Err(Gone) => life.is_back().await,
        }
    }
    panic!("killed at {kill:?}, the journey does not end: {}", life.browser.page.shown());
}

struct Life<'w> {
    ward: &'w Ward,
    told: Told,
    node: Child,
    address: String,
    client: reqwest::Client,
    browser: Browser,
    last_code: Option<String>,
    was_killed: bool,
    /// Messages were on their way when it was killed.
    was_delivering: bool,
}

impl Drop for Life<'_> {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

impl<'w> Life<'w> {
    async fn begins(ward: &'w Ward, told: Told) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        turn(&told, ward);
        let (node, address) = start(&told);
        let line = Line::There { client: client.clone(), base: address.clone() };
        let mut browser = Browser::new(line, ward.setup.public_url);
        "/join".clone_into(&mut browser.page.url);
        let mut person = Self {
            ward,
            told,
            node,
            address,
            client,
            browser,
            last_code: None,
            was_killed: false,
            was_delivering: false,
        };
        if person.reloads().await.is_err() {
            person.is_back().await;
        }
        person
    }

    /// The service is started again; the person loads the page that they had.
    async fn is_back(&mut self) {
        assert!(self.told.kill.take().is_some(), "the node was killed once only");
        self.was_killed = true;
        self.node.wait().unwrap();
        self.was_delivering = delivering(&self.told).exists();
        (self.node, self.address) = start(&self.told);
        self.browser.is_led_to(Line::There { client: self.client.clone(), base: self.address.clone() });
        self.reloads().await.expect("the service is back");
    }

    async fn reloads(&mut self) -> Result<(), Gone> {
        let url = self.browser.page.url.clone();
        self.browser.tries_to_open(&url).await
    }

    fn waits(&self, seconds: i64) {
        self.ward.waits(seconds);
        turn(&self.told, self.ward);
    }

    async fn delivers(&self) -> Result<(), Gone> {
        let delivered = self.client.post(format!("{}/test/deliver", self.address)).send().await;
        delivered.map(|_| ()).map_err(|_| Gone)
    }

    /// Does what the page asks for. Answers whether the person has arrived.
    async fn next_step(&mut self) -> Result<bool, Gone> {
        let browser = &mut self.browser;
        if browser.page.status.as_u16() == 429 {
            self.waits(31);
            self.reloads().await?;
            return Ok(false);
        }
        let heading = browser.page.heading();
        match heading.as_str() {
            "Staff Group" => {
                browser.chooses("Nursing and Midwifery Registered").tries_to_press("Discover More").await?;
            }
            "Your registration is not finished" | "Your mobile phone is verified" => {
                browser.tries_to_press("Continue").await?;
            }
            "What is your email address?" => {
                browser.fills("Email address", AMINA.email).tries_to_press("Send Code").await?;
            }
            "Check your email" | "Check your phone" => self.types_the_code().await?,
            "Choose a password and give your details" => {
                browser.fills("Password", AMINA.password);
                browser.fills("First name", AMINA.first_name).fills("Last name", AMINA.last_name);
                browser.fills("Day", "14").fills("Month", "3").fills("Year", "1990");
                browser.tries_to_press("Continue").await?;
            }
            "Choose your second step for signing in" => {
                browser.chooses("Text message").tries_to_press("Continue").await?;
            }
            "Verify your mobile phone" => {
                browser.fills("Mobile phone number", AMINA.mobile).tries_to_press("Send Code").await?;
            }
            "Your account is ready" => {
                browser.chooses("Login to Fobwatch").tries_to_press("Continue").await?;
            }
            "Sign in" => {
                browser.fills("Email address or staff number", AMINA.email).fills("Password", AMINA.password);
                browser.tries_to_press("Sign in").await?;
            }
            "Start signing in again" => browser.tries_to_press("Sign in").await?,
            "Good morning, Amina" => return Ok(true),
            _ if heading.ends_with("Create an account") => browser.tries_to_press("Join Now").await?,
            _ => panic!("nobody knows what to do: {}", browser.page.shown()),
        }
        Ok(false)
    }

    async fn types_the_code(&mut self) -> Result<(), Gone> {
        self.delivers().await?;
        if self.newest_code() == self.last_code {
            // Perhaps it was claimed by a worker that is dead.
            self.waits(130);
            self.delivers().await?;
        }
        match self.newest_code() {
            Some(code) if Some(&code) != self.last_code.as_ref() => {
                self.browser.fills("Verification code", &code).tries_to_press("Verify Code").await?;
                self.last_code = Some(code);
            }
            _ => self.browser.tries_to_press("Send New Code").await?,
        }
        Ok(())
    }

    fn newest_code(&self) -> Option<String> {
        if self.browser.page.heading() == "Check your phone" {
            let texts = self.ward.phone.texts_to(AMINA.mobile);
            return texts.last().map(|text| text.body[..6].to_owned());
        }
        self.ward.mailbox.messages_to(AMINA.email).iter().rev().find_map(|mail| mail.code())
    }

    async fn ends(mut self, kill: Option<(u64, bool)>) -> u64 {
        // What is left is delivered; a kill can hit this, too.
        for _ in 0..2 {
            if self.delivers().await.is_err() {
                self.is_back().await;
            }
            self.waits(130);
        }
        assert_eq!(self.was_killed, kill.is_some(), "{kill:?} was not reached");
        let db = &self.ward.db;
        assert_eq!(db.count("account", "1 = 1").await, 1, "{kill:?}");
        assert_eq!(db.count("sign_in_method", "1 = 1").await, 1, "{kill:?}");
        assert_eq!(db.count("registration", "account_id IS NOT NULL").await, 1, "{kill:?}");
        assert_eq!(db.count("audit", "event LIKE '%account_created%'").await, 1, "{kill:?}");
        assert_eq!(db.count("outbox", "sent_at IS NULL OR payload IS NOT NULL").await, 0, "{kill:?}");
        assert_eq!(db.count("outbox", "key LIKE 'account-created%'").await, 1, "{kill:?}");
        let verdict = self.ward.store().audit_verify().await.unwrap();
        assert!(matches!(verdict, store::audit::AuditVerdict::Whole { .. }), "{kill:?}: {verdict:?}");

        let mut arrived: BTreeMap<String, i64> = BTreeMap::new();
        for mail in self.ward.mailbox.messages() {
            *arrived.entry(mail.message_id.clone()).or_default() += 1;
        }
        for text in self.ward.phone.texts() {
            *arrived.entry(text.reference.unwrap_or_default()).or_default() += 1;
        }
        let rows = db.count("outbox", "1 = 1").await;
        assert_eq!(i64::try_from(arrived.len()).unwrap(), rows, "{kill:?}: each message arrived");
        // A message that was on its way at the kill may come once more, under the same id.
        let most = if self.was_delivering { 2 } else { 1 };
        assert!(arrived.values().all(|times| *times <= most), "{kill:?}: {arrived:?}");
        let commits = self.client.get(format!("{}/test/commits", self.address)).send().await.unwrap();
        commits.text().await.unwrap().parse().unwrap()
    }
}

/// Lets the other process see the time.
fn turn(told: &Told, ward: &Ward) {
    std::fs::write(&told.clock, ward.clock.now().as_millisecond().to_string()).unwrap();
}

/// There while a node is sending messages.
fn delivering(told: &Told) -> PathBuf {
    told.clock.with_file_name("delivering")
}

/// Starts a node; answers where it listens. Whoever has it waits for its end.
#[expect(clippy::zombie_processes, reason = "where it does not start, the test ends")]
fn start(told: &Told) -> (Child, String) {
    let mut node = Command::new(std::env::current_exe().unwrap())
        .args([
            "crash::after_kill_9_at_any_commit_the_person_goes_on_and_nothing_is_lost_or_twice_on_sqlite",
            "--exact",
            "--nocapture",
        ])
        .env(TOLD, serde_json::to_string(told).unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(node.stdout.take().unwrap());
    let mut said = String::new();
    loop {
        let mut line = String::new();
        assert!(output.read_line(&mut line).unwrap() > 0, "the node does not start: {said}");
        if let Some((_, address)) = line.split_once("listening on ") {
            return (node, address.trim().to_owned());
        }
        said.push_str(&line);
    }
}

/// A clock that another process turns.
struct FileClock(PathBuf);

impl Clock for FileClock {
    fn now(&self) -> Timestamp {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        // Read while it is being written, it is empty for a moment.
        text.parse().map_or_else(|_| self.now(), |millis| Timestamp::from_millisecond(millis).unwrap())
    }
}

/// The process that is killed.
fn node(told: &Told) {
    fobwatch::running::install_tls();
    // One thread: while the process waits for its end, nothing else goes on.
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let random = Arc::new(SystemRandom::new());
        let keys = Arc::new(Keys::load(&told.keys).unwrap());
        let commits = Arc::new(AtomicU64::new(0));
        let (counted, kill) = (commits.clone(), told.kill);
        let hook = move |point| {
            let before = point == CommitPoint::Before;
            let commit = if before {
                counted.fetch_add(1, Ordering::SeqCst) + 1
            } else {
                counted.load(Ordering::SeqCst)
            };
            if kill == Some((commit, before)) {
                let me = std::process::id().to_string();
                Command::new("kill").args(["-9", &me]).status().unwrap();
            }
        };
        let store = Store::open(&told.database, 4, keys.clone(), random.clone()).await.unwrap();
        let hashing = HashSettings { memory_kib: 64, passes: 1, lanes: 1, at_once: 1, wait: 10 };
        let notify = GovukNotify::new(&told.phone, Phone::API_KEY, Phone::TEMPLATE_ID).unwrap();
        let service = Service::new(Parts {
            push: fobwatch::wiring::push(&"http://fobwatch.example".parse().unwrap(), &keys).unwrap(),
            store: store.with_commit_hook(Arc::new(hook)),
            hasher: Arc::new(Hasher::new(hashing, &keys).unwrap()),
            keys,
            random,
            clock: Arc::new(FileClock(told.clock.clone())),
            email: Arc::new(SmtpChannel::new(&told.mail, &told.mail_from).unwrap()),
            text: Some(Arc::new(notify)),
            voice: None,
            breached: journeys::Breached::default(),
            settings: settings("http://fobwatch.example", &told.mail_from),
            passport_token: None,
            elsewhere: crate::ward::elsewhere(None),
            wallet_backend: None,
            written: Notify::new(),
            authority: None,
            watch: journeys::watch::Watch::default(),
            signing: journeys::passport::SigningQueue::default(),
            published: None,
        });
        let commits = get(async move || commits.load(Ordering::SeqCst).to_string());
        let work = Router::new()
            .route("/test/deliver", post(delivers))
            .route("/test/commits", commits)
            .with_state((service.clone(), delivering(told)));
        let pages = web::router(Web::new(service, WebOptions::default())).unwrap().merge(work);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listening on http://{}", listener.local_addr().unwrap());
        let pages = pages.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, pages).await.unwrap();
    });
}

async fn delivers(State((service, delivering)): State<(Service, PathBuf)>) -> String {
    std::fs::write(&delivering, "").unwrap();
    while deliver::deliver_due(&service).await.unwrap().total() > 0 {}
    std::fs::remove_file(&delivering).unwrap();
    String::new()
}
