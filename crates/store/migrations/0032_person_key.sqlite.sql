-- By what people are looked for: the beginning of a name in either order, or of an address. Words in braces: see src/migrate.rs.

CREATE TABLE person_key (
    account_id {uuid} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- UTF-8: compared byte by byte, whatever the order of the database's language.
    key {bytes} NOT NULL,
    PRIMARY KEY (organisation_id, key, account_id)
) {strict};
CREATE INDEX person_key_account ON person_key (account_id);

INSERT INTO person_key (account_id, organisation_id, key)
    SELECT id, organisation_id, CAST(first_name_folded || ' ' || last_name_folded AS BLOB) FROM account
    UNION SELECT id, organisation_id, CAST(last_name_folded || ' ' || first_name_folded AS BLOB) FROM account
    UNION SELECT id, organisation_id, CAST(email AS BLOB) FROM account;

-- What was rejected is listed without looking at what was not.
CREATE INDEX credential_ever_rejected ON credential (organisation_id, id) WHERE rejected_at IS NOT NULL;

-- Somebody's credentials of one organisation, without those of its other people.
CREATE INDEX credential_account_organisation ON credential (account_id, organisation_id, provided_at);
