//! Limits: a sliding window, exact on any number of nodes.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, ms, nine, seconds,
};
use jiff::Timestamp;
use rstest::rstest;
use rules::limits::Limit;
use store::Store;
use store::limits::Allowance::{self, Exhausted, Granted};
use vault::Random as _;

const THREE_A_MINUTE: Limit =
    Limit { name: "three-a-minute", at_most: 3, within: jiff::SignedDuration::from_secs(60) };

async fn take_as(store: &Store, limit: &Limit, subject: &str, now: Timestamp) -> Allowance {
    committed(store, async |tx| tx.take(limit, subject.as_bytes(), now).await).await.unwrap()
}

async fn take(store: &Store, now: Timestamp) -> Allowance {
    take_as(store, &THREE_A_MINUTE, "amina", now).await
}

async fn has_room(store: &Store, now: Timestamp) -> bool {
    committed(store, async |tx| tx.has_room(&THREE_A_MINUTE, b"amina", now).await).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn the_window_slides_and_its_ends_are_exact(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    for second in [0, 10, 20] {
        assert_eq!(take(&store, nine() + seconds(second)).await, Granted);
    }
    let until = nine() + seconds(60);
    for moment in [nine() + seconds(20), until - ms(1)] {
        assert_eq!(take(&store, moment).await, Exhausted { until });
        assert!(!has_room(&store, moment).await);
    }
    assert!(has_room(&store, until).await);
    assert_eq!(take(&store, until).await, Granted);
    let until = nine() + seconds(70);
    assert_eq!(take(&store, until - ms(1)).await, Exhausted { until });
    assert_eq!(take(&store, until).await, Granted);
}

#[rstest]
#[tokio::test]
async fn what_was_refused_does_not_count_and_asking_does_not_either(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let store = Database::new(kind).await.node().await;
    for _ in 0..5 {
        assert!(has_room(&store, nine()).await);
    }
    for _ in 0..3 {
        assert_eq!(take(&store, nine()).await, Granted);
    }
    let until = nine() + seconds(60);
    for second in 0..50 {
        assert_eq!(take(&store, nine() + seconds(second)).await, Exhausted { until });
    }
    assert_eq!(take(&store, until).await, Granted);
}

#[rstest]
#[tokio::test]
async fn subjects_and_limits_are_counted_apart(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    let other = Limit { name: "another", ..THREE_A_MINUTE };
    for _ in 0..3 {
        assert_eq!(take(&store, nine()).await, Granted);
    }
    assert_eq!(take_as(&store, &THREE_A_MINUTE, "bola", nine()).await, Granted);
    assert_eq!(take_as(&store, &other, "amina", nine()).await, Granted);
    assert_ne!(take(&store, nine()).await, Granted);
}

#[rstest]
#[tokio::test]
async fn a_limit_that_was_made_stricter_says_when_there_is_room_by_the_new_count(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let store = Database::new(kind).await.node().await;
    for second in [0, 10, 20] {
        assert_eq!(take(&store, nine() + seconds(second)).await, Granted);
    }
    let stricter = Limit { at_most: 1, ..THREE_A_MINUTE };
    let until = nine() + seconds(80);
    assert_eq!(take_as(&store, &stricter, "amina", nine() + seconds(30)).await, Exhausted { until });
    assert_eq!(take_as(&store, &stricter, "amina", until).await, Granted);
}

#[rstest]
#[tokio::test]
async fn a_limit_of_none_grants_none(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    let none = Limit { at_most: 0, ..THREE_A_MINUTE };
    for second in [0, 30, 60, 90] {
        assert_ne!(take_as(&store, &none, "amina", nine() + seconds(second)).await, Granted);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_simultaneous_takes_on_two_nodes_grant_exactly_as_many_as_allowed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let limit = Limit { at_most: 37, ..THREE_A_MINUTE };
    let granted = at_once(&db.two_nodes().await, 200, |nth, node| async move {
        let now = nine() + ms(i64::try_from(nth).unwrap() % 7);
        take_as(&node, &limit, "amina", now).await == Granted
    })
    .await;
    assert_eq!(granted.into_iter().filter(|granted| *granted).count(), 37);
}

#[rstest]
#[tokio::test]
async fn a_take_that_is_rolled_back_was_none(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    let mut tx = store.begin().await.unwrap();
    for _ in 0..3 {
        assert_eq!(tx.take(&THREE_A_MINUTE, b"amina", nine()).await.unwrap(), Granted);
    }
    drop(tx);
    for _ in 0..3 {
        assert_eq!(take(&store, nine()).await, Granted);
    }
}

#[rstest]
#[tokio::test]
async fn what_is_given_back_can_be_taken_again(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    for second in [0, 1, 2] {
        assert_eq!(take(&store, nine() + seconds(second)).await, Granted);
    }
    committed(&store, async |tx| tx.give_back(&THREE_A_MINUTE, b"amina", nine() + seconds(1)).await)
        .await
        .unwrap();
    assert_eq!(take(&store, nine() + seconds(3)).await, Granted);
    assert_ne!(take(&store, nine() + seconds(3)).await, Granted);
}

#[rstest]
#[tokio::test]
async fn of_two_takes_at_one_moment_only_one_is_given_back(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    for _ in 0..3 {
        assert_eq!(take(&store, nine()).await, Granted);
    }
    committed(&store, async |tx| tx.give_back(&THREE_A_MINUTE, b"amina", nine()).await).await.unwrap();
    assert_eq!(take(&store, nine()).await, Granted);
    assert_ne!(take(&store, nine()).await, Granted);
}

#[rstest]
#[tokio::test]
async fn giving_back_what_was_never_taken_makes_no_room(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let store = Database::new(kind).await.node().await;
    for _ in 0..3 {
        assert_eq!(take(&store, nine()).await, Granted);
    }
    committed(&store, async |tx| {
        tx.give_back(&THREE_A_MINUTE, b"bola", nine()).await?;
        tx.give_back(&THREE_A_MINUTE, b"amina", nine() + seconds(1)).await
    })
    .await
    .unwrap();
    assert_ne!(take(&store, nine() + seconds(1)).await, Granted);
}

/// Random moments, some of them out of order as two nodes' clocks are; no stretch of a minute holds more than three.
#[rstest]
#[tokio::test]
async fn no_stretch_of_time_ever_holds_more_than_the_limit(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (mut now, mut granted) = (nine(), Vec::new());
    for _ in 0..120 {
        let mut step = [0; 2];
        db.random.fill(&mut step);
        now += ms(i64::from(u16::from_be_bytes(step)) / 3);
        match take(&store, now).await {
            Granted => granted.push(now),
            Exhausted { until } => {
                assert!(until > now);
                if step[1] % 4 == 0 {
                    assert_eq!(take(&store, until).await, Granted, "at the moment that was named");
                    granted.push(until);
                    now = until;
                }
            }
        }
    }
    for start in &granted {
        let end = *start + THREE_A_MINUTE.within;
        let within = granted.iter().filter(|at| *start <= **at && **at < end).count();
        assert!(within <= 3, "{within} from {start}");
    }
    assert!(granted.len() > 30);
}

#[rstest]
#[tokio::test]
async fn counts_are_erased_when_they_no_longer_count_and_not_before(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    for second in [0, 10, 20] {
        assert_eq!(take(&store, nine() + seconds(second)).await, Granted);
    }
    let now = nine() + seconds(70);
    let before = THREE_A_MINUTE.counts_after(now);
    committed(&store, async |tx| tx.erase_counts(before).await).await.unwrap();
    assert_eq!(db.number("SELECT COUNT(*) FROM limit_event").await, 1);
    assert_eq!(take(&store, now).await, Granted);
    assert_eq!(take(&store, now).await, Granted);
    assert_ne!(take(&store, now).await, Granted);
}
