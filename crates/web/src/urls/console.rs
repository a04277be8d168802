//! Addresses of the console.

/// The console.
pub const CONSOLE: &str = "/console";
/// *Find a person*.
pub const CONSOLE_PEOPLE: &str = "/console/people";
/// Accounts that are disabled for a number.
pub const CONSOLE_DISABLED: &str = "/console/disabled";
/// A person's page.
pub const CONSOLE_PERSON: &str = "/console/people/{id}";
/// *Make sure who is calling*.
pub const CONSOLE_CALLER: &str = "/console/people/{id}/caller";
/// Sends a code to a channel of the caller's.
pub const CONSOLE_CALLER_SEND: &str = "/console/people/{id}/caller/send";
/// The code that the caller reads out.
pub const CONSOLE_CALLER_CODE: &str = "/console/people/{id}/caller/code";
/// *Documents seen*.
pub const CONSOLE_CALLER_DOCUMENTS: &str = "/console/people/{id}/caller/documents";
/// *Unlock the account*.
pub const CONSOLE_UNLOCK: &str = "/console/people/{id}/unlock";
/// *Start a password reset with the person*.
pub const CONSOLE_RESET: &str = "/console/people/{id}/reset";
/// *Sign the person out everywhere*.
pub const CONSOLE_SESSIONS: &str = "/console/people/{id}/sessions";
/// *Remove* a lost method.
pub const CONSOLE_REMOVE: &str = "/console/people/{id}/methods/{method}/remove";
/// *Put the mobile number right*.
pub const CONSOLE_NUMBER: &str = "/console/people/{id}/number";
/// The code that was sent to the new number.
pub const CONSOLE_NUMBER_CODE: &str = "/console/people/{id}/number/code";
/// *Change roles*.
pub const CONSOLE_CHANGE_ROLES: &str = "/console/people/{id}/roles";
/// Who has which role.
pub const CONSOLE_ROLES: &str = "/console/roles";
/// Confirms a proposal.
pub const CONSOLE_CONFIRM: &str = "/console/roles/proposals/{id}/confirm";
/// Declines a proposal, or withdraws it.
pub const CONSOLE_DECLINE: &str = "/console/roles/proposals/{id}/decline";
/// The audit of the organisation.
pub const CONSOLE_AUDIT: &str = "/console/audit";

/// *Make sure who is calling*, by the id of the account.
pub fn console_caller(id: &str) -> String {
    CONSOLE_CALLER.replace("{id}", id)
}

/// Sends a code to a channel of the caller's.
pub fn console_caller_send(id: &str) -> String {
    CONSOLE_CALLER_SEND.replace("{id}", id)
}

/// The code that the caller reads out.
pub fn console_caller_code(id: &str) -> String {
    CONSOLE_CALLER_CODE.replace("{id}", id)
}

/// *Documents seen*.
pub fn console_caller_documents(id: &str) -> String {
    CONSOLE_CALLER_DOCUMENTS.replace("{id}", id)
}

/// *Unlock the account*.
pub fn console_unlock(id: &str) -> String {
    CONSOLE_UNLOCK.replace("{id}", id)
}

/// *Start a password reset with the person*.
pub fn console_reset(id: &str) -> String {
    CONSOLE_RESET.replace("{id}", id)
}

/// *Sign the person out everywhere*.
pub fn console_sessions(id: &str) -> String {
    CONSOLE_SESSIONS.replace("{id}", id)
}

/// *Remove* a lost method.
pub fn console_remove(id: &str, method: &str) -> String {
    CONSOLE_REMOVE.replace("{id}", id).replace("{method}", method)
}

/// *Put the mobile number right*.
pub fn console_number(id: &str) -> String {
    CONSOLE_NUMBER.replace("{id}", id)
}

/// The code that was sent to the new number.
pub fn console_number_code(id: &str) -> String {
    CONSOLE_NUMBER_CODE.replace("{id}", id)
}

/// *Change roles*.
pub fn console_change_roles(id: &str) -> String {
    CONSOLE_CHANGE_ROLES.replace("{id}", id)
}

/// Confirms a proposal.
pub fn console_confirm(id: &str) -> String {
    CONSOLE_CONFIRM.replace("{id}", id)
}

/// Declines a proposal, or withdraws it.
pub fn console_decline(id: &str) -> String {
    CONSOLE_DECLINE.replace("{id}", id)
}

/// A person's page, on which `word` tells what was done just now.
pub fn console_done(id: &str, word: &str) -> String {
    format!("{}?done={word}", console_person(id))
}

/// A person's page, by the id of their account.
pub fn console_person(id: &str) -> String {
    format!("{CONSOLE_PEOPLE}/{id}")
}

/// The delivery log.
pub const CONSOLE_DELIVERIES: &str = "/console/deliveries";
/// The organisation's rules.
pub const CONSOLE_SETTINGS: &str = "/console/settings";
/// One of the rules.
pub const CONSOLE_SETTING: &str = "/console/settings/{key}";
/// What another value of a rule would do.
pub const CONSOLE_SETTING_PREVIEW: &str = "/console/settings/{key}/preview";
/// *End sessions begun by QR code*.
pub const CONSOLE_WALLET_SESSIONS: &str = "/console/wallet-sessions";
/// How many that would be.
pub const CONSOLE_WALLET_SESSIONS_PREVIEW: &str = "/console/wallet-sessions/preview";
/// The dashboard.
pub const CONSOLE_DASHBOARD: &str = "/console/dashboard";
/// *Check a Verification Passcode*.
pub const CONSOLE_VERIFICATION: &str = "/console/verification";

/// One of the rules.
pub fn console_setting(key: &str) -> String {
    CONSOLE_SETTING.replace("{key}", key)
}

/// What another value of a rule would do; a form adds the value.
pub fn console_setting_preview(key: &str) -> String {
    CONSOLE_SETTING_PREVIEW.replace("{key}", key)
}
