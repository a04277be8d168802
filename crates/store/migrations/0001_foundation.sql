-- Words in braces are replaced for each database when the migration runs: see src/migrate.rs.
-- Times are milliseconds since 1970-01-01T00:00Z; days are ISO 8601 text.

CREATE TABLE organisation (
    id {uuid} PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    support_email TEXT,
    support_phone TEXT,
    apply_url TEXT,
    colour TEXT,
    logo {bytes},
    policy TEXT NOT NULL,
    added_at {time} NOT NULL
) {strict};

-- Whom an employer expects: the list of who may register.
CREATE TABLE roster_entry (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    date_of_birth TEXT NOT NULL,
    phone {bytes},
    staff_group TEXT NOT NULL,
    job_role TEXT,
    employment_type TEXT NOT NULL,
    employment_status TEXT NOT NULL,
    esr_number TEXT,
    kind TEXT NOT NULL,
    -- Keyed hash of the whole row: an import sees by it that nothing changed.
    fingerprint {bytes} NOT NULL,
    added_at {time} NOT NULL,
    changed_at {time} NOT NULL,
    left_at {time},
    UNIQUE (organisation_id, email)
) {strict};
CREATE INDEX roster_entry_email ON roster_entry (email);

CREATE TABLE account (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    roster_entry_id {uuid} NOT NULL UNIQUE REFERENCES roster_entry (id),
    email TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    staff_group TEXT NOT NULL,
    kind TEXT NOT NULL,
    password TEXT NOT NULL,
    password_set_at {time} NOT NULL,
    created_at {time} NOT NULL,
    last_sign_in_at {time},
    previous_sign_in_at {time}
) {strict};

CREATE TABLE sign_in_method (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    -- Sealed: an e-mail address, a number in E.164, or the seed of an authenticator app.
    secret {bytes} NOT NULL,
    -- The last time step of an authenticator app that was accepted: none is accepted twice.
    last_step {int} NOT NULL,
    added_at {time} NOT NULL,
    last_used_at {time}
) {strict};
CREATE INDEX sign_in_method_account ON sign_in_method (account_id);

-- A registration under way; erased 24 hours after it began (guide 003, rules section 1).
CREATE TABLE registration (
    id {uuid} PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    journey TEXT NOT NULL,
    staff_group TEXT,
    email TEXT NOT NULL,
    roster_entry_id {uuid} REFERENCES roster_entry (id),
    started_at {time} NOT NULL,
    email_verified_at {time},
    mismatches {int} NOT NULL,
    first_name TEXT,
    last_name TEXT,
    password TEXT,
    details_at {time},
    method_kind TEXT,
    method_secret {bytes},
    account_id {uuid} REFERENCES account (id),
    finished_at {time}
) {strict};
CREATE INDEX registration_started ON registration (started_at);

-- The one-time codes alive for one purpose of one subject, counted together.
CREATE TABLE code_set (
    purpose TEXT NOT NULL,
    subject {uuid} NOT NULL,
    round {int} NOT NULL,
    destination {bytes} NOT NULL,
    tries {int} NOT NULL,
    used_at {time},
    changed_at {time} NOT NULL,
    PRIMARY KEY (purpose, subject)
) {strict};

CREATE TABLE code (
    id {uuid} PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject {uuid} NOT NULL,
    round {int} NOT NULL,
    hash {bytes} NOT NULL,
    sent_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    FOREIGN KEY (purpose, subject) REFERENCES code_set (purpose, subject) ON DELETE CASCADE
) {strict};
CREATE INDEX code_set_codes ON code (purpose, subject, round);

-- Password proved, second factor not yet. An unknown user name has a row too, without an account.
CREATE TABLE sign_in (
    id {uuid} PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    account_id {uuid} REFERENCES account (id),
    method_id {uuid} REFERENCES sign_in_method (id) ON DELETE CASCADE,
    tries {int} NOT NULL,
    started_at {time} NOT NULL,
    finished_at {time}
) {strict};
CREATE INDEX sign_in_started ON sign_in (started_at);

CREATE TABLE session (
    id {uuid} PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    account_id {uuid} NOT NULL REFERENCES account (id),
    started_at {time} NOT NULL,
    last_seen_at {time} NOT NULL,
    ended_at {time}
) {strict};
CREATE INDEX session_account ON session (account_id);

-- A browser in which this person has signed in with both factors before.
CREATE TABLE device (
    id {uuid} PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    account_id {uuid} NOT NULL REFERENCES account (id),
    last_seen_at {time} NOT NULL
) {strict};

-- Wrong passwords, by keyed hash of user name and device.
CREATE TABLE password_guard (
    subject {bytes} PRIMARY KEY,
    failures {int} NOT NULL,
    paused_until {time} NOT NULL,
    changed_at {time} NOT NULL
) {strict};

-- Sliding-window limits: the gate's row is locked while its events are counted.
CREATE TABLE limit_gate (
    name TEXT NOT NULL,
    subject {bytes} NOT NULL,
    changed_at {time} NOT NULL,
    PRIMARY KEY (name, subject)
) {strict};
CREATE TABLE limit_event (
    name TEXT NOT NULL,
    subject {bytes} NOT NULL,
    at {time} NOT NULL
) {strict};
CREATE INDEX limit_event_window ON limit_event (name, subject, at);
CREATE INDEX limit_event_age ON limit_event (at);

-- Messages to deliver, written in the transaction of what they tell of.
CREATE TABLE outbox (
    id {uuid} PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    subject {uuid},
    -- Sealed, and erased once sent or given up.
    payload {bytes},
    written_at {time} NOT NULL,
    next_try_at {time} NOT NULL,
    give_up_at {time} NOT NULL,
    tries {int} NOT NULL,
    claimed_until {time} NOT NULL,
    claim {uuid},
    sent_at {time},
    gave_up_at {time},
    provider_reference TEXT,
    last_error TEXT
) {strict};
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE sent_at IS NULL AND gave_up_at IS NULL;
CREATE INDEX outbox_subject ON outbox (subject);

-- Append-only; each record is chained to the last by a keyed hash.
CREATE TABLE audit (
    seq {int} PRIMARY KEY,
    at {time} NOT NULL,
    event TEXT NOT NULL,
    chain {bytes} NOT NULL
) {strict};
CREATE TABLE audit_head (
    one {int} PRIMARY KEY,
    seq {int} NOT NULL,
    chain {bytes} NOT NULL
) {strict};
INSERT INTO audit_head (one, seq, chain) VALUES (1, 0, {no bytes});
