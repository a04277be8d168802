-- By which keys credentials are signed and believed (guide 000): keys are rotated, and may lie in a token of an HSM; issuers elsewhere are
-- known by their root, or by their address. Words in braces: see src/migrate.rs.

ALTER TABLE passport_root RENAME TO passport_root_before;
ALTER TABLE passport_key RENAME TO passport_key_before;

-- The roots below which an organisation's keys for credentials stand: what others trust. They are never sent to a wallet.
CREATE TABLE passport_root (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    -- The root before it; of the first one, the organisation. Of two that are made at once, one finds its place taken.
    comes_after {uuid} NOT NULL UNIQUE,
    -- Sealed: PKCS#8. None where the key lies in a token.
    key {bytes},
    -- What the key is called in the token.
    label TEXT,
    -- DER.
    certificate {bytes} NOT NULL,
    made_at {time} NOT NULL,
    CHECK ((key IS NULL) <> (label IS NULL))
) {strict};

-- A key for what an organisation issues and asks. The newest below the newest root signs; what an older one signed stays good as long
-- as its certificate. The newest below an older root goes on signing the status lists of what was issued below that one.
CREATE TABLE passport_key (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    root_id {uuid} NOT NULL,
    -- The key before it below the same root; of the first one, the root.
    comes_after {uuid} NOT NULL UNIQUE,
    -- Sealed: PKCS#8. None where the key lies in a token.
    key {bytes},
    -- What the key is called in the token.
    label TEXT,
    -- DER, signed by the root.
    certificate {bytes} NOT NULL,
    made_at {time} NOT NULL,
    -- Its certificate holds for much longer, so that what it signed on its last day is good, too.
    signs_until {time} NOT NULL,
    CHECK ((key IS NULL) <> (label IS NULL))
) {strict};

INSERT INTO passport_root (id, organisation_id, comes_after, key, certificate, made_at)
    SELECT id, organisation_id, organisation_id, key, certificate, made_at FROM passport_root_before;
INSERT INTO passport_key (id, organisation_id, root_id, comes_after, key, certificate, made_at, signs_until)
    SELECT k.id, k.organisation_id, r.id,
        COALESCE((SELECT b.id FROM passport_key_before AS b WHERE b.organisation_id = k.organisation_id
            AND (b.made_at < k.made_at OR (b.made_at = k.made_at AND b.id < k.id))
            ORDER BY b.made_at DESC, b.id DESC LIMIT 1), r.id),
        k.key, k.certificate, k.made_at, k.signs_until
    FROM passport_key_before AS k JOIN passport_root_before AS r ON r.organisation_id = k.organisation_id;
DROP TABLE passport_key_before;
DROP TABLE passport_root_before;
CREATE INDEX passport_root_organisation ON passport_root (organisation_id, made_at);
CREATE INDEX passport_key_organisation ON passport_key (organisation_id, made_at);
CREATE INDEX passport_key_root ON passport_key (root_id, made_at);

-- The root below which the list, and all that it is about, is signed.
ALTER TABLE status_list ADD COLUMN root_id {uuid};
-- Until when the last credential that it is about can hold. For lists from before this was counted: longer than any does.
ALTER TABLE status_list ADD COLUMN holds_until {time} NOT NULL DEFAULT 0;
UPDATE status_list SET holds_until = opened_at + 1261440000000,
    root_id = (SELECT id FROM passport_root WHERE passport_root.organisation_id = status_list.organisation_id);
CREATE INDEX status_list_root ON status_list (root_id, holds_until);

-- Whose credentials an organisation believes, beside its own and those of the organisations in this installation.
-- There was no way to fill the table before.
DROP TABLE trusted_issuer;
CREATE TABLE trusted_issuer (
    id {uuid} PRIMARY KEY,
    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    -- The kind of credential.
    kind TEXT NOT NULL,
    -- What the issuer calls that kind (vct).
    type TEXT NOT NULL,
    -- The root certificate, DER. Without it: whichever authority vouches for the host of the address on the web.
    root {bytes},
    -- The address by which the issuer calls itself (iss), and whose host its certificates must name.
    address TEXT,
    added_at {time} NOT NULL,
    ended_at {time},
    CHECK (root IS NOT NULL OR address IS NOT NULL)
) {strict};
CREATE UNIQUE INDEX trusted_issuer_name ON trusted_issuer (organisation_id, kind, name) WHERE ended_at IS NULL;
