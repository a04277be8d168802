//! The pages as a browser without scripts sees them.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use channels::{
    Call, CallEnd, CallNews, DeliveryState, Email, EmailChannel as _, Text, TextChannel as _,
    VoiceChannel as _,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use journeys::Clock;
use rules::phone::PhonePolicy;
use rules::roster::{COLUMNS, RosterFields, RosterRow};
use scraper::{Html, Selector};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{Demo, DemoCard, HOSPITALS, Settings, Staff};

const AMINA: &str = "amina.khan@northfield.example";
const AMINAS_NUMBER: &str = "+447700900101";

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        "2026-11-22T10:41:10Z".parse().unwrap()
    }
}

fn card(folder: &std::path::Path, label: &str) -> DemoCard {
    let keys = vault::Keys::generate(&vault::SystemRandom::new());
    DemoCard::open(&folder.join(label), label, HOSPITALS[0].name, &keys).unwrap()
}

/// A browser on the machine of the demonstration.
struct Browser {
    demo: Demo,
    app: Router,
    _folder: TempDir,
}

struct Seen {
    status: StatusCode,
    location: String,
    policy: String,
    html: String,
}

impl Seen {
    fn all(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let found = page.select(&selector).map(|element| {
            element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
        });
        found.collect()
    }

    fn one(&self, selector: &str) -> String {
        let all = self.all(selector);
        assert_eq!(all.len(), 1, "{selector} in {}", self.html);
        all.into_iter().next().unwrap()
    }

    fn attribute(&self, selector: &str, name: &str) -> String {
        let page = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let mut found = page.select(&selector);
        found.next().unwrap().attr(name).unwrap().to_owned()
    }
}

impl Browser {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let demo = Demo::open(&folder.path().join("phone.json"), Arc::new(Stopped)).unwrap();
        let settings = Settings {
            staff: HOSPITALS.iter().map(|hospital| Staff::of(hospital, &rows(hospital.roster))).collect(),
            cards: ["NTH 0001", "NTH 0002"].map(|label| card(folder.path(), label)).to_vec(),
            public_url: "http://localhost:8400".parse().unwrap(),
            service_name: "Fobwatch".to_owned(),
            time_zone: TimeZone::get("Europe/London").unwrap(),
        };
        let app = demo.around(Router::new(), settings);
        Self { demo, app, _folder: folder }
    }

    async fn asks(&self, request: Request<Body>) -> Seen {
        let mut request = request;
        request.headers_mut().entry(header::HOST).or_insert("localhost:8400".parse().unwrap());
        request.extensions_mut().insert(ConnectInfo("127.0.0.1:9".parse::<SocketAddr>().unwrap()));
        let answer = self.app.clone().oneshot(request).await.unwrap();
        let head = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (location, policy) = (head(header::LOCATION), head(header::CONTENT_SECURITY_POLICY));
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        Seen { status, location, policy, html: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn opens(&self, path: &str) -> Seen {
        self.asks(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form and goes where the answer leads.
    async fn sends(&self, path: &str, form: &str) -> Seen {
        let kind = "application/x-www-form-urlencoded";
        let request =
            Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(form.to_owned())).unwrap();
        let answer = self.asks(request).await;
        if answer.status == StatusCode::SEE_OTHER { self.opens(&answer.location).await } else { answer }
    }

    async fn mail_comes(&self, key: &str, to: &str, html: &str) {
        let email = Email {
            to: to.to_owned(),
            from: "Fobwatch <no-reply@fobwatch.example>".to_owned(),
            subject: format!("Subject of {key}"),
            text: "Your code is 123456. Sign in at http://localhost:8400/sign-in".to_owned(),
            html: html.to_owned(),
            message_id: key.to_owned(),
            date: Stopped.now(),
        };
        self.demo.email().send(&email).await.unwrap();
    }

    async fn text_comes(&self, key: &str, to: &str) {
        let body = "123456 is your code".to_owned();
        let text = Text { to: to.to_owned(), body, reference: key.to_owned(), report_token: None };
        self.demo.text().send(&text).await.unwrap();
    }
}

fn rows(csv: &str) -> Vec<RosterRow> {
    let drama = PhonePolicy { drama_numbers: true, ..PhonePolicy::default() };
    let row = |line: &str| {
        let cells: [&str; COLUMNS.len()] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        RosterRow::parse(&RosterFields::in_order(cells), jiff::civil::date(2026, 11, 22), drama).unwrap()
    };
    csv.lines().skip(1).map(row).collect()
}

#[tokio::test]
async fn portal_phone_and_clock_stand_beside_each_other_with_the_people_below() {
    let front = Browser::open().opens("/demo").await;
    for (name, path) in [("portal", "/join"), ("phone", "/demo/phone/mail"), ("clock", "/demo/clock")] {
        assert_eq!(front.attribute(&format!("iframe[name={name}]"), "src"), path);
    }
    assert_eq!(front.all("tbody tr").len(), 40);
    assert!(
        front.all("tbody tr")[0]
            .contains("Amina Khan amina.khan@northfield.example 17 April 1988 07700 900101")
    );
}

#[tokio::test]
async fn no_page_holds_a_script_or_a_style_of_its_own_and_the_policy_allows_none() {
    let browser = Browser::open();
    browser.mail_comes("one", AMINA, "<head></head>").await;
    browser.text_comes("two", AMINAS_NUMBER).await;
    for path in [
        "/demo",
        "/demo/clock",
        "/demo/phone/mail",
        "/demo/phone/mail/1",
        "/demo/phone/texts",
        "/demo/phone/texts/2",
        "/demo/phone/codes",
        "/demo/phone/codes/new",
    ] {
        let seen = browser.opens(path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        assert!(
            seen.policy.contains("default-src 'none'") && !seen.policy.contains("unsafe"),
            "{}",
            seen.policy
        );
        assert!(seen.all("style, script:not([src]), [style], [onclick]").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_newest_message_comes_first_and_is_new_until_it_is_opened() {
    let browser = Browser::open();
    browser.mail_comes("first", AMINA, "").await;
    browser.mail_comes("second", "li.wei@northfield.example", "").await;
    let list = browser.opens("/demo/phone/mail").await;
    assert_eq!(list.all(".messages__subject"), ["Subject of second", "Subject of first"]);
    assert_eq!(
        list.all(".messages__to"),
        ["To li.wei@northfield.example", "To amina.khan@northfield.example"]
    );
    assert!(list.one("#news").starts_with("2 unread in Mail"));

    let opened = browser.sends("/demo/phone/mail/1", "").await;
    assert_eq!(opened.one("h1"), "Subject of first");
    assert!(browser.opens("/demo/phone/mail").await.one("#news").starts_with("1 unread in Mail"));
}

#[tokio::test]
async fn looking_at_a_message_without_opening_it_changes_nothing() {
    let browser = Browser::open();
    browser.mail_comes("one", AMINA, "").await;
    browser.opens("/demo/phone/mail/1").await;
    assert!(browser.opens("/demo/phone/mail").await.one("#news").starts_with("1 unread in Mail"));
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_one_message_and_known_to_be_delivered() {
    let browser = Browser::open();
    for _ in 0..2 {
        browser.mail_comes("mail", AMINA, "").await;
        browser.text_comes("text", AMINAS_NUMBER).await;
    }
    assert_eq!(browser.opens("/demo/phone/mail").await.all(".messages li").len(), 1);
    assert_eq!(browser.opens("/demo/phone/texts").await.all(".messages li").len(), 1);
    assert_eq!(browser.demo.text().status("text").await.unwrap(), DeliveryState::Delivered);
    assert_eq!(browser.demo.text().status("other").await.unwrap(), DeliveryState::Unknown);
}

#[tokio::test]
async fn the_phone_of_one_person_shows_what_came_to_their_address_and_number_alone() {
    let browser = Browser::open();
    for (key, address, number) in
        [("a", AMINA, AMINAS_NUMBER), ("b", "li.wei@northfield.example", "+447700900107")]
    {
        browser.mail_comes(key, address, "").await;
        browser.text_comes(&format!("{key}-text"), number).await;
    }
    let mail = browser.opens("/demo/phone/mail?of=amina.khan%40northfield.example").await;
    assert_eq!(mail.all(".messages__to"), ["To amina.khan@northfield.example"]);
    assert_eq!(mail.one("option[selected]"), "Amina Khan");
    let texts = browser.opens(&mail.attribute("#tab-texts", "href")).await;
    assert_eq!(texts.all(".messages__to"), ["To 07700 900101"]);
    let opened = browser.sends(&texts.attribute(".messages form", "action"), "").await;
    assert_eq!(opened.one(".opened__bubble"), "123456 is your code");
    assert_eq!(opened.one("option[selected]"), "Amina Khan", "the phone stays hers");
}

#[tokio::test]
async fn an_email_is_shown_as_it_came_and_can_do_nothing() {
    let browser = Browser::open();
    let html = "<html><head><title>x</title></head><body><script>alert(1)</script>Hello</body></html>";
    browser.mail_comes("one", AMINA, html).await;
    let opened = browser.sends("/demo/phone/mail/1", "").await;
    let sandbox = opened.attribute("iframe", "sandbox");
    assert!(!sandbox.contains("scripts") && !sandbox.contains("same-origin"), "{sandbox}");
    let content = browser.opens(&opened.attribute("iframe", "src")).await;
    assert!(content.html.contains("Hello"));
    assert!(
        content.policy.contains("default-src 'none'") && content.policy.contains("sandbox"),
        "{}",
        content.policy
    );
    assert!(!content.policy.contains("script"), "{}", content.policy);
}

#[tokio::test]
async fn an_email_can_be_read_as_text_and_its_links_lead_to_the_portal() {
    let browser = Browser::open();
    browser.mail_comes("one", AMINA, "").await;
    let opened = browser.opens("/demo/phone/mail/1?part=text").await;
    assert!(opened.one(".opened__text").starts_with("Your code is 123456."));
    assert_eq!(opened.attribute("a[target=portal]", "href"), "/sign-in");
}

#[tokio::test]
async fn the_clock_is_turned_by_each_button_and_shows_local_time() {
    let browser = Browser::open();
    for (turn, time, ahead) in [
        ("minute", "10:42 Sunday 22 November 2026", "1 minute ahead, Europe/London"),
        ("quarter-hour", "10:57 Sunday 22 November 2026", "16 minutes ahead, Europe/London"),
        ("hour", "11:57 Sunday 22 November 2026", "1 hour 16 minutes ahead, Europe/London"),
        ("day", "11:57 Monday 23 November 2026", "1 day 1 hour 16 minutes ahead, Europe/London"),
        ("week", "11:57 Monday 30 November 2026", "8 days 1 hour 16 minutes ahead, Europe/London"),
        ("back-to-now", "10:41 Sunday 22 November 2026", "Real time, Europe/London"),
    ] {
        let clock = browser.sends("/demo/clock", &format!("turn={turn}")).await;
        assert_eq!((clock.one("#face").as_str(), clock.one("#ahead").as_str()), (time, ahead), "{turn}");
    }
    assert!(browser.sends("/demo/clock", "turn=year").await.status.is_client_error());
}

#[tokio::test]
async fn another_site_cannot_turn_the_clock() {
    let browser = Browser::open();
    let request = Request::post("/demo/clock")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("turn=week"))
        .unwrap();
    assert_eq!(browser.asks(request).await.status, StatusCode::FORBIDDEN);
    assert!(browser.demo.clock().turned().is_zero());
}

#[tokio::test]
async fn the_authenticator_takes_a_typed_key_and_shows_codes_by_the_turned_clock() {
    let browser = Browser::open();
    let shown =
        browser.sends("/demo/phone/codes", "key=gezd+gnbv+gy3t+qojq+gezd+gnbv+gy3t+qojq&name=Mine").await;
    assert_eq!(shown.one(".codes__name"), "Mine");
    let before = shown.one(".codes__code");
    assert!(shown.one(".codes__left").ends_with("New codes in 20 s"), "{}", shown.html);
    browser.sends("/demo/clock", "turn=minute").await;
    let later = browser.opens("/demo/phone/codes").await;
    assert_ne!(later.one(".codes__code"), before);
    let gone = browser.sends(&later.attribute(".codes form", "action"), "").await;
    assert!(gone.all(".codes__code").is_empty());
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_with_what_is_wrong() {
    let browser = Browser::open();
    for (form, words) in [
        ("key=", "Enter the setup key."),
        ("key=hello&name=Mine", "This is no setup key"),
        ("key=otpauth%3A%2F%2Fhotp%2Fx%3Fsecret%3DGEZDGNBVGY3TQOJQ", "only makes codes of 6 digits"),
    ] {
        let refused = browser.sends("/demo/phone/codes", form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.one("#wrong").contains(words), "{form}: {}", refused.html);
    }
}

#[tokio::test]
async fn what_is_not_on_the_phone_has_a_page_that_says_so() {
    let browser = Browser::open();
    browser.text_comes("one", AMINAS_NUMBER).await;
    for path in ["/demo/phone/mail/9", "/demo/phone/texts/9", "/demo/phone/mail/1"] {
        let seen = browser.opens(path).await;
        assert_eq!(
            (seen.status, seen.one("h1").as_str()),
            (StatusCode::NOT_FOUND, "Not on this phone"),
            "{path}"
        );
    }
}

/// A call to Amina, and what the caller is told of it.
fn amina_is_called(browser: &Browser) -> tokio::sync::mpsc::UnboundedReceiver<CallNews> {
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    let calls = browser.demo.calls();
    let words = "This is Fobwatch. Press # only if you are signing in now.".to_owned();
    let call = Call { to: AMINAS_NUMBER.to_owned(), reference: "call-1".to_owned(), words, seed: [1; 32] };
    tokio::spawn(async move { calls.call(&call, &tell).await });
    told
}

#[tokio::test]
async fn the_phone_rings_is_answered_and_its_keypad_has_a_hash() {
    let browser = Browser::open();
    let mut told = amina_is_called(&browser);
    assert_eq!(told.recv().await, Some(CallNews::Ringing));
    let phone = browser.opens(&format!("/demo/phone/mail?of={AMINA}")).await;
    assert_eq!(phone.one("#call-from"), "Incoming call Fobwatch");
    assert!(phone.all("#call-words").is_empty(), "nothing is heard before it was answered");
    let act = phone.attribute("#call form", "action");
    let answered = browser.sends(&act, "act=answer").await;
    assert_eq!(told.recv().await, Some(CallNews::Answered));
    assert!(answered.one("#call-words").contains("Press # only if you are signing in now"));
    assert_eq!(answered.all(".call__keys button").len(), 12);
    let over = browser.sends(&act, "act=%23").await;
    assert_eq!(told.recv().await, Some(CallNews::Ended(CallEnd::Pressed)));
    assert!(over.all("#call-from").is_empty());
}

#[tokio::test]
async fn a_call_is_declined_or_hung_up_and_rings_on_nobody_elses_phone() {
    let browser = Browser::open();
    for (acts, end) in [
        (&["act=decline"][..], CallEnd::Engaged),
        (&["act=answer", "act=hang-up"], CallEnd::HungUp),
        (&["act=answer", "act=5"], CallEnd::WrongKey),
    ] {
        let mut told = amina_is_called(&browser);
        assert_eq!(told.recv().await, Some(CallNews::Ringing));
        let of_another = browser.opens("/demo/phone/mail?of=tomasz.wisniewski@northfield.example").await;
        assert!(of_another.all("#call-from").is_empty());
        let phone = browser.opens(&format!("/demo/phone/mail?of={AMINA}")).await;
        let act = phone.attribute("#call form", "action");
        for form in acts {
            browser.sends(&act, form).await;
        }
        let mut last = None;
        while let Some(news) = told.recv().await {
            last = Some(news);
        }
        assert_eq!(last, Some(CallNews::Ended(end)));
    }
}

#[tokio::test]
async fn a_card_is_put_in_exchanged_and_taken_out() {
    let browser = Browser::open();
    let says = async || browser.opens("/demo/reader").await.one("#says");
    assert_eq!(says().await, "The reader is empty");
    let seen = browser.sends("/demo/reader", "act=insert&card=NTH+0001").await;
    assert_eq!(seen.one(".card__label"), "NTH 0001");
    assert_eq!(seen.one("#says"), "NTH 0001 is in: blank");
    let seen = browser.sends("/demo/reader", "act=insert&card=NTH+0002").await;
    assert_eq!(seen.one(".card__label"), "NTH 0002");
    browser.sends("/demo/reader", "act=insert&card=of+nobody").await;
    assert_eq!(says().await, "NTH 0002 is in: blank");
    let seen = browser.sends("/demo/reader", "act=half-way&when=certificate").await;
    assert_eq!(seen.one("#says"), "NTH 0002 is in: blank. It will be pulled out half-way");
    browser.sends("/demo/reader", "act=remove&card=NTH+0001").await;
    assert_eq!(says().await, "The reader is empty");
}

/// Looks at the reader until the program's window has this.
async fn window_has(browser: &Browser, selector: &str) -> Seen {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let seen = browser.opens("/demo/reader").await;
        if !seen.all(selector).is_empty() {
            return seen;
        }
        assert!(std::time::Instant::now() < end, "{selector} in {}", seen.html);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_no_link_of_a_job_and_foreign_portals_are_told_apart() {
    let browser = Browser::open();
    for (link, code) in [
        ("https://elsewhere.example/", "FW-2150"),
        ("fobwatch-card:job?portal=https%3A%2F%2Felsewhere.example&ticket=abc", "FW-2151"),
    ] {
        let form = format!("link={}", link.replace('&', "%26"));
        browser.sends("/demo/reader/link", &form).await;
        let seen = window_has(&browser, "button[value=close]").await;
        assert!(seen.one("#window").contains(code), "{}", seen.html);
        let seen = browser.sends("/demo/reader", "act=close").await;
        assert!(seen.all("button[value=close]").is_empty());
    }
}
