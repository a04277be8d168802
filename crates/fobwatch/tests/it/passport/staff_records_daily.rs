//! The records are pulled once each morning, on any number of nodes, whatever falls over; and nobody is provided anything twice.

use super::staff_records::{HrFolder, counts, fire_row, pulls_as};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::AMINA;
use crate::ward::{Node, Ward};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use journeys::passport::staff_records::{Daily, Source, daily};
use rstest::rstest;
use staff_records::{Glimpse, Reading, SourceProblem, StaffRecords, Told};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use store::CommitPoint;
use testkit::SeededRandom;
use testkit::crowd::{self, OneOfMany};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

/// Looks once. Answers the counts of a pull that came to its end.
async fn looks(node: &Node, source: &Source) -> Option<[u64; 6]> {
    match daily(&node.service, source, &CancellationToken::new()).await.unwrap() {
        Daily::Done(pulled) => Some(counts(&pulled)),
        Daily::NotNow | Daily::BrokenOff => None,
        Daily::NoOrganisation => panic!("there is no {}", source.organisation),
    }
}

async fn crowd_of(ward: &Ward, count: usize) -> Vec<OneOfMany> {
    let now = ward.clock.now();
    let rows = crowd::roster_of(count, now);
    ward.roster_gains(&rows).await;
    let organisation = ward.the_trust().await.id;
    let mut tx = ward.store().begin().await.unwrap();
    let hash = "nobody signs in here";
    let people =
        crowd::settle(&mut tx, organisation, &rows, hash, &SeededRandom::unique(), now).await.unwrap();
    tx.commit().await.unwrap();
    people
}

fn a_row_each(people: &[OneOfMany]) -> Vec<String> {
    people.iter().map(|person| fire_row(&person.email, "2026-11-01")).collect()
}

async fn everybody_was_provided_one_and_told_once(ward: &Ward, people: usize) {
    let count = i64::try_from(people).unwrap();
    assert_eq!(ward.db.count("credential", "1 = 1").await, count);
    assert_eq!(ward.db.number("SELECT COUNT(DISTINCT account_id) FROM credential").await, count);
    assert_eq!(ward.db.count("outbox", "key LIKE 'passport-provided:%'").await, count);
    assert_eq!(ward.audited("staff_records_pulled").await, 1);
    let whole = format!("event LIKE '%staff_records_pulled%' AND event LIKE '%\"provided\":{people},%'");
    assert_eq!(ward.db.count("audit", &whole).await, 1, "the counts are those of the whole pull");
    ward.audit_is_whole().await;
}

#[rstest]
#[case::winter("2026-11-23T05:00:00Z", "2026-11-24T00:00:00Z")]
#[case::first_of_summer("2027-03-28T04:00:00Z", "2027-03-28T23:00:00Z")]
#[case::summer("2027-07-05T04:00:00Z", "2027-07-05T23:00:00Z")]
#[case::first_of_winter("2027-10-31T05:00:00Z", "2027-11-01T00:00:00Z")]
#[tokio::test]
async fn once_a_day_from_five_by_the_clock_on_the_wall_also_where_it_was_down_then(
    #[case] from: Timestamp,
    #[case] until: Timestamp,
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let moment = SignedDuration::from_millis(1);
    let ward = Ward::new(kind).await;
    let hr = HrFolder::with(&[]);
    let source = hr.source();
    let look = async |at: Timestamp| {
        ward.clock.set(at);
        looks(&ward.node, &source).await
    };
    assert_eq!(look(from - moment).await, None);
    assert_eq!(look(from).await, Some([0; 6]));
    assert_eq!(look(from + SignedDuration::from_hours(3)).await, None, "once a day");
    assert_eq!(look(until).await, None, "too early on the next");
    let next = from + SignedDuration::from_hours(24);
    assert_eq!(look(next + SignedDuration::from_hours(9)).await, Some([0; 6]), "it was down at five");
    assert_eq!(look(until + SignedDuration::from_hours(24) - moment).await, None);
    assert_eq!(ward.audited("staff_records_pulled").await, 2);
}

#[rstest]
#[tokio::test]
async fn by_hand_it_is_pulled_at_any_time_and_the_morning_comes_all_the_same(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let hr = HrFolder::with(&[fire_row(AMINA.email, "2026-11-01")]);
    let source = hr.source();
    ward.clock.set("2026-11-23T04:00:00Z".parse().unwrap());
    assert_eq!(ward.pulls(&source).await, [1, 0, 0, 0, 0, 0]);
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    assert_eq!(looks(&ward.node, &source).await, Some([0, 1, 0, 0, 0, 0]));
    assert_eq!(ward.pulls(&source).await, [0, 1, 0, 0, 0, 0]);
    assert_eq!(looks(&ward.node, &source).await, None);
}

#[rstest]
#[tokio::test]
async fn a_source_that_cannot_be_read_is_tried_again_after_a_while_and_by_hand_at_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let hr = HrFolder::with(&[fire_row(AMINA.email, "2026-11-01")]);
    let missing = HrFolder::with(&[]).source();
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    let stop = CancellationToken::new();
    let problem = daily(&ward.node.service, &missing, &stop).await.unwrap_err().to_string();
    assert!(problem.contains("cannot be read"), "{problem}");
    ward.waits(15 * 60 - 1);
    assert_eq!(looks(&ward.node, &hr.source()).await, None);
    assert_eq!(ward.pulls(&hr.source()).await, [1, 0, 0, 0, 0, 0]);
    ward.waits(1);
    assert_eq!(looks(&ward.node, &hr.source()).await, Some([0, 1, 0, 0, 0, 0]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_pull_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let hr = HrFolder::with(&a_row_each(&crowd_of(&ward, 350).await));
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    let (other, source) = (ward.another_node().await, hr.source());
    let (one, two) = tokio::join!(looks(&ward.node, &source), looks(&other, &source));
    let ended: Vec<_> = [one, two].into_iter().flatten().collect();
    assert_eq!(ended, [[350, 0, 0, 0, 0, 0]]);
    everybody_was_provided_one_and_told_once(&ward, 350).await;
}

/// The power goes at each commit of a pull, just before and just after it; what then goes on is another node, some minutes later.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_at_any_commit_another_node_goes_on(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let hr = HrFolder::with(&a_row_each(&crowd_of(&ward, 250).await));
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    let mut crashes = 0;
    for survives in 0.. {
        let commits = Arc::new(AtomicUsize::new(0));
        let store = ward.db.node(4).await.with_commit_hook(Arc::new(move |_: CommitPoint| {
            assert!(commits.fetch_add(1, Ordering::SeqCst) < survives, "the power is gone");
        }));
        let (node, source) = (ward.node_on(store), hr.source());
        if tokio::spawn(async move { looks(&node, &source).await }).await.is_ok() {
            break;
        }
        crashes += 1;
        ward.waits(5 * 60);
    }
    assert_eq!(crashes, 10, "before and after: beginning, three stretches, the end");
    everybody_was_provided_one_and_told_once(&ward, 250).await;
}

/// A source that stops in the middle until it is told to go on.
#[derive(Debug)]
struct Halting {
    inner: Source,
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
}

struct HaltingReading {
    inner: Mutex<Box<dyn Reading>>,
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
    halts: bool,
}

#[async_trait]
impl StaffRecords for Halting {
    async fn open(&self) -> Result<Box<dyn Reading>, SourceProblem> {
        let inner = Mutex::new(self.inner.records.open().await?);
        let (reached, go_on) = (self.reached.clone(), self.go_on.clone());
        Ok(Box::new(HaltingReading { inner, reached, go_on, halts: false }))
    }

    async fn check(&self) -> Result<Glimpse, SourceProblem> {
        self.inner.records.check().await
    }
}

#[async_trait]
impl Reading for HaltingReading {
    async fn next(&mut self) -> Result<Option<Vec<Told>>, SourceProblem> {
        if std::mem::replace(&mut self.halts, true) {
            self.reached.notify_one();
            self.go_on.notified().await;
            self.halts = false;
        }
        self.inner.get_mut().next().await
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_nobody_heard_of_for_a_while_is_overtaken_and_provides_nothing_more(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let hr = HrFolder::with(&a_row_each(&crowd_of(&ward, 250).await));
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let halting = Halting { inner: hr.source(), reached: reached.clone(), go_on: go_on.clone() };
    let slow = Source { organisation: "NTH".to_owned(), records: Arc::new(halting) };
    let node = ward.node.clone();
    let slow = tokio::spawn(async move { daily(&node.service, &slow, &CancellationToken::new()).await });
    reached.notified().await;
    let other = ward.another_node().await;
    ward.waits(5 * 60 - 1);
    assert_eq!(looks(&other, &hr.source()).await, None, "it may still be there");
    ward.waits(1);
    // A hundred were provided by the first; they count as this pull's.
    assert_eq!(looks(&other, &hr.source()).await, Some([250, 0, 0, 0, 0, 0]));
    go_on.notify_one();
    assert!(matches!(slow.await.unwrap(), Ok(Daily::BrokenOff)));
    everybody_was_provided_one_and_told_once(&ward, 250).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_goes_on_for_hours_is_given_up(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let hr = HrFolder::with(&a_row_each(&crowd_of(&ward, 150).await));
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let halting = Halting { inner: hr.source(), reached: reached.clone(), go_on: go_on.clone() };
    let slow = Source { organisation: "NTH".to_owned(), records: Arc::new(halting) };
    let node = ward.node.clone();
    let slow = tokio::spawn(async move { daily(&node.service, &slow, &CancellationToken::new()).await });
    reached.notified().await;
    ward.waits(2 * 60 * 60 + 1);
    go_on.notify_one();
    let problem = slow.await.unwrap().unwrap_err().to_string();
    assert_eq!(problem, "it has not told everything in 2 hours");
    assert_eq!(looks(&ward.node, &hr.source()).await, None, "not at once");
    ward.waits(15 * 60);
    assert_eq!(looks(&ward.node, &hr.source()).await, Some([150, 0, 0, 0, 0, 0]));
    everybody_was_provided_one_and_told_once(&ward, 150).await;
}

#[rstest]
#[tokio::test]
async fn a_service_that_is_stopped_lets_another_node_go_on_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let hr = HrFolder::with(&a_row_each(&crowd_of(&ward, 150).await));
    ward.clock.set("2026-11-23T05:00:00Z".parse().unwrap());
    let stopped = CancellationToken::new();
    stopped.cancel();
    let ended = daily(&ward.node.service, &hr.source(), &stopped).await.unwrap();
    assert!(matches!(ended, Daily::BrokenOff), "{ended:?}");
    assert_eq!(looks(&ward.node, &hr.source()).await, Some([150, 0, 0, 0, 0, 0]));
    everybody_was_provided_one_and_told_once(&ward, 150).await;
}

/// Measured: `--nocapture` shows how long.
#[rstest]
#[tokio::test]
async fn five_thousand_records_are_pulled_in_a_minute(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let people = crowd_of(&ward, 1_000).await;
    let skills = [
        "fire-safety",
        "equality-diversity-human-rights",
        "health-safety-welfare",
        "information-governance",
        "conflict-resolution",
    ];
    let row =
        |person: &OneOfMany, skill: &str| fire_row(&person.email, "2026-11-01").replace("fire-safety", skill);
    let rows: Vec<_> =
        skills.iter().flat_map(|skill| people.iter().map(move |person| row(person, skill))).collect();
    let hr = HrFolder::with(&rows);
    for expected in [[5_000, 0, 0, 0, 0, 0], [0, 5_000, 0, 0, 0, 0]] {
        let begun = Instant::now();
        let pulled = pulls_as(&ward.node, &hr.source(), &ward.the_trust().await).await;
        let took = begun.elapsed();
        assert_eq!(counts(&pulled), expected, "{:?}", pulled.wrong_at.first());
        eprintln!("{kind:?}: {expected:?} in {took:?}");
        assert!(took.as_secs() < 60, "{took:?}");
    }
    assert_eq!(ward.db.count("outbox", "key LIKE 'passport-provided:%'").await, 1_000);
}
