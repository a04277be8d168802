//! What can go wrong in the store, without a value of any row in it.

/// A fault of the database or of what is in it. Its text never holds a value of a row: a database names the offending
/// values in details that are not taken over here.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be reached or did not answer in time. Trying again later may help.
    #[error("the database cannot be reached or did not answer in time: {0}")]
    Unavailable(String),
    /// Something that must be unique is there already.
    #[error("a row with this {0} is there already")]
    Taken(&'static str),
    /// The database refused a statement.
    #[error("the database refused a statement: {0}")]
    Refused(String),
    /// What the database holds cannot be: {0} says what.
    #[error("the database holds something that cannot be: {0}")]
    Corrupt(&'static str),
    /// A sealed value cannot be opened with the keys at hand.
    #[error("a sealed value cannot be opened: {0}")]
    Sealed(#[from] vault::OpenError),
    /// The address of the database cannot be understood; the text says what to write.
    #[error("{0}")]
    Address(String),
    /// A migration failed.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) if refusal.is_unique_violation() => {
                Self::Taken(taken(refusal.constraint(), refusal.message()))
            }
            sqlx::Error::Database(refusal) if passes(refusal.code().as_deref().unwrap_or_default()) => {
                Self::Unavailable(refusal.message().to_owned())
            }
            // The message alone: PostgreSQL's detail would quote the row.
            sqlx::Error::Database(refusal) => Self::Refused(refusal.message().to_owned()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Corrupt("a column holds another type than it should")
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}

/// Whether what the database says by this code may be over at the next try. PostgreSQL's classes: connection lost (08),
/// lost to another transaction (40), too many connections (53), shutting down or starting (57P). SQLite: busy (5) or
/// locked (6), in the last eight bits.
fn passes(code: &str) -> bool {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6),
        _ => ["08", "40", "53", "57P"].iter().any(|class| code.starts_with(class)),
    }
}

/// PostgreSQL names the constraint, SQLite the columns.
fn taken(constraint: Option<&str>, message: &str) -> &'static str {
    let text = constraint.unwrap_or(message);
    if text.contains("roster_entry_id") {
        "roster entry"
    } else if text.contains("email") {
        "e-mail address"
    } else if text.contains("code") {
        "code"
    } else {
        "key"
    }
}
