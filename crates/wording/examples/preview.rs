//! Writes every message as people get it into a folder, to be looked at:
//! `cargo run -p wording --example preview -- FOLDER`.

use std::{env, fs, io, path::PathBuf};

use wording::{Language, Message};

fn main() -> io::Result<()> {
    let folder =
        PathBuf::from(env::args().nth(1).ok_or_else(|| io::Error::other("name a folder to write to"))?);
    fs::create_dir_all(&folder)?;
    for message in Message::samples() {
        let parts = message.email_to(Language::En, "Zoë O'Brien");
        let kind = message.kind();
        fs::write(folder.join(format!("{kind}.html")), parts.html)?;
        let text_message = message.text_message(Language::En);
        let all = format!("Subject: {}\n\n{}\n\nText message:\n{text_message}\n", parts.subject, parts.text);
        fs::write(folder.join(format!("{kind}.txt")), all)?;
    }
    Ok(())
}
