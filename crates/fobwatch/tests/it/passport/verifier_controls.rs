//! What stands between a person and somebody who shows them a QR code of their own: one test for each control of the threat model
//! (`docs/src/developers/threats.md`), in its order.

use super::portal::{dbs, fire};
use super::verifier::{APP, Issuing, Question, path_of, request_uri};
use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::{ELSEWHERE, Ward};
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use journeys::passport::reminders::{Stretch, stretch};
use journeys::passport::withdraw::{Ended, revoke, withdraw};
use openid4vc::claim_path::ClaimPath;
use openid4vc::jose::sign;
use openid4vc::sd_jwt::{Binding, SdJwt};
use rstest::rstest;
use rules::passport::{ANSWERS_PER_NETWORK, REQUESTS_PER_NETWORK, RevokeReason, WithdrawReason};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::role::Role;
use tokio::net::TcpListener;

fn response_code(back: &str) -> String {
    back.split("response_code=").nth(1).unwrap().to_owned()
}

async fn posts_back(browser: &mut Browser, back: &str) -> StatusCode {
    let form = format!("response_code={}", response_code(back));
    browser.posts(("/sign-in/passport/back".to_owned(), form)).await;
    browser.page.status
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.opens("/home").await;
    browser.page.url != "/sign-in"
}

#[rstest]
#[tokio::test]
async fn control_1_on_the_same_device_the_wallet_leads_back_to_the_browser_that_asked_and_to_no_other(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let mut mine = ward.phone_browser();
    let link = mine.asks_for_the_passport().await;
    let back = mine.clone().shares(&wallet, &link, &ward).await;
    // The redirect lands in another session: with no cookie of ours, and with that of another request.
    let mut bare = ward.phone_browser();
    bare.opens(&back).await.reads("Type this code where you started");
    assert_eq!(posts_back(&mut bare, &back).await, StatusCode::UNPROCESSABLE_ENTITY);
    let mut other = ward.browser_from(ELSEWHERE);
    other.asks_for_the_passport().await;
    other.opens(&back).await.reads("Type this code where you started");
    assert_eq!(posts_back(&mut other, &back).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_signed_in(&mut other).await && !is_signed_in(&mut bare).await);
    // To look at the address changes nothing, whoever does it.
    mine.opens(&back).await.reads("Your access key is accepted");
    mine.opens(&back).await.presses("Continue").await;
    assert!(is_signed_in(&mut mine).await);
    // Code and request are good once.
    let mut copy = ward.phone_browser();
    copy.cookies.clone_from(&mine.cookies);
    copy.cookies.retain(|name, _| !name.contains("session"));
    assert_eq!(posts_back(&mut copy, &back).await, StatusCode::UNPROCESSABLE_ENTITY);
    copy.says("used already");
    assert_eq!(ward.db.count("session", "began_by = 'passport'").await, 1);
}

#[rstest]
#[tokio::test]
async fn control_2_on_another_device_the_code_from_the_phone_is_typed_with_three_tries_in_two_minutes_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let mut phone = ward.phone_browser();
    let wrong = |digits: &str| if digits == "000000" { "111111" } else { "000000" };
    // Three wrong ones end it, and the right one comes too late.
    let mut desk = ward.browser();
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    let digits = phone.opens(&back).await.digits();
    desk.presses("Continue").await.reads("Enter the code from your phone");
    for left in ["2", "1"] {
        desk.fills("Verification code", wrong(&digits)).presses("Continue").await.is_told(left);
    }
    desk.fills("Verification code", wrong(&digits)).presses("Continue").await;
    desk.reads("The QR code has expired");
    let form = ("/sign-in/passport/go".to_owned(), format!("code={digits}"));
    desk.posts(form).await.reads("The QR code has expired");
    assert_eq!(ward.db.count("activity", "kind = 'factor-wrong' AND detail = 'passport'").await, 3);
    // Two minutes after the answer it is over.
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    let digits = phone.opens(&back).await.digits();
    ward.waits(120);
    desk.posts(("/sign-in/passport/go".to_owned(), format!("code={digits}"))).await;
    desk.reads("The QR code has expired");
    phone.opens(&back).await.says("used already");
    // It is good for the page that asked, and once.
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    let digits = phone.opens(&back).await.digits();
    let mut other = ward.browser();
    other.asks_for_the_passport().await;
    let form = || ("/sign-in/passport/go".to_owned(), format!("code={digits}"));
    other.posts(form()).await;
    assert!(!is_signed_in(&mut other).await);
    let mut again = desk.opens_a_tab();
    desk.posts(form()).await;
    assert!(is_signed_in(&mut desk).await);
    again.posts(form()).await;
    assert!(!is_signed_in(&mut again).await);
    assert_eq!(ward.db.count("session", "began_by = 'passport'").await, 1);
}

#[tokio::test]
async fn control_2_the_phone_says_who_asks_and_its_owner_can_say_that_it_is_not_them() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let firefox =
        [("user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0")];
    let (mut thief, mut phone) = (ward.browser_from(ELSEWHERE), ward.phone_browser());
    let begun = thief.sends(&Method::POST, "/sign-in/passport", Some(String::new()), &firefox).await;
    assert_eq!(begun.unwrap().0, StatusCode::SEE_OTHER);
    let link = thief.opens("/sign-in/passport").await.qr_link();
    let back = phone.shares(&wallet, &link, &ward).await;
    phone.opens(&back).await.reads("Type this code where you started");
    for known in ["Firefox, Windows 10", "198.51.100.0/24", "Northfield Hospitals", "fobwatch.example"] {
        phone.says(known);
    }
    let digits = phone.digits();
    phone.presses("I did not start this").await.reads("Nobody was signed in");
    thief.posts(("/sign-in/passport/go".to_owned(), format!("code={digits}"))).await;
    thief.reads("The QR code has expired");
    assert_eq!(ward.db.count("activity", "kind = 'wallet-disowned'").await, 1);
    assert_eq!(ward.db.count("audit", "kind = 'wallet_answer_disowned'").await, 1);
}

#[rstest]
#[tokio::test]
async fn control_3_a_browser_that_its_owner_had_remembered_needs_no_code_and_no_other_is_spared(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = ward.amina_with_a_passport().await;
    let mut phone = ward.phone_browser();
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(APP).await;
    amina.fills("Verification code", &code);
    amina.ticks("remember").presses("Verify Code").await;
    amina.is_asked_another_time().await.presses("Sign out").await;
    let link = amina.asks_for_the_passport().await;
    phone.shares(&wallet, &link, &ward).await;
    amina.opens("/sign-in/passport").await.reads("That worked");
    amina.presses("Continue").await;
    amina.is_asked_another_time().await.reads("Good morning, Amina");
    amina.presses("Sign out").await;
    // One that only signed in before is asked for the code.
    let mut known = ward.browser();
    let link = known.asks_for_the_passport().await;
    phone.shares(&wallet, &link, &ward).await;
    known.opens("/sign-in/passport").await.reads("Enter the code from your phone");
    known.posts(("/sign-in/passport/go".to_owned(), String::new())).await;
    assert!(!is_signed_in(&mut known).await);
    // Nor is anybody spared who has a role in the console.
    ward.gives_role(AMINA, Role::ServiceDesk).await;
    let link = amina.asks_for_the_passport().await;
    phone.shares(&wallet, &link, &ward).await;
    amina.opens("/sign-in/passport").await.reads("Enter the code from your phone");
}

/// Whatever keeps an account safe, or opens the console.
const SENSITIVE: [&str; 8] = [
    "/security-info/add",
    "/security-info/passkeys/add",
    "/security-info/default",
    "/security-info/recovery-codes",
    "/security-info/password",
    "/console",
    "/console/people",
    "/console/roles",
];

#[rstest]
#[tokio::test]
async fn control_4_a_session_that_a_passport_began_reads_and_does_nothing_that_matters_without_a_second_factor(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    ward.gives_role(AMINA, Role::Administrator).await;
    let mut desk = ward.person(AMINA);
    let link = desk.asks_for_the_passport().await;
    let back = desk.clone().shares(&wallet, &link, &ward).await;
    desk.opens(&back).await.presses("Continue").await;
    desk.is_asked_another_time().await.reads("Good morning, Amina");
    for reading in ["/home", "/activity", "/devices", "/security-info"] {
        desk.opens(reading).await;
        assert!(desk.page.status.is_success() && desk.page.url == reading, "{}", desk.page.shown());
    }
    for door in SENSITIVE {
        desk.opens(door).await.reads("Confirm that it is you");
    }
}

#[rstest]
#[tokio::test]
async fn control_5_a_request_lives_three_minutes_is_fetched_again_and_has_one_answer_of_a_hundred(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    phone.scans(&link).await;
    ward.waits(170);
    let question = phone.scans(&link).await;
    let form = wallet.answer(&question, &ward);
    let answers = (0..100).map(|_| {
        let (mut phone, question, form) = (phone.clone(), question.clone(), form.clone());
        tokio::spawn(async move { phone.posts_answer(&question, form).await })
    });
    let answers: Vec<(StatusCode, Value)> =
        futures::future::join_all(answers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|(status, _)| *status == StatusCode::OK).count(), 1);
    let refused = (StatusCode::BAD_REQUEST, json!({ "error": "invalid_request" }));
    assert_eq!(answers.iter().filter(|answer| **answer == refused).count(), 99);
    assert_eq!(phone.fetches(&link).await.0, StatusCode::BAD_REQUEST, "after the answer it is gone");
    let link = desk.asks_for_the_passport().await;
    let question = phone.scans(&link).await;
    ward.waits(180);
    assert_eq!(
        phone.posts_answer(&question, wallet.answer(&question, &ward)).await.0,
        StatusCode::BAD_REQUEST
    );
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn control_5_the_audit_has_the_networks_of_page_and_wallet_and_limits_hold_for_each_network() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.browser_from(ELSEWHERE), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    phone.scans(&link).await;
    ward.browser_from("192.0.2.200").scans(&link).await;
    phone.shares(&wallet, &link, &ward).await;
    let found = "event LIKE '%\"page_network\":\"198.51.100.0/24\"%' AND event LIKE '%\"wallet_network\":\"203.0.113.0/24\"%'
        AND event LIKE '%\"elsewhere\":1%'";
    assert_eq!(ward.db.count("audit", found).await, 1);
    // A network that has asked as often as it may.
    let service = &ward.node.service;
    for (limit, network) in [(REQUESTS_PER_NETWORK, [198, 51, 100]), (ANSWERS_PER_NETWORK, [203, 0, 113])] {
        let subject = service.keys.keyed_hash("network", &[&network]);
        let hex: Vec<_> = subject.iter().map(|byte| format!("{byte:02x}")).collect();
        let hex = hex.concat();
        let subject = match ward.db.kind {
            Sqlite => format!("x'{hex}'"),
            PostgreSql => format!("'\\x{hex}'::bytea"),
        };
        ward.db
            .tell(&format!(
                "INSERT INTO limit_event (name, subject, at)
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                    SELECT '{name}', {subject}, {now} FROM n",
                count = limit.at_most,
                name = limit.name,
                now = ward.clock.now().as_millisecond(),
            ))
            .await;
    }
    desk.opens("/sign-in").await;
    desk.presses("Sign in with your staff passport").await;
    assert_eq!(desk.page.status, StatusCode::TOO_MANY_REQUESTS, "{}", desk.page.shown());
    let mut near = ward.browser();
    let link = near.asks_for_the_passport().await;
    assert_eq!(phone.fetches(&link).await.0, StatusCode::TOO_MANY_REQUESTS);
    ward.browser_from("192.0.2.200").scans(&link).await;
}

#[tokio::test]
async fn control_6_no_message_holds_what_a_wallet_opens() {
    let ward = Ward::new(Sqlite).await;
    // Issued, and reminded of; the access key is collected, and a credential added, each with its code.
    let mut amina = ward.amina_with_a_phone().await;
    let ids = ward.the_trust_provides(AMINA, json!([fire(), dbs()])).await;
    let link = amina.comes_to_collect_the_access_key().await;
    let held = ward.wallet_token(&link, Some(&amina.wallet_code().await)).await;
    ward.takes_access_key(&held).await;
    ward.waits(31);
    let link = amina.adds_to_wallet(ids[0]).await;
    let held = ward.wallet_token(&link, Some(&amina.wallet_code().await)).await;
    ward.wallet_takes(&held).await;
    ward.clock.set("2026-11-23T08:00:00Z".parse().unwrap());
    while stretch(&ward.node.service).await.unwrap() != Stretch::Ended {}
    // Withdrawn, and revoked: a credential, and the access key.
    let (service, northfield) = (&ward.node.service, ward.the_trust().await);
    withdraw(service, &northfield, ids[1], WithdrawReason::IssuedInError).await.unwrap();
    let account = ward.account_of(AMINA).await;
    let access_key = ward.store().credentials_of(account).await.unwrap();
    let access_key = access_key.into_iter().find(|each| each.kind.is_access_key()).unwrap().id;
    for id in [ids[0], access_key] {
        assert_eq!(revoke(service, &northfield, id, RevokeReason::NoLongerValid).await.unwrap(), Ended::Done);
    }
    // Signed in with on a new device.
    let wallet = ward.issues(account, Issuing::default()).await;
    let (mut desk, mut phone) = (ward.browser_from(ELSEWHERE), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    let back = phone.shares(&wallet, &link, &ward).await;
    desk.opens(&back).await.presses("Continue").await;
    ward.delivers().await;

    let mut kinds = ward.db.rows("SELECT DISTINCT key AS line FROM outbox").await;
    for key in &mut kinds {
        key.truncate(key.find(':').unwrap());
    }
    for kind in [
        "passport-provided",
        "passport-reminder",
        "passport-withdrawn",
        "passport-revoked",
        "wallet-code",
        "security-notice",
    ] {
        assert!(kinds.iter().any(|one| one == kind), "nobody was told: {kind} of {kinds:?}");
    }
    let mails = ward.mailbox.messages_to(AMINA.email).into_iter().map(|mail| format!("{mail:?}"));
    let texts = ward.phone.texts_to(AMINA.mobile).into_iter().map(|text| text.body);
    let all: Vec<String> = mails.chain(texts).collect();
    assert!(all.len() >= 10, "{all:?}");
    for words in all {
        for never in
            ["openid", "haip", "/vc/", "request_uri", "client_id", "response_code", "/qr", "image/", "<svg"]
        {
            assert!(!words.contains(never), "{never} in {words}");
        }
    }
}

#[tokio::test]
async fn control_6_the_wallet_is_told_who_asks_and_by_whose_certificate() {
    let ward = Ward::new(Sqlite).await;
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    let Question { header, claims } = phone.scans(&link).await;
    assert_eq!(claims["client_metadata"]["client_name"], "Northfield Hospitals");
    assert_eq!(header["typ"], "oauth-authz-req+jwt");
    assert_eq!(header["x5c"].as_array().unwrap().len(), 1, "the root is not sent");
    assert!(claims["client_id"].as_str().unwrap().starts_with("x509_hash:"));
    assert!(link.contains("client_id=x509_hash"));
}

#[rstest]
#[tokio::test]
async fn control_7_each_request_has_a_nonce_and_a_key_of_its_own_and_wrong_answers_learn_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut other, mut phone) = (ward.browser(), ward.browser(), ward.phone_browser());
    let first = desk.asks_for_the_passport().await;
    let one = phone.scans(&first).await;
    let two = {
        let link = other.asks_for_the_passport().await;
        phone.scans(&link).await
    };
    for name in ["nonce", "state", "response_uri"] {
        assert_ne!(one.claims[name], two.claims[name], "{name}");
    }
    let key = |question: &Question| question.claims["client_metadata"]["jwks"]["keys"][0].clone();
    assert_ne!(key(&one), key(&two));
    assert_eq!(one.claims["response_mode"], "direct_post.jwt");
    // What was made for the one is no answer to the other, and does not use it up.
    let nothing = (StatusCode::BAD_REQUEST, json!({ "error": "invalid_request" }));
    assert_eq!(phone.posts_answer(&two, wallet.answer(&one, &ward)).await, nothing);
    for form in ["", "response=", "response=a.b.c.d.e", "vp_token=%7B%7D", "error=x&state=other", "x=1&x=2"] {
        assert_eq!(phone.posts_answer(&one, form.to_owned()).await, nothing, "{form}");
    }
    // An address that nobody gave out says the same.
    let mut lost = one.clone();
    lost.claims["response_uri"] = format!("http://fobwatch.example/vc/NTH/answer/{}", "A".repeat(43)).into();
    assert_eq!(phone.posts_answer(&lost, wallet.answer(&one, &ward)).await, nothing);
    lost.claims["response_uri"] =
        one.claims["response_uri"].as_str().unwrap().replace("/NTH/", "/STH/").into();
    assert_eq!(phone.posts_answer(&lost, wallet.answer(&one, &ward)).await, nothing);
    desk.reloads().await.reads("Your QR code has been scanned");
    // The wallet's own number comes back, signed.
    let path = path_of(&request_uri(&first));
    let form = Some("wallet_nonce=n-0x11&wallet_metadata=%7B%7D".to_owned());
    let (status, headers, signed) = phone.sends(&Method::POST, &path, form, &[]).await.unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "application/oauth-authz-req+jwt");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(super::verifier::opened(&signed).claims["wallet_nonce"], "n-0x11");
    // And the one that was asked first is answered still.
    assert_eq!(phone.posts_answer(&one, wallet.answer(&one, &ward)).await.0, StatusCode::OK);
}

/// Somebody's server, which counts who comes.
async fn listens() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let came = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&came);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counts.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, came)
}

#[rstest]
#[tokio::test]
async fn control_10_nothing_is_fetched_that_a_presentation_or_a_request_names(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::with_wallets(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let (server, came) = listens().await;
    let theirs = |path: &str| format!("{server}{path}");
    let (service, northfield) = (&ward.node.service, ward.the_trust().await);
    let signer = journeys::passport::signer(service, &northfield).await.unwrap();
    let ours = wallet.credential.issuer_token().unwrap();
    let ours: Map<String, Value> = ["vct", "iat", "cnf", "status", "_sd", "_sd_alg"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), ours.unverified_claim(name)?.clone())))
        .collect();
    // All of it is signed by the organisation itself: it names what it should not.
    for (changes, why) in [
        (json!({ "status": { "status_list": { "uri": theirs("/list"), "idx": 0 } } }), "not-ours"),
        (json!({ "vct": theirs("/type") }), "nobody-trusted"),
        (json!({ "vct": theirs("/type"), "vct#integrity": "sha256-9cLlJNXN+mPN" }), "nobody-trusted"),
        (
            json!({
                "vct": theirs("/type"), "iss": theirs("/issuer"),
                "status": { "status_list": { "uri": theirs("/list"), "idx": 0 } },
            }),
            "nobody-trusted",
        ),
    ] {
        let mut claims = ours.clone();
        claims.extend(changes.as_object().unwrap().clone());
        let header = json!({
            "typ": "dc+sd-jwt", "x5c": signer.chain.to_header(), "jku": theirs("/keys"), "x5u": theirs("/chain"),
        });
        let token = sign(&header, &claims, signer.key.as_ref()).unwrap();
        let whole = wallet.credential.to_string();
        let (_, disclosures) = whole.split_once('~').unwrap();
        let credential = SdJwt::parse(&format!("{token}~{disclosures}")).unwrap();
        let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
        let link = desk.asks_for_the_passport().await;
        let question = phone.scans(&link).await;
        let text = |name: &str| question.claims[name].as_str().unwrap().to_owned();
        let (audience, nonce) = (text("client_id"), text("nonce"));
        let binding = Binding { audience: &audience, nonce: &nonce };
        let shown = credential.present(&[ClaimPath::names(["passport"])]).unwrap();
        let shown = shown.bind(binding, &wallet.key, ward.now()).unwrap().to_string();
        let told = phone.posts_answer(&question, question.form(&json!({ "access_key": [shown] }))).await;
        assert_eq!(told, (StatusCode::BAD_REQUEST, json!({ "error": "invalid_request" })), "{changes}");
        assert_eq!(ward.newest_record("wallet_answered").await["why"], why, "{changes}");
    }
    // What a wallet says of itself, and where it says that it was invited.
    let (mut desk, mut phone) = (ward.browser(), ward.phone_browser());
    let path = path_of(&request_uri(&desk.asks_for_the_passport().await));
    let metadata = json!({ "jwks_uri": theirs("/keys"), "logo_uri": theirs("/logo") }).to_string();
    let form = super::authorise::form(&[("wallet_nonce", "n"), ("wallet_metadata", &metadata)]);
    assert_eq!(phone.sends(&Method::POST, &path, Some(form), &[]).await.unwrap().0, StatusCode::OK);
    for invited in [theirs("/offer"), theirs("/.well-known/openid-credential-issuer")] {
        let told = ward.wallet_pushes(super::authorise::asking(&[("issuer_state", &invited)]), &[]).await;
        told.is_refused(400, "invalid_request");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0, "somebody was asked");
    assert_eq!(ward.db.count("session", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn control_12_a_revoked_access_key_ends_its_sessions_at_once_and_all_since_a_moment_are_ended_together(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, wallet) = ward.amina_with_a_passport().await;
    let mut phone = ward.phone_browser();
    let mut begun = async || {
        let mut desk = ward.person(AMINA);
        let link = desk.asks_for_the_passport().await;
        let back = phone.shares(&wallet, &link, &ward).await;
        desk.opens(&back).await.presses("Continue").await;
        assert!(is_signed_in(&mut desk).await);
        desk.browser
    };
    let (mut early, since) = (begun().await, ward.clock.advance(SignedDuration::from_mins(5)));
    let mut late = begun().await;
    amina.signs_in(APP).await;
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    let ended =
        journeys::passport::passport_sign_in::end_begun_since(&ward.node.service, &organisation, since, None);
    assert_eq!(ended.await.unwrap().things, 1);
    assert_eq!(ward.db.count("audit", "kind = 'passport_sessions_ended'").await, 1);
    late.opens("/home").await.is_refused("FW-1204");
    assert!(is_signed_in(&mut early).await);
    let copy = ward.sql_id(wallet.copy_id);
    ward.db.tell(&format!("UPDATE credential_copy SET revoked_at = 1 WHERE id = {copy}")).await;
    early.opens("/home").await.is_refused("FW-1204");
    assert!(amina.is_signed_in().await, "a session of password and second factor goes on");
}

#[tokio::test]
async fn control_5_whoever_fetches_too_often_is_stopped_before_anything_is_signed() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, _wallet) = ward.amina_with_a_passport().await;
    let (mut desk, mut phone) = (ward.browser_from(ELSEWHERE), ward.phone_browser());
    let link = desk.asks_for_the_passport().await;
    phone.scans(&link).await;
    let counted = "limit_event WHERE name = 'passport-answers-per-network'";
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24000)";
    let fill = format!(
        "{numbers} INSERT INTO limit_event (name, subject, at) SELECT one.name, one.subject, one.at
            FROM (SELECT name, subject, at FROM {counted} LIMIT 1) AS one, n"
    );
    ward.db.tell(&fill).await;
    // A key that cannot be read would be a fault of ours, if it was looked for.
    ward.db.tell("UPDATE passport_key SET certificate = x'00'").await;
    let (status, _) = phone.fetches(&link).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}
