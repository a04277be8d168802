//! What commands print, and where: results to the standard output, all else to the standard error stream. Tests put
//! their own in their place.

use std::io::{self, BufRead, IsTerminal as _, Read as _, Write};

use vault::Secret;

/// The two streams of a command.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    /// Where a secret comes from if not from a terminal.
    input: Box<dyn BufRead + Send>,
    terminal: bool,
}

/// No secret that somebody types is longer, in bytes.
const LONGEST_SECRET: u64 = 4_096;

impl std::fmt::Debug for Console {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Console").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}

impl Console {
    /// The streams of this process.
    pub fn standard() -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            input: Box::new(io::BufReader::new(io::stdin())),
            terminal: io::stderr().is_terminal(),
        }
    }

    /// Other streams, for tests; never a terminal.
    pub fn of(out: impl Write + Send + 'static, err: impl Write + Send + 'static) -> Self {
        Self { out: Box::new(out), err: Box::new(err), input: Box::new(io::empty()), terminal: false }
    }

    /// The same, with what stands on the standard input.
    #[must_use]
    pub fn given(mut self, input: impl BufRead + Send + 'static) -> Self {
        self.input = Box::new(input);
        self
    }

    /// A secret: from the terminal, where it is asked for and not shown, or else the first line of the standard input.
    ///
    /// # Errors
    /// Where the stream is closed, or holds something else than a line of text.
    pub fn secret(&mut self, prompt: &str) -> io::Result<Secret<String>> {
        if self.terminal && io::stdin().is_terminal() {
            let terminal = ::console::Term::stderr();
            terminal.write_str(prompt)?;
            return terminal.read_secure_line().map(Secret::new);
        }
        let mut line = String::with_capacity(256);
        self.input.by_ref().take(LONGEST_SECRET).read_line(&mut line)?;
        line.truncate(line.trim_end_matches(['\r', '\n']).len());
        Ok(Secret::new(line))
    }

    /// Whether somebody watches, so that a progress bar makes sense.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// A line of the result.
    ///
    /// # Errors
    /// Where the stream is closed.
    pub fn say(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.out, "{}", line.as_ref())
    }

    /// The result as it is, without a line end added.
    ///
    /// # Errors
    /// Where the stream is closed.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// A line beside the result.
    ///
    /// # Errors
    /// Where the stream is closed.
    pub fn note(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.err, "{}", line.as_ref())
    }
}
