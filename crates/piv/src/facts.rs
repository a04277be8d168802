//! What is known of a card from its answers. Nothing is assumed: what was not asked or not answered is not known.

use crate::{
    Answer, Chuid, Command, Guid, Metadata, Object, Origin, PublicKey, Slot, Status, certificate_of,
    commands, object_of,
};

/// What can be asked of a card without a passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// Which card is it?
    Guid,
    /// Which firmware does it have?
    Version,
    /// How many tries has the passcode left?
    Tries,
    /// Which certificate is in this slot?
    Certificate(Slot),
    /// Which key is in this slot?
    Key(Slot),
}

impl Question {
    /// As the card is asked.
    pub fn command(self) -> Command {
        match self {
            Self::Guid => commands::get_data(Object::CHUID),
            Self::Version => commands::version(),
            Self::Tries => commands::tries_left(),
            Self::Certificate(slot) => commands::get_data(slot.certificate()),
            Self::Key(slot) => commands::metadata(slot),
        }
    }
}

/// Version of the firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 5 of 5.7.1.
    pub major: u8,
    /// 7 of 5.7.1.
    pub minor: u8,
    /// 1 of 5.7.1.
    pub patch: u8,
}

/// What is known of the key in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFacts {
    /// There is none.
    None,
    /// There is one of P-256.
    Present {
        /// Its public half.
        public_key: PublicKey,
        /// Whether it was made on the card.
        origin: Origin,
    },
    /// There is one of another algorithm.
    Foreign,
    /// The card does not tell.
    NotTold,
}

/// What is known of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardFacts {
    answered: Vec<Question>,
    guid: Option<Guid>,
    version: Option<Version>,
    tries_left: Option<u8>,
    certificates: Vec<(Slot, Option<Vec<u8>>)>,
    keys: Vec<(Slot, KeyFacts)>,
}

impl CardFacts {
    /// All questions about a card, in the order in which they are asked.
    pub fn questions() -> Vec<Question> {
        let slots = || Slot::ALL.into_iter().filter(|slot| slot.is_ours());
        [Question::Guid, Question::Version, Question::Tries]
            .into_iter()
            .chain(slots().map(Question::Certificate))
            .chain(slots().map(Question::Key))
            .collect()
    }

    /// What has not been answered yet. Questions that the card's firmware cannot answer are left out.
    pub fn open_questions(&self) -> Vec<Question> {
        let tells_of_keys = self.version.is_some() || !self.answered.contains(&Question::Version);
        let is_open = |question: &Question| {
            !self.answered.contains(question) && (tells_of_keys || !matches!(question, Question::Key(_)))
        };
        Self::questions().into_iter().filter(is_open).collect()
    }

    /// Takes an answer in; a later answer to the same question replaces the earlier one.
    pub fn learn(&mut self, question: Question, answer: &Answer) {
        if !self.answered.contains(&question) {
            self.answered.push(question);
        }
        match question {
            Question::Guid => {
                self.guid = object_of(answer).ok().and_then(Chuid::read).map(|chuid| chuid.guid);
            }
            Question::Version => {
                self.version = match answer.success() {
                    Ok(&[major, minor, patch]) => Some(Version { major, minor, patch }),
                    _ => None,
                };
            }
            Question::Tries => self.tries_left = answer.status.tries_left(),
            Question::Certificate(slot) => {
                self.certificates.retain(|(known, _)| *known != slot);
                self.certificates.push((slot, certificate_of(answer).ok().flatten()));
            }
            Question::Key(slot) => {
                self.keys.retain(|(known, _)| *known != slot);
                self.keys.push((slot, key_facts(answer)));
            }
        }
    }

    /// The card's number; none where it has none or was not asked.
    pub fn guid(&self) -> Option<Guid> {
        self.guid
    }

    /// The version of its firmware; none where it does not tell or was not asked.
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// How many tries the passcode has left, 0 where it is blocked; none where the passcode was verified when it was asked.
    pub fn tries_left(&self) -> Option<u8> {
        self.tries_left
    }

    /// The certificate in a slot, DER; none where there is none that can be read or it was not asked.
    pub fn certificate(&self, slot: Slot) -> Option<&[u8]> {
        self.certificates.iter().find(|(known, _)| *known == slot)?.1.as_deref()
    }

    /// The key in a slot.
    pub fn key(&self, slot: Slot) -> KeyFacts {
        self.keys.iter().find(|(known, _)| *known == slot).map_or(KeyFacts::NotTold, |(_, key)| *key)
    }

    /// The public key of the key in a slot, where the card tells.
    pub fn public_key(&self, slot: Slot) -> Option<PublicKey> {
        match self.key(slot) {
            KeyFacts::Present { public_key, .. } => Some(public_key),
            _ => None,
        }
    }

    /// Whether the card can move a key from slot to slot: firmware 5.7 or later.
    pub fn can_move_keys(&self) -> bool {
        self.version().is_some_and(|version| version >= Version { major: 5, minor: 7, patch: 0 })
    }
}

fn key_facts(answer: &Answer) -> KeyFacts {
    match (Metadata::read(answer), answer.status) {
        (Ok(Metadata { public_key: Some(public_key), origin, .. }), _) => {
            KeyFacts::Present { public_key, origin }
        }
        (Ok(_), _) => KeyFacts::Foreign,
        (Err(_), Status::NoSuchReference | Status::NotFound) => KeyFacts::None,
        (Err(_), _) => KeyFacts::NotTold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CertificateObject, tlv};
    use proptest::prelude::*;

    fn object(content: &[u8]) -> Answer {
        Answer::new(tlv::wrapped(0x53, content), Status::Success)
    }

    fn says(status: Status) -> Answer {
        Answer::new(vec![], status)
    }

    #[test]
    fn a_card_is_read_question_by_question() {
        let mut card = CardFacts::default();
        assert_eq!(card.open_questions(), CardFacts::questions());
        let chuid = Chuid { guid: Guid([5; 16]), expires: *b"20351231" };
        card.learn(Question::Guid, &object(&chuid.content()));
        card.learn(Question::Version, &Answer::new(vec![5, 7, 1], Status::Success));
        card.learn(Question::Tries, &says(Status::Wrong { left: 3 }));
        let certificate = CertificateObject { certificate: vec![0x30, 1, 2] };
        card.learn(Question::Certificate(Slot::Authentication), &object(&certificate.content()));
        card.learn(Question::Key(Slot::NextSignature), &says(Status::NoSuchReference));
        assert_eq!(card.guid(), Some(Guid([5; 16])));
        assert!(card.can_move_keys());
        assert_eq!(card.tries_left(), Some(3));
        assert_eq!(card.certificate(Slot::Authentication), Some(&[0x30, 1, 2][..]));
        assert_eq!(card.key(Slot::NextSignature), KeyFacts::None);
        assert_eq!(card.open_questions().len(), CardFacts::questions().len() - 5);
    }

    #[test]
    fn a_card_without_a_version_is_not_asked_for_its_keys_and_cannot_move_them() {
        let mut card = CardFacts::default();
        card.learn(Question::Version, &says(Status::NoSuchInstruction));
        assert!(!card.can_move_keys());
        assert!(!card.open_questions().iter().any(|question| matches!(question, Question::Key(_))));
    }

    #[test]
    fn keys_move_from_firmware_5_7_on() {
        for (version, can) in
            [([5, 6, 9], false), ([5, 7, 0], true), ([5, 10, 0], true), ([6, 0, 0], true), ([4, 9, 9], false)]
        {
            let mut card = CardFacts::default();
            card.learn(Question::Version, &Answer::new(version.to_vec(), Status::Success));
            assert_eq!(card.can_move_keys(), can, "{version:?}");
        }
    }

    #[test]
    fn a_blocked_card_has_no_tries_left_and_a_later_answer_counts() {
        let mut card = CardFacts::default();
        card.learn(Question::Tries, &says(Status::Blocked));
        assert_eq!(card.tries_left(), Some(0));
        card.learn(Question::Tries, &says(Status::Wrong { left: 3 }));
        assert_eq!(card.tries_left(), Some(3));
    }

    proptest! {
        #[test]
        fn any_answer_can_be_learnt(bytes in proptest::collection::vec(any::<u8>(), 2..100)) {
            let answer = Answer::parse(&bytes).expect("two bytes are a status");
            let mut card = CardFacts::default();
            for question in CardFacts::questions() {
                card.learn(question, &answer);
            }
            prop_assert_eq!(card.open_questions(), vec![]);
        }
    }
}
