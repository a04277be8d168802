//! Find a person, and the list of accounts that are disabled for a number.

use super::{console_shell, frame, staff, trouble};
use crate::forms::SearchForm;
use crate::render::{Answer, on_page, page, page_with};
use crate::{Web, urls};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::console::find::{self, FoundPeople};
use pages::{ConsoleDisabled, ConsoleFound, ConsolePart, ConsolePeople, FieldErrors, FoundPerson};
use rules::role::Act;
use rules::roster::StaffGroup;
use serde::Deserialize;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_PEOPLE, get(show).post(search))
        .route(urls::CONSOLE_DISABLED, get(disabled))
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_PEOPLE).await?;
    staff.demand(Act::SeePeople)?;
    page(&console_shell(&web, &staff), &people(&staff, String::new(), None))
}

fn people(staff: &Staff, search: String, found: Option<FoundPeople>) -> ConsolePeople {
    ConsolePeople {
        frame: frame(staff, ConsolePart::People),
        action: urls::CONSOLE_PEOPLE.into(),
        search,
        found: found.map(|found| listed(found, urls::console_person)),
        disabled_href: urls::CONSOLE_DISABLED.into(),
    }
}

/// What was found, each with the page at `href` of their account's id.
pub(super) fn listed(found: FoundPeople, href: fn(&str) -> String) -> ConsoleFound {
    let people = found
        .people
        .into_iter()
        .map(|person| FoundPerson {
            name: format!("{} {}", person.first_name, person.last_name),
            staff_group: StaffGroup::parse(&person.staff_group)
                .map_or_else(|_| String::new(), |group| group.label().to_owned()),
            href: href(&person.id.to_string()),
            email: person.email,
            disabled: person.disabled,
        })
        .collect();
    ConsoleFound { people, page: found.page, more: found.more, too_many: found.too_many }
}

/// By POST: names that somebody looks for belong in no log of addresses.
async fn search(State(web): State<Web>, jar: CookieJar, Form(form): Form<SearchForm>) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_PEOPLE).await?;
    let shell = console_shell(&web, &staff);
    match find::search(&web, &staff, Act::SeePeople, &form.search, form.page.parse().unwrap_or(1)).await {
        Ok(found) => page(&shell, &people(&staff, form.search, Some(found))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&shell, &people(&staff, form.search, None), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_PEOPLE)),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Paged {
    page: String,
}

async fn disabled(State(web): State<Web>, jar: CookieJar, Query(paged): Query<Paged>) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_DISABLED).await?;
    let found = find::disabled(&web, &staff, paged.page.parse().unwrap_or(1)).await?;
    let at = |page: u32| format!("{}?page={page}", urls::CONSOLE_DISABLED);
    let page = ConsoleDisabled {
        frame: frame(&staff, ConsolePart::People),
        previous: (found.page > 1).then(|| at(found.page - 1)),
        next: found.more.then(|| at(found.page + 1)),
        found: listed(found, urls::console_person),
        back: Some(urls::CONSOLE_PEOPLE.into()),
    };
    page_with(&console_shell(&web, &staff), &page, &FieldErrors::none(), StatusCode::OK)
}
