//! Telephone calls to the phone on the screen: it rings, is answered or declined, and has a keypad. They are kept nowhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use channels::{Call, CallEnd, CallNews, SendError, VoiceChannel};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// How long it rings, as in life.
const RINGS: Duration = Duration::from_secs(30);
/// How long the words are said and a key is waited for.
const SPEAKS: Duration = Duration::from_mins(1);

/// What the person does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Answer,
    Decline,
    /// A key of the keypad.
    Press(char),
    HangUp,
}

/// A call as the screen shows it.
#[derive(Debug, Clone)]
pub(crate) struct Ringing {
    /// Its number on this phone, until the demonstration ends.
    pub number: u64,
    /// The number that is called, in E.164.
    pub to: String,
    /// What is said.
    pub words: String,
    pub is_answered: bool,
}

struct Line {
    ringing: Ringing,
    acts: UnboundedSender<Act>,
}

/// The calls that are under way.
#[derive(Default)]
struct Exchange {
    last: u64,
    lines: Vec<Line>,
}

/// Brings calls to the phone.
#[derive(Clone, Default)]
pub struct PhoneCalls(Arc<Mutex<Exchange>>);

impl PhoneCalls {
    fn with<T>(&self, look: impl FnOnce(&mut Exchange) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The first call under way that `is_theirs`, given the number that it goes to.
    pub(crate) fn current(&self, is_theirs: impl Fn(&str) -> bool) -> Option<Ringing> {
        self.with(|exchange| {
            exchange.lines.iter().map(|line| &line.ringing).find(|call| is_theirs(&call.to)).cloned()
        })
    }

    /// Does something with a call; nothing, where it is over.
    pub(crate) fn act(&self, number: u64, act: Act) {
        self.with(|exchange| {
            let Some(line) = exchange.lines.iter_mut().find(|line| line.ringing.number == number) else {
                return;
            };
            line.ringing.is_answered |= act == Act::Answer;
            // Seen as over at once, and not only when the caller has noticed.
            if matches!(act, Act::Decline | Act::HangUp | Act::Press(_)) {
                line.ringing.to.clear();
            }
            let _ = line.acts.send(act);
        });
    }

    fn begin(&self, call: &Call) -> (u64, UnboundedReceiver<Act>) {
        let (acts, done) = unbounded_channel();
        let number = self.with(|exchange| {
            exchange.last += 1;
            let (to, words) = (call.to.clone(), call.words.clone());
            let ringing = Ringing { number: exchange.last, to, words, is_answered: false };
            exchange.lines.push(Line { ringing, acts });
            exchange.last
        });
        (number, done)
    }

    fn end(&self, number: u64) {
        self.with(|exchange| exchange.lines.retain(|line| line.ringing.number != number));
    }
}

#[async_trait]
impl VoiceChannel for PhoneCalls {
    fn name(&self) -> &'static str {
        "demonstration"
    }

    async fn call(&self, call: &Call, news: &UnboundedSender<CallNews>) -> Result<Option<String>, SendError> {
        let (number, mut acts) = self.begin(call);
        let _ = news.send(CallNews::Ringing);
        let end = match timeout(RINGS, acts.recv()).await {
            Err(_) => CallEnd::NoAnswer,
            Ok(Some(Act::Answer)) => {
                let _ = news.send(CallNews::Answered);
                match timeout(SPEAKS, acts.recv()).await {
                    Err(_) => CallEnd::Voicemail,
                    Ok(Some(Act::Press('#'))) => CallEnd::Pressed,
                    Ok(Some(Act::Press(_))) => CallEnd::WrongKey,
                    Ok(_) => CallEnd::HungUp,
                }
            }
            Ok(_) => CallEnd::Engaged,
        };
        self.end(number);
        let _ = news.send(CallNews::Ended(end));
        Ok(None)
    }

    async fn check(&self) -> Result<(), SendError> {
        Ok(())
    }
}
