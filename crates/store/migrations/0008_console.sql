-- The service desk's console: finding people, being sure who is calling, roles by two administrators, the audit of one
-- organisation. Words in braces: see src/migrate.rs.

-- Names in the form in which they are looked for. Those that are there already are folded more plainly than new ones.
ALTER TABLE account ADD COLUMN first_name_folded TEXT;
ALTER TABLE account ADD COLUMN last_name_folded TEXT;
UPDATE account SET first_name_folded = LOWER(first_name), last_name_folded = LOWER(last_name);
CREATE INDEX account_folded ON account (organisation_id, last_name_folded);

-- How one member of staff made sure who one person is.
CREATE TABLE caller_check (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    staff_id {uuid} NOT NULL REFERENCES account (id),
    -- 'text', 'email' or 'documents'.
    how TEXT NOT NULL,
    started_at {time} NOT NULL,
    proved_at {time}
) {strict};
CREATE INDEX caller_check_pair ON caller_check (account_id, staff_id, proved_at);

-- A UK number that the service desk is about to put in the place of one that may not be used.
CREATE TABLE number_repair (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    staff_id {uuid} NOT NULL REFERENCES account (id),
    -- Sealed; erased when it is done.
    number {bytes},
    reason TEXT NOT NULL,
    started_at {time} NOT NULL,
    finished_at {time}
) {strict};
CREATE INDEX number_repair_started ON number_repair (started_at);

-- A role that one administrator wants to give or take, where a second one must agree.
CREATE TABLE role_proposal (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    account_id {uuid} NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    -- 1 to give it, 0 to take it.
    gives {int} NOT NULL,
    reason TEXT NOT NULL,
    proposed_by {uuid} NOT NULL REFERENCES account (id),
    proposed_at {time} NOT NULL,
    decided_by {uuid} REFERENCES account (id),
    decided_at {time},
    -- 1 where it was confirmed, 0 where it was declined or withdrawn.
    confirmed {int}
) {strict};
CREATE INDEX role_proposal_organisation ON role_proposal (organisation_id, proposed_at);

-- By what a record of the audit is found. They are read out of the record when it is written, and no part of the chain: the
-- record itself is what counts.
ALTER TABLE audit ADD COLUMN kind TEXT;
ALTER TABLE audit ADD COLUMN organisation_id {uuid};
ALTER TABLE audit ADD COLUMN account_id {uuid};
ALTER TABLE audit ADD COLUMN by_id {uuid};
CREATE INDEX audit_organisation ON audit (organisation_id, seq);
CREATE INDEX audit_account ON audit (account_id, seq);
CREATE INDEX audit_by ON audit (by_id, seq);
