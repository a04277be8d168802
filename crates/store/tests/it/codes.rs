//! One-time codes: guide 003, steps 5 and 9.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, ms, nine,
};
use jiff::Timestamp;
use rstest::rstest;
use rules::code::{LIFETIME, WRONG_TRIES};
use store::Store;
use store::code::{CodeFor, CodeRefused};

/// What is sent and tried in these tests: one subject, one address, if not said otherwise.
struct Codes {
    db: Database,
    store: Store,
    code_for: CodeFor,
}

impl Codes {
    async fn new(kind: Kind) -> Self {
        let db = Database::new(kind).await;
        let store = db.node().await;
        let code_for = CodeFor::RegistrationEmail(db.new_id());
        Self { db, store, code_for }
    }

    async fn send(&self, code: &str, now: Timestamp) {
        self.send_to("amina", code, now).await;
    }

    async fn send_to(&self, destination: &str, code: &str, now: Timestamp) {
        committed(&self.store, async |tx| {
            tx.add_code(
                self.db.new_id(),
                self.code_for,
                code.as_bytes(),
                destination.as_bytes(),
                WRONG_TRIES,
                now,
                now + LIFETIME,
            )
            .await
        })
        .await
        .unwrap();
    }

    async fn types(&self, code: &str, now: Timestamp) -> Result<(), CodeRefused> {
        types(&self.store, self.code_for, code, now).await
    }
}

async fn types(store: &Store, code_for: CodeFor, code: &str, now: Timestamp) -> Result<(), CodeRefused> {
    let consumed =
        committed(store, async |tx| tx.consume_code(code_for, code.as_bytes(), WRONG_TRIES, now).await);
    consumed.await.unwrap().map(|proof| assert_eq!(proof.subject(), code_for.subject()))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_simultaneous_tries_of_the_right_code_on_two_nodes_are_one_success(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    let code_for = codes.code_for;
    let nodes = codes.db.two_nodes().await;
    let answers =
        at_once(&nodes, 100, |_, node| async move { types(&node, code_for, "123456", nine()).await }).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Err(CodeRefused::Ended)).count(), 99);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_simultaneous_wrong_tries_on_two_nodes_count_as_far_as_allowed_and_end_all(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    let code_for = codes.code_for;
    let nodes = codes.db.two_nodes().await;
    let mut answers = at_once(&nodes, 100, |nth, node| async move {
        types(&node, code_for, &format!("{nth:06}"), nine()).await
    })
    .await;
    answers.sort_by_key(|answer| match answer {
        Err(CodeRefused::Wrong { left }) => *left,
        _ => 0,
    });
    let (ended, wrong) = answers.split_at(96);
    assert!(ended.iter().all(|answer| *answer == Err(CodeRefused::Ended)));
    assert_eq!(wrong, [1, 2, 3, 4].map(|left| Err(CodeRefused::Wrong { left })));
    assert_eq!(codes.types("123456", nine()).await, Err(CodeRefused::Ended));
    assert_eq!(codes.db.number("SELECT tries FROM code_set").await, 5);
}

#[rstest]
#[tokio::test]
async fn the_fifth_try_may_still_be_the_right_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    for left in [4, 3, 2, 1] {
        assert_eq!(codes.types("000000", nine()).await, Err(CodeRefused::Wrong { left }));
    }
    assert_eq!(codes.types("123456", nine()).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn a_code_is_good_until_its_lifetime_ends_and_not_at_that_moment(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    assert_eq!(codes.types("123456", nine() + LIFETIME).await, Err(CodeRefused::Expired));
    assert_eq!(codes.types("123456", nine() + LIFETIME - ms(1)).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn an_earlier_code_stays_good_for_its_own_lifetime_after_a_new_one(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let codes = Codes::new(kind).await;
    codes.send("111111", nine()).await;
    codes.send("222222", nine() + minutes(10)).await;
    assert_eq!(codes.types("111111", nine() + minutes(15)).await, Err(CodeRefused::Expired));
    assert_eq!(codes.types("111111", nine() + minutes(14)).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn the_newer_of_two_codes_is_good_too(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("111111", nine()).await;
    codes.send("222222", nine() + minutes(10)).await;
    assert_eq!(codes.types("222222", nine() + minutes(24)).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn using_one_code_ends_all(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("111111", nine()).await;
    codes.send("222222", nine()).await;
    assert_eq!(codes.types("111111", nine()).await, Ok(()));
    for code in ["111111", "222222", "333333"] {
        assert_eq!(codes.types(code, nine()).await, Err(CodeRefused::Ended));
    }
}

#[rstest]
#[tokio::test]
async fn after_one_was_used_a_new_code_begins_afresh(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("111111", nine()).await;
    codes.send("222222", nine()).await;
    assert_eq!(codes.types("111111", nine()).await, Ok(()));
    codes.send("333333", nine()).await;
    assert_eq!(codes.types("222222", nine()).await, Err(CodeRefused::Wrong { left: 4 }));
    assert_eq!(codes.types("333333", nine()).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn wrong_tries_count_across_codes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("111111", nine()).await;
    for left in [4, 3, 2] {
        assert_eq!(codes.types("000000", nine()).await, Err(CodeRefused::Wrong { left }));
    }
    codes.send("222222", nine()).await;
    assert_eq!(codes.types("000000", nine()).await, Err(CodeRefused::Wrong { left: 1 }));
    assert_eq!(codes.types("000000", nine()).await, Err(CodeRefused::Ended));
    for code in ["111111", "222222"] {
        assert_eq!(codes.types(code, nine()).await, Err(CodeRefused::Ended));
    }
}

#[rstest]
#[tokio::test]
async fn after_too_many_wrong_tries_a_new_code_begins_afresh_and_earlier_ones_stay_ended(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let codes = Codes::new(kind).await;
    codes.send("111111", nine()).await;
    for _ in 0..5 {
        codes.types("000000", nine()).await.unwrap_err();
    }
    codes.send("222222", nine()).await;
    assert_eq!(codes.types("111111", nine()).await, Err(CodeRefused::Wrong { left: 4 }));
    assert_eq!(codes.types("222222", nine()).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn a_code_for_another_destination_ends_those_before_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send_to("amina, mistyped", "111111", nine()).await;
    codes.send_to("amina", "222222", nine()).await;
    assert_eq!(codes.types("111111", nine()).await, Err(CodeRefused::Wrong { left: 4 }));
    assert_eq!(codes.types("222222", nine()).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn going_back_to_the_first_destination_does_not_revive_its_codes(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let codes = Codes::new(kind).await;
    codes.send_to("amina", "111111", nine()).await;
    codes.send_to("amina, mistyped", "222222", nine()).await;
    codes.send_to("amina", "333333", nine()).await;
    assert_eq!(codes.types("111111", nine()).await, Err(CodeRefused::Wrong { left: 4 }));
}

#[rstest]
#[tokio::test]
async fn a_code_is_of_no_use_for_another_purpose_or_person(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    let subject = codes.code_for.subject();
    for other in [
        CodeFor::RegistrationFactor(subject),
        CodeFor::SignIn(subject),
        CodeFor::RegistrationEmail(codes.db.new_id()),
    ] {
        assert_eq!(types(&codes.store, other, "123456", nine()).await, Err(CodeRefused::Ended));
    }
    assert_eq!(codes.types("123456", nine()).await, Ok(()));
}

#[rstest]
#[tokio::test]
async fn a_try_that_is_rolled_back_uses_nothing_up(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    let mut tx = codes.store.begin().await.unwrap();
    let first = tx.consume_code(codes.code_for, b"123456", WRONG_TRIES, nine()).await.unwrap();
    assert!(first.is_ok());
    drop(tx);
    assert_eq!(codes.types("123456", nine()).await, Ok(()));
}

/// Mails cross: somebody asks for a new code on one node while the earlier one is being typed on another.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_typed_while_new_ones_are_sent_is_used_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let codes = Codes::new(kind).await;
    codes.send("123456", nine()).await;
    let code_for = codes.code_for;
    let ids: Vec<_> = (0..40).map(|_| codes.db.new_id()).collect();
    let nodes = codes.db.two_nodes().await;
    let answers = at_once(&nodes, 40, |nth, node| {
        let id = ids[nth];
        async move {
            if nth % 4 != 0 {
                return types(&node, code_for, "123456", nine()).await.is_ok();
            }
            let until = nine() + LIFETIME;
            let hash = format!("new {nth}");
            committed(&node, async |tx| {
                tx.add_code(id, code_for, hash.as_bytes(), b"amina", WRONG_TRIES, nine(), until).await
            })
            .await
            .unwrap();
            false
        }
    })
    .await;
    assert_eq!(answers.into_iter().filter(|won| *won).count(), 1);
}
