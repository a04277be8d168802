//! Writes every page with every sample, and what browsers load beside them, into a folder, to be looked at and
//! checked: `cargo run -p pages --example render_all -- FOLDER`. Serve that folder as the root of a web server.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: render_all FOLDER");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(count) => {
            println!("{count} pages are in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &std::path::Path) -> io::Result<usize> {
    fs::create_dir_all(folder.join("assets"))?;
    fs::create_dir_all(folder.join("brand"))?;
    for asset in pages::assets::ALL {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
    }
    for (code, colour) in [("LLN", "#7a1f5c"), ("STH", "#f2d16b")] {
        let colour = pages::Colour::parse(colour).map_err(io::Error::other)?;
        fs::write(folder.join(format!("brand/{code}.css")), pages::brand_stylesheet(colour))?;
    }
    let gallery =
        pages::gallery().map_err(|error| io::Error::other(format!("{error}: {:#}", error.source)))?;
    for page in &gallery {
        fs::write(folder.join(format!("{}.html", page.name)), &page.html)?;
    }
    Ok(gallery.len())
}
