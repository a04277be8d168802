//! An organisation's own rules, as its row keeps them: set at the command line or in the console, by the same check.

use rules::policy::{Policy, PolicyProblem};
use std::collections::BTreeMap;

/// The choice with which the other settings for smartcards begin.
const PRESET: &str = "smartcard-preset";

/// Why a rule cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleProblem {
    /// What the database holds is no set of rules.
    #[error("the organisation's rules in the database are not readable")]
    Unreadable,
    /// The rule is not one, or its value is not taken.
    #[error(transparent)]
    Policy(#[from] PolicyProblem),
}

/// The rules that an organisation has made stricter, by their keys. `kept` is JSON.
///
/// # Errors
/// [`RuleProblem::Unreadable`].
pub fn own_rules(kept: &str) -> Result<BTreeMap<String, String>, RuleProblem> {
    serde_json::from_str(kept).map_err(|_| RuleProblem::Unreadable)
}

/// What an organisation's rules are measured by: the installation's policy, and for smartcards the preset that it chose.
pub fn base(installation: &Policy, own: &BTreeMap<String, String>) -> Policy {
    let preset = own.get_key_value(PRESET).map(|(key, value)| (key.clone(), value.clone()));
    installation.with_own(&preset.into_iter().collect()).0
}

/// The rules of `kept` with one more, or with another value for one: as strict as what they are measured by, or stricter. With
/// another preset for smartcards, those that are not strict enough for it go.
///
/// # Errors
/// [`RuleProblem`].
pub fn with_rule(
    installation: &Policy,
    mut kept: BTreeMap<String, String>,
    key: &str,
    value: &str,
) -> Result<BTreeMap<String, String>, RuleProblem> {
    let (key, value) = (key.trim(), value.trim());
    base(installation, &kept).stricter(key, value)?;
    kept.insert(key.to_owned(), value.to_owned());
    if key == PRESET {
        let base = base(installation, &kept);
        kept.retain(|key, value| base.clone().stricter(key, value).is_ok());
    }
    Ok(kept)
}

/// As [`own_rules`] reads them.
///
/// # Errors
/// [`RuleProblem::Unreadable`], which does not happen to texts.
pub fn as_kept(rules: &BTreeMap<String, String>) -> Result<String, RuleProblem> {
    serde_json::to_string(rules).map_err(|_| RuleProblem::Unreadable)
}
