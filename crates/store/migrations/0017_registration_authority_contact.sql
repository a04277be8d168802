-- Where the people of an organisation find its Registration Authority, where that is not its support. Words in braces: see
-- src/migrate.rs.

ALTER TABLE organisation ADD COLUMN ra_email TEXT;
ALTER TABLE organisation ADD COLUMN ra_phone TEXT;
-- Where it is and when it is open, in the organisation's own words.
ALTER TABLE organisation ADD COLUMN ra_place TEXT;
