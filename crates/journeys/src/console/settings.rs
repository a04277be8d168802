//! The organisation's rules: what applies, what another value would do to how many people, and setting it.
//!
//! A rule is shown to people before it is saved: whoever makes one stricter at their desk sees how many colleagues it will
//! stop tomorrow morning.

use crate::console::Staff;
use crate::numbers::is_number_allowed;
use crate::organisation_rules::{RuleProblem, as_kept, base, own_rules, with_rule};
use crate::{FieldProblem, Refusal, Service, session};
use rules::days::{after, begins};
use rules::method::MethodKind;
use rules::policy::{Policy, PolicyProblem};
use rules::preview::{Days, Effect, effect, has_too_few_ways};
use rules::role::{Act, Role};
use rules::setting::{SettingKind, written};
use rules::smartcard::{Preset, UnlockBy};
use store::audit::Event;
use store::console_figures::Reach;
use store::organisation::Organisation;
use store::server_passcode::ServerPasscodeKind;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// Of which form it is.
    pub kind: SettingKind,
    /// What the installation has, or the preset for smartcards: the organisation can be as strict or stricter.
    pub installation: String,
    /// What applies.
    pub now: String,
    /// Whether the organisation has made it stricter.
    pub own: bool,
}

/// How many people another value would concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concerned {
    /// Nothing changes.
    Nothing,
    /// It is less strict than what applies now.
    Loosens,
    /// Nobody can know.
    CannotBeKnown,
    /// Only what is done from now on.
    FromNowOn,
    /// People who could not prove themselves often enough to reset their password alone.
    FewerWays {
        /// How many ways it would take.
        gates: u32,
        /// People without any way.
        none: u64,
        /// People with some ways, but fewer than it would take.
        some: u64,
    },
    /// People who must set up a method for resets when they next sign in.
    PutOffs(u64),
    /// Browsers that are asked for the second factor again.
    Remembered(Reach),
    /// Sessions that end at once.
    Sessions(Reach),
    /// Half-done registrations that are over at once.
    Registrations(u64),
    /// People whose account is disabled because of a number.
    NumbersDisable(u64),
    /// People to whose number no code is sent any more.
    NumbersUnused(u64),
    /// Administrators whose accounts can be used.
    Administrators(u64),
    /// People of the Registration Authority who may approve.
    Approvers(u64),
    /// Nobody can know: passcodes are not kept.
    PasscodesUnknown,
    /// Every number for smartcards begins anew.
    Preset(Preset),
    /// People who have no Account Recovery Passcode, which would open a locked card.
    WithoutRecoveryPasscode(u64),
    /// A one-time code would open a locked card.
    UnlockByCode,
    /// Cards of which passcodes must be set at the next sign-in, and of which the Registration Authority must open.
    Passcodes {
        /// Set at the next sign-in.
        first: u64,
        /// Locked at once.
        locked: u64,
    },
    /// Cards whose owners get an alert from now on.
    RenewalAlerts(u64),
    /// Cards that must be renewed at the next sign-in.
    RenewalsFirst(u64),
    /// Cards whose next renewal takes a visit.
    RenewalVisits(u64),
}

/// What another value of a rule would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The rule as it is.
    pub setting: Setting,
    /// The value that was typed, as it would be shown.
    pub value: String,
    /// Whom it would concern.
    pub concerned: Concerned,
}

fn setting(service: &Service, staff: &Staff, key: &'static str) -> Result<Setting, Refusal> {
    let installation = &measure(service, &staff.person.organisation, key)?;
    let missing = || Refusal::Fault("a rule without a value");
    let (now, default) =
        (staff.person.policy.value(key).ok_or_else(missing)?, installation.value(key).ok_or_else(missing)?);
    let kind = installation.kind(key).ok_or_else(missing)?;
    Ok(Setting { key, kind, own: now != default, installation: default, now })
}

/// What a rule is measured by: with a preset for smartcards, its numbers; the preset itself by the installation's.
fn measure(service: &Service, organisation: &Organisation, key: &str) -> Result<Policy, Refusal> {
    let installation = &service.settings.policy;
    let own = own_rules(&organisation.policy)
        .map_err(|_| Refusal::Fault("an organisation's rules are not JSON"))?;
    Ok(if key == "smartcard-preset" { installation.clone() } else { base(installation, &own) })
}

/// Every rule, in its order.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub fn all(service: &Service, staff: &Staff) -> Result<Vec<Setting>, Refusal> {
    staff.demand(Act::SeeSettings)?;
    Policy::KEYS.into_iter().map(|key| setting(service, staff, key)).collect()
}

/// One rule.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`] where there is none of this name.
pub fn one(service: &Service, staff: &Staff, key: &str) -> Result<Setting, Refusal> {
    staff.demand(Act::SeeSettings)?;
    setting(service, staff, known(key)?)
}

fn known(key: &str) -> Result<&'static str, Refusal> {
    Policy::KEYS.into_iter().find(|known| *known == key).ok_or(Refusal::NotFound)
}

/// What the rule would do with the value `typed`. Changes nothing.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::Fields`].
pub async fn preview(service: &Service, staff: &Staff, key: &str, typed: &str) -> Result<Preview, Refusal> {
    let setting = one(service, staff, key)?;
    let (then, _) = policy_with(service, &staff.person.organisation, setting.key, typed)?;
    let value = then.value(setting.key).ok_or(Refusal::Fault("a rule without a value"))?;
    let concerned = count(service, staff, setting.key, &then).await?;
    Ok(Preview { setting, value, concerned })
}

/// The organisation's policy with another value of a rule, and its own rules as they would be kept. That something takes two people is
/// ended at the command line alone.
fn policy_with(
    service: &Service,
    organisation: &Organisation,
    key: &'static str,
    typed: &str,
) -> Result<(Policy, String), Refusal> {
    if typed.trim().is_empty() {
        return Err(Refusal::field("value", "setting-empty"));
    }
    let installation = &service.settings.policy;
    let rules = own_rules(&organisation.policy)
        .and_then(|own| with_rule(installation, own, key, typed))
        .and_then(|rules| as_kept(&rules))
        .or_else(|problem| Err(problem_with(problem, &measure(service, organisation, key)?, key)))?;
    let then = service.policy(&Organisation { policy: rules.clone(), ..organisation.clone() })?;
    if asks_fewer_people(&service.policy(organisation)?, &then) {
        let problem = FieldProblem::new("value", "setting-takes-two");
        return Err(Refusal::Fields(vec![
            problem.with("code", &organisation.code).with("rule", &key).with("value", &typed.trim()),
        ]));
    }
    Ok((then, rules))
}

/// Whether what two people must agree on could be done by one: nobody takes that away alone, for then one would have been enough.
fn asks_fewer_people(now: &Policy, then: &Policy) -> bool {
    let fewer = |now: bool, then: bool| now && !then;
    fewer(now.two_administrators, then.two_administrators)
        || fewer(now.smartcard.ra_second_approver, then.smartcard.ra_second_approver)
}

fn problem_with(problem: RuleProblem, installation: &Policy, key: &'static str) -> Refusal {
    let field = |key, name: &'static str, value: String| {
        Refusal::Fields(vec![FieldProblem::new("value", key).with(name, &value)])
    };
    match problem {
        RuleProblem::Unreadable => Refusal::Fault("an organisation's rules are not JSON"),
        RuleProblem::Policy(PolicyProblem::UnknownKey { .. }) => Refusal::NotFound,
        RuleProblem::Policy(PolicyProblem::NotAValue { .. }) => Refusal::field(
            "value",
            match installation.kind(key) {
                Some(SettingKind::Duration) => "setting-not-a-duration",
                Some(SettingKind::Count) => "setting-not-a-number",
                Some(SettingKind::Choice(_)) => "setting-not-a-choice",
                _ => "setting-not-yes-or-no",
            },
        ),
        RuleProblem::Policy(PolicyProblem::Looser { .. }) => {
            field("setting-looser", "now", installation.value(key).unwrap_or_default())
        }
        RuleProblem::Policy(PolicyProblem::Unworkable { limit, .. }) => {
            let is_duration = matches!(installation.kind(key), Some(SettingKind::Duration));
            let shown = if is_duration { limit.parse().map(written).unwrap_or(limit) } else { limit };
            field("setting-unworkable", "limit", shown)
        }
    }
}

async fn count(service: &Service, staff: &Staff, key: &str, then: &Policy) -> Result<Concerned, Refusal> {
    let (store, organisation) = (&service.store, staff.organisation());
    Ok(match effect(key, &staff.person.policy, then, service.clock.now(), service.today()) {
        Effect::Nothing => Concerned::Nothing,
        Effect::Loosens => Concerned::Loosens,
        Effect::CannotBeKnown => Concerned::CannotBeKnown,
        Effect::FromNowOn => Concerned::FromNowOn,
        Effect::FewerWays { gates } => {
            let people = store.people_by_ways_to_reset(organisation).await?;
            let few = people.iter().filter(|(ways, _)| has_too_few_ways(*ways, gates));
            let (none, some): (Vec<_>, Vec<_>) = few.partition(|(ways, _)| *ways == 0);
            let sum = |groups: Vec<&(u32, u64)>| groups.iter().map(|(_, people)| people).sum();
            Concerned::FewerWays { gates, none: sum(none), some: sum(some) }
        }
        Effect::PutOffs { times } => Concerned::PutOffs(store.people_who_put_off(organisation, times).await?),
        Effect::Remembered { after, until } => {
            Concerned::Remembered(store.browsers_remembered(organisation, after, until).await?)
        }
        Effect::Sessions { now, then } => {
            Concerned::Sessions(store.sessions_between(organisation, now, then).await?)
        }
        Effect::Registrations { after, until } => {
            Concerned::Registrations(store.registrations_between(organisation, after, until).await?)
        }
        Effect::Numbers { disables } => {
            let (before, phones) = (staff.person.policy.phones, then.phones);
            // Where the rule is turned on it finds every number that is not taken; otherwise those that no longer are.
            let turned_on = then.non_uk_number_disables && !staff.person.policy.non_uk_number_disables;
            let concerns = move |kind: MethodKind, number: &str| {
                !is_number_allowed(kind, number, phones)
                    && (turned_on || is_number_allowed(kind, number, before))
            };
            let people = store.people_with_number(organisation, &concerns).await?;
            if disables { Concerned::NumbersDisable(people) } else { Concerned::NumbersUnused(people) }
        }
        Effect::Administrators => {
            Concerned::Administrators(store.count_role(organisation, Role::Administrator).await?)
        }
        Effect::Approvers => Concerned::Approvers(store.count_approvers(organisation).await?),
        Effect::PasscodesUnknown => Concerned::PasscodesUnknown,
        Effect::Preset => Concerned::Preset(then.smartcard.preset),
        Effect::UnlockBy(UnlockBy::OneTimeCode) => Concerned::UnlockByCode,
        Effect::UnlockBy(UnlockBy::RecoveryPasscode) => {
            let without = store.card_holders_without(organisation, ServerPasscodeKind::Recovery).await?;
            Concerned::WithoutRecoveryPasscode(without)
        }
        Effect::Passcodes { first, locked } => {
            let all = store.cards_with_passcode_of(organisation, first).await?;
            let locked = store.cards_with_passcode_of(organisation, locked).await?;
            Concerned::Passcodes { first: all.saturating_sub(locked), locked }
        }
        Effect::RenewalAlerts(days) => Concerned::RenewalAlerts(ending(service, staff, days).await?),
        Effect::RenewalsFirst(days) => Concerned::RenewalsFirst(ending(service, staff, days).await?),
        Effect::RenewalVisits { from, below } => {
            Concerned::RenewalVisits(store.cards_renewed(organisation, from, below).await?)
        }
    })
}

/// Cards whose certificates end on one of these days.
async fn ending(service: &Service, staff: &Staff, days: Days) -> Result<u64, Refusal> {
    let zone = &service.settings.time_zone;
    let (from, until) = (begins(days.from, zone), begins(after(days.to, 1), zone));
    Ok(service.store.cards_that_end(staff.organisation(), from, until).await?)
}

/// Gives a rule the value `typed`, where `expected` is still what applies.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`], [`Refusal::ProofNeeded`], [`Refusal::Fields`],
/// [`Refusal::RuleChanged`] where somebody else has changed it meanwhile.
pub async fn change(
    service: &Service,
    staff: &Staff,
    key: &str,
    typed: &str,
    expected: &str,
) -> Result<(), Refusal> {
    staff.demand(Act::ChangeSettings)?;
    let key = known(key)?;
    session::fresh(service, &staff.person)?;
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    let organisation = tx
        .organisation(staff.organisation())
        .await?
        .ok_or(Refusal::Fault("an account of no organisation"))?;
    let from = service.policy(&organisation)?.value(key).unwrap_or_default();
    if from != expected {
        return Err(Refusal::RuleChanged);
    }
    let (then, rules) = policy_with(service, &organisation, key, typed)?;
    let to = then.value(key).unwrap_or_default();
    if !tx.set_rules(organisation.id, &organisation.policy, &rules).await? {
        return Err(Refusal::RuleChanged);
    }
    tx.audit(
        Event::RuleChanged { organisation: organisation.id, by: staff.id(), key: key.to_owned(), from, to },
        now,
    );
    tx.commit().await?;
    Ok(())
}
