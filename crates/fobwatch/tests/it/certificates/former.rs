//! The authority was changed: cards still have certificates of the one before, whose list is still signed and for which is still answered.

use super::{AUTHORITY, Authority, Bed, NEXT_AUTHORITY, Server};
use crate::database::{Kind, PostgreSql, Sqlite};
use journeys::authority::{look_now, name_of};
use rstest::rstest;

fn name(of: &Authority) -> String {
    name_of(of.issuing.certificate())
}

/// Asks a server by OpenSSL about a certificate of the authority in this file.
async fn asks(bed: &Bed, server: &Server, issuer: &str, name: &str) -> String {
    let (url, at) = (server.url("/pki/ocsp"), bed.at());
    let (_, words) = bed
        .openssl(&format!(
            "ocsp {at} -url {url} -issuer {issuer}.pem -cert {name} -CAfile {issuer}-root.pem -verify_other {issuer}.pem -validity_period 999999999"
        ))
        .await;
    assert!(words.contains("Response verify OK"), "{words}");
    words
}

/// Fetches the list of an authority at the address of its name, and has OpenSSL look at it.
async fn list_of(bed: &Bed, server: &Server, of: &Authority, issuer: &str) -> String {
    let answer = reqwest::get(server.url(&web::urls::pki_list(&name(of)))).await.unwrap();
    assert_eq!(answer.status(), 200);
    std::fs::write(bed.path("list.der"), answer.bytes().await.unwrap()).unwrap();
    let (read, words) =
        bed.openssl(&format!("crl -inform DER -in list.der -noout -text -CAfile {issuer}.pem")).await;
    assert!(read && words.contains("verify OK"), "{words}");
    words
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_change_of_the_authority_both_have_their_list_and_are_answered_for(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let mut bed = Bed::whose_nodes_listen(kind, false).await;
    for (issuer, of) in [("before", &*AUTHORITY), ("after", &*NEXT_AUTHORITY)] {
        let [issuing, root] = of.issuing.chain() else { panic!("two authorities") };
        std::fs::write(bed.path(&format!("{issuer}.pem")), issuing.pem()).unwrap();
        std::fs::write(bed.path(&format!("{issuer}-root.pem")), root.pem()).unwrap();
    }
    let (lost, lost_certificate) = bed.card("lost").await;
    bed.card("kept").await;
    bed.revoke(lost, "lost").await;
    look_now(&bed.servers[0].node.service).await.unwrap();

    // The service is started again with another authority.
    bed.ward.setup.changed_authority = true;
    let changed = Server::start(bed.ward.another_node().await, false).await;
    let (left, left_certificate) = bed.card_of("left", &NEXT_AUTHORITY).await;
    bed.card_of("new", &NEXT_AUTHORITY).await;
    bed.revoke(left, "left").await;
    look_now(&changed.node.service).await.unwrap();
    for (issuer, name, stands) in [
        ("before", "kept", "kept: good"),
        ("before", "lost", "lost: revoked"),
        ("after", "new", "new: good"),
        ("after", "left", "left: revoked"),
    ] {
        let words = asks(&bed, &changed, issuer, name).await;
        assert!(words.contains(stands), "{issuer} {name}: {words}");
    }
    // Neither answers for what the other issued.
    let after = journeys::authority::issuer_of(NEXT_AUTHORITY.issuing.certificate());
    let lost = lost_certificate.serial().as_bytes();
    let standing = bed.ward.store().certificate_standing(&after, lost).await.unwrap();
    assert_eq!(standing, store::authority::CertificateStanding::Unknown);
    let serial = |certificate: &pki::Certificate| certificate.serial().to_string().to_uppercase();
    let (lost_serial, left_serial) = (serial(&lost_certificate), serial(&left_certificate));
    let before = list_of(&bed, &changed, &AUTHORITY, "before").await;
    assert!(before.contains(&lost_serial) && !before.contains(&left_serial), "{before}");
    let after = list_of(&bed, &changed, &NEXT_AUTHORITY, "after").await;
    assert!(after.contains(&left_serial) && !after.contains(&lost_serial), "{after}");

    // Many revocations by the new one do not push the old one's list out of the database.
    for number in 0..60 {
        let (card, _) = bed.card_of(&format!("more-{number}"), &NEXT_AUTHORITY).await;
        bed.revoke(card, "damaged").await;
        look_now(&changed.node.service).await.unwrap();
    }
    let again = Server::start(bed.ward.another_node().await, false).await;
    assert_eq!(list_of(&bed, &again, &AUTHORITY, "before").await, before);
    // Each one's certificate is where its certificates say.
    for of in [&*AUTHORITY, &*NEXT_AUTHORITY] {
        let answer = reqwest::get(again.url(&web::urls::pki_issuing(&name(of)))).await.unwrap();
        assert_eq!(answer.bytes().await.unwrap(), of.issuing.certificate().der());
    }
    assert_eq!(reqwest::get(again.url("/pki/crl/nobody.crl")).await.unwrap().status(), 404);
    changed.stop().await;
    again.stop().await;
    bed.ends().await;
}
