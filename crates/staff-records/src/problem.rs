//! Why a source cannot be used. Each says what to do, and nothing of what the source holds.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why an address cannot be used. The text says what to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressProblem {
    /// Neither https nor this machine.
    #[error("the address starts with https: (http: only on this machine itself)")]
    Unencrypted,
    /// It holds who we are.
    #[error("the address holds no user and no #; the token has a place of its own")]
    Secret,
    /// The token cannot be sent.
    #[error("the token is empty or holds a sign that no token has: copy it again as one line")]
    Token,
    /// The system has no TLS.
    #[error("this machine cannot set up TLS: check its certificates")]
    NoTls,
}

/// Why a source cannot be read.
#[derive(Debug, Error)]
pub enum SourceProblem {
    /// The system refuses.
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// A folder without a file of records.
    #[error("{} holds no file whose name ends in .csv", .0.display())]
    NoFile(PathBuf),
    /// More than any file of so many records.
    #[error("{} is larger than {most} MB", .0.display(), most = crate::csv_file::LARGEST_FILE >> 20)]
    LargeFile(PathBuf),
    /// There is nothing in it, not even headings.
    #[error("{} is empty: its first line holds the headings", .0.display())]
    Empty(PathBuf),
    /// The headings are not those of staff records.
    #[error("{}, line 1, the headings: {}", path.display(), what.join("; "))]
    Headings {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        what: Vec<String>,
    },
    /// A row without an end.
    #[error("{}, line {line}: the row has no end; perhaps a quotation mark is not closed", path.display())]
    LongRow {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
    },
    /// Somebody wrote to it meanwhile.
    #[error("{} was changed while it was read: write another file first and rename it", .0.display())]
    Changed(PathBuf),
    /// Too much.
    #[error("it tells of more than {} records", crate::MOST_RECORDS)]
    TooManyRecords,
    /// No answer.
    #[error("it did not answer in time")]
    TooSlow,
    /// No connection.
    #[error("it cannot be reached: check its address, and the proxy and firewall on the way")]
    Unreachable,
    /// The connection was lost.
    #[error("the connection to it broke off")]
    BrokeOff,
    /// Who we are does not count there.
    #[error("it did not accept the token ({0}): check the token")]
    NotWelcome(u16),
    /// It wants to be asked elsewhere.
    #[error("its address leads elsewhere ({0}): write the address that it leads to")]
    Elsewhere(u16),
    /// Another status than 200.
    #[error("it answered {0}")]
    Status(u16),
    /// A page too long.
    #[error("page {page} is larger than {most} MB: let it answer fewer people at once", most = crate::rest::LARGEST_PAGE >> 20)]
    LargePage {
        /// From 1.
        page: u32,
    },
    /// Something else than a page of people.
    #[error("page {0} is not JSON of the form {{\"people\": […], \"next\": …}}")]
    NotAPage(u32),
    /// A next page that is none of this source.
    #[error("page {0}: the address of the next page is not below the same scheme, host and port")]
    NextElsewhere(u32),
    /// Round and round.
    #[error("page {0}: the next page is one that was read before")]
    Circle(u32),
    /// Too many pages.
    #[error("it has more than {} pages", crate::rest::MOST_PAGES)]
    TooManyPages,
    /// The program itself.
    #[error("it cannot be read: {0}")]
    Fault(&'static str),
}
