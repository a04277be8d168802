//! Lists that say which credentials are revoked, and the places in them.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// A list as it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusList {
    /// Never changes; part of its address.
    pub id: Uuid,
    /// Whose credentials it is about.
    pub organisation_id: Uuid,
    /// The root below which they were issued, and below which the list is signed.
    pub root_id: Uuid,
    /// How many places it has.
    pub size: u32,
    /// How often something in it changed.
    pub revision: i64,
}

/// A new list, where one is needed.
#[derive(Debug, Clone, Copy)]
pub struct NewStatusList {
    /// New.
    pub id: Uuid,
    /// Whose credentials it is about.
    pub organisation_id: Uuid,
    /// The root below which they are issued: a list is about those of one root.
    pub root_id: Uuid,
    /// How many places it has: at least 2.
    pub size: u32,
}

statements! {
    ADD = "INSERT INTO status_list
            (id, organisation_id, root_id, size, taken, opened_at, revision, changed_at, holds_until)
        VALUES ($1, $2, $3, $4, 0, $5, 0, $5, $5) ON CONFLICT (id) DO NOTHING";
    // Half of the places stay free, so that few draws are in vain.
    TAKE = "UPDATE status_list SET taken = taken + 1,
            holds_until = CASE WHEN holds_until < $3 THEN $3 ELSE holds_until END
        WHERE id = (SELECT id FROM status_list WHERE organisation_id = $1 AND root_id = $2 AND taken * 2 < size
                ORDER BY opened_at DESC, id DESC LIMIT 1)
            AND taken * 2 < size
        RETURNING id";
    ONE = "SELECT id, organisation_id, root_id, size, revision FROM status_list WHERE id = $1";
    REVOKED = "SELECT place FROM credential_copy WHERE status_list_id = $1 AND revoked_at IS NOT NULL ORDER BY place";
}

impl Store {
    /// A list. Read it before its places: what is revoked between is then told twice, never passed over.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn status_list(&self, id: Uuid) -> Result<Option<StatusList>, StoreError> {
        let row: Option<(Uuid, Uuid, Option<Uuid>, i64, i64)> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|(id, organisation_id, root_id, size, revision)| {
            let root_id = root_id.ok_or(StoreError::Corrupt("a status list below no root"))?;
            let size = u32::try_from(size).map_err(|_| StoreError::Corrupt("the size of a status list"))?;
            Ok(StatusList { id, organisation_id, root_id, size, revision })
        })
        .transpose()
    }

    /// The places of a list whose copies are revoked.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn revoked_places(&self, list: Uuid) -> Result<Vec<u32>, StoreError> {
        let rows: Vec<(i64,)> = reading!(self, REVOKED, sqlx::query_as, |q, c| q.bind(list).fetch_all(c))?;
        rows.into_iter()
            .map(|(place,)| u32::try_from(place).map_err(|_| StoreError::Corrupt("a place in a status list")))
            .collect()
    }
}

impl Tx {
    /// Takes one place of the organisation's list that is less than half full, or of `new` where there is none, for something that can
    /// hold until `holds_until`. Which place it is, the caller draws. The list is held until this transaction ends, so that it never gets fuller than that. Answers its id, and
    /// how many places it has.
    ///
    /// # Errors
    /// Where the database refuses.
    pub(crate) async fn take_from_status_list(
        &mut self,
        new: NewStatusList,
        holds_until: Timestamp,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let NewStatusList { id, organisation_id, root_id, size } = new;
        for again in 0..MOST_LISTS {
            let taken: Option<(Uuid,)> = in_tx!(self, TAKE, sqlx::query_as, |q, c| q
                .bind(organisation_id)
                .bind(root_id)
                .bind(millis(holds_until))
                .fetch_optional(c))?;
            if let Some((id,)) = taken {
                return Ok(id);
            }
            // Others may have filled the list while this waited for it: then there is another one.
            if again > 0 {
                execute!(self, ADD, id, organisation_id, root_id, i64::from(size), millis(now))?;
            }
        }
        Err(StoreError::Corrupt("the status lists are full"))
    }
}

/// So often a list is looked for.
const MOST_LISTS: usize = 20;
