//! Embeds every file of a credential type in `credentials/`: a new type is a new file there and no code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=credentials");
    let folder = |name| env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(name));
    let types = folder("CARGO_MANIFEST_DIR")?.join("credentials");
    let mut files = Vec::new();
    below(&types, &mut files)?;
    // In the same order on every machine.
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&types).map_err(io::Error::other)?.with_extension("");
        let (name, path) = (name.display().to_string(), file.display().to_string());
        let _ = writeln!(list, "    TypeFile {{ name: {name:?}, text: include_str!({path:?}) }},");
    }
    list.push(']');
    fs::write(folder("OUT_DIR")?.join("credential_types.rs"), list)
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            below(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
