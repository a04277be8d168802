//! A workstation in the hospital: the agent's own code with a reader, a virtual card and somebody who types, against the real router.

use crate::ward::{Node, Ward};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request as HttpRequest, StatusCode, header};
use card_agent::{
    InProcessCard, InProcessReaders, Missing, Passcode, Person, Portal, PortalProblem, Unanswered,
    Workstation,
};
use card_jobs::{About, Claim, Claimed, Next, Outcome, Report, Verdict};
use journeys::smartcard::job::{self, Asked, Issue, JobView, NewPasscode, Renew, Request};
use journeys::smartcard::keys::{management_key_bytes, unblocking_key};
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};
use store::smartcard::Smartcard;
use store::smartcard_certificate::CardCertificate;
use store::smartcard_life::NewSmartcard;
use testkit::{SeededRandom, crowd};
use tower::ServiceExt as _;
use uuid::Uuid;
use vcard::{Firmware, Personal, Profile};
use zeroize::Zeroizing;

/// The passcode of everybody's card at first.
pub const PASSCODE: &str = "482913";

/// A card with its owner.
#[derive(Clone)]
pub struct Held {
    pub card: Uuid,
    pub owner: Uuid,
    pub plastic: Plastic,
}

/// The card itself.
#[derive(Clone)]
pub struct Plastic(pub Arc<Mutex<vcard::Card>>);

struct InReader(Plastic);

impl InProcessCard for InReader {
    fn reset(&mut self) {
        self.0.0.lock().unwrap().reset();
    }

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        self.0.0.lock().unwrap().answer(command).ok()
    }
}

impl Plastic {
    pub fn with<T>(&self, act: impl FnOnce(&mut vcard::Card) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// It is put back, and stays there.
    pub fn is_back(&self) {
        self.with(|card| {
            card.pull_after(u32::MAX, vcard::Pull::Before);
            card.put_in();
        });
    }

    /// A reader with this card in it.
    pub fn in_a_reader(&self) -> InProcessReaders {
        let readers = InProcessReaders::new();
        readers.insert("Desk", &vcard::ATR, Arc::new(Mutex::new(InReader(self.clone()))));
        readers
    }
}

/// Who sits there, and what they type when the agent asks.
#[derive(Clone)]
pub struct Typist {
    pub current: String,
    pub new: String,
    pub agrees: bool,
    pub risks: bool,
    pub told: Option<(Verdict, String)>,
    pub asked: Vec<&'static str>,
}

impl Typist {
    pub fn types(current: &str) -> Self {
        Self {
            current: current.to_owned(),
            new: String::new(),
            agrees: true,
            risks: false,
            told: None,
            asked: Vec::new(),
        }
    }

    #[must_use]
    pub fn and_new(mut self, new: &str) -> Self {
        new.clone_into(&mut self.new);
        self
    }
}

impl Person for Typist {
    fn agrees(&mut self, _: &About, _: &str) -> Result<(), Unanswered> {
        if self.agrees { Ok(()) } else { Err(Unanswered::Declined) }
    }

    fn puts_in_card(&mut self, _: &About, _: Missing) -> Result<(), Unanswered> {
        Err(Unanswered::Declined)
    }

    fn types_passcode(&mut self, _: &About, _: Option<u8>, again: bool) -> Result<Passcode, Unanswered> {
        if again {
            return Err(Unanswered::Declined);
        }
        self.asked.push("current");
        Ok(Zeroizing::new(self.current.clone().into_bytes()))
    }

    fn chooses_passcode(
        &mut self,
        _: &About,
        wanted: card_agent::NewPasscode,
    ) -> Result<Passcode, Unanswered> {
        self.asked.push("new");
        assert!(wanted.fits(self.new.as_bytes()), "{wanted:?}");
        Ok(Zeroizing::new(self.new.clone().into_bytes()))
    }

    fn risks_last_try(&mut self, _: &About) -> Result<(), Unanswered> {
        if self.risks { Ok(()) } else { Err(Unanswered::Declined) }
    }

    fn hears(&mut self, verdict: Verdict, words: &str) {
        self.told = Some((verdict, words.to_owned()));
    }
}

/// What happens to a report, or to an order, on its way.
type Change<T> = Box<dyn FnMut(&mut T) + Send + Sync>;

/// The way to the portal: any of its nodes, in turn.
pub struct Wire {
    nodes: Vec<Router>,
    calls: usize,
    /// The agent's process ends instead of sending this report (counted from 0).
    pub dies_at: Option<usize>,
    /// The answer to this report is lost, and the agent sends it again.
    pub loses_answer_at: Option<usize>,
    /// A workstation that lies: what it makes of its reports.
    pub lies: Option<Change<Report>>,
    /// What was ordered, for tests that look.
    pub orders: Arc<Mutex<Vec<Next>>>,
}

impl Wire {
    pub fn to(nodes: &[Node]) -> Self {
        Self {
            nodes: nodes.iter().map(|node| node.pages.clone()).collect(),
            calls: 0,
            dies_at: None,
            loses_answer_at: None,
            lies: None,
            orders: Arc::default(),
        }
    }

    async fn sends<T: DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&str>,
        body: &impl serde::Serialize,
    ) -> Result<T, PortalProblem> {
        let body = serde_json::to_string(body).unwrap();
        let node = &self.nodes[self.calls % self.nodes.len()];
        // Who hears that the portal is busy asks again, as the agent's own way over HTTPS does.
        let (mut status, mut text) = posts(node, path, token, &body).await;
        for _ in 0..BUSY_AT_MOST {
            if status != StatusCode::SERVICE_UNAVAILABLE {
                break;
            }
            (status, text) = posts(node, path, token, &body).await;
        }
        if status.is_success() {
            return serde_json::from_str(&text).map_err(|_| PortalProblem::Nonsense);
        }
        Err(serde_json::from_str(&text).map_or(PortalProblem::Nonsense, PortalProblem::Refused))
    }
}

/// How often a workstation asks again a portal that is busy.
const BUSY_AT_MOST: usize = 20;

/// One request as an agent sends it: no cookie, no `Origin`, no `Sec-Fetch-Site`.
pub async fn posts(pages: &Router, path: &str, token: Option<&str>, body: &str) -> (StatusCode, String) {
    let mut request = HttpRequest::builder().method("POST").uri(path).header("host", "fobwatch.example");
    request = request.header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = pages.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{path}");
    assert!(!response.headers().contains_key(header::SET_COOKIE), "{path}");
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

const GONE: PortalProblem = PortalProblem::Lost { unheard: false };

impl Portal for Wire {
    async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PortalProblem> {
        self.sends("/card-api/v1/claim", None, claim).await
    }

    async fn next(&mut self, job: Uuid, token: &str, report: &Report) -> Result<Next, PortalProblem> {
        if self.dies_at == Some(self.calls) {
            return Err(GONE);
        }
        let mut report = report.clone();
        if let Some(lies) = &mut self.lies {
            lies(&mut report);
        }
        let path = format!("/card-api/v1/jobs/{job}/next");
        let next: Next = self.sends(&path, Some(token), &report).await?;
        let lost = self.loses_answer_at == Some(self.calls);
        self.calls += 1;
        if lost {
            // The agent knows nothing of the answer, and asks again: another node answers the same.
            let again: Next = self.sends(&path, Some(token), &report).await?;
            assert_eq!(again, next);
        }
        self.orders.lock().unwrap().push(next.clone());
        Ok(next)
    }
}

impl Ward {
    /// So many people with accounts.
    pub async fn has_people(&self, count: usize) -> Vec<Uuid> {
        let now = self.clock.now();
        let organisation = self.hospital().await;
        let rows = crowd::roster_of(count, now);
        self.roster_rows_become(&rows).await;
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
        let held = Held { card, owner, plastic };
        let done = self.works(&held, id, &mut Typist::types(PASSCODE)).await;
        assert_eq!(done, Some(Verdict::Done), "{:?}", self.view(&held, id).await);
        held
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

impl Plastic {
    /// What is written on the card, asked from outside.
    pub fn certificate(&self, slot: piv::Slot) -> Option<Vec<u8>> {
        self.with(|card| {
            let mut ask =
                |command: &piv::Command| piv::exchange(command, |bytes: &[u8]| card.answer(bytes)).unwrap();
            ask(&piv::commands::select());
            piv::certificate_of(&ask(&piv::commands::get_data(slot.certificate()))).unwrap()
        })
    }
}

/// A report that says something else.
pub fn says(seq: u32, outcome: Outcome) -> Report {
    Report { seq, outcome }
}

impl Plastic {
    /// Whether this is the card's passcode. Only asked where it should be: a wrong one costs a try.
    pub fn has_passcode(&self, passcode: &str) -> bool {
        self.with(|card| {
            card.reset();
            let mut ask =
                |command: &piv::Command| piv::exchange(command, |bytes: &[u8]| card.answer(bytes)).unwrap();
            ask(&piv::commands::select());
            let passcode = piv::Passcode::new(passcode.as_bytes()).unwrap();
            let right = ask(&piv::passcode::verify(&passcode)).status.is_success();
            card.reset();
            right
        })
    }
}
