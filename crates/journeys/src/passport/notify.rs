//! Telling people of their credentials by the channels that they have not switched off, and trusts of what people do with them.

use crate::codes::Destination;
use crate::deliver::GIVE_UP_AFTER;
use crate::notices::Concerning;
use crate::numbers;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::passport::CredentialKind;
use store::Tx;
use store::account::Account;
use store::organisation::Organisation;
use store::outbox::Channel;
use store::passport_opt_out::OptOut;
use uuid::Uuid;
use wording::{Message, SecurityChange};

/// Where the portal is.
pub(crate) const PORTAL: &str = "/passport";
/// Where somebody without an access key begins.
pub(super) const ACCESS_KEY: &str = "/passport/access-key";

/// Tells the owner of an account by e-mail at the address of record and by one text, to the mobile number that they prefer or the oldest,
/// but for the channels in `off`, and as far as the day's texts go. Whose account is disabled is told nothing.
pub(crate) async fn tell_owner(
    service: &Service,
    tx: &mut Tx,
    (account, organisation): (&Account, &Organisation),
    message: &Message,
    off: OptOut,
    now: Timestamp,
) -> Result<(), Refusal> {
    if account.disabled_at.is_some() {
        return Ok(());
    }
    let mut told = Vec::new();
    if !off.email {
        told.push((Channel::Email, account.email.clone()));
    }
    if !off.text && service.text.is_some() {
        let policy = service.policy(organisation)?;
        let methods = tx.sign_in_methods(account.id).await?;
        if let Some(mobile) = numbers::mobile(&methods, account.default_method_id, &policy)
            && service.take_text(tx, &policy, Some(organisation.id), now).await?
        {
            told.push((Channel::Text, mobile.secret.as_address().to_owned()));
        }
    }
    // Nobody waits for it on a page.
    let concerning = Concerning { subject: None, ..Concerning::account(account) };
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    for (channel, to) in &told {
        let id = vault::new_id(now, service.random.as_ref());
        let to = Destination { channel: *channel, to };
        service.write_message(tx, concerning, id, to, message.clone(), give_up_at, now).await?;
    }
    Ok(())
}

/// Tells somebody that an access key of theirs was added or has ended, by every channel: whoever has it signs in as them. What they
/// have switched off is for credentials, not for this.
pub(super) async fn tell_of_access_key(
    service: &Service,
    tx: &mut Tx,
    account: Uuid,
    organisation: &Organisation,
    change: SecurityChange,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(account) = tx.account(account).await? else { return Ok(()) };
    service.tell_everywhere(tx, &account, organisation, change, &[], now).await
}

/// Tells the people of a trust who look after credentials of this kind, by e-mail: its teams for that; where there are none, whoever reads
/// at the address of its support. Where it has none either, the audit has it and the trust's list of credentials.
pub(super) async fn tell_trust(
    service: &Service,
    tx: &mut Tx,
    organisation: &Organisation,
    kind: CredentialKind,
    message: Message,
    now: Timestamp,
) -> Result<(), Refusal> {
    let teams = tx.passport_teams(organisation.id).await?;
    let of_kind = teams.into_iter().filter(|team| team.families.contains(&kind.family()));
    let mut addresses: Vec<String> = of_kind.map(|team| team.email).collect();
    // Two teams may read at one address.
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() {
        addresses.extend(organisation.support_email.clone());
    }
    let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
    for to in &addresses {
        let id = vault::new_id(now, service.random.as_ref());
        let concerning = Concerning { organisation: Some(organisation.id), ..Concerning::default() };
        let to = Destination { channel: Channel::Email, to };
        service.write_message(tx, concerning, id, to, message.clone(), give_up_at, now).await?;
    }
    Ok(())
}
