//! Invented people at Northfield Hospitals.

use crate::database::{Database, committed, minutes, nine};
use rules::phone::PhonePolicy;
use rules::roster::{RosterFields, RosterRow};
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::registration::{Journey, NewRegistration};
use store::roster::{Missing, RosterEntry, RosterImport};
use store::session::NewSession;
use store::sign_in::NewSignIn;
use store::{Store, StoreError};
use uuid::Uuid;

pub const AMINA: &str = "amina.khan@northfield.example";
/// Stands where a password hash does; the store does not look into it.
pub const PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

pub fn amina() -> RosterFields<'static> {
    RosterFields {
        first_name: "Amina",
        last_name: "Khan-Örnell",
        date_of_birth: "1990-03-14",
        email: AMINA,
        phone: "07700 900123",
        staff_group: "Nursing and Midwifery Registered",
        job_role: "Staff nurse",
        employment_type: "permanent",
        employment_status: "current employee",
        esr_number: "12345678",
        user_type: "",
    }
}

pub fn row(fields: &RosterFields<'_>) -> RosterRow {
    let phones = PhonePolicy { drama_numbers: true, ..PhonePolicy::default() };
    RosterRow::parse(fields, "2026-11-22".parse().unwrap(), phones)
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub fn colleague(number: usize) -> RosterRow {
    let email = format!("colleague.{number}@northfield.example");
    row(&RosterFields { email: &email, ..amina() })
}

pub async fn northfield(db: &Database, store: &Store) -> Uuid {
    let id = db.new_id();
    committed(store, async |tx| tx.add_organisation(id, "NTH", "Northfield Hospitals", nine()).await)
        .await
        .unwrap();
    id
}

/// Imports rows as the whole roster; whoever is missing is marked as left.
pub async fn import(store: &Store, organisation: Uuid, rows: &[RosterRow]) -> RosterImport {
    try_import(store, organisation, rows).await.unwrap().expect("nobody refuses")
}

pub async fn try_import(
    store: &Store,
    organisation: Uuid,
    rows: &[RosterRow],
) -> Result<Option<RosterImport>, StoreError> {
    committed(store, async |tx| {
        tx.import_roster(organisation, rows, nine(), &|_, _| Missing::MarkAsLeft, &|_| {}).await
    })
    .await
}

pub async fn entry(store: &Store, organisation: Uuid, email: &str) -> Option<RosterEntry> {
    let mut tx = store.begin().await.unwrap();
    tx.roster_entry_by_email(organisation, email).await.unwrap()
}

/// Northfield with Amina on its roster: the organisation and her entry.
pub async fn amina_on_the_roster(db: &Database, store: &Store) -> (Uuid, Uuid) {
    let organisation = northfield(db, store).await;
    import(store, organisation, &[row(&amina())]).await;
    let entry = entry(store, organisation, AMINA).await.unwrap();
    (organisation, entry.id)
}

/// Amina's registration, begun at nine.
pub async fn registration(db: &Database, store: &Store, organisation: Uuid, entry: Uuid) -> Uuid {
    let id = db.new_id();
    committed(store, async |tx| {
        tx.add_registration(
            &NewRegistration {
                id,
                token: id.as_bytes(),
                organisation_id: organisation,
                journey: Journey::Join,
                staff_group: Some("nursing"),
                email: AMINA,
                roster_entry_id: Some(entry),
            },
            nine(),
        )
        .await
    })
    .await
    .unwrap();
    id
}

/// The same with the address proved.
pub async fn verified(db: &Database, store: &Store, organisation: Uuid, entry: Uuid) -> Uuid {
    let id = registration(db, store, organisation, entry).await;
    committed(store, async |tx| {
        let for_email = CodeFor::RegistrationEmail(id);
        let until = nine() + minutes(15);
        tx.add_code(db.new_id(), for_email, b"right", b"amina", 5, nine(), until).await?;
        let proof = tx.consume_code(for_email, b"right", 5, nine()).await?.unwrap();
        assert!(tx.mark_email_verified(&proof, nine()).await?);
        Ok(())
    })
    .await
    .unwrap();
    id
}

/// The same with password and details, and a second factor chosen: one step before the account.
pub async fn almost_there(db: &Database, store: &Store, organisation: Uuid, entry: Uuid) -> Uuid {
    let id = verified(db, store, organisation, entry).await;
    committed(store, async |tx| {
        assert!(tx.save_details(id, "Amina", "Khan-Örnell", PASSWORD, 3, nine()).await?);
        let number = MethodSecret::address("+447700900456");
        assert!(tx.choose_method(id, MethodKind::Text, Some(&number)).await?);
        Ok(())
    })
    .await
    .unwrap();
    id
}

/// Amina's account.
pub async fn account(db: &Database, store: &Store) -> Uuid {
    let (organisation, entry) = amina_on_the_roster(db, store).await;
    let registration = almost_there(db, store, organisation, entry).await;
    let id = db.new_id();
    let made = committed(store, async |tx| tx.add_account(registration, id, nine()).await).await.unwrap();
    assert!(made);
    id
}

/// A session that begins, in a browser and a network of its own.
pub fn session(id: Uuid, token: &[u8], account_id: Uuid) -> NewSession<'_> {
    NewSession {
        id,
        token,
        account_id,
        proved: true,
        device_id: None,
        browser: Some("Firefox, Windows 10"),
        network: Some("192.0.2.0/24"),
    }
}

/// A sign-in that begins.
pub fn sign_in(id: Uuid, token: &[u8], account_id: Option<Uuid>) -> NewSignIn<'_> {
    NewSignIn { id, token, account_id, method_id: None, session_id: None, next: None }
}
