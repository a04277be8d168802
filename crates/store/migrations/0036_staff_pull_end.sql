-- How the pulls of staff records ended, for the trust's people to read (guide 000). Words in braces: see src/migrate.rs.

-- When the last one came to its end, and what it found, as JSON: nothing of what records say.
ALTER TABLE staff_pull ADD COLUMN ended_at {time};
ALTER TABLE staff_pull ADD COLUMN found TEXT;
-- When one failed since then, and why.
ALTER TABLE staff_pull ADD COLUMN failed_at {time};
ALTER TABLE staff_pull ADD COLUMN problem TEXT;
