//! *Home* of the Self Service Portal: the person's cards, passcodes and certificates, and what falls due when.

use jiff::Timestamp;
use jiff::civil::Date;
use rules::smartcard::{
    CalendarEntry, CertificateAge, PasscodeAge, PasscodeKind, Renewal, Standing, calendar,
};
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use store::smartcard_certificate::CardCertificate;
use uuid::Uuid;

use crate::session::Person;
use crate::smartcard::due;
use crate::{Refusal, Service};

/// A card, with what is on it.
#[derive(Debug, Clone)]
pub struct CardView {
    /// The card.
    pub card: Smartcard,
    /// How it stands by its dates.
    pub standing: Standing,
    /// Its current certificates, each with its last local day and how near that is.
    pub certificates: Vec<(CardCertificate, Date, CertificateAge)>,
    /// Who renews next.
    pub renewal: Renewal,
}

/// One of the three passcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasscodeView {
    /// Which.
    pub kind: PasscodeKind,
    /// The local day on which it was set; none where there is none, or nobody knows.
    pub set_on: Option<Date>,
    /// How old it is; none for those that do not grow old.
    pub age: Option<PasscodeAge>,
    /// The first local day on which it must be changed before anything else.
    pub due: Option<Date>,
}

/// What *Home* shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The cards that the person has or had, those that can be used first.
    pub cards: Vec<CardView>,
    /// The passcodes; none where there is no card that can be used.
    pub passcodes: Vec<PasscodeView>,
    /// What falls due in the next twelve months, the earliest first.
    pub calendar: Vec<CalendarEntry>,
}

/// The person's cards and what falls due.
///
/// # Errors
/// Where the database fails.
pub async fn overview(service: &Service, person: &Person) -> Result<Overview, Refusal> {
    let (today, rules) = (service.today(), &person.policy.smartcard);
    let (live, ended): (Vec<Smartcard>, Vec<Smartcard>) =
        service.store.smartcards_of(person.account.id).await?.into_iter().partition(Smartcard::is_live);
    let mut cards = Vec::new();
    for card in live.into_iter().chain(ended.into_iter().filter(|card| card.cancelled_at.is_some())) {
        let standing = due::standing(service, &card);
        let certificates = service
            .store
            .current_certificates(card.id)
            .await?
            .into_iter()
            .map(|certificate| {
                let last_day = last_day(service, certificate.not_after);
                let age = CertificateAge::at(last_day, today, &rules.renewal);
                (certificate, last_day, age)
            })
            .collect();
        cards.push(CardView { renewal: standing.renewal(rules), card, standing, certificates });
    }
    let calendar = person
        .smartcard
        .as_ref()
        .map(|card| calendar(&due::standing(service, card), today, rules))
        .unwrap_or_default();
    Ok(Overview { cards, passcodes: passcodes(service, person).await?, calendar })
}

/// The last local day on which a certificate is good.
fn last_day(service: &Service, not_after: Timestamp) -> Date {
    service.local(not_after).date()
}

/// *Passcode Status*; nothing where the person has no card that can be used.
///
/// # Errors
/// Where the database fails.
pub async fn passcodes(service: &Service, person: &Person) -> Result<Vec<PasscodeView>, Refusal> {
    let Some(card) = &person.smartcard else { return Ok(Vec::new()) };
    let (today, rules) = (service.today(), &person.policy.smartcard);
    let standing = due::standing(service, card);
    let due = standing.passcode_set_on.map(|set_on| {
        let [_, comes_first, _] = rules.timeline.days(set_on);
        comes_first
    });
    let mut views = vec![PasscodeView {
        kind: PasscodeKind::Smartcard,
        set_on: standing.passcode_set_on,
        age: standing.passcode_age(today, rules),
        due,
    }];
    for (kind, kept) in [
        (PasscodeKind::Recovery, ServerPasscodeKind::Recovery),
        (PasscodeKind::Verification, ServerPasscodeKind::Verification),
    ] {
        let passcode = service.store.server_passcode(person.account.id, kept).await?;
        let set_on = passcode.map(|passcode| service.local(passcode.set_at).date());
        views.push(PasscodeView { kind, set_on, age: None, due: None });
    }
    Ok(views)
}

/// What comes next and on which local day, for the home page of the account; none within twelve months.
pub fn next_due(service: &Service, person: &Person) -> Option<CalendarEntry> {
    let card = person.smartcard.as_ref()?;
    calendar(&due::standing(service, card), service.today(), &person.policy.smartcard).into_iter().next()
}

/// The day by which something must be done about which the person is reminded already; none where there is no such thing.
pub fn due_soon(service: &Service, person: &Person) -> Option<Date> {
    let (today, rules) = (service.today(), &person.policy.smartcard);
    let standing = due::standing(service, person.smartcard.as_ref()?);
    let passcodes = match standing.passcode_age(today, rules) {
        Some(PasscodeAge::Reminding { .. }) => standing.passcode_set_on.map(|set_on| {
            let [_, comes_first, _] = rules.timeline.days(set_on);
            comes_first
        }),
        _ => None,
    };
    let certificates = match standing.certificate_age(today, rules) {
        Some(CertificateAge::Reminding { .. }) => standing.certificates_last_day,
        _ => None,
    };
    passcodes.into_iter().chain(certificates).min()
}

/// A job of the person's own that was begun and can be gone on with.
///
/// # Errors
/// Where the database fails.
pub async fn job_to_resume(service: &Service, person: &Person) -> Result<Option<Uuid>, Refusal> {
    let Some(card) = &person.smartcard else { return Ok(None) };
    let open = service.store.open_card_job(card.id).await?;
    Ok(open.filter(|job| job.started_by == person.account.id && job.run > 0).map(|job| job.id))
}
