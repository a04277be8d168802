//! A trunk that asks for user and password (RFC 2617, RFC 8760).

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

/// User and password.
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Zeroizing<String>,
}

/// The value of the header that answers `challenge`, or none where it asks for something that we don't know.
pub(super) fn answer(
    challenge: &str,
    login: &Login,
    method: &str,
    uri: &str,
    own_nonce: &str,
) -> Option<String> {
    let challenge = challenge.trim().strip_prefix("Digest")?;
    let field = |name| field(challenge, name);
    let (realm, nonce) = (field("realm")?, field("nonce")?);
    let algorithm = field("algorithm");
    let hash: fn(&str) -> String = match algorithm.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None | Some("MD5") => |text| hex(&Md5::digest(text.as_bytes())),
        Some("SHA-256") => |text| hex(digest(&SHA256, text.as_bytes()).as_ref()),
        Some(_) => return None,
    };
    let secret = Zeroizing::new(format!("{}:{realm}:{}", login.user, login.password.as_str()));
    let (who, what) = (Zeroizing::new(hash(&secret)), hash(&format!("{method}:{uri}")));
    let protects = field("qop").is_some_and(|kinds| kinds.split(',').any(|kind| kind.trim() == "auth"));
    let response = if protects {
        hash(&format!("{}:{nonce}:00000001:{own_nonce}:auth:{what}", who.as_str()))
    } else {
        hash(&format!("{}:{nonce}:{what}", who.as_str()))
    };
    let mut value = format!(
        "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\"",
        login.user
    );
    if let Some(algorithm) = algorithm {
        let _ = write!(value, ", algorithm={algorithm}");
    }
    if let Some(opaque) = field("opaque") {
        let _ = write!(value, ", opaque=\"{opaque}\"");
    }
    if protects {
        let _ = write!(value, ", qop=auth, nc=00000001, cnonce=\"{own_nonce}\"");
    }
    Some(value)
}

/// One field of a challenge, without its quotes. Values that hold a quote or a line's end are none.
pub(super) fn field(challenge: &str, name: &str) -> Option<String> {
    let mut rest = challenge;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        if key.trim_matches([' ', ',', '\t']).eq_ignore_ascii_case(name) {
            let value = value.trim();
            return (!value.contains(['\r', '\n', '\0', '\\', '"'])).then(|| value.to_owned());
        }
        rest = next;
    }
}

/// In hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(user: &str, password: &str) -> Login {
        Login { user: user.into(), password: Zeroizing::new(password.into()) }
    }

    #[test]
    fn the_examples_of_the_standards_come_out() {
        // RFC 2617, section 3.5.
        let challenge = "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
            nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        let mufasa = login("Mufasa", "Circle Of Life");
        let value = answer(challenge, &mufasa, "GET", "/dir/index.html", "0a4f113b").unwrap();
        assert!(value.contains("response=\"6629fae49393a05397450978507c4ef1\""), "{value}");
        // RFC 7616, section 3.9.1.
        let challenge = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, \
            nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        let mufasa = login("Mufasa", "Circle of Life");
        let own = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let value = answer(challenge, &mufasa, "GET", "/dir/index.html", own).unwrap();
        assert!(
            value.contains("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            "{value}"
        );
        assert!(value.contains("algorithm=SHA-256") && value.contains("opaque=\"FQhe"));
    }

    #[test]
    fn a_challenge_that_we_do_not_know_is_not_answered() {
        let login = login("a", "b");
        for bad in [
            "Basic realm=\"x\"",
            "Digest realm=\"x\"",
            "Digest realm=\"x\", nonce=\"y\", algorithm=ROT13",
            // What stands there without quotation marks would break out of those that we put around it.
            "Digest realm=x\"y, nonce=\"z\"",
            "Digest",
        ] {
            assert!(answer(bad, &login, "INVITE", "sip:x", "n").is_none(), "{bad}");
        }
    }
}
