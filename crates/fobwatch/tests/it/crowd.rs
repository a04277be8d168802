//! A whole hospital behind one address.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::ward::Ward;
use jiff::SignedDuration;
use rstest::rstest;
use testkit::SeededRandom;
use testkit::crowd::{self, OneOfMany};
use vault::Secret;

const PEOPLE: usize = 2_000;
const PASSWORD: &str = "heron ladder marmalade 41";
/// In so many minutes all of them come.
const MINUTES: i64 = 10;

async fn settle(ward: &Ward) -> Vec<OneOfMany> {
    let now = ward.clock.now();
    let rows = crowd::roster_of(PEOPLE, now);
    ward.roster_gains(&rows).await;
    let random = SeededRandom::unique();
    let hash = ward.node.service.hasher.hash(&Secret::new(PASSWORD.to_owned()), &random).await.unwrap();
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    let mut tx = ward.store().begin().await.unwrap();
    let people = crowd::settle(&mut tx, organisation.id, &rows, &hash, &random, now).await.unwrap();
    tx.commit().await.unwrap();
    people
}

#[rstest]
#[tokio::test]
async fn two_thousand_people_sign_in_from_one_address_in_ten_minutes_and_none_is_refused(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = settle(&ward).await;
    ward.waits(60);
    for (number, person) in people.iter().enumerate() {
        ward.clock.advance(SignedDuration::from_mins(MINUTES) / i32::try_from(PEOPLE).unwrap());
        let mut browser = ward.browser();
        let with = |password: &str| {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("user_name", &person.email)
                .append_pair("password", password)
                .finish();
            ("/sign-in".to_owned(), body)
        };
        // Three in a hundred mistype.
        if number % 100 < 3 {
            browser.posts(with("heron ladder marmelade 41")).await.is_told("password is not correct");
        }
        browser.posts(with(PASSWORD)).await.reads("Open your authenticator app");
        let code = person.code(ward.clock.now());
        browser.posts(("/sign-in/code".into(), format!("code={code}"))).await;
        assert_eq!(browser.page.url, "/home", "person {number}: {}", browser.page.shown());
    }
    assert_eq!(ward.db.count("session", "1 = 1").await, i64::try_from(PEOPLE).unwrap());
}
