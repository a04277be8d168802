//! Text messages: what became of them is on the page, what they cost has an end, and nobody earns by them.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::passport::portal::fire;
use crate::people::{AMINA, BEN, SINEAD};
use crate::ward::{Node, Ward};
use aws_lc_rs::hmac;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use channels::{GovukNotify, HttpText, TextChannel, Twilio, WithBackup};
use jiff::SignedDuration;
use journeys::{Parts, Service, Settings, reports, texts};
use rstest::rstest;
use std::sync::Arc;
use store::delivery::{DeliveryFilters, DeliveryStatus};
use store::outbox::Channel;
use store::texts::TextCode;
use testkit::Phone;
use tokio::sync::Notify;
use uuid::Uuid;
use web::{Web, WebOptions};

const BEARER: &str = "a-token-that-notify-knows";

impl Node {
    /// The same node with another way out for texts, or with other settings.
    pub fn texting(&self, text: Arc<dyn TextChannel>, set: impl FnOnce(&mut Settings)) -> Self {
        let parts = &self.service;
        let mut settings = parts.settings.clone();
        set(&mut settings);
        let service = Service::new(Parts {
            store: parts.store.clone(),
            keys: parts.keys.clone(),
            hasher: parts.hasher.clone(),
            random: parts.random.clone(),
            clock: parts.clock.clone(),
            email: parts.email.clone(),
            text: Some(text),
            voice: parts.voice.clone(),
            breached: parts.breached.clone(),
            settings,
            passport_token: None,
            elsewhere: crate::ward::elsewhere(None),
            wallet_backend: None,
            written: Notify::new(),
            push: fobwatch::wiring::push(&parts.settings.public_url, &parts.keys).unwrap(),
            authority: parts.authority.clone(),
            watch: journeys::watch::Watch::default(),
            signing: journeys::passport::SigningQueue::default(),
            published: parts.published.clone(),
        });
        let pages = web::router(Web::new(service.clone(), WebOptions::default())).unwrap();
        Self { service, pages }
    }
}

impl Ward {
    fn notify(&self) -> GovukNotify {
        GovukNotify::new(self.phone.base_url(), Phone::API_KEY, Phone::TEMPLATE_ID).unwrap()
    }

    /// A ward whose Notify reports by itself, or whose settings are others.
    pub async fn reporting(kind: Kind, set: impl FnOnce(&mut Settings)) -> Self {
        let mut ward = Self::new(kind).await;
        let notify = Arc::new(ward.notify().with_callbacks(BEARER));
        ward.node = ward.node.texting(notify, set);
        ward
    }

    pub async fn northfield(&self) -> Uuid {
        self.store().organisation_by_code("NTH").await.unwrap().unwrap().id
    }

    /// Somebody posts to an address that is no page.
    async fn is_told(&self, url: &str, body: &str, headers: &[(&str, &str)]) -> StatusCode {
        let mut provider = Browser::new(self.node.line("203.0.113.80"), self.setup.public_url);
        let mut all = vec![("origin", ""), ("sec-fetch-site", "")];
        all.extend(headers);
        provider.sends(&Method::POST, url, Some(body.to_owned()), &all).await.unwrap().0
    }

    async fn notify_reports(&self, reference: &str, status: &str, bearer: &str) -> StatusCode {
        let body = format!(
            r#"{{"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": "{reference}", "to": "07700900123",
                "status": "{status}", "created_at": "2026-11-22T09:00:00Z", "completed_at": "2026-11-22T09:00:03Z",
                "sent_at": "2026-11-22T09:00:01Z", "notification_type": "sms", "template_version": 1}}"#
        );
        self.is_told("/callbacks/notify", &body, &[("authorization", &format!("Bearer {bearer}"))]).await
    }
}

#[rstest]
#[tokio::test]
async fn the_page_tells_that_the_text_has_arrived_or_that_another_way_is_needed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::reporting(kind, |_| {}).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    ward.delivers().await;
    let reference = ward.phone.texts()[0].reference.clone().unwrap();
    amina.reloads().await.says("It can take a minute or two to arrive.");

    assert_eq!(ward.notify_reports(&reference, "delivered", BEARER).await, StatusCode::NO_CONTENT);
    amina.reloads().await.says("The text message has arrived on the phone.");
    // Networks report some failures late.
    assert_eq!(ward.notify_reports(&reference, "permanent-failure", BEARER).await, StatusCode::NO_CONTENT);
    amina.reloads().await.says("Your code could not be delivered").says("Choose another way to get a code");
    // Notify repeats its reports, and they come in any order.
    for again in ["delivered", "permanent-failure", "temporary-failure", "sending", "a-new-word"] {
        assert_eq!(ward.notify_reports(&reference, again, BEARER).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        ward.db
            .count(
                "outbox",
                "failure = 'permanent' AND delivered_at IS NOT NULL AND provider = 'govuk-notify'"
            )
            .await,
        1
    );
    amina.reloads().await.says("Your code could not be delivered");
    amina.follows("Choose another way to get a code").await.reads("Choose your second step for signing in");
}

#[tokio::test]
async fn at_sign_in_the_page_tells_it_too() {
    let ward = Ward::reporting(Sqlite, |_| {}).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await.reads("Check your phone");
    ward.delivers().await;
    let reference = ward.phone.texts().last().unwrap().reference.clone().unwrap();
    ward.notify_reports(&reference, "temporary-failure", BEARER).await;
    amina.reloads().await.says("Your code could not be delivered").says("Use another way to sign in");
}

#[rstest]
#[tokio::test]
async fn a_report_that_is_forged_or_unreadable_changes_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::reporting(kind, |_| {}).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    ward.delivers().await;
    let reference = ward.phone.texts()[0].reference.clone().unwrap();
    let failed = "permanent-failure";
    assert_eq!(
        ward.notify_reports(&reference, failed, "another-token-of-somebody").await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(ward.notify_reports(&reference, failed, "").await, StatusCode::FORBIDDEN);
    assert_eq!(ward.notify_reports("no-id", failed, BEARER).await, StatusCode::BAD_REQUEST);
    let unknown = Uuid::from_u128(7).to_string();
    assert_eq!(ward.notify_reports(&unknown, failed, BEARER).await, StatusCode::NO_CONTENT);
    let bearer = format!("Bearer {BEARER}");
    for rubbish in ["", "{", "[]", r#"{"id": 7}"#] {
        let answer = ward.is_told("/callbacks/notify", rubbish, &[("authorization", &bearer)]).await;
        assert_eq!(answer, StatusCode::BAD_REQUEST, "{rubbish}");
    }
    // Providers that are not set up report to nobody.
    for url in ["/callbacks/twilio", "/callbacks/kannel?message=x&token=y&state=2"] {
        assert_eq!(ward.is_told(url, "", &[]).await, StatusCode::NOT_FOUND, "{url}");
    }
    assert_eq!(ward.db.count("outbox", "failed_at IS NOT NULL OR delivered_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn twilio_reports_at_the_address_that_people_type_and_signs_it() {
    let mut ward = Ward::new(Sqlite).await;
    let (account, key) = ("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "hush0123456789");
    let to = "http://fobwatch.example/callbacks/twilio".parse().unwrap();
    let twilio = Twilio::new("http://127.0.0.1:1", account, key, "Northfield", &to).unwrap();
    ward.node = ward.node.texting(Arc::new(twilio), |_| {});
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    let waiting = DeliveryFilters { channel: Some(Channel::Text), ..DeliveryFilters::default() };
    let log = ward.store().delivery_log(ward.northfield().await, &waiting, 1).await.unwrap();
    let path = format!("/callbacks/twilio?message={}", log.entries[0].id);
    let body = "MessageSid=SMbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb&MessageStatus=delivered&To=%2B447700900123";
    // The names and values in order, after the address.
    let signed = format!(
        "http://fobwatch.example{path}MessageSidSMbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbMessageStatusdeliveredTo+447700900123"
    );
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let told = async |path: &str, body: &str, signature: &str| {
        ward.is_told(path, body, &[form, ("x-twilio-signature", signature)]).await
    };
    assert_eq!(told(&path, &body.replace("delivered", "failed"), &signature).await, StatusCode::FORBIDDEN);
    assert_eq!(told(&path, body, "").await, StatusCode::FORBIDDEN);
    let other = format!("{path}0");
    assert_eq!(told(&other, body, &signature).await, StatusCode::FORBIDDEN);
    assert_eq!(ward.db.count("outbox", "delivered_at IS NOT NULL").await, 0);
    for _ in 0..2 {
        assert_eq!(told(&path, body, &signature).await, StatusCode::NO_CONTENT);
        assert_eq!(ward.db.count("outbox", "delivered_at IS NOT NULL").await, 1);
    }
}

#[rstest]
#[tokio::test]
async fn where_no_report_comes_the_provider_is_asked_by_one_of_two_nodes(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let other = ward.another_node().await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    ward.delivers().await;
    ward.phone.becomes(AMINA.mobile, "sending");
    ward.waits(59);
    assert_eq!(reports::reconcile(&ward.node.service).await.unwrap(), 0);
    assert_eq!(ward.db.count("outbox", "asked_at IS NOT NULL").await, 0, "not in the first minute");
    ward.waits(1);
    assert_eq!(reports::reconcile(&ward.node.service).await.unwrap(), 0, "still on its way");
    ward.phone.becomes(AMINA.mobile, "temporary-failure");
    ward.waits(59);
    assert_eq!(reports::reconcile(&ward.node.service).await.unwrap(), 0, "asked a minute ago");
    ward.waits(1);
    let (one, two) = tokio::join!(reports::reconcile(&ward.node.service), reports::reconcile(&other.service));
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    amina.reloads().await.says("Your code could not be delivered");
    ward.waits(3_600);
    assert_eq!(reports::reconcile(&ward.node.service).await.unwrap(), 0, "it is settled");
}

#[rstest]
#[tokio::test]
async fn the_second_provider_takes_over_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let mut ward = Ward::new(kind).await;
    let away = HttpText::new("http://127.0.0.1:1", "a-key").unwrap();
    let both = WithBackup::new(Arc::new(away), Arc::new(ward.notify()));
    ward.node = ward.node.texting(Arc::new(both), |_| {});
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    let code = ward.texted_code(AMINA.mobile).await;
    let northfield = ward.northfield().await;
    let since = ward.clock.now() - SignedDuration::from_hours(1);
    let by = ward.store().deliveries_by_provider(northfield, since).await.unwrap();
    let texts: Vec<_> = by.iter().filter(|row| row.channel == Channel::Text).collect();
    assert_eq!(texts.len(), 1, "{by:?}");
    assert_eq!((texts[0].provider.as_deref(), texts[0].sent), (Some("govuk-notify"), 1));
    amina.types(&code).await.reads("Your mobile phone is verified");
    let filters = DeliveryFilters { channel: Some(Channel::Text), ..DeliveryFilters::default() };
    let log = ward.store().delivery_log(northfield, &filters, 1).await.unwrap();
    assert_eq!((log.entries.len(), log.more), (1, false));
    assert_eq!((log.entries[0].kind.as_str(), log.entries[0].status), ("factor-code", DeliveryStatus::Sent));
}

#[rstest]
#[tokio::test]
async fn the_days_texts_have_an_end_and_people_are_told_to_choose_another_way(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::reporting(kind, |settings| {
        settings.policy.texts_per_day = 5;
        settings.alarm_email = Some("operations@northfield.example".to_owned());
    })
    .await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    let other = ward.another_node().await;
    for already_sent in 1..=3 {
        assert_eq!(ward.db.number("SELECT MAX(used) FROM text_budget").await, already_sent);
        assert_eq!(texts::look(&ward.node.service).await.unwrap(), 0, "{already_sent} of 5");
        ward.waits(31);
        amina.presses("Send New Code").await;
    }
    // Four of five: one alarm for the installation, one for its only organisation, from whichever node looks.
    let other = other.texting(Arc::new(ward.notify()), |settings| {
        settings.clone_from(&ward.node.service.settings);
    });
    let (one, two) = tokio::join!(texts::look(&ward.node.service), texts::look(&other.service));
    assert_eq!(one.unwrap() + two.unwrap(), 2);
    ward.waits(31);
    amina.presses("Send New Code").await;
    assert_eq!(texts::look(&ward.node.service).await.unwrap(), 2, "all five");

    let mut ben = ward.person(BEN);
    ben.comes_to_the_second_factor().await;
    ward.waits(60);
    ben.chooses("Text message").presses("Continue").await.reads("Verify your mobile phone");
    ben.fills("Mobile phone number", BEN.mobile).presses("Send Code").await;
    ben.is_told("Choose another way");
    assert_eq!(ben.page.status, StatusCode::TOO_MANY_REQUESTS);
    ben.opens("/join/second-factor").await;
    ben.sets_up(Factor::Email).await;
    assert_eq!(texts::look(&ward.node.service).await.unwrap(), 0);

    let subjects = ward.subjects_to("operations@northfield.example").await;
    assert_eq!(subjects.len(), 4, "{subjects:?}");
    assert_eq!(ward.db.count("audit", "event LIKE '%text_budget_used%'").await, 4);
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn a_new_day_begins_at_midnight_where_the_organisation_is() {
    let ward = Ward::reporting(Sqlite, |settings| settings.policy.texts_per_day = 1).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    let until_midnight = {
        let now = ward.node.service.local(ward.clock.now());
        let tomorrow = now.tomorrow().unwrap().start_of_day().unwrap();
        tomorrow.timestamp().duration_since(ward.clock.now())
    };
    ward.clock.advance(until_midnight - SignedDuration::from_secs(1));
    amina.presses("Send New Code").await.is_told("We cannot send text messages");
    ward.waits(1);
    amina.presses("Send New Code").await.reads("Check your phone");
}

#[tokio::test]
async fn an_organisation_can_have_a_lower_budget_than_the_installation() {
    let ward = Ward::reporting(Sqlite, |_| {}).await;
    ward.db.tell(r#"UPDATE organisation SET policy = '{"texts-per-day":"10"}'"#).await;
    let northfield = ward.northfield().await;
    let day = ward.node.service.today();
    let mut tx = ward.store().begin().await.unwrap();
    for _ in 0..10 {
        assert!(tx.take_text(Some(northfield), day, 10).await.unwrap());
    }
    assert!(!tx.take_text(Some(northfield), day, 10).await.unwrap());
    tx.commit().await.unwrap();
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    ward.waits(60);
    amina.chooses("Text message").presses("Continue").await;
    amina.fills("Mobile phone number", AMINA.mobile).presses("Send Code").await;
    amina.is_told("We cannot send text messages");
}

#[rstest]
#[tokio::test]
async fn a_trust_whose_texts_are_used_up_leaves_everybody_else_theirs(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::reporting(kind, |settings| settings.policy.texts_per_day = 12).await;
    let mut ben = ward.person(BEN);
    ben.joins(Factor::TextMessage).await;
    ward.colleague(AMINA).await.also_has(Factor::TextMessage).await;
    ward.another_trust(&[]).await;
    let southmere = "(SELECT id FROM organisation WHERE code = 'STH')";
    ward.db.tell(&format!("UPDATE account SET organisation_id = {southmere} WHERE email LIKE 'ben%'")).await;
    // Northfield has one text left today.
    ward.db.tell(r#"UPDATE organisation SET policy = '{"texts-per-day":"10"}' WHERE code = 'NTH'"#).await;
    let (northfield, day) = (ward.northfield().await, ward.node.service.today());
    let mut tx = ward.store().begin().await.unwrap();
    for _ in 2..=9 {
        assert!(tx.take_text(Some(northfield), day, 10).await.unwrap());
    }
    tx.commit().await.unwrap();
    for _ in 0..15 {
        ward.the_trust_provides(AMINA, fire()).await;
    }
    let mut tx = ward.store().begin().await.unwrap();
    let used = tx.texts_used(day).await.unwrap();
    drop(tx);
    let of = |organisation| used.iter().find(|each| each.organisation == organisation).unwrap().used;
    assert_eq!((of(Some(northfield)), of(None)), (10, 2), "Ben’s code, and one to Amina");
    ben.signs_in(Factor::TextMessage).await;
}

#[rstest]
#[tokio::test]
async fn a_range_of_numbers_whose_codes_nobody_uses_is_paused(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::reporting(kind, |settings| {
        settings.alarm_email = Some("operations@northfield.example".to_owned());
    })
    .await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    // As many codes as are judged, to numbers that begin like Amina's.
    let range = ward.node.service.keys.keyed_hash("number-range", &[b"4477009"]);
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    for number in 0..50_u128 {
        let code = TextCode {
            message: Uuid::from_u128(number),
            range: &range,
            purpose: "registration-factor",
            subject: Uuid::from_u128(number),
        };
        tx.add_text_code(code, now).await.unwrap();
    }
    // Nine of fifty were used.
    for number in 0..9_u128 {
        tx.text_code_used("registration-factor", Uuid::from_u128(number), now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let minutes = |minutes: i64| ward.waits(minutes * 60);

    minutes(14);
    assert_eq!(texts::look(&ward.node.service).await.unwrap(), 0, "a code has fifteen minutes");
    minutes(1);
    amina.chooses("Text message").presses("Continue").await;
    amina.fills("Mobile phone number", AMINA.mobile).presses("Send Code").await;
    amina.is_told("We cannot send text messages");
    assert_eq!(texts::look(&ward.node.service).await.unwrap(), 1);
    assert_eq!(texts::look(&ward.node.service).await.unwrap(), 0, "once");
    assert_eq!(ward.db.count("audit", "event LIKE '%text_range_paused%'").await, 1);
    assert_eq!(ward.subjects_to("operations@northfield.example").await.len(), 1);

    minutes(60);
    amina.reloads().await;
    amina.fills("Mobile phone number", AMINA.mobile).presses("Send Code").await.reads("Check your phone");
}

#[tokio::test]
async fn codes_that_are_used_count_for_their_range() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    assert_eq!(ward.db.count("text_code", "used_at IS NOT NULL").await, 1);
    let mut sinead = ward.person(SINEAD);
    sinead.comes_to_the_second_factor().await.sets_up(Factor::TextMessage).await;
    assert_eq!(ward.db.count("text_code", "used_at IS NULL").await, 1);
    // Where the number goes is kept as a keyed hash, and not for long.
    assert_eq!(ward.db.number("SELECT COUNT(DISTINCT number_range) FROM text_code").await, 1);
    ward.clock.advance(SignedDuration::from_hours(73));
    ward.housekeeping().await;
    assert_eq!(ward.db.count("text_code", "1 = 1").await, 0);
    assert_eq!(ward.db.count("text_budget", "1 = 1").await, 0);
}
