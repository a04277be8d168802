//! Debian's Kannel as a gateway: its `bearerbox`, bound to an SMPP centre, and its `smsbox`, which takes messages by HTTP.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::SmppCentre;
use crate::server::free_port;

/// The gateway, on ports of loopback. It ends when it is dropped.
#[derive(Debug)]
pub struct KannelGateway {
    boxes: Vec<Child>,
    port: u16,
    folder: TempDir,
}

impl KannelGateway {
    /// The name of the sendsms-user.
    pub const USER: &'static str = "fobwatch";
    /// Their password.
    pub const PASSWORD: &'static str = "gate-way";

    /// Starts a gateway bound to `centre`, and waits until it takes messages.
    ///
    /// # Panics
    /// Where Debian's package kannel is missing, or the gateway does not start.
    pub async fn start(centre: &mut SmppCentre) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let [admin, boxes, port] = [free_port(), free_port(), free_port()];
        let configuration = folder.path().join("kannel.conf");
        fs::write(&configuration, configured(folder.path(), admin, boxes, port, centre.port))
            .expect("the folder can be written to");
        let mut gateway = Self { boxes: Vec::new(), port, folder };
        gateway.runs("bearerbox", &configuration);
        gateway.opens(boxes).await;
        gateway.runs("smsbox", &configuration);
        gateway.opens(port).await;
        centre.is_bound().await;
        gateway
    }

    /// The address of its send page.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/cgi-bin/sendsms", self.port)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        let read = |name| fs::read(self.folder.path().join(name)).unwrap_or_default();
        let all = [read("bearerbox.log"), read("smsbox.log")].concat();
        String::from_utf8_lossy(&all).into_owned()
    }

    fn runs(&mut self, program: &str, configuration: &Path) {
        let child = Command::new(format!("/usr/sbin/{program}"))
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs Debian's package kannel");
        self.boxes.push(child);
    }

    async fn opens(&self, port: u16) {
        let mut tries = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..300 {
            tries.tick().await;
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return;
            }
        }
        panic!("Kannel does not start: {}", self.log());
    }
}

impl Drop for KannelGateway {
    fn drop(&mut self) {
        for child in self.boxes.iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn configured(folder: &Path, admin: u16, boxes: u16, port: u16, centre: u16) -> String {
    let folder = folder.display();
    let (user, password) = (KannelGateway::USER, KannelGateway::PASSWORD);
    let (centre_user, centre_password) = (SmppCentre::USER, SmppCentre::PASSWORD);
    format!(
        r#"group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = "{password}"
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
dlr-storage = internal
log-file = "{folder}/bearerbox.log"
log-level = 1

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = {centre}
transceiver-mode = true
smsc-username = "{centre_user}"
smsc-password = "{centre_password}"
system-type = "VMA"
address-range = ""
source-addr-autodetect = true
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = "127.0.0.1"
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = "{user}"
password = "{password}"
default-sender = 60000
"#
    )
}
