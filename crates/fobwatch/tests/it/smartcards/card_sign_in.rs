//! *Sign in with my smartcard*: what a card's signature opens, and for how long.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use card_jobs::{Hex, SignInToken, TOKEN_ALGORITHM, TOKEN_FORMAT, sign_in_message};
use jiff::SignedDuration;
use journeys::smartcard::by_certificate;
use pki::Certificate;
use rcgen::{CertificateParams, KeyPair, SerialNumber, SigningKey as _};
use rstest::rstest;
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate, RenewalCount};
use store::smartcard_life::NewSmartcard;
use testkit::SeededRandom;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

const APP: Factor = Factor::AuthenticatorApp;
const OVER: &str = "You took too long";
const REFUSED: &str = "This smartcard was not made for this service";

/// A card as far as signing in needs it: the key in 9A and its certificate, which an authority of nobody's issued. What counts is
/// our own record of it.
pub struct Card {
    pub id: Uuid,
    pub key: KeyPair,
    pub der: Vec<u8>,
}

impl Card {
    fn token(&self, origin: &str, nonce: &str) -> SignInToken {
        SignInToken {
            format: TOKEN_FORMAT.to_owned(),
            algorithm: TOKEN_ALGORITHM.to_owned(),
            certificate: Hex(self.der.clone()),
            signature: Hex(self.key.sign(&sign_in_message(origin, nonce)).unwrap()),
        }
    }
}

pub fn key_with_certificate(serial: &[u8]) -> (KeyPair, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let mut certificate = CertificateParams::new(Vec::new()).unwrap();
    certificate.serial_number = Some(SerialNumber::from_slice(serial));
    let der = certificate.self_signed(&key).unwrap().der().to_vec();
    (key, der)
}

impl Visitor<'_> {
    /// The Registration Authority has issued them a card with which they can sign in for a year.
    async fn gets_a_card_to_sign_in_with(&self) -> Card {
        let mut serial = [0; 16];
        vault::Random::fill(&SeededRandom::unique(), &mut serial);
        serial[0] = 0x40 | serial[0] & 0x3F;
        let (key, der) = key_with_certificate(&serial);
        self.gets_this_card(key, der).await
    }

    /// The same with this key and its certificate.
    pub async fn gets_this_card(&self, key: KeyPair, der: Vec<u8>) -> Card {
        let (service, now) = (&self.ward.node.service, self.ward.clock.now());
        let random = SeededRandom::unique();
        let new_id = || vault::new_id(now, &random);
        let account_id = self.account().await;
        let organisation_id = service.store.account(account_id).await.unwrap().unwrap().organisation_id;
        let (id, job, guid) = (new_id(), new_id(), *new_id().as_bytes());
        let serials = [Certificate::from_der(&der).unwrap().serial().as_bytes().to_vec(), guid.to_vec()];
        let mut tx = service.store.begin().await.unwrap();
        let new = NewSmartcard { id, organisation_id, guid, profile: "piv-6-8-digits", label: "NTH-1" };
        assert!(tx.add_smartcard(new, now).await.unwrap());
        assert!(tx.bind_smartcard(id, account_id, now).await.unwrap());
        let pair = [new_id(), new_id()];
        for ((certificate, slot), serial) in
            pair.iter().zip([CertificateSlot::Authentication, CertificateSlot::Signature]).zip(&serials)
        {
            let new = NewCardCertificate {
                id: *certificate,
                smartcard_id: id,
                account_id,
                slot,
                serial,
                der: &der,
                not_before: now,
                not_after: now + SignedDuration::from_hours(365 * 24),
                job_id: job,
            };
            tx.add_card_certificate(new, now).await.unwrap();
        }
        let count = RenewalCount::StartsAgain;
        assert!(tx.certificates_proved(id, job, pair, count, "renewed", now).await.unwrap().is_some());
        assert!(tx.smartcard_issued(id, false, now).await.unwrap());
        assert!(tx.card_passcode_set(id, service.today()).await.unwrap());
        tx.commit().await.unwrap();
        Card { id, key, der }
    }
}

impl Ward {
    async fn amina_with_a_card(&self) -> (Visitor<'_>, Card) {
        let mut amina = self.person(AMINA);
        amina.joins(APP).await;
        let card = amina.gets_a_card_to_sign_in_with().await;
        (amina, card)
    }

    pub async fn revokes(&self, card: Uuid, reason: &str) {
        let now = self.clock.now();
        let mut tx = self.store().begin().await.unwrap();
        tx.revoke_card_certificates(card, reason, now).await.unwrap();
        tx.end_sessions_of_card(card, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn origin(&self) -> &'static str {
        self.setup.public_url
    }
}

impl Browser {
    /// What the script fetches.
    async fn fetches_a_nonce(&mut self) -> String {
        let asked = self.sends(&Method::POST, "/sign-in/card/question", Some(String::new()), &[]).await;
        let (status, _, body) = asked.unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        json["nonce"].as_str().unwrap().to_owned()
    }

    async fn sends_token(&mut self, nonce: &str, token: &SignInToken) -> &mut Self {
        let token = serde_json::to_string(token).unwrap();
        let body =
            Serializer::new(String::new()).append_pair("nonce", nonce).append_pair("token", &token).finish();
        self.posts(("/sign-in/card".to_owned(), body)).await
    }

    async fn uses_card(&mut self, card: &Card, origin: &str) -> &mut Self {
        self.opens("/sign-in").await.reads("Sign in");
        self.follows("Sign in with my smartcard").await.reads("Sign in with your smartcard");
        let nonce = self.fetches_a_nonce().await;
        self.sends_token(&nonce, &card.token(origin, &nonce)).await
    }
}

#[rstest]
#[tokio::test]
async fn a_card_signs_in_without_password_and_code_and_is_proof_enough(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let mut desk = ward.person_elsewhere(AMINA);
    desk.uses_card(&card, ward.origin()).await.reads("Good morning, Amina");
    // A card that one has and a passcode that one knows are two factors.
    desk.opens("/security-info/passkeys/add").await.reads("Create a passkey");
    assert_eq!(ward.db.count("activity", "kind = 'signed-in' AND detail = 'smartcard'").await, 1);
    assert_eq!(ward.db.count("audit", "event LIKE '%\"signed_in\"%\"smartcard\"%'").await, 1);
    assert_eq!(ward.db.count("session", "card_serial IS NOT NULL").await, 1);
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn a_card_leads_to_the_page_that_a_message_links_to() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let mut desk = ward.person_elsewhere(AMINA);
    desk.opens("/smartcard").await.reads("Sign in");
    desk.uses_card(&card, ward.origin()).await.reads("Self Service Portal");
    assert!(!desk.cookies.contains_key("fobwatch-wanted"));
}

#[rstest]
#[tokio::test]
async fn without_the_extension_the_page_says_what_is_missing(#[values(Sqlite)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.browser();
    desk.opens("/sign-in/card").await.reads("Sign in with your smartcard");
    desk.says("This browser cannot reach a smartcard yet");
    desk.posts(("/sign-in/card".to_owned(), String::new())).await.is_told(OVER);
}

#[rstest]
#[tokio::test]
async fn a_question_is_answered_once_in_time_and_in_the_browser_that_was_asked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let (mut desk, mut thief) = (ward.browser(), ward.browser());
    let nonce = desk.fetches_a_nonce().await;
    let token = card.token(ward.origin(), &nonce);
    thief.sends_token(&nonce, &token).await.is_told(OVER);
    thief.fetches_a_nonce().await;
    thief.sends_token(&nonce, &token).await.is_told(OVER);
    desk.sends_token(&nonce, &token).await.reads("Good morning, Amina");
    desk.presses("Sign out").await;
    desk.sends_token(&nonce, &token).await.is_told(OVER);
    let nonce = desk.fetches_a_nonce().await;
    ward.waits(5 * 60);
    desk.sends_token(&nonce, &card.token(ward.origin(), &nonce)).await.is_told(OVER);
}

#[rstest]
#[tokio::test]
async fn two_tabs_ask_at_once_and_the_slower_one_comes_home_too(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let mut desk = ward.person_elsewhere(AMINA);
    let (first, second) = (desk.fetches_a_nonce().await, desk.fetches_a_nonce().await);
    let signed = |nonce: &str| card.token(ward.origin(), nonce);
    // Each tab has a question of its own: what the card signed for one is no answer to the other.
    desk.sends_token(&first, &signed(&second)).await.is_told(REFUSED);
    desk.sends_token(&second, &signed(&second)).await.reads("Good morning, Amina");
    desk.sends_token(&second, &signed(&second)).await.reads("Good morning, Amina");
    assert_eq!(ward.db.count("session", "card_serial IS NOT NULL").await, 1, "it signs in once");
    desk.presses("Sign out").await;
    desk.sends_token(&second, &signed(&second)).await.is_told(OVER);
}

#[rstest]
#[tokio::test]
async fn what_was_signed_for_another_page_by_another_key_or_under_a_strange_certificate_opens_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let mut desk = ward.browser();
    let (stranger, strange_certificate) = key_with_certificate(&[0x41; 16]);
    let serial = Certificate::from_der(&card.der).unwrap().serial().as_bytes().to_vec();
    let (_, same_number) = key_with_certificate(&serial);
    let elsewhere = |nonce: &str| card.token("https://evil.example", nonce);
    let stolen = |nonce: &str| {
        Card { id: card.id, key: stranger_key(), der: card.der.clone() }.token(ward.origin(), nonce)
    };
    let unknown = |nonce: &str| {
        let mut token = elsewhere(nonce);
        token.certificate = Hex(strange_certificate.clone());
        token.signature = Hex(stranger.sign(&sign_in_message(ward.origin(), nonce)).unwrap());
        token
    };
    let copied = |nonce: &str| SignInToken {
        certificate: Hex(same_number.clone()),
        ..card.token(ward.origin(), nonce)
    };
    let other_way =
        |nonce: &str| SignInToken { algorithm: "none".to_owned(), ..card.token(ward.origin(), nonce) };
    let empty = |nonce: &str| SignInToken { signature: Hex(Vec::new()), ..card.token(ward.origin(), nonce) };
    let lies: [&dyn Fn(&str) -> SignInToken; 6] =
        [&elsewhere, &stolen, &unknown, &copied, &other_way, &empty];
    for lie in lies {
        let nonce = desk.fetches_a_nonce().await;
        desk.sends_token(&nonce, &lie(&nonce)).await.is_told(REFUSED);
        desk.sends_token(&nonce, &card.token(ward.origin(), &nonce)).await.is_told(OVER);
    }
    assert_eq!(ward.db.count("audit", "event LIKE '%card_sign_in_refused%'").await, 6);
    assert_eq!(ward.db.count("session", "card_serial IS NOT NULL").await, 0);
    ward.audit_is_whole().await;
}

fn stranger_key() -> KeyPair {
    KeyPair::generate().unwrap()
}

#[rstest]
#[tokio::test]
async fn a_revoked_card_is_refused_and_its_sessions_end_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_a_card().await;
    amina.signs_in(APP).await;
    let mut desk = ward.person_elsewhere(AMINA);
    desk.uses_card(&card, ward.origin()).await.reads("Good morning, Amina");
    ward.revokes(card.id, "damaged").await;
    desk.opens("/home").await.is_refused("FW-1204");
    amina.opens("/home").await.reads("Good morning, Amina");
    desk.uses_card(&card, ward.origin()).await.is_told("certificates were revoked");
    assert_eq!(ward.db.count("activity", "kind = 'card-sign-in-refused'").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_session_of_a_revoked_card_is_over_even_where_nobody_ended_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let mut desk = ward.person_elsewhere(AMINA);
    desk.uses_card(&card, ward.origin()).await.reads("Good morning, Amina");
    let mut tx = ward.store().begin().await.unwrap();
    tx.revoke_card_certificates(card.id, "stolen", ward.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    desk.opens("/home").await.is_refused("FW-1204");
}

#[rstest]
#[tokio::test]
async fn a_cancelled_card_an_expired_certificate_and_a_disabled_account_are_told_apart(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let mut desk = ward.person_elsewhere(AMINA);
    ward.db.tell("UPDATE account SET disabled_at = 1").await;
    desk.uses_card(&card, ward.origin()).await.is_refused("FW-1206");
    ward.db.tell("UPDATE account SET disabled_at = NULL").await;
    let mut later = ward.person_elsewhere(AMINA);
    ward.waits(365 * 24 * 60 * 60 + 1);
    later
        .uses_card(&card, ward.origin())
        .await
        .is_told("Visit your Registration Authority, who check who you are");
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.cancel_smartcard(card.id, "left", ward.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    later.uses_card(&card, ward.origin()).await.is_told("certificates were revoked");
}

#[rstest]
#[tokio::test]
async fn a_code_of_the_host_for_certificates_is_good_once_for_a_minute_and_in_its_browser(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, card) = ward.amina_with_a_card().await;
    let service = &ward.node.service;
    let visitor = journeys::Visitor::new(journeys::Network::of("192.0.2.7".parse().unwrap()), None);
    let mut desk = ward.person_elsewhere(AMINA);
    // The page that leads to the host gives the browser its cookie.
    desk.fetches_a_nonce().await;
    let cookie = vault::Token::parse(&desk.cookies["fobwatch-sign-in"]).unwrap();
    let browser = by_certificate::send(service, Some(&cookie)).browser;
    let code = async || by_certificate::code_for(service, Some(&card.der), &browser, &visitor).await.unwrap();
    let first = code().await;
    let form = |code: &str| ("/sign-in/card/certificate".to_owned(), format!("code={code}"));
    let mut thief = ward.browser();
    thief.fetches_a_nonce().await;
    thief.posts(form(&first)).await.is_told(OVER);
    for forged in [first.replace('.', ".0"), format!("{first}0"), first.to_uppercase(), String::new()] {
        desk.posts(form(&forged)).await.is_told(OVER);
    }
    desk.opens(&format!("/sign-in/card/certificate?code={first}")).await.reads("Your smartcard is accepted");
    assert_eq!(ward.db.count("session", "card_serial IS NOT NULL").await, 0, "looking changes nothing");
    desk.presses("Continue").await.reads("Good morning, Amina");
    let kept = desk.cookies.clone();
    desk.presses("Sign out").await;
    desk.cookies = kept;
    desk.cookies.insert("fobwatch-sign-in".to_owned(), cookie.as_str().to_owned());
    desk.posts(form(&first)).await.is_told(OVER);
    let late = code().await;
    ward.waits(60);
    desk.posts(form(&late)).await.is_told(OVER);
    let in_time = code().await;
    ward.revokes(card.id, "lost").await;
    desk.posts(form(&in_time)).await.is_told("certificates were revoked");
    let refused = by_certificate::code_for(service, Some(&card.der), &browser, &visitor).await.unwrap_err();
    assert_eq!(refused.code(), "FW-2303");
    let none = by_certificate::code_for(service, None, &browser, &visitor).await.unwrap_err();
    assert_eq!(none.code(), "FW-2305");
}
