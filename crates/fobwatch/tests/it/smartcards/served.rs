//! The program `fobwatch serve` as an administrator starts it: on the ward's database and by the machine's clock. It can be killed.

use crate::ward::Ward;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fobwatch");
const PASSPHRASE: &str = "three lanterns at the quay";

/// An authority of its own, made by the program once for all tests.
static AUTHORITY: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let mut made = Command::new(PROGRAM)
        .args(["pki", "demo"])
        .arg(folder.path().join("smartcards"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    made.stdin.take().unwrap().write_all(format!("{PASSPHRASE}\n").as_bytes()).unwrap();
    assert!(made.wait().unwrap().success(), "no authority was made");
    for label in ["issuing", "ocsp"] {
        opens_fast(&folder.path().join(format!("smartcards/{label}.key.pem")));
    }
    folder
});

/// Encrypts a key again with few turns of the passphrase: here the program is started hundreds of times.
fn opens_fast(key: &Path) {
    let pass = format!("pass:{PASSPHRASE}");
    let again = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", "2048"])
        .args(["-passin", &pass, "-passout", &pass, "-in"])
        .arg(key)
        .output()
        .unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    std::fs::write(key, again.stdout).unwrap();
}

/// An address that nobody listens at, as the one of a portal: leaked, as a ward's is.
pub fn free_address() -> &'static str {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{address}").leak()
}

/// The running program.
pub struct Served {
    child: Option<Child>,
    settings: Vec<(&'static str, OsString)>,
    _folder: TempDir,
}

impl Served {
    /// Starts it on the database of a ward, at the ward's public address.
    pub fn starts(ward: &Ward) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        ward.db.keys.save_new(&keys).unwrap();
        let url = ward.setup.public_url;
        let authority = AUTHORITY.path().join("smartcards");
        let settings = vec![
            ("FOBWATCH_SERVER__LISTEN", url.trim_start_matches("http://").into()),
            ("FOBWATCH_SERVER__PUBLIC_URL", url.into()),
            ("FOBWATCH_DATABASE__URL", ward.db.url.clone().into()),
            ("FOBWATCH_DATABASE__CONNECTIONS", "3".into()),
            ("FOBWATCH_KEYS__FILE", keys.into_os_string()),
            ("FOBWATCH_EMAIL__URL", ward.mailbox.url().into()),
            ("FOBWATCH_EMAIL__FROM", ward.mailbox.from().into()),
            ("FOBWATCH_SMARTCARDS__AUTHORITY", "internal".into()),
            ("FOBWATCH_SMARTCARDS__KEYS_FOLDER", authority.clone().into_os_string()),
            ("FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE", PASSPHRASE.into()),
            ("FOBWATCH_SMARTCARDS__CHAIN", authority.join("chain.pem").into_os_string()),
        ];
        let mut served = Self { child: None, settings, _folder: folder };
        served.is_back();
        served
    }

    /// `kill -9`, whatever it is doing.
    pub fn is_killed(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// The same program is started anew, and answers when this returns.
    pub fn is_back(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "the program does not start: {said}");
            said.push_str(&line);
            if line.contains("listening on ") {
                break;
            }
        }
        // What it says later nobody reads, and it must not wait for that.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        self.child = Some(child);
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.is_killed();
        }
    }
}
