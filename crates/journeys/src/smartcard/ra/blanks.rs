//! Blank cards are registered before they are issued: one by one, or as a file from the bureau, of which either every row is taken or
//! none.

use crate::console::Staff;
use crate::{FieldProblem, Refusal, Service, session};
use rules::role::Act;
use rules::smartcard::CardProfile;
use std::collections::HashSet;
use store::audit::Event;
use store::smartcard::CardGuid;
use store::smartcard_life::NewSmartcard;
use uuid::Uuid;

/// The most rows of a file.
pub const MOST_ROWS: usize = 10_000;

/// The longest label, in characters.
pub const LONGEST_LABEL: usize = 60;

/// Of rows that cannot be taken so many are named.
pub const NAMED_ROWS: usize = 50;

/// A card as the bureau delivers it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Row<'a> {
    /// 32 hexadecimal digits.
    pub guid: &'a str,
    /// The name of a [`CardProfile`].
    pub profile: &'a str,
    /// What is printed on it; empty where nothing is.
    pub label: &'a str,
}

/// Why a row cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// The GUID is not 32 hexadecimal digits.
    Guid,
    /// It stands in the file twice.
    Twice,
    /// A card with it is registered already.
    Known,
    /// There is no such profile.
    Profile,
    /// The label is too long.
    Label,
    /// The row has not three fields.
    Malformed,
}

impl Bad {
    /// Its name for pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guid => "guid-malformed",
            Self::Twice => "guid-twice",
            Self::Known => "guid-known",
            Self::Profile => "profile-unknown",
            Self::Label => "label-too-long",
            Self::Malformed => "row-malformed",
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// So many cards.
    All(u64),
    /// None: these rows cannot be taken, by their number in the file, and how many there are in all.
    None {
        /// The first of them.
        bad: Vec<(u64, Bad)>,
        /// How many.
        count: u64,
    },
}

struct Card {
    guid: CardGuid,
    profile: CardProfile,
    label: String,
}

fn read(row: Row<'_>) -> Result<Card, Bad> {
    let digits: String = row.guid.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
    let guid = Uuid::try_parse(&digits).map_err(|_| Bad::Guid)?.into_bytes();
    let profile = CardProfile::parse(row.profile.trim()).map_err(|_| Bad::Profile)?;
    let label = row.label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.chars().count() > LONGEST_LABEL || label.contains(char::is_control) {
        return Err(Bad::Label);
    }
    // What has nothing printed on it is called by its GUID.
    let label = if label.is_empty() { Uuid::from_bytes(guid).to_string() } else { label };
    Ok(Card { guid, profile, label })
}

/// How many blank cards there are.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn count(service: &Service, staff: &Staff) -> Result<u64, Refusal> {
    staff.demand(Act::IssueCard)?;
    Ok(service.store.count_smartcards(staff.organisation()).await?.1)
}

/// Registers one card.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::Fields`].
pub async fn register(service: &Service, staff: &Staff, row: Row<'_>) -> Result<(), Refusal> {
    staff.demand(Act::IssueCard)?;
    session::fresh(service, &staff.person)?;
    let card = read(row).map_err(problem)?;
    match register_all(service, staff, vec![(1, card)]).await? {
        Registered::All(_) => Ok(()),
        Registered::None { .. } => Err(problem(Bad::Known)),
    }
}

fn problem(bad: Bad) -> Refusal {
    let (field, key) = match bad {
        Bad::Guid | Bad::Malformed => ("guid", "ra-guid-malformed"),
        Bad::Twice | Bad::Known => ("guid", "ra-guid-known"),
        Bad::Profile => ("profile", "ra-profile-empty"),
        Bad::Label => ("label", "ra-label-too-long"),
    };
    Refusal::field(field, key)
}

/// Registers the cards of a file with the heading `guid,profile,label`: all, or none.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where the file as a whole cannot be read.
pub async fn register_file(service: &Service, staff: &Staff, file: &[u8]) -> Result<Registered, Refusal> {
    staff.demand(Act::IssueCard)?;
    session::fresh(service, &staff.person)?;
    let wrong = |key| Refusal::Fields(vec![FieldProblem::new("file", key)]);
    // Spreadsheets begin a file with a mark of its encoding.
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    if file.iter().all(u8::is_ascii_whitespace) {
        return Err(wrong("ra-file-empty"));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file);
    let heading = reader.headers().map_err(|_| wrong("ra-file-heading"))?;
    if heading.iter().map(str::to_ascii_lowercase).ne(["guid", "profile", "label"].map(String::from)) {
        return Err(wrong("ra-file-heading"));
    }
    let (mut cards, mut bad, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (number, record) in (2_u64..).zip(reader.records()) {
        if cards.len() + bad.len() >= MOST_ROWS {
            return Err(wrong("ra-file-too-long"));
        }
        let fields: Option<[String; 3]> = record.ok().and_then(|record| {
            let fields: Vec<String> = record.iter().map(str::to_owned).collect();
            fields.try_into().ok()
        });
        let card = match &fields {
            Some([guid, profile, label]) => read(Row { guid, profile, label }),
            None => Err(Bad::Malformed),
        };
        match card {
            Ok(card) if !seen.insert(card.guid) => bad.push((number, Bad::Twice)),
            Ok(card) => cards.push((number, card)),
            Err(why) => bad.push((number, why)),
        }
    }
    if cards.is_empty() && bad.is_empty() {
        return Err(wrong("ra-file-empty"));
    }
    if !bad.is_empty() {
        return Ok(none(bad));
    }
    register_all(service, staff, cards).await
}

fn none(mut bad: Vec<(u64, Bad)>) -> Registered {
    let count = u64::try_from(bad.len()).unwrap_or(u64::MAX);
    bad.truncate(NAMED_ROWS);
    Registered::None { bad, count }
}

/// In one transaction, which is given up where a card is known.
async fn register_all(
    service: &Service,
    staff: &Staff,
    cards: Vec<(u64, Card)>,
) -> Result<Registered, Refusal> {
    let (organisation, now) = (staff.organisation(), service.clock.now());
    let mut tx = service.store.begin().await?;
    let (mut known, mut count) = (Vec::new(), 0);
    for (number, card) in &cards {
        let id = vault::new_id(now, service.random.as_ref());
        let new = NewSmartcard {
            id,
            organisation_id: organisation,
            guid: card.guid,
            profile: card.profile.as_str(),
            label: &card.label,
        };
        if tx.add_smartcard(new, now).await? {
            tx.audit(Event::SmartcardAdded { organisation, card: id, by: Some(staff.id()) }, now);
            count += 1;
        } else {
            known.push((*number, Bad::Known));
        }
    }
    if !known.is_empty() {
        return Ok(none(known));
    }
    tx.commit().await?;
    Ok(Registered::All(count))
}
