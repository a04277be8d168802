//! Fetches the front-end packages when they are missing, compiles the styles, fingerprints what browsers load and
//! embeds it all, with the templates, in the crate.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// What goes wrong here is read by the person who builds: it is a sentence that says what to do.
type Built<T> = Result<T, String>;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Built<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    for watched in
        ["build.rs", "styles", "scripts", "assets", "templates", "frontend/VERSIONS", "../../tools/frontend"]
    {
        println!("cargo::rerun-if-changed={watched}");
    }
    fetch(&here)?;
    let frontend = here.join("frontend");
    embed_templates(&here, &frontend, &out)?;
    embed_assets(&here, &frontend, &out)
}

/// Runs `tools/frontend`, which does nothing when the right versions are there.
fn fetch(here: &Path) -> Built<()> {
    let tool = here.join("../../tools/frontend");
    let run = Command::new(&tool)
        .output()
        .map_err(|error| format!("{} could not be run: {error}. It needs bash.", tool.display()))?;
    if run.status.success() {
        return Ok(());
    }
    Err(format!(
        "The NHS.UK front-end packages are missing from crates/pages/frontend and could not be fetched:\n{}\
         Mend that, then run tools/frontend by hand, or build again.",
        String::from_utf8_lossy(&run.stderr)
    ))
}

/// Writes `templates.rs`: every template's name and text, ours and the packages'.
fn embed_templates(here: &Path, frontend: &Path, out: &Path) -> Built<()> {
    let mut list = String::from("&[\n");
    for (root, ending) in [(frontend.join("templates"), "jinja"), (here.join("templates"), "html")] {
        for file in files_below(&root)? {
            if file.extension().is_none_or(|extension| extension != ending) {
                continue;
            }
            let name = file.strip_prefix(&root).map_err(|error| error.to_string())?;
            let _ = writeln!(
                list,
                "    ({:?}, include_str!({:?})),",
                name.display().to_string(),
                file.display().to_string()
            );
        }
    }
    list.push(']');
    write(&out.join("templates.rs"), list.as_bytes())
}

/// Writes `assets.rs`: each file that a browser loads, under a name that changes with its content.
fn embed_assets(here: &Path, frontend: &Path, out: &Path) -> Built<()> {
    let folder = out.join("assets");
    fs::create_dir_all(&folder)
        .map_err(|error| format!("{} could not be made: {error}", folder.display()))?;
    let mut list = String::from("&[\n");
    let mut embed = |name: &str, content_type: &str, bytes: &[u8]| -> Built<String> {
        let fingerprint = fingerprint(bytes);
        let (stem, extension) = name.rsplit_once('.').ok_or_else(|| format!("{name} has no ending"))?;
        let url = format!("/assets/{stem}.{fingerprint}.{extension}");
        let file = folder.join(name);
        write(&file, bytes)?;
        let _ = writeln!(
            list,
            "    Asset {{ name: {name:?}, path: {url:?}, content_type: {content_type:?}, etag: {:?}, bytes: include_bytes!({:?}) }},",
            format!("\"{fingerprint}\""),
            file.display().to_string()
        );
        Ok(url)
    };

    embed("favicon.svg", "image/svg+xml", &read(&here.join("assets/favicon.svg"))?)?;
    embed("application.css", "text/css; charset=utf-8", &styles(here)?)?;

    let theirs = text(&frontend.join("dist/nhsuk/nhsuk-frontend.min.js"))?;
    let theirs = theirs.split("//# sourceMappingURL").next().unwrap_or_default();
    let theirs = embed("nhsuk-frontend.js", JAVASCRIPT, theirs.as_bytes())?;
    embed_scripts(here, ("nhsuk-frontend.js".into(), theirs), &mut embed)?;

    list.push(']');
    write(&out.join("assets.rs"), list.as_bytes())
}

/// The styles, compiled: the same bytes for the same source, since the order of rules decides where two have equal weight.
fn styles(here: &Path) -> Built<Vec<u8>> {
    let compiler = here.join("styles/compile.mjs");
    let run = Command::new("node").arg(&compiler).output().map_err(|error| {
        format!("Node could not be run: {error}. It compiles the styles. On Debian: apt-get install nodejs")
    })?;
    if !run.status.success() {
        let problem = String::from_utf8_lossy(&run.stderr);
        return Err(format!("The styles in {} have an error:\n{problem}", here.join("styles").display()));
    }
    Ok(run.stdout)
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Embeds every module in `scripts/`. What it imports as `/assets/NAME.js` it finds under the address with the fingerprint,
/// so a module is embedded after those that it imports.
fn embed_scripts(
    here: &Path,
    theirs: (String, String),
    embed: &mut impl FnMut(&str, &str, &[u8]) -> Built<String>,
) -> Built<()> {
    let mut waiting = Vec::new();
    for file in files_below(&here.join("scripts"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        waiting.push((name, text(&file)?));
    }
    let mut embedded = vec![theirs];
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|(name, _)| format!("'/assets/{name}'")).collect();
        let (later, now): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, script)| names.iter().any(|name| script.contains(name)));
        if now.is_empty() {
            return Err(format!("these scripts import each other in a circle: {}", names.join(", ")));
        }
        for (name, script) in now {
            let script = embedded.iter().fold(script, |script, (name, url)| {
                script.replace(&format!("'/assets/{name}'"), &format!("'{url}'"))
            });
            let url = embed(&name, JAVASCRIPT, script.as_bytes())?;
            embedded.push((name, url));
        }
        waiting = later;
    }
    Ok(())
}

/// FNV-1a, 64 bits: it tells builds of one file apart; nothing is trusted because of it.
fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// All files below a folder, in the same order on every machine.
fn files_below(folder: &Path) -> Built<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("{} could not be read: {error}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Built<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{} could not be read: {error}", path.display()))
}

fn text(path: &Path) -> Built<String> {
    String::from_utf8(read(path)?).map_err(|error| format!("{} is not text: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Built<()> {
    fs::write(path, bytes).map_err(|error| format!("{} could not be written: {error}", path.display()))
}
