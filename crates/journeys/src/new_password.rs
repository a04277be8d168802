//! A new password for somebody who has one: after a reset, and when it is changed.

use crate::password::canonical;
use crate::refusal::password_problem;
use crate::{Refusal, Service};
use rules::policy::Policy;
use store::account::Account;
use store::organisation::Organisation;
use vault::{Secret, Verdict};

/// The hash of a new password that may be taken: good enough, and not the one that the account has. Nothing is written.
pub(crate) async fn accept(
    service: &Service,
    account: &Account,
    organisation: &Organisation,
    policy: &Policy,
    typed: &Secret<String>,
) -> Result<String, Refusal> {
    let (local_part, _) = account.email.split_once('@').unwrap_or(("", ""));
    let person = [account.first_name.as_str(), account.last_name.as_str(), local_part];
    crate::password::judge(service, organisation, &policy.password, &person, typed)
        .await
        .map_err(|problem| Refusal::Fields(vec![password_problem("password", problem)]))?;
    let password = canonical(typed);
    let old = service.store.credentials(&account.email).await?;
    let old = old.ok_or(Refusal::Fault("an account without a password"))?;
    if matches!(service.hasher.verify(&password, &old.password).await?, Verdict::Right { .. }) {
        return Err(Refusal::field("password", "password-same"));
    }
    Ok(service.hasher.hash(&password, service.random.as_ref()).await?)
}
