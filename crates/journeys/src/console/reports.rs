//! *Reports*: what the trust's staff passports amounted to when they were counted last, of all areas or of some.

use super::Staff;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::passport::{CredentialFamily, Report};
use rules::role::Act;
use store::passport_team::Team;
use uuid::Uuid;

/// Of which credentials something is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Area {
    /// Of all.
    All,
    /// Of a family.
    Family(CredentialFamily),
    /// Of those that a team looks after.
    Team(Uuid, Vec<CredentialFamily>),
}

impl Area {
    /// The area that somebody asks for; all where there is none of this name.
    fn named(name: &str, teams: &[Team]) -> Self {
        let team = Uuid::parse_str(name).ok().and_then(|id| teams.iter().find(|team| team.id == id));
        match (CredentialFamily::parse(name), team) {
            (Some(family), _) => Self::Family(family),
            (None, Some(team)) => Self::Team(team.id, team.families.clone()),
            (None, None) => Self::All,
        }
    }

    /// What a form sends for it.
    pub fn name(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Family(family) => family.as_str().to_owned(),
            Self::Team(id, _) => id.to_string(),
        }
    }

    /// The families that belong to it.
    pub fn families(&self) -> &[CredentialFamily] {
        match self {
            Self::All => CredentialFamily::ALL,
            Self::Family(family) => std::slice::from_ref(family),
            Self::Team(_, families) => families,
        }
    }
}

/// What is told.
#[derive(Debug, Clone)]
pub struct Reports {
    /// What was counted, and when, UTC; none where nothing was yet.
    pub counted: Option<(Timestamp, Report)>,
    /// Of which credentials it is told.
    pub area: Area,
    /// The teams of the trust, by name.
    pub teams: Vec<Team>,
}

/// The reports of the trust, of the area that goes by this name.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub async fn see(service: &Service, staff: &Staff, area: &str) -> Result<Reports, Refusal> {
    staff.demand(Act::SeePassports)?;
    let teams = service.store.passport_teams(staff.organisation()).await?;
    let counted = service.store.passport_report(staff.organisation()).await?;
    Ok(Reports { counted, area: Area::named(area, &teams), teams })
}
