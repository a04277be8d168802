//! The adapter to Entra Verified ID against a stand-in of the same contract, over HTTP.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop the test")]

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use testkit::{Entra, EntraTrouble, TurnableClock};
use url::Url;
use uuid::Uuid;
use vault::Token;
use wallets::{
    BackendError, Begun, CallBack, Contract, EntraSettings, EntraVerifiedId, Happened, Issuance,
    Presentation, WalletBackend as _,
};

struct Bed {
    clock: TurnableClock,
    entra: Entra,
    adapter: EntraVerifiedId,
}

fn settings(base_url: &str) -> EntraSettings {
    let contract = |kind: &str, credential_type: &str| Contract {
        kind: kind.to_owned(),
        credential_type: credential_type.to_owned(),
        manifest: Url::parse(&Entra::manifest(credential_type)).unwrap(),
    };
    EntraSettings {
        tenant: Entra::TENANT.to_owned(),
        client_id: Entra::CLIENT_ID.parse().unwrap(),
        client_secret: Entra::CLIENT_SECRET.into(),
        authority: Entra::AUTHORITY.to_owned(),
        authority_id: Some(Entra::AUTHORITY_ID.parse().unwrap()),
        base_url: Url::parse(base_url).unwrap(),
        login_url: Url::parse(base_url).unwrap(),
        contracts: vec![contract("core-skill", "CoreSkill"), contract("access-key", "AccessKey")],
    }
}

fn token(letter: &str) -> Token {
    Token::parse(&letter.repeat(43)).unwrap()
}

fn claims(json: Value) -> Map<String, Value> {
    let Value::Object(claims) = json else { panic!("claims are an object") };
    claims
}

impl Bed {
    async fn new() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = TurnableClock::new();
        let entra = Entra::start(clock.clone()).await;
        let adapter = EntraVerifiedId::new(settings(entra.base_url())).unwrap();
        Self { clock, entra, adapter }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn offers(&self, pin: Option<&str>) -> Result<Begun, BackendError> {
        self.offers_by(&self.adapter, pin).await
    }

    async fn offers_by(&self, adapter: &EntraVerifiedId, pin: Option<&str>) -> Result<Begun, BackendError> {
        let (url, state, api_key) = (call_back_url(), token("A"), token("E"));
        let claims = claims(json!({ "subject": "Fire safety", "level": "1" }));
        let issuance = Issuance {
            kind: "core-skill",
            copy: Uuid::from_u128(1),
            client_name: "Northfield Hospitals",
            claims: &claims,
            pin,
            expires_at: Some(self.now() + SignedDuration::from_hours(24)),
            call_back: CallBack { url: &url, state: &state, api_key: &api_key },
        };
        adapter.begin_issuance(issuance, self.now()).await
    }

    async fn asks(&self) -> Result<Begun, BackendError> {
        let (url, state, api_key) = (call_back_url(), token("A"), token("E"));
        let presentation = Presentation {
            kinds: &["core-skill"],
            client_name: "Northfield Hospitals",
            purpose: "Sign in",
            call_back: CallBack { url: &url, state: &state, api_key: &api_key },
        };
        self.adapter.begin_presentation(presentation, self.now()).await
    }

    fn reads(&self, call: &testkit::EntraCall) -> Happened {
        assert_eq!(
            (call.url.as_str(), call.api_key.as_str()),
            (call_back_url().as_str(), "E".repeat(43).as_str())
        );
        let callback = self.adapter.read_callback(call.body.to_string().as_bytes()).unwrap();
        assert_eq!(callback.state, "A".repeat(43));
        callback.happened
    }
}

fn call_back_url() -> Url {
    Url::parse("https://id.northfield.example/vc/NTH/entra/callback").unwrap()
}

#[tokio::test]
async fn a_credential_goes_to_the_wallet_and_the_service_tells_so() {
    let bed = Bed::new().await;
    let begun = bed.offers(Some("031337")).await.unwrap();
    assert!(begun.link.starts_with("openid-vc://?request_uri="), "{}", begun.link);
    assert_eq!(begun.expires_at, bed.now() + SignedDuration::from_mins(5));
    assert!(!format!("{begun:?}").contains("openid-vc"));
    assert_eq!(bed.reads(&bed.entra.retrieves(&begun.link)), Happened::Retrieved);
    assert!(bed.entra.adds(&begun.link, Some("000000")).is_none());
    let call = bed.entra.adds(&begun.link, Some("031337")).unwrap();
    assert_eq!(bed.reads(&call), Happened::Issued);
    let failed = bed.entra.fails(&begun.link, "fetch_contract_error");
    assert_eq!(bed.reads(&failed), Happened::NotIssued("fetch_contract_error".into()));
}

#[tokio::test]
async fn what_was_handed_out_is_shown_again_until_it_is_revoked() {
    let bed = Bed::new().await;
    let begun = bed.offers(None).await.unwrap();
    bed.entra.adds(&begun.link, None).unwrap();
    let asked = bed.asks().await.unwrap();
    assert_eq!(bed.reads(&bed.entra.retrieves(&asked.link)), Happened::Retrieved);
    let Happened::Presented(shown) = bed.reads(&bed.entra.shows(&asked.link).unwrap()) else {
        panic!("nothing was shown")
    };
    let [shown] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!(
        (shown.kind.as_str(), shown.copy, shown.holds),
        ("core-skill", Some(Uuid::from_u128(1)), true)
    );
    assert_eq!(shown.claims["subject"], "Fire safety");
    assert!(!format!("{shown:?}").contains("Fire"));
    let failed = bed.entra.fails(&asked.link, "PresentationFailed");
    assert_eq!(bed.reads(&failed), Happened::NotPresented("PresentationFailed".into()));

    let now = bed.now();
    assert_eq!(bed.adapter.revoke("core-skill", Uuid::from_u128(2), now).await, Ok(false));
    for _ in 0..2 {
        assert_eq!(bed.adapter.revoke("core-skill", Uuid::from_u128(1), now).await, Ok(true));
    }
    assert_eq!(bed.entra.revocations(), 1);
    assert!(bed.entra.shows(&asked.link).is_none());
}

#[tokio::test]
async fn one_token_serves_many_until_shortly_before_its_end() {
    let bed = Bed::new().await;
    let (one, two, three) = tokio::join!(bed.offers(None), bed.offers(None), bed.offers(None));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(bed.entra.tokens_given(), 1);
    bed.clock.advance(SignedDuration::from_secs(3_599 - 301));
    bed.offers(None).await.unwrap();
    assert_eq!(bed.entra.tokens_given(), 1);
    bed.clock.advance(SignedDuration::from_secs(1));
    bed.offers(None).await.unwrap();
    assert_eq!(bed.entra.tokens_given(), 2);
    // One that counts no more though its time is not over is fetched anew; the Admin API has one of its own.
    bed.entra.next_meets(EntraTrouble::TokenEnded);
    bed.offers(None).await.unwrap();
    assert_eq!(bed.entra.tokens_given(), 3);
    bed.adapter.revoke("core-skill", Uuid::nil(), bed.now()).await.unwrap();
    assert_eq!(bed.entra.tokens_given(), 4);
}

#[tokio::test]
async fn what_goes_wrong_is_told_by_what_can_be_done_and_holds_no_secret() {
    let bed = Bed::new().await;
    for (trouble, kind) in [
        (EntraTrouble::Down, "transient"),
        (EntraTrouble::TooMany, "transient"),
        (EntraTrouble::NotPermitted, "misconfigured"),
        (EntraTrouble::Garbled, "transient"),
    ] {
        bed.entra.next_meets(trouble);
        let error = bed.offers(Some("031337")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(
            !["031337", "Fire", "secret_of", "eyJ0"].iter().any(|told| error.to_string().contains(told)),
            "{error}"
        );
    }
    let wrong = |change: fn(&mut EntraSettings)| {
        let mut all = settings(bed.entra.base_url());
        change(&mut all);
        EntraVerifiedId::new(all).unwrap()
    };
    for (adapter, told) in [
        (wrong(|all| all.client_secret = "another-secret".into()), "invalid_client"),
        (wrong(|all| all.tenant = "other.example".into()), "invalid_request"),
        (wrong(|all| all.authority = "did:web:others.example".into()), "(authority)"),
        (wrong(|all| all.contracts[0].credential_type = "Other".into()), "(manifest)"),
        (wrong(|all| all.base_url = Url::parse("http://127.0.0.1:9").unwrap()), "cannot be reached"),
    ] {
        let error = bed.offers_by(&adapter, None).await.unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
    // Many who come while the tenant does not answer do not wait for each other.
    let away = wrong(|all| all.login_url = Url::parse("http://127.0.0.1:9").unwrap());
    for later in [0, 9, 11] {
        let now = bed.now() + SignedDuration::from_secs(later);
        assert_eq!(away.revoke("core-skill", Uuid::nil(), now).await.unwrap_err().kind(), "transient");
    }
    let error = bed.adapter.revoke("dbs", Uuid::nil(), bed.now()).await.unwrap_err();
    assert_eq!(error.kind(), "misconfigured");
}

#[tokio::test]
async fn the_doctor_learns_whether_the_service_takes_us_and_begins_nothing() {
    let bed = Bed::new().await;
    assert_eq!(bed.adapter.check(bed.now()).await, Ok(()));
    assert_eq!(bed.entra.tokens_given(), 2, "one for handing out, one for revoking");
    assert!(bed.entra.requests().is_empty());
    let wrong = |change: fn(&mut EntraSettings)| {
        let mut all = settings(bed.entra.base_url());
        change(&mut all);
        EntraVerifiedId::new(all).unwrap()
    };
    for (adapter, kind) in [
        (wrong(|all| all.client_secret = "another-secret".into()), "misconfigured"),
        (wrong(|all| all.login_url = Url::parse("http://127.0.0.1:9").unwrap()), "transient"),
        (wrong(|all| all.base_url = Url::parse("http://127.0.0.1:9").unwrap()), "transient"),
        (wrong(|all| all.authority_id = Some(Uuid::nil())), "misconfigured"),
    ] {
        assert_eq!(adapter.check(bed.now()).await.unwrap_err().kind(), kind);
    }
    let hands_out_alone = wrong(|all| all.authority_id = None);
    assert_eq!(hands_out_alone.check(bed.now()).await, Ok(()));
}

#[tokio::test]
async fn a_credential_that_the_service_would_not_take_is_not_sent() {
    let bed = Bed::new().await;
    let (url, state, api_key) = (call_back_url(), token("A"), token("E"));
    let claims = claims(json!({ "picture": "a".repeat(1_000_001) }));
    let issuance = Issuance {
        kind: "core-skill",
        copy: Uuid::nil(),
        client_name: "Northfield Hospitals",
        claims: &claims,
        pin: None,
        expires_at: None,
        call_back: CallBack { url: &url, state: &state, api_key: &api_key },
    };
    let error = bed.adapter.begin_issuance(issuance, bed.now()).await.unwrap_err();
    assert_eq!(error.kind(), "permanent");
    assert!(bed.entra.requests().is_empty());
}
