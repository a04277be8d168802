//! What a second factor is proved by, the same while it is set up and at every sign-in.

use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::code::TypedCode;
use rules::limits::Limit;
use rules::policy::Policy;
use store::Tx;
use store::audit::Event;
use store::limits::Allowance;
use store::method::{MethodKind, MethodSecret};
use store::outbox::Channel;
use uuid::Uuid;
use vault::Secret;

/// Wrong codes from an authenticator app: as many as of a code that is sent, in as long as that lives.
pub(crate) fn app_tries(policy: &Policy) -> Limit {
    Limit { name: "app-tries", at_most: policy.code_wrong_tries, within: policy.code_lifetime }
}

/// How a code travels to this kind of method; an app makes its own.
pub(crate) fn channel_of(kind: MethodKind) -> Option<Channel> {
    match kind {
        MethodKind::Email => Some(Channel::Email),
        MethodKind::Text => Some(Channel::Text),
        MethodKind::App | MethodKind::Approval | MethodKind::AlternativePhone | MethodKind::OfficePhone => {
            None
        }
    }
}

/// What an authenticator app is set up with.
#[derive(Debug)]
pub struct AppSetup {
    /// For the QR code and the link on the same phone.
    pub otpauth_uri: Secret<String>,
    /// The same for people who type it.
    pub text: Secret<String>,
    /// The name that the app lists the account under.
    pub account: String,
}

/// How a seed comes into the app of the person with this user name.
pub(crate) fn setup_of(service: &Service, user_name: &str, seed: &MethodSecret) -> AppSetup {
    AppSetup {
        otpauth_uri: vault::totp::otpauth_uri(&service.settings.service_name, user_name, seed.as_seed()),
        text: vault::totp::seed_as_text(seed.as_seed()),
        account: user_name.to_owned(),
    }
}

/// Checks a code of an app that is being set up or signs in; wrong ones are counted for `subject`.
pub(crate) async fn prove_app(
    service: &Service,
    policy: &Policy,
    subject: Uuid,
    seed: &MethodSecret,
    typed: &TypedCode,
    now: Timestamp,
) -> Result<(Tx, u64), Refusal> {
    let limit = app_tries(policy);
    let mut tx = service.store.begin().await?;
    if tx.take(&limit, subject.as_bytes(), now).await? != Allowance::Granted {
        return Err(Refusal::field("code", "totp-used-up"));
    }
    match vault::totp::matching_step(seed.as_seed(), typed.digits(), now) {
        Some(step) => {
            tx.give_back(&limit, subject.as_bytes(), now).await?;
            Ok((tx, step))
        }
        None => {
            tx.audit(Event::CodeRefused { subject, purpose: "app".to_owned() }, now);
            tx.commit().await?;
            Err(Refusal::CodeWrong { left: None })
        }
    }
}
