-- Smartcards (guide 001): cards, their certificates and passcodes, alerts and messages about them.
-- Words in braces: see src/migrate.rs. What must not be known here is not kept: a card's own passcode, its unblocking key and its
-- management key.

CREATE TABLE smartcard (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- Whose it is; none while it is blank.
    account_id {uuid} REFERENCES account (id),
    -- The GUID in its CHUID, 16 bytes.
    guid {bytes} NOT NULL UNIQUE,
    -- The card's own rules for passcodes, such as 'piv-6-8-digits'.
    profile TEXT NOT NULL,
    -- What is printed on it.
    label TEXT NOT NULL,
    added_at {time} NOT NULL,
    bound_at {time},
    issued_at {time},
    -- Whether it was handed over without a passcode that anybody knows.
    issued_locked {int} NOT NULL DEFAULT 0,
    -- Local days.
    passcode_set_on TEXT,
    unlocked_on TEXT,
    forced_on TEXT,
    -- Tries that the card had left when it was last seen; none where it has not been.
    tries_left {int},
    tries_seen_at {time},
    -- Since the Registration Authority last checked who has it.
    renewals_used {int} NOT NULL DEFAULT 0,
    -- Which of the unblocking keys that are made of its GUID it has; it never counts down, for the card keeps what it has.
    unblock_generation {int} NOT NULL DEFAULT 0,
    -- When the first of its current certificates expires; none where it has none.
    expires_at {time},
    -- When its current certificates were revoked.
    revoked_at {time},
    cancelled_at {time},
    cancel_reason TEXT,
    -- When the certificates were taken off it.
    wiped_at {time},
    -- When it was last made blank again.
    cleared_at {time}
) {strict};
CREATE INDEX smartcard_account ON smartcard (account_id);
CREATE INDEX smartcard_organisation ON smartcard (organisation_id, label);

CREATE TABLE smartcard_certificate (
    id {uuid} PRIMARY KEY,
    smartcard_id {uuid} NOT NULL REFERENCES smartcard (id),
    -- Whom it names: the card may be another's by now.
    account_id {uuid} NOT NULL REFERENCES account (id),
    -- '9a' signs in, '9c' signs.
    slot TEXT NOT NULL,
    serial {bytes} NOT NULL UNIQUE,
    der {bytes} NOT NULL,
    not_before {time} NOT NULL,
    not_after {time} NOT NULL,
    -- The job that it was made in. No foreign key: jobs are erased after a while.
    job_id {uuid} NOT NULL,
    issued_at {time} NOT NULL,
    -- When the card showed that it has the key to it.
    proved_at {time},
    revoked_at {time},
    revoked_for TEXT
) {strict};
CREATE INDEX smartcard_certificate_card ON smartcard_certificate (smartcard_id, issued_at);
CREATE INDEX smartcard_certificate_account ON smartcard_certificate (account_id);
CREATE INDEX smartcard_certificate_job ON smartcard_certificate (job_id);
CREATE INDEX smartcard_certificate_unproved ON smartcard_certificate (issued_at)
    WHERE proved_at IS NULL AND revoked_at IS NULL;

-- Passcodes that the server checks: the one that has not ended, and those before it that may not come again. Argon2id.
CREATE TABLE server_passcode (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    -- 'recovery' or 'verification'.
    kind TEXT NOT NULL,
    hash TEXT NOT NULL,
    set_at {time} NOT NULL,
    ended_at {time}
) {strict};
CREATE INDEX server_passcode_account ON server_passcode (account_id, kind, set_at);
CREATE UNIQUE INDEX server_passcode_current ON server_passcode (account_id, kind) WHERE ended_at IS NULL;

-- What the oblivious function made of a card's own passcodes: enough to know one again, not to learn it.
CREATE TABLE passcode_history (
    id {uuid} PRIMARY KEY,
    smartcard_id {uuid} NOT NULL REFERENCES smartcard (id),
    output {bytes} NOT NULL,
    set_at {time} NOT NULL
) {strict};
CREATE INDEX passcode_history_card ON passcode_history (smartcard_id, set_at);

-- What a person answered to an alert on a local day: 'now' or 'later'.
CREATE TABLE smartcard_alert (
    account_id {uuid} NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at {time} NOT NULL,
    PRIMARY KEY (account_id, kind, day)
) {strict};
CREATE INDEX smartcard_alert_day ON smartcard_alert (day);

-- Messages about a card on a local day: each is written once.
CREATE TABLE smartcard_message (
    smartcard_id {uuid} NOT NULL REFERENCES smartcard (id),
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    written_at {time} NOT NULL,
    PRIMARY KEY (smartcard_id, kind, day)
) {strict};
CREATE INDEX smartcard_message_day ON smartcard_message (day);

-- How far the round through all cards has come on a local day; whichever node takes the next stretch moves it on.
CREATE TABLE smartcard_round (
    day TEXT PRIMARY KEY,
    -- The last card that was looked at.
    last_card {uuid} NOT NULL,
    cards {int} NOT NULL DEFAULT 0,
    messages {int} NOT NULL DEFAULT 0,
    began_at {time} NOT NULL,
    ended_at {time}
) {strict};
