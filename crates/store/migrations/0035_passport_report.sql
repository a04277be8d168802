-- What the staff passports of a trust amount to, counted once an hour (guide 000). Words in braces: see src/migrate.rs.

CREATE TABLE passport_report (
    organisation_id {uuid} PRIMARY KEY REFERENCES organisation (id),
    -- When a node began to count: another one does so again an hour later, also where this one came to no end.
    begun_at {time} NOT NULL,
    -- What was counted last, and when that began. Counts alone, JSON.
    counted_at {time},
    counts TEXT
) {strict};

-- All that is counted of credentials, person by person, so that the credentials themselves are not read.
CREATE INDEX credential_counted ON credential (organisation_id, account_id, id, kind, variant, valid_until, accepted_at,
    rejected_at, reject_reason, resolved_at, withdrawn_at, revoked_at, archived_at);
