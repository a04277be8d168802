//! The second factor by pressing # in a call.

use super::SigningIn;
use crate::asked::Question;
use crate::calls::{self, Calling, Pending, ask_by_call};
use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use rules::method::MethodKind;
use store::Tx;
use store::asked::How;

/// Asks to press # in a call.
pub(super) async fn call(
    service: &Service,
    tx: &mut Tx,
    signing_in: &SigningIn,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Pending, Refusal> {
    let SigningIn { account, method, policy, .. } = signing_in;
    if method.kind != MethodKind::Text {
        return Err(Refusal::WrongStep);
    }
    let question = Question {
        code_for: signing_in.code_for(),
        account: Some(account.id),
        method: Some(method.id),
        how: How::Call,
        what_for: signing_in.what_for(),
        counted: None,
        organisation: &signing_in.organisation.name,
        visitor,
    };
    let calling = Calling {
        question,
        number: method.secret.as_address(),
        policy,
        organisation: Some(account.organisation_id),
        network: &visitor.network,
        rings: true,
        veiled_for: None,
    };
    ask_by_call(service, tx, calling, now).await
}

/// *Call me again* at sign-in.
///
/// # Errors
/// [`Refusal::CallTooSoon`], [`Refusal::TooManyCalls`], [`Refusal::NoTextsNow`], [`Refusal::WrongStep`] where the method is no
/// phone.
pub async fn call_again(service: &Service, signing_in: &SigningIn, visitor: &Visitor) -> Result<(), Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let pending = call(service, &mut tx, signing_in, visitor, now).await?;
    tx.commit().await?;
    calls::place(service, pending);
    Ok(())
}
