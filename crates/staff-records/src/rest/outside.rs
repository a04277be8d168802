//! What must hold for whatever a source answers. It takes any bytes and panics if a promise is broken; a test of this crate and the fuzz
//! target call it.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what it is for")]
#![expect(clippy::panic, reason = "a broken promise panics")]

use std::sync::LazyLock;

use serde_json::Value;
use url::Url;

use super::{Rest, RestReading};
use crate::{MOST_OF_ONE_PERSON, Place, Told};

static SOURCE: LazyLock<Option<Rest>> = LazyLock::new(|| {
    let address = Url::parse("https://hr.northfield.example/staff").ok()?;
    Rest::new(&address, "token").ok()
});

/// A page is read or not; each record is told of with its place in the page, and the token goes to nobody else for the next one.
pub fn staff_page(bytes: &[u8]) {
    let Some(source) = &*SOURCE else { return };
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let mut reading = RestReading { page: 1, next: None, ..source.reading() };
    let Ok(told) = reading.take(&source.address, body.clone()) else { return };
    if let Some(next) = &reading.next {
        assert_eq!(next.origin(), source.address.origin());
        assert!(next.username().is_empty() && next.password().is_none() && *next != source.address);
    }
    let there = |place: &Place| match place {
        Place::Page { page: 1, pointer } => body.pointer(pointer).cloned(),
        _ => panic!("a place in this page"),
    };
    for each in told {
        match each {
            Told::Person(person) => {
                assert!(!person.name.is_empty() && person.name.trim() == person.name);
                assert!(person.records.len() <= MOST_OF_ONE_PERSON);
                assert!(person.records.iter().all(|record| there(&record.place).is_some()));
            }
            Told::Wrong(wrong) => {
                // Where a list is missing there is nothing at its place but the person around it.
                let Place::Page { pointer, .. } = &wrong.place else { panic!("a place in this page") };
                let around = pointer.rsplit_once('/').map_or("", |(around, _)| around);
                assert!(body.pointer(around).is_some());
            }
        }
    }
}
