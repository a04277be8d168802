//! Signed lists: whose they are, until when they may be used, and what they say.

use crate::{key, time};
use jiff::SignedDuration;
use openid4vc::jose::{Es256Key, Signer as _, TokenProblem, sign};
use openid4vc::status_list::{
    Bits, ListProblem, Reference, Status, StatusList, StatusListToken, StatusProblem,
};
use serde_json::{Map, Value, json};

const URI: &str = "https://northfield.example/status/1";

fn list() -> StatusList {
    let mut list = StatusList::new(Bits::Two, 1_000).unwrap();
    list.set(7, Status::Invalid).unwrap();
    list.set(8, Status::Suspended).unwrap();
    list
}

fn signed(key: &Es256Key) -> String {
    let hours = SignedDuration::from_hours;
    let issued = time("2026-11-29T08:00:00Z");
    StatusListToken::new(URI.to_owned(), list(), issued, issued + hours(24), hours(1))
        .sign(Map::new(), key)
        .unwrap()
}

fn read(token: &str, key: &Es256Key, uri: &str, now: &str) -> Result<StatusListToken, StatusProblem> {
    StatusListToken::verify(token, uri, time(now), |_| Ok(key.public_key().clone()))
}

#[test]
fn a_list_says_how_each_credential_stands() {
    let key = key();
    let list = read(&signed(&key), &key, URI, "2026-11-29T08:30:00Z").unwrap();
    let status = |idx| list.status(&Reference { uri: URI.to_owned(), idx });
    assert_eq!(status(6), Ok(Status::Valid));
    assert_eq!(status(7), Ok(Status::Invalid));
    assert_eq!(status(8), Ok(Status::Suspended));
    assert_eq!(status(1_000), Err(StatusProblem::List(ListProblem::NoSuchPlace)));
    let elsewhere = Reference { uri: "https://northfield.example/status/2".to_owned(), idx: 7 };
    assert_eq!(list.status(&elsewhere), Err(StatusProblem::OtherList));
}

#[test]
fn a_copy_is_used_for_its_time_to_live_and_never_after_its_end() {
    let key = key();
    let list = read(&signed(&key), &key, URI, "2026-11-29T08:30:00Z").unwrap();
    assert_eq!(list.fresh_until(time("2026-11-29T08:30:00Z")), Some(time("2026-11-29T09:30:00Z")));
    assert_eq!(list.fresh_until(time("2026-11-30T07:30:00Z")), Some(time("2026-11-30T08:00:00Z")));
}

#[test]
fn a_list_that_is_old_new_foreign_or_forged_is_refused() {
    let key = key();
    let token = signed(&key);
    let refused = |token: &str, uri: &str, now: &str| read(token, &key, uri, now).unwrap_err();
    assert!(read(&token, &key, URI, "2026-11-30T07:59:59Z").is_ok());
    assert_eq!(refused(&token, URI, "2026-11-30T08:00:00Z"), StatusProblem::Expired);
    assert!(read(&token, &key, URI, "2026-11-29T07:59:00Z").is_ok());
    assert_eq!(refused(&token, URI, "2026-11-29T07:58:59Z"), StatusProblem::NotYet);
    assert_eq!(
        refused(&token, "https://northfield.example/status/2", "2026-11-29T08:30:00Z"),
        StatusProblem::OtherList
    );
    let other = crate::key();
    assert_eq!(
        read(&token, &other, URI, "2026-11-29T08:30:00Z").unwrap_err(),
        TokenProblem::Signature.into()
    );
    let claims = |ttl: Value, bits: Value| json!({ "sub": URI, "iat": 0, "ttl": ttl, "status_list": { "bits": bits, "lst": "eNrbuRgAAhcBXQ" } });
    let forged = |typ: &str, claims: &Value| sign(&json!({ "typ": typ }), claims, &key).unwrap();
    let now = "2026-11-29T08:30:00Z";
    assert!(read(&forged("statuslist+jwt", &claims(json!(60), json!(1))), &key, URI, now).is_ok());
    assert_eq!(refused(&forged("JWT", &claims(json!(60), json!(1))), URI, now), TokenProblem::Type.into());
    for (ttl, bits) in [
        (json!(0), json!(1)),
        (json!(-5), json!(1)),
        (json!(60), json!(3)),
        (json!(60), json!(0)),
        (json!("x"), json!(1)),
    ] {
        assert_eq!(
            refused(&forged("statuslist+jwt", &claims(ttl, bits)), URI, now),
            TokenProblem::Claims.into()
        );
    }
}
