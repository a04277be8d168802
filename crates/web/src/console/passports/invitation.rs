//! One invitation: who was invited, whether they have followed, and what the trust says of their identity.

use super::super::{console_shell, frame, fresh_staff, staff, trouble};
use crate::errors::Trouble;
use crate::passport::in_words;
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use journeys::Refusal;
use journeys::console::invitations::{self, Said};
use journeys::console::{self, Staff};
use pages::{
    Choice, ConsoleInvitation, ConsoleInvitationDelete, ConsolePart, InvitationStanding, JudgeInvitation,
};
use rules::passport::{DeclineReason, IdentityCheck, InvitationState};
use rules::role::Act;
use rules::roster::StaffGroup;
use serde::Deserialize;
use store::invitation::Invitation;
use uuid::Uuid;
use wording::Language;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_INVITATION, get(show))
        .route(urls::CONSOLE_INVITATION_SEND, post(send))
        .route(urls::CONSOLE_INVITATION_DELETE, get(ask_to_delete).post(delete))
        .route(urls::CONSOLE_INVITATION_APPOINTMENT, post(appointment))
        .route(urls::CONSOLE_INVITATION_CONFIRM, post(confirm))
        .route(urls::CONSOLE_INVITATION_DECLINE, post(decline))
}

/// What was chosen about somebody's identity.
#[derive(Deserialize, Default)]
#[serde(default)]
struct JudgeForm {
    how: String,
    reason: String,
}

pub(super) fn called(invitation: &Invitation) -> String {
    format!("{} {}", invitation.first_name, invitation.last_name)
}

pub(super) fn standing(invitation: &Invitation) -> InvitationStanding {
    match invitation.state() {
        InvitationState::Sent if invitation.shared_from_elsewhere().is_some() => {
            InvitationStanding::Elsewhere
        }
        InvitationState::Sent => InvitationStanding::Sent,
        InvitationState::IdentityShared => InvitationStanding::IdentityShared,
        InvitationState::AppointmentNeeded => InvitationStanding::AppointmentNeeded,
        InvitationState::Confirmed => InvitationStanding::Confirmed,
        InvitationState::Declined => InvitationStanding::Declined,
    }
}

async fn show(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = staff(&web, &jar, &urls::console_invitation(id, "")).await?;
    let shown = details(&web, &staff, id, JudgeForm::default()).await?;
    page(&console_shell(&web, &staff), &shown)
}

async fn details(web: &Web, staff: &Staff, id: Uuid, form: JudgeForm) -> Result<ConsoleInvitation, Trouble> {
    let (invitation, judge) = invitations::see(web, staff, id).await?;
    let when = |at: Timestamp| wording::date_and_time(Language::En, web.local(at).datetime());
    let at = |act: &str| urls::console_invitation(id, act);
    let own = invitation.account == Some(staff.id());
    let may = |act: Act| staff.may(act) && !own;
    let (state, moments) = (invitation.state(), invitation.moments);
    let how = invitation.confirmed_how.map(|how| format!("identity-{}", how.as_str()));
    let reason = invitation.decline_reason.map(|reason| format!("decline-{}", reason.as_str()));
    let passport = invitation.account.map(|account| account.to_string());
    let to_provide =
        may(Act::ProvideCredentials) && invitations::needs_identity(web, staff, &invitation).await?;
    let provide = |account: &String| urls::console_provide_form(account, invitations::IDENTITY);
    Ok(ConsoleInvitation {
        frame: frame(staff, ConsolePart::Passports),
        name: called(&invitation),
        standing: standing(&invitation),
        facts: facts(web, &invitation),
        invited: when(invitation.invited_at),
        sent: when(invitation.sent_at),
        times_sent: invitation.times_sent,
        judged: moments.confirmed_at.or(moments.declined_at).map(when),
        judge,
        why: how.or(reason).map(|key| web.word(&key, &[])),
        send: (invitation.can_be_sent_again() && may(Act::InvitePeople)).then(|| at("send")),
        delete: may(Act::InvitePeople).then(|| at("delete")),
        judgement: (state.can_be_judged() && may(Act::ConfirmIdentity))
            .then(|| judgement(web, id, state, form)),
        provide: passport.as_ref().filter(|_| to_provide).map(provide),
        shared: invitation.shared_from_elsewhere().map(|share| urls::console_share(share, "")),
        passport: passport.map(|account| urls::console_passport(&account)),
        back: Some(urls::CONSOLE_INVITATIONS.into()),
    })
}

fn facts(web: &Web, invitation: &Invitation) -> Vec<(String, String)> {
    let group = StaffGroup::from_code(&invitation.staff_group).map(|group| group.label().to_owned());
    let known = [
        ("invited-email", Some(invitation.email.clone())),
        ("invited-birthdate", Some(in_words(invitation.date_of_birth))),
        ("invited-staff-group", group),
        ("invited-job-role", invitation.job_role.clone()),
        ("invited-esr-number", invitation.esr_number.clone()),
    ];
    known.into_iter().filter_map(|(key, text)| Some((web.word(key, &[]), text?))).collect()
}

fn judgement(web: &Web, id: Uuid, state: InvitationState, form: JudgeForm) -> JudgeInvitation {
    let at = |act: &str| urls::console_invitation(id, act);
    let how =
        |how: &IdentityCheck| Choice::new(how.as_str(), web.word(&format!("identity-{}", how.as_str()), &[]));
    let reason = |reason: &DeclineReason| {
        Choice::new(reason.as_str(), web.word(&format!("decline-{}", reason.as_str()), &[]))
    };
    JudgeInvitation {
        appointment: (state == InvitationState::IdentityShared).then(|| at("appointment")),
        confirm: at("confirm"),
        hows: IdentityCheck::ALL.iter().map(how).collect(),
        how: form.how,
        decline: at("decline"),
        reasons: DeclineReason::ALL.iter().map(reason).collect(),
        reason: form.reason,
    }
}

/// The invitation again, with what is wrong where something is.
async fn after(web: &Web, staff: &Staff, id: Uuid, done: Result<(), Refusal>, form: JudgeForm) -> Answer {
    let here = urls::console_invitation(id, "");
    match done {
        Ok(()) => Ok(see_other(&here)),
        Err(refusal @ Refusal::Fields(_)) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            let shown = details(web, staff, id, form).await?;
            page_with(&console_shell(web, staff), &shown, &errors, status)
        }
        Err(refusal) => Err(trouble(refusal, &here)),
    }
}

/// *Send it again*.
async fn send(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_invitation(id, "")).await?;
    let done = invitations::send_again(&web, &staff, id).await;
    after(&web, &staff, id, done, JudgeForm::default()).await
}

async fn judge(web: &Web, jar: &CookieJar, id: &str, said: Said<'_>, form: &JudgeForm) -> Answer {
    let id = console::id(id)?;
    let staff = fresh_staff(web, jar, &urls::console_invitation(id, "")).await?;
    let done = invitations::judge(web, &staff, id, said).await;
    let form = JudgeForm { how: form.how.clone(), reason: form.reason.clone() };
    after(web, &staff, id, done, form).await
}

/// *Appointment needed*.
async fn appointment(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    judge(&web, &jar, &id, Said::AppointmentNeeded, &JudgeForm::default()).await
}

/// *Confirm the identity*.
async fn confirm(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<JudgeForm>,
) -> Answer {
    judge(&web, &jar, &id, Said::Confirmed(&form.how), &form).await
}

/// *Decline*.
async fn decline(
    State(web): State<Web>,
    Path(id): Path<String>,
    jar: CookieJar,
    Form(form): Form<JudgeForm>,
) -> Answer {
    judge(&web, &jar, &id, Said::Declined(&form.reason), &form).await
}

/// What is lost with the invitation.
async fn ask_to_delete(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let here = urls::console_invitation(id, "delete");
    let staff = fresh_staff(&web, &jar, &here).await?;
    staff.demand(Act::InvitePeople)?;
    let (invitation, _) = invitations::see(&web, &staff, id).await?;
    let shown = ConsoleInvitationDelete {
        frame: frame(&staff, ConsolePart::Passports),
        name: called(&invitation),
        joined: invitation.account.is_some(),
        action: here,
        back: Some(urls::console_invitation(id, "")),
    };
    page(&console_shell(&web, &staff), &shown)
}

/// *Delete*.
async fn delete(State(web): State<Web>, Path(id): Path<String>, jar: CookieJar) -> Answer {
    let id = console::id(&id)?;
    let staff = fresh_staff(&web, &jar, &urls::console_invitation(id, "delete")).await?;
    match invitations::delete(&web, &staff, id).await {
        Ok(()) => Ok(see_other(urls::CONSOLE_INVITATIONS)),
        Err(refusal) => Err(trouble(refusal, &urls::console_invitation(id, "delete"))),
    }
}
