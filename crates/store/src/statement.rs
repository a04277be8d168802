//! Statements as constants, listed so that a test can prepare each of them on both databases.

/// One statement of the project.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Its name in the code.
    pub name: &'static str,
    /// Its text for SQLite.
    pub sqlite: &'static str,
    /// Its text for PostgreSQL: the same but for `skip locked`.
    pub postgres: &'static str,
}

/// Names the statements of a module, and lists them as its `STATEMENTS`. A statement that hands out work among nodes
/// says `skip locked` where its inner select ends, which SQLite neither knows nor needs: it has one writer.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $before:literal $(, skip locked, $after:literal)?;)+) => {
        $(
            $(#[$doc])*
            const $name: $crate::Statement = $crate::Statement {
                name: stringify!($name),
                sqlite: concat!($before $(, $after)?),
                postgres: concat!($before $(, " FOR UPDATE SKIP LOCKED ", $after)?),
            };
        )+
        /// Every statement of this module.
        pub(crate) const STATEMENTS: &[$crate::Statement] = &[$($name),+];
    };
}
pub(crate) use statements;

/// Every statement of the project, but for the import's lines of values, which are made as long as the batch.
pub fn all_statements() -> impl Iterator<Item = Statement> {
    [
        crate::access_key::STATEMENTS,
        crate::account::STATEMENTS,
        crate::activity::STATEMENTS,
        crate::asked::STATEMENTS,
        crate::audit::STATEMENTS,
        crate::authenticator::STATEMENTS,
        crate::authority::STATEMENTS,
        crate::backend_request::STATEMENTS,
        crate::backend_revocation::STATEMENTS,
        crate::caller::STATEMENTS,
        crate::call_log::STATEMENTS,
        crate::card_job::STATEMENTS,
        crate::card_job_turn::STATEMENTS,
        crate::card_job_waiting::STATEMENTS,
        crate::certificate_issuer::STATEMENTS,
        crate::card_sign_in::STATEMENTS,
        crate::code::STATEMENTS,
        crate::console_figures::STATEMENTS,
        crate::credential::STATEMENTS,
        crate::credential_client::STATEMENTS,
        crate::credential_copy::STATEMENTS,
        crate::credential_list::STATEMENTS,
        crate::credential_rejection::STATEMENTS,
        crate::delivery::STATEMENTS,
        crate::device::STATEMENTS,
        crate::guard::STATEMENTS,
        crate::housekeeping::STATEMENTS,
        crate::limits::STATEMENTS,
        crate::method::STATEMENTS,
        crate::method_setup::STATEMENTS,
        crate::offer::STATEMENTS,
        crate::organisation::STATEMENTS,
        crate::outbox::STATEMENTS,
        crate::passcode_history::STATEMENTS,
        crate::passkey::STATEMENTS,
        crate::passport_authorisation::STATEMENTS,
        crate::passport_client::STATEMENTS,
        crate::passport_deferred::STATEMENTS,
        crate::passport_event::STATEMENTS,
        crate::passport_key::STATEMENTS,
        crate::passport_opt_out::STATEMENTS,
        crate::passport_reminder::STATEMENTS,
        crate::passport_reminder_asked::STATEMENTS,
        crate::passport_report::STATEMENTS,
        crate::passport_request_key::STATEMENTS,
        crate::passport_team::STATEMENTS,
        crate::passport_used::STATEMENTS,
        crate::people::STATEMENTS,
        crate::presentation::STATEMENTS,
        crate::recovery::STATEMENTS,
        crate::registration::STATEMENTS,
        crate::registration_authority::STATEMENTS,
        crate::report::STATEMENTS,
        crate::reseal::STATEMENTS,
        crate::reset::STATEMENTS,
        crate::role::STATEMENTS,
        crate::roster::STATEMENTS,
        crate::server_passcode::STATEMENTS,
        crate::session::STATEMENTS,
        crate::share::STATEMENTS,
        crate::share_review::STATEMENTS,
        crate::invitation::STATEMENTS,
        crate::job_role::STATEMENTS,
        crate::job_role_by_record::STATEMENTS,
        crate::invitation_batch::STATEMENTS,
        crate::sign_in::STATEMENTS,
        crate::smartcard::STATEMENTS,
        crate::smartcard_alert::STATEMENTS,
        crate::smartcard_certificate::STATEMENTS,
        crate::smartcard_figures::STATEMENTS,
        crate::smartcard_life::STATEMENTS,
        crate::smartcard_lists::STATEMENTS,
        crate::smartcard_message::STATEMENTS,
        crate::staff_record::STATEMENTS,
        crate::status_list::STATEMENTS,
        crate::texts::STATEMENTS,
        crate::trusted_issuer::STATEMENTS,
        crate::verification::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
