//! Who was invited; one more person; and many, by a file.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use super::invitation::{called, standing};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, upload, urls};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::Refusal;
use journeys::console::invitations::many::{self, Uploaded};
use journeys::console::invitations::{self, Person};
use journeys::console::{self, Staff};
use pages::{
    Choice, ConsoleInvitations, ConsoleInvite, ConsoleInviteBatch, ConsoleInviteMany, ConsolePart,
    FieldErrors, InvitationChoice, InvitationLine, InviteBadRow, InviteFields,
};
use rules::passport::{InvitationFilter, MOST_INVITED};
use rules::role::Act;
use rules::roster::{EmploymentStatus, EmploymentType, StaffGroup};
use serde::Deserialize;
use store::invitation::Invitation;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_INVITATIONS, get(list))
        .route(urls::CONSOLE_INVITE, get(show).post(invite))
        .route(urls::CONSOLE_INVITE_TEMPLATE, get(template))
        .route(urls::CONSOLE_INVITE_BATCH, get(batch))
        .route(urls::CONSOLE_INVITE_BATCH_STATE, get(state))
        .route(urls::CONSOLE_INVITE_BATCH_CONFIRM, post(confirm))
}

pub(super) fn uploads() -> Router<Web> {
    Router::new().route(urls::CONSOLE_INVITE_MANY, get(show_many).post(file))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Which {
    show: String,
    before: Option<Uuid>,
}

async fn list(State(web): State<Web>, Query(which): Query<Which>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_INVITATIONS).await?;
    let shown_now = InvitationFilter::parse(&which.show).unwrap_or(InvitationFilter::Open);
    let list = invitations::list(&web, &staff, shown_now, which.before).await?;
    let filter = |filter: &InvitationFilter| InvitationChoice {
        label: web.word(&format!("invitations-{}", filter.as_str()), &[]),
        href: urls::console_invitations(filter.as_str()),
        current: *filter == shown_now,
    };
    let when = |at: Timestamp| wording::date_and_time(Language::En, web.local(at).datetime());
    let line = |each: &Invitation| InvitationLine {
        name: called(each),
        email: each.email.clone(),
        standing: standing(each),
        sent: when(each.sent_at),
        href: urls::console_invitation(each.id, ""),
    };
    let may = staff.may(Act::InvitePeople);
    let shown = ConsoleInvitations {
        frame: frame(&staff, ConsolePart::Passports),
        lines: list.invitations.iter().map(line).collect(),
        filters: InvitationFilter::ALL.iter().map(filter).collect(),
        one: may.then(|| urls::CONSOLE_INVITE.into()),
        many: may.then(|| urls::CONSOLE_INVITE_MANY.into()),
        next_href: list
            .next
            .map(|before| format!("{}&before={before}", urls::console_invitations(shown_now.as_str()))),
        back: Some(urls::CONSOLE_PASSPORTS.into()),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// Somebody to be invited.
#[derive(Deserialize, Default)]
#[serde(default)]
struct InviteForm {
    first_name: String,
    last_name: String,
    day: String,
    month: String,
    year: String,
    email: String,
    phone: String,
    staff_group: String,
    job_role: String,
    employment_type: String,
    employment_status: String,
    esr_number: String,
}

impl InviteForm {
    fn person(&self) -> Person<'_> {
        Person {
            first_name: &self.first_name,
            last_name: &self.last_name,
            day: &self.day,
            month: &self.month,
            year: &self.year,
            email: &self.email,
            phone: &self.phone,
            staff_group: &self.staff_group,
            job_role: &self.job_role,
            employment_type: &self.employment_type,
            employment_status: &self.employment_status,
            esr_number: &self.esr_number,
        }
    }

    fn fields(self) -> InviteFields {
        InviteFields {
            first_name: self.first_name,
            last_name: self.last_name,
            day: self.day,
            month: self.month,
            year: self.year,
            email: self.email,
            phone: self.phone,
            staff_group: self.staff_group,
            job_role: self.job_role,
            employment_type: self.employment_type,
            employment_status: self.employment_status,
            esr_number: self.esr_number,
        }
    }
}

fn invite_page(web: &Web, staff: &Staff, form: InviteForm) -> ConsoleInvite {
    let groups = StaffGroup::ALL.iter().map(|each| Choice::new(each.code(), each.label()));
    let named = |code: &'static str| Choice::new(code, web.word(&format!("employment-{code}"), &[]));
    let types = EmploymentType::ALL.iter().map(|each| named(each.code()));
    // Nobody invites those who leave.
    let statuses = EmploymentStatus::ALL.iter().filter(|each| **each != EmploymentStatus::Leaver);
    let statuses = statuses.map(|each| named(each.code()));
    ConsoleInvite {
        frame: frame(staff, ConsolePart::Passports),
        action: urls::CONSOLE_INVITE.into(),
        typed: form.fields(),
        staff_groups: groups.collect(),
        employment_types: types.collect(),
        employment_statuses: statuses.collect(),
        back: Some(urls::CONSOLE_INVITATIONS.into()),
    }
}

async fn show(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_INVITE).await?;
    staff.demand(Act::InvitePeople)?;
    page(&console_shell(&web, &staff), &invite_page(&web, &staff, InviteForm::default()))
}

/// *Invite*.
async fn invite(State(web): State<Web>, jar: CookieJar, Form(form): Form<InviteForm>) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_INVITE).await?;
    match invitations::invite(&web, &staff, form.person()).await {
        Ok(id) => Ok(see_other(&urls::console_invitation(id, ""))),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &invite_page(&web, &staff, form), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_INVITE)),
    }
}

fn many_page(staff: &Staff) -> ConsoleInviteMany {
    ConsoleInviteMany {
        frame: frame(staff, ConsolePart::Passports),
        action: urls::CONSOLE_INVITE_MANY.into(),
        template: urls::CONSOLE_INVITE_TEMPLATE.into(),
        most: MOST_INVITED,
        bad_rows: Vec::new(),
        bad_count: 0,
        back: Some(urls::CONSOLE_INVITATIONS.into()),
    }
}

async fn show_many(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_INVITE_MANY).await?;
    staff.demand(Act::InvitePeople)?;
    page(&console_shell(&web, &staff), &many_page(&staff))
}

async fn template(State(web): State<Web>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_INVITE_MANY).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"invitations.csv\""),
    ];
    Ok((headers, many::template(&staff)?).into_response())
}

/// Who may is asked before the file is read.
async fn file(
    State(web): State<Web>,
    jar: CookieJar,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer {
    let staff = fresh_staff(&web, &jar, urls::CONSOLE_INVITE_MANY).await?;
    staff.demand(Act::InvitePeople)?;
    let bytes = upload::file(multipart).await?;
    match many::upload(&web, &staff, bytes).await {
        Ok(Uploaded::Kept(id)) => Ok(see_other(&urls::console_invite_batch(id, ""))),
        Ok(Uploaded::Wrong { rows, count }) => {
            let bad_row = |row: many::BadRow| {
                let values = row.problem.values.iter().map(|(name, value)| (*name, value.as_str()));
                InviteBadRow {
                    line: row.line,
                    column: row.column.map(str::to_owned),
                    why: web.word(row.problem.key, &values.collect::<Vec<_>>()),
                }
            };
            let bad_rows = rows.into_iter().map(bad_row).collect();
            let shown = ConsoleInviteMany { bad_rows, bad_count: count, ..many_page(&staff) };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page_with(&console_shell(&web, &staff), &shown, &FieldErrors::none(), status)
        }
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &many_page(&staff), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, urls::CONSOLE_INVITE_MANY)),
    }
}

async fn batch_page(web: &Web, staff: &Staff, id: Uuid) -> Result<ConsoleInviteBatch, Refusal> {
    let batch = many::see(web, staff, id).await?;
    Ok(ConsoleInviteBatch {
        frame: frame(staff, ConsolePart::Passports),
        people: batch.people,
        confirm: batch.confirmed_at.is_none().then(|| urls::console_invite_batch(id, "confirm")),
        done: batch.done,
        passed_over: batch.passed_over,
        finished: batch.finished_at.is_some(),
        state_href: urls::console_invite_batch(id, "state"),
        list_href: urls::CONSOLE_INVITATIONS.into(),
        back: Some(urls::CONSOLE_INVITE_MANY.into()),
    })
}

async fn batch(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_invite_batch(id, "")).await?;
    page(&console_shell(&web, &staff), &batch_page(&web, &staff, id).await?)
}

/// How far it has come, for a script.
async fn state(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_invite_batch(id, "")).await?;
    let batch = many::see(&web, &staff, id).await?;
    let told = serde_json::json!({ "done": batch.done, "finished": batch.finished_at.is_some() });
    Ok(Json(told).into_response())
}

/// *Invite them*.
async fn confirm(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_invite_batch(id, "");
    let staff = fresh_staff(&web, &jar, &here).await?;
    match many::confirm(&web, &staff, id).await {
        Ok(()) => Ok(see_other(&here)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(&web, Some(&staff.person.organisation), refusal)?;
            page_with(&console_shell(&web, &staff), &many_page(&staff), &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}
