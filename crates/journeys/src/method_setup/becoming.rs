//! What was proved to work becomes a method of the person's, or comes in the place of one.

use super::is_full;
use crate::notices::named;
use crate::session::Person;
use crate::visitor::About;
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use store::Tx;
use store::activity::ActivityKind;
use store::audit::Event;
use store::method::{MethodKind, MethodSecret, SignInMethod};
use store::method_setup::MethodSetup;
use wording::SecurityChange;

/// What was proved, and the field of the page that is wrong where the account has it already.
pub(super) struct Proved<'a> {
    pub(super) secret: &'a MethodSecret,
    /// The time step of an app's code, which cannot be used again.
    pub(super) step: u64,
    pub(super) field: &'static str,
}

/// Whether the account has this address or number already, as a method of this kind.
pub(super) fn is_known(methods: &[SignInMethod], setup: &MethodSetup, secret: &MethodSecret) -> bool {
    !setup.kind.is_app()
        && methods
            .iter()
            .any(|method| method.kind == setup.kind && method.secret.as_address() == secret.as_address())
}

/// The set-up becomes a method, or comes in the place of one, in the transaction of its proof. The methods of one account are
/// changed one after the other, so that a number added twice at once is one method.
pub(super) async fn become_method(
    service: &Service,
    person: &Person,
    setup: &MethodSetup,
    mut tx: Tx,
    proved: Proved<'_>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (account, kind) = (&person.account, setup.kind);
    tx.one_at_a_time("methods-of-account", account.id.as_bytes(), now).await?;
    let before = tx.sign_in_methods(account.id).await?;
    if !tx.finish_method_setup(setup.id, now).await? {
        return Ok(());
    }
    if is_known(&before, setup, proved.secret) {
        return Err(Refusal::field(proved.field, "method-already"));
    }
    let named_kind = kind.as_str().to_owned();
    let (method, event, happened, change) = match setup.replaces {
        Some(method) => {
            if !tx.replace_method_secret(method, account.id, proved.secret, proved.step, now).await? {
                return Err(Refusal::MethodGone);
            }
            (
                method,
                Event::MethodChanged { account: account.id, method, kind: named_kind },
                ActivityKind::MethodChanged,
                SecurityChange::MethodChanged(named(kind)),
            )
        }
        None => {
            if is_full(&before, kind) {
                return Err(Refusal::field(proved.field, "add-method-too-many"));
            }
            let method = vault::new_id(now, service.random.as_ref());
            tx.add_sign_in_method(method, account.id, kind, proved.secret, proved.step, now).await?;
            (
                method,
                Event::MethodAdded { account: account.id, method, kind: named_kind },
                ActivityKind::MethodAdded,
                SecurityChange::MethodAdded(named(kind)),
            )
        }
    };
    // The phone that said yes is the method from here on; one that it replaces is nobody's.
    if kind == MethodKind::Approval && !tx.authenticator_becomes(setup.id, method).await? {
        return Err(Refusal::WrongStep);
    }
    if kind.resets_passwords() {
        tx.set_up_is_done(account.id).await?;
    }
    let about = About {
        detail: Some(kind.as_str()),
        session: Some(person.session.id),
        visitor: Some(visitor),
        by_staff: false,
    };
    service.note(&mut tx, account.id, happened, about, now).await?;
    tx.audit(event, now);
    service.tell_everywhere(&mut tx, account, &person.organisation, change, &before, now).await?;
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}
