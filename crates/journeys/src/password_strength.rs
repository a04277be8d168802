//! How strong a new password is, while it is typed. Nothing is kept and nothing logged; the same judge has the last word
//! when the form is sent.

use crate::password::canonical;
use crate::{FieldProblem, Network, Refusal, Service};
use breached::PasswordDigest;
use rules::limits::STRENGTHS_PER_NETWORK;
use rules::password::{Names, PasswordProblem, judge, strength};
use store::limits::Allowance;
use vault::Secret;

/// What is asked.
#[derive(Debug)]
pub struct Typed<'a> {
    /// The password so far.
    pub password: &'a Secret<String>,
    /// The code of the organisation whose rules hold; of none, those of the service.
    pub organisation: &'a str,
    /// Names and addresses of the person, a line each, as far as the page knows them.
    pub names: &'a str,
}

/// What is said of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// From 0 to 4. A password that would not be taken has 2 at the most.
    pub score: u8,
    /// The key of what is said, with its values.
    pub said: FieldProblem,
}

/// No page knows more names, and none is longer, in bytes.
const MOST_NAMES: usize = 6;
const LONGEST_NAME: usize = 200;
/// What a password that would not be taken has at the most.
const NOT_TAKEN: u8 = 2;

/// Rates a password. The service on the network is not asked: that is done once, when the form is sent.
///
/// # Errors
/// [`Refusal::NetworkBusy`] where too many are asked for from one range of the network.
pub async fn rate(service: &Service, typed: Typed<'_>, network: &Network) -> Result<Rating, Refusal> {
    let now = service.clock.now();
    let network = service.keys.keyed_hash("network", &[network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&STRENGTHS_PER_NETWORK, &network, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    tx.commit().await?;

    let organisation = service.store.organisation_by_code(&typed.organisation.to_uppercase()).await?;
    let policy = match &organisation {
        Some(organisation) => service.policy(organisation)?.password,
        None => service.settings.policy.password,
    };
    let person: Vec<&str> =
        typed.names.lines().filter(|name| name.len() <= LONGEST_NAME).take(MOST_NAMES).collect();
    let mut house = vec![service.settings.service_name.as_str()];
    house.extend(organisation.as_ref().map(|organisation| organisation.name.as_str()));
    let names = Names { person: &person, house: &house };

    let password = canonical(typed.password);
    let mut judged = judge(password.expose(), names, &policy);
    if judged.is_ok() && service.breached.is_listed(&PasswordDigest::of(password.expose())).await {
        judged = Err(PasswordProblem::Breached);
    }
    let score = strength(password.expose(), names);
    Ok(match judged {
        Ok(()) => {
            let key = if score > 3 { "strength-very-strong" } else { "strength-strong" };
            Rating { score, said: FieldProblem::new("password", key) }
        }
        Err(problem) => Rating { score: score.min(NOT_TAKEN), said: said(problem, password.expose()) },
    })
}

fn said(problem: PasswordProblem, password: &str) -> FieldProblem {
    let say = |key| FieldProblem::new("password", key);
    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    match problem {
        PasswordProblem::Empty => say("password-empty"),
        PasswordProblem::TooShort { min } => {
            say("strength-too-short").with("left", &min.saturating_sub(length))
        }
        PasswordProblem::TooLong { max } => say("strength-too-long").with("max", &max),
        PasswordProblem::HoldsName => say("strength-holds-name"),
        PasswordProblem::HoldsHouse => say("strength-holds-house"),
        PasswordProblem::Breached => say("strength-breached"),
        PasswordProblem::TooGuessable => say("strength-too-guessable"),
    }
}
