//! Keys of an organisation are rotated, and nothing that was issued before suffers.

use super::issuer::FIRE;
use super::issuer_flow::{OthersWallet, reachable};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::passport::issuer::credential_kind;
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use journeys::passport::rotate::{self, KeyStanding, ListedRoot, Rotate, Rotation};
use journeys::passport::{anchors, signer};
use openid4vc::jose::CertificateChain;
use openid4vc::status_list::{Reference, Status};
use rstest::rstest;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use uuid::Uuid;

const DAY: i64 = 86_400;

/// The first part of a token, which says by which certificate it is signed.
fn header(token: &str) -> Value {
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice(&header).unwrap()
}

/// The certificate by which a token is signed.
pub fn certificate(token: &str) -> String {
    header(token)["x5c"][0].as_str().unwrap().to_owned()
}

/// ECDSA in tokens is two numbers, and elsewhere DER.
fn der(signature: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8]| {
        let mut bytes = bytes[bytes.iter().take_while(|byte| **byte == 0).count()..].to_vec();
        if bytes.first().is_none_or(|first| first & 0x80 != 0) {
            bytes.insert(0, 0);
        }
        [&[2, u8::try_from(bytes.len()).unwrap()][..], &bytes].concat()
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let both = [number(r), number(s)].concat();
    [&[0x30, u8::try_from(both.len()).unwrap()][..], &both].concat()
}

impl Ward {
    async fn rotates(&self, what: Rotate) -> Rotation {
        rotate::rotate(&self.node.service, &self.the_trust().await, what).await.unwrap()
    }

    pub async fn roots(&self) -> Vec<ListedRoot> {
        rotate::keys(&self.node.service, &self.the_trust().await).await.unwrap()
    }

    /// Whether OpenSSL, which knows these roots alone, takes a token: its certificate's path, and its signature.
    pub fn openssl_takes(&self, token: &str, roots: &[&str]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let write = |name: &str, content: &[u8]| std::fs::write(at(name), content).unwrap();
        write("roots.pem", roots.concat().as_bytes());
        write("leaf.der", &BASE64_STANDARD.decode(certificate(token)).unwrap());
        let (signed, signature) = token.split('~').next().unwrap().rsplit_once('.').unwrap();
        write("signed", signed.as_bytes());
        write("signature", &der(&BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap()));
        let openssl = |arguments: &str| openssl(folder.path(), arguments);
        assert!(openssl("x509 -inform DER -in leaf.der -out leaf.pem"));
        assert!(openssl("x509 -in leaf.pem -pubkey -noout -out key.pem"));
        let now = self.now().as_second();
        openssl(&format!("verify -x509_strict -attime {now} -CAfile roots.pem leaf.pem"))
            && openssl("dgst -sha256 -verify key.pem -signature signature signed")
    }

    /// The list that says how a credential stands, as it is published.
    pub async fn published_list(&self, reference: &Reference) -> String {
        let path = reference.uri.strip_prefix(self.setup.public_url).unwrap();
        let told = self.program_reads(path).await;
        told.is_ok();
        told.text
    }

    /// A credential as it is issued now, and where its status stands.
    async fn issues_now(&self, amina: &mut crate::guide::Visitor<'_>, id: Uuid) -> (String, Reference) {
        let held = self.wallet_token(&amina.adds_to_wallet(id).await, None).await;
        let told = self.wallet_takes(&held).await.json();
        let text = told["credentials"][0]["credential"].as_str().unwrap().to_owned();
        let status = self.verifier_takes(&text).await.status().unwrap().clone();
        (text, status)
    }
}

fn openssl(folder: &Path, arguments: &str) -> bool {
    let mut command = Command::new("openssl");
    command.args(arguments.split_whitespace()).current_dir(folder);
    command.output().unwrap().status.success()
}

#[rstest]
#[tokio::test]
async fn what_was_issued_offered_and_asked_before_a_rotation_goes_on_holding(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    let (old, old_status) = ward.issues_now(&mut amina, fire).await;
    let identity = ward.issuer_provides(AMINA, credential_kind("identity"), "", FIRE).await;
    let offered = amina.adds_to_wallet(identity).await;
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let asked = desk.asks_for_the_passport().await;
    let before = ward.roots().await;
    assert_eq!((before.len(), before[0].keys.len()), (1, 1));

    ward.waits(61);
    let Rotation::Done { key, root } = ward.rotates(Rotate::Key).await else { panic!("nothing was rotated") };
    assert_eq!(root, before[0].id);
    assert!(matches!(ward.rotates(Rotate::Key).await, Rotation::AMomentAgo { .. }), "once is enough");

    // The offer is redeemed, and its credential is signed by the new key.
    let held = ward.wallet_token(&offered, None).await;
    let proof = ward.key_proof(&super::issuer::key(), &ward.c_nonce().await);
    let body = json!({ "credential_configuration_id": "identity", "proofs": { "jwt": [proof] } });
    let told = ward.wallet_asks(&held, &body).await;
    told.is_ok();
    let new = told.json()["credentials"][0]["credential"].as_str().unwrap().to_owned();
    let new_status = ward.verifier_takes(&new).await.status().unwrap().clone();
    assert_ne!(certificate(&old), certificate(&new));
    // The request is fetched, and is signed by the key that it named when it was made.
    let (status, request) = phone.fetches(&asked).await;
    assert_eq!(status, StatusCode::OK, "{request}");
    assert_eq!(certificate(&request), certificate(&old));
    let hash = CertificateChain::from_der(vec![BASE64_STANDARD.decode(certificate(&request)).unwrap()]);
    assert!(asked.contains(&hash.unwrap().hash()));
    let metadata = ward
        .program_sends(
            Method::GET,
            "/.well-known/openid-credential-issuer/vc/NTH",
            &[("accept", "application/jwt")],
            None,
        )
        .await
        .text;
    assert_eq!(certificate(&metadata), certificate(&new));

    let list = ward.published_list(&old_status).await;
    for token in [&old, &new, &request, &metadata, &list] {
        assert!(ward.openssl_takes(token, &[&before[0].pem]), "{token}");
    }
    ward.verifier_takes(&old).await;
    ward.issuer_revokes(fire).await;
    assert_eq!(ward.status_in_list(&old_status).await.0, Status::Invalid);
    assert_eq!(ward.status_in_list(&new_status).await.0, Status::Valid);

    let now = ward.roots().await;
    let standings: Vec<_> =
        now[0].keys.iter().map(|key| (key.id == now[0].keys[0].id, key.standing)).collect();
    assert_eq!(standings, [(true, KeyStanding::Signs), (false, KeyStanding::Good)]);
    assert_eq!(now[0].keys[0].id, key);
    assert_eq!(ward.newest_record("passport_key_made").await["why"], "rotated");
    assert_eq!(ward.db.count("audit", "kind = 'passport_root_made'").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_root_is_trusted_until_nothing_below_it_can_hold(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let fire = ward.has_fire_safety_to_accept().await;
    // It holds for 30 days.
    let last = ward.today().checked_add(jiff::ToSpan::days(30_i64)).unwrap();
    let id = ward.sql_id(fire);
    ward.db.tell(&format!("UPDATE credential SET valid_until = '{last}' WHERE id = {id}")).await;
    let (old, old_status) = ward.issues_now(&mut amina, fire).await;
    let old_root = ward.roots().await.remove(0);

    ward.waits(61);
    let Rotation::Done { root, .. } = ward.rotates(Rotate::Root).await else { panic!("nothing was rotated") };
    assert_ne!(root, old_root.id);
    assert!(matches!(ward.rotates(Rotate::Root).await, Rotation::AMomentAgo { .. }));
    let identity = ward.has_fire_safety_to_accept().await;
    let (new, new_status) = ward.issues_now(&mut amina, identity).await;
    assert_ne!(old_status.uri, new_status.uri, "a list is about what was issued below one root");

    // Whoever knows only the old root takes what was issued below it, and its list; both roots stand in our own trust list.
    let roots = ward.roots().await;
    let (new_pem, old_pem) = (roots[0].pem.as_str(), roots[1].pem.as_str());
    assert_eq!((roots.len(), old_pem), (2, old_root.pem.as_str()));
    assert_eq!((roots[1].trusted, roots[1].keys[0].standing), (true, KeyStanding::Lists));
    let lists = [ward.published_list(&old_status).await, ward.published_list(&new_status).await];
    for (token, own, other) in [
        (&old, old_pem, new_pem),
        (&new, new_pem, old_pem),
        (&lists[0], old_pem, new_pem),
        (&lists[1], new_pem, old_pem),
    ] {
        assert!(ward.openssl_takes(token, &[own]));
        assert!(!ward.openssl_takes(token, &[other]), "it does not lead to that root");
    }
    ward.verifier_takes(&old).await;
    assert_eq!(ward.status_in_list(&old_status).await.0, Status::Valid);

    // On its last day it holds; on the day after, nothing below the old root does.
    ward.waits(30 * DAY - 120);
    ward.verifier_takes(&old).await;
    ward.waits(2 * DAY);
    let roots = ward.roots().await;
    assert_eq!((roots[1].trusted, roots[1].keys[0].standing), (false, KeyStanding::Ended));
    let trusted = anchors(&ward.node.service, None).await.unwrap();
    let chain = |token: &str| {
        CertificateChain::from_der(vec![BASE64_STANDARD.decode(certificate(token)).unwrap()]).unwrap()
    };
    assert!(chain(&old).verify(&trusted, ward.now()).is_err());
    assert!(chain(&new).verify(&trusted, ward.now()).is_ok());
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_rotations_at_once_one_is_done(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Rotate::Key, Rotate::Root)] what: Rotate,
) {
    let ward = Ward::new(kind).await;
    let northfield = ward.the_trust().await;
    signer(&ward.node.service, &northfield).await.unwrap();
    ward.waits(61);
    let other = ward.another_node().await;
    let tries = (0..100).map(|nth| {
        let service = if nth % 2 == 0 { ward.node.service.clone() } else { other.service.clone() };
        let northfield = northfield.clone();
        tokio::spawn(async move { rotate::rotate(&service, &northfield, what).await })
    });
    let mut done = 0;
    for answer in futures::future::join_all(tries).await {
        done += u32::from(matches!(answer.unwrap().unwrap(), Rotation::Done { .. }));
    }
    assert_eq!(done, 1);
    let roots = if what == Rotate::Root { 2 } else { 1 };
    assert_eq!(ward.db.count("passport_root", "1 = 1").await, roots);
    assert_eq!(ward.db.count("passport_key", "1 = 1").await, 2);
    assert_eq!(ward.db.count("audit", "kind = 'passport_key_made'").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_key_and_the_one_of_the_next_year_are_made_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let northfield = ward.the_trust().await;
    let other = ward.another_node().await;
    for (years, keys) in [(0, 1), (1, 2)] {
        ward.waits(years * 366 * DAY);
        let tries = (0..20).map(|nth| {
            let service = if nth % 2 == 0 { ward.node.service.clone() } else { other.service.clone() };
            let northfield = northfield.clone();
            tokio::spawn(async move { signer(&service, &northfield).await.unwrap().id })
        });
        let used: std::collections::BTreeSet<Uuid> =
            futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(used.len(), 1, "all sign by one key");
        assert_eq!(ward.db.count("passport_key", "1 = 1").await, keys);
    }
    assert_eq!(ward.newest_record("passport_key_made").await["why"], "yearly");
    assert_eq!(ward.db.count("passport_root", "1 = 1").await, 1);
}

#[tokio::test]
async fn a_wallet_that_others_wrote_keeps_and_shows_what_it_got_before_and_after() {
    let ward = reachable(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    signer(&ward.node.service, &ward.the_trust().await).await.unwrap();
    ward.has_the_time_of_wallets();
    let wallet = OthersWallet::new();
    let mut certificates = std::collections::BTreeSet::new();
    for what in [None, Some(Rotate::Root)] {
        if let Some(what) = what {
            assert!(matches!(ward.rotates(what).await, Rotation::Done { .. }));
        }
        let fire = ward.has_fire_safety_to_accept().await;
        let link = amina.adds_to_wallet(fire).await;
        let taken = wallet.does("accept", json!({ "offer": link })).await;
        let text = taken["credentials"][0].as_str().unwrap_or_else(|| panic!("{taken}")).to_owned();
        let status = ward.verifier_takes(&text).await.status().unwrap().clone();
        assert_eq!(ward.status_in_list(&status).await.0, Status::Valid);
        certificates.insert(certificate(&text));
    }
    assert_eq!(certificates.len(), 2);
    let link = ward.browser().asks_for_the_passport().await;
    let no = wallet.does("present", json!({ "request": link, "decline": true })).await;
    assert_eq!((&no["client"], &no["status"]), (&json!("x509_hash"), &json!(200)), "{no}");
}

#[tokio::test]
async fn what_an_issuer_says_of_itself_is_signed_once_for_all_who_ask() {
    let ward = Ward::new(Kind::Sqlite).await;
    let path = "/.well-known/openid-credential-issuer/vc/NTH";
    let told = async || {
        let told = ward.program_sends(Method::GET, path, &[("accept", "application/jwt")], None).await;
        assert_eq!(told.is_ok().headers["cache-control"], "public, max-age=300");
        told.text
    };
    let first = told().await;
    let many = futures::future::join_all((0..20).map(|_| told())).await;
    assert!(many.iter().all(|one| *one == first));
    // It is signed anew when its time is over, when it says something else, and by another key.
    ward.waits(299);
    assert_eq!(told().await, first);
    ward.waits(1);
    let second = told().await;
    assert_ne!(second, first);
    ward.db.tell("UPDATE organisation SET name = 'Northfield and Southmere' WHERE code = 'NTH'").await;
    let third = told().await;
    assert_ne!(third, second);
    ward.waits(120);
    ward.rotates(Rotate::Key).await;
    assert_ne!(certificate(&told().await), certificate(&third));
}
