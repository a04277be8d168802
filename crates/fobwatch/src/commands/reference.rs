//! The page `docs/src/reference/commands.md`, printed from the help texts of the commands themselves.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

/// Every command with its help, in Markdown.
pub fn reference() -> String {
    let mut page = String::from(
        "# Commands\n\n\
         <!-- Printed from the help texts; `WRITE_DOCS=1 cargo test -p fobwatch` writes it, a test checks it. -->\n\n\
         Results go to the standard output, all else to the standard error stream. The exit code is 0 when all is well,\n\
         1 when something is not (the last lines say what), 2 when the command line cannot be understood.\n",
    );
    let mut root = super::Cli::command().term_width(100);
    root.build();
    entry(&mut page, &mut root, "fobwatch");
    page
}

fn entry(page: &mut String, command: &mut Command, path: &str) {
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(page, "\n## `{path}`\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    for inner in
        command.get_subcommands_mut().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set())
    {
        let path = format!("{path} {}", inner.get_name());
        entry(page, inner, &path);
    }
}
