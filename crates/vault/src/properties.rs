//! The promises of [`crate::outside`], tried with arbitrary bytes and with what is almost right.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::{Keys, SystemRandom, Token, outside};

/// Bytes of no kind, or pieces that make almost right input.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let key = "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\n";
    let pieces = [
        "form = 1\n",
        "form = 2\n",
        "index = ",
        "pepper = ",
        "key = ",
        key,
        key,
        key,
        "[[seal]]\n",
        "id = 1\n",
        "id = 2\n",
        "id = -1\n",
        "\"",
        "\n",
        "#",
        "287082",
        "0",
        "A",
        "=",
        "\0",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..200),
        vec(select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat().into_bytes()),
        (0..=1_u8, 0..3_u32, vec(any::<u8>(), 20..60)).prop_map(|(form, id, rest)| [
            &[form],
            &id.to_be_bytes()[..],
            &rest
        ]
        .concat()),
    ]
}

/// What a browser sends of a passkey, or nearly: an attestation with authenticator data of any form, or pieces of JSON.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "\"\"",
        "\"AAAA\"",
        "\"A\"",
        "\"\u{e9}\"",
        "1e999",
        "\"rawId\"",
        "\"response\"",
        "\"clientDataJSON\"",
        "\"attestationObject\"",
        "\"authenticatorData\"",
        "\"signature\"",
        "\"userHandle\"",
        "\"transports\"",
    ];
    let party = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"fobwatch.example");
    let attestation = (any::<u8>(), any::<u32>(), any::<u16>(), vec(any::<u8>(), 0..120)).prop_map(
        move |(flags, count, length, rest)| {
            let data = [
                party.as_ref(),
                &[flags],
                &count.to_be_bytes(),
                &[0; 16],
                &(length % 64).to_be_bytes(),
                &rest,
            ]
            .concat();
            let length = u16::try_from(data.len()).unwrap().to_be_bytes();
            let map = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59";
            [map.as_slice(), &length, &data].concat()
        },
    );
    prop_oneof![
        vec(select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
        (attestation.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
            |(mut bytes, place, byte)| {
                let place = place.index(bytes.len());
                bytes[place] = byte;
                bytes
            }
        ),
        attestation,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_typed_digits_match_a_step_or_not(bytes in anything()) {
        outside::totp_digits(&bytes);
    }

    #[test]
    fn nothing_opens_that_was_not_sealed(bytes in anything()) {
        outside::sealed_value(&bytes);
    }

    #[test]
    fn any_text_is_a_keys_file_or_a_problem_without_secrets(bytes in anything()) {
        outside::keys_file(&bytes);
    }

    #[test]
    fn nothing_that_nobody_signed_is_a_passkey(bytes in prop_oneof![anything(), answers()]) {
        outside::passkey_answer(&bytes);
    }

    #[test]
    fn nothing_that_nobody_signed_is_a_request_of_a_phone(bytes in prop_oneof![anything(), vec(any::<u8>(), 60..70)]) {
        outside::signed_request(&bytes);
    }

    #[test]
    fn any_text_is_a_token_or_not(bytes in prop_oneof![anything(), "[A-Za-z0-9_-]{43}".prop_map(String::into_bytes)]) {
        outside::token(&bytes);
    }

    #[test]
    fn every_value_can_be_sealed_and_opened_across_rotations(plain in vec(any::<u8>(), 0..300), context: String, rotations in 0..4_usize) {
        let random = SystemRandom::new();
        let mut keys = Keys::generate(&random);
        let sealed = keys.seal(&context, &plain, &random);
        for _ in 0..rotations {
            keys.rotate(&random);
        }
        let opened = keys.open(&context, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
        prop_assert_eq!(keys.is_current(&sealed), rotations == 0);
    }

    #[test]
    fn other_parts_give_another_keyed_hash(one in vec(vec(any::<u8>(), 0..4), 0..4), other in vec(vec(any::<u8>(), 0..4), 0..4)) {
        let keys = Keys::generate(&SystemRandom::new());
        let hash = |parts: &[Vec<u8>]| keys.keyed_hash("test", &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert_eq!(hash(&one) == hash(&other), one == other);
    }

    #[test]
    fn a_new_token_reads_back(_try in 0..10_u8) {
        let token = Token::new(&SystemRandom::new());
        prop_assert_eq!(Token::parse(token.as_str()), Some(token));
    }
}
