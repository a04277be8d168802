//! The delivery receipt of SMPP: parameters of the PDU where the centre sends them, otherwise its text of appendix B
//! (`id:… sub:001 dlvrd:001 submit date:… done date:… stat:DELIVRD err:000 text:…`).

use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::TlvValue;
use rusmpp::values::{MessageState, MessageType};

use crate::{DeliveryReport, DeliveryState, ReportedMessage};

/// What a `deliver_sm` reports; none where it is an answer from a phone or says nothing final.
pub(super) fn report(provider: &'static str, message: &DeliverSm) -> Option<DeliveryReport> {
    if message.esm_class.message_type != MessageType::ShortMessageContainsMCDeliveryReceipt {
        return None;
    }
    let (mut reference, mut state) = (None, None);
    for tlv in message.tlvs() {
        match tlv.value() {
            Some(TlvValue::ReceiptedMessageId(id)) => reference = Some(id.as_str().to_owned()),
            Some(TlvValue::MessageState(reported)) => state = Some(of_parameter(*reported)),
            _ => {}
        }
    }
    let text = String::from_utf8_lossy(message.short_message().as_ref()).into_owned();
    let reference = reference.or_else(|| field(&text, "id:").map(str::to_owned))?;
    let state = state.or_else(|| field(&text, "stat:").map(of_word))?;
    let whole = (1..=65).contains(&reference.len());
    whole
        .then_some(())
        .and_then(|()| DeliveryReport::of(ReportedMessage::Theirs { provider, reference }, state))
}

fn of_parameter(state: MessageState) -> DeliveryState {
    match state {
        MessageState::Delivered | MessageState::Accepted => DeliveryState::Delivered,
        MessageState::Expired => DeliveryState::TemporaryFailure,
        MessageState::Undeliverable | MessageState::Rejected => DeliveryState::PermanentFailure,
        MessageState::Deleted | MessageState::Skipped => DeliveryState::TechnicalFailure,
        MessageState::Scheduled | MessageState::Enroute => DeliveryState::Pending,
        _ => DeliveryState::Unknown,
    }
}

fn of_word(word: &str) -> DeliveryState {
    match word.to_ascii_uppercase().as_str() {
        "DELIVRD" | "ACCEPTD" => DeliveryState::Delivered,
        "EXPIRED" => DeliveryState::TemporaryFailure,
        "UNDELIV" | "REJECTD" => DeliveryState::PermanentFailure,
        "DELETED" => DeliveryState::TechnicalFailure,
        "ENROUTE" => DeliveryState::Pending,
        _ => DeliveryState::Unknown,
    }
}

/// The word after `name`, which stands at the beginning or after a space.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let starts = |at: usize| at == 0 || text.as_bytes().get(at - 1) == Some(&b' ');
    let (at, _) = text.match_indices(name).find(|(at, _)| starts(*at))?;
    let rest = text.get(at + name.len()..)?;
    Some(rest.split(' ').next().unwrap_or_default()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id:c449ab97 sub:001 dlvrd:001 submit date:2611250400 done date:2611250401 stat:DELIVRD err:000 text:012";

    #[test]
    fn fields_of_the_text_are_found_by_name() {
        assert_eq!(field(TEXT, "id:"), Some("c449ab97"));
        assert_eq!(field(TEXT, "stat:"), Some("DELIVRD"));
        assert_eq!(field("submit:1 mid:x", "id:"), None, "inside another word");
        assert_eq!(field("id: stat:", "id:"), None);
    }

    #[test]
    fn every_word_of_the_standard_has_its_state() {
        for (word, state) in [
            ("DELIVRD", DeliveryState::Delivered),
            ("delivrd", DeliveryState::Delivered),
            ("ACCEPTD", DeliveryState::Delivered),
            ("EXPIRED", DeliveryState::TemporaryFailure),
            ("UNDELIV", DeliveryState::PermanentFailure),
            ("REJECTD", DeliveryState::PermanentFailure),
            ("DELETED", DeliveryState::TechnicalFailure),
            ("ENROUTE", DeliveryState::Pending),
            ("UNKNOWN", DeliveryState::Unknown),
        ] {
            assert_eq!(of_word(word), state, "{word}");
        }
    }
}
