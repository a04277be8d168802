//! The subjects of the Core Skills Training Framework, their levels, and how often each is learned again.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// A subject at a level: each is a credential of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreSkill {
    /// What tells it from others: lower case, with hyphens.
    pub code: &'static str,
    /// The subject, in the framework's words.
    pub subject: &'static str,
    /// The level, in the framework's words; none where the subject has none.
    pub level: Option<&'static str>,
    /// After so many months it is learned again. Statement of the framework; a trust can give an earlier last day.
    pub renewal_months: u32,
}

const fn skill(
    code: &'static str,
    subject: &'static str,
    level: Option<&'static str>,
    renewal_months: u32,
) -> CoreSkill {
    CoreSkill { code, subject, level, renewal_months }
}

impl CoreSkill {
    /// All of them, in the order of the framework.
    pub const ALL: &'static [Self] = &[
        skill("conflict-resolution", "Conflict resolution", None, 36),
        skill("equality-diversity-human-rights", "Equality, diversity and human rights", None, 36),
        skill("fire-safety", "Fire safety", None, 24),
        skill("health-safety-welfare", "Health, safety and welfare", None, 36),
        skill("infection-prevention-1", "Infection prevention and control", Some("Level 1"), 36),
        skill("infection-prevention-2", "Infection prevention and control", Some("Level 2"), 12),
        skill("information-governance", "Information governance and data security", None, 12),
        skill("moving-handling-1", "Moving and handling", Some("Level 1"), 36),
        skill("moving-handling-2", "Moving and handling", Some("Level 2"), 24),
        skill(
            "preventing-radicalisation-basic",
            "Preventing radicalisation",
            Some("Basic prevent awareness"),
            36,
        ),
        skill("preventing-radicalisation", "Preventing radicalisation", Some("Prevent awareness"), 36),
        skill("resuscitation", "Resuscitation", None, 12),
        skill("resuscitation-adult-basic", "Resuscitation", Some("Adult basic life support"), 12),
        skill("resuscitation-adult-immediate", "Resuscitation", Some("Adult immediate life support"), 12),
        skill("resuscitation-newborn-basic", "Resuscitation", Some("Newborn basic life support"), 12),
        skill("resuscitation-newborn-immediate", "Resuscitation", Some("Newborn immediate life support"), 12),
        skill("resuscitation-paediatric-basic", "Resuscitation", Some("Paediatric basic life support"), 12),
        skill(
            "resuscitation-paediatric-immediate",
            "Resuscitation",
            Some("Paediatric immediate life support"),
            12,
        ),
        skill("safeguarding-adults-1", "Safeguarding adults", Some("Level 1"), 36),
        skill("safeguarding-adults-2", "Safeguarding adults", Some("Level 2"), 36),
        skill("safeguarding-adults-3", "Safeguarding adults", Some("Level 3"), 36),
        skill("safeguarding-children-1", "Safeguarding children", Some("Level 1"), 36),
        skill("safeguarding-children-2", "Safeguarding children", Some("Level 2"), 36),
        skill("safeguarding-children-3", "Safeguarding children", Some("Level 3"), 36),
    ];

    /// The one with this code, if any.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|skill| skill.code == code)
    }

    /// All levels of the subject with these words, whatever their case.
    pub fn of_subject(words: &str) -> impl Iterator<Item = Self> {
        let wanted = words.trim().to_lowercase();
        Self::ALL.iter().copied().filter(move |skill| skill.subject.to_lowercase() == wanted)
    }

    /// The last day on which it holds after it was awarded: the day before it must be there again.
    pub fn valid_until(self, awarded: Date) -> Date {
        let months = i32::try_from(self.renewal_months).unwrap_or(i32::MAX);
        awarded.checked_add(months.months()).and_then(|again| again.checked_sub(1.day())).unwrap_or(Date::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::BTreeSet;

    #[test]
    fn no_code_stands_twice_and_each_is_found_by_it() {
        let codes: BTreeSet<_> = CoreSkill::ALL.iter().map(|skill| skill.code).collect();
        assert_eq!(codes.len(), CoreSkill::ALL.len());
        for skill in CoreSkill::ALL {
            assert_eq!(CoreSkill::by_code(skill.code), Some(*skill));
            assert!(CoreSkill::of_subject(&skill.subject.to_uppercase()).any(|each| each == *skill));
        }
        assert_eq!(CoreSkill::by_code("juggling"), None);
        assert_eq!(CoreSkill::of_subject("safeguarding children").count(), 3);
    }

    #[test]
    fn fire_safety_holds_for_two_years_and_not_a_day_longer() {
        let fire = CoreSkill::by_code("fire-safety").unwrap();
        assert_eq!(fire.valid_until(date(2026, 11, 22)), date(2028, 11, 21));
        assert_eq!(fire.valid_until(date(2024, 2, 29)), date(2026, 2, 27));
        assert_eq!(fire.valid_until(Date::MAX), Date::MAX);
    }
}
