use super::*;
use crate::SystemRandom;

fn keys() -> (Keys, SystemRandom) {
    let random = SystemRandom::new();
    (Keys::generate(&random), random)
}

/// Keys that are the same in every run, for known answers.
fn known() -> Keys {
    let ring = BTreeMap::from([(7, SealingKey::new(KeyBytes([0; KEY_BYTES])))]);
    Keys::assemble(ring, KeyBytes([0x0b; KEY_BYTES]), KeyBytes([2; KEY_BYTES]))
}

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

#[test]
fn what_is_sealed_can_be_opened_in_its_place() {
    let (keys, random) = keys();
    for plain in [&b""[..], b"+447700900123", &vec![7; 100_000]] {
        let sealed = keys.seal("account/phone/1", plain, &random);
        assert_eq!(sealed.len(), HEAD + NONCE_LEN + plain.len() + TAG);
        assert_eq!(**keys.open("account/phone/1", &sealed).unwrap(), *plain);
        assert!(keys.is_current(&sealed));
    }
}

#[test]
fn the_same_value_never_looks_the_same() {
    let (keys, random) = keys();
    assert_ne!(keys.seal("phone", b"+447700900123", &random), keys.seal("phone", b"+447700900123", &random));
}

#[test]
fn a_value_in_another_place_is_refused() {
    let (keys, random) = keys();
    let sealed = keys.seal("account/phone/1", b"+447700900123", &random);
    for other in ["account/phone/2", "account/phone/", "account/phone/11", "", "account/seed/1"] {
        assert_eq!(keys.open(other, &sealed).unwrap_err(), OpenError::Refused, "{other}");
    }
}

#[test]
fn a_value_with_any_bit_changed_is_refused() {
    let (mut keys, random) = keys();
    let sealed = keys.seal("phone", b"+447700900123", &random);
    // Also where the changed key id is one that the ring has.
    for _ in 0..3 {
        keys.rotate(&random);
    }
    for place in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[place] ^= 1 << bit;
            let why = keys.open("phone", &changed).unwrap_err();
            match place {
                0 => assert_eq!(why, OpenError::NotSealed),
                1..HEAD => assert!(matches!(why, OpenError::UnknownKey { .. } | OpenError::Refused), "{why}"),
                _ => assert_eq!(why, OpenError::Refused),
            }
        }
    }
}

#[test]
fn a_value_cut_short_or_drawn_out_is_refused() {
    let (keys, random) = keys();
    let sealed = keys.seal("phone", b"+447700900123", &random);
    for length in 0..sealed.len() {
        assert!(keys.open("phone", &sealed[..length]).is_err(), "{length}");
    }
    assert_eq!(keys.open("phone", &[&sealed[..], &[0]].concat()).unwrap_err(), OpenError::Refused);
    assert_eq!(keys.open("phone", b"+447700900123").unwrap_err(), OpenError::NotSealed);
}

#[test]
fn a_key_that_is_missing_is_named() {
    let (keys, random) = keys();
    let mut other = Keys::generate(&random);
    other.rotate(&random);
    let why = keys.open("phone", &other.seal("phone", b"x", &random)).unwrap_err();
    assert_eq!(why, OpenError::UnknownKey { id: 2 });
    assert!(why.to_string().contains("key 2"));
}

#[test]
fn another_installation_opens_nothing() {
    let (keys, random) = keys();
    let sealed = Keys::generate(&random).seal("phone", b"+447700900123", &random);
    assert_eq!(keys.open("phone", &sealed).unwrap_err(), OpenError::Refused);
}

#[test]
fn after_a_rotation_old_values_open_and_new_ones_use_the_new_key() {
    let (mut keys, random) = keys();
    let old = keys.seal("phone", b"old", &random);
    let hash = keys.keyed_hash("email", &[b"amina@northfield.example"]);
    assert_eq!(keys.rotate(&random), 2);
    assert_eq!(keys.ids(), [1, 2]);
    assert!(!keys.is_current(&old));
    assert_eq!(**keys.open("phone", &old).unwrap(), *b"old");
    let new = keys.seal("phone", b"new", &random);
    assert!(keys.is_current(&new));
    assert_eq!(**keys.open("phone", &new).unwrap(), *b"new");
    assert_eq!(keys.keyed_hash("email", &[b"amina@northfield.example"]), hash);
}

#[test]
fn what_no_key_sealed_is_not_current() {
    let (keys, _) = keys();
    for other in [&b""[..], b"\x01\0\0\0\x01", b"+447700900123", &[0; 64]] {
        assert!(!keys.is_current(other));
    }
}

/// RFC 4231, test case 1, through the primitive that `keyed_hash` uses.
#[test]
fn the_vector_of_rfc_4231_comes_out() {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[0x0b; 20]);
    assert_eq!(
        hex(hmac::sign(&key, b"Hi There").as_ref()),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
}

/// AES-256-GCM, test case 14 of the submission to NIST, through the primitive that `seal` uses.
#[test]
fn the_vector_of_aes_256_gcm_comes_out() {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[0; 32]).unwrap());
    let mut body = [0; 16];
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut body).unwrap();
    assert_eq!(hex(&body), "cea7403d4d606b6e074ec5d3baf39d18");
    assert_eq!(hex(tag.as_ref()), "d0d1c8a799996bf0265b98b5d48ab919");
}

/// What is in databases must stay readable: this form may be added to, and never changed.
#[test]
fn the_form_of_a_sealed_value_stays() {
    let sealed = known().seal("account/phone/1", b"+447700900123", &Zeros);
    assert_eq!(hex(&sealed[..17]), "0100000007000000000000000000000000");
    // The keystream of the zero key and nonce, from the vector above, over the plain text.
    let stream: Vec<u8> = sealed[17..30].iter().zip(b"+447700900123").map(|(a, b)| a ^ b).collect();
    assert_eq!(hex(&stream), "cea7403d4d606b6e074ec5d3ba");
    assert_eq!(**known().open("account/phone/1", &sealed).unwrap(), *b"+447700900123");
}

/// What is in databases must stay findable.
#[test]
fn the_form_of_a_keyed_hash_stays() {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[0x0b; KEY_BYTES]);
    let message = b"\0\0\0\0\0\0\0\x04code\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\x01c";
    assert_eq!(known().keyed_hash("code", &[b"ab", b"c"]), *hmac::sign(&key, message).as_ref());
}

#[test]
fn parts_of_a_keyed_hash_cannot_run_together() {
    let (keys, random) = keys();
    let all = [
        keys.keyed_hash("code", &[b"ab", b"c"]),
        keys.keyed_hash("code", &[b"a", b"bc"]),
        keys.keyed_hash("code", &[b"abc"]),
        keys.keyed_hash("code", &[b"abc", b""]),
        keys.keyed_hash("codea", &[b"bc"]),
        keys.keyed_hash("token", &[b"ab", b"c"]),
        keys.keyed_hash("", &[]),
        Keys::generate(&random).keyed_hash("code", &[b"ab", b"c"]),
    ];
    for (i, hash) in all.iter().enumerate() {
        assert!(!all[..i].contains(hash), "{i}");
    }
    assert_eq!(keys.keyed_hash("code", &[b"ab", b"c"]), all[0]);
}

#[test]
fn keys_are_not_printed() {
    assert_eq!(format!("{:?}", known()), "Keys { ids: [7], .. }");
}

#[test]
fn keys_are_wiped() {
    fn wipes<T: ZeroizeOnDrop>() {}
    wipes::<KeyBytes>();
    let mut bytes = KeyBytes([7; KEY_BYTES]);
    bytes.zeroize();
    assert_eq!(bytes.0, [0; KEY_BYTES]);
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
