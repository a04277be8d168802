//! How long the import of a roster of 100,000 people takes: `cargo run --release -p store --example import_speed`.
//!
//! It imports them into an empty SQLite file and into an empty, throw-away PostgreSQL, then the same list again, then
//! the list with every tenth person changed and every hundredth gone.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement, not part of the product"
)]

use jiff::Timestamp;
use rules::phone::PhonePolicy;
use rules::roster::{RosterFields, RosterRow};
use std::sync::Arc;
use std::time::Instant;
use store::Store;
use store::roster::Missing;
use testkit::{Postgres, SeededRandom};
use uuid::Uuid;
use vault::Keys;

const PEOPLE: usize = 100_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}", folder.path().join("fobwatch.db").display());
    let addresses = [file, Postgres::shared().empty_database().await];
    let parsing = Instant::now();
    let rows: Vec<RosterRow> = (0..PEOPLE).map(person).collect();
    say("rows", "parsed", parsing);
    let mut changed = rows.clone();
    for row in changed.iter_mut().step_by(10) {
        row.job_role = Some("Ward manager".to_owned());
    }
    let mut nth = 0;
    changed.retain(|_| {
        nth += 1;
        nth % 100 != 0
    });
    for address in addresses {
        let random = Arc::new(SeededRandom::unique());
        let keys = Arc::new(Keys::generate(random.as_ref()));
        let store = Store::open(&address, 4, keys, random.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let organisation = vault::new_id(Timestamp::UNIX_EPOCH, random.as_ref());
        let mut tx = store.begin().await.unwrap();
        tx.add_organisation(organisation, "NTH", "Northfield Hospitals", Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        import(&store, organisation, "the first time", &rows).await;
        import(&store, organisation, "the same again", &rows).await;
        import(&store, organisation, "every tenth changed, every hundredth gone", &changed).await;
    }
}

async fn import(store: &Store, organisation: Uuid, what: &str, rows: &[RosterRow]) {
    let begun = Instant::now();
    let mut tx = store.begin().await.unwrap();
    let done = tx
        .import_roster(organisation, rows, Timestamp::UNIX_EPOCH, &|_, _| Missing::MarkAsLeft, &|_| {})
        .await
        .unwrap()
        .unwrap();
    tx.commit().await.unwrap();
    say(store.kind(), what, begun);
    assert_eq!(done.added + done.changed + done.unchanged, rows.len() as u64);
}

fn say(where_: &str, what: &str, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!("{where_}: {what}: {seconds:.2} s, {:.0} a second", PEOPLE as f64 / seconds);
}

fn person(number: usize) -> RosterRow {
    let email = format!("colleague.{number}@northfield.example");
    let esr_number = format!("{:08}", number + 1);
    let fields = RosterFields {
        first_name: "Amina",
        last_name: "Khan",
        date_of_birth: "1990-03-14",
        email: &email,
        phone: "07700 900123",
        staff_group: "Nursing and Midwifery Registered",
        job_role: "Staff nurse",
        employment_type: "permanent",
        employment_status: "current employee",
        esr_number: &esr_number,
        user_type: "",
    };
    let phones = PhonePolicy { drama_numbers: true, ..PhonePolicy::default() };
    RosterRow::parse(&fields, "2026-11-22".parse().unwrap(), phones).unwrap()
}
