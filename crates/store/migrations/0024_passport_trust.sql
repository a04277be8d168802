-- What a trust does with the credentials that it provided (guide 000). Words in braces: see src/migrate.rs.

-- The system that provided it over the interface; none where that was done at the command line, or before this was kept.
ALTER TABLE credential ADD COLUMN client_id {uuid} REFERENCES passport_client (id);

-- The corrected credential that resolved a rejection by itself; none where the trust marked it as resolved.
ALTER TABLE credential ADD COLUMN corrected_by {uuid};
CREATE INDEX credential_rejected ON credential (organisation_id, id) WHERE rejected_at IS NOT NULL AND resolved_at IS NULL;
