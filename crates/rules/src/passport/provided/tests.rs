use super::*;
use crate::passport::picture::tests::{address, jpeg_of, png_of};
use jiff::civil::date;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

const TODAY: Date = date(2026, 11, 22);

fn assurance() -> Value {
    json!({
        "origin": "Electronic Staff Record", "policy": "CSTF", "outcome": "Passed",
        "provider": "Northfield Hospitals", "verifier": "Northfield Hospitals", "method": "E-learning",
        "pedigree": "Authoritative", "last_refresh": "2026-11-20"
    })
}

fn fire() -> Value {
    let claims = json!({ "subject": "fire safety", "attained_on": "2025-06-01" });
    json!({ "kind": "core-skill", "claims": claims, "assurance": assurance() })
}

fn problems(json: &Value) -> Vec<String> {
    Provided::read_all(json, TODAY).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_core_skill_is_brought_to_the_words_of_the_framework_and_runs_out_by_itself() {
    let [one] = Provided::read_all(&fire(), TODAY).unwrap().try_into().unwrap();
    assert_eq!((one.kind, one.variant), (CredentialKind::parse("core-skill").unwrap(), "fire-safety"));
    assert_eq!(one.valid_until, Some(date(2027, 5, 31)));
    let content: Value = serde_json::from_str(&one.content).unwrap();
    assert_eq!(content["claims"]["subject"], "Fire safety");
    assert_eq!(content["assurance"], assurance());
    assert!(!format!("{one:?}").contains("Northfield"), "what it says is not logged");
    // A last day that the trust gives is the one, where it comes earlier; and so is a later award.
    let mut given = fire();
    given["valid_until"] = json!("2026-12-31");
    assert_eq!(Provided::read_all(&given, TODAY).unwrap()[0].valid_until, Some(date(2026, 12, 31)));
    given["valid_until"] = json!("2027-06-01");
    assert_eq!(Provided::read_all(&given, TODAY).unwrap()[0].valid_until, Some(date(2027, 5, 31)));
    let mut again = fire();
    again["claims"]["last_awarded_on"] = json!("2026-06-01");
    assert_eq!(Provided::read_all(&again, TODAY).unwrap()[0].valid_until, Some(date(2028, 5, 31)));
}

#[rstest]
#[case::no_object(json!("x"), &["/: write an object, or a list of objects"])]
#[case::none(json!([]), &["/: write 1 to 50 credentials"])]
#[case::empty(json!({}), &["/kind: is missing", "/claims: is missing", "/assurance: is missing"])]
#[case::access_key(
    json!({"kind": "access-key", "claims": {}, "assurance": assurance()}),
    &["/kind: an access key is collected by its owner, not provided"]
)]
#[case::second_of_two(json!([fire(), 7]), &["/1: write an object, or a list of objects"])]
fn what_is_wrong_is_named_by_its_place(#[case] json: Value, #[case] expected: &[&str]) {
    assert_eq!(problems(&json), expected);
}

#[rstest]
#[case("/claims/subject", json!("Juggling"), "write one of: Conflict resolution; Equality,")]
#[case("/claims/level", json!("Level 1"), "what it is has none: leave it out")]
#[case("/claims/attained_on", json!("2026-11-23"), "is in the future")]
#[case("/claims/attained_on", json!("1 June 2025"), "write a day as YYYY-MM-DD")]
#[case("/claims/attained_on", json!("2025-06-31"), "write a day as YYYY-MM-DD")]
#[case("/claims/attained_on", json!("2025-06-01T00:00"), "write a day as YYYY-MM-DD")]
#[case("/claims/attained_on", Value::Null, "is missing")]
#[case("/claims/proficiency", json!("Good"), "write one of: Competent; Not yet competent")]
#[case("/claims/shoe_size", json!(42), "is not known here")]
#[case("/claims/status", json!("valid"), "is not known here")]
#[case("/assurance/method", json!(""), "write text of 1 to 300 characters on one line")]
#[case("/assurance/method", json!("x\ny"), "write text of 1 to 300 characters on one line")]
#[case("/assurance/pedigree", json!(true), "write one of: Sourced; Authoritative")]
#[case("/valid_until", json!("2026-11-21"), "is over already")]
#[case("/valid_until", json!(7), "write a day as YYYY-MM-DD")]
#[case("/colour", json!("red"), "is not known here")]
fn one_wrong_thing_is_one_problem(#[case] pointer: &str, #[case] value: Value, #[case] words: &str) {
    let mut json = fire();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    json.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value);
    let [problem] = problems(&json).try_into().unwrap();
    assert!(problem.starts_with(&format!("{pointer}: {words}")), "{problem}");
}

/// A registration that expires on a day, and of which the trust says another last day.
fn registration(expires: Option<&str>, until: Option<&str>) -> Value {
    let claims = json!({
        "body": "Nursing and Midwifery Council", "registration_number": "12A3456B",
        "registration_status": "Registered", "registered_on": "2020-04-01", "expires_on": expires
    });
    json!({
        "kind": "professional-registration", "claims": claims, "assurance": assurance(), "valid_until": until
    })
}

#[rstest]
#[case::states_none(None, None, None)]
#[case::states_it(Some("2027-03-31"), None, Some("2027-03-31"))]
#[case::given_earlier(Some("2027-03-31"), Some("2027-03-30"), Some("2027-03-30"))]
#[case::given_the_same(Some("2027-03-31"), Some("2027-03-31"), Some("2027-03-31"))]
#[case::given_alone(None, Some("2027-03-31"), Some("2027-03-31"))]
#[case::ends_today(Some("2026-11-22"), None, Some("2026-11-22"))]
fn a_credential_ends_with_the_day_that_it_states_or_before(
    #[case] expires: Option<&str>,
    #[case] until: Option<&str>,
    #[case] expected: Option<&str>,
) {
    let [one] = Provided::read_all(&registration(expires, until), TODAY).unwrap().try_into().unwrap();
    assert_eq!(one.valid_until.map(|last| last.to_string()).as_deref(), expected);
    assert!(!one.is_over(TODAY));
}

#[rstest]
#[case::later(
    Some("2027-03-31"),
    Some("2027-04-01"),
    "/valid_until: is after the day in expires_on, with which it ends"
)]
#[case::stated_is_over(Some("2026-11-21"), None, "/claims/expires_on: is over already")]
#[case::given_is_over(Some("2027-03-31"), Some("2026-11-21"), "/valid_until: is over already")]
#[case::both_are_over(Some("2026-11-21"), Some("2026-11-21"), "/claims/expires_on: is over already")]
fn nothing_makes_a_credential_outlive_its_own_end(
    #[case] expires: Option<&str>,
    #[case] until: Option<&str>,
    #[case] expected: &str,
) {
    let json = registration(expires, until);
    assert_eq!(problems(&json), [expected]);
    // Of several it is told of which.
    assert_eq!(problems(&json!([fire(), json])), [format!("/1{expected}")]);
}

#[test]
fn a_record_that_states_a_day_that_is_over_can_be_read_and_is_over() {
    let one = Provided::read_one(&registration(Some("2026-11-21"), None), TODAY).unwrap();
    assert!(one.is_over(TODAY) && !one.is_over(date(2026, 11, 21)));
}

#[test]
fn levels_are_those_of_the_subject() {
    let mut json = fire();
    json["claims"] = json!({ "subject": "Safeguarding children", "attained_on": "2026-01-01" });
    assert_eq!(problems(&json), ["/claims/level: write one of: Level 1; Level 2; Level 3"]);
    json["claims"]["level"] = json!("LEVEL 2");
    let one = Provided::read_all(&json, TODAY).unwrap().remove(0);
    assert_eq!(one.variant, "safeguarding-children-2");
}

#[test]
fn yes_and_no_are_not_words_and_a_picture_is_one() {
    let claims = json!({
        "given_name": " Amina ", "family_name": "Khan", "birthdate": "1990-03-14", "legal_gender": "female",
        "picture": address("png", &png_of(413, 531, false))
    });
    let json = json!({ "kind": "identity", "claims": claims, "assurance": assurance() });
    let one = Provided::read_all(&json, TODAY).unwrap().remove(0);
    let content: Value = serde_json::from_str(&one.content).unwrap();
    assert_eq!((one.variant, one.valid_until), ("", None));
    assert_eq!(content["claims"]["given_name"], "Amina");
    assert_eq!(content["claims"]["legal_gender"], "Female");
    let (huge, telling) = (jpeg_of(20_000, 20_000, false), png_of(413, 531, true));
    for (wrong, told) in [
        (String::new(), "write a JPEG or PNG as data:image/"),
        ("data:image/svg+xml;base64,iVBORw0KGgo".to_owned(), "write a JPEG or PNG as data:image/"),
        ("data:image/png;base64,iVBORw0KGgo=".to_owned(), "write a JPEG or PNG as data:image/"),
        (address("jpeg", &huge), "write a picture of 1 to 2000 pixels each way"),
        (address("png", &telling), "the picture holds more than itself"),
    ] {
        let mut json = json.clone();
        json["claims"]["picture"] = json!(wrong);
        let [problem] = problems(&json).try_into().unwrap();
        assert!(problem.starts_with(&format!("/claims/picture: {told}")), "{problem}");
    }
}

/// JSON that is almost right, and JSON of no kind.
fn anything() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "kind",
        "claims",
        "assurance",
        "valid_until",
        "subject",
        "level",
        "attained_on",
        "method",
        "x/~",
        "\u{0}",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        prop::sample::select(vec![
            "core-skill",
            "identity",
            "Fire safety",
            "2026-02-30",
            "2026-02-03",
            "Level 1"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_named_by_places_that_stand_in_it(json in anything()) {
        match Provided::read_all(&json, TODAY) {
            Ok(all) => {
                prop_assert!(!all.is_empty() && all.len() <= MOST_AT_ONCE);
                for one in all {
                    // What was read reads again as itself.
                    let mut again: Value = serde_json::from_str(&one.content).unwrap();
                    again["kind"] = json!(one.kind.as_str());
                    if let Some(day) = one.valid_until {
                        again["valid_until"] = json!(day.to_string());
                    }
                    prop_assert_eq!(Provided::read_all(&again, TODAY).unwrap(), vec![one]);
                }
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(problem.pointer.is_empty() || problem.pointer.starts_with('/'));
                    prop_assert!(!problem.to_string().chars().any(char::is_control));
                    if matches!(problem.what, ProvidedMistake::NotText | ProvidedMistake::NotADay) {
                        prop_assert!(json.pointer(&problem.pointer).is_some(), "{}", problem.pointer);
                    }
                }
            }
        }
    }

    #[test]
    fn a_core_skill_with_any_words_around_it_is_read_again_as_itself(words in "[a-zA-Z ,]{1,40}", days in 0_i64..600) {
        let awarded = TODAY.checked_sub(jiff::Span::new().days(days)).unwrap();
        let mut json = fire();
        json["claims"]["attained_on"] = json!(awarded.to_string());
        json["assurance"]["method"] = json!(words);
        match Provided::read_all(&json, TODAY) {
            Ok(all) => {
                let content: Value = serde_json::from_str(&all[0].content).unwrap();
                prop_assert_eq!(content["assurance"]["method"].as_str().unwrap(), words.trim());
            }
            Err(problems) => prop_assert!(words.trim().is_empty(), "{:?}", problems),
        }
    }
}

#[test]
fn one_that_has_run_out_is_read_and_known_as_such() {
    let mut old = fire();
    old["claims"]["attained_on"] = json!("2024-11-22");
    let one = Provided::read_one(&old, TODAY).unwrap();
    assert_eq!(one.valid_until, Some(date(2026, 11, 21)));
    assert!(one.is_over(TODAY) && !one.is_over(date(2026, 11, 21)));
    assert_eq!(problems(&old), ["/valid_until: is over already"]);
    assert!(!Provided::read_one(&json!({"kind": "dbs", "claims": {}}), TODAY).unwrap_err().is_empty());
}

#[test]
fn it_says_the_same_whenever_somebody_looked_last_and_however_it_is_spelt() {
    let says = |json: &Value| Provided::read_one(json, TODAY).unwrap().says();
    let mut same = fire();
    same["assurance"]["last_refresh"] = json!("2026-11-22");
    same["claims"]["subject"] = json!("FIRE SAFETY");
    assert_eq!(says(&same), says(&fire()));
    for (part, name, other) in [
        ("claims", "attained_on", "2025-06-02"),
        ("assurance", "method", "Classroom"),
        ("claims", "proficiency", "Competent"),
    ] {
        let mut changed = fire();
        changed[part][name] = json!(other);
        assert_ne!(says(&changed), says(&fire()), "{name}");
    }
    let mut until = fire();
    until["valid_until"] = json!("2026-12-31");
    assert_ne!(says(&until), says(&fire()));
}
