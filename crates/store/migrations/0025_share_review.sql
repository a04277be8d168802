-- What a trust says of credentials that were shared with it (guide 000). Words in braces: see src/migrate.rs.

-- The shares in which something still waits are found without looking at the others.
CREATE INDEX shared_credential_waiting ON shared_credential (share_id) WHERE accepted_at IS NULL AND rejected_at IS NULL;
