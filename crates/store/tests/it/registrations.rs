//! Registrations: guide 003, steps 3 to 9, as far as the store keeps them.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, nine,
};
use crate::people::{
    AMINA, PASSWORD, almost_there, amina_on_the_roster, colleague, import, registration, verified,
};
use rstest::rstest;
use store::Store;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use uuid::Uuid;

struct Joining {
    db: Database,
    store: Store,
    organisation: Uuid,
    entry: Uuid,
}

impl Joining {
    async fn new(kind: Kind) -> Self {
        let db = Database::new(kind).await;
        let store = db.node().await;
        let (organisation, entry) = amina_on_the_roster(&db, &store).await;
        Self { db, store, organisation, entry }
    }

    async fn begun(&self) -> Uuid {
        registration(&self.db, &self.store, self.organisation, self.entry).await
    }

    async fn verified(&self) -> Uuid {
        verified(&self.db, &self.store, self.organisation, self.entry).await
    }

    async fn almost_there(&self) -> Uuid {
        almost_there(&self.db, &self.store, self.organisation, self.entry).await
    }

    async fn finishes(&self, registration: Uuid) -> bool {
        finishes(&self.store, registration, self.db.new_id()).await
    }

    async fn gives_details(&self, registration: Uuid) -> bool {
        committed(&self.store, async |tx| {
            tx.save_details(registration, "Amina", "Khan", PASSWORD, 3, nine()).await
        })
        .await
        .unwrap()
    }

    async fn accounts(&self) -> i64 {
        self.db.number("SELECT COUNT(*) FROM account").await
    }
}

async fn finishes(store: &Store, registration: Uuid, account: Uuid) -> bool {
    let mut tx = store.begin().await.unwrap();
    let made = tx.add_account(registration, account, nine()).await.unwrap();
    if made {
        tx.commit().await.unwrap();
    }
    made
}

#[rstest]
#[tokio::test]
async fn the_account_is_who_the_roster_and_the_registration_say(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let registration = joining.almost_there().await;
    let id = joining.db.new_id();
    assert!(finishes(&joining.store, registration, id).await);
    let account = joining.store.account(id).await.unwrap().unwrap();
    assert_eq!(account.email, AMINA);
    assert_eq!(account.organisation_id, joining.organisation);
    assert_eq!((account.first_name.as_str(), account.last_name.as_str()), ("Amina", "Khan-Örnell"));
    assert_eq!((account.last_sign_in_at, account.previous_sign_in_at), (None, None));
    let credentials = joining.store.credentials(AMINA).await.unwrap().unwrap();
    assert_eq!((credentials.account_id, credentials.password.as_str()), (id, PASSWORD));
    let ended = joining.store.registration(registration.as_bytes()).await.unwrap().unwrap();
    assert_eq!(ended.account_id, Some(id));
    assert!(ended.method.unwrap().secret.is_none());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_finish_for_one_roster_entry_at_once_make_one_account(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    for _ in 0..3 {
        let joining = Joining::new(kind).await;
        let mut tries = Vec::new();
        for _ in 0..8 {
            tries.push((joining.almost_there().await, joining.db.new_id()));
        }
        let nodes = joining.db.two_nodes().await;
        let made = at_once(&nodes, 8, |nth, node| {
            let (registration, account) = tries[nth];
            async move { finishes(&node, registration, account).await }
        })
        .await;
        assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
        assert_eq!(joining.accounts().await, 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_registration_that_finishes_many_times_at_once_makes_one_account(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let joining = Joining::new(kind).await;
    let registration = joining.almost_there().await;
    let accounts: Vec<_> = (0..20).map(|_| joining.db.new_id()).collect();
    let nodes = joining.db.two_nodes().await;
    let made = at_once(&nodes, 20, |nth, node| {
        let account = accounts[nth];
        async move { finishes(&node, registration, account).await }
    })
    .await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
    assert_eq!(joining.accounts().await, 1);
}

/// Whoever finishes in one tab while giving up in another has an account or has none, never half of one.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn finishing_and_giving_up_at_once_is_one_of_the_two(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let nodes = joining.db.two_nodes().await;
    for _ in 0..15 {
        let registration = joining.almost_there().await;
        let account = joining.db.new_id();
        let done = at_once(&nodes, 2, |nth, node| async move {
            let mut tx = node.begin().await.unwrap();
            let done = if nth == 0 {
                tx.add_account(registration, account, nine()).await.unwrap()
            } else {
                tx.abandon_registration(registration).await.unwrap()
            };
            // Committed either way: an answer of false must have left nothing behind.
            tx.commit().await.unwrap();
            done
        })
        .await;
        assert_eq!(
            (joining.accounts().await, joining.store.account(account).await.unwrap().is_some()),
            (i64::from(done[0]), done[0])
        );
        assert!(done[0] != done[1], "{done:?}");
        let token = registration.as_bytes();
        let left = joining.store.registration(token).await.unwrap();
        assert_eq!(left.and_then(|left| left.account_id), done[0].then_some(account));
        if done[0] {
            let id = joining.db.id(account);
            joining.db.tell(&format!("DELETE FROM registration WHERE account_id = {id}")).await;
            joining.db.tell("DELETE FROM account").await;
        }
    }
}

/// On PostgreSQL the other transaction's deletion is seen between two statements of this one.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_no_account_leaves_none_behind(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let registration = joining.almost_there().await;
    let account = joining.db.new_id();
    let mut giving_up = joining.store.begin().await.unwrap();
    assert!(giving_up.abandon_registration(registration).await.unwrap());
    let node = joining.db.node().await;
    let finishing = tokio::spawn(async move {
        let mut tx = node.begin().await.unwrap();
        let made = tx.add_account(registration, account, nine()).await.unwrap();
        tx.commit().await.unwrap();
        made
    });
    // The other one has got as far as it can without this one's end, or has not begun: either must do.
    for _ in 0..200 {
        tokio::task::yield_now().await;
        joining.store.ping().await.unwrap();
    }
    giving_up.commit().await.unwrap();
    assert!(!finishing.await.unwrap());
    assert_eq!(joining.accounts().await, 0);
}

#[rstest]
#[tokio::test]
async fn there_is_no_account_before_address_and_details_are_proved(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let begun = joining.begun().await;
    assert!(!joining.finishes(begun).await);
    assert!(!joining.gives_details(begun).await);
    let secret = MethodSecret::address(AMINA);
    let chosen =
        committed(&joining.store, async |tx| tx.choose_method(begun, MethodKind::Email, Some(&secret)).await);
    assert!(!chosen.await.unwrap());
    assert!(!joining.finishes(joining.verified().await).await);
    assert!(!joining.finishes(joining.db.new_id()).await);
    assert_eq!(joining.accounts().await, 0);
}

#[rstest]
#[tokio::test]
async fn nobody_who_has_left_meanwhile_gets_an_account(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let registration = joining.almost_there().await;
    import(&joining.store, joining.organisation, &[colleague(1)]).await;
    assert!(!joining.finishes(registration).await);
    assert_eq!(joining.accounts().await, 0);
}

#[rstest]
#[tokio::test]
async fn nothing_of_a_registration_can_be_changed_once_it_has_an_account(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let joining = Joining::new(kind).await;
    let registration = joining.almost_there().await;
    assert!(joining.finishes(registration).await);
    assert!(!joining.gives_details(registration).await);
    assert!(!joining.finishes(registration).await);
    committed(&joining.store, async |tx| {
        let other = MethodSecret::address("+447700900789");
        assert!(!tx.choose_method(registration, MethodKind::Text, Some(&other)).await?);
        assert!(!tx.change_registration_email(registration, "other@northfield.example", None).await?);
        assert!(!tx.abandon_registration(registration).await?);
        assert!(tx.has_account(AMINA, None).await?);
        assert!(tx.has_account("other@northfield.example", Some(joining.entry)).await?);
        assert!(!tx.has_account("other@northfield.example", None).await?);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(joining.accounts().await, 1);
}

#[rstest]
#[tokio::test]
async fn the_address_can_be_corrected_until_one_is_proved(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let changes = async |id| {
        committed(&joining.store, async |tx| {
            tx.change_registration_email(id, "a.khan@northfield.example", None).await
        })
        .await
        .unwrap()
    };
    let begun = joining.begun().await;
    assert!(changes(begun).await);
    let changed = joining.store.registration(begun.as_bytes()).await.unwrap().unwrap();
    assert_eq!(changed.email, "a.khan@northfield.example");
    assert_eq!(changed.roster_entry_id, None);
    assert!(!changes(joining.verified().await).await);
}

#[rstest]
#[tokio::test]
async fn an_address_is_proved_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let id = joining.verified().await;
    let before = joining.store.registration(id.as_bytes()).await.unwrap().unwrap();
    assert_eq!(before.email_verified_at, Some(nine()));
    let again = committed(&joining.store, async |tx| {
        let for_email = CodeFor::RegistrationEmail(id);
        let (now, until) = (nine() + minutes(1), nine() + minutes(16));
        tx.add_code(joining.db.new_id(), for_email, b"right", b"amina", 5, now, until).await?;
        let proof = tx.consume_code(for_email, b"right", 5, now).await?.unwrap();
        tx.mark_email_verified(&proof, now).await
    });
    assert!(!again.await.unwrap());
    let after = joining.store.registration(id.as_bytes()).await.unwrap().unwrap();
    assert_eq!(after.email_verified_at, Some(nine()));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn mismatches_are_counted_to_three_and_no_further_and_then_details_are_refused(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let joining = Joining::new(kind).await;
    let id = joining.verified().await;
    let nodes = joining.db.two_nodes().await;
    let mut counts = at_once(&nodes, 20, |_, node| async move {
        committed(&node, async |tx| tx.count_mismatch(id, 3).await).await.unwrap()
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts[..3], [1, 2, 3]);
    assert!(counts[3..].iter().all(|count| *count == 3));
    assert!(!joining.gives_details(id).await);
    let registration = joining.store.registration(id.as_bytes()).await.unwrap().unwrap();
    assert_eq!(registration.mismatches, 3);
}

#[rstest]
#[tokio::test]
async fn giving_up_erases_the_registration_and_its_codes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let id = joining.almost_there().await;
    let gives_up =
        async || committed(&joining.store, async |tx| tx.abandon_registration(id).await).await.unwrap();
    assert!(gives_up().await);
    assert!(!gives_up().await);
    assert!(joining.store.registration(id.as_bytes()).await.unwrap().is_none());
    assert_eq!(joining.db.number("SELECT COUNT(*) FROM code_set").await, 0);
    assert_eq!(joining.db.number("SELECT COUNT(*) FROM code").await, 0);
}

#[rstest]
#[tokio::test]
async fn the_second_factor_is_kept_until_it_is_proved(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let joining = Joining::new(kind).await;
    let id = joining.almost_there().await;
    let method = async || {
        let found = joining.store.registration(id.as_bytes()).await.unwrap().unwrap();
        let method = found.method.unwrap();
        (method.kind, method.secret.map(|secret| secret.as_address().to_owned()))
    };
    assert_eq!(method().await, (MethodKind::Text, Some("+447700900456".to_owned())));
    let chosen = committed(&joining.store, async |tx| tx.choose_method(id, MethodKind::App, None).await);
    assert!(chosen.await.unwrap());
    assert_eq!(method().await, (MethodKind::App, None));
}
