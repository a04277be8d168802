//! The virtual card as tools see it that we did not write: `OpenSC`'s and `yubico-piv-tool`, through the real PC/SC service.
#![expect(clippy::expect_used, reason = "what is missing should stop the test")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use piv::{PublicKey, Slot, Status};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::MutexGuard;
use testkit::{CardBed, Reader, SharedCard, card};
use vcard::{Card, Firmware, Personal, Profile, Pull};

const PUK: &str = "12345678";

/// A bed with a card of its own in the first reader, and a folder for what the tools write.
struct Desk {
    bed: CardBed,
    card: SharedCard,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(personal: &Personal) -> Self {
        let mut bed = CardBed::start();
        let card = card(personal);
        bed.insert(Reader::First, &card);
        let folder = tempfile::tempdir().expect("a folder");
        Self { bed, card, folder }
    }

    fn card(&self) -> MutexGuard<'_, Card> {
        look(&self.card)
    }

    fn pkcs15(&self, arguments: &[&str]) -> String {
        self.bed.says("pkcs15-tool", arguments)
    }

    fn verify(&self, passcode: &str) -> String {
        self.pkcs15(&["--verify-pin", "--auth-id", "01", "--pin", passcode])
    }

    fn pkcs11(&self, arguments: &[&str]) -> String {
        self.bed.says("pkcs11-tool", arguments)
    }

    fn yubico(&self, arguments: &[&str]) -> String {
        self.bed.says("yubico-piv-tool", &[&["--reader", ""], arguments].concat())
    }

    /// `piv-tool` shows the management key and does this.
    fn manages(&self, arguments: &[&str]) -> String {
        let key = self.write("management.key", &["01:02:03:04:05:06:07:08"; 4].join(":"));
        let mut command = self.bed.program("piv-tool");
        command.env("PIV_EXT_AUTH_KEY", key).args(["--admin", "M:9B:0C"]).args(arguments);
        said(&mut command)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, words: &str) -> PathBuf {
        std::fs::write(self.file(name), words).expect("it is written");
        self.file(name)
    }

    /// OpenSSL makes a certificate for a key of the card.
    fn certificate(&self, key: PublicKey, name: &str) -> PathBuf {
        self.write("key.pem", &public_pem(key));
        let folder = self.folder.path();
        openssl(folder, &["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key"]);
        openssl(
            folder,
            &["req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Northfield Cards", "-out", "ca.pem"],
        );
        openssl(
            folder,
            &["req", "-new", "-key", "ca.key", "-subj", &format!("/CN={name}"), "-out", "card.csr"],
        );
        let issue = "x509 -req -in card.csr -force_pubkey key.pem -CA ca.pem -CAkey ca.key -set_serial 7 -out card.pem";
        openssl(folder, &issue.split(' ').collect::<Vec<_>>());
        self.file("card.pem")
    }
}

fn look(card: &SharedCard) -> MutexGuard<'_, Card> {
    card.lock().expect("no test has broken it")
}

fn said(command: &mut Command) -> String {
    let output = command.output().expect("the program is installed");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    said(Command::new("openssl").current_dir(folder).args(arguments))
}

/// A P-256 key as OpenSSL reads it.
fn public_pem(key: PublicKey) -> String {
    let mut der = b"\x30\x59\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07\x03\x42\x00".to_vec();
    der.extend(key.point());
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

#[test]
fn every_tool_knows_the_card() {
    let desk = Desk::new(&Personal::fresh());
    let guid = desk.card().guid().to_string();
    assert!(desk.bed.says("opensc-tool", &["--name"]).contains("Personal Identity Verification Card"));
    assert!(desk.pkcs15(&["--dump"]).contains(&guid));
    let status = desk.yubico(&["--action", "status"]);
    assert!(
        status.contains("5.7.1") && status.contains(&guid) && status.contains("PIN tries left:\t3"),
        "{status}"
    );
}

#[test]
fn a_plain_card_is_a_card_as_well() {
    let desk = Desk::new(&Personal { firmware: Firmware::Plain, ..Personal::fresh() });
    assert!(desk.bed.says("opensc-tool", &["--name"]).contains("Personal Identity Verification Card"));
    assert!(!desk.verify("123456").contains("failed"));
}

#[test]
fn the_passcode_is_changed_by_tools_and_the_card_decides_what_it_takes() {
    let desk = Desk::new(&Personal::fresh());
    let said = desk.yubico(&["--action", "change-pin", "--pin", "123456", "--new-pin", "482913"]);
    assert!(said.contains("Successfully changed"), "{said}");
    assert!(desk.verify("123456").contains("PIN code or key incorrect"));
    let said = desk.pkcs11(&["--login", "--pin", "482913", "--change-pin", "--new-pin", "77112233"]);
    assert!(said.contains("PIN successfully changed"), "{said}");
    let said = desk.yubico(&["--action", "change-pin", "--pin", "77112233", "--new-pin", "aB3dE6"]);
    assert!(!said.contains("Successfully changed"), "{said}");
    assert!(!desk.verify("77112233").contains("failed"));
}

#[test]
fn a_card_of_an_earlier_series_takes_letters() {
    let legacy = Personal {
        profile: Profile::Legacy4To8Alphanumeric,
        passcode: Some("aB3d".to_owned()),
        ..Personal::fresh()
    };
    let desk = Desk::new(&legacy);
    assert!(desk.verify("ab3d").contains("PIN code or key incorrect"));
    assert!(!desk.verify("aB3d").contains("failed"));
    desk.pkcs15(&["--unblock-pin", "--auth-id", "01", "--puk", PUK, "--new-pin", "N3w4"]);
    assert!(!desk.verify("N3w4").contains("failed"));
}

#[test]
fn three_wrong_passcodes_block_the_card_until_the_unblocking_key_opens_it() {
    let desk = Desk::new(&Personal::fresh());
    let login = || desk.pkcs11(&["--login", "--pin", "000000", "--list-objects"]);
    let flags = || desk.pkcs11(&["--list-slots"]);
    assert!(login().contains("CKR_PIN_INCORRECT"));
    assert!(login().contains("CKR_PIN_INCORRECT"));
    assert!(flags().contains("final user PIN try"));
    assert!(login().contains("CKR_PIN_LOCKED"));
    assert!(flags().contains("user PIN locked"));
    assert!(desk.verify("123456").contains("Authentication method blocked"));
    let unblock =
        |puk: &str| desk.pkcs15(&["--unblock-pin", "--auth-id", "01", "--puk", puk, "--new-pin", "112233"]);
    let said = unblock("87654321");
    let last = desk.card().heard().last().copied().expect("it heard something");
    assert_eq!((last.instruction, last.status), (0x2C, Status::Wrong { left: 2 }), "{said}");
    assert_eq!(desk.card().tries_left(), 0);
    unblock(PUK);
    assert_eq!(desk.card().tries_left(), 3);
    assert!(!desk.verify("112233").contains("failed"));
}

#[test]
fn keys_and_certificates_made_from_outside_sign_what_openssl_verifies() {
    let desk = Desk::new(&Personal::fresh());
    for (slot, reference, id) in [(Slot::Authentication, "9A", "01"), (Slot::Signature, "9C", "02")] {
        // OpenSC 0.23 has the card make the key and then fails to read the answer (it asks OpenSSL 3 for a curve without a name).
        desk.manages(&["--genkey", &format!("{reference}:11")]);
        let key = desk.card().public_key(slot).expect("there is a key now");
        let certificate = desk.certificate(key, "Ama Boateng");
        let path = certificate.to_str().expect("its name is text");
        let written = desk.manages(&["--cert", reference, "--in", path]);
        assert_eq!(
            desk.pkcs15(&["--read-certificate", id]).matches("BEGIN CERTIFICATE").count(),
            1,
            "{written}"
        );
        desk.write("letter", "To whom it may concern");
        let folder = desk.folder.path().to_str().expect("its name is text").to_owned();
        let sign = format!(
            "--sign --id {id} --mechanism ECDSA-SHA256 --login --pin 123456 --signature-format openssl \
             --input-file {folder}/letter --output-file {folder}/signature"
        );
        let signed = desk.pkcs11(&sign.split_whitespace().collect::<Vec<_>>());
        let verified = openssl(
            desk.folder.path(),
            &["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "letter"],
        );
        assert!(verified.contains("Verified OK"), "{reference}: {signed} {verified}");
    }
    let status = desk.yubico(&["--action", "status"]);
    assert_eq!(status.matches("Subject DN:\tCN=Ama Boateng").count(), 2, "{status}");
}

#[test]
fn another_management_key_makes_no_keys() {
    let desk = Desk::new(&Personal { management_key: [7; 32], ..Personal::fresh() });
    desk.manages(&["--genkey", "9A:11"]);
    assert_eq!(desk.card().public_key(Slot::Authentication), None);
}

#[test]
fn a_card_that_is_pulled_out_and_put_back_is_the_same_card() {
    let mut desk = Desk::new(&Personal::fresh());
    desk.verify("000000");
    desk.bed.pull(Reader::First);
    assert!(desk.verify("123456").contains("not present"));
    let card = SharedCard::clone(&desk.card);
    desk.bed.insert(Reader::First, &card);
    assert_eq!(look(&card).tries_left(), 2);
    assert!(!desk.verify("123456").contains("failed"));
}

#[test]
fn a_card_can_pull_itself_out_in_the_middle_of_what_a_tool_does() {
    let mut desk = Desk::new(&Personal::fresh());
    desk.card().pull_after(2, Pull::After);
    let said = desk.verify("123456");
    desk.bed.is_empty(Reader::First);
    assert!(desk.card().is_out(), "{said}");
    let card = SharedCard::clone(&desk.card);
    desk.bed.insert(Reader::First, &card);
    assert!(!desk.verify("123456").contains("failed"));
}

#[test]
fn two_cards_are_in_at_once_and_two_beds_stand_side_by_side() {
    let mut first = Desk::new(&Personal::fresh());
    let second = Desk::new(&Personal::fresh());
    let other = card(&Personal::fresh());
    first.bed.insert(Reader::Second, &other);
    let readers = first.bed.says("opensc-tool", &["--list-readers"]);
    assert_eq!(readers.matches("Yes").count(), 2, "{readers}");
    let dump = |desk: &Desk, reader: &str| desk.pkcs15(&["--reader", reader, "--dump"]);
    assert!(dump(&first, "0").contains(&first.card().guid().to_string()));
    assert!(dump(&first, "1").contains(&look(&other).guid().to_string()));
    assert!(dump(&second, "0").contains(&second.card().guid().to_string()));
    first.verify("000000");
    assert_eq!((first.card().tries_left(), second.card().tries_left(), look(&other).tries_left()), (2, 3, 3));
}

#[test]
fn nothing_of_a_bed_is_left() {
    let desk = Desk::new(&Personal::fresh());
    let folder = desk.bed.socket().parent().expect("a folder").to_owned();
    let service = std::fs::read_to_string(folder.join("pcscd.pid")).expect("the service wrote its number");
    let service: String = service.chars().filter(char::is_ascii_digit).collect();
    let service = Path::new("/proc").join(service);
    assert!(folder.exists() && service.exists());
    drop(desk);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while folder.exists() || service.exists() {
        assert!(std::time::Instant::now() < end, "{} is still there", folder.display());
        std::thread::yield_now();
    }
}
