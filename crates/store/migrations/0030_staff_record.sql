-- What was provided from the records of an HR system (guide 000). Words in braces: see src/migrate.rs.

-- How the pulls of an organisation stand.
CREATE TABLE staff_pull (
    organisation_id {uuid} PRIMARY KEY REFERENCES organisation (id),
    -- The one under way, or the last.
    pull_id {uuid} NOT NULL,
    -- The local day whose pull it is; none where somebody asked for it by hand.
    day TEXT,
    -- Whoever pulls; none while nobody does.
    holder {uuid},
    -- After this moment another one goes on.
    held_until {time} NOT NULL,
    -- Before this moment nobody tries again by themselves.
    not_before {time} NOT NULL,
    -- The last day whose pull is over.
    done_day TEXT
) {strict};

-- What the source said last of somebody, by each type of credential.
CREATE TABLE staff_record (
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    account_id {uuid} NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    variant TEXT NOT NULL,
    -- A keyed hash of what it said.
    said {bytes} NOT NULL,
    -- The credential that says it, and the one that said what was said before.
    credential_id {uuid} NOT NULL,
    before_id {uuid},
    -- The pull that provided it.
    pull_id {uuid} NOT NULL,
    PRIMARY KEY (organisation_id, account_id, kind, variant)
) {strict};
