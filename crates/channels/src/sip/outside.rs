//! What must hold for whatever a trunk sends. Each function takes any bytes and panics if a promise is broken; the property
//! tests of this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]

use zeroize::Zeroizing;

use super::digest::{self, Login};
use super::message::{Message, host_and_port, parameter, uri};
use super::sdp;

/// A packet is SIP or not; what we repeat of it in our own can't begin a line of its own.
pub fn sip_message(bytes: &[u8]) {
    let Some(message) = Message::parse(bytes) else { return };
    assert!(message.method().is_some() != message.code().is_some(), "a request or an answer");
    let answer = message.answered(200, "OK", "", "");
    let repeated = Message::parse(answer.as_bytes()).is_some_and(|read| {
        ["via", "record-route", "from", "to", "call-id", "cseq"]
            .iter()
            .all(|name| read.all(name).eq(message.all(name)))
    });
    assert!(repeated, "our answer is SIP, and what identifies the request comes back as it was sent");
    let _ = (message.sequence(), message.branch());
    for place in message.route().iter().map(String::as_str).chain(message.all("contact")) {
        assert!(!place.contains(['\r', '\n', '\0']), "an address that breaks out of its line");
        let _ = (host_and_port(uri(place)), parameter(place, "tag"));
    }
    sdp_answer(&message.body);
}

/// A description of sound names somewhere to send it, or nothing is sent.
pub fn sdp_answer(bytes: &[u8]) {
    if let Some(media) = sdp::read(bytes) {
        assert_ne!(media.to.port(), 0);
    }
}

/// A challenge is answered in one line that never holds the password, or not at all.
pub fn sip_challenge(bytes: &[u8]) {
    let login = Login { user: "ward".to_owned(), password: Zeroizing::new("hush-hush-hush".to_owned()) };
    let challenge = String::from_utf8_lossy(bytes);
    for challenge in [challenge.to_string(), format!("Digest realm=\"a\", nonce=\"b\", {challenge}")] {
        if let Some(value) = digest::answer(&challenge, &login, "INVITE", "sip:1@pbx.example", "own") {
            assert!(!value.contains(['\r', '\n', '\0']) && !value.contains(login.password.as_str()));
            let said = |name| digest::field(value.strip_prefix("Digest")?, name);
            assert_eq!(said("username").as_deref(), Some("ward"));
            assert_eq!(
                said("uri").as_deref(),
                Some("sip:1@pbx.example"),
                "a part of it broke out of its quotes"
            );
            assert!(said("response").is_some_and(|hash| hash.len() == 32 || hash.len() == 64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// Pieces of real messages in any order, and any bytes between them.
    fn packets() -> impl Strategy<Value = Vec<u8>> {
        let pieces = [
            "SIP/2.0 200 OK",
            "SIP/2.0 401 Unauthorized",
            "BYE sip:1@b SIP/2.0",
            "\r\n",
            "\r\n",
            "\r\n",
            "\r\n\r\n",
            "\r",
            "\n",
            "\0",
            "Via: SIP/2.0/UDP 192.0.2.1;branch=z9",
            "v:",
            "Record-Route: <sip:p1;lr>, \"a,b\" <sip:p2>",
            "Contact: <sip:[::1]:5>",
            "To: <sip:1@a>;tag=7",
            "CSeq: 1 INVITE",
            " folded",
            "v=0",
            "c=IN IP4 192.0.2.1",
            "m=audio 4000 RTP/AVP 8 101",
            "a=rtpmap:101 telephone-event/8000",
            "a=rtpmap:",
            "realm=",
            "\"",
            "qop=\"auth\"",
            "algorithm=SHA-256",
            "nonce=\"n\\\"",
            ",",
            ":",
            ";",
            "<",
            ">",
        ];
        prop_oneof![
            vec(prop_oneof![4 => select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()), 1 => vec(any::<u8>(), 0..4)], 0..30)
                .prop_map(|pieces| pieces.concat()),
            vec(any::<u8>(), 0..200),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_packet_is_sip_or_not(bytes in packets(), start in select(vec!["", "SIP/2.0 200 OK\r\n", "INVITE a SIP/2.0\r\n"])) {
            sip_message(&[start.as_bytes(), &bytes, b"\r\n\r\n"].concat());
            sip_message(&bytes);
        }

        #[test]
        fn any_description_names_a_place_or_nothing(bytes in packets()) {
            sdp_answer(&bytes);
        }

        #[test]
        fn any_challenge_is_answered_in_one_line_or_not(bytes in packets()) {
            sip_challenge(&bytes);
        }
    }
}
