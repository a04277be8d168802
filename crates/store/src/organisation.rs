//! Organisations: the trusts and other employers whose people use the service.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// An employer, as its people see it. The logo is read apart, by [`Store::organisation_logo`].
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Organisation {
    /// Never changes.
    pub id: Uuid,
    /// Short and unique, in capitals, such as `NTH`; part of its addresses.
    pub code: String,
    /// The name that pages and messages show.
    pub name: String,
    /// Where its people get help.
    pub support_email: Option<String>,
    /// The same by telephone.
    pub support_phone: Option<String>,
    /// Where its people reach the Registration Authority by e-mail, where that is not support.
    pub ra_email: Option<String>,
    /// The same by telephone.
    pub ra_phone: Option<String>,
    /// Where the Registration Authority is and when it is open, in the organisation's own words.
    pub ra_place: Option<String>,
    /// Where somebody who does not work there yet can read how to apply.
    pub apply_url: Option<String>,
    /// `#RRGGBB`.
    pub colour: Option<String>,
    /// Its stricter rules, as JSON; see `rules::policy`.
    pub policy: String,
    /// Whether it has a logo.
    pub has_logo: bool,
}

/// What can be set of an organisation; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of Organisation")]
pub struct OrganisationChange {
    pub name: Option<String>,
    pub support_email: Option<String>,
    pub support_phone: Option<String>,
    pub ra_email: Option<String>,
    pub ra_phone: Option<String>,
    pub ra_place: Option<String>,
    pub apply_url: Option<String>,
    pub colour: Option<String>,
    /// A PNG picture.
    pub logo: Option<Vec<u8>>,
    pub policy: Option<String>,
}

statements! {
    ADD = "INSERT INTO organisation (id, code, name, policy, added_at) VALUES ($1, $2, $3, '{}', $4)";
    CHANGE = "UPDATE organisation SET name = COALESCE($2, name), support_email = COALESCE($3, support_email),
        support_phone = COALESCE($4, support_phone), apply_url = COALESCE($5, apply_url),
        colour = COALESCE($6, colour), logo = COALESCE($7, logo), policy = COALESCE($8, policy),
        ra_email = COALESCE($9, ra_email), ra_phone = COALESCE($10, ra_phone), ra_place = COALESCE($11, ra_place)
        WHERE id = $1";
    BY_CODE = "SELECT id, code, name, support_email, support_phone, ra_email, ra_phone, ra_place, apply_url, colour, policy,
        logo IS NOT NULL AS has_logo FROM organisation WHERE code = $1";
    BY_ID = "SELECT id, code, name, support_email, support_phone, ra_email, ra_phone, ra_place, apply_url, colour, policy,
        logo IS NOT NULL AS has_logo FROM organisation WHERE id = $1";
    ALL = "SELECT id, code, name, support_email, support_phone, ra_email, ra_phone, ra_place, apply_url, colour, policy,
        logo IS NOT NULL AS has_logo FROM organisation ORDER BY name, code";
    LOGO = "SELECT logo FROM organisation WHERE code = $1";
}

impl Tx {
    /// Adds an organisation. `code` is kept as given: the caller brings it to capitals.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where the code is another organisation's.
    pub async fn add_organisation(
        &mut self,
        id: Uuid,
        code: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(self, ADD, id, code, name, millis(now)).map(|_| ())
    }

    /// Changes what is set in `change`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn change_organisation(
        &mut self,
        id: Uuid,
        change: &OrganisationChange,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            CHANGE,
            id,
            &change.name,
            &change.support_email,
            &change.support_phone,
            &change.apply_url,
            &change.colour,
            &change.logo,
            &change.policy,
            &change.ra_email,
            &change.ra_phone,
            &change.ra_place
        )
        .map(|_| ())
    }

    /// The organisation with this id, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisation(&mut self, id: Uuid) -> Result<Option<Organisation>, StoreError> {
        Ok(in_tx!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?)
    }
}

impl Store {
    /// The organisation with this code (in capitals).
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisation_by_code(&self, code: &str) -> Result<Option<Organisation>, StoreError> {
        Ok(reading!(self, BY_CODE, sqlx::query_as, |q, c| q.bind(code).fetch_optional(c))?)
    }

    /// The organisation with this id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisation(&self, id: Uuid) -> Result<Option<Organisation>, StoreError> {
        Ok(reading!(self, BY_ID, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?)
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        Ok(reading!(self, ALL, sqlx::query_as, |q, c| q.fetch_all(c))?)
    }

    /// The organisation's logo, a PNG picture.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn organisation_logo(&self, code: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Option<Vec<u8>>,)> =
            reading!(self, LOGO, sqlx::query_as, |q, c| q.bind(code).fetch_optional(c))?;
        Ok(row.and_then(|(logo,)| logo))
    }
}
