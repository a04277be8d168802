-- Passkeys (Web Authentication), and the challenges that their answers are bound to. Words in braces: see src/migrate.rs.

-- The random name of an account among passkeys: it says nothing about anybody, and stays.
ALTER TABLE account ADD COLUMN passkey_handle {bytes};
CREATE UNIQUE INDEX account_passkey_handle ON account (passkey_handle);

CREATE TABLE passkey (
    id {uuid} PRIMARY KEY,
    account_id {uuid} NOT NULL REFERENCES account (id),
    credential_id {bytes} NOT NULL UNIQUE,
    -- COSE; it is public.
    public_key {bytes} NOT NULL,
    algorithm {int} NOT NULL,
    -- As the authenticator counts; 0 where it does not.
    sign_count {int} NOT NULL,
    name TEXT NOT NULL,
    -- The ways in which a browser reaches it, in the words of the standard, between spaces.
    transports TEXT NOT NULL,
    -- Whether it may be copied to other devices, and whether it has been.
    backup_eligible {int} NOT NULL,
    backed_up {int} NOT NULL,
    added_at {time} NOT NULL,
    last_used_at {time}
) {strict};
CREATE INDEX passkey_account ON passkey (account_id);

-- A question to a browser; each is answered once, within five minutes, and where it was asked.
CREATE TABLE passkey_ceremony (
    -- Keyed hash of the challenge and its kind.
    challenge {bytes} PRIMARY KEY,
    -- 'add', 'sign-in', 'second-factor' or 'confirm'.
    kind TEXT NOT NULL,
    -- Keyed hash of the cookie, the sign-in or the session in which it was asked.
    bound_to {bytes} NOT NULL,
    made_at {time} NOT NULL,
    used_at {time}
) {strict};
CREATE INDEX passkey_ceremony_age ON passkey_ceremony (made_at);
