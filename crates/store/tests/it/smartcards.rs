//! Smartcards from blank to blank.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::{account, northfield};
use jiff::civil::{Date, date};
use rstest::rstest;
use store::Store;
use store::smartcard::{CardGuid, Smartcard};
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate, RenewalCount};
use store::smartcard_life::NewSmartcard;
use uuid::Uuid;

pub const GUID: CardGuid = [7; 16];
const TODAY: Date = date(2026, 11, 22);

/// A blank card of the account's organisation.
pub async fn blank(db: &Database, store: &Store, organisation_id: Uuid, guid: CardGuid) -> Uuid {
    let id = db.new_id();
    let new = NewSmartcard { id, organisation_id, guid, profile: "piv-6-8-digits", label: "5551 2345" };
    assert!(committed(store, async |tx| tx.add_smartcard(new, nine()).await).await.unwrap());
    id
}

/// Amina with a blank card that is bound to her: account and card.
pub async fn bound(db: &Database, store: &Store) -> (Uuid, Uuid) {
    let account = account(db, store).await;
    let organisation = store.account(account).await.unwrap().unwrap().organisation_id;
    let card = blank(db, store, organisation, GUID).await;
    assert!(committed(store, async |tx| tx.bind_smartcard(card, account, nine()).await).await.unwrap());
    (account, card)
}

/// A certificate of a job that is not proved yet.
pub async fn certificate(
    db: &Database,
    store: &Store,
    (account_id, smartcard_id): (Uuid, Uuid),
    job_id: Uuid,
    slot: CertificateSlot,
) -> Uuid {
    let id = db.new_id();
    committed(store, async |tx| {
        let new = NewCardCertificate {
            id,
            smartcard_id,
            account_id,
            slot,
            serial: &id.as_bytes()[..],
            der: b"a certificate",
            not_before: nine(),
            not_after: nine() + minutes(60 * 24 * 700),
            job_id,
        };
        tx.add_card_certificate(new, nine()).await
    })
    .await
    .unwrap();
    id
}

/// The pair of a job, not proved yet.
pub async fn pair(db: &Database, store: &Store, whose: (Uuid, Uuid), job: Uuid) -> [Uuid; 2] {
    [
        certificate(db, store, whose, job, CertificateSlot::Authentication).await,
        certificate(db, store, whose, job, CertificateSlot::Signature).await,
    ]
}

/// Amina with a card that was issued to her and works: account and card.
pub async fn issued(db: &Database, store: &Store) -> (Uuid, Uuid) {
    let (account, card) = bound(db, store).await;
    let job = db.new_id();
    let pair = pair(db, store, (account, card), job).await;
    committed(store, async |tx| {
        let count = RenewalCount::StartsAgain;
        assert!(tx.certificates_proved(card, job, pair, count, "superseded", nine()).await?.is_some());
        assert!(tx.smartcard_issued(card, false, nine()).await?);
        assert!(tx.card_passcode_set(card, TODAY).await?);
        Ok(())
    })
    .await
    .unwrap();
    (account, card)
}

pub async fn read(store: &Store, card: Uuid) -> Smartcard {
    store.smartcard(card).await.unwrap().unwrap()
}

#[rstest]
#[tokio::test]
async fn a_card_is_found_by_its_guid_and_its_owner(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    let found = store.smartcard_by_guid(&GUID).await.unwrap().unwrap();
    assert_eq!((found.id, found.account_id, found.guid), (card, Some(account), GUID));
    assert_eq!((found.profile.as_str(), found.label.as_str()), ("piv-6-8-digits", "5551 2345"));
    assert!(found.is_live() && !found.is_blank());
    assert_eq!(found.facts().unwrap().passcode_set_on, Some(TODAY));
    assert_eq!(store.smartcards_of(account).await.unwrap(), std::slice::from_ref(&found));
    assert!(store.smartcard_by_guid(&[8; 16]).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn the_same_card_is_added_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let organisation_id = northfield(&db, &store).await;
    let card = blank(&db, &store, organisation_id, GUID).await;
    let new = NewSmartcard { id: db.new_id(), organisation_id, guid: GUID, profile: "other", label: "other" };
    assert!(!committed(&store, async |tx| tx.add_smartcard(new, nine()).await).await.unwrap());
    assert!(read(&store, card).await.is_blank());
    assert_eq!(store.smartcard_by_guid(&GUID).await.unwrap().unwrap().profile, "piv-6-8-digits");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_who_bind_one_blank_card_one_does(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let organisation = store.account(account).await.unwrap().unwrap().organisation_id;
    let card = blank(&db, &store, organisation, GUID).await;
    let nodes = db.two_nodes().await;
    let bound = at_once(&nodes, 100, |_, node| async move {
        committed(&node, async |tx| tx.bind_smartcard(card, account, nine()).await).await.unwrap()
    });
    assert_eq!(bound.await.into_iter().filter(|bound| *bound).count(), 1);
}

#[rstest]
#[tokio::test]
async fn a_card_of_another_employer_is_nobodys_here(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let southmere = db.new_id();
    committed(&store, async |tx| tx.add_organisation(southmere, "STH", "Southmere", nine()).await)
        .await
        .unwrap();
    let card = blank(&db, &store, southmere, GUID).await;
    assert!(!committed(&store, async |tx| tx.bind_smartcard(card, account, nine()).await).await.unwrap());
}

#[rstest]
#[tokio::test]
async fn binding_is_given_up_only_before_anything_works_on_the_card(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = bound(&db, &store).await;
    let release =
        async || committed(&store, async |tx| tx.release_smartcard(card, account).await).await.unwrap();
    let job = db.new_id();
    certificate(&db, &store, (account, card), job, CertificateSlot::Signature).await;
    assert!(!release().await, "a certificate is on its way");
    let revoked =
        committed(&store, async |tx| tx.revoke_unproved_certificates(job, "replaced", nine()).await);
    assert_eq!(revoked.await.unwrap().len(), 1);
    assert!(release().await);
    assert!(read(&store, card).await.is_blank());
    assert!(!release().await);
}

#[rstest]
#[tokio::test]
async fn new_passcodes_end_what_was_forced_and_unlocked(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    let later = date(2027, 12, 24);
    committed(&store, async |tx| {
        assert!(tx.force_passcodes(card, later).await?);
        assert!(!tx.force_passcodes(card, later).await?, "it is asked for already");
        assert!(tx.unlock_smartcard(card, later).await?);
        Ok(())
    })
    .await
    .unwrap();
    let forced = read(&store, card).await;
    assert_eq!((forced.forced_on, forced.unlocked_on), (Some(later), Some(later)));
    committed(&store, async |tx| tx.card_passcode_set(card, later).await).await.unwrap();
    let set = read(&store, card).await;
    assert_eq!((set.passcode_set_on, set.forced_on, set.unlocked_on), (Some(later), None, None));
}

#[rstest]
#[tokio::test]
async fn tries_that_were_seen_later_stay(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    for (left, at, then) in [(3, 0, 3), (0, 5, 0), (2, 4, 0), (3, 5, 3)] {
        committed(&store, async |tx| tx.card_tries_seen(card, left, nine() + minutes(at)).await)
            .await
            .unwrap();
        assert_eq!(read(&store, card).await.tries_left, Some(then));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_note_the_next_unblocking_key_one_does(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (_, card) = issued(&db, &store).await;
    let nodes = db.two_nodes().await;
    let replaced = at_once(&nodes, 20, |_, node| async move {
        committed(&node, async |tx| tx.unblocking_key_replaced(card, 0).await).await.unwrap()
    });
    assert_eq!(replaced.await.into_iter().filter(|replaced| *replaced).count(), 1);
    assert_eq!(read(&store, card).await.unblock_generation, 1);
}

#[rstest]
#[tokio::test]
async fn a_cancelled_card_takes_nothing_and_one_that_was_cleared_is_issued_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let (account, card) = issued(&db, &store).await;
    committed(&store, async |tx| {
        tx.remember_card_passcode(db.new_id(), card, b"output", nine()).await?;
        assert!(tx.unblocking_key_replaced(card, 0).await?);
        assert!(tx.cancel_smartcard(card, "stolen", nine()).await?);
        assert!(!tx.cancel_smartcard(card, "left", nine()).await?);
        assert!(!tx.card_passcode_set(card, TODAY).await?);
        assert!(!tx.unlock_smartcard(card, TODAY).await?);
        assert!(!tx.force_passcodes(card, TODAY).await?);
        assert!(!tx.clear_smartcard(card, nine()).await?, "its certificates count still");
        assert_eq!(tx.revoke_card_certificates(card, "stolen", nine()).await?.len(), 2);
        Ok(())
    })
    .await
    .unwrap();
    let cancelled = read(&store, card).await;
    assert_eq!(cancelled.cancel_reason.as_deref(), Some("stolen"));
    assert!(!cancelled.is_live() && !cancelled.is_blank() && cancelled.facts().is_none());
    committed(&store, async |tx| {
        tx.smartcard_wiped(card, nine()).await?;
        assert!(tx.clear_smartcard(card, nine()).await?);
        assert!(!tx.clear_smartcard(card, nine()).await?);
        assert!(tx.bind_smartcard(card, account, nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    let again = read(&store, card).await;
    assert_eq!((again.passcode_set_on, again.issued_at, again.expires_at), (None, None, None));
    assert_eq!((again.cancelled_at, again.revoked_at, again.renewals_used), (None, None, 0));
    assert_eq!(again.unblock_generation, 1, "the card keeps its key");
    assert!(store.passcode_history(card).await.unwrap().is_empty());
    assert_eq!(store.card_certificates(card).await.unwrap().len(), 2, "the record stays");
}
