//! Addresses of the console’s pages about staff passports.

use uuid::Uuid;

/// *Staff passports*.
pub const CONSOLE_PASSPORTS: &str = "/console/passports";
/// What was read from the HR system.
pub const CONSOLE_STAFF_RECORDS: &str = "/console/passports/staff-records";
/// What people rejected.
pub const CONSOLE_REJECTIONS: &str = "/console/passports/rejections";
/// Somebody's passport.
pub const CONSOLE_PASSPORT: &str = "/console/passports/people/{id}";
/// *Provide a credential*: which one.
pub const CONSOLE_PROVIDE: &str = "/console/passports/people/{id}/provide";
/// Its form.
pub const CONSOLE_PROVIDE_FORM: &str = "/console/passports/people/{id}/provide/{type}";
/// A credential in it.
pub const CONSOLE_CREDENTIAL: &str = "/console/passports/credentials/{id}";
/// The picture in it.
pub const CONSOLE_CREDENTIAL_PICTURE: &str = "/console/passports/credentials/{id}/picture";
/// *Withdraw*, *Revoke*.
pub const CONSOLE_CREDENTIAL_END: &str = "/console/passports/credentials/{id}/end";
/// *Archive*.
pub const CONSOLE_CREDENTIAL_ARCHIVE: &str = "/console/passports/credentials/{id}/archive";
/// *Restore*.
pub const CONSOLE_CREDENTIAL_RESTORE: &str = "/console/passports/credentials/{id}/restore";
/// Who was invited.
pub const CONSOLE_INVITATIONS: &str = "/console/passports/invitations";
/// *Invite one person*.
pub const CONSOLE_INVITE: &str = "/console/passports/invitations/new";
/// *Invite many people*.
pub const CONSOLE_INVITE_MANY: &str = "/console/passports/invitations/file";
/// A file to fill in.
pub const CONSOLE_INVITE_TEMPLATE: &str = "/console/passports/invitations/template.csv";
/// A file that was uploaded: how many will be invited, and how far that has come.
pub const CONSOLE_INVITE_BATCH: &str = "/console/passports/invitations/files/{id}";
/// The latter for a script.
pub const CONSOLE_INVITE_BATCH_STATE: &str = "/console/passports/invitations/files/{id}/state";
/// *Invite them*.
pub const CONSOLE_INVITE_BATCH_CONFIRM: &str = "/console/passports/invitations/files/{id}/confirm";
/// One invitation.
pub const CONSOLE_INVITATION: &str = "/console/passports/invitations/{id}";
/// *Send it again*.
pub const CONSOLE_INVITATION_SEND: &str = "/console/passports/invitations/{id}/send";
/// *Delete*: what is lost, and then that it is so.
pub const CONSOLE_INVITATION_DELETE: &str = "/console/passports/invitations/{id}/delete";
/// *Appointment needed*.
pub const CONSOLE_INVITATION_APPOINTMENT: &str = "/console/passports/invitations/{id}/appointment";
/// *Confirm the identity*.
pub const CONSOLE_INVITATION_CONFIRM: &str = "/console/passports/invitations/{id}/confirm";
/// *Decline*.
pub const CONSOLE_INVITATION_DECLINE: &str = "/console/passports/invitations/{id}/decline";
/// *Remind everybody*.
pub const CONSOLE_REMIND_ALL: &str = "/console/passports/remind";
/// *Remind the person*.
pub const CONSOLE_REMIND: &str = "/console/passports/people/{id}/remind";
/// What job roles require.
pub const CONSOLE_JOB_ROLES: &str = "/console/passports/job-roles";
/// *Add a job role*.
pub const CONSOLE_JOB_ROLE_NEW: &str = "/console/passports/job-roles/new";
/// One of them.
pub const CONSOLE_JOB_ROLE: &str = "/console/passports/job-roles/{id}";
/// *Delete this job role*.
pub const CONSOLE_JOB_ROLE_DELETE: &str = "/console/passports/job-roles/{id}/delete";
/// *Give it to everybody whose record names it*.
pub const CONSOLE_JOB_ROLE_NAMED: &str = "/console/passports/job-roles/{id}/named";
/// Which job role somebody has.
pub const CONSOLE_GIVE_JOB_ROLE: &str = "/console/passports/people/{id}/job-role";
/// *Bypass what is missing*.
pub const CONSOLE_BYPASS: &str = "/console/passports/people/{id}/bypass";
/// *Require it again*.
pub const CONSOLE_REQUIRE: &str = "/console/passports/people/{id}/require";
/// The trust's teams.
pub const CONSOLE_TEAMS: &str = "/console/passports/teams";
/// *Add a team*.
pub const CONSOLE_TEAM_NEW: &str = "/console/passports/teams/new";
/// One of them.
pub const CONSOLE_TEAM: &str = "/console/passports/teams/{id}";
/// *Delete this team*.
pub const CONSOLE_TEAM_DELETE: &str = "/console/passports/teams/{id}/delete";
/// *Reports*.
pub const CONSOLE_REPORTS: &str = "/console/passports/reports";
/// One of their tables, as a file.
pub const CONSOLE_REPORT_FILE: &str = "/console/passports/reports/{file}";
/// What was shared with the trust.
pub const CONSOLE_SHARES: &str = "/console/passports/shares";
/// What somebody shared at once.
pub const CONSOLE_SHARE: &str = "/console/passports/shares/{id}";
/// *Accept all*.
pub const CONSOLE_SHARE_ACCEPT: &str = "/console/passports/shares/{id}/accept";
/// One credential of it.
pub const CONSOLE_SHARED: &str = "/console/passports/shared/{id}";
/// The picture in it.
pub const CONSOLE_SHARED_PICTURE: &str = "/console/passports/shared/{id}/picture";
/// *Accept*.
pub const CONSOLE_SHARED_ACCEPT: &str = "/console/passports/shared/{id}/accept";
/// *Reject*.
pub const CONSOLE_SHARED_REJECT: &str = "/console/passports/shared/{id}/reject";
/// *Archive*, for one that was shared.
pub const CONSOLE_SHARED_ARCHIVE: &str = "/console/passports/shared/{id}/archive";
/// *Restore*, for one that was shared.
pub const CONSOLE_SHARED_RESTORE: &str = "/console/passports/shared/{id}/restore";
/// *Mark as resolved*.
pub const CONSOLE_CREDENTIAL_RESOLVE: &str = "/console/passports/credentials/{id}/resolve";
/// *Open it again*.
pub const CONSOLE_CREDENTIAL_REOPEN: &str = "/console/passports/credentials/{id}/reopen";

/// Somebody's passport in the console.
pub fn console_passport(id: &str) -> String {
    CONSOLE_PASSPORT.replace("{id}", id)
}

/// A table of the reports as a file, of one area.
pub fn console_report_file(name: &str, area: &str) -> String {
    let file = CONSOLE_REPORT_FILE.replace("{file}", &format!("{name}.csv"));
    if area.is_empty() { file } else { format!("{file}?area={area}") }
}

/// A job role, or, where one is named, an act on it.
pub fn console_job_role(id: Uuid, act: &str) -> String {
    let page = CONSOLE_JOB_ROLE.replace("{id}", &id.to_string());
    if act.is_empty() { page } else { format!("{page}/{act}") }
}

/// A team, or, where one is named, an act on it.
pub fn console_team(id: Uuid, act: &str) -> String {
    let page = CONSOLE_TEAM.replace("{id}", &id.to_string());
    if act.is_empty() { page } else { format!("{page}/{act}") }
}

/// An act on what somebody's job role requires of their passport.
pub fn console_requirement(account: Uuid, act: &str) -> String {
    format!("{}/{act}", console_passport(&account.to_string()))
}

/// What can be provided to somebody.
pub fn console_provide(id: &str) -> String {
    CONSOLE_PROVIDE.replace("{id}", id)
}

/// The form by which a credential of this type is provided to somebody.
pub fn console_provide_form(id: &str, code: &str) -> String {
    CONSOLE_PROVIDE_FORM.replace("{id}", id).replace("{type}", code)
}

/// A credential in the console, or, where one is named, an act on it.
pub fn console_credential(id: Uuid, act: &str) -> String {
    let details = CONSOLE_CREDENTIAL.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// What somebody shared at once, or, where one is named, an act on it.
pub fn console_share(id: Uuid, act: &str) -> String {
    let share = CONSOLE_SHARE.replace("{id}", &id.to_string());
    if act.is_empty() { share } else { format!("{share}/{act}") }
}

/// A credential that was shared, or, where one is named, an act on it.
pub fn console_shared(id: Uuid, act: &str) -> String {
    let details = CONSOLE_SHARED.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// An invitation, or, where one is named, an act on it.
pub fn console_invitation(id: Uuid, act: &str) -> String {
    let details = CONSOLE_INVITATION.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// A file of people to be invited, or, where one is named, an act on it.
pub fn console_invite_batch(id: Uuid, act: &str) -> String {
    let details = CONSOLE_INVITE_BATCH.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// Those invitations that this filter lets through.
pub fn console_invitations(filter: &str) -> String {
    format!("{CONSOLE_INVITATIONS}?show={filter}")
}
