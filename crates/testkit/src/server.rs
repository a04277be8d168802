//! A server that belongs to this test process and never outlives it.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Starts the command, then waits until the test process closes the pipe (it need not do anything for that: the system
/// closes it, whether the process ends or is killed), stops the command with all that it started, and deletes its folder.
const KEEPER: &str = r#"
folder=$1 signal=$2
shift 2
exec 3<&0
setsid "$@" </dev/null 3<&- 2>&1 &
server=$!
exec >/dev/null 2>&1
cat <&3
while kill -s "$signal" -- "-$server"; do sleep 0.05; done
rm -rf -- "$folder"
"#;

/// The running server. Dropping it (or the end of the process) stops it and deletes its folder.
#[derive(Debug)]
pub(crate) struct Server {
    _keeper: Child,
}

impl Server {
    /// Tries `attempt` with a new temporary folder and a free port until it succeeds: the port can be taken by somebody
    /// else before the server has it. The error is what the last server wrote.
    pub(crate) fn on_free_port(
        name: &str,
        attempt: impl Fn(&Path, u16) -> Result<Self, String>,
    ) -> Result<(Self, PathBuf, u16), String> {
        let mut last_words = String::new();
        for _ in 0..5 {
            let folder = tempfile::Builder::new()
                .prefix(&format!("fobwatch-{name}-"))
                .tempdir()
                .expect("a temporary folder can be made")
                .keep();
            let port = free_port();
            match attempt(&folder, port) {
                Ok(server) => return Ok((server, folder, port)),
                Err(said) => last_words = said,
            }
        }
        Err(last_words)
    }

    /// Runs `command` until the end of this process and returns once it has written a line that holds `ready`. `folder`
    /// is deleted at the end. The error is what the command wrote before it stopped.
    pub(crate) fn start(command: &[&str], folder: &Path, signal: &str, ready: &str) -> Result<Self, String> {
        let mut keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(folder)
            .arg(signal)
            .args(command)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Its own group, so that Ctrl-C in the terminal leaves the keeper alive to clean up.
            .process_group(0)
            .spawn()
            .map_err(|why| format!("/bin/sh does not start: {why}"))?;
        let mut output = BufReader::new(keeper.stdout.take().ok_or("no output")?);
        let mut said = String::new();
        loop {
            let mut line = String::new();
            match output.read_line(&mut line) {
                Ok(0) | Err(_) => return Err(said),
                Ok(_) if line.contains(ready) => break,
                Ok(_) => said.push_str(&line),
            }
        }
        // Whatever it writes from now on is read and forgotten, or it would stop when the pipe is full.
        std::thread::spawn(move || {
            let mut forgotten = [0; 4096];
            while matches!(output.read(&mut forgotten), Ok(1..)) {}
        });
        Ok(Self { _keeper: keeper })
    }
}

/// A port on loopback that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port")
        .port()
}
