//! What the service of a wallet's maker was asked, beside the offer, or the request to show something, that it is for.

use crate::db::{execute, reading};
use crate::moment::millis;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// What a service was asked.
#[derive(Clone, PartialEq, Eq)]
pub struct BackendRequest {
    /// That of the offer, or of the request to show something.
    pub id: Uuid,
    /// Which service: `entra`.
    pub backend: String,
    /// What the service calls it.
    pub request: String,
    /// What the QR code holds.
    pub link: String,
}

impl std::fmt::Debug for BackendRequest {
    /// Whoever has the link may have the credential.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackendRequest")
            .field("id", &self.id)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

statements! {
    ADD = "INSERT INTO backend_request (id, backend, request, link, made_at) VALUES ($1, $2, $3, $4, $5)";
    ONE = "SELECT id, backend, request, link FROM backend_request WHERE id = $1";
    ERASE = "DELETE FROM backend_request WHERE made_at <= $1";
}

/// What a sealed link is bound to.
pub(crate) fn link_context(id: Uuid) -> String {
    format!("backend_request/{id}/link")
}

impl Store {
    /// What was asked beside an offer, or a request to show something, with this id.
    ///
    /// # Errors
    /// Where the database cannot be read or the link not be opened.
    pub async fn backend_request(&self, id: Uuid) -> Result<Option<BackendRequest>, StoreError> {
        let row: Option<(Uuid, String, String, Vec<u8>)> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(|(id, backend, request, link)| {
            let link = String::from_utf8(self.keys.open(&link_context(id), &link)?.to_vec())
                .map_err(|_| StoreError::Corrupt("a link to a wallet that is no text"))?;
            Ok(BackendRequest { id, backend, request, link })
        })
        .transpose()
    }
}

impl Tx {
    /// Keeps what a service was asked.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_backend_request(
        &mut self,
        new: &BackendRequest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let BackendRequest { id, backend, request, link } = new;
        let sealed = self.store.keys.seal(&link_context(*id), link.as_bytes(), self.store.random.as_ref());
        execute!(self, ADD, *id, backend.as_str(), request.as_str(), sealed, millis(now)).map(|_| ())
    }

    /// Erases what was asked at or before `before`.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn erase_backend_requests(&mut self, before: Timestamp) -> Result<(), StoreError> {
        execute!(self, ERASE, millis(before)).map(|_| ())
    }
}
