-- Telephone services that compare Verification Passcodes over the interface. Words in braces: see src/migrate.rs.

CREATE TABLE verification_client (
    id {uuid} PRIMARY KEY,
    -- What the audit and the people at the command line call it.
    name TEXT NOT NULL,
    -- Whose people it may ask about; none: those of every organisation.
    organisation_id {uuid} REFERENCES organisation (id),
    -- Keyed hash of its key, which is shown once and not kept.
    key_hash {bytes} NOT NULL UNIQUE,
    added_at {time} NOT NULL,
    -- When its key stopped to work.
    ended_at {time}
) {strict};
CREATE UNIQUE INDEX verification_client_name ON verification_client (name) WHERE ended_at IS NULL;
