//! What the staff passports of each trust amount to is counted once an hour, and anew after midnight: a large trust has millions of
//! credentials, and a page is not to wait for that. One node counts, whichever comes first.

use crate::console::shares;
use crate::repeat::Rounds;
use crate::{Refusal, Service};
use jiff::{SignedDuration, Timestamp};
use rules::days;
use rules::passport::{CredentialKind, CredentialState, Progress, Report};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::job_role::JobRole;
use store::passport_report::{CountedCredential, CountedJobRole};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often passports are counted.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How often a node looks whether that is due.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// So many credentials are read at once.
const STRETCH: u32 = 5_000;
/// Issuers elsewhere are asked for so long in all, whether what was shared still holds: one that is slow does not hold up the counts of
/// all trusts. What could not be found out by then counts for nothing in this hour.
const ASKED_ELSEWHERE: Duration = Duration::from_mins(2);

/// Counts the passports of one trust, where that is due. Answers whether there may be another.
///
/// # Errors
/// Where the database fails; the last counts stay.
pub async fn one(service: &Service) -> Result<bool, Refusal> {
    let now = service.clock.now();
    let local = service.local(now);
    let hour = now.checked_sub(EVERY).unwrap_or(Timestamp::MIN);
    let since = hour.max(days::begins(local.date(), local.time_zone()));
    let Some(organisation) = service.store.organisation_to_count(since).await? else { return Ok(false) };
    count(service, organisation, since, now).await?;
    Ok(true)
}

/// Counts the passports of a trust now, whenever that was done before.
///
/// # Errors
/// Where the database fails; the last counts stay.
pub async fn now(service: &Service, organisation: Uuid) -> Result<(), Refusal> {
    count(service, organisation, Timestamp::MAX, service.clock.now()).await
}

async fn count(
    service: &Service,
    organisation: Uuid,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut tx = service.store.begin().await?;
    if !tx.begin_passport_report(organisation, since, now).await? {
        return Ok(());
    }
    tx.commit().await?;
    let report = counted(service, organisation, now).await?;
    let mut tx = service.store.begin().await?;
    tx.keep_passport_report(organisation, &report, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn counted(service: &Service, organisation: Uuid, now: Timestamp) -> Result<Report, Refusal> {
    let (store, local_day) = (&service.store, |at| service.local(at).date());
    let mut counting = Counting::begin(service, organisation, now).await?;
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let stretch = store.credentials_to_count(organisation, after, STRETCH).await?;
        let Some(last) = stretch.last() else { break };
        after = (last.account, last.id);
        for credential in stretch.into_iter().filter(|credential| credential.kind.is_reviewed()) {
            if let (Some(reason), Some(at)) = (credential.reject_reason, credential.moments.rejected_at) {
                let days = (local_day(at), credential.resolved_at.map(local_day));
                counting.report.count_rejection(credential.kind, reason, days);
            }
            counting.take(credential).await?;
        }
    }
    let mut report = counting.end().await?;
    for (state, invited) in store.invitations_to_count(organisation).await? {
        report.count_invitation(state, local_day(invited));
    }
    for shared in store.shared_to_count(organisation).await? {
        report.count_shared(shared.kind, (shared.verdict, shared.reason), shared.count);
    }
    Ok(report)
}

/// Counting under way: credentials come person by person.
struct Counting<'a> {
    service: &'a Service,
    organisation: Uuid,
    report: Report,
    job_roles: Vec<JobRole>,
    /// The people of whom something is required and who have not come yet.
    required: HashMap<Uuid, CountedJobRole>,
    /// Those of them who hold something that others issued.
    sharers: HashSet<Uuid>,
    /// Until when issuers elsewhere are asked.
    asks_until: Instant,
    /// Who has come last, and what they hold.
    person: Option<(Uuid, Vec<(CredentialKind, String)>)>,
}

impl<'a> Counting<'a> {
    async fn begin(service: &'a Service, organisation: Uuid, now: Timestamp) -> Result<Self, Refusal> {
        let store = &service.store;
        let job_roles = store.job_roles(organisation).await?;
        let required = store.job_roles_to_count(organisation).await?;
        Ok(Self {
            service,
            organisation,
            report: Report::on(service.local(now).date(), job_roles.iter().map(|each| each.name.clone())),
            job_roles,
            required: required.into_iter().map(|each| (each.account, each)).collect(),
            sharers: store.sharers_to_count(organisation).await?.into_iter().collect(),
            asks_until: Instant::now() + ASKED_ELSEWHERE,
            person: None,
        })
    }

    async fn take(&mut self, credential: CountedCredential) -> Result<(), Refusal> {
        let CountedCredential { account, kind, variant, moments, .. } = credential;
        self.report.count_credential(kind, &variant, &moments);
        if self.person.as_ref().is_none_or(|(person, _)| *person != account) {
            self.person_has_passed().await?;
            self.person = Some((account, Vec::new()));
        }
        let holds = CredentialState::on(self.report.day, &moments) == CredentialState::Accepted;
        if let Some((_, held)) = self.person.as_mut().filter(|_| holds) {
            held.push((kind, variant));
        }
        Ok(())
    }

    async fn person_has_passed(&mut self) -> Result<(), Refusal> {
        let Some((account, held)) = self.person.take() else { return Ok(()) };
        match self.required.remove(&account) {
            Some(required) => self.count_passport(&required, &held).await?,
            None => self.report.without_job_role += 1,
        }
        Ok(())
    }

    async fn count_passport(
        &mut self,
        required: &CountedJobRole,
        own: &[(CredentialKind, String)],
    ) -> Result<(), Refusal> {
        let mut shared = Vec::new();
        if self.sharers.contains(&required.account) {
            let held = shares::held(self.service, self.organisation, required.account);
            if let Ok(held) = timeout_at(self.asks_until, held).await {
                shared = held?;
            }
        }
        let place = self.job_roles.iter().position(|each| each.id == required.job_role);
        // One that was added meanwhile is counted the next time.
        let Some((place, job_role)) = place.and_then(|place| Some((place, self.job_roles.get(place)?)))
        else {
            return Ok(());
        };
        let own = own.iter().map(|(kind, variant)| (*kind, variant.as_str()));
        let asked = job_role.requires.iter().copied();
        let progress = Progress::of(asked, own.chain(shared));
        self.report.count_passport(place, &progress, &required.bypassed);
        Ok(())
    }

    /// Counts those of whom something is required and to whom nothing was provided, too.
    async fn end(mut self) -> Result<Report, Refusal> {
        self.person_has_passed().await?;
        let left: Vec<_> = self.required.drain().map(|(_, required)| required).collect();
        for required in left {
            self.count_passport(&required, &[]).await?;
        }
        Ok(self.report)
    }
}

/// Looks every minute whether passports are to be counted, until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    while rounds.next().await {
        // Who stops in the middle leaves it to another node, or to the next hour.
        while let Some(counted) = stop.run_until_cancelled(one(&service)).await {
            match counted {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(%error, "the passports of a trust cannot be counted");
                    break;
                }
            }
        }
    }
}
