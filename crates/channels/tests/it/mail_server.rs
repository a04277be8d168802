//! Debian's aiosmtpd as a mail server of the test's own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// How the server expects to be spoken to.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    pub mode: &'static str,
    /// `user:password`, or empty.
    pub login: &'static str,
    /// 0 for any.
    pub port: u16,
}

pub const PLAIN: Manner = Manner { mode: "plain", login: "", port: 0 };
pub const STARTTLS: Manner = Manner { mode: "starttls", ..PLAIN };
pub const SMTPS: Manner = Manner { mode: "smtps", ..PLAIN };

pub struct MailServer {
    pub port: u16,
    process: Child,
    input: ChildStdin,
    events: BufReader<ChildStdout>,
    folder: TempDir,
}

impl MailServer {
    pub fn start(manner: Manner) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/usr/bin/python3");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail_server.py"))
            .arg(folder.path().join("mail"))
            .args(["--mode", manner.mode, "--port", &manner.port.to_string()]);
        if manner.mode != "plain" {
            make_certificate(folder.path());
            command
                .arg("--cert")
                .arg(folder.path().join("cert.pem"))
                .arg("--key")
                .arg(folder.path().join("key.pem"));
        }
        if !manner.login.is_empty() {
            command.args(["--login", manner.login]);
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.path().join("stderr")).unwrap())
            .spawn()
            .expect("this test needs Debian's packages python3 and python3-aiosmtpd");
        let mut server = Self {
            port: 0,
            input: process.stdin.take().unwrap(),
            events: BufReader::new(process.stdout.take().unwrap()),
            process,
            folder,
        };
        server.port = server.next_event()["port"].as_u64().unwrap().try_into().unwrap();
        server
    }

    /// The next thing that happened; waits for it.
    pub fn next_event(&mut self) -> Value {
        let mut line = String::new();
        self.events.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| {
            let said = fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
            panic!("this test needs Debian's packages python3 and python3-aiosmtpd:\n{said}")
        })
    }

    /// Stops it and tells all that happened since the last [`Self::next_event`].
    pub fn stop(mut self) -> (Vec<Value>, Vec<Vec<u8>>) {
        let mail = self.mail();
        drop(self.input);
        let events = self.events.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        self.process.wait().unwrap();
        (events, mail)
    }

    /// What lies in the Maildir, in no order.
    pub fn mail(&self) -> Vec<Vec<u8>> {
        fs::read_dir(self.folder.path().join("mail/new"))
            .unwrap()
            .map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .collect()
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub fn url(&self, rest: &str) -> String {
        format!("smtp://127.0.0.1:{}{rest}", self.port)
    }
}

/// How many connections were opened.
pub fn connections(events: &[Value]) -> usize {
    events.iter().filter(|event| event["event"] == "connected").count()
}

fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=mail.northfield.example", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .output()
        .expect("this test needs Debian's package openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
