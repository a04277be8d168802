//! *Smartcards*: the Registration Authority's part of the console.

mod acts;
mod blanks;
mod identity;
mod lists;
mod outside;
mod reader;
mod requests;
mod see;

use super::{console_shell, frame, staff, trouble};
use crate::errors::Trouble;
use crate::forms::SearchForm;
use crate::render::{Answer, on_page, page, page_with};
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::smartcard::ra::find::{self, FoundBoth, FoundCard};
use journeys::smartcard::ra::{
    Deed, RaRefusal, State as CardState, outside as untold, requests as asked_for,
};
use pages::{ConsoleFound, ConsolePart, FoundPerson, RaAct, RaFind, RaFlag, RaFound, RaFoundCard};
use rules::role::Act;
use rules::roster::StaffGroup;
use rules::smartcard::{CertificateAge, PasscodeAge};
use serde::Deserialize;
use store::smartcard::Smartcard;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_CARDS, get(show).post(search))
        .merge(see::routes())
        .merge(identity::routes())
        .merge(acts::routes())
        .merge(reader::routes())
        .merge(lists::routes())
        .merge(outside::routes())
        .merge(requests::routes())
        .merge(blanks::routes())
}

/// To which a file is sent.
pub(super) fn uploads() -> Router<Web> {
    blanks::uploads()
}

/// What was done just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    done: Option<String>,
}

async fn show(State(web): State<Web>, Query(told): Query<Told>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS).await?;
    staff.demand(Act::SeeCards)?;
    let shown = find_page(&web, &staff, String::new(), None, told.done).await?;
    page(&console_shell(&web, &staff), &shown)
}

/// By POST: names that somebody looks for belong in no log of addresses.
async fn search(State(web): State<Web>, jar: CookieJar, Form(form): Form<SearchForm>) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_CARDS).await?;
    let shell = console_shell(&web, &staff);
    match find::search(&web, &staff, &form.search).await {
        Ok(found) => page(&shell, &find_page(&web, &staff, form.search, Some(found), None).await?),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &find_page(&web, &staff, form.search, None, None).await?, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_CARDS)),
    }
}

async fn find_page(
    web: &Web,
    staff: &Staff,
    search: String,
    found: Option<FoundBoth>,
    done: Option<String>,
) -> Result<RaFind, Refusal> {
    let waiting = asked_for::all(web, staff).await?;
    let untold = if staff.may(Act::RevokeCard) { untold::to_tell(web, staff).await?.len() } else { 0 };
    let link = |act, href: &str| staff.may(act).then(|| href.to_owned());
    let second = journeys::smartcard::ra::rules_of(staff).ra_second_approver || !waiting.is_empty();
    Ok(RaFind {
        frame: frame(staff, ConsolePart::Smartcards),
        done,
        action: urls::CONSOLE_CARDS.into(),
        search,
        found: found.map(listed),
        queue_href: link(Act::SeeVisits, urls::CONSOLE_CARDS_QUEUE),
        forecast_href: link(Act::SeeForecast, urls::CONSOLE_CARDS_FORECAST),
        requests_href: second.then(|| urls::CONSOLE_CARDS_REQUESTS.to_owned()),
        waiting: waiting.iter().filter(|each| each.may_approve).count().try_into().unwrap_or(u64::MAX),
        outside_href: (untold > 0).then(|| urls::CONSOLE_CARDS_OUTSIDE.to_owned()),
        untold: u64::try_from(untold).unwrap_or(u64::MAX),
        blanks_href: link(Act::IssueCard, urls::CONSOLE_CARDS_BLANK),
    })
}

fn listed(found: FoundBoth) -> RaFound {
    let people = found
        .people
        .into_iter()
        .map(|person| FoundPerson {
            name: format!("{} {}", person.first_name, person.last_name),
            staff_group: StaffGroup::parse(&person.staff_group)
                .map_or_else(|_| String::new(), |group| group.label().to_owned()),
            href: urls::console_cards(urls::CONSOLE_CARDS_PERSON, &person.id.to_string()),
            email: person.email,
            disabled: person.disabled,
        })
        .collect();
    RaFound {
        cards: found.cards.into_iter().map(found_card).collect(),
        more_cards: found.more_cards,
        people: ConsoleFound { people, page: 1, more: found.more_people, too_many: false },
    }
}

fn found_card(found: FoundCard) -> RaFoundCard {
    RaFoundCard {
        guid: guid(&found.card),
        name: found.owner,
        flags: flags(&found.state),
        href: card_href(found.card.id),
        label: found.card.label,
    }
}

/// The page of a card.
fn card_href(id: Uuid) -> String {
    urls::console_cards(urls::CONSOLE_CARD, &id.to_string())
}

/// Its GUID in groups of digits.
fn guid(card: &Smartcard) -> String {
    Uuid::from_bytes(card.guid).to_string()
}

/// How a card stands, as pages say it.
fn flags(state: &CardState) -> Vec<RaFlag> {
    let reminding = matches!(state.passcode, Some(PasscodeAge::Reminding { .. }));
    let soon = matches!(state.certificates, Some(CertificateAge::Reminding { .. }));
    let forced = matches!(state.certificates, Some(CertificateAge::Forced { .. }));
    let expired = state.expired();
    let stopped = state.locked || state.blocked || expired;
    [
        (state.blank, RaFlag::Blank),
        (state.cancelled, RaFlag::Cancelled),
        (state.wiped, RaFlag::Wiped),
        (state.revoked, RaFlag::Revoked),
        (state.live && !stopped, RaFlag::InUse),
        (state.locked, RaFlag::Locked),
        (expired, RaFlag::Expired),
        (state.blocked, RaFlag::Blocked),
        (state.issued_locked, RaFlag::IssuedLocked),
        (state.must_set && !state.issued_locked, RaFlag::MustSetPasscodes),
        (reminding && !state.must_set, RaFlag::PasscodesDue),
        (forced, RaFlag::MustRenew),
        (soon, RaFlag::CertificatesDue),
        (state.renewal_here && !expired, RaFlag::RenewalHere),
    ]
    .into_iter()
    .filter_map(|(holds, flag)| holds.then_some(flag))
    .collect()
}

/// What is done, as pages name it.
fn ra_act(deed: Deed) -> RaAct {
    match deed {
        Deed::Unlock => RaAct::Unlock,
        Deed::Unblock => RaAct::Unblock,
        Deed::ForcePasscodes => RaAct::ForcePasscodes,
        Deed::Renew => RaAct::Renew,
        Deed::Issue => RaAct::Issue,
        Deed::Replace => RaAct::Replace,
        Deed::Cancel => RaAct::Cancel,
        Deed::Revoke => RaAct::Revoke,
        Deed::Wipe => RaAct::Wipe,
        Deed::Clear => RaAct::Clear,
        Deed::CancelAll => RaAct::CancelAll,
    }
}

/// The word of what is done to a card in its address.
fn word(deed: Deed) -> &'static str {
    match deed {
        Deed::ForcePasscodes => "passcodes",
        deed => deed.as_str(),
    }
}

/// The deed of an address.
fn deed_of(word: &str) -> Result<Deed, Refusal> {
    Deed::ALL
        .into_iter()
        .filter(|deed| !matches!(deed, Deed::Issue | Deed::CancelAll))
        .find(|deed| self::word(*deed) == word)
        .ok_or(Refusal::NotFound)
}

/// What was refused before a form was filled in, at the page `here`: the identity is checked first, and then it goes on.
fn before_form(refusal: Refusal, here: &str) -> Trouble {
    match refusal {
        Refusal::Ra(RaRefusal::IdentityNotChecked { account }) => {
            Trouble::Elsewhere(urls::console_cards_identity(&account.to_string(), here))
        }
        refusal => trouble(refusal, here),
    }
}

fn day(web: &Web, moment: Timestamp) -> String {
    wording::date(Language::En, web.local(moment).date())
}

fn moment(web: &Web, moment: Timestamp) -> String {
    wording::date_and_time(Language::En, web.local(moment).datetime())
}

fn time(web: &Web, moment: Timestamp) -> String {
    wording::time(Language::En, web.local(moment).time())
}
