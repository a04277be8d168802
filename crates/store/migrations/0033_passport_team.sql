-- Teams of a trust that look after credentials of their areas (guide 000). Words in braces: see src/migrate.rs.

CREATE TABLE passport_team (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- The name as it is compared: no two of an organisation are the same.
    name_folded TEXT NOT NULL,
    email TEXT NOT NULL,
    -- The families of credentials that it looks after, with spaces between them.
    families TEXT NOT NULL,
    -- Whether it gets a summary every Monday, and the last local day for which it has.
    weekly {int} NOT NULL,
    summary_day TEXT,
    changed_at {time} NOT NULL
) {strict};
CREATE UNIQUE INDEX passport_team_name ON passport_team (organisation_id, name_folded);
