//! Which passcodes are taken, and whose rule refuses the others.

use rstest::rstest;

use super::*;
use crate::smartcard::{Preset, SmartcardRules};
use CardProfile::{Legacy4To8Alphanumeric as Legacy, Piv6To8Digits as Piv};
use Preset::{Current, Guide};
use RuleOf::{Card, Organisation};

fn check(
    kind: PasscodeKind,
    typed: &str,
    preset: Preset,
    profile: CardProfile,
) -> Result<(), PasscodeProblem> {
    check_passcode(kind, typed, &SmartcardRules::preset(preset).passcode, profile)
}

fn card(typed: &str, preset: Preset, profile: CardProfile) -> Result<(), PasscodeProblem> {
    check(PasscodeKind::Smartcard, typed, preset, profile)
}

#[rstest]
#[case(Guide, Legacy, (4, Organisation), (8, Organisation), (Charset::LettersDigitsSigns, Organisation))]
#[case(Guide, Piv, (6, Card), (8, Organisation), (Charset::Digits, Card))]
#[case(Current, Legacy, (6, Organisation), (8, Organisation), (Charset::Digits, Organisation))]
#[case(Current, Piv, (6, Organisation), (8, Organisation), (Charset::Digits, Organisation))]
fn a_passcode_suits_both_the_organisation_and_the_card(
    #[case] preset: Preset,
    #[case] profile: CardProfile,
    #[case] min: (u32, RuleOf),
    #[case] max: (u32, RuleOf),
    #[case] charset: (Charset, RuleOf),
) {
    let merged = Merged::of(&SmartcardRules::preset(preset).passcode.card, profile);
    assert_eq!((merged.passcode.min, merged.min_of), min);
    assert_eq!((merged.passcode.max, merged.max_of), max);
    assert_eq!((merged.passcode.charset, merged.charset_of), charset);
}

#[rstest]
#[case("aB3d", Guide, Legacy)]
#[case("aB3d!#7x", Guide, Legacy)]
#[case("4829", Guide, Legacy)]
#[case("482913", Guide, Piv)]
#[case("48291375", Guide, Piv)]
#[case("482913", Current, Legacy)]
#[case("482913", Current, Piv)]
#[case("48291375", Current, Piv)]
fn a_card_takes_what_both_take(#[case] typed: &str, #[case] preset: Preset, #[case] profile: CardProfile) {
    assert_eq!(card(typed, preset, profile), Ok(()));
}

#[rstest]
#[case("", Guide, Legacy, PasscodeProblem::Empty)]
#[case("aB3", Guide, Legacy, PasscodeProblem::TooShort { of: Organisation, min: 4 })]
#[case("aB3dE6fG9", Guide, Legacy, PasscodeProblem::TooLong { of: Organisation, max: 8 })]
#[case("aB 3d", Guide, Legacy, PasscodeProblem::OddCharacter { of: Organisation })]
#[case("pässe", Guide, Legacy, PasscodeProblem::OddCharacter { of: Organisation })]
#[case("£1234", Guide, Legacy, PasscodeProblem::OddCharacter { of: Organisation })]
#[case("48291", Guide, Piv, PasscodeProblem::TooShort { of: Card, min: 6 })]
#[case("4829", Guide, Piv, PasscodeProblem::TooShort { of: Card, min: 6 })]
#[case("aB3dE6", Guide, Piv, PasscodeProblem::NotDigits { of: Card })]
#[case("482913755", Guide, Piv, PasscodeProblem::TooLong { of: Organisation, max: 8 })]
#[case("4829", Current, Legacy, PasscodeProblem::TooShort { of: Organisation, min: 6 })]
#[case("aB3dE6", Current, Legacy, PasscodeProblem::NotDigits { of: Organisation })]
#[case("48291", Current, Piv, PasscodeProblem::TooShort { of: Organisation, min: 6 })]
#[case("aB3dE6", Current, Piv, PasscodeProblem::NotDigits { of: Organisation })]
#[case("482913755", Current, Piv, PasscodeProblem::TooLong { of: Organisation, max: 8 })]
#[case("٤٨٢٩١٣", Current, Piv, PasscodeProblem::NotDigits { of: Organisation })]
fn a_refusal_says_whose_rule_it_was(
    #[case] typed: &str,
    #[case] preset: Preset,
    #[case] profile: CardProfile,
    #[case] problem: PasscodeProblem,
) {
    assert_eq!(card(typed, preset, profile), Err(problem));
}

#[test]
fn a_card_that_takes_less_than_the_organisation_refuses_in_its_own_name() {
    let mut rules = SmartcardRules::preset(Guide).passcode;
    rules.card.max = 7;
    let long = check_passcode(PasscodeKind::Smartcard, "48291375", &rules, Piv);
    assert_eq!(long, Err(PasscodeProblem::TooLong { of: Organisation, max: 7 }));
    rules.card.max = 12;
    let long = check_passcode(PasscodeKind::Smartcard, "482913755", &rules, Piv);
    assert_eq!(long, Err(PasscodeProblem::TooLong { of: Card, max: 8 }));
    rules.card.min = 7;
    let short = check_passcode(PasscodeKind::Smartcard, "482913", &rules, Piv);
    assert_eq!(short.map_err(PasscodeProblem::of), Err(Some(Organisation)));
}

#[rstest]
#[case("lantern9", Ok(()))]
#[case("Zwölfmal-Ö9", Ok(()))]
#[case("12345678901234567890", Ok(()))]
#[case("", Err(PasscodeProblem::Empty))]
#[case("lantern", Err(PasscodeProblem::TooShort { of: Organisation, min: 8 }))]
#[case("123456789012345678901", Err(PasscodeProblem::TooLong { of: Organisation, max: 20 }))]
#[case("lantern 9", Err(PasscodeProblem::OddCharacter { of: Organisation }))]
#[case("lantern\t9", Err(PasscodeProblem::OddCharacter { of: Organisation }))]
#[case("lantern\u{0}9", Err(PasscodeProblem::OddCharacter { of: Organisation }))]
// Seven letters, however the accent is typed.
#[case("cafe\u{301}abc", Err(PasscodeProblem::TooShort { of: Organisation, min: 8 }))]
fn the_other_two_have_eight_to_twenty_characters_whatever_the_card(
    #[case] typed: &str,
    #[case] expected: Result<(), PasscodeProblem>,
    #[values(PasscodeKind::Recovery, PasscodeKind::Verification)] kind: PasscodeKind,
    #[values(Guide, Current)] preset: Preset,
    #[values(Legacy, Piv)] profile: CardProfile,
) {
    assert_eq!(check(kind, typed, preset, profile), expected);
}

#[rstest]
#[case("1234", Strength::Weak)]
#[case("111111", Strength::Weak)]
#[case("123456", Strength::Weak)]
#[case("password", Strength::Weak)]
#[case("482913", Strength::Fair)]
#[case("aB3dE6", Strength::Fair)]
#[case("lantern-Mosaic-9", Strength::Good)]
fn strength_is_shown(#[case] passcode: &str, #[case] strength: Strength) {
    assert_eq!(Strength::of(passcode), strength);
}

#[test]
fn names_are_read_as_they_are_written() {
    for kind in PasscodeKind::ALL {
        assert_eq!(PasscodeKind::parse(kind.as_str()), Ok(kind));
    }
    for profile in CardProfile::ALL {
        assert_eq!(CardProfile::parse(profile.as_str()), Ok(profile));
        assert_eq!(profile.tries(), 3);
    }
    assert_eq!(PasscodeKind::parse("pin"), Err(UnknownKind));
    assert_eq!(CardProfile::parse("piv"), Err(UnknownProfile));
    assert_eq!(PasscodeKind::ALL.map(PasscodeKind::can_be_blank), [false, true, true]);
}
