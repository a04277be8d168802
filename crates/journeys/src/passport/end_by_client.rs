//! A system of a trust takes back or revokes what it provided itself, with its key: `{"reason": "…"}`. What it asks again is answered
//! again, and nothing is done twice.

use crate::Service;
use crate::passport::client::{self, ClientRefusal};
use crate::passport::withdraw::{Ended, Ending, revoked, withdrawn};
use rules::passport::{CredentialState, ProvidedMistake, ProvidedProblem, RevokeReason, WithdrawReason};
use serde_json::Value;
use store::credential::Credential;
use uuid::Uuid;

/// What was ended, now or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// The credential.
    pub id: Uuid,
    /// Withdrawn or revoked.
    pub state: CredentialState,
    /// The name of the reason.
    pub reason: &'static str,
}

/// A system withdraws a credential that waits for its owner's review.
///
/// # Errors
/// [`ClientRefusal`], among it [`ClientRefusal::NotWaiting`] where its owner has accepted or rejected it, and
/// [`ClientRefusal::EndedOtherwise`] where it was withdrawn for another reason.
pub async fn withdraw(service: &Service, bearer: &str, id: &str, body: &[u8]) -> Result<Over, ClientRefusal> {
    let (client, organisation) = client::enter(service, bearer).await?;
    let ending = Ending { organisation: &organisation, client: Some(&client), by: None };
    let id = Uuid::parse_str(id).map_err(|_| ClientRefusal::NoSuchCredential)?;
    let reason = reason(body, WithdrawReason::ALL, WithdrawReason::as_str)?;
    let over = Over { id, state: CredentialState::Withdrawn, reason: reason.as_str() };
    match withdrawn(service, ending, id, reason).await? {
        Ended::Done => Ok(over),
        Ended::Unknown => Err(ClientRefusal::NoSuchCredential),
        Ended::NotNow => {
            let credential = known(service, id).await?;
            let before = credential.withdraw_reason.map(WithdrawReason::as_str);
            ended_before(over, before)?
                .ok_or_else(|| ClientRefusal::NotWaiting(credential.state(service.today())))
        }
    }
}

/// A system revokes a credential that its owner accepted, with its copies in wallets.
///
/// # Errors
/// [`ClientRefusal`], among it [`ClientRefusal::NotAccepted`] where its owner has not accepted it, and
/// [`ClientRefusal::EndedOtherwise`] where it was revoked for another reason.
pub async fn revoke(service: &Service, bearer: &str, id: &str, body: &[u8]) -> Result<Over, ClientRefusal> {
    let (client, organisation) = client::enter(service, bearer).await?;
    let ending = Ending { organisation: &organisation, client: Some(&client), by: None };
    let id = Uuid::parse_str(id).map_err(|_| ClientRefusal::NoSuchCredential)?;
    let reason = reason(body, RevokeReason::ALL, RevokeReason::as_str)?;
    let over = Over { id, state: CredentialState::Revoked, reason: reason.as_str() };
    match revoked(service, ending, id, reason).await? {
        Ended::Done => Ok(over),
        Ended::Unknown => Err(ClientRefusal::NoSuchCredential),
        Ended::NotNow => {
            let credential = known(service, id).await?;
            let before = credential.revoke_reason.map(RevokeReason::as_str);
            ended_before(over, before)?
                .ok_or_else(|| ClientRefusal::NotAccepted(credential.state(service.today())))
        }
    }
}

async fn known(service: &Service, id: Uuid) -> Result<Credential, ClientRefusal> {
    service.store.credential(id).await?.ok_or(ClientRefusal::NoSuchCredential)
}

/// The same end as before, if it ended so; the reason for which it did is kept.
fn ended_before(over: Over, before: Option<&'static str>) -> Result<Option<Over>, ClientRefusal> {
    match before {
        Some(reason) if reason != over.reason => {
            Err(ClientRefusal::EndedOtherwise { state: over.state, reason })
        }
        before => Ok(before.map(|_| over)),
    }
}

/// Reads the reason, one of `all`.
fn reason<T: Copy>(body: &[u8], all: &[T], name: fn(T) -> &'static str) -> Result<T, ClientRefusal> {
    let problem = |pointer: &str, what| {
        ClientRefusal::Problems(vec![ProvidedProblem { pointer: pointer.to_owned(), what }])
    };
    let json = serde_json::from_slice::<Value>(body).ok();
    let object = json.as_ref().and_then(Value::as_object);
    let object = object.ok_or_else(|| problem("", ProvidedMistake::NotOneObject))?;
    let given = object.get("reason").ok_or_else(|| problem("/reason", ProvidedMistake::Missing))?;
    let found = all.iter().copied().find(|one| given.as_str() == Some(name(*one)));
    found.ok_or_else(|| {
        let names = all.iter().map(|one| name(*one)).collect();
        problem("/reason", ProvidedMistake::NotOneOf(names))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a body: the place and the words.
    fn wrong(body: &str) -> String {
        match reason(body.as_bytes(), WithdrawReason::ALL, WithdrawReason::as_str) {
            Err(ClientRefusal::Problems(problems)) => problems[0].to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_reason_is_one_of_its_kind_and_what_is_wrong_is_named_by_its_place() {
        for body in ["", "[]", "\"updated\"", "{"] {
            assert_eq!(wrong(body), "/: write an object");
        }
        assert_eq!(wrong("{}"), "/reason: is missing");
        let terms = "/reason: write one of: issued-in-error; updated; no-longer-valid";
        for body in [r#"{"reason": null}"#, r#"{"reason": "leaving"}"#, r#"{"reason": ["updated"]}"#] {
            assert_eq!(wrong(body), terms);
        }
        let good = reason(br#"{"reason": "updated"}"#, WithdrawReason::ALL, WithdrawReason::as_str);
        assert_eq!(good.ok(), Some(WithdrawReason::Updated));
    }

    #[test]
    fn the_same_end_is_answered_again_and_another_one_is_not() {
        let over = Over { id: Uuid::nil(), state: CredentialState::Revoked, reason: "leaving" };
        assert_eq!(ended_before(over, None).unwrap(), None);
        assert_eq!(ended_before(over, Some("leaving")).unwrap(), Some(over));
        let otherwise = ended_before(over, Some("deceased")).unwrap_err().to_string();
        assert_eq!(otherwise, "the credential was revoked before for another reason: deceased");
    }
}
