//! Where a person who is signed in begins.

use crate::person::{shell, signed_in};
use crate::registration::method;
use crate::render::{Answer, page, see_other};
use crate::second_factor::hint;
use crate::{Web, urls};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum_extra::extract::CookieJar;
use journeys::home;
use journeys::session::Person;
use journeys::smartcard::portal;
use pages::{Home, HomeTask, PanelState, PartOfDay, SignInMethod, SmartcardPanel};
use rules::todo::Todo;
use wording::Language;

pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/", get(async || see_other(urls::HOME))).route(urls::HOME, get(show))
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let person = signed_in(&web, &jar).await?;
    let overview = home::overview(&web, &person).await?;
    let account = &person.account;
    let home = Home {
        name: account.first_name.clone(),
        user_name: account.email.clone(),
        part_of_day: PartOfDay::at_hour(web.local(web.clock.now()).hour()),
        last_sign_in: account
            .previous_sign_in_at
            .map(|moment| wording::date_and_time(Language::En, web.local(moment).datetime())),
        tasks: overview.todo.into_iter().map(task).collect(),
        smartcard: panel(&web, &person),
        activity_href: urls::ACTIVITY.into(),
        methods: overview
            .methods
            .iter()
            .map(|known| SignInMethod {
                method: method(known.kind),
                hint: hint(&web, known),
                added: wording::date(Language::En, web.local(known.added_at).date()),
            })
            .collect(),
    };
    page(&shell(&web, &person), &home)
}

/// The person's smartcard.
fn panel(web: &Web, person: &Person) -> Option<SmartcardPanel> {
    let card = person.smartcard.as_ref()?;
    let words = |day| wording::date(Language::En, day);
    let state = match portal::due_soon(web, person) {
        Some(by) => PanelState::DueSoon { by: words(by) },
        None => PanelState::Good { next: portal::next_due(web, person).map(|entry| words(entry.day)) },
    };
    Some(SmartcardPanel {
        href: urls::SMARTCARD.into(),
        label: web.word("card-label", &[("label", &card.label)]),
        state,
    })
}

/// Where each thing to do is done.
fn task(todo: Todo) -> HomeTask {
    match todo {
        Todo::ChangePassword => HomeTask::ChangePassword { href: urls::CHANGE_PASSWORD.into() },
        Todo::LookAtTries { tries } => HomeTask::LookAtTries { tries, href: urls::ACTIVITY.into() },
        Todo::AddResetMethod => HomeTask::AddResetMethod { href: urls::SECURITY_ADD.into() },
        Todo::AddSecondMethod => HomeTask::AddSecondMethod { href: urls::SECURITY_ADD.into() },
        Todo::RenewRecoveryCodes { left } => {
            HomeTask::RenewRecoveryCodes { left, href: urls::SECURITY_RECOVERY_CODES.into() }
        }
        Todo::MakeRecoveryCodes => HomeTask::MakeRecoveryCodes { href: urls::SECURITY_RECOVERY_CODES.into() },
    }
}
