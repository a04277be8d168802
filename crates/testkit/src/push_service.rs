//! A push service (RFC 8030) on this machine, and the browser behind it: its keys are made, and what comes is read, by npm's
//! `http_ece`, which is not ours.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// What came: headers and the encrypted body.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// As they were sent.
    pub headers: HeaderMap,
    /// Encrypted (RFC 8188).
    pub body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inbox {
    pushed: Mutex<Vec<Pushed>>,
    answer: Mutex<StatusCode>,
}

/// The push service, with one browser.
#[derive(Debug)]
pub struct PushService {
    port: u16,
    inbox: Arc<Inbox>,
    keys: Value,
}

fn reader() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("push-reader");
    assert!(
        folder.join("node_modules/http_ece").exists(),
        "this test needs the packages of its push reader: npm ci --prefix {}",
        folder.display()
    );
    folder.join("reader.js")
}

impl PushService {
    /// Starts one on a free port of loopback.
    ///
    /// # Panics
    /// Where Node.js or the reader's packages are missing.
    pub async fn start() -> Self {
        let inbox = Arc::new(Inbox::default());
        *inbox.answer.lock().unwrap_or_else(PoisonError::into_inner) = StatusCode::CREATED;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let app = Router::new().route("/push/{id}", post(take)).with_state(Arc::clone(&inbox));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let made = Command::new("node").arg(reader()).arg("keys").output().expect("this test needs Node.js");
        Self { port, inbox, keys: serde_json::from_slice(&made.stdout).expect("the keys") }
    }

    /// Where it is reached.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the browser tells of its subscription.
    pub fn subscription(&self) -> Value {
        json!({
            "endpoint": format!("{}/push/browser-1", self.origin()),
            "expirationTime": null,
            "keys": { "p256dh": self.keys["p256dh"], "auth": self.keys["auth"] },
        })
    }

    /// It answers with this status from now on.
    pub fn answers(&self, status: StatusCode) {
        *self.inbox.answer.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    /// What has come.
    pub fn pushed(&self) -> Vec<Pushed> {
        self.inbox.pushed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the browser reads of a push.
    ///
    /// # Panics
    /// Where it cannot be decrypted.
    pub fn read(&self, pushed: &Pushed) -> Value {
        let told = json!({
            "secret": self.keys["secret"],
            "auth": self.keys["auth"],
            "body": URL_SAFE_NO_PAD.encode(&pushed.body),
        });
        let mut process = Command::new("node")
            .arg(reader())
            .arg("read")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test needs Node.js");
        let mut input = process.stdin.take().expect("its input is a pipe");
        input.write_all(told.to_string().as_bytes()).expect("it reads");
        drop(input);
        let output = process.wait_with_output().expect("it ends");
        serde_json::from_slice(&output.stdout).expect("the push can be read")
    }
}

async fn take(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    inbox.pushed.lock().unwrap_or_else(PoisonError::into_inner).push(Pushed { headers, body: body.to_vec() });
    *inbox.answer.lock().unwrap_or_else(PoisonError::into_inner)
}
