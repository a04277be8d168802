-- What a person is asked on another device: to approve in the authenticator, or to press # in a call; and the devices that the
-- authenticator runs on. Words in braces: see src/migrate.rs.

-- It lives for minutes and is answered once. One of an unknown user name has a row too, without an account.
CREATE TABLE asked (
    id {uuid} PRIMARY KEY,
    -- What it proves, as in code_set.
    purpose TEXT NOT NULL,
    subject {uuid} NOT NULL,
    account_id {uuid} REFERENCES account (id),
    -- The method by which it is asked; none while that is being set up. No foreign key: a method that is gone answers nothing.
    method_id {uuid},
    -- 'app' or 'call'.
    how TEXT NOT NULL,
    -- 'sign-in', 'confirm', 'reset', 'unlock' or 'set-up': what the person reads.
    what_for TEXT NOT NULL,
    -- The two digits that the page shows and the person types in the app.
    number TEXT,
    -- What the person reads beside it, in the words of Recent activity.
    organisation TEXT NOT NULL,
    browser TEXT,
    network TEXT,
    -- Keyed hash of whose refusals and unanswered questions it counts among; none for a call.
    counted {bytes},
    -- Random; the app signs it.
    challenge {bytes},
    asked_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    -- How far it came: 'fetched' by the app; 'ringing' or 'answered' in a call.
    progress TEXT,
    -- When a push was sent, or found to be needless.
    pushed_at {time},
    answered_at {time},
    answer TEXT,
    -- The device that answered.
    answered_by {uuid},
    used_at {time}
) {strict};
CREATE INDEX asked_subject ON asked (subject, asked_at);
CREATE INDEX asked_account ON asked (account_id, how, expires_at);
CREATE INDEX asked_method ON asked (method_id, expires_at);
CREATE INDEX asked_when ON asked (asked_at);
CREATE INDEX asked_unpushed ON asked (expires_at) WHERE pushed_at IS NULL;

-- A phone with our authenticator. It belongs to one method, or to the set-up that becomes one.
CREATE TABLE authenticator_device (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    method_id {uuid} UNIQUE REFERENCES sign_in_method (id) ON DELETE CASCADE,
    -- One QR code enrols one device.
    setup_id {uuid} UNIQUE REFERENCES method_setup (id) ON DELETE CASCADE,
    -- P-256, uncompressed (SEC 1); it is public.
    public_key {bytes} NOT NULL,
    name TEXT NOT NULL,
    -- Sealed: where pushes go, and the keys that they are encrypted with.
    push {bytes},
    enrolled_at {time} NOT NULL,
    last_seen_at {time} NOT NULL
) {strict};
CREATE INDEX authenticator_device_account ON authenticator_device (account_id);

-- What a device signed lately, so that nothing is taken twice.
CREATE TABLE authenticator_heard (
    device_id {uuid} NOT NULL REFERENCES authenticator_device (id) ON DELETE CASCADE,
    jti {uuid} NOT NULL,
    at {time} NOT NULL,
    PRIMARY KEY (device_id, jti)
) {strict};
CREATE INDEX authenticator_heard_at ON authenticator_heard (at);

-- Keyed hash of what the QR code of an authenticator's set-up holds.
ALTER TABLE method_setup ADD COLUMN enrolment {bytes};
CREATE UNIQUE INDEX method_setup_enrolment ON method_setup (enrolment);
