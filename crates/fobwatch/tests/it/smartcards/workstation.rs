//! A workstation in the hospital: the agent's own code with a reader, a virtual card and somebody who types, against the real router.

mod plastic;
mod typist;
mod wire;

pub use plastic::Plastic;
pub use typist::Typist;
pub use wire::{Wire, posts, says};

use crate::ward::Ward;
use card_agent::Workstation;
use card_jobs::Verdict;
use journeys::smartcard::job::{self, Asked, Issue, JobView, NewPasscode, Renew, Request};
use journeys::smartcard::keys::{management_key_bytes, unblocking_key};
use std::sync::{Arc, Mutex};
use store::smartcard::Smartcard;
use store::smartcard_certificate::CardCertificate;
use store::smartcard_life::NewSmartcard;
use testkit::{SeededRandom, crowd};
use uuid::Uuid;
use vcard::{Firmware, Personal, Profile};

/// The passcode of everybody's card at first.
pub const PASSCODE: &str = "482913";

/// A card with its owner.
#[derive(Clone)]
pub struct Held {
    pub card: Uuid,
    pub owner: Uuid,
    pub plastic: Plastic,
}

impl Ward {
    /// So many people with accounts.
    pub async fn has_people(&self, count: usize) -> Vec<Uuid> {
        let now = self.clock.now();
        let organisation = self.hospital().await;
        let rows = crowd::roster_of(count, now);
        self.roster_gains(&rows).await;
        let mut tx = self.store().begin().await.unwrap();
        let random = SeededRandom::unique();
        let people =
            crowd::settle(&mut tx, organisation.id, &rows, "no password", &random, now).await.unwrap();
        tx.commit().await.unwrap();
        people.iter().map(|person| person.id).collect()
    }

    pub async fn hospital(&self) -> store::organisation::Organisation {
        self.store().organisation_by_code("NTH").await.unwrap().unwrap()
    }

    /// A blank card as the bureau delivers it: with the keys of its GUID, and blocked.
    pub async fn blank_card(&self, firmware: Firmware) -> (Uuid, Plastic) {
        let mut personal = Personal::fresh();
        let (guid, keys) = (personal.guid.0, &self.db.keys);
        personal.firmware = firmware;
        personal.profile = Profile::Piv6To8Digits;
        personal.passcode = None;
        personal.management_key = *management_key_bytes(keys, &guid).expose();
        personal.unblocking_key = unblocking_key(keys, &guid, 0).expose().as_bytes().try_into().unwrap();
        let now = self.clock.now();
        let id = vault::new_id(now, &SeededRandom::unique());
        let label = format!("NTH {}", personal.guid);
        let organisation_id = self.hospital().await.id;
        let new = NewSmartcard { id, organisation_id, guid, profile: "piv-6-8-digits", label: &label };
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.add_smartcard(new, now).await.unwrap());
        tx.commit().await.unwrap();
        (id, Plastic(Arc::new(Mutex::new(vcard::Card::new(&personal)))))
    }

    /// Somebody with a card that was issued to them with [`PASSCODE`].
    pub async fn card_of(&self, owner: Uuid, firmware: Firmware) -> Held {
        let (held, id) = self.asks_to_issue(owner, firmware).await;
        let done = self.works(&held, id, &mut Typist::types(PASSCODE)).await;
        assert_eq!(done, Some(Verdict::Done), "{:?}", self.view(&held, id).await);
        held
    }

    /// The Registration Authority begins to issue a blank card with [`PASSCODE`].
    pub async fn asks_to_issue(&self, owner: Uuid, firmware: Firmware) -> (Held, Uuid) {
        let (card, plastic) = self.blank_card(firmware).await;
        let organisation = self.hospital().await;
        let asked = Asked {
            organisation: &organisation,
            by: owner,
            card: Some(card),
            act: Some(Uuid::max()),
            reason: Some("A new colleague"),
        };
        let issue = Issue { owner, new: Some(NewPasscode::Typed(PASSCODE.to_owned().into())) };
        let id = job::begin(&self.node.service, asked, Request::Issue(issue)).await.unwrap();
        (Held { card, owner, plastic }, id)
    }

    /// Its owner asks for something.
    pub async fn asks(&self, held: &Held, request: Request) -> Result<Uuid, journeys::Refusal> {
        let organisation = self.hospital().await;
        let asked = Asked {
            organisation: &organisation,
            by: held.owner,
            card: Some(held.card),
            act: None,
            reason: None,
        };
        job::begin(&self.node.service, asked, request).await
    }

    /// *Update My Card* with the passcode typed on the page.
    pub async fn asks_to_renew(&self, held: &Held) -> Uuid {
        let renew = Renew { current: Some(PASSCODE.to_owned().into()), by_ra: false };
        self.asks(held, Request::Renew(renew)).await.unwrap()
    }

    pub async fn view(&self, held: &Held, id: Uuid) -> JobView {
        job::watch(&self.node.service, held.owner, id).await.unwrap()
    }

    /// The ticket in the link of the job's page.
    pub async fn ticket(&self, held: &Held, id: Uuid) -> String {
        let link = self.view(held, id).await.link.expect("the page has a link");
        let url = url::Url::parse(&link).unwrap();
        url.query_pairs().find(|(name, _)| name == "ticket").unwrap().1.into_owned()
    }

    /// *Go on*.
    pub async fn goes_on(&self, held: &Held, id: Uuid) {
        job::new_ticket(&self.node.service, held.owner, id).await.unwrap();
    }

    /// The agent works a job over this wire; none where it was cut off.
    pub async fn works_over(
        &self,
        wire: &mut Wire,
        held: &Held,
        id: Uuid,
        typist: &mut Typist,
    ) -> Option<Verdict> {
        let ticket = self.ticket(held, id).await;
        held.works_with(wire, &ticket, typist).await
    }

    /// The agent works a job.
    pub async fn works(&self, held: &Held, id: Uuid, typist: &mut Typist) -> Option<Verdict> {
        let mut wire = Wire::to(std::slice::from_ref(&self.node));
        self.works_over(&mut wire, held, id, typist).await
    }

    pub async fn smartcard(&self, held: &Held) -> Smartcard {
        self.store().smartcard(held.card).await.unwrap().unwrap()
    }

    /// The pair that counts.
    pub async fn pair(&self, held: &Held) -> Vec<CardCertificate> {
        self.store().current_certificates(held.card).await.unwrap()
    }

    /// The pair that counts is the one on the card, with the keys on the card, and it is the only one.
    pub async fn card_holds_its_pair(&self, held: &Held) {
        let pair = self.pair(held).await;
        assert_eq!(pair.iter().map(|one| one.slot.as_str()).collect::<Vec<_>>(), ["9a", "9c"]);
        for (one, slot) in pair.iter().zip([piv::Slot::Authentication, piv::Slot::Signature]) {
            let key = held.plastic.with(|card| card.public_key(slot)).unwrap();
            let certificate = pki::Certificate::from_der(&one.der).unwrap();
            assert_eq!(certificate.public_key().bits(), key.point(), "{slot:?}");
            assert_eq!(held.plastic.certificate(slot).as_deref(), Some(&one.der[..]), "{slot:?}");
        }
        let all = self.store().card_certificates(held.card).await.unwrap();
        let alive = all.iter().filter(|one| one.revoked_at.is_none()).count();
        assert_eq!(alive, 2, "{all:?}");
    }
}

impl Held {
    /// The agent works with a ticket that it has; none where it was cut off.
    pub async fn works_with(&self, wire: &mut Wire, ticket: &str, typist: &mut Typist) -> Option<Verdict> {
        let mut readers = self.plastic.in_a_reader();
        let at = Workstation {
            readers: &mut readers,
            person: typist,
            randomness: &mut rand_core::OsRng,
            pauses: &[],
        };
        card_agent::run(wire, at, ticket, "http://fobwatch.example").await.ok()
    }
}
