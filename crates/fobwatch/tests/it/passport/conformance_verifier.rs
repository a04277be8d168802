//! The modules for verifiers of the OpenID Foundation's conformance suite (OpenID4VP 1.0), by their names: each does over HTTP what the
//! wallet of the suite does. The variant is `x509_hash`, `request_uri_signed`, `direct_post.jwt`; session transcripts are of mdoc, which is
//! not asked for here.

use super::verifier::{Question, Wallet, opened, path_of, request_uri};
use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::passport::issuer::{hash, key};
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::{CertificateChain, ContentEncryption, Es256Key, Recipient, Unverified, sign};
use rstest::rstest;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

/// The signed parts of what the suite's wallet shows, as they should be; a test changes one of them.
struct Showing {
    /// The credential: its token, and the disclosures that are shown, with `~` after each.
    credential: String,
    header: Value,
    claims: Value,
    key: Es256Key,
}

impl Showing {
    fn of(wallet: &Wallet, question: &Question, ward: &Ward) -> Self {
        let shown = wallet.credential.present(&[ClaimPath::names(["passport"])]).unwrap();
        Self {
            header: json!({ "typ": "kb+jwt" }),
            claims: json!({
                "iat": ward.now().as_second(), "nonce": question.claims["nonce"],
                "aud": question.claims["client_id"], "sd_hash": hash(&shown.to_string()),
            }),
            credential: shown.to_string(),
            key: Es256Key::from_pkcs8(&wallet.pkcs8).unwrap(),
        }
    }

    /// The presentation, signed by the holder.
    fn presentation(&self) -> String {
        format!("{}{}", self.credential, sign(&self.header, &self.claims, &self.key).unwrap())
    }
}

fn presented(presentation: &str) -> Value {
    json!({ "access_key": [presentation] })
}

/// Somebody at a desk asks, and the wallet fetches the request.
async fn asked(ward: &Ward) -> (Visitor<'_>, Browser, Question) {
    let (mut desk, mut phone) = (ward.person_elsewhere(AMINA), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    let question = phone.scans(&link).await;
    (desk, phone, question)
}

/// The wallet was answered, and what it showed signs its owner in.
async fn signs_in(desk: &mut Visitor<'_>, phone: &mut Browser, (status, told): (StatusCode, Value)) {
    assert_eq!(status, StatusCode::OK, "{told}");
    phone.opens(&path_of(told["redirect_uri"].as_str().unwrap())).await;
    let digits = phone.reads("Type this code where you started").digits();
    desk.opens("/sign-in/passport").await.reads("Enter the code from your phone");
    desk.fills("Verification code", &digits).presses("Continue").await;
    desk.is_asked_another_time().await.reads("Good morning, Amina");
}

/// With this changed, what the wallet shows is refused, nobody is signed in, and the page says so; without it is taken.
async fn is_refused(change: impl FnOnce(&Ward, &mut Showing)) {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone, question) = asked(&ward).await;
    let mut showing = Showing::of(&wallet, &question, &ward);
    change(&ward, &mut showing);
    let form = question.form(&presented(&showing.presentation()));
    let told = phone.posts_answer(&question, form).await;
    assert_eq!(told, (StatusCode::BAD_REQUEST, json!({ "error": "invalid_request" })));
    desk.opens("/sign-in/passport").await.reads("Your wallet did not show what we asked for");
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
    assert_eq!(ward.newest_record("wallet_answered").await["why"], "signature");

    let (mut desk, mut phone, question) = asked(&ward).await;
    let right = Showing::of(&wallet, &question, &ward).presentation();
    let told = phone.posts_answer(&question, question.form(&presented(&right))).await;
    signs_in(&mut desk, &mut phone, told).await;
}

#[rstest]
#[tokio::test]
async fn oid4vp_1final_verifier_happy_flow(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(ContentEncryption::A128Gcm, ContentEncryption::A256Gcm)] encryption: ContentEncryption,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone, question) = asked(&ward).await;
    assert_eq!(question.header["typ"], "oauth-authz-req+jwt");
    for (name, value) in [
        ("response_type", "vp_token"),
        ("response_mode", "direct_post.jwt"),
        ("aud", "https://self-issued.me/v2"),
    ] {
        assert_eq!(question.claims[name], value);
    }
    assert!(question.claims.get("redirect_uri").is_none());
    assert!(question.claims["nonce"].as_str().unwrap().len() >= 22, "at least 128 bits");
    let formats = &question.claims["client_metadata"]["vp_formats_supported"];
    assert!(formats["dc+sd-jwt"]["sd-jwt_alg_values"].as_array().unwrap().contains(&json!("ES256")));

    let shown = Showing::of(&wallet, &question, &ward).presentation();
    let content = json!({ "vp_token": presented(&shown), "state": question.claims["state"] });
    let to = Recipient::from_jwk(&question.claims["client_metadata"]["jwks"]["keys"][0]).unwrap();
    let random = testkit::SeededRandom::unique();
    let fill = move |bytes: &mut [u8]| vault::Random::fill(&random, bytes);
    let jwe = to.encrypt(content.to_string().as_bytes(), encryption, &fill).unwrap();
    let form = Serializer::new(String::new()).append_pair("response", &jwe).finish();
    let told = phone.posts_answer(&question, form).await;
    signs_in(&mut desk, &mut phone, told).await;
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_minimal_cnf_jwk() {
    // The holder's key has its numbers and nothing else.
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let confirmation = wallet.credential.issuer_token().unwrap().unverified_claim("cnf").unwrap().clone();
    let members: Vec<&String> = confirmation["jwk"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["crv", "kty", "x", "y"]);
    let (mut desk, mut phone, question) = asked(&ward).await;
    let shown = Showing::of(&wallet, &question, &ward).presentation();
    let told = phone.posts_answer(&question, question.form(&presented(&shown))).await;
    signs_in(&mut desk, &mut phone, told).await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_request_uri_method_post() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.person_elsewhere(AMINA), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    assert!(link.contains("request_uri_method=post"), "{link}");
    let metadata = json!({ "vp_formats_supported": { "dc+sd-jwt": { "kb-jwt_alg_values": ["ES256"] } } });
    let form = Serializer::new(String::new())
        .append_pair("wallet_nonce", "qPmxiNFCR3QTm19POc8u")
        .append_pair("wallet_metadata", &metadata.to_string())
        .finish();
    let path = path_of(&request_uri(&link));
    let (status, headers, signed) = phone.sends(&Method::POST, &path, Some(form), &[]).await.unwrap();
    assert_eq!(status, StatusCode::OK, "{signed}");
    assert_eq!(headers["content-type"], "application/oauth-authz-req+jwt");
    // The wallet's own number is under the signature of whom the client identifier names.
    let token = Unverified::parse(&signed).unwrap();
    let chain = CertificateChain::of(token.header()).unwrap();
    let anchors = journeys::passport::anchors(&ward.node.service, None).await.unwrap();
    let verified = token.verify(&chain.verify(&anchors, ward.now()).unwrap()).unwrap();
    assert_eq!(verified.claims()["wallet_nonce"], "qPmxiNFCR3QTm19POc8u");
    assert_eq!(verified.claims()["client_id"], format!("x509_hash:{}", chain.hash()));
    let question = opened(&signed);
    let shown = Showing::of(&wallet, &question, &ward).presentation();
    let told = phone.posts_answer(&question, question.form(&presented(&shown))).await;
    signs_in(&mut desk, &mut phone, told).await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_request_uri_fetched_twice() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.person_elsewhere(AMINA), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    let first = phone.scans(&link).await;
    let second = phone.scans(&link).await;
    for same in ["nonce", "state", "response_uri", "client_id", "client_metadata"] {
        assert_eq!(first.claims[same], second.claims[same], "{same}");
    }
    let shown = Showing::of(&wallet, &first, &ward).presentation();
    let told = phone.posts_answer(&second, second.form(&presented(&shown))).await;
    signs_in(&mut desk, &mut phone, told).await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_invalid_kb_jwt_signature() {
    is_refused(|_, showing| showing.key = key()).await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_invalid_credential_signature() {
    is_refused(|_, showing| {
        // What the issuer said, below the issuer's certificate, signed by somebody else.
        let (token, disclosures) = showing.credential.split_once('~').unwrap();
        let Question { header, claims } = opened(token);
        showing.credential = format!("{}~{disclosures}", sign(&header, &claims, &key()).unwrap());
        showing.claims["sd_hash"] = hash(&showing.credential).into();
    })
    .await;
}

#[rstest]
#[case::of_something_else(|showing: &Showing| hash(&format!("{}~", showing.credential)))]
#[case::of_the_credential_alone(|showing: &Showing| hash(showing.credential.split('~').next().unwrap()))]
#[tokio::test]
async fn oid4vp_1final_verifier_invalid_sd_hash(#[case] of: fn(&Showing) -> String) {
    is_refused(|_, showing| showing.claims["sd_hash"] = of(showing).into()).await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_invalid_kb_jwt_nonce() {
    is_refused(|_, showing| showing.claims["nonce"] = json!("n-0S6_WzA2Mj-of-another-request")).await;
}

#[rstest]
#[case::of_another("x509_hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
#[case::of_nobody("")]
#[case::without_its_prefix("hash alone")]
#[tokio::test]
async fn oid4vp_1final_verifier_invalid_kb_jwt_aud(#[case] audience: &str) {
    is_refused(|_, showing| {
        let right = showing.claims["aud"].as_str().unwrap();
        let bare = right.strip_prefix("x509_hash:").unwrap();
        let audience = if audience == "hash alone" { bare } else { audience };
        showing.claims["aud"] = audience.into();
    })
    .await;
}

const YEAR: i64 = 365 * 86_400;

#[tokio::test]
async fn oid4vp_1final_verifier_kb_jwt_iat_in_past() {
    is_refused(|ward, showing| showing.claims["iat"] = (ward.now().as_second() - YEAR).into()).await;
}

#[tokio::test]
async fn oid4vp_1final_verifier_kb_jwt_iat_in_future() {
    is_refused(|ward, showing| showing.claims["iat"] = (ward.now().as_second() + YEAR).into()).await;
}

#[rstest]
#[case::another_type(json!({ "typ": "JWT" }))]
#[case::no_type(json!({}))]
#[tokio::test]
async fn oid4vp_1final_verifier_invalid_kb_jwt_typ(#[case] header: Value) {
    is_refused(|_, showing| showing.header = header).await;
}
