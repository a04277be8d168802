//! What must hold for whatever a provider of texts and calls, or a trunk, sends. Each function takes any bytes and panics if a promise is
//! broken; tests of this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]
#![expect(clippy::expect_used, reason = "the settings here are good")]

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use url::{Url, form_urlencoded};

pub use crate::sip::outside::{sdp_answer, sip_challenge, sip_message};
pub use crate::smpp::outside::smpp_packet;
use crate::{
    BadReport, DeliveryReport, DeliveryState, GovukNotify, Kannel, Proof, ReportRequest, ReportedMessage,
    SetupError, TextChannel, Twilio, TwilioVoice, VoiceChannel,
};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 5] = [
    ("sip_message", sip_message),
    ("sdp_answer", sdp_answer),
    ("sip_challenge", sip_challenge),
    ("smpp_packet", smpp_packet),
    ("delivery_report", delivery_report),
];

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OURS: &str = "https://access.northfield.example/callbacks/texts";

struct Providers {
    notify: GovukNotify,
    kannel: Kannel,
    twilio: Twilio,
    calls: TwilioVoice,
}

fn providers() -> Result<Providers, SetupError> {
    let ours = Url::parse(OURS).map_err(|_| SetupError::new("no address"))?;
    let account = format!("AC{TOKEN}");
    let id = "00000000-0000-4000-8000-000000000000";
    let twilio = "https://api.twilio.com";
    Ok(Providers {
        notify: GovukNotify::new("https://api.notifications.service.gov.uk", &format!("k-{id}-{id}"), id)?
            .with_callbacks(TOKEN),
        kannel: Kannel::new("https://texts.northfield.example/cgi-bin/sendsms", "u", "p", "f", &ours)?,
        twilio: Twilio::new(twilio, &account, TOKEN, "Northfield", &ours)?,
        calls: TwilioVoice::new(twilio, &account, TOKEN, "+441632960123", &ours, true)?,
    })
}

static PROVIDERS: LazyLock<Option<Providers>> = LazyLock::new(|| providers().ok());

/// What a provider reports by itself: the first line is the query of the address, the rest the body. Without a proof nothing is believed,
/// whatever it says; with one, what is believed is final.
pub fn delivery_report(bytes: &[u8]) {
    let all = PROVIDERS.as_ref().expect("these settings are good");
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (query, body) = bytes.split_at(end);
    let body = body.get(1..).unwrap_or_default();
    let url = format!("{OURS}?{}", String::from_utf8_lossy(query));
    let (bearer, signature) = (format!("Bearer {TOKEN}"), signature(&url, body));
    let proved = ReportRequest { url: &url, authorization: Some(&bearer), signature: Some(&signature), body };
    let other = body.iter().fold(7, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte));
    let forged = STANDARD.encode([other; 20]);
    let bare = ReportRequest { authorization: Some("Bearer "), signature: Some(&forged), ..proved };
    for text in [&all.notify as &dyn TextChannel, &all.kannel, &all.twilio] {
        assert_eq!(text.read_report("another", &proved), Err(BadReport::NotExpected));
        for request in [&proved, &bare] {
            if let Ok(Some(report)) = text.read_report(text.name(), request) {
                look_at(&report, text.name());
            }
        }
    }
    assert_eq!(all.notify.read_report(all.notify.name(), &bare), Err(BadReport::Forged));
    assert_eq!(all.twilio.read_report(all.twilio.name(), &bare), Err(BadReport::Forged));
    assert!(all.calls.read_hook(all.calls.name(), &bare).is_err());
    let _ = all.calls.read_hook(all.calls.name(), &proved);
}

fn look_at(report: &DeliveryReport, provider: &str) {
    assert!(!matches!(report.state, DeliveryState::Pending | DeliveryState::Unknown), "it is final");
    match &report.about {
        // Kannel cannot sign: it hands back a token, which our caller compares.
        ReportedMessage::Ours { proof, .. } => {
            assert_eq!(*proof == Proof::ByProvider, provider != "http-gateway");
        }
        ReportedMessage::Theirs { provider: named, .. } => assert_eq!(*named, provider),
    }
}

/// As Twilio signs.
fn signature(url: &str, body: &[u8]) -> String {
    let pairs: BTreeSet<_> = form_urlencoded::parse(body).collect();
    let signed = pairs.iter().fold(url.to_owned(), |signed, (name, value)| signed + name + value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_report_is_believed_with_a_proof_alone(query in "[a-z0-9=&%]{0,40}", body in "\\PC{0,80}") {
            delivery_report(format!("{query}\n{body}").as_bytes());
        }

        #[test]
        fn any_packet_of_a_centre_is_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            smpp_packet(&bytes);
        }
    }
}
