//! Sealing what is secret, and sealing it again after the keys were rotated.

use crate::db::{execute, in_tx};
use crate::method::MethodSecret;
use crate::statement::statements;
use crate::{Statement, Store, StoreError, Tx};
use uuid::Uuid;
use vault::Secret;

impl Store {
    pub(crate) fn seal_secret(&self, context: &str, secret: &MethodSecret) -> Vec<u8> {
        self.keys.seal(context, secret.as_seed().expose(), self.random.as_ref())
    }

    pub(crate) fn open_secret(&self, context: &str, sealed: &[u8]) -> Result<MethodSecret, StoreError> {
        let plain = self.keys.open(context, sealed)?;
        Ok(MethodSecret::seed(Secret::new(plain.to_vec())))
    }

    /// Seals with the current key whatever an older one sealed. Answers how many values. Begin it again after a crash:
    /// what is done is not done twice.
    ///
    /// # Errors
    /// Where the database refuses or a value cannot be opened.
    pub async fn reseal(&self) -> Result<u64, StoreError> {
        let mut resealed = 0;
        for column in COLUMNS {
            let mut after = Uuid::nil();
            loop {
                let mut tx = self.begin().await?;
                let (last, done) = tx.reseal_page(column, after).await?;
                tx.commit().await?;
                resealed += done;
                match last {
                    Some(last) => after = last,
                    None => break,
                }
            }
        }
        Ok(resealed)
    }
}

/// A column with sealed values.
struct SealedColumn {
    page: Statement,
    replace: Statement,
    context: fn(Uuid) -> String,
}

statements! {
    METHODS = "SELECT id, secret FROM sign_in_method WHERE id > $1 AND secret IS NOT NULL ORDER BY id LIMIT 500";
    METHOD = "UPDATE sign_in_method SET secret = $3 WHERE id = $1 AND secret = $2";
    REGISTRATIONS = "SELECT id, method_secret FROM registration WHERE id > $1 AND method_secret IS NOT NULL
        ORDER BY id LIMIT 500";
    REGISTRATION = "UPDATE registration SET method_secret = $3 WHERE id = $1 AND method_secret = $2";
    SETUPS = "SELECT id, secret FROM method_setup WHERE id > $1 AND secret IS NOT NULL ORDER BY id LIMIT 500";
    SETUP = "UPDATE method_setup SET secret = $3 WHERE id = $1 AND secret = $2";
    PHONES = "SELECT id, phone FROM roster_entry WHERE id > $1 AND phone IS NOT NULL ORDER BY id LIMIT 500";
    PHONE = "UPDATE roster_entry SET phone = $3 WHERE id = $1 AND phone = $2";
    PAYLOADS = "SELECT id, payload FROM outbox WHERE id > $1 AND payload IS NOT NULL ORDER BY id LIMIT 500";
    PAYLOAD = "UPDATE outbox SET payload = $3 WHERE id = $1 AND payload = $2";
    JOB_ORDERS = "SELECT id, last_order FROM card_job WHERE id > $1 AND last_order IS NOT NULL ORDER BY id LIMIT 500";
    JOB_ORDER = "UPDATE card_job SET last_order = $3 WHERE id = $1 AND last_order = $2";
    JOBS_TYPED = "SELECT id, typed FROM card_job WHERE id > $1 AND typed IS NOT NULL ORDER BY id LIMIT 500";
    JOB_TYPED = "UPDATE card_job SET typed = $3 WHERE id = $1 AND typed = $2";
    JOBS_HELD = "SELECT id, held FROM card_job WHERE id > $1 AND held IS NOT NULL ORDER BY id LIMIT 500";
    JOB_HELD = "UPDATE card_job SET held = $3 WHERE id = $1 AND held = $2";
    NUMBERS = "SELECT id, number FROM number_repair WHERE id > $1 AND number IS NOT NULL ORDER BY id LIMIT 500";
    NUMBER = "UPDATE number_repair SET number = $3 WHERE id = $1 AND number = $2";
    PUSHES = "SELECT id, push FROM authenticator_device WHERE id > $1 AND push IS NOT NULL ORDER BY id LIMIT 500";
    CONTENTS = "SELECT id, content FROM credential WHERE id > $1 ORDER BY id LIMIT 500";
    CONTENT = "UPDATE credential SET content = $3 WHERE id = $1 AND content = $2";
    DETAILS = "SELECT id, reject_details FROM credential WHERE id > $1 AND reject_details IS NOT NULL ORDER BY id LIMIT 500";
    DETAIL = "UPDATE credential SET reject_details = $3 WHERE id = $1 AND reject_details = $2";
    ROOT_KEYS = "SELECT id, key FROM passport_root WHERE id > $1 AND key IS NOT NULL ORDER BY id LIMIT 500";
    ROOT_KEY = "UPDATE passport_root SET key = $3 WHERE id = $1 AND key = $2";
    SIGNING_KEYS = "SELECT id, key FROM passport_key WHERE id > $1 AND key IS NOT NULL ORDER BY id LIMIT 500";
    SIGNING_KEY = "UPDATE passport_key SET key = $3 WHERE id = $1 AND key = $2";
    REQUEST_KEYS = "SELECT id, key FROM passport_request_key WHERE id > $1 ORDER BY id LIMIT 500";
    REQUEST_KEY = "UPDATE passport_request_key SET key = $3 WHERE id = $1 AND key = $2";
    REQUESTS = "SELECT id, request FROM presentation WHERE id > $1 ORDER BY id LIMIT 500";
    REQUEST = "UPDATE presentation SET request = $3 WHERE id = $1 AND request = $2";
    SHOWN = "SELECT id, presented FROM presentation WHERE id > $1 AND presented IS NOT NULL ORDER BY id LIMIT 500";
    SHOWN_ONE = "UPDATE presentation SET presented = $3 WHERE id = $1 AND presented = $2";
    SHARED = "SELECT id, content FROM shared_credential WHERE id > $1 ORDER BY id LIMIT 500";
    SHARED_ONE = "UPDATE shared_credential SET content = $3 WHERE id = $1 AND content = $2";
    BYPASSES = "SELECT id, bypass_reason FROM passport_job_role WHERE id > $1 AND bypass_reason IS NOT NULL
        ORDER BY id LIMIT 500";
    BYPASS = "UPDATE passport_job_role SET bypass_reason = $3 WHERE id = $1 AND bypass_reason = $2";
    REVIEWS = "SELECT id, reject_details FROM shared_credential WHERE id > $1 AND reject_details IS NOT NULL
        ORDER BY id LIMIT 500";
    REVIEW = "UPDATE shared_credential SET reject_details = $3 WHERE id = $1 AND reject_details = $2";
    FILES = "SELECT id, file FROM invitation_batch WHERE id > $1 AND file IS NOT NULL ORDER BY id LIMIT 500";
    FILE = "UPDATE invitation_batch SET file = $3 WHERE id = $1 AND file = $2";
    LINKS = "SELECT id, link FROM backend_request WHERE id > $1 ORDER BY id LIMIT 500";
    LINK = "UPDATE backend_request SET link = $3 WHERE id = $1 AND link = $2";
    PUSH = "UPDATE authenticator_device SET push = $3 WHERE id = $1 AND push = $2";
}

const COLUMNS: &[SealedColumn] = &[
    SealedColumn { page: METHODS, replace: METHOD, context: crate::method::method_context },
    SealedColumn { page: REGISTRATIONS, replace: REGISTRATION, context: crate::registration::method_context },
    SealedColumn { page: PHONES, replace: PHONE, context: crate::roster::phone_context },
    SealedColumn { page: PAYLOADS, replace: PAYLOAD, context: crate::outbox::payload_context },
    SealedColumn { page: SETUPS, replace: SETUP, context: crate::method_setup::secret_context },
    SealedColumn { page: PUSHES, replace: PUSH, context: crate::authenticator::push_context },
    SealedColumn { page: JOB_ORDERS, replace: JOB_ORDER, context: crate::card_job::order_context },
    SealedColumn { page: JOBS_TYPED, replace: JOB_TYPED, context: crate::card_job::typed_context },
    SealedColumn { page: JOBS_HELD, replace: JOB_HELD, context: crate::card_job::held_context },
    SealedColumn { page: NUMBERS, replace: NUMBER, context: crate::caller::number_context },
    SealedColumn { page: CONTENTS, replace: CONTENT, context: crate::credential::content_context },
    SealedColumn { page: DETAILS, replace: DETAIL, context: crate::credential::details_context },
    SealedColumn { page: ROOT_KEYS, replace: ROOT_KEY, context: crate::passport_key::root_context },
    SealedColumn { page: SIGNING_KEYS, replace: SIGNING_KEY, context: crate::passport_key::key_context },
    SealedColumn {
        page: REQUEST_KEYS,
        replace: REQUEST_KEY,
        context: crate::passport_request_key::key_context,
    },
    SealedColumn { page: REQUESTS, replace: REQUEST, context: crate::presentation::request_context },
    SealedColumn { page: SHOWN, replace: SHOWN_ONE, context: crate::presentation::presented_context },
    SealedColumn { page: SHARED, replace: SHARED_ONE, context: crate::share::content_context },
    SealedColumn { page: FILES, replace: FILE, context: crate::invitation_batch::file_context },
    SealedColumn { page: BYPASSES, replace: BYPASS, context: crate::job_role::reason_context },
    SealedColumn { page: REVIEWS, replace: REVIEW, context: crate::share::details_context },
    SealedColumn { page: LINKS, replace: LINK, context: crate::backend_request::link_context },
];

impl Tx {
    async fn reseal_page(
        &mut self,
        column: &SealedColumn,
        after: Uuid,
    ) -> Result<(Option<Uuid>, u64), StoreError> {
        let rows: Vec<(Uuid, Vec<u8>)> =
            in_tx!(self, column.page, sqlx::query_as, |q, c| q.bind(after).fetch_all(c))?;
        let last = rows.last().map(|(id, _)| *id);
        let mut done = 0;
        for (id, sealed) in rows {
            if self.store.keys.is_current(&sealed) {
                continue;
            }
            let context = (column.context)(id);
            let plain = self.store.keys.open(&context, &sealed)?;
            let again = self.store.keys.seal(&context, &plain, self.store.random.as_ref());
            // A value that was replaced meanwhile was sealed with a newer key already.
            done += execute!(self, column.replace, id, sealed, again)?;
        }
        Ok((last, done))
    }
}
