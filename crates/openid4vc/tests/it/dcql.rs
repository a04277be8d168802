//! The query language: the examples of OpenID4VP 1.0 and what is no query.

use openid4vc::dcql::Query;
use serde_json::{Value, json};

fn query(value: Value) -> Query {
    serde_json::from_value(value).unwrap()
}

fn one(id: &str) -> Value {
    json!({ "id": id, "format": "dc+sd-jwt", "meta": { "vct_values": [format!("https://kinds.example/{id}")] } })
}

#[test]
fn the_alternatives_of_the_standard_are_answered_as_it_says() {
    // OpenID4VP 1.0, appendix D: one of two cards, or two others together; and something nice to have.
    let all = ["pid", "other_pid", "reduced_1", "reduced_2", "nice_to_have"];
    let query = query(json!({
        "credentials": all.map(one),
        "credential_sets": [
            { "options": [["pid"], ["other_pid"], ["reduced_1", "reduced_2"]] },
            { "required": false, "options": [["nice_to_have"]] },
        ],
    }));
    query.check().unwrap();
    let answered = |ids: &[&str]| query.is_answered_by(&ids.iter().copied().collect());
    assert!(answered(&["pid"]));
    assert!(answered(&["other_pid", "nice_to_have"]));
    assert!(answered(&["reduced_1", "reduced_2"]));
    assert!(!answered(&["reduced_1"]));
    assert!(!answered(&["nice_to_have"]));
    assert!(!answered(&[]));
}

#[test]
fn without_sets_everything_is_asked_for() {
    let query = query(json!({ "credentials": [one("a"), one("b")] }));
    let answered = |ids: &[&str]| query.is_answered_by(&ids.iter().copied().collect());
    assert!(answered(&["a", "b"]));
    assert!(!answered(&["a"]));
}

#[test]
fn a_query_is_written_without_what_goes_without_saying() {
    let written = json!({ "credentials": [one("a")] });
    assert_eq!(serde_json::to_value(query(written.clone())).unwrap(), written);
    // What nobody knows yet is passed over.
    let mut more = written.clone();
    more["new"] = json!(1);
    assert_eq!(query(more), query(written));
}

#[test]
fn what_is_no_query_is_refused() {
    let with = |more: Value| {
        let mut credential = one("a");
        credential.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        query(json!({ "credentials": [credential] })).check()
    };
    assert!(with(json!({ "claims": [{ "path": ["x"] }] })).is_ok());
    for wrong in [
        json!({ "id": "" }),
        json!({ "id": "a b" }),
        json!({ "meta": { "vct_values": [] } }),
        json!({ "claims": [{ "path": ["x"] }, { "path": ["x"] }] }),
        json!({ "claims": [{ "id": "1", "path": ["x"] }, { "id": "1", "path": ["y"] }] }),
        json!({ "claims": [{ "id": "!", "path": ["x"] }] }),
        json!({ "claims": [{ "id": "1", "path": ["x"] }], "claim_sets": [["2"]] }),
        json!({ "claims": [{ "id": "1", "path": ["x"] }], "claim_sets": [[]] }),
        json!({ "claims": [{ "path": ["x"], "values": [1.5] }] }),
        json!({ "claims": [{ "path": ["x"], "values": [{}] }] }),
    ] {
        assert!(with(wrong.clone()).is_err(), "{wrong}");
    }
    for wrong in [
        json!({ "credentials": [] }),
        json!({ "credentials": [one("a"), one("a")] }),
        json!({ "credentials": [one("a")], "credential_sets": [{ "options": [] }] }),
        json!({ "credentials": [one("a")], "credential_sets": [{ "options": [[]] }] }),
        json!({ "credentials": [one("a")], "credential_sets": [{ "options": [["b"]] }] }),
    ] {
        assert!(query(wrong.clone()).check().is_err(), "{wrong}");
    }
    for nonsense in [
        json!({}),
        json!([]),
        json!({ "credentials": [{ "id": "a", "format": "x" }] }),
        json!({ "credentials": [{ "id": "a", "format": "x", "meta": {}, "claims": [{ "path": [] }] }] }),
    ] {
        assert!(serde_json::from_value::<Query>(nonsense.clone()).is_err(), "{nonsense}");
    }
}
