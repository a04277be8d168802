//! Another password for somebody who is signed in and knows the one that they have.

use crate::new_password::accept;
use crate::password_check::check;
use crate::session::{Person, cookie_hash};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service, Visitor};
use store::activity::ActivityKind;
use store::audit::Event;
use vault::{Secret, Token};
use wording::SecurityChange;

/// What a person typed.
#[derive(Debug)]
pub struct Changing<'a> {
    /// The password that they have.
    pub current: &'a Secret<String>,
    /// The one that they want.
    pub password: &'a Secret<String>,
    /// The cookie by which this browser is known.
    pub device: Option<&'a Token>,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// Sets another password. All other sessions end, this one gets another cookie, which is answered, and the owner is told by
/// every channel. The caller has asked for a fresh proof.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::SignInPaused`], [`Refusal::NetworkBusy`], [`Refusal::Busy`], [`Refusal::NotSignedIn`] where
/// the session has ended meanwhile.
pub async fn change(service: &Service, person: &Person, changing: Changing<'_>) -> Result<Token, Refusal> {
    let Person { account, session, organisation, policy, .. } = person;
    if changing.current.expose().is_empty() {
        let mut problems = vec![FieldProblem::new("current_password", "sign-in-password-empty")];
        if changing.password.expose().is_empty() {
            problems.push(FieldProblem::new("password", "password-empty"));
        }
        return Err(Refusal::Fields(problems));
    }
    let checked =
        match check(service, &account.email, changing.current, changing.device, changing.visitor).await {
            Err(Refusal::SignInWrong) => return Err(Refusal::field("current_password", "confirm-wrong")),
            other => other?,
        };
    let new = accept(service, account, organisation, policy, changing.password).await;
    let now = service.clock.now();
    let cookie = Token::new(service.random.as_ref());

    let mut tx = service.store.begin().await?;
    let hash = match new {
        Ok(hash) => hash,
        Err(refusal) => {
            // The current password was right, whatever the new one is.
            checked.settle(&mut tx).await?;
            tx.commit().await?;
            return Err(refusal);
        }
    };
    tx.end_what_was_begun(account.id, uuid::Uuid::nil(), now).await?;
    checked.settle(&mut tx).await?;
    if !tx.renew_session(session.id, account.id, &cookie_hash(service, &cookie), now).await? {
        return Err(Refusal::NotSignedIn);
    }
    let sessions = tx.end_other_sessions(account.id, session.id, now).await?;
    tx.set_password(account.id, &hash, now).await?;
    let about = About { session: Some(session.id), visitor: Some(changing.visitor), ..About::default() };
    service.note(&mut tx, account.id, ActivityKind::PasswordChanged, about, now).await?;
    tx.audit(Event::PasswordChanged { account: account.id, session: session.id, sessions }, now);
    let change = SecurityChange::PasswordChanged;
    service.tell_everywhere(&mut tx, account, organisation, change, &[], now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(cookie)
}
