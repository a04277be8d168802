//! How far somebody's own passport has come with what their job roles require.

use crate::errors::Trouble;
use crate::{Web, urls};
use journeys::passport::requirement::{self, Requirement};
use journeys::passport::title;
use journeys::session::Person;
use pages::{PassportMissing, PassportProgress, RequirementStanding};
use rules::passport::{CredentialState, CredentialType, PassportStanding};
use std::collections::HashMap;
use store::credential::Credential;
use uuid::Uuid;

/// What is required of a person who has these credentials; `issuers` are the names of organisations.
pub(super) async fn progress(
    web: &Web,
    person: &Person,
    all: &[Credential],
    issuers: &HashMap<Uuid, String>,
) -> Result<Vec<PassportProgress>, Trouble> {
    let required = requirement::of_owner(web, person, all).await?;
    let shown = required.iter().map(|(organisation, requirement)| {
        let name = issuers.get(organisation).cloned().unwrap_or_default();
        shown(web, person, (*organisation, name), requirement, all)
    });
    Ok(shown.collect())
}

fn shown(
    web: &Web,
    person: &Person,
    (organisation, name): (Uuid, String),
    requirement: &Requirement,
    all: &[Credential],
) -> PassportProgress {
    let waiting = |missing: &CredentialType| {
        all.iter().find(|each| {
            each.organisation_id == organisation
                && (each.kind, each.variant.as_str()) == (missing.kind, missing.variant_code())
                && each.state(web.today()) == CredentialState::ToReview
        })
    };
    let missing = |each: &CredentialType| {
        let waits = waiting(each);
        PassportMissing {
            title: title(each.kind, each.variant_code()),
            to_review: waits.is_some(),
            href: match waits {
                Some(credential) => Some(urls::passport_credential(credential.id, "")),
                // A person asks their own organisation.
                None => (organisation == person.organisation.id).then(|| urls::passport_request(each.code())),
            },
        }
    };
    PassportProgress {
        job_role: requirement.held.name.clone(),
        organisation: name,
        completed: requirement.progress.completed.len(),
        required: requirement.held.requires.len(),
        standing: standing(requirement.standing()),
        missing: requirement.progress.missing.iter().map(missing).collect(),
    }
}

/// How a passport stands against a job role that it has.
pub(crate) fn standing(standing: PassportStanding) -> RequirementStanding {
    match standing {
        PassportStanding::Pending => RequirementStanding::Pending,
        PassportStanding::Bypassed => RequirementStanding::Bypassed,
        PassportStanding::Active | PassportStanding::NoJobRole => RequirementStanding::Active,
    }
}
