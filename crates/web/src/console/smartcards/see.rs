//! A person's cards, and one card.

use super::{Told, card_href, day, flags, guid, moment, ra_act, time, word};
use crate::console::{console_shell, frame, staff};
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::console::{self, Staff};
use journeys::smartcard::ra::see::{self, SeenCard, SeenPerson};
use journeys::smartcard::ra::{Deed, name, rules_of};
use pages::{ConsolePart, Link, RaAct, RaCard, RaCardLine, RaCertificate, RaHappening, RaPasscode, RaPerson};
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_CARDS_PERSON, get(person)).route(urls::CONSOLE_CARD, get(card))
}

async fn person(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(told): Query<Told>,
    jar: CookieJar,
) -> Answer {
    let here = urls::console_cards(urls::CONSOLE_CARDS_PERSON, &id);
    let staff = staff(&web, &jar, &here).await?;
    let seen = see::person(&web, &staff, console::id(&id)?).await?;
    page(&console_shell(&web, &staff), &person_page(&web, &staff, seen, told.done))
}

fn person_page(web: &Web, staff: &Staff, seen: SeenPerson, done: Option<String>) -> RaPerson {
    let id = seen.account.id.to_string();
    let passcode = |kind: &str, set: Option<Timestamp>| RaPasscode {
        kind: kind.to_owned(),
        set: set.map(|set| day(web, set)),
    };
    let acts: Vec<(RaAct, String)> = seen
        .deeds
        .iter()
        .map(|deed| {
            let page =
                if *deed == Deed::Issue { urls::CONSOLE_CARDS_ISSUE } else { urls::CONSOLE_CARDS_LEAVES };
            (ra_act(*deed), urls::console_cards(page, &id))
        })
        .collect();
    RaPerson {
        frame: frame(staff, ConsolePart::Smartcards),
        name: name(&seen.account),
        email: seen.account.email,
        done,
        cards: seen
            .cards
            .into_iter()
            .map(|(card, state)| RaCardLine {
                flags: flags(&state),
                expires: card.expires_at.map(|ends| day(web, ends)),
                href: card_href(card.id),
                label: card.label,
            })
            .collect(),
        passcodes: vec![
            passcode("recovery", seen.recovery_set),
            passcode("verification", seen.verification_set),
        ],
        own: seen.own,
        identity_href: seen.may_check.then(|| urls::console_cards_identity(&id, "")),
        checked_until: seen.checked_until.map(|until| time(web, until)),
        acts,
        back: Some(urls::CONSOLE_CARDS.into()),
    }
}

async fn card(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(told): Query<Told>,
    jar: CookieJar,
) -> Answer {
    let here = urls::console_cards(urls::CONSOLE_CARD, &id);
    let staff = staff(&web, &jar, &here).await?;
    let seen = see::card(&web, &staff, console::id(&id)?).await?;
    page(&console_shell(&web, &staff), &card_page(&web, &staff, &seen, told.done))
}

fn card_page(web: &Web, staff: &Staff, seen: &SeenCard, done: Option<String>) -> RaCard {
    let SeenCard { card, state, owner, .. } = seen;
    let id = card.id.to_string();
    let person = owner.as_ref().map(|owner| {
        let href = urls::console_cards(urls::CONSOLE_CARDS_PERSON, &owner.id.to_string());
        Link::new(name(owner), href)
    });
    let back = person.as_ref().map_or_else(|| urls::CONSOLE_CARDS.to_owned(), |person| person.href.clone());
    let identity_href = owner
        .as_ref()
        .filter(|_| seen.may_check)
        .map(|owner| urls::console_cards_identity(&owner.id.to_string(), &card_href(card.id)));
    RaCard {
        frame: frame(staff, ConsolePart::Smartcards),
        label: card.label.clone(),
        guid: guid(card),
        profile: card.profile.clone(),
        person,
        done,
        flags: flags(state),
        issued: card.issued_at.map(|issued| day(web, issued)),
        passcode_set: card.passcode_set_on.map(|set_on| wording::date(Language::En, set_on)),
        locks_in: seen.locks_in,
        tries_left: card.tries_left.filter(|_| card.tries_seen_at.is_some()),
        seen: card.tries_seen_at.map(|seen| moment(web, seen)),
        renewals_used: card.renewals_used,
        renewals_limit: rules_of(staff).renewal.self_service_limit,
        cancel_reason: card.cancel_reason.clone(),
        certificates: seen
            .certificates
            .iter()
            .map(|each| RaCertificate {
                slot: each.slot.as_str().to_owned(),
                serial: hex(&each.serial),
                from: day(web, each.not_before),
                until: day(web, each.not_after),
                revoked: each.revoked_at.map(|revoked| day(web, revoked)),
            })
            .collect(),
        acts: seen
            .deeds
            .iter()
            .map(|deed| (ra_act(*deed), urls::console_card_act(&id, word(*deed))))
            .collect(),
        identity_href,
        checked_until: seen.checked_until.map(|until| time(web, until)),
        waiting: seen.waiting.iter().map(|deed| ra_act(*deed)).collect(),
        job_href: seen.job.map(|job| urls::console_card_job(&job.to_string())),
        history: history(web, seen),
        back: Some(back),
    }
}

/// What was done here, and when new certificates came into use; the newest first.
fn history(web: &Web, seen: &SeenCard) -> Vec<RaHappening> {
    let mut happened: Vec<(Timestamp, RaHappening)> = seen
        .acts
        .iter()
        .filter_map(|each| {
            let what = web.word(&format!("ra-did-{}", each.deed?.as_str()), &[]);
            let reason = Some(each.act.reason.clone());
            let when = moment(web, each.act.at);
            Some((each.act.at, RaHappening { what, when, by: each.by.clone(), reason }))
        })
        .collect();
    // A pair is proved in one moment.
    let mut proved: Vec<Timestamp> = seen.certificates.iter().filter_map(|each| each.proved_at).collect();
    proved.sort_unstable();
    proved.dedup();
    happened.extend(proved.into_iter().map(|at| {
        let what = web.word("ra-did-certificates", &[]);
        (at, RaHappening { what, when: moment(web, at), by: None, reason: None })
    }));
    happened.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    happened.into_iter().map(|(_, happening)| happening).collect()
}

fn hex(bytes: &[u8]) -> String {
    card_jobs::Hex(bytes.to_vec()).digits()
}
