//! A card, an agent and a person as truthful as can be, so that a plan can be followed to its end, and cut off on the way.

use super::super::facts::{Certificate, Facts, Which};
use super::super::learn::{Senses, another_run, learn};
use super::super::request::Plain;
use super::super::step::{Step, Trouble};
use super::card::{Card, Lies, answers, lies, made, new_key, point, says, signs_in};
use super::{Decision, Given, giving, plan};
use card_jobs::{Hex, JobKind, Outcome};
use piv::{Answer, CertificateObject, Status, tlv};
use pki::{Curve, PublicKey};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a request for a certificate is, here.
const REQUEST: &[u8] = b"a request for a certificate";
/// More decisions than any job has, however often it is cut off.
const ENDLESS: usize = 400;

/// How one order is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The agent's process ends before the card heard of it.
    DiesBefore,
    /// The agent's process ends when the card has done it.
    DiesAfter,
    /// The card is pulled out before it takes effect, and put back.
    PulledBefore,
    /// The card is pulled out when it has taken effect, and put back.
    PulledAfter,
}

impl Cut {
    pub const ALL: [Self; 4] = [Self::DiesBefore, Self::DiesAfter, Self::PulledBefore, Self::PulledAfter];
}

/// What is asked for, of which card.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub kind: JobKind,
    /// Whether the card moves keys.
    pub moves: bool,
    /// Whether the passcodes were typed on the page.
    pub typed: bool,
    /// How many generations the card's unblocking key is ahead of what the database knows: 0 or 1.
    pub ahead: u32,
    /// Whether keys of an earlier renewal lie on it where nobody looks.
    pub leftovers: bool,
}

/// A job with all that belongs to it.
pub struct Model {
    asked: Asked,
    plain: Plain,
    pub facts: Facts,
    card: Card,
    has_card: bool,
    known_unblocking: u32,
    run: u32,
    old: BTreeMap<bool, Vec<u8>>,
    /// What was ordered, in the words of the journal; "issue" where a certificate was issued.
    pub ordered: Vec<&'static str>,
}

impl Model {
    pub fn of(asked: Asked) -> Self {
        let mut card = Card { tries: 3, unblocking: asked.ahead, unblocking_tries: 3, ..Card::default() };
        let mut old = BTreeMap::new();
        for which in [false, true] {
            if asked.kind != JobKind::Issue {
                let key = new_key();
                card.certificates.insert(which, point(&key));
                old.insert(which, point(&key));
                card.keys.insert(Lies::InPlace(which), key);
            }
            if asked.leftovers && asked.moves {
                card.keys.insert(Lies::Waiting(which), new_key());
                card.keys.insert(Lies::Aside(which), new_key());
            }
        }
        let mut plain = Plain::default();
        plain.new = matches!(asked.kind, JobKind::SetPasscodes | JobKind::Unblock | JobKind::Issue);
        plain.new_typed = plain.new && asked.typed;
        let facts = Facts::default();
        let has_card = asked.kind != JobKind::Issue;
        Self { asked, plain, facts, card, has_card, known_unblocking: 0, run: 1, old, ordered: Vec::new() }
    }

    /// What comes next.
    pub fn decides(&self) -> Decision {
        let given = Given {
            kind: self.asked.kind,
            plain: &self.plain,
            has_new: self.plain.new && self.asked.typed,
            has_card: self.has_card,
            unblocking: self.known_unblocking,
            fresh: &[7; 32],
            now: 0,
        };
        plan(&self.facts, given)
    }

    /// Follows the plan to its end; the orders with these numbers are cut off. `looks` is called at every moment.
    pub fn follows(&mut self, cuts: &BTreeMap<usize, Cut>, looks: impl Fn(&Self)) -> Result<(), Trouble> {
        for _ in 0..ENDLESS {
            looks(self);
            match self.decides() {
                Decision::Give(step) => {
                    let cut = cuts.get(&self.orders()).copied();
                    self.gives(&step, cut);
                }
                Decision::Settle => self.has_card = true,
                Decision::Evaluate => {
                    assert!(self.facts.run.blinded.take().is_some());
                    self.facts.passcode.evaluated = Some(Hex(vec![2; 33]));
                }
                Decision::Compare => self.facts.run.compared = true,
                Decision::Issue(which) => {
                    self.ordered.push("issue");
                    let pair = self.facts.pair_mut(which);
                    let id = Uuid::from_u128(u128::from(self.run));
                    pair.certificate = pair.key.clone().map(|der| Certificate { id, der });
                }
                Decision::Finish => return Ok(()),
                Decision::Stop(trouble) if trouble.can_resume() => self.begins_anew(),
                Decision::Stop(trouble) => return Err(trouble),
            }
        }
        panic!("it never ends: {:?} {:#?}", self.ordered, self.facts)
    }

    /// How many orders were given.
    pub fn orders(&self) -> usize {
        self.ordered.iter().filter(|word| **word != "issue").count()
    }

    fn begins_anew(&mut self) {
        another_run(&mut self.facts);
        self.run += 1;
    }

    fn gives(&mut self, step: &Step, cut: Option<Cut>) {
        self.ordered.push(step.name());
        giving(&mut self.facts, step);
        let outcome = match cut {
            Some(Cut::DiesBefore | Cut::PulledBefore) => Outcome::CardGone,
            None | Some(Cut::DiesAfter | Cut::PulledAfter) => self.does(step),
        };
        match cut {
            None => self.hears(step, &outcome),
            Some(Cut::DiesBefore | Cut::DiesAfter) => self.begins_anew(),
            Some(Cut::PulledBefore | Cut::PulledAfter) => self.hears(step, &Outcome::CardGone),
        }
    }

    /// The agent and the card do it.
    fn does(&mut self, step: &Step) -> Outcome {
        let card = &mut self.card;
        match step {
            Step::Connect => Outcome::Connected { reader: "Desk".to_owned(), atr: Hex(Vec::new()) },
            // What these tell is not modelled: see `hears`.
            Step::ReadGuid | Step::AskWitness | Step::ProveCard { .. } => Outcome::Done,
            Step::ReadVersion => {
                let version = if self.asked.moves { [5, 7, 1] } else { [5, 4, 3] };
                answers([Hex(Answer::new(version.to_vec(), Status::Success).bytes())])
            }
            Step::ReadTries => answers([says(Status::Wrong { left: card.tries })]),
            // Whoever is asked by the agent knows what the card has; what was typed may be the old one.
            Step::VerifyCurrent => card.verify(!self.asked.typed || !card.has_new_passcode),
            Step::VerifyNew => card.verify(card.has_new_passcode),
            Step::Blind => Outcome::Blinded { element: Hex(vec![3; 33]) },
            Step::FinishHistory => Outcome::HistoryOutput { output: Hex(vec![9; 32]) },
            Step::Change => {
                let right = !self.asked.typed || !card.has_new_passcode;
                let outcome = card.verify(right);
                card.has_new_passcode |= right;
                outcome
            }
            Step::Unblock { with, next } => card.unblock(*with, *next),
            Step::Generate { slot } => {
                let key = new_key();
                let outcome = answers([made(&key)]);
                card.keys.insert(lies(*slot), key);
                outcome
            }
            Step::SignRequest { slot } => card.sign(*slot, REQUEST),
            Step::SignChallenge { slot, challenge } => card.sign(*slot, challenge.bytes()),
            Step::MakeRoom { which } | Step::EraseOld { which } => {
                let erased = card.keys.remove(&Lies::Aside(signs_in(*which)));
                answers([says(erased.map_or(Status::NoSuchReference, |_| Status::Success))])
            }
            Step::PutAside { which } => {
                let which = signs_in(*which);
                answers([card.moves(Lies::InPlace(which), Lies::Aside(which))])
            }
            Step::Move { which } => {
                let which = signs_in(*which);
                answers([card.moves(Lies::Waiting(which), Lies::InPlace(which))])
            }
            Step::Write { which } => {
                let certificate = self.facts.pair(*which).certificate.as_ref().unwrap().der.bytes().to_vec();
                card.certificates.insert(signs_in(*which), certificate.clone());
                let content = tlv::wrapped(0x53, &CertificateObject { certificate }.content());
                answers([says(Status::Success), Hex(Answer::new(content.to_vec(), Status::Success).bytes())])
            }
            Step::Wipe { which } => {
                let key = new_key();
                let outcome = answers([says(Status::Success), made(&key)]);
                card.certificates.remove(&signs_in(*which));
                card.keys.insert(Lies::InPlace(signs_in(*which)), key);
                outcome
            }
            Step::End { .. } => panic!("a plan does not end by an order"),
        }
    }

    fn hears(&mut self, step: &Step, outcome: &Outcome) {
        let run = &mut self.facts.run;
        match (step, outcome) {
            // That the card proves to be the one is not what a plan is about.
            (Step::ReadGuid, Outcome::Done) => run.guid = Some(Hex(vec![1; 16])),
            (Step::AskWitness, Outcome::Done) => run.witness = Some(Hex(vec![1; 16])),
            (Step::ProveCard { .. }, Outcome::Done) => run.proved = true,
            _ => {
                let senses = Senses {
                    guid: None,
                    run: self.run,
                    management: &|_| None,
                    is_request: &|_, pair, signature| {
                        let key = PublicKey::from_point(Curve::P256, pair.key.as_ref().unwrap().bytes());
                        key.unwrap().verify_sha256(REQUEST, signature).is_ok()
                    },
                    typed_current: self.asked.typed,
                };
                learn(&mut self.facts, step, outcome, senses);
            }
        }
        if let Some(now) = self.facts.unblocking.now {
            self.known_unblocking = now;
        }
    }

    /// Whether the key in its place is the one that the certificate beside it is for.
    pub fn works(&self, which: Which) -> bool {
        let which = signs_in(which);
        let key = self.card.keys.get(&Lies::InPlace(which)).map(point);
        key.is_some() && key.as_ref() == self.card.certificates.get(&which)
    }

    /// Whether the key that the card had before is on it still, wherever.
    pub fn has_old(&self, which: Which) -> bool {
        let old = self.old.get(&signs_in(which));
        self.card.keys.iter().any(|(_, key)| Some(&point(key)) == old)
    }

    /// Whether the key in its place is a new one that works.
    pub fn is_renewed(&self, which: Which) -> bool {
        let key = self.card.keys.get(&Lies::InPlace(signs_in(which))).map(point);
        let told = self.facts.pair(which).key.as_ref().map(|key| key.bytes().to_vec());
        self.works(which) && key == told && key.as_ref() != self.old.get(&signs_in(which))
    }

    /// Whether there is neither certificate nor the key for it.
    pub fn is_wiped(&self, which: Which) -> bool {
        !self.card.certificates.contains_key(&signs_in(which)) && !self.has_old(which)
    }

    pub fn has_new_passcode(&self) -> bool {
        self.card.has_new_passcode
    }

    pub fn tries(&self) -> u8 {
        self.card.tries
    }

    /// Whether the database knows the card's unblocking key.
    pub fn knows_unblocking_key(&self) -> bool {
        self.known_unblocking == self.card.unblocking
    }
}
