//! What a person is asked on another device, the same for the authenticator and for a call: asking, looking how it stands, and
//! taking the yes. What is asked, and how often, is in `approval`.

use crate::{Refusal, Service, Visitor};
use jiff::Timestamp;
use store::Tx;
use store::asked::{Asked, AskedProof, How, NewAsked, Status, WhatFor};
use store::audit::Event;
use store::code::CodeFor;
use uuid::Uuid;

/// A question for somebody, or for nobody where the user name is nobody's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// What a yes proves.
    pub code_for: CodeFor,
    /// Who is asked.
    pub account: Option<Uuid>,
    /// By which method; none while that is being set up.
    pub method: Option<Uuid>,
    /// Where.
    pub how: How,
    /// What for.
    pub what_for: WhatFor,
    /// Keyed hash of whose refusals and unanswered questions it counts among; none for a call.
    pub counted: Option<&'a [u8; 32]>,
    /// Whose account it is, as far as that may be told.
    pub organisation: &'a str,
    /// Who asks.
    pub visitor: &'a Visitor,
}

/// Asks until `expires_at`; what the account is still asked in the same way ends. Answers the question's id.
pub(crate) async fn ask(
    service: &Service,
    tx: &mut Tx,
    question: Question<'_>,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Uuid, Refusal> {
    let Question { code_for, account, method, how, what_for, counted, organisation, visitor } = question;
    let id = vault::new_id(now, service.random.as_ref());
    let mut challenge = [0; 32];
    service.random.fill(&mut challenge);
    let number = vault::two_digits(service.random.as_ref());
    let in_app = how == How::App;
    let network = visitor.network.range();
    let new = NewAsked {
        id,
        code_for,
        account_id: account,
        method_id: method,
        how,
        what_for,
        number: in_app.then_some(number.as_str()),
        organisation,
        browser: visitor.browser.as_deref(),
        network: Some(&network),
        counted: counted.map(<[u8; 32]>::as_slice),
        challenge: in_app.then_some(challenge.as_slice()),
        expires_at,
    };
    tx.ask(new, now).await?;
    let (subject, how) = (code_for.subject(), how.as_str().to_owned());
    tx.audit(Event::Asked { subject, how, purpose: what_for.as_str().to_owned() }, now);
    Ok(id)
}

/// How the last question for this stands; none where there was none.
///
/// # Errors
/// Where the database fails.
pub async fn standing(service: &Service, code_for: CodeFor) -> Result<Option<(Asked, Status)>, Refusal> {
    let now = service.clock.now();
    Ok(service.store.last_asked(code_for).await?.map(|asked| {
        let status = asked.status(now);
        (asked, status)
    }))
}

/// Takes the yes to the last question for this; the proof comes with the transaction that it is part of.
///
/// # Errors
/// [`Refusal::NotApproved`] where there is no yes that counts: nothing was changed.
pub(crate) async fn claim(
    service: &Service,
    code_for: CodeFor,
    now: Timestamp,
) -> Result<(Tx, AskedProof), Refusal> {
    let mut tx = service.store.begin().await?;
    match tx.use_answer(code_for, now).await? {
        Some(proof) => Ok((tx, proof)),
        None => Err(Refusal::NotApproved),
    }
}

/// By which means somebody proved who they are, as the audit and *Recent activity* name it.
pub(crate) fn means(how: How) -> &'static str {
    match how {
        How::App => "approval",
        How::Call => "call",
    }
}
