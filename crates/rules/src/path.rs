//! Where a person may be sent after a form: a page of this service and nowhere else.

/// `path` if it is a path of this service that a browser cannot take for another host: one slash, then anything but a
/// second slash, a backslash, white space or a control character.
pub fn local(path: &str) -> Option<&str> {
    const LONGEST: usize = 200;
    let rest = path.strip_prefix('/')?;
    let harmless = |c: char| c.is_ascii_graphic() && c != '\\';
    (path.len() <= LONGEST && !rest.starts_with('/') && rest.chars().all(harmless)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_path_of_ours_is_taken() {
        for path in ["/", "/home", "/security-info/add?method=phone"] {
            assert_eq!(local(path), Some(path));
        }
    }

    #[test]
    fn an_address_elsewhere_is_not() {
        for path in [
            "",
            "home",
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "/\t/elsewhere.example",
            "/a b",
            "/\u{202e}",
            "javascript:alert(1)",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
        assert_eq!(local(&format!("/{}", "a".repeat(200))), None);
    }
}
