//! From what an order is about to the order itself: commands, keys, and where passcodes come from.

use super::facts::{Facts, Which};
use super::request::Typed;
use super::step::Step;
use crate::smartcard::keys::{management_key, unblocking_key};
use crate::{Refusal, Service};
use card_jobs::{Hex, Order, PasscodeFrom, Slot};
use piv::{Answer, CertificateObject, Command, Object, commands};
use pki::{Purpose, RequestToSign, Subject};
use sha2::{Digest as _, Sha256};

/// What orders are made of.
pub(super) struct Hands<'a> {
    pub service: &'a Service,
    pub facts: &'a Facts,
    pub typed: &'a Typed,
    /// What the agent says when it asks for a new passcode.
    pub ask_new: &'a PasscodeFrom,
    /// The GUID of the job's card, where that is known.
    pub guid: Option<&'a [u8]>,
    /// Whom certificates name.
    pub subject: Option<&'a Subject>,
}

/// What a certificate for this place is for.
pub(super) fn purpose(which: Which) -> Purpose {
    match which {
        Which::Signature => Purpose::Signature,
        Which::Authentication => Purpose::Authentication,
    }
}

/// A slot as `piv` names it.
fn slot(slot: Slot) -> piv::Slot {
    match slot {
        Slot::Authentication => piv::Slot::Authentication,
        Slot::Signature => piv::Slot::Signature,
        Slot::NextAuthentication => piv::Slot::NextAuthentication,
        Slot::NextSignature => piv::Slot::NextSignature,
    }
}

/// Where the old key of this place is put aside.
fn aside(which: Which) -> piv::Slot {
    match which {
        Which::Signature => piv::Slot::FormerSignature,
        Which::Authentication => piv::Slot::FormerAuthentication,
    }
}

fn transmit(commands: &[Command]) -> Order {
    Order::Transmit { commands: commands.iter().map(|command| Hex(command.bytes().to_vec())).collect() }
}

/// The request for a certificate of the key that was made, from the record.
pub(super) fn request(subject: &Subject, which: Which, key: &Hex) -> Result<RequestToSign, Refusal> {
    let key = pki::PublicKey::from_point(pki::Curve::P256, key.bytes())
        .map_err(|_| Refusal::Fault("a key of a card is none"))?;
    RequestToSign::new(subject, purpose(which), &key)
        .map_err(|_| Refusal::Fault("a person's name cannot stand in a request for a certificate"))
}

impl Hands<'_> {
    fn current(&self) -> PasscodeFrom {
        self.typed.current.as_deref().map_or(PasscodeFrom::AskCurrent, portal)
    }

    fn new_passcode(&self) -> PasscodeFrom {
        self.typed.new.as_deref().map_or_else(|| self.ask_new.clone(), portal)
    }

    /// The passcode that the card has by now, for signing.
    fn present(&self) -> PasscodeFrom {
        if !self.facts.passcode.set {
            return self.current();
        }
        self.typed.new.as_deref().map_or(PasscodeFrom::AskCurrent, portal)
    }

    fn guid(&self) -> Result<&[u8], Refusal> {
        let read = self.facts.run.guid.as_ref().map(Hex::bytes);
        read.or(self.guid).ok_or(Refusal::Fault("a job knows no card"))
    }

    /// The order.
    pub fn order(&self, step: &Step) -> Result<Order, Refusal> {
        Ok(match step {
            Step::Connect => Order::Connect { card: self.guid.map(|guid| Hex(guid.to_vec())) },
            Step::ReadGuid => transmit(&[commands::get_data(Object::CHUID)]),
            Step::ReadVersion => transmit(&[commands::version()]),
            Step::ReadTries => transmit(&[commands::tries_left()]),
            Step::AskWitness => transmit(&[piv::ManagementKey::ask_for_witness()]),
            Step::ProveCard { challenge } => transmit(&[self.proof(challenge)?]),
            Step::VerifyCurrent => Order::Verify { passcode: self.current() },
            Step::VerifyNew => Order::Verify { passcode: self.new_passcode() },
            Step::Blind => Order::BlindHistory { new: self.new_passcode() },
            Step::FinishHistory => {
                let evaluated = self.facts.passcode.evaluated.clone();
                Order::FinishHistory { evaluated: evaluated.ok_or(Refusal::Fault("nothing was evaluated"))? }
            }
            Step::Change => Order::Change { current: self.current(), new: self.new_passcode() },
            Step::Unblock { with, next } => Order::Unblock {
                key: self.unblocking(*with)?,
                next_key: self.unblocking(*next)?,
                new: self.new_passcode(),
            },
            Step::Generate { slot: place } => transmit(&[generate(*place)]),
            Step::SignRequest { slot: place } => {
                let which = Which::of(*place);
                let subject = self.subject.ok_or(Refusal::Fault("a certificate is nobody's"))?;
                let key = self.facts.pair(which).key.as_ref().ok_or(Refusal::Fault("no key was made"))?;
                let digest = request(subject, which, key)?.digest().to_vec();
                Order::Sign { slot: *place, digest: Hex(digest), passcode: self.present() }
            }
            Step::SignChallenge { slot: place, challenge } => {
                let digest = Sha256::digest(challenge.bytes()).to_vec();
                Order::Sign { slot: *place, digest: Hex(digest), passcode: self.present() }
            }
            Step::MakeRoom { which } | Step::EraseOld { which } => {
                transmit(&[commands::delete_key(aside(*which))])
            }
            Step::PutAside { which } => transmit(&[commands::move_key(slot(which.place()), aside(*which))]),
            Step::Move { which } => {
                transmit(&[commands::move_key(slot(which.waiting()), slot(which.place()))])
            }
            Step::Write { which } => self.write(*which)?,
            Step::Wipe { which } => {
                let place = slot(which.place());
                transmit(&[commands::put_data(place.certificate(), &[]), commands::generate(place)])
            }
            Step::End { .. } => return Err(Refusal::Fault("a job ends by other means")),
        })
    }

    fn proof(&self, challenge: &Hex) -> Result<Command, Refusal> {
        let witness = self.facts.run.witness.as_ref().and_then(|witness| Answer::parse(witness.bytes()));
        let challenge: Option<&[u8; 16]> = challenge.bytes().try_into().ok();
        let (Some(witness), Some(challenge)) = (witness, challenge) else {
            return Err(Refusal::Fault("a card sent no witness"));
        };
        // A witness that cannot be read is answered by one that proves nothing: the card says no, and that is what is told.
        management_key(&self.service.keys, self.guid()?)
            .answer(&witness, challenge)
            .or(Ok(piv::ManagementKey::ask_for_witness()))
    }

    fn unblocking(&self, generation: u32) -> Result<Hex, Refusal> {
        let key = unblocking_key(&self.service.keys, self.guid()?, generation);
        Ok(Hex(key.expose().clone().into_bytes()))
    }

    fn write(&self, which: Which) -> Result<Order, Refusal> {
        let certificate = self.facts.pair(which).certificate.as_ref();
        let der = certificate.ok_or(Refusal::Fault("no certificate was issued"))?.der.bytes().to_vec();
        let object = slot(which.place()).certificate();
        let content = CertificateObject { certificate: der }.content();
        Ok(transmit(&[commands::put_data(object, &content), commands::get_data(object)]))
    }
}

fn generate(place: Slot) -> Command {
    match place {
        // Where it waits it asks for the passcode as it will in its place.
        Slot::NextSignature => commands::generate_asking_each_time(slot(place)),
        _ => commands::generate(slot(place)),
    }
}

fn portal(passcode: &str) -> PasscodeFrom {
    PasscodeFrom::Portal(Hex(passcode.as_bytes().to_vec()))
}
