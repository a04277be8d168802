//! Pairs of certificates: which is current, and that of two only one becomes it.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::smartcards::{certificate, issued, pair, read};
use rstest::rstest;
use store::Store;
use store::smartcard_certificate::{CertificateSlot, RenewalCount, RevokedCertificate};
use uuid::Uuid;

async fn proved(
    store: &Store,
    card: Uuid,
    job: Uuid,
    pair: [Uuid; 2],
    count: RenewalCount,
) -> Option<Vec<RevokedCertificate>> {
    let mut tx = store.begin().await.unwrap();
    let proved = tx.certificates_proved(card, job, pair, count, "superseded", nine()).await.unwrap();
    if proved.is_some() {
        tx.commit().await.unwrap();
    }
    proved
}

async fn current(store: &Store, card: Uuid) -> Vec<Uuid> {
    store.current_certificates(card).await.unwrap().iter().map(|current| current.id).collect()
}

#[rstest]
#[tokio::test]
async fn a_new_pair_is_current_when_it_is_proved_and_the_old_one_revoked_with_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    let old = current(&store, card).await;
    let job = db.new_id();
    let new = pair(&db, &store, (account, card), job).await;
    assert_eq!(current(&store, card).await, old, "what is only issued changes nothing");
    let mut ended = proved(&store, card, job, new, RenewalCount::OneMore).await.unwrap();
    ended.sort_by_key(|ended| ended.id);
    let mut before = old.clone();
    before.sort();
    assert_eq!(ended.iter().map(|ended| ended.id).collect::<Vec<_>>(), before);
    assert_eq!(current(&store, card).await, new);
    let kept = store.certificate_by_serial(&ended[0].serial).await.unwrap().unwrap();
    assert_eq!((kept.revoked_at, kept.revoked_for.as_deref()), (Some(nine()), Some("superseded")));
    let renewed = read(&store, card).await;
    assert_eq!(renewed.renewals_used, 1);
    assert_eq!(renewed.expires_at, Some(nine() + minutes(60 * 24 * 700)));
    assert!(proved(&store, card, job, new, RenewalCount::OneMore).await.is_none(), "it counts once");
    let by_staff = db.new_id();
    let third = pair(&db, &store, (account, card), by_staff).await;
    assert!(proved(&store, card, by_staff, third, RenewalCount::StartsAgain).await.is_some());
    assert_eq!(read(&store, card).await.renewals_used, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_renewals_that_finish_at_once_one_counts(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    let nodes = db.two_nodes().await;
    for round in 0..5 {
        let jobs = [db.new_id(), db.new_id()];
        let pairs = [
            pair(&db, &store, (account, card), jobs[0]).await,
            pair(&db, &store, (account, card), jobs[1]).await,
        ];
        let answers = at_once(&nodes, 20, move |nth, node| async move {
            let (job, pair) = (jobs[nth % 2], pairs[nth % 2]);
            proved(&node, card, job, pair, RenewalCount::OneMore).await.map(|ended| (nth % 2, ended.len()))
        })
        .await;
        let won: Vec<_> = answers.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "{won:?}");
        assert_eq!(won[0].1, 4, "the pair before and the one that came too late");
        assert_eq!(current(&store, card).await, pairs[won[0].0]);
        assert_eq!(read(&store, card).await.renewals_used, round + 1);
    }
}

#[rstest]
#[tokio::test]
async fn half_a_pair_anothers_and_a_cancelled_cards_are_not_current(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    let old = current(&store, card).await;
    let (job, other) = (db.new_id(), db.new_id());
    let [first, second] = pair(&db, &store, (account, card), job).await;
    let count = RenewalCount::OneMore;
    assert!(proved(&store, card, job, [first, first], count).await.is_none());
    assert!(proved(&store, card, other, [first, second], count).await.is_none());
    assert!(proved(&store, db.new_id(), job, [first, second], count).await.is_none());
    committed(&store, async |tx| tx.cancel_smartcard(card, "lost", nine()).await).await.unwrap();
    assert!(proved(&store, card, job, [first, second], count).await.is_none());
    assert_eq!(current(&store, card).await, old);
}

#[rstest]
#[tokio::test]
async fn revoking_a_card_revokes_what_is_on_its_way_and_the_registration_authority_can_renew_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    let job = db.new_id();
    let late = pair(&db, &store, (account, card), job).await;
    let ended =
        committed(&store, async |tx| tx.revoke_card_certificates(card, "lost", nine()).await).await.unwrap();
    assert_eq!(ended.len(), 4);
    assert!(ended.iter().all(|ended| ended.smartcard_id == card));
    let again = committed(&store, async |tx| tx.revoke_card_certificates(card, "lost", nine()).await).await;
    assert!(again.unwrap().is_empty());
    assert!(!read(&store, card).await.is_live());
    assert!(current(&store, card).await.is_empty());
    assert!(proved(&store, card, job, late, RenewalCount::OneMore).await.is_none());
    let by_staff = db.new_id();
    let new = pair(&db, &store, (account, card), by_staff).await;
    assert!(proved(&store, card, by_staff, new, RenewalCount::StartsAgain).await.is_some());
    assert!(read(&store, card).await.is_live());
}

#[rstest]
#[tokio::test]
async fn what_was_issued_and_never_proved_is_found_by_its_job(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    let job = db.new_id();
    certificate(&db, &store, (account, card), job, CertificateSlot::Signature).await;
    assert!(store.ended_jobs_with_unproved_certificates(nine() - minutes(1), 9).await.unwrap().is_empty());
    assert_eq!(store.ended_jobs_with_unproved_certificates(nine(), 9).await.unwrap(), [job]);
    let ended =
        committed(&store, async |tx| tx.revoke_unproved_certificates(job, "superseded", nine()).await).await;
    assert_eq!(ended.unwrap().len(), 1);
    assert!(store.ended_jobs_with_unproved_certificates(nine(), 9).await.unwrap().is_empty());
    assert_eq!(current(&store, card).await.len(), 2, "the pair that works is left alone");
}

#[rstest]
#[tokio::test]
async fn a_serial_number_is_never_kept_twice(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    let mut tx = store.begin().await.unwrap();
    let known = tx.current_certificates(card).await.unwrap().remove(0);
    let new = store::smartcard_certificate::NewCardCertificate {
        id: db.new_id(),
        smartcard_id: card,
        account_id: known.account_id,
        slot: known.slot,
        serial: &known.serial,
        der: b"another",
        not_before: nine(),
        not_after: nine(),
        job_id: db.new_id(),
    };
    tx.add_card_certificate(new, nine()).await.unwrap_err();
}
