//! Addresses of the console’s pages about staff passports.

use uuid::Uuid;

/// *Staff passports*.
pub const CONSOLE_PASSPORTS: &str = "/console/passports";
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
/// *Mark as resolved*.
pub const CONSOLE_CREDENTIAL_RESOLVE: &str = "/console/passports/credentials/{id}/resolve";
/// *Open it again*.
pub const CONSOLE_CREDENTIAL_REOPEN: &str = "/console/passports/credentials/{id}/reopen";

/// Somebody's passport in the console.
pub fn console_passport(id: &str) -> String {
    CONSOLE_PASSPORT.replace("{id}", id)
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
