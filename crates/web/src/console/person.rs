//! A person's page.

use super::{console_shell, frame, staff};
use crate::activity::happening;
use crate::registration::method;
use crate::render::{Answer, page};
use crate::{Web, urls};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::console::see::{self, Seen};
use journeys::console::{self, Staff};
use journeys::numbers::NUMBER_NOT_ALLOWED;
use pages::{
    AccountState, ConsoleAct, ConsoleMessage, ConsoleMethod, ConsolePart, ConsolePerson, Happening,
    MessageState, Method, StaffRole,
};
use rules::role::Act;
use serde::Deserialize;
use store::people::MessageTrace;
use store::role::Role;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(urls::CONSOLE_PERSON, get(show))
}

/// What was done just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Done {
    done: Option<String>,
}

async fn show(
    State(web): State<Web>,
    Path(id): Path<String>,
    Query(done): Query<Done>,
    jar: CookieJar,
) -> Answer {
    let staff = staff(&web, &jar, &urls::console_person(&id)).await?;
    let seen = see::person(&web, &staff, console::id(&id)?).await?;
    page(&console_shell(&web, &staff), &person(&web, &staff, seen, done.done))
}

fn person(web: &Web, staff: &Staff, seen: Seen, done: Option<String>) -> ConsolePerson {
    let id = seen.account.id.to_string();
    let words = |moment: Timestamp| wording::date_and_time(Language::En, web.local(moment).datetime());
    let day = |moment: Timestamp| wording::date(Language::En, web.local(moment).date());
    let state = match (seen.account.disabled_at, seen.paused_until) {
        (Some(since), _) => AccountState::Disabled {
            since: day(since),
            reason: seen.account.disabled_reason.clone().unwrap_or_default(),
        },
        (None, Some(until)) => AccountState::Locked { until: words(until) },
        (None, None) => AccountState::Active,
    };
    ConsolePerson {
        frame: frame(staff, ConsolePart::People),
        name: format!("{} {}", seen.account.first_name, seen.account.last_name),
        acts: acts(staff, &seen, &id),
        done,
        state,
        created: day(seen.account.created_at),
        last_sign_in: seen.account.last_sign_in_at.map(words),
        reset_closed_until: seen.reset_closed_until.map(words),
        sessions: seen.sessions,
        recovery_codes: seen.recovery_codes,
        roles: seen.roles.iter().map(|role| staff_role(*role)).collect(),
        caller_href: seen.may_help.then(|| urls::console_caller(&id)),
        checked_until: seen.checked_until.map(|until| wording::time(Language::En, web.local(until).time())),
        methods: seen
            .methods
            .iter()
            .map(|known| ConsoleMethod {
                method: known.kind.map_or(Method::Passkey, method),
                added: day(known.added_at),
                last_used: known.last_used_at.map(words),
                remove_href: seen.may_help.then(|| urls::console_remove(&id, &known.id.to_string())),
            })
            .collect(),
        activity: seen
            .activity
            .iter()
            .map(|each| {
                let shown = happening(web, &staff.person, each);
                // Where the person was is for them alone.
                Happening { network: None, report_href: None, this_session: false, ..shown }
            })
            .collect(),
        messages: seen
            .messages
            .iter()
            .map(|trace| ConsoleMessage {
                when: words(trace.written_at),
                channel: trace.channel.as_str().to_owned(),
                state: message_state(trace),
            })
            .collect(),
        email: seen.account.email,
        back: Some(urls::CONSOLE_PEOPLE.into()),
    }
}

fn message_state(trace: &MessageTrace) -> MessageState {
    match trace {
        MessageTrace { delivered_at: Some(_), .. } => MessageState::Delivered,
        MessageTrace { failed_at: Some(_), .. } => MessageState::Failed,
        MessageTrace { sent_at: Some(_), .. } => MessageState::Sent,
        _ => MessageState::Waiting,
    }
}

/// A role as pages name it.
pub(super) fn staff_role(role: Role) -> StaffRole {
    match role {
        Role::ServiceDesk => StaffRole::ServiceDesk,
        Role::Administrator => StaffRole::Administrator,
        Role::Auditor => StaffRole::Auditor,
        Role::RaManager => StaffRole::RaManager,
        Role::RaAgent => StaffRole::RaAgent,
        Role::Sponsor => StaffRole::RaSponsor,
        Role::Unlocker => StaffRole::RaUnlocker,
        Role::PassportManager => StaffRole::PassportManager,
        Role::PassportOfficer => StaffRole::PassportOfficer,
    }
}

/// What whoever looks may do for this person. What takes being sure who is calling says so itself.
fn acts(staff: &Staff, seen: &Seen, id: &str) -> Vec<(ConsoleAct, String)> {
    let mut acts = Vec::new();
    if seen.may_help {
        acts.push((ConsoleAct::Unlock, urls::console_unlock(id)));
        acts.push((ConsoleAct::EndSessions, urls::console_sessions(id)));
        acts.push((ConsoleAct::AssistedReset, urls::console_reset(id)));
        if seen.account.disabled_reason.as_deref() == Some(NUMBER_NOT_ALLOWED) {
            acts.push((ConsoleAct::RepairNumber, urls::console_number(id)));
        }
    }
    if staff.may(Act::ChangeRoles) && seen.account.id != staff.id() {
        acts.push((ConsoleAct::Roles, urls::console_change_roles(id)));
    }
    acts
}
