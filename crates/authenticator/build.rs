//! Bundles the app: scripts and styles by esbuild under names that change with their content, then the page and the service
//! worker that name them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// What goes wrong here is read by the person who builds: it is a sentence that says what to do.
type Built<T> = Result<T, String>;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

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
        ["src", "words", "icons", "index.html", "manifest.webmanifest", "styles.css", "package-lock.json"]
    {
        println!("cargo::rerun-if-changed=app/{watched}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../tools/authenticator");
    run(&mut Command::new(here.join("../../tools/authenticator")))?;

    let app = here.join("app");
    let mut files =
        Files { out: out.clone(), list: String::from("&[\n"), paths: Vec::new(), content: Vec::new() };
    let script = files.hashed("app.js", JAVASCRIPT, &bundle(&app, "src/main.ts", &[])?)?;
    let style = files.hashed("app.css", CSS, &bundle(&app, "styles.css", &[])?)?;
    let page = text(&app.join("index.html"))?.replace("{{script}}", &script).replace("{{style}}", &style);
    files.named("", "index.html", HTML, page.as_bytes())?;
    let manifest = read(&app.join("manifest.webmanifest"))?;
    files.named("/manifest.webmanifest", "manifest.webmanifest", "application/manifest+json", &manifest)?;
    for (icon, kind) in [
        ("icon.svg", "image/svg+xml"),
        ("icon-180.png", "image/png"),
        ("icon-192.png", "image/png"),
        ("icon-512.png", "image/png"),
    ] {
        files.named(&format!("/{icon}"), icon, kind, &read(&app.join("icons").join(icon))?)?;
    }

    // The service worker comes last: it names all the others, and changes when one of them does.
    let shell: Vec<String> = files.paths.iter().map(|path| format!("{path:?}")).collect();
    let words = text(&app.join("words/en.json"))?;
    let word = |key: &str| said(&words, key);
    let defines = [
        format!("--define:SHELL=[{}]", shell.join(",")),
        format!("--define:RELEASE=\"{}\"", fingerprint(&files.content)),
        format!("--define:WORDS={{\"heading\":{},\"app\":{}}}", word("request-heading")?, word("app")?),
    ];
    let worker = bundle(&app, "src/sw.ts", &defines)?;
    files.named("/sw.js", "sw.js", JAVASCRIPT, &worker)?;
    files.named("/licences.txt", "licences.txt", "text/plain; charset=utf-8", licences(&app)?.as_bytes())?;
    files.list.push(']');
    write(&out.join("files.rs"), files.list.as_bytes())
}

/// The files that are served so far.
struct Files {
    out: PathBuf,
    list: String,
    paths: Vec<String>,
    content: Vec<u8>,
}

impl Files {
    /// A file whose address changes with its content.
    fn hashed(&mut self, name: &str, kind: &str, bytes: &[u8]) -> Built<String> {
        let (stem, ending) = name.rsplit_once('.').ok_or_else(|| format!("{name} has no ending"))?;
        let path = format!("/authenticator/{stem}.{}.{ending}", fingerprint(bytes));
        self.add(&path, name, kind, bytes, true)?;
        Ok(path)
    }

    /// A file that is always found at the same address.
    fn named(&mut self, address: &str, name: &str, kind: &str, bytes: &[u8]) -> Built<()> {
        self.add(&format!("/authenticator{address}"), name, kind, bytes, false)
    }

    fn add(&mut self, path: &str, name: &str, kind: &str, bytes: &[u8], for_ever: bool) -> Built<()> {
        let file = self.out.join(name);
        write(&file, bytes)?;
        let _ = writeln!(
            self.list,
            "    File {{ path: {path:?}, content_type: {kind:?}, etag: {:?}, for_ever: {for_ever}, bytes: include_bytes!({:?}) }},",
            format!("\"{}\"", fingerprint(bytes)),
            file.display().to_string()
        );
        self.paths.push(path.to_owned());
        self.content.extend_from_slice(bytes);
        Ok(())
    }
}

/// What esbuild makes of an entry.
fn bundle(app: &Path, entry: &str, more: &[String]) -> Built<Vec<u8>> {
    let system = match env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let program = app.join(format!("node_modules/@esbuild/{system}-{machine}/bin/esbuild"));
    if !program.exists() {
        return Err(format!(
            "{} is missing: there is no esbuild for this machine. Run tools/authenticator.",
            program.display()
        ));
    }
    run(Command::new(program)
        .current_dir(app)
        .args([
            entry,
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--legal-comments=none",
            "--log-level=warning",
        ])
        .args(more))
}

/// What the bundle takes from others, under their licences.
fn licences(app: &Path) -> Built<String> {
    let mut all = String::new();
    for package in ["idb", "jose", "jsqr", "otpauth", "@noble/hashes"] {
        let folder = app.join("node_modules").join(package);
        let file =
            ["LICENSE", "LICENSE.md"].map(|name| folder.join(name)).into_iter().find(|file| file.exists());
        let file = file.ok_or_else(|| format!("{} has no licence", folder.display()))?;
        let _ = writeln!(all, "{package}\n\n{}\n", text(&file)?);
    }
    Ok(all)
}

fn run(command: &mut Command) -> Built<Vec<u8>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program} could not be run: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("{program} failed:\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// The line of a key in the message file, as a JavaScript string.
fn said(words: &str, key: &str) -> Built<String> {
    let begin = format!("  {key:?}: ");
    words
        .lines()
        .find_map(|line| line.strip_prefix(begin.as_str()))
        .map(|rest| rest.trim_end_matches(',').to_owned())
        .ok_or_else(|| format!("app/words/en.json has no {key}"))
}

/// FNV-1a, 64 bits: it tells builds of one file apart; nothing is trusted because of it.
fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
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
