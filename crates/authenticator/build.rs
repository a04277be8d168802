//! Bundles the app: scripts and styles by esbuild under names that change with their content, then the page and the service
//! worker that name them. The script is split: the wallet is fetched when it is wanted first.

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
    let (script, shared) = scripts(&app, &mut files)?;
    let style = files.hashed("app.css", CSS, &bundle(&app, "styles.css", &[])?)?;
    let preload = shared
        .iter()
        .fold(String::new(), |all, path| all + &format!("<link rel=\"modulepreload\" href=\"{path}\">\n  "));
    let page = text(&app.join("index.html"))?
        .replace("{{preload}}", &preload)
        .replace("{{script}}", &script)
        .replace("{{style}}", &style);
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

/// The script of the app, and the scripts that are fetched beside it. esbuild splits off what is imported later, and names each part by its
/// content: parts name one another.
fn scripts(app: &Path, files: &mut Files) -> Built<(String, Vec<String>)> {
    let folder = files.out.join("scripts");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .map_err(|error| format!("{} could not be removed: {error}", folder.display()))?;
    }
    let into = [
        "--splitting".to_owned(),
        format!("--outdir={}", folder.display()),
        "--entry-names=app.[hash]".to_owned(),
        "--chunk-names=part.[hash]".to_owned(),
    ];
    bundle(app, "src/main.ts", &into)?;
    let mut names = fs::read_dir(&folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect::<std::io::Result<Vec<_>>>()
        })
        .map_err(|error| format!("{} could not be read: {error}", folder.display()))?;
    names.sort();
    let (mut main, mut shared) = (None, Vec::new());
    let first = names.first().filter(|name| name.starts_with("app.")).ok_or("esbuild made no script")?;
    let begins = text(&folder.join(first))?;
    for name in &names {
        let path = format!("/authenticator/{name}");
        files.add(&path, name, JAVASCRIPT, &read(&folder.join(name))?, true)?;
        if name == first {
            main = Some(path);
        } else if begins.contains(&format!("from\"./{name}\"")) {
            shared.push(path);
        }
    }
    Ok((main.ok_or("esbuild made no script")?, shared))
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

/// What the bundle takes from others and has a file with its licence.
const PACKAGES: [&str; 19] = [
    "idb",
    "jose",
    "jsqr",
    "otpauth",
    "@noble/hashes",
    "@sd-jwt/core",
    "@sd-jwt/decode",
    "@sd-jwt/jwt-status-list",
    "@sd-jwt/present",
    "@sd-jwt/utils",
    "base64-js",
    "buffer",
    "dcql",
    "ieee754",
    "js-base64",
    "pako",
    "valibot",
    "zod",
    "zod-validation-error",
];
/// What it takes beside, under the Apache licence.
const WITHOUT_TEXT: [&str; 4] =
    ["@openid4vc/oauth2", "@openid4vc/openid4vci", "@openid4vc/openid4vp", "@openid4vc/utils"];

/// What the bundle takes from others, under their licences.
fn licences(app: &Path) -> Built<String> {
    let mut all = String::new();
    for package in PACKAGES {
        let folder = app.join("node_modules").join(package);
        let file =
            ["LICENSE", "LICENSE.md"].map(|name| folder.join(name)).into_iter().find(|file| file.exists());
        let file = file.ok_or_else(|| format!("{} has no licence", folder.display()))?;
        let _ = writeln!(all, "{package}\n\n{}\n", text(&file)?);
    }
    // These come without the text of their licence, which is that of others beside them.
    let _ = writeln!(all, "{}\n", WITHOUT_TEXT.join(", "));
    all.push_str("Apache License, Version 2.0: the text under @sd-jwt/core above.\n");
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
