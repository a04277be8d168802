//! Addresses of pages, in one place.

mod console;
mod console_cards;
mod console_passports;
mod passport;
mod smartcards;

pub use console::*;
pub use console_cards::*;
pub use console_passports::*;
pub use passport::*;
pub use smartcards::*;

/// Our authenticator, on a phone.
pub const AUTHENTICATOR: &str = "/authenticator";
/// Where a phone enrols.
pub const AUTHENTICATOR_ENROL: &str = "/authenticator/api/1/enrol";
/// What it is asked.
pub const AUTHENTICATOR_REQUESTS: &str = "/authenticator/api/1/requests";
/// What it answers.
pub const AUTHENTICATOR_ANSWER: &str = "/authenticator/api/1/answer";
/// Where pushes to it go.
pub const AUTHENTICATOR_PUSH: &str = "/authenticator/api/1/push";
/// It takes the account off.
pub const AUTHENTICATOR_LEAVE: &str = "/authenticator/api/1/leave";
/// Waits for a yes on another device, at sign-in.
pub const SIGN_IN_WAITING: &str = "/sign-in/waiting";
/// How that stands.
pub const SIGN_IN_WAITING_STATE: &str = "/sign-in/waiting/state";
/// *Send it again*, *Call me again*.
pub const SIGN_IN_WAITING_AGAIN: &str = "/sign-in/waiting/again";
/// Waits for a yes on another device, in a reset.
pub const RESET_WAITING: &str = "/reset/waiting";
/// How that stands.
pub const RESET_WAITING_STATE: &str = "/reset/waiting/state";
/// *Send it again*, *Call me again*.
pub const RESET_WAITING_AGAIN: &str = "/reset/waiting/again";
/// Guide 003, from the start: choose the organisation where there are several.
pub const JOIN: &str = "/join";
/// Step 3 again: another address for a registration under way.
pub const JOIN_EMAIL: &str = "/join/email";
/// Step 5: *Verification code*.
pub const JOIN_CODE: &str = "/join/code";
/// *Send New Code*.
pub const JOIN_NEW_CODE: &str = "/join/code/new";
/// Step 6: password and personal details.
pub const JOIN_DETAILS: &str = "/join/details";
/// Step 7: the second factor is chosen.
pub const JOIN_FACTOR: &str = "/join/second-factor";
/// Step 8, by e-mail.
pub const JOIN_FACTOR_EMAIL: &str = "/join/second-factor/email";
/// Step 8, by text message.
pub const JOIN_FACTOR_TEXT: &str = "/join/second-factor/text";
/// Steps 8 and 9, by app.
pub const JOIN_FACTOR_APP: &str = "/join/second-factor/app";
/// Step 9: *Verification code* for the second factor.
pub const JOIN_FACTOR_CODE: &str = "/join/second-factor/code";
/// *Send New Code* for the second factor.
pub const JOIN_FACTOR_NEW_CODE: &str = "/join/second-factor/code/new";
/// Step 9: *Continue*.
pub const JOIN_VERIFIED: &str = "/join/verified";
/// Step 10: *Login to …*.
pub const JOIN_COMPLETE: &str = "/join/complete";
/// Go on, or start again.
pub const JOIN_RESUME: &str = "/join/resume";
/// Erases the registration under way.
pub const JOIN_START_AGAIN: &str = "/join/start-again";
/// First-time sign-in of training users and authorisers.
pub const FIRST_TIME: &str = "/first-time";
/// User name and password.
pub const SIGN_IN: &str = "/sign-in";
/// The second factor at sign-in.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// *Send New Code* at sign-in.
pub const SIGN_IN_NEW_CODE: &str = "/sign-in/code/new";
/// *Use another way to sign in*.
pub const SIGN_IN_METHOD: &str = "/sign-in/method";
/// A recovery code in the place of the second factor.
pub const SIGN_IN_RECOVERY_CODE: &str = "/sign-in/recovery-code";
/// *Confirm that it is you*.
pub const CONFIRM: &str = "/confirm";
/// How strong a new password is, while it is typed.
pub const PASSWORD_STRENGTH: &str = "/password/strength";
/// *Sign in with a passkey*: the answer of the browser.
pub const SIGN_IN_PASSKEY: &str = "/sign-in/passkey";
/// The question to it.
pub const SIGN_IN_PASSKEY_QUESTION: &str = "/sign-in/passkey/question";
/// *Sign in with your smartcard*: what the card signed.
pub const SIGN_IN_CARD: &str = "/sign-in/card";
/// The question to it.
pub const SIGN_IN_CARD_QUESTION: &str = "/sign-in/card/question";
/// Back from the host for certificates.
pub const SIGN_IN_CARD_CERTIFICATE: &str = "/sign-in/card/certificate";
/// A passkey in the place of the second factor.
pub const SIGN_IN_METHOD_PASSKEY: &str = "/sign-in/method/passkey";
/// The question for it.
pub const SIGN_IN_METHOD_PASSKEY_QUESTION: &str = "/sign-in/method/passkey/question";
/// *Confirm that it is you* by a passkey.
pub const CONFIRM_PASSKEY: &str = "/confirm/passkey";
/// The question for it.
pub const CONFIRM_PASSKEY_QUESTION: &str = "/confirm/passkey/question";
/// The list of passkeys.
pub const PASSKEYS: &str = "/security-info/passkeys";
/// *Create a passkey*.
pub const PASSKEY_ADD: &str = "/security-info/passkeys/add";
/// The question for it.
pub const PASSKEY_ADD_QUESTION: &str = "/security-info/passkeys/add/question";
/// The name of a passkey.
pub const PASSKEY_NAME: &str = "/security-info/passkeys/{id}/name";
/// *Delete passkey*.
pub const PASSKEY_REMOVE: &str = "/security-info/passkeys/{id}/delete";
/// *Reset my password* or *Unlock my account*.
pub const RESET: &str = "/reset";
/// The user name of who forgot a password.
pub const RESET_USER_NAME: &str = "/reset/user-name";
/// What proves whose account it is.
pub const RESET_METHODS: &str = "/reset/methods";
/// Its code.
pub const RESET_CODE: &str = "/reset/code";
/// *Send New Code* in a reset.
pub const RESET_NEW_CODE: &str = "/reset/code/new";
/// A recovery code in the place of another proof.
pub const RESET_RECOVERY_CODE: &str = "/reset/recovery-code";
/// A start code of the service desk in the place of a proof.
pub const RESET_START_CODE: &str = "/reset/start-code";
/// The new password.
pub const RESET_PASSWORD: &str = "/reset/password";
/// The end of a reset.
pub const RESET_DONE: &str = "/reset/done";
/// *Change your password*.
pub const CHANGE_PASSWORD: &str = "/security-info/password";
/// Ends the session.
pub const SIGN_OUT: &str = "/sign-out";
/// Where GOV.UK Notify reports what became of a text.
pub const CALLBACK_NOTIFY: &str = "/callbacks/notify";
/// Where Twilio does.
pub const CALLBACK_TWILIO: &str = "/callbacks/twilio";
/// Where Twilio asks what a call should say, and tells what became of it.
pub const CALLBACK_VOICE_TWILIO: &str = "/callbacks/voice/twilio";
/// Where a gateway of Kannel's kind does.
pub const CALLBACK_KANNEL: &str = "/callbacks/kannel";
/// Where a person who is signed in begins.
pub const HOME: &str = "/home";
/// *Recent activity*.
pub const ACTIVITY: &str = "/activity";
/// *Report this*, by the activity's id.
pub const ACTIVITY_REPORT: &str = "/activity/{id}/report";
/// *Devices and sessions*.
pub const DEVICES: &str = "/devices";
/// *Sign out* of one session, by its id.
pub const SESSION_END: &str = "/devices/sessions/{id}/end";
/// *Ask again* on one browser, by its id.
pub const DEVICE_FORGET: &str = "/devices/{id}/forget";
/// *Sign out everywhere*.
pub const SIGN_OUT_EVERYWHERE: &str = "/devices/sign-out-everywhere";
/// How long the session lasts.
pub const SESSION: &str = "/session";
/// *Stay signed in*.
pub const SESSION_STAY: &str = "/session/stay";

/// *Report this*, of one activity.
pub fn activity_report(id: uuid::Uuid) -> String {
    ACTIVITY_REPORT.replace("{id}", &id.to_string())
}

/// Ends one session.
pub fn session_end(id: uuid::Uuid) -> String {
    SESSION_END.replace("{id}", &id.to_string())
}

/// Forgets one browser.
pub fn device_forget(id: uuid::Uuid) -> String {
    DEVICE_FORGET.replace("{id}", &id.to_string())
}

/// Guide 002: the person's sign-in methods.
pub const SECURITY_INFO: &str = "/security-info";
/// *Add a method*.
pub const SECURITY_ADD: &str = "/security-info/add";
/// Which method is offered first at sign-in, and which after it.
pub const SECURITY_DEFAULT: &str = "/security-info/default";
/// Recovery codes.
pub const SECURITY_RECOVERY_CODES: &str = "/security-info/recovery-codes";
/// After signing in: a method for resets is to be set up.
pub const SET_UP_DUE: &str = "/security-info/set-up-due";

/// The list, with word of what was done.
pub fn security_info_done(what: &str) -> String {
    format!("{SECURITY_INFO}?done={what}")
}

/// `change`, `name` or `delete` of a method.
pub fn security_method(id: uuid::Uuid, act: &str) -> String {
    format!("{SECURITY_INFO}/method/{id}/{act}")
}

/// A page of the wizard in which a method is set up.
pub fn security_setup(id: uuid::Uuid, page: &str) -> String {
    format!("{SECURITY_INFO}/setup/{id}/{page}")
}

/// *Confirm that it is you*, then on to `next`, a path of ours.
pub fn confirm(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{CONFIRM}?{query}")
}

/// *Confirm that it is you* by a passkey, then on to `next`.
pub fn confirm_passkey(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{CONFIRM_PASSKEY}?{query}")
}

/// The name of this passkey.
pub fn passkey_name(id: &str) -> String {
    format!("{PASSKEYS}/{id}/name")
}

/// *Delete passkey*, this one.
pub fn passkey_remove(id: &str) -> String {
    format!("{PASSKEYS}/{id}/delete")
}

/// The user name of who wants a password reset (`password`) or an account unlocked (`unlock`).
pub fn reset_for(purpose: &str) -> String {
    format!("{RESET_USER_NAME}?purpose={purpose}")
}

/// Step 1 at an organisation: *Staff Group*.
pub fn join_at(code: &str) -> String {
    format!("/join/{code}")
}

/// Step 2 at an organisation.
pub fn discover(code: &str, group: &str) -> String {
    format!("/join/{code}/discover?group={group}")
}

/// Step 3 at an organisation.
pub fn join_email_at(code: &str, group: &str) -> String {
    format!("/join/{code}/email?group={group}")
}

/// First-time sign-in at an organisation.
pub fn first_time_at(code: &str) -> String {
    format!("/first-time/{code}")
}

/// Where telephone services compare Verification Passcodes.
pub const VERIFICATION: &str = "/api/v1/verification";
