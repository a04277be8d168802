-- Certificates of more than one authority: one outside that takes its time and is told of revocations by people, and our own before
-- and after it was changed. Words in braces: see src/migrate.rs.

-- Who issued it: the SHA-256 of the issuing authority's public key, as it stands in its certificate. None where that was not written
-- down yet: such a certificate is on the list of each of our own authorities.
ALTER TABLE smartcard_certificate ADD COLUMN issuer {bytes};
-- When the authority outside was told of its revocation, and by whom.
ALTER TABLE smartcard_certificate ADD COLUMN told_at {time};
ALTER TABLE smartcard_certificate ADD COLUMN told_by {uuid};
CREATE INDEX smartcard_certificate_to_tell ON smartcard_certificate (issuer, revoked_at)
    WHERE revoked_at IS NOT NULL AND told_at IS NULL;

-- Whose list it is, as above. None for those before: whoever signed them knows them again.
ALTER TABLE revocation_list ADD COLUMN issuer {bytes};

-- When the authority is asked again whether it has decided; none where nobody waits for it.
ALTER TABLE card_job ADD COLUMN ask_again_at {time};
-- A job that waited for an authority is kept so long, whenever it began.
ALTER TABLE card_job ADD COLUMN keep_until {time};
CREATE INDEX card_job_to_ask ON card_job (ask_again_at) WHERE ask_again_at IS NOT NULL AND ended_at IS NULL;
