//! What the agent says to the person, from its message file.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let language: LanguageIdentifier = "en-GB".parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    let source = include_str!("../messages/en/agent.ftl").to_owned();
    bundle.add_resource_overriding(FluentResource::try_new(source).unwrap_or_else(|(readable, _)| readable));
    bundle
});

/// The text of `key` with `{ $name }` replaced by the value of that name. A whole number chooses singular or plural. A key that does
/// not exist gives the key itself, and a test finds it.
pub fn text(key: &str, values: &[(&str, &str)]) -> String {
    let Some(pattern) = ENGLISH.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        args.set(*name, value.parse::<u8>().map_or_else(|_| FluentValue::from(*value), FluentValue::from));
    }
    ENGLISH.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: [&str; 2] = [include_str!("asking.rs"), include_str!("trouble.rs")];

    #[test]
    fn the_message_file_is_read_whole() {
        let source = include_str!("../messages/en/agent.ftl");
        assert!(FluentResource::try_new(source.to_owned()).is_ok());
    }

    #[test]
    fn every_key_that_the_code_uses_has_a_text() {
        let mut found = 0;
        for source in SOURCES {
            for piece in source.split("text(\"").skip(1) {
                let key = piece.split('"').next().unwrap();
                assert_ne!(text(key, &[]), key);
                found += 1;
            }
        }
        assert!(found > 20, "{found}");
    }

    #[test]
    fn one_try_is_singular() {
        assert!(
            text("tries-left", &[("left", "1")]).contains("1 try "),
            "{}",
            text("tries-left", &[("left", "1")])
        );
        assert!(text("tries-left", &[("left", "3")]).contains("3 tries "));
    }
}
