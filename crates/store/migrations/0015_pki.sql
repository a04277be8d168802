-- The certificate authority: what it says to the world. Which certificates it issued and revoked stands in smartcard_certificate,
-- once: a list, an answer and the portal can never differ.
-- Words in braces: see src/migrate.rs.

-- Certificates by which a key may answer for the authority (OCSP); the newest counts.
CREATE TABLE responder_certificate (
    serial {bytes} PRIMARY KEY,
    der {bytes} NOT NULL,
    issued_at {time} NOT NULL,
    not_after {time} NOT NULL
) {strict};

-- Signed lists of revoked certificates; the highest number counts.
CREATE TABLE revocation_list (
    number {int} PRIMARY KEY,
    der {bytes} NOT NULL,
    this_update {time} NOT NULL,
    next_update {time} NOT NULL
) {strict};

CREATE INDEX smartcard_certificate_revoked ON smartcard_certificate (revoked_at) WHERE revoked_at IS NOT NULL;
