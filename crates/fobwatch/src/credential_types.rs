//! The folder of a trust's own credential types: `NAME.toml`, and `KIND/NAME.toml` for a variant of a kind.

use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// The files of a folder, each by its name below it without the ending, in the order of their names.
pub fn read(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    below(folder, "", &mut files)?;
    files.sort();
    Ok(files)
}

fn below(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.is_dir() && prefix.is_empty() {
            below(&path, &format!("{name}/"), files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.push((format!("{prefix}{name}"), text));
        }
    }
    Ok(())
}
