//! What browsers load beside the page. Every address holds a fingerprint of the content, so that it may be kept for
//! ever; a new release has new addresses.

/// A file that a browser loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its name without the fingerprint, as templates know it.
    pub name: &'static str,
    /// Its address, `/assets/NAME.FINGERPRINT.ENDING`.
    pub path: &'static str,
    /// For the `Content-Type` header.
    pub content_type: &'static str,
    /// For the `ETag` header, in its quotation marks.
    pub etag: &'static str,
    /// The content.
    pub bytes: &'static [u8],
}

/// All of them.
pub static ALL: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The asset at an address such as `/assets/application.0123456789abcdef.css`, or nothing.
pub fn get(path: &str) -> Option<Asset> {
    ALL.iter().copied().find(|asset| asset.path == path)
}

/// The address of an asset, by its name.
pub(crate) fn path_of(name: &str) -> Option<&'static str> {
    ALL.iter().find(|asset| asset.name == name).map(|asset| asset.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_at_its_address_and_nowhere_else() {
        for asset in ALL {
            assert_eq!(get(asset.path), Some(*asset));
        }
        for nothing in
            ["", "/", "/assets/", "/assets/application.css", "/assets/../Cargo.toml", "application.css"]
        {
            assert_eq!(get(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn nothing_that_a_browser_loads_points_elsewhere() {
        for asset in ALL {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            for elsewhere in [
                "@font-face",
                "@import",
                "url(\"http",
                "url(\"//",
                "url(http",
                "url(//",
                "nhs.uk/fonts",
                "sourceMappingURL",
            ] {
                assert!(!text.contains(elsewhere), "{} holds {elsewhere}", asset.name);
            }
        }
    }

    #[test]
    fn the_styles_of_one_source_are_the_same_bytes_in_every_build() {
        let compiler = concat!(env!("CARGO_MANIFEST_DIR"), "/styles/compile.mjs");
        let again = std::process::Command::new("node").arg(compiler).output().unwrap();
        let embedded = ALL.iter().find(|asset| asset.name == "application.css").unwrap();
        assert!(again.status.success());
        assert!(again.stdout == embedded.bytes, "compiled again the styles are others");
    }

    #[test]
    fn the_script_imports_the_components_at_their_address() {
        let script = ALL.iter().find(|asset| asset.name == "application.js").unwrap();
        let components = path_of("nhsuk-frontend.js").unwrap();
        assert!(std::str::from_utf8(script.bytes).unwrap().contains(components));
    }

    #[test]
    fn whatever_a_script_imports_is_there() {
        for asset in ALL.iter().filter(|asset| asset.content_type.starts_with("text/javascript")) {
            let script = std::str::from_utf8(asset.bytes).unwrap();
            for import in script.split("'/assets/").skip(1) {
                let path = format!("/assets/{}", import.split('\'').next().unwrap());
                assert!(get(&path).is_some(), "{} imports {path}", asset.name);
            }
        }
    }
}
