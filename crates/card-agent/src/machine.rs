//! What the machine's administrator allows: a file that people who use the machine cannot write.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use crate::link::portal_address;

/// Where the file is on Linux. Windows and macOS have theirs in `packaging/`.
pub const SETTINGS_FILE: &str = if cfg!(windows) {
    r"C:\ProgramData\Fobwatch\card-agent.toml"
} else if cfg!(target_os = "macos") {
    "/Library/Application Support/Fobwatch/card-agent.toml"
} else {
    "/etc/fobwatch/card-agent.toml"
};

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    portals: Vec<String>,
    ca_file: Option<PathBuf>,
    pinentry: Option<PathBuf>,
}

/// What the agent of this machine may do.
#[derive(Debug, Clone)]
pub struct Machine {
    portals: Vec<Url>,
    /// PEM: the only authorities that the portals' certificates may come from; none where the system's are right.
    pub authorities: Option<Vec<u8>>,
    /// The program that asks for passcodes, where it is not the usual one.
    pub pinentry: Option<PathBuf>,
}

/// The file is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum MachineProblem {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{path}: {why}")]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl Machine {
    /// Allows `portals` and nothing else; for tests and the demonstration.
    pub fn allowing(portals: impl IntoIterator<Item = Url>) -> Self {
        let portals = portals.into_iter().filter_map(|portal| portal_address(portal.as_str())).collect();
        Self { portals, authorities: None, pinentry: None }
    }

    /// Reads the machine's file and the file of authorities that it names.
    ///
    /// # Errors
    /// [`MachineProblem`], with the file and what to mend.
    pub fn read(path: &Path) -> Result<Self, MachineProblem> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| MachineProblem::Unreadable { path, source }
        };
        let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
        let wrong = |why: String| MachineProblem::Wrong { path: path.to_owned(), why };
        let written: Written = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        let mut portals = Vec::with_capacity(written.portals.len());
        for portal in &written.portals {
            portals.push(portal_address(portal).ok_or_else(|| {
                wrong(format!(
                    "\"{portal}\" is not a portal's address: write https://access.northfield.example"
                ))
            })?);
        }
        if portals.is_empty() {
            return Err(wrong("name at least one address in `portals`".to_owned()));
        }
        let authorities = match &written.ca_file {
            Some(file) => Some(std::fs::read(file).map_err(unreadable(file))?),
            None => None,
        };
        Ok(Self { portals, authorities, pinentry: written.pinentry })
    }

    /// Whether the agent works for this portal.
    pub fn allows(&self, portal: &Url) -> bool {
        self.portals.contains(portal)
    }

    /// Whether the browser's page at `origin` (`https://access.northfield.example`) is one of a portal's.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.portals.iter().any(|portal| portal.origin().ascii_serialization() == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Machine, MachineProblem> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("card-agent.toml");
        std::fs::write(&file, text).unwrap();
        Machine::read(&file)
    }

    #[test]
    fn only_the_portals_of_the_file_are_allowed() {
        let machine =
            read("portals = [\"https://access.northfield.example/\", \"http://127.0.0.1:8080\"]").unwrap();
        for (portal, allowed) in [
            ("https://access.northfield.example", true),
            ("http://127.0.0.1:8080", true),
            ("https://access.northfield.example:8443", false),
            ("https://access.northfield.example/other", false),
            ("https://access.northfield.example.evil.example", false),
            ("http://127.0.0.1:8081", false),
        ] {
            assert_eq!(machine.allows(&portal_address(portal).unwrap()), allowed, "{portal}");
        }
        assert!(machine.allows_origin("https://access.northfield.example"));
        assert!(!machine.allows_origin("https://access.northfield.example.evil.example"));
        assert!(!machine.allows_origin("null"));
    }

    #[test]
    fn a_file_that_allows_nothing_or_too_much_is_refused() {
        for (text, says) in [
            ("portals = []", "at least one"),
            ("portals = [\"http://access.northfield.example\"]", "not a portal's address"),
            ("portals = [\"https://a.example\"]\nca-file = \"x\"", "unknown field"),
            ("portals = \"https://a.example\"", "invalid type"),
            ("portals = [\"https://a.example\"]\nca_file = \"/does/not/exist.pem\"", "/does/not/exist.pem"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        assert!(Machine::read(Path::new("/does/not/exist.toml")).is_err());
    }
}
