-- Forgotten passwords and unlocking (guide 002). Words in braces: see src/migrate.rs.

-- A reset under way. One of an unknown user name has a row too, without an account.
CREATE TABLE reset (
    id {uuid} PRIMARY KEY,
    -- Keyed hash of the cookie; another one after each proof.
    token {bytes} NOT NULL UNIQUE,
    account_id {uuid} REFERENCES account (id),
    -- Keyed hash of whose it is: an account, or a user name that nobody has.
    who {bytes} NOT NULL,
    purpose TEXT NOT NULL,
    -- Keyed hash of the range of the network.
    network {bytes} NOT NULL,
    started_at {time} NOT NULL,
    -- What is being proved: a method, or what looks like one. No foreign key: a method that is gone proves nothing.
    method_id {uuid},
    -- Wrong proofs since the last right one.
    tries {int} NOT NULL,
    first_at {time},
    first_by TEXT,
    first_method_id {uuid},
    second_at {time},
    second_by TEXT,
    failed_at {time},
    finished_at {time}
) {strict};
CREATE INDEX reset_account ON reset (account_id);
CREATE INDEX reset_started ON reset (started_at);

-- The one start code of the service desk that an account can have; keyed hash.
CREATE TABLE start_code (
    account_id {uuid} PRIMARY KEY REFERENCES account (id),
    hash {bytes} NOT NULL,
    made_at {time} NOT NULL,
    made_by {uuid} NOT NULL,
    expires_at {time} NOT NULL,
    used_at {time}
) {strict};
CREATE INDEX start_code_expires ON start_code (expires_at);
