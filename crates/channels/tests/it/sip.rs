//! Calls over SIP to real phones on loopback. Each outcome is told apart, and what arrives is what was said.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use channels::{
    Call, CallEnd, CallNews, EspeakNg, Pace, Prompt, Recording, SendError, Sip, SipSettings, Speech,
    VoiceChannel,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::sip_peers::{Baresip, Sipp};

/// A trunk at `url` with a prompt of half a second, said once.
fn trunk(url: &str, change: impl FnOnce(&mut SipSettings)) -> Sip {
    trunk_that_says(url, Arc::new(Recording::new(Prompt::from_samples(&[1_000; 4_000]))), change)
}

fn trunk_that_says(url: &str, speech: Arc<dyn Speech>, change: impl FnOnce(&mut SipSettings)) -> Sip {
    let mut settings = SipSettings::new(url, "+441632960123");
    settings.listen = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    settings.pace = Pace {
        ring: Duration::from_secs(2),
        before: Duration::from_millis(100),
        between: Duration::from_millis(100),
        times: 1,
        after: Duration::from_secs(1),
    };
    change(&mut settings);
    Sip::new(settings, speech).unwrap()
}

fn to(number: &str) -> Call {
    Call { to: number.into(), reference: "call-1".into(), words: "Press #.".into(), seed: [7; 32] }
}

/// All that is told of a call.
async fn placed(sip: &Sip) -> (Vec<CallNews>, Result<Option<String>, SendError>) {
    let (tell, mut told) = unbounded_channel();
    let result = sip.call(&to("+447700900123"), &tell).await;
    drop(tell);
    let mut news = Vec::new();
    while let Some(next) = told.recv().await {
        news.push(next);
    }
    (news, result)
}

/// The news of a call to sipp in `scenario`, which sipp itself must find to have gone well.
async fn news_of(scenario: &str) -> Vec<CallNews> {
    let phone = Sipp::start(scenario);
    let (news, result) = placed(&trunk(&phone.url(), |_| ())).await;
    assert_eq!(result, Ok(None), "{scenario}");
    assert!(phone.went_well(), "{scenario}");
    news
}

use CallNews::{Answered, Ended, Ringing};

#[tokio::test]
async fn an_engaged_line_is_told_from_one_that_nobody_answers() {
    assert_eq!(news_of("engaged").await, [Ended(CallEnd::Engaged)]);
    assert_eq!(news_of("declined").await, [Ringing, Ended(CallEnd::Engaged)]);
    // The phone stops ringing: sipp waits for the CANCEL.
    assert_eq!(news_of("rings").await, [Ringing, Ended(CallEnd::NoAnswer)]);
}

#[tokio::test]
async fn a_voicemail_is_told_from_somebody_who_hangs_up() {
    assert_eq!(news_of("silent").await, [Ringing, Answered, Ended(CallEnd::Voicemail)]);
    assert_eq!(news_of("hangs_up").await, [Ringing, Answered, Ended(CallEnd::HungUp)]);
}

#[tokio::test]
async fn hash_is_told_from_another_key() {
    // sipp plays the packets of a key only where it may open a raw socket; baresip presses keys below for everybody.
    if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        assert_eq!(news_of("hash").await, [Ringing, Answered, Ended(CallEnd::Pressed)]);
        assert_eq!(news_of("five").await, [Ringing, Answered, Ended(CallEnd::WrongKey)]);
    }
    assert_eq!(pressed_on_baresip('#').await, CallEnd::Pressed);
    assert_eq!(pressed_on_baresip('5').await, CallEnd::WrongKey);
    assert_eq!(pressed_on_baresip('*').await, CallEnd::WrongKey);
}

async fn pressed_on_baresip(key: char) -> CallEnd {
    let mut phone = Baresip::start();
    let sip = trunk(&phone.url(), |settings| settings.pace.after = Duration::from_secs(20));
    let (tell, mut told) = unbounded_channel();
    let calling = tokio::spawn(async move { sip.call(&to("+447700900123"), &tell).await });
    until_answered(&mut told).await;
    phone.presses(key);
    let Some(Ended(end)) = told.recv().await else { panic!("the call ends") };
    calling.await.unwrap().unwrap();
    end
}

async fn until_answered(told: &mut UnboundedReceiver<CallNews>) {
    while told.recv().await.expect("the call is answered") != Answered {}
}

#[tokio::test]
async fn a_phone_that_hangs_up_is_believed() {
    let mut phone = Baresip::start();
    let sip = trunk(&phone.url(), |settings| settings.pace.after = Duration::from_secs(20));
    let (tell, mut told) = unbounded_channel();
    let calling = tokio::spawn(async move { sip.call(&to("+447700900123"), &tell).await });
    until_answered(&mut told).await;
    phone.hangs_up();
    assert_eq!(told.recv().await, Some(Ended(CallEnd::HungUp)));
    calling.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_words_of_a_call_arrive_as_they_were_spoken() {
    let words =
        "This is the sign-in service of Northfield Hospitals. Press hash only if you are signing in now.";
    let speech = Arc::new(EspeakNg::new("espeak-ng", "en-gb"));
    let said = speech.speak(words).await.unwrap();
    assert!(said.samples().len() > 8_000 * 3, "that takes more than three seconds to say");
    let phone = Baresip::start();
    let sip = trunk_that_says(&phone.url(), speech, |settings| settings.pace.times = 2);
    let (tell, _told) = unbounded_channel();
    sip.call(&Call { words: words.into(), ..to("+447700900123") }, &tell).await.unwrap();
    let heard = samples(&phone.heard());
    let (first, likeness) = best_place(&said.samples()[..4_000], &heard, 0..12_000);
    assert!(likeness > 0.95, "the beginning is there: {likeness}");
    let whole = correlation(said.samples(), &heard[first..]);
    assert!(whole > 0.95, "and so is the rest: {whole}");
    let again = first + said.samples().len();
    let (_, likeness) = best_place(&said.samples()[..4_000], &heard, again..again + 4_000);
    assert!(likeness > 0.95, "it is said a second time: {likeness}");
    // What was never said is not found.
    let reversed: Vec<_> = said.samples()[..4_000].iter().rev().copied().collect();
    assert!(best_place(&reversed, &heard, 0..12_000).1 < 0.6);
}

/// The samples of a recording with a plain header.
fn samples(wav: &[u8]) -> Vec<i16> {
    wav[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
}

/// How alike two sounds are, from -1 to 1.
fn correlation(one: &[i16], other: &[i16]) -> f64 {
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        (both, first, second) = (both + a * b, first + a * a, second + b * b);
    }
    both / (first * second).sqrt().max(1.0)
}

fn best_place(sound: &[i16], within: &[i16], places: std::ops::Range<usize>) -> (usize, f64) {
    places
        .filter(|at| at + sound.len() <= within.len())
        .map(|at| (at, correlation(sound, &within[at..])))
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .expect("the recording is long enough")
}

#[tokio::test]
async fn a_trunk_that_refuses_says_whose_turn_it_is_and_names_nobody() {
    for (scenario, kind) in [("unknown", "permanent"), ("forbidden", "misconfigured")] {
        let phone = Sipp::start(scenario);
        let (news, result) = placed(&trunk(&phone.url(), |_| ())).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), news), (kind, Vec::new()), "{scenario}");
        assert!(!error.to_string().contains("7700"));
        assert!(phone.went_well(), "{scenario}");
    }
}

#[tokio::test]
async fn a_trunk_that_asks_for_a_password_gets_the_right_one() {
    let login = |password: &str| Some(("northfield".to_owned(), password.to_owned().into()));
    let phone = Sipp::start("asks_password");
    let (news, result) = placed(&trunk(&phone.url(), |settings| settings.login = login("hush hush"))).await;
    assert_eq!((news, result), (vec![Ended(CallEnd::Engaged)], Ok(None)));
    assert!(phone.went_well());
    let phone = Sipp::start("asks_password");
    let (_, result) = placed(&trunk(&phone.url(), |settings| settings.login = login("hush"))).await;
    assert_eq!(result.unwrap_err().kind(), "misconfigured");
    assert!(phone.went_well());
}

#[tokio::test]
async fn a_trunk_that_is_not_there_is_no_call_that_hangs() {
    let nobody = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("sip:{}", nobody.local_addr().unwrap());
    let (news, result) = placed(&trunk(&url, |_| ())).await;
    assert_eq!((news, result.unwrap_err().kind()), (Vec::new(), "transient"));
}

#[tokio::test]
async fn fifty_calls_at_once_share_one_port() {
    let phone = Sipp::start_many("silent", 50);
    let sip = Arc::new(trunk(&phone.url(), |settings| settings.pace.after = Duration::from_millis(200)));
    let calls: Vec<_> = (0_u8..50)
        .map(|number| {
            let sip = sip.clone();
            tokio::spawn(async move {
                let (tell, mut told) = unbounded_channel();
                sip.call(&Call { seed: [number; 32], ..to("+447700900123") }, &tell).await.unwrap();
                let mut last = None;
                while let Ok(news) = told.try_recv() {
                    last = Some(news);
                }
                last
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Some(Ended(CallEnd::Voicemail)));
    }
    assert!(phone.went_well());
}
