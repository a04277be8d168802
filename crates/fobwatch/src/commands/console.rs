//! What commands print, and where: results to the standard output, all else to the standard error stream. Tests put
//! their own in their place.

use std::io::{self, IsTerminal as _, Write};

/// The two streams of a command.
pub struct Console {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    terminal: bool,
}

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
            terminal: io::stderr().is_terminal(),
        }
    }

    /// Other streams, for tests; never a terminal.
    pub fn of(out: impl Write + Send + 'static, err: impl Write + Send + 'static) -> Self {
        Self { out: Box::new(out), err: Box::new(err), terminal: false }
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
