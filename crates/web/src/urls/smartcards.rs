//! Addresses of smartcards: their owners’ pages, and what a public key infrastructure publishes.

/// The agent on a workstation trades in a ticket.
pub const CARD_API_CLAIM: &str = "/card-api/v1/claim";
/// It reports, and is told what comes next.
pub const CARD_API_NEXT: &str = "/card-api/v1/jobs/{job}/next";
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

/// The list of revoked certificates of the authority of this name, as it stands in its certificates.
pub fn pki_list(name: &str) -> String {
    format!("/pki/crl/{name}.crl")
}

/// The certificate of the authority of this name, as it stands in its certificates.
pub fn pki_issuing(name: &str) -> String {
    format!("/pki/ca/{name}.cer")
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
