//! Short texts by key, from the Fluent files.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::Language;

type Bundle = FluentBundle<FluentResource>;

static EN: LazyLock<Bundle> = LazyLock::new(|| load(Language::En));

/// A broken entry is left out here and found by the test that reads every file strictly.
fn load(language: Language) -> Bundle {
    let id: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![id]);
    // Isolation marks (U+2068, U+2069) are for texts of mixed direction; in a text message they cost half its length.
    bundle.set_use_isolating(false);
    for (_, source) in language.fluent_files() {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn bundle(language: Language) -> &'static Bundle {
    match language {
        Language::En => &EN,
    }
}

/// The text of `key` in `language`, as plain text, with `{ $name }` replaced by the value of that name.
///
/// A value that is a whole number (`"15"`) chooses singular or plural; it is printed as it was given.
/// A key that does not exist gives the key itself, so that a mistake is seen and nothing breaks;
/// [`exists`] lets every crate prove in a test that the keys it uses are there.
pub fn text(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let bundle = bundle(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        args.set(*name, fluent_value(value));
    }
    bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
}

/// Whether `key` has a text in `language`.
pub fn exists(language: Language, key: &str) -> bool {
    bundle(language).get_message(key).is_some_and(|message| message.value().is_some())
}

/// What a person reads when a journey refuses to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    /// The page's heading.
    pub title: String,
    /// What happened and what to do next.
    pub text: String,
}

/// Title and text of a refusal by its public code, for example `FW-1103`; a code without a text of its own
/// gets that of `FW-1901`.
///
/// [`crate::keys::REFUSALS`] lists the values that each text takes. `support` (how to reach the organisation's
/// service desk) may be left out: the text then says "your organisation's service desk".
pub fn refusal(language: Language, code: &str, values: &[(&str, &str)]) -> RefusalText {
    let mut stem = format!("refusal-{}", code.to_ascii_lowercase());
    if !exists(language, &format!("{stem}-title")) {
        "refusal-fw-1901".clone_into(&mut stem);
    }
    let unknown = text(language, "support-unknown", &[]);
    let with_support = [&[("support", unknown.as_str())], values].concat();
    RefusalText {
        title: text(language, &format!("{stem}-title"), &with_support),
        text: text(language, &format!("{stem}-text"), &with_support),
    }
}

/// Only numbers that print exactly as they were given become numbers: `012345` is a code and stays text.
fn fluent_value(value: &str) -> FluentValue<'_> {
    match value.parse::<u32>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_missing_key_gives_the_key_and_no_panic() {
        assert_eq!(text(Language::En, "no-such-key", &[]), "no-such-key");
        assert!(!exists(Language::En, "no-such-key"));
    }

    #[test]
    fn a_missing_value_does_not_panic() {
        assert!(text(Language::En, "password-too-short", &[]).contains("min"));
    }

    #[test]
    fn numbers_choose_singular_and_plural() {
        let seconds = |n: &str| text(Language::En, "refusal-fw-1104-text", &[("seconds", n)]);
        assert!(seconds("1").contains("1 second "), "{}", seconds("1"));
        assert!(seconds("30").contains("30 seconds "), "{}", seconds("30"));
    }

    #[test]
    fn an_unknown_refusal_code_still_says_what_to_do() {
        assert_eq!(refusal(Language::En, "FW-0000", &[]), refusal(Language::En, "FW-1901", &[]));
    }

    #[test]
    fn a_refusal_names_the_service_desk_it_is_given_or_speaks_of_it_in_general() {
        let named = refusal(Language::En, "FW-1108", &[("support", "HR on 0117 496 0000")]);
        assert!(named.text.contains("Contact HR on 0117 496 0000 and"), "{}", named.text);
        let general = refusal(Language::En, "FW-1108", &[]);
        assert!(general.text.contains("Contact your organisation's service desk and"), "{}", general.text);
    }

    proptest! {
        #[test]
        fn every_value_is_printed_exactly_as_it_was_given(value in "\\PC{0,40}") {
            prop_assert!(text(Language::En, "hint-number", &[("digits", &value)]).contains(&value));
        }

        #[test]
        fn digits_keep_their_leading_noughts(value in "[0-9]{1,12}") {
            prop_assert!(text(Language::En, "hint-number", &[("digits", &value)]).contains(&value));
        }
    }
}
