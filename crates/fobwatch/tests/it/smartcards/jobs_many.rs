//! Many cards at once, on two nodes: none is lost, none is renewed twice.

use super::workstation::{Held, PASSCODE, Typist, Wire};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::Ward;
use card_jobs::Verdict;
use futures::future::join_all;
use futures::{StreamExt as _, stream};
use rstest::rstest;
use std::time::Instant;
use uuid::Uuid;
use vcard::Firmware;

/// How many at once. All thousand of them: `FOBWATCH_TEST_CARDS=1000`.
fn cards() -> usize {
    std::env::var("FOBWATCH_TEST_CARDS").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cards_that_are_renewed_at_once_on_two_nodes_are_each_renewed_once(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let count = cards();
    let ward = Ward::new(kind).await;
    let nodes = [ward.node.clone(), ward.another_node().await];
    let people = ward.has_people(count).await;
    let issued: Vec<Held> = stream::iter(people)
        .map(|owner| ward.card_of(owner, Firmware::Plain))
        .buffer_unordered(16)
        .collect()
        .await;
    // The people press *OK*; then all agents work at once.
    let asked: Vec<(Uuid, String)> = stream::iter(&issued)
        .map(async |held| {
            let id = ward.asks_to_renew(held).await;
            (id, ward.ticket(held, id).await)
        })
        .buffered(16)
        .collect()
        .await;
    let began = Instant::now();
    let worked = issued.iter().zip(&asked).enumerate().map(async |(number, (held, (_, ticket)))| {
        let mut wire = Wire::to(&nodes);
        // Every eighth agent dies in the midst of it.
        wire.dies_at = (number % 8 == 0).then_some(4 + number % 9);
        held.works_with(&mut wire, ticket, &mut Typist::types(PASSCODE)).await
    });
    let mut renewed = join_all(worked).await;
    for (number, ended) in renewed.iter_mut().enumerate().filter(|(number, _)| number % 8 == 0) {
        assert_eq!(*ended, None, "{number}");
        let (held, id) = (&issued[number], asked[number].0);
        ward.goes_on(held, id).await;
        let mut wire = Wire::to(&nodes);
        *ended = ward.works_over(&mut wire, held, id, &mut Typist::types(PASSCODE)).await;
    }
    println!("{count} cards renewed in {:?} on {kind:?}", began.elapsed());
    assert!(renewed.iter().all(|ended| *ended == Some(Verdict::Done)), "{renewed:?}");
    for held in &issued {
        ward.card_holds_its_pair(held).await;
        assert_eq!(ward.smartcard(held).await.renewals_used, 1);
    }
    let count = i64::try_from(count).unwrap();
    assert_eq!(ward.db.count("card_job", "kind = 'renew' AND verdict = 'done'").await, count);
    assert_eq!(ward.db.count("audit", "kind = 'smartcard_renewed'").await, count);
    assert_eq!(ward.db.count("smartcard_certificate", "revoked_at IS NULL").await, 2 * count);
    ward.audit_is_whole().await;
}
