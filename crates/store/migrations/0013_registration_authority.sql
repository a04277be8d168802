-- The Registration Authority: how it made sure who somebody is, what it did to which card and why, what waits for a second member
-- of staff, and what it finds cards by. Words in braces: see src/migrate.rs.

-- How one member of staff made sure who one person is. Kept as evidence: which kinds of documents, never their numbers.
CREATE TABLE identity_check (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    staff_id {uuid} NOT NULL REFERENCES account (id),
    -- 'recovery-passcode' or 'documents'.
    how TEXT NOT NULL,
    -- Their names, with commas between.
    documents TEXT NOT NULL,
    checked_at {time} NOT NULL
) {strict};
CREATE INDEX identity_check_pair ON identity_check (account_id, staff_id, checked_at);

-- What was done, with its reason. A job on a card carries the id of the act that it is done for.
CREATE TABLE ra_act (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    smartcard_id {uuid} NOT NULL REFERENCES smartcard (id),
    -- Whose card it was then; none for a blank one.
    account_id {uuid} REFERENCES account (id),
    -- 'unlock', 'unblock', 'force-passcodes', 'renew', 'issue', 'replace', 'cancel', 'revoke', 'clear' or 'cancel-all'.
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_id {uuid} NOT NULL REFERENCES account (id),
    at {time} NOT NULL
) {strict};
CREATE INDEX ra_act_card ON ra_act (smartcard_id, at);

-- What waits for a second member of staff.
CREATE TABLE ra_request (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    account_id {uuid} NOT NULL REFERENCES account (id),
    -- None where all cards of the person are meant.
    smartcard_id {uuid} REFERENCES smartcard (id),
    kind TEXT NOT NULL,
    -- Why certificates are revoked, such as 'left'; none where none are.
    cause TEXT,
    reason TEXT NOT NULL,
    asked_by {uuid} NOT NULL REFERENCES account (id),
    asked_at {time} NOT NULL,
    decided_by {uuid} REFERENCES account (id),
    decided_at {time},
    -- 1 where it was approved, 0 where it was declined or withdrawn.
    confirmed {int}
) {strict};
CREATE INDEX ra_request_organisation ON ra_request (organisation_id, asked_at);

-- What is printed on a card, in capital letters and as bytes: these are in one order whatever the database's language is.
ALTER TABLE smartcard ADD COLUMN label_key {bytes};
CREATE INDEX smartcard_label ON smartcard (organisation_id, label_key);

-- Who must come in, and what falls due.
CREATE INDEX smartcard_ends ON smartcard (organisation_id, expires_at)
    WHERE account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL;
CREATE INDEX smartcard_ages ON smartcard (organisation_id, passcode_set_on)
    WHERE account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL;
