-- Credentials that a trust archives, its own and those that were shared with it (guide 000). Words in braces: see src/migrate.rs.

-- The member of staff who put it away; none where its owner did, or a newer one took its place.
ALTER TABLE credential ADD COLUMN archived_by {uuid};

-- A shared credential that the trust had accepted and uses no more, and who said so.
ALTER TABLE shared_credential ADD COLUMN archived_at {time};
ALTER TABLE shared_credential ADD COLUMN archived_by {uuid};
