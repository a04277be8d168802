//! Guide 002, "Set up a mobile phone (call)", and *Call me* wherever a code can be texted. What the telephone does is scripted
//! here; that real ones do it is tested in `channels`.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::forgetting::{CHOOSE, HOW, RESET};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, STRANGER};
use crate::security_info::NEW_NUMBER;
use crate::ward::{Node, Ward};
use async_trait::async_trait;
use axum::http::{Method, StatusCode};
use channels::{Call, CallEnd, CallNews, SendError, TwilioVoice, VoiceChannel};
use journeys::{Parts, Service};
use rstest::rstest;
use std::sync::{Arc, Mutex};
use store::delivery::DeliveryFilters;
use store::outbox::Channel;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, Semaphore};
use url::Url;
use web::{Web, WebOptions};
use wiremock::matchers::{body_string_contains, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use CallNews::{Answered, Ended, Ringing};

const ANSWER: &str = "Answer our call";

/// A telephone network in which every call goes as was said last, as soon as the test lets it.
struct Telephone {
    /// One permit lets one call go on.
    lets_go: Semaphore,
    goes: Mutex<Vec<CallNews>>,
    calls: Mutex<Vec<Call>>,
}

impl Telephone {
    fn goes(&self, news: &[CallNews]) {
        *self.goes.lock().unwrap() = news.to_vec();
    }

    /// Lets the call go on that waits, until so many in all have come to their end.
    async fn plays(&self, ward: &Ward, count: i64) {
        self.lets_go.add_permits(1);
        ward.calls_ended(count).await;
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

#[async_trait]
impl VoiceChannel for Telephone {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn call(&self, call: &Call, news: &UnboundedSender<CallNews>) -> Result<Option<String>, SendError> {
        self.calls.lock().unwrap().push(call.clone());
        let goes = self.goes.lock().unwrap().clone();
        self.lets_go.acquire().await.unwrap().forget();
        if goes.is_empty() {
            return Err(SendError::Transient("the trunk is away".into()));
        }
        for next in goes {
            news.send(next).unwrap();
        }
        Ok(None)
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }
}

impl Node {
    /// The same node with a way out for calls.
    fn calling(&self, voice: Arc<dyn VoiceChannel>) -> Self {
        let parts = &self.service;
        let service = Service::new(Parts {
            store: parts.store.clone(),
            keys: parts.keys.clone(),
            hasher: parts.hasher.clone(),
            random: parts.random.clone(),
            clock: parts.clock.clone(),
            email: parts.email.clone(),
            text: parts.text.clone(),
            voice: Some(voice),
            push: fobwatch::wiring::push(&parts.settings.public_url, &parts.keys).unwrap(),
            breached: parts.breached.clone(),
            settings: parts.settings.clone(),
            passport_token: None,
            elsewhere: crate::ward::elsewhere(None),
            wallet_backend: None,
            written: Notify::new(),
            authority: None,
            watch: journeys::watch::Watch::default(),
            signing: journeys::passport::SigningQueue::default(),
            published: None,
        });
        let pages = web::router(Web::new(service.clone(), WebOptions::default())).unwrap();
        Self { service, pages }
    }
}

async fn ward_with_a_telephone(kind: Kind) -> (Ward, Arc<Telephone>) {
    let mut ward = Ward::new(kind).await;
    let telephone =
        Arc::new(Telephone { lets_go: Semaphore::new(0), goes: Mutex::default(), calls: Mutex::default() });
    ward.node = ward.node.calling(telephone.clone());
    (ward, telephone)
}

impl Ward {
    /// How each call to Amina ended, the newest first, as the delivery log tells it.
    async fn call_log(&self) -> Vec<String> {
        let calls = DeliveryFilters { channel: Some(Channel::Call), ..DeliveryFilters::default() };
        let log = self.store().delivery_log(self.northfield().await, &calls, 1).await.unwrap();
        log.entries
            .into_iter()
            .map(|call| {
                assert_eq!(
                    (call.kind.as_str(), call.provider.as_deref()),
                    ("call-sign-in", Some("scripted"))
                );
                call.failure.unwrap_or_else(|| call.status.as_str().to_owned())
            })
            .collect()
    }

    /// Until so many calls have come to their end.
    async fn calls_ended(&self, count: i64) {
        while self.db.count("asked", "answer IS NOT NULL").await < count {
            tokio::task::yield_now().await;
        }
    }
}

impl Visitor<'_> {
    /// Asks to reset a password: their own, or that of a name that nobody has. Such names show an app or a phone, always the
    /// same; the first with a phone will do.
    async fn comes_to_a_phone(&mut self, known: bool) {
        for number in 0.. {
            let stranger = format!("nobody{number}@northfield.example");
            self.asks_to_as(RESET, if known { AMINA.email } else { &stranger }).await.reads(HOW);
            if self.page.text().contains("Mobile phone (call)") {
                break;
            }
        }
    }

    /// *Add sign-in method*, *Phone*, the number, *Call me*, *Next*.
    async fn asks_to_be_called_at(&mut self, number: &str) -> &mut Self {
        self.adds("Phone").await.reads("Phone");
        self.fills("Mobile phone number", number).chooses("Call me").presses("Next").await;
        self
    }

    /// The password, then a call in the place of the text.
    async fn asks_to_be_called(&mut self) -> &mut Self {
        self.gives_password(AMINA.password).await.reads("Check your phone");
        self.follows("Use another way to sign in").await;
        self.chooses("Phone call").presses("Continue").await;
        self
    }
}

#[rstest]
#[tokio::test]
async fn a_mobile_phone_is_set_up_by_a_call_as_the_guide_says(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (ward, telephone) = ward_with_a_telephone(kind).await;
    telephone.goes(&[Ringing, Answered, Ended(CallEnd::Pressed)]);
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.asks_to_be_called_at(NEW_NUMBER).await.reads(ANSWER);
    telephone.plays(&ward, 1).await;
    assert_eq!(ward.db.count("sign_in_method", "kind = 'text'").await, 0, "not before the page has gone on");
    amina.presses("Next").await.reads("Call answered");
    amina.presses("Done").await.reads("Security info").says("Phone ending in 99");
    let calls = telephone.calls();
    assert_eq!((calls.len(), calls[0].to.as_str()), (1, "+447700900199"));
    assert!(
        calls[0].words.starts_with("This is Fobwatch. Press # only if you are setting up this phone now.")
    );
    assert_eq!((ward.audited("asked").await, ward.audited("call_ended").await), (1, 1));
    assert!(
        ward.phone.texts_to(NEW_NUMBER).iter().all(|text| !text.body.contains("code")),
        "nothing to type"
    );
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_call_signs_in_once_and_what_was_pressed_before_is_worth_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (ward, telephone) = ward_with_a_telephone(kind).await;
    telephone.goes(&[Ringing, Answered, Ended(CallEnd::Pressed)]);
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    // Whoever was texted just now can be called at once.
    amina.asks_to_be_called().await.reads(ANSWER);
    telephone.plays(&ward, 1).await;
    let mut second_tab = amina.browser.opens_a_tab();
    amina.presses("Continue").await.reads("Good morning, Amina");
    second_tab.opens("/sign-in/waiting").await.is_refused("FW-1203");
    assert_eq!(telephone.calls().len(), 1);
    amina.opens("/activity").await.says("Signed in (phone call)");
    ward.waits(60);
    telephone.goes(&[Ringing]);
    let mut later = ward.person(AMINA);
    later.asks_to_be_called().await.reads(ANSWER);
    later.presses("Continue").await.says("We are still waiting");
}

#[rstest]
#[tokio::test]
async fn how_a_call_ended_is_said_in_words_and_the_person_can_be_called_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (ward, telephone) = ward_with_a_telephone(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    let ends = [
        (&[Ended(CallEnd::Engaged)][..], "Your phone was engaged"),
        (&[Ringing, Ended(CallEnd::NoAnswer)], "Nobody answered the call"),
        (&[Ringing, Answered, Ended(CallEnd::Voicemail)], "The call was taken, but no key was pressed"),
        (&[Ringing, Answered, Ended(CallEnd::HungUp)], "The call ended before # was pressed"),
        (&[Ringing, Answered, Ended(CallEnd::WrongKey)], "Another key than # was pressed"),
        (&[], "We could not call you"),
    ];
    for (number, (goes, title)) in (1..).zip(ends) {
        telephone.goes(goes);
        ward.waits(1);
        if number == 1 {
            amina.asks_to_be_called().await;
        } else if number == 5 {
            // Five an hour.
            ward.waits(3_600);
            amina.asks_to_be_called().await;
        } else {
            amina.presses("Call me again").await;
        }
        telephone.plays(&ward, number).await;
        amina.opens("/sign-in/waiting").await.reads(title);
        assert!(!amina.page.text().contains("Continue"), "{title}: there is nothing to go on with");
    }
    telephone.goes(&[Ringing, Answered, Ended(CallEnd::Pressed)]);
    ward.waits(1);
    amina.presses("Call me again").await;
    telephone.plays(&ward, 7).await;
    amina.reloads().await.presses("Continue").await.reads("Good morning, Amina");
    assert_eq!(
        ward.call_log().await,
        ["delivered", "failed", "wrong-key", "hung-up", "voicemail", "no-answer", "engaged"],
        "the service desk sees what became of each call, the newest first"
    );
}

#[rstest]
#[tokio::test]
async fn nobody_is_called_twice_at_once_or_too_often(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (ward, telephone) = ward_with_a_telephone(kind).await;
    telephone.goes(&[Ringing]);
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    amina.asks_to_be_called().await.reads(ANSWER);
    amina.presses("Call me again").await.reads(ANSWER);
    let mut elsewhere = ward.person_elsewhere(AMINA);
    elsewhere.asks_to_be_called().await.says("Your phone is being called, or was a moment ago.");
    assert_eq!(ward.db.count("asked", "how = 'call'").await, 1, "the phone rings already");
    // The node that placed it fell over: the call is over by its date, and the next can begin.
    ward.waits(121);
    amina.reloads().await.reads("The call is over");
    telephone.lets_go.add_permits(1);
    telephone.goes(&[Ringing, Ended(CallEnd::NoAnswer)]);
    for number in 2..=5 {
        ward.waits(1);
        amina.presses("Call me again").await;
        telephone.plays(&ward, number - 1).await;
        amina.opens("/sign-in/waiting").await.reads("Nobody answered the call");
    }
    amina.presses("Call me again").await.says("We have called you as often as we can for now.");
    assert_eq!(telephone.calls().len(), 5);
}

#[rstest]
#[tokio::test]
async fn a_password_is_reset_by_a_call_and_no_page_tells_whether_a_phone_rang(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (ward, telephone) = ward_with_a_telephone(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(3_600);
    telephone.goes(&[Ringing, Ended(CallEnd::NoAnswer)]);
    let mut pages = Vec::new();
    for known in [true, false] {
        let mut person = ward.person_elsewhere(AMINA);
        person.comes_to_a_phone(known).await;
        person.chooses("Mobile phone (call)").presses("Continue").await.reads(ANSWER);
        if known {
            telephone.plays(&ward, 1).await;
        }
        let page = person.reloads().await.page.text();
        let state = person.browser.sends(&Method::GET, "/reset/waiting/state", None, &[]).await.unwrap();
        ward.waits(121);
        let after = person.reloads().await.page.text();
        let hint = |text: String| {
            text.split("ending in ").map(|part| part.get(2..).unwrap_or(part).to_owned()).collect::<String>()
        };
        pages.push((hint(page), state.2, hint(after)));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(telephone.calls().len(), 1, "nobody's phone does not ring");

    telephone.goes(&[Ringing, Answered, Ended(CallEnd::Pressed)]);
    let mut at_home = ward.person(AMINA);
    at_home.asks_to(RESET).await.reads(HOW);
    at_home.chooses("Mobile phone (call)").presses("Continue").await.reads(ANSWER);
    telephone.plays(&ward, 2).await;
    at_home.presses("Continue").await.reads(CHOOSE);
    ward.audit_is_whole().await;
}

/// Whoever asks again and again sees the same of a phone whose owner declines each call and of a name that nobody has.
#[rstest]
#[tokio::test]
async fn asking_to_be_called_again_does_not_tell_in_a_reset_whether_there_is_an_account(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (ward, telephone) = ward_with_a_telephone(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(3_600);
    telephone.goes(&[Ended(CallEnd::Engaged)]);
    telephone.lets_go.add_permits(100);
    let mut seen = Vec::new();
    for known in [true, false] {
        let mut person = ward.person_elsewhere(AMINA);
        person.comes_to_a_phone(known).await;
        person.chooses("Mobile phone (call)").presses("Continue").await.reads(ANSWER);
        let mut titles = Vec::new();
        for round in 1.. {
            if known {
                // The phone has declined before anybody asks again.
                ward.calls_ended(i64::try_from(telephone.calls().len()).unwrap()).await;
            }
            ward.waits(60);
            titles.push(person.reloads().await.page.title());
            if round > 14 {
                break;
            }
            person.opens("/reset/waiting").await;
            if person.page.text().contains("Call me again") {
                person.presses("Call me again").await;
            }
            titles.push(person.page.title());
            if person.page.title().contains(HOW) {
                break;
            }
        }
        seen.push(titles);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(telephone.calls().len() > 2, "the phone of the account did ring again");
}

/// A ward that calls through a stand-in for Twilio, which takes one call.
async fn ward_on_twilio(kind: Kind) -> (Ward, MockServer) {
    let mut ward = Ward::new(kind).await;
    let twilio = MockServer::start().await;
    Mock::given(method("POST"))
        .and(body_string_contains("To=%2B447700900123"))
        .respond_with(
            ResponseTemplate::new(201).set_body_string("{\"sid\": \"CAbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"}"),
        )
        .mount(&twilio)
        .await;
    let hooks = Url::parse(&ward.node.service.address("/callbacks/voice/twilio")).unwrap();
    let voice = TwilioVoice::new(&twilio.uri(), ACCOUNT, TOKEN, "+441632960123", &hooks, false).unwrap();
    ward.node = ward.node.calling(Arc::new(voice));
    (ward, twilio)
}

const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN: &str = "hush0123456789hush";

/// The address that the stand-in was given under this name.
async fn hook_of(twilio: &MockServer, name: &str) -> String {
    loop {
        if let Some(request) = twilio.received_requests().await.unwrap().first() {
            let form: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
            return form.into_iter().find(|(key, _)| key == name).unwrap().1;
        }
        tokio::task::yield_now().await;
    }
}

impl Ward {
    /// Twilio's request to us, signed as its documentation tells unless `forged`.
    async fn twilio_asks(&self, url: &str, body: &str, forged: bool) -> (StatusCode, String) {
        use base64::Engine as _;
        let mut pairs: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        pairs.sort();
        let all = pairs.into_iter().fold(url.to_owned(), |text, (name, value)| text + &name + &value);
        let key = if forged { "another-token" } else { TOKEN };
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        let signature =
            base64::engine::general_purpose::STANDARD.encode(aws_lc_rs::hmac::sign(&key, all.as_bytes()));
        let url = Url::parse(url).unwrap();
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        let own = [("x-twilio-signature", signature.as_str()), ("origin", ""), ("sec-fetch-site", "")];
        let mut provider = self.person(STRANGER).browser;
        let answer = provider.sends(&Method::POST, &path, Some(body.to_owned()), &own).await.unwrap();
        (answer.0, answer.2)
    }
}

#[rstest]
#[tokio::test]
async fn twilio_asks_what_to_say_tells_the_key_and_may_say_it_twice(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (ward, twilio) = ward_on_twilio(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await;
    ward.waits(60);
    amina.asks_to_be_called().await.reads(ANSWER);
    let (script, status) = (hook_of(&twilio, "Url").await, hook_of(&twilio, "StatusCallback").await);
    assert_eq!(ward.twilio_asks(&status, "CallStatus=ringing", false).await.0, StatusCode::NO_CONTENT);
    amina.reloads().await.says("Your phone is ringing");
    let (code, xml) = ward.twilio_asks(&script, "CallStatus=in-progress", false).await;
    assert!(code.is_success() && xml.contains("Press hash only if you are signing in now"), "{xml}");
    let key = script.replace("step=script", "step=key");
    assert!(xml.contains(&key.replace('&', "&amp;")), "{xml}");
    // A late report takes nothing back.
    ward.twilio_asks(&status, "CallStatus=ringing", false).await;
    amina.reloads().await.says("The call was answered");

    assert_eq!(ward.twilio_asks(&key, "Digits=%23", true).await.0, StatusCode::FORBIDDEN);
    assert_eq!(ward.db.count("asked", "answer IS NOT NULL").await, 0);
    for _ in 0..2 {
        let (code, xml) = ward.twilio_asks(&key, "Digits=%23", false).await;
        assert!(code.is_success() && xml.contains("<Hangup/>"), "{xml}");
    }
    ward.twilio_asks(&status, "CallStatus=completed", false).await;
    assert_eq!(ward.db.count("asked", "answer = 'pressed'").await, 1);
    assert_eq!(ward.audited("call_ended").await, 1);
    amina.presses("Continue").await.reads("Good morning, Amina");

    // What was pressed comes again later: it signs nobody in, and the phone is told nothing.
    ward.waits(60);
    let mut thief = ward.person_elsewhere(AMINA);
    thief.gives_password(AMINA.password).await;
    ward.twilio_asks(&key, "Digits=%23", false).await;
    thief.opens("/sign-in/waiting").await.reads("Check your phone");
    assert!(ward.twilio_asks(&script, "CallStatus=in-progress", false).await.1.contains("<Hangup/>"));
}
