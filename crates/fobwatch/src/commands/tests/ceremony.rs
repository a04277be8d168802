//! The ceremony as people at two machines hold it.

use super::*;

const PASSPHRASE: &str = "three lanterns at the quay\n";

/// A server whose authority's keys lie in a folder, and a folder for what goes to and fro.
fn server() -> Desk {
    let mut desk = Desk::new();
    let inside = |name: &str| desk.folder.path().join(name).display().to_string();
    let more = [
        ("FOBWATCH_SMARTCARDS__KEYS_FOLDER", inside("keys")),
        ("FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE", "of the server, another one".to_owned()),
        ("FOBWATCH_SMARTCARDS__CHAIN", inside("chain.pem")),
    ];
    desk.environment.extend(more.map(|(name, value)| (name.to_owned(), value)));
    desk
}

/// The words after a heading.
fn told(said: &str, heading: &str) -> String {
    let line = said.lines().find_map(|line| line.strip_prefix(heading));
    line.unwrap_or_else(|| panic!("no {heading} in {said}")).trim().to_owned()
}

fn openssl(desk: &Desk, arguments: &str) -> String {
    let output = std::process::Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(desk.folder.path())
        .output()
        .unwrap();
    let words =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{words}");
    words
}

async fn ceremony(desk: &Desk) {
    let at = |name: &str| desk.folder.path().join(name).display().to_string();
    let new = format!(
        "pki root new --keys {} --organisation Northfield --name Northfield-Root --out {}",
        at("stick"),
        at("root.pem")
    );
    let root = desk.types_with(&new, PASSPHRASE).await.well();
    let seen = openssl(desk, "x509 -in root.pem -noout -fingerprint -sha256");
    assert!(seen.contains(&told(&root.out, "fingerprint")), "{seen}");

    let ask = format!(
        "pki issuing request --organisation Northfield --name Northfield-Smartcards --out {}",
        at("issuing.csr")
    );
    let asked = desk.types(&ask).await.well();
    let fingerprint = told(&asked.out, "fingerprint");
    let sign = |fingerprint: &str| {
        format!(
            "pki root sign --keys {} --root {} --request {} --fingerprint {fingerprint} --out {}",
            at("stick"),
            at("root.pem"),
            at("issuing.csr"),
            at("issuing.pem")
        )
    };
    let other: String = fingerprint.chars().rev().collect();
    let refused = desk.types_with(&sign(&other), PASSPHRASE).await.refused();
    assert!(refused.contains("it is not the request that was made"), "{refused}");
    let refused = desk.types_with(&sign(&fingerprint), "not the passphrase\n").await.refused();
    assert!(refused.contains("the passphrase does not open"), "{refused}");
    desk.types_with(&sign(&fingerprint.to_lowercase()), PASSPHRASE).await.well();
    assert!(openssl(desk, "verify -x509_strict -CAfile root.pem issuing.pem").contains("OK"));

    let install =
        format!("pki issuing install --certificate {} --root {}", at("issuing.pem"), at("root.pem"));
    desk.types(&install).await.well();
}

#[tokio::test]
async fn a_root_on_a_stick_signs_the_authority_of_a_server() {
    let mut desk = server();
    ceremony(&desk).await;
    desk.environment.push(("FOBWATCH_SMARTCARDS__AUTHORITY".to_owned(), "internal".to_owned()));
    desk.types("migrate").await.well();
    let status = desk.types("pki status").await;
    assert!(status.out.contains("Northfield-Smartcards below Northfield-Root"), "{}", status.out);
    assert!(status.out.contains("both sign"), "{}", status.out);
    assert!(status.out.contains("there is no list of revoked certificates yet"), "{}", status.out);
    assert!(
        status.out.contains("questions about cards are answered: does the service run?"),
        "{}",
        status.out
    );
    assert_eq!(status.end, Ok(Outcome::Unwell));
    let renewed = desk.types("pki ocsp renew").await.well();
    assert!(renewed.out.contains("holds until"), "{}", renewed.out);
    let doctor = desk.types("doctor").await;
    assert!(doctor.out.contains("authority's keys both sign"), "{}", doctor.out);
}

#[tokio::test]
async fn what_does_not_belong_together_is_not_installed() {
    let (one, other) = (server(), server());
    ceremony(&one).await;
    ceremony(&other).await;
    let at = |desk: &Desk, name: &str| desk.folder.path().join(name).display().to_string();
    let install =
        |issuing: String, root: String| format!("pki issuing install --certificate {issuing} --root {root}");
    let refused = one.types(&install(at(&other, "issuing.pem"), at(&other, "root.pem"))).await.refused();
    assert!(refused.contains("don't belong together"), "{refused}");
    let refused = one.types(&install(at(&one, "issuing.pem"), at(&other, "root.pem"))).await.refused();
    assert!(refused.contains("was not issued by the one that stands after it"), "{refused}");
}

#[tokio::test]
async fn keys_and_certificates_are_never_written_over() {
    let desk = server();
    let at = |name: &str| desk.folder.path().join(name).display().to_string();
    let demo = format!("pki demo {}", at("demo"));
    let made = desk.types_with(&demo, PASSPHRASE).await.well();
    assert!(made.out.contains("authority = \"internal\""), "{}", made.out);
    let refused = desk.types_with(&demo, PASSPHRASE).await.refused();
    assert!(refused.contains("it is not overwritten"), "{refused}");
    let refused = desk.types_with(&format!("pki demo {}", at("other")), "short\n").await.refused();
    assert!(refused.contains("at least 12 characters"), "{refused}");
}

#[tokio::test]
async fn a_root_revokes_an_authority_by_a_list() {
    let desk = server();
    ceremony(&desk).await;
    let at = |name: &str| desk.folder.path().join(name).display().to_string();
    let serial = openssl(&desk, "x509 -in issuing.pem -noout -serial");
    let serial = serial.trim().trim_start_matches("serial=");
    let list = format!(
        "pki root list --keys {} --root {} --number 3 --revoke {serial} --out {}",
        at("stick"),
        at("root.pem"),
        at("root.crl")
    );
    desk.types_with(&list, PASSPHRASE).await.well();
    let words = openssl(&desk, "crl -inform DER -in root.crl -noout -text -CAfile root.pem");
    assert!(
        words.contains("verify OK") && words.contains(serial) && words.contains("Key Compromise"),
        "{words}"
    );
}

#[tokio::test]
async fn the_status_without_an_authority_says_that_cards_get_no_certificates() {
    let desk = Desk::new();
    let status = desk.types("pki status").await.well();
    assert!(status.out.contains("no authority is configured"), "{}", status.out);
    let refused = desk.types("pki ocsp renew").await.refused();
    assert!(refused.contains("smartcards.authority is none"), "{refused}");
    let refused =
        desk.types("pki issuing request --organisation N --name N --out nowhere.csr").await.refused();
    assert!(refused.contains("set smartcards.keys_folder"), "{refused}");
}
