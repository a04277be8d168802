//! What a reset can be proved by: an account's own methods, and decoys for whoever has none.

use crate::Service;
use jiff::Timestamp;
use rules::method::MethodKind;
use rules::phone::UkMobile;
use rules::policy::Policy;
use rules::reset::Gate;
use store::account::Account;
use store::method::{MethodSecret, SignInMethod};
use uuid::Uuid;

/// What can follow the first proof: the other apps and mobile phones; where there are none, the mailbox.
pub(crate) fn second_ways(
    service: &Service,
    policy: &Policy,
    account: &Account,
    methods: Vec<SignInMethod>,
    first: Gate,
    first_method: Option<Uuid>,
) -> Vec<SignInMethod> {
    let (by_email, others): (Vec<_>, Vec<_>) =
        methods.into_iter().partition(|method| method.kind == MethodKind::Email);
    let used = others.iter().find(|method| Some(method.id) == first_method).map(address);
    let others: Vec<_> = others
        .into_iter()
        // One telephone that was registered twice is one proof.
        .filter(|method| Some(method.id) != first_method && Some(address(method)) != used)
        .filter(|method| resets(service, policy, method))
        .collect();
    if !Gate::Email.may_follow(first, !others.is_empty()) {
        return others;
    }
    if by_email.is_empty() {
        return vec![SignInMethod::of_record(account.id, &account.email, account.created_at)];
    }
    by_email
}

fn address(method: &SignInMethod) -> String {
    match method.kind {
        MethodKind::App | MethodKind::Approval => method.id.to_string(),
        _ => method.secret.as_address().to_owned(),
    }
}

/// Whether this method can reset a password now: a number that may not be used proves nothing, and without a provider no text
/// can be sent.
pub(crate) fn resets(service: &Service, policy: &Policy, method: &SignInMethod) -> bool {
    match method.kind {
        MethodKind::Text => {
            service.text.is_some() && UkMobile::parse(method.secret.as_address(), policy.phones).is_ok()
        }
        kind => kind.resets_passwords(),
    }
}

/// The methods of somebody who has none: always the same for one user name.
pub(crate) fn decoys(service: &Service, who: &[u8]) -> Vec<SignInMethod> {
    let hash = service.keys.keyed_hash("reset-decoy", &[who]);
    let [which, digits, ..] = hash;
    let decoy = |kind: MethodKind, secret: MethodSecret| SignInMethod {
        id: short_id(&service.keys.keyed_hash("reset-decoy-id", &[who, kind.as_str().as_bytes()])),
        account_id: Uuid::nil(),
        kind,
        secret,
        name: None,
        added_at: Timestamp::UNIX_EPOCH,
        last_used_at: None,
    };
    let text = || {
        // No number: only its last two digits are shown, and all of it is what limits count by.
        let number = format!("decoy {}{:02}", short_id(&hash).simple(), digits % 100);
        decoy(MethodKind::Text, MethodSecret::address(&number))
    };
    let app = || {
        let seed = service.keys.keyed_hash("reset-decoy-seed", &[who]);
        // Both kinds of app are about: one asks and waits for an answer that never comes.
        let kind = if which & 0x10 == 0 { MethodKind::App } else { MethodKind::Approval };
        decoy(kind, MethodSecret::seed(seed.into_iter().take(20).collect::<Vec<_>>().into()))
    };
    match (service.text.is_some(), which % 4) {
        (true, 0 | 1) => vec![text()],
        (true, 2) => vec![app(), text()],
        _ => vec![app()],
    }
}

/// The first half of a keyed hash, as an id.
pub(crate) fn short_id(hash: &[u8; 32]) -> Uuid {
    hash.first_chunk::<16>().map_or(Uuid::nil(), |half| Uuid::from_bytes(*half))
}
