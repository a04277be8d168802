//! Two phones that we did not write, from Debian's packages: baresip, which answers, records and presses keys, and sipp, which
//! follows a scenario of `tests/sipp`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A port of loopback that nobody has at the moment, for UDP and TCP.
fn free_port() -> u16 {
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = udp.local_addr().unwrap().port();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Whether the process has this port for UDP. That somebody has it is not enough: it may be a test beside this one.
fn has_port(process: u32, port: u16) -> bool {
    let local = format!("0100007F:{port:04X}");
    let sockets = std::fs::read_to_string("/proc/net/udp").unwrap();
    let Some(inode) = sockets.lines().find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        (columns[1] == local).then(|| columns[9].to_owned())
    }) else {
        return false;
    };
    let Ok(files) = std::fs::read_dir(format!("/proc/{process}/fd")) else { return false };
    files
        .filter_map(|file| std::fs::read_link(file.ok()?.path()).ok())
        .any(|to| to.to_str() == Some(&format!("socket:[{inode}]")))
}

/// What starts, at the latest at the tenth try: between our look at a port and the phone's own, another test may take it.
fn until_its_port_is_free<T>(start: impl Fn() -> Option<T>) -> T {
    (0..10).find_map(|_| start()).expect("a phone starts on a port that nobody has")
}

/// sipp as a phone.
pub struct Sipp {
    pub port: u16,
    process: Child,
    _folder: TempDir,
}

impl Sipp {
    /// A phone that does what `tests/sipp/SCENARIO.xml` says.
    pub fn start(scenario: &str) -> Self {
        Self::start_many(scenario, 1)
    }

    /// The same for so many calls.
    pub fn start_many(scenario: &str, calls: usize) -> Self {
        until_its_port_is_free(|| Self::try_to_start(scenario, calls))
    }

    /// None where somebody took the port first.
    fn try_to_start(scenario: &str, calls: usize) -> Option<Self> {
        let port = free_port();
        let folder = TempDir::new().unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/sipp/{scenario}.xml"));
        let mut process = Command::new("sipp")
            .current_dir(folder.path())
            .arg("-sf")
            .arg(file)
            .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-mp", &free_port().to_string()])
            .args(["-m", &calls.to_string(), "-nostdin", "-timeout", "60s", "-timeout_error"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("this test needs Debian's package sip-tester");
        // It answers as soon as the port is its own. To try the port would be to take it.
        while !has_port(process.id(), port) {
            if process.try_wait().unwrap().is_some() {
                return None;
            }
            std::thread::yield_now();
        }
        Some(Self { port, process, _folder: folder })
    }

    pub fn url(&self) -> String {
        format!("sip:127.0.0.1:{}", self.port)
    }

    /// Whether all went as the scenario says, by sipp's own judgement.
    pub fn went_well(mut self) -> bool {
        self.process.wait().unwrap().success()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// baresip as a phone that answers by itself and records what it hears.
pub struct Baresip {
    pub port: u16,
    control: TcpStream,
    process: Child,
    folder: TempDir,
}

impl Baresip {
    pub fn start() -> Self {
        until_its_port_is_free(Self::try_to_start)
    }

    /// None where somebody took one of its ports first.
    fn try_to_start() -> Option<Self> {
        let (port, control) = (free_port(), free_port());
        let folder = TempDir::new().unwrap();
        let recordings = folder.path().display();
        let config = format!(
            "sip_listen 127.0.0.1:{port}\naudio_player aubridge,nil\naudio_source aubridge,nil\naudio_alert aubridge,nil\n\
             module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aubridge.so\nmodule sndfile.so\nmodule_app account.so\n\
             module_app menu.so\nmodule_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\nsnd_path {recordings}\n"
        );
        // It takes calls for its own number only.
        let account =
            format!("<sip:+447700900123@127.0.0.1:{port}>;regint=0;answermode=auto;audio_codecs=pcma\n");
        for (name, content) in [("config", config.as_str()), ("accounts", account.as_str()), ("contacts", "")]
        {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let mut process = Command::new("baresip")
            .arg("-f")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs Debian's package baresip-core");
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("baresip is ready") {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                process.wait().unwrap();
                return None;
            }
        }
        // Nobody reads on, and it must not be held up.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let control = TcpStream::connect((Ipv4Addr::LOCALHOST, control)).unwrap();
        Some(Self { port, control, process, folder })
    }

    pub fn url(&self) -> String {
        format!("sip:127.0.0.1:{}", self.port)
    }

    /// Waits until the call stands at this end, too: before, its buttons do nothing.
    fn is_in_a_call(&mut self) {
        let mut told = Vec::new();
        while !String::from_utf8_lossy(&told).contains("CALL_ESTABLISHED") {
            let mut some = [0; 1_024];
            let length = self.control.read(&mut some).unwrap();
            assert!(length > 0, "baresip tells nothing any more");
            told.extend(&some[..length]);
        }
    }

    /// Presses a key.
    pub fn presses(&mut self, key: char) {
        self.is_in_a_call();
        self.commands("sndcode", &key.to_string());
    }

    /// Hangs up.
    pub fn hangs_up(&mut self) {
        self.is_in_a_call();
        self.commands("hangup", "");
    }

    /// Its commands are JSON in netstrings.
    fn commands(&mut self, command: &str, parameter: &str) {
        let text = format!("{{\"command\":\"{command}\",\"params\":\"{parameter}\",\"token\":\"t\"}}");
        write!(self.control, "{}:{text},", text.len()).unwrap();
    }

    /// What it heard, after it was told to quit.
    pub fn heard(mut self) -> Vec<u8> {
        self.commands("quit", "");
        self.process.wait().unwrap();
        let file = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .expect("baresip has recorded");
        let mut wav = Vec::new();
        std::fs::File::open(file).unwrap().read_to_end(&mut wav).unwrap();
        wav
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
