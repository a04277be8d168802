//! Offers are redeemed once, places in status lists are given once, and what was used is not used again.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::{account, session};
use rstest::rstest;
use rules::passport::{CredentialKind, RevokeReason};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::Store;
use store::credential::NewCredential;
use store::credential_copy::{NewCopy, StatusPlace};
use store::offer::{NewOffer, Redeemed, Redemption};
use store::status_list::NewStatusList;
use uuid::Uuid;

/// A credential of somebody's, provided by their employer, and a session of theirs.
struct Provided {
    credential: Uuid,
    organisation: Uuid,
    session: Uuid,
}

async fn provided(db: &Database, store: &Store) -> Provided {
    let account = account(db, store).await;
    let organisation = store.account(account).await.unwrap().unwrap().organisation_id;
    let (credential, id) = (db.new_id(), db.new_id());
    committed(store, async |tx| {
        tx.add_session(session(id, id.as_bytes(), account), nine()).await?;
        let new = NewCredential {
            id: credential,
            account_id: account,
            organisation_id: organisation,
            kind: CredentialKind::parse("core-skill").unwrap(),
            variant: "fire-safety",
            content: r#"{"claims":{"subject":"Fire safety"},"assurance":{}}"#,
            valid_until: None,
        };
        tx.add_credential(new, nine()).await
    })
    .await
    .unwrap();
    Provided { credential, organisation, session: id }
}

impl Provided {
    /// An offer whose address and code are its id.
    async fn offered(&self, db: &Database, store: &Store, code: Option<&[u8]>) -> Uuid {
        let id = db.new_id();
        committed(store, async |tx| {
            let new = NewOffer {
                id,
                credential_id: self.credential,
                session_id: self.session,
                reissue: false,
                reference: id.as_bytes(),
                code: id.as_bytes(),
                transaction_code: code,
                expires_at: nine() + minutes(5),
            };
            tx.add_offer(new, nine()).await
        })
        .await
        .unwrap();
        id
    }
}

async fn redeem(store: &Store, offer: Uuid, typed: &[u8], token: &[u8], after: i64) -> Redeemed {
    let redemption = Redemption {
        code: offer.as_bytes(),
        transaction_code: typed,
        tries: 5,
        access_token: token,
        dpop_thumbprint: None,
    };
    committed(store, async |tx| tx.redeem_offer(redemption, nine() + minutes(after)).await).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn an_offer_is_redeemed_in_time_with_the_right_code_and_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let provided = provided(&db, &store).await;
    let offer = provided.offered(&db, &store, Some(b"right")).await;
    assert_eq!(redeem(&store, offer, b"wrong", b"t0", 1).await, Redeemed::WrongCode { left: 4 });
    assert_eq!(redeem(&store, offer, b"", b"t0", 1).await, Redeemed::WrongCode { left: 3 });
    assert!(store.offer_by_token(b"t0").await.unwrap().is_none());
    assert_eq!(redeem(&store, offer, b"right", b"t1", 5).await, Redeemed::Over, "five minutes are over");
    assert_eq!(redeem(&store, offer, b"right", b"t1", 4).await, Redeemed::Yes);
    assert_eq!(redeem(&store, offer, b"right", b"t2", 4).await, Redeemed::Over);
    let found = store.offer_by_token(b"t1").await.unwrap().unwrap();
    assert_eq!((found.id, found.redeemed_at, found.asks_code), (offer, Some(nine() + minutes(4)), true));
    assert!(store.offer_by_token(b"t2").await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn the_fifth_wrong_code_ends_an_offer(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let provided = provided(&db, &store).await;
    let offer = provided.offered(&db, &store, Some(b"right")).await;
    for left in (0..5).rev() {
        assert_eq!(redeem(&store, offer, b"wrong", b"t", 1).await, Redeemed::WrongCode { left });
    }
    assert_eq!(redeem(&store, offer, b"right", b"t", 1).await, Redeemed::Over);
    // The fifth may be the right one.
    let offer = provided.offered(&db, &store, Some(b"right")).await;
    for _ in 0..4 {
        redeem(&store, offer, b"wrong", b"t", 1).await;
    }
    assert_eq!(redeem(&store, offer, b"right", b"t", 1).await, Redeemed::Yes);
}

#[rstest]
#[tokio::test]
async fn a_newer_offer_a_page_that_cancels_and_a_session_that_ends_end_an_offer(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let provided = provided(&db, &store).await;
    let first = provided.offered(&db, &store, None).await;
    let second = provided.offered(&db, &store, None).await;
    assert_eq!(redeem(&store, first, b"", b"t1", 1).await, Redeemed::Over);
    let latest = store.latest_offer(provided.credential, provided.session).await.unwrap().unwrap();
    assert_eq!(latest.id, second);
    let cancel = async |session| {
        committed(&store, async |tx| tx.cancel_offer(second, session, nine()).await).await.unwrap()
    };
    assert!(!cancel(db.new_id()).await, "another session does not end it");
    assert!(cancel(provided.session).await);
    assert_eq!(redeem(&store, second, b"", b"t2", 1).await, Redeemed::Over);
    let third = provided.offered(&db, &store, None).await;
    let account = store.credential(provided.credential).await.unwrap().unwrap().account_id;
    committed(&store, async |tx| tx.end_session(provided.session, account, nine()).await).await.unwrap();
    assert_eq!(redeem(&store, third, b"", b"t3", 1).await, Redeemed::Over);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_wallets_at_once_one_redeems_an_offer(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let nodes = db.two_nodes().await;
    let provided = provided(&db, &nodes[0]).await;
    let offer = provided.offered(&db, &nodes[0], None).await;
    let answers = at_once(&nodes, 100, move |nth: usize, store| async move {
        redeem(&store, offer, b"", &nth.to_be_bytes(), 1).await
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == Redeemed::Yes).count(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_codes_at_once_are_five_tries(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let nodes = db.two_nodes().await;
    let provided = provided(&db, &nodes[0]).await;
    let offer = provided.offered(&db, &nodes[0], Some(b"right")).await;
    let answers = at_once(&nodes, 100, move |nth: usize, store| async move {
        redeem(&store, offer, format!("wrong {nth}").as_bytes(), &nth.to_be_bytes(), 1).await
    })
    .await;
    let compared = answers.iter().filter(|answer| matches!(answer, Redeemed::WrongCode { .. })).count();
    assert_eq!(compared, 5);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_place_is_given_twice_and_no_list_gets_more_than_half_full(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let nodes = db.two_nodes().await;
    let provided = provided(&db, &nodes[0]).await;
    let (credential, organisation_id) = (provided.credential, provided.organisation);
    let ids: Arc<Vec<Uuid>> = Arc::new((0..100).map(|_| db.new_id()).collect());
    let drawn = Arc::new(AtomicU32::new(0));
    let places = at_once(&nodes, 50, move |nth, store| {
        let (ids, drawn) = (ids.clone(), drawn.clone());
        async move {
            committed(&store, async |tx| {
                let list =
                    NewStatusList { id: ids[nth], organisation_id, root_id: organisation_id, size: 16 };
                let offer_id = ids[50 + nth];
                let new = NewCopy {
                    id: offer_id,
                    credential_id: credential,
                    offer_id,
                    thumbprint: "t",
                    holds_until: nine(),
                    backend: None,
                };
                // A draw that often hits what is taken.
                let draw = || drawn.fetch_add(1, Ordering::Relaxed) / 3 % 16;
                tx.add_copy(new, list, &draw, nine()).await
            })
            .await
            .unwrap()
        }
    })
    .await;
    let different: BTreeSet<(Uuid, u32)> = places.iter().map(|at| (at.list, at.place)).collect();
    assert_eq!(different.len(), 50);
    let lists: BTreeSet<Uuid> = places.iter().map(|at| at.list).collect();
    assert!(lists.len() >= 7, "{}", lists.len());
    for list in lists {
        assert!(places.iter().filter(|at| at.list == list).count() <= 8);
    }
}

/// A copy of the credential in a wallet.
async fn copied(db: &Database, store: &Store, provided: &Provided, offer: Uuid, place: u32) -> StatusPlace {
    let (id, list) = (db.new_id(), db.new_id());
    committed(store, async |tx| {
        let organisation_id = provided.organisation;
        let list = NewStatusList { id: list, organisation_id, root_id: organisation_id, size: 64 };
        let new = NewCopy {
            id,
            credential_id: provided.credential,
            offer_id: offer,
            thumbprint: "t",
            holds_until: nine(),
            backend: None,
        };
        tx.add_copy(new, list, &|| place, nine()).await
    })
    .await
    .unwrap()
}

#[rstest]
#[tokio::test]
async fn revoked_copies_stand_in_their_list_and_the_sessions_that_they_began_end(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let provided = provided(&db, &store).await;
    let (first, second) = (db.new_id(), db.new_id());
    let at = copied(&db, &store, &provided, first, 7).await;
    let other = copied(&db, &store, &provided, second, 9).await;
    assert_eq!(at.list, other.list);
    let copy = store.copy_at(at).await.unwrap().unwrap();
    assert_eq!((copy.offer_id, copy.revoked_at), (first, None));
    db.tell(&format!("UPDATE session SET credential_copy_id = {}", db.id(copy.id))).await;
    let before = store.status_list(at.list).await.unwrap().unwrap();
    assert_eq!(store.revoked_places(at.list).await.unwrap(), Vec::<u32>::new());

    committed(&store, async |tx| tx.revoke_copies_of_offer(second, nine()).await).await.unwrap();
    assert_eq!(store.revoked_places(at.list).await.unwrap(), [9]);
    let token = provided.session;
    assert!(store.session(token.as_bytes()).await.unwrap().unwrap().ended_at.is_none());

    let revoke =
        async || committed(&store, async |tx| tx.revoke_copies(provided.credential, nine()).await).await;
    assert_eq!(revoke().await.unwrap().copies, 1);
    assert_eq!(store.revoked_places(at.list).await.unwrap(), [7, 9]);
    assert!(store.session(token.as_bytes()).await.unwrap().unwrap().ended_at.is_some());
    let after = store.status_list(at.list).await.unwrap().unwrap();
    assert_eq!(after.revision, before.revision + 2, "each change counts, at the same moment, too");
    assert_eq!(revoke().await.unwrap().copies, 0);
    assert_eq!(store.status_list(at.list).await.unwrap().unwrap().revision, after.revision);
}

#[rstest]
#[tokio::test]
async fn a_credential_waits_again_when_no_copy_of_it_is_left(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let provided = provided(&db, &store).await;
    let offer = db.new_id();
    copied(&db, &store, &provided, offer, 1).await;
    let (id, later) = (provided.credential, nine() + minutes(1));
    let hold = async || committed(&store, async |tx| tx.hold_accepted_credential(id).await).await.unwrap();
    let unaccept =
        async |at| committed(&store, async |tx| tx.unaccept_credential(id, at).await).await.unwrap();
    assert!(!hold().await, "it is not accepted");
    committed(&store, async |tx| tx.accept_credential(id, nine()).await).await.unwrap();
    assert!(hold().await);
    assert!(!unaccept(nine()).await, "a copy is left");
    committed(&store, async |tx| tx.revoke_copies_of_offer(offer, nine()).await).await.unwrap();
    assert!(!unaccept(later).await, "it was accepted at another time");
    assert!(unaccept(nine()).await);
    committed(&store, async |tx| tx.accept_credential(id, later).await).await.unwrap();
    let reason = RevokeReason::NoLongerValid;
    committed(&store, async |tx| tx.revoke_credential(id, reason, later).await).await.unwrap();
    assert!(!hold().await && !unaccept(later).await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_hundred_use_at_once_one_uses_until_it_is_erased(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let nodes = db.two_nodes().await;
    let answers = at_once(&nodes, 100, move |_, store| async move {
        committed(&store, async |tx| tx.use_once(b"nonce", nine()).await).await.unwrap()
    })
    .await;
    assert_eq!(answers.iter().filter(|used| **used).count(), 1);
    let again = committed(&nodes[0], async |tx| {
        tx.erase_used(nine()).await?;
        tx.use_once(b"nonce", nine()).await
    });
    assert!(again.await.unwrap());
}
