//! A desk: reader, card, person, portal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use card_agent::{
    InProcessCard, InProcessReaders, Missing, NewPasscode, Passcode, Person, Portal, PortalProblem, Signer,
    Trouble, Unanswered, Workstation, run,
};
use card_jobs::{
    About, Claim, Claimed, Hex, JobKind, Next, Order, Outcome, PasscodeFrom, Progress, Report, Verdict,
};
use piv::{Answer, Command, ManagementKey};
use rand_core::OsRng;
use uuid::Uuid;
use vcard::{ATR, Card, Personal};
use zeroize::Zeroizing;

pub const READER: &str = "Desk";
pub const NEW: PasscodeFrom = PasscodeFrom::AskNew { min: 6, max: 8, letters: false };

/// A card that can be looked at while it is in the reader.
#[derive(Clone)]
pub struct Shared(pub Arc<Mutex<Card>>);

impl InProcessCard for Shared {
    fn reset(&mut self) {
        self.0.lock().unwrap().reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.lock().unwrap().answer(command).ok()
    }
}

/// A desk with one card in its reader.
pub struct Desk {
    pub readers: InProcessReaders,
    pub card: Shared,
}

impl Desk {
    pub fn new() -> Self {
        Self::with(&Personal::fresh())
    }

    pub fn with(personal: &Personal) -> Self {
        let desk = Self {
            readers: InProcessReaders::new(),
            card: Shared(Arc::new(Mutex::new(Card::new(personal)))),
        };
        desk.put_in();
        desk
    }

    /// Puts the card into the reader, also one that was pulled out.
    pub fn put_in(&self) {
        self.card.0.lock().unwrap().put_in();
        self.readers.insert(READER, &ATR, Arc::new(Mutex::new(self.card.clone())));
    }

    pub fn guid(&self) -> Hex {
        Hex(self.card.0.lock().unwrap().guid().0.to_vec())
    }

    pub fn connect(&self) -> Order {
        Order::Connect { card: Some(self.guid()) }
    }

    pub fn tries_left(&self) -> u8 {
        self.card.0.lock().unwrap().tries_left()
    }

    /// How many commands the card has heard whole.
    pub fn heard(&self) -> usize {
        self.card.0.lock().unwrap().heard().len()
    }

    /// Whether the card still counts the passcode as verified.
    pub fn is_verified(&self) -> bool {
        let mut card = self.card.0.lock().unwrap();
        card.answer(&piv::commands::select().bytes()).unwrap();
        card.answer(&piv::commands::tries_left().bytes()).unwrap() == [0x90, 0x00]
    }

    /// Has the agent do these orders one after the other: what became of each.
    pub async fn does(&self, person: &mut Script, orders: impl IntoIterator<Item = Order>) -> Vec<Outcome> {
        let mut portal = Orders::new(orders);
        self.run(&mut portal, person).await.unwrap();
        portal.outcomes()
    }

    pub async fn run<P: Portal>(&self, portal: &mut P, person: &mut Script) -> Result<Verdict, Trouble> {
        let mut readers = self.readers.clone().waiting_at_most(Duration::ZERO);
        let pauses = [Duration::ZERO; 3];
        let at = Workstation { readers: &mut readers, person, randomness: &mut OsRng, pauses: &pauses };
        run(portal, at, "T1", "https://access.northfield.example").await
    }
}

pub fn about() -> About {
    About {
        kind: JobKind::Renew,
        service: "Northfield Access".to_owned(),
        organisation: "Northfield Hospitals".to_owned(),
        asked_by: "Amina Khan".to_owned(),
        card_of: "Amina Khan".to_owned(),
        card: None,
        sentence: "Renew the certificates of your smartcard".to_owned(),
    }
}

pub fn typed(passcode: &str) -> PasscodeFrom {
    PasscodeFrom::Portal(Hex(passcode.as_bytes().to_vec()))
}

pub fn transmit(commands: &[Command]) -> Order {
    Order::Transmit { commands: commands.iter().map(|command| Hex(command.bytes().to_vec())).collect() }
}

pub fn answers(outcome: &Outcome) -> Vec<Answer> {
    let Outcome::Answered { answers } = outcome else { panic!("{outcome:?}") };
    answers.iter().map(|answer| Answer::parse(answer.bytes()).unwrap()).collect()
}

/// What decides on the next order by what became of the last.
type Decides = Box<dyn FnMut(&Outcome) -> Option<Order> + Send>;

/// A portal that gives one order after the other, and remembers what it was told.
pub struct Orders {
    decides: Decides,
    pub reports: Vec<Report>,
    seq: u32,
}

impl Orders {
    pub fn new(orders: impl IntoIterator<Item = Order>) -> Self {
        let mut orders: VecDeque<Order> = orders.into_iter().collect();
        Self::deciding(move |_| orders.pop_front())
    }

    pub fn deciding(decides: impl FnMut(&Outcome) -> Option<Order> + Send + 'static) -> Self {
        Self { decides: Box::new(decides), reports: Vec::new(), seq: 0 }
    }

    /// What became of the orders.
    pub fn outcomes(self) -> Vec<Outcome> {
        self.reports.into_iter().skip(1).map(|report| report.outcome).collect()
    }
}

impl Portal for Orders {
    async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PortalProblem> {
        assert_eq!(claim.ticket, "T1");
        Ok(Claimed { job: Uuid::nil(), token: "token".to_owned(), about: about() })
    }

    async fn next(&mut self, _: Uuid, token: &str, report: &Report) -> Result<Next, PortalProblem> {
        assert_eq!((token, report.seq), ("token", self.seq));
        self.seq += 1;
        let declined = report.outcome == Outcome::Declined;
        let order = (self.decides)(&report.outcome).filter(|_| !declined);
        self.reports.push(report.clone());
        let end = || Order::End { verdict: Verdict::Done, words: "All is done".to_owned() };
        Ok(Next { seq: self.seq, progress: Progress::ReadingCard, order: order.unwrap_or_else(end) })
    }
}

/// A card with a new key in 9A, and in 9C: the portal's half of making them, as far as the agent is concerned.
pub fn generates(
    key: [u8; 32],
    slots: &[piv::Slot],
) -> impl FnMut(&Outcome) -> Option<Order> + Send + 'static {
    let mut step = 0;
    let slots = slots.to_vec();
    move |outcome| {
        step += 1;
        match step {
            1 => Some(transmit(&[ManagementKey::ask_for_witness()])),
            2 => {
                let witness = answers(outcome).remove(0);
                let mut commands = vec![ManagementKey::new(key).answer(&witness, &[7; 16]).unwrap()];
                commands.extend(slots.iter().map(|slot| piv::commands::generate(*slot)));
                Some(transmit(&commands))
            }
            _ => None,
        }
    }
}

/// A person who does what a test says.
#[derive(Default)]
pub struct Script {
    pub refuses: bool,
    pub passcodes: VecDeque<&'static str>,
    pub new: VecDeque<&'static str>,
    pub risks: bool,
    /// What they do when they are asked for the card; nothing: they give up.
    pub puts_in: VecDeque<Box<dyn FnMut() + Send>>,
    /// What they were asked, in short.
    pub asked: Vec<String>,
    pub heard: Option<(Verdict, String)>,
}

impl Script {
    pub fn types(passcodes: impl IntoIterator<Item = &'static str>) -> Self {
        Self { passcodes: passcodes.into_iter().collect(), ..Self::default() }
    }

    pub fn chooses(mut self, new: impl IntoIterator<Item = &'static str>) -> Self {
        self.new = new.into_iter().collect();
        self
    }

    pub fn when_asked_for_the_card(mut self, does: impl FnMut() + Send + 'static) -> Self {
        self.puts_in.push_back(Box::new(does));
        self
    }

    fn gives(passcodes: &mut VecDeque<&'static str>) -> Result<Passcode, Unanswered> {
        let passcode = passcodes.pop_front().ok_or(Unanswered::Declined)?;
        Ok(Zeroizing::new(passcode.as_bytes().to_vec()))
    }
}

impl Person for Script {
    fn agrees(&mut self, about: &About, portal: &str) -> Result<(), Unanswered> {
        self.asked.push(format!("{} at {portal}", about.sentence));
        if self.refuses { Err(Unanswered::Declined) } else { Ok(()) }
    }

    fn puts_in_card(&mut self, _: &About, missing: Missing) -> Result<(), Unanswered> {
        self.asked.push(format!("{missing:?}"));
        let mut does = self.puts_in.pop_front().ok_or(Unanswered::Declined)?;
        does();
        Ok(())
    }

    fn types_passcode(&mut self, _: &About, left: Option<u8>, again: bool) -> Result<Passcode, Unanswered> {
        self.asked.push(format!("passcode {left:?} {again}"));
        Self::gives(&mut self.passcodes)
    }

    fn chooses_passcode(&mut self, _: &About, wanted: NewPasscode) -> Result<Passcode, Unanswered> {
        self.asked.push(format!("new {}-{}", wanted.min, wanted.max));
        Self::gives(&mut self.new)
    }

    fn risks_last_try(&mut self, _: &About) -> Result<(), Unanswered> {
        self.asked.push("last try".to_owned());
        if self.risks { Ok(()) } else { Err(Unanswered::Declined) }
    }

    fn hears(&mut self, verdict: Verdict, words: &str) {
        self.heard = Some((verdict, words.to_owned()));
    }
}

impl Signer for Script {
    fn types_passcode_for(
        &mut self,
        origin: &str,
        left: Option<u8>,
        again: bool,
    ) -> Result<Passcode, Unanswered> {
        self.asked.push(format!("{origin} {left:?} {again}"));
        Self::gives(&mut self.passcodes)
    }
}
