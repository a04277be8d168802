//! The employer's list: imported as a whole, as often as one likes.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, nine,
};
use crate::people::{AMINA, amina, colleague, entry, import, northfield, row, try_import};
use rstest::rstest;
use rules::roster::{PersonKind, RosterFields, RosterRow};
use std::sync::Mutex;
use store::roster::{Missing, RosterImport};
use store::{Store, StoreError};
use uuid::Uuid;

fn of(added: u64, changed: u64, unchanged: u64, left: u64) -> RosterImport {
    RosterImport { added, changed, unchanged, left, ..RosterImport::default() }
}

fn colleagues(count: usize) -> Vec<RosterRow> {
    (0..count).map(colleague).collect()
}

fn promoted(number: usize) -> RosterRow {
    RosterRow { job_role: Some("Ward manager".to_owned()), ..colleague(number) }
}

fn leaver(number: usize) -> RosterRow {
    let email = format!("colleague.{number}@northfield.example");
    row(&RosterFields { email: &email, employment_status: "leaver", ..amina() })
}

async fn has_left(store: &Store, organisation: Uuid, number: usize) -> bool {
    let email = format!("colleague.{number}@northfield.example");
    entry(store, organisation, &email).await.unwrap().left
}

async fn start(kind: Kind) -> (Database, Store, Uuid) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let organisation = northfield(&db, &store).await;
    (db, store, organisation)
}

#[rstest]
#[tokio::test]
async fn an_import_says_how_many_people_came_changed_stayed_and_left(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (_db, store, northfield) = start(kind).await;
    assert_eq!(import(&store, northfield, &colleagues(450)).await, of(450, 0, 0, 0));
    let mut next = colleagues(440);
    next[3] = promoted(3);
    next[4] = promoted(4);
    next.extend([colleague(1_000), colleague(1_001), colleague(1_002)]);
    assert_eq!(import(&store, northfield, &next).await, of(3, 2, 438, 10));
    assert!(has_left(&store, northfield, 445).await);
    assert!(!has_left(&store, northfield, 439).await);
}

#[rstest]
#[tokio::test]
async fn importing_the_same_twice_changes_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (db, store, northfield) = start(kind).await;
    let mut rows = colleagues(40);
    rows.push(leaver(40));
    import(&store, northfield, &rows).await;
    let before = db.dump().await;
    assert_eq!(import(&store, northfield, &rows).await, of(0, 0, 41, 0));
    rows.reverse();
    assert_eq!(import(&store, northfield, &rows).await, of(0, 0, 41, 0));
    assert_eq!(db.dump().await, before);
}

#[rstest]
#[tokio::test]
async fn an_entry_is_what_the_employer_wrote(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    let trainee = row(&RosterFields { user_type: "training user", ..amina() });
    import(&store, northfield, &[trainee]).await;
    let found = entry(&store, northfield, AMINA).await.unwrap();
    assert_eq!(found.last_name, "Khan-Örnell");
    assert_eq!(found.date_of_birth, "1990-03-14".parse().unwrap());
    assert_eq!(found.kind, PersonKind::TrainingUser);
    assert!(!found.left);
    let mut tx = store.begin().await.unwrap();
    let same = tx.roster_entry(found.id).await.unwrap().unwrap();
    assert_eq!(same.last_name, found.last_name);
}

#[rstest]
#[tokio::test]
async fn a_person_who_left_and_comes_back_is_the_same_person(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    import(&store, northfield, &colleagues(3)).await;
    let email = "colleague.2@northfield.example";
    let before = entry(&store, northfield, email).await.unwrap();
    assert_eq!(import(&store, northfield, &colleagues(2)).await, of(0, 0, 2, 1));
    assert!(has_left(&store, northfield, 2).await);
    assert_eq!(import(&store, northfield, &colleagues(2)).await, of(0, 0, 2, 0));
    assert_eq!(import(&store, northfield, &colleagues(3)).await, of(0, 1, 2, 0));
    let after = entry(&store, northfield, email).await.unwrap();
    assert!(!after.left);
    assert_eq!(before.id, after.id);
}

#[rstest]
#[tokio::test]
async fn a_person_whom_the_list_itself_names_as_a_leaver_has_left(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    import(&store, northfield, &colleagues(2)).await;
    let rows = [colleague(0), leaver(1), leaver(2)];
    assert_eq!(import(&store, northfield, &rows).await, of(1, 0, 1, 1));
    assert!(has_left(&store, northfield, 1).await);
    assert!(has_left(&store, northfield, 2).await);
    // Named as a leaver, then not named at all: nothing new.
    assert_eq!(import(&store, northfield, &[colleague(0)]).await, of(0, 0, 1, 0));
    assert_eq!(import(&store, northfield, &colleagues(2)).await, of(0, 1, 1, 0));
    assert!(!has_left(&store, northfield, 1).await);
}

#[rstest]
#[tokio::test]
async fn too_many_missing_people_are_refused_before_anything_is_changed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let (db, store, northfield) = start(kind).await;
    import(&store, northfield, &colleagues(10)).await;
    let before = db.dump().await;
    let rows = [promoted(0), colleague(1_000)];
    let asked = Mutex::new(Vec::new());
    let refuse = |missing, of| {
        asked.lock().unwrap().push((missing, of));
        Missing::Refuse
    };
    let answer =
        committed(&store, async |tx| tx.import_roster(northfield, &rows, nine(), &refuse, &|_| {}).await)
            .await
            .unwrap();
    assert_eq!(answer, None);
    assert_eq!(*asked.lock().unwrap(), [(9, 10)]);
    assert_eq!(db.dump().await, before);
}

#[rstest]
#[tokio::test]
async fn missing_people_can_be_kept_while_others_come_and_change(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    import(&store, northfield, &colleagues(10)).await;
    let rows = [promoted(0), colleague(1_000)];
    let answer = committed(&store, async |tx| {
        tx.import_roster(northfield, &rows, nine(), &|_, _| Missing::Keep, &|_| {}).await
    })
    .await
    .unwrap();
    assert_eq!(answer, Some(of(1, 1, 0, 0)));
    assert!(!has_left(&store, northfield, 9).await);
}

#[rstest]
#[tokio::test]
async fn nobody_is_asked_where_nobody_is_missing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    import(&store, northfield, &colleagues(2)).await;
    let answer = committed(&store, async |tx| {
        tx.import_roster(northfield, &colleagues(3), nine(), &|_, _| Missing::Refuse, &|_| {}).await
    })
    .await
    .unwrap();
    assert_eq!(answer, Some(of(1, 0, 2, 0)));
}

#[rstest]
#[tokio::test]
async fn addresses_that_differ_in_case_are_one_person(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    import(&store, northfield, &[row(&amina())]).await;
    let capitals = row(&RosterFields { email: " Amina.KHAN@Northfield.Example", ..amina() });
    assert_eq!(import(&store, northfield, &[capitals]).await, of(0, 0, 1, 0));
}

#[rstest]
#[tokio::test]
async fn a_list_that_names_one_address_twice_is_refused_whole(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (db, store, northfield) = start(kind).await;
    import(&store, northfield, &[colleague(0)]).await;
    let before = db.dump().await;
    for rows in [
        vec![colleague(0), colleague(1), promoted(1)],
        vec![colleague(0), promoted(0)],
        [colleagues(500), vec![colleague(1)]].concat(),
    ] {
        let refused = try_import(&store, northfield, &rows).await.unwrap_err();
        assert!(matches!(refused, StoreError::Taken("e-mail address")), "{refused:?}");
    }
    assert_eq!(db.dump().await, before);
}

#[rstest]
#[tokio::test]
async fn one_address_may_be_on_the_rosters_of_two_organisations(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (db, store, northfield) = start(kind).await;
    let southmere = db.new_id();
    committed(&store, async |tx| {
        tx.add_organisation(southmere, "STH", "Southmere Community Trust", nine()).await
    })
    .await
    .unwrap();
    import(&store, northfield, &colleagues(2)).await;
    assert_eq!(import(&store, southmere, &colleagues(1)).await, of(1, 0, 0, 0));
    assert!(!has_left(&store, northfield, 1).await);
    let email = "colleague.1@northfield.example";
    assert!(entry(&store, southmere, email).await.is_none());
}

#[rstest]
#[tokio::test]
async fn no_digits_of_a_phone_are_readable(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (db, store, northfield) = start(kind).await;
    import(&store, northfield, &[row(&amina())]).await;
    assert_eq!(db.number("SELECT COUNT(*) FROM roster_entry WHERE phone IS NOT NULL").await, 1);
    for digits in ["7700900123", "07700 900123", "900123"] {
        assert!(!db.holds(digits.as_bytes()).await, "{digits}");
    }
    let other = RosterFields { phone: "07700 900456", ..amina() };
    assert_eq!(import(&store, northfield, &[row(&other)]).await, of(0, 1, 0, 0));
    let none = RosterFields { phone: "", ..amina() };
    assert_eq!(import(&store, northfield, &[row(&none)]).await, of(0, 1, 0, 0));
    assert_eq!(db.number("SELECT COUNT(*) FROM roster_entry WHERE phone IS NOT NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn progress_tells_how_many_rows_are_dealt_with(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (_db, store, northfield) = start(kind).await;
    import(&store, northfield, &colleagues(100)).await;
    let told = Mutex::new(Vec::new());
    let progress = |done| told.lock().unwrap().push(done);
    committed(&store, async |tx| {
        tx.import_roster(northfield, &colleagues(650), nine(), &|_, _| Missing::Refuse, &progress).await
    })
    .await
    .unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted());
    assert_eq!((told.first(), told.last()), (Some(&100), Some(&650)));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_imports_at_once_take_turns(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let (db, _store, northfield) = start(kind).await;
    let mut done = at_once(&db.two_nodes().await, 4, |_, node| async move {
        import(&node, northfield, &colleagues(50)).await.added
    })
    .await;
    done.sort_unstable();
    assert_eq!(done, [0, 0, 0, 50]);
}
