//! The commented example and the reference page, printed from the table of keys.

use std::fmt::Write as _;

use super::schema::Key;
use super::table::SECTIONS;

/// A configuration file with every key, its documentation and its default. Keys that must be set stand open with an
/// example; all others are commented out.
pub fn example() -> String {
    let mut page = String::from(
        "# Configuration of Fobwatch.\n\
         #\n\
         # Every key can also be set in the environment, which then wins: FOBWATCH_SECTION__KEY, for example\n\
         # FOBWATCH_SERVER__LISTEN. Secrets are best kept there. What is commented out shows the default or an example.\n\
         # After a change: fobwatch config check --config THIS-FILE\n",
    );
    for section in SECTIONS {
        page.push('\n');
        for line in section.doc {
            line_of(&mut page, &format!("#{line}"));
        }
        line_of(&mut page, &format!("[{}]", section.name));
        for key in section.keys {
            page.push('\n');
            for line in key.doc {
                line_of(&mut page, &format!("#{line}"));
            }
            for line in lines_of(key) {
                line_of(&mut page, &line);
            }
        }
    }
    page
}

fn lines_of(key: &Key) -> Vec<String> {
    if key.environment_only {
        return vec![
            "# This key is taken from the environment only:".to_owned(),
            format!("# {}={}", key.variable(), key.example),
        ];
    }
    match key.default {
        _ if key.required => vec![key.line(key.example)],
        Some(default) if default == key.example => vec![format!("# {}", key.line(default))],
        Some(default) => {
            vec![format!("# {}", key.line(default)), format!("# for example: {}", key.line(key.example))]
        }
        None => vec![format!("# {}", key.line(key.example))],
    }
}

/// The page `docs/src/reference/configuration.md`.
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration\n\n\
         <!-- Printed by `fobwatch config reference`; a test checks that it is current. -->\n\n\
         One TOML file, given with `--config FILE`; `fobwatch config example` prints one with comments. Every key can also\n\
         be set in the environment as `FOBWATCH_SECTION__KEY` (two underscores between section and key), and the\n\
         environment wins. The file is not needed at all when the environment says enough. An empty variable counts as not\n\
         set. Lists are separated by commas there.\n\n\
         Unknown keys, values that make no sense and missing secrets stop the start: all of them are named at once, with\n\
         file, line and what to write instead. `fobwatch config check` does the same without starting. No secret is ever\n\
         printed, not even when it is wrong.\n",
    );
    for section in SECTIONS {
        let _ = write!(page, "\n## `[{}]`\n\n", section.name);
        for line in section.doc {
            line_of(&mut page, line.trim_start());
        }
        for key in section.keys {
            entry(&mut page, key);
        }
    }
    page
}

fn entry(page: &mut String, key: &Key) {
    let _ = write!(page, "\n### `{}`\n\n", key.path());
    for line in key.doc {
        line_of(page, line.trim_start());
    }
    page.push('\n');
    let default = match key.default {
        Some("") => "nothing".to_owned(),
        Some(default) => format!("`{}`", key.in_toml(default)),
        None if key.required => "none: it must be set".to_owned(),
        None => "not set".to_owned(),
    };
    line_of(page, &format!("- Value: {}", (key.expects)()));
    line_of(page, &format!("- Default: {default}"));
    if !key.environment_only {
        line_of(page, &format!("- In the file: `{}`", key.line(key.example)));
    }
    line_of(page, &format!("- In the environment: `{}={}`", key.variable(), key.example));
    if key.secret {
        line_of(page, "- It can hold a secret, and is never printed.");
    }
}

fn line_of(page: &mut String, line: &str) {
    page.push_str(line.trim_end());
    page.push('\n');
}
