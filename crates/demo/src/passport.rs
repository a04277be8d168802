//! Credentials that some of the people at work have still to review: one has three, one has one, and one has none.

use jiff::ToSpan as _;
use jiff::civil::Date;
use journeys::passport::provide;
use journeys::{Refusal, Service};
use rules::passport::Provided;
use serde_json::{Value, json};
use store::organisation::Organisation;

/// What Northfield has issued, by the address of whom it is for.
fn issued(today: Date) -> [(&'static str, Value); 2] {
    let days_ago = |days: i64| today.saturating_sub(days.days()).to_string();
    let assured = |origin: &str, policy: &str, method: &str| {
        json!({
            "origin": origin, "policy": policy, "outcome": "Passed", "provider": "Northfield Hospitals",
            "verifier": "Northfield Hospitals", "method": method, "pedigree": "Authoritative",
            "last_refresh": days_ago(3),
        })
    };
    let fire = json!({
        "kind": "core-skill",
        "claims": { "subject": "Fire safety", "attained_on": days_ago(20), "proficiency": "Competent" },
        "assurance": assured("Electronic Staff Record", "CSTF", "E-learning"),
    });
    let dbs = json!({
        "kind": "dbs",
        "claims": {
            "dbs_level": "Enhanced", "certificate_number": "001234567890", "issued_on": days_ago(70),
            "dbs_outcome": "Clear", "update_service": true,
        },
        "assurance": assured("Disclosure and Barring Service", "NHS employment check standards", "Certificate seen"),
    });
    let work = json!({
        "kind": "right-to-work",
        "claims": { "basis": "British or Irish citizen", "document_type": "Passport", "checked_on": days_ago(400) },
        "assurance": assured("HM Passport Office", "NHS employment check standards", "Document seen in person"),
    });
    let health = json!({
        "kind": "occupational-health",
        "claims": { "fitness": "Fit for role", "assessed_on": days_ago(35) },
        "assurance": assured("Occupational health department", "NHS employment check standards", "Assessment"),
    });
    [
        ("ivy.ng@northfield.example", json!([fire, dbs, work])),
        ("hamish.macleod@northfield.example", json!([health])),
    ]
}

/// Issues them, in a demonstration that begins.
pub(crate) async fn issue(service: &Service, organisation: &Organisation) -> Result<(), Refusal> {
    const WRONG: Refusal = Refusal::Fault("a credential of the demonstration is not right");
    let today = service.today();
    for (email, credentials) in issued(today) {
        let account = provide::person(service, organisation, email).await?.ok_or(WRONG)?;
        let provided = Provided::read_all(&credentials, today).map_err(|_| WRONG)?;
        provide::provide(service, organisation, &account, &provided).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_issued_is_right_and_for_people_at_work() {
        let today = jiff::civil::date(2026, 11, 22);
        for (email, credentials) in issued(today) {
            assert!(Provided::read_all(&credentials, today).is_ok(), "{email}");
            assert!(crate::AT_WORK.iter().any(|one| one.email == email), "{email}");
        }
    }
}
