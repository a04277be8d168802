//! Keys in an HSM: `SoftHSM` stands in for one.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use pki::{Curve, KeyProblem, KeyStore, Purpose, Token};

use crate::bench::{Room, amina, now, random};

/// Set in the process that speaks to the driver.
const IN_CHILD: &str = "FOBWATCH_TEST_TOKENS";

const DRIVER: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// All tests share a folder and have a token each.
static TOKENS: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    let settings = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\n",
        folder.path().join("tokens").display()
    );
    std::fs::write(folder.path().join("softhsm2.conf"), settings).unwrap();
    for label in ["authority", "many", "strict"] {
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label, "--so-pin", "11223344", "--pin", "998877"])
            .env("SOFTHSM2_CONF", folder.path().join("softhsm2.conf"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    folder
});

fn open(label: &str, pin: &str) -> Result<Token, KeyProblem> {
    Token::open(Path::new(DRIVER), label, pin.to_owned().into())
}

#[test]
fn keys_in_an_hsm_sign_what_openssl_verifies_and_never_leave_it() {
    if elsewhere("tokens::keys_in_an_hsm_sign_what_openssl_verifies_and_never_leave_it") {
        return;
    }
    let token = open("authority", "998877").unwrap();
    let issuing = token.generate("issuing", Curve::P256, &random()).unwrap();
    let room = Room::with(Some(issuing));
    room.write("auth.pem", room.issue(&amina(), Purpose::Authentication).pem());
    let verify = "verify -attime 1795944600 -x509_strict -CAfile root.pem -untrusted issuing.pem auth.pem";
    assert!(room.openssl_says(verify).contains("OK"));
    let list = room.authority.revocation_list(&[], 1, now(), now()).unwrap();
    room.write("list.pem", list.pem());
    assert!(room.openssl_says("crl -in list.pem -noout -CAfile issuing.pem").contains("verify OK"));

    let found = token.find("issuing").unwrap();
    assert_eq!(*found.public_key(), room.authority.certificate().public_key());
    let big = token.generate("root", Curve::P384, &random()).unwrap();
    let signed = big.sign(b"the root signs, too").unwrap();
    room.write("root-key.der", big.public_key().to_der().unwrap());
    room.write("said", "the root signs, too");
    room.write("signature", &signed);
    let words = room.openssl_says("dgst -sha384 -verify root-key.der -keyform DER -signature signature said");
    assert!(words.contains("Verified OK"), "{words}");
}

#[test]
fn many_threads_sign_with_few_sessions() {
    if elsewhere("tokens::many_threads_sign_with_few_sessions") {
        return;
    }
    let token = open("many", "998877").unwrap();
    let key = token.generate("busy", Curve::P256, &random()).unwrap();
    let threads: Vec<_> = (0..16)
        .map(|thread| {
            let key = Arc::clone(&key);
            std::thread::spawn(move || {
                for turn in 0..50 {
                    let message = format!("{thread} {turn}");
                    let signature = key.sign(message.as_bytes()).unwrap();
                    key.public_key().verify_sha256(message.as_bytes(), &signature).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_wrong_pin_a_missing_token_a_missing_key_and_a_second_one_are_told_apart() {
    if elsewhere("tokens::a_wrong_pin_a_missing_token_a_missing_key_and_a_second_one_are_told_apart") {
        return;
    }
    assert!(open("strict", "000000").unwrap_err().to_string().contains("the PIN is wrong"));
    assert!(
        open("nowhere", "998877").unwrap_err().to_string().contains("no token with the label \"nowhere\"")
    );
    let missing = Token::open(Path::new("/nowhere/driver.so"), "strict", String::new().into()).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/driver.so is no PKCS#11 driver"), "{missing}");
    let token = open("strict", "998877").unwrap();
    assert!(matches!(token.find("absent"), Err(KeyProblem::NotFound { .. })));
    token.generate("one", Curve::P256, &random()).unwrap();
    assert!(matches!(token.generate("one", Curve::P256, &random()), Err(KeyProblem::Exists { .. })));
    assert!(matches!(token.find("no label"), Err(KeyProblem::Label(_))));
}

/// The driver reads its settings from the environment, which a test must not change under others: the test runs itself again in a
/// process that has them. True in the process that only started the other one.
fn elsewhere(test: &str) -> bool {
    if std::env::var_os(IN_CHILD).is_some() {
        return false;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env("SOFTHSM2_CONF", TOKENS.path().join("softhsm2.conf"))
        .env(IN_CHILD, "1")
        .output()
        .unwrap();
    let words =
        [child.stdout, child.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(child.status.success() && words.contains("1 passed"), "{words}");
    true
}
