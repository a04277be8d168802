-- Providing credentials by an interface, and what the trust asks of its credentials. Words in braces: see src/migrate.rs.

-- A system of a trust, such as its staff record, that provides credentials with a key of its own.
CREATE TABLE passport_client (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- Keyed hash.
    key_hash {bytes} NOT NULL UNIQUE,
    added_at {time} NOT NULL,
    ended_at {time}
) {strict};
CREATE UNIQUE INDEX passport_client_name ON passport_client (organisation_id, name) WHERE ended_at IS NULL;

-- What such a system asked for under a key that it may send again, and what it was answered. Erased after some days.
CREATE TABLE passport_provision (
    client_id {uuid} NOT NULL REFERENCES passport_client (id),
    -- Keyed hash.
    idempotency_key {bytes} NOT NULL,
    -- Keyed hash of what was asked.
    asked {bytes} NOT NULL,
    -- Ids of the credentials, JSON.
    answer TEXT NOT NULL,
    at {time} NOT NULL,
    PRIMARY KEY (client_id, idempotency_key)
) {strict};
CREATE INDEX passport_provision_age ON passport_provision (at);

CREATE INDEX credential_organisation ON credential (organisation_id, provided_at);
CREATE INDEX passport_event_credential ON passport_event (credential_id);
