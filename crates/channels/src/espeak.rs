//! Words spoken by `espeak-ng`, a program of Debian's.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::{Prompt, SendError, Speech};

/// How long it may take: it needs some hundredths of a second.
const LONGEST: Duration = Duration::from_secs(10);
/// Words a minute: slower than its usual 175, for people who were just woken up.
const PACE: &str = "145";

/// Speaks with `espeak-ng`. Each sentence is spoken once and kept in memory: an installation has a handful.
#[derive(Debug)]
pub struct EspeakNg {
    program: PathBuf,
    voice: String,
    spoken: Mutex<HashMap<String, Arc<Prompt>>>,
}

impl EspeakNg {
    /// `program` is its path, or a name that is looked for in the path; `voice` such as `en-gb`.
    pub fn new(program: impl Into<PathBuf>, voice: &str) -> Self {
        Self { program: program.into(), voice: voice.to_owned(), spoken: Mutex::default() }
    }

    async fn run(&self, words: &str) -> Option<Vec<u8>> {
        let mut process = Command::new(&self.program)
            .args(["--stdin", "--stdout", "-v", &self.voice, "-s", PACE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut input = process.stdin.take()?;
        input.write_all(words.as_bytes()).await.ok()?;
        drop(input);
        let done = timeout(LONGEST, process.wait_with_output()).await.ok()?.ok()?;
        done.status.success().then_some(done.stdout)
    }
}

#[async_trait]
impl Speech for EspeakNg {
    async fn speak(&self, words: &str) -> Result<Arc<Prompt>, SendError> {
        let mut spoken = self.spoken.lock().await;
        if let Some(prompt) = spoken.get(words) {
            return Ok(prompt.clone());
        }
        let wav = self.run(words).await.ok_or_else(|| {
            SendError::Misconfigured(
                "espeak-ng does not speak: install Debian's package espeak-ng, or set a recording".into(),
            )
        })?;
        let prompt = Prompt::from_wav(&wav).map_err(|error| SendError::Misconfigured(error.to_string()))?;
        let prompt = Arc::new(prompt);
        spoken.insert(words.to_owned(), prompt.clone());
        Ok(prompt)
    }
}
