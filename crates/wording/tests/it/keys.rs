use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::{FluentArgs, FluentBundle, FluentError, FluentResource};
use wording::{Language, exists, keys};

const FILES: [(&str, &str); 8] = [
    ("errors", include_str!("../../messages/en/errors.ftl")),
    ("refusals", include_str!("../../messages/en/refusals.ftl")),
    ("audit", include_str!("../../messages/en/audit.ftl")),
    ("activity", include_str!("../../messages/en/activity.ftl")),
    ("links", include_str!("../../messages/en/links.ftl")),
    ("card-jobs", include_str!("../../messages/en/card-jobs.ftl")),
    ("passport", include_str!("../../messages/en/passport.ftl")),
    ("messages", include_str!("../../messages/en/messages.ftl")),
];

fn file(name: &str) -> &'static str {
    FILES.iter().find(|(file, _)| *file == name).unwrap().1
}

fn keys_of(source: &str) -> BTreeSet<String> {
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// The names after `$` in the entry of each key.
fn values_of(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            line.split_once(" =").unwrap().0.clone_into(&mut current);
            found.insert(current.clone(), BTreeSet::new());
        }
        for after in line.split('$').skip(1) {
            let name = after.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
            found.get_mut(&current).unwrap().insert(name.to_owned());
        }
    }
    found
}

fn listed(keys: &[keys::Key]) -> BTreeMap<String, BTreeSet<String>> {
    keys.iter()
        .map(|(key, values)| ((*key).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()))
        .collect()
}

#[test]
fn every_file_is_sound_fluent_without_a_key_twice() {
    let mut bundle: FluentBundle<FluentResource> = FluentBundle::new(vec!["en".parse().unwrap()]);
    for (name, source) in FILES {
        let resource = FluentResource::try_new(source.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
        bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
    }
    for (_, source) in FILES {
        for (key, names) in values_of(source) {
            let mut args = FluentArgs::new();
            for name in &names {
                args.set(name.clone(), 7);
            }
            let mut errors: Vec<FluentError> = Vec::new();
            let pattern = bundle.get_message(&key).unwrap().value().unwrap();
            bundle.format_pattern(pattern, Some(&args), &mut errors);
            assert!(errors.is_empty(), "{key}: {errors:?}");
            assert!(exists(Language::En, &key), "{key}");
        }
    }
}

#[test]
fn the_listed_error_keys_are_the_ones_in_the_file_with_the_values_they_take() {
    assert_eq!(listed(keys::ERRORS), values_of(file("errors")));
}

#[test]
fn the_listed_notice_keys_are_the_ones_in_the_file_with_the_values_they_take() {
    assert_eq!(listed(keys::LINKS), values_of(file("links")));
}

#[test]
fn every_refusal_has_a_title_without_values_and_a_text_with_the_listed_ones() {
    let in_file = values_of(file("refusals"));
    let mut expected = BTreeMap::new();
    for (code, values) in listed(keys::REFUSALS) {
        let stem = format!("refusal-{}", code.to_ascii_lowercase());
        expected.insert(format!("{stem}-title"), BTreeSet::new());
        expected.insert(format!("{stem}-text"), values);
    }
    assert_eq!(expected, in_file);
}

#[test]
fn the_listed_words_of_card_jobs_are_the_ones_in_the_file() {
    let listed: BTreeSet<String> = keys::CARD_JOBS.iter().map(|key| (*key).to_owned()).collect();
    assert_eq!(listed, keys_of(file("card-jobs")));
}

#[test]
fn the_listed_support_keys_are_the_ones_in_the_file_with_the_values_they_take() {
    let mut in_file = values_of(file("messages"));
    in_file.retain(|key, _| key.starts_with("support-"));
    assert_eq!(listed(keys::SUPPORT), in_file);
}

#[test]
fn every_call_names_the_service_first_and_says_what_the_key_does() {
    let mut in_file = values_of(file("messages"));
    in_file.retain(|key, _| key.starts_with("call-"));
    assert_eq!(listed(keys::CALLS), in_file);
    for (key, _) in keys::CALLS {
        let words = wording::text(Language::En, key, &[("service", "Fobwatch")]);
        assert!(words.starts_with("This is Fobwatch. Press # only if you are "), "{words}");
        assert!(words.contains("hang up"), "{words}");
    }
}

#[test]
fn everything_that_can_happen_around_an_account_has_its_words_and_there_are_no_others() {
    let mut expected: BTreeSet<String> = keys::MEANS.iter().map(|means| format!("means-{means}")).collect();
    expected.extend(keys::ACTIVITIES.iter().map(|kind| format!("activity-{kind}")));
    assert_eq!(expected, keys_of(file("activity")));
}

#[test]
fn every_event_of_the_audit_has_its_words() {
    let written = keys_of(file("audit"));
    let source = include_str!("../../../store/src/audit/event.rs");
    let events = source.split_once("pub enum Event {").unwrap().1.split_once("\n}").unwrap().0;
    let events =
        events.lines().filter(|line| line.starts_with("    ") && line.trim().starts_with(char::is_uppercase));
    let mut found = 0;
    for event in events {
        let name = event.trim().split(' ').next().unwrap();
        let mut key = "audit".to_owned();
        for c in name.chars() {
            if c.is_ascii_uppercase() {
                key.push('-');
            }
            key.push(c.to_ascii_lowercase());
        }
        assert!(written.contains(&key), "{key} has no words");
        assert!(
            keys::AUDIT.contains(&key.strip_prefix("audit-").unwrap().replace('-', "_").as_str()),
            "{key}"
        );
        found += 1;
    }
    assert!(found > 40, "{found}");
    for kind in keys::AUDIT {
        assert!(written.contains(&format!("audit-{}", kind.replace('_', "-"))), "{kind}");
    }
}

#[test]
fn every_other_key_of_the_messages_file_is_used_by_this_crate() {
    let sources = [
        include_str!("../../src/alarm.rs"),
        include_str!("../../src/change.rs"),
        include_str!("../../src/mail.rs"),
        include_str!("../../src/message.rs"),
        include_str!("../../src/message/words.rs"),
        include_str!("../../src/moment.rs"),
        include_str!("../../src/smartcard.rs"),
    ]
    .concat();
    let elsewhere = |key: &String| ["month-", "support-", "call-"].iter().any(|kind| key.starts_with(kind));
    for key in keys_of(file("messages")).iter().filter(|key| !elsewhere(key)) {
        assert!(sources.contains(&format!("\"{key}\"")), "{key} is written but never used");
    }
}

#[test]
fn every_refusal_has_its_section_on_the_service_desk_page() {
    let page = include_str!("../../../../docs/src/reference/refusals.md");
    for (code, _) in keys::REFUSALS {
        assert!(page.contains(&format!("## {code}: ")), "{code} is not explained");
        let title = wording::refusal(Language::En, code, &[]).title;
        assert!(page.contains(&title), "{code}: the page does not quote its title {title:?}");
    }
}

#[test]
fn what_people_read_is_plain_and_polite() {
    for (name, source) in FILES {
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let lower = line.to_lowercase();
            for word in ["please", "sorry", "invalid", "oops", "e-mail", "log in", "login", "!", "  ->"] {
                assert!(!lower.contains(word), "{name}: {word:?} in {line:?}");
            }
        }
    }
    for (_, source) in FILES.iter().filter(|(name, _)| *name == "errors") {
        for line in source.lines().filter(|line| line.contains(" = ")) {
            assert!(!line.ends_with('.'), "a field error ends without a full stop: {line}");
        }
    }
}
