-- Job roles and what they require of a staff passport (guide 000). Words in braces: see src/migrate.rs.

CREATE TABLE job_role (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- The name as it is compared: no two of an organisation are the same.
    name_folded TEXT NOT NULL,
    -- The codes of types of credentials, with spaces between them.
    requires TEXT NOT NULL,
    changed_at {time} NOT NULL
) {strict};
CREATE UNIQUE INDEX job_role_name ON job_role (organisation_id, name_folded);

-- Who has which, in which organisation: also people of another one who shared their credentials.
CREATE TABLE passport_job_role (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    account_id {uuid} NOT NULL REFERENCES account (id),
    job_role_id {uuid} NOT NULL REFERENCES job_role (id),
    given_by {uuid} NOT NULL,
    given_at {time} NOT NULL,
    -- That the rest of what it requires need not be there, who said so, and why: sealed.
    bypassed_at {time},
    -- The codes of what was missing then.
    bypassed TEXT,
    bypassed_by {uuid},
    bypass_reason {bytes}
) {strict};
CREATE UNIQUE INDEX passport_job_role_account ON passport_job_role (organisation_id, account_id);
CREATE INDEX passport_job_role_of ON passport_job_role (job_role_id);
