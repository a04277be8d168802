//! People with accounts, by the hundred, put into a database by the store itself.

use jiff::{SignedDuration, Timestamp};
use rules::phone::PhonePolicy;
use rules::roster::{RosterFields, RosterRow};
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::registration::{Journey, NewRegistration};
use store::{StoreError, Tx};
use uuid::Uuid;
use vault::{Random, Secret, new_id};

/// A person with an account and an authenticator app.
#[derive(Clone)]
pub struct OneOfMany {
    /// The account.
    pub id: Uuid,
    /// The user name.
    pub email: String,
    seed: Secret<Vec<u8>>,
}

impl OneOfMany {
    /// What the app shows at `now`.
    pub fn code(&self, now: Timestamp) -> String {
        vault::totp::code_at(&self.seed, now).expose().clone()
    }
}

/// The rows of a roster of `count` people.
pub fn roster_of(count: usize, now: Timestamp) -> Vec<RosterRow> {
    (0..count).map(|number| row(number, now)).collect()
}

/// Gives each of these people of an organisation's roster, imported before, an account whose password has the hash `hash`,
/// and an app.
///
/// # Errors
/// Where the database refuses.
pub async fn settle(
    tx: &mut Tx,
    organisation: Uuid,
    rows: &[RosterRow],
    hash: &str,
    random: &dyn Random,
    now: Timestamp,
) -> Result<Vec<OneOfMany>, StoreError> {
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        people.push(account(tx, organisation, row, hash, random, now).await?);
    }
    Ok(people)
}

async fn account(
    tx: &mut Tx,
    organisation: Uuid,
    row: &RosterRow,
    hash: &str,
    random: &dyn Random,
    now: Timestamp,
) -> Result<OneOfMany, StoreError> {
    let email = row.email.as_str().to_owned();
    let entry = tx.roster_entry_by_email(organisation, &email).await?.expect("everybody is on the roster");
    let registration = new_id(now, random);
    let mut token = [0; 32];
    random.fill(&mut token);
    tx.add_registration(
        &NewRegistration {
            id: registration,
            token: &token,
            organisation_id: organisation,
            journey: Journey::Join,
            staff_group: Some(row.staff_group.code()),
            email: &email,
            roster_entry_id: Some(entry.id),
        },
        now,
    )
    .await?;
    let code_for = CodeFor::RegistrationEmail(registration);
    let expires_at = now + SignedDuration::from_mins(15);
    tx.add_code(new_id(now, random), code_for, &token, &token, 5, now, expires_at).await?;
    let proof = tx.consume_code(code_for, &token, 5, now).await?.expect("the code is right");
    tx.mark_email_verified(&proof, now).await?;
    tx.save_details(registration, row.first_name.as_str(), row.last_name.as_str(), hash, 3, now).await?;
    let seed = vault::totp::new_seed(random);
    let secret = MethodSecret::seed(seed.clone());
    tx.choose_method(registration, MethodKind::App, Some(&secret)).await?;
    let id = new_id(now, random);
    assert!(tx.add_account(registration, id, now).await?, "no account is made");
    tx.add_sign_in_method(new_id(now, random), id, MethodKind::App, &secret, 0, now).await?;
    Ok(OneOfMany { id, email, seed })
}

fn row(number: usize, now: Timestamp) -> RosterRow {
    let email = format!("person{number}@northfield.example");
    let fields = RosterFields {
        first_name: "Amina",
        last_name: "Khan",
        date_of_birth: "1990-04-12",
        email: &email,
        phone: "",
        staff_group: "Nursing and Midwifery Registered",
        job_role: "",
        employment_type: "permanent or fixed term",
        employment_status: "current employee",
        esr_number: "",
        user_type: "",
    };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    RosterRow::parse(&fields, today, PhonePolicy::default())
        .unwrap_or_else(|problems| panic!("the roster's row is bad: {problems:?}"))
}
