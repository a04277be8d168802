//! An SMPP centre that we did not write: npm's `smpp`, worked by the few lines of `smpp-centre/centre.js`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

/// The centre, on a port of loopback. It ends when it is dropped.
#[derive(Debug)]
pub struct SmppCentre {
    /// Where it listens.
    pub port: u16,
    process: Child,
    input: ChildStdin,
    events: mpsc::UnboundedReceiver<Value>,
}

/// A message as the centre got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreText {
    /// What the centre calls it.
    pub id: String,
    /// The number, without `+`.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The words, decoded by the centre.
    pub text: String,
    /// 0: the default alphabet; 8: UCS-2.
    pub data_coding: u64,
    /// Mode and kind.
    pub esm_class: u64,
    /// Which receipts are asked for.
    pub registered_delivery: u64,
}

impl SmppCentre {
    /// The user that may bind.
    pub const USER: &'static str = "fobwatch";
    /// Their password.
    pub const PASSWORD: &'static str = "cen-tre";

    /// Starts a centre on a free port.
    ///
    /// # Panics
    /// Where Node.js or the centre's packages are missing.
    pub async fn start() -> Self {
        Self::start_on(0).await
    }

    /// Starts a centre on this port, on which another one has ended.
    ///
    /// # Panics
    /// Where Node.js or the centre's packages are missing.
    pub async fn start_on(port: u16) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("smpp-centre");
        assert!(
            folder.join("node_modules/smpp").exists(),
            "this test needs the packages of its SMPP centre: npm ci --prefix {}",
            folder.display()
        );
        let mut process = Command::new("node")
            .arg(folder.join("centre.js"))
            .args([&port.to_string(), Self::USER, Self::PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test needs Node.js");
        let input = process.stdin.take().expect("its input is a pipe");
        let output = BufReader::new(process.stdout.take().expect("its output is a pipe"));
        let (told, events) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if serde_json::from_str(&line).is_ok_and(|event: Value| told.send(event).is_err()) {
                    return;
                }
            }
        });
        let mut centre = Self { port, process, input, events };
        let listening = centre.next("listening").await;
        centre.port = listening["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        centre
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("smpp://127.0.0.1:{}", self.port)
    }

    /// Waits until a client has bound.
    ///
    /// # Panics
    /// Where none does within half a minute.
    pub async fn is_bound(&mut self) {
        self.next("bound").await;
    }

    /// Waits for the next message.
    ///
    /// # Panics
    /// Where none comes within half a minute.
    pub async fn next_text(&mut self) -> CentreText {
        let event = self.next("message").await;
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| event[key].as_u64().unwrap_or(u64::MAX);
        CentreText {
            id: text("id"),
            to: text("to"),
            from: text("from"),
            text: text("text"),
            data_coding: number("data_coding"),
            esm_class: number("esm_class"),
            registered_delivery: number("registered_delivery"),
        }
    }

    /// Every message from now on is reported so: `DELIVRD`, `UNDELIV`, `EXPIRED`.
    pub fn reports(&mut self, state: &str) {
        self.does(&format!("reports {state}"));
    }

    /// This message is reported now.
    pub fn report(&mut self, id: &str, state: &str) {
        self.does(&format!("report {id} {state}"));
    }

    /// The next message is answered with this status.
    pub fn answers(&mut self, status: u32) {
        self.does(&format!("answers {status}"));
    }

    /// Closes every connection.
    pub fn hangs_up(&mut self) {
        self.does("hangs-up");
    }

    /// Ends it; another one can start on its port.
    pub fn ends(mut self) -> u16 {
        self.end();
        self.port
    }

    fn does(&mut self, words: &str) {
        writeln!(self.input, "{words}").expect("the centre listens");
    }

    async fn next(&mut self, kind: &str) -> Value {
        loop {
            let event = tokio::time::timeout(Duration::from_secs(30), self.events.recv())
                .await
                .unwrap_or_else(|_| panic!("nothing of the kind {kind} came to the centre"));
            let event = event.unwrap_or_else(|| panic!("the centre ended before {kind}"));
            if event["event"] == kind {
                return event;
            }
        }
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for SmppCentre {
    fn drop(&mut self) {
        self.end();
    }
}
