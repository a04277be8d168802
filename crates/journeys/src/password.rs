//! Passwords as journeys handle them. Whichever journey a new one is chosen in, it is judged here.

use std::sync::Arc;

use crate::Service;
use breached::{List, PasswordDigest, RangeService};
use rules::password::{Names, PasswordPolicy, PasswordProblem};
use store::organisation::Organisation;
use vault::Secret;

/// The password as it is hashed: however a keyboard makes an é, it is the same.
pub(crate) fn canonical(password: &Secret<String>) -> Secret<String> {
    Secret::new(std::mem::take(&mut *rules::password::canonical(password.expose())))
}

/// Whether somebody of this organisation may choose a password. `person` are their names and addresses. This can ask a
/// service on the network, for two seconds at most: never call it in a transaction.
///
/// # Errors
/// [`PasswordProblem`], for [`password_problem`](crate::refusal::password_problem).
pub(crate) async fn judge(
    service: &Service,
    organisation: &Organisation,
    policy: &PasswordPolicy,
    person: &[&str],
    password: &Secret<String>,
) -> Result<(), PasswordProblem> {
    let house = [organisation.name.as_str(), service.settings.service_name.as_str()];
    rules::password::judge(password.expose(), Names { person, house: &house }, policy)?;
    // Asked last: nobody is told anything of a password that is refused anyway.
    let digest = PasswordDigest::of(canonical(password).expose());
    if service.breached.holds(&digest).await { Err(PasswordProblem::Breached) } else { Ok(()) }
}

/// Where it is looked up whether attackers have a password. Without either, only what the estimate of a password's strength
/// knows counts.
///
/// What fails is counted and logged, and locks no door: the password is then taken as one that is not listed.
#[derive(Debug, Clone, Default)]
pub struct Breached {
    /// The local list.
    pub list: Option<Arc<List>>,
    /// The service on the network, which is asked for what the list does not hold.
    pub service: Option<Arc<RangeService>>,
}

impl Breached {
    /// Whether the list holds a password, or else the service.
    pub(crate) async fn holds(&self, digest: &PasswordDigest) -> bool {
        self.is_listed(digest).await || self.service_knows(digest).await
    }

    /// Whether the local list holds a password.
    pub(crate) async fn is_listed(&self, digest: &PasswordDigest) -> bool {
        let Some(list) = self.list.clone() else { return false };
        let digest = digest.clone();
        let (listed, outcome) = match tokio::task::spawn_blocking(move || list.holds(&digest)).await {
            Ok(Ok(listed)) => (listed, told(listed)),
            Ok(Err(problem)) => {
                tracing::error!(%problem, alarm = true, "the list of breached passwords cannot be read");
                (false, "failed")
            }
            Err(_) => (false, "failed"),
        };
        count("list", outcome);
        listed
    }

    async fn service_knows(&self, digest: &PasswordDigest) -> bool {
        let Some(service) = &self.service else { return false };
        let (known, outcome) = match service.holds(digest).await {
            Ok(known) => (known, told(known)),
            Err(failure) => {
                tracing::warn!(%failure, "the service for breached passwords did not help");
                (false, failure.kind())
            }
        };
        count("service", outcome);
        known
    }
}

fn told(listed: bool) -> &'static str {
    if listed { "listed" } else { "not-listed" }
}

fn count(by: &'static str, outcome: &'static str) {
    metrics::counter!("fobwatch_breached_lookups_total", "by" => by, "outcome" => outcome).increment(1);
}
