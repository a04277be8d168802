//! The real binary, started as an administrator would.

use crate::load::Connection;
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// A running service.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From being started to saying that it is ready.
    pub started_in: Duration,
}

impl Server {
    /// Starts the service on the database in `folder`.
    pub async fn start(binary: &Path, folder: &Path) -> Result<Self> {
        Self::start_with(binary, folder, &[]).await
    }

    /// The same, with further settings.
    pub async fn start_with(binary: &Path, folder: &Path, settings: &[(&str, OsString)]) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let began = Instant::now();
        let child = program(binary, folder, address, settings).arg("serve").spawn()?;
        let mut server = Self { child, address, started_in: Duration::ZERO };
        server.wait(began).await?;
        Ok(server)
    }

    /// Runs a command of the program on the same database to its end. Answers how long that took.
    pub async fn tell(
        binary: &Path,
        folder: &Path,
        settings: &[(&str, OsString)],
        words: &[&str],
    ) -> Result<Duration> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
        let began = Instant::now();
        let status = program(binary, folder, nowhere, settings).args(words).status().await?;
        if !status.success() {
            bail!("{words:?} ended with {status}");
        }
        Ok(began.elapsed())
    }

    async fn wait(&mut self, began: Instant) -> Result<()> {
        let mut look = tokio::time::interval(Duration::from_millis(2));
        while began.elapsed() < Duration::from_secs(30) {
            look.tick().await;
            if let Some(status) = self.child.try_wait()? {
                bail!("the service ended by itself: {status}");
            }
            let Ok(mut connection) = Connection::open(self.address).await else {
                continue;
            };
            if connection.get("/health/ready", "").await.is_ok_and(|answer| answer.status == 200) {
                self.started_in = began.elapsed();
                return Ok(());
            }
        }
        bail!("the service is not ready after 30 seconds")
    }

    /// Resident memory now, in bytes.
    pub fn memory(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most resident memory so far, in bytes.
    pub fn most_memory(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    /// The id of its process.
    pub fn process(&self) -> Result<u32> {
        self.child.id().context("the service has ended")
    }

    fn status(&self, line: &str) -> Result<u64> {
        let id = self.process()?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let value = status.lines().find_map(|text| text.strip_prefix(line)).context("/proc does not say")?;
        let kilobytes: u64 = value.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1_024)
    }

    /// Ends it.
    pub async fn stop(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

/// How long the cores have worked for a process so far, in seconds (`proc_pid_stat(5)`, fields 14 and 15).
pub fn worked(process: u32) -> Result<f64> {
    /// Linux tells programs so many ticks in a second, whatever it counts by itself (time(7)).
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name of the program stands in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(')').context("/proc does not say")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| -> Result<f64> { Ok(fields.get(at).context("/proc does not say")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

/// The program with its settings, some of them from the outside.
fn program(binary: &Path, folder: &Path, address: SocketAddr, settings: &[(&str, OsString)]) -> Command {
    let mut program = Command::new(binary);
    program
        .env("FOBWATCH_SERVER__LISTEN", address.to_string())
        .env("FOBWATCH_SERVER__PUBLIC_URL", format!("http://{address}"))
        .env("FOBWATCH_DATABASE__URL", format!("sqlite://{}", folder.join("fobwatch.db").display()))
        .env("FOBWATCH_KEYS__FILE", folder.join("keys"))
        // Nobody listens there: nothing that is measured sends a message.
        .env("FOBWATCH_EMAIL__URL", "smtp://127.0.0.1:9")
        .env("FOBWATCH_EMAIL__FROM", "no-reply@northfield.example")
        .env("FOBWATCH_LOG__LEVEL", "warn")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .kill_on_drop(true);
    program
}
