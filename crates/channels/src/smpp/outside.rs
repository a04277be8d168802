//! What must hold for whatever a centre sends.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what it is for")]
#![expect(clippy::panic, reason = "a broken promise panics")]

use rusmpp::Pdu;
use rusmpp::tokio_codec::CommandCodec;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder as _;

use super::receipt;
use super::session::LONGEST;
use crate::{DeliveryState, ReportedMessage};

/// A stream of packets is read or given up; a receipt in one names a message shortly, and its final state.
pub fn smpp_packet(bytes: &[u8]) {
    let mut codec = CommandCodec::new().with_max_length(LONGEST);
    let mut stream = BytesMut::from(bytes);
    let mut left = stream.len();
    while let Ok(Some(command)) = codec.decode(&mut stream) {
        assert!(stream.len() < left, "each packet takes some bytes");
        left = stream.len();
        let Some(Pdu::DeliverSm(message)) = command.pdu() else { continue };
        let Some(report) = receipt::report("smpp", message) else { continue };
        assert!(!matches!(report.state, DeliveryState::Pending | DeliveryState::Unknown));
        let ReportedMessage::Theirs { provider: "smpp", reference } = report.about else {
            panic!("a centre knows no message of ours")
        };
        assert!((1..=65).contains(&reference.len()));
    }
}
