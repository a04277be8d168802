-- What people see and change of their own security (guide 002): methods with names and an order of preference,
-- sessions and browsers that can be told apart, what happened lately, recovery codes. Words in braces: see src/migrate.rs.

-- The method offered first at sign-in, and the one after it. No foreign keys: a method that is gone is nobody's default.
ALTER TABLE account ADD COLUMN default_method_id {uuid};
ALTER TABLE account ADD COLUMN backup_method_id {uuid};
-- Set while the account may not be used; the reason is a word such as 'number-not-allowed'.
ALTER TABLE account ADD COLUMN disabled_at {time};
ALTER TABLE account ADD COLUMN disabled_reason TEXT;
-- How often the person has put off setting up a method for resets.
ALTER TABLE account ADD COLUMN put_off {int} NOT NULL DEFAULT 0;
CREATE INDEX account_organisation ON account (organisation_id, last_name);
CREATE INDEX roster_entry_esr_number ON roster_entry (esr_number);

-- The name that its owner gave it.
ALTER TABLE sign_in_method ADD COLUMN name TEXT;

-- A sign-in that proves anew who is in this session, and the page that asked for it.
ALTER TABLE sign_in ADD COLUMN session_id {uuid};
ALTER TABLE sign_in ADD COLUMN next TEXT;

ALTER TABLE session ADD COLUMN device_id {uuid};
-- When a second factor or a passkey was last proved in it.
ALTER TABLE session ADD COLUMN proved_at {time};
-- Browser and system in words ("Firefox, Windows 10"), and the range of the network ("192.0.2.0/24").
ALTER TABLE session ADD COLUMN browser TEXT;
ALTER TABLE session ADD COLUMN network TEXT;

ALTER TABLE device ADD COLUMN added_at {time};
ALTER TABLE device ADD COLUMN browser TEXT;
ALTER TABLE device ADD COLUMN network TEXT;
-- When the person asked not to be asked for a second factor here; how long that holds is the organisation's rule.
ALTER TABLE device ADD COLUMN remembered_at {time};
CREATE INDEX device_account ON device (account_id);

-- Keyed hash of whose password it is, so that a reset forgets the wrong ones of every network and device.
ALTER TABLE password_guard ADD COLUMN who {bytes};
CREATE INDEX password_guard_who ON password_guard (who);

-- What happened around one account, for its owner, the service desk and the dashboard. Erased after a while; the audit stays.
CREATE TABLE activity (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    at {time} NOT NULL,
    kind TEXT NOT NULL,
    -- What it was about: a kind of method, a refusal's code.
    detail TEXT,
    session_id {uuid},
    browser TEXT,
    network TEXT,
    -- Whether somebody else than the account's owner did it: the service desk or an administrator.
    by_staff {int} NOT NULL,
    reported_at {time},
    report_number TEXT
) {strict};
CREATE INDEX activity_account ON activity (account_id, at);
CREATE INDEX activity_organisation ON activity (organisation_id, at);
CREATE INDEX activity_age ON activity (at);

-- Keyed hashes; each is good once.
CREATE TABLE recovery_code (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    hash {bytes} NOT NULL,
    made_at {time} NOT NULL,
    used_at {time}
) {strict};
CREATE INDEX recovery_code_account ON recovery_code (account_id);

-- Whom a message is about, for the delivery log; who carried it, and what became of it after it was handed over.
ALTER TABLE outbox ADD COLUMN account_id {uuid};
ALTER TABLE outbox ADD COLUMN organisation_id {uuid};
ALTER TABLE outbox ADD COLUMN provider TEXT;
ALTER TABLE outbox ADD COLUMN delivered_at {time};
ALTER TABLE outbox ADD COLUMN failed_at {time};
-- 'permanent', 'temporary' or 'technical', as the provider says.
ALTER TABLE outbox ADD COLUMN failure TEXT;
ALTER TABLE outbox ADD COLUMN asked_at {time};
CREATE INDEX outbox_organisation ON outbox (organisation_id, written_at);
CREATE INDEX outbox_account ON outbox (account_id, written_at);
CREATE INDEX outbox_reference ON outbox (provider_reference);

-- Who may do what in the console of the account's organisation.
CREATE TABLE console_role (
    account_id {uuid} NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,
    given_at {time} NOT NULL,
    -- None where it was given at the command line.
    given_by {uuid},
    PRIMARY KEY (account_id, role)
) {strict};
