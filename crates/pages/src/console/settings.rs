//! The organisation's rules: the list, one of them, and what another value would do.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// Of which form a rule's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleForm {
    /// `10 min`.
    Duration,
    /// `5`.
    Count,
    /// `yes` or `no`.
    Switch,
    /// One of [`SettingLine::choices`].
    Choice,
}

/// One rule. Its meaning is in `setting-words.html`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingLine {
    /// Its name, such as `code-lifetime`.
    pub key: String,
    /// Of which form its value is.
    pub form: RuleForm,
    /// What can be chosen, where its form is a choice. Their words are in `setting-words.html`.
    pub choices: Vec<String>,
    /// What the installation has.
    pub default: String,
    /// What applies.
    pub now: String,
    /// Whether the organisation made it stricter.
    pub own: bool,
    /// Where another value is previewed, and saved by those who may.
    pub href: String,
    /// Whether the person may save it.
    pub may: bool,
}

impl SettingLine {
    fn sample_choice(key: &str, choices: [&str; 2], now: &str) -> Self {
        let choices = choices.map(str::to_owned).to_vec();
        Self { choices, ..Self::sample(key, RuleForm::Choice, "guide", now) }
    }

    fn sample(key: &str, form: RuleForm, default: &str, now: &str) -> Self {
        Self {
            key: key.into(),
            form,
            choices: Vec::new(),
            default: default.into(),
            now: now.into(),
            own: default != now,
            href: format!("/console/settings/{key}"),
            may: true,
        }
    }
}

/// All rules of the organisation.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleSettings {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// The rules.
    pub settings: Vec<SettingLine>,
    /// The rule that was changed just now.
    pub changed: Option<String>,
    /// Where sessions begun by QR code are ended, for those who may.
    pub wallet_sessions_href: Option<String>,
}

impl Page for ConsoleSettings {
    const TEMPLATE: &'static str = "console-settings.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let settings = vec![
            SettingLine::sample("code-lifetime", RuleForm::Duration, "15 min", "10 min"),
            SettingLine::sample("password-min", RuleForm::Count, "12", "12"),
            SettingLine::sample("crown-dependencies", RuleForm::Switch, "yes", "no"),
            SettingLine::sample_choice("smartcard-preset", ["guide", "current"], "current"),
            SettingLine::sample("self-service-renewals", RuleForm::Count, "unlimited", "unlimited"),
        ];
        let frame = ConsoleFrame::sample(ConsolePart::Settings);
        let seen = settings.iter().cloned().map(|line| SettingLine { may: false, ..line }).collect();
        vec![
            Self {
                frame: frame.clone(),
                settings,
                changed: Some("code-lifetime".into()),
                wallet_sessions_href: Some("/console/wallet-sessions".into()),
            },
            Self { frame, settings: seen, changed: None, wallet_sessions_href: None },
        ]
    }
}

/// One rule, and the field for another value.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleSetting {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// The rule.
    pub setting: SettingLine,
    /// Where the value is previewed, by GET, as `value`.
    pub action: String,
    /// What was typed before, or what applies.
    pub value: String,
    /// Back to the rules.
    pub back: Option<String>,
}

impl Page for ConsoleSetting {
    const TEMPLATE: &'static str = "console-setting.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["value"];

    fn samples() -> Vec<Self> {
        let shown = |setting: SettingLine| Self {
            frame: ConsoleFrame::sample(ConsolePart::Settings),
            action: format!("/console/settings/{}/preview", setting.key),
            value: setting.now.clone(),
            setting,
            back: Some("/console/settings".into()),
        };
        vec![
            shown(SettingLine::sample("session-idle", RuleForm::Duration, "30 min", "20 min")),
            shown(SettingLine::sample("non-uk-number-disables", RuleForm::Switch, "no", "no")),
            shown(SettingLine::sample("reset-gates", RuleForm::Count, "1", "1")),
            shown(SettingLine::sample_choice("smartcard-preset", ["guide", "current"], "guide")),
        ]
    }
}

/// Whom another value concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "effect", rename_all = "kebab-case")]
pub enum RuleEffect {
    /// It is what applies.
    Nothing,
    /// It is less strict than what applies.
    Loosens,
    /// Nobody can know.
    CannotBeKnown,
    /// What is done from now on.
    FromNowOn,
    /// People who could not reset their password alone.
    FewerWays {
        /// How many ways it takes.
        gates: u32,
        /// People without any.
        none: u64,
        /// People with fewer than it takes.
        some: u64,
    },
    /// People who must set up a method for resets.
    PutOffs {
        /// How many.
        people: u64,
    },
    /// Browsers that are not remembered any more.
    Remembered {
        /// How many browsers.
        things: u64,
        /// Whose they are.
        people: u64,
    },
    /// Sessions that end.
    Sessions {
        /// How many sessions.
        things: u64,
        /// Whose they are.
        people: u64,
    },
    /// Half-done registrations that are over.
    Registrations {
        /// How many.
        people: u64,
    },
    /// Accounts that are disabled because of a number.
    NumbersDisable {
        /// How many.
        people: u64,
    },
    /// Numbers that get no codes any more.
    NumbersUnused {
        /// How many people have one.
        people: u64,
    },
    /// Administrators who would have to agree.
    Administrators {
        /// How many there are.
        people: u64,
    },
    /// People of the Registration Authority who may approve.
    Approvers {
        /// How many there are.
        people: u64,
    },
    /// Nobody can know: passcodes are not kept.
    PasscodesUnknown,
    /// Every number for smartcards begins anew.
    Preset {
        /// `guide` or `current`.
        preset: String,
    },
    /// People without the passcode that would open a locked card.
    WithoutRecoveryPasscode {
        /// How many.
        people: u64,
    },
    /// A one-time code would open a locked card.
    UnlockByCode,
    /// Cards whose passcodes would be too old.
    Passcodes {
        /// Cards of which passcodes must be set at the next sign-in.
        first: u64,
        /// Cards that only the Registration Authority could open.
        locked: u64,
    },
    /// Cards whose owners get an alert from now on.
    RenewalAlerts {
        /// How many.
        cards: u64,
    },
    /// Cards that must be renewed at the next sign-in.
    RenewalsFirst {
        /// How many.
        cards: u64,
    },
    /// Cards whose next renewal takes a visit.
    RenewalVisits {
        /// How many.
        cards: u64,
    },
}

/// What another value of a rule would do, before it is saved.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleSettingPreview {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// The rule as it is.
    pub setting: SettingLine,
    /// The other value.
    pub value: String,
    /// Whom it concerns.
    pub effect: RuleEffect,
    /// Where it is saved: `value`, and what applies now as `expected`. None where there is nothing to save, or for those who
    /// may not.
    pub action: Option<String>,
    /// Whether the person may save it.
    pub may: bool,
    /// Back to the rule.
    pub back: Option<String>,
}

impl Page for ConsoleSettingPreview {
    const TEMPLATE: &'static str = "console-setting-preview.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let shown = |(key, form, now, value, effect): (&str, RuleForm, &str, &str, RuleEffect)| Self {
            frame: ConsoleFrame::sample(ConsolePart::Settings),
            setting: SettingLine::sample(key, form, now, now),
            value: value.into(),
            action: (effect != RuleEffect::Nothing).then(|| format!("/console/settings/{key}")),
            effect,
            may: true,
            back: Some(format!("/console/settings/{key}")),
        };
        let count = RuleForm::Count;
        let switch = RuleForm::Switch;
        let duration = RuleForm::Duration;
        let preset = |preset: &str| RuleEffect::Preset { preset: preset.into() };
        let mut samples: Vec<Self> = [
            ("session-idle", duration, "30 min", "10 min", RuleEffect::Sessions { things: 1, people: 1 }),
            ("reset-gates", count, "1", "2", RuleEffect::FewerWays { gates: 2, none: 12, some: 2_310 }),
            ("put-offs", count, "3", "0", RuleEffect::PutOffs { people: 1 }),
            ("remember-device-days", count, "30", "7", RuleEffect::Remembered { things: 40, people: 31 }),
            ("registration-lifetime", duration, "24 h", "1 h", RuleEffect::Registrations { people: 0 }),
            ("non-uk-number-disables", switch, "no", "yes", RuleEffect::NumbersDisable { people: 3 }),
            ("crown-dependencies", switch, "yes", "no", RuleEffect::NumbersUnused { people: 1 }),
            ("two-administrators", switch, "no", "yes", RuleEffect::Administrators { people: 1 }),
            ("password-min", count, "12", "15", RuleEffect::CannotBeKnown),
            ("code-lifetime", duration, "15 min", "10 min", RuleEffect::FromNowOn),
            ("code-lifetime", duration, "10 min", "15 min", RuleEffect::Loosens),
            ("code-lifetime", duration, "10 min", "10 min", RuleEffect::Nothing),
            ("smartcard-preset", RuleForm::Choice, "guide", "current", preset("current")),
            ("smartcard-preset", RuleForm::Choice, "current", "guide", preset("guide")),
            ("card-passcode-min", count, "4", "6", RuleEffect::PasscodesUnknown),
            ("passcode-lifetime-days", count, "365", "180", RuleEffect::Passcodes { first: 311, locked: 1 }),
            ("renewal-reminder-days", count, "30", "60", RuleEffect::RenewalAlerts { cards: 40 }),
            ("renewal-forced-days", count, "20", "25", RuleEffect::RenewalsFirst { cards: 1 }),
            ("self-service-renewals", count, "2", "1", RuleEffect::RenewalVisits { cards: 1_204 }),
            (
                "smartcard-unlock",
                RuleForm::Choice,
                "one-time-code",
                "recovery-passcode",
                RuleEffect::WithoutRecoveryPasscode { people: 96 },
            ),
            (
                "smartcard-unlock",
                RuleForm::Choice,
                "recovery-passcode",
                "one-time-code",
                RuleEffect::UnlockByCode,
            ),
            ("ra-second-approver", switch, "no", "yes", RuleEffect::Approvers { people: 1 }),
        ]
        .into_iter()
        .map(shown)
        .collect();
        let seen = samples.first().cloned().map(|first| Self { action: None, may: false, ..first });
        samples.extend(seen);
        samples
    }
}
