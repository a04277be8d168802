//! Addresses of pages, in one place.

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

/// The agent on a workstation trades in a ticket.
pub const CARD_API_CLAIM: &str = "/card-api/v1/claim";
/// It reports, and is told what comes next.
pub const CARD_API_NEXT: &str = "/card-api/v1/jobs/{job}/next";

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

/// The staff passport: the list of credentials.
pub const PASSPORT: &str = "/passport";
/// The full details of a credential.
pub const PASSPORT_CREDENTIAL: &str = "/passport/credentials/{id}";
/// The picture in it.
pub const PASSPORT_PICTURE: &str = "/passport/credentials/{id}/picture";
/// *Reject this credential*.
pub const PASSPORT_REJECT: &str = "/passport/credentials/{id}/reject";
/// *Archive*.
pub const PASSPORT_ARCHIVE: &str = "/passport/credentials/{id}/archive";
/// *Restore*.
pub const PASSPORT_RESTORE: &str = "/passport/credentials/{id}/restore";
/// *Ask for a credential*.
pub const PASSPORT_REQUEST: &str = "/passport/request";
/// *History of your passport*.
pub const PASSPORT_HISTORY: &str = "/passport/history";
/// *Choose how you are told*.
pub const PASSPORT_NOTIFICATIONS: &str = "/passport/notifications";
/// Where the access key is collected.
pub const PASSPORT_ACCESS_KEY: &str = "/passport/access-key";
/// Where credentials are shared with a trust.
pub const PASSPORT_SHARE: &str = "/passport/share";
/// Systems of a trust provide credentials.
pub const VC_API_CREDENTIALS: &str = "/vc-api/v1/credentials";
/// They take back what was not accepted yet.
pub const VC_API_WITHDRAW: &str = "/vc-api/v1/credentials/{id}/withdraw";
/// They revoke what was.
pub const VC_API_REVOKE: &str = "/vc-api/v1/credentials/{id}/revoke";
/// They read what was rejected.
pub const VC_API_REJECTIONS: &str = "/vc-api/v1/rejections";
/// They mark a rejection as resolved.
pub const VC_API_RESOLVE: &str = "/vc-api/v1/rejections/{id}/resolve";
/// They open it again.
pub const VC_API_REOPEN: &str = "/vc-api/v1/rejections/{id}/reopen";

/// What is done with a credential (`add`, `reject`, …), or, where nothing is named, its full details.
pub fn passport_credential(id: uuid::Uuid, act: &str) -> String {
    let details = PASSPORT_CREDENTIAL.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// The list with what was just done: `added` or `rejected`, and with which credential.
pub fn passport_answered(answer: &str, id: uuid::Uuid) -> String {
    format!("{PASSPORT}?{answer}={id}")
}

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
/// *Sign in with your staff passport*: the QR code.
pub const SIGN_IN_PASSPORT: &str = "/sign-in/passport";
/// What a wallet does with it.
pub const SIGN_IN_PASSPORT_EVENTS: &str = "/sign-in/passport/events";
/// *Continue*.
pub const SIGN_IN_PASSPORT_GO: &str = "/sign-in/passport/go";
/// *Get a new QR code*.
pub const SIGN_IN_PASSPORT_AGAIN: &str = "/sign-in/passport/again";
/// *Cancel and return to QR code*.
pub const SIGN_IN_PASSPORT_CANCEL: &str = "/sign-in/passport/cancel";
/// Where a wallet leads its owner.
pub const SIGN_IN_PASSPORT_BACK: &str = "/sign-in/passport/back";
/// *I did not start this*.
pub const SIGN_IN_PASSPORT_NOT_ME: &str = "/sign-in/passport/not-me";
/// Credentials are chosen to be shared with a trust.
pub const SHARE: &str = "/passport/share";
/// *Show the QR code*.
pub const SHARE_BEGIN: &str = "/passport/share/begin";
/// The QR code.
pub const SHARE_QR: &str = "/passport/share/qr";
/// What a wallet does with it.
pub const SHARE_EVENTS: &str = "/passport/share/events";
/// *Continue*.
pub const SHARE_GO: &str = "/passport/share/go";
/// *Get a new QR code*.
pub const SHARE_AGAIN: &str = "/passport/share/again";
/// Where a wallet leads its owner.
pub const SHARE_BACK: &str = "/passport/share/back";
/// What an organisation asks of wallets is fetched here.
pub const WALLET_REQUEST: &str = "/vc/{code}/request/{reference}";
/// What wallets answer comes here.
pub const WALLET_ANSWER: &str = "/vc/{code}/answer/{state}";
/// A passkey in the place of the second factor.
pub const SIGN_IN_METHOD_PASSKEY: &str = "/sign-in/method/passkey";
/// The question for it.
pub const SIGN_IN_METHOD_PASSKEY_QUESTION: &str = "/sign-in/method/passkey/question";
/// *Confirm that it is you* by a passkey.
pub const CONFIRM_PASSKEY: &str = "/confirm/passkey";
/// The question for it.
pub const CONFIRM_PASSKEY_QUESTION: &str = "/confirm/passkey/question";
/// *Confirm that it is you* by a wallet, after the password: the page with the QR code.
pub const CONFIRM_PASSPORT: &str = "/confirm/passport";
/// What the wallet does with it.
pub const CONFIRM_PASSPORT_EVENTS: &str = "/confirm/passport/events";
/// *Continue*, with the digits from the phone.
pub const CONFIRM_PASSPORT_GO: &str = "/confirm/passport/go";
/// *Get a new QR code*.
pub const CONFIRM_PASSPORT_AGAIN: &str = "/confirm/passport/again";
/// Where the wallet leads its owner.
pub const CONFIRM_PASSPORT_BACK: &str = "/confirm/passport/back";
/// *I did not start this*.
pub const CONFIRM_PASSPORT_NOT_ME: &str = "/confirm/passport/not-me";
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
/// The *Self Service Portal* for smartcards.
pub const SMARTCARD: &str = "/smartcard";
/// *Manage Passcodes*.
pub const SMARTCARD_PASSCODES: &str = "/smartcard/passcodes";
/// How strong a new passcode is, while it is typed; the page adds which.
pub const SMARTCARD_STRENGTH: &str = "/smartcard/passcodes/strength";
/// The same, of this kind.
pub const SMARTCARD_STRENGTH_OF: &str = "/smartcard/passcodes/strength/{kind}";
/// *Renew Certificates*.
pub const SMARTCARD_RENEW: &str = "/smartcard/renew";
/// *Revoke Certificates*.
pub const SMARTCARD_REVOKE: &str = "/smartcard/revoke";
/// *Unlock your smartcard*.
pub const SMARTCARD_UNLOCK: &str = "/smartcard/unlock";
/// *Send Code* to unlock by.
pub const SMARTCARD_UNLOCK_SEND: &str = "/smartcard/unlock/send";
/// The code to unlock by.
pub const SMARTCARD_UNLOCK_CODE: &str = "/smartcard/unlock/code";
/// *Send New Code* to unlock by.
pub const SMARTCARD_UNLOCK_NEW_CODE: &str = "/smartcard/unlock/code/new";
/// An alert that something falls due.
pub const SMARTCARD_ALERT: &str = "/smartcard/alert";
/// Visit the Registration Authority.
pub const SMARTCARD_STOPPED: &str = "/smartcard/stopped";
/// A job on a card, by its id.
pub const SMARTCARD_JOB: &str = "/smartcard/jobs/{id}";
/// How it stands.
pub const SMARTCARD_JOB_STATE: &str = "/smartcard/jobs/{id}/state";
/// *Go on*.
pub const SMARTCARD_JOB_AGAIN: &str = "/smartcard/jobs/{id}/again";
/// *Stop*.
pub const SMARTCARD_JOB_CANCEL: &str = "/smartcard/jobs/{id}/cancel";
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
/// The list of revoked certificates of smartcards, of the authority that issues them now.
pub const PKI_LIST: &str = "/pki/crl/issuing.crl";
/// The same of each of our authorities by its name: [`pki_list`].
pub const PKI_LIST_OF: &str = "/pki/crl/{file}";
/// The certificate of the authority that issues them now.
pub const PKI_ISSUING: &str = "/pki/ca/issuing.cer";
/// The same of each of our authorities by its name: [`pki_issuing`].
pub const PKI_ISSUING_OF: &str = "/pki/ca/{file}";
/// The certificate of the root.
pub const PKI_ROOT: &str = "/pki/ca/root.cer";
/// Whether a certificate still stands.
pub const PKI_OCSP: &str = "/pki/ocsp";
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

/// The list of revoked certificates of the authority of this name, as it stands in its certificates.
pub fn pki_list(name: &str) -> String {
    format!("/pki/crl/{name}.crl")
}

/// The certificate of the authority of this name, as it stands in its certificates.
pub fn pki_issuing(name: &str) -> String {
    format!("/pki/ca/{name}.cer")
}

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
/// Where telephone services compare Verification Passcodes.
pub const VERIFICATION: &str = "/api/v1/verification";

/// One of the rules.
pub fn console_setting(key: &str) -> String {
    CONSOLE_SETTING.replace("{key}", key)
}

/// What another value of a rule would do; a form adds the value.
pub fn console_setting_preview(key: &str) -> String {
    CONSOLE_SETTING_PREVIEW.replace("{key}", key)
}

/// *Home* of the Self Service Portal, with word of what was done.
pub fn smartcard_done(what: &str) -> String {
    format!("{SMARTCARD}?done={what}")
}

/// A job on a card.
pub fn smartcard_job(id: uuid::Uuid) -> String {
    SMARTCARD_JOB.replace("{id}", &id.to_string())
}

/// How a job on a card stands.
pub fn smartcard_job_state(id: uuid::Uuid) -> String {
    SMARTCARD_JOB_STATE.replace("{id}", &id.to_string())
}

/// *Go on* with a job on a card.
pub fn smartcard_job_again(id: uuid::Uuid) -> String {
    SMARTCARD_JOB_AGAIN.replace("{id}", &id.to_string())
}

/// *Stop* a job on a card.
pub fn smartcard_job_cancel(id: uuid::Uuid) -> String {
    SMARTCARD_JOB_CANCEL.replace("{id}", &id.to_string())
}

/// The code to unlock a card by, which was sent by this way.
pub fn smartcard_unlock_code(way: &str) -> String {
    format!("{SMARTCARD_UNLOCK_CODE}?way={way}")
}

/// *Smartcards*: the Registration Authority's part of the console.
pub const CONSOLE_CARDS: &str = "/console/smartcards";
/// *Staff passports*.
pub const CONSOLE_PASSPORTS: &str = "/console/passports";
/// What people rejected.
pub const CONSOLE_REJECTIONS: &str = "/console/passports/rejections";
/// Somebody's passport.
pub const CONSOLE_PASSPORT: &str = "/console/passports/people/{id}";
/// A credential in it.
pub const CONSOLE_CREDENTIAL: &str = "/console/passports/credentials/{id}";
/// The picture in it.
pub const CONSOLE_CREDENTIAL_PICTURE: &str = "/console/passports/credentials/{id}/picture";
/// *Withdraw*, *Revoke*.
pub const CONSOLE_CREDENTIAL_END: &str = "/console/passports/credentials/{id}/end";
/// *Mark as resolved*.
pub const CONSOLE_CREDENTIAL_RESOLVE: &str = "/console/passports/credentials/{id}/resolve";
/// *Open it again*.
pub const CONSOLE_CREDENTIAL_REOPEN: &str = "/console/passports/credentials/{id}/reopen";

/// Somebody's passport in the console.
pub fn console_passport(id: &str) -> String {
    CONSOLE_PASSPORT.replace("{id}", id)
}

/// A credential in the console, or, where one is named, an act on it.
pub fn console_credential(id: uuid::Uuid, act: &str) -> String {
    let details = CONSOLE_CREDENTIAL.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// Who must come in.
pub const CONSOLE_CARDS_QUEUE: &str = "/console/smartcards/queue";
/// The same as a file.
pub const CONSOLE_CARDS_QUEUE_FILE: &str = "/console/smartcards/queue.csv";
/// What falls due in the next twelve months.
pub const CONSOLE_CARDS_FORECAST: &str = "/console/smartcards/forecast";
/// The same as a file.
pub const CONSOLE_CARDS_FORECAST_FILE: &str = "/console/smartcards/forecast.csv";
/// What waits for a second member of staff.
pub const CONSOLE_CARDS_REQUESTS: &str = "/console/smartcards/requests";
/// Approves a request.
pub const CONSOLE_CARDS_CONFIRM: &str = "/console/smartcards/requests/{id}/confirm";
/// Declines a request, or withdraws it.
pub const CONSOLE_CARDS_DECLINE: &str = "/console/smartcards/requests/{id}/decline";
/// Revocations that the authority outside is to be told of.
pub const CONSOLE_CARDS_OUTSIDE: &str = "/console/smartcards/outside";
/// Notes that it was told of one.
pub const CONSOLE_CARDS_TOLD: &str = "/console/smartcards/outside/{id}/told";
/// *Register blank cards*.
pub const CONSOLE_CARDS_BLANK: &str = "/console/smartcards/blank";
/// As a file from the bureau.
pub const CONSOLE_CARDS_BLANK_FILE: &str = "/console/smartcards/blank/file";
/// A person's cards.
pub const CONSOLE_CARDS_PERSON: &str = "/console/smartcards/people/{id}";
/// *Check identity*.
pub const CONSOLE_CARDS_IDENTITY: &str = "/console/smartcards/people/{id}/identity";
/// By the Account Recovery Passcode.
pub const CONSOLE_CARDS_IDENTITY_PASSCODE: &str = "/console/smartcards/people/{id}/identity/passcode";
/// By documents.
pub const CONSOLE_CARDS_IDENTITY_DOCUMENTS: &str = "/console/smartcards/people/{id}/identity/documents";
/// *Issue a card*.
pub const CONSOLE_CARDS_ISSUE: &str = "/console/smartcards/people/{id}/issue";
/// *Cancel all cards*.
pub const CONSOLE_CARDS_LEAVES: &str = "/console/smartcards/people/{id}/leaves";
/// One card.
pub const CONSOLE_CARD: &str = "/console/smartcards/cards/{id}";
/// Something that is done to it.
pub const CONSOLE_CARD_ACT: &str = "/console/smartcards/cards/{id}/{act}";

/// A page about this person, card or request.
pub fn console_cards(page: &str, id: &str) -> String {
    page.replace("{id}", id)
}

/// Something that is done to a card.
pub fn console_card_act(id: &str, act: &str) -> String {
    CONSOLE_CARD_ACT.replace("{id}", id).replace("{act}", act)
}

/// *Check identity*, then on to `next`.
pub fn console_cards_identity(id: &str, next: &str) -> String {
    let page = console_cards(CONSOLE_CARDS_IDENTITY, id);
    if next.is_empty() {
        return page;
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{page}?{query}")
}

/// The page of the work that is done on a card in the reader.
pub fn console_card_job(id: &str) -> String {
    format!("/smartcard/jobs/{id}")
}

/// *Accept credential and add it to my wallet*: begins an offer by POST, and shows its QR code.
pub const PASSPORT_ADD: &str = "/passport/credentials/{id}/add";
/// What the wallet does with it, as events.
pub const PASSPORT_ADD_EVENTS: &str = "/passport/credentials/{id}/add/events";
/// *Continue*.
pub const PASSPORT_ADD_GO: &str = "/passport/credentials/{id}/add/go";
/// *Get a new QR code*.
pub const PASSPORT_ADD_AGAIN: &str = "/passport/credentials/{id}/add/again";
/// *Cancel and return to QR code*.
pub const PASSPORT_ADD_CANCEL: &str = "/passport/credentials/{id}/add/cancel";
/// *Collect your access key*.
pub const ACCESS_KEY: &str = "/passport/access-key";
/// The code that proves the mobile number.
pub const ACCESS_KEY_CODE: &str = "/passport/access-key/code";
/// *Send New Code*.
pub const ACCESS_KEY_NEW_CODE: &str = "/passport/access-key/code/new";
/// *Access key added*.
pub const ACCESS_KEY_ADDED: &str = "/passport/access-key/added";

/// An offer, which a wallet fetches.
pub const VC_OFFER: &str = "/vc/{organisation}/offers/{reference}";
/// Where a wallet trades a code in.
pub const VC_TOKEN: &str = "/vc/{organisation}/token";
/// Where it pushes what it asks its person for (RFC 9126).
pub const VC_PUSH: &str = "/vc/{organisation}/par";
/// Where it then leads its person's browser.
pub const VC_AUTHORIZE: &str = "/vc/{organisation}/authorize";
/// *A wallet asks for your credentials*.
pub const PASSPORT_WALLET: &str = "/passport/wallet";
/// *Cancel* there.
pub const PASSPORT_WALLET_CANCEL: &str = "/passport/wallet/cancel";
/// Where it fetches a number for the proof that its maker vouches for it.
pub const VC_CHALLENGE: &str = "/vc/{organisation}/challenge";
/// Where a wallet fetches a number to sign.
pub const VC_NONCE: &str = "/vc/{organisation}/nonce";
/// Where it fetches a credential.
pub const VC_CREDENTIAL: &str = "/vc/{organisation}/credential";
/// Where it asks again for one that could not be signed at once.
pub const VC_DEFERRED: &str = "/vc/{organisation}/deferred";
/// Where it tells what became of it.
pub const VC_NOTIFICATION: &str = "/vc/{organisation}/notification";
/// What the issuer says of itself: the standard's address, and the one of drafts.
pub const VC_ISSUER: [&str; 2] = [
    "/.well-known/openid-credential-issuer/vc/{organisation}",
    "/vc/{organisation}/.well-known/openid-credential-issuer",
];
/// What the authorisation server says of itself, at both addresses.
pub const VC_SERVER: [&str; 2] = [
    "/.well-known/oauth-authorization-server/vc/{organisation}",
    "/vc/{organisation}/.well-known/oauth-authorization-server",
];
/// A list of which credentials are revoked.
pub const VC_STATUS: &str = "/vc/status/{id}";
/// What a kind of credential is.
pub const VC_TYPE: &str = "/vc/types/{kind}";

/// A page about this credential.
pub fn passport_add(page: &str, id: &str) -> String {
    page.replace("{id}", id)
}
