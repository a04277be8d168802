//! What no key can say alone: which keys belong together.

use super::problem::Place;
use super::reader::{Reader, capitalised};
use super::schema::Key;
use super::table::{Config, SECTIONS};
use super::value::TextProvider;
use crate::wiring;

/// Notes what is wrong with the configuration as a whole.
pub fn check(config: &Config, reader: &mut Reader) {
    one_source_of_keys(config, reader);
    text_provider(config, reader);
    channels(config, reader);
    range_service(config, reader);
}

fn range_service(config: &Config, reader: &mut Reader) {
    if let Err(problem) = wiring::range_service(config) {
        let place = reader.place("passwords", "range_service").unwrap_or(Place::Nowhere);
        let what = "passwords.range_service cannot be used".to_owned();
        reader.problem(place, what, &capitalised(&problem.to_string()));
    }
}

/// Whatever the channels themselves say of their settings.
fn channels(config: &Config, reader: &mut Reader) {
    if let Err(problem) = wiring::email(config) {
        let place = reader.place("email", "url").unwrap_or(Place::Nowhere);
        reader.problem(
            place,
            "email.url and email.from make no channel".to_owned(),
            &capitalised(&problem.to_string()),
        );
    }
    if let Err(problem) = wiring::text(config) {
        let place = reader.place("text", "provider").unwrap_or(Place::Nowhere);
        reader.problem(
            place,
            "the settings under [text] make no channel".to_owned(),
            &capitalised(&problem.to_string()),
        );
    }
}

fn one_source_of_keys(config: &Config, reader: &mut Reader) {
    if let (Some(_), Some(place)) = (&config.keys.text, reader.place("keys", "file")) {
        let what = "keys.file and keys.text are both set".to_owned();
        reader.problem(place, what, "Keep one of them: the service must know which keys are the right ones");
    }
}

fn text_provider(config: &Config, reader: &mut Reader) {
    let provider = config.text.provider;
    if provider == TextProvider::None {
        for name in ["base_url", "api_key"] {
            if let Some(place) = reader.place("text", name) {
                let what = format!("text.{name} is set, but text.provider is not");
                reader.problem(place, what, "Set text.provider to govuk-notify or http, or leave both out");
            }
        }
        return;
    }
    if config.text.api_key.is_none() {
        needed_for(provider, reader, "api_key");
    }
    if provider == TextProvider::Http && config.text.base_url.is_none() {
        needed_for(provider, reader, "base_url");
    }
}

fn needed_for(provider: TextProvider, reader: &mut Reader, name: &str) {
    let section = SECTIONS.iter().find(|section| section.name == "text");
    let Some(key) = section.and_then(|section| section.keys.iter().find(|key| key.name == name)) else {
        return;
    };
    let place = reader.place("text", "provider").unwrap_or(Place::Nowhere);
    let what = format!("text.provider is {provider}, but text.{name} is missing");
    reader.problem(place, what, &remedy(key));
}

fn remedy(key: &Key) -> String {
    format!("Write {} under [{}], or set {}", key.line(key.example), key.section, key.variable())
}
