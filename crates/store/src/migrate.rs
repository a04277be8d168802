//! Migrations: one text for both databases, with a handful of words replaced.

use crate::StoreError;
use sqlx::AssertSqlSafe;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Which of the two databases a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// Version, description, text for SQLite, text for PostgreSQL. A migration is never edited after it landed.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "foundation",
        include_str!("../migrations/0001_foundation.sql"),
        include_str!("../migrations/0001_foundation.sql"),
    ),
    (
        2,
        "audit guard",
        include_str!("../migrations/0002_audit_guard.sqlite.sql"),
        include_str!("../migrations/0002_audit_guard.postgres.sql"),
    ),
    (
        3,
        "security info",
        include_str!("../migrations/0003_security_info.sql"),
        include_str!("../migrations/0003_security_info.sql"),
    ),
    (4, "texts", include_str!("../migrations/0004_texts.sql"), include_str!("../migrations/0004_texts.sql")),
    (
        5,
        "passkeys",
        include_str!("../migrations/0005_passkeys.sql"),
        include_str!("../migrations/0005_passkeys.sql"),
    ),
    (
        6,
        "method setup",
        include_str!("../migrations/0006_method_setup.sql"),
        include_str!("../migrations/0006_method_setup.sql"),
    ),
    (7, "reset", include_str!("../migrations/0007_reset.sql"), include_str!("../migrations/0007_reset.sql")),
    (
        8,
        "console",
        include_str!("../migrations/0008_console.sql"),
        include_str!("../migrations/0008_console.sql"),
    ),
    (
        9,
        "console figures",
        include_str!("../migrations/0009_console_figures.sql"),
        include_str!("../migrations/0009_console_figures.sql"),
    ),
    (10, "asked", include_str!("../migrations/0010_asked.sql"), include_str!("../migrations/0010_asked.sql")),
    (
        11,
        "smartcards",
        include_str!("../migrations/0011_smartcards.sql"),
        include_str!("../migrations/0011_smartcards.sql"),
    ),
    (
        12,
        "card jobs",
        include_str!("../migrations/0012_card_jobs.sql"),
        include_str!("../migrations/0012_card_jobs.sql"),
    ),
    (
        13,
        "registration authority",
        include_str!("../migrations/0013_registration_authority.sql"),
        include_str!("../migrations/0013_registration_authority.sql"),
    ),
    (
        14,
        "card sign in",
        include_str!("../migrations/0014_card_sign_in.sql"),
        include_str!("../migrations/0014_card_sign_in.sql"),
    ),
    (15, "pki", include_str!("../migrations/0015_pki.sql"), include_str!("../migrations/0015_pki.sql")),
    (
        16,
        "verification",
        include_str!("../migrations/0016_verification.sql"),
        include_str!("../migrations/0016_verification.sql"),
    ),
    (
        17,
        "registration authority contact",
        include_str!("../migrations/0017_registration_authority_contact.sql"),
        include_str!("../migrations/0017_registration_authority_contact.sql"),
    ),
    (
        18,
        "outside authority",
        include_str!("../migrations/0018_outside_authority.sql"),
        include_str!("../migrations/0018_outside_authority.sql"),
    ),
    (
        19,
        "passport",
        include_str!("../migrations/0019_passport.sql"),
        include_str!("../migrations/0019_passport.sql"),
    ),
    (
        20,
        "presentation",
        include_str!("../migrations/0020_presentation.sql"),
        include_str!("../migrations/0020_presentation.sql"),
    ),
    (
        21,
        "passport portal",
        include_str!("../migrations/0021_passport_portal.sql"),
        include_str!("../migrations/0021_passport_portal.sql"),
    ),
    (
        22,
        "passport authorisation",
        include_str!("../migrations/0022_passport_authorisation.sql"),
        include_str!("../migrations/0022_passport_authorisation.sql"),
    ),
    (
        23,
        "passport trust",
        include_str!("../migrations/0023_passport_trust.sql"),
        include_str!("../migrations/0023_passport_trust.sql"),
    ),
    (
        24,
        "passport trust",
        include_str!("../migrations/0024_passport_trust.sql"),
        include_str!("../migrations/0024_passport_trust.sql"),
    ),
    (
        25,
        "share review",
        include_str!("../migrations/0025_share_review.sql"),
        include_str!("../migrations/0025_share_review.sql"),
    ),
    (
        26,
        "invitation",
        include_str!("../migrations/0026_invitation.sql"),
        include_str!("../migrations/0026_invitation.sql"),
    ),
    (
        27,
        "outbox awaited",
        include_str!("../migrations/0027_outbox_awaited.sql"),
        include_str!("../migrations/0027_outbox_awaited.sql"),
    ),
    (
        28,
        "job role",
        include_str!("../migrations/0028_job_role.sql"),
        include_str!("../migrations/0028_job_role.sql"),
    ),
    (
        29,
        "reminder asked",
        include_str!("../migrations/0029_reminder_asked.sql"),
        include_str!("../migrations/0029_reminder_asked.sql"),
    ),
    (
        30,
        "staff record",
        include_str!("../migrations/0030_staff_record.sql"),
        include_str!("../migrations/0030_staff_record.sql"),
    ),
    (
        31,
        "wallet backend",
        include_str!("../migrations/0031_wallet_backend.sql"),
        include_str!("../migrations/0031_wallet_backend.sql"),
    ),
    (
        32,
        "person key",
        include_str!("../migrations/0032_person_key.sqlite.sql"),
        include_str!("../migrations/0032_person_key.postgres.sql"),
    ),
    (
        33,
        "passport team",
        include_str!("../migrations/0033_passport_team.sql"),
        include_str!("../migrations/0033_passport_team.sql"),
    ),
    (
        34,
        "archived by trust",
        include_str!("../migrations/0034_archived_by_trust.sql"),
        include_str!("../migrations/0034_archived_by_trust.sql"),
    ),
    (
        35,
        "passport report",
        include_str!("../migrations/0035_passport_report.sql"),
        include_str!("../migrations/0035_passport_report.sql"),
    ),
    (
        36,
        "staff pull end",
        include_str!("../migrations/0036_staff_pull_end.sql"),
        include_str!("../migrations/0036_staff_pull_end.sql"),
    ),
    (
        37,
        "found by index",
        include_str!("../migrations/0037_found_by_index.sql"),
        include_str!("../migrations/0037_found_by_index.sql"),
    ),
    (
        39,
        "passport event about",
        include_str!("../migrations/0039_passport_event_about.sql"),
        include_str!("../migrations/0039_passport_event_about.sql"),
    ),
    (
        40,
        "job role by record",
        include_str!("../migrations/0040_job_role_by_record.sql"),
        include_str!("../migrations/0040_job_role_by_record.sql"),
    ),
];

/// The words that differ: as written, for SQLite, for PostgreSQL.
const WORDS: &[(&str, &str, &str)] = &[
    ("{uuid}", "BLOB", "UUID"),
    ("{time}", "INTEGER", "BIGINT"),
    ("{int}", "INTEGER", "BIGINT"),
    ("{bytes}", "BLOB", "BYTEA"),
    ("{no bytes}", "x''", "''::bytea"),
    ("{strict}", "STRICT", ""),
];

/// The migrations, worded for `dialect`. Applied ones are remembered with a checksum in the database.
pub(crate) fn migrator(dialect: Dialect) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, description, sqlite, postgres)| {
            let sql = WORDS.iter().fold(
                match dialect {
                    Dialect::Sqlite => (*sqlite).to_owned(),
                    Dialect::Postgres => (*postgres).to_owned(),
                },
                |sql, (word, sqlite, postgres)| match dialect {
                    Dialect::Sqlite => sql.replace(word, sqlite),
                    Dialect::Postgres => sql.replace(word, postgres),
                },
            );
            Migration::new(
                *version,
                (*description).into(),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migration(error.to_string())
    }
}
