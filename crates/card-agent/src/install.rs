//! Tells a Linux desktop and its browsers of the agent: who opens `fobwatch-card:` links, and who answers the extension. For one
//! person; packages do the same for the whole machine (`packaging/`).

use std::io;
use std::path::{Path, PathBuf};

use card_jobs::SCHEME;
use serde_json::json;

/// What browsers call the agent.
pub const HOST_NAME: &str = "fobwatch.card";

/// The extension that may speak to it: its id comes from the key in `extension/manifest.json`.
pub const EXTENSION: &str = "EXTENSION-ID";

/// Under the folder of settings: where Chromium and its relatives look for who answers extensions.
const BROWSERS: [&str; 3] = ["chromium", "google-chrome", "microsoft-edge"];

/// Which files were written or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed(pub Vec<PathBuf>);

fn desktop_file(data: &Path) -> PathBuf {
    data.join("applications").join("fobwatch-card.desktop")
}

fn manifests(settings: &Path) -> impl Iterator<Item = PathBuf> {
    BROWSERS
        .iter()
        .map(|browser| settings.join(browser).join("NativeMessagingHosts").join(format!("{HOST_NAME}.json")))
}

/// Writes the files. `program` is the agent's own path; `data` is `~/.local/share`, `settings` is `~/.config`.
///
/// # Errors
/// Where a file cannot be written, or the program's path has signs that a desktop file cannot hold.
pub fn install(program: &Path, data: &Path, settings: &Path) -> io::Result<Installed> {
    let path = program.to_str().filter(|path| !path.contains(['"', '`', '$', '\\', '\n', '%']));
    let path = path.ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "move the program to a path of plain letters")
    })?;
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Fobwatch smartcards\nExec=\"{path}\" job %u\nNoDisplay=true\nTerminal=false\n\
         MimeType=x-scheme-handler/{SCHEME};\n"
    );
    let manifest = json!({
        "name": HOST_NAME,
        "description": "Signs in with a smartcard",
        "path": path,
        "type": "stdio",
        "allowed_origins": [format!("chrome-extension://{EXTENSION}/")],
    });
    let manifest = format!("{manifest:#}\n");
    let mut written = vec![desktop_file(data)];
    write(&desktop_file(data), &entry)?;
    for file in manifests(settings) {
        write(&file, &manifest)?;
        written.push(file);
    }
    Ok(Installed(written))
}

/// Removes the files again.
///
/// # Errors
/// Where a file is there and cannot be removed.
pub fn uninstall(data: &Path, settings: &Path) -> io::Result<Installed> {
    let mut removed = Vec::new();
    for file in std::iter::once(desktop_file(data)).chain(manifests(settings)) {
        match std::fs::remove_file(&file) {
            Ok(()) => removed.push(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Installed(removed))
}

fn write(file: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_removed_again() {
        let home = tempfile::tempdir().unwrap();
        let (data, settings) = (home.path().join("share"), home.path().join("config"));
        let Installed(written) =
            install(Path::new("/opt/fob watch/fobwatch-card"), &data, &settings).unwrap();
        assert_eq!(written.len(), 4);
        let entry = std::fs::read_to_string(&written[0]).unwrap();
        assert!(entry.contains("Exec=\"/opt/fob watch/fobwatch-card\" job %u\n"), "{entry}");
        assert!(entry.contains("MimeType=x-scheme-handler/fobwatch-card;\n"), "{entry}");
        let manifest: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&written[1]).unwrap()).unwrap();
        assert_eq!(manifest["path"], "/opt/fob watch/fobwatch-card");
        assert_eq!(manifest["name"], HOST_NAME);
        assert_eq!(uninstall(&data, &settings).unwrap(), Installed(written));
        assert_eq!(uninstall(&data, &settings).unwrap(), Installed(vec![]));
    }

    #[test]
    fn a_path_that_a_desktop_would_read_as_something_else_is_refused() {
        let home = tempfile::tempdir().unwrap();
        assert!(install(Path::new("/opt/$(reboot)/card"), home.path(), home.path()).is_err());
    }
}
