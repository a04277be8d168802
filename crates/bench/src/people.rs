//! People with accounts, put into a new database by the store itself.

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use rules::phone::PhonePolicy;
use rules::roster::{RosterFields, RosterRow};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::code::CodeFor;
use store::method::{MethodKind, MethodSecret};
use store::registration::{Journey, NewRegistration};
use vault::{HashSettings, Hasher, Keys, Random as _, Secret, SystemRandom, new_id};

/// Everybody's password.
pub const PASSWORD: &str = "heron ladder marmalade 41";

/// A person with an account and an authenticator app.
#[derive(Clone)]
pub struct Person {
    /// The user name.
    pub email: String,
    seed: Secret<Vec<u8>>,
}

impl Person {
    /// What the app shows now.
    pub fn code(&self) -> String {
        vault::totp::code_at(&self.seed, now()).expose().clone()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the service that is measured runs by the machine's clock, too"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Makes a database and keys in `folder`, with one organisation and `count` people.
pub async fn settle(folder: &Path, count: usize) -> Result<(Vec<Person>, Keys)> {
    let random = Arc::new(SystemRandom::new());
    let keys = Keys::generate(random.as_ref());
    keys.save_new(&folder.join("keys"))?;
    let shared = Arc::new(Keys::load(&folder.join("keys"))?);
    let url = format!("sqlite://{}", folder.join("fobwatch.db").display());
    let store = Store::open(&url, 2, shared, random.clone()).await?;
    store.migrate().await?;
    // Everybody has the same password, so its hash is made once.
    let hasher = Hasher::new(HashSettings::for_cores(1), &keys)?;
    let hash = hasher.hash(&Secret::new(PASSWORD.to_owned()), random.as_ref()).await?;

    let now = now();
    let organisation = new_id(now, random.as_ref());
    let rows = (0..count).map(|number| row(number, now)).collect::<Result<Vec<_>>>()?;
    let mut tx = store.begin().await?;
    tx.add_organisation(organisation, "NTH", "Northfield Hospitals", now).await?;
    tx.import_roster(organisation, &rows, now, &|_, _| store::roster::Missing::Keep, &|_| ())
        .await?
        .context("the roster is refused")?;
    let mut people = Vec::with_capacity(count);
    for row in rows {
        let email = row.email.as_str().to_owned();
        let entry = tx.roster_entry_by_email(organisation, &email).await?.context("not on the roster")?;
        let registration = new_id(now, random.as_ref());
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
        let expires_at = now.checked_add(SignedDuration::from_mins(15))?;
        tx.add_code(new_id(now, random.as_ref()), code_for, &token, &token, 5, now, expires_at).await?;
        let proof = tx.consume_code(code_for, &token, 5, now).await?.ok().context("the code is refused")?;
        tx.mark_email_verified(&proof, now).await?;
        tx.save_details(registration, row.first_name.as_str(), row.last_name.as_str(), &hash, 3, now).await?;
        let seed = vault::totp::new_seed(random.as_ref());
        let secret = MethodSecret::seed(seed.clone());
        tx.choose_method(registration, MethodKind::App, Some(&secret)).await?;
        let account = new_id(now, random.as_ref());
        ensure!(tx.add_account(registration, account, now).await?, "no account is made");
        tx.add_sign_in_method(new_id(now, random.as_ref()), account, MethodKind::App, &secret, 0, now)
            .await?;
        people.push(Person { email, seed });
    }
    tx.commit().await?;
    store.close().await;
    Ok((people, keys))
}

fn row(number: usize, now: Timestamp) -> Result<RosterRow> {
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
        .map_err(|problems| anyhow::anyhow!("the roster's row is bad: {problems:?}"))
}
