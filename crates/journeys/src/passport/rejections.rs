//! The trust looks into what its people rejected, and marks each rejection as resolved; that can be undone. A corrected credential resolves
//! one by itself. The person reads it in the history of their passport.

use crate::passport::client::{self, ClientRefusal};
use crate::passport::provide::Provider;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::passport::{Provided, RejectReason};
use store::Tx;
use store::account::Account;
use store::audit::Event;
use store::credential::Credential;
use store::credential_rejection::{Rejection, RejectionsOf};
use store::organisation::Organisation;
use store::passport_client::PassportClient;
use store::passport_event::{About, NewPassportEvent};
use uuid::Uuid;

/// So many rejections are answered at once.
pub const PER_PAGE: u32 = 100;

/// What became of a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// It is resolved, or open again, as was asked.
    Done,
    /// It was so before.
    Before,
    /// The credential was not rejected.
    NotRejected,
    /// The trust, or the system that asks, has provided no such credential.
    Unknown,
}

/// What a rejection is marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The trust has done what there was to do.
    Resolved,
    /// There is something to do after all.
    Open,
}

/// What to do about a rejection for this reason, in words for the people of the trust.
pub fn advice(service: &Service, reason: RejectReason) -> String {
    service.word(&format!("advice-{}", reason.as_str()), &[])
}

/// A page of rejections.
#[derive(Debug, Clone)]
pub struct Page {
    /// In the order in which the credentials were provided.
    pub rejections: Vec<Rejection>,
    /// The credential after which the next page begins; none where this is the last.
    pub next: Option<Uuid>,
}

/// Rejections of credentials that a trust provided, after the credential `after`; with those that are resolved, where `resolved`.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    service: &Service,
    organisation: &Organisation,
    resolved: bool,
    after: Option<Uuid>,
) -> Result<Page, Refusal> {
    let organisation = organisation.id;
    page(service, RejectionsOf { organisation, client: None, resolved, after, at_most: PER_PAGE }).await
}

/// The open rejections of what a system provided itself.
///
/// # Errors
/// [`ClientRefusal`].
pub async fn list_for_client(
    service: &Service,
    bearer: &str,
    after: Option<Uuid>,
) -> Result<Page, ClientRefusal> {
    let (client, organisation) = client::enter(service, bearer).await?;
    let of = RejectionsOf {
        organisation: organisation.id,
        client: Some(&client.name),
        resolved: false,
        after,
        at_most: PER_PAGE,
    };
    Ok(page(service, of).await?)
}

async fn page(service: &Service, of: RejectionsOf<'_>) -> Result<Page, Refusal> {
    let one_more = RejectionsOf { at_most: of.at_most.saturating_add(1), ..of };
    let mut rejections = service.store.rejections(one_more).await?;
    let per_page = usize::try_from(of.at_most).unwrap_or(usize::MAX);
    let more = rejections.len() > per_page;
    rejections.truncate(per_page);
    let next = rejections.last().filter(|_| more).map(|last| last.credential);
    Ok(Page { rejections, next })
}

/// Marks the rejection of a credential at the command line.
///
/// # Errors
/// Where the database fails.
pub async fn mark(
    service: &Service,
    organisation: &Organisation,
    credential: Uuid,
    mark: Mark,
) -> Result<Marked, Refusal> {
    marked(service, Marking { organisation, client: None, by: None }, credential, mark).await
}

/// On whose behalf a rejection is marked.
#[derive(Clone, Copy)]
pub(crate) struct Marking<'a> {
    /// The trust that provided the credential.
    pub organisation: &'a Organisation,
    /// The system that asks, which sees what it provided itself and nothing else.
    pub client: Option<&'a PassportClient>,
    /// The member of staff who asks, in the console. Neither: it is asked at the command line.
    pub by: Option<Uuid>,
}

/// A system marks the rejection of a credential that it provided itself. What it asks again is answered again. Answers the credential.
///
/// # Errors
/// [`ClientRefusal`], among it [`ClientRefusal::NotRejected`].
pub async fn mark_by_client(
    service: &Service,
    bearer: &str,
    credential: &str,
    mark: Mark,
) -> Result<Uuid, ClientRefusal> {
    let (client, organisation) = client::enter(service, bearer).await?;
    let id = Uuid::parse_str(credential).map_err(|_| ClientRefusal::NoSuchCredential)?;
    let marking = Marking { organisation: &organisation, client: Some(&client), by: None };
    match marked(service, marking, id, mark).await? {
        Marked::Done | Marked::Before => Ok(id),
        Marked::NotRejected => Err(ClientRefusal::NotRejected),
        Marked::Unknown => Err(ClientRefusal::NoSuchCredential),
    }
}

/// As [`mark`], on somebody's behalf.
pub(crate) async fn marked(
    service: &Service,
    Marking { organisation, client, by }: Marking<'_>,
    id: Uuid,
    mark: Mark,
) -> Result<Marked, Refusal> {
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let Some(credential) = theirs(&mut tx, organisation, client, id).await? else {
        return Ok(Marked::Unknown);
    };
    if credential.reject_reason.is_none() {
        return Ok(Marked::NotRejected);
    }
    let done = match mark {
        Mark::Resolved => tx.resolve_rejection(id, None, now).await?,
        Mark::Open => tx.reopen_rejection(id).await?,
    };
    if !done {
        return Ok(Marked::Before);
    }
    let (account, organisation, client) =
        (credential.account_id, organisation.id, client.map(|client| client.id));
    let (what, audited) = match mark {
        Mark::Resolved => (
            RESOLVED,
            Event::CredentialRejectionResolved {
                account,
                credential: id,
                organisation,
                client,
                by,
                corrected_by: None,
            },
        ),
        Mark::Open => (
            REOPENED,
            Event::CredentialRejectionReopened { account, credential: id, organisation, client, by },
        ),
    };
    tx.audit(audited, now);
    note(service, &mut tx, (account, organisation), id, (what, None, by), now).await?;
    tx.commit().await?;
    Ok(Marked::Done)
}

/// What the history calls it.
const RESOLVED: &str = "rejection-resolved";
const REOPENED: &str = "rejection-reopened";

async fn theirs(
    tx: &mut Tx,
    organisation: &Organisation,
    client: Option<&PassportClient>,
    id: Uuid,
) -> Result<Option<Credential>, Refusal> {
    let credential = tx.credential(id).await?;
    let credential = credential.filter(|credential| credential.organisation_id == organisation.id);
    let theirs = match client {
        Some(client) => tx.is_credential_of(id, client).await?,
        None => true,
    };
    Ok(credential.filter(|_| theirs))
}

/// The credential `new` is provided, and corrects what was rejected before: as part of the transaction that provides it.
pub(super) async fn corrected(
    service: &Service,
    tx: &mut Tx,
    (account, organisation): (&Account, &Organisation),
    (new, provided): (Uuid, &Provided),
    by: Provider,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (account, organisation) = (account.id, organisation.id);
    let open = tx.open_rejections(account, organisation, provided.kind, provided.variant).await?;
    for (rejected, _) in open.into_iter().filter(|(_, reason)| reason.is_corrected_by_another()) {
        if !tx.resolve_rejection(rejected, Some(new), now).await? {
            continue;
        }
        let audited = Event::CredentialRejectionResolved {
            account,
            credential: rejected,
            organisation,
            client: by.client,
            by: by.by,
            corrected_by: Some(new),
        };
        tx.audit(audited, now);
        let what = (RESOLVED, Some("corrected"), by.by);
        note(service, tx, (account, organisation), rejected, what, now).await?;
    }
    Ok(())
}

async fn note(
    service: &Service,
    tx: &mut Tx,
    (account, organisation): (Uuid, Uuid),
    credential: Uuid,
    (what, detail, by): (&str, Option<&str>, Option<Uuid>),
    now: Timestamp,
) -> Result<(), Refusal> {
    let event = NewPassportEvent {
        id: vault::new_id(now, service.random.as_ref()),
        account,
        what,
        about: About::Credential(credential),
        organisation: Some(organisation),
        by,
        detail,
    };
    Ok(tx.add_passport_event(event, now).await?)
}
