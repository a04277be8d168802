//! *Confirm that it is you*: a fresh proof in a session that has become old, before anything sensitive is shown or changed.

use crate::password_check::check;
use crate::second_factor::{Again, SigningIn, begin};
use crate::session::Person;
use crate::{Refusal, Service, Visitor};
use store::audit::Event;
use vault::{Secret, Token};

/// What a person typed, and where they want to go.
#[derive(Debug)]
pub struct Confirming<'a> {
    /// The password.
    pub password: &'a Secret<String>,
    /// The page that asked for the proof; one that is no page of ours leads home.
    pub next: &'a str,
    /// The cookie of a sign-in under way in this browser.
    pub cookie: Option<&'a Token>,
    /// The cookie by which this browser is known.
    pub device: Option<&'a Token>,
    /// Who sends the request.
    pub visitor: &'a Visitor,
}

/// Checks the password of the person who is signed in; the second factor follows as at sign-in, and proves the session.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::SignInPaused`], [`Refusal::NetworkBusy`], [`Refusal::Busy`].
pub async fn give_password(
    service: &Service,
    person: &Person,
    confirming: Confirming<'_>,
) -> Result<SigningIn, Refusal> {
    if confirming.password.expose().is_empty() {
        return Err(Refusal::field("password", "sign-in-password-empty"));
    }
    let name = &person.account.email;
    let checked = match check(service, name, confirming.password, confirming.device, confirming.visitor).await
    {
        Err(Refusal::SignInWrong) => return Err(Refusal::field("password", "confirm-wrong")),
        other => other?,
    };
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    checked.settle(&mut tx).await?;
    tx.audit(Event::PasswordAccepted { account: person.account.id }, now);
    let again =
        Again { session: person.session.id, next: rules::path::local(confirming.next).unwrap_or("/home") };
    begin(service, tx, person.account.clone(), confirming.cookie, Some(again), confirming.visitor, now).await
}
