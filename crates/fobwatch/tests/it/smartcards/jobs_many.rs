//! Many cards at once, on two nodes: none is lost, none is renewed twice.

use super::workstation::{Held, PASSCODE, Typist, Wire};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::Ward;
use card_jobs::Verdict;
use futures::StreamExt as _;
use futures::stream;
use rstest::rstest;
use std::time::Instant;
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
    let began = Instant::now();
    let renewed: Vec<Option<Verdict>> = stream::iter(issued.iter().enumerate())
        .map(|(number, held)| {
            let (ward, nodes) = (&ward, &nodes);
            async move {
                let id = ward.asks_to_renew(held).await;
                let mut wire = Wire::to(nodes);
                // Every eighth agent dies in the midst of it and is started again.
                if number % 8 == 0 {
                    wire.dies_at = Some(4 + number % 9);
                    ward.works_over(&mut wire, held, id, &mut Typist::types(PASSCODE)).await;
                    ward.goes_on(held, id).await;
                    wire = Wire::to(nodes);
                }
                ward.works_over(&mut wire, held, id, &mut Typist::types(PASSCODE)).await
            }
        })
        .buffer_unordered(count)
        .collect()
        .await;
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
