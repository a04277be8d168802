//! *Login to …*: user name and password. The second factor is in [`crate::second_factor`].

use crate::numbers::is_allowed;
use crate::password_check::{check, user_name};
use crate::second_factor::{SigningIn, begin};
use crate::session::{Begin, SignedIn, begin_session};
use crate::{FieldProblem, Refusal, Service, Visitor};
use jiff::Timestamp;
use store::account::Account;
use store::audit::Event;
use store::device::Device;
use vault::{Secret, Token};

/// What a person typed, and from where.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The user name: an e-mail address or a staff number.
    pub user_name: &'a str,
    /// The password.
    pub password: &'a Secret<String>,
    /// The cookie of a sign-in under way in this browser: it goes on, and so does the code that was sent for it.
    pub cookie: Option<&'a Token>,
    /// The cookie that this browser got at an earlier sign-in, if it did.
    pub device: Option<&'a Token>,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// The password was right.
#[derive(Debug)]
pub enum PasswordRight {
    /// The second factor is asked for.
    Prove(Box<SigningIn>),
    /// The person asked to be spared it in this browser, not long ago.
    SignedIn(SignedIn),
}

/// Checks user name and password. An unknown user name costs the same: hashes, statements and the answer are alike.
///
/// # Errors
/// [`Refusal::Fields`] where a field is empty, [`Refusal::SignInWrong`], [`Refusal::SignInPaused`],
/// [`Refusal::NetworkBusy`], [`Refusal::Busy`], [`Refusal::AccountDisabled`].
pub async fn give_password(service: &Service, attempt: Attempt<'_>) -> Result<PasswordRight, Refusal> {
    let mut problems = Vec::new();
    if attempt.user_name.trim().is_empty() {
        problems.push(FieldProblem::new("user_name", "user-name-empty"));
    }
    if attempt.password.expose().is_empty() {
        problems.push(FieldProblem::new("password", "sign-in-password-empty"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Fields(problems));
    }
    let name = user_name(attempt.user_name);
    let checked = check(service, &name, attempt.password, attempt.device, attempt.visitor).await?;
    let now = service.clock.now();
    let account =
        service.store.account(checked.account).await?.ok_or(Refusal::Fault("a password of no account"))?;
    let spared = spared(service, &account, checked.device.as_ref(), now).await?;

    let mut tx = service.store.begin().await?;
    checked.settle(&mut tx).await?;
    tx.audit(Event::PasswordAccepted { account: account.id }, now);
    if let Some(device) = spared {
        let begin = Begin {
            how: "remembered-device",
            proved: false,
            remember: false,
            device: attempt.device,
            visitor: attempt.visitor,
        };
        let signed_in = begin_session(service, &mut tx, &account, begin, now).await?;
        tx.audit(
            Event::SignedInRemembered { account: account.id, session: signed_in.id, device: device.id },
            now,
        );
        tx.commit().await?;
        return Ok(PasswordRight::SignedIn(signed_in));
    }
    let signing_in = begin(service, tx, account, attempt.cookie, None, attempt.visitor, now).await?;
    Ok(PasswordRight::Prove(Box::new(signing_in)))
}

/// Whether the second factor is not asked for in this browser: remembered not long ago by the organisation's rule, and its
/// owner has no role in the console.
async fn spared<'d>(
    service: &Service,
    account: &Account,
    device: Option<&'d Device>,
    now: Timestamp,
) -> Result<Option<&'d Device>, Refusal> {
    let Some(device) = device.filter(|device| device.remembered_at.is_some()) else { return Ok(None) };
    let organisation = service
        .store
        .organisation(account.organisation_id)
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let policy = service.policy(&organisation)?;
    let remembered = policy.is_remembered(device.remembered_at, now);
    // Whose account is to be disabled is told so after the second factor.
    let usable = account.disabled_at.is_none()
        && (!policy.non_uk_number_disables
            || service
                .store
                .sign_in_methods(account.id)
                .await?
                .iter()
                .all(|known| is_allowed(known, &policy)));
    Ok((remembered && usable && service.store.roles_of(account.id).await?.is_empty()).then_some(device))
}
