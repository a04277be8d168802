//! The app on the phone, as a browser loads it: TypeScript in `app/`, bundled by the build and embedded here. It knows the service
//! by the interface at `/authenticator/api/` alone, and this crate knows nothing of either: it holds files.

/// A file of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Where it is served.
    pub path: &'static str,
    /// For the `Content-Type` header.
    pub content_type: &'static str,
    /// For the `ETag` header, in its quotation marks.
    pub etag: &'static str,
    /// Whether the address changes with the content, so that it may be kept for ever.
    pub for_ever: bool,
    /// The content.
    pub bytes: &'static [u8],
}

/// All of them.
pub static ALL: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The file at an address such as `/authenticator/sw.js`, or nothing.
pub fn get(path: &str) -> Option<File> {
    ALL.iter().copied().find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> &'static str {
        std::str::from_utf8(get(path).unwrap().bytes).unwrap()
    }

    #[test]
    fn whatever_the_page_names_is_there() {
        let page = text("/authenticator");
        let named: Vec<_> = page
            .split("\"/authenticator/")
            .skip(1)
            .map(|rest| format!("/authenticator/{}", rest.split('"').next().unwrap()))
            .collect();
        assert!(named.len() >= 5, "{named:?}");
        for path in named {
            assert!(get(&path).is_some(), "{path}");
        }
    }

    #[test]
    fn whatever_the_manifest_names_is_there() {
        let manifest: serde_json::Value =
            serde_json::from_str(text("/authenticator/manifest.webmanifest")).unwrap();
        assert_eq!(manifest["start_url"], "/authenticator");
        for icon in manifest["icons"].as_array().unwrap() {
            assert!(get(icon["src"].as_str().unwrap()).is_some());
        }
    }

    #[test]
    fn the_service_worker_keeps_everything_else_for_when_there_is_no_network() {
        let worker = text("/authenticator/sw.js");
        let apart = ["/authenticator/sw.js", "/authenticator/licences.txt"];
        for file in ALL.iter().filter(|file| !apart.contains(&file.path)) {
            assert!(worker.contains(&format!("{:?}", file.path)), "{}", file.path);
        }
    }

    #[test]
    fn the_wallet_and_what_reads_qr_codes_are_not_loaded_with_the_page() {
        let page = text("/authenticator");
        let (mut first, mut later) = (0, 0);
        for file in ALL.iter().filter(|file| {
            file.content_type.starts_with("text/javascript") && file.path != "/authenticator/sw.js"
        }) {
            let script = text(file.path);
            if page.contains(file.path) {
                first += file.bytes.len();
                assert!(!script.contains("credential_offer_uri"), "{}", file.path);
            } else {
                later += file.bytes.len();
            }
        }
        assert!(first < 150_000 && later > first, "{first} bytes at first, {later} later");
    }

    #[test]
    fn there_is_no_script_in_the_page_and_nothing_comes_from_elsewhere() {
        let page = text("/authenticator");
        assert!(!page.contains("style=") && !page.contains("<style"));
        assert_eq!(
            page.matches("<script").count(),
            page.matches("<script type=\"module\" src=\"/authenticator/").count()
        );
        assert!(!page.contains("http:") && !page.contains("https:"));
    }

    #[test]
    fn nothing_else_is_served() {
        for path in ["/authenticator/", "/authenticator/app.js", "/authenticator/../Cargo.toml", ""] {
            assert_eq!(get(path), None, "{path}");
        }
    }
}
