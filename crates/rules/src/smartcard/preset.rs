//! The numbers of an organisation, from one of two presets.

use thiserror::Error;

use super::age::{PasscodeTimeline, RenewalRules};
use super::passcode::{CardPasscode, Charset, PasscodeRules, ServerPasscode};

/// Where an organisation's numbers for smartcards begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Preset {
    /// What the guide to the Self Service Portal says: 4 to 8 characters, reminders from 30 days before certificates expire,
    /// two renewals without a visit, the Account Recovery Passcode opens a locked card.
    #[default]
    Guide,
    /// What is usual today: 6 to 8 digits, as PIV cards take them, reminders from 90 days on, no count of renewals, a one-time
    /// code opens a locked card.
    Current,
}

/// By what a person opens a locked card without a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UnlockBy {
    /// The Account Recovery Passcode (the guide, section 1).
    #[default]
    RecoveryPasscode,
    /// A one-time code to a registered address or number, beside a proof of who they are.
    OneTimeCode,
}

/// Where the passcode of a card is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PasscodeEntry {
    /// On the portal's page, as in the guide. The service passes it to the workstation and keeps nothing of it.
    #[default]
    Page,
    /// In the window of the program on the workstation: no page and no server sees it.
    Agent,
}

/// There is no choice of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such choice")]
pub struct UnknownChoice;

impl Preset {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Guide, Self::Current];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Current => "current",
        }
    }

    /// The preset with this name.
    ///
    /// # Errors
    /// [`UnknownChoice`].
    pub fn parse(name: &str) -> Result<Self, UnknownChoice> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name).ok_or(UnknownChoice)
    }
}

impl UnlockBy {
    /// Both.
    pub const ALL: [Self; 2] = [Self::RecoveryPasscode, Self::OneTimeCode];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecoveryPasscode => "recovery-passcode",
            Self::OneTimeCode => "one-time-code",
        }
    }

    /// The way with this name.
    ///
    /// # Errors
    /// [`UnknownChoice`].
    pub fn parse(name: &str) -> Result<Self, UnknownChoice> {
        Self::ALL.into_iter().find(|by| by.as_str() == name).ok_or(UnknownChoice)
    }
}

impl PasscodeEntry {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Page, Self::Agent];

    /// Its name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Agent => "agent",
        }
    }

    /// The place with this name.
    ///
    /// # Errors
    /// [`UnknownChoice`].
    pub fn parse(name: &str) -> Result<Self, UnknownChoice> {
        Self::ALL.into_iter().find(|entry| entry.as_str() == name).ok_or(UnknownChoice)
    }
}

/// What holds for smartcards in one organisation. The default is the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmartcardRules {
    /// Where the numbers began.
    pub preset: Preset,
    /// Which passcodes are taken.
    pub passcode: PasscodeRules,
    /// When passcodes are due.
    pub timeline: PasscodeTimeline,
    /// When certificates are due, and how often without a visit.
    pub renewal: RenewalRules,
    /// How a locked card is opened without a visit.
    pub unlock: UnlockBy,
    /// Where the passcode of a card is typed.
    pub passcode_entry: PasscodeEntry,
    /// Whether a second member of the Registration Authority approves what opens or ends a card.
    pub ra_second_approver: bool,
}

impl Default for SmartcardRules {
    fn default() -> Self {
        Self::preset(Preset::Guide)
    }
}

impl SmartcardRules {
    /// The numbers of a preset, as nobody has changed them.
    pub const fn preset(preset: Preset) -> Self {
        let (card, reminds_from_days, self_service_limit, unlock) = match preset {
            Preset::Guide => (
                CardPasscode { min: 4, max: 8, charset: Charset::LettersDigitsSigns },
                30,
                Some(2),
                UnlockBy::RecoveryPasscode,
            ),
            Preset::Current => {
                (CardPasscode { min: 6, max: 8, charset: Charset::Digits }, 90, None, UnlockBy::OneTimeCode)
            }
        };
        Self {
            preset,
            passcode: PasscodeRules { card, server: ServerPasscode { min: 8, max: 20 }, remembered: 5 },
            timeline: PasscodeTimeline { reminds_from: 351, expires: 365, locks: 386 },
            renewal: RenewalRules { reminds_from_days, forced_from_days: 20, self_service_limit },
            unlock,
            passcode_entry: PasscodeEntry::Page,
            ra_second_approver: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_is_what_holds_where_nobody_chose() {
        let rules = SmartcardRules::default();
        assert_eq!(rules.preset, Preset::Guide);
        assert_eq!((rules.passcode.card.min, rules.passcode.card.max), (4, 8));
        assert_eq!((rules.passcode.server.min, rules.passcode.server.max), (8, 20));
        assert_eq!(rules.passcode.remembered, 5);
        assert_eq!(rules.renewal.self_service_limit, Some(2));
        assert_eq!(rules.unlock, UnlockBy::RecoveryPasscode);
        assert_eq!((rules.passcode_entry, rules.ra_second_approver), (PasscodeEntry::Page, false));
    }

    #[test]
    fn what_is_usual_today_differs_from_the_guide_in_four_things() {
        let (guide, current) =
            (SmartcardRules::preset(Preset::Guide), SmartcardRules::preset(Preset::Current));
        assert_eq!(current.passcode.card, CardPasscode { min: 6, max: 8, charset: Charset::Digits });
        assert_eq!((current.renewal.reminds_from_days, current.renewal.self_service_limit), (90, None));
        assert_eq!(current.renewal.forced_from_days, guide.renewal.forced_from_days);
        assert_eq!(current.timeline, guide.timeline);
        assert_eq!(current.unlock, UnlockBy::OneTimeCode);
    }

    #[test]
    fn every_choice_is_read_as_it_is_written() {
        for preset in Preset::ALL {
            assert_eq!(Preset::parse(preset.as_str()), Ok(preset));
        }
        for by in UnlockBy::ALL {
            assert_eq!(UnlockBy::parse(by.as_str()), Ok(by));
        }
        for entry in PasscodeEntry::ALL {
            assert_eq!(PasscodeEntry::parse(entry.as_str()), Ok(entry));
        }
        assert_eq!(Preset::parse("Guide"), Err(UnknownChoice));
        assert_eq!(UnlockBy::parse(""), Err(UnknownChoice));
        assert_eq!(PasscodeEntry::parse("pages"), Err(UnknownChoice));
    }
}
