//! A verifier and wallets that answer it, rightly and wrongly, in memory. What the modules of the OpenID Foundation's conformance suite do
//! over HTTP is done against the service itself, in `fobwatch`.

mod presentations;

use crate::authority::{Authority, Certified};
use crate::{key, random, time};
use base64::Engine as _;
use jiff::Timestamp;
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::{CredentialQuery, CredentialSet, Mismatch, Query};
use openid4vc::jose::{
    CertificateChain, ChainProblem, ContentEncryption, DecryptionKey, Es256Key, Recipient, Signer as _,
    TokenProblem, TrustAnchors, Unverified, sign,
};
use openid4vc::sd_jwt::{Binding, BindingProblem, SdJwt, SdJwtProblem};
use openid4vc::sd_jwt_vc::{CredentialProblem, Draft};
use openid4vc::verifier::{
    ClientId, ClientIdProblem, Declined, Presented, Request, RequestProblem, RequestUriMethod, Response,
    ResponseProblem, Trust, VerifyProblem, VpToken,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;

const ACCESS_KEY: &str = "https://northfield.example/credentials/access-key";
const FIRE: &str = "https://northfield.example/credentials/fire-safety";
const NOW: &str = "2026-11-29T08:00:00Z";

/// A trust that issues and asks, and somebody's phone.
struct Bed {
    authority: Authority,
    issuer: Certified,
    verifier: Certified,
    holder: Es256Key,
}

impl Bed {
    fn new() -> Self {
        let authority = Authority::new("Northfield Hospitals");
        let (issuer, verifier) =
            (authority.certifies("issuer.northfield.example"), authority.certifies("northfield.example"));
        Self { authority, issuer, verifier, holder: key() }
    }

    fn trust(&self) -> Trust {
        Trust::none().with(ACCESS_KEY, self.authority.anchors()).with(FIRE, self.authority.anchors())
    }

    fn credential(&self, kind: &str) -> SdJwt {
        self.issued(kind, &self.issuer, &self.issuer.chain)
    }

    fn issued(&self, kind: &str, issuer: &Certified, chain: &CertificateChain) -> SdJwt {
        let claims = json!({ "sub": "p-412", "level": "1", "place": { "ward": "7", "site": "North" } });
        let draft = Draft {
            kind: kind.to_owned(),
            issuer: None,
            issued_at: time("2026-11-01T00:00:00Z"),
            not_before: None,
            expires_at: Some(time("2027-11-01T00:00:00Z")),
            holder: Some(self.holder.public_key().clone()),
            status: None,
            claims: claims.as_object().unwrap().clone(),
            concealed: vec![ClaimPath::names(["level"]), ClaimPath::names(["place", "ward"])],
            decoys: 0,
        };
        let mut header = Map::new();
        header.insert("x5c".to_owned(), chain.to_header());
        draft.issue(header, &issuer.key, &random()).unwrap()
    }

    fn request(&self, query: Query) -> Request {
        query.check().unwrap();
        Request {
            client_id: ClientId::by_certificate(&self.verifier.chain),
            query,
            nonce: "8Ic6c0nYQfqVY4VhKfXg5g".to_owned(),
            state: "s-1".to_owned(),
            response_uri: Url::parse("https://northfield.example/passport/answer/1").unwrap(),
            encrypt_for: None,
            client_name: Some("Northfield Hospitals".to_owned()),
        }
    }

    fn answers(&self, request: &Request, credential: &SdJwt) -> SdJwt {
        let audience = request.client_id.to_string();
        credential
            .clone()
            .bind(Binding { audience: &audience, nonce: &request.nonce }, &self.holder, time(NOW))
            .unwrap()
    }

    fn verify(&self, request: &Request, token: &Value) -> Result<Presented, VerifyProblem> {
        let fields = BTreeMap::from([
            ("vp_token".to_owned(), token.to_string()),
            ("state".to_owned(), request.state.clone()),
        ]);
        assert!(matches!(Response::read(&fields, request), Ok(Response::Presented(_))));
        let token: VpToken = serde_json::from_value(token.clone()).unwrap();
        request.verify(&token, &self.trust(), time(NOW))
    }
}

fn access_key() -> Query {
    Query { credentials: vec![CredentialQuery::of_kind("key", ACCESS_KEY)], credential_sets: Vec::new() }
}

#[test]
fn what_was_asked_for_is_verified() {
    let bed = Bed::new();
    let mut query = access_key();
    query.credentials[0] = query.credentials[0].clone().with_claim(ClaimPath::names(["level"]));
    let request = bed.request(query);
    let shown = bed.credential(ACCESS_KEY).present(&[ClaimPath::names(["level"])]).unwrap();
    let presented =
        bed.verify(&request, &json!({ "key": [bed.answers(&request, &shown).to_string()] })).unwrap();
    let credential = presented.one("key").unwrap();
    assert_eq!(credential.kind(), ACCESS_KEY);
    assert_eq!(credential.claims()["sub"], "p-412");
    assert_eq!(credential.claims()["level"], "1");
    assert!(credential.claims()["place"].get("ward").is_none());
    assert_eq!(presented.all().count(), 1);
}

#[test]
fn a_wallet_fetches_a_signed_request_as_often_as_it_likes() {
    let bed = Bed::new();
    let request = bed.request(access_key());
    let address = Url::parse("https://northfield.example/passport/request/1?a=b").unwrap();
    let link = request.link("openid4vp", &address, RequestUriMethod::Post);
    let parsed = Url::parse(&link).unwrap();
    let fields: BTreeMap<_, _> = parsed.query_pairs().into_owned().collect();
    assert_eq!(fields["client_id"], request.client_id.to_string());
    assert_eq!(fields["request_uri"], address.as_str());
    assert_eq!(fields["request_uri_method"], "post");
    assert!(!request.link("openid4vp", &address, RequestUriMethod::Get).contains("request_uri_method"));
    // Twice, and by POST with a number of the wallet's.
    for wallet_nonce in [None, None, Some("w-1")] {
        let signed = request.signed(wallet_nonce, &bed.verifier.chain, &bed.verifier.key).unwrap();
        let token = Unverified::parse(&signed).unwrap();
        let chain = CertificateChain::of(token.header()).unwrap();
        assert_eq!(format!("x509_hash:{}", chain.hash()), request.client_id.to_string());
        let key = chain.verify(&bed.authority.anchors(), time(NOW)).unwrap();
        let verified = token.verify(&key).unwrap().of_type("oauth-authz-req+jwt").unwrap();
        let claims = verified.claims();
        assert_eq!(claims["aud"], "https://self-issued.me/v2");
        assert_eq!(claims["response_type"], "vp_token");
        assert_eq!(claims["response_mode"], "direct_post");
        assert_eq!(claims["response_uri"], request.response_uri.as_str());
        assert!(claims.get("redirect_uri").is_none());
        assert_eq!(claims["nonce"], request.nonce);
        assert_eq!(claims["dcql_query"], serde_json::to_value(&request.query).unwrap());
        assert_eq!(
            claims["client_metadata"]["vp_formats_supported"]["dc+sd-jwt"]["kb-jwt_alg_values"][0],
            "ES256"
        );
        assert_eq!(claims.get("wallet_nonce").and_then(Value::as_str), wallet_nonce);
    }
    assert!(request.unsigned_link("openid4vp").is_err());
}

#[test]
fn a_request_in_the_name_of_its_address_is_not_signed() {
    let bed = Bed::new();
    let mut request = bed.request(access_key());
    request.client_id = ClientId::RedirectUri(request.response_uri.to_string());
    let link = Url::parse(&request.unsigned_link("openid4vp").unwrap()).unwrap();
    let fields: BTreeMap<_, _> = link.query_pairs().into_owned().collect();
    assert_eq!(fields["client_id"], format!("redirect_uri:{}", request.response_uri));
    let query: Query = serde_json::from_str(&fields["dcql_query"]).unwrap();
    assert_eq!(query, request.query);
    assert!(request.signed(None, &bed.verifier.chain, &bed.verifier.key).is_err());
    let token = json!({ "key": [bed.answers(&request, &bed.credential(ACCESS_KEY)).to_string()] });
    assert!(bed.verify(&request, &token).is_ok());
}

#[test]
fn a_name_by_host_needs_a_certificate_for_it() {
    let bed = Bed::new();
    let name = ClientId::by_host("northfield.example", &bed.verifier.chain).unwrap();
    assert_eq!(name.to_string(), "x509_san_dns:northfield.example");
    assert!(ClientId::by_host("eastfield.example", &bed.verifier.chain).is_err());
}

#[test]
fn a_request_is_signed_by_whom_it_names_alone_and_answered_where_it_says() {
    let bed = Bed::new();
    let stranger = bed.authority.certifies("eastfield.example");
    let mut request = bed.request(access_key());
    let signed = |request: &Request, by: &Certified| match request.signed(None, &by.chain, &by.key) {
        Ok(_) => Ok(()),
        Err(RequestProblem::Client(problem)) => Err(problem),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(signed(&request, &bed.verifier), Ok(()));
    let by_hash = ClientIdProblem::Certificate(request.client_id.to_string());
    assert_eq!(signed(&request, &stranger), Err(by_hash));
    request.client_id = ClientId::by_host("northfield.example", &bed.verifier.chain).unwrap();
    assert_eq!(signed(&request, &bed.verifier), Ok(()));
    assert_eq!(signed(&request, &stranger), Err(ClientIdProblem::Host("northfield.example".to_owned())));
    request.response_uri.set_host(Some("passports.northfield.example")).unwrap();
    let elsewhere = ClientIdProblem::Answer("x509_san_dns:northfield.example".to_owned());
    assert_eq!(signed(&request, &bed.verifier), Err(elsewhere));
    request.client_id = ClientId::by_certificate(&bed.verifier.chain);
    assert_eq!(signed(&request, &bed.verifier), Ok(()), "by its certificate it may be answered anywhere");
}

#[test]
fn an_encrypted_answer_is_for_the_request_that_asked() {
    let bed = Bed::new();
    let encrypted = || {
        let mut request = bed.request(access_key());
        request.encrypt_for = Some(DecryptionKey::generate("1".to_owned()).unwrap());
        request
    };
    let (request, other) = (encrypted(), encrypted());
    let signed = request.signed(None, &bed.verifier.chain, &bed.verifier.key).unwrap();
    let metadata = Unverified::parse(&signed).unwrap().unverified_claim("client_metadata").unwrap().clone();
    assert_eq!(metadata["encrypted_response_enc_values_supported"], json!(["A128GCM", "A256GCM"]));
    let wallet = Recipient::from_jwk(&metadata["jwks"]["keys"][0]).unwrap();
    let token = json!({ "key": [bed.answers(&request, &bed.credential(ACCESS_KEY)).to_string()] });
    let send = |content: Value, encryption| {
        let jwe = wallet.encrypt(content.to_string().as_bytes(), encryption, &random()).unwrap();
        BTreeMap::from([("response".to_owned(), jwe)])
    };
    for encryption in ContentEncryption::ALL {
        let fields = send(json!({ "vp_token": token, "state": "s-1" }), encryption);
        let Response::Presented(answer) = Response::read(&fields, &request).unwrap() else {
            panic!("declined")
        };
        assert!(request.verify(&answer, &bed.trust(), time(NOW)).is_ok());
        assert!(matches!(Response::read(&fields, &other), Err(ResponseProblem::Encryption(_))));
    }
    let declined = send(json!({ "error": "access_denied", "state": "s-1" }), ContentEncryption::A128Gcm);
    let Ok(Response::Declined(why)) = Response::read(&declined, &request) else { panic!("not declined") };
    assert!(why.is_refusal());
    let foreign = send(json!({ "vp_token": token, "state": "s-2" }), ContentEncryption::A128Gcm);
    assert_eq!(Response::read(&foreign, &request), Err(ResponseProblem::State));
    // Without encryption though it was asked for, and with it though it was not.
    let plain = BTreeMap::from([("vp_token".to_owned(), token.to_string())]);
    assert_eq!(Response::read(&plain, &request), Err(ResponseProblem::Mode));
    assert_eq!(Response::read(&declined, &bed.request(access_key())), Err(ResponseProblem::Mode));
}

#[test]
fn what_is_no_answer_is_refused() {
    let bed = Bed::new();
    let request = bed.request(access_key());
    let read = |fields: &[(&str, &str)]| {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response::read(&fields, &request)
    };
    assert_eq!(read(&[]), Err(ResponseProblem::Format));
    for nonsense in ["", "[]", "{\"key\":\"text\"}", "{\"key\":[1]}", "\"text\""] {
        assert_eq!(read(&[("vp_token", nonsense)]), Err(ResponseProblem::Format), "{nonsense}");
    }
    assert_eq!(read(&[("vp_token", "{}"), ("state", "s-2")]), Err(ResponseProblem::State));
    let long = "x".repeat(1_000);
    let declined = Declined { error: "server_error".to_owned(), description: Some("x".repeat(200)) };
    assert_eq!(
        read(&[("error", "server_error"), ("error_description", &long)]),
        Ok(Response::Declined(declined))
    );
    assert_eq!(read(&[("error", "access_denied"), ("state", "s-2")]), Err(ResponseProblem::State));
    // Neither more nor less than what was asked for.
    let good = bed.answers(&request, &bed.credential(ACCESS_KEY)).to_string();
    let refused = |token: Value| bed.verify(&request, &token).unwrap_err();
    assert_eq!(refused(json!({})), VerifyProblem::Missing);
    assert_eq!(refused(json!({ "key": [] })), VerifyProblem::NotAsked);
    assert_eq!(refused(json!({ "key": [good, good] })), VerifyProblem::NotAsked);
    assert_eq!(refused(json!({ "key": [good], "other": [good] })), VerifyProblem::NotAsked);
}

#[test]
fn credentials_of_others_are_not_taken() {
    let bed = Bed::new();
    let request = bed.request(access_key());
    let answer = |credential: &SdJwt, trust: &Trust| {
        let token: VpToken =
            serde_json::from_value(json!({ "key": [bed.answers(&request, credential).to_string()] }))
                .unwrap();
        request.verify(&token, trust, time(NOW)).map(|_| ())
    };
    let good = bed.credential(ACCESS_KEY);
    assert_eq!(answer(&good, &bed.trust()), Ok(()));
    // Nobody is trusted, or somebody else, or for something else.
    let nobody = Err(VerifyProblem::NobodyTrusted(ACCESS_KEY.to_owned()));
    assert_eq!(answer(&good, &Trust::none()), nobody);
    assert_eq!(answer(&good, &Trust::none().with(FIRE, bed.authority.anchors())), nobody);
    let stranger = Authority::new("Northfield Hospitals");
    let untrusted = |result| matches!(result, Err(VerifyProblem::Chain(ChainProblem::Untrusted(_))));
    assert!(untrusted(answer(&good, &Trust::none().with(ACCESS_KEY, stranger.anchors()))));
    assert!(untrusted(answer(&good, &Trust::none().with(ACCESS_KEY, TrustAnchors::default()))));
    let forged = stranger.certifies("issuer.northfield.example");
    assert!(untrusted(answer(&bed.issued(ACCESS_KEY, &forged, &forged.chain), &bed.trust())));
    // A certificate that vouches for itself does not, even where it is trusted.
    let itself = Authority::itself("Northfield Hospitals");
    let by_itself = bed.issued(ACCESS_KEY, &itself, &itself.chain);
    assert_eq!(answer(&by_itself, &bed.trust()), Err(VerifyProblem::Chain(ChainProblem::SelfSigned)));
    // The kind is another one than was asked for.
    let other = bed.credential(FIRE);
    assert_eq!(answer(&other, &bed.trust()), Err(VerifyProblem::Mismatch(Mismatch::Kind(FIRE.to_owned()))));
}

#[test]
fn an_authority_is_trusted_for_its_time() {
    let bed = Bed::new();
    let chain = &bed.issuer.chain;
    let at = |now: &str| chain.verify(&bed.authority.anchors(), time(now)).is_ok();
    assert!(!at("2025-12-31T23:59:59Z"));
    assert!(at("2026-01-01T00:00:00Z"));
    assert!(at("2028-01-01T00:00:00Z"));
    assert!(!at("2028-01-01T00:00:01Z"));
}

#[test]
fn a_credential_that_has_expired_is_not_taken() {
    let bed = Bed::new();
    let request = bed.request(access_key());
    let audience = request.client_id.to_string();
    let asked = Binding { audience: &audience, nonce: &request.nonce };
    let answer = |at: Timestamp| {
        let bound = bed.credential(ACCESS_KEY).bind(asked, &bed.holder, at).unwrap().to_string();
        let token: VpToken = serde_json::from_value(json!({ "key": [bound] })).unwrap();
        request.verify(&token, &bed.trust(), at).map(|_| ())
    };
    assert_eq!(answer(time("2027-10-31T23:59:59Z")), Ok(()));
    assert_eq!(
        answer(time("2027-11-01T00:00:00Z")),
        Err(VerifyProblem::Credential(CredentialProblem::Expired))
    );
}

#[test]
fn a_new_trust_asks_for_what_must_be_there_and_takes_what_else_there_is() {
    let bed = Bed::new();
    let mut query = access_key();
    query.credentials.push(CredentialQuery { multiple: true, ..CredentialQuery::of_kind("fire", FIRE) });
    query.credential_sets = vec![
        CredentialSet { options: vec![vec!["key".to_owned()]], required: true },
        CredentialSet { options: vec![vec!["fire".to_owned()]], required: false },
    ];
    let request = bed.request(query);
    let key = bed.answers(&request, &bed.credential(ACCESS_KEY)).to_string();
    let fire = bed.answers(&request, &bed.credential(FIRE)).to_string();
    assert!(bed.verify(&request, &json!({ "key": [key] })).is_ok());
    let all = bed.verify(&request, &json!({ "key": [key], "fire": [fire, fire] })).unwrap();
    assert_eq!(all.all().map(|(id, _)| id).collect::<Vec<_>>(), ["fire", "fire", "key"]);
    assert_eq!(bed.verify(&request, &json!({ "fire": [fire] })).unwrap_err(), VerifyProblem::Missing);
}

#[test]
fn each_byte_of_an_answer_counts() {
    let bed = Bed::new();
    let request = bed.request(access_key());
    let text = bed.answers(&request, &bed.credential(ACCESS_KEY)).to_string();
    for place in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(bed.verify(&request, &json!({ "key": [changed] })).is_err(), "at {place}");
    }
}

#[test]
fn a_token_with_a_foreign_algorithm_is_none() {
    let holder = key();
    let token = sign(&json!({ "typ": "JWT" }), &json!({ "a": 1 }), &holder).unwrap();
    let (_, rest) = token.split_once('.').unwrap();
    assert!(Unverified::parse(&token).is_ok());
    for algorithm in ["none", "HS256", "RS256", "es256", ""] {
        let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm }).to_string());
        assert_eq!(
            Unverified::parse(&format!("{header}.{rest}")).unwrap_err(),
            TokenProblem::Algorithm,
            "{algorithm}"
        );
    }
    // ES384 under a key on P-256: the key decides.
    let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json!({ "alg": "ES384" }).to_string());
    let forged = format!("{header}.{rest}");
    assert_eq!(
        Unverified::parse(&forged).unwrap().verify(holder.public_key()).unwrap_err(),
        TokenProblem::Algorithm
    );
}
