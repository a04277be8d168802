//! What becomes of messages after they are handed over, and what texts may cost.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine, seconds,
};
use jiff::Timestamp;
use jiff::civil::date;
use rstest::rstest;
use store::Store;
use store::delivery::{DeliveryFilters, DeliveryStatus, PAGE};
use store::outbox::{Channel, Delivery, NewMessage};
use store::report::{ReportAbout, ReportEffect, Reported, UnheardMessage};
use uuid::Uuid;

const NTH: Uuid = Uuid::from_u128(0x4e54);
const SOUTH: Uuid = Uuid::from_u128(0x50);
const AMINA: Uuid = Uuid::from_u128(0xa3);

struct Post {
    db: Database,
    store: Store,
}

impl Post {
    async fn new(kind: Kind) -> Self {
        let db = Database::new(kind).await;
        let store = db.node().await;
        Self { db, store }
    }

    /// A message that was written, and taken by a provider if one is named.
    async fn text(&self, organisation: Uuid, provider: Option<(&str, &str)>, now: Timestamp) -> Uuid {
        let id = self.db.new_id();
        let (key, claim) = (format!("sign-in-code:{id}"), self.db.new_id());
        let message = NewMessage {
            id,
            key: &key,
            channel: Channel::Text,
            subject: Some(id),
            account: Some(AMINA),
            organisation: Some(organisation),
            payload: b"To: amina. Your code is 314159.",
            give_up_at: now + minutes(15),
        };
        committed(&self.store, async |tx| {
            tx.add_message(&message, now).await?;
            if let Some((provider, reference)) = provider {
                let claimed = tx.claim_messages(claim, now, now + seconds(60), 1).await?;
                assert!(tx.message_taken(&claimed[0], provider, Some(reference), now).await?);
            }
            Ok::<_, store::StoreError>(())
        })
        .await
        .unwrap();
        id
    }

    async fn report(&self, id: Uuid, reported: Reported, now: Timestamp) -> ReportEffect {
        let about = ReportAbout::Message(id);
        committed(&self.store, async |tx| tx.report_delivery(about, reported, now).await).await.unwrap()
    }

    async fn log(&self, filters: DeliveryFilters) -> Vec<(Uuid, DeliveryStatus)> {
        let page = self.store.delivery_log(NTH, &filters, 1).await.unwrap();
        page.entries.iter().map(|entry| (entry.id, entry.status)).collect()
    }

    async fn unheard(&self, now: Timestamp) -> Vec<UnheardMessage> {
        committed(&self.store, async |tx| tx.claim_unheard(now, nine(), now - seconds(60), 20).await)
            .await
            .unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn the_log_is_narrowed_by_channel_state_account_and_time(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let post = Post::new(kind).await;
    let delivered = post.text(NTH, Some(("smpp", "m-1")), nine()).await;
    let failed = post.text(NTH, Some(("smpp", "m-2")), nine() + minutes(1)).await;
    let sent = post.text(NTH, Some(("twilio", "SM3")), nine() + minutes(2)).await;
    post.text(SOUTH, Some(("twilio", "SM4")), nine() + minutes(3)).await;
    let waiting = post.text(NTH, None, nine() + minutes(4)).await;
    post.report(delivered, Reported::Delivered, nine() + minutes(5)).await;
    post.report(failed, Reported::Temporary, nine() + minutes(5)).await;

    let all = DeliveryFilters::default();
    assert_eq!(
        post.log(all).await,
        [
            (waiting, DeliveryStatus::Waiting),
            (sent, DeliveryStatus::Sent),
            (failed, DeliveryStatus::Failed),
            (delivered, DeliveryStatus::Delivered),
        ]
    );
    for status in DeliveryStatus::ALL {
        let found = post.log(DeliveryFilters { status: Some(status), ..all }).await;
        assert_eq!(found.len(), usize::from(status != DeliveryStatus::GivenUp), "{status:?}");
        assert!(found.iter().all(|(_, of)| *of == status));
        assert_eq!(DeliveryStatus::parse(status.as_str()), Some(status));
    }
    assert_eq!(post.log(DeliveryFilters { channel: Some(Channel::Email), ..all }).await, []);
    assert_eq!(post.log(DeliveryFilters { channel: Some(Channel::Text), ..all }).await.len(), 4);
    assert_eq!(post.log(DeliveryFilters { account: Some(AMINA), ..all }).await.len(), 4);
    assert_eq!(post.log(DeliveryFilters { account: Some(NTH), ..all }).await, []);
    let between = DeliveryFilters { since: Some(nine()), until: Some(nine() + minutes(2)), ..all };
    assert_eq!(post.log(between).await.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [sent, failed]);

    let by = post.store.deliveries_by_provider(NTH, nine() - minutes(1)).await.unwrap();
    let counts: Vec<_> = by
        .iter()
        .map(|row| (row.provider.as_deref(), row.waiting, row.sent, row.delivered, row.failed))
        .collect();
    assert_eq!(counts.len(), 3, "{counts:?}");
    for expected in [(None, 1, 0, 0, 0), (Some("smpp"), 0, 0, 1, 1), (Some("twilio"), 0, 1, 0, 0)] {
        assert!(counts.contains(&expected), "{expected:?} in {counts:?}");
    }
    let entry = &post.store.delivery_log(NTH, &all, 1).await.unwrap().entries[2];
    assert_eq!((entry.kind.as_str(), entry.failure.as_deref()), ("sign-in-code", Some("temporary")));
    assert_eq!((entry.provider.as_deref(), entry.account), (Some("smpp"), Some(AMINA)));
}

#[rstest]
#[tokio::test]
async fn the_log_has_pages_and_page_nought_is_the_first(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let post = Post::new(kind).await;
    for number in 0..=i64::from(PAGE) {
        post.text(NTH, None, nine() + seconds(number)).await;
    }
    let all = DeliveryFilters::default();
    for (page, entries, more) in
        [(0, 50, true), (1, 50, true), (2, 1, false), (3, 0, false), (u32::MAX, 0, false)]
    {
        let found = post.store.delivery_log(NTH, &all, page).await.unwrap();
        assert_eq!((found.entries.len(), found.more), (entries, more), "page {page}");
    }
}

#[rstest]
#[tokio::test]
async fn a_failure_overrides_a_delivery_and_nothing_overrides_a_failure(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let post = Post::new(kind).await;
    let id = post.text(NTH, Some(("smpp", "m-1")), nine()).await;
    let state = async || post.store.delivery(id).await.unwrap();
    assert_eq!(state().await, Some(Delivery::Sent));
    assert_eq!(post.report(id, Reported::Delivered, nine()).await, ReportEffect::Changed);
    assert_eq!(post.report(id, Reported::Delivered, nine()).await, ReportEffect::KnownBefore);
    assert_eq!(state().await, Some(Delivery::Delivered));
    assert_eq!(post.report(id, Reported::Permanent, nine()).await, ReportEffect::Changed);
    assert_eq!(post.report(id, Reported::Delivered, nine()).await, ReportEffect::KnownBefore);
    assert_eq!(post.report(id, Reported::Technical, nine()).await, ReportEffect::KnownBefore);
    assert_eq!(state().await, Some(Delivery::Failed));
    assert_eq!(post.report(NTH, Reported::Delivered, nine()).await, ReportEffect::Unknown);
    let listed = post.store.unsent_messages(10).await.unwrap();
    assert_eq!((listed.len(), listed[0].failure.as_deref()), (1, Some("permanent")));
}

#[rstest]
#[tokio::test]
async fn a_report_that_comes_early_is_entered_later(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let post = Post::new(kind).await;
    let now = nine();
    committed(&post.store, async |tx| {
        tx.keep_early_report("smpp", "m-1", Reported::Delivered, now).await?;
        tx.keep_early_report("smpp", "m-1", Reported::Permanent, now).await?;
        tx.keep_early_report("smpp", "m-1", Reported::Delivered, now).await
    })
    .await
    .unwrap();
    let enter =
        async || committed(&post.store, async |tx| tx.enter_early_reports(20, now).await).await.unwrap();
    let of_another = post.text(NTH, Some(("twilio", "m-1")), now).await;
    assert_eq!(enter().await, 0);
    let id = post.text(NTH, Some(("smpp", "m-1")), now + seconds(1)).await;
    assert_eq!(enter().await, 1);
    assert_eq!(enter().await, 0);
    assert_eq!(post.store.delivery(id).await.unwrap(), Some(Delivery::Failed), "a failure stays one");
    assert_eq!(post.store.delivery(of_another).await.unwrap(), Some(Delivery::Sent));
}

#[rstest]
#[tokio::test]
async fn providers_are_asked_after_1_2_4_and_8_minutes_and_not_when_they_have_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let post = Post::new(kind).await;
    let start = nine() + seconds(1);
    let id = post.text(NTH, Some(("twilio", "SM1")), start).await;
    let mut asked = Vec::new();
    for half_minute in 0..=20 {
        let now = start + seconds(30 * half_minute);
        asked.extend(post.unheard(now).await.iter().map(|_| half_minute));
    }
    assert_eq!(asked, [2, 4, 8, 16]);
    post.report(id, Reported::Delivered, start + minutes(11)).await;
    assert_eq!(post.unheard(start + minutes(60)).await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_texts_at_once_as_many_are_granted_as_the_day_has(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let post = Post::new(kind).await;
    let day = date(2026, 11, 22);
    let nodes = post.db.two_nodes().await;
    let granted = at_once(&nodes, 100, move |_, store| async move {
        let mut tx = store.begin().await.unwrap();
        let granted = tx.take_text(Some(NTH), day, 10).await.unwrap();
        tx.commit().await.unwrap();
        granted
    })
    .await;
    assert_eq!(granted.into_iter().filter(|granted| *granted).count(), 10);
    let take = async |organisation, day, budget| {
        committed(&post.store, async |tx| tx.take_text(organisation, day, budget).await).await.unwrap()
    };
    assert!(take(Some(SOUTH), day, 10).await, "another organisation");
    assert!(take(None, day, 10).await, "the installation");
    assert!(take(Some(NTH), date(2026, 11, 23), 10).await, "another day");
    assert!(take(Some(NTH), day, 11).await, "a greater budget");
    assert!(!take(Some(NTH), day, 11).await);
    assert!(!take(Some(AMINA), day, 0).await, "none at all");
}

#[rstest]
#[tokio::test]
async fn an_alarm_is_raised_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let post = Post::new(kind).await;
    let raise =
        async |key: &str| committed(&post.store, async |tx| tx.raise_alarm(key, nine()).await).await.unwrap();
    assert!(raise("one").await && raise("two").await);
    assert!(!raise("one").await);
}
